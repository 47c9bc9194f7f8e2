"""Papers with their summaries as JSON Lines: each line is a whole sheet, evidence and all."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

from pipeline.sheets import PaperSheet

# What would part lines, turn their direction, or hide; a program reads the same text either way.
_UNSEEN = re.compile(
    "[\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ud800-\udfff\ufdd0-\ufdef\ufeff\uffa0\ufff0-\uffff"
    "\U000e0000-\U000e0fff]"
)


def json_lines(sheets: Iterable[PaperSheet]) -> str:
    """Return one line per paper, each `papers/<paper-id>.json` again, character for character."""
    return "".join(map(_line, sheets))


def is_json_lines(text: str) -> bool:
    """Whether a text reads back as an export: a sheet of a paper on each line."""
    return all(map(_is_sheet, text.splitlines()))


def _is_sheet(line: str) -> bool:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return False
    return isinstance(found, dict) and found.get("schema") == "litline/paper"


def _line(sheet: PaperSheet) -> str:
    line = json.dumps(_data(sheet), ensure_ascii=False, separators=(",", ":"))
    return _UNSEEN.sub(lambda found: json.dumps(found[0])[1:-1], line) + "\n"


def _data(sheet: PaperSheet) -> object:
    return sheet.model_dump(mode="json", by_alias=True)
