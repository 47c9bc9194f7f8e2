"""What the page of one line of work says, in order; Markdown and HTML only dress it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from pipeline.lineage_sheet import Beside, GraphNode, LineageRow, LineageSheet, LineageStep
from pipeline.lines import trunk
from pipeline.report import view
from pipeline.report.drawing import BASES, LINE, VERBS
from pipeline.report.parts import ROOT, Refused, refused
from pipeline.sheets import Claim, Evidence

ASIDE = "They use, test or are compared with a member; they are not steps."
LIMIT = "Only what these documents hold was read; works that none of them names are not here."
MEANING = (
    "Stated: a sentence of a document says it, and the number leads there. "
    "Guessed: only the signs that are named suggest it."
)


class Told(NamedTuple):
    """One sentence of a step; `lead` names its aspect where quotes would else stand in a row."""

    lead: str
    line: view.Line


class Step(NamedTuple):
    """One step of the line.

    `lead` is what comes before the label, such as an arrow; `path` leads to the page of the paper,
    without suffix, and is empty where there is none.
    """

    lead: str
    label: str
    path: str
    when: str
    how: str
    numbers: tuple[int, ...]
    told: list[Told]


class Cell(NamedTuple):
    """The figure of one member."""

    whose: str
    printed: str
    numbers: tuple[int, ...]


class Measured(NamedTuple):
    """One benchmark, and what at least two members reach on it."""

    metric: str
    cells: list[Cell]


class Remark(NamedTuple):
    """What one member does in a list that goes along the line: its rivals, or what it releases."""

    label: str
    words: str
    numbers: tuple[int, ...]


class Aside(NamedTuple):
    """A work beside the line; `numbers` are those that its own sentence does not bear."""

    label: str
    path: str
    when: str
    how: str
    line: view.Line | None
    numbers: tuple[int, ...]


class LineageView(NamedTuple):
    """Everything on the page of one line, without markup; `nodes` are named as on the page."""

    name: str
    span: str
    members: str
    short: list[view.Line]
    nodes: list[GraphNode]
    steps: list[Step]
    table: list[Measured]
    table_gap: str
    yardstick: list[Remark]
    openness: list[Remark]
    beside: list[Aside]
    gaps: list[view.Line]
    dropped: list[Refused]
    evidence: list[Evidence]
    stamp: str


def lineage_view(sheet: LineageSheet) -> LineageView:
    """Put the words of a sheet in the order of its page and number its evidence."""
    references = view.References()
    names = {**{n.id: n.label for n in sheet.nodes}, **{b.node: b.label for b in sheet.beside}}
    names |= {step.node: step.label for step in sheet.steps}
    return LineageView(
        name=sheet.name,
        span=span(sheet),
        members=members(sheet),
        short=[_bare(view.cited(claim, references)) for claim in sheet.short],
        nodes=[n.model_copy(update={"label": names[n.id]}) for n in sheet.nodes],
        steps=list(_steps(sheet, names, references)),
        table=[_measured(row, names, references) for row in sheet.table],
        table_gap=f"No {'other ' if sheet.table else ''}benchmark has figures from two members.",
        yardstick=[
            Remark(_named(r.node, names), ", ".join(r.names), references.cite(r.evidence))
            for r in sheet.rivals
        ],
        openness=[
            Remark(
                _named(o.node, names),
                o.words + " (promised)" * (not o.released),
                references.cite([o.evidence]),
            )
            for o in sheet.openness
        ],
        beside=list(_beside(sheet, names, references)),
        gaps=[_bare(view.cited(claim, references)) for claim in sheet.gaps],
        dropped=refused(sheet.dropped, lambda field: _LEADS.get(field, field)),
        evidence=references.listed(),
        stamp=view.stamp_words(sheet.stamp),
    )


def _bare(line: view.Line) -> view.Line:
    """Leave out that a line was computed, where that is said of the whole part."""
    return line._replace(label="") if line.label == "computed" else line


_LEADS = {
    "short": "The line in one breath",
    "passage": "Step by step",
    "beside": "Beside the line",
    "gaps": "What this page cannot tell",
}


# --- The head ------------------------------------------------------------------------------


def span(sheet: LineageSheet) -> str:
    """Say from which month to which the line goes, as far as its members have dates."""
    months = [_month(day) for day in sorted(step.date for step in sheet.steps if step.date)]
    return " – ".join(dict.fromkeys([months[0], months[-1]])) if months else "no dates"


def _month(date: dt.date) -> str:
    return view.human_date(date).split(" ", 1)[1]


def members(sheet: LineageSheet) -> str:
    """Count the members that documents describe, and those that they only name."""
    undescribed = _undescribed(sheet)
    missing = sum(step.node in undescribed for step in sheet.steps)
    read = f"{view.plural(len(sheet.steps) - missing, 'member')} read"
    return f"{read}, {missing:,} missing" if missing else read


def _undescribed(sheet: LineageSheet) -> set[str]:
    return {node.id for node in sheet.nodes if node.kind == "external"}


# --- The steps -----------------------------------------------------------------------------


def _steps(
    sheet: LineageSheet, names: Mapping[str, str], references: view.References
) -> Iterator[Step]:
    parents = {step.node: step.parent for step in sheet.steps}
    ancestry = [edge for edge in sheet.edges if edge.type in LINE]
    main = set(trunk(parents, _undescribed(sheet), ancestry))
    papers, undescribed = _papers(sheet), _undescribed(sheet)
    before: str | None = None
    for step in sheet.steps:
        yield Step(
            lead=_lead(step, before if step.node in main else None, names),
            label=step.label,
            path=papers.get(step.node, ""),
            when="no document" if step.node in undescribed else _when(step.date, step),
            how=_how(step),
            numbers=references.cite(step.link),
            told=_told(step, references),
        )
        before = step.node


def _lead(step: LineageStep, before: str | None, names: Mapping[str, str]) -> str:
    """Lead to a step from its parent, named where it is not the step `before`.

    Of a step that is not on the main line nothing stands before.
    """
    if step.parent is None:
        return ""
    if step.parent == before:
        return "→ "
    side = "Side branch: " if before is None else ""
    return f"{side}{_named(step.parent, names)} → "


def _named(node: str, names: Mapping[str, str]) -> str:
    return names.get(node, node)


def _when(date: dt.date | None, step: LineageStep | None = None) -> str:
    return view.human_date(date, bool(step and step.year_inferred)) if date else "date not stated"


def _how(step: LineageStep) -> str:
    if step.basis is None:
        return ""
    return BASES[step.basis] + (f": {', '.join(step.signs)}" if step.signs else "")


def _told(step: LineageStep, references: view.References) -> list[Told]:
    aspects = {claim.id: name for name, claims in step.aspects.items() for claim in claims}
    several = sum(claim.kind == "quoted" for claim in step.passage) > 1
    return [
        Told(_aspect(claim, aspects) if several else "", view.cited(claim, references))
        for claim in step.passage
    ]


def _aspect(claim: Claim, aspects: Mapping[str, str]) -> str:
    return aspects.get(claim.id, "").capitalize() if claim.kind == "quoted" else ""


def _papers(sheet: LineageSheet) -> dict[str, str]:
    return {n.id: f"{ROOT}papers/{view.address(n.paper)}" for n in sheet.nodes if n.paper}


# --- How far it got, and what stands beside --------------------------------------------------


def _measured(row: LineageRow, names: Mapping[str, str], references: view.References) -> Measured:
    cells = [
        Cell(cell.whose or _named(cell.node, names), cell.printed, references.cite([cell.evidence]))
        for cell in row.cells
    ]
    return Measured(row.metric, cells)


def _beside(
    sheet: LineageSheet, names: Mapping[str, str], references: view.References
) -> Iterator[Aside]:
    papers, undescribed = _papers(sheet), _undescribed(sheet)
    for one in sheet.beside:
        numbers = references.cite(one.evidence)
        line = view.cited(one.claim, references) if one.claim else None
        said = line.numbers if line else ()
        yield Aside(
            label=one.label,
            path=papers.get(one.node, ""),
            when="no document" if one.node in undescribed else _when(one.date),
            how=_verb(one, names),
            line=line,
            numbers=tuple(n for n in numbers if n not in said),
        )


def _verb(one: Beside, names: Mapping[str, str]) -> str:
    return f"{VERBS[one.type]} {_named(one.member, names)}"
