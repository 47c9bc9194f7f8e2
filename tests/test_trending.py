"""Terms of a library over time: which days, which sources, counted once."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from flows import trending
from flows.settings import load_settings
from flows.shelves import add_documents
from flows.trending import Trending, documents_within, months_before
from pipeline.database import open_store
from pipeline.digest_sheet import Days
from pipeline.sheets import Datum
from tests.invented_papers import listed, listing


@pytest.mark.parametrize(
    ("until", "months", "since"),
    [
        ("2031-05-31", 12, "2030-06-01"),
        ("2031-06-01", 12, "2030-06-02"),
        ("2031-03-31", 1, "2031-03-01"),
        ("2032-02-29", 12, "2031-03-01"),
        ("2031-01-15", 1, "2030-12-16"),
        ("2031-12-31", 24, "2030-01-01"),
    ],
)
def test_a_window_of_months_ends_with_its_last_day(until: str, months: int, since: str) -> None:
    assert str(months_before(dt.date.fromisoformat(until), months)) == since


def test_documents_within_a_folder_are_those_below_it(tmp_path: Path) -> None:
    paths = {f"{tmp_path}/in/a.txt": "a", f"{tmp_path}/in/sub/b.txt": "b", f"{tmp_path}/inn": "c"}
    assert documents_within(paths, [f"{tmp_path}/in"]).keys() == {"a", "b"}
    assert documents_within(paths, []) == {}


def _write(folder: Path, count: int) -> None:
    folder.mkdir()
    words = "Kettle number {n} learns to sing by reinforcement learning, one evening at a time."
    for n in range(count):
        record = listed(words.format(n=n), f"3105.3{n:04}", f"Kettle {n}\nAda Brew")
        text = listing(record.replace("2030-11-04", "2031-05-27"))
        (folder / f"{n}.txt").write_text(text, encoding="utf-8")


def test_a_watch_folder_is_one_source_and_every_text_is_searched_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    _write(tmp_path / "in", 3)
    settings = load_settings(watch="in", as_of="2031-06-02")
    store = open_store("litline.db")
    shelves = add_documents(["in"], settings, store)
    sources = trending._sources(shelves, settings, store)
    assert all("watch folder" in of for of in sources.values())
    assert {len(of) for of in sources.values()} == {2}
    days = Days(since=dt.date(2031, 5, 26), until=dt.date(2031, 6, 1))
    first = Trending(shelves, settings, store).over(days, shelves.entries)
    monkeypatch.setattr(trending, "words_of", _never)
    again = Trending(shelves, settings, store).over(days, shelves.entries)
    assert again == first
    row = next(row for row in first.rows if row.term == "reinforcement learning")
    assert (row.window.papers, row.window.of, row.baseline.of) == (3, 3, 0)
    store.close()


def _never(_: object) -> Datum:
    raise AssertionError("a text is searched again")
