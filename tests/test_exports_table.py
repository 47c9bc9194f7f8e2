"""The CSV table, read back by the standard library and looked at as a spreadsheet would."""

from __future__ import annotations

import csv
import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.report.cells import BETWEEN, cell, one_line
from pipeline.report.exports.table import COLUMNS, csv_table
from tests.exported import NASTY, sample
from tests.page_sheets import claim, details, filled_with, sheet, summary

STARTERS = "=+-@＝＋－＠\t\r"


def read(text: str, delimiter: str = ",") -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


def undone(text: str) -> str:
    return re.sub(r"(^|;)(\s*)'(?=[=+\-@＝＋－＠])", r"\1\2", text)


def test_a_row() -> None:
    (row,) = rows(csv_table([sheet(about=details(has_code=True, et_al=True))]))
    assert {name: value for name, value in row.items() if value} == {
        "id": "quiet-kettles-0a1b2c3d",
        "label": "Quiet Kettles",
        "title": "Quiet Kettles",
        "authors": "Ada Brew; Bo Steam",
        "authors_cut": "yes",
        "date": "2031-05-27",
        "year_inferred": "no",
        "arxiv_id": "3105.01234",
        "url": "https://arxiv.org/abs/3105.01234",
        "categories": "cs.CV",
        "has_code": "yes",
        "documents": "kettles.txt",
        "tldr": "Kettles can be quiet.",
        "engine": "extractive 1",
    }


def test_what_is_absent_is_empty() -> None:
    (row,) = rows(csv_table([sheet(title=None, authors=None, date=None, arxiv_id=None)]))
    absent = ("title", "authors", "authors_cut", "date", "year_inferred", "arxiv_id", "url")
    assert [row[name] for name in (*absent, "has_code", "results")] == [""] * 9


def test_what_people_decided_is_told() -> None:
    accepted = claim("It hushes.").model_copy(update={"reviewed": "accepted"})
    edited = {"reviewed": "edited", "overruled": ["numbers"]}
    broken = claim("By 9 dB.", "derived", "reviewer").model_copy(update=edited)
    given = summary(accepted, results=[broken, broken, claim("It boils.")], problem=[broken])
    (row,) = rows(csv_table([sheet(given)]))
    assert (row["reviewed"], row["overruled"]) == ("4 of 5", "problem; results")
    (row,) = rows(csv_table([sheet(summary(claim("It hushes.")))]))
    assert (row["reviewed"], row["overruled"]) == ("", "")


@pytest.mark.parametrize("text", NASTY)
def test_hostile_cells_are_words(text: str) -> None:
    made = csv_table([filled_with(text), sheet()])
    made.encode("utf-8")
    header, row, after = read(made)
    assert header == list(COLUMNS)
    assert len(row) == len(after) == len(COLUMNS)
    assert made.count("\r\n") == 3
    assert made.count("\n") == made.count("\r") == 3
    for name in ("id", "label", "title", "arxiv_id", "comment", "tldr", "engine", "model"):
        assert undone(row[COLUMNS.index(name)]) == undone(one_line(text))
    assert not any(value.startswith(tuple(STARTERS)) for value in row)


@pytest.mark.parametrize("text", NASTY)
def test_no_formula_where_semicolons_part_cells(text: str) -> None:
    for line in csv_table([filled_with(text)]).splitlines():
        for part in line.split(";"):
            assert not part.strip().startswith(tuple(STARTERS))


@given(st.text())
def test_no_text_begins_a_formula(text: str) -> None:
    assert not cell(text).startswith(tuple(STARTERS))
    assert len(read(f'"{cell(text).replace(chr(34), chr(34) * 2)}"\r\n')) == 1


def test_headers_begin_no_formula() -> None:
    assert all(cell(name) == name for name in COLUMNS)


def test_the_sample_comes_back() -> None:
    papers = sample().papers
    for row, one in zip(rows(csv_table(papers)), papers, strict=True):
        assert row["id"] == one.paper.id
        assert row["title"] == (one.paper.title or "")
        assert row["authors"].split(BETWEEN) == (one.paper.authors or [""])
        assert row["date"] == str(one.paper.date or "")
        assert row["results"] == BETWEEN.join(claim.text for claim in one.summary.results)
