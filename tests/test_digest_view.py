from __future__ import annotations

import datetime as dt

from pipeline.digest_sheet import Change, DigestSheet, News, Opened, Theme
from pipeline.report.digest_view import NO_SENTENCE, DigestView, digest_view
from pipeline.sheets import Dropped, Failure
from tests.digest_sheets import KETTLE, URN, big, digest, empty, listed, quoted, told, week


def opened(**slots: object) -> list[tuple[str, list[str], str]]:
    """Return the slots of one opened paper: lead, lines, gap."""
    fields = {"new": None, "result": None, "gap": None, "code": None, "why": told("why", "b.")}
    one = Opened(**{"paper": "a", **fields, **slots})
    (entry,) = digest_view(digest(new_papers=["a"], opened=[one])).opened
    return [(slot.lead, [line.text for line in slot.lines], slot.gap) for slot in entry.slots]


# --- Two minutes ---------------------------------------------------------------------------


def test_the_head_names_the_week_its_days_and_what_is_new() -> None:
    page = digest_view(week())
    assert (page.heading, page.days, page.counted) == (
        *("Week 22 of 2031", "Mon 26 May – Sun 1 June", "2 new papers"),
    )
    assert digest_view(empty()).counted == "no new papers"


def test_the_name_of_what_is_followed_is_printed_once() -> None:
    page = digest_view(week())
    assert [(one.kind, one.name, one.line.text) for one in page.followed] == [
        ("lineage", "Kettle", "1 new paper: Kettle-ov."),
        ("topic", "whistle control", "1 new paper: UrnSketch."),
        ("author", "Ada Brew", "nothing new."),
    ]
    other = News(kind="topic", name="tea", claim=told("followed", "Nothing on tea."))
    assert digest_view(digest(followed=[other])).followed[0].line.text == "Nothing on tea."


def test_a_paper_to_open_has_its_slots_in_order() -> None:
    page = digest_view(week())
    first, second = page.opened
    assert [slot.lead for slot in first.slots] == ["New", "Result", "Code", "Why here"]
    assert [slot.lead for slot in second.slots] == ["New", "Result", "Why here"]
    assert first.paper.when == "28 May 2031 (year inferred)"
    assert second.authors == "Zhi Kettleworth, Wen Tongs, Xi Kong et al."
    assert (first.number, second.number) == (1, 2)


def test_what_code_says_is_printed_as_a_sentence_and_quotes_as_they_are() -> None:
    slots = opened(
        new=quoted("new", "we boil"), gap=told("gap", "no figure"), code=told("code", "code?")
    )
    assert slots == [
        ("New", ["we boil"], ""),
        ("Result", ["No figure."], ""),
        ("Code", ["Code?"], ""),
        ("Why here", ["B."], ""),
    ]


def test_a_slot_without_a_sentence_says_so() -> None:
    assert opened()[:2] == [("New", [], NO_SENTENCE), ("Result", [], NO_SENTENCE)]


def test_what_a_result_lacks_is_said_once() -> None:
    result = quoted("result", "It is faster.").model_copy(update={"lacks": ["figure"]})
    one = Opened(paper="a", new=None, result=result, gap=None, code=None, why=told("why", "b."))
    shown = digest_view(digest(new_papers=["a"], opened=[one])).opened[0].slots[1]
    assert shown.lines[0].lacking == "gives no figure"
    with_gap = one.model_copy(update={"gap": told("gap", "no figure")})
    shown = digest_view(digest(new_papers=["a"], opened=[with_gap])).opened[0].slots[1]
    assert [line.lacking for line in shown.lines] == ["", ""]


def test_a_claim_that_is_printed_twice_has_one_address_and_one_number() -> None:
    claim = quoted("short", "Kettles boil.")
    page = digest_view(digest(short=[claim, claim], new_papers=["a"]))
    assert [line.id for line in page.short] == [claim.id, ""]
    assert [line.numbers for line in page.short] == [(1,), (1,)]
    assert len(page.evidence) == 1


def test_themes_stand_where_more_is_new_than_is_opened() -> None:
    assert digest_view(week()).themes == []
    page = digest_view(big())
    assert page.themed == "New by theme"
    assert [(g.name, len(g.papers), g.shown) for g in page.themes] == [
        *(("Theme 0", 21, 4), ("Theme 1", 12, 4), ("Theme 2", 5, 5), ("Theme 3", 2, 2)),
    ]


