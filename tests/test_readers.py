"""What holds of every reader: the registry, the refusal, years, spans, and any text at all."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import DocumentError
from pipeline.readers import READERS, read_text
from pipeline.records import Reading, Record, Text
from tests.awkward_texts import ANY
from tests.invented_papers import (
    AS_OF,
    KETTLES,
    LANTERNS,
    NO_SEEDS,
    SEEDS,
    entry,
    header,
    listed,
    listing,
    profile,
    read,
    sample_texts,
    seed_texts,
    uncovered,
)

needs_seeds = pytest.mark.skipif(not SEEDS.is_dir(), reason=NO_SEEDS)
TODAY = dt.date(2026, 6, 30)


@pytest.mark.parametrize(
    ("text", "format_"),
    [
        (profile(entry()), "profile"),
        (profile(entry(abstract=f"{KETTLES}\n\narXiv:3011.00417\nCreated: 2030-11-04")), "profile"),
        (listing(listed()), "listing"),
        (listing(listed(f"Abstract\n\n{KETTLES}")), "listing"),
        (KETTLES, "paper"),
    ],
)
def test_the_first_reader_that_recognises_a_text_reads_it(text: str, format_: str) -> None:
    assert read(text).format == format_


def test_a_refusal_says_what_was_looked_for() -> None:
    with pytest.raises(DocumentError) as caught:
        read("Two kettles.\n\nThree lids.")
    message = str(caught.value)
    assert message.startswith("no reader recognises it; tried: author profile (a header with lines")
    assert all(reader.name in message and reader.looks_for in message for reader in READERS)


@pytest.mark.parametrize(
    ("as_of", "date"),
    [
        ("2028-02-28", "2024-02-29"),
        ("2028-02-29", "2028-02-29"),
        ("2031-07-01", "2028-02-29"),
        ("2104-02-28", "2096-02-29"),
    ],
)
def test_29_february_without_a_year_is_the_latest_there_was(as_of: str, date: str) -> None:
    (record,) = read_text(profile(entry("KTFeb 29")), dt.date.fromisoformat(as_of)).records
    assert (str(record.date), record.year_inferred) == (date, True)


def test_a_stated_year_may_lie_in_the_future() -> None:
    (record,) = read(profile(entry("KTFeb 3, 2040"))).records
    assert (record.date, record.year_inferred) == (dt.date(2040, 2, 3), False)


@pytest.mark.parametrize("mark", ["\ufeff", "\u200b", "\u202e", "\u2066"])
def test_marks_without_a_shape_at_the_edges_of_lines_hide_nothing(mark: str) -> None:
    for text in (profile(entry(), entry("KTMay 3")), listing(listed(), listed(LANTERNS, "3012.1"))):
        marked = "\n".join(f"{mark}{line}{mark}" for line in text.split("\n"))
        moved = {"span", "abstract_span"}
        assert [r.model_dump(exclude=moved) for r in read(marked).records] == [
            r.model_dump(exclude=moved) for r in read(text).records
        ]


# --- Every document ------------------------------------------------------------------------


def faults(text: Text) -> str:
    """Return what no span covers; every quoted span must be the text that the record holds."""
    reading = read_text(text.text, TODAY)
    for record in reading.records:
        if record.abstract_span is not None:
            start, end = record.abstract_span
            assert record.span[0] <= start < end <= record.span[1]
            assert text.text[start:end] == record.abstract
    return uncovered(text.text, reading)


@pytest.mark.parametrize("text", sample_texts(), ids=lambda text: text.name)
def test_spans_cover_the_samples(text: Text) -> None:
    assert faults(text) == ""


def test_the_samples_hold_what_they_show() -> None:
    found = {text.name: read_text(text.text, TODAY) for text in sample_texts()}
    assert {name: len(reading.records) for name, reading in found.items()} == {
        "mira-halden.txt": 11,
        "northlight-listing.txt": 9,
        "one-paper.md": 1,
        "tomas-verrin.txt": 6,
    }
    mira = found["mira-halden.txt"].header
    assert mira is not None
    assert (mira.name, mira.papers) == ("Mira Halden", 14)
    assert [note for reading in found.values() for note in reading.notes] == []


@needs_seeds
@pytest.mark.parametrize("text", seed_texts(), ids=lambda text: text.name)
def test_spans_cover_the_first_documents(text: Text) -> None:
    assert faults(text) == ""


@needs_seeds
def test_the_first_documents_are_read_whole() -> None:
    readings = [read_text(text.text, TODAY) for text in seed_texts()]
    records = [record for reading in readings for record in reading.records]
    assert [len(reading.records) for reading in readings] == [10, 10, 50, 10]
    assert [reading.notes for reading in readings] == [[], [], [], []]
    assert [
        (h.h_index, h.papers, h.citations, h.novelty_percent, h.ai_score)
        for h in (reading.header for reading in readings)
        if h is not None
    ] == [(46, 10, 3806, 62.0, 67.0), (67, 79, 22636, 56.0, 69.0)]
    assert _count(records) == {
        "inferred": 11,
        "scores": 7,
        "scores on dates with a year": 0,
        "affiliations": 5,
        "comments": 8,
        "without code": 15,
        "untitled": 18,
        "cut lists": 59,
        "longest list": 173,
    }


def _count(records: list[Record]) -> dict[str, int]:
    profiles = [record for record in records if record.has_code is not None]
    scored = [record for record in records if record.score is not None]
    return {
        "inferred": sum(record.year_inferred for record in records),
        "scores": len(scored),
        "scores on dates with a year": sum(not record.year_inferred for record in scored),
        "affiliations": sum(bool(record.affiliations) for record in records),
        "comments": sum(record.comment is not None for record in records),
        "without code": sum(not record.has_code for record in profiles),
        "untitled": sum(record.title is None for record in records),
        "cut lists": sum(record.et_al is True for record in profiles),
        "longest list": max(len(record.authors or []) for record in records),
    }


# --- Any text ------------------------------------------------------------------------------

PIECES = st.one_of(
    ANY,
    st.sampled_from([KETTLES, LANTERNS, header(), header(papers=None, heading=None)]),
    st.sampled_from(["h-index7", "5papers", "3 Papers", "Novelty5%", "h-index7.5", ",papers"]),
    st.sampled_from(["KTNov 4, 2030Code", "9.5KTMay 31", "KTFeb 30", "Simmer", "Plato et al."]),
    st.sampled_from(["arXiv:3011.00417", "Created: 2030-11-04", "Created: x", "Updated: 2030-1-1"]),
    st.sampled_from(["Abstract", "Abstract—We boil.", "# Lids", "References", "---", "title: x"]),
    st.sampled_from(["Ada Brew, Bo Steam · te", "2030-11-04", "\u200b", "\ufeff", "\x1c", "  "]),
)
DOCUMENTS = st.lists(st.tuples(PIECES, st.sampled_from(["\n", "\n\n", " \n \n"])), max_size=14).map(
    lambda pairs: "".join(piece + gap for piece, gap in pairs)
)
DAYS = st.dates(dt.date(1, 1, 1), dt.date(9999, 12, 31))


def _read_or_refuse(text: str, as_of: dt.date) -> Reading | str:
    try:
        return read_text(text, as_of)
    except DocumentError as error:
        return str(error)


@given(st.text() | DOCUMENTS, DAYS)
@settings(max_examples=200, deadline=None)
def test_any_text_is_read_or_refused(text: str, as_of: dt.date) -> None:
    reading = _read_or_refuse(text, as_of)
    assert _read_or_refuse(text, as_of) == reading
    if isinstance(reading, str):
        return
    assert not re.search(r"[^\W\d_]", uncovered(text, reading))
    for index, record in enumerate(reading.records):
        assert record.index == index
        assert _inside(record)
        assert record.year_inferred is False or (record.date is not None and record.date <= as_of)
    assert Reading.model_validate_json(reading.model_dump_json()) == reading


def _inside(record: Record) -> bool:
    spans = [*record.body_spans, *([record.abstract_span] if record.abstract_span else [])]
    return all(record.span[0] <= start < end <= record.span[1] for start, end in spans)


@pytest.mark.parametrize(
    "text",
    [
        " " * 1_000_000,
        "\n \n" * 100_000,
        "," * 1_000_000,
        "a-\n" * 30_000,
        profile(
            entry(title="Sim" + " " * 1_000_000 + "mer", authors="Ada" + " " * 1_000_000 + "B")
        ),
        profile(entry(authors="Ada Brew" + " " * 1_000_000 + "· te"), *["KTMay 3"] * 2_000),
        listing(listed(front="Ab Cd, Ef Gh\n" * 9_000), listed("We boil." * 100_000)),
        "Ab, Cd, Ef, Gh\n" * 9_000 + f"\n{KETTLES}",
        f"Lids\n\nabstract{' ' * 1_000_000}x\n\nAbstract\n\n{KETTLES}",
        "A" + "_" * 200_000 + f"!\n\n{KETTLES}",
        "a" + "-a" * 100_000 + f"! {KETTLES}",
    ],
    ids=lambda text: repr(text[:12]),
)
def test_long_awkward_texts_take_no_time(text: str) -> None:
    # Anything slower than linear would be felt at this length.
    assert _read_or_refuse(text, AS_OF)
