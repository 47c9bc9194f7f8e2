from __future__ import annotations

import datetime as dt

from pipeline.report.lineage_view import lineage_view, members, span
from pipeline.sheets import Dropped
from tests.lineage_sheets import (
    EDGES,
    FIRST,
    MISSING,
    NO_ASPECTS,
    POCKET,
    SECOND,
    edge,
    lineage,
    node,
    said,
    six,
    step,
)


def test_the_head_says_span_members_and_what_is_missing() -> None:
    page = lineage_view(six())
    assert (page.name, page.span) == ("Kettle", "December 2029 – April 2031")
    assert page.members == "5 members read, 1 missing"
    assert members(lineage(steps=[step(FIRST)], nodes=[FIRST])) == "1 member read"
    assert span(lineage(steps=[step(FIRST)])) == "December 2029"
    assert span(lineage(steps=[step(MISSING)])) == "no dates"


def test_each_step_says_whether_it_is_stated_or_guessed_and_from_what() -> None:
    steps = lineage_view(six()).steps
    assert [(s.lead + s.label, s.when, s.how) for s in steps] == [
        ("Kettle", "21 December 2029", ""),
        ("→ Kettle 1.5", "25 April 2030", "guessed: same name, same first author"),
        ("→ Kettle 2.0", "no document", "guessed: same name, same first author"),
        (
            "Side branch: Kettle 1.5 → Pocket Kettle",
            "21 October 2030",
            "guessed: same name, same first author",
        ),
        ("Kettle 2.0 → Kettle 2.5", "6 December 2030", "stated"),
        ("→ Kettle 3", "14 April 2031", "stated"),
    ]
    assert steps[0].path == "../../papers/Kettle"
    assert steps[2].path == ""


def test_evidence_is_numbered_as_it_is_printed() -> None:
    page = lineage_view(six())
    numbers = [n for line in page.short for n in line.numbers]
    for one in page.steps:
        numbers += [*one.numbers, *(n for told in one.told for n in told.line.numbers)]
    assert numbers == list(range(1, 14))
    assert page.evidence[3] == EDGES[0].evidence[0]


def test_an_inferred_year_and_a_missing_date_are_said() -> None:
    undated = node("Kettle 9")
    steps = [step(FIRST, year_inferred=True), step(undated)]
    page = lineage_view(lineage(steps=steps, nodes=[FIRST, undated]))
    assert [s.when for s in page.steps] == [
        "21 December 2029 (year inferred)",
        "date not stated",
    ]


def test_quotes_in_a_row_are_parted_by_their_aspects() -> None:
    told = lineage_view(six()).steps[1].told
    assert [(t.lead, t.line.text) for t in told] == [
        ("Architecture", "The spout is cut into 40 tiles."),
        ("Data", "It is fed with rain water."),
    ]


def test_one_quote_and_the_prose_of_a_model_have_no_lead() -> None:
    quoted = said("passage", "Fed with rain.")
    prose = [said("passage", f"Prose {n}.", "derived", "model") for n in range(2)]
    aspects = {**NO_ASPECTS, "data": [quoted, *prose]}
    for passage in ([quoted], prose, [*prose, quoted]):
        page = lineage_view(lineage(steps=[step(FIRST, None, *passage, aspects=aspects)]))
        assert [told.lead for told in page.steps[0].told] == [""] * len(passage)


def test_the_table_and_its_gap() -> None:
    page = lineage_view(six())
    assert [(r.metric, [c[:2] for c in r.cells]) for r in page.table] == [
        ("WarmthU", [("Kettle 2.5", "above 70%"), ("Kettle 3-78L", "72.2")])
    ]
    assert page.table_gap == "No other benchmark has figures from two members."
    assert lineage_view(lineage()).table_gap == "No benchmark has figures from two members."


def test_yardstick_and_openness_go_along_the_line() -> None:
    page = lineage_view(six())
    assert [r[:2] for r in page.yardstick] == [
        ("Kettle", "Cauldron-L"),
        ("Kettle 3", "Samovar-4o, Urn 3.5"),
    ]
    assert [r[:2] for r in page.openness] == [
        ("Kettle", "code and models"),
        ("Kettle 3", "data and weights (promised)"),
    ]


def test_what_stands_beside_says_how() -> None:
    beside = lineage_view(six()).beside
    assert [(b.label, b.when, b.how) for b in beside] == [
        ("Pan-Pilot", "2 June 2031", "uses Kettle 2.5"),
        ("StoveBench", "15 November 2030", "tests Kettle 1.5"),
    ]
    assert [bool(b.line) for b in beside] == [True, False]


def test_a_sentence_beside_the_line_does_not_repeat_its_number() -> None:
    of = six().beside[0]
    claim = said("beside", "We steer.", places=of.evidence)
    (aside,) = lineage_view(
        lineage(beside=[of.model_copy(update={"claim": claim})], nodes=six().nodes)
    ).beside
    assert aside.line is not None
    assert (aside.line.numbers, aside.numbers) == ((1,), ())


def test_what_was_dropped_is_listed_with_its_reason() -> None:
    dropped = [Dropped(field=f, text="It flies.", reason="names") for f in ("short", "x")]
    page = lineage_view(lineage(dropped=dropped))
    assert [tuple(d) for d in page.dropped] == [
        ("The line in one breath and x", "It flies.", "names")
    ]


def test_the_drawing_names_works_as_the_page_does() -> None:
    long = node("k", dt.date(2030, 1, 1), label="Kettle: towards boiling at scale")
    steps = [step(long, label="Kettle")]
    assert lineage_view(lineage(steps=steps, nodes=[long])).nodes[0].label == "Kettle"


def test_two_roots_have_no_arrow() -> None:
    steps = [step(FIRST), step(SECOND), step(POCKET, edge("Pocket Kettle", "Kettle 1.5"))]
    page = lineage_view(lineage(steps=steps))
    assert [s.lead for s in page.steps] == ["", "", "→ "]


def test_claims_come_once_each_in_printed_order() -> None:
    sheet = six()
    fields = [field for field, _ in sheet.claims()]
    assert fields == ["short"] * 2 + ["passage"] * 6 + ["beside", "gaps"]
    silent = said("passage", "Only among the aspects.")
    aspects = {**NO_ASPECTS, "training": [silent, sheet.steps[1].passage[0]]}
    steps = [sheet.steps[1], step(FIRST, aspects=aspects)]
    listed = [claim for _, claim in lineage(steps=steps).claims()]
    assert listed == [*sheet.steps[1].passage, silent]
