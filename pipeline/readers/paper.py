"""Plain text or Markdown that holds one paper: title, authors, abstract, perhaps its sections."""

from __future__ import annotations

import datetime as dt
import re
from typing import NamedTuple

from pipeline.readers.layout import (
    ARXIV_ID,
    MONTHS,
    Block,
    blocks,
    day,
    is_prose,
    iso_date,
    joined,
    line_width,
    span,
    split_title,
)
from pipeline.readers.people import looks_like_authors, parse_authors
from pipeline.records import Reading, Record

LOOKS_FOR = "one heading Abstract, or at most a title and authors above one paragraph"
_ABSTRACT = re.compile(
    r"[#*_\s]*+(?:(?i:abstract)[*_\s]*+[:=—–-]*+[*_\s]*+$|"
    r"(?:Abstract|ABSTRACT)[*_\s]*+(?:[:.—–]|--+|-(?=[\sA-Z]))[*_\s]*+)"
)
_SECTIONS = frozenset(
    "introduction|background|related work|related works|method|methods|approach|experiments|"
    "results|discussion|limitations|conclusion|conclusions|acknowledgements|acknowledgments|"
    "references|bibliography|appendix".split("|")
)
_SECTION = re.compile(r"[*_]*(?:\d+(?:\.\d+)*\.?\s+)?([A-Z][A-Za-z ]{2,30}?)(?: [A-Z\d])?[:*_]*")
_OTHER_HEADING = re.compile(
    r"#{1,6}\s|[*_]*(?i:keywords|key words|index terms)[*_]*\s*(?:[:—–-]|$)"
)
_REFERENCES = re.compile(r"[#*\d.\s]*+(?:references|bibliography)[*:.\s]*+$", re.IGNORECASE)
_RULE = re.compile(r"[=*_~-]{3,}")
_FRONT_MATTER = re.compile(r"\A\s*---[ \t]*\n(.*?)\n---[ \t]*(?:\n|\Z)", re.DOTALL)
_STATED = re.compile(r"^(title|authors?|date)[ \t]*:[ \t]*(\S.*?)[ \t]*$", re.MULTILINE)
_QUOTED = re.compile(r"(^|[\[,]\s*)([\"'])(.*?)\2(?=\s*(?:[,\]]|$))")
_ID = re.compile(rf"(?:arXiv:\s*|https?://arxiv\.org/abs/)({ARXIV_ID})(?:v\d+)?$", re.IGNORECASE)
_LABEL = re.compile(r"(?:date|published|created)\s*:\s*", re.IGNORECASE)
_NAMED = "|".join(MONTHS)
_DAY_FIRST = re.compile(rf"(\d{{1,2}})\s+({_NAMED})[a-z]*\.?,?\s+(\d{{4}})$")
_MONTH_FIRST = re.compile(rf"({_NAMED})[a-z]*\.?\s+(\d{{1,2}}),\s*(\d{{4}})$")


class _Layout(NamedTuple):
    front: list[Block]
    abstract: list[Block]
    body: list[Block]


def recognises(text: str) -> bool:
    """Tell whether the text has the layout of exactly one paper."""
    return _layout(text) is not None


def read(text: str, as_of: dt.date) -> Reading:
    """Read the one record; its span runs from the first to the last character of the text.

    What stands above the abstract goes before what front matter says.
    """
    layout = _layout(text)
    assert layout is not None  # noqa: S101 - the registry asks `recognises` first
    front, arxiv_id, date = _facts(layout.front, as_of)
    title, authors = _title(front, line_width(layout.abstract + layout.body))
    stated = _front_matter(text)
    listed = joined(authors) or stated.get("author", "")
    names, cut = parse_authors(listed) if listed else (None, None)
    abstract = _after_marker(layout.abstract, text)
    record = Record(
        index=0,
        span=span(blocks(text)),
        title=joined(title).lstrip("# ") or stated.get("title"),
        authors=names,
        et_al=cut,
        arxiv_id=arxiv_id,
        date=date or _date(stated.get("date", ""), as_of),
        abstract=text[slice(*abstract)],
        abstract_span=abstract,
        body_spans=[span([block]) for block in layout.body],
    )
    return Reading(format="paper", records=[record])


