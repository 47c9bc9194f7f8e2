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
    """A claim that may be printed, and the field of the reply in which it stands."""

    field: str
    claim: SentenceClaim
    origin: Origin


class Refused(NamedTuple):
    """A claim that must not be printed, and why."""

    field: str
    text: str
    reason: str


class Grounded(NamedTuple):
    """What became of the claims of one reply.

    `answers` are all that were needed, the reply itself first; `asked_again` counts the claims that
    went back, `overruled` those that stand because the judge said so.
    """

    answers: tuple[Answer[Any], ...]
    standing: tuple[Standing, ...]
    refused: tuple[Refused, ...]
    asked_again: int
    overruled: int


class _Case:
    """A task on its way: its claims as they are now, and what is wrong with them."""

    def __init__(self, task: Task, found: Faults) -> None:
        self.task = task
        self.claims = claims_of(task.answer.reply)
        self.faults = dict(found)
        self.answers: list[Answer[Any]] = [task.answer]
        self.asked_again = 0
        self.overruled = 0


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
        self._verdicts.prime([task.answer.key for task in tasks])
        cases = [_Case(task, self._check(task, task.answer.key)) for task in tasks]
        if self.asker.provider.model is not None:
            await self._ask_again([case for case in cases if case.faults])
            if self._judge:
                await self._ask_judge([case for case in cases if _judged(case)])
        for case in cases:
            if not case.faults or len(case.answers) > 1:
                self._verdicts.settle(case.task.answer.key, case.task.metadata)
        self._verdicts.save()
        return [await self._settled(case) for case in cases]

    def _check(
        self, task: Task, key: str, claims: Mapping[str, SentenceClaim] | None = None
    ) -> Faults:
        claims = claims_of(task.answer.reply) if claims is None else claims
        return self._verdicts.of(key, claims, task.question.sentences, task.metadata)

    # --- Asking again --------------------------------------------------------------------------

    async def _ask_again(self, cases: Sequence[_Case]) -> None:
        questions = [repair_question(c.task.question, c.claims, c.faults) for c in cases]
        answers = await self._ask_all(questions, RepairReply)
        self._verdicts.prime([answer.key for answer in answers if answer])
        for case, answer in zip(cases, answers, strict=True):
            if answer is not None:
                self._take(case, answer)

    def _take(self, case: _Case, answer: Answer[RepairReply]) -> None:
        """Put what was said again in the place of what failed."""
        places = list(case.faults)
        case.asked_again = len(places)
        case.answers.append(answer)
        said = {r.number: r for r in answer.reply.statements if 0 < r.number <= len(places)}
        again = {
            places[number - 1]: SentenceClaim(text=one.text, sentences=one.sentences)
            for number, one in said.items()
            if one.text is not None
        }
        withdrawn = {places[number - 1] for number, one in said.items() if one.text is None}
        case.claims |= again
        found = self._check(case.task, answer.key, again)
        for place in places:
            if place in withdrawn:
                case.faults[place] = [_WITHDRAWN]
            elif place in found:
                case.faults[place] = found[place]
            elif place in again:
                del case.faults[place]

    async def _ask_judge(self, cases: Sequence[_Case]) -> None:
        questions = [judge_question(case.task.question, _judged(case)) for case in cases]
        for case, answer in zip(cases, await self._ask_all(questions, JudgeReply), strict=True):
            if answer is None:
                continue
            case.answers.append(answer)
            places = list(_judged(case))
            held = {v.number for v in answer.reply.verdicts if v.holds}
            denied = {v.number for v in answer.reply.verdicts if not v.holds}
            for number, place in enumerate(places, start=1):
                if number in held - denied:
                    del case.faults[place]
                    case.overruled += 1

    async def _ask_all(
        self, questions: Sequence[Question], reply: type[R]
    ) -> list[Answer[R] | None]:
        """Ask side by side; None where there is no usable answer, or asking has stopped."""
        if not questions:
            return []
        self.asker.prime({self.asker.key(question): question for question in questions})
        await self.asker.lease(questions)
        asked = (self.asker.ask(question, reply) for question in questions)
        answers: list[Answer[R] | None] = []
        for answer in await asyncio.gather(*asked, return_exceptions=True):
            if isinstance(answer, BaseException) and not isinstance(answer, LitlineError):
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
                standing.append(Standing(_field(place), claim, origin))
            elif spare := instead.get(_field(place)):
                standing.append(Standing(_field(place), spare.pop(0), "fallback"))
            else:
                refused.append(Refused(_field(place), claim.text, _reason(case.faults[place])))
        return Grounded(
            tuple(case.answers), tuple(standing), tuple(refused), case.asked_again, case.overruled
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
            (_field(place), tuple(claim.sentences))
            for place, claim in case.claims.items()
            if place not in case.faults
        }
        spare: dict[str, list[SentenceClaim]] = {}
        for place, claim in claims_of(reply).items():
            fits = not faults(claim, question.sentences, case.task.metadata)
            if fits and (_field(place), tuple(claim.sentences)) not in taken:
                spare.setdefault(_field(place), []).append(claim)
        return spare


def most_follow_ups(question: Question, *, judge: bool) -> list[tuple[int, int]]:
    """Return the most input and output tokens of each call that grounding a reply may need."""
    said = 2 * question.prompt.max_output_tokens  # each statement, and what is wrong with it
    prompts = [load_prompt(REPAIR)] + [load_prompt(JUDGE)] * judge
    asked = (estimate(Question(prompt, question.sentences)) for prompt in prompts)
    return [(inputs + said, outputs) for inputs, outputs in asked]


def repair_question(
    question: Question, claims: Mapping[str, SentenceClaim], found: Faults
) -> Question:
    """Return what is asked about claims that failed: each with its sentences and its faults."""
    statements = tuple(
        f"{_shown(place, claims[place])} {' '.join(failure.message for failure in failures)}"
        for place, failures in found.items()
    )
    return Question(load_prompt(REPAIR), question.sentences, statements)


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
