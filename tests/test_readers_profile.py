from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from pipeline.readers import profile as reader
from pipeline.records import ProfileHeader
from tests.invented_papers import (
    AS_OF,
    KETTLES,
    LANTERNS,
    LOOMS,
    entry,
    header,
    only,
    profile,
    read,
    uncovered,
    wrapped,
)


def header_of(text: str) -> ProfileHeader:
    found = read(text).header
    assert found is not None
    return found


def test_a_page_has_a_header_and_records() -> None:
    text = profile(entry(), entry("KTMay 3", "Gimlet", "Bo Steam", LANTERNS))
    reading = read(text)
    assert (reading.format, reading.notes) == ("profile", [])
    assert [record.index for record in reading.records] == [0, 1]
    assert uncovered(text, reading) == ""
    first = reading.records[0]
    assert text[slice(*first.span)] == entry()
    assert first.model_dump(exclude={"span", "abstract_span"}) == {
        "index": 0,
        "title": "Simmer: Kettles That Listen",
        "authors": ["Ada Brew", "Bo Steam"],
        "et_al": True,
        "affiliations": [],
        "category": "KT",
        "date": dt.date(2030, 11, 4),
        "year_inferred": False,
        "has_code": True,
        "score": None,
        "abstract": KETTLES,
        "comment": None,
        "arxiv_id": None,
        "created": None,
        "updated": None,
        "body_spans": [],
    }
    assert first.abstract_span is not None
    assert text[slice(*first.abstract_span)] == KETTLES


# --- Header --------------------------------------------------------------------------------


def test_the_header_holds_the_figures() -> None:
    found = header_of(profile(entry(), entry(title="Other")))
    assert found.model_dump() == {
        "name": "Ada Brew",
        "area": "KT",
        "h_index": 7,
        "papers": 2,
        "citations": 1204,
        "novelty_percent": 31.5,
        "ai_score": 48.0,
        "span": (0, len(header())),
    }


@pytest.mark.parametrize(
    ("top", "fields"),
    [
        ("h-index 7\n1 paper", {"h_index": 7, "papers": 1, "name": None, "area": None}),
        ("Ada\nh-index7\n1citation", {"citations": 1, "papers": None, "ai_score": None}),
        ("Ada\nh-index7\n5citations\n\n12 Papers", {"papers": 12}),
        ("h-index7\n22,636citations\n1,234,567papers", {"citations": 22636, "papers": 1234567}),
        ("\u200bAda\u200e\n\ufeffh-index7\u200b\n5papers", {"name": "Ada", "h_index": 7}),
    ],
)
def test_what_a_header_does_not_print_is_null(top: str, fields: dict[str, Any]) -> None:
    found = header_of(profile(entry(), top=top)).model_dump()
    assert fields.items() <= found.items()


@pytest.mark.parametrize(
    "line",
    ["h-index46.5", "h-index,", f"h-index{'9' * 400}", "1,2,3citations", ",papers", "Novelty%"],
)
def test_figures_that_are_no_numbers_are_noted(line: str) -> None:
    reading = read(profile(entry(), top=f"Ada\nh-index7\n5papers\n{line}"))
    assert reading.notes == [f"header line not understood: {line[:60]!r}"]
    assert reading.header is not None
    assert (reading.header.h_index, reading.header.papers) == (7, 5)


def test_two_counts_of_papers_that_differ_are_noted() -> None:
    reading = read(profile(entry(), top=header(papers=1_234_567, heading="1,300 Papers")))
    assert reading.notes == ["the header says 1234567 papers, the heading 1300"]


def test_a_page_without_papers_has_a_header_only() -> None:
    reading = read(header(papers=0, heading="0 Papers"))
    assert reading.records == []
    assert reading.header is not None
    assert reading.header.papers == 0


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("h-index7\n5papers", True),
        ("h-index7\n5citations", True),
        ("h-index7\nNovelty5%", False),
        ("5papers\n5citations", False),
        ("some line\n" * 28 + "h-index7\n5papers", True),
        ("some line\n" * 30 + "h-index7\n5papers", False),
        ("KTNov 4, 2030\nh-index7\n5papers", False),
        ("", False),
    ],
)
def test_a_page_is_known_by_its_header(text: str, known: bool) -> None:
    assert reader.recognises(text) == known


