"""What a run spends: the worst case is set aside before each call, and counted after as it came."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from pipeline.errors import ConfigError
from pipeline.prices import Budget, Price
from pipeline.sheets import Tokens, summed

PriceOf = Callable[[str | None], Price | None]
"""The price of a model, or None where it is unknown."""


class Reserved(NamedTuple):
    """What is set aside for one call: its price, and the most it can cost in USD, 0 if unknown."""

    price: Price | None
    worst: float


class Purse:
    """Budget and totals of a run.

    `cost_usd` is None once a call was made whose price is unknown. `possibly_billed_usd` is the
    most that those replies can have cost that were `lost`; the budget covers them too.
    """

    def __init__(self, budget: Budget, price_of: PriceOf) -> None:
        self.tokens = Tokens()
        self.cost_usd: float | None = 0.0
        self.possibly_billed_usd: float | None = 0.0
        self.lost = 0
        self._budget = budget
        self._price_of = price_of

    async def reserve(self, model: str | None, most: Tokens) -> Reserved:
        """Set the worst case of a call aside, once calls under way have left enough of it.

        Raises:
            BudgetReached: it is more than what is left and nothing is under way.
            ConfigError: there is a budget, and the price of the model is unknown.
        """
        price = Price(input=0, output=0) if model is None else self._price_of(model)
        if price is None and self._budget.limit is not None:
            raise ConfigError(f"the price of {model!r} is unknown, so the budget cannot hold")
        worst = price.cost(most.input, most.output) if price else 0.0
        await self._budget.reserve(worst)
        return Reserved(price, worst)

    def settle(self, reserved: Reserved, spent: Tokens) -> float | None:
        """Count a call, and return what it cost in USD, or None where its price is unknown."""
        price = reserved.price
        cost = price.cost(spent.input, spent.output, spent.cached) if price else None
        self.tokens = self.tokens + spent
        self.cost_usd = summed([self.cost_usd, cost])
        self._budget.settle(reserved.worst, cost or 0.0)
        return cost

    def lose(self, reserved: Reserved) -> None:
        """Count a call whose reply was lost, and may have been billed."""
        self.lost += 1
        worst = reserved.worst if reserved.price else None
        self.possibly_billed_usd = summed([self.possibly_billed_usd, worst])
        self._budget.settle(reserved.worst, reserved.worst)

    def release(self, reserved: Reserved) -> None:
        """Give back what was set aside for a call that cost nothing."""
        self._budget.settle(reserved.worst, 0.0)
