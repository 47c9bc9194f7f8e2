from __future__ import annotations

import datetime as dt

import pytest

from pipeline.records import Coverage, RecordRef, Wording
from pipeline.report.paper_view import SLOTS, paper_view
from pipeline.sheets import FIELDS, Dropped
from tests.page_sheets import DOCUMENT, claim, details, sheet, summary


def test_every_field_of_a_summary_has_a_slot() -> None:
    assert {field for field, _, _ in SLOTS} == set(FIELDS)


def test_slots_come_in_printed_order_and_number_their_evidence() -> None:
    given = summary(
        tldr=claim("a", start=60),
        results=[claim("b", start=70)],
        problem=[claim("c", start=80), claim("d", start=60, quote="a")],
    )
    page = paper_view(sheet(given))
    assert [slot.lead for slot in page.slots] == ["Problem", "Result"]
    assert page.short is not None
    assert page.short.numbers == (1,)
    assert [line.text for line in page.slots[0].lines] == ["c"]
    assert [e.quote for e in page.evidence] == ["a", "c", "b"]


def test_a_sentence_is_printed_once_and_pointed_to_after() -> None:
    given = summary(problem=[claim("It is loud.")], contributions=[claim("it is loud")])
    page = paper_view(sheet(given))
    assert [slot.above for slot in page.slots] == [(), (2,)]
    assert "what is new" not in page.gap


def test_what_stands_in_short_is_not_pointed_to() -> None:
    given = summary(tldr=claim("It is quiet."), contributions=[claim("it is quiet")])
    page = paper_view(sheet(given))
    assert page.slots == []
    assert "what is new" not in page.gap


def test_a_rewording_of_the_same_evidence_is_no_repetition() -> None:
    given = summary(
        tldr=claim("Short.", "derived", "model", quote="Long."), problem=[claim("Long.")]
    )
    page = paper_view(sheet(given))
    assert [line.text for line in page.slots[0].lines] == ["Long."]
    assert len(page.evidence) == 1


def test_what_is_not_stated_is_said_once() -> None:
    page = paper_view(sheet(summary(problem=[claim("a")], approach=[claim("b")])))
    assert (
        page.gap
        == "No sentence found in the abstract for: what is new, results, limits, code and models."
    )


def test_what_was_dropped_does_not_count_as_not_stated() -> None:
    dropped = [Dropped(field="results", text="It flies.", reason="names")]
    page = paper_view(sheet(summary(problem=[claim("a")]), dropped))
    assert page.gap == (
        "No sentence found in the abstract for: "
        "what is new, how it is done, limits, code and models."
    )


def test_beyond_the_abstract_it_is_the_text_that_does_not_state() -> None:
    given = summary(problem=[claim("a", start=9_000)])
    assert paper_view(sheet(given)).gap.startswith(
        "No sentence found in the text for: what is new,"
    )


def test_only_a_model_can_say_that_something_is_not_stated() -> None:
    given = summary(tldr=claim("Kettles can be quiet."))
    assert paper_view(sheet(given, made={"model": "some-model"})).gap.startswith("Not stated in")


def test_nothing_is_missing_when_all_slots_are_filled() -> None:
    slots = {field: [claim(field)] for field, _, _ in SLOTS}
    assert paper_view(sheet(summary(None, **slots))).gap == ""


def test_a_wholly_empty_summary_says_why() -> None:
    silent = sheet(summary(), about=details(wordings=[]), title=None)
    page = paper_view(silent)
    assert page.gap == "No document gives a text of this paper, so there is nothing to summarise."
    assert page.notes == ["No document prints a title."]
    refused = paper_view(sheet(summary()))
    assert refused.gap == "Nothing in the text of this paper could be stated with evidence."


def test_sources_come_with_entries_and_coverage() -> None:
    records = [
        RecordRef(document=DOCUMENT, index=4),
        RecordRef(document="b.txt", index=0),
        RecordRef(document=DOCUMENT, index=8),
    ]
    page = paper_view(
        sheet(coverage=[Coverage(document=DOCUMENT, declared=None, present=9)], records=records)
    )
    assert [(s.document, s.where) for s in page.sources] == [
        (DOCUMENT, "entries 5, 9 (9 papers present)"),
        ("b.txt", "entry 1"),
    ]


def test_notes_say_what_was_inferred_cut_or_worded_twice() -> None:
    about = details(
        et_al=True,
        year_inferred=True,
        updated=dt.date(2031, 6, 2),
        affiliations=["Teapot Institute", "Cup Lab"],
        comment="8 pages",
        wordings=[Wording(document=name, start=0, end=900) for name in ("b.txt", "a.txt")],
    )
    assert paper_view(sheet(about=about, title=None)).notes == [
        "No document prints a title; the heading is taken from the abstract.",
        "The document prints day and month only; the year 2031 is inferred.",
        "The list of authors is cut in the source, after 2 names.",
        "The documents word the abstract in 2 ways; this page reads the first, from b.txt.",
        "Updated 2 June 2031.",
        "Institutions printed with the paper: Teapot Institute, Cup Lab.",
        "Comment in the listing: 8 pages",
    ]


def test_the_head_of_the_page() -> None:
    page = paper_view(sheet(about=details(has_code=True, year_inferred=True)))
    assert (page.authors, page.date) == ("Ada Brew, Bo Steam", "27 May 2031 (year inferred)")
    assert (page.arxiv_id, page.code) == ("3105.01234", "has code")
    bare = paper_view(sheet(authors=None, date=None, arxiv_id=None))
    assert (bare.authors, bare.date) == ("authors not stated", "date not stated")
    assert (bare.arxiv_url, bare.code, bare.all_authors) == (None, "", [])


@pytest.mark.parametrize(
    ("field", "lead"),
    [("tldr", "In short"), ("results", "Result"), ("figures", "Figures"), ("x", "x")],
)
def test_what_was_dropped_is_listed_with_its_reason(field: str, lead: str) -> None:
    page = paper_view(sheet(dropped=[Dropped(field=field, text="It flies.", reason="names")]))
    assert [tuple(refused) for refused in page.dropped] == [(lead, "It flies.", "names")]


def test_a_sentence_dropped_from_two_fields_is_listed_once() -> None:
    dropped = [
        Dropped(field=field, text=text, reason=reason)
        for field, text, reason in [
            ("tldr", "It flies.", "names"),
            ("results", "It sinks.", "names"),
            ("results", "It flies.", "names"),
            ("results", "It flies.", "numbers"),
        ]
    ]
    page = paper_view(sheet(dropped=dropped))
    assert [(one.lead, one.text, one.reason) for one in page.dropped] == [
        ("In short and Result", "It flies.", "names"),
        ("Result", "It sinks.", "names"),
        ("Result", "It flies.", "numbers"),
    ]
