from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from pipeline.answers import estimate
from pipeline.ask import Asker
from pipeline.errors import AnswerError, BudgetReached
from pipeline.grounded import (
    Grounded,
    Grounder,
    Task,
    judge_question,
    most_follow_ups,
    repair_question,
)
from pipeline.providers.base import Completion, Provider, Usage
from pipeline.providers.extractive import ExtractiveProvider
from pipeline.providers.fake import FakeProvider, Queued
from pipeline.schemas import (
    JudgeReply,
    PaperSummaryReply,
    Repaired,
    RepairReply,
    SentenceClaim,
    Verdict,
    claims_of,
)
from pipeline.store import Store
from pipeline.tokens import estimate_tokens
from pipeline.verdicts import Verdicts, faults
from tests.asking import CHEAP, SENTENCES, question, reply, said

Make = Callable[..., Asker]
TRUE = said("Hushkettle lowers the noise by 12.5 dB.", 3)
WRONG = said("Hushkettle lowers the noise by 13.5 dB.", 3)
FAR = said("Engineers celebrated an unexpected triumph yesterday.", 3)
ASKED = question()
SILENT = reply()


def again(*statements: Repaired) -> RepairReply:
    return RepairReply(statements=list(statements))


def repaired(number: int, text: str | None, *sentences: int) -> Repaired:
    return Repaired(number=number, text=text, sentences=list(sentences))


def verdicts(**held: bool) -> JudgeReply:
    """Return verdicts such as `n1=True`."""
    return JudgeReply(verdicts=[Verdict(number=int(n[1:]), holds=h) for n, h in held.items()])


@pytest.fixture
def ground(asker: Make, store: Store) -> Callable[..., Any]:
    """Return a function that grounds the first of the replies, and hands on the others."""

    async def run(
        *replies: Queued,
        stand_in: Provider | None = None,
        judge: bool = False,
        metadata: str = "",
        **options: Any,
    ) -> tuple[Grounded, FakeProvider]:
        provider = FakeProvider(replies)
        async with asker(provider, **options) as made:
            mute = stand_in or FakeProvider([SILENT], model=None)
            grounder = Grounder(made, Verdicts(store), mute, judge=judge)
            answer = await made.ask(ASKED, PaperSummaryReply)
            (found,) = await grounder.ground([Task(ASKED, answer, metadata)])
        return found, provider

    return run


def texts(found: Grounded) -> list[str]:
    return [standing.claim.text for standing in found.standing]


# --- What holds ------------------------------------------------------------------------------


async def test_a_claim_that_holds_stands_and_nothing_more_is_asked(ground: Any) -> None:
    found, provider = await ground(reply(TRUE, results=[TRUE]))
    assert [(s.field, s.claim, s.origin) for s in found.standing] == [
        ("tldr", TRUE, "model"),
        ("results", TRUE, "model"),
    ]
    assert (found.refused, found.asked_again, len(found.answers)) == ((), 0, 1)
    assert provider.requests == 1


async def test_metadata_may_satisfy_a_name(ground: Any) -> None:
    claim = said("Ada Brew lowers the noise by 12.5 dB with Hushkettle on KettleBench.", 3)
    known, _ = await ground(reply(claim), metadata="Ada Brew")
    assert texts(known) == [claim.text]


# --- Asking again ----------------------------------------------------------------------------


async def test_claims_that_fail_go_back_once_and_together(ground: Any) -> None:
    second = said("The Hushmatic-2 wakes the whole house.", 2)
    answer = again(repaired(2, "Older kettles wake the house.", 2), repaired(1, TRUE.text, 3))
    found, provider = await ground(reply(WRONG, problem=[second], results=[TRUE]), answer)
    assert provider.requests == 2
    assert texts(found) == [TRUE.text, "Older kettles wake the house.", TRUE.text]
    assert {standing.origin for standing in found.standing} == {"model"}
    assert (found.asked_again, len(found.answers), found.refused) == (2, 2, ())


async def test_what_goes_back_is_the_rule_and_the_sentences(ground: Any) -> None:
    _, provider = await ground(reply(WRONG, results=[TRUE]), again())
    shown = provider.history[1].messages.user
    assert all(sentence in shown for sentence in SENTENCES)
    assert "[1] tldr: “Hushkettle lowers the noise by 13.5 dB.” Cites: 3. 13.5 dB" in shown
    assert f"“{TRUE.text}”" not in shown


