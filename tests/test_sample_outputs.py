"""The committed sample run is what a run over the sample documents writes today."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.report.check import check_outputs
from tests.command import Litline

SAMPLE = Path(__file__).parent.parent / "outputs" / "sample"
ARGUMENTS = ("run", "--direct", "--quiet", "--engine", "extractive", "--as-of", "2026-06-30")


def files(root: Path) -> dict[str, str]:
    return {
        path.relative_to(root).as_posix(): path.read_text(encoding="utf-8")
        for path in root.rglob("*")
        if path.is_file() and path.name not in {"run.json", ".lock"}
    }


def test_the_sample_is_up_to_date(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """To make it anew: make sample."""
    monkeypatch.chdir(tmp_path)
    assert Litline(monkeypatch, capsys)(*ARGUMENTS).code == 0
    made, kept = files(tmp_path / "outputs"), files(SAMPLE)
    assert sorted(made) == sorted(kept)
    assert made == kept


def test_the_sample_holds() -> None:
    assert check_outputs(SAMPLE) == []
