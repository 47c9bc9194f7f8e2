"""BibTeX, read back by a strict reader that counts braces as BibTeX does."""

from __future__ import annotations

import re
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.report.exports.bibtex import bibtex, escape_bibtex
from pipeline.report.exports.wording import name_parts, remarks, rendered
from tests.exported import NASTY, sample
from tests.page_sheets import details, filled_with, sheet

MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
COMMANDS = {
    r"\textbackslash{}": "\\",
    r"\textbraceleft{}": "{",
    r"\textbraceright{}": "}",
    r"\textasciitilde{}": "~",
    r"\textasciicircum{}": "^",
    r"\textless{}": "<",
    r"\textgreater{}": ">",
    r"\textbar{}": "|",
    **{f"\\{sign}": sign for sign in "$&#_%"},
}
_TOKEN = re.compile("|".join(map(re.escape, COMMANDS)) + r"|[^\\{}~^<>|$&#_%]")


class Entry(NamedTuple):
    key: str
    fields: dict[str, str]


class Reader:
    """Reads entries and nothing else; anything unexpected fails."""

    def __init__(self, text: str) -> None:
        remark, _, self._text = text.partition("\n")
        assert remark.startswith("% ")
        self._at = 0

    def entries(self) -> list[Entry]:
        found = []
        while self._text[self._at :].strip():
            found.append(self._entry())
        return found

    def _take(self, pattern: str) -> str:
        found = re.compile(pattern).match(self._text, self._at)
        assert found, self._text[self._at : self._at + 60]
        self._at = found.end()
        return found[found.re.groups]

    def _entry(self) -> Entry:
        key = self._take(r"\s*@misc\{([a-z0-9-]+),\n")
        fields: dict[str, str] = {}
        while self._text[self._at] != "}":
            name = self._take(r"  ([a-z]+) = ")
            assert name not in fields
            fields[name] = self._value()
            self._take(r"(,\n)")
        self._take(r"(\}\n)")
        return Entry(key, fields)

    def _value(self) -> str:
        if self._text[self._at] != "{":
            return self._take(f"({'|'.join(MONTHS)})(?=,)")
        start, depth = self._at, 0
        while True:
            depth += {"{": 1, "}": -1}.get(self._text[self._at], 0)
            self._at += 1
            if depth == 0:
                break
        value = self._text[start + 1 : self._at - 1]
        assert "\n" not in value
        return value


def read(text: str) -> list[Entry]:
    return Reader(text).entries()


def plain(value: str) -> str:
    """Undo the escapes; any other command or active character fails."""
    tokens, at = [], 0
    while at < len(value):
        found = _TOKEN.match(value, at)
        assert found, value[at : at + 40]
        tokens.append(COMMANDS.get(found[0], found[0]))
        at = found.end()
    return "".join(tokens)


def unbraced(value: str) -> str:
    assert value[0] == "{"
    assert value[-1] == "}"
    return plain(value[1:-1])


def test_a_whole_entry() -> None:
    about = details(
        et_al=True, year_inferred=True, comment="5% & more", categories=["cs.CV", "x_y"]
    )
    authors = ["Ada Brew", "Jan van der Berg", "Lu, Lewei", "Kettle Team 3", "Bo Steam Jr."]
    made = sheet(about=about, title="InternVL {3}: {{A}} $\\alpha$", authors=authors)
    assert bibtex([made]) == (
        "% Exported by Litline; a later export replaces this file.\n\n"
        "@misc{quiet-kettles-0a1b2c3d,\n"
        "  title = {{InternVL 3: A α}},\n"
        "  author = {Brew, Ada and van der Berg, Jan and Lu, Lewei and {Kettle Team 3}"
        " and Steam, Jr., Bo and others},\n"
        "  year = {2031},\n"
        "  month = may,\n"
        "  day = {27},\n"
        "  eprint = {3105.01234},\n"
        "  archiveprefix = {arXiv},\n"
        "  url = {https://arxiv.org/abs/3105.01234},\n"
        "  keywords = {cs.CV, x\\_y},\n"
        "  note = {5\\% \\& more; The source prints day and month only, and the year is inferred;"
        " The source cuts the list of authors},\n"
        "}\n"
    )


def test_what_is_absent_stays_away() -> None:
    bare = sheet(
        about=details(categories=[]), title=None, authors=None, date=None, arxiv_id=None, label="K"
    )
    (entry,) = read(bibtex([bare]))
    assert entry.fields == {"note": "No title is stated; listed as: K"}
    assert read(bibtex([])) == []
    cut = sheet(about=details(et_al=True), authors=[])
    assert "author" not in read(bibtex([cut]))[0].fields


@given(st.text())
def test_any_text_comes_back(text: str) -> None:
    assert plain(escape_bibtex(text)) == text
    assert escape_bibtex(text).count("{") == escape_bibtex(text).count("}")


@pytest.mark.parametrize("text", NASTY)
def test_hostile_fields_stay_in_their_fields(text: str) -> None:
    entry, after = read(bibtex([filled_with(text), sheet()]))
    words = rendered(text)
    assert after.key == "quiet-kettles-0a1b2c3d"
    assert (unbraced(entry.fields["title"]) if words else "") == words
    assert plain(entry.fields.get("keywords", "")) == words
    assert plain(entry.fields.get("eprint", "")) == words
    assert plain(entry.fields["note"]) == "; ".join(remarks(filled_with(text)))
    assert entry.fields.get("url") is None
    if words:
        names = entry.fields["author"].split(" and ") if name_parts(text) else []
        assert len(names) in (0, 5)


@pytest.mark.parametrize("text", NASTY)
def test_hostile_text_opens_no_entry_for_readers_that_look_for_one(text: str) -> None:
    assert len(re.findall(r"@\w*\s*\{", bibtex([filled_with(text)]))) == 1


def test_names_that_say_and_stay_one_name() -> None:
    (entry,) = read(bibtex([sheet(authors=["Ada and Bo", "others", "Cy, and, Dee"])]))
    assert entry.fields["author"] == "{Ada and Bo} and {others} and {Cy, and, Dee}"


def test_two_papers_of_one_title_have_two_keys() -> None:
    twins = [sheet(id="kettles-00000001"), sheet(id="kettles-00000002")]
    assert [one.key for one in read(bibtex(twins))] == ["kettles-00000001", "kettles-00000002"]


def test_the_sample_comes_back() -> None:
    papers = sample().papers
    entries = read(bibtex(papers))
    assert [entry.key for entry in entries] == [one.paper.id for one in papers]
    for entry, one in zip(entries, papers, strict=True):
        title = entry.fields.get("title")
        assert (unbraced(title) if title else None) == one.paper.title
        assert entry.fields.get("eprint") == one.paper.arxiv_id
        names = entry.fields["author"].split(" and ") if "author" in entry.fields else []
        assert names[-1:] == ["others"] or not (one.details.et_al and names)
        assert len(names) - bool(one.details.et_al) == len(one.paper.authors or []) or not names
        assert entry.fields.get("year") == (str(one.paper.date.year) if one.paper.date else None)
