from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest

import pipeline.figures
import pipeline.samples
from pipeline.readers import paper as reader
from tests.invented_papers import (
    KETTLES,
    LANTERNS,
    LOOMS,
    header,
    only,
    read,
    uncovered,
    wrapped,
)

TITLE = "Simmer: Kettles That Listen"
NAMES = "Ada Brew, Ludo van der Kessel, J.-P. Thé"
MARKDOWN = f"""\
# {TITLE}

{NAMES}

## Abstract

{KETTLES}

## Introduction

{LANTERNS}

- one lid
- two lids

## Results

{LOOMS}

## References

[1] Ada Brew. Lids. 2029.

[2] Bo Steam. Steam. 2030.
"""


def body(text: str) -> list[str]:
    return [text[slice(*span)] for span in only(text).body_spans]


def test_a_paper_in_markdown() -> None:
    reading = read(MARKDOWN)
    assert (reading.format, reading.header, reading.notes) == ("paper", None, [])
    assert uncovered(MARKDOWN, reading) == ""
    (record,) = reading.records
    assert (record.title, record.authors, record.et_al) == (TITLE, NAMES.split(", "), False)
    assert record.abstract == KETTLES
    assert record.abstract_span is not None
    assert MARKDOWN[slice(*record.abstract_span)] == KETTLES
    assert body(MARKDOWN) == [LANTERNS, "- one lid\n- two lids", LOOMS]
    assert (record.date, record.arxiv_id, record.has_code, record.comment) == (None,) * 4


@pytest.mark.parametrize(
    "marked",
    [
        f"Abstract\n\n{KETTLES}",
        f"ABSTRACT\n{KETTLES}",
        f"abstract\n\n{KETTLES}",
        f"Abstract:\n\n{KETTLES}",
        f"Abstract\n--------\n\n{KETTLES}",
        f"Abstract\n========\n\n{KETTLES}",
        f"### **Abstract**\n\n{KETTLES}",
        f"Abstract—{KETTLES}",
        f"Abstract - {KETTLES}",
        f"Abstract-{KETTLES}",
        f"Abstract--{KETTLES}",
        f"Abstract: {KETTLES}",
        f"Abstract. {KETTLES}",
        f"**Abstract.** {KETTLES}",
        f"*Abstract*—{KETTLES}",
        f"\u200bAbstract – {KETTLES}",
    ],
)
@pytest.mark.parametrize("gap", ["\n\n", "\n"])
def test_ways_to_mark_an_abstract(marked: str, gap: str) -> None:
    text = f"{TITLE}\n{NAMES}{gap}{marked}\n\n1. Introduction\n\n{LANTERNS}"
    record = only(text)
    assert record.title == TITLE
    assert record.authors == NAMES.split(", ")
    assert record.abstract == KETTLES
    assert body(text) == [LANTERNS]


@pytest.mark.parametrize(
    "heading",
    [
        "Introduction",
        "1 Introduction",
        "1.\u00a0Introduction",
        "## 1 What We Did",
        "**Introduction**",
        "RELATED WORK",
        "2.3. Methods:",
        "Keywords: kettles, lids",
        "Index Terms—kettles",
        "Appendix A",
    ],
)
def test_a_heading_ends_the_abstract(heading: str) -> None:
    text = f"{TITLE}\n\nAbstract\n\n{KETTLES}\n{heading}\n{LANTERNS}"
    assert only(text).abstract == KETTLES
    assert body(text) == [LANTERNS]


@pytest.mark.parametrize(
    "line",
    [
        "results.",
        "methods",
        "keywords are",
        "Appendix kettles",
        "Results of",
        "abstract lids",
        "#1",
    ],
)
def test_a_wrapped_line_is_no_heading(line: str) -> None:
    abstract = f"{KETTLES}\n{line}\n{LANTERNS}"
    assert only(f"{TITLE}\n\nAbstract\n\n{abstract}").abstract == abstract


@pytest.mark.parametrize("heading", ["References", "## 7. References", "**Bibliography**"])
def test_the_body_ends_at_the_references(heading: str) -> None:
    text = f"Abstract\n\n{KETTLES}\n\nIntroduction\n\n{LANTERNS}\n\n{heading}\n\n{LOOMS}"
    assert body(text) == [LANTERNS]
    assert uncovered(text, read(text)) == ""


def test_an_abstract_of_two_paragraphs_needs_its_heading() -> None:
    abstract = f"{KETTLES}\n\n{LANTERNS}"
    record = only(
        f"# {TITLE}\n\n{NAMES}\n\n## Abstract\n\n{abstract}\n\n## Introduction\n\nWe boil."
    )
    assert record.abstract == abstract
    assert not reader.recognises(f"# {TITLE}\n\n{NAMES}\n\n{abstract}")


