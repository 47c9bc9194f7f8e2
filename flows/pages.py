"""Everything that a job leaves in the outputs folder, and what it removes from it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import NamedTuple

from flows.shelves import Shelves
from pipeline import __version__
from pipeline.digest_sheet import DigestSheet
from pipeline.lineage_sheet import GraphSheet, LineageSheet
from pipeline.planning import Plan
from pipeline.report.digest_card import DigestCard, read_card
from pipeline.report.digest_markdown import digest_markdown
from pipeline.report.feed import feed_xml
from pipeline.report.files import Outputs
from pipeline.report.html import digest_html, index_html, lineage_html, paper_html
from pipeline.report.lineage_markdown import lineage_markdown
from pipeline.report.markdown import paper_markdown
from pipeline.sheets import Failure, PaperSheet, RunReport, Tokens, places, total

MAIN = "index.html"


class Made(NamedTuple):
    """What the stages of a job made; `graph` is None where no lines were wanted.

    `sheets` are those of all papers that have one, by id, `fresh` those made now. `told` are the
    lines that were told now, whose slugs are `slugs`; `all_lines` says that there are no others.
    """

    plan: Plan
    sheets: dict[str, PaperSheet]
    fresh: list[PaperSheet]
    failed: list[Failure]
    graph: GraphSheet | None
    told: list[LineageSheet]
    all_lines: bool
    digests: Sequence[DigestSheet] = ()

    @property
    def slugs(self) -> list[str]:
        """The folders of the lines that were told now."""
        return [sheet.slug for sheet in self.told]


def all_sheets(
    shelves: Shelves, fresh: Sequence[PaperSheet], outputs: Outputs
) -> dict[str, PaperSheet]:
    """Return the sheets of all papers that have one, made now or by an earlier run."""
    made = {sheet.paper.id: sheet for sheet in fresh}
    ids = [entry.paper.id for entry in shelves.entries]
    there = ((id_, made.get(id_) or _earlier(id_, outputs)) for id_ in ids)
    return {id_: sheet for id_, sheet in there if sheet is not None}


def write_pages(shelves: Shelves, made: Made, outputs: Outputs) -> RunReport:
    """Write everything, remove what is no longer stood behind, and say what there is."""
    for sheet in made.fresh:
        _write_sheet(sheet, outputs)
    removed = outputs.remove_papers(entry.paper.id for entry in shelves.entries)
    lines = _write_lines(made, outputs)
    if made.graph is not None and made.all_lines:
        removed += outputs.remove_lines(made.slugs)
    digests, others = _write_digests(made.digests, shelves, outputs)
    graph = [GraphSheet.model_validate_json(t) for t in outputs.texts("lineages/graph.json")]
    listed = list(made.sheets.values())
    quoted = {place.document for one in (*listed, *lines, *graph) for place in places(one)}
    quoted |= {document for one in digests for document in one.documents}
    sources, gone = _write_sources(shelves, quoted, outputs)
    page = index_html(
        listed, shelves.coverage, shelves.notes, made.failed, lineages=lines, digests=digests
    )
    outputs.write(MAIN, page)
    return RunReport(
        litline=__version__,
        engine="",
        model=None,
        papers=len(shelves.entries),
        claims=total(
            [
                *(sheet.stamp.counts for sheet in listed),
                *(sheet.stamp.counts for sheet in lines),
                *(card.counts for card in digests),
            ]
        ),
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
        removed=[*removed, *others, *gone],
    )


def _write_lines(made: Made, outputs: Outputs) -> list[LineageSheet]:
    """Write the lines that were told, and return all that the outputs then hold, by name."""
    if made.graph is not None:
        outputs.write("lineages/graph.json", made.graph.model_dump_json(indent=2) + "\n")
    for sheet in made.told:
        stem = f"lineages/{sheet.slug}/lineage"
        outputs.write(f"{stem}.json", sheet.model_dump_json(indent=2) + "\n")
        outputs.write(f"{stem}.md", lineage_markdown(sheet))
        outputs.write(f"{stem}.html", lineage_html(sheet))
    others = made.graph is None or not made.all_lines
    kept = [one for one in _earlier_lines(outputs) if one.slug not in made.slugs] if others else []
    return sorted([*made.told, *kept], key=lambda sheet: (sheet.name.casefold(), sheet.slug))


def _earlier_lines(outputs: Outputs) -> list[LineageSheet]:
    found = []
    for text in outputs.texts("lineages/*/lineage.json"):
        with suppress(ValueError):
            found.append(LineageSheet.model_validate_json(text))
    return found


def _write_digests(
    sheets: Sequence[DigestSheet], shelves: Shelves, outputs: Outputs
) -> tuple[list[DigestCard], list[str]]:
    """Write digests and the feed; return in short all that then stand, and what was removed.

    A digest that was written once stays, unless it is of another library: of other documents.
    """
    for sheet in sheets:
        stem = f"digests/{sheet.name}/digest"
        outputs.write(f"{stem}.json", sheet.model_dump_json(indent=2) + "\n")
        outputs.write(f"{stem}.md", digest_markdown(sheet))
        outputs.write(f"{stem}.html", digest_html(sheet))
    found = (read_card(text) for text in outputs.texts("digests/*/digest.json"))
    cards = {card.name: card for card in found if card}
    standing = [card for card in cards.values() if shelves.volumes.keys() >= set(card.documents)]
    removed = outputs.remove_digests(card.name for card in standing)
    if standing or outputs.read("feed.xml"):
        outputs.write("feed.xml", feed_xml(standing))
    return standing, removed


def _write_sheet(sheet: PaperSheet, outputs: Outputs) -> None:
    stem = f"papers/{sheet.paper.id}"
    outputs.write(f"{stem}.json", sheet.model_dump_json(indent=2) + "\n")
    outputs.write(f"{stem}.md", paper_markdown(sheet))
    outputs.write(f"{stem}.html", paper_html(sheet))


def _earlier(paper: str, outputs: Outputs) -> PaperSheet | None:
    """Return the sheet of an earlier run, which still holds when this one brought none."""
    text = outputs.read(f"papers/{paper}.json")
    try:
        return PaperSheet.model_validate_json(text) if text else None
    except ValueError:
        return None


def _write_sources(
    shelves: Shelves, quoted: set[str], outputs: Outputs
) -> tuple[list[str], list[str]]:
    """Write the texts that count or are quoted; return their documents, and what was removed."""
    kept = {id_ for id_, v in shelves.volumes.items() if v.current} | quoted
    for id_ in sorted(kept & shelves.volumes.keys()):
        outputs.write(f"sources/{id_}.txt", shelves.volumes[id_].document.text)
    written = {*shelves.volumes, *_earlier_sources(outputs)}
    return sorted(kept), outputs.remove_sources(kept, written)


def _earlier_sources(outputs: Outputs) -> list[str]:
    """Return the documents whose texts the run before this one wrote here."""
    report = earlier_report(outputs)
    return report.sources if report else []


def earlier_report(outputs: Outputs) -> RunReport | None:
    """Return the report of the run before this one, if it can be read."""
    text = outputs.read("run.json")
    try:
        return RunReport.model_validate_json(text) if text else None
    except ValueError:
        return None
