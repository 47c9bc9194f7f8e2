"""What a briefing says of a dossier."""

from __future__ import annotations

import datetime as dt

from pipeline.authorship import Author
from pipeline.briefing_sheet import BriefingSheet
from pipeline.dossier import Part
from pipeline.records import Coverage, RecordRef
from pipeline.steps.briefing import make_briefing
from tests.dossiers import ADA, dossier, facts, paper
from tests.issues import read
from tests.page_sheets import claim, summary


def said(made: BriefingSheet, field: str) -> list[str]:
    return [one.text for name, one in made.claims() if name == field]


def test_what_moved_is_told_with_both_shares() -> None:
    papers = [paper(f"p{n}", 2031 - n // 4) for n in range(16)]
    terms = {
        one.paper.id: frozenset({"lids"} if n < 7 else {"whistles"}) for n, one in enumerate(papers)
    }
    assert said(make_briefing(dossier(*papers, terms=terms)), "short") == [
        "2030–2031 against 2028–2029: more on lids (7 of 8, before 0 of 8), less on whistles "
        "(1 of 8, before 8 of 8).",
        "The newest is P0 (1 March 2031).",
    ]


def test_few_papers_are_told_by_what_they_are_most_often_about() -> None:
    papers = [paper("a", 2031), paper("b", 2030)]
    one = dossier(*papers, terms={"a": frozenset({"lids"}), "b": frozenset({"lids", "steam"})})
    assert said(make_briefing(one), "short")[0] == ("2 papers, most often on lids (2 of 2).")


def test_an_author_without_papers_has_a_page_that_says_so() -> None:
    made = make_briefing(dossier())
    assert said(made, "short") == ["No paper of theirs is in these documents."]
    assert (made.named.of, made.read, made.themes.rows) == (0, [], [])


def test_roles_are_told_where_lists_show_them() -> None:
    every = make_briefing(dossier(paper("a", 2031), paper("b", 2030, "Bo Steam", ADA)))
    assert said(every, "careful") == [
        "2 of 2 papers print the name in the list of authors: A (1st of 2), B (2nd of 2)."
    ]
    none = make_briefing(dossier(paper("a", 2031, "Bo Steam", cut=True)))
    assert said(none, "careful") == [
        "No list of authors names them on 1 paper. On 1 the list stops before the name, or there "
        "is none: the role is unknown; ask, do not assume."
    ]


def test_missing_papers_and_people_of_like_names_are_warned_of() -> None:
    papers = (paper("a", 2031),)
    one = dossier(
        *papers,
        author=Author(ADA, (ADA,), ("Al Brew", "A. Brew"), ("kettles.txt",), papers),
        coverage=[Coverage(document="page.txt", declared=79, present=50)],
    )
    told = said(make_briefing(one), "careful")
    assert told[0] == "50 of the 79 papers on the profile are present."
    assert told[-1] == "Not taken for the same person, though it may be: A. Brew."
    assert "29 papers of the profile" in said(make_briefing(one), "unknown")[0]


def test_names_beside_the_author_and_how_that_changed() -> None:
    papers = [paper(f"n{n}", 2031, ADA, "Cy Mast") for n in range(5)]
    papers += [paper(f"o{n}", 2029, ADA, "Bo Steam", cut=True) for n in range(6)]
    assert said(make_briefing(dossier(*papers)), "people") == [
        "Of the names printed (6 of 11 lists are cut): Bo Steam 6, Cy Mast 5.",
        "On the 5 papers of 2031: Cy Mast 5.",
    ]


def test_what_is_released_and_what_is_promised_stand_apart() -> None:
    papers = [paper("a", 2031), paper("b", 2030), paper("c", 2029)]
    one = dossier(*papers, facts={"a": facts(code=True), "b": facts(code=False), "c": facts()})
    assert said(make_briefing(one), "released") == [
        "Code, data or models are released with 1 of 3 papers, as stated: A.",
        "Promised, not yet stated as released: B.",
    ]


def test_lines_say_what_is_not_theirs_and_results_lack_nothing() -> None:
    papers = [paper("a", 2031), paper("b", 2030)]
    lacking = claim("It is better.").model_copy(update={"lacks": ["figure"]})
    one = dossier(
        *papers,
        parts=[Part("kettle", "Kettle", ["b"], 3, "Kettle 3", guessed=False)],
        sheets={
            "a": read("a", summary(results=[lacking])),
            "b": read("b", summary(results=[claim("It reaches 81%.")])),
        },
    )
    made = make_briefing(one)
    expected = "1 of 3 papers is listed as theirs: B. The latest, Kettle 3, is not."
    assert said(made, "lines") == [expected]
    assert said(made, "figures") == ["It reaches 81%."]
    assert made.opened == ["a", "b"]


def test_papers_after_the_last_meeting_are_new() -> None:
    one = dossier(paper("a", 2031), paper("b", 2030), since=dt.date(2031, 3, 1))
    assert said(make_briefing(one), "new") == [
        "Nothing in these documents is dated after 1 March 2031."
    ]
    earlier = one._replace(since=dt.date(2031, 2, 28))
    assert said(make_briefing(earlier), "new") == ["1 paper after 28 February 2031: A."]


def test_many_names_on_as_many_papers_are_counted() -> None:
    papers = [paper(f"n{n}", 2031, ADA, *(f"{k}na Pan" for k in "ABCDEFG")) for n in range(2)]
    told = said(make_briefing(dossier(*papers)), "people")[0]
    assert told.endswith("Dna Pan 2 and 3 more with 2.")


def test_papers_beyond_the_page_may_be_another_persons() -> None:
    listed_ = paper("a", 2031)
    beyond = paper("b", 2030, records=[RecordRef(document="list.txt", index=0)])
    assert said(make_briefing(dossier(listed_, beyond)), "careful")[-1] == (
        "1 paper prints the name and is not on their own page, so perhaps another person's: B."
    )


def test_without_a_page_cut_lists_may_hide_more() -> None:
    papers = (paper("a", 2031),)
    nobody = Author(ADA, (ADA,), (), (), papers)
    one = dossier(*papers, author=nobody, coverage=[], cut=40)
    assert said(make_briefing(one), "careful")[-1] == (
        "No page of theirs is here: on 40 other papers the list of authors is cut, and some may be "
        "theirs."
    )


def test_a_whole_list_without_the_name_is_not_said_to_be_cut() -> None:
    made = make_briefing(dossier(paper("a", 2031, "Bo Steam"), paper("b", 2030)))
    assert said(made, "careful")[0] == (
        "1 of 2 papers prints the name in the list of authors: B (1st of 2). On 1 a whole list "
        "does not show which name is theirs."
    )


def test_a_models_words_on_what_the_authors_did_are_not_what_a_paper_is() -> None:
    told = summary(
        claim("The authors hush kettles.", "derived", "model"),
        contributions=[claim("We hush kettles.")],
    )
    made = make_briefing(dossier(paper("a", 2031), sheets={"a": read("a", told)}))
    assert said(made, "what") == ["We hush kettles."]
    alone = summary(claim("The authors hush kettles.", "derived", "model"))
    bare = make_briefing(dossier(paper("a", 2031), sheets={"a": read("a", alone)}))
    assert said(bare, "what") == []