def test_an_abstract_alone_has_no_title() -> None:
    for text in (KETTLES, f"Abstract\n\n{KETTLES}", f"Abstract: {KETTLES}"):
        record = only(text)
        assert (record.title, record.authors, record.et_al) == (None, None, None)
        assert record.abstract == KETTLES


def test_an_abstract_that_is_cut_under_its_heading_is_kept() -> None:
    assert only(f"{TITLE}\n\nAbstract\n\nKettles on sh").abstract == "Kettles on sh"


# --- Titles, authors and facts -------------------------------------------------------------


@pytest.mark.parametrize(
    ("front", "title", "authors"),
    [
        (f"{TITLE}\n\n{NAMES}", TITLE, NAMES),
        (f"{TITLE}\n{NAMES}", TITLE, NAMES),
        (f"{TITLE}\n=======\n\n{NAMES}", TITLE, NAMES),
        (f"# {TITLE}\n\nKettle Lab, University of Te\n\n{NAMES}", TITLE, NAMES),
        (f"{TITLE}\n{NAMES}\n\nKettle Lab, Te Institute", TITLE, NAMES),
        (
            "Simmer: Kettles That\nListen Closely\n\n" + NAMES,
            "Simmer: Kettles That Listen Closely",
            NAMES,
        ),
        (f"Kettles with\nModel 2, Lids 3\n\n{NAMES}", "Kettles with Model 2, Lids 3", NAMES),
        (f"{TITLE}\n\nAda Brew", TITLE, "Ada Brew"),
        (TITLE, TITLE, None),
        ("Simmer: Kettles\nthat listen", "Simmer: Kettles that listen", None),
        ("#\n\nx", None, None),
        ("# ../../x", "../../x", None),
        ("# CON", "CON", None),
        ("# 🫖", "🫖", None),
        ("# " + "Kettles " * 500 + "End", "Kettles " * 500 + "End", None),
    ],
)
@pytest.mark.parametrize("marker", ["Abstract\n\n", ""])
def test_titles_and_authors(
    front: str, title: str | None, authors: str | None, marker: str
) -> None:
    record = only(f"{front}\n\n{marker}{KETTLES}")
    assert record.title == title
    assert record.authors == (authors.split(", ") if authors else None)


@pytest.mark.parametrize("width", [40, 60, 72, 80, 100])
@pytest.mark.parametrize("at_hyphens", [False, True])
@pytest.mark.parametrize("gap", ["\n", "\n\n"])
@pytest.mark.parametrize(
    "title",
    [
        "Simmer, Boil, and Rest: Self-Made Noise in Twelve Low-Lit Kitchens",
        "Simmer and Boil: Twelve Low-Lit Kitchens and Their Self-Made Kettle Noise",
    ],
)
def test_wrapped_lines_change_nothing(width: int, at_hyphens: bool, gap: str, title: str) -> None:
    names = ", ".join([NAMES, "Bo Steam-Brew", "Sean O'Kettle", "Žofie Čajová"])
    text = MARKDOWN.replace(f"{TITLE}\n\n{NAMES}", f"{title}{gap}{names}")
    other = wrapped(text, width, at_hyphens=at_hyphens)
    record = only(other)
    assert (record.title, record.authors) == (title, names.split(", "))
    assert " ".join((record.abstract or "").split()) == KETTLES
    assert [" ".join(part.split()) for part in body(other)][::2] == [LANTERNS, LOOMS]


@pytest.mark.parametrize(
    ("line", "date", "arxiv_id"),
    [
        ("arXiv:3011.00417", None, "3011.00417"),
        ("arXiv: 3011.00417v2", None, "3011.00417"),
        ("https://arxiv.org/abs/te-pot/0101001", None, "te-pot/0101001"),
        ("2030-11-04", "2030-11-04", None),
        ("Date: 4 November 2030", "2030-11-04", None),
        ("Published: Nov. 4, 2030", "2030-11-04", None),
        ("November 4, 2030", "2030-11-04", None),
        ("31 February 2030", None, None),
        ("2030-02-30", None, None),
    ],
)
@pytest.mark.parametrize("before", ["\n", "\n\n"])
def test_lines_above_the_abstract_may_hold_id_and_date(
    line: str, date: str | None, arxiv_id: str | None, before: str
) -> None:
    record = only(f"{TITLE}\n\n{NAMES}{before}{line}\n\nAbstract\n\n{KETTLES}")
    assert record.date == (dt.date.fromisoformat(date) if date else None)
    assert not record.year_inferred
    assert record.arxiv_id == arxiv_id
    assert record.title == TITLE


