"""Which pages still stand: those that lie as they were written, and whose grounds are the same.

What a page rests on is named by a hash: the edition of the code, the engine and its prompts, the
paper's records and the coverage of their documents. Whether its files lie as they were written is
told by size, times and inode. A page that stands is neither made nor read again.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256

from pydantic import TypeAdapter

from flows.shelves import Shelves
from pipeline import facts, grounding
from pipeline.ask import Asker
from pipeline.editions import edition
from pipeline.grounded import JUDGE, REPAIR
from pipeline.kept import Kept
from pipeline.prompts import load_prompt
from pipeline.records import Frozen
from pipeline.report.cards import Card, LineCard
from pipeline.report.files import Outputs
from pipeline.steps.narrative import NARRATIVE
from pipeline.steps.summarise import PROMPT
from pipeline.store import Store

ENDS = (".json", ".md", ".html")


class StandingPaper(Frozen):
    """A paper's pages: their files as they were written, and how many answers they took."""

    files: list[str]
    card: Card
    answers: int


class StandingLine(Frozen):
    """A line's pages: their files as they were written."""

    files: list[str]
    card: LineCard


class Standing:
    """The pages of one outputs folder that an earlier run wrote, kept in the store."""

    def __init__(self, store: Store, outputs: Outputs, asker: Asker, *, judge: bool) -> None:
        self._outputs = outputs
        self._ground = _ground(asker, judge=judge)
        folder = sha256(str(outputs.root.resolve()).encode(errors="surrogatepass")).hexdigest()
        self._papers = Kept(store, f"paper {folder[:16]}", TypeAdapter(StandingPaper))
        self._lines = Kept(store, f"line {folder[:16]}", TypeAdapter(StandingLine))
        self._sources = Kept(store, f"source {folder[:16]}", TypeAdapter(str))

    def papers(self, shelves: Shelves) -> dict[str, StandingPaper]:
        """Return the papers whose pages stand, by id."""
        self._papers.prime(shelves.entries.ids)
        there = self._outputs.signatures("papers")
        grounds = self._grounds(shelves)
        found = {}
        for id_, ground in grounds.items():
            kept = self._papers.get(id_, ground)
            if kept is not None and kept.files == [there.get(id_ + end) for end in ENDS]:
                found[id_] = kept
        return found

    def _grounds(self, shelves: Shelves) -> dict[str, str]:
        covered = {one.document: (one.declared, one.present) for one in shelves.coverage}
        return {
            id_: _hash(self._ground, [(r.document, r.index, covered.get(r.document)) for r in refs])
            for id_, refs in shelves.entries.records.items()
        }

    def keep_papers(
        self, shelves: Shelves, cards: Mapping[str, Card], answers: Mapping[str, int]
    ) -> None:
        """Note papers whose pages were written just now, with how many answers each took."""
        there = self._outputs.signatures("papers")
        grounds = self._grounds(shelves)
        for id_, number in answers.items():
            files = [there.get(id_ + end, "") for end in ENDS]
            kept = StandingPaper(files=files, card=cards[id_], answers=number)
            self._papers.put(id_, grounds[id_], kept)
        self._papers.save()

    def lines(self, grounds: Mapping[str, Sequence[str]]) -> dict[str, LineCard]:
        """Return the lines whose pages stand, by slug, given with what they are told from."""
        self._lines.prime(list(grounds))
        found = {}
        for slug, ground in grounds.items():
            kept = self._lines.get(slug, _hash(self._ground, ground))
            if kept is not None and kept.files == self._files_of_line(slug):
                found[slug] = kept.card
        return found

    def keep_lines(
        self, cards: Iterable[LineCard], grounds: Mapping[str, Sequence[str]]
    ) -> None:
        """Note lines whose pages were written just now."""
        for card in cards:
            kept = StandingLine(files=self._files_of_line(card.slug), card=card)
            self._lines.put(card.slug, _hash(self._ground, grounds[card.slug]), kept)
        self._lines.save()

    def _files_of_line(self, slug: str) -> list[str]:
        there = self._outputs.signatures(f"lineages/{slug}")
        return [there.get(f"lineage{end}", "") for end in ENDS]

    def write_sources(self, shelves: Shelves, documents: Iterable[str]) -> None:
        """Write the texts of documents that do not lie there as they were written."""
        listed = sorted(documents)
        self._sources.prime(listed)
        there = self._outputs.signatures("sources")
        missing = [id_ for id_ in listed if not self._lies(id_, there.get(f"{id_}.txt"))]
        for id_ in missing:
            self._outputs.write(f"sources/{id_}.txt", shelves.volumes[id_].document.text)
        there = self._outputs.signatures("sources") if missing else there
        for id_ in missing:
            self._sources.put(id_, _SOURCE, there[f"{id_}.txt"])
        self._sources.save()

    def _lies(self, document: str, signature: str | None) -> bool:
        return signature is not None and self._sources.get(document, _SOURCE) == signature


_SOURCE = "1"  # the text of a document never changes


def _ground(asker: Asker, *, judge: bool) -> str:
    prompts = [load_prompt(name).fingerprint for name in (PROMPT, REPAIR, JUDGE, NARRATIVE)]
    rules = (edition(), facts.VERSION, grounding.RULES_VERSION)
    return _hash(rules, prompts, asker.provider.engine, asker.provider.model, judge)


def _hash(*parts: object) -> str:
    text = json.dumps(parts, ensure_ascii=False)
    return sha256(text.encode(errors="surrogatepass")).hexdigest()[:32]
