"""Which relations a sentence states of the paper's own work."""

from __future__ import annotations

import pytest

from pipeline.lineage_cues import benchmarks, stated
from pipeline.mentions import name_key

OWN = frozenset({name_key("Foo 2")[0]})
KNOWN = frozenset(name_key(name)[0] for name in ("Foo", "Foo 2", "Heron"))


def said(text: str, *, opened: bool = True) -> list[tuple[str, str]]:
    return sorted((one.type, one.name.text) for one in stated(text, OWN, KNOWN, opened=opened))


@pytest.mark.parametrize(
    ("text", "kind", "name"),
    [
        (
            "We present Foo 2, the successor to BarNet 1.5, for long texts.",
            "succeeds",
            "BarNet 1.5",
        ),
        ("Compared to its predecessor, BarNet, Foo 2 is fast.", "succeeds", "BarNet"),
        ("Foo 2, unlike its predecessor BarNet 1, needs no labels.", "succeeds", "BarNet 1"),
        ("An upgraded version of BarNet II, Foo 2 reads faster.", "succeeds", "BarNet II"),
        ("It gains 4× compared to its predecessor, i.e., BarNet3.", "succeeds", "BarNet3"),
        ("Building upon BarNet v2, we present Foo 2.", "builds-on", "BarNet v2"),
        ("Foo 2 extends BarNet++ with memory.", "builds-on", "BarNet++"),
        ("This paper introduces Foo 2, a model adapted from BarNet.", "builds-on", "BarNet"),
        ("Foo 2 is derived from BarNet-Pro.", "builds-on", "BarNet-Pro"),
        ("Foo 2 employs BarNet as its encoder.", "uses", "BarNet"),
        ("It adopts techniques such as patience training (PT) and WideHeads.", "uses", "WideHeads"),
        ("Speech is transcribed by BarNet, which we use unchanged.", "uses", "BarNet"),
        ("Foo 2 fine-tunes BarNet-7B on 300 pages.", "uses", "BarNet-7B"),
        ("Foo 2 builds on Whisper.", "builds-on", "Whisper"),
        ("Foo 2 extends BarNet 2.5 to songs.", "builds-on", "BarNet 2.5"),
        ("Foo 2 extends Whisper to songs.", "builds-on", "Whisper"),
        ("We present Foo 2, which builds upon Bar-Song, without labels.", "builds-on", "Bar-Song"),
        ("In this paper, Heron is extended to songs.", "builds-on", "Heron"),
        ("Foo 2 operates on the tokens of BarNet.", "uses", "BarNet"),
        ("Pages are generated with the BarNet printer.", "uses", "BarNet"),
        ("Readers prefer the long pages of Foo 2 to those of BarNet.", "compares-with", "BarNet"),
        ("It errs in 2.1 dB, against 3 dB for BarNet and 4 dB for Baz2.", "compares-with", "Baz2"),
        ("We probe two open readers, namely BarNet and BazNet.", "evaluates", "BazNet"),
        ("Foo 2 achieves an SI-SNR gain of 3 dB on BarSet.", "evaluates", "BarSet"),
        ("Foo 2 outperforms BarNet on every task.", "compares-with", "BarNet"),
        ("Errors fall to 14.8%, compared to 23.5% for BarNet.", "compares-with", "BarNet"),
        ("Foo 2 is competitive with strong models, including BarNet.", "compares-with", "BarNet"),
        ("It walks 31% farther than with BarNet.", "compares-with", "BarNet"),
        ("Experiments with BarNet-8B show the effect of Foo 2.", "evaluates", "BarNet-8B"),
        ("Applied to BarNet, Foo 2 gains 5.9 points.", "evaluates", "BarNet"),
        ("Foo 2 improves BarNet3.0-38B by 8.5%.", "evaluates", "BarNet3.0-38B"),
        ("Foo 2 reaches 51.2 mIoU on StreetSeg.", "evaluates", "StreetSeg"),
        ("We evaluate nine models, among them BarNet and BazNet.", "evaluates", "BazNet"),
    ],
)
def test_a_cue_types_the_name_it_governs(text: str, kind: str, name: str) -> None:
    assert (kind, name) in said(text)


