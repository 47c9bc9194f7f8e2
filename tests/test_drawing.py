from __future__ import annotations

import datetime as dt
import random
import re
from itertools import combinations
from xml.etree import ElementTree

import pytest

from pipeline.lineage_sheet import GraphEdge, GraphNode
from pipeline.lines import main_line
from pipeline.report.drawing import label_lines, lineage_svg
from pipeline.report.view import visible
from tests.lineage_sheets import EDGES, edge, filled_line, forty, node, six
from tests.page_sheets import HOSTILE

SVG = "{http://www.w3.org/2000/svg}"
WIDE = 0.55 * 12.5  # pixels of an ordinary letter, seldom more


def parsed(nodes: list[GraphNode], edges: list[GraphEdge]) -> ElementTree.Element:
    return ElementTree.fromstring(lineage_svg(nodes, edges))


def spots(drawing: ElementTree.Element) -> dict[str, tuple[float, float]]:
    """Return where each node stands, by its whole label."""
    found = {}
    for group in drawing.iter(f"{SVG}g"):
        title, circle = group.find(f"{SVG}title"), group.find(f"{SVG}circle")
        if title is not None and circle is not None:
            label = (title.text or "").split(",")[0]
            found[label] = (float(circle.get("cx", "")), float(circle.get("cy", "")))
    return found


def kettles() -> dict[str, tuple[float, float]]:
    sheet = six()
    return spots(parsed(sheet.nodes, sheet.edges))


def test_time_goes_from_left_to_right() -> None:
    for sheet in (six(), forty()):
        at = spots(parsed(sheet.nodes, sheet.edges))
        dated = sorted((n for n in sheet.nodes if n.date), key=lambda n: (str(n.date), n.id))
        columns = [at[n.label][0] for n in dated]
        assert columns == sorted(columns)
        labels = {n.id: n.label for n in sheet.nodes}
        assert all(at[labels[e.target]][0] < at[labels[e.source]][0] for e in sheet.edges)


def test_a_work_without_a_date_stands_between_its_neighbours() -> None:
    at = kettles()
    assert at["Kettle 1.5"][0] < at["Kettle 2.0"][0] < at["Kettle 2.5"][0]
    assert at["Cauldron-L"][0] < at["Kettle"][0]


def test_a_chain_of_works_without_dates_keeps_its_order() -> None:
    nodes = [node("a", dt.date(2030, 1, 1)), *(node(name) for name in "dcb"), node("lone")]
    edges = [edge("b", "a"), edge("c", "b"), edge("d", "c")]
    at = spots(parsed(nodes, edges))
    assert sorted(at, key=lambda name: at[name][0]) == ["a", "b", "c", "d", "lone"]


def test_each_branch_has_a_lane_and_what_stands_beside_is_below() -> None:
    at = kettles()
    main = {at[name][1] for name in ("Kettle", "Kettle 1.5", "Kettle 2.0", "Kettle 3")}
    assert len(main) == 1
    (top,) = main
    assert top < at["Pocket Kettle"][1] < min(at[n][1] for n in ("Pan-Pilot", "StoveBench"))


def test_a_lane_of_a_branch_is_not_taken_before_the_branch_ends() -> None:
    days = [dt.date(2030, 1, n + 1) for n in range(7)]
    trunk = [node(f"t{n}", days[n]) for n in range(6)]
    edges = [edge(f"t{n + 1}", f"t{n}") for n in range(5)]
    long = [node("x0", days[1]), node("x1", days[6])]
    short = node("y", days[4])
    edges += [edge("x0", "t0"), edge("x1", "x0"), edge("y", "t3")]
    at = spots(parsed([*trunk, *long, short], edges))
    assert at["x0"][1] == at["x1"][1] != at["y"][1]


def boxes(drawing: ElementTree.Element) -> list[tuple[float, float, float, str]]:
    texts = [(t, t.text or "") for t in drawing.iter(f"{SVG}text")]
    return [
        (float(t.get("x", "")), float(t.get("y", "")), WIDE * len(words) / 2, words)
        for t, words in texts
    ]


def test_no_label_overlaps_another_at_forty_nodes() -> None:
    sheet = forty()
    assert len(sheet.nodes) == 40
    found = boxes(parsed(sheet.nodes, sheet.edges))
    assert len(found) >= 80
    for one, other in combinations(found, 2):
        if abs(one[1] - other[1]) < 12:
            assert abs(one[0] - other[0]) >= one[2] + other[2], (one, other)


def test_everything_lies_inside_the_drawing() -> None:
    for sheet in (six(), forty()):
        drawing = parsed(sheet.nodes, sheet.edges)
        width, height = float(drawing.get("width", "")), float(drawing.get("height", ""))
        for x, y, half, _ in boxes(drawing):
            assert half <= x <= width - half
            assert 10 <= y <= height


