"""Comparisons of things without a name keep their sides."""

from __future__ import annotations

import pytest

from pipeline.grounding import check_claim
from pipeline.negation import marked_words
from pipeline.sides import comparand

OFFICERS = "Human officers make fewer errors than trained models."
EMITTERS = "Emitters in boron stay stable, in contrast to those in diamond."


def test_what_a_word_compares_with_follows_than() -> None:
    words = marked_words(OFFICERS)
    assert comparand(words, 3) == {"train", "model"}
    assert comparand(marked_words("Officers make few errors."), 2) == frozenset()


@pytest.mark.parametrize(
    ("claim", "evidence", "rules"),
    [
        ("Trained models make fewer errors than human officers.", OFFICERS, ["order"]),
        ("Trained models make more errors than human officers.", OFFICERS, []),
        ("Human officers make fewer errors than models.", OFFICERS, []),
        ("Emitters in diamond stay stable, in contrast to those in boron.", EMITTERS, ["order"]),
        (
            "The loss was half as large in adults as in children.",
            "The loss was twice as large in children as in adults.",
            [],
        ),
        (
            "The loss was twice as large in adults as in children.",
            "The loss was twice as large in children as in adults.",
            ["order"],
        ),
    ],
)
def test_exchanged_sides_fail_and_mirrored_ones_pass(
    claim: str, evidence: str, rules: list[str]
) -> None:
    assert [failure.rule for failure in check_claim(claim, [evidence])] == rules
