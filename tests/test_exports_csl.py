"""CSL-JSON, read back as JSON."""

from __future__ import annotations

import json
import re

import pytest

from pipeline.report.exports.csl import csl_json, unmarked
from pipeline.report.exports.wording import key
from tests.exported import NASTY, sample
from tests.page_sheets import details, filled_with, sheet

FIELDS = {
    "id",
    "type",
    "title",
    "author",
    "issued",
    "publisher",
    "number",
    "URL",
    "keyword",
    "note",
}


def test_a_whole_item() -> None:
    about = details(year_inferred=True, et_al=True)
    made = sheet(about=about, authors=["Jan van der Berg", "Bo Steam Jr.", "Cauldron"])
    assert json.loads(csl_json([made])) == [
        {
            "id": "quiet-kettles-0a1b2c3d",
            "type": "article",
            "title": "Quiet Kettles",
            "author": [
                {"family": "Berg", "given": "Jan", "non-dropping-particle": "van der"},
                {"family": "Steam", "given": "Bo", "suffix": "Jr."},
                {"literal": "Cauldron"},
            ],
            "issued": {"date-parts": [[2031, 5, 27]], "circa": True},
            "publisher": "arXiv",
            "number": "arXiv:3105.01234",
            "URL": "https://arxiv.org/abs/3105.01234",
            "keyword": "cs.CV",
            "note": "The source prints day and month only, and the year is inferred;"
            " The source cuts the list of authors",
        }
    ]


def test_what_is_absent_stays_away() -> None:
    bare = sheet(about=details(categories=[]), authors=None, date=None, arxiv_id=None)
    assert json.loads(csl_json([bare])) == [
        {"id": "quiet-kettles-0a1b2c3d", "type": "article", "title": "Quiet Kettles"}
    ]
    assert json.loads(csl_json([sheet(title=None)]))[0].get("title") is None
    assert csl_json([]) == "[]\n"


@pytest.mark.parametrize("text", NASTY)
def test_hostile_fields_are_words(text: str) -> None:
    made = csl_json([filled_with(text)])
    made.encode("utf-8")
    (item,) = json.loads(made)
    assert item.keys() <= FIELDS
    assert item.get("title", "") == unmarked(text)
    assert item["id"] == key(text)
    assert "URL" not in item
    assert not re.search(r"<[a-zA-Z/!?]", made)
    assert not re.search("[\u202e\u2028\u2029\ufeff\x00-\x09\x0b-\x1f\x7f-\x9f]", made)


def test_signs_that_are_no_markup_stay() -> None:
    assert unmarked("2 < 3 > 1 <i>x</i>") == "2 < 3 > 1 ‹i>x‹/i>"


def test_the_sample_comes_back() -> None:
    papers = sample().papers
    items = json.loads(csl_json(papers))
    for item, one in zip(items, papers, strict=True):
        assert (item["id"], item.get("title")) == (one.paper.id, one.paper.title)
        names = [f"{name['given']} {name['family']}" for name in item.get("author", [])]
        assert names == (one.paper.authors or [])
        assert ("circa" in item.get("issued", {})) == one.details.year_inferred
        if one.paper.date:
            (parts,) = item["issued"]["date-parts"]
            assert parts == [one.paper.date.year, one.paper.date.month, one.paper.date.day]
