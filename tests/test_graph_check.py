from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.lineage_sheet import GraphEdge, GraphSheet, LineageSheet
from pipeline.report.check import KNOWN, check_outputs
from pipeline.report.data_files import line_csv
from pipeline.report.graph_check import graph_faults
from pipeline.report.html import lineage_html, source_html
from pipeline.report.lineage_markdown import lineage_markdown
from pipeline.report.marks import marks_of
from pipeline.sheets import Evidence, places
from tests.lineage_sheets import EDGES, edge, forty, node, six
from tests.page_sheets import DOCUMENT

PAGE = "lineages/kettle/lineage.json"
GRAPH = "lineages/graph.json"

Change = Callable[[dict[str, Any]], object]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return outputs of the line of the kettles and its graph, in which all holds."""
    (tmp_path / "lineages" / "kettle").mkdir(parents=True)
    (tmp_path / "sources").mkdir()
    sheet = json.loads(six().model_dump_json())
    graph = json.loads(GraphSheet(nodes=six().nodes, edges=EDGES).model_dump_json())
    text = "\n".join(dict.fromkeys(place["quote"] for place in found(sheet)))
    for place in [*found(sheet), *found(graph)]:
        place["start"] = text.index(place["quote"])
        place["end"] = place["start"] + len(place["quote"])
    (tmp_path / PAGE).write_text(json.dumps(sheet), encoding="utf-8")
    (tmp_path / GRAPH).write_text(json.dumps(graph), encoding="utf-8")
    (tmp_path / "sources" / f"{DOCUMENT}.txt").write_text(text, encoding="utf-8")
    page = LineageSheet.model_validate(sheet)
    (tmp_path / PAGE).with_suffix(".md").write_bytes(lineage_markdown(page).encode())
    (tmp_path / PAGE).with_suffix(".html").write_bytes(lineage_html(page).encode())
    source = source_html(DOCUMENT, text, marks_of(places(page))[DOCUMENT])
    (tmp_path / "sources" / f"{DOCUMENT}.html").write_bytes(source.encode())
    (tmp_path / PAGE).with_name("lineage.csv").write_bytes(line_csv(page).encode())
    return tmp_path


def found(data: object) -> list[dict[str, Any]]:
    """Return every piece of evidence below a value."""
    if isinstance(data, list):
        return [place for item in data for place in found(item)]
    if not isinstance(data, dict):
        return []
    if data.keys() == set(Evidence.model_fields):
        return [data]
    return [place for item in data.values() for place in found(item)]


def change(root: Path, name: str, edit: Change) -> list[str]:
    """Change a file as somebody might by hand; return its faults without its name."""
    data = json.loads((root / name).read_text(encoding="utf-8"))
    edit(data)
    (root / name).write_text(json.dumps(data), encoding="utf-8")
    own = [fault for fault in check_outputs(root) if fault.startswith(f"{name}: ")]
    return [fault.removeprefix(f"{name}: ") for fault in own]


def test_a_line_and_its_graph_hold(root: Path) -> None:
    assert check_outputs(root) == []


def test_every_kind_of_file_is_known_by_its_schema() -> None:
    names = ["briefing", "digest", "graph", "lineage", "paper", "reviews", "run"]
    assert sorted(KNOWN) == [f"litline/{name}" for name in names]
    assert all(model.model_fields["schema_"].default == name for name, model in KNOWN.items())


@pytest.mark.parametrize("suffix", [".md", ".html", ".csv"])
def test_a_page_that_says_something_else_than_the_line_is_found(root: Path, suffix: str) -> None:
    page = (root / PAGE).with_suffix(suffix)
    page.write_text(page.read_text(encoding="utf-8").replace("Kettle 3", "Kettle 4"))
    (fault,) = check_outputs(root)
    assert page.name in fault


def test_an_edge_that_the_graph_does_not_hold_is_found(root: Path) -> None:
    graph = json.loads((root / GRAPH).read_text(encoding="utf-8"))
    gone = graph["edges"].pop(0)
    (root / GRAPH).write_text(json.dumps(graph), encoding="utf-8")
    expected = f"the graph has no such edge: {gone['source']} {gone['type']} {gone['target']}"
    assert check_outputs(root) == [f"{PAGE}: {expected}"]


def test_a_line_without_its_graph_is_found(root: Path) -> None:
    (root / GRAPH).unlink()
    expected = "the graph.json beside it is missing, or cannot be read"
    assert check_outputs(root) == [f"{PAGE}: {expected}"]


@pytest.mark.parametrize("name", [PAGE, GRAPH])
def test_a_changed_quote_of_an_edge_is_found(root: Path, name: str) -> None:
    def edit(data: dict[str, Any]) -> None:
        data["edges"][2]["evidence"][0]["quote"] = "Kettle 2.5 builds upon Kettle 9.0."

    faults = change(root, name, edit)
    assert "differs from sources/kettles.txt.txt" in faults[0]


@pytest.mark.parametrize(
    ("place", "field"),
    [
        (lambda d: d["short"][0], "short"),
        (lambda d: d["steps"][0]["passage"][0], "passage"),
        (lambda d: d["beside"][0]["claim"], "beside"),
        (lambda d: d["gaps"][0], "gaps"),
    ],
)
def test_a_claim_that_was_changed_is_found(
    root: Path, place: Callable[[dict[str, Any]], dict[str, Any]], field: str
) -> None:
    faults = change(root, PAGE, lambda d: place(d).update(text="Kettles sing."))
    assert "was changed: its text and quotes give" in faults[0], field


def test_a_claim_among_the_aspects_only_is_read_too(root: Path) -> None:
    def edit(data: dict[str, Any]) -> None:
        data["steps"][1]["passage"] = []
        data["steps"][1]["aspects"]["data"][0]["text"] = "Fed with milk."

    faults = change(root, PAGE, edit)
    assert "was changed" in faults[0]
    assert len(faults) == 2


def test_what_a_model_wrote_is_checked_again(root: Path) -> None:
    faults = change(root, PAGE, lambda d: d["short"][0].update(text="Kettle 7 gains 12%."))
    assert any(": numbers: " in fault for fault in faults)


def test_names_of_the_line_may_stand_in_what_a_model_wrote(root: Path) -> None:
    faults = change(root, PAGE, lambda d: d["short"][0].update(text="Pan-Pilot made the vessel."))
    assert not any(": names: " in fault for fault in faults)


@pytest.mark.parametrize(
    "edit",
    [
        lambda d: d["stamp"]["counts"].update(claims=11),
        lambda d: d["gaps"].clear(),
        lambda d: d["dropped"].append({"field": "short", "text": "x", "reason": "y"}),
    ],
)
def test_wrong_counts_are_found(root: Path, edit: Change) -> None:
    assert change(root, PAGE, edit) == ["the counts of the stamp differ from the claims"]


def test_a_line_under_another_name_is_found(root: Path) -> None:
    (root / "lineages" / "kettle").rename(root / "lineages" / "pan")
    assert check_outputs(root) == ["lineages/pan/lineage.json: holds the lineage kettle"]


@pytest.mark.parametrize(
    ("edit", "fault"),
    [
        (lambda d: d["nodes"].pop(7), "there is no node Pan-Pilot"),
        (
            lambda d: d["steps"][1].update(parent="Kettle 3"),
            "the step Kettle 1.5 follows Kettle 3, which is no earlier step",
        ),
        (
            lambda d: d["steps"][1].update(basis="stated"),
            "no edge leads from the step Kettle 1.5 to Kettle",
        ),
        (
            lambda d: d["steps"][1].update(basis=None),
            "the step Kettle 1.5 has a parent without a basis, or a basis without one",
        ),
        (lambda d: d["table"][0]["cells"].pop(), "fewer than two members have figures on WarmthU"),
        (lambda d: d["steps"][0]["aspects"].update(colour=[]), "does not fit litline/lineage"),
    ],
)
def test_a_line_that_does_not_hold_together_is_found(root: Path, edit: Change, fault: str) -> None:
    faults = change(root, PAGE, edit)
    assert any(one.startswith(fault) for one in faults), faults


# --- Graphs --------------------------------------------------------------------------------


def circle(kind: str, last: str) -> list[GraphEdge]:
    return [edge("b", "a"), edge("c", "b", "builds-on"), edge("a", "c", kind, last)]  # type: ignore[arg-type]


NODES = [node(name) for name in "abc"]


def test_forty_works_hold() -> None:
    assert list(graph_faults(forty().nodes, forty().edges)) == []


@pytest.mark.parametrize(
    ("edges", "faults"),
    [
        ([edge("a", "z")], ["the edge a succeeds z: there is no node z"]),
        ([edge("z", "z", "uses")], ["the edge z uses z: there is no node z"]),
        ([edge("b", "a"), edge("b", "a")], ["the edge b succeeds a stands twice"]),
        ([edge("b", "a"), edge("b", "a", "uses")], []),
        (
            [edge("b", "a", basis="inferred").model_copy(update={"signs": []})],
            ["the edge b succeeds a: it is inferred, but nothing says from what"],
        ),
        (
            [edge("b", "a").model_copy(update={"evidence": []})],
            ["the edge b succeeds a: it has no evidence"],
        ),
        (circle("uses", "stated"), []),
    ],
)
def test_what_is_wrong_with_edges_is_said(edges: list[GraphEdge], faults: list[str]) -> None:
    assert list(graph_faults(NODES, edges)) == faults


@pytest.mark.parametrize("last", ["stated", "inferred"])
def test_a_circle_of_steps_is_found(last: str) -> None:
    (fault,) = graph_faults(NODES, circle("succeeds", last))
    assert fault.startswith("succeeds and builds-on go in a circle: ")


def test_a_work_that_follows_itself_is_found() -> None:
    assert list(graph_faults(NODES, [edge("a", "a")])) == [
        "succeeds and builds-on go in a circle: a -> a"
    ]


def test_a_node_that_stands_twice_is_found() -> None:
    assert list(graph_faults([*NODES, NODES[0]], [])) == ["the node a stands twice"]
