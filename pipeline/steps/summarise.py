"""What does this paper say? One sheet per paper, from its abstract or its whole text."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import NamedTuple

from pipeline.answers import Answer, Question
from pipeline.ask import Asker
from pipeline.chunking import Sentence, Sentences, Unit, units
from pipeline.errors import LitlineError
from pipeline.facts import FactFinder, Facts, evidence
from pipeline.figures import printed_numbers
from pipeline.grounded import Grounded, Grounder, Standing, Task
from pipeline.lacking import lacks
from pipeline.library import Entry
from pipeline.prompts import load_prompt
from pipeline.records import Coverage
from pipeline.schemas import PaperSummaryReply
from pipeline.sheets import (
    FIELDS,
    Claim,
    Dropped,
    Failure,
    FigureRow,
    Figures,
    PaperSheet,
    Summary,
    claim_id,
    count,
)
from pipeline.telling import model_stamp
from pipeline.text import normalise
from pipeline.verdicts import is_copy, known_of
from pipeline.vocabulary import themes_of

STAGE = "summaries"
CHECKS = "checks"
PROMPT = "paper_summary"
_SHEET = "litline/paper"


class Work:
    """A paper, the units of its text, and the question for each; none for one without any text.

    Both are worked out when they are first asked for.
    """

    def __init__(self, entry: Entry) -> None:
        self.entry = entry

    @cached_property
    def units(self) -> tuple[Unit, ...]:
        """The units of the paper's text."""
        document, record = self.entry.document, self.entry.record
        return tuple(units(document, record)) if document and record else ()

    @property
    def sentences(self) -> Sequence[Sentence]:
        """The sentences of all units."""
        return Sentences(lambda: self.units)

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        """What is asked about each unit."""
        prompt = load_prompt(PROMPT)
        return tuple(Question(prompt, tuple(s.text for s in unit.sentences)) for unit in self.units)


class Asked(NamedTuple):
    """A paper and the answers to its questions; empty where one of them failed, with the reason."""

    work: Work
    answers: tuple[Answer[PaperSummaryReply], ...]
    failure: Failure | None


class Outcome(NamedTuple):
    """What became of one paper: a sheet, a failure, or both where a check could not be asked."""

    sheet: PaperSheet | None
    failure: Failure | None


def plan_paper(entry: Entry) -> Work:
    """Return what is asked about a paper."""
    return Work(entry)


async def ask_batch(batch: Sequence[Work], asker: Asker) -> list[Asked]:
    """Ask about papers side by side; one that fails is listed, and the others go on."""
    await asker.lease(question for work in batch for question in work.questions)
    return await asyncio.gather(*(_ask(work, asker) for work in batch))


async def _ask(work: Work, asker: Asker) -> Asked:
    asked = (asker.ask(question, PaperSummaryReply) for question in work.questions)
    answers = []
    for answer in await asyncio.gather(*asked, return_exceptions=True):
        if isinstance(answer, LitlineError):
            failure = Failure(paper=work.entry.paper.id, stage=STAGE, reason=str(answer))
            return Asked(work, (), failure)
        if isinstance(answer, BaseException):
            raise answer
        answers.append(answer)
    return Asked(work, tuple(answers), None)


async def ground_batch(
    batch: Sequence[Asked], grounder: Grounder, finder: FactFinder, coverage: Sequence[Coverage]
) -> list[Outcome]:
    """Check what the answers say, find what code can find, and make the sheets."""
    answered = [asked for asked in batch if asked.failure is None]
    tasks = [
        Task(question, answer, known_of(asked.work.entry.paper))
        for asked in answered
        for question, answer in zip(asked.work.questions, asked.answers, strict=True)
    ]
    grounded = iter(await grounder.ground(tasks))
    finder.prime(unit for asked in answered for unit in asked.work.units)
    outcomes = []
    for asked in batch:
        if asked.failure is not None:
            outcomes.append(Outcome(None, asked.failure))
        else:
            parts = [next(grounded) for _ in asked.answers]
            facts = finder.of(asked.work.units)
            sheet = _sheet(asked.work, parts, facts, grounder.asker, coverage)
            outcomes.append(Outcome(sheet, _unanswered(asked.work, parts)))
    finder.save()
    return outcomes


def _unanswered(work: Work, parts: Sequence[Grounded]) -> Failure | None:
    """List a paper whose claims should have gone back, and could not."""
    reasons = (part.unanswered for part in parts if part.unanswered is not None)
    reason = next(reasons, None)
    if reason is None:
        return None
    return Failure(paper=work.entry.paper.id, stage=CHECKS, reason=reason)


def _sheet(
    work: Work,
    parts: Sequence[Grounded],
    facts: Facts,
    asker: Asker,
    coverage: Sequence[Coverage],
) -> PaperSheet:
    summary = _summary(work, parts, facts)
    dropped = [Dropped(**refused._asdict()) for part in parts for refused in part.refused]
    held = {ref.document for ref in work.entry.paper.records}
    claims = [claim for _, claim in summary.claims()]
    again = sum(part.asked_again for part in parts)
    overruled = sum(part.overruled for part in parts)
    answers = [answer for part in parts for answer in part.answers]
    counts = count(claims, len(dropped), again, overruled)
    return PaperSheet(
        paper=work.entry.paper,
        details=work.entry.details,
        coverage=[line for line in coverage if line.document in held],
        summary=summary,
        **facts._asdict(),
        themes=themes_of(work.entry),
        stamp=model_stamp(answers, asker, load_prompt(PROMPT), counts),
        dropped=dropped,
    )


def _summary(work: Work, parts: Sequence[Grounded], facts: Facts) -> Summary:
    """Merge what stands of all units: the first TL;DR, and each list without repeats."""
    paper = work.entry.paper.id
    found: dict[str, list[Claim]] = {field: [] for field in ("tldr", *FIELDS)}
    for unit, question, part in zip(work.units, work.questions, parts, strict=True):
        for standing in part.standing:
            claim = _claim(paper, standing, unit, question)
            result = standing.field == "results"
            found[standing.field].append(with_figures(claim, facts.figures) if result else claim)
    tldrs = found.pop("tldr")
    lists = {field: _distinct(claims) for field, claims in found.items()}
    return Summary(tldr=next(iter(tldrs), None), **lists)


def _distinct(claims: Iterable[Claim]) -> list[Claim]:
    first: dict[str, Claim] = {}
    for claim in claims:
        first.setdefault(normalise(claim.text), claim)
    return list(first.values())


def _claim(paper: str, standing: Standing, unit: Unit, question: Question) -> Claim:
    text = " ".join(standing.claim.text.split())
    numbers = sorted(set(standing.claim.sentences))
    places = [evidence(unit.sentences[number - 1]) for number in numbers]
    return Claim(
        id=claim_id(_SHEET, paper, standing.field, text, [e.quote for e in places]),
        text=text,
        kind="quoted" if is_copy(standing.claim, question.sentences) else "derived",
        origin=standing.origin,
        evidence=places,
    )


def with_figures(claim: Claim, rows: Sequence[FigureRow]) -> Claim:
    """Add to a result the figures of its sentences that it prints, and what it does not give."""
    said = printed_numbers(claim.text)
    figures = [
        Figures(**row.model_dump(include=set(Figures.model_fields)))
        for row in rows
        if row.evidence in claim.evidence
        and {abs(n) for n in (row.value, row.difference) if n is not None} <= said
    ]
    return claim.model_copy(update={"figures": figures, "lacks": lacks(claim.text) or None})
