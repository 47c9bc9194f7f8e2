"""A line of work as a drawing: time from left to right, one lane per branch, no script, no file.

Nodes and edges of the kinds `succeeds` and `builds-on` make the lanes; what only uses, tests or
compares stands below them. All lengths are pixels.
"""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from markupsafe import escape

from pipeline.lineage_sheet import GraphEdge, GraphNode
from pipeline.lines import main_line
from pipeline.report import view

LINE = frozenset({"succeeds", "builds-on"})
BASES = {"stated": "stated", "inferred": "guessed"}
VERBS = {
    "succeeds": "succeeds",
    "builds-on": "builds on",
    "uses": "uses",
    "evaluates": "tests",
    "compares-with": "compares itself with",
}

_LABEL = 116  # width of a label
_APART = 128  # between two nodes of one lane
_LATER = 56  # between two nodes of different lanes and dates
_LANE = 80
_TOP = 58  # from the edge of the drawing to the first lane
_BOTTOM = 24
_SIDE = 66
_RADIUS = 5.5
_BEND = 60
_ASIDE_LANES = 6
_LETTER = 12.5  # size of a label's letters


class Place(NamedTuple):
    """Where a node is drawn; `aside` says that it stands below the lanes of the line."""

    node: GraphNode
    x: float
    y: float
    aside: bool


def lineage_svg(nodes: Sequence[GraphNode], edges: Sequence[GraphEdge]) -> str:
    """Draw nodes and edges; the same ones give the same bytes, in whatever order they come.

    An edge to a node that is not given is left out.
    """
    drawn = _drawable(nodes, edges)
    order = _in_time(nodes, drawn)
    places = _placed(order, drawn)
    width = max((p.x for p in places.values()), default=0) + _SIDE
    height = max((p.y for p in places.values()), default=0) + _BOTTOM
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" role="img" class="line"'
            f' aria-labelledby="drawing-title drawing-words" width="{width:.0f}"'
            f' height="{height:.0f}" viewBox="0 0 {width:.0f} {height:.0f}">',
            '<title id="drawing-title">The line as a drawing, earliest work on the left</title>',
            f'<desc id="drawing-words">{_words(order, drawn)}</desc>',
            *(_edge(edge, places) for edge in drawn),
            *(_node(places[node.id]) for node in order),
            "</svg>",
        )
    )


def _drawable(nodes: Sequence[GraphNode], edges: Sequence[GraphEdge]) -> list[GraphEdge]:
    """Return the edges between the nodes; those of the line come last, so that they lie on top."""
    known = {node.id for node in nodes}
    fit = (e for e in edges if {e.source, e.target} <= known and e.source != e.target)
    return sorted(fit, key=lambda e: (e.type in LINE, e.source, e.target, e.type))


def _words(order: Sequence[GraphNode], edges: Sequence[GraphEdge]) -> str:
    """Say the drawing in words, for those who hear the page."""
    labels = {node.id: line_of(node.label) for node in order}
    said = [
        f"{labels[e.source]} {VERBS[e.type]} {labels[e.target]} ({BASES[e.basis]})." for e in edges
    ]
    return str(escape(" ".join([f"{view.plural(len(order), 'work')}.", *said])))


def line_of(text: str) -> str:
    """Return `text` on one line, with marks in the place of hidden characters."""
    return " ".join(view.visible(text).split())


# --- Time ----------------------------------------------------------------------------------


def _in_time(nodes: Sequence[GraphNode], edges: Sequence[GraphEdge]) -> list[GraphNode]:
    """Order nodes by date; a work without one comes between its neighbours, else last."""
    days: dict[str, float] = {n.id: n.date.toordinal() for n in nodes if n.date}
    waiting = sorted(n.id for n in nodes if not n.date)
    while found := {name: day for name in waiting if (day := _between(name, edges, days))}:
        days |= found
        waiting = [name for name in waiting if name not in days]
    last = float(dt.date.max.toordinal())
    unique = {node.id: node for node in nodes}.values()
    return sorted(unique, key=lambda n: (days.get(n.id, last), n.id))


def _between(name: str, edges: Sequence[GraphEdge], days: Mapping[str, float]) -> float | None:
    before = [days[e.target] for e in edges if e.source == name and e.target in days]
    after = [days[e.source] for e in edges if e.target == name and e.source in days]
    if before and after:
        return (max(before) + min(after)) / 2
    if before:
        return max(before) + 0.5
    return min(after) - 0.5 if after else None


# --- Places --------------------------------------------------------------------------------


