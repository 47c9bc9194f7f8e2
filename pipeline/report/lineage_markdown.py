"""The page of one line of work in Markdown, with its drawing as a Mermaid diagram."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pipeline.lineage_sheet import GraphEdge, GraphNode, LineageSheet
from pipeline.report import view
from pipeline.report.drawing import LINE
from pipeline.report.lineage_view import (
    ASIDE,
    LIMIT,
    MEANING,
    Aside,
    LineageView,
    Measured,
    Remark,
    Step,
    Told,
    lineage_view,
)
from pipeline.report.markdown import escape_markdown, front_matter
from pipeline.report.parts import ROOT
from pipeline.sheets import Evidence

_LONG_LABEL = 48  # characters
# All but words, spaces, and hyphens and points inside a word: Mermaid reads `#58;` as a colon.
_UNSAFE = re.compile(r"(?!(?<=\w)[-.](?=\w))[^\w ]")
_SIDE_WORDS = {"uses": "used by", "evaluates": "tested by", "compares-with": "compared with"}


def lineage_markdown(sheet: LineageSheet) -> str:
    """Return the page of one line, ending with a newline."""
    page = lineage_view(sheet)
    blocks = [
        front_matter(_properties(sheet)),
        f"# {escape_markdown(page.name)} · {page.span} · {page.members}",
        _in_one_breath(page),
        f"```mermaid\n{mermaid(page.nodes, sheet.edges)}\n```",
        "Solid: stated. Dotted: guessed. Dashed frame: no document. Thin: beside the line. "
        f"{MEANING}",
        "## Step by step",
        *map(_step, page.steps),
        "## How far it got",
        "\n".join(_table(page.table)),
        page.table_gap,
        _along("The yardstick", page.yardstick),
        _along("Openness", page.openness),
        *_beside(page.beside),
        "## What this page cannot tell",
        "\n".join(_gaps(page)),
        *_evidence(page.evidence),
        escape_markdown(page.stamp),
    ]
    return "\n\n".join(filter(None, blocks)) + "\n"


def _properties(sheet: LineageSheet) -> dict[str, object]:
    days = sorted(step.date.isoformat() for step in sheet.steps if step.date)
    return {
        "title": sheet.name,
        "aliases": [sheet.name],
        "from": days[0] if days else None,
        "to": days[-1] if days else None,
        "members": len(sheet.steps),
        "tags": ["lineage"],
        "engine": sheet.stamp.engine,
        "model": sheet.stamp.model,
    }


# --- The drawing ---------------------------------------------------------------------------


def mermaid(nodes: Sequence[GraphNode], edges: Sequence[GraphEdge]) -> str:
    """Return a Mermaid flowchart, earlier works on the left; no label can add to it or leave it.

    An edge to a node that is not given is left out.
    """
    ids = {node.id: f"n{n}" for n, node in enumerate(nodes)}
    drawn = [e for e in edges if e.source in ids and e.target in ids and e.source != e.target]
    thin = [f"{n}" for n, edge in enumerate(drawn) if edge.type not in LINE]
    lines = [
        "flowchart LR",
        *(_node(ids[node.id], node) for node in nodes),
        *(f"{ids[e.target]} {_arrow(e)} {ids[e.source]}" for e in drawn),
        "classDef external fill:none,stroke-dasharray:4 3",
    ]
    if thin:
        lines.append(f"linkStyle {','.join(thin)} stroke:#888,stroke-width:1px")
    return "\n".join(lines)


def _node(name: str, node: GraphNode) -> str:
    if node.kind == "external":
        return f'{name}("{mermaid_label(node.label)}"):::external'
    return f'{name}["{mermaid_label(node.label)}"]'


def _arrow(edge: GraphEdge) -> str:
    if edge.type in LINE:
        return "-->" if edge.basis == "stated" else "-.->"
    end = "-" if edge.type == "compares-with" else ">"
    body = f"--{end}" if edge.basis == "stated" else f"-.-{end.strip('-')}"
    return f"{body}|{_SIDE_WORDS[edge.type]}|"


def mermaid_label(label: str) -> str:
    """Return `label` so that Mermaid prints it between quotation marks, and cut when it is long."""
    line = " ".join(view.visible(label).split())
    cut = line if len(line) <= _LONG_LABEL else f"{line[: _LONG_LABEL - 1].rstrip()}…"
    return _UNSAFE.sub(lambda found: _entity(found[0]), cut)


def _entity(letter: str) -> str:
    return f"#{ord(letter)};"


# --- The words -----------------------------------------------------------------------------


def _in_one_breath(page: LineageView) -> str:
    return _joined("**The line in one breath.**", *map(_line, page.short)) if page.short else ""


def _step(step: Step) -> str:
    head = _joined(escape_markdown(step.lead), _named(step.label, step.path))
    how = _joined(escape_markdown(step.how), _numbers(step.numbers))
    when = ", ".join(filter(None, (step.when, how)))
    return "\n".join(filter(None, (f"**{head}** ({when})", _joined(*map(_told, step.told)))))


def _joined(*parts: str) -> str:
    return " ".join(filter(None, parts))


def _told(told: Told) -> str:
    return f"*{told.lead}*: {_line(told.line)}" if told.lead else _line(told.line)


def _named(label: str, path: str) -> str:
    return f"[{escape_markdown(label)}]({path}.md)" if path else escape_markdown(label)


def _table(rows: Sequence[Measured]) -> Iterator[str]:
    if rows:
        yield "| Benchmark | Whose | Figure |"
        yield "|---|---|---|"
    for row in rows:
        for cell in row.cells:
            cells = map(escape_markdown, (row.metric, cell.whose, cell.printed))
            yield f"| {' | '.join(cells)} {_numbers(cell.numbers)} |"


def _along(lead: str, remarks: Sequence[Remark]) -> str:
    said = (
        f"{escape_markdown(one.label)}: {escape_markdown(one.words)} {_numbers(one.numbers)}"
        for one in remarks
    )
    return f"**{lead}.** {'; '.join(said)}." if remarks else ""


def _beside(asides: Sequence[Aside]) -> list[str]:
    if not asides:
        return []
    return ["## Beside the line", ASIDE, "\n".join(map(_aside, asides))]


def _aside(aside: Aside) -> str:
    head = f"- {_named(aside.label, aside.path)} ({aside.when}) {escape_markdown(aside.how)}"
    numbers = f" {_numbers(aside.numbers)}" if aside.numbers else ""
    return f"{head}{numbers}" + (f": {_line(aside.line)}" if aside.line else "")


def _gaps(page: LineageView) -> Iterator[str]:
    yield from (f"- {_line(line)}" for line in page.gaps)
    yield f"- {LIMIT}"
    for refused in page.dropped:
        lead, text = escape_markdown(refused.lead), escape_markdown(refused.text)
        yield f'- Dropped from *{lead}*: "{text}" ({escape_markdown(refused.reason)})'


def _line(line: view.Line) -> str:
    lacking = f"({line.lacking})" if line.lacking else ""
    label = f"(*{line.label}*)" if line.label else ""
    return _joined(escape_markdown(line.text), lacking, _numbers(line.numbers), label)


def _numbers(numbers: Sequence[int]) -> str:
    return "".join(f"[^{number}]" for number in numbers)


def _evidence(listed: Sequence[Evidence]) -> list[str]:
    if not listed:
        return []
    intro = "Each number leads to words of a source and their place in it, counted in characters."
    return ["## Evidence", intro, "\n".join(map(_footnote, range(1, len(listed) + 1), listed))]


def _footnote(number: int, evidence: Evidence) -> str:
    path = view.source_path(evidence.document, ROOT)
    document = f"[{escape_markdown(evidence.document)}]({path})"
    quote = escape_markdown(evidence.quote)
    return f'[^{number}]: {document} {evidence.start}–{evidence.end}: "{quote}"'
