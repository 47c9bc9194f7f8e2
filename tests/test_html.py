from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from jinja2 import UndefinedError

from pipeline.records import Coverage
from pipeline.report.cards import card_of
from pipeline.report.html import environment, index_html, paper_html, script, source_html, style
from pipeline.report.view import visible
from pipeline.sheets import Dropped, Failure, PaperSheet
from tests.page_sheets import HOSTILE, claim, details, evidence, filled_with, sheet, summary


class Page(HTMLParser):
    """What a browser would make of a page: its elements, attributes, links, ids and words."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.words = ""
        self.styles = ""
        self.scripts: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        if self.tags and self.tags[-1] == "style" and not self.styles:
            self.styles = data
        elif self.tags and self.tags[-1] == "script" and not self.scripts:
            self.scripts.append(data)
        else:
            self.words += data

    def values(self, name: str) -> list[str]:
        return [value for _, found, value in self.attributes if found == name]

    def levels(self) -> list[int]:
        return [int(tag[1]) for tag in self.tags if re.fullmatch("h[1-6]", tag)]


def only_searches(page: Page) -> bool:
    """Whether no script is on a page but our own search, and no form but its own, sent nowhere."""
    forms, scripts = page.tags.count("form"), page.tags.count("script")
    own = page.scripts == [script("search")] * scripts
    sent = {"action", "formaction", "method"} & {name for _, name, _ in page.attributes}
    return forms == scripts <= 1 and own and not sent


def index_of(
    sheets: list[PaperSheet],
    notes: tuple[str, ...] = (),
    failed: tuple[Failure, ...] = (),
    documents: int = 1,
) -> str:
    coverage = [
        Coverage(document=f"kettles{n}.txt", declared=79, present=50) for n in range(documents)
    ]
    return index_html([card_of(one) for one in sheets], coverage, notes, failed)


def pages_with(text: str) -> list[str]:
    hostile = filled_with(text)
    failed = [
        Failure(paper=text, stage=text, reason=text),
        Failure(document=text, stage="s", reason=text),
    ]
    return [paper_html(hostile), index_html([card_of(hostile)], hostile.coverage, [text], failed)]


# --- Safety --------------------------------------------------------------------------------


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_fields_leave_the_pages_as_they_are(text: str) -> None:
    for hostile, harmless in zip(pages_with(text), pages_with("kettle"), strict=True):
        page, model = Page(hostile), Page(harmless)
        assert page.tags == model.tags
        assert [name for _, name, _ in page.attributes if name != "class"] == [
            name for _, name, _ in model.attributes if name != "class"
        ]
        assert visible(text).strip() in page.words
        hostile.encode()


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_on_a_page_can_act(text: str) -> None:
    for html in pages_with(text):
        page = Page(html)
        assert not {"iframe", "object", "img", "link", "base"} & set(page.tags)
        assert only_searches(page)
        names = {name for _, name, _ in page.attributes}
        assert not [name for name in names if name.startswith("on") or name in {"style", "src"}]
        for href in page.values("href"):
            assert re.match(
                r"#|https://arxiv\.org/abs/|https://example\.org/x$|(\.\./)?(sources|papers)/|(\.\./)?index\.html|[^/:]+\.(md|json)$",
                href,
            )


def sha256_of(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


@pytest.mark.parametrize("html", [paper_html(sheet()), source_html("a", "Kettles.", [(0, 3)])])
def test_the_policy_allows_our_style_and_nothing_else(html: str) -> None:
    page = Page(html)
    assert page.styles.startswith(style())
    assert page.scripts == []
    assert page.values("http-equiv") == ["Content-Security-Policy"]
    assert page.values("content")[0] == (
        f"default-src 'none'; style-src {sha256_of(page.styles)}; img-src data:;"
        " base-uri 'none'; form-action 'none'"
    )


def test_the_policy_of_the_index_allows_the_search_besides() -> None:
    page = Page(index_of([sheet()]))
    assert page.scripts == [script("search")]
    assert page.values("content")[0] == (
        f"default-src 'none'; script-src {sha256_of(page.scripts[0])};"
        f" style-src {sha256_of(page.styles)}; img-src data:; base-uri 'none'; form-action 'none'"
    )


def test_the_script_could_not_end_itself_or_load_anything() -> None:
    assert not re.search(r"</|<!--|https?:|fetch|import|innerHTML|eval|Function", script("search"))


def test_the_style_loads_nothing() -> None:
    assert not re.search(r"url\(|@import|@font-face|</", style())


def test_an_unknown_name_in_a_template_is_an_error() -> None:
    with pytest.raises(UndefinedError):
        environment().from_string("{{ nothing }}").render()


def test_escaping_does_not_depend_on_a_suffix() -> None:
    assert environment().from_string("{{ x }}").render(x="<b>\u202e") == "&lt;b&gt;‹U+202E›"


# --- Shape ---------------------------------------------------------------------------------


@pytest.mark.parametrize("html", [paper_html(sheet()), index_of([sheet(), sheet(date=None)])])
def test_headings_landmarks_and_ids_are_in_order(html: str) -> None:
    page = Page(html)
    assert page.levels()[0] == 1
    assert page.levels().count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(page.levels()))
    assert [page.tags.count(tag) for tag in ("main", "footer")] == [1, 1]
    assert page.values("lang") == ["en"]
    ids = page.values("id")
    assert len(ids) == len(set(ids))
    inner = [href[1:] for href in page.values("href") if href.startswith("#")]
    assert "main" in inner
    assert set(inner + page.values("aria-labelledby")) <= set(ids)


def contrast(one: str, other: str) -> float:
    def light(colour: str) -> float:
        parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((light(one), light(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_text_has_enough_contrast_in_light_and_dark() -> None:
    schemes = re.findall(r":root \{(.*?)\}", style(), re.DOTALL)[:2]
    for scheme in schemes:
        colours = dict(re.findall(r"--(\w+): (#[0-9a-f]{6});", scheme))
        for ground in ("paper", "found"):
            assert contrast(colours["ink"], colours[ground]) >= 7
            assert contrast(colours["link"], colours[ground]) >= 4.5
        assert contrast(colours["quiet"], colours["paper"]) >= 4.5


# --- The page of a paper -------------------------------------------------------------------


def test_a_number_leads_to_its_quote_and_the_quote_to_its_source() -> None:
    given = summary(claim("Quiet.", "derived", "model", quote="We hush\nkettles.", start=60))
    page = Page(paper_html(sheet(given)))
    assert "#e1" in page.values("href")
    assert "e1" in page.values("id")
    assert "../sources/kettles.txt.html#at-60-76" in page.values("href")
    assert "We hush\nkettles." in page.words
    assert "characters 60–76" in page.words
    assert "reworded" in page.words


def test_a_page_says_what_is_repeated_missing_and_dropped() -> None:
    given = summary(approach=[claim("Quiet.")], contributions=[claim("Quiet.")])
    dropped = [Dropped(field="results", text="It flies.", reason="names")]
    words = Page(paper_html(sheet(given, dropped, about=details(has_code=True)))).words
    assert "as above [1]" in words
    assert "No sentence found in the abstract for: the problem," in words
    assert "Dropped from Result: It flies. (names)" in words
    assert "27 May 2031 · arXiv:3105.01234 · has code" in words
    assert "79 papers declared, 50 present: 29 are missing" in words
    assert "No language model was used: each sentence is copied from the source, at" in words


def test_an_empty_page_has_no_evidence() -> None:
    page = Page(paper_html(sheet(summary(), about=details(wordings=[]), arxiv_id=None)))
    assert "so there is nothing to summarise." in page.words
    assert "evidence" not in page.values("id")
    assert "dl" not in page.tags


def test_more_than_three_authors_are_folded() -> None:
    html = paper_html(sheet(authors=["A", "B", "C", "D"]))
    assert "<summary>All 4 authors that are printed</summary>A, B, C, D</details>" in html
    assert "details" not in Page(paper_html(sheet(authors=["A", "B", "C"]))).tags


def test_a_long_title_is_set_smaller() -> None:
    assert '<h1 class="long" dir="auto">' in paper_html(sheet(label="long " * 800))
    assert '<h1 dir="auto">' in paper_html(sheet())


def test_other_forms_of_the_page_are_linked() -> None:
    hrefs = Page(paper_html(sheet())).values("href")
    assert {"quiet-kettles-0a1b2c3d.md", "quiet-kettles-0a1b2c3d.json", "../index.html"} <= set(
        hrefs
    )


# --- The index -----------------------------------------------------------------------------


def test_the_index_leads_to_papers_and_says_what_is_missing() -> None:
    failed = (Failure(document="x.bin", stage="read", reason="no reader recognises it"),)
    page = Page(index_of([sheet(), sheet(date=None, title=None)], ("A note.",), failed))
    assert page.values("href").count("papers/quiet-kettles-0a1b2c3d.html") == 2
    assert "2 papers from 1 document; 1 without a title." in page.words
    assert "79 papers declared, 50 present: 29 are missing" in page.words
    assert "x.bin, read: no reader recognises it" in page.words
    assert "A note." in page.words
    assert page.values("datetime") == ["2031-05-27"]
    assert "../index.html" not in page.values("href")


def test_an_index_of_nothing_is_still_a_page() -> None:
    page = Page(index_html([], [], [], []))
    assert "0 papers from 0 documents." in page.words
    assert "Nothing." in page.words
    assert not {"table", "nav"} & set(page.tags)


def test_long_tables_are_folded() -> None:
    failed = tuple(Failure(document=f"{n}.bin", stage="read", reason="r") for n in range(11))
    html = index_of([sheet()], failed=failed, documents=11)
    assert "<summary>11 documents; 11 with fewer papers than declared</summary>" in html
    assert "<summary>All 11</summary>" in html
    assert "<summary>All" not in index_of([sheet()], failed=failed[:10], documents=10)


def test_the_same_sheet_gives_the_same_bytes() -> None:
    given = summary(claim("Quiet."), problem=[claim("Loud.", quote=evidence("Loud.").quote)])
    assert paper_html(sheet(given)) == paper_html(sheet(given))
    assert index_of([sheet(given)]) == index_of([sheet(given)])
