"""Which edition of the code this is, so that what another one worked out is worked out anew."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from importlib import resources
from importlib.resources.abc import Traversable

_KINDS = (".py", ".json", ".toml", ".md", ".j2", ".css", ".js")
_LEFT_OUT = frozenset({"__pycache__", "samples"})


@cache
def edition() -> str:
    """Return 16 hex of a hash over all code, weights, templates and prompts of the pipeline."""
    digest = sha256()
    for package in ("pipeline", "prompts"):
        for name, file in _files(resources.files(package), package):
            digest.update(name.encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def _files(folder: Traversable, name: str) -> Iterator[tuple[str, Traversable]]:
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        path = f"{name}/{entry.name}"
        if entry.is_dir() and entry.name not in _LEFT_OUT:
            yield from _files(entry, path)
        elif entry.name.endswith(_KINDS):
            yield path, entry
