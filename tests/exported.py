"""What tests of exports share: hostile text for every format, and the committed sample."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from pipeline.briefing_sheet import TakesPart
from pipeline.lineage_sheet import GraphEdge, GraphNode, GraphSheet
from pipeline.records import Coverage
from pipeline.report.exports.collection import Collection, read_collection
from tests.briefing_sheets import authored, briefing, told
from tests.digest_sheets import listed
from tests.lineage_sheets import filled_line
from tests.page_sheets import HOSTILE, evidence, filled_with

SAMPLE = Path(__file__).parent.parent / "outputs" / "sample"
NASTY = [
    *HOSTILE,
    '=HYPERLINK("https://example.org","x")',
    "＝1+1; =2+2;\t@SUM(A1)\r\n-1",
    "}, note = {x}} @string{a = {b}} @article{k, title = {t}",
    "\\input{/etc/passwd} \\write18{x} {{{ }}} \\\\ \\{ %",
    "@comment{ @preamble{ \\",
    "]] | # ^ [[A|B#C^d]] ![[x]]",
    "x\n---\ntags: [evil]\n---\n",
    "Ada and Bo, and Cy, others, et al.",
    "<i>x</i> <span style='font-variant:small-caps'>y</span> <sup>z</sup>",
    "../../etc/passwd",
    "CON",
    "a\u2028b\u2029c\x85d\x1fe",
    '"quoted", "twice""\'',
    "graph TD; A-->B; click A href",
    "—",
    " ",
]


def sample() -> Collection:
    """Return the collection of the committed sample."""
    return read_collection(SAMPLE)


def collection_with(text: str) -> Collection:
    """Return a collection that bears `text` in every field that a source or a model can fill."""
    paper = filled_with(text)
    nodes = [
        GraphNode(id=text, label=text, kind="paper", paper=text, date=dt.date(2031, 1, 2)),
        GraphNode(id=f"{text}0", label=text, kind="external", paper=None, date=None),
    ]
    edges = [
        GraphEdge(
            source=text,
            target=f"{text}0",
            type="uses",
            basis="stated",
            evidence=[evidence(text, document=text)],
        ),
        GraphEdge(
            source=f"{text}0",
            target=text,
            type="succeeds",
            basis="inferred",
            evidence=[],
            signs=[text],
        ),
    ]
    person = briefing(
        slug=text,
        author=text,
        names=[text],
        papers=[authored(text, 1), authored(f"{text}1")],
        coverage=[Coverage(document=text, declared=2, present=1)],
        lines=[
            TakesPart(slug=text, name=text, claim=told("lines", text)),
            TakesPart(slug=f"{text}2", name=text, claim=told("lines", text)),
        ],
        listed=[listed(f"{text}1", None, label=text)],
        short=[told("short", text)],
    )
    return Collection([paper], GraphSheet(nodes=nodes, edges=edges), [filled_line(text)], [person])
