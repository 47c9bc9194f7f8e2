"""Everything that a job leaves in the outputs folder, and what it removes from it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import repeat
from typing import NamedTuple

from flows.cards import Cards, read_sheet
from flows.shelves import Shelves
from pipeline import __version__
from pipeline.briefing_sheet import BriefingSheet
from pipeline.digest_sheet import DigestSheet
from pipeline.library import Entry
from pipeline.lineage_sheet import GraphEdge, GraphSheet, LineageSheet, RefusedEdge
from pipeline.planning import Plan
from pipeline.report.briefing_card import BriefingCard
from pipeline.report.briefing_markdown import briefing_markdown
from pipeline.report.data_files import (
    LINE,
    PAPERS,
    THEMES,
    TRENDS,
    line_csv,
    papers_csv,
    themes_csv,
    trends_csv,
)
from pipeline.report.digest_card import DigestCard
from pipeline.report.digest_markdown import digest_markdown
from pipeline.report.feed import feed_xml
from pipeline.report.files import Outputs
from pipeline.report.html import (
    briefing_html,
    digest_html,
    lineage_html,
    moved_html,
    paper_html,
)
from pipeline.report.lineage_markdown import lineage_markdown
from pipeline.report.markdown import paper_markdown
from pipeline.report.marks import joined
from pipeline.report.shown import FEED, Shown, main_page
from pipeline.report.shown import MAIN as MAIN  # noqa: PLC0414 - known by this name to jobs
from pipeline.report.shown import REPORT as REPORT  # noqa: PLC0414
from pipeline.review.sheets import Sheet
from pipeline.sheets import Failure, PaperSheet, RunReport, Tokens, total
from pipeline.store import Store

_WRITERS = 4  # sheets on their way to the disk, which is waited for
GRAPH = "lineages/graph.json"


class Made(NamedTuple):
    """What the stages of a job made; `graph` is None where no lines were wanted.

    `fresh` are the sheets made now. `told` are the lines that were told now; of the pages of
    others those stay whose slugs are among `lines`. `again` are sheets of earlier runs that
    verdicts of people changed since.
    """

    plan: Plan
    fresh: list[PaperSheet]
    failed: list[Failure]
    graph: GraphSheet | None
    told: list[LineageSheet]
    lines: Collection[str]
    digests: Sequence[DigestSheet] = ()
    briefings: Sequence[BriefingSheet] = ()
    again: Sequence[Sheet] = ()


class Sheets(Mapping[str, PaperSheet]):
    """The sheets of all papers that have one, made now or read back when first asked for."""

    def __init__(
        self,
        entries: Iterable[Entry],
        fresh: Iterable[PaperSheet],
        outputs: Outputs,
    ) -> None:
        self._outputs = outputs
        self._ids = [entry.paper.id for entry in entries]
        self._made: dict[str, PaperSheet | None] = {sheet.paper.id: sheet for sheet in fresh}

    def __getitem__(self, id_: str) -> PaperSheet:
        if id_ not in self._made:
            self._made[id_] = read_sheet(f"papers/{id_}.json", PaperSheet, self._outputs)
        sheet = self._made[id_]
        if sheet is None:
            raise KeyError(id_)
        return sheet

    def __iter__(self) -> Iterator[str]:
        return (id_ for id_ in self._ids if id_ in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def write_pages(shelves: Shelves, made: Made, outputs: Outputs, cards: Cards) -> RunReport:
    """Write everything, remove what is no longer stood behind, and say what there is."""
    _write_sheets([*made.fresh, *made.again], outputs)
    ids = [entry.paper.id for entry in shelves.entries]
    removed = outputs.remove_papers(ids)
    _write_lines(made, outputs)
    if made.graph is not None:
        removed += outputs.remove_lines(made.lines)
    papers = cards.papers(ids, {sheet.paper.id: sheet for sheet in made.fresh})
    lines = cards.lines({sheet.slug: sheet for sheet in made.told})
    digests, others = _write_digests(made.digests, shelves, outputs, cards)
    briefings, left = _write_briefings(made, shelves, outputs, cards)
    shown = Shown(papers, lines, digests, briefings)
    sources, gone = _write_sources(shelves, shown, _linked(made, outputs), outputs, cards)
    report = RunReport(
        litline=__version__,
        engine="",
        model=None,
        papers=len(shelves.entries),
        claims=total(card.counts for card in shown.all),
        calls=0,
        cached=0,
        failed=made.failed,
        tokens=Tokens(),
        cost_usd=None,
        estimate_usd=None,
        stages=[],
        coverage=shelves.coverage,
        notes=shelves.notes,
        sources=sources,
        removed=[*removed, *others, *left, *gone],
    )
    _write_shared(shown, report, outputs, cards)
    return report


def write_again(sheet: Sheet, outputs: Outputs, store: Store) -> None:
    """Write a sheet that lies in the outputs as it is now, and what shows parts of it.

    Nothing else is made anew: a digest that repeats a claim of a paper does so until the next run.
    """
    write_sheet(sheet, outputs)
    cards = Cards(store, outputs)
    report = earlier_report(outputs)
    if report is None:  # no run ended here, so that the next one writes all of this
        return
    shown = shown_in(outputs, cards)
    report = report.model_copy(update={"claims": total(card.counts for card in shown.all)})
    _write_shared(shown, report, outputs, cards)
    outputs.write(REPORT, report.model_dump_json(indent=2) + "\n")


def shown_in(outputs: Outputs, cards: Cards) -> Shown:
    """Return every sheet that lies in the outputs now, in short."""
    papers = cards.papers(outputs.paper_ids(), {})
    return Shown(papers, cards.lines({}), cards.digests(()), cards.briefings(()))


def _write_shared(shown: Shown, report: RunReport, outputs: Outputs, cards: Cards) -> None:
    """Write what is made from all sheets: marked sources, the page of everything, its data."""
    cards.write_source_pages(report.sources, joined(card.marks for card in shown.all))
    outputs.write(MAIN, main_page(shown, report))
    outputs.write(PAPERS, papers_csv(shown.papers))


def _write_lines(made: Made, outputs: Outputs) -> None:
    if made.graph is not None:
        outputs.write(GRAPH, made.graph.model_dump_json(indent=2) + "\n")
    _write_sheets(made.told, outputs)


def _linked(made: Made, outputs: Outputs) -> set[str]:
    """Return the documents that the graph quotes, as it lies in the outputs now."""
    graph = made.graph or read_sheet(GRAPH, GraphSheet, outputs)
    edges: list[GraphEdge | RefusedEdge] = [*graph.edges, *graph.refused] if graph else []
    return {place.document for edge in edges for place in edge.evidence}


def _write_digests(
    sheets: Sequence[DigestSheet], shelves: Shelves, outputs: Outputs, cards: Cards
) -> tuple[list[DigestCard], list[str]]:
    """Write digests and the feed; return in short all that then stand, and what was removed.

    A digest that was written once stays, unless it is of another library: of other documents.
    """
    for sheet in sheets:
        write_sheet(sheet, outputs)
    found = cards.digests(sheets)
    standing = [card for card in found if shelves.volumes.keys() >= set(card.documents)]
    removed = outputs.remove_digests(card.name for card in standing)
    if standing or outputs.read(FEED):
        outputs.write(FEED, feed_xml(standing, _library(shelves)))
    return standing, removed


def _write_briefings(
    made: Made, shelves: Shelves, outputs: Outputs, cards: Cards
) -> tuple[list[BriefingCard], list[str]]:
    """Write briefings; return in short all that then stand, and what was removed.

    One of an earlier run stands as long as its documents are of the library.
    """
    for sheet in made.briefings:
        write_sheet(sheet, outputs)
    found = cards.briefings(made.briefings)
    standing = [card for card in found if shelves.volumes.keys() >= set(card.documents)]
    removed = outputs.remove_briefings(card.slug for card in standing)
    return standing, removed


def write_moved(outputs: Outputs, store: Store) -> None:
    """Leave a page that leads on where a digest named a paper by an id that another took over."""
    aliases = store.aliases()
    for alias in sorted({row.paper for row in store.shown()} & aliases.keys()):
        outputs.write(f"papers/{alias}.html", moved_html(aliases[alias]))
        outputs.write(f"papers/{alias}.md", f"This paper is now [here]({aliases[alias]}.md).\n")


def _library(shelves: Shelves) -> str:
    """Return what tells this library from others: the hash of the document that was read first."""
    first = next(iter(shelves.volumes), None)
    return shelves.volumes[first].document.sha256 if first else ""


def _write_sheets(sheets: Sequence[Sheet], outputs: Outputs) -> None:
    with ThreadPoolExecutor(_WRITERS) as pool:
        for _ in pool.map(write_sheet, sheets, repeat(outputs)):
            pass


def page_of(sheet: Sheet) -> str:
    """Return the path of a sheet's page within the outputs, without its ending."""
    if isinstance(sheet, PaperSheet):
        return f"papers/{sheet.paper.id}"
    if isinstance(sheet, LineageSheet):
        return f"lineages/{sheet.slug}/lineage"
    if isinstance(sheet, DigestSheet):
        return f"digests/{sheet.name}/digest"
    return f"briefings/{sheet.slug}/briefing"


