"""What the fitted engine sees of a sentence: its words, its place, and how like others it is."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

ABSTRACT = 10
"""Places are counted up to this one: no abstract of the training data has more sentences."""

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_TOKEN = re.compile(r"[a-z]+|0|[?:;()%]")
_TOKENS = 200
_STEM = 6
_COMMON = frozenset(
    "a an the of in on for to and or is are be with that this we our by from as it its can at "
    "which these their such have has been also not using used".split()
)


def tokens(sentence: str) -> list[str]:
    """List the first 200 words in lower case, with `0` for any number, and some marks."""
    return _TOKEN.findall(_NUMBER.sub("0", sentence.lower()))[:_TOKENS]


def phrases(words: Sequence[str]) -> set[str]:
    """Return a sentence's words, stems and pairs of words, and the words that it opens with."""
    return {
        *words,
        *(f"{w[:_STEM]}*" for w in words),
        *(f"{a} {b}" for a, b in pairwise(words)),
        *(f"^{' '.join(words[:n])}" for n in (1, 2, 3)),
    }


def signs(words: Sequence[str], number: int, total: int) -> set[str]:
    """Return its phrases, length and place: what the labeller has weights for.

    Args:
        words: the sentence's `tokens`.
        number: its place, from 0.
        total: how many sentences there are.
    """
    found = phrases(words)
    found.update(_places(number, total))
    found.add(f"#length {min(len(words) // 5, 10)}")
    if "we" in words:
        at = words.index("we")
        found.update(f"we..{w[:_STEM]}" for w in words[at + 1 : at + 4])
        found.add(f"#we {5 * number // total}")
    return found


def _places(number: int, total: int) -> Iterator[str]:
    start, end = min(number, ABSTRACT), min(total - 1 - number, ABSTRACT)
    yield "#"
    yield f"#from start {start}"
    yield f"#from end {end}"
    yield f"#tenth {10 * number // max(total - 1, 1)}"
    yield f"#of {min(total, ABSTRACT)}"
    yield f"#at {start} of {min(total, ABSTRACT)}"


def stems(words: Sequence[str]) -> Counter[str]:
    """Count the stems of a sentence's words; words that every sentence has are left out."""
    return Counter(w[:_STEM] for w in words if len(w) > 1 and w not in _COMMON)


def likeness(counts: Sequence[Counter[str]]) -> list[list[float]]:
    """Return the cosine of each two sentences' stems, from 0 to 1; with itself it is 1 or 0."""
    norms = [math.sqrt(sum(n * n for n in c.values())) for c in counts]
    rows = [[0.0] * len(counts) for _ in counts]
    for i, one in enumerate(counts):
        for j in range(i + 1):
            other = counts[j]
            dot = sum(n * other[stem] for stem, n in one.items() if stem in other)
            rows[i][j] = rows[j][i] = dot / (norms[i] * norms[j]) if dot else 0.0
    return rows
