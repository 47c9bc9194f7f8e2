from __future__ import annotations

import asyncio
import datetime as dt

import pytest
from pydantic import ValidationError

from pipeline.errors import BudgetReached
from pipeline.prices import Budget, Price, PriceTable, load_prices

TABLE = PriceTable(
    dated="2031-06-02",
    models={"kettle": Price(input=1, output=2), "kettle-mini": Price(input=0.1, output=0.2)},
)


def test_the_table_that_ships_is_dated_and_plausible() -> None:
    table = load_prices()
    assert dt.date.fromisoformat(table.dated).isoformat() == table.dated
    assert table.models
    for price in table.models.values():
        assert 0 < price.input < price.output
        assert price.cached_input is not None
        assert price.cached_input < price.input


def test_own_prices_lie_over_those_that_ship() -> None:
    known = next(iter(load_prices().models))
    own = {known: Price(input=7, output=8), "kettle": Price(input=1, output=2)}
    table = load_prices(own)
    assert table.find(known) == own[known]
    assert table.find("kettle") == own["kettle"]
    assert table.models.keys() == load_prices().models.keys() | {"kettle"}
    assert load_prices().find("kettle") is None


@pytest.mark.parametrize(
    ("model", "found"),
    [
        ("kettle", "kettle"),
        ("kettle-2031-05-01", "kettle"),
        ("kettle-mini-2031-05-01", "kettle-mini"),
        ("kettle-mini", "kettle-mini"),
        ("kettle-maxi", None),
        ("kettle-2031", None),
        ("kettle-2031-05-01-x", None),
        ("", None),
    ],
)
def test_a_dated_model_has_the_price_of_its_name(model: str, found: str | None) -> None:
    assert TABLE.find(model) == (TABLE.models[found] if found else None)


def test_no_model_costs_nothing() -> None:
    free = TABLE.find(None)
    assert free is not None
    assert free.cost(10**9, 10**9) == 0


def test_prices_are_per_million_tokens() -> None:
    assert Price(input=2.5, output=10).cost(1_000_000, 500_000) == 7.5


@pytest.mark.parametrize("wrong", [{"input": -1, "output": 1}, {"input": 1}, {"in": 1, "out": 1}])
def test_a_price_that_makes_no_sense_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValidationError):
        Price.model_validate(wrong)


async def test_a_budget_sets_the_worst_case_aside_until_it_is_settled() -> None:
    budget = Budget(1.0)
    await budget.reserve(0.5)
    await budget.reserve(0.5)
    waiting = asyncio.create_task(budget.reserve(0.6))
    await asyncio.sleep(0)
    assert not waiting.done()
    budget.settle(0.5, 0.125)
    await asyncio.sleep(0)
    assert not waiting.done()
    budget.settle(0.5, 0.125)
    await waiting
    assert budget.spent == 0.25


async def test_a_refused_reservation_sets_nothing_aside() -> None:
    budget = Budget(1.0)
    with pytest.raises(BudgetReached):
        await budget.reserve(2.0)
    await budget.reserve(1.0)


async def test_the_message_names_the_limit_what_was_spent_and_what_comes_next() -> None:
    budget = Budget(0.005)
    await budget.reserve(0.004)
    budget.settle(0.004, 0.004)
    with pytest.raises(BudgetReached, match=r"budget of 0\.005 USD .* 0\.0040 spent.* 0\.0020$"):
        await budget.reserve(0.002)


async def test_a_budget_of_nothing_allows_what_is_free() -> None:
    budget = Budget(0)
    await budget.reserve(0.0)
    budget.settle(0.0, 0.0)
    with pytest.raises(BudgetReached):
        await budget.reserve(1e-9)


async def test_no_budget_no_limit() -> None:
    await Budget(None).reserve(1e9)
