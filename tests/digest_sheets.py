"""Digest sheets by hand for the tests of pages; everything in them is invented."""

from __future__ import annotations

import datetime as dt
from typing import Any

from pipeline.digest_sheet import (
    Change,
    Days,
    DigestSheet,
    Listed,
    Moved,
    News,
    Opened,
    ReadFirst,
    Share,
    Theme,
    TrendRow,
    Verdict,
)
from pipeline.records import Coverage
from pipeline.sheets import (
    Claim,
    Datum,
    Dropped,
    Evidence,
    Failure,
    Stamp,
    Tokens,
    claim_id,
    count,
)
from tests.page_sheets import evidence

WEEK = "2031-W22"
MONDAY, SUNDAY = dt.date(2031, 5, 26), dt.date(2031, 6, 1)
YEAR = Days(since=dt.date(2030, 6, 2), until=SUNDAY)


def quoted(field: str, text: str, subject: str = WEEK, **more: Any) -> Claim:
    """Return a sentence of a source, as a claim whose id holds."""
    places = [evidence(more.pop("quote", text), **more)]
    return _claim(field, text, subject, places, None)


def derived(field: str, text: str, quote: str, subject: str = WEEK, **more: Any) -> Claim:
    """Return a rewording by a model, as a claim whose id holds."""
    made = _claim(field, text, subject, [evidence(quote, **more)], None)
    return made.model_copy(update={"kind": "derived", "origin": "model"})


def told(field: str, text: str, subject: str = WEEK, **data: Datum) -> Claim:
    """Return a claim that code computed from `data`, whose id holds."""
    return _claim(field, text, subject, [], {"papers": [], **data})


def _claim(
    field: str, text: str, subject: str, places: list[Evidence], data: dict[str, Datum] | None
) -> Claim:
    parts = [p.encode(errors="replace").decode() for p in (subject, text)]
    quotes = [place.quote.encode(errors="replace").decode() for place in places]
    return Claim(
        id=claim_id("litline/digest", parts[0], field, parts[1], quotes),
        text=text,
        kind="computed" if data else "quoted",
        origin="computed" if data else "extractive",
        evidence=places,
        data=data,
    )


def listed(paper: str, date: dt.date | None, **changes: Any) -> Listed:
    fields: dict[str, Any] = {
        "paper": paper,
        "label": paper,
        "authors": ["Ada Brew", "Bo Steam"],
        "et_al": False,
        "date": date,
        "year_inferred": False,
    }
    return Listed(**{**fields, **changes})


def row(
    term: str,
    window: tuple[int, int],
    baseline: tuple[int, int],
    verdict: Verdict = "steady",
    tests: tuple[float, float] | None = (0.5, 0.6),
    **changes: Any,
) -> TrendRow:
    (a, n), (b, m) = window, baseline
    fields: dict[str, Any] = {
        "term": term,
        "window": Share(papers=a, of=n),
        "baseline": Share(papers=b, of=m),
        "p": tests and tests[0],
        "q": tests and tests[1],
        "verdict": verdict,
        "window_interval": _around(a, n),
        "baseline_interval": _around(b, m),
        "in_window": [f"in-{k}" for k in range(a)],
        "in_baseline": [f"before-{k}" for k in range(b)],
    }
    return TrendRow(**{**fields, **changes})


def _around(k: int, n: int) -> tuple[float, float]:
    """Return some interval around a share; Wilson's are tested elsewhere."""
    return max(0.0, k / n - 0.15), min(1.0, k / n + 0.2)


def digest(**changes: Any) -> DigestSheet:
    """Return a sheet whose stamp counts its claims; nothing is in it but what `changes` bring."""
    fields: dict[str, Any] = {
        **{"week": WEEK, "since": MONDAY, "until": SUNDAY, "first": False},
        **{name: [] for name in _LISTS},
        "trend_window": YEAR,
        "stamp": stamp([]),
    }
    made = DigestSheet(**{**fields, **changes})
    if "stamp" in changes:
        return made
    claims = [claim for _, claim in made.claims()]
    return made.model_copy(update={"stamp": stamp(claims, len(made.dropped))})


