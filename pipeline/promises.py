"""Releases that are promised in the evidence and done in a claim."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.numbers import Finding

_THING = (
    r"(?:codes?|models?|weights|data(?:sets?)?|checkpoints?|benchmarks?|software|implementation)"
)
_DONE = (
    r"(?:released|available|public|published|open-?sourced|shared|accessible|opened|downloadable)"
)
_FREE = re.compile(
    rf"\b{_THING}\b[^.;]{{0,60}}?\b(?:is|are|was|were|been)\s+(?:now\s+|already\s+|\w+ly\s+)?{_DONE}\b"
    rf"|\bwe\s+(?:\w+ly\s+|also\s+)?(?:release|publish|share|open-?source)d?\b[^.;]{{0,60}}?\b{_THING}\b"
    rf"|\b(?:releases|publishes|shares)\b[^.;]{{0,60}}?\b{_THING}\b",
    re.IGNORECASE,
)
_PROMISE = re.compile(
    r"\b(?:will|shall|(?:is|are)\s+to\s+be|upon\s+(?:\w+\s+)?(?:acceptance|publication)|soon"
    r"|after\s+(?:\w+\s+)?(?:review|publication)|plan(?:s|ned|ning)?\s+to|going\s+to|intend\w*\s+to)\b",
    re.IGNORECASE,
)
_RELEASE = re.compile(
    r"\b(?:releas|availab|publi[cs]|open-?sourc|shar(?:e|ed|ing)\b|made\s+open)", re.IGNORECASE
)


def kept_promises(claim: str, evidence: str) -> Iterator[Finding]:
    """Find a release that a readable claim states and the evidence only promises."""
    done = _FREE.search(claim)
    if done is None or _PROMISE.search(claim):
        return
    sentences = [part for part in re.split(r"(?<=[.;])\s", evidence) if _RELEASE.search(part)]
    if sentences and all(_PROMISE.search(part) for part in sentences):
        yield done[0], f"“{done[0]}” is only promised in the evidence."
