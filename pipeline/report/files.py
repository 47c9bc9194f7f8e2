"""The outputs folder: atomic writes, nothing outside it, nothing written that did not change."""

from __future__ import annotations

import json
import os
import secrets
import stat
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from hashlib import sha256
from itertools import chain
from pathlib import Path

from pipeline.errors import ConfigError
from pipeline.report.data_files import BESIDE

_TEMPORARY = ".litline-"
_FOLDERS = (".", "papers", "sources", "lineages", "lineages/*", "digests/*", "briefings/*")


class Outputs:
    """One outputs folder."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @property
    def key(self) -> str:
        """What tells this folder from others in the store: 16 hex of its path's hash."""
        path = str(self.root.resolve()).encode(errors="surrogatepass")
        return sha256(path).hexdigest()[:16]

    def create(self) -> None:
        """Create the folder, so that it can be locked.

        Raises:
            ConfigError: it cannot be created.
        """
        try:
            self.root.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise self._unwritable(error) from error

    def prepare(self) -> None:
        """Try to write in the folder and sweep up what a killed run left; call it under a lock.

        Raises:
            ConfigError: it cannot be written.
        """
        self.create()
        try:
            for place in _FOLDERS:
                self._folder(place.partition("/")[0])
                for stray in self.root.glob(f"{place}/{_TEMPORARY}*"):
                    stray.unlink()
            for folder in (self.root, self._folder("papers"), self._folder("sources")):
                folder.mkdir(exist_ok=True)
                with tempfile.TemporaryFile(dir=folder, prefix=_TEMPORARY):
                    pass
        except OSError as error:
            raise self._unwritable(error) from error

    def _unwritable(self, error: OSError) -> ConfigError:
        return ConfigError(
            f"the outputs folder {self.root} cannot be written: {error.strerror}; "
            "name another with --out"
        )

    def write(self, relative: str, text: str) -> bool:
        """Write a file if its bytes change, so that a reader sees the old or the new one whole.

        Raises:
            ConfigError: the path leads outside the folder, or the disk refuses.
        """
        path = self._inside(relative)
        data = text.encode("utf-8")
        try:
            if path.is_file() and not path.is_symlink() and path.read_bytes() == data:
                return False
            path.parent.mkdir(parents=True, exist_ok=True)
            _replace(path, data)
        except OSError as error:
            raise ConfigError(f"{relative} cannot be written: {error.strerror}") from error
        return True

    def read(self, relative: str) -> str | None:
        """Return a file's text, or None where there is none."""
        try:
            return self._inside(relative).read_text(encoding="utf-8")
        except (OSError, ValueError):  # no text, or a name that no file has
            return None

    def read_exactly(self, relative: str) -> str | None:
        """Return a file's text with its line ends as they are, or None where there is none."""
        try:
            return self._inside(relative).read_bytes().decode("utf-8")
        except (OSError, ValueError):
            return None

    def signatures(self, files: Iterable[str]) -> dict[str, str]:
        """Return, for each of these files that is there, what changes when its bytes do.

        That is size, times and inode; symbolic links are left out.
        """
        root = os.fspath(self.root)
        found = ((file, _signature(f"{root}/{file}")) for file in files)
        return {file: signature for file, signature in found if signature}

    def paper_ids(self) -> list[str]:
        """Return the ids of the papers that have a sheet here, sorted."""
        with os.scandir(self._folder("papers")) as entries:
            found = {one.name[: -len(".json")] for one in entries if one.name.endswith(".json")}
        return sorted(found)

    def remove_papers(self, kept: Iterable[str]) -> list[str]:
        """Remove the sheets of papers that are not among `kept`; return their names, sorted."""
        known = set(kept)
        gone = (self.root / f"papers/{id_}.json" for id_ in self.paper_ids() if id_ not in known)
        return sorted(chain.from_iterable(self._remove(path, "litline/paper") for path in gone))

    def remove_lines(self, kept: Iterable[str]) -> list[str]:
        """Remove the pages of lines that are not among `kept`, by slug; return their names."""
        return self._remove_folders("lineages", "litline/lineage", kept)

    def remove_digests(self, kept: Iterable[str]) -> list[str]:
        """Remove the digests that are not among `kept`, by week or days; return their names."""
        return self._remove_folders("digests", "litline/digest", kept)

    def remove_briefings(self, kept: Iterable[str]) -> list[str]:
        """Remove the briefings that are not among `kept`, by slug; return their names."""
        return self._remove_folders("briefings", "litline/briefing", kept)

    def _remove_folders(self, folder: str, schema: str, kept: Iterable[str]) -> list[str]:
        known = set(kept)
        removed: list[str] = []
        for path in sorted(self._folder(folder).glob(f"*/{schema.rpartition('/')[2]}.json")):
            if path.parent.name in known:
                continue
            removed += self._remove(path, schema)
            with suppress(OSError):  # somebody keeps something of their own there
                path.parent.rmdir()
        return sorted(removed)

    def _remove(self, path: Path, schema: str) -> Iterator[str]:
        """Remove a sheet of a schema with its pages, and yield what was there."""
        if _schema(path) != schema:
            return
        siblings = [path, path.with_suffix(".md"), path.with_suffix(".html")]
        if schema in BESIDE:
            siblings.append(path.with_name(BESIDE[schema]))
        for sibling in siblings:
            if sibling.exists():
                sibling.unlink()
                yield sibling.relative_to(self.root).as_posix()

    def paths(self, pattern: str) -> list[str]:
        """Return the files that a pattern names, in order."""
        return [path.relative_to(self.root).as_posix() for path in sorted(self.root.glob(pattern))]

    def by_folder(self, pattern: str) -> dict[str, str]:
        """Return the files that a pattern such as `digests/*/digest.json` names, by folder."""
        return {path.split("/")[1]: path for path in self.paths(pattern)}

    def remove_sources(self, kept: Iterable[str], known: Iterable[str]) -> list[str]:
        """Remove the sources of `known` documents that are not among `kept`, with their pages."""
        gone = sorted(set(known) - set(kept))
        files = [f"sources/{name}.{ending}" for name in gone for ending in ("html", "txt")]
        removed = [file for file in files if self._inside(file).is_file()]
        for file in removed:
            self._inside(file).unlink()
        return removed

    def _folder(self, name: str) -> Path:
        return self._inside(f"{name}/*").parent

    def _inside(self, relative: str) -> Path:
        path = self.root / relative
        root = self.root.resolve()
        if not path.parent.resolve().is_relative_to(root):
            raise ConfigError(f"{relative!r} leads outside the outputs folder")
        return path


def _signature(path: str) -> str | None:
    try:
        found = os.lstat(path)
    except OSError:
        return None
    times = f"{found.st_mtime_ns} {found.st_ctime_ns}"
    return f"{found.st_size} {times} {found.st_ino}" if stat.S_ISREG(found.st_mode) else None


def _schema(path: Path) -> object:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    return found.get("schema") if isinstance(found, dict) else None


def _replace(path: Path, data: bytes) -> None:
    temporary = path.with_name(f"{_TEMPORARY}{secrets.token_hex(8)}")
    try:
        with temporary.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