# --- Front matter --------------------------------------------------------------------------


def test_front_matter_says_what_the_text_above_the_abstract_does_not() -> None:
    matter = '---\ntitle: "Quiet Lids"\nauthors: ["Di Lidd", "Eve Tray"]\ndate: 2030-11-04\n---\n'
    record = only(f"{matter}\n{KETTLES}")
    assert (record.title, record.authors) == ("Quiet Lids", ["Di Lidd", "Eve Tray"])
    assert record.date == dt.date(2030, 11, 4)
    assert record.abstract == KETTLES
    assert record.span == (0, len(f"{matter}\n{KETTLES}"))

    record = only(f"{matter}\n{MARKDOWN}")
    assert (record.title, record.authors) == (TITLE, NAMES.split(", "))
    assert record.date == dt.date(2030, 11, 4)


@pytest.mark.parametrize(
    ("lines", "title", "authors"),
    [
        ("title: Ada's Kettles' Lids", "Ada's Kettles' Lids", None),
        ("title: \"Lids, 'Pots' and Tea\"", "Lids, 'Pots' and Tea", None),
        ("title: 'Lids: A Study'", "Lids: A Study", None),
        ("title: [Lids] and Pots\nauthors: []", "[Lids] and Pots", None),
        ("author: Sean O'Kettle and Bo Steam", None, ["Sean O'Kettle", "Bo Steam"]),
        ("authors: ['Ada Brew', \"Sean O'Kettle\", Cy]", None, ["Ada Brew", "Sean O'Kettle", "Cy"]),
    ],
)
def test_front_matter_may_be_quoted(
    lines: str, title: str | None, authors: list[str] | None
) -> None:
    record = only(f"---\n{lines}\n---\n\n{KETTLES}")
    assert (record.title, record.authors) == (title, authors)


@pytest.mark.parametrize(
    "matter",
    [
        "---\nlayout: post\n---\n",
        "---\ntitle:\nauthor: ''\ndate: soon\n---\n",
        "\n---\nauthors:\n  - Ada Brew\n---\n",
    ],
)
def test_front_matter_may_say_nothing(matter: str) -> None:
    record = only(matter + KETTLES)
    assert (record.title, record.authors, record.date) == (None, None, None)


def test_front_matter_alone_is_no_paper() -> None:
    assert not reader.recognises(f"---\ntitle: {TITLE}\n---\n")
    assert not reader.recognises(f"---\ntitle: {TITLE}\n---")
    assert not reader.recognises("---\n" * 9)


# --- What is no paper ----------------------------------------------------------------------

README = f"""\
# simmer

{KETTLES}

## Installing

    pip install simmer

## Using

{LANTERNS}
"""

NO_PAPERS = {
    "nothing": "",
    "blank": " \n\n\t",
    "a title": TITLE,
    "a short note": "Kettles boil.",
    "a readme": README,
    "two paragraphs": f"{KETTLES}\n\n{LANTERNS}",
    "two abstracts": f"Abstract\n\n{KETTLES}\n\nAbstract\n\n{LANTERNS}",
    "no abstract": f"{TITLE}\n\nAbstract\n\nIntroduction\n\n{LANTERNS}",
    "nothing after abstract": f"{TITLE}\n\nAbstract",
    "a long front": "a\n\nb\n\nc\n\nd\n\n" + KETTLES,
    "json": json.dumps({"title": TITLE, "abstract": KETTLES}),
    "json lines": "\n".join([json.dumps({"title": TITLE, "abstract": KETTLES})] * 3),
    "indented json": json.dumps([{"title": TITLE, "abstract": KETTLES}], indent=2),
    "html": f"<html>\n\n<p>{KETTLES}</p>",
    "csv": "title,authors\n" + f"{TITLE},{NAMES}\n" * 20,
    "a list": "\n".join(f"- lid {n}. a small lid" for n in range(20)),
    "a header": header(papers=0).replace("h-index", "index"),
}


@pytest.mark.parametrize("what", NO_PAPERS)
def test_what_is_no_paper(what: str) -> None:
    assert not reader.recognises(NO_PAPERS[what])


@pytest.mark.parametrize("module", [pipeline.figures, pipeline.samples, reader])
def test_code_is_no_paper(module: object) -> None:
    file = getattr(module, "__file__", None)
    assert file is not None
    assert not reader.recognises(Path(file).read_text(encoding="utf-8"))
