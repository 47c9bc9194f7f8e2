"""Lineage sheets by hand for the tests of pages; everything in them is invented."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from typing import Any

from pipeline.lineage_sheet import (
    Aspect,
    Basis,
    Beside,
    EdgeType,
    GraphEdge,
    GraphNode,
    LineageCell,
    LineageRow,
    LineageSheet,
    LineageStep,
    Openness,
    Rivals,
)
from pipeline.sheets import Claim, Dropped, Evidence, Kind, Origin, Stamp, Tokens, claim_id, count
from tests.page_sheets import evidence

SLUG = "kettle"
NO_ASPECTS: dict[Aspect, list[Claim]] = {
    "architecture": [],
    "data": [],
    "training": [],
    "inference": [],
    "results": [],
    "openness": [],
}


def said(
    field: str, text: str, kind: Kind = "quoted", origin: Origin = "extractive", **more: Any
) -> Claim:
    """Return a claim of the sheet `SLUG` whose id holds."""
    data = more.pop("data", None)
    places = more.pop("places", None) or [evidence(more.pop("quote", text), **more)]
    quotes = [place.quote for place in places]
    parts = [part.encode(errors="replace").decode() for part in (text, *quotes)]
    made = claim_id("litline/lineage", SLUG, field, parts[0], parts[1:])
    return Claim(id=made, text=text, kind=kind, origin=origin, evidence=places, data=data)


def node(name: str, date: dt.date | None = None, paper: bool = True, label: str = "") -> GraphNode:
    return GraphNode(
        id=name,
        label=label or name,
        kind="paper" if paper else "external",
        paper=name if paper else None,
        date=date,
    )


def edge(
    source: str,
    target: str,
    kind: EdgeType = "succeeds",
    basis: Basis = "stated",
    quote: str = "",
    **place: Any,
) -> GraphEdge:
    return GraphEdge(
        source=source,
        target=target,
        type=kind,
        basis=basis,
        evidence=[evidence(quote or f"{source} after {target}", **place)],
        signs=["same name", "same first author"] if basis == "inferred" else [],
    )


def step(of: GraphNode, follows: GraphEdge | None = None, *passage: Claim, **more: Any) -> Any:
    return LineageStep(
        **{
            "node": of.id,
            "label": of.label,
            "date": of.date,
            "year_inferred": False,
            "parent": follows.target if follows else None,
            "basis": follows.basis if follows else None,
            "signs": follows.signs if follows else [],
            "link": follows.evidence if follows else [],
            "passage": list(passage),
            "aspects": NO_ASPECTS,
            **more,
        }
    )


def lineage(**changes: Any) -> LineageSheet:
    """Return a sheet whose stamp counts its claims."""
    fields: dict[str, Any] = {
        "slug": SLUG,
        "name": "Kettle",
        "short": [],
        "steps": [],
        "table": [],
        "rivals": [],
        "openness": [],
        "beside": [],
        "gaps": [],
        "nodes": [],
        "edges": [],
        "stamp": _stamp([]),
        "dropped": [],
    }
    made = LineageSheet(**{**fields, **changes})
    if "stamp" in changes:
        return made
    claims = [claim for _, claim in made.claims()]
    return made.model_copy(update={"stamp": _stamp(claims, len(made.dropped))})


def _stamp(claims: list[Claim], dropped: int = 0, **changes: Any) -> Stamp:
    fields: dict[str, Any] = {
        "engine": "extractive 1",
        "model": None,
        "prompt": "lineage",
        "prompt_version": 1,
        "inputs": [],
        "date": None,
        "tokens": Tokens(),
        "cost_usd": None,
        "counts": count(claims, dropped),
    }
    return Stamp(**{**fields, **changes})


# --- Six members, one of them missing, a side branch -----------------------------------------

FIRST = node("Kettle", dt.date(2029, 12, 21))
SECOND = node("Kettle 1.5", dt.date(2030, 4, 25))
MISSING = node("Kettle 2.0", None, paper=False)
POCKET = node("Pocket Kettle", dt.date(2030, 10, 21))
THIRD = node("Kettle 2.5", dt.date(2030, 12, 6))
FOURTH = node("Kettle 3", dt.date(2031, 4, 14))
STOVE = node("StoveBench", dt.date(2030, 11, 15))
PAN = node("Pan-Pilot", dt.date(2031, 6, 2))
CAULDRON = node("Cauldron-L", None, paper=False)

EDGES = [
    edge("Kettle 1.5", "Kettle", basis="inferred", start=200),
    edge("Kettle 2.0", "Kettle 1.5", basis="inferred", start=230),
    edge("Kettle 2.5", "Kettle 2.0", "builds-on", quote="Kettle 2.5 builds upon Kettle 2.0."),
    edge("Kettle 3", "Kettle 2.5", quote="its predecessor, i.e., Kettle 2.5", start=300),
    edge("Pocket Kettle", "Kettle 1.5", "builds-on", "inferred", start=330),
    edge("Pan-Pilot", "Kettle 2.5", "uses", quote="We steer Kettle 2.5-8L.", start=400),
    edge("StoveBench", "Kettle 1.5", "evaluates", quote="We test Kettle 1.5.", start=430),
    edge("Kettle", "Cauldron-L", "compares-with", quote="rivals Cauldron-L", start=460),
]


def six() -> LineageSheet:
    """Return the line of the kettles, as an engine without a model would fill it."""
    spout = said("passage", "The spout is cut into 40 tiles.", start=500)
    fed = said("passage", "It is fed with rain water.", start=520)
    return lineage(
        short=[
            said("short", "Kettle made the vessel large.", "derived", "model", start=600),
            said("short", "Kettle 3 boils and pours at once.", "derived", "model", start=630),
        ],
        steps=[
            step(FIRST, None, said("passage", "Offered as an alternative to Cauldron-L.")),
            step(
                SECOND,
                EDGES[0],
                spout,
                fed,
                aspects={**NO_ASPECTS, "architecture": [spout], "data": [fed]},
            ),
            step(MISSING, EDGES[1]),
            step(POCKET, EDGES[4], said("passage", "It has 90% of the heat.", start=540)),
            step(THIRD, EDGES[2], said("passage", "The first above 70% on WarmthU.", start=560)),
            step(FOURTH, EDGES[3], said("passage", "It boils and pours at once.", start=580)),
        ],
        table=[
            LineageRow(
                metric="WarmthU",
                cells=[
                    _cell(THIRD, "Kettle 2.5", "above 70%", 560),
                    _cell(FOURTH, "Kettle 3-78L", "72.2", 700),
                ],
            )
        ],
        rivals=[
            Rivals(node="Kettle", names=["Cauldron-L"], evidence=EDGES[7].evidence),
            Rivals(
                node="Kettle 3", names=["Samovar-4o", "Urn 3.5"], evidence=[evidence("Urn", 720)]
            ),
        ],
        openness=[
            _open(FIRST, "code and models", True, 740),
            _open(FOURTH, "data and weights", False, 760),
        ],
        beside=[
            _beside(PAN, EDGES[5], THIRD, said("beside", "Pan-Pilot gains 5.9 points.", start=780)),
            _beside(STOVE, EDGES[6], SECOND, None),
        ],
        gaps=[
            said(
                "gaps",
                "Kettle 2.0 is named as the base, but no document describes it.",
                "computed",
                "computed",
                places=EDGES[2].evidence,
                data={"name": "Kettle 2.0"},
            )
        ],
        nodes=[FIRST, SECOND, MISSING, POCKET, THIRD, FOURTH, STOVE, PAN, CAULDRON],
        edges=EDGES,
    )


def _cell(of: GraphNode, whose: str, printed: str, start: int) -> LineageCell:
    place = evidence(f"{whose} has {printed}", start)
    return LineageCell(node=of.id, whose=whose, printed=printed, evidence=place)


def _open(of: GraphNode, words: str, released: bool, start: int) -> Openness:
    place: Evidence = evidence(f"{words} are here", start)
    return Openness(node=of.id, words=words, released=released, evidence=place)


def _beside(of: GraphNode, by: GraphEdge, member: GraphNode, claim: Claim | None) -> Beside:
    return Beside(
        node=of.id,
        label=of.label,
        date=of.date,
        type=by.type,
        member=member.id,
        claim=claim,
        evidence=by.evidence,
    )


# --- Many members, and members with anything in their names ----------------------------------


def forty() -> LineageSheet:
    """Return a line of 12 versions with four side branches of two, and 20 works beside it."""
    months = [dt.date(2025 + n // 4, 1 + 3 * (n % 4), 9) for n in range(24)]
    trunk = [node(f"v{n:02}", months[2 * n], label=f"Kettle {n / 2:g}") for n in range(12)]
    edges = [edge(b.id, a.id) for a, b in pairwise(trunk)]
    twigs = []
    for n in range(4):
        for depth in range(2):
            made = node(
                f"twig{n}{depth}",
                months[4 * n + 3 + 4 * depth],
                label=f"Pocket Kettle Pro {n + 1} with a name that goes on and on {depth}",
            )
            twigs.append(made)
            parent = f"twig{n}0" if depth else f"v{2 * n + 1:02}"
            edges.append(edge(made.id, parent, "builds-on", "inferred"))
    asides = [
        node(f"aside{n:02}", months[n + 3], paper=n % 5 > 0, label=f"Steam-Gauge-{n}-MWMWMWMW")
        for n in range(20)
    ]
    kinds: list[EdgeType] = ["uses", "evaluates", "compares-with"]
    edges += [edge(a.id, f"v{n // 3:02}", kinds[n % 3]) for n, a in enumerate(asides)]
    by = {e.source: e for e in edges}
    return lineage(
        steps=[step(n, by.get(n.id)) for n in sorted([*trunk, *twigs], key=_day)],
        beside=[
            _beside(a, by[a.id], next(t for t in trunk if t.id == by[a.id].target), None)
            for a in asides
        ],
        nodes=[*trunk, *twigs, *asides],
        edges=edges,
    )


def _day(of: GraphNode) -> dt.date:
    return of.date or dt.date.min


def filled_line(text: str) -> LineageSheet:
    """Return a sheet that bears `text` in every field that a source or a model can fill."""
    nodes = [
        GraphNode(id=f"{text} {n}", label=text, kind=kind, paper=paper, date=date)
        for n, (kind, paper, date) in enumerate(
            [
                ("paper", text, dt.date(2029, 1, 2)),
                ("external", None, None),
                ("paper", text, dt.date(2031, 1, 2)),
                ("paper", text, dt.date(2031, 3, 2)),
            ]
        )
    ]
    line = [
        GraphEdge(
            source=f"{text} {n + 1}",
            target=f"{text} {n}",
            type="uses" if n == 2 else "succeeds",
            basis="stated" if n else "inferred",
            evidence=[evidence(text, n, text)],
            signs=[text, text],
        )
        for n in range(3)
    ]
    passage = [said("passage", f"{text} {n}", quote=text, start=n, document=text) for n in range(2)]
    aspects = {**NO_ASPECTS, "data": passage[:1], "results": passage[1:]}
    made = said("short", text, "derived", "model", document=text)
    return lineage(
        name=text,
        slug=text,
        short=[made],
        steps=[
            step(nodes[0], None, *passage, aspects=aspects),
            step(nodes[1], line[0]),
            step(nodes[2], line[1], year_inferred=True),
        ],
        table=[
            LineageRow(metric=text, cells=[_cell(nodes[0], text, text, n) for n in range(2)]),
        ],
        rivals=[Rivals(node=nodes[0].id, names=[text, text], evidence=[evidence(text)])],
        openness=[_open(nodes[0], text, False, 3)],
        beside=[
            _beside(nodes[3], line[2], nodes[2], said("beside", text)),
            _beside(nodes[3], line[2], nodes[2], None),
        ],
        gaps=[said("gaps", text, "computed", "computed")],
        nodes=nodes,
        edges=line,
        stamp=_stamp([made], 1, engine=text, model=text, prompt=text, date="2031-06-01"),
        dropped=[Dropped(field=text, text=text, reason=text)],
    )
