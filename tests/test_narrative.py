from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from flows.settings import load_settings
from flows.shelves import look_up
from flows.tracing import members_looked_up, tell, trace_graph
from pipeline.ask import Asker
from pipeline.chunking import Sentence
from pipeline.errors import AnswerError
from pipeline.grounded import Grounder
from pipeline.lineage_graph import Member, Proposal, build_graph
from pipeline.lineage_sheet import LineageSheet
from pipeline.providers.extractive import ExtractiveProvider
from pipeline.providers.fake import FakeProvider, Queued
from pipeline.report.check import claim_faults
from pipeline.samples import sample_files
from pipeline.schemas import (
    NarrativeReply,
    Relation,
    RelationsReply,
    RepairReply,
    SentenceClaim,
    StepClaim,
)
from pipeline.steps.narrative import (
    Story,
    ask_relations,
    most_tellings,
    plan_relations,
    plan_story,
    tell_stories,
)
from pipeline.steps.summarise import Work, plan_paper
from pipeline.store import Store
from pipeline.verdicts import Verdicts
from tests.asking import summarised

Make = Callable[..., Asker]
NOTHING = RepairReply(statements=[])


@pytest.fixture
def works() -> list[Work]:
    settings = load_settings(as_of=dt.date(2026, 6, 30))
    return [plan_paper(one) for one in look_up(sample_files(), settings, None).entries]


# --- Relations -------------------------------------------------------------------------------


def member(works: list[Work], opening: str) -> Any:
    (found,) = [m for m in members_looked_up(works) if m.label.startswith(opening)]
    return found


def sentence(works: list[Work], opening: str, words: str) -> Any:
    (found,) = [s for s in member(works, opening).sentences if words in s.text]
    return found


def with_proposal(works: list[Work], *proposals: Proposal) -> tuple[set[Any], set[Any]]:
    """Return the edges that proposals add, and those that they take away."""
    members = members_looked_up(works)
    before = {(e.source, e.target, e.type) for e in build_graph(members).edges}
    after = {(e.source, e.target, e.type) for e in build_graph(members, proposals).edges}
    return after - before, before - after


def test_a_relation_that_the_sentence_names_and_shows_is_taken() -> None:
    text = "Hushkettle is quiet, for it employs, among other things that are older, Boiler-2."
    place = Sentence(1, "kettles.txt", 0, len(text), text)
    alone = Member(
        id="hushkettle",
        label="Hushkettle",
        title="Hushkettle",
        names=("Hushkettle",),
        date=dt.date(2031, 5, 27),
        year_inferred=False,
        authors=(),
        links=(),
        sentences=(place,),
    )
    assert build_graph([alone]).edges == []
    proposals = [Proposal("hushkettle", "uses", name, place) for name in ("Boiler 2", "Boiler-3")]
    graph = build_graph([alone], proposals)
    (edge,) = graph.edges
    assert (edge.source, edge.type, edge.basis) == ("hushkettle", "uses", "stated")
    assert [e.quote for e in edge.evidence] == [text]
    assert [node.label for node in graph.nodes if node.kind == "external"] == ["Boiler-2"]


@pytest.mark.parametrize(
    ("opening", "words", "kind", "name"),
    [
        ("Deckhand", "fine-tunes", "uses", "Kelvane-4"),
        ("Deckhand", "fine-tunes", "succeeds", "Skerry2.5-8B"),
        ("Deckhand", "fine-tunes", "uses", "Deckhand"),
        ("Deckhand", "wet glass", "uses", "Skerry2.5-8B"),
        ("Pilotage", "employs", "succeeds", "Skerry3-8B"),
    ],
)
def test_what_the_sentence_does_not_name_or_show_is_not_taken(
    works: list[Work], opening: str, words: str, kind: Any, name: str
) -> None:
    place = sentence(works, opening, words)
    proposal = Proposal(member(works, opening).id, kind, name, place)
    assert with_proposal(works, proposal) == (set(), set())


def test_a_sentence_of_another_paper_proposes_nothing(works: list[Work]) -> None:
    place = sentence(works, "Pilotage", "employs")
    proposal = Proposal(member(works, "Tidewatch").id, "uses", "Skerry3-8B", place)
    assert with_proposal(works, proposal) == (set(), set())


async def test_proposals_point_to_sentences_that_exist(works: list[Work], asker: Make) -> None:
    members = members_looked_up(works)
    readings = plan_relations(members, build_graph(members))
    assert readings
    relations = [
        Relation(name="Skerry 3", type="uses", sentence=number) for number in (1, 0, -1, 99)
    ]
    provider = FakeProvider([RelationsReply(relations=relations), AnswerError("no reply")])
    async with asker(provider, concurrency=1) as made:
        found = await ask_relations(readings[:2], made)
    first, second = found
    assert [one.sentence for one in first[0]] == [readings[0].sentences[0]]
    assert first[1] is None
    assert second[0] == []
    assert second[1] is not None
    assert second[1].stage == "relations"


def test_only_papers_with_something_unread_are_asked_about(works: list[Work]) -> None:
    members = members_looked_up(works)
    asked = {r.member.id for r in plan_relations(members, build_graph(members))}
    assert 0 < len(asked) < len(members)
    assert member(works, "Tidewatch").id not in asked


# --- Telling -----------------------------------------------------------------------------------


@pytest.fixture
async def line(works: list[Work], asker: Make, store: Store) -> LineageSheet:
    """Return the first line of the samples as code tells it."""
    async with asker(ExtractiveProvider()) as made:
        outcomes = await summarised(works, made, store)
    sheets = {o.sheet.paper.id: o.sheet for o in outcomes if o.sheet}
    traced = trace_graph(works, members_looked_up(works))
    return tell(traced.lines, traced, sheets, [], store)[0]


