"""Issues by hand for the tests of digests; everything in them is invented."""

from __future__ import annotations

import datetime as dt
from typing import Any

from pipeline.digest_sheet import Days, Share, TrendRow, Verdict
from pipeline.issue import Issue, Line, Step, Trends
from pipeline.library import Entry
from pipeline.lineage_sheet import GraphEdge
from pipeline.memory import Past, Selection
from pipeline.records import Coverage
from pipeline.sheets import Evidence, PaperSheet
from tests.page_sheets import details, evidence, paper, sheet

WEEK = "2031-W22"
DAYS = Days(since=dt.date(2031, 5, 26), until=dt.date(2031, 6, 1))
YEAR = Days(since=dt.date(2030, 6, 2), until=dt.date(2031, 6, 1))


def entry(id_: str, **changes: Any) -> Entry:
    about = changes.pop("about", {})
    named = {"id": id_, "label": id_.title(), "names": [id_.title()], **changes}
    return Entry(paper(**named), details(**about), lambda: None)


def read(id_: str, *given: Any, **changes: Any) -> PaperSheet:
    """Return the sheet of a paper."""
    return sheet(*given, id=id_, **changes)


def issue(*new: Entry, **changes: Any) -> Issue:
    """Return an issue of these new papers, about which nothing else is known."""
    chosen = Selection(list(new), [], [], [], [], [])._replace(**changes.pop("selection", {}))
    fields: dict[str, Any] = {
        "week": WEEK,
        "days": DAYS,
        "past": Past((), {}, (), ()),
        "selection": chosen,
        "entries": {e.paper.id: e for e in (*chosen.shown, *chosen.later)},
        "sheets": {},
        "silent": frozenset(),
        "lines": [],
        "interests": [],
        "trends": Trends(YEAR, [], {}),
        "failed": [],
        "coverage": [Coverage(document="kettles.txt", declared=None, present=len(new))],
        "nothing_since": None,
        "remarks": [],
    }
    return Issue(**{**fields, **changes})


def terms(**of: str) -> Trends:
    """Return no trends, and terms of papers, parted by commas."""
    return Trends(YEAR, [], {id_: frozenset(named.split(",")) for id_, named in of.items()})


def row(term: str, verdict: Verdict, q: float | None = 0.5, **changes: Any) -> TrendRow:
    fields: dict[str, Any] = {
        "term": term,
        "window": Share(papers=6, of=10),
        "baseline": Share(papers=1, of=40),
        "p": q,
        "q": q,
        "verdict": verdict,
        "reason": "",
        "window_interval": (0.2, 0.8),
        "baseline_interval": (0.0, 0.2),
        "in_window": [],
        "in_baseline": [],
    }
    return TrendRow(**{**fields, **changes})


def line(later: str, earlier: str, places: list[Evidence] | None = None, **edge: Any) -> Line:
    """Return the line of two works, of which the later is new."""
    fields: dict[str, Any] = {
        "source": later,
        "target": earlier,
        "type": "succeeds",
        "basis": "stated",
        "evidence": places or [evidence(f"{later} succeeds {earlier}.")],
        **edge,
    }
    step = Step(later, GraphEdge(**fields))
    return Line("kettle", "Kettle", [step], {later: later.title(), earlier: earlier.title()})
