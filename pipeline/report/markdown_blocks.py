"""Blocks of pages in Markdown: sections, lists, links to papers, what was read and dropped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pipeline.report.markdown import escape_markdown
from pipeline.report.parts import Covered, Linked, Refused


def section(heading: str, *blocks: str) -> list[str]:
    """Return a heading and what stands under it; nothing where that is nothing."""
    return [f"## {heading}", *blocks] if any(blocks) else []


def listing(lead: str, items: Iterable[str]) -> str:
    """Return a list under a lead; nothing where it has no items."""
    lines = [f"- {item}" for item in items]
    return "\n".join(filter(None, (lead, *lines))) if lines else ""


def linked(paper: Linked) -> str:
    """Return a link to the page of a paper, or its name where it has none."""
    label = escape_markdown(paper.label)
    return f"[{label}]({paper.path}.md)" if paper.path else label


def was_read(documents: Sequence[Covered], notes: Sequence[str] = ()) -> list[str]:
    """Return what was read, how much of each document is there, and what was passed over."""
    items = [f"[{escape_markdown(one.document)}]({one.path}): {one.words}" for one in documents]
    return section("What was read", listing("", [*items, *map(escape_markdown, notes)]))


def was_dropped(refused: Sequence[Refused]) -> list[str]:
    """Return the claims that are not printed, and why."""
    return section("What was dropped", listing("", map(_dropped, refused)))


def _dropped(refused: Refused) -> str:
    lead, text = escape_markdown(refused.lead), escape_markdown(refused.text)
    return f'From *{lead}*: "{text}" ({escape_markdown(refused.reason)})'
