"""`litline.toml` as it is written: one name more, and everything else as it was."""

from __future__ import annotations

import os
import secrets
import tomllib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.items import AbstractTable, Array, Comment, Table, Whitespace

from pipeline.errors import ConfigError
from pipeline.following import Kind

_KEYS: dict[Kind, str] = {"author": "authors", "topic": "topics", "lineage": "lineages"}


def add_followed(path: Path, kind: Kind, name: str) -> bool:
    """Add a name under `[follow]`; return False where it stands there already.

    All other text of the file stays byte for byte; where there is no file, one is made.

    Raises:
        ConfigError: the file cannot be read, understood or written; it is as it was.
    """
    path = path.resolve()  # a link stays a link
    try:
        before = path.read_bytes().decode("utf-8") if path.exists() else ""
        data = tomllib.loads(before)
    except (OSError, ValueError) as error:
        raise ConfigError(f"{path.name} cannot be read, and is not changed: {error}") from error
    names = _names(data, kind, path)
    if name in names:
        return False
    names.append(name)
    text = next(
        (text for text in _attempts(before, kind, name) if _holds(text, data, before)), None
    )
    if text is None:
        key = _KEYS[kind]
        raise ConfigError(f"{path.name} is not changed; add {name!r} to follow.{key} by hand")
    _write(path, text)
    return True


def _names(data: dict[str, Any], kind: Kind, path: Path) -> list[str]:
    """Return the list of names that the data has, or now has, for one kind."""
    table = data.setdefault("follow", {})
    names = table.setdefault(_KEYS[kind], []) if isinstance(table, dict) else None
    if not isinstance(names, list):
        fault = f"follow.{_KEYS[kind]} is no list of names"
        raise ConfigError(f"{path.name} cannot be read, and is not changed: {fault}")
    return names


def _attempts(before: str, kind: Kind, name: str) -> list[str]:
    """Write the name last in its list, or where a comment stands in the way, first."""
    return [_edited(before, _KEYS[kind], name, how) for how in (_last, _first)]


def _edited(before: str, key: str, name: str, put: Callable[[Array, str], None]) -> str:
    document = tomlkit.parse(before)
    if "follow" not in document:
        document["follow"] = tomlkit.table()
    table = document["follow"]
    assert isinstance(table, AbstractTable)  # noqa: S101 - the data has a table there
    names = table.get(key)
    if isinstance(names, Array):
        put(names, name)
    else:
        _add_key(table, key, name)
    text = tomlkit.dumps(document)
    windows = "\r\n" in before and "\n" not in before.replace("\r\n", "")
    return text.replace("\r\n", "\n").replace("\n", "\r\n") if windows else text


def _last(names: Array, name: str) -> None:
    names.append(name)


def _first(names: Array, name: str) -> None:
    names.insert(0, name)


def _add_key(table: AbstractTable, key: str, name: str) -> None:
    """Add a list after the last one, so that a comment above the next table stays there."""
    body = table.value.body if isinstance(table, Table) else []
    after: list[Comment | Whitespace] = []
    while body and isinstance(last := body[-1][1], Comment | Whitespace):
        after.append(last)
        body.pop()
    table[key] = [name]
    for item in reversed(after):
        table.add(item)


def _holds(text: str, data: dict[str, Any], before: str) -> bool:
    """Say whether a text says what it should, in whatever order, and lost nothing."""
    try:
        found = tomllib.loads(text)
    except ValueError:
        return False
    rest = iter(text)
    return _sorted(found) == _sorted(data) and all(letter in rest for letter in before)


def _sorted(data: dict[str, Any]) -> dict[str, Any]:
    follow = {key: sorted(names, key=str) for key, names in data["follow"].items()}
    return data | {"follow": follow}


def _write(path: Path, text: str) -> None:
    """Replace the file as a whole, with the rights it had."""
    temporary = path.with_name(f".{path.name}-{secrets.token_hex(8)}")
    try:
        with temporary.open("xb") as file:
            with suppress(FileNotFoundError):
                temporary.chmod(path.stat().st_mode & 0o777)
            file.write(text.encode("utf-8"))
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        raise ConfigError(f"{path.name} cannot be written: {error.strerror}") from error
    finally:
        temporary.unlink(missing_ok=True)
