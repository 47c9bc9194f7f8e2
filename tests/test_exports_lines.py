"""JSON Lines, read back as sheets."""

from __future__ import annotations

import json
import re

import pytest

from pipeline.report.exports.lines import json_lines
from pipeline.sheets import PaperSheet
from tests.exported import NASTY, SAMPLE, sample
from tests.page_sheets import claim, filled_with, sheet, summary

SEEN_BY_NOBODY = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\ufeff\ud800-\udfff\uffff]")


def test_each_line_is_the_sheet_of_a_paper() -> None:
    papers = sample().papers
    lines = json_lines(papers).split("\n")
    assert lines.pop() == ""
    assert [PaperSheet.model_validate_json(line) for line in lines] == papers
    for line, one in zip(lines, papers, strict=True):
        written = (SAMPLE / "papers" / f"{one.paper.id}.json").read_text(encoding="utf-8")
        assert json.loads(line) == json.loads(written)


def test_what_people_decided_is_there() -> None:
    edited = {"reviewed": "edited", "overruled": ["numbers"]}
    broken = claim("By 9 dB.", "derived", "reviewer").model_copy(update=edited)
    tldr = json.loads(json_lines([sheet(summary(broken))]))["summary"]["tldr"]
    assert (tldr["reviewed"], tldr["overruled"]) == ("edited", ["numbers"])


@pytest.mark.parametrize("text", NASTY)
def test_hostile_text_stays_in_its_line(text: str) -> None:
    made = json_lines([filled_with(text), sheet()])
    made.encode("utf-8")
    assert len(made.splitlines()) == 2
    assert not SEEN_BY_NOBODY.search(made)
    found = json.loads(made.splitlines()[0])
    assert found["paper"]["title"] == found["summary"]["tldr"]["text"] == text
    assert found["schema"] == "litline/paper"


def test_no_papers_make_no_line() -> None:
    assert json_lines([]) == ""
