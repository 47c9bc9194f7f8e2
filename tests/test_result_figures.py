from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given

from flows.settings import Settings
from flows.shelves import look_up
from pipeline.chunking import units
from pipeline.result_figures import ResultFigure, result_figures
from tests.awkward_texts import ANY

SEEDS = Path(__file__).parents[2] / "shared" / "seeds"

Row = tuple[str, float | None, str | None, str | None, float | None]


def contract(row: ResultFigure) -> Row:
    """Return the five fields of `Figures`."""
    return (row.metric, row.value, row.unit, row.baseline, row.difference)


@pytest.mark.parametrize(
    ("sentence", "rows"),
    [
        ("Quillon scores 61.2 on FernBench.", [("FernBench", 61.2, None, None, None)]),
        (
            "Quillon achieves an accuracy of 61.0 on FernBench, outperforming Ferrick-8B by 4.5 "
            "points and nearing the 10× larger Dorrick.",
            [("accuracy on FernBench", 61.0, "points", "Ferrick-8B", 4.5)],
        ),
        (
            "Quillon reaches 84.3% on FernBench, 5.7 points above Ferrick, and 67.1% on MossBench.",
            [
                ("FernBench", 84.3, "%", "Ferrick", 5.7),
                ("MossBench", 67.1, "%", None, None),
            ],
        ),
        (
            "Quillon scores 61.2, 55.4 and 48.9 on FernBench, MossBench and ReedBench.",
            [
                ("FernBench", 61.2, None, None, None),
                ("MossBench", 55.4, None, None, None),
                ("ReedBench", 48.9, None, None, None),
            ],
        ),
        (
            "On FernBench and MossBench, Quillon obtains 71.2% and 66.1%, respectively.",
            [("FernBench", 71.2, "%", None, None), ("MossBench", 66.1, "%", None, None)],
        ),
        (
            "It is best on the challenging FernBench and MossBench, achieving 49.1% and 50.2% "
            "pass@1 accuracy, respectively.",
            [
                ("FernBench, pass@1 accuracy", 49.1, "%", None, None),
                ("MossBench, pass@1 accuracy", 50.2, "%", None, None),
            ],
        ),
        (
            "The change brings a gain of 1.7% and 1.4% in terms of reading accuracy, on FernBench "
            "and MossBench respectively.",
            [
                ("reading accuracy on FernBench", None, "%", None, 1.7),
                ("reading accuracy on MossBench", None, "%", None, 1.4),
            ],
        ),
        (
            "Models tuned on Reeds achieve 12.1% improvement on FernBench and 10.7% on MossBench.",
            [("FernBench", None, "%", None, 12.1), ("MossBench", None, "%", None, 10.7)],
        ),
        (
            "Quillon outperforms Ferrick by 3.1 points on FernBench and 2.2 points on MossBench.",
            [
                ("FernBench", None, "points", "Ferrick", 3.1),
                ("MossBench", None, "points", "Ferrick", 2.2),
            ],
        ),
        (
            "Quillon gains an absolute +22.2% on the FernBench hard subset and reaches 61.5% "
            "(+6.2% improvement) on MossBench.",
            [
                ("FernBench hard subset", None, "%", None, 22.2),
                ("MossBench", 61.5, "%", None, 6.2),
            ],
        ),
        (
            "It lets Quillon achieve up to a +9.0% gain in reading performance and a 3.05× reading "
            "speedup compared to its predecessor, i.e., Ferrick.",
            [
                ("reading performance", None, "%", "Ferrick", 9.0),
                ("reading speedup", 3.05, "×", "Ferrick", None),
            ],
        ),
        (
            "Quillon keeps 92% of the accuracy of Ferrick-26B with only 8% of the parameters.",
            [("accuracy", 92.0, "%", "Ferrick-26B", None), ("parameters", 8.0, "%", None, None)],
        ),
        (
            "Quillon brings around 2% mAP boost and around 70% FLOPs reduction.",
            [("mAP", None, "%", None, 2.0), ("FLOPs", None, "%", None, -70.0)],
        ),
        (
            "For leaf finding on FernBench, Quillon improves the top-1 accuracy of Ferrick and "
            "Dorrick by 1.4% and 0.6%, respectively.",
            [
                ("leaf finding on FernBench, top-1 accuracy", None, "%", "Ferrick", 1.4),
                ("leaf finding on FernBench, top-1 accuracy", None, "%", "Dorrick", 0.6),
            ],
        ),
        (
            "Quillon improves its accuracy by 1%-2% on two tasks with only 40%-60% of the compute.",
            [
                ("accuracy on two tasks", None, "%", None, None),
                ("compute", None, "%", None, None),
            ],
        ),
        (
            "Quillon lowers the word error rate on FernBench from 34.6% to 21.9%.",
            [("word error rate on FernBench", 21.9, "%", None, None)],
        ),
        (
            "On FernBench, the planner raises its accuracy from 48.0% to 55.5%, a gain of 7.5 "
            "percentage points.",
            [("FernBench, accuracy", 55.5, "%", None, 7.5)],
        ),
        (
            "On FernBench, the error rate of Quillon falls to 14.8%, compared to 23.5% for "
            "Ferrick, an old one.",
            [("FernBench, error rate", 14.8, "%", "Ferrick", None)],
        ),
        (
            "Rules lift recall by 1% and good data boosts FernBench accuracy by 10%-20% and leaf "
            "accuracy by 6%.",
            [
                ("recall", None, "%", None, 1.0),
                ("FernBench accuracy", None, "%", None, None),
                ("leaf accuracy", None, "%", None, 6.0),
            ],
        ),
        (
            "Quillon has 10.2% and 8.1% higher accuracy than Ferrick and Dorrick on FernBench.",
            [
                ("accuracy on FernBench", None, "%", "Ferrick", 10.2),
                ("accuracy on FernBench", None, "%", "Dorrick", 8.1),
            ],
        ),
        (
            "It runs well, training 3x faster than Ferrick.",
            [("training", 3.0, "×", "Ferrick", None)],
        ),
        (
            "We improve the state of the art by 2.1 mAP on FernBench.",
            [("mAP on FernBench", None, None, "state of the art", 2.1)],
        ),
        (
            "Experiments on FernBench show that Quillon improves the pass rate over Ferrick by 3%.",
            [("FernBench, pass rate", None, "%", "Ferrick", 3.0)],
        ),
        (
            "Our method yields an average improvement of 2.4 points over Ferrick on five tasks.",
            [("five tasks", None, "points", "Ferrick", 2.4)],
        ),
        (
            "Quillon reaches an overall accuracy of 52.1 on FernBench, surpassing the 43.2 of "
            "Ferrick-1.5 by a wide margin.",
            [("overall accuracy on FernBench", 52.1, None, "Ferrick-1.5", None)],
        ),
        (
            "Quillon cuts the number of parameters by 42%.",
            [("number of parameters", None, "%", None, -42.0)],
        ),
        (
            "On FernBench, we see an improvement of 10.5 BLEU compared to the best earlier result.",
            [("BLEU", None, None, "best earlier result", 10.5)],
        ),
        (
            "Quillon reaches 79.4% accuracy on FernBench, a +1.8% improvement over Ferrick.",
            [("accuracy on FernBench", 79.4, "%", "Ferrick", 1.8)],
        ),
        (
            "Quillon needs less, with an accuracy drop of 3.6% and a drop in recall of 2.0%.",
            [("accuracy", None, "%", None, -3.6), ("recall", None, "%", None, -2.0)],
        ),
        (
            "Quillon gives a 12x reduction in reading cost.",
            [("reduction in reading cost", 12.0, "×", None, None)],
        ),
        (
            "Quillon achieves a 3.4% higher accuracy on FernBench.",
            [("accuracy on FernBench", None, "%", None, 3.4)],
        ),
        (
            "Quillon has 54.8% accuracy on FernBench, improving on the earlier best FID of 9.1.",
            [("accuracy on FernBench", 54.8, "%", None, None)],
        ),
        (
            "Quillon underperforms readers by 20 F1 on FernBench.",
            [("F1 on FernBench", None, None, "readers", -20.0)],
        ),
        ("The latency drops by 35%.", [("latency", None, "%", None, -35.0)]),
        ("Quillon reaches 71.4% on FernBench in 2024.", [("FernBench", 71.4, "%", None, None)]),
    ],
)
def test_figures_are_bound_to_what_they_measure(sentence: str, rows: list[Row]) -> None:
    assert [contract(row) for row in result_figures(sentence)] == rows


