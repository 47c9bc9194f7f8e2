"""What is run after a digest, for mail or chat: a person's own command, with the digest's paths."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
from collections.abc import Iterable, Sequence
from hashlib import sha256
from pathlib import Path

from pydantic import TypeAdapter

from flows.progress import reporter
from pipeline.digest_sheet import DigestSheet
from pipeline.kept import Kept
from pipeline.report.files import Outputs
from pipeline.store import Store

FILES = ("digest.html", "digest.md", "digest.json")
SECONDS = 60
_OURS = ("OPENAI_", "LITLINE_", "PREFECT_")  # keys, and addresses with passwords


class Deliveries:
    """Runs a command once for each digest of an outputs folder, as it is."""

    def __init__(self, command: str, outputs: Outputs, store: Store) -> None:
        self._command = command
        self._root = outputs.root
        self._kept = Kept(store, f"delivered {outputs.key}", TypeAdapter(bool))

    def deliver(self, digests: Iterable[DigestSheet]) -> None:
        """Run the command for digests that are new or other than before; say where it fails.

        Where it fails, the next run that makes the digest tries again.
        """
        for digest in digests:
            folder = self._root / "digests" / digest.name
            version = sha256((folder / FILES[-1]).read_bytes()).hexdigest()
            self._kept.prime([digest.name])
            if self._kept.get(digest.name, version) is not None:
                continue
            fault = run_after(self._command, folder)
            if fault:
                reporter().warn(f"Warning: {fault}. The digest itself is written.")
            else:
                self._kept.put(digest.name, version, value=True)
        self._kept.save()


def run_after(command: str, folder: Path, seconds: float = SECONDS) -> str | None:
    """Run a command with the paths of a folder's digest; return why it failed, None if it did not.

    No shell reads the command; `~` is the home folder. It has nothing to read, nothing of Litline's
    settings in its environment, and `seconds` to end; then it is stopped, with what it started.
    What it prints is not shown, since an address of mail or chat may be secret.
    """
    name = "the command after the digest"
    try:
        words = [os.path.expanduser(word) for word in shlex.split(command)]  # noqa: PTH111
        name = f"{Path(words[0]).name}, run after the digest,"
        code = _run([*words, *(str((folder / one).resolve()) for one in FILES)], seconds)
        return f"{name} {_ended(code)}; run it by hand to see what it prints" if code else None
    except subprocess.TimeoutExpired:
        return f"{name} was stopped after {seconds:g} seconds"
    except (OSError, ValueError, IndexError) as error:
        reason = getattr(error, "strerror", None) or error
        return f"{name} cannot be started: {reason}"


def _run(words: Sequence[str], seconds: float) -> int:
    process = subprocess.Popen(
        words,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={name: value for name, value in os.environ.items() if not name.startswith(_OURS)},
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
