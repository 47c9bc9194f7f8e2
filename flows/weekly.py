"""The scheduled flow, its deployment, and the loop that runs it.

Runs happen in this process, one after the other: none overlaps, none outlives a `kill -9`, and
no slot of a concurrency limit stays taken by a run that was killed. The runs are also planned
here, since the scheduler of Prefect 3.8.8 fails with SQLAlchemy 2.1; they go by the keys that it
would give them, so that a server whose scheduler works adds none.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import re
from hashlib import sha256
from pathlib import Path
from platform import node
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from httpx import HTTPStatusError, TransportError
from prefect import Flow, flow, runtime
from prefect.client.orchestration import PrefectClient, get_client
from prefect.client.schemas.actions import DeploymentScheduleCreate
from prefect.client.schemas.filters import (
    DeploymentFilter,
    DeploymentFilterId,
    FlowRunFilter,
    FlowRunFilterExpectedStartTime,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import FlowRun, State, StateType
from prefect.client.schemas.responses import DeploymentResponse
from prefect.context import refresh_global_settings_context
from prefect.exceptions import Abort, TerminationSignal
from prefect.flow_engine import run_flow_async
from prefect.settings import PREFECT_UI_URL
from prefect.states import Scheduled

from flows.dispatch import plain_parameters
from flows.progress import Lines, reporting
from flows.server import ServerDown
from flows.serving import Service, make_weeks, require_library, weeks_of_run
from flows.settings import load_settings, without_secrets
from flows.weeks import weeks_to_make

NAME = "litline-weekly"
PATIENCE = 300.0
"""Seconds for which Prefect's API may be away before the service gives up."""

PLANNED = "auto-scheduled"
"""The tag of runs that were planned, as Prefect's own scheduler marks them."""

CUT_OFF = (StateType.PENDING, StateType.RUNNING, StateType.CRASHED)
"""The states in which a run is left that was killed, or that a request to end broke off."""


def attend(service: Service) -> None:
    """Say what is served, and serve it without end.

    Raises:
        ServerDown: Prefect's API has been away for too long.
        KeyboardInterrupt: a person, or the system, asked to end.
    """
    refresh_global_settings_context()
    for line in announcement(service, now()):
        say(service, line)
    try:
        asyncio.run(_attend(service))
    except TerminationSignal as ended:  # what Prefect makes of SIGTERM while a flow runs
        raise KeyboardInterrupt from ended


async def _attend(service: Service) -> None:
    async with get_client() as client:
        weekly = weekly_flow(service, client)
        deployment = await register(client, weekly, service)
        await _run_for_ever(client, weekly, deployment, service)


def now() -> dt.datetime:
    """Return the time."""
    return dt.datetime.now(dt.UTC)


def say(service: Service, line: str) -> None:
    """Print a line, unless the service is quiet."""
    if not service.settings.quiet:
        Lines().say(line)


def announcement(service: Service, moment: dt.datetime) -> list[str]:
    """Return what a person should know at the start."""
    due = service.timing.following(moment).astimezone(service.zone)
    week = service.week_of(due, service.zone)
    page = without_secrets(PREFECT_UI_URL.value() or "")
    return [
        f"Prefect's page: {page}",
        f"Watching {service.watch}; digests go to {service.settings.out}.",
        f"Due {service.timing.words}, time zone {service.zone.key}; "
        f"next on {due:%Y-%m-%d at %H:%M}, for week {week}.",
        "Stop with Ctrl-C.",
    ]


def weekly_flow(service: Service, client: PrefectClient) -> Flow[..., Any]:
    """Return the flow of one due time; its parameters are plain, and hold no secret."""

    @flow(name=NAME, persist_result=False, retries=0, validate_parameters=False)
    async def weekly(
        watch: str,
        timezone: str,
        out: str | None = None,
        store: str | None = None,
        engine: str | None = None,
        model: str | None = None,
        budget: float | None = None,
        concurrency: int | None = None,
    ) -> list[str]:
        """Make the digest of the week that ended, and first those that were missed."""
        zone = ZoneInfo(timezone)
        settings = load_settings(
            as_of=now().astimezone(zone).date(),
            out=out,
            store=store,
            engine=engine,
            model=model,
            budget=budget,
            concurrency=concurrency,
        )
        require_library(watch, settings)
        digests = service.digests_for(watch, settings)
        scheduled = _plain(runtime.flow_run.scheduled_start_time)
        due = service.week_of(scheduled, zone)
        done = await _is_done(client, scheduled)
        weeks = weeks_of_run(digests.stored(), due, done=done)
        return [str(path) for path in await make_weeks(digests, weeks, service.poll)]

    return weekly


async def _is_done(client: PrefectClient, scheduled: dt.datetime) -> bool:
    """Whether a run for this due time, or a later one, has come to its end."""
    done = await client.read_flow_runs(
        deployment_filter=_only(UUID(runtime.deployment.id)),
        flow_run_filter=FlowRunFilter(
            state=_in(StateType.COMPLETED),
            expected_start_time=FlowRunFilterExpectedStartTime(after_=scheduled),
        ),
        limit=1,
    )
    return bool(done)


async def register(
    client: PrefectClient, weekly: Flow[..., Any], service: Service
) -> DeploymentResponse:
    """Register the deployment, or bring the one there up to date; runs that are late stay."""
    schedule = DeploymentScheduleCreate(schedule=service.timing.rule(), active=True)
    deployment = await client.create_deployment(
        await client.create_flow(weekly),
        deployment_name(Path.cwd(), node()),
        schedules=[schedule],
        parameters={
            "watch": service.watch,
            "timezone": service.zone.key,
            **plain_parameters(service.settings),
        },
        paused=False,
        enforce_parameter_schema=False,
    )
    return await client.read_deployment(deployment)


