from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.coining import coined_names
from pipeline.names import variants
from pipeline.phrases import GENERIC

SEEDS = Path(__file__).parents[2] / "shared" / "seeds"

# The first name of each untitled paper of the listings; the last one names nothing of its own.
UNTITLED = [
    *["InternVL 3.5", "InternVL3", "VisualPRM", "InternVL 2.5", "MMPR", "Mini-InternVL"],
    *["MMInstruct", "OmniCorpus", "InternVL 1.5", "TMA-Adaptive FP8 Grouped GEMM"],
    *["Smooth Reading", "SOPHIA", "RIG", "OREAL", "InternVideo2.5", "HiCo", "DMS", None],
]
# The titles of the profiles whose papers name nothing.
UNNAMED = ("Delving into", "Demystify Transformers", "Modeling Continuous Motion")


@pytest.mark.parametrize(
    ("abstract", "names"),
    [
        ("We introduce FooNet, a model.", ["FooNet"]),
        ("We thus carefully design FooNet.", ["FooNet"]),
        ("Here we present FooNet 2.5, built on BarNet 2.0.", ["FooNet 2.5", "FooNet2.5"]),
        ("This paper proposes FooNet2. FooNet 2 wins.", ["FooNet2", "FooNet 2"]),
        ("We present FooNet3. FooNet-3 and FooNet3-7B win.", ["FooNet3", "FooNet-3", "FooNet 3"]),
        ("The present work describes FooNet for tasks.", ["FooNet"]),
        ("Our study releases the FooNet dataset.", ["FooNet"]),
        ("We propose Calm Writing, a way to write.", ["Calm Writing"]),
        (r"We propose \textit{BAR-Aware FP4 Foo GEMM}, fast.", ["BAR-Aware FP4 Foo GEMM"]),
        ("We propose Fooling, a method. We present Foo (see below).", ["Fooling", "Foo"]),
        ("We present the Foo-Net family of models.", ["Foo-Net"]),
        ("We present FooNet, BarNet and a fine dataset FooSet.", ["FooNet", "FooSet"]),
        ("We launch two models, FooNet-8B and BarNet-8B.", ["FooNet-8B", "BarNet-8B"]),
        ("We present FooNet, a model, along with FooBench, a test.", ["FooNet", "FooBench"]),
        ("We present FooNet, a model, that beats the test BarBench.", ["FooNet"]),
        ("We build a rich, new dataset FooSet400K.", ["FooSet400K"]),
        ("We develop a model, Foobar, which sees.", ["Foobar"]),
        ("We develop a model U-Net for this.", ["U-Net"]),
        ("We build a new version of FooNet1.5 for this.", ["FooNet1.5", "FooNet 1.5"]),
        ("We introduce a model (FooNet) that sees.", ["FooNet"]),
        ("We introduce a model (8B) that sees.", []),
        ("We give a plan to create FooSet, a dataset.", ["FooSet"]),
        ("We aim to create FooSet, a dataset.", []),
        ("We study it, introducing FooNet, a model.", ["FooNet"]),
        ("They study it, introducing FooNet, a model.", []),
        ("Introducing FooNet.", []),
        ("This leads us to propose FooNet, a model.", ["FooNet"]),
        ("We address this by FooNet, a model.", ["FooNet"]),
        ("We address this by FooNet and others.", []),
        ("We evaluate this by FooNet, a model.", []),
        ("In this work, a model, FooNet, is proposed.", ["FooNet"]),
        ("In this work, Foo Bar Net (FBN) is introduced.", ["FBN", "Foo Bar Net"]),
        ("In this work, all of it (see below) is introduced.", []),
        ("In this work, a method is introduced.", []),
        ("FooNet is good. FooNet is proposed elsewhere.", []),
    ],
)
def test_names_after_a_coining_verb(abstract: str, names: list[str]) -> None:
    assert coined_names(None, abstract) == names


