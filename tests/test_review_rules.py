from __future__ import annotations

from typing import Any

import pytest

from pipeline.review.rules import moved, settle, standing, word_ratio
from pipeline.reviews import Review
from pipeline.sheets import Claim, Evidence, claim_id

PAPER = "litline/paper"
SUBJECT = "kettles"
FIELD = "results"
PLACE = (PAPER, SUBJECT, FIELD)
LOUD = "Simmer lowers the noise of a kettle by 12 points."
QUIET = "Kettles are quiet in the evening."


def claim(text: str, *quotes: str, **changes: Any) -> Claim:
    places = [
        Evidence(document="kettles.txt", start=n, end=n + len(quote), quote=quote)
        for n, quote in enumerate(quotes)
    ]
    made = Claim(
        id=claim_id(PAPER, SUBJECT, FIELD, text, quotes),
        text=text,
        kind="derived",
        origin="model",
        evidence=places,
    )
    return made.model_copy(update=changes)


def review(text: str, *quotes: str, verdict: str = "accepted", day: int = 1, **more: Any) -> Review:
    return Review.model_validate(
        {
            "sheet": PAPER,
            "subject": SUBJECT,
            "field": FIELD,
            "text": text,
            "kind": "derived",
            "origin": "model",
            "quotes": list(quotes),
            "documents": ["kettles.txt"] * len(quotes),
            "verdict": verdict,
            "who": "Ada",
            "when": f"2031-06-{day:02}T09:00:00+00:00",
            **more,
        }
    )


def there(one: Review) -> list[Evidence]:
    """Find every quote of a verdict, at a place of its own."""
    return [Evidence(document="now.txt", start=7, end=7 + len(q), quote=q) for q in one.quotes]


def gone(_: Review) -> None:
    return None


def settled(claims: list[Claim], *reviews: Review, locate: Any = there) -> list[str]:
    rulings = standing(reviews).get(PLACE, [])
    return [one.text for one in settle(claims, rulings, locate).claims]


# --- Which verdicts stand --------------------------------------------------------------------


def test_the_latest_verdict_on_a_claim_stands_whatever_the_order_they_came_in() -> None:
    first = review(LOUD, "q", verdict="rejected", day=1)
    last = review(LOUD, "q", verdict="accepted", day=2)
    for given in ([first, last], [last, first]):
        assert [one.review for one in standing(given)[PLACE]] == [last]


def test_of_two_verdicts_at_one_moment_the_one_given_last_stands() -> None:
    first, last = review(LOUD, "q"), review(LOUD, "q", verdict="rejected")
    assert [one.review for one in standing([first, last])[PLACE]] == [last]


def test_a_withdrawn_verdict_is_none() -> None:
    assert standing([review(LOUD, "q"), review(LOUD, "q", verdict="withdrawn", day=2)]) == {}


def test_an_edit_is_withdrawn_by_either_wording() -> None:
    edit = review(LOUD, "q", verdict="edited", new_text=QUIET)
    for text in (LOUD, QUIET):
        assert standing([edit, review(text, "q", verdict="withdrawn", day=2)]) == {}


def test_verdicts_about_other_quotes_fields_and_papers_stand_side_by_side() -> None:
    others = [review(LOUD, "q"), review(LOUD, "r"), review(LOUD, "q", field="problem")]
    others.append(review(LOUD, "q", subject="urns"))
    assert sum(len(found) for found in standing(others).values()) == 4


def test_a_paper_that_another_took_over_takes_its_verdicts_along() -> None:
    (one, other) = moved([review(LOUD, "q"), review(LOUD, "q", sheet="litline/digest")], ALIASES)
    assert (one.subject, other.subject) == ("urns", SUBJECT)
    assert one.claim == claim_id(PAPER, "urns", FIELD, LOUD, ["q"])


ALIASES = {SUBJECT: "urns"}


# --- Accepted and edited ---------------------------------------------------------------------


def test_an_accepted_claim_takes_the_place_of_all_that_rest_on_its_quotes() -> None:
    claims = [claim("One.", "a"), claim("Two.", "q"), claim("Three.", "q"), claim("Four.", "b")]
    assert settled(claims, review(LOUD, "q")) == ["One.", LOUD, "Four."]


