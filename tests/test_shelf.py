"""What a run opens of the library, and that linking little by little is linking it all."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flows.settings import Settings
from flows.shelves import Shelves, add_documents
from pipeline import editions, shelf
from pipeline.database import open_store
from pipeline.library import Entry, link, stored_volumes
from pipeline.samples import sample_files
from pipeline.store import Store
from tests.entries import plainly
from tests.invented_papers import KETTLES, LANTERNS, LOOMS, entry, listed, listing, profile

ABSTRACTS = (KETTLES, LANTERNS, LOOMS, KETTLES.replace("Simmer", "Simmer 2"))
IDS = ("3011.00417", "3011.00418", "3011.00500")
DATES = ("2030-11-04", "2029-11-04")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = open_store(str(tmp_path / "litline.db"))
    yield made
    made.close()


def add(store: Store, folder: Path, *documents: str | Path) -> Shelves:
    chosen = Settings(store=str(folder / "litline.db"), as_of=dt.date(2031, 7, 1))
    return add_documents([str(one) for one in documents], chosen, store)


def anew(store: Store) -> list[Entry]:
    """Return the papers as linking every record anew gives them, under their stored ids."""
    stored = store.papers()
    volumes = stored_volumes(store.documents())
    entries, rows = link(volumes, stored)
    assert not [row for row in rows if row.alias_of and row not in stored]
    return entries


def by_id(entries: Sequence[Entry]) -> dict[str, tuple[object, ...]]:
    return dict(zip((one.paper.id for one in entries), plainly(entries), strict=True))


@st.composite
def documents(draw: st.DrawFn) -> list[str]:
    """Draw documents of a few records that are often of one paper."""
    records = st.builds(
        listed,
        st.sampled_from(ABSTRACTS),
        st.sampled_from(IDS),
        st.sampled_from([None, "Simmer: Kettles That Listen\nAda Brew"]),
        st.none(),
        st.sampled_from(DATES).map("Created: {}".format),
    )
    entries = st.builds(entry, abstract=st.sampled_from(ABSTRACTS))
    lists = st.lists(records, min_size=1, max_size=3).map(lambda some: listing(*some))
    pages = st.lists(entries, min_size=1, max_size=2).map(lambda some: profile(*some))
    return draw(st.lists(lists | pages, min_size=1, max_size=5, unique=True))


@given(documents())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_little_by_little_gives_what_linking_anew_gives(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str]
) -> None:
    folder = tmp_path_factory.mktemp("shelf")
    stores = [open_store(str(folder / name)) for name in ("litline.db", "whole.db")]
    files = []
    for number, text in enumerate(texts):
        files.append(folder / f"doc-{number}.txt")
        files[-1].write_text(text, encoding="utf-8")
        shelves = add(stores[0], folder, files[-1])
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(shelf.Spines, "known", lambda *_: {})
            whole = add(stores[1], folder, files[-1])
        assert by_id(shelves.entries) == by_id(whole.entries)
        assert stores[0].papers() == stores[1].papers()
        assert shelves.coverage == whole.coverage
    for one in stores:
        one.close()


def test_the_samples_little_by_little(store: Store, tmp_path: Path) -> None:
    for file in sample_files():
        shelves = add(store, tmp_path, file)
    assert by_id(shelves.entries) == by_id(anew(store))
    assert [one.document for one in shelves.coverage] == sorted(store_ids(store))


def store_ids(store: Store) -> list[str]:
    return [row.id for row in store.shelved()]


def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Note which documents are read back from here on."""
    found: list[str] = []
    before = Store.documents

    def documents(self: Store, ids: Sequence[str] | None = None) -> object:
        rows = before(self, ids)
        found.extend(row.id for row in rows)
        return rows

    monkeypatch.setattr(Store, "documents", documents)
    return found


def test_only_what_new_records_resemble_is_opened(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = {
        "kettles.txt": listed(KETTLES, "3011.00417"),
        "lanterns.txt": listed(LANTERNS, "3011.00500", dates="Created: 2030-12-09"),
        "again.txt": listed(KETTLES, "3011.00417", comment="9 pages"),
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    add(store, tmp_path, tmp_path / "kettles.txt", tmp_path / "lanterns.txt")
    found = opened(monkeypatch)
    shelves = add(store, tmp_path, tmp_path / "again.txt")
    assert sorted(found) == ["again.txt", "kettles.txt"]
    assert [len(one.paper.records) for one in shelves.entries] == [1, 2]
    assert {one.document.id for one in shelves.entries if one.document} >= {"lanterns.txt"}
    assert "lanterns.txt" in found


def test_other_code_links_everything_anew(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = (tmp_path / name for name in ("kettles.txt", "again.txt"))
    first.write_text(listed(KETTLES, "3011.00417"), encoding="utf-8")
    second.write_text(listed(LOOMS, "3011.00500"), encoding="utf-8")
    add(store, tmp_path, first)
    monkeypatch.setattr(shelf, "edition", lambda: "another")
    found = opened(monkeypatch)
    add(store, tmp_path)
    add(store, tmp_path)
    assert found.count("kettles.txt") == 2, "nothing new was linked, so nothing is kept"
    add(store, tmp_path, second)
    add(store, tmp_path)
    found.clear()
    assert len(add(store, tmp_path).entries) == 2
    assert found == []


def test_a_superseded_document_counts_no_more(store: Store, tmp_path: Path) -> None:
    file = tmp_path / "kettles.txt"
    for comment in ("9 pages", "10 pages"):
        file.write_text(listed(KETTLES, "3011.00417", comment=comment), encoding="utf-8")
        shelves = add(store, tmp_path, file)
    (only,) = shelves.entries
    assert only.details.comment == "10 pages"
    assert len(shelves.coverage) == 1


def test_the_edition_is_that_of_the_files() -> None:
    assert len(editions.edition()) == 16
    names = [name for name, _ in editions._files(files("pipeline"), "pipeline")]
    assert "pipeline/identity.py" in names
    assert "pipeline/report/templates/base.html.j2" in names
    assert not [name for name in names if "samples" in name]
