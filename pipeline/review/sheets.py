"""Verdicts put in force in a whole sheet, of whichever of the four kinds."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import NamedTuple, TypeVar, cast

from pydantic import ValidationError

from pipeline.briefing_sheet import BriefingSheet, Question, TakesPart, ToRead
from pipeline.digest_sheet import DigestSheet, Moved, News, Opened
from pipeline.lineage_sheet import LineageSheet, LineageStep
from pipeline.review.rules import Place, Ruling, settle
from pipeline.reviews import Part, Review
from pipeline.sheets import FIELDS, Claim, Dropped, Evidence, PaperSheet, Summary, count
from pipeline.steps.summarise import with_figures

Sheet = PaperSheet | LineageSheet | DigestSheet | BriefingSheet
Rulings = Mapping[Place, Sequence[Ruling]]
_Sheet = TypeVar("_Sheet", bound=Sheet)

WHOLE: Part = {}  # a claim of the sheet itself
NEEDED = frozenset({"why"})  # fields without which their item would be none


class Texts(NamedTuple):
    """The sources: `current` are the documents that count, `text` gives one's text."""

    current: frozenset[str]
    text: Callable[[str], str]


def subject_of(sheet: Sheet) -> str:
    """Return what a sheet is about, as ids of claims name it."""
    if isinstance(sheet, PaperSheet):
        return sheet.paper.id
    return sheet.name if isinstance(sheet, DigestSheet) else sheet.slug


def review_sheet(sheet: _Sheet, rulings: Rulings, texts: Texts) -> _Sheet:
    """Return a sheet with the verdicts about it in force; without any, the sheet itself."""
    place = (sheet.schema_, subject_of(sheet))
    own = {field: found for (*of, field), found in rulings.items() if tuple(of) == place}
    return _Reviewing(sheet, own, texts).done(sheet) if own else sheet