_LISTS = (
    *("followed", "short", "new_papers", "read_first", "opened", "themes", "lines", "updated"),
    *(
        "changed",
        "backlog",
        "listed",
        "trends",
        "told",
        "failed",
        "coverage",
        "notes",
        "trust",
        "dropped",
    ),
)


def stamp(claims: list[Claim], dropped: int = 0, **changes: Any) -> Stamp:
    fields: dict[str, Any] = {
        "engine": "extractive 1",
        "model": None,
        "prompt": "digest",
        "prompt_version": 1,
        "inputs": [],
        "date": None,
        "tokens": Tokens(),
        "cost_usd": None,
        "counts": count(claims, dropped),
    }
    return Stamp(**{**fields, **changes})


# --- A week like most: two new papers --------------------------------------------------------

KETTLE, URN = "kettle-ov-0a1b2c3d", "urnsketch-1b2c3d4e"
OLD = ["steam-u1-2c3d4e5f", "tea-127k-3d4e5f6a", "spout-4e5f6a7b", "lid-5f6a7b8c", "cup-6a7b8c9d"]


def week() -> DigestSheet:
    """Return a week of two papers, an update, five older papers and three printed terms."""
    return digest(
        first=True,
        followed=[
            News(
                kind="lineage",
                name="Kettle",
                claim=told("followed", "Kettle: 1 new paper: Kettle-ov.", new=1),
            ),
            News(
                kind="topic",
                name="whistle control",
                claim=told("followed", "whistle control: 1 new paper: UrnSketch.", new=1),
            ),
            News(kind="author", name="Ada Brew", claim=told("followed", "Ada Brew: nothing new.")),
        ],
        short=[
            told("short", "2 new papers.", new=2),
            told("short", "Kettle-ov appears to continue Kettle.", about="Kettle-ov"),
            told("short", "Neither abstract gives a figure."),
        ],
        new_papers=[KETTLE, URN],
        read_first=[
            ReadFirst(paper=KETTLE, reasons=["new step of a line"]),
            ReadFirst(paper=URN, reasons=["followed topic"]),
        ],
        opened=[_kettle(), _urn()],
        themes=[Theme(name="quiet boiling", papers=[KETTLE, URN])],
        lines=[_moved()],
        updated=[
            _change("drip-7b8c9d0e", "title", None, "Spouts Without Drips", "stated"),
            _change("whistle-8c9d0e1f", "abstract", "is released", "shall be released", "unknown"),
        ],
        changed=[
            told("changed", "Drip has a title now: Spouts Without Drips.", name="Drip"),
            told(
                "changed", "Two documents word the abstract of Whistle differently.", name="Whistle"
            ),
        ],
        backlog=[*OLD, *_others()],
        listed=[
            listed(KETTLE, dt.date(2031, 5, 28), label=_KETTLES_TITLE, year_inferred=True),
            listed(
                URN,
                dt.date(2031, 5, 27),
                label=_URNS_TITLE,
                authors=["Zhi Kettleworth", "Wen Tongs", "Xi Kong", "Yu Li"],
            ),
            *(listed(paper, dt.date(2031, 5, 12 - n)) for n, paper in enumerate(OLD)),
            *(listed(paper, _day(n)) for n, paper in enumerate(_others())),
            *_counted(),
            listed("drip-7b8c9d0e", dt.date(2031, 4, 2), label="Spouts Without Drips"),
            listed("whistle-8c9d0e1f", None, label="Whistle (untitled)"),
        ],
        trends=_rows(),
        told=[printed(one) for one in _rows()[:3]],
        coverage=[
            Coverage(document="kettles.txt", declared=79, present=50),
            Coverage(document="urns.txt", declared=None, present=10),
        ],
        trust=[
            told("trust", "60 entries in 2 documents are 58 papers.", entries=60, of=2, here=58),
            told("trust", "kettles.txt declares 79 papers and holds 50.", declares=79, holds=50),
            told("trust", "The year of 1 paper of this week was inferred.", years=1),
        ],
    )