def write_sheet(sheet: Sheet, outputs: Outputs) -> None:
    """Write a sheet, its two pages, and the data of its drawing."""
    stem = page_of(sheet)
    folder = stem.rpartition("/")[0]
    if isinstance(sheet, PaperSheet):
        pages = (paper_markdown(sheet), paper_html(sheet))
    elif isinstance(sheet, LineageSheet):
        pages = (lineage_markdown(sheet), lineage_html(sheet))
        outputs.write(f"{folder}/{LINE}", line_csv(sheet))
    elif isinstance(sheet, DigestSheet):
        pages = (digest_markdown(sheet), digest_html(sheet))
        outputs.write(f"{folder}/{TRENDS}", trends_csv(sheet))
    else:
        pages = (briefing_markdown(sheet), briefing_html(sheet))
        outputs.write(f"{folder}/{THEMES}", themes_csv(sheet))
    outputs.write(f"{stem}.json", sheet.model_dump_json(indent=2) + "\n")
    outputs.write(f"{stem}.md", pages[0])
    outputs.write(f"{stem}.html", pages[1])


def _write_sources(
    shelves: Shelves, shown: Shown, linked: set[str], outputs: Outputs, cards: Cards
) -> tuple[list[str], list[str]]:
    """Write the texts that count or are quoted; return their documents, and what was removed."""
    quoted = {name for card in shown.all for name in card.documents} | linked
    kept = {one.document for one in shelves.coverage} | quoted
    cards.write_sources(shelves, sorted(kept & shelves.volumes.keys()))
    written = {*shelves.volumes, *_earlier_sources(outputs)}
    return sorted(kept), outputs.remove_sources(kept, written)


def _earlier_sources(outputs: Outputs) -> list[str]:
    """Return the documents whose texts the run before this one wrote here."""
    report = earlier_report(outputs)
    return report.sources if report else []


def earlier_report(outputs: Outputs) -> RunReport | None:
    """Return the report of the run before this one, if it can be read."""
    return read_sheet(REPORT, RunReport, outputs)
