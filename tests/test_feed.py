from __future__ import annotations

import datetime as dt
import re
from xml.etree import ElementTree as ET

import pytest

from pipeline.digest_sheet import DigestSheet
from pipeline.report.digest_card import card_of
from pipeline.report.feed import feed_xml
from pipeline.report.view import visible
from tests.digest_sheets import digest, empty, filled_digest, week
from tests.page_sheets import HOSTILE

ATOM = "{http://www.w3.org/2005/Atom}"
LATER = digest(week="2031-W23", since=dt.date(2031, 6, 2), until=dt.date(2031, 6, 8))
WINDOW = digest(week=None, since=dt.date(2031, 5, 1), until=dt.date(2031, 5, 9))


def feed(*sheets: DigestSheet) -> ET.Element:
    return ET.fromstring(feed_xml([card_of(sheet) for sheet in sheets], "kettles"))


def texts(parent: ET.Element, tag: str) -> list[str]:
    return [found.text or "" for found in parent.iter(f"{ATOM}{tag}")]


def test_one_entry_per_digest_newest_first() -> None:
    found = feed(week(), LATER, WINDOW)
    assert texts(found, "title") == [
        "Litline digests",
        "Week 23 of 2031 · Mon 2 – Sun 8 June · no new papers",
        "Week 22 of 2031 · Mon 26 May – Sun 1 June · 2 new papers",
        "1 – 9 May 2031 · no new papers",
    ]
    assert [link.get("href") for link in found.iter(f"{ATOM}link")] == [
        "feed.xml",
        "index.html",
        "digests/2031-W23/digest.html",
        "digests/2031-W22/digest.html",
        "digests/2031-05-01--2031-05-09/digest.html",
    ]
    assert texts(found, "summary")[1].startswith("2 new papers. Kettle-ov appears")


def test_a_digest_is_updated_on_its_last_day() -> None:
    assert texts(feed(week(), WINDOW), "updated") == [
        "2031-06-01T00:00:00Z",
        "2031-06-01T00:00:00Z",
        "2031-05-09T00:00:00Z",
    ]


def test_what_atom_asks_for_is_there_once() -> None:
    found = feed(week(), LATER)
    for element in (found, *found.iter(f"{ATOM}entry")):
        for tag in ("id", "title", "updated"):
            assert len(element.findall(ATOM + tag)) == 1
    assert texts(found, "name") == ["Litline"]
    ids = texts(found, "id")
    assert len(set(ids)) == len(ids) == 3
    assert all(re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", id_) for id_ in ids)


def test_an_id_stays_when_the_digest_changes_and_others_come() -> None:
    (before,) = feed(week()).findall(f"{ATOM}entry/{ATOM}id")
    _, after = feed(empty(), LATER).findall(f"{ATOM}entry/{ATOM}id")
    assert before.text == after.text


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_words_leave_the_feed_as_it_is(text: str) -> None:
    found, model = feed(filled_digest(text)), feed(filled_digest("kettle"))
    assert [one.tag for one in found.iter()] == [one.tag for one in model.iter()]
    assert visible(text).strip() in texts(found, "summary")[0]


def test_a_feed_of_nothing_is_still_a_feed() -> None:
    assert texts(feed(), "updated") == ["1970-01-01T00:00:00Z"]
    assert feed_xml([], "kettles").startswith(
        '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="'
    )


def test_feeds_of_two_libraries_share_no_id() -> None:
    cards = [card_of(week())]
    one, other = (set(re.findall(r"<id>(.*?)</id>", feed_xml(cards, name))) for name in "ab")
    assert len(one) == len(other) == 2
    assert not one & other
