"""Starts Prefect's own server for as long as one command runs, and leaves nothing of it.

The server listens on loopback only, keeps its SQLite database in a folder that only its owner
can read, and runs under `flows.watcher`, which ends it however this process ends.
"""

from __future__ import annotations

import contextlib
import fcntl
import http.client
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO

from flows import watcher
from pipeline.errors import LitlineError

# What Prefect runs for its own temporary server, but `-P` keeps the working folder off the import
# path, ending does not wait for open connections, and `--fd` will hand over an open socket in
# place of a port that another program could take before the server does.
SERVER_COMMAND = (
    *(sys.executable, "-P", "-m", "uvicorn", "--factory", "prefect.server.api.server:create_app"),
    *("--lifespan", "on", "--log-level", "error", "--timeout-graceful-shutdown", "1"),
)

PAGE_PORT = 4200
"""The port of a standing server where it is free: the one that Prefect's handbook names."""

_HOST = "127.0.0.1"
_STEP = 0.05
_ENDING = watcher.GRACE + 3.0
_DRAINING = 3.0
_LOG_TAIL = 64 * 1024
_ERROR_LINE = re.compile(r"(\w+\.)*\w*(Error|Exception)\b")
# Prefect's marks for a temporary server: no page, no scheduler.
_TEMPORARY = {"PREFECT_SERVER_UI_ENABLED": "false", "PREFECT__SERVER_EPHEMERAL": "1"}
_FOREIGN = ("PREFECT_", "LITLINE_", "OPENAI_", "OTEL_")


class ServerDown(LitlineError):
    """Prefect's server did not come up; the message is the reason."""


def prefect_settings(
    home: Path, api_url: str | None, environment: Mapping[str, str] | None = None
) -> dict[str, str]:
    """The environment that keeps Prefect quiet and offline, to be set before it is imported.

    `api_url` is the address of an embedded server; None leaves the address, and the folder that
    Prefect's profile lies in, as the user has set them. `environment` is the present one, to
    which the embedded server is added as a host to reach without a proxy; None adds nothing.
    """
    quiet = {
        "DO_NOT_TRACK": "1",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_CLOUD_ENABLE_ORCHESTRATION_TELEMETRY": "false",
        "PREFECT_TELEMETRY_ENABLE_RESOURCE_METRICS": "false",
        "PREFECT_SERVER_EPHEMERAL_ENABLED": "false",
        "PREFECT_LOGGING_LEVEL": "ERROR",
        "PREFECT_INTERNAL_LOGGING_LEVEL": "CRITICAL",
        "PREFECT_LOGGING_TO_API_ENABLED": "false",
        # Prefect prints the traceback of every run that fails; the caller reports it instead.
        "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "CRITICAL",
        # It also pickles the exception, whatever the flow says about results: to nowhere.
        "PREFECT_RESULTS_LOCAL_STORAGE_PATH": os.devnull,
    }
    if api_url is None:
        return quiet
    return {
        **quiet,
        "PREFECT_API_URL": api_url,
        "PREFECT_HOME": str(home.absolute()),
        # Should the server die, Prefect's five would hold the command for over two minutes.
        "PREFECT_CLIENT_MAX_RETRIES": "2",
        **({} if environment is None else _past_proxies(environment)),
    }


def _past_proxies(environment: Mapping[str, str]) -> dict[str, str]:
    """The list of hosts to reach without a proxy, with ours added."""
    hosts = environment.get("no_proxy") or environment.get("NO_PROXY") or ""
    if hosts.strip() == "*":
        return {}
    hosts = f"{hosts},{_HOST}" if hosts else _HOST
    return {"no_proxy": hosts, "NO_PROXY": hosts}


def server_environment(
    home: Path, environment: Mapping[str, str], page_of: str | None = None
) -> dict[str, str]:
    """The server's environment: the caller's, without keys and without other Prefect settings.

    `page_of` is the address of the API that Prefect's page asks; None gives a temporary server,
    without its page.
    """
    own = {name: value for name, value in environment.items() if not name.startswith(_FOREIGN)}
    return {
        **own,
        "DO_NOT_TRACK": "1",
        "PREFECT_HOME": str(home.absolute()),
        "PREFECT_PROFILES_PATH": os.devnull,
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        **(_TEMPORARY if page_of is None else _standing(home, page_of)),
        "PREFECT_LOGGING_LEVEL": "ERROR",
        "PREFECT_SERVER_LOGGING_LEVEL": "ERROR",
        "PREFECT__SERVER_FINAL": "1",
        # Nothing here asks for events or acts on them; they would only take turns at the database.
        "PREFECT_SERVER_SERVICES_EVENT_PERSISTER_ENABLED": "false",
        "PREFECT_SERVER_SERVICES_TRIGGERS_ENABLED": "false",
        # Task runs are recorded behind the run's back. Ending, the server writes one batch more,
        # so a batch must hold all that a second brings; written one by one, most would be lost.
        "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_READ_BATCH_SIZE": "100",
        "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_BATCH_SIZE": "10000",
        "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_FLUSH_INTERVAL": "1",
    }


def _standing(home: Path, page_of: str) -> dict[str, str]:
    """The settings of a server with a page, whose files lie in `home` too."""
    return {
        "PREFECT_SERVER_UI_ENABLED": "true",
        "PREFECT_SERVER_UI_API_URL": page_of,
        "PREFECT_SERVER_UI_STATIC_DIRECTORY": str(home.absolute() / "page"),
        "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
        # It fails with SQLAlchemy 2.1 ("supply a bulk_dml decorated function"); see `weekly`.
        "PREFECT_SERVER_SERVICES_SCHEDULER_ENABLED": "false",
    }