@pytest.mark.parametrize(
    "second",
    [
        again(repaired(1, WRONG.text, 3)),
        again(repaired(1, TRUE.text)),
        again(repaired(1, TRUE.text, 2)),
        again(repaired(1, TRUE.text, 99)),
        again(repaired(1, "", 3)),
        again(repaired(2, TRUE.text, 3)),
        again(repaired(0, TRUE.text, 3)),
        again(),
        AnswerError("no whole reply"),
        "no JSON",
    ],
)
async def test_a_claim_that_fails_again_is_refused_with_its_reason(
    ground: Any, second: Queued
) -> None:
    found, provider = await ground(reply(WRONG), second, second)
    unread = second == "no JSON"  # goes back once more, to be JSON
    assert provider.requests == 2 + unread
    assert found.standing == ()
    (refused,) = found.refused
    assert refused.field == "tldr"
    assert refused.reason.partition(":")[0] in {"numbers", "located", "support"}


async def test_a_claim_that_is_withdrawn_is_refused(ground: Any) -> None:
    found, _ = await ground(reply(WRONG), again(repaired(1, None)))
    assert [r.reason for r in found.refused] == [
        "located: The statement was withdrawn when it was asked for again."
    ]


async def test_a_budget_that_is_spent_leaves_what_holds(ground: Any, asker: Make) -> None:
    whole = Completion(reply(WRONG, results=[TRUE]).model_dump_json(), Usage(*estimate(ASKED)))
    found, provider = await ground(whole, again(), budget=CHEAP.cost(*estimate(ASKED)))
    assert provider.requests == 1
    assert texts(found) == [TRUE.text]
    assert len(found.refused) == 1


async def test_a_second_run_asks_nothing(ground: Any) -> None:
    first, _ = await ground(reply(WRONG), again(repaired(1, TRUE.text, 3)))
    second, provider = await ground()
    assert provider.requests == 0
    assert second == first


async def test_what_was_not_asked_again_is_asked_by_the_next_run(ground: Any) -> None:
    first, _ = await ground(reply(WRONG), AnswerError("the line was cut"))
    assert first.unanswered == "the line was cut"
    found, provider = await ground(again(repaired(1, TRUE.text, 3)))
    assert provider.requests == 1
    assert texts(found) == [TRUE.text]


async def test_a_reply_that_cannot_be_used_is_not_bought_again(ground: Any) -> None:
    first, _ = await ground(reply(WRONG), "no JSON", "no JSON")
    assert first.unanswered is not None
    second, provider = await ground()
    assert (provider.requests, second.unanswered, second.standing) == (0, None, ())


async def test_what_does_not_fit_the_bound_of_the_price_is_replaced_at_once(ground: Any) -> None:
    many = [said(f"{'Kettle' * 80} number {n} whistles.", 3) for n in range(80)]
    found, provider = await ground(reply(results=many), again())
    bound, _ = most_follow_ups(ASKED, judge=False)[0]
    assert estimate_tokens(provider.history[1].messages.user) < bound
    assert 0 < found.asked_again < len(many)
    assert len(found.refused) == len(many)


async def test_a_bug_is_no_answer(ground: Any) -> None:
    with pytest.raises(RuntimeError, match="a bug"):
        await ground(reply(WRONG), RuntimeError("a bug"))


# --- A sentence instead ----------------------------------------------------------------------


async def test_the_sentence_that_the_other_engine_would_choose_stands_in(ground: Any) -> None:
    spare = said(SENTENCES[2], 3)
    stand_in = FakeProvider([reply(results=[spare])], model=None)
    found, _ = await ground(reply(results=[WRONG]), again(), stand_in=stand_in)
    assert [(s.field, s.claim, s.origin) for s in found.standing] == [
        ("results", spare, "fallback")
    ]
    assert found.refused == ()


async def test_a_sentence_that_another_claim_of_the_field_cites_does_not_stand_in(
    ground: Any,
) -> None:
    stand_in = FakeProvider([reply(results=[said(SENTENCES[2], 3)])], model=None)
    found, _ = await ground(reply(results=[WRONG, TRUE]), again(), stand_in=stand_in)
    assert texts(found) == [TRUE.text]
    assert len(found.refused) == 1


async def test_a_sentence_that_stands_there_among_others_does_not_stand_in(ground: Any) -> None:
    wide = said("Hushkettle boils and lowers the noise by 12.5 dB.", 3, 1)
    stand_in = FakeProvider([reply(results=[said(SENTENCES[2], 3)])], model=None)
    found, _ = await ground(reply(results=[WRONG, wide]), again(), stand_in=stand_in)
    assert texts(found) == [wide.text]


