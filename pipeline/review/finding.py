"""A claim found by its id among the sheets of an outputs folder, and a verdict on it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from pydantic import TypeAdapter

from pipeline.briefing_sheet import BriefingSheet
from pipeline.digest_sheet import DigestSheet
from pipeline.errors import UsageError
from pipeline.grounding import Failure, check_claim
from pipeline.latex import plain
from pipeline.lineage_sheet import LineageSheet
from pipeline.questions import speaks_of_a_role
from pipeline.report.check_parts import known
from pipeline.report.files import Outputs
from pipeline.review.rules import NEAR, Ruling, kind_of, reviewed_since, word_ratio
from pipeline.review.sheets import (
    NEEDED,
    WHOLE,
    Sheet,
    Texts,
    lost,
    question_part,
    sheet_claims,
    subject_of,
)
from pipeline.reviews import Decision, Part, Returned, Review, Version
from pipeline.sheets import Claim, PaperSheet, Rule
from pipeline.untrusted import hidden
from pipeline.verdicts import known_of

_Model = type[PaperSheet] | type[LineageSheet] | type[DigestSheet] | type[BriefingSheet]
PATHS: dict[str, tuple[str, _Model]] = {
    "litline/paper": ("papers/{}.json", PaperSheet),
    "litline/lineage": ("lineages/{}/lineage.json", LineageSheet),
    "litline/digest": ("digests/{}/digest.json", DigestSheet),
    "litline/briefing": ("briefings/{}/briefing.json", BriefingSheet),
}
"""Where the sheets of each schema lie, and their models."""
_ID = 12  # hex of a claim's id
_RULES = TypeAdapter(list[Rule])


class Found(NamedTuple):
    """A claim, the sheet that holds it, and what of the sheet it belongs to."""

    sheet: Sheet
    field: str
    part: Part
    claim: Claim


class Words(NamedTuple):
    """What a person says of a claim: the verdict, a new text, why, who and when."""

    verdict: Decision
    who: str
    when: str
    note: str | None = None
    text: str | None = None


def bare_id(id_: str) -> str:
    """Return a claim's id, given with or without the letter that anchors on pages begin with."""
    return id_.removeprefix("c") if len(id_) == _ID + 1 else id_


def find_claim(id_: str, outputs: Outputs) -> Found:
    """Return the claim of an id.

    Raises:
        UsageError: no sheet in the outputs holds it.
    """
    id_ = bare_id(id_)
    for path_of, model in PATHS.values():
        for path in outputs.paths(path_of.format("*")):
            text = outputs.read(path)
            sheet = _valid(model, text) if text and f'"{id_}"' in text else None
            for found in held(sheet) if sheet else ():
                if found.claim.id == id_:
                    return found
    raise UsageError(f"no page in {outputs.root} holds a claim {id_!r}")


def every_claim(outputs: Outputs) -> Iterator[Found]:
    """Yield the claims of all pages; what a page says twice in the same words is one."""
    for path_of, model in PATHS.values():
        for path in outputs.paths(path_of.format("*")):
            sheet = _valid(model, outputs.read(path) or "")
            one_each = {
                _said(one.claim): one for one in reversed(list(held(sheet)) if sheet else [])
            }
            yield from reversed(one_each.values())


def twins(found: Found) -> list[Found]:
    """Return a claim, then those of its sheet that say the same of the same quotes elsewhere.

    A page prints such a sentence once, so that a verdict on it is one on all of them.
    """
    others = [
        one
        for one in held(found.sheet)
        if one.claim.id != found.claim.id
        and _said(one.claim) == _said(found.claim)
        and one.field not in NEEDED
    ]
    return [found, *others]


def _said(claim: Claim) -> tuple[str, ...]:
    return claim.kind, claim.text, *(place.quote for place in claim.evidence)


def read_reviewed(schema: str, subject: str, outputs: Outputs) -> Sheet | None:
    """Return the sheet about a subject, as it lies in the outputs; None where there is none."""
    if schema not in PATHS or subject in {".", ".."}:
        return None
    path, model = PATHS[schema]
    text = outputs.read(path.format(subject))
    return _valid(model, text) if text else None


