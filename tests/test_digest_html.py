from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256
from itertools import pairwise

import pytest

from pipeline.digest_sheet import DigestSheet
from pipeline.report import cards
from pipeline.report.cards import Card
from pipeline.report.digest_card import card_of
from pipeline.report.html import digest_html, index_html, style
from pipeline.report.view import visible
from pipeline.sheets import Failure
from tests.digest_sheets import big, digest, empty, filled_digest, told, week
from tests.page_sheets import HOSTILE, sheet
from tests.test_html import Page, only_searches


def paper_card() -> Card:
    return cards.card_of(sheet())


def pages_with(text: str) -> list[str]:
    made = filled_digest(text)
    return [digest_html(made), index_html([paper_card()], [], [], [], digests=[card_of(made)])]


def words(html: str) -> str:
    return " ".join(Page(html).words.split())


# --- Safety --------------------------------------------------------------------------------


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_fields_leave_the_pages_as_they_are(text: str) -> None:
    for hostile, harmless in zip(pages_with(text), pages_with("kettle"), strict=True):
        page, model = Page(hostile), Page(harmless)
        assert page.tags == model.tags
        names = {name for _, name, _ in page.attributes}
        assert names == {name for _, name, _ in model.attributes}
        hostile.encode()
    assert visible(text).strip() in Page(pages_with(text)[0]).words


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
                r"#|(\.\./\.\./)?(sources|papers|lineages|digests)/|\.\./\.\./index\.html$"
                r"|(\.\./\.\./)?feed\.xml$|digest\.(md|json)$|trends\.csv$",
                href,
            )


def test_the_policy_allows_the_styles_of_the_page_and_nothing_else() -> None:
    page = Page(digest_html(week()))
    digest_of = b64encode(sha256(page.styles.encode()).digest()).decode()
    assert page.styles == style("digest")
    assert f"style-src 'sha256-{digest_of}';" in page.values("content")[0]
    assert not re.search(r"url\(|@import|@font-face|</", page.styles)


# --- Shape ---------------------------------------------------------------------------------


@pytest.mark.parametrize("made", [week(), big(), empty(), digest(), filled_digest("kettle")])
def test_headings_landmarks_and_ids_are_in_order(made: DigestSheet) -> None:
    page = Page(digest_html(made))
    assert page.levels()[0] == 1
    assert page.levels().count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(page.levels()))
    ids = page.values("id")
    assert len(ids) == len(set(ids))
    inner = [href[1:] for href in page.values("href") if href.startswith("#")]
    labels = " ".join(page.values("aria-labelledby")).split()
    assert set(inner + labels) <= set(ids)
    assert page.values("lang") == ["en"]


def test_tables_name_their_rows_and_columns() -> None:
    page = Page(digest_html(week()))
    scopes = [value for tag, name, value in page.attributes if (tag, name) == ("th", "scope")]
    assert len(scopes) == page.tags.count("th")
    assert {"row", "col"} == set(scopes)


def test_what_is_wide_scrolls_by_itself_and_can_be_reached_by_keys() -> None:
    page = Page(digest_html(week()))
    assert page.values("class").count("wide") == page.values("tabindex").count("0") == 2


# --- Words ---------------------------------------------------------------------------------


def test_the_page_says_what_the_sheet_holds() -> None:
    said = words(digest_html(week()))
    assert "Week 22 of 2031 Mon 26 May – Sun 1 June · 2 new papers" in said
    assert "Kettle lineage 1 new paper: Kettle-ov." in said
    assert "In short. 2 new papers. Kettle-ov appears to continue Kettle." in said
    assert "Ada Brew, Bo Steam · 28 May 2031 (year inferred) New Kettle-ov boils drops" in said
    assert "modular kettles. [2] How large a gap is left is not said. Code Our code" in said
    assert "Kettle: Kettle-ov follows Kettle (guessed: same name, same first author)." in said
    assert "Updated, or worded differently Drip has a title now: Spouts Without Drips." in said
    assert "self-cleaning10 of 262 of 42emerging" in said
    assert "agents8 of 264 of 42possible: not significant after correction" in said
    assert "Not new, but new to you: 14 older papers First digest of this library." in said
    assert "Nothing failed." in said


def test_tests_and_long_lists_are_folded() -> None:
    page = digest_html(week())
    shown = words(re.sub(r"<details>.*?</details>", "", page, flags=re.DOTALL))
    assert "0.003" not in shown
    assert page.count("<svg") == 1
    assert page.index("<summary>All tests") < page.index("<svg")
    assert "<summary>All 14</summary>" in page


def test_each_counted_paper_can_be_opened() -> None:
    hrefs = Page(digest_html(week())).values("href")
    for one in week().trends[:3]:
        for paper in (*one.in_window, *one.in_baseline):
            assert f"../../papers/{paper}.html" in hrefs


def test_large_themes_are_folded_and_hold_every_paper() -> None:
    page = digest_html(big())
    assert "<summary>17 more</summary>" in page
    hrefs = Page(page).values("href")
    assert {f"../../papers/{paper}.html" for paper in big().new_papers} <= set(hrefs)


def test_many_lines_and_changes_are_folded() -> None:
    made = week()
    changes = [told("changed", f"Pot {n} has a title now.", n=n) for n in range(7)]
    given = made.model_copy(update={"lines": made.lines * 8, "changed": changes})
    page = digest_html(given)
    assert page.count("<summary>3 more</summary>") == 1
    assert page.index("Pot 4 has") < page.index("<summary>2 more</summary>")
    assert page.index("<summary>2 more</summary>") < page.index("Pot 5 has")


def test_a_quiet_page_is_short() -> None:
    page = Page(digest_html(empty()))
    assert page.levels() == [1, 2]
    assert "svg" not in page.tags
    assert "Failed: pans.txt, read: no reader recognises it" in words(digest_html(empty()))


def test_many_failures_are_folded() -> None:
    failed = [Failure(document=f"{n}.txt", stage="read", reason="empty") for n in range(4)]
    page = digest_html(empty().model_copy(update={"failed": failed}))
    assert "<strong>4 failed</strong>" in page
    assert "3.txt, read: empty" in page


def test_other_forms_of_the_page_and_the_feed_are_linked() -> None:
    hrefs = Page(digest_html(week())).values("href")
    assert {"digest.md", "digest.json", "../../feed.xml", "../../index.html"} <= set(hrefs)
    assert "../../sources/kettles.txt.html#at-" in " ".join(hrefs)


def test_the_index_leads_to_digests_newest_first_and_folds_old_ones() -> None:
    digests = [card_of(week()).model_copy(update={"week": f"2031-W{n:02}"}) for n in range(1, 11)]
    html = index_html([paper_card()], [], [], [], digests=digests)
    hrefs = [href for href in Page(html).values("href") if href.startswith("digests/")]
    assert hrefs == [f"digests/2031-W{n:02}/digest.html" for n in range(10, 0, -1)]
    assert "<summary>2 earlier</summary>" in html
    assert "Mon 26 May – Sun 1 June · 2 new papers" in html
    assert "feed.xml" in Page(html).values("href")
    assert "digests" not in Page(index_html([paper_card()], [], [], [])).values("id")


def test_the_same_sheet_gives_the_same_bytes() -> None:
    assert digest_html(week()) == digest_html(week())
