"""Claims in Markdown with numbers that lead to their evidence, as footnotes."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.report import view
from pipeline.report.markdown import escape_markdown
from pipeline.sheets import Evidence

INTRO = "Each number leads to words of a source and their place in it, counted in characters."


def cited_words(line: view.Line) -> str:
    """Return a claim with what it lacks, the numbers of its evidence, and how it came about."""
    lacking = f"({line.lacking})" if line.lacking else ""
    label = f"(*{line.label}*)" if line.label else ""
    parts = (escape_markdown(line.text), lacking, marks(line.numbers), label)
    return " ".join(filter(None, parts))


def marks(numbers: Sequence[int]) -> str:
    """Return the marks of footnotes."""
    return "".join(f"[^{number}]" for number in numbers)


def footnotes(listed: Sequence[Evidence], root: str) -> list[str]:
    """Return the blocks that end a page; `root` leads from it to the outputs."""
    if not listed:
        return []
    notes = (_footnote(number, one, root) for number, one in enumerate(listed, 1))
    return ["## Evidence", INTRO, "\n".join(notes)]


def _footnote(number: int, evidence: Evidence, root: str) -> str:
    path = view.source_path(evidence.document, root)
    document = f"[{escape_markdown(evidence.document)}]({path})"
    quote = escape_markdown(evidence.quote)
    return f'[^{number}]: {document} {evidence.start}–{evidence.end}: "{quote}"'
