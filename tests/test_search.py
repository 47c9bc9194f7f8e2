"""The search on the page of all papers, in a browser."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Page, expect

from pipeline.report.cards import card_of, line_card_of
from pipeline.report.html import index_html
from tests.browser import Visit, needs_browser
from tests.lineage_sheets import six
from tests.page_sheets import HOSTILE, claim, details, filled_with, sheet, summary
from tests.test_html import sha256_of

pytestmark = needs_browser

CARDS = [
    card_of(sheet(id="quiet", label="Quiet Kettles", authors=["Ada Brew", "Zoë Lid"])).model_copy(
        update={"themes": ["reasoning"]}
    ),
    card_of(
        sheet(
            summary(claim("Urns keep tea warm.")),
            id="urns",
            label="Warm Urns",
            authors=["Ada Brew", "Cy Mast"],
            date=dt.date(2030, 1, 2),
            about=details(categories=["cs.CL"], has_code=True),
        )
    ),
    card_of(sheet(summary(), id="pans", label="Pans", authors=None, date=None)).model_copy(
        update={"themes": ["reasoning", "agents"]}
    ),
]
LINE = line_card_of(six()).model_copy(update={"papers": ["urns", "pans"]})
WORDS = "Search by title, first sentence or author"
NOWHERE = "No paper has these words in its title, first sentence or authors; its page may."
ALL = ["Quiet Kettles", "Warm Urns", "Pans"]
HEADINGS = ["Lineages", "What failed", "Over time", "2031", "2030", "Date not stated"]
Act = Callable[[Page], object]


class Seen(NamedTuple):
    papers: list[str]
    counted: str
    headings: list[str]


def html() -> str:
    return index_html(CARDS, [], [], [], lineages=[LINE])


def opened(tab: Visit, path: Path, text: str) -> Page:
    path.write_text(text, encoding="utf-8")
    return tab.open(path)


@pytest.fixture
def page(tab: Visit, tmp_path: Path) -> Page:
    shown = opened(tab, tmp_path / "page.html", html())
    shown.get_by_text("Filters").click()
    return shown


def typed(label: str, text: str) -> Act:
    return lambda page: page.get_by_label(label, exact=True).press_sequentially(text)


def picked(label: str, words: str) -> Act:
    """Choose what begins with these words."""

    def act(page: Page) -> object:
        field = page.get_by_label(label, exact=True)
        option = field.locator("option").filter(has_text=re.compile(f"^{re.escape(words)}"))
        return field.select_option(option.get_attribute("value"))

    return act


def seen(page: Page) -> Seen:
    papers = page.locator(".papers a:visible").all_inner_texts()
    headings = page.locator("h2:visible").all_inner_texts()
    return Seen(papers, page.locator("#found").inner_text(), headings)


def counted(page: Page, count: str) -> Seen:
    """Return what is seen once the page says how many papers it found."""
    expect(page.locator("#found")).to_have_text(count)
    return seen(page)


def test_at_first_everything_is_there_and_nothing_is_counted(page: Page) -> None:
    assert seen(page) == (ALL, "", HEADINGS)


@pytest.mark.parametrize(
    ("acts", "expected"),
    [
        ([typed(WORDS, "KETTLES quiet")], ["Quiet Kettles"]),
        ([typed(WORDS, "tea warm")], ["Warm Urns"]),
        ([typed(WORDS, "brew")], ["Quiet Kettles", "Warm Urns"]),
        ([typed(WORDS, "zoe")], ["Quiet Kettles"]),
        ([typed("Author", "ada brew")], ["Quiet Kettles", "Warm Urns"]),
        ([typed("Author", "nobody")], []),
        ([picked("Year", "2030")], ["Warm Urns"]),
        ([picked("Year", "not stated")], ["Pans"]),
        ([picked("Category", "cs.CL")], ["Warm Urns"]),
        ([picked("Topic", "reasoning")], ["Quiet Kettles", "Pans"]),
        ([picked("Line of work", LINE.name)], ["Warm Urns", "Pans"]),
        ([picked("Code", "has code")], ["Warm Urns"]),
        ([typed("Author", "ada"), picked("Topic", "reasoning")], ["Quiet Kettles"]),
    ],
)
def test_what_is_searched_is_found(acts: list[Act], expected: list[str], page: Page) -> None:
    for act in acts:
        act(page)
    found = counted(page, f"{len(expected)} of 3 papers")
    assert found.papers == expected
    assert not {"What failed", "Lineages"} & set(found.headings)


def test_where_nothing_is_found_it_says_what_was_searched(page: Page) -> None:
    typed(WORDS, "samovar")(page)
    assert counted(page, NOWHERE).papers == []
    picked("Year", "2030")(page)
    assert counted(page, "0 of 3 papers").papers == []


def test_any_of_a_list_is_no_search(page: Page) -> None:
    picked("Line of work", LINE.name)(page)
    counted(page, "2 of 3 papers")
    picked("Line of work", "any")(page)
    assert counted(page, "") == (ALL, "", HEADINGS)


def test_the_button_shows_all_again(page: Page) -> None:
    typed(WORDS, "tea")(page)
    page.get_by_role("button", name="Show all").click()
    assert counted(page, "") == (ALL, "", HEADINGS)
    assert page.get_by_label(WORDS).input_value() == ""


def test_no_other_script_runs(tab: Visit, tmp_path: Path) -> None:
    driver = 'document.title = "ran"'
    other = html().replace("</body>", f"<script>{driver}</script></body>")
    allowed = other.replace("script-src ", f"script-src {sha256_of(driver)} ", 1)
    assert opened(tab, tmp_path / "allowed.html", allowed).title() == "ran"
    assert tab.faults == []
    assert opened(tab, tmp_path / "other.html", other).title() == "Papers"
    assert "Content Security Policy" in "".join(tab.faults)


def test_hostile_papers_are_found_and_do_nothing(tab: Visit, tmp_path: Path) -> None:
    cards = [
        card_of(filled_with(text)).model_copy(update={"paper": f"p{n}", "themes": HOSTILE[:n]})
        for n, text in enumerate(HOSTILE)
    ]
    page = opened(tab, tmp_path / "page.html", index_html(cards, [], [], []))
    typed(WORDS, "alert")(page)
    expected = sum("alert" in text for text in HOSTILE)
    assert len(counted(page, f"{expected} of {len(HOSTILE)} papers").papers) == expected
    assert (tab.outside(), tab.dialogs, tab.faults) == ([], [], [])
