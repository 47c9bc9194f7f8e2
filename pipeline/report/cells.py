"""Cells of CSV tables, none of which a spreadsheet runs as a formula."""

from __future__ import annotations

import re

from pipeline.report.view import seen

BETWEEN = "; "  # values of one cell

# Where a spreadsheet may begin a cell: at its start, and at a semicolon where that parts cells.
_FORMULA = re.compile(r"(^|;)(\s*)(?=[=+\-@＝＋－＠])")


def one_line(text: str) -> str:
    """Return a text on one line, without characters that a reader cannot see."""
    return " ".join(seen(text).split())


def cell(text: str) -> str:
    """Return a text on one line that no spreadsheet runs: an apostrophe stands before a formula."""
    return _FORMULA.sub(r"\1\2'", one_line(text))
