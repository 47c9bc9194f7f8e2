"""arXiv author listings: records that each end with an arXiv id and the dates of its versions."""

from __future__ import annotations

import datetime as dt
import re
from itertools import pairwise
from typing import Any

from pipeline.readers.layout import (
    ARXIV_ID,
    Block,
    blocks,
    is_prose,
    iso_date,
    joined,
    line_width,
    span,
    split_title,
)
from pipeline.readers.people import parse_authors
from pipeline.records import Reading, Record

LOOKS_FOR = "records that end with lines such as arXiv:2508.18265 and Created: 2025-08-25"
_ID = re.compile(rf"^arXiv:({ARXIV_ID})(?:v\d+)?$")
_DATES = re.compile(r"^Created:\s*(\S+)(?:\s+Updated:\s*(\S+))?$")
_UPDATED = re.compile(r"^Updated:\s*\S+$")
_TRAILER = re.compile("|".join(pattern.pattern for pattern in (_ID, _DATES, _UPDATED)))
_CREATED = re.compile(r"^Created:\s*\d{4}-\d\d-\d\d")
_COMMENT_WORDS = 40


def recognises(text: str) -> bool:
    """Tell whether some line with an arXiv id is followed by one with a date of creation."""
    lines = [line.text for block in blocks(text) for line in block]
    return any(_ID.match(first) and _CREATED.match(second) for first, second in pairwise(lines))


def read(text: str, as_of: dt.date) -> Reading:  # noqa: ARG001 - these dates print their year
    """Read all records; text after the last trailer is kept as an incomplete record."""
    notes: list[str] = []
    groups = _group(blocks(text, begins=_TRAILER.match))
    records = [_record(i, group, text, notes) for i, group in enumerate(groups)]
    return Reading(format="listing", records=records, notes=notes)


def _group(found: list[Block]) -> list[list[Block]]:
    groups: list[list[Block]] = []
    closed = True
    for block in found:
        trailer = bool(_TRAILER.match(block[0].text))
        if closed and not (trailer and groups and not _ID.match(block[0].text)):
            groups.append([])
        groups[-1] += _split_after_trailer(block) if trailer else [block]
        closed = trailer
        if trailer and len(groups[-1]) > 1 and not _TRAILER.match(groups[-1][-1][0].text):
            groups.append([groups[-1].pop()])
            closed = False
    return groups


def _split_after_trailer(block: Block) -> list[Block]:
    k = next((i for i, line in enumerate(block) if not _TRAILER.match(line.text)), len(block))
    return [part for part in (block[:k], block[k:]) if part]


def _record(index: int, group: list[Block], text: str, notes: list[str]) -> Record:
    content = [block for block in group if not _TRAILER.match(block[0].text)]
    trailer = [line.text for block in group for line in block if _TRAILER.match(line.text)]
    title, authors, rest = _front(content)
    abstract, comments = _abstract(rest)
    if not abstract:
        notes.append(f"record {index}: no abstract; the document may be cut here")
    names, cut = parse_authors(joined(authors)) if authors else (None, None)
    return Record(
        index=index,
        span=span(group),
        title=joined(title) if title else None,
        authors=names,
        et_al=cut,
        abstract=text[slice(*span(abstract))] if abstract else None,
        abstract_span=span(abstract) if abstract else None,
        comment=" ".join(map(joined, comments)) or None,
        **_trailer(index, trailer, notes),
    )


def _front(content: list[Block]) -> tuple[Block, Block, list[Block]]:
    """Return title lines, author lines and the blocks after them."""
    if not content:
        return [], [], []
    first, rest = content[0], content[1:]
    split = split_title(first, line_width(rest), more=bool(rest))
    if split:
        return *split, rest
    if rest and _is_title(joined(first)) and is_prose(joined(rest[0])):
        return first, [], rest
    return [], [], content


def _is_title(text: str) -> bool:
    return not is_prose(text) and not text.endswith(".")


def _abstract(rest: list[Block]) -> tuple[list[Block], list[Block]]:
    """Return the blocks of the abstract and those of the comment; a long block is no comment."""
    k = 1
    while k < len(rest) and len(joined(rest[k]).split()) > _COMMENT_WORDS:
        k += 1
    return rest[:k], rest[k:]


def _trailer(index: int, lines: list[str], notes: list[str]) -> dict[str, Any]:
    fields: dict[str, Any] = {"arxiv_id": None, "created": None, "updated": None, "date": None}
    for line in lines:
        if match := _ID.match(line):
            fields["arxiv_id"] = match[1]
        elif match := _DATES.match(line):
            fields["created"], fields["updated"] = map(iso_date, (match[1], match[2] or ""))
        else:
            fields["updated"] = iso_date(line.removeprefix("Updated:").strip())
    fields["date"] = fields["created"]
    if fields["arxiv_id"] is None or fields["created"] is None:
        notes.append(f"record {index}: arXiv id or date of creation missing or unreadable")
    return fields
