"""What is served, and what a run makes: everything that needs no server of Prefect's."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import cast
from unittest.mock import patch

import pytest

from flows import dispatch, serving
from flows.progress import reporting
from flows.schedule import DEFAULT_CRON
from flows.serving import (
    Digests,
    make_weeks,
    plan_service,
    require_library,
    serve,
    until_stopped,
    weeks_of_run,
)
from flows.settings import Settings, load_settings
from flows.shelves import add_documents
from flows.weeks import Week
from pipeline.database import open_store
from pipeline.errors import ConfigError, LockHeld, UsageError
from pipeline.samples import sample_files


class Shelf:
    """Digests in memory; the first `busy` tries meet another run."""

    def __init__(self, stored: list[str], busy: int = 0) -> None:
        self.weeks = stored
        self.busy = busy

    def stored(self) -> list[str]:
        return self.weeks

    async def make(self, week: str) -> Path:
        if self.busy:
            self.busy -= 1
            raise LockHeld("another run is writing")
        self.weeks.append(week)
        return Path(f"{week}.html")


def shelf(watch: str, settings: Settings) -> Digests:
    del watch, settings
    return Shelf([])


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    monkeypatch.chdir(tmp_path)
    with patch.dict(os.environ):
        yield load_settings(as_of="2026-06-30")


@pytest.fixture
def watch(tmp_path: Path) -> str:
    folder = tmp_path / "papers"
    folder.mkdir()
    return str(folder)


def weeks(*texts: str) -> list[Week]:
    return [Week.parse(text) for text in texts]


def test_a_command_line_becomes_a_service(settings: Settings, watch: str) -> None:
    service = plan_service("papers", settings, DEFAULT_CRON, "Europe/Berlin", shelf)
    assert (service.watch, service.zone.key) == (watch, "Europe/Berlin")
    assert service.timing.words == "every Monday at 09:00"


def test_without_a_zone_the_machines_is_taken(settings: Settings, watch: str) -> None:
    os.environ["TZ"] = "Asia/Tokyo"
    assert plan_service(watch, settings, DEFAULT_CRON, None, shelf).zone.key == "Asia/Tokyo"


@pytest.mark.parametrize(
    ("folder", "cron", "zone", "message"),
    [
        ("missing", DEFAULT_CRON, "UTC", "--watch: missing is no folder"),
        ("papers", "0 9 30 2 *", "UTC", "never comes"),
        ("papers", DEFAULT_CRON, "Europe/Berln", "did you mean Europe/Berlin"),
    ],
)
def test_what_does_not_fit_is_refused(
    settings: Settings, watch: str, folder: str, cron: str, zone: str, message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        plan_service(folder, settings, cron, zone, shelf)


def test_without_prefect_the_way_without_it_is_named(
    settings: Settings, watch: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serving, "find_spec", lambda _: None)
    with pytest.raises(ConfigError, match=r"not installed.*litline digest"):
        plan_service(watch, settings, DEFAULT_CRON, "UTC", shelf)


def test_a_second_service_of_a_folder_is_refused(settings: Settings, watch: str) -> None:
    service = plan_service(watch, settings, DEFAULT_CRON, "UTC", shelf)
    with (
        serving._alone(dispatch.HOME),
        pytest.raises(LockHeld, match="another `litline serve` runs from here"),
    ):
        serve(service)


def test_a_request_to_end_and_ctrl_c_end_quietly() -> None:
    before = signal.getsignal(signal.SIGTERM)
    reached = []
    for number in (signal.SIGTERM, signal.SIGINT):
        with until_stopped():
            signal.raise_signal(number)
            reached.append(number)
    assert reached == []
    assert signal.getsignal(signal.SIGTERM) == before


@pytest.mark.parametrize(
    ("stored", "due", "done", "made"),
    [
        ([], "2026-W22", False, ["2026-W22"]),
        (["2026-W21"], "2026-W22", False, ["2026-W22"]),
        (["2026-W19"], "2026-W22", False, ["2026-W20", "2026-W21", "2026-W22"]),
        (["2026-W52"], "2027-W01", False, ["2026-W53", "2027-W01"]),
        # Made by hand before it ended, and not yet by a run.
        (["2026-W22"], "2026-W22", False, ["2026-W22"]),
        (["2026-W22"], "2026-W22", True, []),
        # The clock was set back.
        (["2026-W23"], "2026-W22", False, []),
        (["2026-W23"], "2026-W22", True, []),
    ],
)
def test_a_run_makes_every_week_since_the_last_stored_one(
    stored: list[str], due: str, done: bool, made: list[str]
) -> None:
    assert weeks_of_run(stored, Week.parse(due), done=done) == weeks(*made)


async def test_weeks_are_made_in_order_and_wait_for_another_run(
    capsys: pytest.CaptureFixture[str],
) -> None:
    kept = Shelf([], busy=2)
    with reporting(quiet=False):
        made = await make_weeks(kept, weeks("2026-W21", "2026-W22"), wait=0)
    assert made == [Path("2026-W21.html"), Path("2026-W22.html")]
    assert kept.weeks == ["2026-W21", "2026-W22"]
    assert capsys.readouterr().err == 2 * "2026-W21 waits: another run is writing\n"


async def test_no_later_week_is_made_before_one_that_fails() -> None:
    class Full(Shelf):
        async def make(self, week: str) -> Path:
            if week == "2026-W21":
                raise ConfigError("the disk is full")
            return await super().make(week)

    kept = Full([])
    with pytest.raises(ConfigError, match="disk is full"):
        await make_weeks(cast("Digests", kept), weeks("2026-W20", "2026-W21", "2026-W22"), wait=0)
    assert kept.weeks == ["2026-W20"]


def test_a_watch_folder_that_is_gone_is_warned_of_and_the_library_stays(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    store = open_store(settings.store)
    try:
        add_documents(sample_files(), settings, store)
    finally:
        store.close()
    with reporting(quiet=False):
        require_library("gone", settings)
    assert capsys.readouterr().err == "Warning: the watch folder gone is gone; the library stays.\n"


def test_a_watch_folder_that_is_gone_and_an_empty_library_are_an_error(settings: Settings) -> None:
    message = "the watch folder gone is gone, and the library is empty"
    with pytest.raises(UsageError, match=message):
        require_library("gone", settings)
    open_store(settings.store).close()
    with pytest.raises(UsageError, match=message):
        require_library("gone", settings)