def _placed(order: Sequence[GraphNode], edges: Sequence[GraphEdge]) -> dict[str, Place]:
    branches = _branches(order, edges)
    lanes, asides = _Lanes(branches), _Asides()
    line = {name for chain in branches for name in chain}
    found: dict[str, tuple[float, int]] = {}
    x, before = float(_SIDE), order[0].date if order else None
    for node in order:
        same_day = node.date is not None and node.date == before
        earliest = x if same_day or not found else x + _LATER
        x, lane = lanes.place(node.id, earliest) if node.id in line else asides.place(earliest)
        found[node.id] = x, lane
        before = node.date
    return {
        node.id: _place(node, *found[node.id], 0 if node.id in line else lanes.used)
        for node in order
    }


def _place(node: GraphNode, x: float, lane: int, above: int) -> Place:
    return Place(node, x, _TOP + _LANE * (above + lane), aside=above > 0)


def _branches(order: Sequence[GraphNode], edges: Sequence[GraphEdge]) -> list[list[str]]:
    """Cut the line into chains, the main one first; a work with two parents follows one of them."""
    rank = {node.id: n for n, node in enumerate(order)}
    line = [e for e in edges if e.type in LINE]
    joined = {name for e in line for name in (e.source, e.target)}
    parents: dict[str, str | None] = {node.id: None for node in order if node.id in joined}
    for edge in sorted(line, key=lambda e: _nearness(e, rank)):
        if rank[edge.target] < rank[edge.source]:
            parents[edge.source] = edge.target
    chains = []
    while parents:
        chains.append(main_line(parents))
        parents = {name: at for name, at in parents.items() if name not in set(chains[-1])}
    return chains


def _nearness(edge: GraphEdge, rank: Mapping[str, int]) -> tuple[bool, bool, int]:
    return edge.type == "succeeds", edge.basis == "stated", rank[edge.target]


class _Lanes:
    """The lanes of the line: one per branch, used again once its branch has ended."""

    def __init__(self, branches: Sequence[Sequence[str]]) -> None:
        self._branch = {name: n for n, chain in enumerate(branches) for name in chain}
        self._last = {chain[-1] for chain in branches}
        self._lane_of = {0: 0} if branches else {}
        self._free = [0.0] if branches else []
        self._busy = {0}

    @property
    def used(self) -> int:
        return len(self._free)

    def place(self, name: str, earliest: float) -> tuple[float, int]:
        """Return where a node comes to stand, no further left than `earliest`, and its lane."""
        branch = self._branch[name]
        if branch not in self._lane_of:
            self._lane_of[branch] = self._open(earliest)
        lane = self._lane_of[branch]
        x = max(earliest, self._free[lane])
        self._free[lane] = x + _APART
        if name in self._last and lane:
            self._busy.discard(lane)
        return x, lane

    def _open(self, earliest: float) -> int:
        lanes = (n for n, free in enumerate(self._free) if n not in self._busy and free <= earliest)
        lane = next(lanes, len(self._free))
        if lane == len(self._free):
            self._free.append(0.0)
        self._busy.add(lane)
        return lane


class _Asides:
    """The lanes of what stands beside the line: the one that is free soonest."""

    def __init__(self) -> None:
        self._free = [0.0] * _ASIDE_LANES

    def place(self, earliest: float) -> tuple[float, int]:
        """Return where a node comes to stand, no further left than `earliest`, and its lane."""
        x, lane = min((max(earliest, free), n) for n, free in enumerate(self._free))
        self._free[lane] = x + _APART
        return x, lane


# --- Edges ---------------------------------------------------------------------------------


def _edge(edge: GraphEdge, places: Mapping[str, Place]) -> str:
    old, new = places[edge.target], places[edge.source]
    path, head = _along(old, new, places) if old.y == new.y else _across(old, new)
    heads = "" if edge.type == "compares-with" else f'<path d="{head}"/>'
    look = (
        'stroke="currentColor" stroke-width="1.6"'
        if edge.type in LINE
        else 'stroke="currentColor" stroke-width="1" stroke-opacity="0.45"'
    )
    dashes = "" if edge.basis == "stated" else ' stroke-dasharray="5 4"'
    return f'<g fill="none" {look}><path d="{path}"{dashes}/>{heads}</g>'


def _along(old: Place, new: Place, places: Mapping[str, Place]) -> tuple[str, str]:
    """Return a path in one lane, and its head; it passes below what stands between."""
    ends = sorted((old.x, new.x))
    if any(p.y == old.y and ends[0] < p.x < ends[1] for p in places.values()):
        start, end, low = old.y + _RADIUS, new.y + _RADIUS + 3, old.y + 22
        bend = f"C {old.x + 30:.0f} {low:.0f} {new.x - 30:.0f} {low:.0f}"
        return f"M {old.x:.0f} {start:.1f} {bend} {new.x:.0f} {end:.1f}", _upward(new.x, end)
    start, end = old.x + _RADIUS + 2, new.x - _RADIUS - 3
    return f"M {start:.1f} {old.y:.0f} L {end:.1f} {new.y:.0f}", _rightward(end, new.y)


