from __future__ import annotations

import datetime as dt
import os
import re
from contextlib import closing
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from flows.cards import Cards
from flows.pages import Made, write_pages
from flows.shelves import Shelves
from pipeline.database import open_store
from pipeline.digest_sheet import DigestSheet
from pipeline.library import Volume
from pipeline.planning import Plan
from pipeline.records import Document, Reading
from pipeline.report.files import Outputs
from pipeline.sheets import RunReport
from tests.digest_sheets import KETTLE, WEEK, digest, empty, week

NEXT = digest(week="2031-W23", since=dt.date(2031, 6, 2), until=dt.date(2031, 6, 8))
READ = {
    id_: Volume(Document(id=id_, sha256="a" * 64, text=text), Reading(format="listing"), "", False)
    for id_, text in (("kettles.txt", "Kettles."), ("urns.txt", "Urns."))
}
EMPTY = Shelves(volumes=READ, formats={}, entries=[], coverage=[], failures=[], notes=[])
TITLE = "{http://www.w3.org/2005/Atom}entry/{http://www.w3.org/2005/Atom}title"


@pytest.fixture
def outputs(tmp_path: Path) -> Outputs:
    made = Outputs(tmp_path / "out")
    made.prepare()
    return made


def write(outputs: Outputs, *digests: DigestSheet) -> RunReport:
    """Write the pages of a run over a library without papers that made these digests."""
    with closing(open_store(str(outputs.root.parent / "litline.db"))) as store:
        report = write_pages(EMPTY, made(*digests), outputs, Cards(store, outputs))
    outputs.write("run.json", report.model_dump_json())
    return report


def made(*digests: DigestSheet) -> Made:
    plan = Plan(0, 0, 0, True, 0, 0, 0, 0, None, None)
    return Made(plan, [], [], None, [], [], digests)


def titles(outputs: Outputs) -> list[str]:
    return [one.text or "" for one in ET.parse(outputs.root / "feed.xml").findall(TITLE)]


def links(outputs: Outputs) -> list[str]:
    page = outputs.read("index.html") or ""
    return re.findall(r'href="digests/([^/]+)/digest\.html"', page)


def test_a_digest_has_its_files_and_stands_in_the_feed_and_the_index(outputs: Outputs) -> None:
    report = write(outputs, week())
    folder = outputs.root / "digests" / WEEK
    assert sorted(path.name for path in folder.iterdir()) == [
        *("digest.html", "digest.json", "digest.md", "trends.csv"),
    ]
    assert DigestSheet.model_validate_json((folder / "digest.json").read_bytes()) == week()
    assert titles(outputs) == ["Week 22 of 2031 · Mon 26 May – Sun 1 June · 2 new papers"]
    assert links(outputs) == [WEEK]
    assert report.claims == week().stamp.counts


def test_earlier_digests_stay_and_are_listed_again(outputs: Outputs) -> None:
    write(outputs, week())
    before = {path: path.read_bytes() for path in (outputs.root / "digests").rglob("*.*")}
    report = write(outputs, NEXT)
    assert {path: path.read_bytes() for path in before} == before
    assert [title[:15] for title in titles(outputs)] == ["Week 23 of 2031", "Week 22 of 2031"]
    assert links(outputs) == ["2031-W23", WEEK]
    assert report.removed == []


def test_a_digest_stays_when_its_papers_have_gone(outputs: Outputs) -> None:
    write(outputs, week())
    report = write(outputs)
    assert outputs.read(f"papers/{KETTLE}.json") is None
    assert links(outputs) == [WEEK]
    assert report.claims == week().stamp.counts


def test_the_same_digest_again_changes_no_file(outputs: Outputs) -> None:
    write(outputs, week(), NEXT)
    files = [path for path in outputs.root.rglob("*") if path.is_file()]
    for path in files:
        os.utime(path, ns=(1, 1))
    write(outputs, week(), NEXT)
    assert {path.name for path in files if path.stat().st_mtime_ns != 1} <= {"run.json"}


def test_a_digest_that_is_made_anew_replaces_the_one_before(outputs: Outputs) -> None:
    write(outputs, empty())
    write(outputs, week())
    assert [title.rsplit(" · ", 1)[1] for title in titles(outputs)] == ["2 new papers"]


def test_sources_that_a_digest_quotes_or_counted_are_kept(outputs: Outputs) -> None:
    outputs.write("sources/kettles.txt.txt", "Kettles.")
    outputs.write("sources/urns.txt.txt", "Urns.")
    outputs.write("sources/pans.txt.txt", "Pans.")
    report = write(outputs, week())
    listed = report.model_copy(update={"sources": [*report.sources, "pans.txt"]})
    outputs.write("run.json", listed.model_dump_json())
    assert write(outputs).removed == ["sources/pans.txt.txt"]
    assert outputs.read("sources/kettles.txt.txt") == "Kettles."
    assert outputs.read("sources/urns.txt.txt") == "Urns."


def test_a_digest_of_somebody_else_is_left_alone_and_not_listed(outputs: Outputs) -> None:
    outputs.write("digests/mine/digest.json", '{"schema": "mine"}')
    write(outputs, week())
    assert links(outputs) == [WEEK]
    assert outputs.read("digests/mine/digest.json") == '{"schema": "mine"}'


def test_without_digests_there_is_no_feed(outputs: Outputs) -> None:
    write(outputs)
    assert outputs.read("feed.xml") is None
    assert links(outputs) == []