# --- Heads ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("head", "fields"),
    [
        ("KTNov 4, 2030Code", {"date": dt.date(2030, 11, 4), "has_code": True, "score": None}),
        ("KTNov 4, 2030", {"has_code": False, "year_inferred": False}),
        ("LGMar 26Code", {"category": "LG", "date": dt.date(2031, 3, 26), "year_inferred": True}),
        ("52.4CVAug 27", {"category": "CV", "score": 52.4, "date": dt.date(2030, 8, 27)}),
        ("9CVAug 27, 2029", {"score": 9.0, "date": dt.date(2029, 8, 27)}),
        ("KTFeb 29", {"date": dt.date(2028, 2, 29), "year_inferred": True}),
        ("\u200eKTNov 4, 2030\u200b", {"date": dt.date(2030, 11, 4)}),
    ],
)
def test_heads(head: str, fields: dict[str, Any]) -> None:
    assert fields.items() <= only(profile(entry(head))).model_dump().items()


@pytest.mark.parametrize("head", ["KTFeb 30, 2030", "KTFeb 30", "KTJun 31Code", "KTMay 0"])
def test_a_day_that_does_not_exist_is_null_and_noted(head: str) -> None:
    reading = read(profile(entry(head)))
    assert reading.records[0].date is None
    assert not reading.records[0].year_inferred
    assert reading.records[0].title == "Simmer: Kettles That Listen"
    assert reading.notes == [f"record 0: {head!r} holds no day of the calendar"]


# --- Titles and authors --------------------------------------------------------------------


@pytest.mark.parametrize(
    "title",
    [
        "Simmer",
        "Ada Brew, Bo Steam",
        "../../x",
        "CON",
        "🫖",
        "<|endoftext|>",
        "Boiling \u202eylteiuq\u202c \u200b here",
        "null \ufffd and bell \x07",
        "Kettles? Kettles! And then: kettles. " * 110 + "End",
    ],
)
def test_titles_are_kept_as_printed(title: str) -> None:
    record = only(profile(entry(title=title)))
    assert record.title == title
    assert record.authors == ["Ada Brew", "Bo Steam"]
    assert record.abstract == KETTLES


@pytest.mark.parametrize(
    ("line", "authors", "et_al", "affiliations"),
    [
        ("Ada Brew", ["Ada Brew"], False, []),
        ("Plato", ["Plato"], False, []),
        ("Kettle Lab 7", ["Kettle Lab 7"], False, []),
        ("Ada Brew et al. · te", ["Ada Brew"], True, ["te"]),
        ("Ada Brew · te, ket-tle lab · pot,", ["Ada Brew"], False, ["te", "ket-tle lab", "pot"]),
        ("Ludo van der Kessel, Sean O'Kettle", ["Ludo van der Kessel", "Sean O'Kettle"], False, []),
    ],
)
def test_authors_and_affiliations(
    line: str, authors: list[str], et_al: bool, affiliations: list[str]
) -> None:
    record = only(profile(entry(authors=line)))
    assert (record.authors, record.et_al) == (authors, et_al)
    assert record.affiliations == affiliations
    assert record.abstract == KETTLES


def test_a_title_after_a_blank_line_is_a_title() -> None:
    record = only(profile(entry(title="\nSimmer")))
    assert (record.title, record.authors, record.abstract) == (
        "Simmer",
        ["Ada Brew", "Bo Steam"],
        KETTLES,
    )


def test_without_a_title_the_authors_are_still_authors() -> None:
    record = only(profile(f"KTNov 4, 2030\n\nAda Brew, Bo Steam\n\n{KETTLES}\n\n{LOOMS}"))
    assert (record.title, record.authors) == (None, ["Ada Brew", "Bo Steam"])