def test_a_claim_that_rests_on_more_or_fewer_quotes_stays() -> None:
    claims = [claim("One.", "q", "r"), claim("Two.", "r")]
    assert settled(claims, review(LOUD, "q")) == ["One.", "Two.", LOUD]


def test_quotes_are_the_same_in_any_order_and_keep_that_of_the_verdict() -> None:
    rulings = standing([review(LOUD, "q", "r")])[PLACE]
    (found,) = settle([claim("One.", "r", "q")], rulings, gone).claims
    assert [place.quote for place in found.evidence] == ["q", "r"]
    assert found.id == claim_id(PAPER, SUBJECT, FIELD, LOUD, ["q", "r"])


def test_an_accepted_claim_keeps_its_words_its_kind_and_its_origin() -> None:
    rulings = standing([review(LOUD, "q", overruled=["support"])])[PLACE]
    (found,) = settle([claim("One.", "q", kind="quoted", origin="extractive")], rulings, gone)[0]
    assert (found.text, found.kind, found.origin) == (LOUD, "derived", "model")
    assert (found.reviewed, found.overruled) == ("accepted", ["support"])


def test_an_edited_claim_is_the_reviewers() -> None:
    rulings = standing([review(LOUD, "q", verdict="edited", new_text=QUIET)])[PLACE]
    (found,) = settle([claim(LOUD, "q")], rulings, gone).claims
    assert (found.text, found.kind, found.origin) == (QUIET, "derived", "reviewer")
    assert (found.reviewed, found.overruled) == ("edited", None)
    assert found.id == claim_id(PAPER, SUBJECT, FIELD, QUIET, ["q"])


def test_an_edit_in_the_words_of_the_source_is_a_quote() -> None:
    rulings = standing([review(LOUD, QUIET, verdict="edited", new_text=QUIET)])[PLACE]
    assert [one.kind for one in settle([claim(LOUD, QUIET)], rulings, gone).claims] == ["quoted"]


def test_an_edit_can_be_edited_again() -> None:
    first = review(LOUD, "q", verdict="edited", new_text=QUIET)
    second = review(QUIET, "q", verdict="edited", new_text="Third.", day=2, origin="reviewer")
    assert settled([claim(LOUD, "q")], first, second) == ["Third."]


def test_two_accepted_claims_of_the_same_quotes_both_stay() -> None:
    claims = [claim(LOUD, "q"), claim(QUIET, "q"), claim("Third.", "q")]
    assert settled(claims, review(LOUD, "q"), review(QUIET, "q")) == [LOUD, QUIET]


def test_what_no_claim_rests_on_any_more_is_added_where_its_quotes_stand_now() -> None:
    rulings = standing([review(LOUD, "q")])[PLACE]
    found = settle([claim("One.", "a")], rulings, there)
    assert [one.text for one in found.claims] == ["One.", LOUD]
    assert found.claims[1].evidence[0].document == "now.txt"


def test_what_lost_its_source_is_listed_and_not_printed() -> None:
    rulings = standing([review(LOUD, "q")])[PLACE]
    found = settle([claim("Another kettle.", "a")], rulings, gone)
    assert [one.text for one in found.claims] == ["Another kettle."]
    (listed,) = found.dropped
    assert (listed.text, listed.field) == (LOUD, FIELD)
    assert listed.reason.startswith("accepted by Ada on 2031-06-01, but its sentence is no longer")


def test_what_lost_its_source_is_done_with_once_its_new_version_is_read() -> None:
    old, new = review(LOUD, "q"), review(LOUD.replace("12", "13"), "r", day=2)
    rulings = standing([old, new])[PLACE]
    found = settle([claim(new.text, "r")], rulings, gone)
    assert ([one.text for one in found.claims], found.dropped) == ([new.text], [])


