"""Prompt and numbered sentences in, validated reply out: the only model call of the project.

An answer is looked for in the store, leased, bought, saved as it came, validated, and kept. Two
that ask the same at once, in one process or in two, buy it once.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import AbstractAsyncContextManager
from types import TracebackType
from typing import TypeVar

from pipeline.answers import (
    Answer,
    Question,
    answer_key,
    answered,
    as_answer,
    complaint,
    estimate,
    fits,
    read_reply,
    require_reply,
    written,
)
from pipeline.errors import (
    AnswerError,
    BudgetReached,
    ConfigError,
    LostReply,
    StoreError,
    UnreadableReply,
)
from pipeline.ledger import Ledger, Surroundings, Wanted
from pipeline.prompts import Prompt
from pipeline.providers.base import MOST_CHARACTERS, Again, Completion, Provider, Request
from pipeline.purse import Purse
from pipeline.schemas import Reply
from pipeline.sheets import Tokens, summed
from pipeline.store import Store, StoredAnswer
from pipeline.tokens import estimate_tokens

R = TypeVar("R", bound=Reply)

_AFTER_LOSS_SECONDS = 1.0
_TURN_TOKENS = 16  # of the envelope of two more messages


class Asker(AbstractAsyncContextManager["Asker"]):
    """Asks one provider, through one store, at most `concurrency` calls at a time.

    `models` names models by prompts that are not asked of the provider's own. `cached` counts
    answers that were found; the `purse` counts what was bought, and `bought` tells it in USD by
    key. `stopped` is the reason why nothing further is asked: calls under way are still finished
    and saved, since they are paid for.
    """

    def __init__(  # noqa: PLR0913 - the parts that a call needs
        self,
        provider: Provider,
        store: Store,
        surroundings: Surroundings,
        *,
        purse: Purse,
        concurrency: int,
        models: Mapping[str, str] | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.provider = provider
        self.purse = purse
        self.cached = 0
        self.bought: dict[str, float | None] = {}
        self.stopped: ConfigError | BudgetReached | None = None
        self._store = store
        self._today = surroundings.today if provider.model is not None else None
        self._models = models or {}
        self._sleep = sleep
        self._slots = asyncio.Semaphore(concurrency)
        self._ledger = Ledger(store, surroundings, provider.engine, provider.model)
        self._flights: dict[str, asyncio.Task[StoredAnswer]] = {}
        self._known: dict[str, StoredAnswer] = {}

    async def __aenter__(self) -> Asker:
        await self._ledger.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._land()
        await self._ledger.__aexit__(kind, error, trace)
        await self.provider.aclose()

    async def _land(self) -> None:
        """End what is still under way, which happens only when an exception ends the run."""
        for flight in self._flights.values():
            flight.cancel()
        await asyncio.gather(*self._flights.values(), return_exceptions=True)

    def key(self, question: Question) -> str:
        """Return the key under which this provider's answer is stored."""
        return answer_key(self.provider.engine, self.model(question), question)

    def model(self, question: Question) -> str | None:
        """Return the model that a question is for; None where the engine has none."""
        return self.model_for(question.prompt)

    def model_for(self, prompt: Prompt) -> str | None:
        """Return the model that a prompt is for; None where the engine has none."""
        own = self.provider.model
        return own if own is None else self._models.get(prompt.name, own)

    def prime(self, questions: Mapping[str, Question]) -> set[str]:
        """Look many answers up at once, by key, and return the keys that have one."""
        self._known |= self._store.answers(list(questions))
        return answered(self._known, questions)

    def is_spoiled(self, question: Question) -> bool:
        """Say whether a reply that was looked up was bought and does not fit its schema."""
        row = self._known.get(self.key(question))
        bought = row is not None and row.raw is not None
        return bought and read_reply(row, question.prompt.reply) is None

    async def lease(self, questions: Iterable[Question]) -> None:
        """Lease the answers that are not known yet, many at once.

        Where the store cannot be written this sets `stopped`, so that nothing is bought.
        """
        keyed = {self.key(question): question for question in questions}
        missing = keyed.keys() - answered(self._known, keyed)
        try:
            await self._ledger.lease(_wanted(key, keyed[key]) for key in sorted(missing))
        except ConfigError as error:
            self._stop(error)

    async def ask(self, question: Question, reply: type[R]) -> Answer[R]:
        """Return the answer to a question, from the store where it is there.

        Raises:
            AnswerError: this question has no usable answer; others may have.
            ProviderRefused, BudgetReached, StoreError: no further question should be asked.
        """
        key = self.key(question)
        known = self._known.get(key)
        found = read_reply(known, reply)
        if known is not None and found is not None:
            self.cached += 1
            return as_answer(known, found)
        if key not in self._flights:
            self._flights[key] = asyncio.create_task(self._fetch(key, question, reply))
        row = await asyncio.shield(self._flights[key])
        found = require_reply(row, reply)
        if row.reply is None:
            self._ledger.keep(key, found.model_dump_json())
        return as_answer(row, found)

    async def _fetch(self, key: str, question: Question, reply: type[R]) -> StoredAnswer:
        """Buy an answer, unless another process has bought it meanwhile."""
        try:
            self._require_going()
            there = await self._ledger.leased(_wanted(key, question), self._require_going)
            if there is not None and read_reply(there, reply) is not None:
                self.cached += 1
                await self._ledger.give_back(key)
                return there
            async with self._slots:
                self._require_going()
                row = await self._buy(key, question, reply)
        except BaseException as error:
            if isinstance(error, ConfigError | BudgetReached):
                self._stop(error)
            # Another process may be waiting for this lease, and this one for a lease of its.
            with contextlib.suppress(StoreError):
                await self._ledger.give_back(key)
            raise
        return row

    def _stop(self, reason: ConfigError | BudgetReached) -> None:
        self.stopped = self.stopped or reason

    def _require_going(self) -> None:
        if self.stopped is not None:
            raise self.stopped

    async def _buy(self, key: str, question: Question, reply: type[R]) -> StoredAnswer:
        """Buy an answer and save it as it came.

        One that was cut is asked for once more at twice the length, one that does not fit its
        schema once more with the reason; the answer has the cost of all.
        """
        request, row = self._request(question), None
        while True:
            completion, spent, cost = await self._called(request)
            usable = _usable(request, completion, reply)
            row = self._row(key, request, completion, spent, cost, row)
            if not usable:
                row = row._replace(raw="")  # what is stored is read without its faults
            following = _following(request, completion, row, reply)
            self.bought[key] = row.cost_usd
            await self._ledger.save(row, done=following is None)
            if following is None:
                _require_whole(request, completion, usable=usable)
                return row
            request = following

    def _request(self, question: Question) -> Request:
        messages, model = written(question), self.model(question)
        tokens = estimate(question)[0]
        return Request(
            question.prompt,
            messages,
            question.sentences,
            model,
            tokens=tokens,
            going=self._require_going,
        )

    def _row(
        self,
        key: str,
        request: Request,
        completion: Completion,
        spent: Tokens,
        cost: float | None,
        before: StoredAnswer | None,
    ) -> StoredAnswer:
        """Return what is stored of a call, over the one `before`, whose cost it takes over."""
        estimated = completion.usage is None and request.model is not None
        return StoredAnswer(
            key=key,
            engine=self.provider.engine,
            model=request.model,
            prompt=_named(request.prompt),
            raw=completion.text,
            reply=None,
            input_tokens=spent.input + (before.input_tokens or 0 if before else 0),
            output_tokens=spent.output + (before.output_tokens or 0 if before else 0),
            estimated=estimated or (before.estimated if before else False),
            cost_usd=summed([cost, before.cost_usd if before else 0.0]),
            date=self._today,
        )

    async def _called(self, request: Request) -> tuple[Completion, Tokens, float | None]:
        """Make a call, and once more if its reply was lost; return what it took and cost in USD."""
        try:
            return await self._call(request)
        except LostReply:
            await self._sleep(_AFTER_LOSS_SECONDS)
            self._require_going()
            return await self._call(request)

    async def _call(self, request: Request) -> tuple[Completion, Tokens, float | None]:
        reserved = await self.purse.reserve(request.model, _most(request))
        try:
            self._require_going()  # the wait for the budget may have been long
            completion = await self.provider.complete(request)
        except (LostReply, UnreadableReply):
            self.purse.lose(reserved)
            raise
        except BaseException:
            self.purse.release(reserved)
            raise
        spent = _spent(request, completion)
        return completion, spent, self.purse.settle(reserved, spent)


