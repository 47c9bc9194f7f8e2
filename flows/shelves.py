"""The library as jobs see it: documents added, papers linked, what failed on the way in."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from filelock import FileLock

from flows.progress import reporter
from flows.settings import DEFAULT_STORE, Settings, without_secrets
from pipeline.database import open_store, read_store, store_folder
from pipeline.documents import EMPTY_FOLDER, find_files, load_text, shown
from pipeline.errors import DocumentError, UsageError
from pipeline.library import (
    Entry,
    Volume,
    add_texts,
    coverage,
    hashes,
    link,
    stored_rows,
    stored_volumes,
    unstored,
    with_additions,
)
from pipeline.records import Coverage, Text
from pipeline.samples import sample_files
from pipeline.sheets import Failure
from pipeline.shelf import (
    Spine,
    Spines,
    Volumes,
    coverage_of,
    entries_of,
    is_placed,
    relink,
    spine_of,
)
from pipeline.store import Store

SAMPLE_STORE = "sample.db"
LIBRARY_LOCK = "library.lock"


class Shelves(NamedTuple):
    """The library as a job sees it, and what failed on the way in; `formats` are by document."""

    volumes: Mapping[str, Volume]
    formats: Mapping[str, str]
    entries: list[Entry]
    coverage: list[Coverage]
    failures: list[Failure]
    notes: list[str]


def open_library(
    documents: Sequence[str], settings: Settings, *, samples: bool
) -> tuple[Store, Sequence[str]]:
    """Open the store; without documents and with an empty library, the samples and their store.

    Raises:
        UsageError: the library is empty, and `samples` are not wanted.
    """
    store = open_store(settings.store)
    if documents or store.shelved():
        return store, documents
    store.close()
    if not samples:
        raise UsageError(
            f"the library ({without_secrets(settings.store)}) is empty: name documents"
        )
    reporter().say("The library is empty: showing the sample documents that ship with Litline.")
    folder = store_folder(settings.store) or Path(DEFAULT_STORE).parent
    return open_store(str(folder / SAMPLE_STORE)), sample_files()


@contextmanager
def open_reviewed(settings: Settings) -> Iterator[Store]:
    """Open the store that the outputs are of: that of the samples as long as the library is empty.

    It is closed at the end of the block.
    """
    store = open_store(settings.store)
    folder = store_folder(settings.store)
    samples = folder / SAMPLE_STORE if folder else None
    if samples is not None and samples.exists() and not store.shelved():
        store.close()
        store = open_store(str(samples))
    try:
        yield store
    finally:
        store.close()


def add_documents(documents: Sequence[str], settings: Settings, store: Store) -> Shelves:
    """Read documents, store what is new, and return the whole library.

    One process at a time: ids of documents and papers are given by what is there.
    """
    with _library_lock(settings):
        return _add_documents(documents, settings, store)


@contextmanager
def _library_lock(settings: Settings) -> Iterator[None]:
    folder = store_folder(settings.store)
    if folder is None:
        yield
        return
    with FileLock(folder / LIBRARY_LOCK, mode=0o600):
        yield


def _add_documents(documents: Sequence[str], settings: Settings, store: Store) -> Shelves:
    texts, failures = load_texts(documents)
    before = store.shelved()
    failures = [one for one in failures if not before or one.reason != EMPTY_FOLDER]
    added = add_texts(texts, {row.sha256: row.id for row in before}, settings.as_of)
    store.save_documents(stored_rows(added.volumes), added.paths)
    volumes = Volumes(store, store.shelved() if added.paths else before)
    spines, entries = _linked(volumes, {row.id for row in before}, store)
    current = {id_: spine for id_, spine in spines.items() if volumes.rows[id_].current}
    notes = [f"{id_}: {note}" for id_, spine in current.items() for note in spine.notes]
    covered = [coverage_of(id_, spine) for id_, spine in sorted(current.items())]
    formats = {id_: spine.format for id_, spine in spines.items()}
    return Shelves(volumes, formats, entries, covered, failures + added.failures, notes)


def _linked(
    volumes: Volumes, before: Collection[str], store: Store
) -> tuple[dict[str, Spine], list[Entry]]:
    """Return the spines of all volumes, and the papers, the one stored first in front.

    Only what new records touch is linked, and everything anew by new code. As long as nothing is
    added, papers stay as other code linked them, and no spine is kept.
    """
    kept = Spines(store)
    known = kept.known(volumes.rows.values())
    stored = store.papers()
    missing = [id_ for id_ in volumes if id_ not in known]
    volumes.open(missing)
    spines = {id_: known.get(id_) or spine_of(volumes[id_]) for id_ in volumes}
    if known.keys() >= set(before):
        held, rows = relink(volumes, spines, stored)
        entries = entries_of(held, volumes, store)
    else:
        entries, rows = link(volumes, stored)
    ranks = {row.id: n for n, row in reversed(list(enumerate([*stored, *rows])))}
    entries.sort(key=lambda entry: ranks[entry.paper.id])
    store.save_papers(unstored(rows, stored))
    if known.keys() >= set(before) or not is_placed(spines, stored):
        kept.keep(volumes, {id_: spines[id_] for id_ in missing})
        kept.save()
    return spines, entries


def load_texts(documents: Sequence[str]) -> tuple[list[Text], list[Failure]]:
    """Load files and folders; what cannot be loaded is listed."""
    files, refused = find_files(documents)
    failures = [Failure(document=path, stage="read", reason=reason) for path, reason in refused]
    texts = []
    for file in files:
        try:
            texts.append(load_text(file))
        except DocumentError as error:
            failures.append(Failure(document=shown(file), stage="read", reason=str(error)))
    return texts, failures


@contextmanager
def reading_store(settings: Settings) -> Iterator[Store | None]:
    """Open the store for reading for the time of the block; None where there is none."""
    store = read_store(settings.store)
    try:
        yield store
    finally:
        if store is not None:
            store.close()


def look_up(documents: Sequence[str], settings: Settings, store: Store | None) -> Shelves:
    """Return the library as it would be with these documents, without writing anything."""
    texts, failures = load_texts(documents)
    volumes = stored_volumes(store.documents()) if store else {}
    added = add_texts(texts, hashes(volumes), settings.as_of)
    volumes = with_additions(volumes, added)
    entries, _ = link(volumes, store.papers() if store else [])
    notes = reading_notes(added.volumes)
    formats = {id_: volume.reading.format for id_, volume in volumes.items()}
    failures += added.failures
    return Shelves(volumes, formats, entries, coverage(volumes), failures, notes)


def reading_notes(volumes: Iterable[Volume]) -> list[str]:
    """Return what a person should know about how these documents were read."""
    return [f"{v.document.id}: {note}" for v in volumes for note in v.reading.notes]