_KETTLES_TITLE = "From Drops to Floods -- Towards Native One-Kettle Models at Scale"
_URNS_TITLE = "UrnSketch: An Interleaved Boiling Model with Self-correcting Steam"


def _kettle() -> Opened:
    return Opened(
        paper=KETTLE,
        new=quoted("new", "Kettle-ov boils drops and floods end to end.", start=100),
        result=quoted("result", "It largely narrows the gap to modular kettles.", start=200),
        gap=told("gap", "how large a gap is left is not said"),
        code=quoted("code", "Our code and models are publicly available.", start=300),
        why=told("why", "Next step of a line in your library."),
    )


def _urn() -> Opened:
    return Opened(
        paper=URN,
        new=quoted("new", "UrnSketch draws its steam while it boils.", start=400),
        result=None,
        gap=told("gap", "the abstract gives no figure"),
        code=None,
        why=told("why", "You follow whistle control."),
    )


def _moved() -> Moved:
    return Moved(
        slug="kettle",
        name="Kettle",
        claims=[
            told("lines", "Kettle-ov follows Kettle (guessed: same name, same first author)."),
            quoted("lines", "Kettle is capable of rivaling modular kettles.", start=500),
        ],
    )


def _change(paper: str, field: Any, before: str | None, after: str | None, order: Any) -> Change:
    return Change(
        paper=paper,
        field=field,
        before=before,
        after=after,
        documents=["kettles.txt", "urns.txt"],
        order=order,
    )


def _counted() -> list[Listed]:
    """Return the papers that terms count, with days."""
    window = [listed(f"in-{n}", SUNDAY - dt.timedelta(days=20 * n)) for n in range(15)]
    before = [listed(f"before-{n}", dt.date(2030, 5, 1) - _MONTH * 5 * n) for n in range(8)]
    return [*window, *before]


_MONTH = dt.timedelta(days=30)


def _others() -> list[str]:
    return [f"older-{n:02}-00000000" for n in range(9)]


def _day(number: int) -> dt.date | None:
    return None if number > 6 else dt.date(2031, 4, 30) - dt.timedelta(days=90 * number)


def _rows() -> list[TrendRow]:
    return [
        row("self-cleaning", (10, 26), (2, 42), "emerging", (0.0004, 0.003)),
        row("steam reasoning", (15, 26), (7, 42), "emerging", (0.0011, 0.004)),
        row("agents", (8, 26), (4, 42), "possible", (0.04, 0.09), reason=_NOT_SIGNIFICANT),
        row("teapots", (1, 26), (8, 42), "steady", (0.14, 0.21)),
        row("native kettles", (4, 26), (3, 42), "steady", (0.41, 0.5)),
        row("spatial pouring", (5, 26), (7, 42), "steady", (1.0, 1.0)),
        row("limescale", (1, 26), (1, 42), "too few to say", None),
    ]


_NOT_SIGNIFICANT = "not significant after correction"


def printed(one: TrendRow) -> Claim:
    """Return the claim that prints a term."""
    a, n, b, m = one.window.papers, one.window.of, one.baseline.papers, one.baseline.of
    text = f"{one.term}: {a} of {n} papers, before {b} of {m}: {one.verdict}."
    return told("trends", text, term=one.term, here=a, of=n, before=b, before_of=m)


# --- A week without anything, and a week of forty --------------------------------------------