def deployment_name(folder: Path, machine: str) -> str:
    """Return what the service of a working folder is called where several share Prefect's API."""
    told_apart = sha256(f"{machine} {folder}".encode()).hexdigest()[:6]
    return f"{re.sub(r'[^A-Za-z0-9._-]', '-', folder.name)}-{told_apart}"


async def take_up(
    client: PrefectClient, deployment: DeploymentResponse, service: Service
) -> dt.datetime:
    """Take up what an earlier start left: runs that were cut off, and a due time that it missed.

    What it planned ahead is dropped, since the times may be others now. The last due time is
    returned.
    """
    moment = now()
    missed = service.timing.latest(moment)
    waiting = await _runs(client, deployment, StateType.SCHEDULED)
    left = await _runs(client, deployment, *CUT_OFF)
    for run in waiting:
        if _due(run) <= moment:
            left.append(run)
        elif PLANNED in run.tags:
            await client.delete_flow_run(run.id)
    for run in left:
        await _renew(client, deployment, run)
    stands = any(missed <= _due(run) <= moment for run in left)
    if not stands and _is_missing(deployment, service, missed):
        await plan(client, deployment, missed)
    return missed


async def _renew(client: PrefectClient, deployment: DeploymentResponse, run: FlowRun) -> None:
    """Have a run wait for its time again, under the settings of now."""
    again: State[Any] = Scheduled(scheduled_time=_due(run))
    await client.update_flow_run(run.id, parameters=deployment.parameters)
    await client.set_flow_run_state(run.id, again, force=True)


def _due(run: FlowRun) -> dt.datetime:
    """Return when a run is due; each run of a deployment says so."""
    if run.expected_start_time is None:
        raise ValueError(f"run {run.id} has no time")
    return _plain(run.expected_start_time)


def _plain(moment: dt.datetime) -> dt.datetime:
    """Return a moment as the standard library's; Prefect's own kind cannot be divided by one."""
    return dt.datetime.fromtimestamp(moment.timestamp(), dt.UTC)


def _is_missing(deployment: DeploymentResponse, service: Service, missed: dt.datetime) -> bool:
    """Whether the week of a due time is not made, though there was a service, or digests."""
    stored = service.digests_for(service.watch, service.settings).stored()
    begun = bool(stored) or (deployment.created is not None and deployment.created <= missed)
    return begun and bool(weeks_to_make(stored, service.week_of(missed, service.zone)))


async def plan(client: PrefectClient, deployment: DeploymentResponse, due: dt.datetime) -> FlowRun:
    """Return the run of a due time, which is made where there is none yet."""
    state: State[Any] = Scheduled(scheduled_time=due)
    key = f"scheduled {deployment.id} {deployment.schedules[0].id} {due}"
    return await client.create_flow_run_from_deployment(
        deployment.id, state=state, idempotency_key=key, tags=[PLANNED]
    )


async def _run_for_ever(
    client: PrefectClient, weekly: Flow[..., Any], deployment: DeploymentResponse, service: Service
) -> None:
    planned: dt.datetime | None = None
    away = 0.0
    while True:
        try:
            planned = planned or await take_up(client, deployment, service)
            planned = await _plan_ahead(client, deployment, service, planned)
            if run := await _next_due(client, deployment):
                await _run(weekly, run, service)
            away = 0.0
        except (TransportError, HTTPStatusError) as error:
            planned = None
            away += service.poll
            if away >= PATIENCE:
                raise ServerDown(f"Prefect's API does not answer any more ({error})") from error
        await asyncio.sleep(service.poll)


async def _plan_ahead(
    client: PrefectClient,
    deployment: DeploymentResponse,
    service: Service,
    planned: dt.datetime,
) -> dt.datetime:
    """Plan the next due time; also the last, if several passed since `planned` (a long sleep)."""
    moment = now()
    following = service.timing.following(moment)
    if following != planned:
        passed = service.timing.latest(moment)
        if passed > planned:
            await plan(client, deployment, passed)
        await plan(client, deployment, following)
    return following


async def _next_due(client: PrefectClient, deployment: DeploymentResponse) -> FlowRun | None:
    """Return the run that has been due the longest, if there is one."""
    found = await client.get_scheduled_flow_runs_for_deployments([deployment.id], now(), limit=1)
    return next(iter(found), None)


async def _run(weekly: Flow[..., Any], run: FlowRun, service: Service) -> None:
    """Run the flow, and say how it went; a run that fails does not end the service."""
    with reporting(quiet=service.settings.quiet):
        try:
            state: Any = await run_flow_async(
                weekly, flow_run=run, parameters=run.parameters, return_type="state"
            )
        except Abort:
            return
    if not state.is_completed():
        due = _due(run).astimezone(service.zone)
        Lines().say(f"The run due on {due:%Y-%m-%d at %H:%M} failed: {state.message}")


async def _runs(
    client: PrefectClient, deployment: DeploymentResponse, *states: StateType
) -> list[FlowRun]:
    """Return the runs in one of some states, at most 200."""
    return await client.read_flow_runs(
        deployment_filter=_only(deployment.id), flow_run_filter=FlowRunFilter(state=_in(*states))
    )


def _only(deployment: UUID) -> DeploymentFilter:
    return DeploymentFilter(id=DeploymentFilterId(any_=[deployment]))


def _in(*states: StateType) -> FlowRunFilterState:
    return FlowRunFilterState(type=FlowRunFilterStateType(any_=list(states)))