def _valid(model: _Model, text: str) -> Sheet | None:
    try:
        return model.model_validate_json(text)
    except ValueError:
        return None


def held(sheet: Sheet) -> Iterator[Found]:
    """Yield the claims of a sheet, each with what it belongs to."""
    parts = _parts(sheet)
    for field, claim in sheet_claims(sheet):
        yield Found(sheet, field, parts.get((field, claim.id), WHOLE), claim)


def _parts(sheet: Sheet) -> dict[tuple[str, str], Part]:
    """Return what of a sheet its claims belong to, by field and id."""
    found: _Parts = iter(())
    if isinstance(sheet, LineageSheet):
        found = _parts_of_line(sheet)
    elif isinstance(sheet, DigestSheet):
        found = _parts_of_digest(sheet)
    elif isinstance(sheet, BriefingSheet):
        found = _parts_of_briefing(sheet)
    return {(field, claim.id): part for field, part, claim in found if claim}


_Parts = Iterator[tuple[str, Part, Claim | None]]


def _parts_of_line(sheet: LineageSheet) -> _Parts:
    for step in sheet.steps:
        part: Part = {"node": step.node}
        for claims in (step.passage, *step.aspects.values()):
            yield from (("passage", part, claim) for claim in claims)
    for one in sheet.beside:
        yield "beside", {"node": one.node}, one.claim


def _parts_of_digest(sheet: DigestSheet) -> _Parts:
    for news in sheet.followed:
        yield "followed", {"name": news.name}, news.claim
    for one in sheet.opened:
        for slot in ("new", "result", "gap", "code", "why"):
            yield slot, {"paper": one.paper}, getattr(one, slot)
    for line in sheet.lines:
        part: Part = {"line": line.slug}
        yield from (("lines", part, claim) for claim in line.claims)


def _parts_of_briefing(sheet: BriefingSheet) -> _Parts:
    for one in sheet.read:
        yield "what", {"paper": one.paper}, one.what
        yield "why", {"paper": one.paper}, one.why
    for line in sheet.lines:
        yield "lines", {"line": line.slug}, line.claim
    for question in sheet.questions:
        yield "questions", question_part(question), question.claim


def judged(found: Found, words: Words, outputs: Outputs, *, overrule: bool) -> Review:
    """Return a verdict on a claim.

    An edit is checked like any other claim. What fails may be overruled; of what is accepted it is,
    since a judge or a person has let it stand.

    Raises:
        UsageError: the claim cannot be treated so, or the new text fails a check.
    """
    _require_possible(found, words)
    text = " ".join(words.text.split()) if words.text is not None else None
    failures: list[Failure] = []
    if words.verdict in {"accepted", "edited"}:
        failures = failures_of(found, text or found.claim.text, outputs)
    if failures and words.verdict == "edited" and not overrule:
        listed = "\n".join(f"  {one.rule}: {one.message}" for one in failures)
        raise UsageError(f"the new text fails a check (--overrule stands by it):\n{listed}")
    places = found.claim.evidence
    return Review(
        sheet=found.sheet.schema_,
        subject=subject_of(found.sheet),
        field=found.field,
        part=found.part,
        text=found.claim.text,
        kind=found.claim.kind,
        origin=found.claim.origin,
        quotes=[place.quote for place in places],
        documents=[place.document for place in places],
        verdict=words.verdict,
        new_text=text,
        overruled=_RULES.validate_python(list(dict.fromkeys(one.rule for one in failures))),
        note=words.note,
        who=words.who,
        when=words.when,
    )


def _require_possible(found: Found, words: Words) -> None:
    if words.verdict == "edited" and not plain(words.text or "").strip():
        raise UsageError("an edit needs its new words: --text")
    if words.verdict == "edited" and hidden(words.text or ""):
        raise UsageError("the new text holds characters that nobody sees")
    if isinstance(found.sheet, BriefingSheet) and (wrong := speaks_of_a_role(words.text or "")):
        raise UsageError(f"the new text cannot stand: {wrong}")
    if words.verdict == "edited" and found.claim.kind == "computed":
        raise UsageError("a computed claim is counted anew by each run: accept or reject it")
    if words.verdict == "rejected" and found.field in NEEDED:
        raise UsageError("this says why its paper is shown, and cannot go without it")


