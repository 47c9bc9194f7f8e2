"""The figures of a result sentence: what was measured, what was reached, against what.

A number counts only where the words around it bind it to a metric or benchmark of the same
sentence; sizes, counts of data, versions and years do not. What cannot be bound is left out, for
an invented figure is worse than none.
"""

from __future__ import annotations

from typing import NamedTuple, TypeVar

from pipeline.bindings import Bond, Bonds, bind
from pipeline.metric_phrases import OUTCOME
from pipeline.outcomes import Amount, Group, groups
from pipeline.rivals import bested, subjects

T = TypeVar("T")


class ResultFigure(NamedTuple):
    """One figure of a result.

    `metric` has words of the sentence in their order. `achieved` is the value reached, `change` the
    difference to `baseline`, below zero where the metric falls; at least one of them is given.
    `subject` is the name that the figure belongs to, None where none stands right before the verb.
    """

    metric: str
    achieved: Amount | None
    change: Amount | None
    baseline: str | None
    subject: str | None

    @property
    def value(self) -> float | None:
        """The value reached; None for a range, which is no one number."""
        return _single(self.achieved)

    @property
    def difference(self) -> float | None:
        """The difference to the baseline; None for a range."""
        return _single(self.change)

    @property
    def unit(self) -> str | None:
        """The unit of the value, or of the difference where the value has none."""
        units = [amount.unit for amount in (self.achieved, self.change) if amount]
        return next(filter(None, units), None)

    @property
    def printed(self) -> str:
        """The digits of the value as printed, or of the difference where there is no value."""
        amount = self.achieved or self.change
        return amount.digits if amount else ""


def _single(amount: Amount | None) -> float | None:
    return None if amount is None or amount.is_range else amount.number


def result_figures(text: str) -> list[ResultFigure]:
    """List the figures of the results that a readable sentence reports, in order."""
    if not groups(text) or not OUTCOME.search(text):
        return []
    rows: list[ResultFigure] = []
    bonds: Bonds = []
    for group in groups(text):
        bond = bind(text, group, bonds)
        bonds.append((group, bond))
        if bond is None:
            continue
        if bond.follows and rows and rows[-1].change is None and bond.kind == "change":
            change = _signed(group.amounts[0], bond.falls)
            against = bond.baselines[0] or rows[-1].baseline
            rows[-1] = rows[-1]._replace(change=change, baseline=against)
        else:
            rows += _rows(text, group, bond)
    return rows


def _rows(text: str, group: Group, bond: Bond) -> list[ResultFigure]:
    """Make a row of each amount of a group."""
    many = len(group.amounts)
    metrics, against = _spread(bond.metrics, many), _spread(bond.baselines, many)
    names = subjects(text, group)
    alone = names[0] if len(names) == 1 else None
    whose: list[str | None] = list(names) if len(names) == many else [alone] * many
    found = []
    for amount, metric, rival, name in zip(group.amounts, metrics, against, whose, strict=True):
        signed = _signed(amount, bond.falls)
        value, change = (None, signed) if bond.kind == "change" else (amount, None)
        other = rival or (bested(group) if bond.kind == "value" else None)
        other = other if other != name else None
        if metric:
            found.append(ResultFigure(metric, value, change, other, name))
    return found


def _spread(items: tuple[T, ...], many: int) -> tuple[T, ...]:
    """Return as many items as there are amounts; else the first one is meant for all of them."""
    return items if len(items) == many else (items[0],) * many


def _signed(amount: Amount, falls: bool) -> Amount:
    return amount._replace(number=-amount.number) if falls else amount