@contextlib.contextmanager
def embedded_server(
    home: Path,
    environment: Mapping[str, str],
    *,
    timeout: float = 120.0,
    meanwhile: Callable[[str], object] | None = None,
    command: Sequence[str] = SERVER_COMMAND,
    standing: bool = False,
) -> Iterator[str]:
    """Run Prefect's server with its files in `home`, and yield the address of its API.

    `environment` is what the server inherits. `timeout` is in seconds, for the whole start.
    `meanwhile` gets the address while the server is still starting, to do what takes time too,
    such as importing Prefect. `command` is given `--fd N`, the number of the socket to serve.
    A `standing` server has Prefect's page, on port 4200 where that is free.
    To be entered and left where no event loop runs: leaving waits for Prefect's own.

    Raises:
        ServerDown: the server ended, did not answer in time, or could not be started at all.
    """
    deadline = time.monotonic() + timeout
    with contextlib.ExitStack() as stack:
        with _own_turn(home, deadline) as turn:
            with _listening(PAGE_PORT if standing else 0) as listener:
                port = listener.getsockname()[1]
                url = f"http://{_HOST}:{port}/api"
                own = server_environment(home, environment, url if standing else None)
                process = _start(home, own, command, listener, turn)
            stack.callback(_stop, process)
            if meanwhile is not None:
                meanwhile(url)
            _wait_until_up(process, port, home, deadline)
        stack.callback(_drain)
        yield url


@contextlib.contextmanager
def _own_turn(home: Path, deadline: float) -> Iterator[int]:
    """Hold the lock on starting in `home`: two first starts would both create the tables.

    Yields the lock's descriptor for the watcher to inherit. After a failed start the lock is
    not released but closed, so that it lasts until the watcher has ended its server.
    """
    with _open_lock(home) as lock:
        while not _locked(lock):
            if time.monotonic() >= deadline:
                raise ServerDown(f"another start of Prefect's server in {home} does not finish")
            time.sleep(_STEP)
        yield lock.fileno()
        fcntl.flock(lock, fcntl.LOCK_UN)


def _open_lock(home: Path) -> IO[bytes]:
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        return os.fdopen(os.open(home / "start.lock", os.O_RDWR | os.O_CREAT, 0o600), "rb+")
    except OSError as error:
        raise ServerDown(f"Prefect's server cannot keep its files: {error}") from error


def _locked(lock: IO[bytes]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _listening(port: int) -> socket.socket:
    """A socket on `port`, or on any that is free where another program has it."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    # Inherited by each connection; else an answer in two parts waits for the first's receipt.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        listener.bind((_HOST, port))
    except OSError:
        listener.bind((_HOST, 0))
    return listener


def _start(
    home: Path,
    environment: Mapping[str, str],
    command: Sequence[str],
    listener: socket.socket,
    turn: int,
) -> subprocess.Popen[bytes]:
    """Start `command` under the watcher, which is returned, to serve what `listener` hears."""
    fd = str(listener.fileno())
    # By its path, isolated: a folder `flows` where the user works must not be taken for ours.
    watched = (sys.executable, "-I", "-S", watcher.__file__, str(_log(home)), fd, "--")
    try:
        return subprocess.Popen(
            (*watched, *command, "--fd", fd),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=environment,
            cwd=home,
            pass_fds=(listener.fileno(), turn),
            start_new_session=True,
        )
    except OSError as error:
        raise ServerDown(f"Prefect's server cannot be started: {error}") from error


def _drain() -> None:
    """Have Prefect, if it was imported, send what it still holds while the server is there.

    Once the server is gone it would try again for every event, and the command, done with its
    work, would not end for minutes. What cannot be sent in time is therefore tried only once.
    """
    worker = sys.modules.get("prefect.events.worker")
    if worker is None:
        return
    clients = [getattr(one, "_client", None) for one in worker.EventsWorker._instances.values()]
    worker.EventsWorker.drain_all(timeout=_DRAINING)
    for client in clients:
        if client is not None:
            client._reconnection_attempts = 0


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Close the watcher's pipe and wait until it has ended the server."""
    try:
        process.communicate(timeout=_ENDING)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _wait_until_up(
    process: subprocess.Popen[bytes], port: int, home: Path, deadline: float
) -> None:
    """Return once the server answers.

    Raises:
        ServerDown: it ended, or `deadline` (of the monotonic clock) passed.
    """
    while not _healthy(port):
        if process.poll() is not None:
            raise ServerDown(f"Prefect's server ended as it started{_last_words(_log(home))}")
        if time.monotonic() >= deadline:
            raise ServerDown(f"Prefect's server did not answer in time{_last_words(_log(home))}")
        time.sleep(_STEP)


def _healthy(port: int) -> bool:
    """Whether the server answers; asked without a proxy, whatever the environment says."""
    connection = http.client.HTTPConnection(_HOST, port, timeout=2.0)
    try:
        connection.request("GET", "/api/health")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _log(home: Path) -> Path:
    return home.absolute() / "server.log"


def _last_words(log: Path) -> str:
    """The last line of the log that names an error, else the last line, after a colon."""
    try:
        tail = log.read_bytes()[-_LOG_TAIL:].decode(errors="replace")
    except OSError:
        return ""
    lines = [line.strip() for line in tail.splitlines() if line.strip()]
    errors = [line for line in lines if _ERROR_LINE.match(line)]
    last = (errors or lines)[-1:]
    return f": {last[0]}" if last else ""
