from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256
from itertools import pairwise
from pathlib import Path

import pytest

from pipeline.briefing_sheet import BriefingSheet
from pipeline.report.briefing_card import card_of
from pipeline.report.html import briefing_html, index_html, style
from pipeline.report.view import visible
from tests.briefing_sheets import author, briefing, filled_briefing, full, short_author, usual
from tests.browser import Visit, needs_browser
from tests.page_sheets import HOSTILE
from tests.test_digest_html import paper_card
from tests.test_html import Page, only_searches


def pages_with(text: str) -> list[str]:
    made = filled_briefing(text)
    return [briefing_html(made), index_html([paper_card()], [], [], [], briefings=[card_of(made)])]


def words(html: str) -> str:
    return " ".join(Page(html).words.split())


def unfolded(html: str) -> str:
    """Return the words that stand outside the folds and before the evidence."""
    shown = re.sub(r"<details>.*?</details>", "", html, flags=re.DOTALL)
    return words(shown.split('<div class="sources">')[0])


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
def test_nothing_on_a_page_can_act_or_is_loaded(text: str) -> None:
    for html in pages_with(text):
        page = Page(html)
        forbidden = {"iframe", "object", "img", "link", "base", "use", "image"}
        assert not forbidden & set(page.tags)
        assert only_searches(page)
        names = {name for _, name, _ in page.attributes}
        assert not [name for name in names if name.startswith("on") or name in {"style", "src"}]
        for href in page.values("href"):
            assert re.match(
                r"#|(\.\./\.\./)?(sources|papers|lineages|briefings)/|\.\./\.\./index\.html$"
                r"|briefing\.(md|json)$|themes\.csv$",
                href,
            )


def test_the_policy_allows_the_styles_of_the_page_and_nothing_else() -> None:
    page = Page(briefing_html(author()))
    digest_of = b64encode(sha256(page.styles.encode()).digest()).decode()
    assert page.styles == style("briefing")
    assert f"style-src 'sha256-{digest_of}';" in page.values("content")[0]
    assert not re.search(r"url\(|@import|@font-face|</", page.styles)


# --- Shape ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "made", [author(), full(), short_author(), briefing(), filled_briefing("kettle")]
)
def test_headings_landmarks_and_ids_are_in_order(made: BriefingSheet) -> None:
    page = Page(briefing_html(made))
    assert page.levels()[0] == 1
    assert page.levels().count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(page.levels()))
    ids = page.values("id")
    assert len(ids) == len(set(ids))
    inner = [href[1:] for href in page.values("href") if href.startswith("#")]
    labels = " ".join(page.values("aria-labelledby")).split()
    assert set(inner + labels) <= set(ids)
    assert page.values("lang") == ["en"]


def test_the_table_names_its_rows_and_columns_and_draws_each_row() -> None:
    page = Page(briefing_html(author()))
    scopes = [value for tag, name, value in page.attributes if (tag, name) == ("th", "scope")]
    assert scopes.count("col") == 5 + 2
    assert scopes.count("row") == page.tags.count("svg") == 3
    assert page.values("aria-hidden") == ["true"] * 3


# --- Words ---------------------------------------------------------------------------------


def test_the_page_says_what_the_sheet_holds_in_order() -> None:
    said = unfolded(briefing_html(author()))
    order = [
        *("Ada Brew computer vision · for your meeting", "In short. The listed work moved"),
        *("Be careful. 50 of the 79", "h-index 67 · 79 papers · 22,636 citations."),
        *("Read these five first", "Boiling 11 February 2031, 2nd of 3 WhistleProxy cuts"),
        *("What changed", "whistle control5 of 105 of 105 of 115 of 103 of 5"),
        *("Lines of work Kettle: 4 of the 6 members are theirs.", "With whom Of the names"),
        *("Released Our code", "Figures they will be asked about Kettle 0", "Kettle 2 achieves"),
        *(
            "Ask Kettle and Kettle-ov both speak",
            "kettles. How do these fit together?",
            "Drip begins",
        ),
        "Not known from these pages. 29 papers of the profile. The role on 48 papers.",
    ]
    places = [said.index(part) for part in order]
    assert places == sorted(places)


def test_the_rest_is_folded() -> None:
    html = briefing_html(author())
    assert "Kettle 3 achieves" in words(html)
    assert "Kettle 3 achieves" not in unfolded(html)
    assert "Kettles, Part 7" not in unfolded(html)
    assert words(html).count("the list is cut before the name") == 1
    for summary in ("2 more", "All 50 papers", "What was read: 1 document"):
        assert f"<summary>{summary}</summary>" in html
    folded = briefing_html(full())
    for summary in ("7 more", "9 more", "5 more", "6 more terms"):
        assert f"<summary>{summary}</summary>" in folded


def test_every_paper_can_be_opened_and_every_claim_addressed() -> None:
    page = Page(briefing_html(author()))
    hrefs = set(page.values("href"))
    assert {f"../../papers/{one.paper}.html" for one in author().papers} <= hrefs
    assert {"briefing.md", "briefing.json", "../../index.html"} <= hrefs
    assert {f"c{claim.id}" for _, claim in author().claims()} <= set(page.values("id"))


def test_a_first_meeting_with_nobody_known_is_still_a_page() -> None:
    assert Page(briefing_html(briefing())).levels() == [1]


def test_the_index_leads_to_briefings_by_name() -> None:
    cards = [
        card_of(author(slug="b", author="bo Steam")),
        card_of(author()),
        card_of(short_author()).model_copy(update={"author": "Cy Lid", "slug": "cy lid"}),
    ]
    html = index_html([paper_card()], [], [], [], briefings=cards)
    hrefs = [href for href in Page(html).values("href") if href.startswith("briefings/")]
    assert hrefs == [f"briefings/{name}/briefing.html" for name in ("ada-brew", "b", "cy%20lid")]
    assert "Ada Brew 50 papers present bo Steam 50 papers present Cy Lid 1 paper" in words(html)
    assert "briefings" not in Page(index_html([paper_card()], [], [], [])).values("id")


def test_the_same_sheet_gives_the_same_bytes() -> None:
    assert briefing_html(author()) == briefing_html(author())


# --- On paper ------------------------------------------------------------------------------


def pages(html: str, tab: Visit, path: Path) -> int:
    """Print a page as a browser does, and count the sheets of paper."""
    path.write_text(html, encoding="utf-8")
    printed = tab.open(path).pdf(prefer_css_page_size=True)
    return len(re.findall(rb"/Type ?/Page\b", printed))


@needs_browser
@pytest.mark.parametrize(
    ("made", "sheets"),
    [(usual(), 1), (short_author(), 1), (full(120), 2), (full(900), 2)],
    ids=["usual", "one paper", "full", "more than fits"],
)
def test_a_briefing_takes_one_sheet_of_paper_and_at_most_two(
    made: BriefingSheet, sheets: int, tab: Visit, tmp_path: Path
) -> None:
    assert pages(briefing_html(made), tab, tmp_path / "page.html") == sheets
