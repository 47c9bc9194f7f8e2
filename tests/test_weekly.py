"""Which runs are planned, taken up and dropped; Prefect's API is played by a fake."""

from __future__ import annotations

import asyncio
import datetime as dt
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import httpx
import pytest
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.states import Completed, Crashed, Pending, Running, Scheduled

from flows import weekly
from flows.server import ServerDown
from flows.serving import Service
from flows.settings import Settings, load_settings
from tests.scheduled import Every, nth_week

ANCHOR = dt.datetime(2026, 11, 2, 8, tzinfo=dt.UTC)
DAY = 24 * 3600.0
EVERY = Every(DAY, ANCHOR)
NOW = {"watch": "where it is now"}


class Stored:
    """Digests that are there already."""

    def __init__(self, *weeks: int) -> None:
        self._weeks = [str(nth_week(week)) for week in weeks]

    def stored(self) -> list[str]:
        return self._weeks

    async def make(self, week: str) -> Path:
        raise AssertionError(week)


class FakeApi:
    """What of Prefect's client the service uses; runs of a deployment that began at the anchor."""

    def __init__(self, *runs: FlowRun) -> None:
        self.runs = {run.id: run for run in runs}
        self.keys: dict[str, UUID] = {}
        self.again: list[dt.datetime] = []
        self.away = False
        self.deployment: Any = SimpleNamespace(
            id=uuid4(), created=ANCHOR, schedules=[SimpleNamespace(id=uuid4())], parameters=NOW
        )

    async def read_flow_runs(self, *, flow_run_filter: Any, **_: object) -> list[FlowRun]:
        if self.away:
            raise httpx.ConnectError("refused")
        states = flow_run_filter.state.type.any_
        return [run for run in self.runs.values() if run.state and run.state.type in states]

    async def delete_flow_run(self, run: UUID) -> None:
        del self.runs[run]

    async def update_flow_run(self, run: UUID, *, parameters: dict[str, Any]) -> None:
        self.runs[run].parameters = parameters

    async def set_flow_run_state(self, run: UUID, state: Any, *, force: bool) -> None:
        assert force
        self.runs[run].state = state
        self.again.append(state.state_details.scheduled_time)

    async def create_flow_run_from_deployment(
        self, deployment: UUID, *, state: Any, idempotency_key: str, tags: list[str]
    ) -> FlowRun:
        assert deployment == self.deployment.id
        run = self.runs.get(self.keys.get(idempotency_key, uuid4()))
        if run is None:
            run = flow_run(state, state.state_details.scheduled_time, *tags)
            self.runs[run.id], self.keys[idempotency_key] = run, run.id
        return run

    def waiting(self) -> list[dt.datetime]:
        """Return the times of the runs that are to come, earliest first."""
        states = [StateType.SCHEDULED]
        runs = [run for run in self.runs.values() if run.state and run.state.type in states]
        return sorted(run.expected_start_time for run in runs if run.expected_start_time)


def flow_run(state: Any, due: dt.datetime, *tags: str) -> FlowRun:
    return FlowRun(flow_id=uuid4(), state=state, expected_start_time=due, tags=list(tags))


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.chdir(tmp_path)
    return load_settings(quiet=True)


def service(settings: Settings, digests: Stored, poll: float = 0.01) -> Service:
    zone = ZoneInfo("Europe/Berlin")
    return Service("papers", settings, zone, EVERY, lambda *_: digests, EVERY.week_of, poll)


def at(monkeypatch: pytest.MonkeyPatch, days: float) -> dt.datetime:
    """Set the clock to so many days after the anchor."""
    moment = ANCHOR + dt.timedelta(days=days)
    monkeypatch.setattr(weekly, "now", lambda: moment)
    return moment


def take_up(api: Any, given: Service) -> dt.datetime:
    return asyncio.run(weekly.take_up(api, api.deployment, given))


def plan_ahead(api: Any, given: Service, planned: dt.datetime) -> dt.datetime:
    return asyncio.run(weekly._plan_ahead(api, api.deployment, given, planned))


@pytest.mark.parametrize("state", [Pending(), Running(), Crashed()])
def test_a_run_that_was_cut_off_is_due_at_its_time_again(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, state: Any
) -> None:
    at(monkeypatch, 3.5)
    api = FakeApi(flow_run(state, EVERY.due(3)), flow_run(Completed(), EVERY.due(2)))
    assert take_up(api, service(settings, Stored(1, 2))) == EVERY.due(3)
    assert api.again == api.waiting() == [EVERY.due(3)]


