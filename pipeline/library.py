"""The library: every document that was read, and the papers that their records amount to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from itertools import chain, count
from typing import NamedTuple

from pydantic import ValidationError

from pipeline.errors import DocumentError
from pipeline.identity import Sighting, cluster, merge, sight
from pipeline.readers import VERSION, read_text
from pipeline.records import Coverage, Details, Document, Paper, Reading, Record, RecordRef, Text
from pipeline.sheets import Failure
from pipeline.store import StoredDocument, StoredPaper

Wording = tuple[Document, Record]


class Volume(NamedTuple):
    """A document and what it says; `current` is false once its path holds another text."""

    document: Document
    reading: Reading
    as_of: str
    current: bool


class Texts(Mapping[str, str]):
    """The texts of volumes, by id; each is opened when it is asked for."""

    def __init__(self, volumes: Mapping[str, Volume]) -> None:
        self._volumes = volumes

    def __getitem__(self, id_: str) -> str:
        return self._volumes[id_].document.text

    def __iter__(self) -> Iterator[str]:
        return iter(self._volumes)

    def __len__(self) -> int:
        return len(self._volumes)


class Entry:
    """A paper, and the wording of it that is read: a record and its document, if any has text.

    `wording` gives these two when they are first asked for.
    """

    def __init__(
        self, paper: Paper, details: Details, wording: Callable[[], Wording | None]
    ) -> None:
        self.paper = paper
        self.details = details
        self.wording = wording

    @cached_property
    def _wording(self) -> Wording | None:
        return self.wording()

    @property
    def document(self) -> Document | None:
        """The document that is read; None where no record has any text."""
        return self._wording[0] if self._wording else None

    @property
    def record(self) -> Record | None:
        """The record that is read."""
        return self._wording[1] if self._wording else None


def newest_first(entry: Entry) -> tuple[int, str]:
    """Return what papers are sorted by, so that the newest is first and one without a date last."""
    return -(entry.paper.date or dt.date.min).toordinal(), entry.paper.id


def called(paper: Paper) -> str:
    """Return what a sentence calls a paper: its name, else what pages call it, to the colon."""
    return paper.names[0] if paper.names else paper.label.partition(": ")[0]


class Additions(NamedTuple):
    """What reading some texts changed: volumes to store, where paths lead now, what failed."""

    volumes: list[Volume]
    paths: dict[str, str]
    failures: list[Failure]


def stored_volumes(rows: Iterable[StoredDocument]) -> dict[str, Volume]:
    """Return the volumes of stored rows; what other readers read, or is damaged, is read again.

    Years stay as they were resolved: the day of the first reading is kept with the row.
    """
    volumes = {}
    for row in rows:
        document = Document(id=row.id, sha256=row.sha256, text=row.text)
        volumes[row.id] = Volume(document, _stored_reading(row), row.as_of, row.current)
    return volumes


def _stored_reading(row: StoredDocument) -> Reading:
    """Return what was stored, or where it no longer fits, what the readers say now.

    A text that no reader recognises any more keeps the reading it had.
    """
    kept = None
    with suppress(ValidationError):
        kept = Reading.model_validate_json(row.reading)
    if kept is not None and row.readers == VERSION:
        return kept
    try:
        return read_text(row.text, dt.date.fromisoformat(row.as_of))
    except DocumentError:
        if kept is None:
            raise
        return kept


def stored_rows(volumes: Iterable[Volume]) -> list[StoredDocument]:
    """Return volumes as rows of the store."""
    return [
        StoredDocument(
            id=volume.document.id,
            sha256=volume.document.sha256,
            text=volume.document.text,
            as_of=volume.as_of,
            readers=VERSION,
            reading=volume.reading.model_dump_json(),
            current=volume.current,
        )
        for volume in volumes
    ]


def add_texts(texts: Sequence[Text], known: Mapping[str, str], as_of: dt.date) -> Additions:
    """Read texts that are new; a known text keeps its id and its years wherever it lies now.

    `known` are the ids of all documents by the hashes of their texts.
    """
    readings: dict[str, Reading] = {}
    failures = []
    new: dict[str, Text] = {}
    for text in sorted(texts, key=lambda text: (text.sha256, text.path)):
        if text.sha256 in known or text.sha256 in new:
            continue
        try:
            readings[text.sha256] = read_text(text.text, as_of)
        except DocumentError as error:
            failures.append(Failure(document=text.name, stage="read", reason=str(error)))
            continue
        new[text.sha256] = text
    named = name_documents(list(new.values()), known.values())
    added = [
        Volume(
            Document(id=named[sha], sha256=sha, text=text.text),
            readings[sha],
            as_of.isoformat(),
            True,
        )
        for sha, text in new.items()
    ]
    ids = {**known, **named}
    paths = {text.path: ids[text.sha256] for text in texts if text.sha256 in ids}
    return Additions(added, paths, failures)


def hashes(volumes: Mapping[str, Volume]) -> dict[str, str]:
    """Return the ids of volumes by the hashes of their texts."""
    return {volume.document.sha256: id_ for id_, volume in volumes.items()}


def name_documents(texts: Sequence[Text], taken: Iterable[str]) -> dict[str, str]:
    """Give ids to new texts, by hash: the file's name, or the name, `~` and six hex of the hash.

    Names that differ in case only count as the same, since some file systems hold them so.
    """
    used = {id_.casefold() for id_ in taken}
    named = {}
    for text in sorted(texts, key=lambda text: text.sha256):
        digits = (text.sha256[:n] for n in range(6, 65))
        names = chain([text.name], (f"{text.name}~{few}" for few in digits))
        name = next(name for name in names if name.casefold() not in used)
        used.add(name.casefold())
        named[text.sha256] = name
    return named


def with_additions(volumes: Mapping[str, Volume], added: Additions) -> dict[str, Volume]:
    """Return the volumes as they are once the additions are stored, superseding left aside."""
    current = set(added.paths.values())
    kept = {
        id_: volume._replace(current=volume.current or id_ in current)
        for id_, volume in volumes.items()
    }
    return kept | {volume.document.id: volume for volume in added.volumes}


def link(
    volumes: Mapping[str, Volume], stored: Sequence[StoredPaper]
) -> tuple[list[Entry], list[StoredPaper]]:
    """Return the papers of the volumes, and the rows to store so that their ids stay.

    Records of superseded documents count only for papers that no current document holds.
    """
    seen = [sight(v.document, record) for v in volumes.values() for record in v.reading.records]
    sightings = {sighting.ref: sighting for sighting in seen}
    groups = _groups(sightings, stored)
    return identified(groups, stored, {paper.id for paper in stored}, volumes)


def identified(
    groups: Sequence[Sequence[Sighting]],
    stored: Sequence[StoredPaper],
    taken: set[str],
    volumes: Mapping[str, Volume],
) -> tuple[list[Entry], list[StoredPaper]]:
    """Return a paper for each group with its id, and the rows to store; new ids are none `taken`.

    `stored` are the papers that any record of the groups belongs to, and all aliases.
    """
    ids, rows = _identify(groups, stored)
    entries = []
    for group, known in zip(groups, ids, strict=True):
        counted = [s for s in group if volumes[s.ref.document].current] or group
        entries.append(entry_of(counted, known, volumes))
    entries = _unique(entries, ids, taken)
    return entries, rows + _rows(groups, entries)


def _groups(
    sightings: Mapping[RecordRef, Sighting], stored: Sequence[StoredPaper]
) -> list[list[Sighting]]:
    """Group the sightings as stored where all are known, else anew."""
    kept = [[sightings[ref] for ref in p.records if ref in sightings] for p in stored]
    if sum(map(len, kept)) == len(sightings):
        return [group for group in kept if group]
    return cluster(sightings.values())


def _identify(
    groups: Sequence[Sequence[Sighting]], stored: Sequence[StoredPaper]
) -> tuple[list[str | None], list[StoredPaper]]:
    """Give each group the id that was stored first among its records; the others become aliases."""
    place = {s.ref: i for i, group in enumerate(groups) for s in group}
    ids: list[str | None] = [None] * len(groups)
    aliases: list[StoredPaper] = []
    for paper in stored:
        places = [place[ref] for ref in paper.records if ref in place]
        if not places:
            continue
        at = max(set(places), key=lambda i: (places.count(i), -i))
        holder = ids[at]
        if holder is None:
            ids[at] = paper.id
        else:
            aliases.append(StoredPaper(paper.id, holder, ()))
    moved: dict[str | None, str | None] = {alias.id: alias.alias_of for alias in aliases}
    chained = [
        StoredPaper(p.id, moved[p.alias_of], ())
        for p in stored
        if p.alias_of and p.alias_of in moved
    ]
    return ids, aliases + chained


def entry_of(group: Sequence[Sighting], known: str | None, volumes: Mapping[str, Volume]) -> Entry:
    """Merge the sightings of one paper; without a `known` id it gets a new one."""
    return shelved(*merge(group, known), volumes)


def shelved(paper: Paper, details: Details, volumes: Mapping[str, Volume]) -> Entry:
    """Return a merged paper; its document is opened when its words are asked for."""
    return Entry(paper, details, lambda: _first_wording(details, volumes))


def _first_wording(details: Details, volumes: Mapping[str, Volume]) -> Wording | None:
    if not details.wordings:
        return None
    first = details.wordings[0]
    volume = volumes[first.document]
    records = volume.reading.records
    at = (first.start, first.end)
    return volume.document, next(one for one in records if one.abstract_span == at)


def _rows(groups: Sequence[Sequence[Sighting]], entries: Sequence[Entry]) -> list[StoredPaper]:
    return [
        StoredPaper(entry.paper.id, None, tuple(s.ref for s in group))
        for group, entry in zip(groups, entries, strict=True)
    ]


def _unique(entries: Sequence[Entry], known: Sequence[str | None], taken: set[str]) -> list[Entry]:
    """Number new ids that are taken already, as by the same words under two arXiv ids."""
    unique, used = [], set(taken)
    for entry, stored in zip(entries, known, strict=True):
        paper = entry.paper
        if stored is None:
            ids = chain([paper.id], (f"{paper.id}-{n}" for n in count(2)))
            paper = paper.model_copy(update={"id": next(id_ for id_ in ids if id_ not in used)})
            used.add(paper.id)
        unique.append(Entry(paper, entry.details, entry.wording))
    return unique


def unstored(rows: Iterable[StoredPaper], stored: Iterable[StoredPaper]) -> list[StoredPaper]:
    """Return the rows that the store does not hold as they are."""
    listed = list(rows)
    wanted = {row.id for row in listed}
    known = {row.id: _content(row) for row in stored if row.id in wanted}
    return [row for row in listed if known.get(row.id) != _content(row)]


def _content(row: StoredPaper) -> tuple[str | None, frozenset[RecordRef]]:
    return row.alias_of, frozenset(row.records)


def coverage(volumes: Mapping[str, Volume]) -> list[Coverage]:
    """Return what each current document declares and holds, by document id."""
    return [
        Coverage(
            document=id_,
            declared=volume.reading.header.papers if volume.reading.header else None,
            present=len(volume.reading.records),
        )
        for id_, volume in sorted(volumes.items())
        if volume.current
    ]
