"""What is run after a digest, for mail or chat: a person's own command, with the digest's paths."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

from flows.progress import reporter

FILES = ("digest.html", "digest.md", "digest.json")
SECONDS = 60
_SECRET = "OPENAI_API_KEY"  # noqa: S105 - the name of it
_SHOWN = 200  # characters
_READ = 4000  # bytes


def versions(root: Path) -> dict[Path, tuple[int, int]]:
    """Return the folders of the digests in an outputs folder, and what tells their versions.

    A file of other bytes is another file (`Outputs.write`).
    """
    files = ((path, path.stat()) for path in root.glob(f"digests/*/{FILES[-1]}"))
    return {path.parent: (found.st_ino, found.st_mtime_ns) for path, found in files}


def deliver(command: str, root: Path, before: Mapping[Path, tuple[int, int]]) -> None:
    """Run a command for each digest that is new or another than before; say where it failed."""
    for folder, version in sorted(versions(root).items()):
        if before.get(folder) != version and (fault := run_after(command, folder)):
            reporter().warn(f"Warning: {fault}. The digest itself is written.")


def run_after(command: str, folder: Path, seconds: float = SECONDS) -> str | None:
    """Run a command with the paths of a folder's digest; return why it failed, None if it did not.

    No shell reads the command. It has nothing to read, no key in its environment, and `seconds` to
    end; then it is stopped, with what it started. Only its name and the last line that it printed
    are ever shown, since the command itself may hold an address that is secret.
    """
    try:
        words = shlex.split(command)
        with tempfile.TemporaryFile() as output:
            return _run(words, [str((folder / name).resolve()) for name in FILES], output, seconds)
    except (OSError, ValueError, IndexError) as error:
        reason = getattr(error, "strerror", None) or error
        return f"the command after the digest cannot be started: {reason}"


def _run(
    words: Sequence[str], paths: Sequence[str], output: IO[bytes], seconds: float
) -> str | None:
    process = subprocess.Popen(
        [*words, *paths],
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        env={name: value for name, value in os.environ.items() if name != _SECRET},
        start_new_session=True,
    )
    name = f"{Path(words[0]).name}, run after the digest,"
    try:
        code = process.wait(seconds)
    except subprocess.TimeoutExpired:
        return f"{name} was stopped after {seconds:g} seconds"
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    return None if code == 0 else f"{name} {_ended(code)}{_last_line(output)}"


def _ended(code: int) -> str:
    return f"ended with exit code {code}" if code > 0 else f"was ended by signal {-code}"


def _last_line(output: IO[bytes]) -> str:
    output.seek(max(output.seek(0, os.SEEK_END) - _READ, 0))
    lines = output.read().decode("utf-8", "replace").split("\n")
    printed = ("".join(filter(str.isprintable, line)).strip() for line in reversed(lines))
    last = next(filter(None, printed), "")
    return f": {last[:_SHOWN]}" if last else ""
