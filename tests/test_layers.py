"""Imports point down the layers of docs/architecture.md, and this test is itself tried."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("pipeline", "flows", "prompts")

LAYERS: dict[tuple[int, str], tuple[str, ...]] = {
    (1, ""): ("errors",),
    (2, "a"): (
        *("records", "text", "latex", "sentences", "names", "phrases", "coining", "tokens"),
        *("figures", "untrusted", "synonyms", "wording", "quantities", "mentions"),
        *("acquaintance", "poles", "negation", "sides", "direction", "bounds", "labels"),
        *("roles", "ownership", "promises", "people"),
        *("derivations", "numbers", "outcomes", "metric_phrases", "rivals", "bindings"),
        *("result_figures", "lacking", "languages", "lineage_clauses", "lineage_cues"),
    ),
    (2, "b"): ("schemas", "sheets", "lineage_sheet", "digest_sheet", "briefing_sheet", "reviews"),
    (3, ""): (
        *("readers", "providers", "prompts", "store", "writer", "ledger", "answers", "prices"),
        *("purse", "tables", "database", "kept", "verdicts", "facts", "limits", "paces", "pacing"),
        *("planning", "documents", "chunking", "identity", "library", "samples", "grounding"),
        *("editions", "shelf"),
        *("links", "lines", "aspects", "memory", "issue", "scribe", "opening"),
        *("following", "suggestions", "roster", "namesakes", "authorship", "companions"),
        *("statistics", "terms", "vocabulary", "trends"),
        *("dossier", "themes", "reading_list", "questions"),
        *("lineage_members", "lineage_names", "lineage_kin", "lineage_order", "lineage_graph"),
    ),
    (4, ""): ("ask", "grounded", "telling"),
    (5, "a"): ("steps",),
    (5, "b"): ("report",),
    (5, "c"): ("review",),
}
FLOWS = (6, "")
ONLY_FLOWS = frozenset({"prefect", "typer", "pydantic_settings", "filelock", "rich"})
OUTSIDE = frozenset({"os.environ", "os.getenv", "time.time", "time.monotonic"})
RELATIVE = "a relative import"
FORBIDDEN = frozenset(
    {RELATIVE, "importlib.import_module", "os.environ", "os.getenv", "os.environb"}
    | {"time.time", "time.time_ns", "time.monotonic", "time.perf_counter"}
)
CLIENTS = frozenset({"openai", "httpx", "httpx2", "aiohttp", "requests", "urllib.request"})
CLOCK = frozenset({"now", "today", "utcnow"})


def layer(module: str) -> tuple[int, str] | None:
    """Return where a module lives, or None where nobody placed it."""
    package, _, rest = module.partition(".")
    if package == "flows":
        return FLOWS
    if package == "prompts" or not rest:
        return (0, "")
    name = rest.split(".")[0]
    return next((place for place, names in LAYERS.items() if name in names), None)


@cache
def imports(source: str, *, lazy: bool = True) -> tuple[str, ...]:
    """Return the modules that a source imports, those of `from package import module` included."""
    return tuple(_imports(ast.parse(source), lazy=lazy))


def _imports(tree: ast.Module, *, lazy: bool) -> Iterator[str]:
    for node in ast.walk(tree) if lazy else tree.body:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and (node.level or not node.module):
            yield RELATIVE
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@cache
def outside_reads(source: str) -> tuple[str, ...]:
    """Return the uses of environment, clock and chance in a source."""
    return tuple(_outside_reads(source))


def _outside_reads(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (
                f"{a.name} as {a.asname}" for a in node.names if a.asname and a.name == "os"
            )
        if not isinstance(node, ast.Attribute):
            continue
        owner = ast.unparse(node.value)
        if f"{owner}.{node.attr}" in OUTSIDE:
            yield f"{owner}.{node.attr}"
        if node.attr in CLOCK and owner.split(".")[-1] in {"datetime", "date"}:
            yield f"{node.attr}()"


def violations(sources: Mapping[str, str]) -> list[str]:
    """Return every import that points the wrong way, and every module that nobody placed."""
    found = []
    graph: dict[str, set[str]] = {}
    for module, source in sources.items():
        here = layer(module)
        if here is None:
            found.append(f"{module} is in no layer")
            continue
        targets = {t for t in imports(source) if t in sources and t != module}
        graph[module] = targets & set(imports(source, lazy=False))
        found += [f"{module} -> {t}" for t in sorted(targets) if not _allowed(module, here, t)]
        if here != FLOWS:
            heavy = {name.split(".")[0] for name in imports(source)} & ONLY_FLOWS
            found += [f"{module} -> {name}" for name in sorted(heavy)]
            found += [f"{module} reads {what}" for what in outside_reads(source)]
            found += [f"{module} -> {x}" for x in sorted(FORBIDDEN & set(imports(source)))]
        if not module.startswith("pipeline.providers") and here != FLOWS:
            found += [f"{module} -> {x}" for x in sorted(CLIENTS & set(imports(source)))]
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        found.append(f"cycle: {' -> '.join(error.args[1])}")
    return found


def _allowed(module: str, here: tuple[int, str], target: str) -> bool:
    there = layer(target)
    if there is None or there < here:
        return True
    siblings = here[1] == "a" and here[0] == 5 and target.count(".") == 2
    return there == here and not (siblings and module.count(".") == 2)


@cache
def project() -> dict[str, str]:
    """Return the sources of the project by module name."""
    found = {}
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            parts = path.relative_to(ROOT).with_suffix("").parts
            name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
            found[name] = path.read_text(encoding="utf-8")
    return found


def test_the_project_holds_its_layers() -> None:
    assert violations(project()) == []


@pytest.mark.parametrize(
    ("module", "source", "expected"),
    [
        ("pipeline.text", "import pipeline.ask", "pipeline.text -> pipeline.ask"),
        ("pipeline.records", "from pipeline import sheets", "pipeline.records -> pipeline.sheets"),
        ("pipeline.ask", "from pipeline.steps import summarise", "pipeline.ask -> pipeline.steps"),
        ("pipeline.steps.other", "from pipeline.steps.summarise import X", "pipeline.steps.other"),
        ("pipeline.store", "from flows import settings", "pipeline.store -> flows.settings"),
        ("pipeline.store", "import prefect", "pipeline.store -> prefect"),
        ("pipeline.ask", "from prefect.cache_policies import X", "pipeline.ask -> prefect"),
        ("pipeline.stray", "", "pipeline.stray is in no layer"),
        ("pipeline.text", "from pipeline.sentences import x", None),
        ("pipeline.latex", "import pipeline.text", "cycle: "),
        ("pipeline.store", "import os\nx = os.environ", "pipeline.store reads os.environ"),
        ("pipeline.store", "import datetime\nx = datetime.date.today()", "reads today()"),
        ("pipeline.store", "from . import ask", "a relative import"),
        ("pipeline.store", "from os import environ", "pipeline.store -> os.environ"),
        ("pipeline.store", "from os import getenv\ngetenv('x')", "pipeline.store -> os.getenv"),
        ("pipeline.store", "import os as o\no.environ", "os as o"),
        ("pipeline.store", "from time import time\ntime()", "pipeline.store -> time.time"),
        ("pipeline.store", "import time\nx = time.monotonic", "reads time.monotonic"),
        ("pipeline.store", "import httpx2", "pipeline.store -> httpx2"),
    ],
)
def test_planted_violations_are_found(module: str, source: str, expected: str | None) -> None:
    planted = {**project(), module: source}
    found = violations(planted)
    if expected is None:
        assert found == []
    else:
        assert any(expected in line for line in found), found
