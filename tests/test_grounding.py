from __future__ import annotations

import pytest

from pipeline.grounding import Failure, check_claim, check_owned

SKERRY = (
    "Skerry3-32B reaches 84.3% on DocTide, 5.7 points above Skerry2.5-26B, and 67.1% on LongQuay."
)
RAISES = "The planner raises its accuracy from 48.0% to 55.5%, a gain of 7.5 percentage points."


def rules(claim: str, *evidence: str, metadata: str = "") -> list[str]:
    return [failure.rule for failure in check_claim(claim, list(evidence), metadata)]


# --- Located -------------------------------------------------------------------------------


@pytest.mark.parametrize("evidence", [[], [""], [" \n", ""]])
def test_a_claim_without_evidence_is_not_located(evidence: list[str]) -> None:
    assert [f.rule for f in check_claim("Something holds.", evidence)] == ["located"]


@pytest.mark.parametrize(
    ("quote", "there"),
    [
        ("“reaches 84.3% on DocTide”", True),
        ('"Reaches 84.3\\% on ... above Skerry2.5-26B"', True),
        ("“reaches 84.4% on DocTide”", False),
        ("'67.1% on DocTide'", False),
    ],
)
def test_quoted_words_must_be_in_the_evidence(quote: str, there: bool) -> None:
    found = rules(f"Skerry3-32B {quote} on LongQuay.", SKERRY)
    assert ("located" in found) is not there


# --- Numbers -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("It reaches 84% accuracy.", "It reaches 84.3% accuracy."),
        ("It reads about 8,000 pages.", "It reads 8,400 pages."),
        ("It reads over 8,000 pages.", "It reads 8,400 pages."),
        ("It reads nearly 8,500 pages.", "It reads 8,470 pages."),
        ("Accuracy rises by 7.5 points.", RAISES),
        ("The planner gains 7.5 points.", "The planner raises accuracy from 48.0% to 55.5%."),
        ("It is 1.8 seconds faster.", "It falls from 2.9 to 1.1 seconds and is faster."),
        ("It fails on 15.7% of DocTide.", "It reaches 84.3% on DocTide."),
        ("It misses 9 of 97 changes.", "It finds 88 of 97 changes."),
        ("It has 40,000 pages.", "It has 40k pages."),
        ("It has 0.04 million pages.", "It has 40k pages."),
        ("It takes 700 ms per crop.", "It takes 0.7 seconds per crop."),
        ("Half of the pages are old.", "50% of the pages are old."),
        ("It uses 33% of the pages.", "It uses one third of the pages."),
        ("It is twice as coarse.", "It is coarser by a factor of two."),
        ("Boxes are twice as coarse.", "Boxes grow as coarse from 20 to 40 pixels."),
        ("It needs half the memory.", "It needs memory of 4 GB instead of 8 GB."),
        ("It uses 50% of the memory.", "It uses half of the memory."),
        ("It is 2 times cheaper.", "It is twice as cheap as before and cheaper."),
        ("The age is below thirty.", "The age is below 30 years."),
        ("Both parts and 2 more parts.", "Both parts are more than parts."),
        ("It has 8,400 photographs.", "It has 8,400 questions."),
        ("Between 9 and 17 points are lost.", "Models lose 9 to 17 percentage points."),
    ],
)
def test_numbers_may_be_derived(claim: str, evidence: str) -> None:
    assert "numbers" not in rules(claim, evidence)


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("It reaches 85% accuracy.", "It reaches 84.3% accuracy."),
        ("It reaches 84.35% accuracy.", "It reaches 84.3% accuracy."),
        ("It reads over 9,000 pages.", "It reads 8,400 pages."),
        ("It reads about 6,000 pages.", "It reads 8,400 pages."),
        ("Accuracy rises by 7.5%.", RAISES),
        ("Accuracy is 48.0 points.", RAISES),
        ("It reads 3 billion pages.", "It reads 3 million pages."),
        ("It takes 0.7 minutes.", "It takes 0.7 seconds."),
        ("It reaches 15.7% on DocTide.", "It reaches 84.3% on DocTide."),
        ("It finds 9 of 97 changes.", "It finds 88 of 97 changes."),
        ("It wins by 2 games.", "It wins 7 games by 9."),
        ("It is three times faster.", "It is twice as fast and faster."),
        ("It leads on nine of nine tasks.", "It leads on eight of nine tasks."),
        ("It has 8,400 photographs.", "It has 3,120 photographs and 8,400 questions."),
        ("It has 5 pages.", "It has pages."),
        ("It covers 40% of it.", "It covers a third of it."),
        ("It doubles the speed.", "It triples the speed."),
    ],
)
def test_other_numbers_fail(claim: str, evidence: str) -> None:
    assert "numbers" in rules(claim, evidence)


