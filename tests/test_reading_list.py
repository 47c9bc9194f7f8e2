"""Which papers are read before a meeting, and why."""

from __future__ import annotations

from pipeline.authorship import authorships
from pipeline.briefing_sheet import Authorship
from pipeline.dossier import Dossier, Part
from pipeline.reading_list import place, reading_list
from tests.dossiers import dossier, facts, figure, paper


def chosen(one: Dossier, most: int = 5) -> list[tuple[str, tuple[str, ...]]]:
    own = {found.paper: found for found in authorships(one.author, one.entries)}
    return [(choice.paper, choice.reasons) for choice in reading_list(one, own, most)]


def test_a_paper_that_prints_the_name_comes_before_a_step_and_that_before_figures() -> None:
    papers = [
        paper(id_, year, "Bo Steam", cut=True) for id_, year in (("new", 2031), ("plain", 2030))
    ]
    papers += [paper(id_, 2029, "Bo Steam", cut=True) for id_ in ("figures", "step")]
    papers += [paper("named", 2028)]
    one = dossier(
        *papers,
        facts={"figures": facts(figure("Stove-7", "81%"), code=True), "step": facts(code=False)},
        parts=[Part("kettle", "Kettle", ["step"], 2, None, guessed=False)],
    )
    assert chosen(one) == [
        ("named", ("the list of authors prints the name",)),
        ("new", ("the newest",)),
        ("figures", ("it gives figures", "code released")),
        ("step", ("the latest of theirs in the line Kettle",)),
        ("plain", ()),
    ]


def test_where_every_list_prints_the_name_that_is_no_reason() -> None:
    assert chosen(dossier(paper("a", 2031), paper("b", 2030))) == [
        ("a", ("the newest",)),
        ("b", ()),
    ]


def test_a_second_paper_of_a_line_waits_until_others_are_named() -> None:
    papers = [paper("old", 2031), *(paper(f"p{n}", 2030) for n in range(3)), paper("first", 2029)]
    one = dossier(
        *papers,
        facts={id_: facts(figure("Stove-7", "81%")) for id_ in ("old", "first")},
        parts=[Part("kettle", "Kettle", ["first", "old"], 2, None, guessed=False)],
    )
    assert [id_ for id_, _ in chosen(one)] == ["old", "p0", "p1", "p2", "first"]
    assert len(chosen(one, most=2)) == 2


def test_places_are_printed_as_people_say_them() -> None:
    def said(number: int, of: int, whole: bool) -> str:
        one = Authorship(paper="p", position=number, of=of, authors_complete=whole)
        return place(one)

    assert said(1, 3, True) == "1st of 3"
    assert said(2, 3, False) == "2nd, list cut"
    assert [said(n, 200, True)[:6].strip() for n in (3, 11, 12, 13, 21, 102, 111)] == [
        *("3rd of", "11th o", "12th o", "13th o", "21st o", "102nd", "111th"),
    ]