class _Reviewing:
    """One sheet, and the verdicts about it by field."""

    def __init__(self, sheet: Sheet, rulings: Mapping[str, Sequence[Ruling]], texts: Texts) -> None:
        self._sheet = sheet
        self._rulings = rulings
        self._texts = texts
        self._dropped: list[Dropped] = []

    def done(self, sheet: _Sheet) -> _Sheet:
        """Return the sheet with verdicts in force and its counts told anew."""
        told: Sheet
        if isinstance(sheet, PaperSheet):
            told = sheet.model_copy(update={"summary": self._summary(sheet)})
        elif isinstance(sheet, LineageSheet):
            told = self._lineage(sheet)
        elif isinstance(sheet, DigestSheet):
            told = self._digest(sheet)
        else:
            told = self._briefing(sheet)
        dropped = list(dict.fromkeys([*sheet.dropped, *self._dropped]))
        return cast("_Sheet", recounted(told.model_copy(update={"dropped": dropped})))

    def lost(self, review: Review) -> bool:
        """Whether the quotes of a verdict are no longer all found in the sources that count."""
        return self._locate(review) is None

    # --- Fields ----------------------------------------------------------------------------

    def _list(self, field: str, claims: Sequence[Claim], part: Part = WHOLE) -> list[Claim]:
        """Return the claims of a field, or of its part, with its verdicts in force."""
        there = {claim.id for claim in claims}
        about = self._rulings.get(field, ())
        here = [ruling for ruling in about if _concerns(ruling.review, part, there)]
        if not here:
            return list(claims)
        settled = settle(claims, here, self._locate)
        self._dropped += settled.dropped
        return settled.claims

    def _one(self, field: str, claim: Claim | None, part: Part = WHOLE) -> Claim | None:
        """Return the one claim of a field: that of the latest verdict, where one keeps any."""
        found = self._list(field, [claim] if claim else [], part)
        return next((one for one in reversed(found) if one.reviewed), None) or (
            found[0] if found else None
        )

    def _needed(self, field: str, claim: Claim, part: Part = WHOLE) -> Claim:
        """Return a claim that its item cannot do without; no verdict takes it away."""
        before = len(self._dropped)
        found = self._one(field, claim, part)
        if found is None:
            del self._dropped[before:]
        return found or claim

    def _locate(self, review: Review) -> list[Evidence] | None:
        """Search the quotes of a verdict in the sources that count; None where one is gone."""
        found = [
            self._place(document, quote)
            for document, quote in zip(review.documents, review.quotes, strict=True)
        ]
        places = [place for place in found if place]
        return places if len(places) == len(found) else None

    def _place(self, document: str, quote: str) -> Evidence | None:
        for name, first, last in self._spans(document):
            at = self._texts.text(name).find(quote, first, last)
            if at >= 0:
                return Evidence(document=name, start=at, end=at + len(quote), quote=quote)
        return None

    def _spans(self, document: str) -> Iterable[tuple[str, int, int | None]]:
        """Yield where to search: the document itself, the paper's wordings, later texts of it."""
        current = self._texts.current
        wordings = self._sheet.details.wordings if isinstance(self._sheet, PaperSheet) else []
        own = [w for w in wordings if w.document == document]
        others = [w for w in wordings if w.document != document]
        yield from ((w.document, w.start, w.end) for w in own if w.document in current)
        if document in current:
            yield document, 0, None
        yield from ((w.document, w.start, w.end) for w in others if w.document in current)
        stem = document.partition("~")[0]
        later = (name for name in sorted(current) if name.partition("~")[0] == stem)
        yield from ((name, 0, None) for name in later if name != document)

    # --- Kinds of sheets -------------------------------------------------------------------

    def _summary(self, sheet: PaperSheet) -> Summary:
        summary = sheet.summary
        lists = {field: self._list(field, getattr(summary, field)) for field in FIELDS}
        lists["results"] = [
            with_figures(claim, sheet.figures) if claim.reviewed else claim
            for claim in lists["results"]
        ]
        return Summary(tldr=self._one("tldr", summary.tldr), **lists)

    def _lineage(self, sheet: LineageSheet) -> LineageSheet:
        beside = [
            one.model_copy(update={"claim": self._one("beside", one.claim, {"node": one.node})})
            for one in sheet.beside
        ]
        return sheet.model_copy(
            update={
                "short": self._list("short", sheet.short),
                "steps": [self._step(step) for step in sheet.steps],
                "beside": beside,
                "gaps": self._list("gaps", sheet.gaps),
            }
        )

    def _step(self, step: LineageStep) -> LineageStep:
        """Return a step; a claim that was added stands in its passage."""
        groups = [step.passage, *step.aspects.values()]
        before = list({claim.id: claim for group in groups for claim in group}.values())
        after = self._list("passage", before, {"node": step.node})
        added = [claim for claim in after if not _stands_for(claim, before)]
        passage = [claim for claim in after if _stands_for(claim, step.passage)]
        aspects = {
            name: [claim for claim in after if _stands_for(claim, claims)]
            for name, claims in step.aspects.items()
        }
        return step.model_copy(update={"passage": [*passage, *added], "aspects": aspects})

    def _digest(self, sheet: DigestSheet) -> DigestSheet:
        lines = [self._moved(line) for line in sheet.lines]
        return sheet.model_copy(
            update={
                "followed": [n for n in map(self._news, sheet.followed) if n],
                "short": self._list("short", sheet.short),
                "opened": [self._opened(one) for one in sheet.opened],
                "lines": [line for line in lines if line.claims],
                "changed": self._list("changed", sheet.changed),
                "told": self._list("trends", sheet.told),
                "trust": self._list("trust", sheet.trust),
            }
        )

    def _news(self, news: News) -> News | None:
        claim = self._one("followed", news.claim, {"name": news.name})
        return news.model_copy(update={"claim": claim}) if claim else None

    def _opened(self, one: Opened) -> Opened:
        part: Part = {"paper": one.paper}
        slots = ("new", "result", "gap", "code")
        update: dict[str, Claim | None] = {
            slot: self._one(slot, getattr(one, slot), part) for slot in slots
        }
        return one.model_copy(update=update | {"why": self._needed("why", one.why, part)})

    def _moved(self, line: Moved) -> Moved:
        claims = self._list("lines", line.claims, {"line": line.slug})
        return line.model_copy(update={"claims": claims})

    def _briefing(self, sheet: BriefingSheet) -> BriefingSheet:
        fields = ("short", "careful", "facts", "new", "people", "released", "figures", "unknown")
        lists = {field: self._list(field, getattr(sheet, field)) for field in fields}
        return sheet.model_copy(
            update={
                **lists,
                "read": [self._read(one) for one in sheet.read],
                "lines": [line for line in map(self._part, sheet.lines) if line],
                "questions": self._questions(sheet.questions),
            }
        )

    def _read(self, one: ToRead) -> ToRead:
        part: Part = {"paper": one.paper}
        what = self._one("what", one.what, part)
        return one.model_copy(update={"what": what, "why": self._needed("why", one.why, part)})

    def _part(self, line: TakesPart) -> TakesPart | None:
        claim = self._one("lines", line.claim, {"line": line.slug})
        return line.model_copy(update={"claim": claim}) if claim else None

    def _questions(self, questions: Sequence[Question]) -> list[Question]:
        """Return the questions; one that was kept and is not asked any more is asked again."""
        held = [ruling.review for ruling in self._rulings.get("questions", ())]
        parts = [question_part(question) for question in questions]
        kept = [one.part for one in held if one.verdict != "rejected" and one.part not in parts]
        found = []
        for part, question in zip(parts, questions, strict=True):
            claim = self._one("questions", question.claim, part)
            found += [question.model_copy(update={"claim": claim})] if claim else []
        for part in kept:
            claim = self._one("questions", None, part)
            found += _asked_again(part, claim) if claim else []
        return found