async def test_each_sentence_stands_in_once(ground: Any) -> None:
    stand_in = FakeProvider([reply(results=[said(SENTENCES[2], 3)])], model=None)
    found, _ = await ground(reply(results=[WRONG, FAR]), again(), stand_in=stand_in)
    assert texts(found) == [SENTENCES[2]]
    assert [refused.text for refused in found.refused] == [FAR.text]


async def test_what_stands_in_is_checked_too(ground: Any) -> None:
    stand_in = FakeProvider([reply(results=[WRONG])], model=None)
    found, _ = await ground(reply(results=[WRONG]), again(), stand_in=stand_in)
    assert found.standing == ()


async def test_an_engine_that_cannot_stand_in_is_no_fault(ground: Any) -> None:
    stand_in = FakeProvider([AnswerError("it has no answer to this")], model=None)
    found, _ = await ground(reply(WRONG), again(), stand_in=stand_in)
    assert len(found.refused) == 1


async def test_without_a_model_sentences_stand_as_they_are(asker: Make, store: Store) -> None:
    async with asker(ExtractiveProvider()) as made:
        answer = await made.ask(ASKED, PaperSummaryReply)
        grounder = Grounder(made, Verdicts(store), ExtractiveProvider(), judge=True)
        (found,) = await grounder.ground([Task(ASKED, answer, "")])
    assert found.standing
    assert {standing.origin for standing in found.standing} == {"extractive"}
    assert (found.refused, len(found.answers)) == ((), 1)


# --- The judge -------------------------------------------------------------------------------


async def test_a_judge_may_overrule_a_rule_that_weighs_wording(ground: Any) -> None:
    found, provider = await ground(reply(FAR), again(), verdicts(n1=True), judge=True)
    assert provider.requests == 3
    assert texts(found) == [FAR.text]
    assert (found.overruled, found.refused) == (1, ())


@pytest.mark.parametrize(
    "judged",
    [
        verdicts(n1=False),
        verdicts(n2=True),
        verdicts(),
        JudgeReply(verdicts=[Verdict(number=1, holds=h) for h in (True, False)]),
        AnswerError("no reply"),
    ],
)
async def test_a_judge_that_does_not_say_yes_changes_nothing(ground: Any, judged: Queued) -> None:
    found, _ = await ground(reply(FAR), again(), judged, judge=True)
    assert found.standing == ()
    assert found.overruled == 0


@pytest.mark.parametrize(
    "claim",
    [
        WRONG,
        said("Hushmatic lowers the noise by 12.5 dB on KettleBench.", 3),
        said("Hushkettle lowers the noise by 12.5 dB."),
        said("Unheard triumphs of 99 dB were celebrated yesterday.", 3),
    ],
)
async def test_a_judge_is_not_asked_about_places_numbers_and_names(
    ground: Any, claim: SentenceClaim
) -> None:
    found, provider = await ground(reply(claim), again(), verdicts(n1=True), judge=True)
    assert provider.requests == 2
    assert found.standing == ()


async def test_a_judge_is_asked_only_where_one_is_wanted(ground: Any) -> None:
    found, provider = await ground(reply(FAR), again(), verdicts(n1=True))
    assert provider.requests == 2
    assert found.standing == ()


# --- What it may cost ------------------------------------------------------------------------


@pytest.mark.parametrize(("judge", "calls"), [(False, 1), (True, 2)])
def test_the_bounds_hold_for_what_is_really_asked(judge: bool, calls: int) -> None:
    bounds = most_follow_ups(ASKED, judge=judge)
    claims = claims_of(reply(WRONG, results=[FAR] * 20))
    found = {place: faults(claim, SENTENCES, "") for place, claim in claims.items()}
    asked = [repair_question(ASKED, claims, found), judge_question(ASKED, claims)]
    assert len(bounds) == calls
    for (inputs, outputs), real in zip(bounds, asked, strict=False):
        assert (estimate(real)[0] <= inputs, estimate(real)[1]) == (True, outputs)


async def test_the_budget_error_is_kept_for_the_run(asker: Make, store: Store) -> None:
    whole = Completion(reply(WRONG).model_dump_json(), Usage(*estimate(ASKED)))
    async with asker(FakeProvider([whole]), budget=CHEAP.cost(*estimate(ASKED))) as made:
        answer = await made.ask(ASKED, PaperSummaryReply)
        grounder = Grounder(made, Verdicts(store), FakeProvider([SILENT], model=None))
        await grounder.ground([Task(ASKED, answer, "")])
        assert isinstance(made.stopped, BudgetReached)
