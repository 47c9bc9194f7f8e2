"""`litline export --to`: what an outputs folder says of papers, for other programs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

import typer

from flows.settings import Settings
from pipeline.database import store_folder
from pipeline.errors import ConfigError, PartialError, UsageError
from pipeline.report.exports.bibtex import bibtex, is_bibtex
from pipeline.report.exports.collection import Collection, read_collection, read_papers
from pipeline.report.exports.csl import csl_json, is_csl_json
from pipeline.report.exports.folder import write_notes
from pipeline.report.exports.lines import is_json_lines, json_lines
from pipeline.report.exports.obsidian import HOME, MARK, vault
from pipeline.report.exports.table import csv_table, is_csv_table
from pipeline.report.files import Outputs
from pipeline.sheets import PaperSheet


class Form(NamedTuple):
    """How a format is written, and whether a text is an earlier export in it."""

    write: Callable[[Iterable[PaperSheet]], str]
    is_ours: Callable[[str], bool]


FILES = {
    "bibtex": Form(bibtex, is_bibtex),
    "csl": Form(csl_json, is_csl_json),
    "csv": Form(csv_table, is_csv_table),
    "jsonl": Form(json_lines, is_json_lines),
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
    _check_place(target, root, settings.store)
    if form == FOLDER:
        collection = _some(read_collection(root), root)
        _write_folder(target, vault(collection))
    else:
        _require_free(target, form)
        collection = _some(read_papers(root), root)
        Outputs(target.parent).write(target.name, FILES[form].write(collection.papers))
    typer.echo(str(target))
    _finish(collection.unread)


def _check_place(target: Path, root: Path, store: str) -> None:
    """Keep exports out of the outputs, which hold only what `check` can read back, and the store.

    Raises:
        UsageError: the place lies in one of them, or is none.
    """
    try:
        if _lies_in(target, root):
            raise UsageError(
                f"{target} lies inside the outputs folder {root}; name a place outside it"
            )
        kept = store_folder(store)
        # A store may lie in the folder that one works in, which is then no folder of its own.
        if kept and not _lies_in(Path.cwd(), kept) and _lies_in(target, kept):
            raise UsageError(f"{target} lies in the store's folder {kept}; name a place outside it")
    except (OSError, ValueError, RuntimeError) as error:
        raise UsageError(f"{str(target)!r} is no path that can be written to") from error


def _lies_in(path: Path, folder: Path) -> bool:
    """Whether a path, or what it links to, is a folder or lies below it."""
    places = (path.resolve(), path.parent.resolve() / path.name)
    return any(place.is_relative_to(folder.resolve()) for place in places)


def _some(collection: Collection, root: Path) -> Collection:
    if not collection.papers and not collection.unread:
        raise UsageError(f"there are no papers in {root}; run litline first, or name another")
    return collection


def _require_free(target: Path, form: str) -> None:
    """Refuse to replace anything but an earlier export of the same format, or an empty file.

    Raises:
        UsageError: something else is there.
    """
    if target.is_dir():
        raise UsageError(f"{target} is a folder; name a file")
    try:
        text = target.read_bytes().decode() if target.is_file() else None
    except (OSError, UnicodeDecodeError):
        text = None
    known = text is not None and (not text or FILES[form].is_ours(text))
    if not known and (target.exists() or target.is_symlink()):
        raise UsageError(
            f"{target} is there and no earlier export as {form}; name another file, or remove it"
        )


def _write_folder(target: Path, notes: dict[str, str]) -> None:
    if target.exists() and not target.is_dir():
        raise UsageError(f"{target} is a file; name a folder")
    outputs = Outputs(target)
    if not _is_ours(outputs):
        raise UsageError(f"{target} holds files that litline did not write; name an empty folder")
    outputs.create()
    write_notes(outputs, notes)


def _is_ours(outputs: Outputs) -> bool:
    """Say whether a folder is free: it is missing or empty, or was written by an earlier export."""
    try:
        if not outputs.root.is_dir() or not any(outputs.root.iterdir()):
            return True
    except OSError as error:
        raise ConfigError(f"{outputs.root} cannot be read: {error.strerror}") from error
    return (outputs.read(HOME) or "").startswith(f"{MARK}\n")


def _finish(unread: list[str]) -> None:
    for fault in unread:
        typer.echo(f"failed: {fault}", err=True)
    if unread:
        files = "1 file" if len(unread) == 1 else f"{len(unread)} files"
        raise PartialError(f"{files} could not be read; the others were exported")
