"""Dev figures of the extractive engine, a cue rule and a reference, with bootstrap intervals.

pip install numpy scipy rouge-score; python -m tests.benchmarks.extractive_quality
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import pairwise, product
from typing import Any

import numpy as np  # type: ignore[import-not-found]

from pipeline.providers.extractive.features import phrases, tokens
from pipeline.providers.extractive.ranker import worth
from pipeline.providers.extractive.roles import (
    BACKGROUND,
    METHOD,
    OBJECTIVE,
    OTHER,
    RESULT,
    ROLES,
    roles,
)
from pipeline.providers.extractive.summary import summarise
from tests.benchmarks.fit_extractive import (
    Array,
    Labelled,
    Ranked,
    columns,
    labelled,
    logistic,
    matrix,
    rank_parts,
    ranked,
    softmax,
)

DRAWS, SEED = 10_000, 20260630
Rule = Callable[[Sequence[str]], Sequence[Any]]

# --- The cue rule ----------------------------------------------------------------------------

_OWN = (
    r"\b(?:we|this (?:paper|work|study|report|article|survey)) (?:\w+ly |also |further |thus |"
    r"therefore |first |then |hence )?"
)
_MAIN = re.compile(
    _OWN + r"(?:introduc|present|propos|develop|launch|describ|stud(?:y|ies)|explor|investigat|"
    r"review|provid|design|construct|releas|build|formaliz|collect|make|aim)\w*\b",
    re.IGNORECASE,
)
_WORK = re.compile(r"\b(?:we|our|this (?:paper|work|study|report|article))\b", re.IGNORECASE)
_RESULT = re.compile(
    r"\b(?:outperform|surpass|achiev|state-of-the-art|experiment|result|improv|demonstrat|show|"
    r"found|find|reach|accuracy|competitive|effectiveness|obtain|exceed|significant)\w*",
    re.IGNORECASE,
)
_RELEASE = re.compile(r"\b(?:publicly|available at|open-source)|https?://", re.IGNORECASE)


def cue_tldr(sentences: Sequence[str]) -> list[float]:
    """Score what is made highest, then any own work, then the first sentence."""
    return [
        (2.0 if _MAIN.search(s) else 1.0 if _WORK.search(s) else 0.0) - 3 * bool(_RELEASE.search(s))
        for s in sentences
    ]


def cue_roles(sentences: Sequence[str]) -> list[int]:
    """Name roles by cues; what stands before the authors' own work is background."""
    total = len(sentences)
    own = next((i for i, s in enumerate(sentences) if _WORK.search(s)), total)
    named = []
    for i, sentence in enumerate(sentences):
        late = i >= total / 2
        if _RELEASE.search(sentence) and not _RESULT.search(sentence):
            named.append(OTHER)
        elif i < own:
            named.append(RESULT if late and _RESULT.search(sentence) else BACKGROUND)
        elif i == own and _MAIN.search(sentence):
            named.append(OBJECTIVE)
        elif (late and _RESULT.search(sentence)) or i == total - 1:
            named.append(RESULT)
        else:
            named.append(METHOD)
    return named


# --- The reference ---------------------------------------------------------------------------


def ridge_scores(train: Ranked, dev: Ranked) -> Array:
    """Score dev sentences by ridge regression on place, cues, length and centrality."""
    measured, seen = rank_parts(train)[1], rank_parts(dev)[1]
    middle, spread = measured.mean(axis=0), measured.std(axis=0) + 1e-6
    known, wanted = (measured - middle) / spread, train.gains.mean(axis=1)
    square = known.T @ known + 100 * np.eye(known.shape[1])
    return ((seen - middle) / spread) @ np.linalg.solve(square, known.T @ (wanted - wanted.mean()))


def neighbour_signs(data: Labelled) -> list[set[str]]:
    """Return phrases and place of a sentence, and the words of the ones before and after."""
    found = []
    for abstract in data.abstracts:
        words = [tokens(sentence) for sentence in abstract]
        for i in range(len(words)):
            seen = phrases(words[i]) | {f"#{min(i, 9)}", f"#-{min(len(words) - 1 - i, 9)}", "#"}
            seen |= {f"#tenth {10 * i // max(len(words) - 1, 1)}", f"#of {len(words)}"}
            seen |= {f"<{word}" for word in (words[i - 1] if i else ["#"])}
            seen |= {f">{word}" for word in (words[i + 1] if i + 1 < len(words) else ["#"])}
            found.append(seen)
    return found


def viterbi_roles(train: Labelled, dev: Labelled) -> Array:
    """Name dev roles by logistic regression and the best sequence under counted transitions."""
    found = neighbour_signs(train)
    known = columns(found, 2)
    even = np.ones(len(found))
    table = logistic(matrix(found, known), train.roles, even, 30)
    given = np.log(softmax(matrix(neighbour_signs(dev), known) @ table))
    moves = np.ones((len(ROLES), len(ROLES)))
    starts = set(train.ends.tolist())
    for i in range(1, len(train.roles)):
        if i not in starts:
            moves[train.roles[i - 1], train.roles[i]] += 1
    # The square root of the transitions' odds does better on dev than the odds themselves.
    odds = 0.5 * np.log(
        moves / moves.sum(axis=1, keepdims=True) / (moves.sum(axis=0) / moves.sum())
    )
    parts = [best_path(given[a:b], odds) for a, b in pairwise(dev.ends)]
    return np.concatenate(parts)


