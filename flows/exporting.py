"""`litline export --to`: what an outputs folder says of papers, for other programs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import typer

from flows.settings import Settings
from pipeline.errors import ConfigError, PartialError, UsageError
from pipeline.report.exports.bibtex import bibtex
from pipeline.report.exports.collection import Collection, read_collection, read_papers
from pipeline.report.exports.csl import csl_json
from pipeline.report.exports.lines import json_lines
from pipeline.report.exports.obsidian import HOME, MARK, listed_notes, vault
from pipeline.report.exports.table import csv_table
from pipeline.report.files import Outputs
from pipeline.sheets import PaperSheet

FILES: dict[str, Callable[[Iterable[PaperSheet]], str]] = {
    "bibtex": bibtex,
    "csl": csl_json,
    "csv": csv_table,
    "jsonl": json_lines,
}
FOLDER = "obsidian"


def export_papers(to: str, form: str, settings: Settings) -> None:
    """Write the papers of an outputs folder to a file or, for Obsidian, into a folder.

    Raises:
        UsageError: no such format or outputs folder, no papers, or no place to write to.
        ConfigError: the place cannot be written.
        PartialError: some sheets could not be read; the others were written.
    """
    if form not in FILES and form != FOLDER:
        raise UsageError(f"there is no format {form!r}; choose from {', '.join([*FILES, FOLDER])}")
    root, target = Path(settings.out), Path(to)
    if not root.is_dir():
        raise UsageError(f"there is no folder {root}; run litline first, or name another")
    _check_place(target, root)
    if form == FOLDER:
        collection = _some(read_collection(root), root)
        _write_folder(target, vault(collection))
    else:
        collection = _some(read_papers(root), root)
        _write_file(target, FILES[form](collection.papers))
    typer.echo(str(target))
    _finish(collection.unread)


def _check_place(target: Path, root: Path) -> None:
    """Keep exports out of the outputs, which hold only what `check` can read back."""
    try:
        inside = target.resolve().is_relative_to(root.resolve())
    except (OSError, ValueError, RuntimeError) as error:
        raise UsageError(f"{str(target)!r} is no path that can be written to") from error
    if inside:
        raise UsageError(f"{target} lies inside the outputs folder {root}; name a place outside it")


def _some(collection: Collection, root: Path) -> Collection:
    if not collection.papers and not collection.unread:
        raise UsageError(f"there are no papers in {root}; run litline first, or name another")
    return collection


def _write_file(target: Path, text: str) -> None:
    if target.is_dir():
        raise UsageError(f"{target} is a folder; name a file")
    Outputs(target.parent).write(target.name, text)


def _write_folder(target: Path, notes: dict[str, str]) -> None:
    if target.exists() and not target.is_dir():
        raise UsageError(f"{target} is a file; name a folder")
    outputs = Outputs(target)
    if not _is_ours(outputs):
        raise UsageError(f"{target} holds files that litline did not write; name an empty folder")
    outputs.create()
    _remove(target, set(listed_notes(outputs.read(HOME) or "")) - notes.keys())
    for path, text in notes.items():
        outputs.write(path, text)


def _is_ours(outputs: Outputs) -> bool:
    """Say whether a folder is free: it is missing or empty, or was written by an earlier export."""
    try:
        if not outputs.root.is_dir() or not any(outputs.root.iterdir()):
            return True
    except OSError as error:
        raise ConfigError(f"{outputs.root} cannot be read: {error.strerror}") from error
    return (outputs.read(HOME) or "").startswith(f"{MARK}\n")


def _remove(folder: Path, notes: Iterable[str]) -> None:
    """Remove notes of an earlier export that this one does not make."""
    for path in (folder / note for note in sorted(notes)):
        if path.is_file() and path.resolve().is_relative_to(folder.resolve()):
            try:
                path.unlink()
            except OSError as error:
                raise ConfigError(f"{path} cannot be removed: {error.strerror}") from error


def _finish(unread: list[str]) -> None:
    for fault in unread:
        typer.echo(f"failed: {fault}", err=True)
    if unread:
        files = "1 file" if len(unread) == 1 else f"{len(unread)} files"
        raise PartialError(f"{files} could not be read; the others were exported")
