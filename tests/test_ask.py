from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
import sqlalchemy as sa

from pipeline import ask as module
from pipeline import ledger as ledger_module
from pipeline.answers import Answer, Question, answer_key, estimate
from pipeline.ask import Asker
from pipeline.errors import (
    AnswerError,
    BudgetReached,
    ConfigError,
    LitlineError,
    LostReply,
    ProviderRefused,
    StoreError,
    UnreadableReply,
)
from pipeline.prices import Budget
from pipeline.providers.base import Completion, Provider, Request, Usage
from pipeline.providers.extractive import ExtractiveProvider
from pipeline.providers.fake import FakeProvider, Queued
from pipeline.purse import Purse
from pipeline.schemas import PaperSummaryReply, SentenceClaim
from pipeline.sheets import Tokens
from pipeline.store import Store
from tests.asking import (
    CHEAP,
    TODAY,
    key_of,
    make_asker,
    question,
    reply,
    said,
    stored,
    surroundings,
)

Make = Callable[..., Asker]
GOOD = reply(said("Hushkettle boils quietly.", 1))
OTHER = reply(said("Hushpot boils loudly.", 1))
KETTLE, POT, PAN = (question(f"We present Hush{name}.") for name in ("kettle", "pot", "pan"))
MANY = [question(f"We present Hushkettle {n}.") for n in range(20)]


class Held(FakeProvider):
    """Answers each question, known by its only sentence, once its door is open."""

    def __init__(self, *replies: tuple[Question, Queued]) -> None:
        super().__init__()
        self._outcomes = {asked.sentences[0]: outcome for asked, outcome in replies}
        self._doors = {sentence: asyncio.Event() for sentence in self._outcomes}
        self.under_way: list[str] = []

    def open(self, asked: Question) -> None:
        self._doors[asked.sentences[0]].set()

    async def complete(self, request: Request) -> Completion:
        sentence = request.sentences[0]
        self.under_way.append(sentence)
        await self._doors[sentence].wait()
        self.queue(self._outcomes[sentence])
        return await super().complete(request)

    async def wait_for(self, *questions: Question) -> None:
        """Wait until calls about these questions are under way."""
        async with asyncio.timeout(10):
            while {asked.sentences[0] for asked in questions} - set(self.under_way):
                await asyncio.sleep(0.001)


def start(asker: Asker, asked: Question) -> asyncio.Task[Answer[PaperSummaryReply]]:
    return asyncio.create_task(asker.ask(asked, PaperSummaryReply))


async def results(
    asker: Asker, *questions: Question
) -> list[Answer[PaperSummaryReply] | BaseException]:
    return await asyncio.gather(*(start(asker, q) for q in questions), return_exceptions=True)


async def ask_once(
    asker: Asker, asked: Question = KETTLE, *, prime: bool = True
) -> Answer[PaperSummaryReply]:
    """Ask as a run does: look up, lease, ask, end."""
    async with asker:
        if prime:
            asker.prime({asker.key(asked): asked})
        await asker.lease([asked])
        return await asker.ask(asked, PaperSummaryReply)


def change(store: Store, asked: Question, provider: Provider, **values: str | None) -> None:
    """Change a stored row behind the program's back."""
    row = ", ".join(f"{name} = :{name}" for name in values)
    query = sa.text(f"UPDATE answers SET {row} WHERE key = :key")
    with store.transaction() as connection:
        connection.execute(query, {**values, "key": key_of(asked, provider)})


# --- Once ------------------------------------------------------------------------------------


async def test_an_answer_is_bought_and_says_what_it_cost(asker: Make, store: Store) -> None:
    provider = FakeProvider([Completion(GOOD.model_dump_json(), Usage(1000, 200))])
    made = asker(provider)
    answer = await ask_once(made)
    assert answer.reply == GOOD
    assert (answer.tokens, answer.estimated) == (Tokens(input=1000, output=200), False)
    assert answer.cost_usd == pytest.approx(0.0014)
    assert answer.date == TODAY
    assert (made.cached, made.purse.tokens, made.purse.cost_usd) == (
        0,
        answer.tokens,
        answer.cost_usd,
    )
    row = stored(store, KETTLE, provider)
    assert row is not None
    assert (row.engine, row.model, row.prompt) == ("fake 1", "fake-model", "paper_summary 2")
    assert (row.raw, row.reply) == (GOOD.model_dump_json(),) * 2