def best_path(given: Array, odds: Array) -> list[int]:
    """Return the sequence with the highest sum of scores."""
    score, back = given[0], []
    for row in given[1:]:
        steps = score[:, None] + odds
        back.append(steps.argmax(axis=0))
        score = steps.max(axis=0) + row
    path = [int(score.argmax())]
    for before in reversed(back):
        path.append(int(before[path[-1]]))
    return path[::-1]


# --- Figures ---------------------------------------------------------------------------------


def each(rule: Rule, abstracts: Sequence[Sequence[str]]) -> Array:
    """Return what a rule says of every sentence."""
    return np.array([value for abstract in abstracts for value in rule(abstract)])


def chosen(scores: Array, dev: Ranked) -> Array:
    """Return, by abstract, 100 times the ROUGE of the sentence with the highest score."""
    spans = pairwise(dev.ends)
    return 100 * dev.gains[[a + scores[a:b].argmax() for a, b in spans]]


def shown(sentences: Sequence[str]) -> list[float]:
    """Score the sentence that a page shows as TL;DR highest; where there is none, the first."""
    tldr = summarise(sentences).tldr
    return [float(tldr is not None and i in tldr.sentences) for i in range(1, len(sentences) + 1)]


def right(named: Array, dev: Labelled) -> Array:
    """Return, by abstract, how many roles are right and how many sentences there are."""
    hits = np.add.reduceat(named == dev.roles, dev.ends[:-1], dtype=float)
    return np.stack([hits, np.diff(dev.ends)], axis=1)


def macro(named: Array, dev: Labelled) -> float:
    """Return 100 times the mean F1 of the roles."""
    each_f1 = []
    for role in range(len(ROLES)):
        hits = np.sum((named == role) & (dev.roles == role))
        each_f1.append(2 * hits / max(np.sum(named == role) + np.sum(dev.roles == role), 1))
    return 100 * float(np.mean(each_f1))


def drawn(count: int) -> Array:
    """Return draws of abstracts with replacement, the same ones at each call."""
    return np.random.default_rng(SEED).integers(0, count, (DRAWS, count))


def interval(values: Array) -> str:
    low, high = np.percentile(values, [2.5, 97.5])
    return f"[{low:+.2f}, {high:+.2f}]"


def tldr_table() -> None:
    """Print ROUGE on dev."""
    train, dev = ranked("train"), ranked("dev")
    rows = {
        "lead": -np.concatenate([np.arange(n) for n in np.diff(dev.ends)]),
        "cue rule": each(cue_tldr, dev.abstracts),
        "reference": ridge_scores(train, dev),
        "engine": each(worth, dev.abstracts),
        "engine, as shown": each(shown, dev.abstracts),
        "best sentence": dev.gains[:, 0],
    }
    figures = {name: chosen(scores, dev) for name, scores in rows.items()}
    draws = drawn(len(dev.abstracts))
    for name, values in figures.items():
        print(f"| {name} | " + " | ".join(f"{v:.2f}" for v in values.mean(axis=0)) + " |")
    for ours, other in product(("engine", "engine, as shown"), ("cue rule", "reference")):
        gain = figures[ours] - figures[other]
        cells = (f"{g.mean():+.2f} {interval(g[draws].mean(axis=1))}" for g in gain.T)
        print(f"| {ours} − {other} | " + " | ".join(cells) + " |")


def role_table() -> None:
    """Print micro and macro F1 on dev."""
    train, dev = labelled("train"), labelled("dev")
    rows = {
        "cue rule": each(cue_roles, dev.abstracts),
        "reference": viterbi_roles(train, dev),
        "engine": each(lambda a: roles([tokens(s) for s in a]), dev.abstracts).argmax(axis=1),
    }
    hits = {name: right(named, dev) for name, named in rows.items()}
    draws = drawn(len(dev.abstracts))
    for name, named in rows.items():
        micro = 100 * hits[name][:, 0].sum() / hits[name][:, 1].sum()
        print(f"| {name} | {micro:.2f} | {macro(named, dev):.2f} |")
    sizes = hits["engine"][:, 1][draws].sum(axis=1)
    for name in ("cue rule", "reference"):
        gain = hits["engine"][:, 0] - hits[name][:, 0]
        spread = 100 * gain[draws].sum(axis=1) / sizes
        mean = 100 * gain.sum() / hits["engine"][:, 1].sum()
        print(f"| engine − {name} | {mean:+.2f} {interval(spread)} | |")
    confidence_table(dev)


def confidence_table(dev: Labelled) -> None:
    """Print how often a role is right when its probability is at least so high."""
    given = each(lambda a: roles([tokens(s) for s in a]), dev.abstracts)
    for role, name in enumerate(ROLES):
        cells = []
        for least in (0.4, 0.5, 0.6, 0.7, 0.8):
            sure = given[:, role] >= least
            share = np.mean(dev.roles[sure] == role) if sure.any() else float("nan")
            cells.append(f"{100 * share:.0f} % of {sure.sum()}")
        print(f"| {name} | " + " | ".join(cells) + " |")


def main() -> None:
    tldr_table()
    role_table()


if __name__ == "__main__":
    main()
