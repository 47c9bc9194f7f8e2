from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from pipeline.ask import Asker
from pipeline.errors import AnswerError, ProviderRefused
from pipeline.library import Entry
from pipeline.prompts import load_prompt
from pipeline.providers.base import Completion, Provider, Usage
from pipeline.providers.extractive import ExtractiveProvider
from pipeline.providers.fake import FakeProvider, Queued
from pipeline.records import Coverage
from pipeline.schemas import RepairReply, SentenceClaim
from pipeline.sheets import Claim, Failure, PaperSheet, Tokens, claim_id, count
from pipeline.steps.summarise import Outcome, plan_paper
from pipeline.store import Store
from tests.asking import CHEAP, SENTENCES, TODAY, key_of, reply, said, summarised
from tests.entries import entry, entry_without_text
from tests.page_sheets import DOCUMENT

Make = Callable[..., Asker]
BODY = [
    f"Kettle number {n} was boiled in a quiet room on the hill by the river." for n in range(600)
]
SILENT = reply()


@pytest.fixture
def summarise(asker: Make, store: Store) -> Callable[..., Any]:
    """Return a function that summarises papers with the replies given, in order."""

    async def run(
        entries: Sequence[Entry],
        *replies: Queued,
        stand_in: Provider | None = None,
        **options: Any,
    ) -> list[Outcome]:
        provider = FakeProvider(replies)
        async with asker(provider, **options) as made:
            works = [plan_paper(one) for one in entries]
            return await summarised(works, made, store, stand_in=stand_in)

    return run