@pytest.mark.parametrize("prime", [True, False])
async def test_a_finished_answer_is_never_bought_again(asker: Make, prime: bool) -> None:
    bought = await ask_once(asker(FakeProvider([GOOD])))
    provider = FakeProvider()
    made = asker(provider)
    found = await ask_once(made, prime=prime)
    assert found == bought
    assert (provider.requests, made.cached, made.purse.tokens, made.purse.cost_usd) == (
        0,
        1,
        Tokens(),
        0.0,
    )


async def test_two_that_ask_the_same_at_once_buy_it_once(asker: Make) -> None:
    provider = FakeProvider([GOOD])
    async with asker(provider) as made:
        answers = await results(made, KETTLE, KETTLE, KETTLE)
    assert provider.requests == 1
    assert answers[0] == answers[1] == answers[2]


async def test_one_who_stops_waiting_leaves_the_answer_to_the_other(asker: Make) -> None:
    provider = Held((KETTLE, GOOD))
    async with asker(provider) as made:
        first, second = start(made, KETTLE), start(made, KETTLE)
        await provider.wait_for(KETTLE)
        first.cancel()
        provider.open(KETTLE)
        assert (await second).reply == GOOD
    assert provider.requests == 1


async def test_what_another_process_bought_meanwhile_is_taken(asker: Make) -> None:
    provider = FakeProvider()
    late = asker(provider, around=surroundings("late"))
    async with late:
        late.prime({late.key(KETTLE): KETTLE})
        await ask_once(asker(FakeProvider([GOOD]), around=surroundings("early")))
        assert (await late.ask(KETTLE, PaperSummaryReply)).reply == GOOD
    assert (provider.requests, late.cached) == (0, 1)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (answer_key("a", "m", KETTLE), answer_key("b", "m", KETTLE)),
        (answer_key("a", "m", KETTLE), answer_key("a", "n", KETTLE)),
        (answer_key("a", "m", KETTLE), answer_key("a", None, KETTLE)),
        (answer_key("a", "m", KETTLE), answer_key("a", "m", POT)),
        (answer_key("a", "m", question("x", "y")), answer_key("a", "m", question("x y"))),
        (
            answer_key("a", "m", KETTLE),
            answer_key("a", "m", KETTLE._replace(prompt=KETTLE.prompt._replace(fingerprint="f"))),
        ),
    ],
)
def test_a_key_covers_all_that_an_answer_depends_on(one: str, other: str) -> None:
    assert one != other
    assert answer_key("a", "m", KETTLE) == answer_key("a", "m", question(*KETTLE.sentences))


async def test_without_a_model_nothing_costs_anything_or_has_a_date(
    asker: Make, store: Store
) -> None:
    made = asker(ExtractiveProvider(), price=None)
    answer = await ask_once(made)
    assert (answer.tokens, answer.cost_usd, answer.date) == (Tokens(), 0.0, None)
    assert answer.estimated is False
    assert (made.purse.cost_usd, made.purse.tokens) == (0.0, Tokens())
    assert stored(store, KETTLE, ExtractiveProvider()) is not None


async def test_the_engine_without_a_model_says_what_it_cannot_answer(asker: Make) -> None:
    other = KETTLE._replace(prompt=KETTLE.prompt._replace(name="figures", reply=SentenceClaim))
    with pytest.raises(AnswerError, match="the extractive engine has no answer to figures"):
        await ask_once(asker(ExtractiveProvider()), other)


# --- What comes back ---------------------------------------------------------------------------


