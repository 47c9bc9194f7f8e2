"""The words of one paper that trends count."""

from __future__ import annotations

from pipeline.library import Entry
from pipeline.records import Frozen
from pipeline.terms import broad, phrases_of, terms_of


class Words(Frozen):
    """The curated terms of a paper, and its phrases, parted by newlines, since they are many."""

    terms: list[str]
    phrases: str


def words_of(entry: Entry) -> Words:
    """Find the terms of a title and of the wording of the abstract that is read."""
    text = _text(entry)
    return Words(terms=sorted(terms_of(text)), phrases="\n".join(sorted(phrases_of(text))))


def themes_of(entry: Entry) -> list[str]:
    """Return the curated terms of a paper, but for those that say too little to be a theme."""
    return sorted(terms_of(_text(entry)) - broad())


def _text(entry: Entry) -> str:
    abstract = entry.record.abstract if entry.record else None
    return f"{entry.paper.title or ''}\n\n{abstract or ''}"