@pytest.mark.parametrize(
    ("abstract", "names"),
    [
        ("This work makes a first try at it, termed FOO.", ["FOO"]),
        ("We propose a new method, called the Foo Net (FN).", ["FN", "Foo Net"]),
        (
            "We propose a method dubbed Foo for better Bars (FooBars).",
            ["FooBars", "Foo for better Bars"],
        ),
        ("A novel method, named FooNet, is proposed.", ["FooNet"]),
        ("A novel method, named FooNet, was seen.", []),
        ("We propose a method known as FooNet.", ["FooNet"]),
        ("We propose a method for the known FooNet.", []),
        ("We compare with a model called FooNet.", []),
        ("We propose a method called RL.", []),
        ("We propose a method called foo.", []),
        ("We named our model as FooNet.", ["FooNet"]),
        ("We refer to this as Foobar.", ["Foobar"]),
        ("We call Foobar what others see.", []),
        ("We call it nice, and FooNet too.", []),
        ("We call this long and very strange thing which you see FooNet.", []),
        ("We call it", []),
        ("We call the new soft bar net (SoBaN) here.", ["SoBaN"]),
        ("We call it so (and rightly).", []),
        ("We propose a method, namely FooNet.", ["FooNet"]),
        ("We propose tests on two sets, namely FooSet and BarSet.", []),
        ("We propose a method named soft foo net (SFN).", ["SFN"]),
        ("We propose a method named Neural Network.", []),
        ("We propose a method named U-Net.", ["U-Net"]),
        (
            "We propose FooNet. FooNet features a rich set of things named FooSet.",
            ["FooNet", "FooSet"],
        ),
        ("We propose FooNet. FooNet wins over a model named BarNet.", ["FooNet"]),
    ],
)
def test_names_after_a_naming_word(abstract: str, names: list[str]) -> None:
    assert coined_names(None, abstract) == names


@pytest.mark.parametrize(
    ("abstract", "names"),
    [
        ("We propose Foo Bar Net (FBN).", ["FBN", "Foo Bar Net"]),
        ("We propose Foo-BAR (FBAR), a model.", ["Foo-BAR", "FBAR"]),
        ("We introduce a Foo token Net (FotNet) method.", ["FotNet", "Foo token Net"]),
        ("We propose Song of the Bar (SOTB).", ["SOTB", "Song of the Bar"]),
        ("We propose Song without Words (SwoW), a tune.", ["SwoW", "Song without Words"]),
        ("We propose Song without Words (Fig. 2), a tune.", []),
        ("We propose Song, of all things, Words (SwoW).", ["Song"]),
        ("We propose the Bar In A Foo (FBA) test.", ["FBA", "Bar In A Foo"]),
        ("We propose the calm bar net (CBN) model.", ["CBN"]),
        ("We propose a foo bar (FB) model.", []),
        ("We propose foobar (FBR) here.", ["FBR"]),
        ("We propose a way for Foo Bar Nets (FBNs).", []),
        ("We propose Large Language Models (LLMs).", []),
        ("We propose Foo Bar (abbreviated FoBa).", ["FoBa", "Foo Bar"]),
        ("We propose Foo Bar (FoBa for short).", ["FoBa", "Foo Bar"]),
        ("We propose Foo Bar (this, and that).", ["Foo Bar"]),
        ("We propose FooNet. It is a Foolish Neat (FooNet) model.", ["FooNet", "Foolish Neat"]),
        (
            "Our model, FooNet, and our dataset (BarSet) and our plan (see it) work.",
            ["FooNet", "BarSet"],
        ),
        ("Our trained model, FooNet-8B-RL, works, and our Bar too.", []),
        ("Our very best agent so far, and our old, FooNet, plan work.", []),
        ("We see that the proposed method, FooNet, and proposed BarNet work.", ["FooNet"]),
        ("Coupled with it, our Foo Bar Plan (FBP) works.", ["FBP", "Foo Bar Plan"]),
        ("It works, and our FooNet and our plan work.", []),
    ],
)
def test_short_and_long_forms(abstract: str, names: list[str]) -> None:
    assert coined_names(None, abstract) == names


@pytest.mark.parametrize(
    "abstract",
    [
        "We propose an LLM-based agent.",
        "We present MLLMs, RL and GPUs.",
        "We present a BarNet model and compare with BarNet.",
        "We present BarNet embeddings of words.",
        "We introduce Graph Neural Networks for this.",
        "We provide a formalization of Foo Graphs (FGs) as graphs that we denote foo graphs.",
        "We propose CNN-based plans for vision-based BarNet.",
        "We propose a general plan that works with BarNet.",
        "We review the most recent works.",
        "Methods such as BarNet (BN) introduce much.",
        "We propose 3 models.",
        "We propose a way (a good one (or so)",
        "We propose",
        "",
    ],
)
def test_what_is_not_coined(abstract: str) -> None:
    assert coined_names(None, abstract) == []


