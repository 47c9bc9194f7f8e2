"""What is worth asking, by code."""

from __future__ import annotations

from pipeline.chunking import Sentence
from pipeline.dossier import Dossier, Part
from pipeline.questions import MOST_LIMITS, MOST_QUESTIONS, questions
from pipeline.scribe import Scribe
from tests.dossiers import dossier, facts, figure, paper
from tests.issues import read
from tests.page_sheets import claim, summary

LINE = Part("kettle", "Kettle", ["one", "two"], 2, None, guessed=False)


def asked(one: Dossier) -> list[tuple[str, str, str]]:
    found = questions(one, Scribe("litline/briefing", "ada-brew"))
    return [(question.kind, question.claim.text, question.ask) for question in found]


def pair(before: str, after: str, metric: str = "Stove-7", **more: object) -> Dossier:
    return dossier(
        paper("two", 2031),
        paper("one", 2030),
        facts={
            "one": facts(figure("Stove-7", before, **more)),
            "two": facts(figure(metric, after, **more)),
        },
        parts=[LINE],
    )


def test_two_members_of_a_line_on_one_benchmark_are_held_side_by_side() -> None:
    one = pair("70%", "81%")
    (said,) = asked(one)
    expected = "On Stove-7, One gives 70% and Two 81%."
    assert said == ("pair", expected, "What made the difference?")
    (question,) = questions(one, Scribe("litline/briefing", "ada-brew"))
    assert len(question.claim.evidence) == 2
    assert question.papers == ["one", "two"]


def test_the_same_figure_twice_is_no_question_and_neither_are_two_lines() -> None:
    assert asked(pair("70%", "70%")) == []
    assert asked(pair("70%", "81%")._replace(parts=[])) == []


def test_one_rival_of_two_members_is_a_question_where_no_benchmark_is() -> None:
    (said,) = asked(pair("70%", "81%", metric="Stove-9", baseline="Whistle"))
    assert said[1] == "One and Two both measure themselves against Whistle."


def test_limits_are_asked_about_one_of_each_paper_and_at_most_four() -> None:
    limit = summary(limitations=[claim("Milk is not covered."), claim("Nor is tea.")])
    papers = [paper(f"p{n}", 2031) for n in range(6)]
    one = dossier(*papers, sheets={entry.paper.id: read(entry.paper.id, limit) for entry in papers})
    found = asked(one)
    assert len(found) == MOST_LIMITS <= MOST_QUESTIONS
    assert found[0] == (
        "limit",
        "P0 states a limit: “Milk is not covered.”",
        "What has been done about it since?",
    )


def test_one_thing_that_two_members_speak_of_is_asked_about() -> None:
    papers = [paper("two", 2031), paper("one", 2030)]
    said = {
        "one": "One rivals modular counterparts.",
        "two": "Two narrows the gap to modular counterparts.",
    }
    sentences = {id_: [Sentence(1, "a.txt", 0, len(s), s)] for id_, s in said.items()}
    (found,) = asked(dossier(*papers, parts=[LINE], sentences=sentences))
    expected = "One and Two both speak of “modular counterpart”."
    assert found == ("pair", expected, "How do these fit together?")
