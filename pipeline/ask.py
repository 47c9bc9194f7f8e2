"""Prompt and numbered sentences in, validated reply out: the only model call of the project.

An answer is looked for in the store, leased, bought, saved as it came, validated, and kept. Two
that ask the same at once, in one process or in two, buy it once.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractAsyncContextManager
from functools import partial
from hashlib import sha256
from types import TracebackType
from typing import Generic, NamedTuple, TypeVar

from pydantic import ValidationError

from pipeline.errors import AnswerError, BudgetReached, ConfigError
from pipeline.prices import Budget, Price
from pipeline.prompts import Prompt, numbered, render
from pipeline.providers.base import Completion, Provider, Request
from pipeline.schemas import Reply
from pipeline.sheets import Tokens
from pipeline.store import Lease, Store, StoredAnswer, claim, release, save_answer
from pipeline.tokens import estimate_tokens
from pipeline.writer import GroupWriter

R = TypeVar("R", bound=Reply)

LEASE_SECONDS = 900
_POLL_SECONDS = 0.25
_ENVELOPE_TOKENS = 16


class Question(NamedTuple):
    """A prompt and the sentences that it is asked about, in order."""

    prompt: Prompt
    sentences: tuple[str, ...]


class Answer(NamedTuple, Generic[R]):
    """A validated reply and what it cost on the day it was bought; extractive replies cost 0."""

    key: str
    reply: R
    tokens: Tokens
    estimated: bool
    cost_usd: float | None
    date: str | None
    cached: bool


class Surroundings(NamedTuple):
    """What comes from outside: the day, the clock, this process, and whether another still runs."""

    today: str
    now: Callable[[], float]
    owner: str
    alive: Callable[[str], bool]


def answer_key(engine: str, model: str | None, question: Question) -> str:
    """Return the key of an answer: engine, model, prompt fingerprint and canonical input."""
    parts = [engine, model, question.prompt.fingerprint, list(question.sentences)]
    return sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()


def estimate(question: Question) -> tuple[int, int]:
    """Return a safe estimate of input tokens, and the most output tokens, of one call."""
    prompt = question.prompt
    changing = estimate_tokens(numbered(question.sentences))
    return prompt.fixed_tokens + changing + _ENVELOPE_TOKENS, prompt.max_output_tokens


def answered(rows: Iterable[StoredAnswer]) -> set[str]:
    """Return the keys of rows that hold a reply, validated or raw."""
    return {row.key for row in rows if row.reply is not None or row.raw is not None}


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
        self.store = store
        self.cached = 0
        self.tokens = Tokens()
        self.cost_usd: float | None = 0.0
        self.stopped: ConfigError | BudgetReached | None = None
        self._around = surroundings
        self._price = price
        self._budget = budget
        self._slots = asyncio.Semaphore(concurrency)
        self._writer = GroupWriter(store)
        self._flights: dict[str, asyncio.Task[StoredAnswer]] = {}
        self._known: dict[str, StoredAnswer] = {}

    async def __aenter__(self) -> Asker:
        await self._writer.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._writer.__aexit__(kind, error, trace)
        await self.provider.aclose()

    def key(self, question: Question) -> str:
        """Return the key under which this provider's answer is stored."""
        return answer_key(self.provider.engine, self.provider.model, question)

    def prime(self, questions: Mapping[str, Question]) -> set[str]:
        """Look many answers up at once, by key, and return the keys that have one."""
        self._known |= self.store.answers(list(questions))
        return answered(self._known.values())

    async def ask(self, question: Question, reply: type[R]) -> Answer[R]:
        """Return the answer to a question, from the store where it is there.

        Raises:
            AnswerError: this question has no usable answer; others may have.
            ProviderRefused, BudgetReached, StoreError: no further question should be asked.

        """
        key = self.key(question)
        known = self._known.get(key)
        if known is not None and (found := _read(known, reply)) is not None:
            self.cached += 1
            return _answer(known, found, cached=True)
        flight = self._flights.get(key)
        bought = flight is None
        if flight is None:
            flight = asyncio.ensure_future(self._fetch(key, question, reply))
            self._flights[key] = flight
        row = await flight
        found = _read(row, reply)
        if found is None:
            raise AnswerError(_fault(row, reply))
        if bought and row.reply is None:
            await self._write(key, {"reply": found.model_dump_json()})
        return _answer(row, found, cached=False)

    async def _fetch(self, key: str, question: Question, reply: type[R]) -> StoredAnswer:
        """Buy an answer, or wait for the process that is buying it."""
        async with self._slots:
            if self.stopped is not None:
                raise self.stopped
            try:
                completion = await self._claim_and_buy(key, question, reply)
                if isinstance(completion, StoredAnswer):
                    return completion
            except (ConfigError, BudgetReached) as error:
                self.stopped = error
                raise
        return await self._save(key, question, completion)

    async def _claim_and_buy(
        self, key: str, question: Question, reply: type[R]
    ) -> Completion | StoredAnswer:
        there = await self._lease(key, question)
        if there is not None and _read(there, reply) is not None:
            await self._write(key, {"owner": None, "expires": None})
            self.cached += 1
            return there
        try:
            return await self._buy(question)
        except BaseException:
            await self._writer.write(partial(release, key=key))
            raise

    async def _lease(self, key: str, question: Question) -> StoredAnswer | None:
        """Take the lease, waiting for another process that holds it; return what is there."""
        around = self._around
        while True:
            lease = Lease(
                key=key,
                engine=self.provider.engine,
                model=self.provider.model,
                prompt=f"{question.prompt.name} {question.prompt.version}",
                owner=around.owner,
                expires=around.now() + LEASE_SECONDS,
            )
            job = partial(claim, lease=lease, now=around.now(), alive=around.alive)
            claimed = await self._writer.write(job)
            if claimed.taken:
                return claimed.answer
            await asyncio.sleep(_POLL_SECONDS)

    async def _buy(self, question: Question) -> Completion:
        messages = render(question.prompt, {"sentences": numbered(question.sentences)})
        worst = self._price.cost(*estimate(question)) if self._price else 0.0
        self._budget.reserve(worst)
        spent = 0.0
        try:
            completion = await self.provider.complete(
                Request(question.prompt, messages, question.sentences)
            )
            spent = self._cost(question, completion)[1] or 0.0
        finally:
            self._budget.settle(worst, spent)
        return completion

    def _cost(self, question: Question, completion: Completion) -> tuple[Tokens, float | None]:
        usage = completion.usage
        if self.provider.model is None:
            return Tokens(), 0.0
        tokens = (
            Tokens(input=usage.input, output=usage.output)
            if usage
            else Tokens(input=estimate(question)[0], output=estimate_tokens(completion.text))
        )
        cost = self._price.cost(tokens.input, tokens.output) if self._price else None
        return tokens, cost

    async def _save(self, key: str, question: Question, completion: Completion) -> StoredAnswer:
        tokens, cost = self._cost(question, completion)
        values: dict[str, object] = {
            "raw": completion.text,
            "reply": None,
            "input_tokens": tokens.input,
            "output_tokens": tokens.output,
            "estimated": completion.usage is None and self.provider.model is not None,
            "cost_usd": cost,
            "date": self._around.today if self.provider.model is not None else None,
        }
        self._count(tokens, cost)
        try:
            await self._write(key, {**values, "owner": None, "expires": None})
        except ConfigError as error:
            self.stopped = error
            raise
        named: dict[str, object] = {
            "key": key,
            "engine": self.provider.engine,
            "model": self.provider.model,
            "prompt": question.prompt.name,
        }
        return StoredAnswer(**{**named, **values})  # type: ignore[arg-type] # the columns above

    def _count(self, tokens: Tokens, cost: float | None) -> None:
        self.tokens = Tokens(
            input=self.tokens.input + tokens.input, output=self.tokens.output + tokens.output
        )
        self.cost_usd = None if cost is None or self.cost_usd is None else self.cost_usd + cost

    async def _write(self, key: str, values: Mapping[str, object]) -> None:
        await self._writer.write(partial(save_answer, key=key, values=dict(values)))


def _read(row: StoredAnswer, reply: type[R]) -> R | None:
    """Return the reply of a row that fits the schema; the raw text counts too."""
    for text in (row.reply, row.raw):
        if text is None:
            continue
        try:
            return reply.model_validate_json(text)
        except ValidationError:
            continue
    return None


def _fault(row: StoredAnswer, reply: type[Reply]) -> str:
    try:
        reply.model_validate_json(row.raw or "")
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(map(str, first["loc"])) or "the reply"
        return f"the reply does not fit the schema: {where}: {first['msg']}"
    return "the reply does not fit the schema"


def _answer(row: StoredAnswer, reply: R, *, cached: bool) -> Answer[R]:
    return Answer(
        key=row.key,
        reply=reply,
        tokens=Tokens(input=row.input_tokens or 0, output=row.output_tokens or 0),
        estimated=row.estimated,
        cost_usd=row.cost_usd,
        date=row.date,
        cached=cached,
    )
