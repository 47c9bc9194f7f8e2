"""Author profile pages: a header of figures, then papers that each begin with area and date."""

from __future__ import annotations

import datetime as dt
import re
from itertools import chain, islice, takewhile

from pipeline.readers.layout import MONTHS, Block, blocks, day, is_prose, joined, span
from pipeline.readers.people import looks_like_authors, may_be_authors, parse_authors
from pipeline.records import ProfileHeader, Reading, Record

LOOKS_FOR = "a header with lines such as h-index46 and 10papers"
_HEAD = re.compile(
    rf"^(\d{{1,3}}(?:\.\d+)?)?([A-Z]{{2}})({'|'.join(MONTHS)}) (\d{{1,2}})(?:, (\d{{4}}))?(Code)?$"
)
_COUNT = r"(\d{1,3}(?:,\d{3}){1,3}|\d{1,9})"
_SHARE = r"(\d{1,9}(?:\.\d{1,9})?)"
_FIGURES = {
    "h_index": re.compile(rf"^h-index\s*{_COUNT}$"),
    "papers": re.compile(rf"^{_COUNT}\s*papers?$"),
    "citations": re.compile(rf"^{_COUNT}\s*citations?$"),
    "novelty_percent": re.compile(rf"^Novelty\s*{_SHARE}\s*%$"),
    "ai_score": re.compile(rf"^AI Score\s*{_SHARE}$"),
}
_DECLARED = re.compile(rf"^{_COUNT} Papers?$")
_AREA = re.compile(r"^[A-Z]{2}$")
_AFFILIATIONS = re.compile(r"\s+·\s+")
_HEADER_LINES = 30


def recognises(text: str) -> bool:
    """Tell whether the first lines hold an h-index and a count of papers or citations."""
    lines = (line.text for line in chain(*blocks(text[:4000])))
    header = list(takewhile(lambda line: not _HEAD.match(line), islice(lines, _HEADER_LINES)))
    found = {name for name, pattern in _FIGURES.items() if any(map(pattern.match, header))}
    return "h_index" in found and bool(found & {"papers", "citations"})


def read(text: str, as_of: dt.date) -> Reading:
    """Read header and records; each record's block ends where the next one begins."""
    notes: list[str] = []
    groups = _group(blocks(text, begins=_HEAD.match))
    header = _header(groups[0], notes)
    records = [_record(i, group, text, as_of, notes) for i, group in enumerate(groups[1:])]
    return Reading(format="profile", header=header, records=records, notes=notes)


def _group(found: list[Block]) -> list[list[Block]]:
    groups: list[list[Block]] = [[]]
    for block in found:
        if _HEAD.match(block[0].text):
            groups.append([])
        groups[-1].append(block)
    return groups


def _header(group: list[Block], notes: list[str]) -> ProfileHeader:
    values: dict[str, float | str] = {}
    declared: int | None = None
    for line in (line.text for block in group for line in block):
        if figure := _figure(line):
            values.update([figure])
        elif match := _DECLARED.match(line):
            declared = int(match[1].replace(",", ""))
        elif _AREA.match(line) and "area" not in values:
            values["area"] = line
        elif "name" not in values:
            values["name"] = line
        else:
            notes.append(f"header line not understood: {line[:60]!r}")
    if declared is not None and declared != values.setdefault("papers", declared):
        notes.append(f"the header says {values['papers']:.0f} papers, the heading {declared}")
    return ProfileHeader.model_validate({**values, "span": span(group)})


def _figure(line: str) -> tuple[str, float] | None:
    for name, pattern in _FIGURES.items():
        if match := pattern.match(line):
            return name, float(match[1].replace(",", ""))
    return None


def _record(index: int, group: list[Block], text: str, as_of: dt.date, notes: list[str]) -> Record:
    head = _HEAD.match(group[0][0].text)
    assert head is not None  # noqa: S101 - groups begin where the pattern matched
    score, area, month, number, year, code = head.groups()
    date = day(month, int(number), int(year) if year else None, as_of)
    if date is None:
        notes.append(f"record {index}: {group[0][0].text!r} holds no day of the calendar")
    title, authors, abstract = _parts(group)
    if not abstract:
        notes.append(f"record {index}: no abstract; the document may be cut here")
    names, cut, affiliations = _people(authors)
    return Record(
        index=index,
        span=span(group),
        title=joined(title) if title else None,
        authors=names,
        et_al=cut,
        affiliations=affiliations,
        category=area,
        date=date,
        year_inferred=date is not None and year is None,
        has_code=code is not None,
        score=float(score) if score else None,
        abstract=text[slice(*span(abstract))] if abstract else None,
        abstract_span=span(abstract) if abstract else None,
    )


def _parts(group: list[Block]) -> tuple[Block, Block | None, list[Block]]:
    """Return title lines, author block and abstract blocks of a record."""
    title, rest = group[0][1:], group[1:]
    if not title and len(rest) > 1 and _lists_people(rest[1]) and not _lists_people(rest[0]):
        title, rest = rest[0], rest[1:]
    if rest and (_lists_people(rest[0]) or _stands_for_people(rest)):
        return title, rest[0], rest[1:]
    return title, None, rest


def _lists_people(block: Block) -> bool:
    return looks_like_authors(_AFFILIATIONS.split(joined(block))[0])


def _stands_for_people(rest: list[Block]) -> bool:
    """Tell whether the first block holds unusual names, by its place before the abstract."""
    people = _AFFILIATIONS.split(joined(rest[0]))[0]
    expected = len(rest) == 1 or is_prose(joined(rest[1]))
    return expected and not is_prose(people) and may_be_authors(people)


def _people(block: Block | None) -> tuple[list[str] | None, bool | None, list[str]]:
    if block is None:
        return None, None, []
    people, *places = _AFFILIATIONS.split(joined(block))
    names, cut = parse_authors(people)
    listed = [place.strip() for part in places for place in part.split(",")]
    return names, cut, [place for place in listed if place]


def figure_lines(text: str, header: ProfileHeader) -> list[tuple[int, int]]:
    """Return where the lines of a header stand that hold its figures: start, end exclusive."""
    start, end = header.span
    found = []
    for line in text[start:end].splitlines(keepends=True):
        words = line.strip()
        if _figure(words) or _DECLARED.match(words):
            at = start + line.index(words)
            found.append((at, at + len(words)))
        start += len(line)
    return found
