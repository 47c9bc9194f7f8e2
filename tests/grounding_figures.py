"""The figures of the grounding checks: what is caught, and what is refused without reason."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from pipeline.grounding import Failure, check_claim, check_owned
from tests.perturbations import CLASSES, Abstract, lies, misattributions, sentences_of

DATA = Path(__file__).parent / "data"
HELD_OUT = 10  # the round of rewordings that was written last

# The rule that names the fault; another one may be broken as well.
RULES = {
    **{"number": "numbers", "unit": "numbers", "name": "names", "version": "names"},
    **{"direction": "direction", "negation": "direction", "swap": "order"},
    "attribution": "numbers",
}


class Share(NamedTuple):
    """So many of so many."""

    hits: int
    of: int

    def __str__(self) -> str:
        return f"{self.hits} of {self.of} ({100 * self.rate:.1f} %)" if self.of else "none"

    @property
    def rate(self) -> float:
        """Return the share, 0 to 1; of nothing it is 1."""
        return self.hits / self.of if self.of else 1.0


class Row(NamedTuple):
    """One class of lies: how many are caught at all, and how many by the rule for them."""

    kind: str
    caught: Share
    by_rule: Share


def caught(papers: tuple[Abstract, ...]) -> list[Row]:
    """Return what is caught of each class of lies about the sentences of papers."""
    made = [lie for truth in sentences_of(papers) for lie in lies(truth)]
    rows = []
    for kind in CLASSES:
        failures = [check_claim(lie.text, [lie.truth]) for lie in made if lie.kind == kind]
        rows.append(_row(kind, failures))
    given = [check_owned(lie.text, lie.evidence, lie.names) for lie in misattributions(papers)]
    return [*rows, _row("attribution", given)]


def _row(kind: str, failures: list[list[Failure]]) -> Row:
    by_rule = [any(f.rule == RULES[kind] for f in found) for found in failures]
    return Row(kind, _share(map(bool, failures)), _share(by_rule))


def _share(hits: Iterable[bool]) -> Share:
    counted = list(hits)
    return Share(sum(counted), len(counted))


def false_alarms(papers: tuple[Abstract, ...]) -> Share:
    """Return how many sentences are refused although they are their own evidence."""
    return _share(bool(check_claim(text, [text])) for text in sentences_of(papers))


@cache
def paraphrases() -> list[dict[str, Any]]:
    """Return the rewordings: round, kind, evidence, claim."""
    return _lines("paraphrases.jsonl")


@cache
def worded_lies() -> list[dict[str, Any]]:
    """Return the lies in words of their own: round, kind, evidence, claim."""
    return _lines("worded_lies.jsonl")


def _lines(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (DATA / name).read_text(encoding="utf-8").splitlines()]


def refused(rewordings: Iterable[dict[str, Any]]) -> Share:
    """Return how many rewordings, honest ones or lies, are refused."""
    return _share(bool(check_claim(one["claim"], one["evidence"])) for one in rewordings)
