"""Numbers as texts print them."""

from __future__ import annotations

import re

_NUMBER = re.compile(r"(?<!\d)\d{1,3}(?:,\d{3})+(?:\.\d+)?(?!\d)|\d+(?:\.\d+)?")


def printed_numbers(text: str) -> set[float]:
    """Return the numbers of a text without sign or unit; `1,000` is one thousand."""
    return {float(found.replace(",", "")) for found in _NUMBER.findall(text)}
