"""Keys, names in parts and remarks."""

from __future__ import annotations

import re

import pytest

from pipeline.report.cells import one_line
from pipeline.report.exports.wording import Parts, key, name_parts, remarks, rendered
from tests.exported import NASTY, sample
from tests.page_sheets import details, sheet


def test_the_key_of_a_paper_is_its_id() -> None:
    for one in sample().papers:
        assert key(one.paper.id) == one.paper.id


@pytest.mark.parametrize("text", NASTY)
def test_any_other_key_is_safe(text: str) -> None:
    assert re.fullmatch(r"[a-z0-9-]{1,80}", key(text))
    assert key(text) != key(f"{text}!")


def test_keys_differ_where_ids_do() -> None:
    ids = [*NASTY, "A b", "a b", "a-b", "a  b", "é", "e"]
    assert len({key(one) for one in ids}) == len(ids)


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("Mira Halden", Parts("Halden", "Mira")),
        ("Lu, Lewei", Parts("Lu", "Lewei")),
        ("Jan van der Berg", Parts("Berg", "Jan", "van der")),
        ("Van Nguyen", Parts("Nguyen", "Van")),
        ("D. J. O'Quill-Mark Jr.", Parts("O'Quill-Mark", "D. J.", "", "Jr.")),
        ("Ada Brew, III", Parts("Brew", "Ada", "", "III")),
        ("Zoë Müller", Parts("Müller", "Zoë")),
        ("Jos\\\"e \\'Alvarez", Parts("Álvarez", "Josë")),
        ("Cauldron", None),
        ("王小明", None),
        ("王 小明", None),
        ("Ada and Bo", None),
        ("Kettle Team, Steam Lab, Urn", None),
        ("Ada Brew et al.", None),
        ("R2-D2 Unit", None),
        ("Jr.", None),
        ("", None),
        (",", None),
        ("Ada,", None),
    ],
)
def test_names_are_taken_apart_only_where_that_is_known(name: str, parts: Parts | None) -> None:
    assert name_parts(name) == parts


@pytest.mark.parametrize("text", NASTY)
def test_words_are_one_visible_line(text: str) -> None:
    for words in (one_line(text), rendered(text)):
        assert "\u202e" not in words
        assert "\n" not in words
        assert words == " ".join(words.split())
        words.encode("utf-8")


def test_latex_is_rendered_for_bibliographies() -> None:
    assert rendered("A 4.05$\\times$ gain,\n \\textbf{bold}") == "A 4.05× gain, bold"


def test_what_is_not_known_is_said() -> None:
    about = details(year_inferred=True, et_al=True, comment="9 pages")
    assert list(remarks(sheet(about=about, title=None, label="Kettle (untitled)"))) == [
        "9 pages",
        "No title is stated; listed as: Kettle (untitled)",
        "The source prints day and month only, and the year is inferred",
        "The source cuts the list of authors",
    ]
    assert list(remarks(sheet())) == []
    assert list(remarks(sheet(about=details(year_inferred=True), date=None))) == []
