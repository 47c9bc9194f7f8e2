"""What calls cost: a dated table, and a budget that is reserved before and settled after a call."""

from __future__ import annotations

import asyncio
import math
import re
import tomllib
from collections.abc import Mapping
from importlib import resources

from pydantic import BaseModel, ConfigDict, Field

from pipeline.errors import BudgetReached

_DATED_MODEL = re.compile(r"-\d{4}-\d\d-\d\d$")


class Price(BaseModel):
    """Prices of one model in USD per million tokens."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    input: float = Field(ge=0)
    output: float = Field(ge=0)
    cached_input: float | None = Field(None, ge=0)

    def cost(self, input_tokens: int, output_tokens: int, cached_tokens: int = 0) -> float:
        """Return USD for so many tokens; `cached_tokens` are among those of the input."""
        cached = self.input if self.cached_input is None else self.cached_input
        paid = self.input * (input_tokens - cached_tokens) + cached * cached_tokens
        return (paid + self.output * output_tokens) / 1e6


class PriceTable(BaseModel):
    """Prices by model, and the ISO date on which they held."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    dated: str
    models: dict[str, Price]

    def find(self, model: str | None) -> Price | None:
        """Return the price of a model, dated names included, or None where it is unknown."""
        if model is None:
            return Price(input=0, output=0)
        return self.models.get(model) or self.models.get(_DATED_MODEL.sub("", model))


def load_prices(own: Mapping[str, Price] | None = None) -> PriceTable:
    """Return the table that ships with Litline, with a person's own prices over it."""
    text = resources.files("pipeline").joinpath("prices.toml").read_text(encoding="utf-8")
    table = PriceTable.model_validate(tomllib.loads(text))
    return table.model_copy(update={"models": {**table.models, **(own or {})}})


class Budget:
    """What may still be spent, in USD; no limit where `limit` is None."""

    def __init__(self, limit: float | None) -> None:
        self.limit = limit
        self.spent = 0.0
        self._reserved: list[float] = []
        self._settled = asyncio.Event()

    async def reserve(self, worst: float) -> None:
        """Set the worst case of a call aside, once calls under way have left enough of it.

        Raises:
            BudgetReached: it is more than what is left and nothing is under way.
        """
        while not self._holds(worst):
            if not self._reserved:
                raise BudgetReached(
                    f"the budget of {self.limit:g} USD is reached: {self.spent:.4f} spent, "
                    f"the next call could cost up to {worst:.4f}"
                )
            self._settled.clear()
            await self._settled.wait()
        self._reserved.append(worst)

    def _holds(self, worst: float) -> bool:
        return self.limit is None or math.fsum([self.spent, worst, *self._reserved]) <= self.limit

    def settle(self, worst: float, actual: float) -> None:
        """Give a reservation back and count what was spent."""
        self._reserved.remove(worst)
        self.spent += actual
        self._settled.set()