def test_figures_that_trade_places_fail() -> None:
    swapped = SKERRY.replace("84.3", "x").replace("67.1", "84.3").replace("x", "67.1")
    assert rules(swapped, SKERRY) == ["numbers", "numbers"]
    turned = "We gain 2 and 3 points with BarNet and FooNet, respectively."
    given = "We gain 2 and 3 points with FooNet and BarNet, respectively."
    assert rules(turned, given) == ["numbers", "numbers"]


def test_percent_are_not_points_and_the_message_says_so() -> None:
    (failure,) = check_claim("Accuracy rises by 7.5%.", ["Accuracy rises by 7.5 points."])
    assert failure == Failure(
        "numbers", "7.5%", "7.5%: the evidence has 7.5 points; percent are not percentage points."
    )


@pytest.mark.parametrize(
    ("claim", "good"),
    [
        ("Skerry was published in 2025.", True),
        ("Skerry was published on 4 November 2025.", True),
        ("Skerry was published on November 4, 2025.", True),
        ("Skerry was published on 2025-11-04.", True),
        ("Skerry was published in November 2025.", True),
        ("Skerry was published in November.", True),
        ("Skerry was published in 2024.", False),
        ("Skerry was published on 5 November 2025.", False),
        ("Skerry was published in March.", False),
        ("Skerry was published with 14 pages.", False),
    ],
)
def test_metadata_satisfies_dates_and_no_other_number(claim: str, good: bool) -> None:
    found = rules(claim, "Skerry was published.", metadata="Skerry in 14 Pages\n2025-11-04")
    assert ("numbers" not in found) is good


def test_what_looks_like_a_year_may_be_a_count_and_a_month_may_be_no_month() -> None:
    assert rules("It reads 2000 pages.", "It reads 2,000 pages.") == []
    assert rules("It began in March.", "It ran from March 2024.") == []
    assert rules("In Marketing 20 pages count.", "In Marketing 20 pages count.") == []


# --- Names ---------------------------------------------------------------------------------


def test_names_are_version_aware_and_may_come_from_metadata() -> None:
    assert rules("Skerry 3 reaches 84.3%.", SKERRY) == []
    assert rules("Skerry 2 reaches 84.3%.", SKERRY) == ["names"]
    assert rules("Pelagia reaches 84.3%.", "It reaches 84.3%.", metadata="Pelagia: a Model") == []


def test_addresses_must_be_given() -> None:
    evidence = "Code is at https://example.org/foo/bar."
    assert rules("Code is at https://example.org/foo.", evidence) == []
    assert rules("Code is at https://example.org/baz.", evidence) == ["names"]
    assert rules("Code is arXiv:2401.00001.", "Code is there.") == ["names"]