@pytest.mark.parametrize(
    "text",
    [
        "Prior systems build upon BarNet and BazNet.",
        "BarNet builds on BazNet.",
        "We study agents built on BarNet.",
        "Systems built on BarNet fail in our test.",
        "Foo 2 does not build on BarNet.",
        "Unlike BarNet, which extends BazNet, Foo 2 is simple.",
        "We compare Foo 2 to models that extend BarNet.",
        "Inspired by the success of BarNet, we propose Foo 2.",
        "We hope to extend BarNet in the future.",
        "We leave extending BarNet to future work.",
        "Elsewhere, Heron is extended to songs.",
        "For example, BarNet is based on BazNet.",
        "In this work we show that BarNet extends BazNet.",
        "Our evaluation of policies that employ BarNet shows a gap.",
        "While BarNet builds on BazNet, Foo 2 does not.",
        "Labels come from annotators who built on BazNet.",
        "Foo 2 and BarNet build on BazNet.",
        "The predecessor of BazNet, BarNet, is slow.",
        "Foo 2 employs BarNet, which is built upon BazNet.",
        "Foo 2 outperforms BarNet and its predecessor BazNet.",
        "Rather than extending BarNet, Foo 2 starts anew.",
        "We will build upon BarNet in the next release.",
        "We do not claim that Foo 2 succeeds BarNet.",
        "We ask whether Foo 2 extends BarNet.",
        "As a successor to BarNet we would like to see more.",
        "Our baseline extends BarNet.",
        "Our dataset extends BarNet.",
        "We extend the code of BarNet.",
        "Foo 2 extends BarNet's tiling.",
        "Compared with its predecessor BarNet 2.5, BazNet 3 misreads fewer digits on Foo 2.",
    ],
)
def test_what_is_said_of_others_denied_or_hoped_makes_no_ancestor(text: str) -> None:
    kinds = {kind for kind, _ in said(text)}
    assert kinds.isdisjoint({"succeeds", "builds-on"})
    assert "BazNet" not in {name for kind, name in said(text) if kind == "uses"}


@pytest.mark.parametrize(
    "text",
    [
        "Foo 2 has the same size as BarNet-70B.",
        "Foo 2 is a step forward in the BarNet series.",
        "Foo 2 builds on the BarNet family.",
        "Methods such as BarNet are popular.",
        "Foo 2 uses BarNet as an example of touch.",
        "Foo 2 adds a Heron adapter and employs a Heron layer.",
        "Foo 2 is built on 64 A100 GPUs.",
        "Foo 2 builds on Smith et al. and extends Jones (2019).",
        "Foo 2 extends Bellman equations and builds upon Shannon's theory.",
        "Foo 2 outperforms Outcome Reward Models.",
        "Foo 2 employs supervised fine-tuning (SFT) and uses GPUs.",
    ],
)
def test_sizes_series_examples_components_and_terms_give_nothing(text: str) -> None:
    assert said(text) == []


def test_before_the_paper_speaks_of_itself_a_sentence_is_background() -> None:
    text = "Questions are collected from BarNet."
    assert said(text, opened=False) == []
    assert said(text) == [("uses", "BarNet")]


def test_a_full_stop_in_a_version_ends_no_clause() -> None:
    found = said("We introduce Foo 2, a series that builds upon BarNet 2.0, keeping its core.")
    assert found == [("builds-on", "BarNet 2.0")]


def test_only_succeeds_is_told_of_the_own_name() -> None:
    assert said("We develop a new version of Foo 2.") == [("succeeds", "Foo 2")]
    assert said("Foo 2 surpasses Foo 1.5-26B.") == [("compares-with", "Foo 1.5-26B")]
    assert said("Foo 2 extends Foo 2 and outperforms Foo 2-Large.") == []


def test_what_a_text_calls_a_benchmark_is_known_as_one() -> None:
    found = benchmarks("It wins on the WayScene dataset and benchmarks including AxNet and COBA.")
    assert [name.text for name in found] == ["WayScene", "AxNet", "COBA"]


def test_what_is_too_long_for_a_sentence_is_not_read() -> None:
    text = "Foo 2 builds on BarNet " * 10_000
    assert said(text) == []
    assert list(benchmarks(text)) == []