@pytest.mark.parametrize("state", [Running(), Scheduled()])
def test_a_run_that_is_left_goes_by_the_settings_of_now(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, state: Any
) -> None:
    at(monkeypatch, 3.5)
    run = flow_run(state, EVERY.due(3), weekly.PLANNED)
    run.parameters = {"watch": "where it was"}
    take_up(FakeApi(run), service(settings, Stored(2)))
    assert run.parameters == NOW


def test_what_came_due_after_a_run_was_cut_off_is_planned_too(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    at(monkeypatch, 6.5)
    api = FakeApi(flow_run(Running(), EVERY.due(3)))
    take_up(api, service(settings, Stored(2)))
    assert api.waiting() == [EVERY.due(3), EVERY.due(6)]


def test_of_several_missed_due_times_the_last_is_planned_and_stands_for_all(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    at(monkeypatch, 6.5)
    api = FakeApi()
    take_up(api, service(settings, Stored(2)))
    assert api.waiting() == [EVERY.due(6)]
    take_up(api, service(settings, Stored(2)))
    assert api.waiting() == [EVERY.due(6)]


def test_a_due_time_whose_week_is_made_is_not_planned_again(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    at(monkeypatch, 6.5)
    api = FakeApi()
    take_up(api, service(settings, Stored(6)))
    assert api.waiting() == []


def test_a_service_that_is_new_makes_up_nothing(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    moment = at(monkeypatch, 6.5)
    api = FakeApi()
    api.deployment.created = moment
    take_up(api, service(settings, Stored()))
    assert api.waiting() == []


def test_runs_that_an_earlier_start_planned_are_dropped_and_others_stay(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    at(monkeypatch, 6.5)
    planned = flow_run(Scheduled(), EVERY.due(7), weekly.PLANNED)
    late = flow_run(Scheduled(), EVERY.due(6), weekly.PLANNED)
    by_hand = flow_run(Scheduled(), EVERY.due(8))
    api = FakeApi(planned, late, by_hand)
    take_up(api, service(settings, Stored(5)))
    assert api.waiting() == [EVERY.due(6), EVERY.due(8)]


def test_the_next_due_time_is_planned_once(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    given, api = service(settings, Stored(6)), FakeApi()
    planned = EVERY.due(6)
    for days in (6.5, 6.9, 7.0, 7.1):
        at(monkeypatch, days)
        planned = plan_ahead(api, given, planned)
    assert api.waiting() == [EVERY.due(7), EVERY.due(8)]


def test_after_a_long_sleep_the_last_due_time_is_planned_too(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    api = FakeApi()
    at(monkeypatch, 9.5)
    assert plan_ahead(api, service(settings, Stored(6)), EVERY.due(7)) == EVERY.due(10)
    assert api.waiting() == [EVERY.due(9), EVERY.due(10)]


def test_a_clock_that_is_set_back_plans_no_run_twice(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    given, api = service(settings, Stored(6)), FakeApi()
    planned = EVERY.due(6)
    for days in (6.5, 7.5, 6.2, 6.9, 7.5):
        at(monkeypatch, days)
        planned = plan_ahead(api, given, planned)
    assert api.waiting() == [EVERY.due(7), EVERY.due(8)]


def test_an_api_that_stays_away_ends_the_service(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(weekly, "PATIENCE", 0.05)
    at(monkeypatch, 6.5)
    api: Any = FakeApi()
    api.away = True
    given, flow = service(settings, Stored()), cast("Any", None)
    with pytest.raises(ServerDown, match="does not answer any more"):
        asyncio.run(weekly._run_for_ever(api, flow, api.deployment, given))


def test_each_folder_and_machine_has_a_deployment_of_its_own() -> None:
    places = [
        ("/srv/a/our papers", "one"),
        ("/srv/b/our papers", "one"),
        ("/srv/a/our papers", "two"),
    ]
    names = {weekly.deployment_name(Path(folder), machine) for folder, machine in places}
    assert len(names) == 3
    assert {name[:-6] for name in names} == {"our-papers-"}


def test_the_start_says_zone_next_time_and_week(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = service(settings, Stored())
    lines = weekly.announcement(given, at(monkeypatch, 0.5))
    assert lines[1] == "Watching papers; digests go to outputs."
    assert lines[2] == (
        "Due every 86400 s, time zone Europe/Berlin; next on 2026-11-03 at 09:00, "
        f"for week {nth_week(1)}."
    )