async def test_a_reply_is_saved_before_it_is_looked_at(
    asker: Make, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object) -> None:
        raise RuntimeError("crashed while reading")

    provider = FakeProvider([GOOD])
    async with asker(provider) as made:
        await made.lease([KETTLE])
        monkeypatch.setattr(module, "require_reply", crash)
        with pytest.raises(RuntimeError, match="crashed while reading"):
            await made.ask(KETTLE, PaperSummaryReply)
    monkeypatch.undo()
    row = stored(store, KETTLE, provider)
    assert row is not None
    assert (row.raw, row.reply) == (GOOD.model_dump_json(), None)
    again = asker(FakeProvider())
    assert (await ask_once(again)).reply == GOOD
    assert again.cached == 1


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        ("Sorry, I cannot.", "the reply is no JSON"),
        ("[]", "the reply: Input should be an object"),
        ('{"tldr": null}', "problem: Field required"),
        (GOOD.model_dump_json().replace("[1]", '["1"]'), "tldr.sentences.0: Input should be a val"),
        (GOOD.model_dump_json().replace('"tldr"', '"SECRET"'), "tldr: Field required"),
        (GOOD.model_dump_json()[:-1] + ',"SECRET":1}', "the reply: Extra inputs are not permitted"),
        (GOOD.model_dump_json().replace('"text"', '"SECRET":1,"text"'), "tldr: Extra inputs"),
    ],
)
async def test_an_unusable_reply_fails_its_question_only_and_is_bought_again_next_time(
    asker: Make, store: Store, raw: str, reason: str
) -> None:
    provider = FakeProvider([raw, raw, OTHER])
    async with asker(provider) as made:
        with pytest.raises(AnswerError, match=r"does not fit the schema|is no JSON") as caught:
            await made.ask(KETTLE, PaperSummaryReply)
        assert reason in str(caught.value)
        assert "SECRET" not in str(caught.value)
        assert "Sorry" not in str(caught.value)
        assert (await made.ask(POT, PaperSummaryReply)).reply == OTHER
    assert made.purse.tokens.output > 0, "it was paid for"
    row = stored(store, KETTLE, provider)
    assert row is not None
    assert (row.raw, row.reply) == (raw, None)
    assert (await ask_once(asker(FakeProvider([GOOD])))).reply == GOOD


# --- Replies that can be mended --------------------------------------------------------------


@pytest.mark.parametrize(
    "raw",
    [
        f"```json\n{GOOD.model_dump_json()}\n```",
        f"Here it is:\n{GOOD.model_dump_json()}\nAnything else?",
        f"\ufeff{GOOD.model_dump_json()}",
    ],
)
async def test_a_reply_between_fences_or_in_prose_is_read_and_costs_nothing_more(
    asker: Make, store: Store, raw: str
) -> None:
    provider = FakeProvider([raw])
    assert (await ask_once(asker(provider))).reply == GOOD
    assert provider.requests == 1
    row = stored(store, KETTLE, provider)
    assert row is not None
    assert (row.raw, row.reply) == (raw, GOOD.model_dump_json())


@pytest.mark.parametrize(
    ("raw", "complaint"),
    [
        ("No.", "The reply is no JSON."),
        ('{"tldr": null}', "The reply does not fit the schema: problem: Field required."),
        (
            GOOD.model_dump_json()[:-1] + ',"tldr":null}',
            "The reply names a key twice.",
        ),
    ],
)
async def test_a_reply_that_does_not_fit_goes_back_once_with_the_reason(
    asker: Make, store: Store, raw: str, complaint: str
) -> None:
    provider = FakeProvider([raw, GOOD])
    made = asker(provider)
    answer = await ask_once(made)
    assert answer.reply == GOOD
    first, second = provider.history
    assert first.again is None
    assert second.again is not None
    assert second.again.reply == raw
    assert second.again.complaint.startswith(complaint)
    assert answer.cost_usd == pytest.approx(made.purse.cost_usd)
    assert answer.tokens == made.purse.tokens
    assert (await ask_once(asker(FakeProvider()))).reply == GOOD


async def test_a_reply_that_was_cut_is_asked_for_once_more_at_twice_the_length(
    asker: Make,
) -> None:
    cut = Completion('{"tldr": {"te', Usage(1000, 4000), "the reply was cut", cut=True)
    provider = FakeProvider([cut, GOOD])
    made = asker(provider)
    answer = await ask_once(made)
    assert (answer.reply, answer.tokens.output > 4000) == (GOOD, True)
    assert [one.limit for one in provider.history] == [None, 8000]


