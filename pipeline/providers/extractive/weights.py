"""The fitted weights, read once and only when something is to be summarised.

They were fitted by tests/benchmarks/fit_extractive.py on SciTLDR and CSAbstruct (both by allenai,
Apache-2.0); the file holds names of signs and numbers, no sentence of either.
"""

from __future__ import annotations

import hashlib
import json
from functools import cache
from importlib.resources import files
from typing import NamedTuple


class Weights(NamedTuple):
    """Numbers of the labeller and of the ranker; what has no weight counts nothing."""

    signs: dict[str, list[float]]
    """By sign: one weight for each role."""
    company: list[list[float]]
    """For each role, one weight for each of `roles.company`."""
    rank_phrases: dict[str, float]
    """By phrase: its weight in the ranker."""
    rank: list[float]
    """One weight for each measure of `ranker.rank_features`."""


def _raw() -> bytes:
    return files("pipeline.providers.extractive").joinpath("weights.json").read_bytes()


@cache
def weights() -> Weights:
    """Read the weights; the file holds hundredths of the roles' and thousandths of the others."""
    raw = json.loads(_raw())
    return Weights(
        {sign: [w / 100 for w in row] for sign, row in raw["signs"].items()},
        [[w / 1000 for w in row] for row in raw["company"]],
        {phrase: w / 1000 for phrase, w in raw["rank_phrases"].items()},
        [w / 1000 for w in raw["rank"]],
    )


@cache
def digest() -> str:
    """Return the first 8 hexadecimal digits of the SHA-256 of the weights file."""
    return hashlib.sha256(_raw()).hexdigest()[:8]