@pytest.mark.parametrize(
    "sentence",
    [
        "We train a 7B model on 3.5 million images and reach state-of-the-art on 32 benchmarks.",
        "Quillon improves Ferrick with 448×448 pixels, 4K resolution and 1B to 4B parameters.",
        "Quillon is trained for 12 hours on 16 GPUs and outperforms Ferrick.",
        "Quillon achieves state-of-the-art results in 8 of 18 benchmarks.",
        "Quillon achieves new results on 10 out of 12 benchmarks.",
        "Quillon, released in 2024, outperforms Ferrick 2.5 on FernBench.",
        "Beyond 64 pages accuracy falls quickly.",
        "FernBench holds 4,200 questions, and its best model improves on all of them.",
        "Quillon performs as well as the 10× larger Ferrick.",
        "Quillon does not exceed 50% on FernBench.",
        "Quillon improves by 6-12% over general baselines.",
        "Our set is 15 times larger and gives better quality.",
        "Ferrick reaches 50.1% and Quillon 60.2%.",
        "Labels cost 1/6 of the price and improve accuracy.",
        "Quillon gains two things: 1. speed and 2. accuracy.",
        "Lighting lowers every model by 9 points.",
        "It improves over the best known results of 68.3% accuracy.",
        "It reaches more, compared to 13% accuracy for a plain model.",
        "We achieve a measured gain of 15.6dB.",
        "We give a reward of r=+1 for matching what readers achieve.",
        "We compare the accuracy of 23 different scoring functions.",
        "It improves reading by .86 points.",
        "Our attack is compared to two others (11.3x improvement).",
        "Quillon outperforms others by 8% in absolute terms.",
        "Top-1 and Top-5 error increased by 12% and 38%, respectively.",
        "38% of the pages are scanned.",
        "Quillon scores higher than 95% of the readers.",
    ],
)
def test_what_is_no_figure_of_a_result_is_left_out(sentence: str) -> None:
    assert result_figures(sentence) == []