async def test_a_reply_that_is_cut_twice_fails_its_question(asker: Make) -> None:
    cut = Completion('{"tldr": {"te', Usage(1000, 4000), "the reply was cut", cut=True)
    provider = FakeProvider([cut, cut, GOOD])
    async with asker(provider) as made:
        with pytest.raises(AnswerError, match="the reply was cut"):
            await made.ask(KETTLE, PaperSummaryReply)
    assert provider.requests == 2
    assert made.purse.tokens == Tokens(input=2000, output=8000)


async def test_a_prompt_that_the_server_cut_is_no_basis_of_an_answer(asker: Make) -> None:
    provider = FakeProvider([Completion(GOOD.model_dump_json(), Usage(64, 20))])
    async with asker(provider) as made:
        with pytest.raises(AnswerError, match="the server read 64 tokens of a prompt of at least"):
            await made.ask(KETTLE, PaperSummaryReply)
    assert made.purse.tokens.input == 64
    assert (await ask_once(asker(FakeProvider([OTHER])))).reply == OTHER, "nor in the next run"


# --- Replies that were lost ------------------------------------------------------------------


async def test_a_lost_reply_is_asked_for_once_more_and_counted(asker: Make) -> None:
    provider = FakeProvider([LostReply("it broke"), GOOD])
    made = asker(provider)
    answer = await ask_once(made)
    assert (answer.reply, provider.requests) == (GOOD, 2)
    worst = CHEAP.cost(*estimate(KETTLE))
    assert made.purse.lost == 1
    assert made.purse.possibly_billed_usd == pytest.approx(worst)
    assert made.purse.cost_usd == pytest.approx(answer.cost_usd)


async def test_a_reply_that_is_lost_twice_fails_its_question_only(asker: Make) -> None:
    provider = FakeProvider([LostReply("it broke"), LostReply("it broke"), OTHER])
    async with asker(provider, concurrency=1) as made:
        with pytest.raises(AnswerError, match="it broke"):
            await made.ask(KETTLE, PaperSummaryReply)
        assert (await made.ask(POT, PaperSummaryReply)).reply == OTHER
    assert made.purse.lost == 2


async def test_the_budget_covers_what_may_have_been_billed(asker: Make) -> None:
    worst = CHEAP.cost(*estimate(KETTLE))
    provider = FakeProvider([LostReply("it broke"), GOOD])
    async with asker(provider, budget=1.5 * worst) as made:
        with pytest.raises(BudgetReached):
            await made.ask(KETTLE, PaperSummaryReply)
    assert provider.requests == 1
    assert made.purse.possibly_billed_usd == pytest.approx(worst)


async def test_where_the_price_is_unknown_so_is_what_may_have_been_billed(asker: Make) -> None:
    provider = FakeProvider([LostReply("it broke"), GOOD])
    made = asker(provider, price=None)
    await ask_once(made)
    assert (made.purse.lost, made.purse.possibly_billed_usd) == (1, None)


# --- Models ----------------------------------------------------------------------------------


async def test_a_prompt_is_asked_of_its_own_model(store: Store) -> None:
    provider = FakeProvider([GOOD])
    made = Asker(
        provider,
        store,
        surroundings(),
        purse=Purse(Budget(None), lambda model: CHEAP if model == "cheap" else None),
        concurrency=1,
        models={"paper_summary": "cheap", "claim_judge": "dear"},
    )
    answer = await ask_once(made)
    assert [one.model for one in provider.history] == ["cheap"]
    assert answer.cost_usd
    row = store.answers([answer.key])[answer.key]
    assert (row.model, made.model_for(KETTLE.prompt)) == ("cheap", "cheap")
    assert answer.key != make_asker(provider, store).key(KETTLE)


@pytest.mark.parametrize("tampered", ["no JSON", "{}", '{"__class__": "os.system"}', ""])
@pytest.mark.parametrize("prime", [True, False])
async def test_a_row_that_was_tampered_with_is_a_miss(
    asker: Make, store: Store, tampered: str, prime: bool
) -> None:
    provider = FakeProvider([GOOD])
    await ask_once(asker(provider))
    change(store, KETTLE, provider, reply=tampered)
    assert (await ask_once(asker(FakeProvider()), prime=prime)).reply == GOOD

    change(store, KETTLE, provider, reply=tampered, raw=tampered)
    again = FakeProvider([OTHER])
    assert (await ask_once(asker(again), prime=prime)).reply == OTHER
    assert again.requests == 1


