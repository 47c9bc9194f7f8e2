"""Numbered sentences of a paper, and units of them that fit a call.

A record is one unit. A longer text is split at sentences, never inside one, without overlap; what
is extracted from each unit is merged by code.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import NamedTuple, overload

from pipeline.latex import plain
from pipeline.records import Document, Record
from pipeline.sentences import sentences
from pipeline.tokens import estimate_tokens

UNIT_TOKENS = 6000


class Sentence(NamedTuple):
    """A sentence of a document; `number` counts from 1 within its unit."""

    number: int
    document: str
    start: int
    end: int
    quote: str

    @property
    def text(self) -> str:
        """The sentence as a model or a reader is shown it: one line, LaTeX rendered."""
        return plain(self.quote)


class Unit(NamedTuple):
    """What one call is shown: sentences numbered from 1."""

    sentences: tuple[Sentence, ...]


class Sentences(Sequence[Sentence]):
    """The sentences of a paper, found when they are first asked for."""

    def __init__(self, units: Callable[[], Sequence[Unit]]) -> None:
        self._units = units

    @cached_property
    def _all(self) -> tuple[Sentence, ...]:
        return tuple(sentence for unit in self._units() for sentence in unit.sentences)

    @overload
    def __getitem__(self, at: int) -> Sentence: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Sentence]: ...
    def __getitem__(self, at: int | slice) -> Sentence | Sequence[Sentence]:
        return self._all[at]

    def __len__(self) -> int:
        return len(self._all)


def units(document: Document, record: Record, limit: int = UNIT_TOKENS) -> list[Unit]:
    """Split a record's abstract and body into units of at most `limit` estimated tokens.

    A single sentence above the limit is a unit of its own. A record without text has no units.
    """
    spans = [record.abstract_span] if record.abstract_span else []
    spans += record.body_spans
    found = [at for span in spans for at in sentences(document.text, *span)]
    packed: list[list[tuple[int, int]]] = [[]]
    used = 0
    for start, end in found:
        cost = estimate_tokens(document.text[start:end])
        if packed[-1] and used + cost > limit:
            packed.append([])
            used = 0
        packed[-1].append((start, end))
        used += cost
    return [_unit(document, part) for part in packed if part]


def _unit(document: Document, spans: Sequence[tuple[int, int]]) -> Unit:
    return Unit(
        tuple(
            Sentence(number, document.id, start, end, document.text[start:end])
            for number, (start, end) in enumerate(spans, start=1)
        )
    )
