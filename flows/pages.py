"""Everything that a job leaves in the outputs folder, and what it removes from it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import NamedTuple

from flows.shelves import Shelves
from pipeline import __version__
from pipeline.lineage_sheet import GraphSheet, LineageSheet
from pipeline.planning import Plan
from pipeline.records import Frozen
from pipeline.report.cards import card_of, line_card_of
from pipeline.report.files import Outputs
from pipeline.report.html import index_html, lineage_html, paper_html
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
    graph = [GraphSheet.model_validate_json(t) for t in outputs.texts("lineages/graph.json")]
    listed = list(made.sheets.values())
    sources, gone = _write_sources(shelves, [*listed, *lines, *graph], outputs)
    page = index_html(
        [card_of(sheet) for sheet in listed],
        shelves.coverage,
        shelves.notes,
        made.failed,
        lineages=[line_card_of(sheet) for sheet in lines],
    )
    outputs.write(MAIN, page)
    return RunReport(
        litline=__version__,
        engine="",
        model=None,
        papers=len(shelves.entries),
        claims=total([*(s.stamp.counts for s in listed), *(s.stamp.counts for s in lines)]),
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
        removed=removed + gone,
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
    shelves: Shelves, sheets: Sequence[Frozen], outputs: Outputs
) -> tuple[list[str], list[str]]:
    """Write the texts that count or are quoted; return their documents, and what was removed."""
    quoted = {place.document for sheet in sheets for place in places(sheet)}
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