def test_without_authors_the_abstract_is_whole() -> None:
    record = only(profile(f"KTNov 4, 2030\nSimmer\n\n{KETTLES}"))
    assert (record.authors, record.et_al, record.abstract) == (None, None, KETTLES)


# --- Abstracts -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "abstract",
    [
        f"{KETTLES}\n\n{LANTERNS}",
        KETTLES.replace(" ", "\n", 20),
        "Kettles  boil \x07\ufffd at\u200b 100\\%.\n\n \nThey cool.",
        "Withdrawn.",
        f"{KETTLES}\nh-index9\n10papers",
        "We boil " + " " * 1_000_000 + "water.",
    ],
)
def test_an_abstract_is_kept_unchanged(abstract: str) -> None:
    text = profile(entry(abstract=abstract), entry("KTMay 3", "Gimlet", "Bo Steam", LANTERNS))
    reading = read(text)
    assert reading.records[0].abstract == abstract
    assert reading.records[1].title == "Gimlet"
    assert uncovered(text, reading) == ""


@pytest.mark.parametrize(
    ("cut", "fields"),
    [
        ("", {"title": None, "authors": None}),
        ("\nSimmer: Ket", {"title": "Simmer: Ket", "authors": None}),
        ("\nSimmer\n\nAda Brew, Bo S", {"title": "Simmer", "authors": ["Ada Brew", "Bo S"]}),
        ("\nSimmer\n\nAda", {"authors": ["Ada"], "et_al": False}),
        ("\nSimmer\n\nAda Brew et al.\n\n", {"authors": ["Ada Brew"], "et_al": True}),
    ],
)
def test_a_record_that_is_cut_before_its_abstract_is_kept_and_noted(
    cut: str, fields: dict[str, Any]
) -> None:
    text = profile(entry("KTMay 3", "Gimlet", "Bo Steam", LANTERNS), "KTNov 4, 2030" + cut)
    reading = read(text)
    assert len(reading.records) == 2
    found = reading.records[1].model_dump()
    assert {**fields, "abstract": None, "abstract_span": None}.items() <= found.items()
    assert found["date"] == dt.date(2030, 11, 4)
    assert reading.notes == ["record 1: no abstract; the document may be cut here"]
    assert uncovered(text, reading) == ""


def test_a_record_that_is_cut_in_its_abstract_keeps_what_is_there() -> None:
    record = only(profile(entry(abstract=KETTLES[:9])))
    assert (record.authors, record.abstract) == (["Ada Brew", "Bo Steam"], KETTLES[:9].strip())


@pytest.mark.parametrize("width", [40, 60, 72, 80, 100])
@pytest.mark.parametrize("at_hyphens", [False, True])
def test_wrapped_lines_change_nothing(width: int, at_hyphens: bool) -> None:
    long_title = "Simmer: Kettles That Listen to Their Self-Made Noise in Twelve Low-Lit Kitchens"
    authors = "Ada Brew-Steam, Ludo van der Kessel, J.-P. Thé, Sean O'Kettle et al. · te-lab, pot"
    text = profile(
        entry(title=long_title, authors=authors),
        entry("KTMay 3", "Gimlet", "Bo Steam", f"{LANTERNS}\n\n{LOOMS}"),
    )
    plain, other = read(text), read(wrapped(text, width, at_hyphens=at_hyphens))
    moved = {"span", "abstract", "abstract_span"}
    assert [r.model_dump(exclude=moved) for r in other.records] == [
        r.model_dump(exclude=moved) for r in plain.records
    ]
    assert [" ".join((r.abstract or "").split()) for r in other.records][1] == f"{LANTERNS} {LOOMS}"


def test_reading_needs_only_the_day() -> None:
    text = profile(entry("KTAug 1"))
    assert reader.read(text, AS_OF).records[0].date == dt.date(2030, 8, 1)
    assert reader.read(text, dt.date(2031, 8, 1)).records[0].date == dt.date(2031, 8, 1)
