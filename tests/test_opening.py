"""Which papers are opened first, and what their slots hold."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.issue import Interest, Issue
from pipeline.opening import Opener
from pipeline.scribe import Scribe
from pipeline.sheets import Claim, FigureRow, Release
from tests.issues import entry, issue, line, read
from tests.page_sheets import claim, evidence, summary

FIGURE = FigureRow(
    subject="Simmer",
    metric="spills",
    value=93.5,
    unit="%",
    baseline=None,
    difference=None,
    value_printed="93.5%",
    difference_printed=None,
    evidence=evidence("Simmer prevents 93.5% of the spills."),
)


def opener(one: Issue) -> Opener:
    return Opener(one, Scribe("litline/digest", one.name))


def lacking(text: str, *lacks: str) -> Claim:
    return claim(text).model_copy(update={"lacks": list(lacks)})


def released(*kinds: str, done: bool = True) -> Release:
    return Release(kinds=list(kinds), url=None, released=done, evidence=evidence("It is public."))


def test_a_followed_paper_comes_before_a_step_and_that_before_a_figure() -> None:
    papers = [entry(id_) for id_ in ("plain", "figure", "step", "followed")]
    measured = read("figure", summary(results=[claim("It prevents 93.5%.")]))
    one = issue(
        *papers,
        sheets={"figure": measured.model_copy(update={"figures": [FIGURE]})},
        interests=[Interest("topic", "lids", frozenset({"followed"}))],
        lines=[line("step", "kettle")],
    )
    chosen = opener(one).read_first()
    assert [(first.paper, first.reasons) for first in chosen] == [
        ("followed", ["followed topic: lids"]),
        ("step", ["next step of a line in your library: Kettle"]),
        ("figure", ["a figure with its benchmark"]),
        ("plain", []),
    ]


def test_what_an_abstract_does_not_give_counts_against_it() -> None:
    papers = [entry(id_) for id_ in ("silent", "nameless", "plain")]
    claims = summary(results=[lacking("It is better than all.", "benchmark")])
    sheets = {"silent": read("silent"), "nameless": read("nameless", claims)}
    one = issue(*papers, sheets=sheets, silent={"silent"})
    assert [first.paper for first in opener(one).read_first()] == ["plain", "nameless", "silent"]


@pytest.mark.parametrize(("kinds", "done"), [(("data",), True), (("code",), False)])
def test_only_code_that_is_released_speaks_for_a_paper(kinds: tuple[str, ...], done: bool) -> None:
    def reasons(*releases: Release) -> list[str]:
        made = read("simmer").model_copy(update={"releases": list(releases)})
        (first,) = opener(issue(entry("simmer"), sheets={"simmer": made})).read_first()
        return first.reasons

    assert reasons(released("code")) == ["code released"]
    assert reasons(released(*kinds, done=done)) == []


def slots(given: Any, **changes: Any) -> dict[str, str | None]:
    made = read("simmer", given, **changes.pop("read", {})).model_copy(
        update=changes.pop("made", {})
    )
    one = issue(entry("simmer"), sheets={"simmer": made}, **changes)
    teller = opener(one)
    found = teller.opened(teller.read_first()[0])
    return {
        name: slot.text if (slot := getattr(found, name)) else None
        for name in ("new", "result", "gap", "code", "why")
    }


def test_the_slots_hold_one_sentence_each_and_none_twice() -> None:
    same = claim("Simmer listens to the lid.")
    given = summary(
        tldr=same,
        results=[same, lacking("It is better.", "figure"), claim("It prevents 93.5%.")],
        artefacts=[claim("The code is public.")],
    )
    assert slots(given) == {
        "new": "Simmer listens to the lid.",
        "result": "It prevents 93.5%.",
        "gap": None,
        "code": "The code is public.",
        "why": "The only new paper.",
    }


def test_gaps_are_said_of_the_result_that_is_printed() -> None:
    nameless = lacking("It is better than all.", "benchmark", "figure")
    assert slots(summary(results=[nameless]))["gap"] == "this result names no benchmark"
    found = slots(summary(results=[nameless]), silent={"simmer"})
    assert found["gap"] == "the abstract gives no figure; this result names no benchmark"
    other = summary(results=[nameless, claim("It prevents 93.5%.")])
    assert slots(other)["gap"] is None


def test_code_is_told_by_the_paper_else_by_a_link_else_by_a_badge() -> None:
    promised = {"releases": [released("code", "model", done=False)]}
    assert slots(summary(), made=promised)["code"] == "code, models: promised"
    about = read("simmer").details.model_copy(update={"has_code": True})
    assert slots(summary(), made={"details": about})["code"] == "the page shows a code badge"
    about = about.model_copy(update={"has_code": False})
    assert slots(summary(), made={"details": about})["code"] == "the page shows no code badge"
    assert slots(summary())["code"] is None
