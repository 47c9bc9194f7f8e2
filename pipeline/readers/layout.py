"""Lines, blocks and author lists: what the readers of plain text have in common."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from typing import NamedTuple

from pipeline.records import Span

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
ARXIV_ID = r"(?:\d{4}\.\d{4,5}|[a-z][a-z-]+(?:\.[A-Z]{2})?/\d{7})"
_LINE = re.compile(r"[^\n]+")
_ET_AL = re.compile(r",?\s*\bet al\.?\s*$")
_SEPARATOR = re.compile(r"\s*[,;]\s*(?:and\s+)?|\s+and\s+|\s+&\s+")
_NO_NAME = re.compile(r"[\d:?!\"()\[\]{}@#$%=<>/\\|*_]")
_PARTICLES = frozenset(
    "van von der den de da das di del della la le los bin ibn al el do dos du ter ten zu zur y e "
    "af av".split()
)
_DOTTED = re.compile(r"^(?:[^\W\d_]\.-?)+[^\W\d_]*$|^(?:Jr|Sr|St|Dr|Prof|Ph|Mr|Ms)\.$")
PROSE_CHARACTERS = 150


class Line(NamedTuple):
    """One non-blank line; offsets and text exclude outer white space."""

    start: int
    end: int
    text: str


Block = list[Line]


def blocks(text: str, start: int = 0, breaks: re.Pattern[str] | None = None) -> list[Block]:
    """Split text[start:] at blank lines; a line that `breaks` matches also begins a block."""
    found: list[Block] = []
    last_end = None
    for match in _LINE.finditer(text, start):
        stripped = match.group().strip()
        if not stripped:
            last_end = None
            continue
        at = match.start() + match.group().index(stripped)
        line = Line(at, at + len(stripped), stripped)
        begins = breaks is not None and breaks.match(stripped) is not None
        if begins or last_end is None or match.start() != last_end + 1:
            found.append([])
        found[-1].append(line)
        last_end = match.end()
    return found


def span(parts: Iterable[Block]) -> Span:
    """Return the span from the first line of the first block to the last line of the last."""
    listed = list(parts)
    return listed[0][0].start, listed[-1][-1].end


def joined(block: Block) -> str:
    """Return the block's lines joined by single spaces, as a wrapped line was meant."""
    return " ".join(line.text for line in block)


def is_prose(text: str) -> bool:
    """Tell whether a block reads as running text: long enough, mostly letters, with a full stop."""
    letters = sum(character.isalpha() or character.isspace() for character in text)
    enough = len(text) >= PROSE_CHARACTERS and letters >= 0.75 * len(text)
    return enough and bool(re.search(r"[.!?。]", text))


def parse_authors(text: str) -> tuple[list[str], bool]:
    """Return the names of an author list and whether "et al." cuts it."""
    shortened = _ET_AL.sub("", text)
    names = [" ".join(name.split()) for name in _SEPARATOR.split(shortened)]
    return [name for name in names if name], shortened != text


def looks_like_authors(text: str) -> bool:
    """Tell whether `text` is a list of personal names, and not a title or a sentence."""
    names, cut = parse_authors(text)
    if cut:
        return bool(names)
    single = sum(" " not in name and name.isascii() for name in names)
    return bool(names) and all(map(_is_name, names)) and single <= 0.2 * len(names)


def _is_name(name: str) -> bool:
    words = name.split()
    if len(words) > 7 or len(name) > 80 or _NO_NAME.search(name):
        return False
    return all(_is_name_word(word) for word in words) and not name.islower()


def _is_name_word(word: str) -> bool:
    if word.endswith("."):
        return bool(_DOTTED.match(word))
    return not word[0].islower() or word in _PARTICLES or "’" in word or "'" in word


def split_title(block: Block, *, more: bool) -> tuple[Block, Block] | None:
    """Split a block into title lines and author lines, or None where it is something else.

    Two lines with `more` text after them are title and authors even when the names are unusual; of
    hard-wrapped lines the first from which all the rest reads as an author list begins the authors.
    """
    for k in range(1, len(block)):
        listed = "," in block[k].text or k == len(block) - 1
        if listed and looks_like_authors(joined(block[k:])):
            return block[:k], block[k:]
    if len(block) == 2 and more and not is_prose(joined(block)) and _short_list(block[1].text):
        return block[:1], block[1:]
    return None


def _short_list(text: str) -> bool:
    names, _ = parse_authors(text)
    return all(len(name.split()) <= 6 for name in names) and not text.endswith(".")


def iso_date(text: str) -> dt.date | None:
    """Return an ISO date, or None where the text is not one (or no day of the calendar)."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def day(month: str, number: int, year: int | None, as_of: dt.date) -> dt.date | None:
    """Return a date; without a year the latest one not after `as_of`; None for an impossible day.

    29 February without a year is looked for in the last eight years, so that it finds a leap year.
    """
    at = MONTHS.index(month[:3]) + 1
    years = [year] if year is not None else range(as_of.year, as_of.year - 9, -1)
    for candidate in years:
        try:
            found = dt.date(candidate, at, number)
        except ValueError:
            continue
        if year is not None or found <= as_of:
            return found
    return None
