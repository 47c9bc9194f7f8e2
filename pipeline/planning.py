"""What a run would ask and cost, before it asks anything."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from typing import NamedTuple

from pipeline.answers import Question, estimate, written
from pipeline.prices import Price
from pipeline.tokens import SAFETY, Counter

SHORT_REPLY_TOKENS = 300


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
    price: Price | None,
    counter: Counter | None = None,
    follow_ups: Sequence[tuple[int, int]] = (),
) -> Plan:
    """Plan the questions, by key, of which no answer is `known`; no model costs nothing.

    `follow_ups` are the most input and output tokens of each call that may come after.
    """
    missing = [question for key, question in questions.items() if key not in known]
    cached = len(questions) - len(missing)
    if model is None:
        return Plan(0, 0, cached, True, 0, 0, 0, 0, 0.0, 0.0)
    high = [*(estimate(question) for question in missing), *follow_ups]
    input_high, output_high = sum(i for i, _ in high), sum(o for _, o in high)
    input_low = sum(_count(question, counter) for question in missing)
    output_low = SHORT_REPLY_TOKENS * len(missing)
    return Plan(
        calls=len(missing),
        follow_ups=len(follow_ups),
        cached=cached,
        exact=counter is not None,
        input_low=input_low,
        input_high=input_high,
        output_low=output_low,
        output_high=output_high,
        price_low=price.cost(input_low, output_low) if price else None,
        price_high=price.cost(input_high, output_high) if price else None,
    )


def _count(question: Question, counter: Counter | None) -> int:
    if counter is None:
        return int(estimate(question)[0] / SAFETY)
    messages = written(question)
    return counter(messages.system) + counter(messages.user)
