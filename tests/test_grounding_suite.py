"""True sentences pass, sentences made false do not, and honest rewordings mostly pass."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.grounding_figures import (
    HELD_OUT,
    caught,
    false_alarms,
    paraphrases,
    refused,
    worded_lies,
)
from tests.perturbations import Abstract, sample_papers, seed_papers

FLOORS = {
    **{"number": 0.95, "name": 0.98, "version": 1.0, "direction": 0.9, "negation": 0.9},
    **{"swap": 0.6, "unit": 0.9, "attribution": 0.9},
}
MOST_REFUSED = 0.05
LEAST_WORDED = 0.75


@pytest.fixture(params=[sample_papers, seed_papers], ids=["samples", "seeds"])
def papers(request: pytest.FixtureRequest) -> tuple[Abstract, ...]:
    read: Callable[[], tuple[Abstract, ...]] = request.param
    if not read():
        pytest.skip("the documents beside the checkout are not there")
    return read()


def test_what_is_false_is_caught(papers: tuple[Abstract, ...]) -> None:
    rows = {row.kind: row.caught for row in caught(papers)}
    assert {kind for kind, share in rows.items() if share.of} == set(FLOORS)
    assert {kind: str(s) for kind, s in rows.items() if s.rate < FLOORS[kind]} == {}


def test_no_sentence_is_refused_that_is_its_own_evidence(papers: tuple[Abstract, ...]) -> None:
    assert false_alarms(papers).hits == 0


def test_honest_rewordings_pass() -> None:
    assert len(paraphrases()) >= 500
    assert refused(paraphrases()).rate < MOST_REFUSED


def test_lies_in_words_of_their_own_are_mostly_caught() -> None:
    assert len(worded_lies()) >= 140
    assert refused(worded_lies()).rate >= LEAST_WORDED


def test_the_last_rewordings_were_held_out() -> None:
    assert max(one["round"] for one in paraphrases()) == HELD_OUT
    assert sum(one["round"] == HELD_OUT for one in paraphrases()) >= 30