async def test_only_answers_that_can_be_used_are_known(asker: Make, store: Store) -> None:
    async with asker(FakeProvider([GOOD, "no JSON"]), concurrency=1) as made:
        await results(made, KETTLE, POT)
    late = asker(FakeProvider())
    assert late.prime({late.key(asked): asked for asked in (KETTLE, POT, PAN)}) == {
        late.key(KETTLE)
    }


async def test_a_reply_of_which_only_the_validated_form_is_left_is_enough(
    asker: Make, store: Store
) -> None:
    provider = FakeProvider([GOOD])
    await ask_once(asker(provider))
    change(store, KETTLE, provider, raw=None)
    assert (await ask_once(asker(FakeProvider()), prime=False)).reply == GOOD
    assert (await ask_once(asker(FakeProvider()))).reply == GOOD


async def test_a_question_that_fails_leaves_no_trace_and_the_others_go_on(
    asker: Make, store: Store
) -> None:
    provider = FakeProvider([AnswerError("the server answered 500"), GOOD])
    async with asker(provider) as made:
        await made.lease([KETTLE, POT])
        failed, fine = await results(made, KETTLE, POT)
    assert isinstance(failed, AnswerError)
    assert isinstance(fine, Answer)
    assert made.stopped is None
    assert stored(store, KETTLE, provider) is None
    assert (await ask_once(asker(FakeProvider([GOOD])))).reply == GOOD


# --- What it costs -----------------------------------------------------------------------------


async def test_tokens_that_no_server_states_are_estimated(asker: Make, store: Store) -> None:
    provider = FakeProvider([Completion(GOOD.model_dump_json(), None)])
    answer = await ask_once(asker(provider))
    assert answer.estimated
    assert answer.tokens.input == estimate(KETTLE)[0]
    assert answer.tokens.output > 0
    assert answer.cost_usd == CHEAP.cost(answer.tokens.input, answer.tokens.output)
    row = stored(store, KETTLE, provider)
    assert row is not None
    assert row.estimated


async def test_a_call_of_unknown_price_makes_the_total_unknown(asker: Make) -> None:
    provider = FakeProvider([GOOD, OTHER])
    async with asker(provider, price=None) as made:
        first, _ = await results(made, KETTLE, POT)
    assert isinstance(first, Answer)
    assert first.cost_usd is None
    assert made.purse.cost_usd is None
    assert made.purse.tokens.input > 0


async def test_a_reply_that_is_not_whole_is_paid_for_all_the_same(
    asker: Make, store: Store
) -> None:
    cut = Completion('{"tldr": nu', Usage(1000, 4000), "the reply was cut at its longest (length)")
    provider = FakeProvider([cut, GOOD])
    async with asker(provider) as made:
        with pytest.raises(AnswerError, match=r"cut at its longest \(length\)"):
            await made.ask(KETTLE, PaperSummaryReply)
        assert made.purse.cost_usd == pytest.approx(CHEAP.cost(1000, 4000))
        assert made.purse.tokens == Tokens(input=1000, output=4000)
    row = stored(store, KETTLE, provider)
    assert row is not None
    assert (row.raw, row.reply, row.output_tokens) == ("", None, 4000)


async def test_a_reply_that_was_held_is_no_answer_in_the_next_run_either(asker: Make) -> None:
    held = Completion(GOOD.model_dump_json(), Usage(1000, 20), "the reply was held")
    async with asker(FakeProvider([held])) as made:
        with pytest.raises(AnswerError, match="the reply was held"):
            await made.ask(KETTLE, PaperSummaryReply)
    assert (await ask_once(asker(FakeProvider([OTHER])))).reply == OTHER


