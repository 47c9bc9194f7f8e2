"""What may be printed of a reply: each claim is checked, asked for again once, or replaced.

A claim that fails goes back to the model once, together with the others of its reply, with the
rule and the sentences; then, if a judge is wanted, a second call may overrule the rules that weigh
wording; then the sentence that the extractive engine would choose stands in its place; then it is
refused, with the reason.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

from pipeline.answers import Answer, Question, estimate, written
from pipeline.ask import Asker
from pipeline.errors import AnswerError, LitlineError
from pipeline.grounding import Failure
from pipeline.prompts import load_prompt
from pipeline.providers.base import Provider, Request
from pipeline.schemas import JudgeReply, RepairReply, Reply, SentenceClaim, claims_of
from pipeline.sheets import Origin
from pipeline.tokens import estimate_tokens
from pipeline.verdicts import MAY_OVERRULE, Faults, Verdicts, faults

R = TypeVar("R", bound=Reply)

REPAIR = "claim_repair"
JUDGE = "claim_judge"

_WITHDRAWN = Failure("located", "", "The statement was withdrawn when it was asked for again.")


class Task(NamedTuple):
    """A question and its answer; `metadata` is what `check_claim` takes by that name."""

    question: Question
    answer: Answer[Any]
    metadata: str


class Standing(NamedTuple):
    """A claim that may be printed, and the field and place of the reply in which it stands."""

    field: str
    claim: SentenceClaim
    origin: Origin
    place: str = ""


class Refused(NamedTuple):
    """A claim that must not be printed, and why."""

    field: str
    text: str
    reason: str


class Grounded(NamedTuple):
    """What became of the claims of one reply.

    `answers` are all that were needed, the reply itself first; `asked_again` counts the claims that
    went back, `overruled` those that stand because the judge said so. `unanswered` says why a
    further call that was needed brought nothing; the next run makes it.
    """

    answers: tuple[Answer[Any], ...]
    standing: tuple[Standing, ...]
    refused: tuple[Refused, ...]
    asked_again: int
    overruled: int
    unanswered: str | None


class _Case:
    """A task on its way: its claims as they are now, and what is wrong with them."""

    def __init__(self, task: Task, found: Faults) -> None:
        self.task = task
        self.claims = claims_of(task.answer.reply)
        self.faults = dict(found)
        self.answers: list[Answer[Any]] = [task.answer]
        self.asked_again = 0
        self.overruled = 0
        self.unanswered: str | None = None


class Grounder:
    """Grounds replies of one asker; `stand_in` is the extractive engine."""

    def __init__(
        self, asker: Asker, verdicts: Verdicts, stand_in: Provider, *, judge: bool = False
    ) -> None:
        self.asker = asker
        self._verdicts = verdicts
        self._stand_in = stand_in
        self._judge = judge

    async def ground(self, tasks: Sequence[Task]) -> list[Grounded]:
        """Ground many replies side by side; where asking again fails, sentences stand in.

        Raises:
            StoreError: the verdicts cannot be read or written.
        """
        self._verdicts.prime((task.answer.key, task.metadata) for task in tasks)
        cases = [self._case(task) for task in tasks]
        if self.asker.provider.model is not None:
            await self._ask_again([case for case in cases if case.faults])
            if self._judge:
                await self._ask_judge([case for case in cases if _judged(case)])
            for case in cases:
                self._settle(case)
        self._verdicts.save()
        return [await self._settled(case) for case in cases]

    def _case(self, task: Task) -> _Case:
        claims = claims_of(task.answer.reply)
        return _Case(task, self._check(task, task.answer.key, claims))

    def _check(self, task: Task, key: str, claims: Mapping[str, SentenceClaim]) -> Faults:
        return self._verdicts.of(key, claims, task.question.sentences, task.metadata)

    def _settle(self, case: _Case) -> None:
        """Note what was asked; where a call failed, the next run makes it."""
        if case.unanswered is None:
            answer, claims = case.task.answer, claims_of(case.task.answer.reply)
            judged = self._judge or not _judged(case)
            self._verdicts.settle(answer.key, claims, case.task.metadata, judged=judged)

    # --- Asking again --------------------------------------------------------------------------

    async def _ask_again(self, cases: Sequence[_Case]) -> None:
        asked = [(case, _sent_back(case)) for case in cases]
        questions = [repair_question(c.task.question, c.claims, sent) for c, sent in asked]
        answers = await self._ask_all(cases, questions, RepairReply)
        found = [(a.key, c.task.metadata) for c, a in zip(cases, answers, strict=True) if a]
        self._verdicts.prime(found)
        for (case, sent), answer in zip(asked, answers, strict=True):
            if answer is not None:
                self._take(case, list(sent), answer)

    def _take(self, case: _Case, places: Sequence[str], answer: Answer[RepairReply]) -> None:
        """Put what was said again in the place of what failed."""
        case.asked_again = len(places)
        case.answers.append(answer)
        said = {r.number: r for r in answer.reply.statements if 0 < r.number <= len(places)}
        again = {
            places[number - 1]: SentenceClaim(text=one.text, sentences=one.sentences)
            for number, one in said.items()
            if one.text is not None
        }
        case.claims |= again
        found = self._check(case.task, answer.key, again)
        for number, one in said.items():
            place = places[number - 1]
            if one.text is None:
                case.faults[place] = [_WITHDRAWN]
            elif place in found:
                case.faults[place] = found[place]
            else:
                del case.faults[place]

    async def _ask_judge(self, cases: Sequence[_Case]) -> None:
        questions = [judge_question(case.task.question, _judged(case)) for case in cases]
        answers = await self._ask_all(cases, questions, JudgeReply)
        for case, answer in zip(cases, answers, strict=True):
            if answer is None:
                continue
            case.answers.append(answer)
            held = {v.number for v in answer.reply.verdicts if v.holds}
            denied = {v.number for v in answer.reply.verdicts if not v.holds}
            for number, place in enumerate(list(_judged(case)), start=1):
                if number in held - denied:
                    del case.faults[place]
                    case.overruled += 1

    async def _ask_all(
        self, cases: Sequence[_Case], questions: Sequence[Question], reply: type[R]
    ) -> list[Answer[R] | None]:
        """Ask side by side; None where there is no usable answer.

        A reply that was bought and cannot be used is not bought again; a call that failed in
        another way is noted in its case.
        """
        if not questions:
            return []
        self.asker.prime({self.asker.key(question): question for question in questions})
        spoiled = [self.asker.is_spoiled(question) for question in questions]
        pairs = list(zip(questions, spoiled, strict=True))
        await self.asker.lease(question for question, spoilt in pairs if not spoilt)
        asked = (
            _nothing() if spoilt else self.asker.ask(question, reply) for question, spoilt in pairs
        )
        answers: list[Answer[R] | None] = []
        found = await asyncio.gather(*asked, return_exceptions=True)
        for case, answer in zip(cases, found, strict=True):
            if isinstance(answer, LitlineError):
                case.unanswered = str(answer)
            elif isinstance(answer, BaseException):
                raise answer
            answers.append(None if isinstance(answer, BaseException) else answer)
        return answers

    # --- What stands ---------------------------------------------------------------------------

    async def _settled(self, case: _Case) -> Grounded:
        origin: Origin = "extractive" if self.asker.provider.model is None else "model"
        standing, refused = [], []
        instead = await self._instead(case) if case.faults and origin == "model" else {}
        for place, claim in case.claims.items():
            if place not in case.faults:
                standing.append(Standing(_field(place), claim, origin, place))
            elif spare := instead.get(_field(place)):
                standing.append(Standing(_field(place), spare.pop(0), "fallback", place))
            else:
                refused.append(Refused(_field(place), claim.text, _reason(case.faults[place])))
        return Grounded(
            answers=tuple(case.answers),
            standing=tuple(standing),
            refused=tuple(refused),
            asked_again=case.asked_again,
            overruled=case.overruled,
            unanswered=case.unanswered,
        )

    async def _instead(self, case: _Case) -> dict[str, list[SentenceClaim]]:
        """Return the sentences that may stand in, by field: those that no claim there cites."""
        question = case.task.question
        request = Request(question.prompt, written(question), question.sentences)
        try:
            completion = await self._stand_in.complete(request)
        except AnswerError:  # the engine has no answer to this prompt
            return {}
        reply = question.prompt.reply.model_validate_json(completion.text)
        taken = {
            (_field(place), number)
            for place, claim in case.claims.items()
            if place not in case.faults
            for number in claim.sentences
        }
        spare: dict[str, list[SentenceClaim]] = {}
        for place, claim in claims_of(reply).items():
            fits = not faults(claim, question.sentences, case.task.metadata)
            if fits and taken.isdisjoint((_field(place), n) for n in claim.sentences):
                spare.setdefault(_field(place), []).append(claim)
        return spare


async def _nothing() -> None:
    """Stand for a call that is not made."""


MOST_STATEMENTS = 6000
"""Estimated tokens of the statements that go back; what is beyond is replaced at once."""


def most_follow_ups(question: Question, *, judge: bool) -> list[tuple[int, int]]:
    """Return the most input and output tokens of each call that grounding a reply may need."""
    prompts = [load_prompt(REPAIR)] + [load_prompt(JUDGE)] * judge
    asked = (estimate(Question(prompt, question.sentences)) for prompt in prompts)
    return [(inputs + MOST_STATEMENTS, outputs) for inputs, outputs in asked]


def _sent_back(case: _Case) -> Faults:
    """Return the claims that go back with their faults: as many as the price's bound allows."""
    sent: Faults = {}
    used = 0
    for place, failures in case.faults.items():
        used += estimate_tokens(_statement(place, case.claims[place], failures)) + _LINE
        if used <= MOST_STATEMENTS:
            sent[place] = failures
    return sent


