"""A command of a person's own runs after a digest, and nothing that it does can hurt."""

from __future__ import annotations

import json
import os
import shlex
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from flows.delivery import FILES, Deliveries, run_after
from pipeline.digest_sheet import DigestSheet
from pipeline.report.files import Outputs
from pipeline.store import Store
from tests.digest_sheets import digest, week

WEBHOOK = "https://chat.example.org/hooks/T0/canary"


def python(code: str, *arguments: str) -> str:
    """Return a command that runs some Python."""
    return shlex.join([sys.executable, "-c", code, *arguments])


def told(code: str, *arguments: str, folder: Path, seconds: float = 30) -> str | None:
    return run_after(python(code, *arguments), folder, seconds)


def after_name(reason: str | None) -> str:
    """Return what is said after the name of the command."""
    begin = f"{Path(sys.executable).name}, run after the digest, "
    assert reason is not None
    assert reason.startswith(begin)
    return reason.removeprefix(begin)


def test_it_gets_the_paths_of_the_digest_after_its_own_arguments(tmp_path: Path) -> None:
    folder = tmp_path / "a week" / "2026-W22"
    folder.mkdir(parents=True)
    seen = tmp_path / "seen.json"
    code = "import json, sys; json.dump(sys.argv[2:], open(sys.argv[1], 'w'))"
    assert told(code, str(seen), "two words", 'a "quote"', "$HOME; *", folder=folder) is None
    given, paths = (found := json.loads(seen.read_text()))[:3], found[3:]
    assert given == ["two words", 'a "quote"', "$HOME; *"]
    assert paths == [str(folder / name) for name in FILES]


def test_paths_are_whole_where_the_folder_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    code = "import sys; sys.exit(any(not a.startswith('/') for a in sys.argv[1:]))"
    assert told(code, folder=Path("outputs")) is None


def test_home_is_known_without_a_shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    script = tmp_path / "tell.sh"
    script.write_text("#!/bin/sh\ntouch ~/told\n")
    script.chmod(0o755)
    assert run_after("~/tell.sh", tmp_path) is None
    assert (tmp_path / "told").exists()


def test_an_exit_code_is_told_and_nothing_that_was_printed(tmp_path: Path) -> None:
    code = "import sys; print('/services/T0/SECRET', file=sys.stderr); sys.exit(3)"
    expected = "ended with exit code 3; run it by hand to see what it prints"
    assert after_name(told(code, folder=tmp_path)) == expected


def test_a_signal_is_told(tmp_path: Path) -> None:
    code = "import os, signal; os.kill(os.getpid(), signal.SIGTERM)"
    expected = f"was ended by signal {signal.SIGTERM.value}; run it by hand to see what it prints"
    assert after_name(told(code, folder=tmp_path)) == expected


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        ("/no/such/letterbox -v", "letterbox, run after the digest, cannot be started: No such"),
        ("./plain.txt", "plain.txt, run after the digest, cannot be started: Permission denied"),
        ("'open", "the command after the digest cannot be started: No closing quotation"),
        ("", "the command after the digest cannot be started: "),
        ("mail a\0b", "mail, run after the digest, cannot be started: embedded null byte"),
    ],
)
def test_what_cannot_start_is_told(
    command: str, reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("plain.txt").touch(mode=0o644)
    assert (run_after(command, tmp_path) or "").startswith(reason)


def test_it_is_stopped_in_time_with_what_it_started(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    command = shlex.join(["sh", "-c", f"sleep 600 & echo $! > {shlex.quote(str(pid))}; wait"])
    assert (
        run_after(command, tmp_path, 5) == "sh, run after the digest, was stopped after 5 seconds"
    )
    assert _ends(int(pid.read_text()))


def _ends(pid: int) -> bool:
    """Wait until a process has ended; it may still wait to be forgotten."""
    for _ in range(500):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        status = Path(f"/proc/{pid}/stat")
        with suppress(OSError):
            if status.read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        time.sleep(0.02)
    return False


def test_what_it_leaves_running_is_not_waited_for(tmp_path: Path) -> None:
    code = (
        "import subprocess, sys, pathlib\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        "pathlib.Path(sys.argv[1]).write_text(str(child.pid))\n"
    )
    pid = tmp_path / "pid"
    try:
        assert told(code, str(pid), folder=tmp_path) is None
    finally:
        os.kill(int(pid.read_text()), signal.SIGKILL)


@pytest.mark.parametrize("name", ["OPENAI_API_KEY", "LITLINE_STORE", "PREFECT_API_AUTH_STRING"])
def test_it_sees_no_key(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "sk-canary")
    monkeypatch.setenv("MAIL_HOST", "mail.example.org")
    code = (
        "import os, sys\n"
        "seen = 'sk-canary' in os.environ.values()\n"
        "sys.exit(seen or os.environ['MAIL_HOST'] != 'mail.example.org')"
    )
    assert told(code, folder=tmp_path) is None
    assert os.environ[name] == "sk-canary"


def test_it_has_nothing_to_read(tmp_path: Path) -> None:
    own = os.dup(0)
    there, here = os.pipe()
    os.write(here, b"typed by a person")
    os.close(here)
    os.dup2(there, 0)
    try:
        assert told("import sys; sys.exit(sys.stdin.read() != '')", folder=tmp_path) is None
    finally:
        os.dup2(own, 0)
        os.close(own)
        os.close(there)


def test_a_secret_in_the_command_is_not_shown(tmp_path: Path) -> None:
    assert "canary" not in (told("raise SystemExit(1)", WEBHOOK, folder=tmp_path) or "")
    assert "canary" not in (run_after(f"/no/such/curl {WEBHOOK}", tmp_path) or "")
    slow = told("import time; time.sleep(600)", WEBHOOK, folder=tmp_path, seconds=0.2)
    assert after_name(slow) == "was stopped after 0.2 seconds"


def test_nothing_of_it_is_printed(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    code = "import sys; print('out'); print('err', file=sys.stderr)"
    assert told(code, folder=tmp_path) is None
    assert capfd.readouterr() == ("", "")


def _write(root: Path, *sheets: DigestSheet) -> None:
    for sheet in sheets:
        folder = root / "digests" / sheet.name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "digest.json").write_text(sheet.model_dump_json())


def test_it_runs_once_for_each_digest_that_is_new_or_another(tmp_path: Path, store: Store) -> None:
    seen = tmp_path / "seen"
    code = "import sys; open(sys.argv[1], 'a').write(sys.argv[-1].split('/')[-2] + '\\n')"
    deliveries = Deliveries(python(code, str(seen)), Outputs(tmp_path), store)
    first, second = week(), digest(week="2031-W23")
    _write(tmp_path, first, second)
    deliveries.deliver([first])
    deliveries.deliver([first, second])
    assert seen.read_text().splitlines() == ["2031-W22", "2031-W23"]
    changed = first.model_copy(update={"first": not first.first})
    _write(tmp_path, changed)
    Deliveries(python(code, str(seen)), Outputs(tmp_path), store).deliver([changed, second])
    assert seen.read_text().splitlines() == ["2031-W22", "2031-W23", "2031-W22"]


def test_each_failure_is_said_and_tried_again_by_the_next_run(
    tmp_path: Path, store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    digests = [week(), digest(week="2031-W23")]
    _write(tmp_path, *digests)
    for _ in range(2):
        Deliveries("/no/such/letterbox", Outputs(tmp_path), store).deliver(digests)
        assert capsys.readouterr().err == 2 * (
            "Warning: letterbox, run after the digest, cannot be started: No such file or "
            "directory. The digest itself is written.\n"
        )
