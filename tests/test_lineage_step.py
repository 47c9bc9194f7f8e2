"""What is said of a line, from a graph and sheets by hand; everything in them is invented."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from pipeline.chunking import Sentence, Unit
from pipeline.lineage_sheet import GraphEdge, GraphNode, GraphSheet, LineageSheet
from pipeline.lines import lines
from pipeline.records import Coverage
from pipeline.report.check import claim_faults
from pipeline.report.graph_check import graph_faults, line_faults
from pipeline.sheets import Claim, FigureRow, PaperSheet, Release, claim_id, count
from pipeline.steps.lineage import Shelf, line_name, member_of, trace
from tests.entries import entry
from tests.lineage_sheets import edge, node
from tests.page_sheets import DOCUMENT, claim, details, evidence, sheet, summary


def day(year: int) -> dt.date:
    return dt.date(year, 3, 9)


A, B, C = node("a", day(2030)), node("b", day(2031)), node("c", day(2032))
LOST = node("lost", paper=False, label="Pot 2.0")
EDGES = [edge("b", "a", "builds-on"), edge("c", "b", basis="inferred")]
NAMES = {"a": ["Pot"], "b": ["Pot 2", "Pot2"], "c": ["Pot 3"]}


def paper_sheet(name: str, given: Any = None, **more: Any) -> PaperSheet:
    about = more.pop("about", None)
    made = sheet(given or summary(), about=about, id=name)
    return made.model_copy(update=more)


def told(
    nodes: Sequence[GraphNode] = (A, B, C),
    edges: Sequence[GraphEdge] = tuple(EDGES),
    names: Mapping[str, Sequence[str]] = NAMES,
    units: Mapping[str, Sequence[str]] | None = None,
    coverage: Sequence[Coverage] = (),
    **sheets: PaperSheet,
) -> LineageSheet:
    """Tell the first line of a graph, and see that the sheet holds together."""
    graph = GraphSheet(nodes=list(nodes), edges=list(edges))
    papers = [one.id for one in nodes if one.kind == "paper"]
    shelf = Shelf(
        {name: sheets.get(name) or paper_sheet(name) for name in papers},
        names,
        {name: _units((units or {}).get(name, ())) for name in papers},
        graph,
        coverage,
    )
    found = trace(lines(graph)[0], "pots", shelf)
    assert_sound(found)
    return found


def _units(texts: Sequence[str]) -> list[Unit]:
    found = [Sentence(n, DOCUMENT, 9 * n, 9 * n + len(t), t) for n, t in enumerate(texts, start=1)]
    return [Unit(tuple(found))]


def assert_sound(found: LineageSheet) -> None:
    """Fail where the checks of whole outputs would, or where an id is not that of its claim."""
    claims = list(found.claims())
    for field, one in claims:
        quotes = [place.quote for place in one.evidence]
        assert one.id == claim_id("litline/lineage", "pots", field, one.text, quotes)
        assert list(claim_faults(one)) == []
    assert list(graph_faults(found.nodes, found.edges)) == []
    assert list(line_faults(found)) == []
    assert found.stamp.counts == count([one for _, one in claims], 0)


def texts(claims: Sequence[Claim]) -> list[str]:
    return [one.text for one in claims]


# --- Names and labels ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "name"),
    [
        ("Pot", "Pot"),
        ("Pot 2", "Pot"),
        ("Pot2.5", "Pot"),
        ("Pot-II", "Pot"),
        ("Foo-S1", "Foo-S1"),
        ("Pot++", "Pot++"),
    ],
)
def test_a_line_is_called_as_its_oldest_paper_without_its_version(first: str, name: str) -> None:
    line = lines(GraphSheet(nodes=[A, B], edges=EDGES[:1]))[0]
    assert line_name(line, {"a": [first, "Other"], "b": ["Later"]}) == name


def test_a_line_without_names_is_called_by_the_start_of_a_title() -> None:
    titled = node("a", day(2030), label="Pots at Sea: A Study")
    line = lines(GraphSheet(nodes=[titled, B], edges=EDGES[:1]))[0]
    assert line_name(line, {}) == "Pots at Sea"
    assert line_name(line, {"b": ["Pot 2"]}) == "Pot"


def test_members_of_one_name_are_told_apart_by_their_years() -> None:
    found = told(names={"a": ["PAN"], "b": ["PAN"], "c": ["Pot 3"]})
    assert [step.label for step in found.steps] == ["PAN (2030)", "PAN (2031)", "Pot 3"]
    assert found.short[0].text == "PAN (2030) → PAN (2031) → Pot 3."


def test_members_of_one_name_without_a_date_keep_it() -> None:
    undated = node("b")
    found = told([A, undated], [edge("b", "a")], names={"a": ["PAN"], "b": ["PAN"]})
    assert [step.label for step in found.steps] == ["PAN (2030)", "PAN"]


# --- Steps -----------------------------------------------------------------------------------


def test_a_step_says_how_it_follows() -> None:
    inferred = paper_sheet("c", about=details(year_inferred=True))
    first, second, third = told(c=inferred).steps
    assert (first.parent, first.basis, first.link, first.signs) == (None, None, [], [])
    assert (second.parent, second.basis, second.signs) == ("a", "stated", [])
    assert second.link == EDGES[0].evidence
    assert (third.parent, third.basis) == ("b", "inferred")
    assert third.signs == ["same name", "same first author"]
    assert [step.year_inferred for step in (first, second, third)] == [False, False, True]


def test_a_passage_is_what_is_new_and_what_came_out() -> None:
    given = summary(
        tldr=claim("Pot 2 is quiet."),
        approach=[claim("It has a lid."), claim("It has two handles.")],
        results=[claim("It boils in 4 minutes."), claim("It is light.")],
        contributions=[claim("We give recipes.")],
    )
    step = told(b=paper_sheet("b", given)).steps[1]
    assert texts(step.passage) == ["It has a lid.", "It boils in 4 minutes."]
    assert texts(step.aspects["results"]) == ["It boils in 4 minutes.", "It is light."]


@pytest.mark.parametrize("slot", ["approach", "results", "contributions"])
def test_a_passage_never_repeats_the_sentence_of_a_stated_edge(slot: str) -> None:
    quote = EDGES[0].evidence[0].quote
    given = summary(tldr=claim("Pot 2 is quiet."), **{slot: [claim(quote), claim("Other.")]})
    passage = told(b=paper_sheet("b", given)).steps[1].passage
    assert quote not in texts(passage)
    assert "Pot 2 is quiet." in texts(passage)
    assert ("Other." in texts(passage)) == (slot == "results")


def test_the_sentence_of_a_guessed_edge_may_be_printed() -> None:
    quote = EDGES[1].evidence[0].quote
    given = summary(approach=[claim(quote)])
    assert texts(told(c=paper_sheet("c", given)).steps[2].passage) == [quote]


def test_one_sentence_in_two_slots_is_printed_once() -> None:
    given = summary(approach=[claim("It boils in 4 minutes.")], results=[claim("Light.")])
    twice = summary(tldr=claim("It boils in 4 minutes."), results=[claim("It boils in 4 minutes.")])
    found = told(b=paper_sheet("b", given), c=paper_sheet("c", twice))
    assert [len(step.passage) for step in found.steps] == [0, 2, 1]


def test_all_aspects_are_there_and_empty_where_nothing_is_said() -> None:
    found = told(units={"b": ["We train it on rain.", "The kettle is nice."]})
    sides = ["architecture", "data", "training", "inference", "results", "openness"]
    assert [list(step.aspects) for step in found.steps] == [sides] * 3
    assert texts(found.steps[1].aspects["training"]) == ["We train it on rain."]
    assert not any(found.steps[0].aspects.values())
    assert found.steps[1].aspects["architecture"] == []


def test_two_sentences_are_kept_of_an_aspect_without_their_lead_in() -> None:
    said = ["Specifically, the encoder is small.", "A decoder follows.", "Layers are few."]
    given = summary(artefacts=[claim(f"Code {n} is out.") for n in range(3)])
    step = told(units={"b": said}, b=paper_sheet("b", given)).steps[1]
    architecture = step.aspects["architecture"]
    assert texts(architecture) == ["The encoder is small.", "A decoder follows."]
    assert [one.evidence[0].quote for one in architecture] == said[:2]
    assert texts(step.aspects["openness"]) == ["Code 0 is out.", "Code 1 is out."]


# --- In one breath ---------------------------------------------------------------------------


def test_the_line_in_one_breath() -> None:
    mini = node("mini", day(2033), label="Mini-Pot: A Small Pot")
    found = told([A, B, C, mini], [*EDGES, edge("mini", "a", "builds-on", "inferred")])
    assert texts(found.short) == [
        "Pot → Pot 2 → Pot 3. Beside it: Mini-Pot.",
        "4 papers read; of the links between them 1 is stated, 2 are guessed from names, authors "
        "and dates.",
    ]
    assert found.short[1].data == {
        "papers": ["a", "b", "c", "mini"],
        "read": 4,
        "stated": 1,
        "guessed": 2,
    }


def test_a_work_without_a_document_stands_in_brackets_on_the_trunk() -> None:
    edges = [edge("b", "lost", "builds-on"), edge("b", "a", basis="inferred"), EDGES[1]]
    found = told([A, B, C, LOST], edges)
    assert found.short[0].text == "Pot → (Pot 2.0) → Pot 2 → Pot 3."
    assert [(step.label, step.parent) for step in found.steps] == [
        ("Pot", None),
        ("Pot 2.0", None),
        ("Pot 2", "lost"),
        ("Pot 3", "b"),
    ]
    assert found.steps[1].passage == []


# --- Figures, rivals, openness ---------------------------------------------------------------


def figure(metric: str, printed: str | None, subject: str | None = None) -> FigureRow:
    return FigureRow(
        metric=metric,
        value=None,
        unit=None,
        baseline=None,
        difference=None,
        subject=subject,
        value_printed=printed,
        difference_printed=None,
        evidence=evidence(f"{metric}: {printed}"),
    )


def test_a_row_needs_figures_of_two_members() -> None:
    rows = {
        "a": [figure("WarmthVQA", "61%"), figure("AloneQA", "5"), figure("AloneQA", "6")],
        "b": [figure("WarmthVQA", "70%", "Pot 2-8L"), figure("OnlyVQA", None)],
        "c": [figure("OnlyVQA", "4")],
    }
    sheets: dict[str, Any] = {name: paper_sheet(name, figures=rows[name]) for name in rows}
    found = told(**sheets)
    (row,) = found.table
    assert row.metric == "WarmthVQA"
    assert [(cell.node, cell.whose, cell.printed) for cell in row.cells] == [
        ("a", "Pot", "61%"),
        ("b", "Pot 2-8L", "70%"),
    ]


def test_a_metric_without_a_name_of_its_own_gives_no_row() -> None:
    """Two accuracies may be of two tests: they are not set side by side."""
    rows = {"a": [figure("accuracy", "61%")], "b": [figure("accuracy", "70%")]}
    sheets: dict[str, Any] = {name: paper_sheet(name, figures=rows[name]) for name in rows}
    assert told(**sheets).table == []


def test_rivals_lie_outside_the_line() -> None:
    urn = node("urn", paper=False, label="Urn-4")
    other = node("other", day(2029), label="Samovar")
    edges = [
        *EDGES,
        edge("b", "urn", "compares-with"),
        edge("b", "other", "compares-with"),
        edge("b", "a", "compares-with"),
        edge("other", "urn", "compares-with"),
        edge("c", "urn", "uses"),
    ]
    found = told([A, B, C, urn, other], edges)
    assert [(one.node, one.names) for one in found.rivals] == [("b", ["Urn-4", "Samovar"])]
    assert found.rivals[0].evidence == [edges[2].evidence[0], edges[3].evidence[0]]
    assert {one.id for one in found.nodes} == {"a", "b", "c"}


def test_openness_is_what_each_member_releases_or_promises() -> None:
    place = evidence("Code and weights will be out.")
    release = Release(kinds=["code", "model"], url=None, released=False, evidence=place)
    (found,) = told(b=paper_sheet("b", releases=[release])).openness
    assert (found.node, found.words, found.released) == ("b", "code, models", False)
    assert found.evidence == place


# --- Beside the line -------------------------------------------------------------------------

PAN = node("pan", day(2034), label="Pan-Pilot: Steering Pots")


def test_only_works_outside_the_line_stand_beside_it_each_once() -> None:
    early = node("early", day(2031), label="Stove")
    edges = [
        *EDGES,
        edge("pan", "c", "compares-with"),
        edge("pan", "b", "evaluates"),
        edge("pan", "a", "uses"),
        edge("early", "a", "evaluates"),
        edge("c", "a", "uses"),
        edge("c", "early", "uses"),
    ]
    found = told([A, B, C, PAN, early], edges)
    shown = [(one.label, one.type, one.member) for one in found.beside]
    assert shown == [("Stove", "evaluates", "a"), ("Pan-Pilot", "uses", "a")]
    assert {one.id for one in found.nodes} == {"a", "b", "c", "pan", "early"}
    assert len(found.edges) == len(edges)


def test_what_stands_beside_says_so_in_its_own_words() -> None:
    text = "Notably, we steer Pot 2."
    place = evidence(text, start=9)
    by = edge("pan", "b", "uses").model_copy(update={"evidence": [place]})
    said = told([A, B, C, PAN], [*EDGES, by], units={"pan": [text]}).beside[0].claim
    assert said is not None
    assert (said.text, said.kind, said.evidence) == ("We steer Pot 2.", "quoted", [place])
    assert told([A, B, C, PAN], [*EDGES, by]).beside[0].claim is None


# --- What the page cannot tell ---------------------------------------------------------------


def test_the_gaps_are_works_without_a_document_guesses_and_missing_papers() -> None:
    edges = [edge("b", "lost", "builds-on"), edge("b", "a", basis="inferred"), EDGES[1]]
    coverage = [Coverage(document=DOCUMENT, declared=1_079, present=1_050)]
    found = told([A, B, C, LOST], edges, coverage=coverage)
    assert texts(found.gaps) == [
        "No document describes Pot 2.0: it is known only because Pot 2 names it.",
        "No document says that Pot 2 continues Pot; it appears to: same name, same first author.",
        "No document says that Pot 3 continues Pot 2; it appears to: same name, same first author.",
        "A member may be missing: kettles.txt declares 1,079 papers and holds 1,050.",
    ]
    assert [one.kind for one in found.gaps] == ["computed"] * 4
    assert found.gaps[0].evidence == edges[0].evidence
    assert found.gaps[2].evidence == EDGES[1].evidence


def test_a_work_without_a_document_that_is_nobody_s_nearest_parent_is_named_all_the_same() -> None:
    other = node("lost-2", paper=False, label="Pan 7")
    edges = [*EDGES, edge("b", "lost"), edge("b", "lost-2"), edge("c", "lost")]
    found = told([A, B, C, LOST, other], edges)
    assert texts(found.gaps)[:2] == [
        "No document describes Pot 2.0: it is known only because Pot 2 and Pot 3 name it.",
        "No document describes Pan 7: it is known only because Pot 2 names it.",
    ]
    assert [len(one.evidence) for one in found.gaps[:2]] == [2, 1]


@pytest.mark.parametrize(
    ("document", "declared", "present"),
    [(DOCUMENT, 50, 50), (DOCUMENT, None, 50), (DOCUMENT, 49, 50), ("other.txt", 79, 50)],
)
def test_nothing_is_missing_where_the_documents_of_the_line_hold_all(
    document: str, declared: int | None, present: int
) -> None:
    given = [Coverage(document=document, declared=declared, present=present)]
    assert len(told(coverage=given).gaps) == 1


# --- The sheet -------------------------------------------------------------------------------


def test_claims_without_dates_of_their_own_and_without_a_model() -> None:
    found = told()
    assert (found.stamp.model, found.stamp.date, found.stamp.cost_usd) == (None, None, None)
    assert found.stamp.inputs == told().stamp.inputs
    assert not any("2030" in one.text for _, one in found.claims())


def test_a_paper_whose_summary_failed_is_a_step_without_words() -> None:
    graph = GraphSheet(nodes=[A, B], edges=EDGES[:1])
    shelf = Shelf({"a": paper_sheet("a")}, NAMES, {}, graph, ())
    shelf = shelf._replace(units={"a": [], "b": []})
    found = trace(lines(graph)[0], "pots", shelf)
    assert_sound(found)
    assert [step.passage for step in found.steps] == [[], []]
    assert found.short[1].text.startswith("1 paper read")


def test_a_paper_as_the_graph_sees_it() -> None:
    one = entry("We present Hushkettle. It is quiet.")
    (unit,) = _units(["We present Hushkettle.", "It is quiet."])
    found = member_of(one, unit.sentences, ("https://example.org/x",))
    assert (found.id, found.label, found.date) == (one.paper.id, "Quiet Kettles", one.paper.date)
    assert found.links == ("https://example.org/x",)
    assert [sentence.number for sentence in found.sentences] == [1, 2]