def empty() -> DigestSheet:
    """Return a week in which nothing is new, with a failed source."""
    return digest(
        followed=[News(kind="topic", name="steam", claim=told("followed", "steam: nothing new."))],
        short=[
            told("short", "No paper is dated in this week."),
            told("short", "1 source failed.", failed=1),
        ],
        listed=_counted(),
        trends=_rows(),
        told=[printed(one) for one in _rows()[:3]],
        failed=[Failure(document="pans.txt", stage="read", reason="no reader recognises it")],
        coverage=[Coverage(document="kettles.txt", declared=79, present=50)],
        trust=[told("trust", "kettles.txt declares 79 papers and holds 50.", d=79, h=50)],
    )


def big() -> DigestSheet:
    """Return a week of forty papers in four themes, with five of them opened."""
    papers = [f"paper-{n:02}-00000000" for n in range(40)]
    return digest(
        short=[told("short", "40 new papers.", new=40)],
        new_papers=papers,
        read_first=[ReadFirst(paper=paper, reasons=["followed topic"]) for paper in papers[:5]],
        opened=[_opened(paper, n) for n, paper in enumerate(papers[:5])],
        themes=[
            Theme(name=f"Theme {n}", papers=papers[start:end])
            for n, (start, end) in enumerate([(0, 21), (21, 33), (33, 38), (38, 40)])
        ],
        listed=[
            listed(paper, MONDAY + dt.timedelta(days=n % 7), label=f"Boiling Paper {n}" + _TAIL)
            for n, paper in enumerate(papers)
        ],
        trust=[told("trust", "40 entries in 3 documents are 40 papers.", entries=40, of=3)],
    )


_TAIL = ": On Kettles That Neither Whistle Nor Drip When They Are Left Alone"


def _opened(paper: str, number: int) -> Opened:
    return Opened(
        paper=paper,
        new=quoted("new", f"Kettle {number} boils without a whistle.", start=100 * number),
        result=quoted("result", f"It gains {number}.5 points on WarmthU.", start=100 * number + 50),
        gap=None,
        code=None,
        why=told("why", "You follow steam."),
    )


# --- Anything in every field -----------------------------------------------------------------


def filled_digest(text: str) -> DigestSheet:
    """Return a sheet that bears `text` in every field that a source or a model can fill."""
    papers = [f"{text} {n}" for n in range(8)]
    claims = {field: _hostile(field, text) for field in ("new", "result", "gap", "code", "why")}
    rows = [
        row(text, (10, 26), (2, 42), "emerging", (0.0004, 0.003), in_window=[text, *papers]),
        row(f"{text} 2", (8, 26), (4, 42), "possible", (0.04, 0.09), reason=text),
    ]
    made = digest(
        followed=[News(kind="topic", name=text, claim=_hostile("followed", text))],
        short=[_hostile("short", text)],
        new_papers=papers[:3],
        read_first=[ReadFirst(paper=papers[0], reasons=[text])],
        opened=[Opened(paper=papers[0], **claims)],
        themes=[Theme(name=text, papers=papers[:3])],
        lines=[Moved(slug=text, name=text, claims=[_hostile("lines", text)])],
        updated=[_change(papers[3], "title", text[:100], text[:100], "unknown")],
        changed=[_hostile("changed", text)],
        backlog=papers[4:],
        listed=[
            listed(paper, MONDAY - dt.timedelta(days=n), label=text, authors=[text] * 4)
            for n, paper in enumerate([*papers[:3], *papers[4:], papers[3]])
        ],
        trends=rows,
        told=[
            _hostile("trends", text).model_copy(update={"data": {"term": text}}),
            told("trends", text, term=f"{text} 2"),
        ],
        failed=[Failure(document=text, stage=text, reason=text)],
        coverage=[Coverage(document=text, declared=2, present=1)],
        trust=[_hostile("trust", text)],
        dropped=[Dropped(field=text, text=text, reason=text)],
    )
    claims_made = [claim for _, claim in made.claims()]
    by = {"engine": text, "model": text, "prompt": text, "date": "2031-06-01"}
    return made.model_copy(update={"stamp": stamp(claims_made, 1, **by)})


def _hostile(field: str, text: str) -> Claim:
    return derived(field, text, text, document=text)
