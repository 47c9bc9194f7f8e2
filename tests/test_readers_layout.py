from __future__ import annotations

import datetime as dt

import pytest

from pipeline.readers.layout import (
    MONTHS,
    blocks,
    day,
    is_prose,
    iso_date,
    joined,
    line_width,
    span,
    split_title,
    unwrap,
)
from tests.invented_papers import KETTLES, LANTERNS, LOOMS, wrapped


def texts(text: str) -> list[list[str]]:
    return [[line.text for line in block] for block in blocks(text)]


def test_blocks_are_parted_by_blank_lines() -> None:
    text = "\n one \n\ttwo\n\u00a0\nthree\n \u200b \n\ufefffour\u200e\n\n"
    assert texts(text) == [["one", "two"], ["three"], ["four"]]
    found = blocks(text)
    assert [text[line.start : line.end] for block in found for line in block] == [
        "one", "two", "three", "four",
    ]  # fmt: skip
    assert text[slice(*span(found))].startswith("one \n\ttwo")
    assert [block[0].text for block in blocks(text, text.index("two"))] == ["two", "three", "four"]


def test_a_line_may_begin_a_block_anyway() -> None:
    found = blocks("a\n# b\nc\n# d", begins=lambda line: line.startswith("#"))
    assert [joined(block) for block in found] == ["a", "# b c", "# d"]


@pytest.mark.parametrize(
    ("lines", "line"),
    [
        ("quiet\n  kettles", "quiet kettles"),
        ("self-\nboiling", "self-boiling"),
        ("Ada Brew-\nSteam", "Ada Brew-Steam"),
        ("lid-\nand pot-lids", "lid- and pot-lids"),
        ("Kettles -\nLanterns", "Kettles - Lanterns"),
        ("Kettles--\nLanterns", "Kettles--Lanterns"),
        ("4-\n\n5", "4-5"),
        ("from -\n5", "from - 5"),
        ("many   spaces\t.", "many spaces ."),
        ("", ""),
    ],
)
def test_wrapped_lines_become_one(lines: str, line: str) -> None:
    assert unwrap(lines) == line


CHINESE = "我们研究水壶为何在无人看管时沸溢，并提出一个小模型。" * 7


@pytest.mark.parametrize(
    "text",
    [
        KETTLES,
        LANTERNS,
        LOOMS,
        rf"\textbf{{K}}ettles boil over by 16.0\%. {KETTLES}",
        f"*Kettles* boil ({KETTLES})",
        f"“Boil” is said often. {KETTLES}",
        f"[Context] Kettles are left alone. {KETTLES}",
        CHINESE,
        KETTLES.rstrip(".") + "!”",
    ],
)
def test_prose(text: str) -> None:
    assert is_prose(text)


NO_PROSE = {
    "short": KETTLES[:149],
    "no stop": KETTLES.replace(".", ","),
    "title": "Kettles That Listen to Their Lids: a Study of Twelve Kitchens in Four Towns " * 3,
    "names": "Ada Brew, Bo Steam, Cy B. Fogg, " * 12,
    "capitals": "THE KETTLE IS PROVIDED AS IT IS, WITHOUT A LID. " * 6,
    "numbers": "1.5 2.5 3,500 and 7. " * 12,
    "json": '{"title": "Simmer", "abstract": "' + KETTLES + '"}',
    "json list": '["Simmer", "' + KETTLES + '"]',
    "html": f"<p>{KETTLES}</p>",
    "code": "def boil(self): return self.heat(level=water[0]) if self.lid else None  # Soon. " * 4,
    "comment": f"# {KETTLES}",
    "docstring": f'"""{KETTLES}"""',
    "bullet": f"* {KETTLES}",
    "imports": "from . import kettle from . import lantern from . import loom " * 4,
}


@pytest.mark.parametrize("what", NO_PROSE)
def test_no_prose(what: str) -> None:
    assert not is_prose(NO_PROSE[what])


TITLES = {
    "Quiet Kettles\nAda Brew": 1,
    "Quiet Kettles\nAda Brew, Bo Steam": 1,
    "Quiet Kettles: Boiling Water\nwithout any Noise\nAda Brew, Bo Steam": 2,
    "Quiet Kettles\nAda Brew, Bo Steam,\nCy Fogg, Di Lidd,\nEve Tray": 1,
    "Quiet Kettles\nAda Brew；Bo Steam；\nCy Fogg": 1,
    "Quiet Kettles\nAda Brew, Bo Steam et al.": 1,
    f"{KETTLES}\nAda Brew": 1,
    "Quiet Kettles": None,
    "Quiet Kettles\nare of use and very\nwelcome": None,
    f"{KETTLES}\n{LANTERNS}\nas in Ada Brew": None,
    f"{KETTLES}\n{LANTERNS}": None,
}


