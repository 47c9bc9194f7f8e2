from __future__ import annotations

from collections.abc import Callable

import pytest

from pipeline.lineage_sheet import LineageSheet
from pipeline.review.finding import held
from pipeline.review.force import InForce
from pipeline.review.sheets import Sheet, sheet_claims
from pipeline.reviews import Review
from pipeline.sheets import PaperSheet
from tests.briefing_sheets import author
from tests.digest_sheets import week
from tests.lineage_sheets import six
from tests.test_review_sheets import paper, review, texts_of

LATER = "2031-06-02T09:00:00+00:00"
MAKES = pytest.mark.parametrize("make", [paper, six, week, author])


def force(given: Sheet, *reviews: Review) -> InForce:
    return InForce(reviews, {}, texts_of(given))


def back(given: Review) -> Review:
    return given.model_copy(update={"verdict": "withdrawn", "when": LATER})


def shown(given: Sheet) -> list[tuple[object, ...]]:
    """Return what is printed of claims; quotes may be found elsewhere in these made-up sources."""
    return [
        (field, one.id, one.text, one.kind, one.origin, one.reviewed or "", one.overruled or "")
        for field, one in sheet_claims(given)
    ]


@MAKES
@pytest.mark.parametrize(
    ("verdict", "more"), [("accepted", {}), ("edited", {"new_text": "It boils quietly now."})]
)
def test_what_was_accepted_or_edited_is_as_it_was(
    make: Callable[[], Sheet], verdict: str, more: dict[str, str]
) -> None:
    given = make()
    for found in held(given):
        if found.claim.kind == "computed" or not found.claim.evidence:
            continue
        said = review(found, verdict, **more)
        marked = force(given, said).apply(given)
        assert marked != given
        told = force(given, said, back(said)).apply(marked)
        assert shown(told) == shown(given)
        assert (told.dropped, told.stamp) == (given.dropped, given.stamp)


@MAKES
def test_a_rejected_claim_stands_again(make: Callable[[], Sheet]) -> None:
    given = make()
    for found in held(given):
        if found.claim.kind == "computed" or not found.claim.evidence or found.field == "why":
            continue
        said = review(found, "rejected")
        without = force(given, said).apply(given)
        told = force(given, said, back(said)).apply(without)
        assert sorted(shown(told)) == sorted(shown(given))
        assert told.dropped == given.dropped
        assert told.stamp == given.stamp


@MAKES
def test_verdicts_that_are_in_force_change_nothing_more(make: Callable[[], Sheet]) -> None:
    given = make()
    reviews = [review(one, "accepted") for one in held(given) if one.claim.evidence]
    told = force(given, *reviews).apply(given)
    assert force(given, *reviews).apply(told) == told
    assert force(given).apply(given) is given


def test_other_verdicts_stay_where_one_is_taken_back() -> None:
    given = paper()
    first, second, *_ = list(held(given))
    kept, gone = review(first, "accepted"), review(second, "rejected")
    marked = force(given, kept, gone).apply(given)
    told = force(given, kept, gone, back(gone)).apply(marked)
    assert {one.id for _, one in sheet_claims(told) if one.reviewed} == {first.claim.id}


# --- What a paper's page and a line of work both say -----------------------------------------


def on_a_paper(line: LineageSheet, verdict: str, **more: str) -> tuple[Review, str]:
    """Return a verdict on a paper's page on words that stand in a line of work, too."""
    found = next(one for one in held(line) if one.field == "passage" and one.claim.evidence)
    said = review(found, verdict, **more)
    update = {"sheet": "litline/paper", "subject": "kettle", "field": "results", "part": {}}
    return said.model_copy(update=update), found.claim.text


def test_what_was_rejected_on_a_papers_page_goes_from_lines_of_work() -> None:
    line = six()
    said, text = on_a_paper(line, "rejected")
    told = force(line, said).apply(line)
    assert text in {one.text for _, one in sheet_claims(line)}
    assert text not in {one.text for _, one in sheet_claims(told)}
    assert any(one.text == text and "rejected by" in one.reason for one in told.dropped)


def test_what_was_edited_on_a_papers_page_is_edited_there_unless_it_was_there_before() -> None:
    line = six()
    said, text = on_a_paper(line, "edited", new_text="It boils quietly now.")
    told = force(line, said).apply(line)
    assert "It boils quietly now." in {one.text for _, one in sheet_claims(told)}
    own = next(one for one in held(line) if one.claim.text == text)
    both = force(line, said, review(own, "accepted")).apply(line)
    assert text in {one.text for _, one in sheet_claims(both)}
    assert "It boils quietly now." not in {one.text for _, one in sheet_claims(both)}


def test_what_was_accepted_on_a_papers_page_is_not_read_in_the_line() -> None:
    line = six()
    said, _ = on_a_paper(line, "accepted")
    assert force(line, said).apply(line) == line
    assert isinstance(paper(), PaperSheet)