# --- Order ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("claim", "evidence", "good"),
    [
        ("FooNet outperforms BarNet.", "FooNet outperforms BarNet.", True),
        ("BarNet outperforms FooNet.", "FooNet outperforms BarNet.", False),
        ("BarNet is outperformed by FooNet.", "FooNet outperforms BarNet.", True),
        ("FooNet is outperformed by BarNet.", "FooNet outperforms BarNet.", False),
        ("BarNet trails FooNet.", "FooNet is ahead of BarNet.", True),
        ("FooNet is better than BarNet.", "BarNet is worse than FooNet.", True),
        ("BarNet is better than FooNet.", "FooNet is better than BarNet.", False),
        ("FooNet has a lower error than BarNet.", "FooNet beats BarNet in error.", True),
        ("BarNet builds on FooNet.", "FooNet builds on BarNet.", False),
        ("FooNet is the successor of BarNet.", "BarNet is the predecessor of FooNet.", True),
        ("BarNet is used by FooNet.", "FooNet uses BarNet.", True),
        ("BarNet uses FooNet.", "FooNet uses BarNet.", False),
        ("FooNet reads more compared to BarNet.", "Compared to BarNet, FooNet reads more.", True),
        ("The error of FooNet is 2 points below that of BarNet.",
         "The error of FooNet is 5%, against 7% for BarNet, by 2 points.", True),
        ("We compare BarNet, FooNet and BazNet.", "We compare FooNet, BarNet and BazNet.", True),
        ("BarNet turns speech into words, and FooNet answers from the drawing.",
         "FooNet turns speech into words, and BarNet answers from the drawing.", False),
        ("BarNet, FooNet gain 2 and 3 points, respectively, in our careful tests.",
         "FooNet, BarNet gain 2 and 3 points, respectively, in our careful tests.", True),
    ],
)  # fmt: skip
def test_names_keep_their_roles(claim: str, evidence: str, good: bool) -> None:
    assert ("order" not in rules(claim, evidence)) is good


# --- Direction -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("It lowers accuracy.", "It raises accuracy."),
        ("It reduces accuracy.", "It improves accuracy."),
        ("It is slower on long inputs.", "It is faster on long inputs."),
        ("It works with labels.", "It works without labels."),
        ("It does not need labels.", "It needs labels."),
        ("It needs labels for pages.", "It needs no labels for pages."),
        ("The effect is significant below noon.", "The effect is not significant below noon."),
        ("More than 100 tasks are solved.", "Less than 100 tasks are solved."),
        ("The tables isn't read.", "The tables is read."),
        ("It reads over 100 pages a day.", "It reads under 100 pages a day."),
        ("It cannot read tables.", "It can read tables."),
    ],
)
def test_turned_directions_fail(claim: str, evidence: str) -> None:
    assert "direction" in rules(claim, evidence)


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("It increases accuracy.", "It raises accuracy."),
        ("It reduces errors.", "It improves errors."),
        ("It needs no labels.", "It removes the need for labels."),
        ("Smaller models err more.", "Larger models err less."),
        ("Children correct it more often when it does not explain.",
         "Children correct it less often when it explains."),
        ("BarNet trails FooNet by 2 points.", "FooNet leads BarNet by 2 points."),
        ("Large fog hurts less than rain does.", "Rain does hurt more than large fog."),
        ("It does not work on tables.", "It fails to work on tables."),
        ("The outputs do not change.", "The outputs stay unchanged."),
        ("There is no gain for two users.", "The gain disappears for two users."),
        ("It is not only fast.", "It is fast."),
        ("Tables in fog it hardly reads.", "It does not read tables in fog."),
        ("Its use grows as its error falls.", "Its error falls with its use."),
        ("It is not better on tables.", "It is better on pages but not on tables."),
        ("It never asks twice.", "It avoids asking again; twice is lost."),
    ],
)  # fmt: skip
def test_honest_directions_pass(claim: str, evidence: str) -> None:
    assert "direction" not in rules(claim, evidence)


# --- Support -------------------------------------------------------------------------------


def test_half_of_the_content_words_must_occur() -> None:
    assert rules("The harbour freezes.", "The harbour is wide.") == []
    (failure,) = check_claim("The quiet harbour freezes early.", ["The harbour is wide."])
    assert failure.rule == "support"
    assert "1 of the claim's 4" in failure.message


def test_what_is_not_there_is_shown_in_the_claims_own_words() -> None:
    (failure,) = check_claim("Skerry understands bigger moorings.", ["The harbour is wide."])
    assert failure.message.endswith("Not there: skerry, understands, bigger, moorings.")
    assert failure.token != "skerry, understands, bigger, moorings"


def test_a_claim_without_words_has_no_support() -> None:
    assert rules("", "The harbour is wide.") == ["support"]


# --- Claims that span papers -----------------------------------------------------------------

OWN = [
    ("s3", SKERRY),
    ("s25", "On DocTide, Skerry2.5-26B scores 78.6%."),
    ("m", "Murrelet lowers the word error rate on EngineRoom-12 from 34.6% to 21.9%."),
]
NAMES = {
    "s3": ["Skerry 3", "Skerry3"],
    "s25": ["Skerry 2.5"],
    "m": ["Murrelet", "shared"],
    "b": ["Binnacle", "shared"],
}


