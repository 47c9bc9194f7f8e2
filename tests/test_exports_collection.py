"""Reading an outputs folder back for exports."""

from __future__ import annotations

import shutil
from pathlib import Path

from pipeline.report.exports.collection import Collection, read_collection, read_papers
from tests.exported import SAMPLE


def test_the_sample_is_read_whole() -> None:
    found = read_collection(SAMPLE)
    assert [len(part) for part in (found.papers, found.lines, found.briefings)] == [18, 2, 2]
    assert found.graph is not None
    assert sorted(found.sources) == sorted(p.name[:-4] for p in (SAMPLE / "sources").glob("*.txt"))
    assert found.unread == []
    assert read_papers(SAMPLE) == Collection(found.papers)
    ids = [one.paper.id for one in found.papers]
    assert ids == sorted(ids)


def test_what_cannot_be_read_is_named(tmp_path: Path) -> None:
    root = tmp_path / "outputs"
    shutil.copytree(SAMPLE, root)
    (root / "papers" / "broken.json").write_text("{", encoding="utf-8")
    (root / "papers" / "folder.json").mkdir()
    (root / "lineages" / "graph.json").write_text('{"schema": "litline/paper"}', encoding="utf-8")
    (root / "sources" / "bad.txt").write_bytes(b"\xff")
    found = read_collection(root)
    assert len(found.papers) == 18
    assert found.graph is None
    assert [one.partition(":")[0] for one in found.unread] == [
        "papers/broken.json",
        "papers/folder.json",
        "lineages/graph.json",
        "sources/bad.txt",
    ]


def test_an_empty_folder_holds_nothing(tmp_path: Path) -> None:
    assert read_collection(tmp_path) == Collection([])
