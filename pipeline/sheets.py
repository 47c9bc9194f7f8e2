"""The model of every output file: claims with their evidence, and the sheets that hold them."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import Annotated, Literal

from pydantic import Field

from pipeline.records import Coverage, Details, Frozen, Paper

Kind = Literal["quoted", "derived", "computed"]
Origin = Literal["model", "extractive", "fallback", "computed", "reviewer"]
Rule = Literal["located", "numbers", "names", "order", "direction", "support"]
Datum = int | float | str | list[str]

FIELDS = ("problem", "approach", "results", "contributions", "limitations", "artefacts")


def _absent(value: object) -> bool:
    return value is None


class Evidence(Frozen):
    """Words of a source: `sources/<document>.txt`[start:end] equals `quote` exactly."""

    document: str
    start: int = Field(description="Code points, inclusive.", ge=0)
    end: int = Field(description="Code points, exclusive.")
    quote: str


class Figures(Frozen):
    """One figure of a result, as the evidence prints it; null where it is a range."""

    metric: str = Field(description="What was measured, in words of the evidence.")
    value: float | None
    unit: str | None
    baseline: str | None
    difference: float | None = Field(description="Below zero where the metric falls.")


class FigureRow(Figures):
    """One row of a paper's table of figures."""

    subject: str | None = Field(description="The name whose figure it is, where one is printed.")
    value_printed: str | None = Field(description="The value with its bound and unit, in words.")
    difference_printed: str | None
    evidence: Evidence


class Release(Frozen):
    """Something that a paper releases, or promises to."""

    kinds: list[Literal["code", "data", "model", "page"]]
    url: str | None = Field(description="http or https, as the source prints it.")
    released: bool = Field(description="False for a promise.")
    evidence: Evidence


class Claim(Frozen):
    """One statement and what it rests on."""

    id: str = Field(description="12 hex of SHA-256 over sheet kind, subject, field, text, quotes.")
    text: str
    kind: Kind
    origin: Origin
    evidence: list[Evidence]
    data: Annotated[
        dict[str, Datum] | None, Field(description="The figures that a computed text shows.")
    ] = Field(None, exclude_if=_absent)
    figures: Annotated[list[Figures] | None, Field(description="Figures of a result.")] = Field(
        None, exclude_if=_absent
    )
    lacks: Annotated[
        list[Literal["figure", "benchmark"]] | None,
        Field(description="What a result does not give though it should; only where it is so."),
    ] = Field(None, exclude_if=_absent)
    reviewed: Annotated[
        Literal["accepted", "edited"] | None,
        Field(description="The verdict of a person who read it; only where there is one."),
    ] = Field(None, exclude_if=_absent)
    overruled: Annotated[
        list[Rule] | None,
        Field(description="Rules that it breaks, and that a person overruled."),
    ] = Field(None, exclude_if=_absent)

    @property
    def weak(self) -> bool:
        """Whether it was reworded or stands in for a refused one, and nobody has read it yet."""
        return self.reviewed is None and (self.kind == "derived" or self.origin == "fallback")


class Dropped(Frozen):
    """A claim that was not printed, and why."""

    field: str
    text: str
    reason: str


class Flag(Frozen):
    """A passage that looks as if it was written for a model; it steers nothing."""

    sign: Literal["addressed to a model", "hidden characters", "chat-template tokens"]
    shown: str = Field(description="The words, or the code points, that show it.")
    evidence: Evidence


class Counts(Frozen):
    """How many claims a sheet holds, by kind and origin."""

    claims: int
    by_kind: dict[str, int]
    by_origin: dict[str, int]
    dropped: int
    asked_again: int = Field(0, description="Claims that failed a check and went back once.")
    overruled: int = Field(0, description="Claims that stand because a judge overruled a check.")
    reviewed: int = Field(0, description="Claims that a person accepted or edited.")


class Tokens(Frozen):
    """Tokens of the calls behind a sheet or a run."""

    input: int = 0
    output: int = 0
    cached: int = Field(0, description="Of the input, those that the server had kept.")

    def __add__(self, other: Tokens) -> Tokens:
        """Add tokens up."""
        return Tokens(
            input=self.input + other.input,
            output=self.output + other.output,
            cached=self.cached + other.cached,
        )


class Stamp(Frozen):
    """What made a sheet. Date, tokens and cost are those of the day its answers were bought."""

    engine: str
    model: str | None
    prompt: str
    prompt_version: int
    inputs: list[str] = Field(description="SHA-256 of each input that was answered.")
    date: str | None = Field(description="ISO date of the newest answer; null for extractive.")
    tokens: Tokens
    tokens_estimated: bool = Field(False, description="The server stated no usage.")
    cost_usd: float | None = Field(description="null where the model's price is unknown.")
    counts: Counts


def summed(costs: Iterable[float | None]) -> float | None:
    """Add costs up; None where one of them is unknown."""
    listed = list(costs)
    return None if None in listed else math.fsum(cost or 0.0 for cost in listed)


def code_stamp(engine: str, claims: Iterable[Claim], inputs: Iterable[Stamp]) -> Stamp:
    """Return the stamp of a sheet that code made from sheets with these stamps.

    Its tokens and cost are those of the sheets that it was made from.
    """
    inputs = list(inputs)
    keys = sorted({key for stamp in inputs for key in stamp.inputs})
    return Stamp(
        engine=engine,
        model=None,
        prompt="none",
        prompt_version=1,
        inputs=[sha256(json.dumps(keys).encode()).hexdigest()],
        date=None,
        tokens=sum((stamp.tokens for stamp in inputs), Tokens()),
        tokens_estimated=any(stamp.tokens_estimated for stamp in inputs),
        cost_usd=summed(stamp.cost_usd for stamp in inputs),
        counts=count(claims, 0),
    )


