"""What a run bought: for which page, in which stage, and against what it was said to cost."""

from __future__ import annotations

from collections.abc import Iterator

from flows.making import Clock
from flows.pages import Made, page_of
from flows.progress import reporter
from pipeline.ask import Asker
from pipeline.review.sheets import Sheet
from pipeline.scribe import counted
from pipeline.sheets import Bought, RunReport, summed


def accounted(report: RunReport, made: Made, asker: Asker, clock: Clock) -> RunReport:
    """Add what the run itself was: its engine, its calls and their price, its times."""
    return report.model_copy(
        update={
            "engine": asker.provider.engine,
            "model": asker.provider.model,
            "calls": asker.provider.requests,
            "cached": asker.cached,
            "tokens": asker.purse.tokens,
            "cost_usd": asker.purse.cost_usd,
            "possibly_billed_usd": asker.purse.possibly_billed_usd,
            "lost": asker.purse.lost,
            "estimate_usd": made.plan.price_high,
            "stages": clock.stages,
            "bought": list(_bought(made, asker)),
        }
    )


def _bought(made: Made, asker: Asker) -> Iterator[Bought]:
    """Yield what was bought for each page, digests last."""
    spent: dict[str, float | None] = {}
    sheets: list[Sheet] = [*made.fresh, *made.told, *made.briefings]
    for sheet in sheets:
        costs = [asker.bought[key] for key in sheet.stamp.inputs if key in asker.bought]
        if costs:
            spent[page_of(sheet)] = summed(costs)
    for digest in made.digests:
        papers = [f"papers/{id_}" for id_ in digest.new_papers]
        if of := [spent[page] for page in papers if page in spent]:
            spent[page_of(digest)] = summed(of)
    return (Bought(page=page, cost_usd=cost) for page, cost in spent.items())


def say_spent(report: RunReport) -> None:
    """Compare what a run with a model cost with what it was said to cost at most."""
    if not report.calls:
        return
    most = "" if report.estimate_usd is None else f" of at most {report.estimate_usd:.4f}"
    cost = "price unknown" if report.cost_usd is None else f"{report.cost_usd:.4f} USD{most}"
    kept = report.tokens.cached / max(report.tokens.input, 1)
    words = f"{counted(report.calls, 'call')}, {cost}"
    words += f"; {kept:.0%} of the prompts' tokens were cached by the server" * bool(kept)
    if report.lost:
        possibly = report.possibly_billed_usd
        lost = "a lost reply" if report.lost == 1 else f"{report.lost} lost replies"
        words += f"; {lost} may have been billed"
        words += "" if possibly is None else f", at most {possibly:.4f} USD"
    reporter().say(f"{words}.")