@pytest.fixture
def telling(works: list[Work], asker: Make, store: Store, line: LineageSheet) -> Any:
    names = trace_graph(works, members_looked_up(works)).names

    async def run(*replies: Queued) -> tuple[LineageSheet, Any, FakeProvider]:
        provider = FakeProvider(replies)
        async with asker(provider) as made:
            grounder = Grounder(made, Verdicts(store), ExtractiveProvider())
            ((sheet, failure),) = await tell_stories([plan_story(line)], grounder, names)
        return sheet, failure, provider

    return run


def number_of(story: Story, words: str) -> int:
    return next(n for n, s in enumerate(story.question.sentences, start=1) if words in s)


def reply(
    short: list[SentenceClaim] | None = None, steps: list[StepClaim] | None = None
) -> NarrativeReply:
    return NarrativeReply(short=short or [], steps=steps or [])


def test_each_sentence_is_shown_with_its_work(line: LineageSheet) -> None:
    story = plan_story(line)
    assert story.question.statements[0] == line.steps[0].label
    assert len(story.question.statements) == len(line.steps)
    labels = {step.node: step.label for step in line.steps}
    for text, (node, place) in zip(story.question.sentences, story.places, strict=True):
        assert text.startswith(f"{labels[node]}: ")
        assert place.quote


async def test_what_holds_is_printed_and_counted(line: LineageSheet, telling: Any) -> None:
    story = plan_story(line)
    at = number_of(story, "84.3%")
    step = next(n for n, s in enumerate(line.steps, start=1) if s.label == "Skerry 3")
    text = "Skerry 3 reaches 84.3% on DocTide with 32B parameters."
    good = SentenceClaim(text="Skerry3-32B reaches 84.3% on DocTide.", sentences=[at])
    sheet, failure, _ = await telling(
        reply([good], [StepClaim(text=good.text, sentences=[at], step=step)])
    )
    assert failure is None
    assert text not in str(sheet)
    assert [c.text for c in sheet.short] == [*(c.text for c in line.short), good.text]
    assert [c.text for c in sheet.steps[step - 1].passage] == [good.text]
    assert sheet.steps[0] == line.steps[0]
    assert (sheet.stamp.model, sheet.stamp.prompt) == ("fake-model", "lineage_narrative")
    assert sheet.stamp.counts.by_origin["model"] == 2
    assert not [fault for _, claim in sheet.claims() for fault in claim_faults(claim)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Skerry3-32B reaches 87.3% on DocTide.", "84.3%"),
        ("Skerry3.5-32B reaches 84.3% on DocTide.", "84.3%"),
        ("Skerry 3 pleases everybody who ever used it.", "84.3%"),
    ],
)
async def test_what_does_not_hold_is_dropped_and_the_page_stays(
    line: LineageSheet, telling: Any, text: str, words: str
) -> None:
    at = number_of(plan_story(line), words)
    bad = SentenceClaim(text=text, sentences=[at])
    sheet, failure, _ = await telling(
        reply([bad], [StepClaim(text=text, sentences=[at], step=1)]), NOTHING
    )
    assert failure is None
    assert sheet.short == line.short
    assert sheet.steps == line.steps
    assert {refused.text for refused in sheet.dropped} == {text}
    assert sheet.stamp.counts.dropped == len(sheet.dropped)


@pytest.mark.parametrize("step", [0, 1, 99])
async def test_a_sentence_of_another_step_or_of_none_is_dropped(
    line: LineageSheet, telling: Any, step: int
) -> None:
    at = number_of(plan_story(line), "84.3%")
    text = "Skerry3-32B reaches 84.3% on DocTide."
    sheet, _, _ = await telling(reply(steps=[StepClaim(text=text, sentences=[at], step=step)]))
    assert sheet.steps == line.steps
    (refused,) = sheet.dropped
    assert refused.reason.startswith("located: " if step != 1 else "names: ")


async def test_a_link_that_no_cited_sentence_states_is_dropped(
    line: LineageSheet, telling: Any
) -> None:
    at = number_of(plan_story(line), "84.3%")
    text = "Skerry3-32B follows Skerry 2.5 and reaches 84.3% on DocTide."
    sheet, _, _ = await telling(reply([SentenceClaim(text=text, sentences=[at])]), NOTHING)
    assert sheet.short == line.short
    assert "state no link" in sheet.dropped[0].reason


async def test_where_the_model_fails_the_line_stays_as_code_told_it(
    line: LineageSheet, telling: Any
) -> None:
    sheet, failure, _ = await telling(AnswerError("no reply"))
    assert sheet == line
    assert (failure.stage, failure.reason) == ("narratives", "no reply")
    assert failure.document == f"lineages/{line.slug}"


async def test_a_second_telling_is_free_and_the_same(line: LineageSheet, telling: Any) -> None:
    at = number_of(plan_story(line), "84.3%")
    good = SentenceClaim(text="Skerry3-32B reaches 84.3% on DocTide.", sentences=[at])
    first, _, _ = await telling(reply([good]))
    second, _, provider = await telling()
    assert provider.requests == 0
    assert second == first


def test_the_bound_is_of_each_line_and_its_second_calls() -> None:
    assert len(most_tellings(3, judge=False)) == 6
    assert len(most_tellings(3, judge=True)) == 9
    assert most_tellings(0, judge=True) == []