async def test_replies_that_are_cut_count_against_the_budget(asker: Make) -> None:
    worst = CHEAP.cost(*estimate(MANY[0]))
    cut = Completion("{", Usage(estimate(MANY[0])[0], 4000), "the reply was cut")
    provider = FakeProvider([cut] * 20)
    async with asker(provider, budget=3.5 * worst, concurrency=1) as made:
        outcomes = await results(made, *MANY)
    assert provider.requests == 3
    assert isinstance(made.stopped, BudgetReached)
    assert [type(outcome) for outcome in outcomes] == [AnswerError] * 3 + [BudgetReached] * 17


async def test_a_budget_holds_while_calls_are_under_way(asker: Make) -> None:
    worst = CHEAP.cost(*estimate(MANY[0]))
    dearest = Completion(GOOD.model_dump_json(), Usage(*estimate(MANY[0])))
    provider = FakeProvider([dearest] * 20)
    async with asker(provider, budget=3.5 * worst) as made:
        await made.lease(MANY)
        outcomes = await results(made, *MANY)
    assert provider.requests == provider.most_in_flight == 3
    assert made.purse.cost_usd is not None
    assert made.purse.cost_usd <= 3.5 * worst
    assert [isinstance(outcome, Answer) for outcome in outcomes] == [True] * 3 + [False] * 17


async def test_what_a_call_did_not_cost_is_there_for_the_next(asker: Make) -> None:
    worst = CHEAP.cost(*estimate(MANY[0]))
    provider = FakeProvider([GOOD] * 20)
    async with asker(provider, budget=3.5 * worst, concurrency=1) as made:
        outcomes = await results(made, *MANY)
    assert provider.requests == 20
    assert made.stopped is None
    assert all(isinstance(outcome, Answer) for outcome in outcomes)


async def test_a_call_that_was_never_answered_gives_its_reservation_back(asker: Make) -> None:
    worst = CHEAP.cost(*estimate(KETTLE))
    provider = FakeProvider([AnswerError("no reply in time"), GOOD])
    async with asker(provider, budget=1.5 * worst, concurrency=1) as made:
        failed, fine = await results(made, KETTLE, POT)
    assert isinstance(failed, AnswerError)
    assert isinstance(fine, Answer)


@pytest.mark.parametrize("cap", [1, 4])
async def test_no_more_calls_are_under_way_than_allowed(asker: Make, cap: int) -> None:
    provider = FakeProvider([GOOD] * 20)
    async with asker(provider, concurrency=cap) as made:
        await made.lease(MANY)
        await results(made, *MANY)
    assert provider.most_in_flight == cap


# --- Stopping ----------------------------------------------------------------------------------


async def test_a_refusal_lets_calls_under_way_finish_and_asks_nothing_more(
    asker: Make, store: Store
) -> None:
    refusal = ProviderRefused("the server refuses the key (401)")
    provider = Held((KETTLE, refusal), (POT, GOOD), (PAN, GOOD))
    async with asker(provider, concurrency=2) as made:
        await made.lease([KETTLE, POT, PAN])
        tasks = [start(made, asked) for asked in (KETTLE, POT, PAN)]
        await provider.wait_for(KETTLE, POT)
        provider.open(KETTLE)
        with pytest.raises(ProviderRefused):
            await tasks[0]
        with pytest.raises(ProviderRefused):
            await tasks[2]
        provider.open(POT)
        assert (await tasks[1]).reply == GOOD
        with pytest.raises(ProviderRefused):
            await made.ask(question("We present Hushlid."), PaperSummaryReply)
    assert made.stopped is refusal
    assert len(provider.under_way) == 2
    assert stored(store, POT, provider) is not None
    assert stored(store, PAN, provider) is None


async def test_a_call_waits_for_what_those_under_way_leave_of_the_budget(
    asker: Make, store: Store
) -> None:
    provider = Held((KETTLE, GOOD), (POT, GOOD))
    worst = CHEAP.cost(*estimate(KETTLE))
    async with asker(provider, budget=1.5 * worst) as made:
        tasks = [start(made, asked) for asked in (KETTLE, POT)]
        await provider.wait_for(KETTLE)
        assert len(provider.under_way) == 1
        provider.open(KETTLE)
        provider.open(POT)
        assert [(await task).reply for task in tasks] == [GOOD, GOOD]
    assert made.stopped is None
    assert stored(store, POT, provider) is not None