@pytest.fixture
def sheet(summarise: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that returns the sheet of one paper."""

    async def run(one: Entry, *replies: Queued, **options: Any) -> PaperSheet:
        (outcome,) = await summarise([one], *replies, **options)
        assert outcome.failure is None
        made = outcome.sheet
        assert isinstance(made, PaperSheet)
        for _, claim in made.summary.claims():
            for quoted in claim.evidence:
                assert one.document is not None
                assert one.document.text[quoted.start : quoted.end] == quoted.quote
        return made

    return run


def texts(claims: Sequence[Claim]) -> list[str]:
    return [claim.text for claim in claims]


# --- What is asked ---------------------------------------------------------------------------


def test_a_record_is_one_question_of_numbered_sentences() -> None:
    work = plan_paper(entry())
    (asked,) = work.questions
    assert asked.sentences == SENTENCES
    assert asked.prompt is load_prompt("paper_summary")


def test_a_long_text_is_several_questions() -> None:
    work = plan_paper(entry(body=BODY))
    assert len(work.questions) == len(work.units) > 1
    assert [s for asked in work.questions for s in asked.sentences] == [*SENTENCES, *BODY]


async def test_a_paper_without_text_is_an_empty_sheet_and_asks_nothing(sheet: Any) -> None:
    one = entry_without_text()
    assert plan_paper(one).questions == ()
    made = await sheet(one)
    assert list(made.summary.claims()) == []
    assert (made.stamp.inputs, made.stamp.date, made.stamp.cost_usd) == ([], None, 0)
    assert made.stamp.counts == count([], 0)


# --- Claims ----------------------------------------------------------------------------------


async def test_each_claim_stands_in_its_field_with_the_sentences_it_rests_on(sheet: Any) -> None:
    made = await sheet(
        entry(),
        reply(
            said("Hushkettle boils without a whistle.", 1),
            problem=[said("Old kettles wake the whole house.", 2)],
            approach=[said("Hushkettle boils without a whistle and lowers the noise.", 1, 3)],
            results=[said("It lowers the noise by 12.5 dB.", 3)],
            contributions=[said("Hushkettle, a kettle without a whistle.", 1)],
            limitations=[said("Milk is left for future work.", 4)],
            artefacts=[said("The drawings can be had at https://example.org/hushkettle.", 5)],
        ),
    )
    found = [(field, [e.quote for e in c.evidence]) for field, c in made.summary.claims()]
    assert found == [
        ("tldr", [SENTENCES[0]]),
        ("problem", [SENTENCES[1]]),
        ("approach", [SENTENCES[0], SENTENCES[2]]),
        ("results", [SENTENCES[2]]),
        ("contributions", [SENTENCES[0]]),
        ("limitations", [SENTENCES[3]]),
        ("artefacts", [SENTENCES[4]]),
    ]
    assert {c.origin for _, c in made.summary.claims()} == {"model"}
    assert {c.kind for _, c in made.summary.claims()} == {"derived"}
    assert made.dropped == []


@pytest.mark.parametrize(
    ("text", "sentences", "kind", "shown"),
    [
        (SENTENCES[0], [1], "quoted", SENTENCES[0]),
        (f"  {SENTENCES[0].replace(' ', '  ')} ", [1], "quoted", SENTENCES[0]),
        (
            "Older kettles wake the whole house.",
            [2],
            "quoted",
            "Older kettles wake the whole house.",
        ),
        (SENTENCES[1], [2], "quoted", SENTENCES[1]),
        (SENTENCES[0], [1, 2], "derived", SENTENCES[0]),
        (SENTENCES[0].replace("present", "show"), [1], "derived", None),
        (SENTENCES[0].removesuffix("."), [1], "derived", None),
    ],
)
async def test_a_copied_sentence_is_quoted_and_anything_else_is_derived(
    sheet: Any, text: str, sentences: list[int], kind: str, shown: str | None
) -> None:
    made = await sheet(entry(), reply(said(text, *sentences)))
    assert made.summary.tldr.kind == kind
    assert made.summary.tldr.text == (shown or text)


async def test_a_quote_may_be_cleaned_of_latex_and_its_evidence_is_not(sheet: Any) -> None:
    source = r"The noise falls by 16.0\% on \textbf{KettleBench}."
    made = await sheet(entry(source), reply(said("The noise falls by 16.0% on KettleBench.", 1)))
    assert made.summary.tldr.kind == "quoted"
    assert [e.quote for e in made.summary.tldr.evidence] == [source]


async def test_sentences_are_cited_once_each_and_in_order(sheet: Any) -> None:
    made = await sheet(
        entry(), reply(said("We present Hushkettle and leave milk for future work.", 4, 1, 4))
    )
    assert [e.quote for e in made.summary.tldr.evidence] == [SENTENCES[0], SENTENCES[3]]


async def test_the_id_of_a_claim_can_be_worked_out_again(sheet: Any) -> None:
    made = await sheet(entry(), reply(said("Hushkettle boils without a whistle.", 1)))
    expected = claim_id(
        "litline/paper",
        made.paper.id,
        "tldr",
        "Hushkettle boils without a whistle.",
        [SENTENCES[0]],
    )
    assert made.summary.tldr.id == expected


@pytest.mark.parametrize(
    ("claim", "reason"),
    [
        (said("", 1), "The statement is blank."),
        (said(" \n\t", 1), "The statement is blank."),
        (said("Hushkettle boils."), "The statement cites no sentence."),
        (said("Hushkettle boils.", 6), "Sentence 6 does not exist; there are 5."),
        (said("Hushkettle boils.", 1, 0), "Sentence 0 does not exist; there are 5."),
        (said("Hushkettle boils.", -1), "Sentence -1 does not exist; there are 5."),
    ],
)
async def test_a_claim_that_rests_on_nothing_is_dropped_and_listed(
    sheet: Any, claim: SentenceClaim, reason: str
) -> None:
    good = said("It boils without a whistle.", 1)
    mute = FakeProvider([SILENT], model=None)
    made = await sheet(
        entry(), reply(claim, approach=[claim, good]), RepairReply(statements=[]), stand_in=mute
    )
    assert made.summary.tldr is None
    assert texts(made.summary.approach) == ["It boils without a whistle."]
    assert [(d.field, d.text, d.reason) for d in made.dropped] == [
        ("tldr", claim.text, f"located: {reason}"),
        ("approach", claim.text, f"located: {reason}"),
    ]
    assert made.stamp.counts == count(made.summary.approach, 2, asked_again=2)


# --- Long texts ------------------------------------------------------------------------------


async def test_what_several_units_say_is_merged_without_repeats(sheet: Any) -> None:
    one = entry(body=BODY)
    first, second, *others = plan_paper(one).units
    made = await sheet(
        one,
        reply(problem=[said("Older kettles wake the house.", 2), said("Kettles boil.", 1)]),
        reply(said("The room was quiet.", 1), problem=[said("kettles  BOIL", 2)]),
        *[reply(said("The river was by the hill.", 1))] * len(others),
    )
    assert texts(made.summary.problem) == ["Older kettles wake the house.", "Kettles boil."]
    assert made.summary.problem[0].evidence[0].quote == first.sentences[1].quote
    assert made.summary.tldr.text == "The room was quiet."
    assert made.summary.tldr.evidence[0].quote == second.sentences[0].quote


async def test_the_stamp_sums_over_the_units(sheet: Any) -> None:
    one = entry(body=BODY)
    questions = plan_paper(one).questions
    text = SILENT.model_dump_json()
    bought = [Completion(text, Usage(4000 * n, n)) for n in range(1, len(questions) + 1)]
    made = await sheet(one, *bought)
    spent = Tokens(
        input=sum(c.usage.input for c in bought if c.usage),
        output=sum(c.usage.output for c in bought if c.usage),
    )
    assert made.stamp.tokens == spent
    assert made.stamp.cost_usd == pytest.approx(CHEAP.cost(spent.input, spent.output))
    assert made.stamp.inputs == [key_of(asked, FakeProvider()) for asked in questions]
    assert (made.stamp.date, made.stamp.tokens_estimated) == (TODAY, False)
    prompt = load_prompt("paper_summary")
    assert (made.stamp.engine, made.stamp.model) == ("fake 1", "fake-model")
    assert (made.stamp.prompt, made.stamp.prompt_version) == (prompt.name, prompt.version)


async def test_one_estimated_unit_makes_the_stamp_an_estimate(sheet: Any) -> None:
    one = entry(body=BODY)
    known = Completion(SILENT.model_dump_json(), Usage(4000, 1))
    others = len(plan_paper(one).questions) - 1
    made = await sheet(one, known._replace(usage=None), *[known] * others)
    assert made.stamp.tokens_estimated


async def test_an_unknown_price_is_null(sheet: Any) -> None:
    assert (await sheet(entry(), SILENT, price=None)).stamp.cost_usd is None


# --- Several papers --------------------------------------------------------------------------


async def test_a_paper_that_fails_is_listed_and_the_others_go_on(summarise: Any) -> None:
    papers = [
        entry("We present Hushkettle.", id_="a"),
        entry("We present Hushpot.", id_="b"),
        entry_without_text(),
    ]
    good = reply(said("Hushpot is presented.", 1))
    failed, fine, empty = await summarise(
        papers, AnswerError("the model refused to answer"), good, concurrency=1
    )
    assert failed.sheet is None
    assert failed.failure == Failure(
        paper="a", stage="summaries", reason="the model refused to answer"
    )
    assert fine.sheet.summary.tldr.text == "Hushpot is presented."
    assert empty.sheet is not None


async def test_one_unit_that_fails_fails_its_paper(summarise: Any) -> None:
    one = entry(body=BODY)
    others = len(plan_paper(one).questions) - 1
    (outcome,) = await summarise([one], *[SILENT] * others, AnswerError("no whole reply"))
    assert outcome.sheet is None
    assert outcome.failure.reason == "no whole reply"


async def test_a_run_that_stops_lists_what_it_did_not_ask(summarise: Any) -> None:
    papers = [entry(f"We present Hushkettle {n}.", id_=f"p{n}") for n in range(3)]
    outcomes = await summarise(papers, ProviderRefused("the key (401)"), concurrency=1)
    assert [(o.failure.paper, o.failure.reason) for o in outcomes] == [
        (f"p{n}", "the key (401)") for n in range(3)
    ]


async def test_a_bug_is_no_failure_of_a_paper(summarise: Any) -> None:
    with pytest.raises(RuntimeError, match="a bug"):
        await summarise([entry()], RuntimeError("a bug"))


async def test_the_same_text_in_two_papers_is_asked_once(asker: Make, store: Store) -> None:
    provider = FakeProvider([reply(said("Hushkettle boils without a whistle.", 1))])
    works = [plan_paper(entry(id_=name)) for name in ("a", "b")]
    async with asker(provider) as made:
        one, other = await summarised(works, made, store)
    assert provider.requests == 1
    assert one.sheet is not None
    assert other.sheet is not None
    assert one.sheet.summary.tldr is not None
    assert other.sheet.summary.tldr is not None
    assert one.sheet.summary.tldr.id != other.sheet.summary.tldr.id


async def test_without_a_model_sentences_are_quoted_and_say_so(asker: Make, store: Store) -> None:
    async with asker(ExtractiveProvider()) as made:
        (outcome,) = await summarised([plan_paper(entry())], made, store)
    assert outcome.sheet is not None
    claims = [claim for _, claim in outcome.sheet.summary.claims()]
    assert claims
    assert {(c.kind, c.origin) for c in claims} == {("quoted", "extractive")}
    assert (outcome.sheet.stamp.model, outcome.sheet.stamp.date) == (None, None)


async def test_a_sheet_says_how_much_of_its_own_documents_was_seen(
    asker: Make, store: Store
) -> None:
    mine = Coverage(document=DOCUMENT, declared=79, present=50)
    other = Coverage(document="teapots.txt", declared=None, present=3)
    async with asker(FakeProvider([SILENT])) as made:
        (outcome,) = await summarised([plan_paper(entry())], made, store, [other, mine])
    assert outcome.sheet is not None
    assert outcome.sheet.coverage == [mine]


async def test_a_second_run_makes_the_same_bytes_and_no_call(asker: Make, store: Store) -> None:
    made: list[str] = []
    for provider in (FakeProvider([reply(said("It boils.", 1))]), FakeProvider()):
        async with asker(provider) as opened:
            (outcome,) = await summarised([plan_paper(entry())], opened, store)
        assert outcome.sheet is not None
        made.append(outcome.sheet.model_dump_json())
    assert made[0] == made[1]


async def test_a_cancelled_run_is_no_failure_of_a_paper(asker: Make, store: Store) -> None:
    class Endless(FakeProvider):
        async def complete(self, _: object) -> Completion:
            await asyncio.Event().wait()
            raise AssertionError

    async def run() -> None:
        async with asker(Endless()) as made:
            await summarised([plan_paper(entry())], made, store)

    running = asyncio.create_task(run())
    await asyncio.sleep(0.05)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
