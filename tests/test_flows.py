"""How a command reaches the jobs: directly, as a Prefect flow, or directly after all."""

from __future__ import annotations

import datetime as dt
import http.server
import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

import flows
from flows import dispatch, progress, stages
from flows.server import ServerDown
from flows.settings import Settings, load_settings
from pipeline.digest_sheet import DigestSheet
from pipeline.errors import ConfigError, PartialError
from pipeline.samples import sample_files


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.chdir(tmp_path)
    return load_settings(as_of="2026-06-30")


async def test_batches_keep_the_order_of_their_items() -> None:
    async def double(part: Any) -> list[int]:
        return [2 * item for item in part]

    items = list(range(3 * stages.BATCH + 1))
    assert await stages.run_directly("doubling", items, double) == [2 * item for item in items]
    assert await stages.run_directly("doubling", [], double) == []


def test_a_server_that_does_not_come_up_is_named_and_the_run_goes_on(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    @contextmanager
    def down(*_: object, **__: object) -> Iterator[str]:
        raise ServerDown("the port is taken")
        yield ""

    monkeypatch.setattr(dispatch, "embedded_server", down)
    assert dispatch.work("run", sample_files(), settings) == Path("outputs/index.html")
    assert "Running without Prefect: the port is taken." in capsys.readouterr().err


def test_without_prefect_installed_commands_work(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(dispatch, "find_spec", lambda _: None)
    monkeypatch.setitem(sys.modules, "prefect", None)
    assert dispatch.work("run", sample_files(), settings) == Path("outputs/index.html")
    assert "Prefect is not installed" in capsys.readouterr().err


def test_failures_of_a_run_are_raised_after_it(settings: Settings) -> None:
    direct = settings.model_copy(update={"direct": True})
    with pytest.raises(
        PartialError, match=r"1 failed \(see outputs/run\.json\):\n  missing\.txt: no such file"
    ):
        dispatch.work("run", ["missing.txt", *sample_files()], direct)
    assert Path("outputs/index.html").exists()


@pytest.mark.parametrize(
    ("environment", "profile", "expected"),
    [
        ({"PREFECT_API_URL": "http://one/api"}, None, "http://one/api"),
        ({}, None, None),
        ({}, 'active = "a"\n[profiles.a]\nPREFECT_API_URL = "http://two/api"\n', "http://two/api"),
        ({}, 'active = "a"\n[profiles.b]\nPREFECT_API_URL = "http://two/api"\n', None),
        ({"PREFECT_PROFILE": "b"}, '[profiles.b]\nPREFECT_API_URL = "http://b"\n', "http://b"),
        ({}, "active = ", None),
    ],
)
def test_the_configured_api(
    tmp_path: Path, environment: dict[str, str], profile: str | None, expected: str | None
) -> None:
    if profile is not None:
        (tmp_path / "profiles.toml").write_text(profile, encoding="utf-8")
    given = {**environment, "PREFECT_HOME": str(tmp_path)}
    assert dispatch.configured_api(given) == expected


def test_the_api_of_the_home_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".prefect").mkdir()
    text = 'active = "a"\n[profiles.a]\nPREFECT_API_URL = "http://home/api"\n'
    (tmp_path / ".prefect" / "profiles.toml").write_text(text, encoding="utf-8")
    assert dispatch.configured_api({}) == "http://home/api"


def test_a_configured_api_that_does_not_answer_is_said(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:9/api")
    with pytest.raises(ConfigError, match="does not answer"):
        dispatch.work("run", sample_files(), settings)


def test_a_configured_api_is_used(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    class Healthy(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Healthy)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    monkeypatch.setenv("PREFECT_API_URL", f"http://127.0.0.1:{server.server_port}/api")
    monkeypatch.setattr(dispatch, "_as_flow", dispatch._directly)
    monkeypatch.setattr(dispatch, "prefect_settings", lambda *_: {})
    try:
        assert dispatch.work("run", sample_files(), settings) == Path("outputs/index.html")
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_password_in_the_address_of_the_store_is_no_parameter(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LITLINE_STORE", "before")
    address = "postgresql+psycopg://ann:secret@db/litline"
    found = dispatch._parameters(settings.model_copy(update={"store": address}))
    assert found["store"] is None
    assert "secret" not in str(found)
    assert load_settings().store == address
    assert dispatch._parameters(settings)["store"] == settings.store


def test_the_flows_are_loaded_when_first_named() -> None:
    assert flows.__all__ == [
        *("author_briefing", "run", "summarize_papers", "trace_lineage", "weekly_digest"),
    ]
    assert [getattr(flows, name).name for name in flows.__all__] == [
        *("litline-brief", "litline-run", "litline-summarize", "litline-lineage", "litline-digest"),
    ]
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = flows.nothing


class _Terminal:
    """A stderr that says it is a terminal."""

    def __init__(self) -> None:
        self.text = ""

    def isatty(self) -> bool:
        return True

    def write(self, text: str) -> int:
        self.text += text
        return len(text)

    def flush(self) -> None:
        pass


def test_progress_is_a_bar_where_a_person_watches(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = _Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    with progress.reporting(quiet=False) as reporter:
        reporter.start("summaries", 4)
        reporter.advance("summaries", 4)
        reporter.say("[brackets] stay")
    assert "[brackets] stay" in terminal.text


def test_progress_is_plain_lines_otherwise(capsys: pytest.CaptureFixture[str]) -> None:
    with progress.reporting(quiet=False):
        reporter = progress.reporter()
        reporter.start("summaries", 40)
        for _ in range(40):
            reporter.advance("summaries", 1)
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "summaries: 4 of 40"
    assert len(lines) == 10


def test_quiet_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with progress.reporting(quiet=True) as reporter:
        reporter.start("summaries", 1)
        reporter.advance("summaries", 1)
        reporter.say("hidden")
    progress.reporter().say("nobody listens outside of a command")
    assert capsys.readouterr().err == ""


@pytest.mark.prefect
def test_a_command_runs_as_a_flow_and_writes_the_same_bytes(
    settings: Settings, tmp_path: Path
) -> None:
    direct = settings.model_copy(update={"out": "direct", "store": "2.db", "direct": True})
    dispatch.work("trace_lineage", sample_files(), direct)
    command = [sys.executable, "-m", "flows.cli", "lineage", *sample_files()]
    done = subprocess.run(
        [*command, "--out", "flowed", "--as-of", "2026-06-30"],
        env={**os.environ, "PREFECT_HOME": str(tmp_path / "prefect")},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "flowed/index.html\n"
    assert done.stderr.splitlines()[1:] == ["summaries: 18 of 18", "checks: 18 of 18"]
    assert _bytes(tmp_path / "flowed") == _bytes(tmp_path / "direct")
    assert (tmp_path / "prefect").stat().st_mode & 0o777 == 0o700


@pytest.mark.prefect
def test_a_digest_stands_on_the_page_of_its_run(settings: Settings, tmp_path: Path) -> None:
    home = tmp_path / "prefect"
    week = ["--week", "2026-W24", "--as-of", "2026-06-30", "--horizon", "6"]
    done = subprocess.run(
        [sys.executable, "-m", "flows.cli", "digest", *sample_files(), *week],
        env={**os.environ, "PREFECT_HOME": str(home)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "outputs/digests/2026-W24/digest.html\n"
    text = Path("outputs/digests/2026-W24/digest.json").read_text(encoding="utf-8")
    assert DigestSheet.model_validate_json(text).trend_window.since == dt.date(2025, 12, 15)
    with closing(sqlite3.connect(home / "prefect.db")) as database:
        query = "SELECT key, type, data FROM artifact ORDER BY key"
        found = database.execute(query).fetchall()
    assert [row[:2] for row in found] == [
        ("digest-2026-w24", "markdown"),
        ("digest-2026-w24-trends", "table"),
    ]
    assert "# Week 24 of 2026" in found[0][2]


def _bytes(root: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(root)): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file() and path.name not in {"run.json", ".lock"}
    }
