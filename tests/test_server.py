"""The embedded server comes up, says why when it does not, and leaves nothing behind."""

from __future__ import annotations

import fcntl
import http.client
import os
import signal
import sqlite3
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest

from flows import server, watcher
from flows.server import ServerDown, embedded_server, prefect_settings, server_environment

ROOT = Path(__file__).parents[1]

# Writes its own process id and a child's, then waits.
FAMILY = """
import os, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
print(os.getpid(), child.pid, flush=True)
time.sleep(60)
"""

# Serves the socket that it is given; any question is answered with its process id.
SERVING = """
import os, socket, sys
listener = socket.socket(fileno=int(sys.argv[sys.argv.index("--fd") + 1]))
listener.listen()
while True:
    connection, _ = listener.accept()
    connection.recv(4096)
    body = str(os.getpid()).encode()
    connection.sendall(b"HTTP/1.1 200 OK\\r\\nContent-Length: %d\\r\\n\\r\\n" % len(body) + body)
    connection.close()
"""

# Waits for a server that never answers, as a command does whose server is still starting.
PARENT = """
import sys
from pathlib import Path
from flows.server import embedded_server
with embedded_server(Path(sys.argv[1]), {}, command=(sys.executable, "-c", sys.argv[2])):
    pass
"""

FLOW = """
import asyncio, os, sys
from pathlib import Path
from flows.server import embedded_server, prefect_settings

def prepare(url):
    os.environ.update(prefect_settings(home, url, os.environ))
    import prefect.flows

async def stage(number):
    return object()

async def main(documents: list[str]) -> str:
    from prefect import task
    from prefect.cache_policies import NO_CACHE
    batch = task(stage, persist_result=False, cache_policy=NO_CACHE, retries=0)
    await asyncio.gather(*(batch(number) for number in range(100)))
    if documents == ["bad"]:
        raise ValueError("words of a document")
    return "main.md"

home = Path(sys.argv[1])
with embedded_server(home, os.environ, meanwhile=prepare):
    from prefect import flow
    run = flow(main, persist_result=False, retries=0, validate_parameters=False)
    print(asyncio.run(run(["good"])))
    try:
        asyncio.run(run(["bad"]))
    except ValueError as error:
        print(error)
"""


def until(condition: Callable[[], object], seconds: float = 4.0) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def alive(pid: int) -> bool:
    state = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return state.stdout.strip()[:1] not in ("", "Z")


def family(log: Path) -> list[int]:
    """Wait for the two process ids that FAMILY writes."""
    assert until(lambda: log.exists() and len(log.read_text().split()) == 2)
    return [int(pid) for pid in log.read_text().split()]


def all_gone(pids: list[int], seconds: float = 4.0) -> bool:
    return until(lambda: not any(alive(pid) for pid in pids), seconds)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "server.log"


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    ends = os.pipe()
    yield ends
    for end in ends:
        try:
            os.close(end)
        except OSError:
            continue


