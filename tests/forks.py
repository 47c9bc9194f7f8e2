"""Runs the command in forks of one process that has imported all of it, since most are killed soon.

The process reads one order per line, as JSON; for each it prints the id of the fork, and how that
ended once it has.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path


class Forks:
    """Starts the command, one at a time."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.running = 0

    def start(self, folder: Path, arguments: Sequence[str], env: Mapping[str, str]) -> None:
        """Start the command in a folder."""
        assert self._process.stdin is not None
        order = {"folder": str(folder), "arguments": list(arguments), "env": dict(env)}
        self._process.stdin.write(f"{json.dumps(order)}\n")
        self._process.stdin.flush()
        self.running = self._number()

    def kill(self) -> None:
        """Kill what was started last, if it still runs."""
        with suppress(ProcessLookupError):
            os.kill(self.running, signal.SIGKILL)

    def wait(self) -> int:
        """Return the exit code of what was started last, below 0 for a signal."""
        return self._number()

    def _number(self) -> int:
        assert self._process.stdout is not None
        return int(self._process.stdout.readline())


@contextmanager
def forks() -> Iterator[Forks]:
    command = [sys.executable, "-m", "tests.forks"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, text=True, **pipes) as process:  # type: ignore[call-overload]
        yield Forks(process)
        process.stdin.close()


def serve() -> None:
    from flows import jobs  # noqa: F401
    from flows.cli import main

    for line in sys.stdin:
        pid = os.fork()
        if not pid:
            order = json.loads(line)
            os.chdir(order["folder"])
            os.environ.update(order["env"])
            sys.argv = ["litline", *order["arguments"]]
            sys.stdout = sys.stderr
            main()
            sys.exit(0)
        print(pid, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)


if __name__ == "__main__":
    serve()