class Summary(Frozen):
    """What one paper says; an empty list means: not stated in the source."""

    tldr: Claim | None
    problem: list[Claim]
    approach: list[Claim]
    results: list[Claim]
    contributions: list[Claim]
    limitations: list[Claim]
    artefacts: list[Claim]

    @property
    def leads(self) -> list[Claim]:
        """What says in one sentence what the paper is, the best first."""
        firsts = [self.tldr, *self.contributions[:1], *self.approach[:1]]
        return [claim for claim in firsts if claim]

    @property
    def lead(self) -> Claim | None:
        """What says best in one sentence what the paper is."""
        return next(iter(self.leads), None)

    def claims(self) -> Iterator[tuple[str, Claim]]:
        """Yield each claim with the name of its field, in printed order."""
        if self.tldr is not None:
            yield "tldr", self.tldr
        for field in FIELDS:
            for claim in getattr(self, field):
                yield field, claim


class PaperSheet(Frozen):
    """`papers/<paper-id>.json`."""

    schema_: Literal["litline/paper"] = Field("litline/paper", alias="schema")
    version: Literal[1] = 1
    paper: Paper
    details: Details
    coverage: list[Coverage]
    summary: Summary
    figures: list[FigureRow] = Field([], description="What the sentences report, by code.")
    releases: list[Release] = Field([], description="Code, data, models and pages, by code.")
    flags: list[Flag] = Field([], description="Passages that look written for a model.")
    themes: list[str] = Field(
        [], description="Terms that title and abstract name, but for those that say too little."
    )
    stamp: Stamp
    dropped: list[Dropped]


class Failure(Frozen):
    """Something that failed in a run; `paper` or `document` says what."""

    paper: str | None = None
    document: str | None = None
    stage: str
    reason: str


class StageTime(Frozen):
    """How long one stage of a run took, and what was bought in it."""

    name: str
    seconds: float
    calls: int = 0
    cost_usd: float | None = Field(0.0, description="null where the price is unknown.")


class Bought(Frozen):
    """What was bought in a run for one page, in USD; null where the price is unknown.

    That of a digest is what was bought for its new papers.
    """

    page: str = Field(description="Its path without an ending.")
    cost_usd: float | None


class RunReport(Frozen):
    """`run.json`: the last run. The only output that differs between equal runs."""

    schema_: Literal["litline/run"] = Field("litline/run", alias="schema")
    version: Literal[1] = 1
    litline: str = Field(description="Version of Litline.")
    engine: str
    model: str | None
    papers: int
    claims: Counts = Field(description="Over all sheets that this run stands behind.")
    calls: int = Field(description="Requests sent to a model.")
    cached: int = Field(description="Answers that were already in the store.")
    failed: list[Failure]
    tokens: Tokens
    cost_usd: float | None
    possibly_billed_usd: float | None = Field(
        0.0, description="At most, for replies that were lost on their way."
    )
    lost: int = Field(0, description="Replies that were lost on their way.")
    estimate_usd: float | None
    stages: list[StageTime]
    bought: list[Bought] = Field([], description="By page, where anything was bought for it.")
    coverage: list[Coverage]
    notes: list[str]
    sources: list[str] = Field(description="Documents whose texts lie under `sources`.")
    removed: list[str] = Field(description="Files that are no longer stood behind.")


SHEETS: dict[str, type[Frozen]] = {"litline/paper": PaperSheet, "litline/run": RunReport}


def places(node: object) -> Iterator[Evidence]:
    """Yield all evidence in a sheet or a part of one."""
    if isinstance(node, Evidence):
        yield node
    elif isinstance(node, Frozen):
        for field in type(node).model_fields:
            yield from places(getattr(node, field))
    elif isinstance(node, dict):
        yield from places(list(node.values()))
    elif isinstance(node, list):
        for item in node:
            yield from places(item)


def claim_id(sheet: str, subject: str, field: str, text: str, quotes: Iterable[str]) -> str:
    """Return the id of a claim; offsets take no part, so that it survives a moved source."""
    parts = "\x1f".join((sheet, subject, field, text, *quotes))
    return sha256(parts.encode()).hexdigest()[:12]


def count(
    claims: Iterable[Claim], dropped: int, asked_again: int = 0, overruled: int = 0
) -> Counts:
    """Count claims by kind and origin."""
    listed = list(claims)
    return Counts(
        claims=len(listed),
        by_kind=dict(sorted(Counter(c.kind for c in listed).items())),
        by_origin=dict(sorted(Counter(c.origin for c in listed).items())),
        dropped=dropped,
        asked_again=asked_again,
        overruled=overruled,
        reviewed=sum(c.reviewed is not None for c in listed),
    )


def total(counts: Iterable[Counts]) -> Counts:
    """Add counts up."""
    listed = list(counts)
    kinds, origins = Counter[str](), Counter[str]()
    for one in listed:
        kinds.update(one.by_kind)
        origins.update(one.by_origin)
    return Counts(
        claims=sum(one.claims for one in listed),
        by_kind=dict(sorted(kinds.items())),
        by_origin=dict(sorted(origins.items())),
        dropped=sum(one.dropped for one in listed),
        asked_again=sum(one.asked_again for one in listed),
        overruled=sum(one.overruled for one in listed),
        reviewed=sum(one.reviewed for one in listed),
    )