_LINE = 8  # tokens of a line's number and break


def repair_question(
    question: Question, claims: Mapping[str, SentenceClaim], found: Faults
) -> Question:
    """Return what is asked about claims that failed: each with its sentences and its faults."""
    statements = tuple(_statement(place, claims[place], f) for place, f in found.items())
    return Question(load_prompt(REPAIR), question.sentences, statements)


def _statement(place: str, claim: SentenceClaim, failures: Sequence[Failure]) -> str:
    return f"{_shown(place, claim)} {' '.join(failure.message for failure in failures)}"


def judge_question(question: Question, claims: Mapping[str, SentenceClaim]) -> Question:
    """Return what a judge is asked about claims."""
    statements = tuple(_shown(place, claim) for place, claim in claims.items())
    return Question(load_prompt(JUDGE), question.sentences, statements)


def _shown(place: str, claim: SentenceClaim) -> str:
    numbers = ", ".join(map(str, claim.sentences)) or "none"
    return f"{_field(place)}: “{' '.join(claim.text.split())}” Cites: {numbers}."


def _judged(case: _Case) -> dict[str, SentenceClaim]:
    """Return the claims that fail by nothing but rules that a judge may overrule."""
    return {
        place: case.claims[place]
        for place, failures in case.faults.items()
        if {failure.rule for failure in failures} <= MAY_OVERRULE
    }


def _field(place: str) -> str:
    return place.partition(".")[0]


def _reason(failures: Iterable[Failure]) -> str:
    return " ".join(f"{failure.rule}: {failure.message}" for failure in failures)
