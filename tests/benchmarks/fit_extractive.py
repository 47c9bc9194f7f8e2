"""Fit the extractive engine on ../shared/data and write its weights; same data, same bytes.

pip install numpy scipy rouge-score; python -m tests.benchmarks.fit_extractive
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np  # type: ignore[import-not-found]
from rouge_score.rouge_scorer import RougeScorer  # type: ignore[import-not-found]
from scipy.optimize import minimize  # type: ignore[import-untyped]
from scipy.sparse import csr_matrix, hstack  # type: ignore[import-untyped]

from pipeline.providers.extractive import weights as shipped
from pipeline.providers.extractive.features import signs, tokens
from pipeline.providers.extractive.ranker import rank_features
from pipeline.providers.extractive.roles import ROLES, company
from pipeline.text import strip_lead_in

DATA = Path(__file__).parents[3] / "shared" / "data"
WEIGHTS = Path(shipped.__file__).with_name("weights.json")
KINDS = ("rouge1", "rouge2", "rougeL")
FOLDS = 5
SEEN = 10
"""Abstracts' sentences that must show a sign; of a phrase in the ranker, half as many."""
FAINT_SIGN = 5
"""Hundredths: a sign whose weights are all below is left out of the file."""
FAINT_PHRASE = 8
"""Thousandths: a phrase whose weight is below is left out of the file."""

Array = Any


class Labelled(NamedTuple):
    """Abstracts of CSAbstruct, all sentences in one sequence."""

    abstracts: list[list[str]]
    ends: Array
    """Where each abstract begins in the sequence, and the end of the last."""
    roles: Array
    """The role's number of each sentence."""
    trust: Array
    """How sure the annotators were, 0 to 1."""


class Ranked(NamedTuple):
    """Abstracts of SciTLDR, all sentences in one sequence."""

    abstracts: list[list[str]]
    ends: Array
    gains: Array
    """ROUGE-1, 2 and L of each sentence, a lead-in stripped, against the nearest reference."""


def load(corpus: str, part: str) -> list[dict[str, Any]]:
    """Read one part of a corpus."""
    lines = (DATA / corpus / f"{part}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def labelled(part: str) -> Labelled:
    """Read abstracts with roles."""
    rows = load("csabstruct", part)
    return Labelled(
        [row["sentences"] for row in rows],
        _ends(row["sentences"] for row in rows),
        np.array([ROLES.index(role) for row in rows for role in row["labels"]]),
        np.array([sure for row in rows for sure in row["confs"]]),
    )


def ranked(part: str) -> Ranked:
    """Read abstracts with the ROUGE of each sentence."""
    rows = load("scitldr", part)
    gains = [rouge(strip_lead_in(s), row["target"]) for row in rows for s in row["source"]]
    abstracts = [row["source"] for row in rows]
    return Ranked(abstracts, _ends(abstracts), np.array(gains))


@cache
def _scorer() -> Any:
    return RougeScorer(KINDS, use_stemmer=True)


def rouge(text: str, references: Iterable[str]) -> list[float]:
    """Return F of ROUGE-1, 2 and L (stemmed), by the reference with the highest ROUGE-1."""
    scores = [_scorer().score(reference, text) for reference in references]
    best = max(scores, key=lambda score: score["rouge1"].fmeasure)
    return [best[kind].fmeasure for kind in KINDS]


def _ends(abstracts: Iterable[Sequence[str]]) -> Array:
    return np.cumsum([0, *(len(abstract) for abstract in abstracts)])


def columns(found: Iterable[Collection[str]], least: int) -> dict[str, int]:
    """Number the signs that at least so many sentences show."""
    counts = Counter(sign for signs_ in found for sign in signs_)
    return {s: i for i, s in enumerate(sorted(s for s, n in counts.items() if n >= least))}


def matrix(found: Sequence[Collection[str]], known: dict[str, int]) -> Array:
    """Return one row for each sentence: 1 where it shows a sign."""
    cells = [(i, known[s]) for i, seen in enumerate(found) for s in sorted(seen) if s in known]
    rows, places = zip(*cells, strict=True)
    return csr_matrix((np.ones(len(rows)), (rows, places)), shape=(len(found), len(known)))


def folds(ends: Array) -> Array:
    """Return each sentence's fold; the sentences of an abstract are in one."""
    return np.repeat(np.arange(len(ends) - 1) * 7919 % FOLDS, np.diff(ends))


# --- The labeller --------------------------------------------------------------------------


def role_signs(data: Labelled) -> list[set[str]]:
    """Return the signs of every sentence."""
    return [
        signs(tokens(sentence), i, len(abstract))
        for abstract in data.abstracts
        for i, sentence in enumerate(abstract)
    ]


def logistic(seen: Array, roles: Array, trust: Array, penalty: float) -> Array:
    """Fit a weighted multinomial regression; return a column of weights for each role."""
    wanted = np.eye(len(ROLES))[roles]
    turned = seen.T.tocsr() if hasattr(seen, "tocsr") else seen.T

    def loss(flat: Array) -> tuple[float, Array]:
        table = flat.reshape(-1, len(ROLES))
        given = softmax(seen @ table)
        cost = -(trust[:, None] * wanted * np.log(given + 1e-300)).sum()
        slope = turned @ (trust[:, None] * (given - wanted)) + penalty * table
        return cost + penalty * (flat**2).sum() / 2, slope.ravel()

    start = np.zeros(seen.shape[1] * len(ROLES))
    options = {"maxiter": 200}
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options=options)
    return found.x.reshape(-1, len(ROLES))


