from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from pipeline.reviews import Review
from pipeline.sheets import claim_id
from tests.test_review_rules import LOUD, QUIET, review


def test_a_verdict_knows_the_claim_that_was_read_and_the_one_that_stands() -> None:
    edit = review(LOUD, "q", verdict="edited", new_text=QUIET)
    of = ("litline/paper", "kettles", "results")
    assert edit.claim == claim_id(*of, LOUD, ["q"])
    assert (edit.said, edit.said_id) == (QUIET, claim_id(*of, QUIET, ["q"]))
    accepted = review(LOUD, "q")
    assert (accepted.said, accepted.said_id) == (LOUD, accepted.claim)


def test_every_word_of_a_verdict_tells_it_from_others() -> None:
    one = review(LOUD, "q")
    others = [
        review(LOUD, "q", who="Bo"),
        review(LOUD, "q", day=2),
        review(LOUD, "q", verdict="rejected"),
        review(LOUD, "q", note="fine"),
    ]
    assert len({found.id for found in (one, *others)}) == 5
    assert Review.model_validate_json(one.model_dump_json()).id == one.id


@pytest.mark.parametrize(
    "wrong",
    [
        {"documents": []},
        {"verdict": "edited"},
        {"new_text": QUIET},
        {"verdict": "approved"},
        {"overruled": ["<b>"]},
        {"offset": 3},
    ],
)
def test_what_is_no_verdict_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        review(LOUD, "q", **{"verdict": "accepted", **wrong})
