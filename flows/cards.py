"""The pages that lie in an outputs folder, in short; a file is read back only if it has changed.

Whether it has is told by size, times and inode, which the store keeps beside the card.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from hashlib import sha256
from typing import TypeVar

from pydantic import TypeAdapter

from flows.shelves import Shelves
from pipeline.briefing_sheet import BriefingSheet
from pipeline.digest_sheet import DigestSheet
from pipeline.editions import edition
from pipeline.kept import Kept
from pipeline.library import Entry
from pipeline.lineage_sheet import GraphSheet, LineageSheet
from pipeline.lines import Line, around
from pipeline.records import Frozen
from pipeline.report.briefing_card import BriefingCard
from pipeline.report.briefing_card import card_of as briefing_card_of
from pipeline.report.briefing_card import read_card as read_briefing_card
from pipeline.report.cards import Card, LineCard, card_of, line_card_of, picture_hash
from pipeline.report.digest_card import DigestCard, read_card
from pipeline.report.digest_card import card_of as digest_card_of
from pipeline.report.files import Outputs
from pipeline.report.html import source_html
from pipeline.report.marks import Marks
from pipeline.sheets import PaperSheet
from pipeline.steps.lineage import picture
from pipeline.store import Store

_Card = TypeVar("_Card")
_Sheet = TypeVar("_Sheet", bound=Frozen)


class Cards:
    """The cards of one outputs folder."""

    def __init__(self, store: Store, outputs: Outputs) -> None:
        self._outputs = outputs
        self._store = store
        folder = outputs.key
        self._papers = Kept(store, f"card {folder}", TypeAdapter(Card))
        self._lines = Kept(store, f"line card {folder}", TypeAdapter(LineCard))
        self._digests = Kept(store, f"digest card {folder}", TypeAdapter(DigestCard))
        self._briefings = Kept(store, f"briefing card {folder}", TypeAdapter(BriefingCard))
        self._seen: dict[str, Card] = {}
        self._sources = Kept(store, f"source {folder}", TypeAdapter(bool))
        self._source_pages = Kept(store, f"source page {folder}", TypeAdapter(bool))

    def papers(self, ids: Iterable[str], fresh: Mapping[str, PaperSheet]) -> list[Card]:
        """Return the cards of the papers that have a sheet; `fresh` are those written just now."""
        files = {id_: f"papers/{id_}.json" for id_ in ids}

        def read(id_: str) -> Card | None:
            sheet = fresh.get(id_) or read_sheet(files[id_], PaperSheet, self._outputs)
            return card_of(sheet) if sheet else None

        other = {id_: at for id_, at in files.items() if id_ in fresh or id_ not in self._seen}
        self._seen |= self._of(other, self._papers, read)
        return [self._seen[id_] for id_ in files if id_ in self._seen]

    def standing(self, entries: Iterable[Entry]) -> dict[str, Card]:
        """Return the cards of papers whose page rests on the records that they are merged from."""
        records = {entry.paper.id: entry.paper.records for entry in entries}
        cards = self.papers(records, {})
        return {card.paper: card for card in cards if card.records == records[card.paper]}

    def outdated_lines(self, lines: Mapping[str, Line], graph: GraphSheet) -> list[Line]:
        """Return the lines, given by slug, whose page draws another part of the graph."""
        there = [card for card in self.lines({}) if card.slug in lines]
        parts = around([lines[card.slug] for card in there], graph)
        return [
            lines[card.slug]
            for card, part in zip(there, parts, strict=True)
            if card.picture != picture_hash(*picture(lines[card.slug], part))
        ]

    def lines(self, fresh: Mapping[str, LineageSheet]) -> list[LineCard]:
        """Return the cards of all lines that have a sheet, by slug."""
        files = self._outputs.by_folder("lineages/*/lineage.json")

        def read(slug: str) -> LineCard | None:
            sheet = fresh.get(slug) or read_sheet(files[slug], LineageSheet, self._outputs)
            return line_card_of(sheet) if sheet else None

        return list(self._of(files, self._lines, read).values())

    def briefings(self, fresh: Iterable[BriefingSheet]) -> list[BriefingCard]:
        """Return the cards of all briefings."""
        files = self._outputs.by_folder("briefings/*/briefing.json")
        made = {sheet.slug: sheet for sheet in fresh}

        def read(slug: str) -> BriefingCard | None:
            if slug in made:
                return briefing_card_of(made[slug])
            return read_briefing_card(self._outputs.read(files[slug]) or "")

        return list(self._of(files, self._briefings, read).values())

    def digests(self, fresh: Iterable[DigestSheet]) -> list[DigestCard]:
        """Return the cards of all digests, each once."""
        files = self._outputs.by_folder("digests/*/digest.json")
        made = {sheet.name: sheet for sheet in fresh}

        def read(name: str) -> DigestCard | None:
            sheet = made.get(name)
            return (
                digest_card_of(sheet) if sheet else read_card(self._outputs.read(files[name]) or "")
            )

        found = self._of(files, self._digests, read).values()
        return list({card.name: card for card in found}.values())

    def _of(
        self, files: Mapping[str, str], kept: Kept[_Card], read: Callable[[str], _Card | None]
    ) -> dict[str, _Card]:
        signatures = self._outputs.signatures(files.values())
        kept.prime_all()
        found: dict[str, _Card] = {}
        for key, file in files.items():
            if file in signatures:
                basis = f"{edition()} {signatures[file]}"
                card = kept.get(key, basis)
                if card is None and (card := read(key)) is not None:
                    kept.put(key, basis, card)
                if card is not None:
                    found[key] = card
        kept.save()
        return found

    def write_sources(self, shelves: Shelves, documents: Iterable[str]) -> None:
        """Write the texts of documents, but for those that lie there as they were written."""
        files = {id_: f"sources/{id_}.txt" for id_ in documents}
        self._sources.prime(list(files))
        before = self._outputs.signatures(files.values())
        changed = [id_ for id_, file in files.items() if not self._stands(id_, before.get(file))]
        for id_ in changed:
            self._outputs.write(files[id_], shelves.volumes[id_].document.text)
        after = self._outputs.signatures(files[id_] for id_ in changed)
        for id_ in changed:
            self._sources.put(id_, after[files[id_]], value=True)
        self._sources.save()

    def write_source_pages(self, documents: Iterable[str], marks: Marks) -> None:
        """Write the pages of documents, but for those that lie there with the same marks."""
        files = {id_: f"sources/{id_}.html" for id_ in documents}
        bases = {id_: f"{edition()} {_hash(marks.get(id_, []))}" for id_ in files}
        kept = self._source_pages
        kept.prime(list(files))
        before = self._outputs.signatures(files.values())
        changed = [
            id_
            for id_, file in files.items()
            if file not in before or kept.get(id_, f"{bases[id_]} {before[file]}") is None
        ]
        for id_ in changed:
            for row in self._store.documents([id_]):
                self._outputs.write(files[id_], source_html(id_, row.text, marks.get(id_, [])))
        after = self._outputs.signatures(files[id_] for id_ in changed)
        for id_ in changed:
            if files[id_] in after:
                kept.put(id_, f"{bases[id_]} {after[files[id_]]}", value=True)
        kept.save()

    def _stands(self, document: str, signature: str | None) -> bool:
        return signature is not None and self._sources.get(document, signature) is not None


def _hash(spans: list[tuple[int, int]]) -> str:
    return sha256(repr(spans).encode()).hexdigest()[:16]


def read_sheet(relative: str, model: type[_Sheet], outputs: Outputs) -> _Sheet | None:
    """Return a sheet that lies in the outputs, or None where none can be read."""
    text = outputs.read(relative)
    try:
        return model.model_validate_json(text) if text else None
    except ValueError:
        return None