@pytest.mark.parametrize("text", TITLES)
def test_authors_follow_a_title(text: str) -> None:
    (block,) = blocks(text)
    k = TITLES[text]
    expected = None if k is None else (block[:k], block[k:])
    assert split_title(block, line_width(blocks(LOOMS)), more=True) == expected


def test_of_wrapped_lines_the_authors_follow_the_one_that_was_ended_on_purpose() -> None:
    names = ", ".join(f"{first} {last}" for first in ("Ada", "Bo", "Cy") for last in "BCDEF")
    title = "Quiet Kettles That Boil in Silence with Calm, Care, and Long Patience"
    (block,) = blocks(wrapped(f"{title}\n{names}", 40))
    assert block[1].text == "Calm, Care, and Long Patience"
    assert split_title(block, 40, more=True) == (block[:2], block[2:])
    # Without a width to go by, the first place from which all reads as names has to do.
    (names_block,) = blocks("Quiet Kettles for Everyone\nAda Brew, Bo Steam, Cy Fogg,\nDi Lidd")
    assert split_title(names_block, 26, more=True) == (names_block[:1], names_block[1:])


def test_unusual_names_are_believed_where_text_follows() -> None:
    (block,) = blocks("Quiet Kettles That Boil\nKettle Lab 7, Robert (Bo) Steam")
    assert split_title(block, 100, more=True) == (block[:1], block[1:])
    assert split_title(block, 100, more=False) is None
    (title,) = blocks("Quiet Kettles That Boil and\nSing Together with 7 Lids")
    assert split_title(title, 30, more=True) is None


def test_a_long_line_above_names_is_a_title_only_where_text_follows() -> None:
    (block,) = blocks(f"{KETTLES}\nAda Brew")
    assert split_title(block, 0, more=True) == (block[:1], block[1:])
    assert split_title(block, 0, more=False) is None


def test_a_block_of_very_many_lines_is_not_searched() -> None:
    (block,) = blocks("Ada Brew, Bo Steam\n" * 9_000)
    assert split_title(block, 100, more=True) is None


def test_the_width_is_that_of_the_longest_line_with_two_words() -> None:
    assert line_width(blocks("a bc\n\nhttps://example.org/kettles\na b")) == 4
    assert line_width([]) == 0


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("2030-11-04", dt.date(2030, 11, 4)),
        ("2030-02-30", None),
        ("2030-13-01", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_iso_dates(text: str, date: dt.date | None) -> None:
    assert iso_date(text) == date


@pytest.mark.parametrize(
    ("printed", "as_of", "expected"),
    [
        (("Mar", 26, None), "2031-03-26", "2031-03-26"),
        (("Mar", 26, None), "2031-03-25", "2030-03-26"),
        (("Dec", 31, None), "2031-01-01", "2030-12-31"),
        (("December", 31, None), "2031-01-01", "2030-12-31"),
        (("Mar", 26, 2040), "2031-03-25", "2040-03-26"),
        (("Feb", 29, None), "2028-02-29", "2028-02-29"),
        (("Feb", 29, None), "2028-02-28", "2024-02-29"),
        (("Feb", 29, None), "2031-07-01", "2028-02-29"),
        (("Feb", 29, None), "2103-07-01", "2096-02-29"),
        (("Feb", 29, None), "2104-02-28", "2096-02-29"),
        (("Feb", 29, 2031), "2031-07-01", None),
        (("Feb", 30, None), "2031-07-01", None),
        (("Apr", 31, None), "2031-07-01", None),
        (("Jan", 0, None), "2031-07-01", None),
        (("Jan", 1, 0), "2031-07-01", None),
        (("Jan", 1, None), "0001-01-01", "0001-01-01"),
        (("Jan", 2, None), "0001-01-01", None),
    ],
)
def test_days(printed: tuple[str, int, int | None], as_of: str, expected: str | None) -> None:
    found = day(*printed, dt.date.fromisoformat(as_of))
    assert found == (dt.date.fromisoformat(expected) if expected else None)


def test_a_year_is_the_latest_that_does_not_lie_after_the_day() -> None:
    as_of = dt.date(2031, 7, 1)
    for month in MONTHS:
        found = day(month, 15, None, as_of)
        assert found is not None
        assert dt.timedelta(0) <= as_of - found < dt.timedelta(365)
