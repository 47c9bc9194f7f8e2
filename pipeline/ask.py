"""Prompt and numbered sentences in, validated reply out: the only model call of the project.

An answer is looked for in the store, leased, bought, saved as it came, validated, and kept. Two
that ask the same at once, in one process or in two, buy it once.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterable, Mapping
from contextlib import AbstractAsyncContextManager
from types import TracebackType
from typing import TypeVar

from pipeline.answers import (
    Answer,
    Question,
    answer_key,
    answered,
    as_answer,
    estimate,
    read_reply,
    require_reply,
    written,
)
from pipeline.errors import AnswerError, BudgetReached, ConfigError, StoreError
from pipeline.ledger import Ledger, Surroundings, Wanted
from pipeline.prices import Budget, Price
from pipeline.providers.base import Completion, Provider, Request
from pipeline.schemas import Reply
from pipeline.sheets import Tokens
from pipeline.store import Store, StoredAnswer
from pipeline.tokens import estimate_tokens

R = TypeVar("R", bound=Reply)


class Asker(AbstractAsyncContextManager["Asker"]):
    """Asks one provider, through one store, at most `concurrency` calls at a time.

    `cached` counts answers that were found, `tokens` and `cost_usd` what was bought; `cost_usd` is
    None once a call was bought whose price is unknown. `stopped` is the reason why nothing further
    is asked: calls under way are still finished and saved, since they are paid for.
    """

    def __init__(
        self,
        provider: Provider,
        store: Store,
        surroundings: Surroundings,
        *,
        price: Price | None,
        budget: Budget,
        concurrency: int,
    ) -> None:
        self.provider = provider
        self.cached = 0
        self.tokens = Tokens()
        self.cost_usd: float | None = 0.0
        self.stopped: ConfigError | BudgetReached | None = None
        self._store = store
        self._today = surroundings.today if provider.model is not None else None
        self._price = price
        self._budget = budget
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
        return answer_key(self.provider.engine, self.provider.model, question)

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
                completion = await self._buy(question)
                row = self._row(key, question, completion)
                await self._ledger.save(row)
            _require_whole(completion)
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

    async def _buy(self, question: Question) -> Completion:
        worst = self._price.cost(*estimate(question)) if self._price else 0.0
        await self._budget.reserve(worst)
        spent = 0.0
        try:
            self._require_going()  # the wait for the budget may have been long
            request = Request(question.prompt, written(question), question.sentences)
            completion = await self.provider.complete(request)
            spent = self._count(question, completion)
        finally:
            self._budget.settle(worst, spent)
        return completion

    def _count(self, question: Question, completion: Completion) -> float:
        """Add a call to the totals and return what it cost, 0 where the price is unknown."""
        tokens, cost = self._spent(question, completion)
        self.tokens = Tokens(
            input=self.tokens.input + tokens.input, output=self.tokens.output + tokens.output
        )
        self.cost_usd = None if cost is None or self.cost_usd is None else self.cost_usd + cost
        return cost or 0.0

    def _spent(self, question: Question, completion: Completion) -> tuple[Tokens, float | None]:
        usage = completion.usage
        if self.provider.model is None:
            return Tokens(), 0.0
        if usage is not None:
            tokens = Tokens(input=usage.input, output=usage.output)
        else:
            output = estimate_tokens(completion.text)
            tokens = Tokens(input=estimate(question)[0], output=output)
        cost = self._price.cost(tokens.input, tokens.output) if self._price else None
        return tokens, cost

    def _row(self, key: str, question: Question, completion: Completion) -> StoredAnswer:
        tokens, cost = self._spent(question, completion)
        return StoredAnswer(
            key=key,
            engine=self.provider.engine,
            model=self.provider.model,
            prompt=_wanted(key, question).prompt,
            raw=completion.text,
            reply=None,
            input_tokens=tokens.input,
            output_tokens=tokens.output,
            estimated=completion.usage is None and self.provider.model is not None,
            cost_usd=cost,
            date=self._today,
        )


def _require_whole(completion: Completion) -> None:
    if completion.fault is not None:
        raise AnswerError(completion.fault)


def _wanted(key: str, question: Question) -> Wanted:
    return Wanted(key, f"{question.prompt.name} {question.prompt.version}")
