"""The folder of an export, and the list in it that tells our own files from a person's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Literal

from pydantic import Field

from pipeline.errors import ConfigError, UsageError
from pipeline.records import Frozen
from pipeline.report.files import Outputs

LIST = ".litline.json"


class Written(Frozen):
    """What exports wrote into a folder: SHA-256 by path."""

    schema_: Literal["litline/export"] = Field("litline/export", alias="schema")
    version: Literal[1] = 1
    files: dict[str, str]


def write_notes(folder: Outputs, notes: Mapping[str, str]) -> None:
    """Write the files of an export, and remove those of earlier ones that it does not make.

    A file is removed only if it is listed and still as it was written. Where no list is left,
    nothing is.

    Raises:
        UsageError: a file of somebody else lies where one of ours would.
        ConfigError: the folder cannot be written.
    """
    before = _listed(folder)
    if before is not None:
        _require_ours(folder, notes.keys() - before.keys())
    made = {path: _hash(text) for path, text in notes.items()}
    # Listed first, so that an export that was killed leaves no file that the next one disowns.
    _list(folder, {**(before or {}), **made})
    _remove(folder, {path: hash_ for path, hash_ in (before or {}).items() if path not in made})
    for path, text in notes.items():
        folder.write(path, text)
    _list(folder, made)


def _listed(folder: Outputs) -> dict[str, str] | None:
    try:
        return Written.model_validate_json(folder.read(LIST) or "").files
    except ValueError:
        return None


def _list(folder: Outputs, files: Mapping[str, str]) -> None:
    written = Written(files=dict(sorted(files.items())))
    folder.write(LIST, written.model_dump_json(indent=2) + "\n")


def _require_ours(folder: Outputs, new: Iterable[str]) -> None:
    for path in sorted(new):
        if (folder.root / path).exists():
            raise UsageError(
                f"{folder.root / path} was not written by litline, and a note of the export would "
                "take its place; move or rename it"
            )


def _remove(folder: Outputs, files: Mapping[str, str]) -> None:
    """Remove files that are as they were written, by hash."""
    for path, written in sorted(files.items()):
        text = folder.read(path)
        if text is not None and _hash(text) == written:
            try:
                (folder.root / path).unlink()
            except OSError as error:
                raise ConfigError(f"{path} cannot be removed: {error.strerror}") from error


def _hash(text: str) -> str:
    return sha256(text.encode()).hexdigest()
