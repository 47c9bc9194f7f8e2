"""Runs one command and ends it, with all that it started, when the parent's pipe closes.

    python -m flows.watcher LOG [FD...] -- COMMAND...

The parent holds the other end of standard input. The system closes it however the parent
ends, `kill -9` included, so nothing that the command started outlives the parent. Only the
standard library is imported, so that this starts in a few hundredths of a second.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

GRACE = 5.0
"""Seconds that a process group has between SIGTERM and SIGKILL."""

_STEP = 0.1
_CANNOT_START = 127


def open_log(path: Path) -> int:
    """A descriptor of the file at `path`, emptied and readable by its owner alone."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND
    log = os.open(path, flags, 0o600)
    os.fchmod(log, 0o600)
    return log


def start(command: Sequence[str], log: int, passed: Sequence[int] = ()) -> subprocess.Popen[bytes]:
    """Start `command` in a session of its own; of our descriptors it gets `passed` only.

    Raises:
        OSError: there is no such program, or it cannot be run.
    """
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        pass_fds=passed,
        start_new_session=True,
        umask=0o077,
    )


def pipe_closed(pipe: int, seconds: float) -> bool:
    """Whether the other end of `pipe` is closed; waits at most `seconds` for it."""
    ready, _, _ = select.select([pipe], [], [], seconds)
    return bool(ready) and not os.read(pipe, 4096)


def wait_for_either(child: subprocess.Popen[bytes], pipe: int) -> bool:
    """Wait until the child ends (True) or `pipe` closes (False)."""
    while child.poll() is None:
        if pipe_closed(pipe, _STEP):
            return False
    return True


def end_group(child: subprocess.Popen[bytes], grace: float = GRACE) -> None:
    """End the child and its whole process group: ask, wait for `grace` seconds, then kill."""
    for number, seconds in ((signal.SIGTERM, grace), (signal.SIGKILL, 1.0)):
        _signal(child.pid, number)
        if _gone(child, seconds):
            return


def watch(command: Sequence[str], log: int, pipe: int, passed: Sequence[int] = ()) -> int:
    """Run `command` until it ends or `pipe` closes, and leave nothing of it.

    Returns its exit status if it ended by itself (128 + the signal's number if a signal ended
    it), 127 if it could not be started, else 0. `log` and `passed` are closed once it runs.
    """
    try:
        child = start(command, log, passed)
    except OSError as error:
        os.write(log, f"{error}\n".encode())
        return _CANNOT_START
    finally:
        for descriptor in (log, *passed):
            os.close(descriptor)
    try:
        ended = wait_for_either(child, pipe)
    finally:
        end_group(child)
    return _status(child.returncode) if ended else 0


def main(arguments: Sequence[str]) -> int:
    """Run the command line: `LOG [FD...] -- COMMAND...`; returns the exit status."""
    split = arguments.index("--")
    log, *passed = arguments[:split]
    # Ctrl-C in a terminal reaches us too, but what it means is for the parent to decide.
    signal.signal(signal.SIGINT, _pass)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _close_input)
    return watch(arguments[split + 1 :], open_log(Path(log)), 0, [int(one) for one in passed])


def _signal(group: int, number: int) -> bool:
    """Send signal `number` (0 only asks) to a process group; False when it is gone."""
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def _gone(child: subprocess.Popen[bytes], seconds: float) -> bool:
    """Whether the child's process group is gone; waits at most `seconds` for it."""
    deadline = time.monotonic() + seconds
    while True:
        # An ended child counts as a member of its group until it is polled.
        child.poll()
        if not _signal(child.pid, 0):
            return True
        if time.monotonic() >= deadline:
            return False
        time.sleep(_STEP / 5)


def _status(code: int) -> int:
    return code if code >= 0 else 128 - code


def _pass(_number: int, _frame: FrameType | None) -> None:
    """Do nothing; unlike SIG_IGN, this is not handed down to the command."""


def _close_input(_number: int, _frame: FrameType | None) -> None:
    """Make standard input look closed, so that a request to end takes the usual way out."""
    with contextlib.suppress(OSError):
        null = os.open(os.devnull, os.O_RDONLY)
        os.dup2(null, 0)
        os.close(null)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
