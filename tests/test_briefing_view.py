from __future__ import annotations

import datetime as dt

import pytest

from pipeline.briefing_sheet import BriefingSheet, Named, Question, ThemeRow, ThemeTable, ToRead
from pipeline.reading_list import ordinal
from pipeline.report.briefing_view import Asked, briefing_view, parts, role
from pipeline.sheets import Claim, Dropped
from tests.briefing_sheets import (
    author,
    authored,
    briefing,
    derived,
    full,
    profile,
    quoted,
    short_author,
    told,
)
from tests.digest_sheets import listed


def asked(claim: Claim) -> Asked:
    question = Question(kind="pair", claim=claim, ask="Why?", papers=["a", "b"])
    (one,) = briefing_view(briefing(questions=[question])).asked
    return one


# --- The head ------------------------------------------------------------------------------


def test_the_title_names_the_author_and_the_area_in_words() -> None:
    assert briefing_view(author()).title == "Ada Brew · computer vision · for your meeting"
    assert briefing_view(short_author()).title == "Ada Brew · for your meeting"


@pytest.mark.parametrize(("area", "words"), [("LG", "machine learning"), ("QQ", "QQ"), (None, "")])
def test_an_area_that_is_not_known_is_printed_as_it_is(area: str | None, words: str) -> None:
    assert briefing_view(briefing(profile=profile(area=area))).area == words


def test_claims_are_sentences_and_numbered_in_the_order_of_the_page() -> None:
    page = briefing_view(author())
    assert page.careful[0].text == "50 of the 79 papers on the profile are present."
    assert [line.numbers for line in page.careful] == [(), (1, 2), ()]
    assert [place.quote for place in page.evidence][:3] == [
        *("Pen Hao, Ada Brew, Zi Wei", "Han Qi, Peng Ga, Ada Brew et al.", "h-index67"),
    ]
    assert page.unknown[0].text == "29 papers of the profile."


def test_what_is_new_stands_only_where_a_day_is_given() -> None:
    assert briefing_view(author()).new is None
    new = briefing_view(briefing(since=dt.date(2031, 3, 1))).new
    assert new is not None
    assert (new.heading, new.lines) == ("New since 1 March 2031", [])


# --- Papers to read ------------------------------------------------------------------------


def test_a_paper_to_read_has_its_date_and_the_place_where_it_is_known() -> None:
    read = briefing_view(author()).read
    assert [one.when for one in read] == [
        "11 February 2031, 2nd of 3",
        "18 March 2031",
        "27 May 2031, year inferred",
        "7 January 2031, 3rd name, list cut",
        "22 April 2031",
    ]
    assert read[0].why.text == "The only paper with a certain place in the list."


@pytest.mark.parametrize(
    ("number", "heading"),
    [(1, "Read this first"), (3, "Read these three first"), (5, "Read these five first")],
)
def test_the_papers_to_read_are_counted(number: int, heading: str) -> None:
    read = [ToRead(paper=f"p{n}", what=None, why=told("why", "New.")) for n in range(number)]
    page = briefing_view(briefing(read=read))
    assert page.reading == heading
    assert page.read[0].what is None
    assert page.read[0].when == "date not stated"


@pytest.mark.parametrize(
    ("position", "of", "complete", "words"),
    [
        (2, 3, True, "2nd of 3"),
        (1, 1, True, "only author"),
        (3, 3, False, "3rd name, list cut"),
        (2_001, 3_000, True, "2,001st of 3,000"),
        (None, 3, False, ""),
        (None, None, False, ""),
    ],
)
def test_a_role_is_said_only_where_a_place_is_printed(
    position: int | None, of: int | None, complete: bool, words: str
) -> None:
    assert role(authored("a", position, of, complete)) == words


