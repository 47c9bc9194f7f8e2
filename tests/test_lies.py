"""A model that lies: what reaches the outputs, and what becomes of the rest."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Callable

import pytest

from flows.settings import Settings, load_settings
from flows.shelves import look_up
from pipeline.ask import Asker
from pipeline.library import Entry
from pipeline.report.html import paper_html
from pipeline.report.markdown import paper_markdown
from pipeline.samples import sample_files
from pipeline.sheets import PaperSheet
from pipeline.steps.summarise import plan_paper
from pipeline.store import Store
from pipeline.text import normalise
from tests.asking import summarised
from tests.lying import Liar, lies, openings, printed

FLOORS = {"number": 0.95, "name": 0.98, "version": 1.0, "direction": 0.9, "negation": 0.9}
FLOORS |= {"swap": 0.6, "unit": 0.95}


@pytest.fixture
def entries() -> list[Entry]:
    settings: Settings = load_settings(as_of=dt.date(2026, 6, 30))
    return look_up(sample_files(), settings, None).entries


@pytest.fixture
async def sheets(
    entries: list[Entry], asker: Callable[..., Asker], store: Store
) -> list[PaperSheet]:
    """Return the sheets of the invented papers, as a liar would have them."""
    works = [plan_paper(entry) for entry in entries]
    async with asker(Liar(openings(works))) as made:
        outcomes = await summarised(works, made, store)
    found = [outcome.sheet for outcome in outcomes if outcome.sheet]
    assert len(found) == len(entries)
    return found


def test_the_list_is_long_and_of_every_kind() -> None:
    counted = Counter(lie.kind for lie in lies())
    assert sum(counted.values()) >= 60
    assert counted.keys() == FLOORS.keys()
    assert min(counted.values()) >= 8


def test_lies_do_not_reach_the_claims(sheets: list[PaperSheet]) -> None:
    told = Counter(lie.kind for lie in lies())
    through = Counter(lie.kind for lie in printed(sheets))
    caught = {kind: 1 - through[kind] / number for kind, number in told.items()}
    assert {kind: share for kind, share in caught.items() if share < FLOORS[kind]} == {}


def test_every_lie_that_is_not_printed_was_dropped_or_replaced(sheets: list[PaperSheet]) -> None:
    kept = {lie.text for lie in printed(sheets)}
    dropped = {refused.text for sheet in sheets for refused in sheet.dropped}
    replaced = sum(sheet.stamp.counts.by_origin.get("fallback", 0) for sheet in sheets)
    assert len(lies()) == len(kept) + len(dropped) + replaced
    assert replaced


def test_what_is_dropped_stands_on_the_page_only_where_the_dropped_is_listed(
    sheets: list[PaperSheet],
) -> None:
    for sheet in sheets:
        page = [line for line in paper_markdown(sheet).splitlines() if "Dropped from" not in line]
        html = re.sub(r"<li>Dropped.*?</li>", "", paper_html(sheet), flags=re.DOTALL)
        for refused in sheet.dropped:
            assert refused.text not in "\n".join(page)
            assert normalise(refused.text) not in normalise(html)
