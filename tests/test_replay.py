"""A stream of weeks with repeats, versions, late papers and failed runs, digest after digest."""

from __future__ import annotations

from pathlib import Path

from tests.replay import digest_week, fail_week, faults, written
from tests.stream import stream

WEEKS, PAPERS = 10, 12
FAILED = (3, 4)  # two in a row: both are made up by the next run


def test_no_paper_is_shown_twice_and_none_is_lost(tmp_path: Path) -> None:
    deliveries = list(stream(WEEKS, PAPERS))
    for at, delivery in enumerate(deliveries):
        (fail_week if at in FAILED else digest_week)(tmp_path, delivery)
    failed = [deliveries[at].week for at in FAILED]
    assert list(faults(tmp_path, deliveries, failed)) == []
    sheets = written(tmp_path)
    assert any(sheet.updated for sheet in sheets)
    assert any(sheet.backlog for sheet in sheets)


def test_another_run_of_the_same_week_writes_nothing_new(tmp_path: Path) -> None:
    deliveries = list(stream(3, 6))
    for delivery in deliveries:
        digest_week(tmp_path, delivery)
    before = _files(tmp_path)
    digest_week(tmp_path, deliveries[-1])
    assert _files(tmp_path) == before


def _files(folder: Path) -> dict[str, tuple[bytes, int]]:
    """Return what the outputs hold and when it was written, the report of the run aside."""
    files = (path for path in (folder / "outputs").rglob("*.*") if path.name != "run.json")
    return {str(path): (path.read_bytes(), path.stat().st_mtime_ns) for path in files}