def refusal(review: Review, outputs: Outputs, now: str) -> str | None:
    """Say why a verdict from elsewhere cannot be taken; None where it can.

    What it lets stand is checked like a verdict that is given here.
    """
    if review.when > now:
        return f"it is dated {review.when}, which has not come yet"
    if review.sheet not in PATHS:
        return f"there are no sheets {review.sheet!r}"
    if review.verdict not in {"accepted", "edited"} or review.kind == "computed":
        return None
    if not review.quotes or not plain(review.said).strip() or hidden(review.said):
        return "it has no words, words that nobody sees, or no quotes"
    return _unfounded(review, outputs)


def _unfounded(review: Review, outputs: Outputs) -> str | None:
    quoted = kind_of(review.said, review.quotes) == "quoted"
    if review.verdict == "accepted" and review.kind == "quoted" and not quoted:
        return "its words are not those of its quote"
    sheet = read_reviewed(review.sheet, review.subject, outputs)
    if sheet is None and not quoted:
        return "the page that it is about is not there, so it cannot be checked"
    if isinstance(sheet, BriefingSheet) and (wrong := speaks_of_a_role(review.said)):
        return wrong
    failures = [] if quoted else check_claim(review.said, review.quotes, _known(sheet, outputs))
    broken = [one for one in failures if one.rule not in review.overruled]
    return "; ".join(f"{one.rule}: {one.message}" for one in broken) or None


def failures_of(found: Found, text: str, outputs: Outputs) -> list[Failure]:
    """Return the checks that a wording of a claim fails."""
    quotes = [place.quote for place in found.claim.evidence]
    if found.claim.kind == "computed" or kind_of(text, quotes) == "quoted":
        return []
    return check_claim(text, quotes, _known(found.sheet, outputs))


def _known(sheet: Sheet | None, outputs: Outputs) -> str:
    """Return what the checks may know beside sentences, as `litline check` does."""
    if sheet is None:
        return ""
    if isinstance(sheet, PaperSheet):
        return known_of(sheet.paper)
    if isinstance(sheet, LineageSheet):
        return sheet.known()
    if isinstance(sheet, DigestSheet):
        papers = {one.paper for one in sheet.opened}
    else:
        asked = {id_ for question in sheet.questions for id_ in question.papers}
        papers = {*asked, *(one.paper for one in sheet.papers)}
    return known(papers, sheet.listed, outputs.root / "papers")


def returned(sheet: Sheet, own: Mapping[str, Sequence[Ruling]], texts: Texts) -> list[Returned]:
    """Return what was approved on a sheet and cannot stand, since its quotes are gone.

    `own` are the verdicts about the sheet, by field. Each is told with the nearest claim of its
    field and part that nobody has read, if there is one; one that has a later verdict is done.
    """
    there = list(held(sheet))
    ids = {one.claim.id for one in there}
    return [
        _returned(ruling.review, [one for one in there if one.field == field])
        for field, rulings in own.items()
        for ruling in rulings
        if _may_return(ruling.review)
        and ruling.review.said_id not in ids
        and not reviewed_since(ruling.review, rulings)
        and lost(sheet, ruling.review, texts)
    ]


def _may_return(review: Review) -> bool:
    return review.verdict != "rejected" and review.kind != "computed"


def _returned(review: Review, there: Iterable[Found]) -> Returned:
    near = [
        (ratio, one.claim)
        for one in there
        if one.part == review.part and one.claim.reviewed is None
        if (ratio := word_ratio(one.claim.text, review.said)) >= NEAR
    ]
    nearest = max(near, key=lambda found: found[0], default=None)
    return Returned(
        sheet=review.sheet,
        subject=review.subject,
        field=review.field,
        verdict=review.verdict,
        before=Version(claim=review.said_id, text=review.said, quotes=review.quotes),
        now=_version(nearest[1]) if nearest else None,
    )


def _version(claim: Claim) -> Version:
    quotes = [place.quote for place in claim.evidence]
    return Version(claim=claim.id, text=claim.text, quotes=quotes)