def test_the_subject_is_the_name_before_the_verb() -> None:
    pairs = "Our tuned Quillon and Ferrick reach 51.7% and 64.7% on FernBench."
    assert [row.subject for row in result_figures(pairs)] == ["Quillon", "Ferrick"]
    tuned = "Models trained on ReedSet achieve 12.1% improvement on FernBench."
    assert [row.subject for row in result_figures(tuned)] == [None]
    assert result_figures("When applied to Quillon, it gains 3% on FernBench.")[0].subject is None


def test_amounts_are_shown_as_printed() -> None:
    reached, fell = result_figures(
        "Quillon surpasses 70.0% on FernBench and cuts the reading cost by up to 8.0 points."
    )
    assert reached.achieved is not None
    assert (reached.printed, reached.achieved.words) == ("70.0", "more than 70.0%")
    assert fell.change is not None
    assert (fell.printed, fell.change.words) == ("8.0", "up to 8.0 points")
    assert fell.difference == -8.0
    one, two = result_figures("Quillon improves recall by 9.6 and 2.1 points, respectively.")
    assert one.change is not None
    assert two.change is not None
    assert (one.change.words, two.change.words) == ("9.6 points", "2.1 points")


# --- Any text, and the documents of the example ------------------------------------------------


def rests_on(row: ResultFigure, sentence: str) -> bool:
    """Say whether a row's amounts are in a sentence and its metric's words are, in their order."""
    amounts = [amount for amount in (row.achieved, row.change) if amount]
    words = [re.escape(word) for word in re.split(r"[\s,]+", row.metric) if word]
    ordered = re.search(r"(?s:.*?)".join(words), sentence)
    printed = all(amount.printed in sentence for amount in amounts)
    rival = row.baseline is None or row.baseline in sentence
    return bool(amounts) and bool(ordered) and bool(words) and printed and rival


