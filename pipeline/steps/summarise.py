"""What does this paper say? One sheet per paper, from its abstract or its whole text."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from pipeline.answers import Answer, Question
from pipeline.ask import Asker
from pipeline.chunking import Sentence, Unit, units
from pipeline.errors import LitlineError
from pipeline.figures import printed_numbers
from pipeline.latex import plain
from pipeline.library import Entry
from pipeline.prompts import load_prompt
from pipeline.records import Coverage
from pipeline.schemas import Figure, PaperSummaryReply, ResultClaim, SentenceClaim
from pipeline.sheets import (
    FIELDS,
    Claim,
    Dropped,
    Evidence,
    Failure,
    Figures,
    Origin,
    PaperSheet,
    Stamp,
    Summary,
    Tokens,
    claim_id,
    count,
)
from pipeline.text import normalise, strip_lead_in

STAGE = "summaries"
PROMPT = "paper_summary"
_SHEET = "litline/paper"


class Work(NamedTuple):
    """A paper, the units of its text, and the question for each."""

    entry: Entry
    units: tuple[Unit, ...]
    questions: tuple[Question, ...]


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


async def summarise_batch(
    batch: Sequence[Work], asker: Asker, coverage: Sequence[Coverage]
) -> list[Outcome]:
    """Summarise papers side by side; one that fails is listed, and the others go on."""
    await asker.lease(question for work in batch for question in work.questions)
    return await asyncio.gather(*(_summarise(work, asker, coverage) for work in batch))


async def _summarise(work: Work, asker: Asker, coverage: Sequence[Coverage]) -> Outcome:
    asked = (asker.ask(question, PaperSummaryReply) for question in work.questions)
    answers = []
    for answer in await asyncio.gather(*asked, return_exceptions=True):
        if isinstance(answer, LitlineError):
            failure = Failure(paper=work.entry.paper.id, stage=STAGE, reason=str(answer))
            return Outcome(None, failure)
        if isinstance(answer, BaseException):
            raise answer
        answers.append(answer)
    return Outcome(_sheet(work, answers, asker, coverage), None)


def _sheet(
    work: Work,
    answers: Sequence[Answer[PaperSummaryReply]],
    asker: Asker,
    coverage: Sequence[Coverage],
) -> PaperSheet:
    model = asker.provider.model
    origin: Origin = "extractive" if model is None else "model"
    maker = _ClaimMaker(work.entry.paper.id, origin)
    summary = maker.summary(list(zip(work.units, answers, strict=True)))
    prompt = load_prompt(PROMPT)
    costs = [answer.cost_usd for answer in answers]
    held = {ref.document for ref in work.entry.paper.records}
    return PaperSheet(
        paper=work.entry.paper,
        details=work.entry.details,
        coverage=[line for line in coverage if line.document in held],
        summary=summary,
        stamp=Stamp(
            engine=asker.provider.engine,
            model=model,
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
            counts=count((claim for _, claim in summary.claims()), len(maker.dropped)),
        ),
        dropped=maker.dropped,
    )


class _ClaimMaker:
    """Turns replies into claims of one paper; what cannot stand goes to `dropped`."""

    def __init__(self, paper: str, origin: Origin) -> None:
        self.dropped: list[Dropped] = []
        self._paper = paper
        self._origin = origin

    def summary(self, answered: Sequence[tuple[Unit, Answer[PaperSummaryReply]]]) -> Summary:
        """Merge the replies of all units: the first TL;DR, and each list without repeats."""
        lists = {
            field: self._distinct(
                claim
                for unit, answer in answered
                for claim in self._claims(field, getattr(answer.reply, field), unit)
            )
            for field in FIELDS
        }
        tldrs = (
            claim
            for unit, answer in answered
            if answer.reply.tldr
            for claim in self._claims("tldr", [answer.reply.tldr], unit)
        )
        return Summary(tldr=next(tldrs, None), **lists)

    def _distinct(self, claims: Iterable[Claim]) -> list[Claim]:
        first: dict[str, Claim] = {}
        for claim in claims:
            first.setdefault(normalise(claim.text), claim)
        return list(first.values())

    def _claims(self, field: str, said: Sequence[SentenceClaim], unit: Unit) -> Iterable[Claim]:
        for one in said:
            try:
                yield self._claim(field, one, unit)
            except ValueError as error:
                self.dropped.append(Dropped(field=field, text=one.text, reason=str(error)))

    def _claim(self, field: str, said: SentenceClaim, unit: Unit) -> Claim:
        cited = _cited(said, unit)
        text = " ".join(said.text.split())
        evidence = [
            Evidence(document=s.document, start=s.start, end=s.end, quote=s.quote) for s in cited
        ]
        copied = len(cited) == 1 and text in {cited[0].text, strip_lead_in(cited[0].text)}
        return Claim(
            id=claim_id(_SHEET, self._paper, field, text, [e.quote for e in evidence]),
            text=text,
            kind="quoted" if copied else "derived",
            origin=self._origin,
            evidence=evidence,
            figures=self._figures(said, cited) if isinstance(said, ResultClaim) else None,
        )

    def _figures(self, said: ResultClaim, cited: Sequence[Sentence]) -> list[Figures]:
        printed = printed_numbers(" ".join(s.text for s in cited))
        kept = []
        for figure in said.figures:
            if _numbers(figure) <= printed:
                kept.append(Figures(**figure.model_dump()))
            else:
                reason = "a figure that the cited sentences do not print"
                self.dropped.append(
                    Dropped(field="figures", text=figure.model_dump_json(), reason=reason)
                )
        return kept


def _cited(said: SentenceClaim, unit: Unit) -> list[Sentence]:
    """Return the sentences that a claim cites, in order.

    Raises:
        ValueError: it says nothing, cites nothing, or cites a sentence that does not exist.
    """
    if not plain(said.text):
        raise ValueError("the claim is blank")
    if not said.sentences:
        raise ValueError("the claim cites no sentence")
    there = {s.number: s for s in unit.sentences}
    missing = [n for n in said.sentences if n not in there]
    if missing:
        raise ValueError(f"sentence {missing[0]} does not exist; there are {len(there)}")
    return [there[n] for n in sorted(set(said.sentences))]


def _numbers(figure: Figure) -> set[float]:
    return {abs(n) for n in (figure.value, figure.difference) if n is not None}
