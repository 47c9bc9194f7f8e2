"""What a run would ask and cost, before it asks anything."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from typing import NamedTuple

from pipeline.answers import Question, estimate, written
from pipeline.prices import Price
from pipeline.sheets import summed
from pipeline.tokens import SAFETY, Counter

SHORT_REPLY_TOKENS = 300


class Prices(NamedTuple):
    """Prices of questions, and the highest of all; None where they are unknown."""

    of: Callable[[Question], Price | None]
    highest: Price | None


class Plan(NamedTuple):
    """Calls still to be made, and bounds of their tokens and price; prices None where unknown.

    Further calls may be needed where the checks refuse something; the high bounds take them all.
    `input_low` is counted by tiktoken where its vocabulary is on disk (`exact`), else estimated
    without the safety margin. `output_low` takes each reply to be short, `output_high` to be as
    long as its prompt allows.
    """

    calls: int
    follow_ups: int
    cached: int
    exact: bool
    input_low: int
    input_high: int
    output_low: int
    output_high: int
    price_low: float | None
    price_high: float | None


def make_plan(
    questions: Mapping[str, Question],
    known: Container[str],
    model: str | None,
    prices: Prices,
    counter: Counter | None = None,
    follow_ups: Sequence[tuple[int, int]] = (),
) -> Plan:
    """Plan the questions, by key, of which no answer is `known`; no model costs nothing.

    Calls that a fault of the server makes necessary are not among them.

    `follow_ups` are the most input and output tokens of each call that may come after.
    """
    missing = [question for key, question in questions.items() if key not in known]
    cached = len(questions) - len(missing)
    if model is None:
        return Plan(0, 0, cached, True, 0, 0, 0, 0, 0.0, 0.0)
    priced = [prices.of(question) for question in missing]
    high = [estimate(question) for question in missing]
    low = [(_count(question, counter), SHORT_REPLY_TOKENS) for question in missing]
    input_high, output_high = _totals([*high, *follow_ups])
    input_low, output_low = _totals(low)
    after = [prices.highest] * len(follow_ups)
    return Plan(
        calls=len(missing),
        follow_ups=len(follow_ups),
        cached=cached,
        exact=counter is not None,
        input_low=input_low,
        input_high=input_high,
        output_low=output_low,
        output_high=output_high,
        price_low=_cost(low, priced),
        price_high=_cost([*high, *follow_ups], [*priced, *after]),
    )


def _totals(calls: Iterable[tuple[int, int]]) -> tuple[int, int]:
    listed = list(calls)
    return sum(read for read, _ in listed), sum(written for _, written in listed)


def _cost(calls: Iterable[tuple[int, int]], prices: Iterable[Price | None]) -> float | None:
    """Return USD for calls, each at its price, or None where one is unknown."""
    pairs = zip(calls, prices, strict=True)
    return summed(price.cost(*call) if price else None for call, price in pairs)


def _count(question: Question, counter: Counter | None) -> int:
    if counter is None:
        return int(estimate(question)[0] / SAFETY)
    messages = written(question)
    return counter(messages.system) + counter(messages.user)