@given(ANY)
def test_any_text_can_be_read(text: str) -> None:
    assert all(rests_on(row, text) for row in result_figures(text))


@given(ANY, ANY)
def test_any_text_around_figures_can_be_read(before: str, after: str) -> None:
    text = f"{before} improves accuracy by 3.1% on {after} and reaches 5.2 on {before}"
    assert all(rests_on(row, text) for row in result_figures(text))


def seed_rows() -> list[tuple[str, str, ResultFigure]]:
    """List the rows of the example's papers with title or id and sentence."""
    files = [str(path) for path in sorted(SEEDS.glob("*.txt"))]
    shelves = look_up(files, Settings(), None)
    return [
        (str(entry.paper.title or entry.paper.id), sentence.text, row)
        for entry in shelves.entries
        if entry.record is not None and entry.document is not None
        for unit in units(entry.document, entry.record)
        for sentence in unit.sentences
        for row in result_figures(sentence.text)
    ]


FACTS: list[tuple[str, Row]] = [
    ("InternVL3: ", ("MMMU", 72.2, None, None, None)),
    (
        "Enhancing the Reasoning Ability",
        ("accuracy on MathVista", 67.0, "points", "InternVL2-8B", 8.7),
    ),
    ("visualprm", ("seven multimodal reasoning benchmarks", None, "points", None, 5.9)),
    ("sophia", ("average", None, "%", "InternVL3.0-38B", 8.5)),
    ("sophia", ("MathVision, pass@1 accuracy", 49.08, "%", None, None)),
    ("sophia", ("OlympiadBench, pass@1 accuracy", 49.95, "%", None, None)),
    ("InternVL3.5", ("overall reasoning performance", None, "%", "InternVL3", 16.0)),
    ("InternVL3.5", ("inference speedup", 4.05, "×", "InternVL3", None)),
    ("Expanding Performance", ("MMMU", 70.0, "%", None, 3.7)),
    (
        "Enhancing the Outcome",
        ("accuracy on six multimodal benchmarks", None, "percentage points", None, 7.7),
    ),
    ("Parameter-Inverted", ("performance on detection and segmentation", None, "%", None, None)),
    ("Parameter-Inverted", ("original computation", None, "%", None, None)),
    ("Mini-InternVL", ("performance", 90.0, "%", None, None)),
    ("Mini-InternVL", ("parameters", 5.0, "%", None, None)),
]


@pytest.mark.skipif(not SEEDS.is_dir(), reason="the example's documents are not here")
def test_the_figures_of_the_example_are_right() -> None:
    found = seed_rows()
    assert all(rests_on(row, sentence) for _, sentence, row in found)
    for title, expected in FACTS:
        rows = [contract(row) for paper, _, row in found if paper.startswith(title)]
        assert expected in rows, (title, rows)
    assert len(found) >= 60


def test_what_others_reach_is_no_figure_of_the_paper() -> None:
    others = "Kettles are common, with recent leading models achieving nearly 70% on BoilBench."
    assert result_figures(others) == []
    assert result_figures("Hushkettle achieves nearly 70% on BoilBench.") != []
