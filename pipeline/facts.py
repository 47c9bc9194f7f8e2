"""What code finds in the sentences of a paper: figures, releases, and signs of a trick.

Kept in the store under a hash of the sentences, so that a text is searched once.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from typing import Any, NamedTuple

from pydantic import TypeAdapter

from pipeline.chunking import Sentence, Unit
from pipeline.kept import Kept
from pipeline.links import links
from pipeline.outcomes import Amount
from pipeline.result_figures import ResultFigure, result_figures
from pipeline.sheets import Evidence, FigureRow, Figures, Flag, Release
from pipeline.store import Store
from pipeline.untrusted import findings

VERSION = 2  # rises with every change of what is found; `check` tells when it should have
_BASIS = str(VERSION)
_LONGEST = 1500  # characters


class Facts(NamedTuple):
    """What the sentences of one or more units hold, in their order."""

    figures: list[FigureRow]
    releases: list[Release]
    flags: list[Flag]


class _Found(NamedTuple):
    """Facts of a unit, each with the number of its sentence in place of the evidence."""

    figures: list[tuple[int, dict[str, Any]]]
    releases: list[tuple[int, dict[str, Any]]]
    flags: list[tuple[int, dict[str, Any]]]


class FactFinder:
    """Finds facts; those of texts seen before come from the store, new ones go there by `save`."""

    def __init__(self, store: Store) -> None:
        self._kept = Kept(store, "facts", TypeAdapter(_Found))
        self.save = self._kept.save

    def prime(self, units: Iterable[Unit]) -> None:
        """Look many units up at once."""
        self._kept.prime([_key(unit) for unit in units])

    def of(self, units: Sequence[Unit]) -> Facts:
        """Return the facts of a paper's units."""
        parts = [_placed(unit, self._found(unit)) for unit in units]
        return Facts(
            [row for part in parts for row in part.figures],
            [release for part in parts for release in part.releases],
            [flag for part in parts for flag in part.flags],
        )

    def _found(self, unit: Unit) -> _Found:
        key = _key(unit)
        known = self._kept.get(key, _BASIS)
        if known is not None:
            return known
        found = _search(unit)
        self._kept.put(key, _BASIS, found)
        return found


def facts_of_quote(quoted: Evidence) -> Facts:
    """Return the facts of one quoted sentence."""
    sentence = Sentence(1, quoted.document, quoted.start, quoted.end, quoted.quote)
    return _placed(Unit((sentence,)), _search(Unit((sentence,))))


def evidence(sentence: Sentence) -> Evidence:
    """Return a whole sentence as evidence."""
    return Evidence(
        document=sentence.document, start=sentence.start, end=sentence.end, quote=sentence.quote
    )


def measured(row: ResultFigure) -> Figures:
    """Return a figure in the fields that a claim shows."""
    return Figures(**{name: getattr(row, name) for name in Figures.model_fields})


def _search(unit: Unit) -> _Found:
    return _Found(list(_figures(unit)), list(_releases(unit)), list(_flags(unit)))


def _placed(unit: Unit, found: _Found) -> Facts:
    return Facts(
        [FigureRow(**f, evidence=_at(unit, n)) for n, f in found.figures],
        [Release(**f, evidence=_at(unit, n)) for n, f in found.releases],
        [Flag(**f, evidence=_at(unit, n)) for n, f in found.flags],
    )


def _at(unit: Unit, number: int) -> Evidence:
    return evidence(unit.sentences[number - 1])


def _key(unit: Unit) -> str:
    quotes = [sentence.quote for sentence in unit.sentences]
    return sha256(json.dumps(quotes, ensure_ascii=False).encode(errors="surrogatepass")).hexdigest()


def _figures(unit: Unit) -> Iterator[tuple[int, dict[str, Any]]]:
    for sentence in unit.sentences:
        # Finding figures takes longer than a text's length grows, and no sentence is so long.
        for row in result_figures(sentence.text) if len(sentence.quote) <= _LONGEST else ():
            yield (
                sentence.number,
                measured(row).model_dump()
                | {
                    "subject": row.subject,
                    "value_printed": _words(row.achieved),
                    "difference_printed": row.change.change if row.change else None,
                },
            )


def _words(amount: Amount | None) -> str | None:
    return amount.words if amount else None


def _releases(unit: Unit) -> Iterator[tuple[int, dict[str, Any]]]:
    for link in links(unit.sentences):
        found = {"kinds": list(link.kinds), "url": link.url, "released": link.released}
        yield link.sentence, found


def _flags(unit: Unit) -> Iterator[tuple[int, dict[str, Any]]]:
    for sentence in unit.sentences:
        for finding in findings(sentence.quote):
            yield sentence.number, finding._asdict()
