"""Verdicts on every claim of sheets of all four kinds."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.report.briefing_markdown import briefing_markdown
from pipeline.report.digest_markdown import digest_markdown
from pipeline.report.files import Outputs
from pipeline.report.html import briefing_html, digest_html, lineage_html, paper_html
from pipeline.report.lineage_markdown import lineage_markdown
from pipeline.report.markdown import paper_markdown
from pipeline.review.finding import Found, Words, find_claim, held, judged
from pipeline.review.rules import standing
from pipeline.review.sheets import NEEDED, Sheet, Texts, review_sheet, sheet_claims, subject_of
from pipeline.reviews import Review
from pipeline.sheets import Claim, PaperSheet, claim_id, places
from tests.briefing_sheets import author, filled_briefing, full, usual
from tests.digest_sheets import big, empty, filled_digest, week
from tests.lineage_sheets import filled_line, forty, six
from tests.page_sheets import claim, filled_with, sheet, summary

RENDER: dict[str, tuple[Callable[[Any], str], ...]] = {
    "litline/paper": (paper_markdown, paper_html),
    "litline/lineage": (lineage_markdown, lineage_html),
    "litline/digest": (digest_markdown, digest_html),
    "litline/briefing": (briefing_markdown, briefing_html),
}
NOWHERE = Texts(frozenset(), str)
HOSTILE = '<script>alert(1)</script> [x](javascript:alert) " onmouseover="x ]]> {{ 7*7 }}'


def paper() -> PaperSheet:
    made = summary(
        claim("Simmer is quiet."),
        results=[claim("It lowers noise by 12 points."), claim("It boils.")],
        problem=[claim("Kettles are loud.")],
    )
    return named(sheet(made))


def named(given: PaperSheet) -> PaperSheet:
    """Give the claims of a paper the ids that are theirs."""
    told = dict(given.summary)
    for field, claims in told.items():
        found = [claims] if isinstance(claims, Claim) else claims or []
        fresh = [one.model_copy(update={"id": _id(given, field, one)}) for one in found]
        told[field] = (fresh or [None])[0] if field == "tldr" else fresh
    return given.model_copy(update={"summary": given.summary.model_copy(update=told)})


def _id(given: Sheet, field: str, one: Claim) -> str:
    quotes = [place.quote for place in one.evidence]
    return claim_id(given.schema_, subject_of(given), field, one.text, quotes)


MAKERS: list[Callable[[], Sheet]] = [paper, six, forty, week, big, empty, author, usual, full]
each_sheet = pytest.mark.parametrize("make", MAKERS, ids=lambda make: make.__name__)


def review(found: Found, verdict: str, **changes: Any) -> Review:
    words = {
        "part": found.part,
        "verdict": verdict,
        "who": "Ada",
        "when": "2031-06-01T09:00:00.000000+00:00",
    }
    given = found.claim
    return Review.model_validate(
        {
            "sheet": found.sheet.schema_,
            "subject": subject_of(found.sheet),
            "field": found.field,
            "text": given.text,
            "kind": given.kind,
            "origin": given.origin,
            "quotes": [place.quote for place in given.evidence],
            "documents": [place.document for place in given.evidence],
            **words,
            **changes,
        }
    )


def texts_of(given: Sheet) -> Texts:
    """Return sources that hold every quote of a sheet."""
    quotes: dict[str, list[str]] = {}
    for place in places(given):
        quotes.setdefault(place.document, []).append(place.quote)
    return Texts(frozenset(quotes), lambda name: "\n".join(quotes[name]))


def applied(given: Sheet, *reviews: Review, texts: Texts = NOWHERE) -> Sheet:
    return review_sheet(given, standing(reviews), texts)


def ids(given: Sheet) -> set[str]:
    return {one.id for _, one in sheet_claims(given)}


def by_id(given: Sheet, id_: str) -> Claim:
    return next(one for _, one in sheet_claims(given) if one.id == id_)


def render(given: Sheet) -> list[str]:
    return [make(given) for make in RENDER[given.schema_]]


def require_counts(given: Sheet) -> None:
    counts = given.stamp.counts
    assert counts.claims == len(sheet_claims(given))
    assert counts.dropped == len(given.dropped)


# --- Every claim of every kind of sheet ------------------------------------------------------


@each_sheet
def test_a_sheet_without_verdicts_is_the_same_object(make: Callable[[], Sheet]) -> None:
    given = make()
    assert applied(given) is given
    for found in held(given):
        other = review(found, "rejected", subject="somebody-else")
        assert applied(given, other) is given


@each_sheet
def test_every_claim_can_be_rejected_and_the_page_still_made(make: Callable[[], Sheet]) -> None:
    given = make()
    for found in held(given):
        told = applied(given, review(found, "rejected", note="wrong"))
        assert (found.claim.id in ids(told)) is (found.field in NEEDED), found
        require_counts(told)
        assert all(render(told))


@each_sheet
def test_all_claims_can_be_rejected_at_once(make: Callable[[], Sheet]) -> None:
    given = make()
    told = applied(given, *(review(found, "rejected") for found in held(given)))
    assert {field for field, _ in sheet_claims(told)} <= NEEDED
    assert all(render(told))


@each_sheet
def test_every_claim_can_be_accepted_and_nothing_else_changes(make: Callable[[], Sheet]) -> None:
    given = make()
    for found in held(given):
        told = applied(given, review(found, "accepted"))
        assert by_id(told, found.claim.id).reviewed == "accepted", found
        assert {(f, c.text) for f, c in sheet_claims(told)} >= {(found.field, found.claim.text)}
        assert all(render(told))


@each_sheet
def test_an_edit_stands_in_place_of_what_another_engine_says(make: Callable[[], Sheet]) -> None:
    given = make()
    for found in held(given):
        if found.claim.kind != "computed":
            edit = review(found, "edited", new_text="Other words of a reviewer.")
            told = applied(given, edit)
            assert found.claim.id not in ids(told), found
            assert by_id(told, edit.said_id).origin == "reviewer"
            require_counts(told)
            assert applied(told, edit) == told
            assert all("Other words of a reviewer." in page for page in render(told)[1:])


@each_sheet
def test_what_no_engine_says_any_more_is_said_again(make: Callable[[], Sheet]) -> None:
    given = make()
    texts = texts_of(given)
    for found in held(given):
        if found.claim.kind != "computed" and found.field not in {"beside", "lines"}:
            without = applied(given, review(found, "rejected"))
            told = applied(without, review(found, "accepted"), texts=texts)
            assert found.claim.id in ids(told), found
            assert [p.quote for p in by_id(told, found.claim.id).evidence] == [
                p.quote for p in found.claim.evidence
            ]


@each_sheet
def test_what_lost_its_source_is_listed(make: Callable[[], Sheet]) -> None:
    given = make()
    for found in held(given):
        if found.claim.kind != "computed":
            lost = review(found, "accepted", quotes=["no such sentence"], documents=["x.txt"])
            told = applied(given, lost)
            assert any("to be reviewed again" in one.reason for one in told.dropped), found


@pytest.mark.parametrize("make", [filled_with, filled_line, filled_digest, filled_briefing])
def test_hostile_words_of_a_reviewer_are_inert(make: Callable[[str], Sheet]) -> None:
    given = make("Simmer is quiet.")
    found = next(one for one in held(given) if one.claim.kind != "computed")
    edit = review(found, "edited", new_text=HOSTILE, overruled=["names"], who=HOSTILE, note=HOSTILE)
    gone = review(found, "rejected", who=HOSTILE, note=HOSTILE, text=HOSTILE)
    for told in (applied(given, edit), applied(given, gone)):
        markdown, html = render(told)
        assert not re.search(r"(?<!\\)<script>alert", html + markdown)
        assert '" onmouseover="x' not in html


# --- Where quotes are searched ---------------------------------------------------------------


def test_the_one_sentence_of_a_paper_is_that_of_the_latest_verdict() -> None:
    given = paper()
    tldr = next(found for found in held(given) if found.field == "tldr")
    other = tldr._replace(claim=claim("Kettles are loud."))
    reviews = [
        review(tldr, "accepted"),
        review(other, "accepted", when="2031-06-02T09:00:00+00:00"),
    ]
    told = applied(given, *reviews, texts=texts_of(given))
    assert isinstance(told, PaperSheet)
    assert told.summary.tldr is not None
    assert told.summary.tldr.text == "Kettles are loud."


def test_a_quote_is_found_in_a_later_text_of_the_same_document() -> None:
    given = paper()
    found = next(held(given))
    without = applied(given, review(found, "rejected"))
    (quote,) = found.claim.evidence
    text = f"A new line. {quote.quote}"
    later = Texts(frozenset({f"{quote.document}~bbbbbb"}), lambda _: text)
    told = applied(without, review(found, "accepted"), texts=later)
    (place,) = by_id(told, found.claim.id).evidence
    assert place.document == f"{quote.document}~bbbbbb"
    assert text[place.start : place.end] == quote.quote


def test_a_quote_is_not_found_in_a_text_that_no_longer_counts() -> None:
    given = paper()
    found = next(held(given))
    without = applied(given, review(found, "rejected"))
    old = Texts(frozenset(), texts_of(given).text)
    assert found.claim.id not in ids(applied(without, review(found, "accepted"), texts=old))


# --- Found by id -----------------------------------------------------------------------------

PATHS = {
    "litline/paper": "papers/{}.json",
    "litline/lineage": "lineages/{}/lineage.json",
    "litline/digest": "digests/{}/digest.json",
    "litline/briefing": "briefings/{}/briefing.json",
}


@each_sheet
def test_every_claim_is_found_by_its_id(make: Callable[[], Sheet], tmp_path: Path) -> None:
    given = make()
    outputs = Outputs(tmp_path)
    outputs.write(PATHS[given.schema_].format(subject_of(given)), given.model_dump_json())
    for found in held(given):
        assert find_claim(found.claim.id, outputs) == found
        if found.field not in NEEDED:
            words = Words("rejected", "Ada", "2031-06-01T09:00:00.000000+00:00")
            verdict = judged(found, words, outputs, overrule=False)
            assert (verdict.claim, verdict.part) == (found.claim.id, found.part)