def test_papers_without_a_theme_stand_under_their_number() -> None:
    papers = [f"p{n}" for n in range(6)]
    page = digest_view(digest(new_papers=papers, themes=[Theme(name="", papers=papers)]))
    assert (page.themed, page.themes[0].name) == ("All 6 new papers", "")


def test_a_line_leads_to_its_page() -> None:
    (line,) = digest_view(week()).lines
    assert (line.name, line.path) == ("Kettle", "../../lineages/kettle/lineage")


# --- What is not new -----------------------------------------------------------------------


def changed(*orders: str) -> DigestSheet:
    changes = [
        Change(paper=KETTLE, field="title", before="a" * 200, after=None, documents=[], order=order)
        for order in orders
    ]
    return digest(updated=changes)


def test_a_difference_is_never_called_an_update() -> None:
    headings = []
    for orders in (["stated"], ["unknown"], ["unknown", "stated"]):
        updated = digest_view(changed(*orders)).updated
        assert updated is not None
        headings.append(updated.heading)
    assert headings == ["Updated", "Worded differently", "Updated, or worded differently"]


def test_long_wordings_are_cut_and_missing_ones_named() -> None:
    updated = digest_view(changed("unknown")).updated
    assert updated is not None
    (difference,) = updated.differences
    assert len(difference.before) == 160
    assert difference.before.endswith("a…")
    assert difference.after == "none"
    assert difference.order == "a difference: no date says which is later"


def test_older_papers_stand_apart_newest_first_by_year() -> None:
    older = digest_view(week()).older
    assert older is not None
    assert older.heading == "Not new, but new to you: 14 older papers"
    assert older.note == "First digest of this library."
    assert [paper.day for paper in older.latest] == ["12 May", "11 May", "10 May", "9 May"]
    assert [(group.name, len(group.papers)) for group in older.years] == [
        *(("2031", 7), ("2030", 4), ("2029", 1), ("Date not stated", 2)),
    ]


def test_a_few_older_papers_need_no_list() -> None:
    sheet = digest(backlog=["b", "a"], listed=[listed("a", dt.date(2030, 1, 1))])
    older = digest_view(sheet).older
    assert older is not None
    assert [paper.label for paper in older.latest] == ["a", "b"]
    assert (older.years, older.note) == ([], "")


def test_a_paper_that_is_not_listed_goes_by_its_id() -> None:
    older = digest_view(digest(backlog=["a b/c"])).older
    assert older is not None
    (paper,) = older.latest
    assert paper.path == "../../papers/a%20b%2Fc"
    assert (paper.label, paper.when, paper.day) == ("a b/c", "date not stated", "")


# --- Quiet weeks and trust -----------------------------------------------------------------


def test_a_page_is_quiet_when_nothing_is_new_older_changed_or_moved() -> None:
    def quiet(**changes: object) -> bool:
        return digest_view(digest(**changes)).quiet

    assert quiet()
    assert digest_view(empty()).quiet
    assert digest_view(empty()).trends is None
    assert not quiet(new_papers=["a"])
    assert not quiet(backlog=["a"])
    assert not digest_view(changed("unknown")).quiet
    assert not quiet(lines=week().lines)


def page() -> DigestView:
    failed = [
        Failure(paper=URN, stage="summaries", reason="refused"),
        Failure(document="pans.txt", stage="read", reason="no reader recognises it"),
        Failure(stage="relations", reason="budget"),
    ]
    dropped = [Dropped(field="new", text="It flies.", reason="names")]
    return digest_view(week().model_copy(update={"failed": failed, "dropped": dropped}))


def test_failures_name_what_failed_where_and_why() -> None:
    assert page().failed == [
        "UrnSketch: An Interleaved Boiling Model with Self-correcting Steam, summaries: refused",
        "pans.txt, read: no reader recognises it",
        "the run, relations: budget",
    ]


def test_coverage_and_what_was_dropped_are_there() -> None:
    assert [(one.document, one.path, one.words) for one in page().documents] == [
        (
            "kettles.txt",
            "../../sources/kettles.txt.txt",
            "79 papers declared, 50 present: 29 are missing",
        ),
        ("urns.txt", "../../sources/urns.txt.txt", "10 papers present"),
    ]
    assert page().dropped == [("New", "It flies.", "names")]
    assert page().stamp.startswith("No language model was used.")
