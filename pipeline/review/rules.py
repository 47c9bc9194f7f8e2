"""Which verdicts stand, and what they do to the claims of one field."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from pipeline.latex import plain
from pipeline.reviews import Review
from pipeline.sheets import Claim, Dropped, Evidence, Kind
from pipeline.text import normalise, strip_lead_in

SAME = 0.85  # the ratio of words from which on a claim is a rejected one again, inclusive
NEAR = 0.5  # the ratio from which on two claims are about the same matter, inclusive

Place = tuple[str, str, str]  # sheet, subject, field


class Ruling(NamedTuple):
    """A verdict that stands; `covers` are the texts that a rejection keeps away."""

    review: Review
    covers: tuple[str, ...]


def word_ratio(one: str, other: str) -> float:
    """Return how alike two texts are word by word, from 0 to 1."""
    ours, theirs = normalise(one).split(), normalise(other).split()
    return difflib.SequenceMatcher(None, ours, theirs, autojunk=False).ratio()


def moved(reviews: Iterable[Review], aliases: Mapping[str, str]) -> list[Review]:
    """Return verdicts about papers under the ids that these have now."""
    return [_moved(review, aliases) for review in reviews] if aliases else list(reviews)


def _moved(review: Review, aliases: Mapping[str, str]) -> Review:
    def now(value: str | list[str]) -> str | list[str]:
        if isinstance(value, str):
            return aliases.get(value, value)
        return [aliases.get(one, one) for one in value]

    part = {name: now(value) for name, value in review.part.items()}
    paper = review.sheet == "litline/paper"
    subject = aliases.get(review.subject, review.subject) if paper else review.subject
    if (subject, part) == (review.subject, review.part):
        return review
    return review.model_copy(update={"subject": subject, "part": part})


def standing(reviews: Iterable[Review]) -> dict[Place, list[Ruling]]:
    """Return the verdicts that stand, by the field they are about, oldest first.

    A later verdict about the same claim, or about the wording that an edit put in its place, takes
    the place of the earlier one. The order is that of time, then that of the verdicts given.
    """
    found: dict[Place, list[Ruling]] = {}
    for review in sorted(reviews, key=lambda one: one.when):
        here = found.setdefault((review.sheet, review.subject, review.field), [])
        before = [ruling for ruling in here if _is_about(review, ruling.review)]
        here[:] = [ruling for ruling in here if ruling not in before]
        if review.verdict != "withdrawn":
            earlier = (text for ruling in before for text in ruling.covers)
            covers = dict.fromkeys((*earlier, review.text))
            here.append(Ruling(review, tuple(covers)))
    return {place: rulings for place, rulings in found.items() if rulings}


def withdrawn(reviews: Iterable[Review]) -> dict[tuple[str, str], list[Review]]:
    """Return by sheet and subject the verdicts whose last word is that they were taken back."""
    by_place: dict[Place, list[Review]] = {}
    for review in sorted(reviews, key=lambda one: one.when):
        here = by_place.setdefault((review.sheet, review.subject, review.field), [])
        here[:] = [*(one for one in here if not _is_about(review, one)), review]
    found: dict[tuple[str, str], list[Review]] = {}
    for (sheet, subject, _), last in by_place.items():
        if back := [review for review in last if review.verdict == "withdrawn"]:
            found.setdefault((sheet, subject), []).extend(back)
    return found


def _is_about(later: Review, earlier: Review) -> bool:
    return later.claim in {earlier.claim, earlier.said_id}


class Settled(NamedTuple):
    """The claims of a field as people left them, and what they took away."""

    claims: list[Claim]
    dropped: list[Dropped]


Locate = Callable[[Review], list[Evidence] | None]


def settle(claims: Sequence[Claim], rulings: Sequence[Ruling], locate: Locate) -> Settled:
    """Put the verdicts about a field in force.

    An accepted or edited claim takes the place of every claim that rests on the same quotes, and
    is added where none does, as long as `locate` finds its quotes; else it is listed. A rejected
    claim goes, and so does one that shares a quote with it and nearly all words.
    """
    kept = [r.review for r in rulings if r.review.verdict != "rejected" and r.review.quotes]
    out: list[Claim] = []
    dropped: list[Dropped] = []
    for claim in claims:
        holders = [one for one in kept if _same_quotes(one, claim)]
        if claim.kind != "computed" and holders:
            out += [_held(one, _ordered(one, claim.evidence)) for one in holders]
        elif any(_says_more(claim, one) for one in kept):
            continue  # the claim that was approved is added below
        elif (ruling := rejecting(claim, rulings)) is not None:
            dropped.append(_refusal(ruling.review, claim))
        else:
            out.append(_marked(claim, rulings))
    there = {claim.id for claim in out}
    for one in kept:
        if one.kind != "computed" and one.said_id not in there:
            places = locate(one)
            if places is not None:
                out.append(_held(one, places))
            elif not reviewed_since(one, rulings):
                dropped.append(_stale(one))
    return Settled(list({claim.id: claim for claim in out}.values()), dropped)


def rejecting(claim: Claim, rulings: Iterable[Ruling]) -> Ruling | None:
    """Return the rejection that keeps a claim away, if any."""
    quotes = {place.quote for place in claim.evidence}
    for ruling in rulings:
        review = ruling.review
        if review.verdict != "rejected":
            continue
        if any(normalise(claim.text) == normalise(text) for text in ruling.covers) and (
            quotes == set(review.quotes)
        ):
            return ruling
        if quotes & set(review.quotes) and _alike(claim.text, ruling.covers):
            return ruling
    return None


def _alike(text: str, covers: Iterable[str]) -> bool:
    return any(word_ratio(text, other) >= SAME for other in covers)


def _says_more(claim: Claim, review: Review) -> bool:
    """Whether a claim is in the words of an approved one, on its quotes and others."""
    quotes = {place.quote for place in claim.evidence}
    same = claim.text == review.said and claim.kind != "computed"
    return same and quotes > set(review.quotes)


def _same_quotes(review: Review, claim: Claim) -> bool:
    return {place.quote for place in claim.evidence} == set(review.quotes)


def _ordered(review: Review, places: Sequence[Evidence]) -> list[Evidence]:
    by_quote = {place.quote: place for place in places}
    return [by_quote[quote] for quote in review.quotes]


def _held(review: Review, places: list[Evidence]) -> Claim:
    """Return the claim that a verdict keeps."""
    edited = review.verdict == "edited"
    return Claim(
        id=review.said_id,
        text=review.said,
        kind=kind_of(review.said, review.quotes) if edited else review.kind,
        origin="reviewer" if edited else review.origin,
        evidence=places,
        reviewed="edited" if edited else "accepted",
        overruled=review.overruled or None,
    )


def kind_of(text: str, quotes: Sequence[str]) -> Kind:
    """Say whether a wording is that of its one quote, at most without a lead-in."""
    shown = plain(quotes[0]) if len(quotes) == 1 else ""
    return "quoted" if shown and text in {shown, strip_lead_in(shown)} else "derived"


def _marked(claim: Claim, rulings: Iterable[Ruling]) -> Claim:
    """Mark a computed claim that was accepted just as it is; its figures stay code's own."""
    accepted = {r.review.claim for r in rulings if r.review.verdict == "accepted"}
    if claim.kind == "computed" and claim.id in accepted:
        return claim.model_copy(update={"reviewed": "accepted"})
    return claim


def _refusal(review: Review, claim: Claim) -> Dropped:
    note = f": {review.note}" if review.note else ""
    reason = f"rejected by {review.who} on {review.when[:10]}{note}"
    return Dropped(field=review.field, text=claim.text, reason=reason)


def _stale(review: Review) -> Dropped:
    reason = (
        f"{review.verdict} by {review.who} on {review.when[:10]}, but its sentence is no longer in "
        "the source: to be reviewed again"
    )
    return Dropped(field=review.field, text=review.said, reason=reason)


def reviewed_since(review: Review, rulings: Iterable[Ruling]) -> bool:
    """Whether a later verdict is about the same matter, so that this one is done with."""
    return any(
        other.when > review.when and word_ratio(other.text, review.said) >= NEAR
        for other in (ruling.review for ruling in rulings)
    )