@pytest.mark.parametrize(
    ("number", "words"),
    [
        *((1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (12, "12th"), (13, "13th")),
        *((21, "21st"), (102, "102nd"), (111, "111th"), (1_013, "1,013th")),
    ],
)
def test_ordinals(number: int, words: str) -> None:
    assert ordinal(number) == words


def test_unknown_roles_are_said_once() -> None:
    assert briefing_view(author()).notes == [
        "Where no place is given the role is unknown: on 48 papers the list is cut before the name."
    ]
    papers = [authored("a"), authored("b", None, None)]
    (note,) = briefing_view(briefing(papers=papers, named=Named(printed=0, of=2))).notes
    assert note.endswith(
        "on 1 paper the list is cut before the name; on 1 paper no list of authors is printed."
    )
    assert briefing_view(short_author()).notes == []


def test_other_ways_in_which_the_name_is_printed_are_said() -> None:
    made = briefing(names=["A. Brew", "Ada Brew", "Brew, Ada"])
    assert briefing_view(made).notes == ["Taken as the same person: A. Brew · Brew, Ada."]


def test_all_papers_stand_by_year_newest_first_and_undated_last() -> None:
    made = briefing(
        papers=[authored(one) for one in ("none", "old", "new")],
        listed=[
            listed("none", None),
            listed("old", dt.date(2029, 1, 1)),
            listed("new", dt.date(2031, 1, 1)),
        ],
    )
    years = briefing_view(made).years
    assert [(year.name, [own.paper.label for own in year.papers]) for year in years] == [
        *(("2031", ["new"]), ("2029", ["old"]), ("Date not stated", ["none"])),
    ]


def test_a_paper_of_the_list_has_its_day_and_its_place() -> None:
    first, *_ = briefing_view(author()).years
    assert [own.when for own in first.papers] == [
        *("27 May, year inferred", "22 April", "18 March", "11 February, 2nd of 3"),
        "7 January, 3rd name, list cut",
    ]


# --- Years ---------------------------------------------------------------------------------


def test_terms_by_year_are_counts_and_a_year_without_papers_is_a_dash() -> None:
    rows = [ThemeRow(term=f"t{n}", counts=[0, 1], papers=["a"]) for n in range(8)]
    table = ThemeTable(years=[2030, 2031], totals=[0, 1_200], rows=rows)
    themes = briefing_view(briefing(themes=table)).themes
    assert themes is not None
    assert (themes.years, themes.rows[0].cells) == (["2030", "2031"], ["–", "1 of 1,200"])
    assert themes.note == "papers that mention it, of the 1,200 papers present of these years"
    assert (len(themes.rows), themes.shown) == (8, 6)
    assert briefing_view(briefing()).themes is None


# --- Work, people, questions ---------------------------------------------------------------


def test_three_figures_are_printed_and_the_others_folded() -> None:
    page = briefing_view(author())
    assert [(part.heading, len(part.lines), part.shown) for part in parts(page)] == [
        ("With whom", 2, 3),
        ("Released", 1, 3),
        ("Figures they will be asked about", 5, 3),
    ]
    assert page.works[0].name == "Kettle"
    assert list(parts(briefing_view(briefing()))) == []


def test_a_question_that_code_put_shows_the_quotes_that_it_does_not_say() -> None:
    one = asked(told("questions", "They differ.", "It boils.", "It does not."))
    assert one.ask == "Why?"
    assert [(quote.text, quote.number) for quote in one.quotes] == [
        *(("It boils.", 1), ("It does not.", 2)),
    ]
    assert one.line.numbers == ()


def test_a_quote_is_not_printed_twice() -> None:
    one = asked(
        told(
            "questions",
            'A says "it  Boils". B is silent.',
            "Here it boils at once.",
            "B is silent.",
        )
    )
    assert [(quote.text, one.line.numbers) for quote in one.quotes] == []
    one = asked(told("questions", "A boils. Why?", "A boils.", "B does not."))
    assert ([quote.text for quote in one.quotes], one.line.numbers) == (["B does not."], (1,))


def test_a_question_that_a_model_put_stands_alone() -> None:
    one = asked(derived("questions", "Does it boil?", "It boils.", "It does not."))
    assert (one.quotes, one.line.numbers) == ([], (1, 2))


def test_latex_in_quotes_is_cleaned() -> None:
    one = asked(told("questions", "How?", r"It gains 16.0\% here."))
    assert one.quotes[0].text == "It gains 16.0% here."


# --- The end -------------------------------------------------------------------------------


def test_coverage_what_was_dropped_and_the_stamp_are_there() -> None:
    dropped = [Dropped(field="questions", text="It flies?", reason="names")]
    page = briefing_view(author(dropped=dropped))
    assert page.documents[0].words == "79 papers declared, 50 present: 29 are missing"
    assert page.dropped == [("Ask", "It flies?", "names")]
    assert page.stamp.startswith("No language model was used.")


@pytest.mark.parametrize("made", [author(), short_author(), full(), briefing()])
def test_each_claim_of_a_sheet_is_on_its_page(made: BriefingSheet) -> None:
    page = briefing_view(made)
    lines = [
        *(*page.short, *page.careful, *page.facts, *page.unknown),
        *(page.new.lines if page.new else ()),
        *(line for one in page.read for line in (one.what, one.why) if line),
        *(work.line for work in page.works),
        *(line for part in parts(page) for line in part.lines),
        *(one.line for one in page.asked),
    ]
    assert sorted(line.id for line in lines if line.id) == sorted(
        {claim.id for _, claim in made.claims()}
    )
    assert {place for _, claim in made.claims() for place in claim.evidence} == set(page.evidence)


def test_a_claim_that_is_printed_twice_has_one_address() -> None:
    claim = quoted("short", "It boils.")
    assert [line.id for line in briefing_view(briefing(short=[claim] * 2)).short] == [claim.id, ""]


def test_only_papers_that_have_a_page_are_links() -> None:
    made = author()
    page = briefing_view(made.model_copy(update={"opened": [made.papers[0].paper]}))
    linked = [own.paper.path for year in page.years for own in year.papers]
    assert len(linked) > 1
    assert sum(map(bool, linked)) == 1
