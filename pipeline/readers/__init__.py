"""The registry of document formats: one file each, tried in this order, recognised by content."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import NamedTuple

from pipeline.errors import DocumentError
from pipeline.readers import listing, paper, profile
from pipeline.records import Reading

VERSION = 2
"""Raised with any change of what a reader makes of a text, so that stored texts are read again."""


class Reader(NamedTuple):
    """One document format."""

    name: str
    looks_for: str
    recognises: Callable[[str], bool]
    read: Callable[[str, dt.date], Reading]


READERS = (
    Reader("author profile", profile.LOOKS_FOR, profile.recognises, profile.read),
    Reader("arXiv author listing", listing.LOOKS_FOR, listing.recognises, listing.read),
    Reader("single paper", paper.LOOKS_FOR, paper.recognises, paper.read),
)


def read_text(text: str, as_of: dt.date) -> Reading:
    """Read a clean text with the first reader that recognises it.

    A date printed without a year gets the latest year that does not lie after `as_of`.

    Raises:
        DocumentError: no reader recognises the text; the message says what each looked for.
    """
    for reader in READERS:
        if reader.recognises(text):
            return reader.read(text, as_of)
    tried = "; ".join(f"{reader.name} ({reader.looks_for})" for reader in READERS)
    raise DocumentError(f"no reader recognises it; tried: {tried}")
