from __future__ import annotations

import pytest
from hypothesis import given

from pipeline.lacking import Lack, claims_superiority, lacks
from tests.awkward_texts import ANY


@pytest.mark.parametrize(
    ("sentence", "missing"),
    [
        ("Quillon achieves state-of-the-art on FernBench.", ["figure"]),
        ("It even outperforms proprietary models such as Ferrick-3-Pro.", ["figure", "benchmark"]),
        ("Quillon outperforms Ferrick across diverse benchmarks.", ["figure", "benchmark"]),
        ("Quillon surpasses Ferrick on six multimodal benchmarks.", ["figure", "benchmark"]),
        ("Quillon achieves state-of-the-art results in 8 of 18 benchmarks.", ["benchmark"]),
        ("Quillon is best: it outperforms others on seven of nine tasks.", ["benchmark"]),
        ("Quillon outperforms Ferrick by 3.1 points.", ["benchmark"]),
        ("Quillon outperforms Ferrick by 3.1 points on FernBench.", []),
        ("Quillon scores 61.2 on FernBench, surpassing models such as Ferrick.", []),
        ("Quillon gives better results than others in object detection.", ["figure"]),
        ("Quillon beats Ferrick on benchmarks, including FernBench.", ["figure"]),
        ("On FernBench, Quillon outperforms Ferrick.", ["figure"]),
        ("Quillon exceeds Ferrick in terms of NTA-IoU.", ["figure", "benchmark"]),
        ("Quillon reads small print well.", ["figure"]),
        ("Quillon with 7B parameters reads 32 benchmarks.", ["figure"]),
        ("Training takes half of the time.", []),
        ("Quillon does not outperform Ferrick.", ["figure"]),
        ("The runs need tokens exceeding ten billion.", ["figure"]),
        ("Murrelets hear speech outdoors.", ["figure"]),
    ],
)
def test_what_a_result_does_not_say(sentence: str, missing: list[Lack]) -> None:
    assert lacks(sentence) == missing


@pytest.mark.parametrize(
    ("sentence", "claims"),
    [
        ("Quillon sets a new state-of-the-art among open models.", True),
        ("Quillon shows superior performance.", True),
        ("Existing state-of-the-art detectors need depth.", False),
        ("Quillon narrows the gap with state-of-the-art models.", False),
        ("Quillon is competitive with Ferrick.", False),
    ],
)
def test_a_claim_to_be_better_is_recognised(sentence: str, claims: bool) -> None:
    assert claims_superiority(sentence) is claims


@given(ANY)
def test_any_text_can_be_asked(text: str) -> None:
    assert set(lacks(text)) <= {"figure", "benchmark"}
