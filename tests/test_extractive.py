from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import AnswerError
from pipeline.prompts import Messages, load_prompt, parse_prompt
from pipeline.providers import extractive
from pipeline.providers.base import Request
from pipeline.providers.extractive import ExtractiveProvider, summarise
from pipeline.providers.extractive.features import tokens
from pipeline.providers.extractive.ranker import worth
from pipeline.providers.extractive.roles import BACKGROUND, METHOD, OBJECTIVE, RESULT, roles
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


@pytest.mark.parametrize(
    "sentence",
    [
        "It listens to kettles, and we build it.",
        "These are the kettles that we build.",
        "(2) Second, we build kettles.",
        "We build it, see https://example.org/kettles.",
        "Our method does not cover copper.",
    ],
)
def test_a_tldr_makes_sense_alone(sentence: str) -> None:
    assert summarise([sentence]).tldr is None


def test_a_paper_may_speak_of_itself_by_its_name() -> None:
    named = "Simmer is a kettle that listens to the whole room."
    reply = summarise([named, "In twelve kitchens, Simmer stays quiet."])
    assert reply.tldr is not None
    assert reply.tldr.text == named
    assert summarise([named, "In twelve kitchens, simmer is heard."]).tldr is None


PROBLEM = "However, existing kettles struggle to stay quiet in small kitchens."


def test_a_problem_stands_before_what_is_made_if_it_can() -> None:
    main = "In this paper, we propose Simmer, a kettle that listens."
    assert numbers(summarise(["Kettles are everywhere.", PROBLEM, main]).problem) == [[2]]
    pronoun = "However, they struggle to stay quiet in small kitchens."
    assert summarise(["Kettles are everywhere.", pronoun, main]).problem == []
    assert summarise(["Kettles are everywhere.", PROBLEM]).problem == []


def test_a_result_with_a_figure_goes_before_one_without() -> None:
    plain = "Experiments show that Simmer outperforms every other kettle in all of the kitchens."
    figured = "On average, our kettle reaches an accuracy of 93.5%, 4.2 points above the best."
    assert numbers(list(summarise([*KETTLE_PAPER[:4], plain, figured]).results)) == [[6]]
    assert numbers(list(summarise([*KETTLE_PAPER[:4], plain]).results)) == [[5]]


@pytest.mark.parametrize(
    "sentence",
    [
        "Earlier kettles reach 93.5% quiet evenings.",
        "We hope that Simmer improves the results of other kettles.",
        "However, the kettle is heard by using a small microphone.",
    ],
)
def test_what_is_no_result_and_no_approach(sentence: str) -> None:
    before = summarise([sentence, *KETTLE_PAPER[2:3]])
    assert (before.results, before.approach) == ([], [])


def test_a_whole_paper_says_what_it_is_in_its_opening() -> None:
    body = [f"Kettle {number} was filled and stood in a corner." for number in range(300)]
    reply = summarise([*KETTLE_PAPER[:5], *body, *KETTLE_PAPER[6:]])
    assert reply.tldr is not None
    assert reply.tldr.sentences == [3]
    assert numbers(reply.limitations) == [[306]]
    assert numbers(reply.artefacts) == [[307]]


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


def test_the_name_of_the_engine_changes_with_its_code_and_its_weights() -> None:
    raw = (Path(extractive.__file__).parent / "weights.json").read_bytes()
    found = hashlib.sha256(raw).hexdigest()[:8]
    assert ExtractiveProvider.engine == f"extractive {extractive.VERSION} {found}"


def test_the_roles_of_a_plain_abstract() -> None:
    said = [
        "In recent years, kettles have become popular.",
        "However, existing kettles suffer from noise.",
        "In this paper, we propose a new kettle.",
        "Specifically, we use a small microphone and a valve.",
        "Experimental results show that our method outperforms the state of the art.",
    ]
    found = roles([tokens(sentence) for sentence in said])
    assert [row.index(max(row)) for row in found] == [
        BACKGROUND,
        BACKGROUND,
        OBJECTIVE,
        METHOD,
        RESULT,
    ]
    assert all(sum(row) == pytest.approx(1) for row in found)
    assert worth(said).index(max(worth(said))) == 2


@pytest.mark.parametrize("sentences", [[], [""], ["水壶在唱歌。"], ["..."] * 40])
def test_any_text_has_roles_and_worth(sentences: list[str]) -> None:
    found = roles([tokens(sentence) for sentence in sentences])
    assert len(found) == len(worth(sentences)) == len(sentences)
    assert all(sum(row) == pytest.approx(1) for row in found)


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
