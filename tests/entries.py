"""Papers of invented documents, as the library hands them to a step."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pipeline.library import Entry
from pipeline.records import Document, Record, RecordRef
from tests.asking import SENTENCES
from tests.page_sheets import DOCUMENT, details, paper


def entry(*abstract: str, body: Sequence[str] = (), id_: str = "quiet-kettles-0a1b2c3d") -> Entry:
    """Return a paper with these sentences as its abstract, `SENTENCES` by default."""
    words = " ".join(abstract or SENTENCES)
    text = "\n\n".join(["Quiet Kettles", words, *body, "The end."])
    at = text.index(words)
    spans, start = [], at + len(words) + 2
    for paragraph in body:
        spans.append((start, start + len(paragraph)))
        start += len(paragraph) + 2
    record = Record(
        index=0,
        span=(0, len(text)),
        title="Quiet Kettles",
        abstract=words,
        abstract_span=(at, at + len(words)),
        body_spans=spans,
    )
    document = Document(id=DOCUMENT, sha256="0" * 64, text=text)
    records = [RecordRef(document=DOCUMENT, index=0)]
    return Entry(paper(id=id_, records=records), details(), lambda: (document, record))


def entry_without_text() -> Entry:
    """Return a paper of which the documents hold nothing but a title."""
    bare = entry()
    return Entry(bare.paper, bare.details, lambda: None)


def plainly(entries: Iterable[Entry]) -> list[tuple[object, ...]]:
    """Return all that papers hold, to be compared."""
    return [(one.paper, one.details, one.document, one.record) for one in entries]
