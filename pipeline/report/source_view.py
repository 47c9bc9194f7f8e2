"""What the page of a source says: its text in parts, and the quoted places in it marked."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from pipeline.report import view

_PART = 4_000  # characters; browsers lay out only the parts that are in sight
_Span = tuple[int, int]


class Mark(NamedTuple):
    """A quoted place that begins here, or goes on here: `rest` is what another place cut off.

    The parts of one place that others cut bear the same `id`, the first as its anchor.
    """

    id: str
    rest: bool


class Piece(NamedTuple):
    """Text without any beginning or end of a place in it; `closed` counts those that end after."""

    opened: list[Mark]
    text: str
    closed: int


class SourceView(NamedTuple):
    """Everything on the page of a source, without markup."""

    document: str
    path: str
    counted: str
    parts: list[list[Piece]]


def source_view(document: str, text: str, spans: Sequence[_Span]) -> SourceView:
    """Cut a text where quoted places begin and end; places that lie outside it are left out."""
    known = sorted({(start, end) for start, end in spans if 0 <= start < end <= len(text)})
    return SourceView(
        document=document,
        path=f"{view.address(document)}.txt",
        counted=_counted(len(known)),
        parts=[list(_pieces(text, part, within)) for part, within in _parts(text, known)],
    )


def _counted(places: int) -> str:
    if not places:
        return "No page quotes it."
    are = "place that pages quote is" if places == 1 else "places that pages quote are"
    return f"{places:,} {are} marked."


def _parts(text: str, spans: Sequence[_Span]) -> Iterator[tuple[_Span, Sequence[_Span]]]:
    """Yield parts that end with a line and cut no quoted place, each with the places in it."""
    joined = _joined(spans)
    starts = [start for start, _ in joined]
    begins = [start for start, _ in spans]
    start = 0
    while start < len(text):
        end = _line_end(text, start + _PART)
        while (at := bisect_left(starts, end) - 1) >= 0 and joined[at][1] > end:
            end = _line_end(text, joined[at][1])
        yield (start, end), spans[bisect_left(begins, start) : bisect_left(begins, end)]
        start = end


def _joined(spans: Sequence[_Span]) -> list[_Span]:
    """Return places without overlaps, those that overlap made one; `spans` are in order."""
    found: list[_Span] = []
    for start, end in spans:
        if found and start < found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


def _line_end(text: str, at: int) -> int:
    """Return where the line ends that `at` stands in, its line feed included."""
    return text.find("\n", at) + 1 or len(text)


def _pieces(text: str, part: _Span, spans: Sequence[_Span]) -> Iterator[Piece]:
    """Yield the pieces of a part; `spans` lie in it, in order.

    Where a place ends inside another that began later, the latter is closed and goes on as a rest.
    """
    cuts = sorted({*part, *(edge for span in spans for edge in span)})
    starts = [start for start, _ in spans]
    within: list[_Span] = []
    opened: list[Mark] = []
    for at, end in pairwise(cuts):
        new = spans[bisect_left(starts, at) : bisect_right(starts, at)]
        opened += [Mark(view.mark_id(*span), rest=False) for span in reversed(new)]
        within += reversed(new)
        first = next((n for n, span in enumerate(within) if span[1] == end), len(within))
        rest = [span for span in within[first:] if span[1] > end]
        yield Piece(opened, text[at:end], len(within) - first)
        opened = [Mark(view.mark_id(*span), rest=True) for span in rest]
        within[first:] = rest
