"""The digests that the service makes: of one week, as of a day after it, with faults said."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Sequence
from pathlib import Path

import pytest

from flows import jobs, library_digests, orchestration
from flows.library_digests import LibraryDigests
from flows.progress import reporting
from flows.settings import Settings, load_settings
from flows.stages import StageRunner, run_directly
from pipeline.samples import sample_files

WEEK = "2026-W22"


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Run without Prefect; returns the pages that would be shown on a run's page."""
    pages: list[Path] = []

    async def show(page: Path) -> None:
        pages.append(page)

    monkeypatch.setattr(orchestration, "run_as_tasks", run_directly)
    monkeypatch.setattr(orchestration, "show_digest", show)
    return pages


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.chdir(tmp_path)
    return load_settings(as_of="2026-06-01", engine="extractive")


@pytest.fixture
def watch(tmp_path: Path) -> Path:
    folder = tmp_path / "papers"
    folder.mkdir()
    for file in map(Path, sample_files()):
        (folder / file.name).write_bytes(file.read_bytes())
    return folder


def test_weeks_are_stored_as_they_are_made(
    settings: Settings, watch: Path, shown: list[Path]
) -> None:
    digests = LibraryDigests(str(watch), settings)
    assert digests.stored() == []
    assert not Path(settings.store).exists()
    for week in (WEEK, "2026-W23", WEEK):
        page = asyncio.run(digests.make(week))
        assert page == shown[-1] == Path(f"outputs/digests/{week}/digest.html")
        assert page.is_file()
    assert digests.stored() == [WEEK, "2026-W23"]


def test_a_folder_that_is_gone_is_said_and_its_papers_stay(
    settings: Settings, watch: Path, shown: list[Path], capsys: pytest.CaptureFixture[str]
) -> None:
    digests = LibraryDigests(str(watch), settings)
    with reporting(quiet=False):
        asyncio.run(digests.make(WEEK))
        assert "failed" not in capsys.readouterr().err
        papers = {path.name for path in Path("outputs/papers").iterdir()}
        watch.rename("gone")
        asyncio.run(digests.make("2026-W23"))
    assert "2026-W23: 1 failed (see outputs/run.json)" in capsys.readouterr().err
    assert "no such file" in Path("outputs/digests/2026-W23/digest.md").read_text(encoding="utf-8")
    assert {path.name for path in Path("outputs/papers").iterdir()} == papers
    assert shown[-1].parent.name == "2026-W23"


@pytest.mark.parametrize(
    ("week", "day"),
    [
        ("2026-W22", dt.date(2026, 6, 1)),
        ("2026-W20", dt.date(2026, 6, 1)),
        # The week of the settings' day itself, as where the clock was set back during a run.
        ("2026-W23", dt.date(2026, 6, 8)),
    ],
)
def test_a_week_is_told_from_a_day_after_it(
    settings: Settings,
    shown: list[Path],
    monkeypatch: pytest.MonkeyPatch,
    week: str,
    day: dt.date,
) -> None:
    asked = []

    async def made(
        documents: Sequence[str], given: Settings, run_stage: StageRunner, week: str
    ) -> Path:
        del run_stage
        asked.append((documents, given.as_of, week))
        return Path("page.html")

    monkeypatch.setattr(jobs, "weekly_digest", made)
    monkeypatch.setattr(library_digests, "raise_failures", lambda _: None)
    page = asyncio.run(LibraryDigests("papers", settings).make(week))
    assert page == Path("page.html")
    assert asked == [(["papers"], day, week)]