def test_stated_is_solid_and_guessed_is_dashed() -> None:
    nodes = [node("a", dt.date(2030, 1, 1)), node("b", dt.date(2030, 2, 1))]
    assert "stroke-dasharray" not in lineage_svg(nodes, [edge("b", "a")])
    assert lineage_svg(nodes, [edge("b", "a", basis="inferred")]).count("stroke-dasharray") == 1


def test_a_work_without_a_document_is_hollow() -> None:
    hollow = 'fill="none" stroke="currentColor" stroke-width="1.4"'
    assert lineage_svg([node("a")], []).count(hollow) == 0
    assert lineage_svg([node("a", paper=False)], []).count(hollow) == 1


def test_what_stands_beside_is_thin_and_a_comparison_has_no_head() -> None:
    nodes = [node("a", dt.date(2030, 1, 1)), node("b", dt.date(2030, 2, 1))]
    used = lineage_svg(nodes, [edge("b", "a", "uses")])
    compared = lineage_svg(nodes, [edge("b", "a", "compares-with")])
    assert 'stroke-opacity="0.45"' in used
    assert used.count("<path") == compared.count("<path") + 1


def test_the_drawing_is_said_in_words() -> None:
    drawing = parsed(six().nodes, EDGES)
    words = drawing.findtext(f"{SVG}desc") or ""
    assert drawing.get("role") == "img"
    assert "Kettle 1.5 succeeds Kettle (guessed)." in words
    assert "Pan-Pilot uses Kettle 2.5 (stated)." in words
    assert "Kettle compares itself with Cauldron-L (stated)." in words


def test_the_order_of_nodes_and_edges_changes_no_byte() -> None:
    sheet = forty()
    nodes, edges = list(sheet.nodes), list(sheet.edges)
    expected = lineage_svg(nodes, edges)
    shuffle = random.Random(7)
    for _ in range(5):
        shuffle.shuffle(nodes)
        shuffle.shuffle(edges)
        assert lineage_svg(nodes, edges) == expected


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_labels_stay_text(text: str) -> None:
    sheet, model = filled_line(text), filled_line("kettle")
    drawing, harmless = parsed(sheet.nodes, sheet.edges), parsed(model.nodes, model.edges)
    tags = [e.tag for e in drawing.iter() if e.tag != f"{SVG}text"]
    assert tags == [e.tag for e in harmless.iter() if e.tag != f"{SVG}text"]
    assert {name for e in drawing.iter() for name in e.attrib} == {
        name for e in harmless.iter() for name in e.attrib
    }
    shown = " ".join(visible(text).split())
    assert all(
        (title.text or "").startswith(shown) for title in drawing.findall(f"{SVG}g/{SVG}title")
    )


def test_a_drawing_asks_for_no_file_script_or_style() -> None:
    drawing = lineage_svg(six().nodes, EDGES)
    assert not re.search(r"<script|<style|href|url\(|\bon\w+=|style=", drawing)


def test_a_drawing_of_nothing_is_a_drawing() -> None:
    assert parsed([], []).findtext(f"{SVG}desc") == "0 works."


def test_an_edge_that_leads_nowhere_or_back_is_left_out() -> None:
    nodes = [node("a", dt.date(2030, 1, 1))]
    assert "<path" not in lineage_svg(nodes, [edge("a", "gone"), edge("a", "a")])


def test_works_that_claim_each_other_are_still_drawn() -> None:
    nodes = [node("a", dt.date(2030, 1, 1)), node("b", dt.date(2030, 1, 1))]
    assert len(spots(parsed(nodes, [edge("a", "b"), edge("b", "a")]))) == 2


@pytest.mark.parametrize(
    ("label", "lines"),
    [
        ("Kettle 3", ["Kettle 3"]),
        ("Pocket Kettle with lid", ["Pocket Kettle", "with lid"]),
        ("Steam-Gauge-of-the-north", ["Steam-Gauge-of-", "the-north"]),
        ("k" * 20, ["k" * 14, "k" * 6]),
        ("k" * 60, ["k" * 14, "k" * 13 + "…"]),
        ("水" * 12, ["水" * 6, "水" * 6]),
        ("", []),
    ],
)
def test_a_label_takes_two_lines_at_most(label: str, lines: list[str]) -> None:
    assert label_lines(label) == lines


@pytest.mark.parametrize(
    ("parents", "chain"),
    [
        ({}, []),
        ({"a": None}, ["a"]),
        ({"a": None, "b": "a", "x": "a", "c": "b"}, ["a", "b", "c"]),
        ({"a": None, "b": "a", "c": "a"}, ["a", "c"]),
        ({"a": "b", "b": "a"}, ["a", "b"]),
        ({"a": "gone"}, ["a"]),
    ],
)
def test_the_main_line_is_the_longest(parents: dict[str, str | None], chain: list[str]) -> None:
    assert main_line(parents) == chain
