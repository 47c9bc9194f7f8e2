"""The words of one paper that trends count."""

from __future__ import annotations

from pipeline.library import Entry
from pipeline.records import Frozen
from pipeline.terms import phrases_of, terms_of


class Words(Frozen):
    """The curated terms of a paper, and its phrases, parted by newlines, since they are many."""

    terms: list[str]
    phrases: str


def words_of(entry: Entry) -> Words:
    """Find the terms of a title and of the wording of the abstract that is read."""
    abstract = entry.record.abstract if entry.record else None
    text = f"{entry.paper.title or ''}\n\n{abstract or ''}"
    return Words(terms=sorted(terms_of(text)), phrases="\n".join(sorted(phrases_of(text))))
