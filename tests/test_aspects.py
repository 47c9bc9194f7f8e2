"""Which sides of a work a sentence speaks of."""

from __future__ import annotations

import pytest

from pipeline.aspects import aspects_of


@pytest.mark.parametrize(
    ("text", "sides"),
    [
        ("The spout has a recurrent encoder.", ["architecture"]),
        ("A router sends each cup to one of nine modules.", ["architecture"]),
        ("We collect 2 million photographs of kettles.", ["data"]),
        ("Half of the corpus is in Norwegian.", ["data"]),
        ("Marking is learnt by reinforcement learning.", ["training"]),
        ("We fine-tune it twice.", ["training"]),
        ("It runs 4 times faster on a phone.", ["inference"]),
        ("At test-time it looks twice.", ["inference"]),
        ("The training data are old.", ["data", "training"]),
        ("TRAINED ON A NEW CORPUS", ["data", "training"]),
        ("Distilling the decoder lowers latency.", ["architecture", "training", "inference"]),
        ("The kettle is quiet.", []),
        ("", []),
    ],
)
def test_a_sentence_speaks_of_these_sides(text: str, sides: list[str]) -> None:
    assert aspects_of(text) == sides


@pytest.mark.parametrize("text", ["A strain was seen.", "Players met.", "It was mistrained once."])
def test_a_word_inside_another_is_no_cue(text: str) -> None:
    assert aspects_of(text) == []


def test_results_and_openness_are_left_to_the_summary() -> None:
    assert aspects_of("It scores 61.3% on DocTide. Code is at https://example.org/x.") == []
