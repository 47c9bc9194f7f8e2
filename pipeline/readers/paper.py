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
    looks_like_authors,
    parse_authors,
    span,
    split_title,
)
from pipeline.records import Reading, Record

LOOKS_FOR = "one heading Abstract, or at most a title and authors above one paragraph"
_MARKER = r"[#*_\s]*abstract[*_\s]*"
_INLINE = r"[#*_\s]*(?-i:Abstract|ABSTRACT)[*_\s]*(?:[:.—–]|--+|-+(?=\s|(?-i:[A-Z])))[*_\s]*"
_ABSTRACT = re.compile(rf"^(?:{_MARKER}[:.—–-]*[*_\s]*$|{_INLINE})", re.IGNORECASE)
_HEADING = re.compile(
    r"^#{1,6}\s|^(?:\d+(?:\.\d+)*\.?\s+)?(?:INTRODUCTION|Introduction|BACKGROUND|Background|"
    r"RELATED WORKS?|Related [Ww]orks?|METHODS?|Methods?|APPROACH|Approach|EXPERIMENTS?|"
    r"Experiments?|RESULTS|Results|DISCUSSION|Discussion|LIMITATIONS|Limitations|CONCLUSIONS?|"
    r"Conclusions?|ACKNOWLEDGE?MENTS?|Acknowledge?ments?|REFERENCES|References|BIBLIOGRAPHY|"
    r"Bibliography|(?:APPENDIX|Appendix)(?:\s+[A-Z\d]\b.*)?):?$"
)
_REFERENCES = re.compile(r"^[#*\d.\s]*(?:references|bibliography)[*:.\s]*$", re.IGNORECASE)
_FRONT_MATTER = re.compile(r"\A\s*---\n.*?\n---\n", re.DOTALL)
_ID = re.compile(rf"^(?:arXiv:\s*|https?://arxiv\.org/abs/)({ARXIV_ID})(?:v\d+)?$", re.IGNORECASE)
_LABEL = re.compile(r"^(?:date|published|created)\s*:\s*", re.IGNORECASE)
_NAMED = "|".join(MONTHS)
_DAY_FIRST = re.compile(rf"^(\d{{1,2}})\s+({_NAMED})[a-z]*\.?,?\s+(\d{{4}})$")
_MONTH_FIRST = re.compile(rf"^({_NAMED})[a-z]*\.?\s+(\d{{1,2}}),\s*(\d{{4}})$")


class _Layout(NamedTuple):
    front: list[Block]
    abstract: list[Block]
    body: list[Block]


def recognises(text: str) -> bool:
    """Tell whether the text has the layout of exactly one paper."""
    return _layout(text) is not None


def read(text: str, as_of: dt.date) -> Reading:
    """Read the one record; its span runs from the first to the last character of the text."""
    layout = _layout(text)
    assert layout is not None  # noqa: S101 - the registry asks `recognises` first
    front, arxiv_id, date = _facts(layout.front, as_of)
    title, authors = _title(front)
    names, cut = parse_authors(joined(authors)) if authors else (None, None)
    abstract = _after_marker(layout.abstract, text)
    record = Record(
        index=0,
        span=span(blocks(text)),
        title=joined(title).lstrip("# ").strip() or None if title else None,
        authors=names,
        et_al=cut,
        arxiv_id=arxiv_id,
        date=date,
        abstract=text[slice(*abstract)],
        abstract_span=abstract,
        body_spans=[span([block]) for block in layout.body],
    )
    return Reading(format="paper", records=[record])


def _layout(text: str) -> _Layout | None:
    matter = _FRONT_MATTER.match(text)
    found = blocks(text, start=matter.end() if matter else 0, breaks=_HEADING)
    marked = [i for i, block in enumerate(found) if _ABSTRACT.match(block[0].text)]
    if len(marked) == 1:
        return _with_heading(found, marked[0])
    return None if marked else _without_heading(found)


def _with_heading(found: list[Block], at: int) -> _Layout | None:
    alone = _ABSTRACT.sub("", joined(found[at])) == ""
    first = at + 1 if alone else at
    if first >= len(found) or (alone and _is_heading(found[first])):
        return None
    last = first + 1
    while last < len(found) and not _is_heading(found[last]):
        last += 1
    return _Layout(found[:at], found[first:last], _body(found[last:]))


def _is_heading(block: Block) -> bool:
    return _HEADING.match(block[0].text) is not None


def _body(found: list[Block]) -> list[Block]:
    """Return the paragraphs up to the references, without the headings."""
    stop = (i for i, block in enumerate(found) if _REFERENCES.match(block[0].text))
    kept = found[: next(stop, len(found))]
    without = [block[1:] if _is_heading(block) else block for block in kept]
    return [block for block in without if block]


def _without_heading(found: list[Block]) -> _Layout | None:
    *front, last = found
    if len(front) > 3 or not is_prose(joined(last)):
        return None
    if any(is_prose(joined(block)) for block in front):
        return None
    return _Layout(front, [last], [])


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
            else:
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


def _title(front: list[Block]) -> tuple[Block, Block]:
    """Return title lines and author lines of what stands above the abstract."""
    if not front:
        return [], []
    split = split_title(front[0], more=True)
    if split:
        return split
    people = [block for block in front[1:] if looks_like_authors(joined(block))]
    return front[0], people[0] if people else []


def _after_marker(found: list[Block], text: str) -> tuple[int, int]:
    start, end = span(found)
    marker = _ABSTRACT.match(found[0][0].text)
    if marker:
        start += marker.end()
        start += len(text[start:end]) - len(text[start:end].lstrip())
    return start, end