async def test_a_call_that_waited_for_the_budget_is_not_made_once_the_run_stops(
    asker: Make, store: Store
) -> None:
    refusal = ProviderRefused("the server refuses the key (401)")
    provider = Held((KETTLE, refusal), (POT, GOOD))
    worst = CHEAP.cost(*estimate(KETTLE))
    async with asker(provider, budget=1.5 * worst) as made:
        await made.lease([KETTLE, POT])
        tasks = [start(made, asked) for asked in (KETTLE, POT)]
        await provider.wait_for(KETTLE)
        for asked in (KETTLE, POT):
            provider.open(asked)
        for task in tasks:
            with pytest.raises(ProviderRefused):
                await task
    assert len(provider.under_way) == 1
    assert stored(store, POT, provider) is None


def full(*_: object, **__: object) -> None:
    raise sa.exc.OperationalError("INSERT", {}, Exception("database or disk is full"))


async def test_a_store_that_cannot_be_written_stops_the_buying(
    asker: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider = FakeProvider([GOOD] * 20)
    for name in ("save_raw", "release", "release_all"):
        monkeypatch.setattr(ledger_module, name, full)
    async with asker(provider, concurrency=1) as made:
        outcomes = await results(made, *MANY)
    assert provider.requests == 1
    assert isinstance(made.stopped, StoreError)
    assert all(isinstance(outcome, StoreError) for outcome in outcomes)
    assert made.purse.cost_usd, "the one call was paid for"


async def test_a_store_that_gives_no_leases_sells_nothing(
    asker: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider = FakeProvider([GOOD])
    monkeypatch.setattr(ledger_module, "claim_all", full)
    async with asker(provider) as made:
        await made.lease([KETTLE])
        assert isinstance(made.stopped, StoreError)
        with pytest.raises(StoreError, match="disk is full"):
            await made.ask(KETTLE, PaperSummaryReply)
    assert provider.requests == 0


async def test_the_first_reason_to_stop_is_the_one_that_is_told(asker: Make) -> None:
    refusals = [ProviderRefused("first"), ProviderRefused("second")]
    provider = Held((KETTLE, refusals[0]), (POT, refusals[1]))
    async with asker(provider) as made:
        tasks = [start(made, asked) for asked in (KETTLE, POT)]
        await provider.wait_for(KETTLE, POT)
        for asked, task in zip((KETTLE, POT), tasks, strict=True):
            provider.open(asked)
            with pytest.raises(ConfigError):
                await task
    assert made.stopped is refusals[0]


# --- Ending badly ------------------------------------------------------------------------------


async def test_a_crash_ends_what_is_under_way_and_gives_its_leases_back(
    asker: Make, store: Store
) -> None:
    provider = Held((KETTLE, GOOD), (POT, RuntimeError("a bug")))
    tasks: list[asyncio.Task[Answer[PaperSummaryReply]]] = []

    async def run() -> None:
        async with asyncio.timeout(10), asker(provider) as made:
            tasks.extend(start(made, asked) for asked in (KETTLE, POT))
            await provider.wait_for(KETTLE, POT)
            provider.open(POT)
            await asyncio.gather(*tasks)

    with pytest.raises(RuntimeError, match="a bug"):
        await run()
    assert stored(store, KETTLE, provider) is None
    with pytest.raises(asyncio.CancelledError):
        await tasks[0]


async def test_nothing_can_be_asked_after_the_end(asker: Make) -> None:
    async with asker(FakeProvider([GOOD])) as made:
        pass
    with pytest.raises(LitlineError, match="closed"):
        await made.ask(KETTLE, PaperSummaryReply)


async def test_a_call_that_is_cancelled_gives_its_lease_back(asker: Make, store: Store) -> None:
    provider = Held((KETTLE, GOOD))

    async def run() -> None:
        async with asker(provider) as made:
            await made.lease([KETTLE])
            await made.ask(KETTLE, PaperSummaryReply)

    running = asyncio.create_task(run())
    await provider.wait_for(KETTLE)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert stored(store, KETTLE, provider) is None


async def test_the_fake_says_when_its_queue_is_empty(asker: Make) -> None:
    with pytest.raises(AnswerError, match="no reply left"):
        await ask_once(asker(FakeProvider()))


async def test_the_provider_is_closed_at_the_end(asker: Make) -> None:
    closed: list[bool] = []

    class Closing(FakeProvider):
        async def aclose(self) -> None:
            closed.append(True)

    async with asker(Closing()):
        assert closed == []
    assert closed == [True]


# --- Odd replies -----------------------------------------------------------------------------


@pytest.mark.parametrize("raw", ["[" * 100_000, '{"a":' * 200_000, "{" * 50_000])
async def test_a_reply_that_is_nested_too_deeply_fails_its_question_in_each_run(
    asker: Make, raw: str
) -> None:
    for _ in range(2):
        async with asker(FakeProvider([raw, raw])) as made:
            with pytest.raises(AnswerError):
                await made.ask(KETTLE, PaperSummaryReply)
    assert (await ask_once(asker(FakeProvider([GOOD])), prime=True)).reply == GOOD


@pytest.mark.parametrize(
    "raw",
    [
        f"Set {{1,2}} first. {GOOD.model_dump_json()}",
        f"{GOOD.model_dump_json()} Done :-}}",
        f'Draft: {{"tldr": 1}} Final: {GOOD.model_dump_json()}',
        f'```json\n{{"tldr": 1}}\n```\nBetter:\n```json\n{GOOD.model_dump_json()}\n```',
        f"<reasoning>{{a}}</reasoning>{GOOD.model_dump_json()}",
    ],
)
async def test_the_object_that_fits_is_found_among_others(asker: Make, raw: str) -> None:
    provider = FakeProvider([raw])
    assert (await ask_once(asker(provider))).reply == GOOD
    assert provider.requests == 1


async def test_a_reply_that_was_cut_after_all_was_said_is_an_answer(asker: Make) -> None:
    padded = Completion(GOOD.model_dump_json() + "\n" * 50, Usage(1000, 4000), "cut", cut=True)
    provider = FakeProvider([padded])
    assert (await ask_once(asker(provider))).reply == GOOD
    assert provider.requests == 1


async def test_what_was_asked_at_length_is_mended_at_length(asker: Make) -> None:
    cut = Completion('{"tldr": {"te', Usage(1000, 4000), "the reply was cut", cut=True)
    provider = FakeProvider([cut, "no JSON", GOOD])
    assert (await ask_once(asker(provider))).reply == GOOD
    assert [one.limit for one in provider.history] == [None, 8000, 8000]


@pytest.mark.parametrize(
    "whole", [Completion("", None, "it used all tokens", cut=True), Completion("{}", None, "held")]
)
async def test_without_a_usage_what_is_no_whole_reply_counts_as_the_longest(
    asker: Make, whole: Completion
) -> None:
    made = asker(FakeProvider([whole, whole]))
    async with made:
        with pytest.raises(AnswerError):
            await made.ask(KETTLE, PaperSummaryReply)
    assert made.purse.tokens.output >= 4000


async def test_a_200_that_is_no_reply_may_have_been_billed(asker: Make) -> None:
    made = asker(FakeProvider([UnreadableReply("not a chat completion")]))
    async with made:
        with pytest.raises(AnswerError):
            await made.ask(KETTLE, PaperSummaryReply)
    assert made.purse.lost == 1
    assert made.purse.possibly_billed_usd == pytest.approx(CHEAP.cost(*estimate(KETTLE)))


async def test_two_processes_do_not_buy_an_answer_that_one_is_mending(
    asker: Make, store: Store
) -> None:
    one = FakeProvider(["no JSON", GOOD])
    other = FakeProvider([OTHER])
    first = asker(one, around=surroundings("desk:1:aa"))
    second = asker(other, around=surroundings("desk:2:bb"))
    async with first, second:
        answers = await asyncio.gather(
            first.ask(KETTLE, PaperSummaryReply), second.ask(KETTLE, PaperSummaryReply)
        )
    assert {one.requests, other.requests} in ({2, 0}, {1, 0})
    assert answers[0].reply == answers[1].reply
