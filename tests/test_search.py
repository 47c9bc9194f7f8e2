"""The search on the page of all papers, in a browser."""

from __future__ import annotations

import datetime as dt
import json
from html import unescape
from pathlib import Path

import pytest

from pipeline.report.cards import card_of, line_card_of
from pipeline.report.html import index_html
from tests.chromium import BROWSER, acted
from tests.lineage_sheets import six
from tests.page_sheets import HOSTILE, claim, details, filled_with, sheet, summary

pytestmark = pytest.mark.skipif(not BROWSER, reason="no Chromium to search with")

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
LOOK = """
const act = (name, value) => {
  const field = document.getElementById("search").elements[name];
  field.value = value;
  field.dispatchEvent(new Event("input", { bubbles: true }));
};
const pick = (name, words) => {
  const options = [...document.getElementById("f-" + name).options];
  act(name, options.find((one) => one.textContent.startsWith(words)).value);
};
const look = () => {
  const seen = (one) => one.checkVisibility();
  const names = [...document.querySelectorAll(".papers a")].filter(seen);
  document.title = JSON.stringify([
    names.map((one) => one.textContent), document.getElementById("found").textContent,
    [...document.querySelectorAll("h2")].filter(seen).map((one) => one.textContent)]);
};
"""


def page(**changes: object) -> str:
    return index_html(CARDS, [], [], [], lineages=[LINE])


def found(does: str, folder: Path) -> tuple[list[str], str, list[str]]:
    """Return the papers, the count and the headings that are seen after something was done."""
    driver = f"{LOOK}{does}\nsetTimeout(look, 1000);"
    names, count, headings = json.loads(unescape(acted(page(), driver, folder)))
    return names, count, headings


def test_at_first_everything_is_there_and_nothing_is_counted(tmp_path: Path) -> None:
    names, count, headings = found("", tmp_path)
    assert names == ["Quiet Kettles", "Warm Urns", "Pans"]
    assert count == ""
    assert headings == ["What failed", "Lineages", "Over time", "2031", "2030", "Date not stated"]


@pytest.mark.parametrize(
    ("does", "expected"),
    [
        ('act("q", "KETTLES quiet")', ["Quiet Kettles"]),
        ('act("q", "tea warm")', ["Warm Urns"]),
        ('act("q", "brew")', ["Quiet Kettles", "Warm Urns"]),
        ('act("q", "zoe")', ["Quiet Kettles"]),
        ('act("q", "samovar")', []),
        ('act("author", "ada brew")', ["Quiet Kettles", "Warm Urns"]),
        ('act("author", "nobody")', []),
        ('pick("year", "2030")', ["Warm Urns"]),
        ('pick("year", "not stated")', ["Pans"]),
        ('pick("category", "cs.CL")', ["Warm Urns"]),
        ('pick("topic", "reasoning")', ["Quiet Kettles", "Pans"]),
        ('pick("lineage", "")', ["Quiet Kettles", "Warm Urns", "Pans"]),
        ('act("lineage", "l0")', ["Warm Urns", "Pans"]),
        ('pick("code", "has code")', ["Warm Urns"]),
        ('act("author", "ada"); pick("topic", "reasoning")', ["Quiet Kettles"]),
    ],
)
def test_what_is_searched_is_found(does: str, expected: list[str], tmp_path: Path) -> None:
    names, count, headings = found(does, tmp_path)
    assert names == expected
    if len(expected) < len(CARDS):
        assert count == f"{len(expected)} of 3 papers"
        assert not {"What failed", "Lineages"} & set(headings)


def test_the_button_shows_all_again(tmp_path: Path) -> None:
    does = 'act("q", "tea"); setTimeout(() => document.querySelector("button").click(), 400);'
    names, count, headings = found(does, tmp_path)
    assert (len(names), count, len(headings)) == (3, "", 6)


def test_no_other_script_runs(tmp_path: Path) -> None:
    driver = 'document.title = "ran"'
    assert acted(page(), driver, tmp_path) == "ran"
    assert acted(page(), driver, tmp_path, allowed=False) == "Papers"


def test_hostile_papers_are_found_and_do_nothing(tmp_path: Path) -> None:
    cards = [
        card_of(filled_with(text)).model_copy(update={"paper": f"p{n}", "themes": HOSTILE[:n]})
        for n, text in enumerate(HOSTILE)
    ]
    html = index_html(cards, [], [], [])
    driver = (
        f'{LOOK}act("q", "alert"); setTimeout(look, 1000); window.alert = () => {{ throw 1; }};'
    )
    names, count, _ = json.loads(unescape(acted(html, driver, tmp_path)))
    assert len(names) == sum("alert" in text for text in HOSTILE)
    assert count == f"{len(names)} of {len(HOSTILE)} papers"
