from __future__ import annotations

import pytest

from pipeline.answers import Question, estimate, written
from pipeline.planning import SHORT_REPLY_TOKENS, Plan, Prices, make_plan
from tests.asking import CHEAP, question

PRICED = Prices(lambda _question: CHEAP, CHEAP)

QUESTIONS: dict[str, Question] = {
    "a": question(),
    "b": question("We present Hushpot."),
    "c": question("We present Hushpan.", "It does not boil over."),
}


def words(text: str) -> int:
    return len(text.split())


def test_only_what_is_not_known_is_asked() -> None:
    plan = make_plan(QUESTIONS, {"b", "unheard of"}, "kettle", PRICED)
    assert (plan.calls, plan.cached) == (2, 1)


def test_the_high_bound_is_what_is_reserved_for_the_calls() -> None:
    plan = make_plan(QUESTIONS, {"b"}, "kettle", PRICED)
    worst = [estimate(QUESTIONS[key]) for key in "ac"]
    assert plan.input_high == sum(i for i, _ in worst)
    assert plan.output_high == sum(o for _, o in worst)
    assert plan.price_high == pytest.approx(sum(CHEAP.cost(i, o) for i, o in worst))


def test_the_low_bound_takes_replies_to_be_short_and_no_margin() -> None:
    plan = make_plan(QUESTIONS, (), "kettle", PRICED)
    assert plan.output_low == 3 * SHORT_REPLY_TOKENS
    assert 0 < plan.input_low < plan.input_high
    assert plan.price_low == pytest.approx(CHEAP.cost(plan.input_low, plan.output_low))
    assert not plan.exact


def test_the_low_bound_is_counted_where_a_vocabulary_is_there() -> None:
    plan = make_plan({"a": QUESTIONS["a"]}, (), "kettle", PRICED, words)
    shown = written(QUESTIONS["a"])
    assert plan.input_low == words(shown.system) + words(shown.user)
    assert plan.exact


def test_an_unknown_price_is_none_and_not_nought() -> None:
    plan = make_plan(QUESTIONS, (), "kettle", Prices(lambda _question: None, None))
    assert (plan.price_low, plan.price_high) == (None, None)
    assert plan.calls == 3
    assert plan.input_high > 0


def test_without_a_model_there_is_nothing_to_ask() -> None:
    plan = make_plan(QUESTIONS, {"a"}, None, PRICED)
    assert plan == Plan(0, 0, 1, True, 0, 0, 0, 0, 0.0, 0.0)


def test_where_all_is_known_nothing_is_left_to_pay() -> None:
    plan = make_plan(QUESTIONS, QUESTIONS, "kettle", PRICED)
    assert plan == Plan(0, 0, 3, False, 0, 0, 0, 0, 0.0, 0.0)