def _most(request: Request) -> Tokens:
    """Return the most tokens that a call can take."""
    more = request.again
    words = estimate_tokens(f"{more.reply}{more.complaint}") + _TURN_TOKENS if more else 0
    limit = request.limit or request.prompt.max_output_tokens
    return Tokens(input=request.tokens + words, output=limit)


def _spent(request: Request, completion: Completion) -> Tokens:
    """Return what a call took: as the server states it, else by a safe estimate."""
    if request.model is None:
        return Tokens()
    if completion.usage is not None:
        usage = completion.usage
        return Tokens(input=usage.input, output=usage.output, cached=usage.cached)
    most = _most(request)
    written = estimate_tokens(completion.text)
    whole = completion.fault is None and not completion.shortened
    return Tokens(input=most.input, output=written if whole else most.output)


def _usable(request: Request, completion: Completion, reply: type[Reply]) -> bool:
    """Whether a reply may be an answer; one that was cut after all was said is one."""
    if completion.cut and _cut_prompt(request, completion) is None:
        return fits(completion.text, reply)
    return _lacking(request, completion) is None


def _following(
    request: Request, completion: Completion, row: StoredAnswer, reply: type[Reply]
) -> Request | None:
    """Return what is asked next, if anything: a longer reply, or one that fits; each once."""
    if read_reply(row, reply) is not None:
        return None
    if completion.cut and request.limit is None:
        return request._replace(limit=2 * request.prompt.max_output_tokens)
    if _lacking(request, completion) is not None or request.again is not None:
        return None
    return request._replace(again=Again(completion.text, complaint(row, reply)))


def _require_whole(request: Request, completion: Completion, *, usable: bool) -> None:
    """Refuse a reply that is no whole one, or one to a prompt of which the server cut a part.

    Raises:
        AnswerError: it is.
    """
    lacking = None if usable else _lacking(request, completion)
    if lacking is not None:
        raise AnswerError(lacking)


def _lacking(request: Request, completion: Completion) -> str | None:
    """Say why a reply is no answer, whatever it says; None where it may be one."""
    return completion.fault or _cut_prompt(request, completion)


def _cut_prompt(request: Request, completion: Completion) -> str | None:
    """Say that the server cut the prompt, if it states fewer tokens than the prompt can have."""
    least = len(request.messages.system + request.messages.user) // MOST_CHARACTERS
    if completion.usage is None or not 0 < completion.usage.input < least:
        return None
    return (
        f"the server read {completion.usage.input} tokens of a prompt of at least {least}: "
        "it cut it; give the model a longer context"
    )


def _named(prompt: Prompt) -> str:
    return f"{prompt.name} {prompt.version}"


def _wanted(key: str, question: Question) -> Wanted:
    return Wanted(key, _named(question.prompt))