def _across(old: Place, new: Place) -> tuple[str, str]:
    """Return a path between two lanes, and its head.

    It is level at the lower end and upright at the upper one: labels stand above their nodes.
    """
    if new.y > old.y:
        end = new.x - _RADIUS - 3
        bend = f"C {old.x:.0f} {new.y - 12:.0f} {new.x - _BEND:.0f} {new.y:.0f}"
        path = f"M {old.x:.0f} {old.y + _RADIUS + 2:.1f} {bend} {end:.1f} {new.y:.0f}"
        return path, _rightward(end, new.y)
    end = new.y + _RADIUS + 3
    bend = f"C {old.x + _BEND:.0f} {old.y:.0f} {new.x:.0f} {old.y - 12:.0f}"
    path = f"M {old.x + _RADIUS + 2:.1f} {old.y:.0f} {bend} {new.x:.0f} {end:.1f}"
    return path, _upward(new.x, end)


def _rightward(x: float, y: float) -> str:
    return f"M {x - 6:.1f} {y - 3.5:.1f} L {x:.1f} {y:.1f} L {x - 6:.1f} {y + 3.5:.1f}"


def _upward(x: float, y: float) -> str:
    return f"M {x - 3.5:.1f} {y + 6:.1f} L {x:.1f} {y:.1f} L {x + 3.5:.1f} {y + 6:.1f}"


# --- Nodes ---------------------------------------------------------------------------------


def _node(place: Place) -> str:
    node, x, y = place.node, place.x, place.y
    lines = label_lines(node.label)
    first = y - 12 - 15 * len(lines)
    texts = [
        f'<text x="{x:.0f}" y="{first + 15 * n:.0f}">{escape(line)}</text>'
        for n, line in enumerate(lines)
    ]
    return "".join(
        (
            '<g fill="currentColor" font-family="system-ui, sans-serif" text-anchor="middle"'
            f' font-size="{_LETTER}">',
            f"<title>{escape(line_of(node.label))}, {_when(node)}</title>",
            _circle(place),
            *texts,
            f'<text x="{x:.0f}" y="{y - 12:.0f}" font-size="10.5" fill-opacity="0.75">'
            f"{_month(node)}</text></g>",
        )
    )


def _circle(place: Place) -> str:
    radius = 4 if place.aside else _RADIUS
    hollow = ' fill="none" stroke="currentColor" stroke-width="1.4"'
    look = hollow if place.node.kind == "external" else ""
    return f'<circle cx="{place.x:.0f}" cy="{place.y:.0f}" r="{radius}"{look}/>'


def _when(node: GraphNode) -> str:
    date = view.human_date(node.date) if node.date else "no date"
    return f"{date}, no document" if node.kind == "external" else date


def _month(node: GraphNode) -> str:
    if node.date is None:
        return "no document" if node.kind == "external" else "no date"
    _, month = view.day_and_month(node.date).split()
    return f"{month[:3]} {node.date.year}"


def label_lines(label: str) -> list[str]:
    """Break a label into at most two lines that fit above a node; what does not fit is cut."""
    first, rest = _first_line(line_of(label))
    if not rest:
        return [first] if first else []
    second, more = _first_line(rest)
    return [first, _cut(second) if more else second]


def _first_line(text: str) -> tuple[str, str]:
    """Split a text where its first line is full: after a word, else a hyphen, else a letter."""
    if _width(text) <= _LABEL:
        return text, ""
    fit = next(n for n in range(1, len(text) + 1) if _width(text[:n]) > _LABEL) - 1
    end = text.rfind(" ", 1, fit + 1)
    if end < 1:
        end = text.rfind("-", 1, fit) + 1 or fit
    return text[:end], text[end:].lstrip()


def _cut(line: str) -> str:
    while _width(f"{line}…") > _LABEL:
        line = line[:-1]
    return f"{line.rstrip()}…"


def _width(text: str) -> float:
    """Estimate the width of a text from above, for a wide sans-serif face."""
    return _LETTER * sum(map(_em, text))


def _em(letter: str) -> float:
    if unicodedata.combining(letter):
        return 0
    if unicodedata.east_asian_width(letter) in "WF" or unicodedata.category(letter) == "So":
        return 1.35
    if letter in " .,:;'|!()[]-fijltr":
        return 0.42
    if letter in "MWmw@%—…‹›":
        return 1
    return 0.7 if letter.isupper() or letter.isdigit() or not letter.isascii() else 0.62
