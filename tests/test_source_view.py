from __future__ import annotations

from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.report.html import source_html
from pipeline.report.source_view import source_view
from pipeline.report.view import mark_id, visible
from tests.browser import Visit, needs_browser
from tests.page_sheets import HOSTILE
from tests.test_html import Page

TEXT = "Kettles wake the house. We hush kettles. They sing no more.\n"


class Marks(HTMLParser):
    """The text of a source page, and of each mark in it, its rests included."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text = ""
        self.marks: dict[str, str] = {}
        self.anchors: list[str] = []
        self._open: list[str] = []
        self._in_text = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "mark":
            name = found.get("id") or found["data-of"] or ""
            self.anchors += [name] if "id" in found else []
            self.marks.setdefault(name, "")
            self._open.append(name)
        self._in_text |= found.get("class") == "part"

    def handle_endtag(self, tag: str) -> None:
        if tag == "mark":
            self._open.pop()
        self._in_text &= tag != "div"

    def handle_data(self, data: str) -> None:
        self.text += data * self._in_text
        for name in self._open:
            self.marks[name] += data


def marked(text: str, *spans: tuple[int, int]) -> Marks:
    return Marks(source_html("kettles.txt", text, spans))


def test_every_mark_is_its_quote_and_the_text_stays_whole() -> None:
    page = marked(TEXT, (0, 23), (24, 40))
    assert page.text == TEXT
    assert page.marks == {"at-0-23": TEXT[:23], "at-24-40": "We hush kettles."}


def test_a_place_in_another_and_one_that_crosses_it() -> None:
    spans = [(0, 23), (8, 12), (12, 40), (20, 30), (12, 23), (20, 59)]
    page = marked(TEXT, *spans)
    assert page.marks == {mark_id(start, end): TEXT[start:end] for start, end in spans}
    assert sorted(page.anchors) == sorted(page.marks)
    assert page.text == TEXT


@given(
    st.text(alphabet="ab \n<", min_size=1, max_size=60),
    st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=12),
)
def test_any_places_in_any_text(text: str, spans: list[tuple[int, int]]) -> None:
    page = marked(text, *spans)
    inside = {(start, end) for start, end in spans if 0 <= start < end <= len(text)}
    assert page.marks == {mark_id(start, end): text[start:end] for start, end in inside}
    assert len(page.anchors) == len(inside)
    assert page.text == text


def test_a_long_text_is_cut_at_lines_and_in_no_place() -> None:
    text = "\n".join(f"{n}: {TEXT}" for n in range(1_000))
    spans = [(n, n + 90) for n in range(0, len(text) - 90, 1_000)] + [(3_000, 15_000)]
    parts = source_view("a", text, spans).parts
    assert len(parts) > 10
    ends = ["".join(piece.text for piece in part) for part in parts]
    assert "".join(ends) == text
    assert all(one.endswith("\n") for one, _ in pairwise(ends))
    assert max(map(len, ends)) < 20_000
    page = marked(text, *spans)
    assert page.marks == {mark_id(start, end): text[start:end] for start, end in spans}


def test_a_page_says_how_many_places_are_marked() -> None:
    assert source_view("a", TEXT, []).counted == "No page quotes it."
    assert source_view("a", TEXT, [(0, 4)]).counted == "1 place that pages quote is marked."
    several = source_view("a", TEXT, [(0, 4), (0, 4), (3, 7), (0, 9_999), (-3, 2), (5, 5)])
    assert several.counted == "2 places that pages quote are marked."
    assert source_view("a b", "", []).parts == []
    assert source_view("a b", "", []).path == "a%20b.txt"


def test_hostile_text_is_inert_and_marked_as_it_is_shown() -> None:
    model = Page(source_html("a", "kettle kettle", [(0, 6), (7, 13)]))
    for text in HOSTILE:
        html = source_html(
            text, f"{text} {text}", [(0, len(text)), (len(text) + 1, 2 * len(text) + 1)]
        )
        page = Page(html)
        assert page.tags == model.tags
        assert [name for _, name, _ in page.attributes] == [name for _, name, _ in model.attributes]
        assert set(Marks(html).marks.values()) == {visible(text)}
        html.encode()


def test_the_page_leads_to_the_text_and_to_all_papers() -> None:
    page = Page(source_html("kettles.txt", TEXT, []))
    assert page.values("href") == ["#main", "../index.html", "kettles.txt.txt"]
    assert page.levels() == [1]


SHOWN = """marks => marks.filter(one => getComputedStyle(one).boxShadow !== "none")
    .map(one => one.textContent)"""


@needs_browser
@pytest.mark.parametrize(
    ("anchor", "expected"),
    [
        ("at-8-40", [TEXT[8:23], TEXT[23:40]]),
        ("at-0-23", [TEXT[:23]]),
        ("", []),  # no place is shown where none was asked for
    ],
)
def test_a_place_that_another_cuts_off_is_shown_whole(
    anchor: str, expected: list[str], tab: Visit, tmp_path: Path
) -> None:
    path = tmp_path / "kettles.html"
    path.write_text(source_html("kettles.txt", TEXT, [(0, 23), (8, 40), (41, 59)]))
    page = tab.open(path, anchor)
    assert page.locator("mark").evaluate_all(SHOWN) == expected
