"""Lines, blocks, titles and dates: what the readers of plain text have in common."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

from pipeline.readers.people import looks_like_authors, may_be_authors
from pipeline.records import Span

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
ARXIV_ID = r"(?:\d{4}\.\d{4,5}|[a-z][a-z-]+(?:\.[A-Z]{2})?/\d{7})"
_LINE = re.compile(r"[^\n]+")
_UNSEEN = "\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff"
_EDGES = re.compile(rf"[\s{_UNSEEN}]*+(.*[^\s{_UNSEEN}])")
_WRAPPED = re.compile(r"(?:(?<=\w-)|(?<=\w--))\s*\n\s*(?!(?:and|or|to|nor|but)\b)(?=\w)")

_PROSE_CHARACTERS = 150
_OPENS = re.compile(r"(?!\[[\"'\[{\d])[\"'“‘«(\[\\$*_`]{0,2}[^\W_]")
_WORDS = re.compile(r"[⺀-鿿가-힯]|[^\s⺀-鿿가-힯]+")
_WORD = re.compile(
    r"[(\[\"'“‘«`*_]*[^\W\d_]+(?:['’‐–—/-][^\W\d_]+)*['’]?[)\]\"'”’»`*_.,;:!?…]*",
)
_SENTENCE_END = re.compile(r"[^\s_][.!?…]['\"”’)\]]*(?:\s|$)|[。！？]")
_LISTED = frozenset(",;，；、")
# In lines; beyond, a text is neither, and is not searched.
_LONGEST_TITLE = 60
_LONGEST_AUTHORS = 2_000


class Line(NamedTuple):
    """One line; offsets and text exclude outer white space and characters without a shape."""

    start: int
    end: int
    text: str


Block = list[Line]


def blocks(
    text: str, start: int = 0, begins: Callable[[str], object] = lambda _: False
) -> list[Block]:
    """Split text[start:] at blank lines and before each line that `begins` a block anyway."""
    found: list[Block] = []
    last_end = None
    for match in _LINE.finditer(text, start):
        seen = _EDGES.match(match.group())
        if not seen:
            last_end = None
            continue
        line = Line(match.start() + seen.start(1), match.start() + seen.end(1), seen[1])
        if begins(line.text) or last_end is None or match.start() != last_end + 1:
            found.append([])
        found[-1].append(line)
        last_end = match.end()
    return found


def span(parts: Iterable[Block]) -> Span:
    """Return the span from the first line of the first block to the last line of the last."""
    listed = list(parts)
    return listed[0][0].start, listed[-1][-1].end


def unwrap(text: str) -> str:
    """Return wrapped lines as one: joined by a space, or by nothing after a word's hyphen."""
    return " ".join(_WRAPPED.sub("", text).split())


def joined(block: Block) -> str:
    """Return the block's lines as one."""
    return unwrap("\n".join(line.text for line in block))


def is_prose(text: str) -> bool:
    """Tell whether one line reads as running text, and not as a title, a list, code or data.

    It is long enough, opens with a word and holds a full stop; most of it is words, and not most of
    them are capitalised.
    """
    if len(text) < _PROSE_CHARACTERS or not _OPENS.match(text) or not _SENTENCE_END.search(text):
        return False
    found = _WORDS.findall(text)
    words = sum(_WORD.fullmatch(word) is not None for word in found)
    capitalised = sum(word[0].isupper() for word in found)
    return words >= 0.75 * len(found) and capitalised <= 0.6 * len(found)


def line_width(found: Iterable[Block]) -> int:
    """Return the length of the longest line of two words or more, 0 without one."""
    lengths = (len(line.text) for block in found for line in block if " " in line.text)
    return max(lengths, default=0)


def split_title(block: Block, width: int, *, more: bool) -> tuple[Block, Block] | None:
    """Split a block into title lines and author lines, or None where it is something else.

    `width` is the longest line of the text after it. If that is wrapped, a line to which the next
    word would still have fitted was ended on purpose: the authors begin after such a line, if they
    can, else at the first line from which all the rest reads as an author list. With `more` text
    after the block, the only such line is enough where the names are unusual.
    """
    if len(block) > _LONGEST_AUTHORS:
        return None
    width = max([width, *(len(line.text) for line in block[1:])])
    places = range(1, min(len(block), _LONGEST_TITLE))
    ends = [k for k in places if _ends_on_purpose(block, k, width)]
    fits = [k for k in places if _authors_begin(block, k, more=more)]
    if fits:
        k = next((k for k in fits if k in ends), fits[0])
        return block[:k], block[k:]
    if more and len(ends) == 1 and not is_prose(joined(block)):
        title, names = block[: ends[0]], block[ends[0] :]
        return (title, names) if may_be_authors(joined(names)) else None
    return None


def _ends_on_purpose(block: Block, k: int, width: int) -> bool:
    length = len(block[k - 1].text)
    return length > width or length + 1 + len(block[k].text.split()[0]) <= width


def _authors_begin(block: Block, k: int, *, more: bool) -> bool:
    if _LISTED.isdisjoint(block[k].text) and k < len(block) - 1:
        return False
    if is_prose(joined(block[:k])) and (k > 1 or not more):
        return False
    return looks_like_authors(joined(block[k:]))


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
