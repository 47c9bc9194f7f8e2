from __future__ import annotations

import pytest

from pipeline.grounding import check_claim
from pipeline.languages import foreign_words

SOURCE = "On the Morning-5 benchmark, Quill-5 reaches 62.3% accuracy with β = 2."


@pytest.mark.parametrize(
    "claim",
    [
        "Quill-5 在 Morning-5 上达到 62.3% 的准确率。",
        "Quill-5 достигает 62.3% на Morning-5.",
        "Quill-5: 62.3% 準確",
        "Quill-5 ist mit 62.3% auf Morning-5 genau.",
        "Quill-5 est à 62.3% sur Morning-5.",
    ],
)
def test_a_claim_in_another_language_is_refused_though_its_names_and_numbers_hold(
    claim: str,
) -> None:
    assert "located" in {failure.rule for failure in check_claim(claim, [SOURCE])}


@pytest.mark.parametrize(
    "claim",
    [
        SOURCE,
        "Quill-5 follows van den Oord and reaches 62.3% on Morning-5.",
        "With α = 1 Quill-5 loses in naïve settings.",
        "Quill-5 reaches 62.3% (Müller, 2020).",
    ],
)
def test_names_and_greek_letters_are_no_other_language(claim: str) -> None:
    assert foreign_words(claim, SOURCE) == []


def test_words_that_the_source_has_are_its_own() -> None:
    assert foreign_words("它 is the name of the method.", "We call our method 它.") == []
    assert foreign_words("Der Hund und die Katze.", "Das ist der Hund und seine Katze.") == []
