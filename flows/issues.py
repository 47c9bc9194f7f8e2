"""What a digest is made from, put together out of the library, its lines and its summaries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from flows.digests import Span, told_lines
from flows.following import interests
from flows.settings import Settings
from flows.shelves import Shelves
from flows.tracing import Traced
from flows.trending import Trending
from pipeline.digest_sheet import DigestSheet
from pipeline.lineage_sheet import LineageSheet
from pipeline.memory import Past, Selection
from pipeline.sheets import Datum, Failure, PaperSheet
from pipeline.steps.digest import Issue


class Background(NamedTuple):
    """What the stages of a job made before its digests."""

    traced: Traced
    told: Sequence[LineageSheet]
    sheets: Mapping[str, PaperSheet]
    failed: Sequence[Failure]


class Editor:
    """Puts together what each digest of a job is made from."""

    def __init__(
        self, shelves: Shelves, settings: Settings, trending: Trending, background: Background
    ) -> None:
        self._shelves = shelves
        self._settings = settings
        self._trending = trending
        self._background = background

    def issue(
        self, span: Span, past: Past, chosen: Selection, before: DigestSheet | None
    ) -> Issue:
        """Return what the digest of some days is made from; `before` is the one of the last week."""
        background, shelves = self._background, self._shelves
        shown = {entry.paper.id for entry in chosen.entries()}
        documents = {one.document for one in shelves.coverage}
        return Issue(
            week=span.week,
            days=span.days,
            past=past,
            selection=chosen,
            entries={entry.paper.id: entry for entry in shelves.entries},
            sheets=background.sheets,
            lines=told_lines(background.told, background.traced, chosen),
            interests=interests(self._settings.follow, chosen.new, background.traced),
            trends=self._trending.over(span.days, chosen.new),
            failed=[f for f in background.failed if f.paper is None or f.paper in shown],
            coverage=shelves.coverage,
            unchanged=bool(before) and documents == {c.document for c in before.coverage},
            remarks=[*self._trending.remarks, *self._gone()],
        )

    def _gone(self) -> list[tuple[str, Mapping[str, Datum]]]:
        """Say which documents are no longer where they were read; their papers stay."""
        gone = self._shelves.gone
        if not gone:
            return []
        what = "1 document is" if len(gone) == 1 else f"{len(gone):,} documents are"
        text = f"{what} no longer where it was read; its papers stay: {', '.join(gone)}."
        if len(gone) > 1:
            text = text.replace("it was read; its", "they were read; their")
        data: dict[str, Datum] = {"documents": gone, "gone": text}
        return [(text, data)]
