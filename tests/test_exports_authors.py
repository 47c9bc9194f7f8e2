"""Which note is about whom."""

from __future__ import annotations

import re

import pytest

from pipeline.report.exports.authors import Author, Authors
from tests.briefing_sheets import authored, briefing
from tests.exported import NASTY
from tests.page_sheets import sheet


def of(authors: Authors, paper: str, name: str) -> Author:
    found = authors.of(paper, name)
    assert found is not None
    return found


def test_a_printed_name_has_one_note_however_it_is_written() -> None:
    papers = [
        sheet(id="a", authors=["Zoë Müller"]),
        sheet(id="b", authors=["zoe muller", "Muller, Zoe"]),
        sheet(id="c", authors=["Zoë A. Müller"]),
    ]
    authors = Authors(papers, [])
    assert [(one.name, one.printed, one.papers) for one in authors.listed()] == [
        ("Zoë A. Müller", ["Zoë A. Müller"], ["c"]),
        ("Zoë Müller", ["Zoë Müller", "zoe muller", "Muller, Zoe"], ["a", "b"]),
    ]
    assert of(authors, "b", "Muller, Zoe").key == "zoe-muller"


def test_a_briefing_says_whose_papers_they_are() -> None:
    own = briefing(names=["Ada Brew", "A. Brew"], papers=[authored("b"), authored("a", 1)])
    authors = Authors([sheet(id="a", authors=["A. Brew"]), sheet(id="b", authors=["Bo"])], [own])
    ada = of(authors, "a", "A. Brew")
    assert (ada.key, ada.briefing, ada.papers) == ("ada-brew", own, ["b", "a"])
    assert [one.key for one in authors.with_paper("b")] == ["ada-brew", "bo"]
    assert authors.of("b", "Ada Brew") == ada
    assert authors.with_paper("z") == []


def test_a_namesake_has_another_note() -> None:
    own = briefing(names=["Ada Brew"], papers=[authored("a", 1)])
    papers = [sheet(id="a", authors=["Ada Brew"]), sheet(id="b", authors=["Ada Brew"])]
    authors = Authors(papers, [own])
    other = of(authors, "b", "Ada Brew")
    assert of(authors, "a", "Ada Brew").key == "ada-brew"
    assert re.fullmatch("ada-brew-[0-9a-f]{8}", other.key)
    assert (other.papers, other.briefing) == (["b"], None)


def test_names_in_other_letters_are_told_apart() -> None:
    authors = Authors([sheet(authors=["王小明", "王大明", "Ада Брю", "?!", "  "])], [])
    keys = [one.key for one in authors.listed()]
    assert len(set(keys)) == 4
    assert authors.of("quiet-kettles-0a1b2c3d", "  ") is None


@pytest.mark.parametrize("text", NASTY)
def test_keys_are_names_of_files(text: str) -> None:
    authors = Authors([sheet(authors=[text])], [briefing(slug=text, author=text)])
    assert all(re.fullmatch("[a-z0-9-]{1,90}", one.key) for one in authors.listed())