def test_verdicts_are_in_force_once_however_often_they_are_put() -> None:
    edit = review(LOUD, "q", verdict="edited", new_text=QUIET)
    rulings = standing([edit, review("One.", "a", verdict="rejected")])[PLACE]
    once = settle([claim(LOUD, "q"), claim("One.", "a")], rulings, there)
    assert settle(once.claims, rulings, there).claims == once.claims


# --- Rejected --------------------------------------------------------------------------------


def test_a_rejected_claim_goes_and_says_who_and_why() -> None:
    rulings = standing([review(LOUD, "q", verdict="rejected", note="of another kettle")])[PLACE]
    found = settle([claim(LOUD, "q"), claim(QUIET, "q")], rulings, there)
    assert [one.text for one in found.claims] == [QUIET]
    (listed,) = found.dropped
    assert listed.reason == "rejected by Ada on 2031-06-01: of another kettle"


WORDS = "one two three four five six seven eight nine ten".split()


@pytest.mark.parametrize(("changed", "ratio"), [(1, 0.9), (2, 0.8)])
def test_the_ratio_counts_words(changed: int, ratio: float) -> None:
    other = [f"x{n}" for n in range(changed)] + WORDS[changed:]
    assert word_ratio(" ".join(WORDS), " ".join(other)) == pytest.approx(ratio)


@pytest.mark.parametrize(
    ("words", "quotes", "stays"),
    [
        (["x", *WORDS[1:]], ("q",), False),  # 0.9
        (["x", *WORDS[1:]], ("q", "r"), False),  # a shared quote is enough
        (["x", *WORDS[1:]], ("r",), True),  # no shared quote
        (["x", "y", *WORDS[2:]], ("q",), True),  # 0.8
        ([word.upper() for word in WORDS], ("q",), False),
    ],
)
def test_what_says_nearly_the_same_of_a_shared_quote_stays_away(
    words: list[str], quotes: tuple[str, ...], stays: bool
) -> None:
    found = settled(
        [claim(" ".join(words), *quotes)], review(" ".join(WORDS), "q", verdict="rejected")
    )
    assert bool(found) is stays


def test_a_ratio_of_085_is_enough() -> None:
    words = [f"w{n}" for n in range(20)]
    other = ["x", "y", "z", *words[3:]]
    assert word_ratio(" ".join(words), " ".join(other)) == pytest.approx(0.85)
    rejected = review(" ".join(words), "q", verdict="rejected")
    assert settled([claim(" ".join(other), "q")], rejected) == []


def test_a_rejected_edit_brings_nothing_back() -> None:
    edit = review(LOUD, "q", verdict="edited", new_text=QUIET)
    rejected = review(QUIET, "q", verdict="rejected", day=2, origin="reviewer")
    assert settled([claim(LOUD, "q"), claim(QUIET, "q")], edit, rejected) == []


def test_a_claim_that_was_accepted_after_all_comes_back() -> None:
    rejected, accepted = review(LOUD, "q", verdict="rejected"), review(LOUD, "q", day=2)
    assert settled([claim(QUIET, "q")], rejected, accepted) == [LOUD]


# --- Computed claims -------------------------------------------------------------------------


def counted(text: str, *quotes: str) -> Claim:
    return claim(text, *quotes, kind="computed", origin="computed", data={"n": text})


def test_an_accepted_count_is_marked_and_stays_codes_own() -> None:
    accepted = review("3 papers.", kind="computed", origin="computed")
    rulings = standing([accepted])[PLACE]
    same, other = settle([counted("3 papers."), counted("4 papers.")], rulings, there).claims
    assert (same.reviewed, same.data) == ("accepted", {"n": "3 papers."})
    assert (other.text, other.reviewed) == ("4 papers.", None)


def test_an_accepted_count_with_a_quote_displaces_nothing() -> None:
    accepted = review("3 papers.", "q", kind="computed", origin="computed")
    assert settled([counted("4 papers.", "q")], accepted) == ["4 papers."]


def test_a_rejected_count_goes_and_others_stay() -> None:
    rejected = review("3 papers.", kind="computed", origin="computed", verdict="rejected")
    assert settled([counted("3 papers."), counted("4 papers.")], rejected) == ["4 papers."]