def _concerns(review: Review, part: Part, there: Collection[str]) -> bool:
    """Whether a verdict is about this part of a field, or about a claim that stands there too."""
    named = {review.claim, review.said_id} & set(there)
    return review.part == part or review.verdict == "rejected" or bool(named)


def _stands_for(claim: Claim, before: Sequence[Claim]) -> bool:
    """Whether a claim is one of these, or took the place of one by a verdict."""
    quotes = {place.quote for place in claim.evidence}
    return any(
        claim.id == one.id
        or (claim.reviewed is not None and quotes == {place.quote for place in one.evidence})
        for one in before
    )


def _asked_again(part: Part, claim: Claim) -> list[Question]:
    """Return the question that a verdict names; none where it names none."""
    try:
        return [Question.model_validate({**part, "claim": claim})]
    except ValidationError:
        return []


def question_part(question: Question) -> Part:
    """Return what tells a question from the others of its briefing."""
    return {"kind": question.kind, "ask": question.ask, "papers": list(question.papers)}


def recounted(sheet: _Sheet) -> _Sheet:
    """Return a sheet with its claims counted anew."""
    counts, claims = sheet.stamp.counts, (claim for _, claim in sheet_claims(sheet))
    told = count(claims, len(sheet.dropped), counts.asked_again, counts.overruled)
    stamp = sheet.stamp.model_copy(update={"counts": told})
    return cast("_Sheet", sheet.model_copy(update={"stamp": stamp}))


def lost(sheet: Sheet, review: Review, texts: Texts) -> bool:
    """Whether quotes of a verdict on a sheet are no longer found in the sources that count."""
    return _Reviewing(sheet, {}, texts).lost(review)


def sheet_claims(sheet: Sheet) -> list[tuple[str, Claim]]:
    """Return the claims of a sheet, each with its field."""
    holder = sheet.summary if isinstance(sheet, PaperSheet) else sheet
    return list(holder.claims())
