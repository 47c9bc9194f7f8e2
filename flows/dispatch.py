"""A command becomes a Prefect flow run, or runs directly where Prefect is unwanted or absent."""

from __future__ import annotations

import asyncio
import os
import tomllib
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import OpenerDirector, ProxyHandler, build_opener

from flows import jobs
from flows.pages import REPORT
from flows.progress import reporter, reporting
from flows.server import ServerDown, embedded_server, prefect_settings
from flows.settings import Settings, without_secrets
from flows.stages import run_directly
from pipeline.database import store_folder
from pipeline.errors import ConfigError, PartialError
from pipeline.sheets import Failure, RunReport

HOME = Path(".litline/prefect")
_JOBS: dict[str, Callable[..., Coroutine[Any, Any, Path]]] = {
    "run": jobs.write_all,
    "summarize_papers": jobs.write_summaries,
    "trace_lineage": jobs.trace_lineage,
    "weekly_digest": jobs.weekly_digest,
    "author_briefing": jobs.author_briefing,
}
More = Mapping[str, str | None]

_PASSED = ("out", "store", "engine", "model", "budget", "concurrency")
_OWN = {"weekly_digest": ("horizon", "only_approved")}
_HEALTH_SECONDS = 10
_MOST_SHOWN = 10
_WAITING = " is held back: "  # in the reason of a digest that waits for approval


def work(flow: str, documents: Sequence[str], settings: Settings, **more: str | None) -> Path:
    """Run a job by the name of its flow and return its main file; `more` are its own parameters.

    Raises:
        PartialError: something failed and is listed in `run.json`; the rest was written.
        LitlineError: the job did not finish.
    """
    with reporting(quiet=settings.quiet):
        path = _run(flow, documents, settings, more)
    raise_failures(Path(settings.out) / REPORT)
    return path


def _run(name: str, documents: Sequence[str], settings: Settings, more: More) -> Path:
    if settings.direct:
        return _directly(name, documents, settings, more)
    if find_spec("prefect") is None:
        reporter().say("Prefect is not installed; running without it.")
        return _directly(name, documents, settings, more)
    try:
        with prefect_api(os.environ):
            return _as_flow(name, documents, settings, more)
    except ServerDown as error:
        reporter().say(f"Running without Prefect: {error}.")
        return _directly(name, documents, settings, more)


def _directly(name: str, documents: Sequence[str], settings: Settings, more: More) -> Path:
    return asyncio.run(_JOBS[name](documents, settings, run_directly, **more))


def _as_flow(name: str, documents: Sequence[str], settings: Settings, more: More) -> Path:
    from httpx import TransportError  # noqa: PLC0415 - comes with Prefect

    from flows import orchestration  # noqa: PLC0415 - imports Prefect

    flow = getattr(orchestration, name)
    try:
        own = {field: getattr(settings, field) for field in _OWN.get(name, ())}
        return Path(asyncio.run(flow(list(documents), **_parameters(settings), **own, **more)))
    except TransportError as error:
        raise ServerDown(f"Prefect's API went away during the run ({error})") from error


def _parameters(settings: Settings) -> dict[str, Any]:
    return plain_parameters(settings) | {"as_of": settings.as_of.isoformat()}


def plain_parameters(settings: Settings) -> dict[str, Any]:
    """Return a flow's parameters; the address of a server, which may hold a password, is none."""
    parameters: dict[str, Any] = {field: getattr(settings, field) for field in _PASSED}
    if store_folder(settings.store) is None:
        os.environ["LITLINE_STORE"] = settings.store
        parameters["store"] = None
    return parameters


@contextmanager
def prefect_api(environment: Mapping[str, str], *, standing: bool = False) -> Iterator[None]:
    """Point this process at the configured Prefect API, else at an embedded server.

    A `standing` server has Prefect's page as well.

    Raises:
        ServerDown: the embedded server did not come up.
        ConfigError: an API is configured and does not answer.
    """
    configured = configured_api(environment)
    home = Path(environment.get("PREFECT_HOME") or HOME)
    if configured is not None:
        _require_api(configured)
        os.environ.update(prefect_settings(home, None))
        yield
        return
    with embedded_server(
        home,
        environment,
        meanwhile=lambda url: _import_prefect(home, url),
        standing=standing,
    ):
        yield


def _import_prefect(home: Path, url: str) -> None:
    os.environ.update(prefect_settings(home, url, os.environ))
    from flows import orchestration  # noqa: F401, PLC0415 - while the server starts


def configured_api(environment: Mapping[str, str]) -> str | None:
    """Return the address of the Prefect API that the user has set, in environment or profile."""
    if url := environment.get("PREFECT_API_URL"):
        return url
    home = environment.get("PREFECT_HOME")
    folder = Path(home) if home else Path.home() / ".prefect"
    profiles = environment.get("PREFECT_PROFILES_PATH") or str(folder / "profiles.toml")
    try:
        found = tomllib.loads(Path(profiles).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    active = environment.get("PREFECT_PROFILE") or found.get("active")
    url = found.get("profiles", {}).get(active, {}).get("PREFECT_API_URL")
    return str(url) if url else None


def _opener(url: str) -> OpenerDirector:
    """Return an opener that asks this machine without a proxy, whatever the environment says."""
    here = urlsplit(url).hostname in {"127.0.0.1", "localhost", "::1"}
    return build_opener(ProxyHandler({})) if here else build_opener()


def _require_api(url: str) -> None:
    try:
        with _opener(url).open(f"{url.rstrip('/')}/health", timeout=_HEALTH_SECONDS):
            return
    except (OSError, ValueError) as error:
        raise ConfigError(
            f"the Prefect API at {without_secrets(url)} does not answer; start it, unset "
            "PREFECT_API_URL, or use --direct"
        ) from error


def raise_failures(path: Path) -> None:
    """Raise what a run's report lists as failed.

    Raises:
        PartialError: something is listed.
    """
    report = RunReport.model_validate_json(path.read_text(encoding="utf-8"))
    if report.failed:
        raise PartialError(_listed(report.failed, path))


def _listed(failed: Sequence[Failure], path: Path) -> str:
    shown = [f"  {f.document or f.paper or f.stage}: {f.reason}" for f in failed[:_MOST_SHOWN]]
    more = f"\n  and {len(failed) - _MOST_SHOWN} more" if len(failed) > _MOST_SHOWN else ""
    lines = "\n".join(shown)
    return f"{_told(failed)} (see {path}):\n{lines}{more}"


def _told(failed: Sequence[Failure]) -> str:
    """Count what failed; where digests wait for approval and nothing else, name these instead."""
    waiting = [one.reason.partition(_WAITING)[0] for one in failed if _waits(one)]
    if len(waiting) < len(failed):
        return f"{len(failed)} failed"
    return f"waiting: {', '.join(dict.fromkeys(waiting))}"


def _waits(failure: Failure) -> bool:
    return failure.stage == "digests" and _WAITING in failure.reason
