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
_SECRETS = frozenset({"OPENAI_API_KEY", "LITLINE_API_KEY", "PREFECT_API_KEY"})
_SHOWN = 200  # characters
_READ = 4000  # bytes
_TELLING = 8  # characters of an argument that may be a secret


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

    No shell reads the command; `~` is the home folder. It has nothing to read, no key of Litline
    in its environment, and `seconds` to end; then it is stopped, with what it started. Only its
    name and the last line that it printed are ever shown, without the arguments that it was given,
    since an address of mail or chat may be secret.
    """
    name = "the command after the digest"
    try:
        words = [os.path.expanduser(word) for word in shlex.split(command)]  # noqa: PTH111
        name = f"{Path(words[0]).name}, run after the digest,"
        with tempfile.TemporaryFile() as output:
            code = _run(
                [*words, *(str((folder / one).resolve()) for one in FILES)], output, seconds
            )
            return f"{name} {_ended(code)}{_last_line(output, words[1:])}" if code else None
    except subprocess.TimeoutExpired:
        return f"{name} was stopped after {seconds:g} seconds"
    except (OSError, ValueError, IndexError) as error:
        reason = getattr(error, "strerror", None) or error
        return f"{name} cannot be started: {reason}"


def _run(words: Sequence[str], output: IO[bytes], seconds: float) -> int:
    process = subprocess.Popen(
        words,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        env={name: value for name, value in os.environ.items() if name not in _SECRETS},
        start_new_session=True,
    )
    try:
        return process.wait(seconds)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _ended(code: int) -> str:
    return f"ended with exit code {code}" if code > 0 else f"was ended by signal {-code}"


def _last_line(output: IO[bytes], arguments: Sequence[str]) -> str:
    output.seek(max(output.seek(0, os.SEEK_END) - _READ, 0))
    lines = output.read().decode("utf-8", "replace").split("\n")
    printed = ("".join(filter(str.isprintable, line)).strip() for line in reversed(lines))
    last = next(filter(None, printed), "")
    for argument in sorted(arguments, key=len, reverse=True):
        if len(argument) >= _TELLING:
            last = last.replace(argument, "…")
    return f": {last[:_SHOWN]}" if last else ""
