"""The library by what the store holds, so that a run opens only what it touches.

What is known of a document without opening it is its spine; papers whose records nothing new
resembles stay as they are stored. The result is that of linking everything anew, in
`pipeline.library.link`.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from typing import NamedTuple

from pydantic import TypeAdapter

from pipeline import readers
from pipeline.editions import edition
from pipeline.identity import Sighting, bucket_keys, cluster, merge, sight, strength
from pipeline.kept import Kept
from pipeline.library import Entry, Volume, identified, shelved, stored_volumes
from pipeline.records import Coverage, Details, Paper, RecordRef
from pipeline.store import ShelvedDocument, Store, StoredPaper

_KEY = 12  # hex digits; two keys that fall together cost a comparison and nothing else


class Spine(NamedTuple):
    """What is known of a document without opening it; `keys` has a list for each record."""

    format: str
    declared: int | None
    notes: list[str]
    keys: list[list[str]]


class Volumes(Mapping[str, Volume]):
    """The volumes of a store, each opened when it is first asked for."""

    def __init__(self, store: Store, rows: Iterable[ShelvedDocument]) -> None:
        self.rows = {row.id: row for row in rows}
        self._store = store
        self._open: dict[str, Volume] = {}

    def __getitem__(self, id_: str) -> Volume:
        if id_ not in self._open:
            self.open([id_] if id_ in self.rows else [])
        return self._open[id_]

    def __iter__(self) -> Iterator[str]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def open(self, ids: Iterable[str]) -> None:
        """Open many volumes at once."""
        missing = [id_ for id_ in ids if id_ not in self._open]
        self._open |= stored_volumes(self._store.documents(missing))


class Spines:
    """The spines of documents, kept in the store."""

    def __init__(self, store: Store) -> None:
        self._kept = Kept(store, "spine", TypeAdapter(Spine))
        self.save = self._kept.save

    def known(self, rows: Iterable[ShelvedDocument]) -> dict[str, Spine]:
        """Return the spines that this edition of the code has kept."""
        listed = list(rows)
        self._kept.prime([row.id for row in listed])
        found = {row.id: self._kept.get(row.id, _basis(row)) for row in listed}
        return {id_: spine for id_, spine in found.items() if spine is not None}

    def keep(self, volumes: Volumes, spines: Mapping[str, Spine]) -> None:
        """Take spines; `save` writes them."""
        for id_, spine in spines.items():
            self._kept.put(id_, _basis(volumes.rows[id_]), spine)


def _basis(row: ShelvedDocument) -> str:
    return f"{edition()}:{readers.VERSION}:{row.sha256}:{row.as_of}"


def spine_of(volume: Volume) -> Spine:
    """Return the spine of an open volume."""
    header = volume.reading.header
    sightings = (sight(volume.document, record) for record in volume.reading.records)
    return Spine(
        format=volume.reading.format,
        declared=header.papers if header else None,
        notes=volume.reading.notes,
        keys=[[_hashed(key) for key in bucket_keys(one)] for one in sightings],
    )


def _hashed(key: tuple[object, ...]) -> str:
    return sha256(repr(key).encode(errors="surrogatepass")).hexdigest()[:_KEY]


def coverage_of(id_: str, spine: Spine) -> Coverage:
    """Return what a document declares and holds."""
    return Coverage(document=id_, declared=spine.declared, present=len(spine.keys))


# --- Papers --------------------------------------------------------------------------------


class _Merged(NamedTuple):
    paper: Paper
    details: Details


def basis_of(records: Iterable[RecordRef]) -> str:
    """Return what anything worked out of these records holds for: they, and this edition."""
    return " ".join([edition(), *(f"{ref.document}#{ref.index}" for ref in records)])


def entries_of(
    held: Mapping[str, Sequence[RecordRef]], volumes: Volumes, store: Store
) -> list[Entry]:
    """Return the papers of these records, by id; those merged before come from the store."""
    kept = Kept(store, "paper", TypeAdapter(_Merged))
    kept.prime_all()
    found = [_entry_of(id_, refs, volumes, kept) for id_, refs in held.items()]
    kept.save()
    return found


def _entry_of(id_: str, refs: Sequence[RecordRef], volumes: Volumes, kept: Kept[_Merged]) -> Entry:
    counted = sorted(_counted(refs, volumes), key=_place)
    basis = basis_of(counted)
    merged = kept.get(id_, basis)
    if merged is None:
        merged = _Merged(*merge([_seen(_place(ref), volumes) for ref in counted], id_))
        kept.put(id_, basis, merged)
    return shelved(*merged, volumes)


def relink(
    volumes: Volumes, spines: Mapping[str, Spine], stored: Sequence[StoredPaper]
) -> tuple[dict[str, Sequence[RecordRef]], list[StoredPaper]]:
    """Return the records of each paper, and the rows to store; only what new ones touch is linked.

    The stored papers must be those that the same code made of the other records.
    """
    places = _places(spines)
    stored = [_without_lost(paper, places) for paper in stored]
    homes = {_place(ref): paper for paper in stored for ref in paper.records}
    new = [at for at in places if at not in homes]
    touched = _touched(new, volumes, spines, homes)
    moved = {homes[at].id for at in touched if at in homes}
    own = [paper for paper in stored if paper.id in moved or paper.alias_of]
    groups = cluster(touched.values())
    made, rows = identified(groups, own, {paper.id for paper in stored}, volumes)
    held: dict[str, Sequence[RecordRef]] = {
        paper.id: paper.records for paper in stored if paper.records and paper.id not in moved
    }
    for entry, group in zip(made, groups, strict=True):
        held[entry.paper.id] = [one.ref for one in group]
    return held, rows


def is_placed(spines: Mapping[str, Spine], stored: Iterable[StoredPaper]) -> bool:
    """Say whether every record belongs to a stored paper."""
    return _places(spines).keys() <= {_place(ref) for paper in stored for ref in paper.records}


Place = tuple[str, int]


def _places(spines: Mapping[str, Spine]) -> dict[Place, None]:
    return dict.fromkeys((id_, n) for id_, spine in spines.items() for n in range(len(spine.keys)))


def _without_lost(paper: StoredPaper, places: Container[Place]) -> StoredPaper:
    """Leave out records that the readers do not find any more."""
    if all(_place(ref) in places for ref in paper.records):
        return paper
    return paper._replace(records=tuple(ref for ref in paper.records if _place(ref) in places))


def _place(ref: RecordRef) -> Place:
    return ref.document, ref.index


def _seen(at: Place, volumes: Volumes) -> Sighting:
    volume = volumes[at[0]]
    return sight(volume.document, volume.reading.records[at[1]])


def _counted(refs: Sequence[RecordRef], volumes: Volumes) -> Sequence[RecordRef]:
    """Leave out records of superseded documents, unless there are no others."""
    return [ref for ref in refs if volumes.rows[ref.document].current] or refs


def _touched(
    new: Sequence[Place],
    volumes: Volumes,
    spines: Mapping[str, Spine],
    homes: Mapping[Place, StoredPaper],
) -> dict[Place, Sighting]:
    """Return the new records, and all that are tied to them over any number of likenesses."""
    mates: dict[str, list[Place]] = {}
    if new:
        for id_, spine in spines.items():
            for n, keys in enumerate(spine.keys):
                for key in keys:
                    mates.setdefault(key, []).append((id_, n))
    volumes.open({id_ for id_, _ in new})
    seen = {at: _seen(at, volumes) for at in new}
    found = dict(seen)
    todo = list(new)
    while todo:
        at = todo.pop()
        near = {other for key in spines[at[0]].keys[at[1]] for other in mates[key]} - found.keys()
        kin = {_place(ref) for ref in homes[at].records} if at in homes else set()
        for other in sorted(near | (kin - found.keys())):
            if other not in seen:
                seen[other] = _seen(other, volumes)
            if other in kin or strength(seen[at], seen[other]):
                found[other] = seen[other]
                todo.append(other)
    return found
