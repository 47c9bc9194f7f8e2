"""Which words of the sources sheets quote, so that the pages of the sources can mark them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

Marks = dict[str, list[tuple[int, int]]]
"""Places by document: code points, start inclusive, end exclusive; in order, each once."""


class Place(Protocol):
    """Where quoted words stand."""

    @property
    def document(self) -> str:
        """The document's id."""

    @property
    def start(self) -> int:
        """Code points, inclusive."""

    @property
    def end(self) -> int:
        """Code points, exclusive."""


def marks_of(places: Iterable[Place]) -> Marks:
    """Return where these places stand."""
    return _ordered((one.document, (one.start, one.end)) for one in places)


def joined(all_marks: Iterable[Mapping[str, list[tuple[int, int]]]]) -> Marks:
    """Return the marks of many sheets as one."""
    return _ordered(
        (document, span) for marks in all_marks for document, spans in marks.items()
        for span in spans
    )  # fmt: skip


def _ordered(places: Iterable[tuple[str, tuple[int, int]]]) -> Marks:
    found: dict[str, set[tuple[int, int]]] = {}
    for document, span in places:
        found.setdefault(document, set()).add(span)
    return {document: sorted(found[document]) for document in sorted(found)}