@pytest.fixture
def watched(log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """FAMILY under the watcher, as a process of its own."""
    command = [sys.executable, "-m", "flows.watcher", str(log), "--", sys.executable, "-c", FAMILY]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    with subprocess.Popen(command, cwd=ROOT, **pipes) as process:  # type: ignore[call-overload]
        yield process
        if process.stdin is not None:
            process.stdin.close()


def ask(url: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=5)
    try:
        connection.request("GET", urlsplit(url).path + "/health")
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


class TestWatcher:
    def test_a_closed_pipe_ends_the_command_and_what_it_started(
        self, watched: subprocess.Popen[bytes], log: Path
    ) -> None:
        pids = family(log)
        output, _ = watched.communicate(timeout=4)
        assert (watched.returncode, output) == (0, b"")
        assert all_gone(pids)

    def test_ctrl_c_is_left_to_the_parent_and_a_request_to_end_is_followed(
        self, watched: subprocess.Popen[bytes], log: Path
    ) -> None:
        pids = family(log)
        watched.send_signal(signal.SIGINT)
        time.sleep(0.3)
        assert watched.poll() is None
        assert all(alive(pid) for pid in pids)
        watched.send_signal(signal.SIGTERM)
        assert watched.wait(timeout=4) == 0
        assert all_gone(pids)

    def test_the_end_of_the_command_ends_the_watcher_with_its_status(
        self, log: Path, pipe: tuple[int, int]
    ) -> None:
        command = (sys.executable, "-c", "print('last words'); raise SystemExit(3)")
        assert watcher.watch(command, watcher.open_log(log), pipe[0]) == 3
        assert log.read_text() == "last words\n"

    def test_the_status_of_a_command_that_was_killed_names_the_signal(
        self, log: Path, pipe: tuple[int, int]
    ) -> None:
        command = (sys.executable, "-c", "import os; os.kill(os.getpid(), 9)")
        assert watcher.watch(command, watcher.open_log(log), pipe[0]) == 128 + 9

    def test_a_program_that_is_not_there_is_named_in_the_log(
        self, log: Path, pipe: tuple[int, int]
    ) -> None:
        assert watcher.watch(("no-such-program",), watcher.open_log(log), pipe[0]) == 127
        assert "no-such-program" in log.read_text()

    def test_the_log_is_emptied_and_its_owners_alone(self, log: Path) -> None:
        log.write_text("an earlier run\n")
        log.chmod(0o644)
        os.close(watcher.open_log(log))
        assert (mode(log), log.read_text()) == (0o600, "")

    def test_the_command_writes_files_for_its_owner_alone(
        self, tmp_path: Path, log: Path, pipe: tuple[int, int]
    ) -> None:
        made = tmp_path / "made"
        command = (sys.executable, "-c", f"open({str(made)!r}, 'w').close()")
        assert watcher.watch(command, watcher.open_log(log), pipe[0]) == 0
        assert mode(made) == 0o600

    def test_the_command_gets_no_input_and_no_descriptor_but_those_passed(
        self, log: Path, pipe: tuple[int, int]
    ) -> None:
        given, held = os.pipe()
        os.set_inheritable(held, True)
        code = (
            f"import os, sys; print(repr(sys.stdin.read())); os.fstat({given})\n"
            f"try: os.fstat({held})\nexcept OSError: print('not there')"
        )
        command = (sys.executable, "-c", code)
        assert watcher.watch(command, watcher.open_log(log), pipe[0], [given]) == 0
        os.close(held)
        assert log.read_text() == "''\nnot there\n"

    def test_what_is_written_into_the_pipe_is_ignored(self, pipe: tuple[int, int]) -> None:
        reading, writing = pipe
        assert not watcher.pipe_closed(reading, 0.01)
        os.write(writing, b"words")
        assert not watcher.pipe_closed(reading, 0.01)
        os.close(writing)
        assert watcher.pipe_closed(reading, 0.01)

    def test_a_command_that_does_not_listen_is_killed(self, log: Path) -> None:
        code = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1)"
        descriptor = watcher.open_log(log)
        child = watcher.start((sys.executable, "-uc", f"{code}; time.sleep(60)"), descriptor)
        os.close(descriptor)
        assert until(lambda: log.read_text() == "1\n")
        watcher.end_group(child, grace=0.2)
        assert child.poll() == -signal.SIGKILL

    def test_the_command_line_is_log_descriptors_and_command(
        self, log: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        kept = {number: signal.getsignal(number) for number in (2, 15, 1)}
        seen: list[object] = []

        def watch(*arguments: object) -> int:
            seen.extend(arguments)
            return 7

        monkeypatch.setattr(watcher, "watch", watch)
        try:
            assert watcher.main([str(log), "5", "--", "run", "--", "this"]) == 7
        finally:
            for number, handler in kept.items():
                signal.signal(number, handler)
        command, descriptor, *rest = seen
        os.close(descriptor)  # type: ignore[arg-type]
        assert (command, rest) == (["run", "--", "this"], [0, [5]])


class TestStart:
    def test_a_server_that_answers_is_there_for_the_block_only(self, tmp_path: Path) -> None:
        home = tmp_path / "made" / "here"
        heard: list[str] = []
        command = (sys.executable, "-c", SERVING)
        with embedded_server(home, {}, command=command, meanwhile=heard.append) as url:
            status, body = ask(url)
        assert (status, heard) == (200, [url])
        assert mode(home) == 0o700
        assert mode(home / "server.log") == mode(home / "start.lock") == 0o600
        assert all_gone([int(body)])

    def test_an_error_in_the_block_ends_the_server_too(self, tmp_path: Path) -> None:
        pids: list[int] = []
        command = (sys.executable, "-c", SERVING)

        def fail(url: str) -> None:
            pids.append(int(ask(url)[1]))
            raise KeyboardInterrupt

        with (
            pytest.raises(KeyboardInterrupt),
            embedded_server(tmp_path, {}, command=command) as url,
        ):
            fail(url)
        assert all_gone(pids)

    def test_two_servers_share_a_home(self, tmp_path: Path) -> None:
        command = (sys.executable, "-c", SERVING)
        with (
            embedded_server(tmp_path, {}, command=command) as one,
            embedded_server(tmp_path, {}, command=command) as other,
        ):
            assert ask(one) != ask(other)

    @pytest.mark.parametrize(
        ("code", "reason"),
        [
            ("raise OSError('unable to open')", "ended as it started: OSError: unable to open"),
            (
                "import sys; sys.exit('a.b.SomeError: why\\nStartup failed. Exiting.\\n\\n')",
                "ended as it started: a.b.SomeError: why",
            ),
            ("print('no module'); raise SystemExit(1)", "ended as it started: no module"),
            ("", "ended as it started"),
        ],
    )
    def test_a_server_that_ends_says_why(self, tmp_path: Path, code: str, reason: str) -> None:
        with (
            pytest.raises(ServerDown, match=f"{reason}$"),
            embedded_server(tmp_path, {}, command=(sys.executable, "-c", code)),
        ):
            pass

    def test_a_program_that_is_not_there_is_named(self, tmp_path: Path) -> None:
        with (
            pytest.raises(ServerDown, match="no-such-program"),
            embedded_server(tmp_path, {}, command=("no-such-program",)),
        ):
            pass

    def test_a_server_that_never_answers_is_ended_in_time(self, tmp_path: Path) -> None:
        with (
            pytest.raises(ServerDown, match="did not answer in time"),
            embedded_server(tmp_path, {}, command=(sys.executable, "-c", FAMILY), timeout=0.8),
        ):
            pass
        assert all_gone(family(tmp_path / "server.log"))

    def test_a_parent_killed_while_the_server_starts_leaves_nothing(self, tmp_path: Path) -> None:
        command = [sys.executable, "-c", PARENT, str(tmp_path), FAMILY]
        with subprocess.Popen(command, cwd=ROOT, env={"PYTHONPATH": str(ROOT)}) as parent:
            pids = family(tmp_path / "server.log")
            assert listed(str(tmp_path / "server.log"))
            parent.kill()
        assert all_gone(pids)
        assert until(lambda: not listed(str(tmp_path / "server.log")))

    def test_a_start_in_the_same_home_is_waited_for(self, tmp_path: Path) -> None:
        with (tmp_path / "start.lock").open("wb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            with (
                pytest.raises(ServerDown, match="another start"),
                embedded_server(tmp_path, {}, timeout=0.2),
            ):
                pass

    def test_a_home_that_cannot_be_made_is_a_reason(self, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        with (
            pytest.raises(ServerDown, match="cannot keep its files"),
            embedded_server(tmp_path / "file" / "home", {}),
        ):
            pass

    def test_a_python_that_cannot_run_is_a_reason(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sys, "executable", "/no/such/python")
        with (
            pytest.raises(ServerDown, match="cannot be started"),
            embedded_server(tmp_path, {}),
        ):
            pass

    def test_a_watcher_that_does_not_end_is_killed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(server, "_ENDING", 0.1)
        command = [sys.executable, "-c", "import time; time.sleep(60)"]
        with subprocess.Popen(command, stdin=subprocess.PIPE) as process:
            server._stop(process)
            assert process.returncode == -signal.SIGKILL

    def test_a_log_that_is_gone_gives_no_words(self, tmp_path: Path) -> None:
        assert server._last_words(tmp_path / "server.log") == ""


def test_prefect_sends_what_it_holds_before_the_server_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = SimpleNamespace(_reconnection_attempts=10)
    held: list[float] = []
    worker = SimpleNamespace(
        _instances={1: SimpleNamespace(_client=client), 2: SimpleNamespace()},
        drain_all=lambda *, timeout: held.append(timeout),
    )
    module = SimpleNamespace(EventsWorker=worker)
    monkeypatch.setitem(sys.modules, "prefect.events.worker", module)
    with embedded_server(tmp_path, {}, command=(sys.executable, "-c", SERVING)):
        assert not held
    assert len(held) == 1
    assert client._reconnection_attempts == 0


class TestEnvironment:
    def test_the_server_gets_no_key_and_no_setting_of_another_server(self, tmp_path: Path) -> None:
        given = {
            "PATH": "/bin",
            "OPENAI_API_KEY": "secret",
            "LITLINE_STORE": "postgresql://user:secret@host/litline",
            "PREFECT_API_URL": "http://elsewhere/api",
            "PREFECT_SERVER_DATABASE_CONNECTION_URL": "postgresql://elsewhere",
            "PREFECT_SERVER_ANALYTICS_ENABLED": "true",
        }
        environment = server_environment(tmp_path, given)
        assert environment["PATH"] == "/bin"
        assert environment["PREFECT_HOME"] == str(tmp_path)
        assert environment["PREFECT_SERVER_ANALYTICS_ENABLED"] == "false"
        assert "PREFECT_API_URL" not in environment
        values = " ".join(environment.values())
        assert "secret" not in values
        assert "elsewhere" not in values

    def test_only_a_standing_server_has_a_page(self, tmp_path: Path) -> None:
        standing = server_environment(tmp_path, {}, "http://127.0.0.1:1/api")
        assert standing["PREFECT_SERVER_UI_ENABLED"] == "true"
        assert standing["PREFECT_SERVER_UI_API_URL"] == "http://127.0.0.1:1/api"
        assert standing["PREFECT_SERVER_UI_STATIC_DIRECTORY"] == str(tmp_path / "page")
        assert server_environment(tmp_path, {})["PREFECT_SERVER_UI_ENABLED"] == "false"

    def test_a_port_that_is_taken_is_replaced_by_a_free_one(self) -> None:
        with server._listening(0) as first:
            first.listen()
            taken = first.getsockname()[1]
            with server._listening(taken) as second:
                assert second.getsockname()[0] == "127.0.0.1"
                assert second.getsockname()[1] != taken

    def test_this_process_talks_to_the_embedded_server(self, tmp_path: Path) -> None:
        settings = prefect_settings(tmp_path, "http://127.0.0.1:1/api")
        assert settings["PREFECT_API_URL"] == "http://127.0.0.1:1/api"
        assert settings["PREFECT_HOME"] == str(tmp_path)
        assert settings["DO_NOT_TRACK"] == "1"
        assert "NO_PROXY" not in settings

    def test_a_configured_api_keeps_the_users_profile(self, tmp_path: Path) -> None:
        settings = prefect_settings(tmp_path, None, {})
        assert not {"PREFECT_API_URL", "PREFECT_HOME", "NO_PROXY"} & settings.keys()
        assert settings["PREFECT_SERVER_EPHEMERAL_ENABLED"] == "false"

    @pytest.mark.parametrize(
        ("present", "hosts"),
        [
            ({}, "127.0.0.1"),
            ({"NO_PROXY": "one"}, "one,127.0.0.1"),
            ({"NO_PROXY": "one", "no_proxy": "two"}, "two,127.0.0.1"),
            ({"no_proxy": "*"}, None),
        ],
    )
    def test_the_server_is_reached_without_a_proxy(
        self, tmp_path: Path, present: dict[str, str], hosts: str | None
    ) -> None:
        settings = prefect_settings(tmp_path, "http://127.0.0.1:1/api", present)
        assert settings.get("NO_PROXY") == settings.get("no_proxy") == hosts


def listed(words: str) -> list[str]:
    """The processes on whose command line `words` stand."""
    found = subprocess.run(
        ["ps", "-ww", "-eo", "pid=,args="], capture_output=True, text=True, check=True
    )
    return [line for line in found.stdout.splitlines() if words in line]


def children(pid: int) -> list[int]:
    found = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True)
    pairs = [line.split() for line in found.stdout.splitlines()]
    return [int(one) for one, parent in pairs if int(parent) == pid]


@pytest.fixture(scope="module")
def prefect_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("prefect")


@pytest.mark.prefect
def test_prefects_server_answers_and_leaves_nothing(prefect_home: Path) -> None:
    with embedded_server(prefect_home, os.environ) as url:
        assert ask(url) == (200, b"true")
        assert mode(prefect_home / "prefect.db") == 0o600
        (running,) = listed(str(prefect_home / "server.log"))
        parent = int(running.split()[0])
        pids = [parent, *children(parent)]
    assert len(pids) == 2
    assert all_gone(pids)


@pytest.mark.prefect
def test_a_flow_is_recorded_quietly_and_no_result_is_kept(prefect_home: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FLOW, str(prefect_home)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert (done.stdout, done.stderr) == ("main.md\nwords of a document\n", "")
    assert not (prefect_home / "storage").exists()
    database = sqlite3.connect(prefect_home / "prefect.db")
    try:
        count = "SELECT state_type, count(*) FROM {} GROUP BY 1 ORDER BY 1"
        assert database.execute(count.format("flow_run")).fetchall() == [
            ("COMPLETED", 1),
            ("FAILED", 1),
        ]
        assert database.execute(count.format("task_run")).fetchall() == [("COMPLETED", 200)]
    finally:
        database.close()
