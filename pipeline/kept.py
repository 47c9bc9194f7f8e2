"""What code works out of a text, kept in the store so that it is worked out once.

A value holds for one basis, such as the version of the rules; under another it is worked out anew,
and a row that does not fit its type counts as missing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Generic, TypeVar

from pydantic import TypeAdapter, ValidationError

from pipeline.store import Store, StoredValue

T = TypeVar("T")


class Kept(Generic[T]):
    """Values of one kind, by key; new ones are written by `save`."""

    def __init__(self, store: Store, kind: str, adapter: TypeAdapter[T]) -> None:
        self._store = store
        self._kind = kind
        self._adapter = adapter
        self._known: dict[str, StoredValue] = {}
        self._new: dict[str, StoredValue] = {}
        self._primed = False

    def prime(self, keys: Sequence[str]) -> None:
        """Read the values of many keys at once."""
        missing = [key for key in keys if key not in self._known]
        self._known |= self._store.worked_out(self._kind, missing)

    def prime_all(self) -> None:
        """Read all values at once, if that was not done yet."""
        if not self._primed:
            self._known = self._store.worked_out(self._kind) | self._known
            self._primed = True

    def get(self, key: str, basis: str) -> T | None:
        """Return a value that was primed or put, if it holds for the basis."""
        row = self._known.get(key)
        if row is None or row.basis != basis:
            return None
        try:
            return self._adapter.validate_json(row.value)
        except ValidationError:
            return None

    def put(self, key: str, basis: str, value: T) -> None:
        """Take a value; it is written by the next `save`."""
        text = self._adapter.dump_json(value).decode()
        self._known[key] = self._new[key] = StoredValue(self._kind, key, basis, text)

    def save(self) -> None:
        """Write what was put since the last time.

        Raises:
            StoreError: the store cannot be written.
        """
        self._store.save_worked_out(self._new.values())
        self._new = {}
