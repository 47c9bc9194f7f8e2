"""What is known before a model is asked: documents, their records, and papers merged from them."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

Span = Annotated[
    tuple[int, int],
    Field(description="Unicode code points of the document: start inclusive, end exclusive."),
]


class Frozen(BaseModel):
    """Base of every model here: immutable, closed, and silent about its input in errors."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        hide_input_in_errors=True,
        serialize_by_alias=True,
        validate_by_name=True,
    )


class Text(NamedTuple):
    """A file's clean text before it has an id: where it came from, what it is called, its hash."""

    path: str
    name: str
    text: str
    sha256: str


class Document(Frozen):
    """One immutable text. Every offset anywhere refers to `text`."""

    id: str
    sha256: str
    text: str


class RecordRef(Frozen):
    """Where a record stands: `index` counts from 0 within the document."""

    document: str
    index: int


class ProfileHeader(Frozen):
    """What an author page says of its owner; null is what the page does not print."""

    name: str | None = None
    area: str | None = None
    h_index: int | None = None
    papers: int | None = Field(None, description="Papers that the page declares.")
    citations: int | None = None
    novelty_percent: float | None = None
    ai_score: float | None = None
    span: Span


class Record(Frozen):
    """What one document says about one paper. Nothing is guessed: absent is None."""

    index: int
    span: Span = Field(description="The whole block of the record.")
    title: str | None = None
    authors: list[str] | None = None
    et_al: bool | None = Field(None, description="The author list is cut; None without one.")
    affiliations: list[str] = []
    category: str | None = None
    date: dt.date | None = None
    year_inferred: bool = Field(False, description="The document prints month and day only.")
    has_code: bool | None = None
    score: float | None = None
    abstract: str | None = Field(None, description="The document's own words, unchanged.")
    comment: str | None = None
    arxiv_id: str | None = Field(None, description="Without version, as in 2508.18265.")
    created: dt.date | None = None
    updated: dt.date | None = None
    abstract_span: Span | None = None
    body_spans: list[Span] = Field([], description="Paragraphs after the abstract, in order.")


class Reading(Frozen):
    """All that a reader found in one document."""

    format: str
    header: ProfileHeader | None = None
    records: list[Record] = []
    notes: list[str] = Field([], description="What a person should know about this reading.")


class Paper(Frozen):
    """Records of one paper merged; exactly what `litline papers` prints."""

    id: str
    label: str = Field(description="What pages call the paper; never empty.")
    title: str | None
    title_source: RecordRef | None
    authors: list[str] | None
    date: dt.date | None
    arxiv_id: str | None
    names: list[str] = Field(description="Names that the paper goes by, from title and abstract.")
    records: list[RecordRef]


class Wording(Frozen):
    """One wording of a paper's abstract, and where it stands."""

    document: str
    start: int
    end: int


class Details(Frozen):
    """What else the records say about a paper, each field by the same precedence."""

    et_al: bool | None = None
    year_inferred: bool = False
    updated: dt.date | None = None
    affiliations: list[str] = []
    categories: list[str] = []
    has_code: bool | None = None
    comment: str | None = None
    wordings: list[Wording] = Field(
        [], description="Distinct wordings; the one that is read first."
    )
    provenance: dict[str, RecordRef] = Field(
        {}, description="The record that each field came from."
    )


class Coverage(Frozen):
    """How many papers a document declares, and how many it holds."""

    document: str
    declared: int | None
    present: int
