from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.errors import UsageError
from pipeline.report.files import Outputs
from pipeline.review.finding import (
    Found,
    Words,
    find_claim,
    held,
    judged,
    read_reviewed,
    returned,
)
from pipeline.review.rules import Ruling
from pipeline.review.sheets import Texts
from pipeline.reviews import Review
from pipeline.sheets import PaperSheet
from tests.briefing_sheets import usual
from tests.test_review_sheets import paper, review

LOUD = "It lowers noise by 12 points."


@pytest.fixture
def outputs(tmp_path: Path) -> Outputs:
    made = Outputs(tmp_path)
    sheet = paper()
    made.write(f"papers/{sheet.paper.id}.json", sheet.model_dump_json())
    return made


def result() -> Found:
    return next(found for found in held(paper()) if found.claim.text == LOUD)


def words(verdict: str = "edited", text: str | None = None) -> Words:
    return Words(verdict, "Ada", "2031-06-01T09:00:00.000000+00:00", "why", text)  # type: ignore[arg-type]


def decided(outputs: Outputs, given: Words, *, overrule: bool = False) -> Review:
    return judged(result(), given, outputs, overrule=overrule)


# --- A verdict -------------------------------------------------------------------------------


def test_a_verdict_holds_what_was_read_and_who_says_what(outputs: Outputs) -> None:
    verdict = decided(outputs, words("rejected"))
    assert (verdict.text, verdict.quotes, verdict.field) == (LOUD, [LOUD], "results")
    assert (verdict.who, verdict.when, verdict.note) == (
        "Ada",
        "2031-06-01T09:00:00.000000+00:00",
        "why",
    )
    assert (verdict.claim, verdict.overruled) == (result().claim.id, [])


def test_an_edit_that_holds_overrules_nothing(outputs: Outputs) -> None:
    verdict = decided(outputs, words(text="Noise  falls by 12 points."), overrule=True)
    assert (verdict.new_text, verdict.overruled) == ("Noise falls by 12 points.", [])


def test_an_edit_names_each_rule_that_it_overrules_once(outputs: Outputs) -> None:
    text = "It lowers noise by 13 points and heat by 14 points."
    with pytest.raises(UsageError, match="numbers: 13 points"):
        decided(outputs, words(text=text))
    assert decided(outputs, words(text=text), overrule=True).overruled.count("numbers") == 1


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (None, "needs its new words"),
        ("  ", "needs its new words"),
        ("It lowers \u202enoise.", "characters that nobody sees"),
    ],
)
def test_words_that_are_none_are_refused(outputs: Outputs, text: str | None, reason: str) -> None:
    with pytest.raises(UsageError, match=reason):
        decided(outputs, words(text=text), overrule=True)


def test_no_edit_of_a_briefing_gives_a_person_a_role(outputs: Outputs) -> None:
    found = next(one for one in held(usual()) if one.claim.kind != "computed")
    with pytest.raises(UsageError, match="speaks of a person"):
        judged(found, words(text="She led the work on kettles."), outputs, overrule=True)


# --- Sheets ----------------------------------------------------------------------------------


@pytest.mark.parametrize("subject", ["", ".", "..", "../papers/x", "a/b", "nobody"])
def test_a_subject_leads_to_no_other_file(outputs: Outputs, subject: str) -> None:
    assert read_reviewed("litline/paper", subject, outputs) is None


def test_a_sheet_of_an_unknown_kind_is_none(outputs: Outputs) -> None:
    assert read_reviewed("litline/run", "run", outputs) is None


def test_a_damaged_sheet_is_passed_over(outputs: Outputs) -> None:
    outputs.write("papers/damaged.json", f'"{result().claim.id}"')
    assert find_claim(result().claim.id, outputs).claim == result().claim


# --- What returns ----------------------------------------------------------------------------


def back(outputs: Outputs, *reviews: Review) -> list[tuple[str, str | None]]:
    by_field: dict[str, list[Ruling]] = {}
    for one in reviews:
        by_field.setdefault(one.field, []).append(Ruling(one, (one.text,)))
    sheet = read_reviewed(reviews[0].sheet, reviews[0].subject, outputs)
    assert sheet is not None
    found = returned(sheet, by_field, Texts(frozenset(), str))
    return [(one.before.text, one.now.text if one.now else None) for one in found]


def test_what_stands_does_not_return(outputs: Outputs) -> None:
    assert back(outputs, review(result(), "accepted")) == []


def test_what_is_gone_returns_beside_the_nearest_of_today(outputs: Outputs) -> None:
    gone = review(result(), "accepted", text="It lowers noise by 11 points.", quotes=["x"])
    assert back(outputs, gone) == [("It lowers noise by 11 points.", LOUD)]


def test_rejected_and_computed_claims_do_not_return(outputs: Outputs) -> None:
    gone = {"text": "Gone.", "quotes": ["x"]}
    rejected = review(result(), "rejected", **gone)
    counted = review(result(), "accepted", kind="computed", **gone)
    assert back(outputs, rejected, counted) == []


def test_a_field_that_is_empty_now_shows_the_old_version_alone(outputs: Outputs) -> None:
    gone = review(result(), "accepted", field="artefacts")
    assert back(outputs, gone) == [(LOUD, None)]


def test_the_sheet_is_read_as_its_kind(outputs: Outputs) -> None:
    assert isinstance(read_reviewed("litline/paper", paper().paper.id, outputs), PaperSheet)