def _front_matter(text: str) -> dict[str, str]:
    """Return what simple lines of YAML front matter state: title, author and date."""
    matter = _FRONT_MATTER.match(text)
    stated = _STATED.findall(matter[1]) if matter else []
    bare = ((name, _QUOTED.sub(r"\1\3", value)) for name, value in stated)
    return {
        name.rstrip("s"): listed
        for name, value in bare
        if (listed := re.sub(r"^\[(.*)\]$", r"\1", value))
    }


def _layout(text: str) -> _Layout | None:
    matter = _FRONT_MATTER.match(text)
    found = blocks(text, matter.end() if matter else 0, _begins)
    marked = [i for i, block in enumerate(found) if _ABSTRACT.match(block[0].text)]
    if len(marked) == 1:
        return _with_heading(found, marked[0])
    return None if marked else _without_heading(found)


def _begins(line: str) -> bool:
    return _ABSTRACT.match(line) is not None or _is_heading(line)


def _is_heading(line: str) -> bool:
    named = _SECTION.fullmatch(line)
    known = named is not None and named[1].lower() in _SECTIONS
    return known or _OTHER_HEADING.match(line) is not None


def _with_heading(found: list[Block], at: int) -> _Layout | None:
    alone = _ABSTRACT.sub("", joined(found[at]), count=1) == ""
    first = at + 1 if alone else at
    if first >= len(found) or (alone and _is_heading(found[first][0].text)):
        return None
    last = first + 1
    while last < len(found) and not _is_heading(found[last][0].text):
        last += 1
    return _Layout(found[:at], found[first:last], _body(found[last:]))


def _body(found: list[Block]) -> list[Block]:
    """Return the paragraphs up to the references, without the headings."""
    stop = (i for i, block in enumerate(found) if _REFERENCES.match(block[0].text))
    kept = found[: next(stop, len(found))]
    without = [block[1:] if _is_heading(block[0].text) else block for block in kept]
    return [block for block in without if block]


def _without_heading(found: list[Block]) -> _Layout | None:
    front, last = found[:-1], found[-1:]
    if not last or len(front) > 3 or not is_prose(joined(last[0])):
        return None
    if any(is_prose(joined(block)) for block in front):
        return None
    return _Layout(front, last, [])


def _facts(front: list[Block], as_of: dt.date) -> tuple[list[Block], str | None, dt.date | None]:
    """Take arXiv id and date lines out of the lines above the abstract."""
    arxiv_id, date, kept = None, None, []
    for block in front:
        rest = []
        for line in block:
            if match := _ID.match(line.text):
                arxiv_id = match[1]
            elif found := _date(line.text, as_of):
                date = found
            elif not _RULE.fullmatch(line.text):
                rest.append(line)
        kept += [rest] if rest else []
    return kept, arxiv_id, date


def _date(text: str, as_of: dt.date) -> dt.date | None:
    stated = _LABEL.sub("", text)
    if match := _DAY_FIRST.match(stated):
        return day(match[2], int(match[1]), int(match[3]), as_of)
    if match := _MONTH_FIRST.match(stated):
        return day(match[1], int(match[2]), int(match[3]), as_of)
    return iso_date(stated)


def _title(front: list[Block], width: int) -> tuple[Block, Block]:
    """Return title lines and author lines of what stands above the abstract.

    Where a later block lists authors, one name at the end of the first is the end of a title.
    """
    if not front:
        return [], []
    people = next((block for block in front[1:] if looks_like_authors(joined(block))), [])
    split = split_title(front[0], width, more=not people)
    if split and (not people or len(parse_authors(joined(split[1]))[0]) > 1):
        return split
    return front[0], people


def _after_marker(found: list[Block], text: str) -> tuple[int, int]:
    start, end = span(found)
    marker = _ABSTRACT.match(found[0][0].text)
    if marker:
        start += marker.end()
        start += len(text[start:end]) - len(text[start:end].lstrip())
    return start, end
