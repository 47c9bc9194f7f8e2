"""What is worth asking, by code."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.chunking import Sentence
from pipeline.dossier import Dossier, Part
from pipeline.questions import (
    MOST_LIMITS,
    MOST_QUESTIONS,
    asks_beyond,
    questions,
    speaks_of_a_role,
)
from pipeline.scribe import Scribe
from tests.dossiers import dossier, facts, figure, paper
from tests.issues import read
from tests.page_sheets import claim, summary

LINE = Part("kettle", "Kettle", ["one", "two"], 2, None, guessed=False)


def asked(one: Dossier) -> list[tuple[str, str, str]]:
    found = questions(one, Scribe("litline/briefing", "ada-brew"))
    return [(question.kind, question.claim.text, question.ask) for question in found]


def pair(before: float, after: float, metric: str = "Stove-7", **more: Any) -> Dossier:
    own = {
        "one": figure("Stove-7", f"{before:g}%", value=before, **{"subject": "One", **more}),
        "two": figure(metric, f"{after:g}%", value=after, **{"subject": "Two", **more}),
    }
    papers = [paper("two", 2031), paper("one", 2030)]
    return dossier(*papers, facts={id_: facts(row) for id_, row in own.items()}, parts=[LINE])


def test_two_members_of_a_line_on_one_benchmark_are_held_side_by_side() -> None:
    one = pair(70, 81)
    (said,) = asked(one)
    expected = "On Stove-7, One gives 70% and Two 81%."
    assert said == ("pair", expected, "What made the difference?")
    (question,) = questions(one, Scribe("litline/briefing", "ada-brew"))
    assert len(question.claim.evidence) == 2
    assert question.papers == ["one", "two"]


def test_the_same_figure_twice_is_no_question_and_neither_are_two_lines() -> None:
    assert asked(pair(70, 70)) == []
    assert asked(pair(70, 81)._replace(parts=[])) == []


@pytest.mark.parametrize("more", [{"subject": None}, {"subject": "Barnet 3"}, {"subject": "One"}])
def test_figures_of_other_works_are_not_held_side_by_side(more: dict[str, Any]) -> None:
    assert asked(pair(70, 81, **more)) == []


def test_figures_of_other_units_or_kinds_are_not_held_side_by_side() -> None:
    bound = pair(70, 81)
    two = facts(figure("Stove-7", "0.81", value=0.81, unit=None, subject="Two"))
    assert asked(bound._replace(facts={**bound.facts, "two": two})) == []
    assert asked(pair(70, 81, metric="accuracy")) == []


@pytest.mark.parametrize(
    ("ask", "wrong"),
    [
        ("What of the lid?", ""),
        ("What of the lid", "it asks nothing"),
        ("Does the lid reach 99%?", "numbers"),
        ("Does the lid beat Whistle-4?", "names"),
        ("Were you fired because results were faked?", "it speaks of a person (“you”)"),
        ("Why does the lead author rest the lid?", "it speaks of a person (“lead”)"),
    ],
)
def test_a_models_question_keeps_to_its_sentences(ask: str, wrong: str) -> None:
    assert asks_beyond(ask, ["The lid of Simmer rests on a pot."], "").startswith(wrong)


@pytest.mark.parametrize(
    "text",
    [
        "The author proposed Simmer.",
        "As lead author she presents Simmer.",
        "They led the team that presents Simmer.",
    ],
)
def test_a_role_is_not_to_be_told(text: str) -> None:
    assert speaks_of_a_role(text)
    assert not speaks_of_a_role("Simmer lowers the flame in time.")


def test_one_rival_of_two_members_is_a_question_where_no_benchmark_is() -> None:
    (said,) = asked(pair(70, 81, metric="Stove-9", baseline="Whistle"))
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