@pytest.mark.parametrize(
    ("title", "abstract", "names"),
    [
        ("FooNet: A Model of Bars", None, ["FooNet"]),
        ("FooNet v2 -- A Model of Bars", None, ["FooNet v2", "FooNetv2"]),
        (
            "The Foo-Bar Project V2: A Model",
            "We present the Foo-Bar Project V2.",
            ["Foo-Bar Project V2"],
        ),
        ("Foo BarNet: A Model", "Foo BarNet is good.", ["Foo BarNet"]),
        ("Foo BarNet: A Model", "BarNet is good.", []),
        ("Foopilot: Flying Foo", "We fly. Then Foopilot flies.", ["Foopilot"]),
        ("Foopilot: Flying Foo", None, ["Foopilot"]),
        ("Dropout: A Way", "We use dropout. Dropout is good.", []),
        ("Robustness: A Way", "We see. Robustness is good.", []),
        ("Foopiler: A Way", "We see. Foopiler is good.", []),
        ("Foopiler: A Way", "We see that the Foopiler is good.", ["Foopiler"]),
        ("LLM: A Way", None, []),
        ("Foo Graphs: A Way", None, []),
        ("FooNet: A Survey", None, []),
        ("Foopilot: A Review of Flying", None, []),
        ("What Is Left of Calm Old Bars: A Way", None, []),
        ("Calm Bars", None, []),
        ("Calm Song: A Way", "We propose Calm Song (CaSo).", ["Calm Song", "CaSo"]),
        ("Flying with Bar Song", "We make FooSet, a set. We propose Bar Song (BS).", None),
        (None, "We build FooSet, a set. We propose FooNet, a model. FooNet wins.", None),
        (None, None, []),
    ],
)
def test_names_and_titles(title: str | None, abstract: str | None, names: list[str] | None) -> None:
    later = {"Flying with Bar Song": ["BS", "Bar Song"], None: ["FooNet", "FooSet"]}
    assert coined_names(title, abstract) == (later[title] if names is None else names)


def test_sizes_of_a_named_model_are_no_names_of_their_own() -> None:
    abstract = "We propose FooNet 2. We release FooNet2-8B, a model, and the FooNet-Pro model."
    assert coined_names(None, abstract) == ["FooNet 2", "FooNet2", "FooNet-Pro"]


@given(st.none() | st.text(), st.text(alphabet=" .,:()-abWe proposeFooNT2\\${}~", max_size=80))
@settings(deadline=None)
def test_names_of_any_text(title: str | None, abstract: str) -> None:
    for text in (abstract, f"We propose {abstract}", f"We propose a model ({abstract}"):
        names = coined_names(title, text)
        assert len(names) == len(set(names))
        assert not GENERIC.intersection(names)
        assert all(name == name.strip() != "" for name in names)


def _listed(text: str) -> list[tuple[str | None, str]]:
    """Split a listing roughly: title, if any, and abstract of each record."""
    records = []
    for part in re.split(r"^Created:.*$", text, flags=re.MULTILINE)[:-1]:
        blocks = [block.strip() for block in re.split(r"\n\s*\n", part) if block.strip()]
        title = blocks.pop(0).partition("\n")[0] if "\n" in blocks[0] else None
        records.append((title, blocks[0]))
    return records


@pytest.mark.skipif(not SEEDS.is_dir(), reason="the documents of the first users are not here")
def test_names_of_real_papers() -> None:
    texts = [path.read_text(encoding="utf-8") for path in sorted(SEEDS.glob("*.txt"))]
    listed = [record for text in texts if "h-index" not in text for record in _listed(text)]
    untitled = [coined_names(None, abstract) for title, abstract in listed if title is None]
    assert [names[0] if names else None for names in untitled] == UNTITLED

    head = r"(?m)^[\d.]*[A-Z]{2}[A-Z][a-z]{2} \d+(?:, \d+)?(?:Code)?\n(.+)\n\n.+\n\n(.+)$"
    papers = [paper for text in texts if "h-index" in text for paper in re.findall(head, text)]
    unnamed = [title for title, abstract in papers if not coined_names(title, abstract)]
    assert len(papers) == 60
    assert sorted(unnamed) == [
        title for start in UNNAMED for title in sorted(unnamed) if title.startswith(start)
    ]
    assert coined_names(*next(p for p in papers if p[0].startswith("Expanding"))) == variants(
        "InternVL 2.5"
    )
