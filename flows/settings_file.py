"""`litline.toml` as it is written: one name more, and everything else as it was."""

from __future__ import annotations

import os
import secrets
import stat
import tomllib
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import Comment, Table, Whitespace

from pipeline.errors import ConfigError
from pipeline.following import Kind

_KEYS: dict[Kind, str] = {"author": "authors", "topic": "topics", "lineage": "lineages"}


def add_followed(path: Path, kind: Kind, name: str) -> bool:
    """Add a name under `[follow]`, last in its list; return False where it stands there already.

    All other text of the file stays byte for byte; where there is no file, one is made.

    Raises:
        ConfigError: the file cannot be read, understood or written; it is as it was.
    """
    path = path.resolve()  # a link stays a link
    key = _KEYS[kind]
    try:
        before = path.read_bytes().decode("utf-8") if path.exists() else ""
        wanted = tomllib.loads(before)
        names = wanted.setdefault("follow", {}).setdefault(key, [])
        if name in names:
            return False
        names.append(name)
        text = _edited(before, key, name)
    except (OSError, ValueError, AttributeError, TOMLKitError) as error:
        raise ConfigError(f"{path.name} cannot be read, and is not changed: {error}") from error
    if not _is_more(text, before, wanted):
        raise ConfigError(f"{path.name} is not changed; add {name!r} to follow.{key} by hand")
    _write(path, text)
    return True


def _edited(before: str, key: str, name: str) -> str:
    document = tomlkit.parse(before)
    follow: Any = document.setdefault("follow", tomlkit.table())
    if key in follow:
        follow[key].append(name)
    else:
        _add_list(follow, key, name)
    text = tomlkit.dumps(document)
    windows = "\r\n" in before and "\n" not in before.replace("\r\n", "")
    return text.replace("\r\n", "\n").replace("\n", "\r\n") if windows else text


def _add_list(follow: Any, key: str, name: str) -> None:
    """Add a list after the last one, so that a comment above the next table stays there."""
    body = follow.value.body if isinstance(follow, Table) else []
    after: list[Comment | Whitespace] = []
    while body and isinstance(last := body[-1][1], Comment | Whitespace):
        after.append(last)
        body.pop()
    follow[key] = [name]
    for item in reversed(after):
        follow.add(item)


def _is_more(text: str, before: str, wanted: dict[str, Any]) -> bool:
    """Say whether a text says what is wanted, and lost no letter of the one before."""
    try:
        found = tomllib.loads(text)
    except ValueError:
        return False
    rest = iter(text)
    return found == wanted and all(letter in rest for letter in before)


def _write(path: Path, text: str) -> None:
    """Replace the file as a whole, with the rights it had; not one that may not be written."""
    temporary = path.with_name(f".{path.name}-{secrets.token_hex(8)}")
    try:
        rights = stat.S_IMODE(path.stat().st_mode) if path.exists() else None
        if rights is not None and not rights & stat.S_IWUSR:
            raise PermissionError(None, "it is read-only")
        with temporary.open("xb") as file:
            if rights is not None:
                temporary.chmod(rights)
            file.write(text.encode("utf-8"))
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        raise ConfigError(f"{path.name} cannot be written: {error.strerror}") from error
    finally:
        temporary.unlink(missing_ok=True)