def softmax(scores: Array) -> Array:
    """Return probabilities, each row by itself."""
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def around(guessed: Array, ends: Array) -> Array:
    """Return what the second step sees of every sentence."""
    parts = (guessed[a:b].tolist() for a, b in pairwise(ends))
    return np.array([row for part in parts for row in company(part)])


def fit_roles() -> tuple[dict[str, list[int]], list[list[int]]]:
    """Fit both steps; the second sees guesses made by weights fitted on other abstracts."""
    data = labelled("train")
    found = role_signs(data)
    known = columns(found, SEEN)
    seen, fold = matrix(found, known), folds(data.ends)
    trust = data.trust**2 / np.mean(data.trust**2)
    guessed = np.zeros((len(found), len(ROLES)))
    for out in range(FOLDS):
        there = fold != out
        table = logistic(seen[there], data.roles[there], trust[there], 30)
        guessed[~there] = softmax(seen[~there] @ table)
    first = np.rint(logistic(seen, data.roles, trust, 30) * 100).astype(int).tolist()
    second = logistic(around(guessed, data.ends), data.roles, trust, 3)
    rows = {sign: first[i] for sign, i in known.items() if max(map(abs, first[i])) >= FAINT_SIGN}
    return rows, np.rint(second.T * 1000).astype(int).tolist()


# --- The ranker ----------------------------------------------------------------------------


def rank_parts(data: Ranked) -> tuple[list[set[str]], Array]:
    """Return the phrases and the measures of every sentence."""
    parts = [rank_features(abstract) for abstract in data.abstracts]
    measured = np.array([row for _, rows in parts for row in rows])
    return [found for some, _ in parts for found in some], measured


def listwise(seen: Array, gains: Array, ends: Array, penalty: Array) -> Array:
    """Fit scores whose softmax over an abstract is that of its sentences' gains by 0.1."""
    turned, starts, sizes = seen.T.tocsr(), ends[:-1], np.diff(ends)

    def shares(scores: Array) -> Array:
        powers = np.exp(scores - np.repeat(np.maximum.reduceat(scores, starts), sizes))
        return powers / np.repeat(np.add.reduceat(powers, starts), sizes)

    wanted = shares(gains / 0.1)

    def loss(flat: Array) -> tuple[float, Array]:
        given = shares(seen @ flat)
        cost = -(wanted * np.log(given + 1e-300)).sum() + (penalty * flat**2).sum() / 2
        return cost, turned @ (given - wanted) + penalty * flat

    options = {"maxiter": 300}
    start = np.zeros(seen.shape[1])
    return minimize(loss, start, jac=True, method="L-BFGS-B", options=options).x


def fit_ranker() -> tuple[dict[str, int], list[int]]:
    """Fit the weights of phrases and of measures."""
    data = ranked("train")
    found, measured = rank_parts(data)
    known = columns(found, SEEN // 2)
    spread = measured.std(axis=0) + 1e-6
    seen = hstack([csr_matrix(measured / spread), matrix(found, known)]).tocsr()
    penalty = np.repeat([2.0, 30.0], [measured.shape[1], len(known)])
    fitted = listwise(seen, data.gains.mean(axis=1), data.ends, penalty)
    measures = fitted[: measured.shape[1]] / spread
    words = np.rint(fitted[measured.shape[1] :] * 1000).astype(int).tolist()
    return (
        {phrase: words[i] for phrase, i in known.items() if abs(words[i]) >= FAINT_PHRASE},
        np.rint(measures * 1000).astype(int).tolist(),
    )


def main() -> None:
    rows, second = fit_roles()
    phrases, measures = fit_ranker()
    held = {"signs": rows, "company": second, "rank_phrases": phrases, "rank": measures}
    WEIGHTS.write_text(json.dumps(held, separators=(",", ":")) + "\n", encoding="utf-8")
    print(f"{len(rows)} signs, {len(phrases)} phrases, {WEIGHTS.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
