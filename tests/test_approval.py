from __future__ import annotations

from itertools import chain

from pipeline.review.approval import unread
from pipeline.sheets import Claim
from tests.digest_sheets import empty, week
from tests.page_sheets import claim, sheet, summary


def told() -> list[Claim]:
    slots = [slot for one in week().opened for slot in (one.new, one.result, one.gap, one.code)]
    return [slot for slot in slots if slot and slot.kind != "computed"]


def test_what_a_source_or_a_model_says_has_to_be_read() -> None:
    assert told()
    waiting = unread(week(), {})
    assert set(chain.from_iterable(waiting.values())) == {one.id for one in told()}
    assert waiting.keys() <= {one.paper for one in week().opened}


def test_what_was_approved_on_a_papers_page_is_read() -> None:
    digest = week()
    read = {"reviewed": "accepted"}
    opened = [
        one.model_copy(
            update={
                slot: found.model_copy(update=read)
                for slot in ("new", "result", "gap", "code")
                if (found := getattr(one, slot))
            }
        )
        for one in digest.opened
    ]
    assert unread(digest.model_copy(update={"opened": opened}), {}) == {}


def test_the_ids_are_those_of_the_papers_pages() -> None:
    digest = week()
    first = digest.opened[0]
    assert first.new is not None
    own = claim(first.new.text, quote=first.new.evidence[0].quote)
    page = sheet(summary(own.model_copy(update={"id": "f" * 12})))
    assert unread(digest, {first.paper: page})[first.paper][0] == "f" * 12


def test_a_week_without_papers_waits_for_nobody() -> None:
    assert unread(empty(), {}) == {}
