"""What does this paper say? One sheet per paper, from its abstract or its whole text."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from pipeline.answers import Answer, Question
from pipeline.ask import Asker
from pipeline.chunking import Sentence, Unit, units
from pipeline.errors import LitlineError
from pipeline.figures import printed_numbers
from pipeline.grounded import Grounded, Grounder, Standing, Task
from pipeline.lacking import lacks
from pipeline.library import Entry
from pipeline.links import links
from pipeline.prompts import load_prompt
from pipeline.records import Coverage
from pipeline.result_figures import ResultFigure, result_figures
from pipeline.schemas import PaperSummaryReply
from pipeline.sheets import (
    FIELDS,
    Claim,
    Counts,
    Dropped,
    Evidence,
    Failure,
    FigureRow,
    Figures,
    Flag,
    PaperSheet,
    Release,
    Stamp,
    Summary,
    Tokens,
    claim_id,
    count,
)
from pipeline.text import normalise
from pipeline.untrusted import findings
from pipeline.verdicts import is_copy, known_of

STAGE = "summaries"
CHECKS = "checks"
PROMPT = "paper_summary"
_SHEET = "litline/paper"


class Work(NamedTuple):
    """A paper, the units of its text, and the question for each."""

    entry: Entry
    units: tuple[Unit, ...]
    questions: tuple[Question, ...]


class Asked(NamedTuple):
    """A paper and the answers to its questions; empty where one of them failed, with the reason."""

    work: Work
    answers: tuple[Answer[PaperSummaryReply], ...]
    failure: Failure | None


class Outcome(NamedTuple):
    """What became of one paper: a sheet, or a failure."""

    sheet: PaperSheet | None
    failure: Failure | None


def plan_paper(entry: Entry) -> Work:
    """Return what is asked about a paper; nothing for one without any text."""
    if entry.document is None or entry.record is None:
        return Work(entry, (), ())
    prompt = load_prompt(PROMPT)
    found = tuple(units(entry.document, entry.record))
    questions = tuple(Question(prompt, tuple(s.text for s in unit.sentences)) for unit in found)
    return Work(entry, found, questions)


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
    batch: Sequence[Asked], grounder: Grounder, coverage: Sequence[Coverage]
) -> list[Outcome]:
    """Check what the answers say, and make the sheets."""
    answered = [asked for asked in batch if asked.failure is None]
    tasks = [
        Task(question, answer, known_of(asked.work.entry.paper))
        for asked in answered
        for question, answer in zip(asked.work.questions, asked.answers, strict=True)
    ]
    grounded = iter(await grounder.ground(tasks))
    outcomes = []
    for asked in batch:
        if asked.failure is not None:
            outcomes.append(Outcome(None, asked.failure))
        else:
            parts = [next(grounded) for _ in asked.answers]
            outcomes.append(Outcome(_sheet(asked.work, parts, grounder.asker, coverage), None))
    return outcomes


def _sheet(
    work: Work, parts: Sequence[Grounded], asker: Asker, coverage: Sequence[Coverage]
) -> PaperSheet:
    summary = _summary(work, parts)
    dropped = [Dropped(**refused._asdict()) for part in parts for refused in part.refused]
    held = {ref.document for ref in work.entry.paper.records}
    claims = [claim for _, claim in summary.claims()]
    again = sum(part.asked_again for part in parts)
    overruled = sum(part.overruled for part in parts)
    answers = [answer for part in parts for answer in part.answers]
    return PaperSheet(
        paper=work.entry.paper,
        details=work.entry.details,
        coverage=[line for line in coverage if line.document in held],
        summary=summary,
        figures=list(_figure_rows(work)),
        releases=list(_releases(work)),
        flags=list(_flags(work)),
        stamp=_stamp(answers, asker, count(claims, len(dropped), again, overruled)),
        dropped=dropped,
    )


def _stamp(answers: Sequence[Answer[Any]], asker: Asker, counts: Counts) -> Stamp:
    prompt = load_prompt(PROMPT)
    costs = [answer.cost_usd for answer in answers]
    return Stamp(
        engine=asker.provider.engine,
        model=asker.provider.model,
        prompt=prompt.name,
        prompt_version=prompt.version,
        inputs=[answer.key for answer in answers],
        date=max((answer.date for answer in answers if answer.date), default=None),
        tokens=Tokens(
            input=sum(answer.tokens.input for answer in answers),
            output=sum(answer.tokens.output for answer in answers),
        ),
        tokens_estimated=any(answer.estimated for answer in answers),
        cost_usd=None if None in costs else sum(cost or 0 for cost in costs),
        counts=counts,
    )


def _summary(work: Work, parts: Sequence[Grounded]) -> Summary:
    """Merge what stands of all units: the first TL;DR, and each list without repeats."""
    paper = work.entry.paper.id
    found: dict[str, list[Claim]] = {field: [] for field in ("tldr", *FIELDS)}
    for unit, question, part in zip(work.units, work.questions, parts, strict=True):
        for standing in part.standing:
            copied = is_copy(standing.claim, question.sentences)
            found[standing.field].append(_claim(paper, standing, unit, copied=copied))
    tldrs = found.pop("tldr")
    lists = {field: _distinct(claims) for field, claims in found.items()}
    return Summary(tldr=next(iter(tldrs), None), **lists)


def _distinct(claims: Iterable[Claim]) -> list[Claim]:
    first: dict[str, Claim] = {}
    for claim in claims:
        first.setdefault(normalise(claim.text), claim)
    return list(first.values())


def _claim(paper: str, standing: Standing, unit: Unit, *, copied: bool) -> Claim:
    text = " ".join(standing.claim.text.split())
    numbers = sorted(set(standing.claim.sentences))
    cited = [unit.sentences[number - 1] for number in numbers]
    evidence = [_evidence(sentence) for sentence in cited]
    result = standing.field == "results"
    return Claim(
        id=claim_id(_SHEET, paper, standing.field, text, [e.quote for e in evidence]),
        text=text,
        kind="quoted" if copied else "derived",
        origin=standing.origin,
        evidence=evidence,
        figures=_figures(text, cited) if result else None,
        lacks=(lacks(text) or None) if result else None,
    )


def _figures(text: str, cited: Sequence[Sentence]) -> list[Figures]:
    """Return the figures of the cited sentences that a claim prints."""
    said = printed_numbers(text)
    rows = (row for sentence in cited for row in result_figures(sentence.text))
    return [
        Figures(**_measured(row))
        for row in rows
        if {abs(n) for n in (row.value, row.difference) if n is not None} <= said
    ]


def _measured(row: ResultFigure) -> dict[str, Any]:
    return {name: getattr(row, name) for name in Figures.model_fields}


def _figure_rows(work: Work) -> Iterator[FigureRow]:
    for unit in work.units:
        for sentence in unit.sentences:
            for row in result_figures(sentence.text):
                yield FigureRow(
                    **_measured(row),
                    subject=row.subject,
                    value_printed=row.achieved.words if row.achieved else None,
                    difference_printed=row.change.change if row.change else None,
                    evidence=_evidence(sentence),
                )


def _releases(work: Work) -> Iterator[Release]:
    for unit in work.units:
        for link in links(unit.sentences):
            yield Release(
                kinds=list(link.kinds),
                url=link.url,
                released=link.released,
                evidence=_evidence(unit.sentences[link.sentence - 1]),
            )


def _evidence(sentence: Sentence) -> Evidence:
    return Evidence(
        document=sentence.document, start=sentence.start, end=sentence.end, quote=sentence.quote
    )


def _flags(work: Work) -> Iterator[Flag]:
    """Yield the passages of a paper that look as if they were written for a model."""
    for unit in work.units:
        for sentence in unit.sentences:
            for finding in findings(sentence.quote):
                place = _evidence(sentence)
                yield Flag(sign=finding.sign, shown=finding.shown, evidence=place)
