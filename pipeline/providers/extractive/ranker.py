"""How well each sentence would do as the one sentence that says what a paper is."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence

from pipeline.providers.extractive.features import likeness, phrases, stems, tokens
from pipeline.providers.extractive.weights import weights
from pipeline.text import strip_lead_in

_OWN = r"\bwe (?:\w+ly |also |further |thus |therefore |first |then |hence )?"
_MAIN = _OWN + r"(?:introduc|present|propos|develop)"
_CUES = [
    re.compile(cue, re.IGNORECASE)
    for cue in (
        _MAIN,
        _OWN + r"(?:show|demonstrat|find|prove|observe|establish)",
        _OWN + r"(?:stud|explor|investigat|analy|examin|consider|revisit|ask)",
        r"\bwe\b",
        r"\bour\b",
        r"^this (?:paper|work)",
        r"\bthis (?:paper|work)",
        r"\b(?:novel|new)\b",
        r"\b(?:however|but|although|despite)\b",
        r"\b(?:state-of-the-art|outperform|achiev|improv)",
        r"\b(?:experiment|result|empirical)",
        r"\d",
        r"^(?:it|they|these|this|those|such)\b",
        r"https?://|\bavailab|\breleas",
        r"^in this (?:paper|work)",
        r"\b(?:method|approach|framework|algorithm|model)",
        r"\bpropos",
        r"\b(?:for example|e\.g\.)",
        r"\b(?:specifically|in particular|moreover|furthermore|additionally|in addition|finally)\b",
        r"\b(?:recent|typical|tradition|existing|previous|prior|popular|widely)",
        r"\b(?:simple|efficient|effective)",
        r"\b(?:called|named|dubbed)\b",
        r"\?",
        r"\bby \w+ing\b",
        r"\bto (?:this end|address)\b",
        r"\b(?:theor|bound|prove|converge)",
        r"\bour (?:method|approach|model|framework|algorithm|result|experiment)",
        r"\bfirst\b",
    )
]
_MAKES, _WE, _THIS_WORK = _CUES[0], _CUES[3], _CUES[6]
_PLACES = 6
_SHORT = (8, 12, 16)
_LONG = (35, 45)

Row = list[float]


def worth(sentences: Sequence[str]) -> list[float]:
    """Return a figure for each sentence; only their order means something."""
    fitted = weights()
    known = fitted.rank_phrases
    return [
        math.fsum(known[phrase] for phrase in found if phrase in known)
        + math.fsum(map(float.__mul__, fitted.rank, measured))
        for found, measured in zip(*rank_features(sentences), strict=True)
    ]


def rank_features(sentences: Sequence[str]) -> tuple[list[set[str]], list[Row]]:
    """Return the phrases and the measures of each sentence, a lead-in not counted as its words."""
    words = [tokens(strip_lead_in(sentence)) for sentence in sentences]
    total = len(sentences)
    makes = _first(_MAKES, sentences)
    own = min(_first(_WE, sentences), _first(_THIS_WORK, sentences))
    central = _centre([stems(w) for w in words])
    measured = [
        [
            *_place(i, total),
            *_length(len(words[i])),
            *(float(bool(cue.search(sentences[i]))) for cue in _CUES),
            *central[i],
            float(i == makes),
            float(i == own),
            float(makes == total),
            float(i < own),
            float(min(i - own, 10)) if own < total else 0.0,
            min(total, 30) / 10,
            float(total < 5),
        ]
        for i in range(total)
    ]
    return [phrases(w) for w in words], measured


def _first(cue: re.Pattern[str], sentences: Sequence[str]) -> int:
    return next((i for i, s in enumerate(sentences) if cue.search(s)), len(sentences))


def _place(number: int, total: int) -> Row:
    start = min(number, _PLACES - 1)
    end = min(total - 1 - number, _PLACES - 1)
    at = [float(start == n) for n in range(_PLACES)] + [float(end == n) for n in range(_PLACES)]
    return [*at, number / max(total - 1, 1)]


def _length(words: int) -> Row:
    steps = [float(words < n) for n in _SHORT] + [float(words > n) for n in _LONG]
    return [words / 40, abs(words - 25) / 20, math.log(1 + words), *steps]


def _centre(counts: Sequence[Counter[str]]) -> list[Row]:
    """Measure how much each sentence shares with the others."""
    alike = likeness(counts)
    near = [sum(row) - 1 for row in alike]
    uses = sum(counts, Counter[str]())
    holders = Counter(stem for c in counts for stem in c)
    total, others = len(counts), max(len(counts) - 1, 1)
    rows = []
    for i, count in enumerate(counts):
        covered = sum(uses[stem] for stem in count) / max(uses.total(), 1)
        shared = [holders[stem] - 1 for stem in count]
        kinds = max(len(count), 1)
        rows.append(
            [
                near[i] / others,
                float(near[i] == max(near)),
                sum(n <= near[i] for n in near) / total,
                covered,
                sum(n > 0 for n in shared) / kinds,
                alike[i][0],
                alike[i][-1],
                covered / max(sum(count.values()), 1) * 25,
                sum(shared) / kinds / total,
            ]
        )
    return rows