@pytest.mark.parametrize(
    "claim",
    [
        "Skerry 3 reaches 84.3% on DocTide, while Skerry 2.5 scores 78.6%.",
        "On DocTide Skerry 2.5 scores 78.6% and Skerry 3 84.3%, a gain of 5.7 points.",
        "Skerry 3 is 5.7 points above Skerry 2.5 on DocTide.",
        "Murrelet lowers the word error rate to 21.9%, and Skerry3-32B reaches 84.3% on DocTide.",
        "DocTide accuracy reaches 84.3%.",
        "The score of 78.6% on DocTide for Skerry 2.5 is lower.",
    ],
)
def test_figures_of_their_own_papers_pass(claim: str) -> None:
    assert check_owned(claim, OWN, NAMES) == []


@pytest.mark.parametrize(
    ("claim", "rule"),
    [
        ("Skerry 2.5 reaches 84.3% on DocTide.", "numbers"),
        ("Skerry 2.5 reaches 67.1% on LongQuay.", "numbers"),
        ("Murrelet reaches 84.3% on DocTide.", "numbers"),
        ("Skerry 3 lowers the word error rate to 21.9%.", "numbers"),
        ("Skerry 2.5 lowers the word error rate on EngineRoom-12.", "names"),
        ("Binnacle reaches 84.3% on DocTide.", "names"),
        ("Murrelet reaches 99.9% on DocTide.", "numbers"),
    ],
)
def test_figures_of_other_papers_fail(claim: str, rule: str) -> None:
    assert rule in {failure.rule for failure in check_owned(claim, OWN, NAMES)}


def test_a_name_without_evidence_fails_and_no_evidence_is_not_located() -> None:
    found = check_owned("Binnacle sees lamps at night.", [("s3", "Skerry 3 reads.")], NAMES)
    assert [failure.rule for failure in found] == ["support", "names"]
    assert [f.rule for f in check_owned("Skerry 3 reads.", [], NAMES)] == ["located"]


@pytest.mark.parametrize(
    ("claim", "evidence", "rule"),
    [
        ("Code is released.", "Code will be released upon acceptance.", "direction"),
        ("We release code and models.", "We plan to release code and models soon.", "direction"),
        ("Code will be released.", "Code will be released upon acceptance.", None),
        ("Code is released.", "Code is released at https://example.org/x.", None),
        ("Code is public.", "Code is public. Data will be released.", None),
        (
            "Tern-2 reduces accuracy if labels are not noisy.",
            "Tern-2 improves accuracy only when labels are not noisy.",
            "direction",
        ),
        (
            "Tern-2 fails on 18% of the tasks and lowers accuracy.",
            "Tern-2 solves 82% of the tasks and raises accuracy.",
            "direction",
        ),
        ("Tern-2 fails on 18% of the tasks.", "Tern-2 solves 82% of the tasks.", None),
        ("Foo-1 fails in 5% of the cases.", "Foo-1 fails in 0 of 0 cases.", "numbers"),
        (
            "On KettleBench, Hushkettle raises the noise.",
            "On KettleBench, Hushkettle lowers the noise.",
            "direction",
        ),
        (
            "On DocTide, a grid answers 61.3% correctly, against 55.8% for Skerry.",
            "On DocTide, Skerry answers 61.3% correctly, against 55.8% for a grid.",
            "numbers",
        ),
        ("It falls behind on handwriting.", "It remains ahead on handwriting.", "direction"),
        ("Changes are visible to it.", "Changes remain invisible to it.", "direction"),
        ("Long pages are read well.", "Long pages are read poorly.", "direction"),
    ],
)
def test_lies_and_rewordings_of_other_readers(claim: str, evidence: str, rule: str | None) -> None:
    found = rules(claim, evidence)
    assert (rule in found) if rule else not found


def test_a_message_lists_no_more_than_a_reader_takes_in() -> None:
    evidence = f"We compare {', '.join(f'Kettle-{n}' for n in range(60))}."
    (failure,) = check_claim("We compare Teapot-9 with Kettle-3.", [evidence])
    assert len(failure.message) < 300
