from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import AnswerError
from pipeline.prompts import Messages, load_prompt, parse_prompt
from pipeline.providers.base import Request
from pipeline.providers.extractive import ExtractiveProvider, summarise
from pipeline.schemas import PaperSummaryReply, SentenceClaim
from pipeline.text import strip_lead_in
from tests.awkward_texts import ANY

SLOTS = ("problem", "approach", "results", "contributions", "limitations", "artefacts")

KETTLE_PAPER = [
    "Kettles are everywhere.",
    "However, existing kettles struggle to stay quiet.",
    "In this paper, we introduce Simmer, a kettle that listens.",
    "Specifically, Simmer combines a small microphone with a slow valve.",
    "In twelve kitchens, Simmer reaches 93.5% quiet evenings.",
    "We also present Boil-12, a benchmark of kettles.",
    "Our method does not cover copper.",
    "Code is available at https://example.org/simmer.",
]


def numbers(claims: list[SentenceClaim]) -> list[list[int]]:
    return [claim.sentences for claim in claims]


def test_each_slot_gets_the_sentence_that_fits() -> None:
    reply = summarise(KETTLE_PAPER)
    assert reply.tldr is not None
    assert reply.tldr.sentences == [3]
    assert reply.tldr.text == "We introduce Simmer, a kettle that listens."
    assert {slot: numbers(getattr(reply, slot)) for slot in SLOTS} == {
        "problem": [[2]],
        "approach": [[4]],
        "results": [[5]],
        "contributions": [[3], [6]],
        "limitations": [[7]],
        "artefacts": [[8]],
    }
    assert reply.problem[0].text == "Existing kettles struggle to stay quiet."


@pytest.mark.parametrize(
    "sentences",
    [[], [""], ["Kettles are everywhere."], ["Lids close.", "Lids open.", "水壶在唱歌。"]],
)
def test_what_no_sentence_says_stays_empty(sentences: list[str]) -> None:
    reply = summarise(sentences)
    assert reply.tldr is None
    assert all(getattr(reply, slot) == [] for slot in SLOTS)


@pytest.mark.parametrize(
    ("sentences", "tldr"),
    [
        (["This paper presents Simmer.", "We propose Lids."], 1),
        (["We release our code on the site.", "We propose Lids."], 2),
        (["Others propose lids.", "We further develop Simmer."], 2),
        (["Here we describe Simmer."], 1),
        (["This survey reviews kettles."], 1),
    ],
)
def test_the_tldr_says_what_the_authors_make(sentences: list[str], tldr: int) -> None:
    reply = summarise(sentences)
    assert reply.tldr is not None
    assert reply.tldr.sentences == [tldr]
    assert reply.contributions[0] == reply.tldr


def test_a_problem_stands_before_what_is_made_and_the_rest_after_it() -> None:
    reply = summarise(
        [
            "Simmer reaches 90% by using a valve.",
            "We propose Simmer.",
            "However, lids remain difficult.",
        ]
    )
    assert (reply.problem, reply.results, reply.approach) == ([], [], [])


def test_a_result_with_a_figure_goes_before_one_without() -> None:
    main = "We propose Simmer."
    plain, figured = "Simmer outperforms every kettle.", "Simmer reaches 93.5% quiet evenings."
    assert numbers(list(summarise([main, plain, figured]).results)) == [[3]]
    assert numbers(list(summarise([main, plain]).results)) == [[2]]


@pytest.mark.parametrize(
    "sentence",
    [
        "Our model does not cover copper.",
        "We leave copper to future work.",
        "Copper was not tested.",
        "The kettle still fails on boats.",
        "A limitation of our study is its length.",
    ],
)
def test_limitations(sentence: str) -> None:
    assert numbers(summarise(["We propose Simmer.", sentence]).limitations) == [[2]]


@pytest.mark.parametrize(
    "sentence",
    [
        "All data and models are publicly available.",
        "We will open-source the code.",
        "The project page is https://example.org/simmer.",
        "The benchmark has been released.",
    ],
)
def test_artefacts(sentence: str) -> None:
    assert numbers(summarise(["We propose Simmer.", sentence]).artefacts) == [[2]]


CUES = st.sampled_from([*KETTLE_PAPER, "It is costly.", "We use lids.", "Results improve by 3%."])


@given(st.lists(CUES | ANY, max_size=12))
@settings(max_examples=120, deadline=None)
def test_every_claim_is_one_sentence_and_no_sentence_serves_twice(sentences: list[str]) -> None:
    reply = summarise(sentences)
    claims = [claim for slot in SLOTS for claim in getattr(reply, slot)]
    for claim in claims:
        (number,) = claim.sentences
        assert claim.text == strip_lead_in(sentences[number - 1])
    used = [number for claim in claims for number in claim.sentences]
    assert len(used) == len(set(used))
    assert reply.tldr is None or reply.tldr in reply.contributions
    assert all(len(getattr(reply, slot)) <= 1 for slot in SLOTS if slot != "contributions")
    assert summarise(sentences) == reply


@pytest.mark.parametrize("piece", [" ", "a ", "we ", "1.", "1,", "not ", "However ", "http"])
def test_long_awkward_sentences_take_no_time(piece: str) -> None:
    # Anything slower than linear would be felt at this length.
    text = piece * (20_000 // len(piece))
    assert summarise([text, text]) == summarise([text, text])


async def test_the_engine_answers_without_a_call() -> None:
    provider = ExtractiveProvider()
    request = Request(load_prompt("paper_summary"), Messages("", ""), KETTLE_PAPER)
    completion = await provider.complete(request)
    assert PaperSummaryReply.model_validate_json(completion.text) == summarise(KETTLE_PAPER)
    assert completion.usage is None
    assert (provider.model, provider.requests) == (None, 0)
    await provider.aclose()


async def test_the_engine_says_what_it_has_no_answer_to() -> None:
    text = (
        "---\nname: other\nversion: 1\nreply: SentenceClaim\ninputs: []\n"
        "max_output_tokens: 9\n---\nSay it.\n<!-- input -->\nThis.\n"
    )
    request = Request(parse_prompt("other", text), Messages("", ""), KETTLE_PAPER)
    with pytest.raises(AnswerError, match="the extractive engine has no answer to other"):
        await ExtractiveProvider().complete(request)
