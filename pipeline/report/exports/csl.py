"""Papers as CSL-JSON, which reference managers read."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterable
from typing import Any

from pipeline.report import view
from pipeline.report.exports.wording import key, name_parts, remarks, rendered
from pipeline.sheets import PaperSheet

_TYPE = "article"  # CSL's for preprints and working papers
_FIELDS = frozenset(
    ("id", "type", "title", "author", "issued", "publisher", "number", "URL", "keyword", "note")
)
# Processors take `<i>` and its like for markup, and CSL-JSON has no way to say that it is none.
_TAG = re.compile(r"<(?=[A-Za-z/!?])")


def csl_json(sheets: Iterable[PaperSheet]) -> str:
    """Return a list of items, ending with a newline; an absent field is left out."""
    return json.dumps(list(map(_item, sheets)), indent=2, ensure_ascii=False) + "\n"


def is_csl_json(text: str) -> bool:
    """Whether a text reads back as an export: a list of items of its type, with its fields only."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return isinstance(found, list) and all(map(_is_item, found))


def _is_item(found: object) -> bool:
    return isinstance(found, dict) and found.get("type") == _TYPE and found.keys() <= _FIELDS


def unmarked(text: str) -> str:
    """Return a text on one line in which nothing is markup: `<i>` becomes `‹i>`."""
    return _TAG.sub("‹", rendered(text))


def _item(sheet: PaperSheet) -> dict[str, Any]:
    paper = sheet.paper
    arxiv = unmarked(paper.arxiv_id or "")
    item = {
        "id": key(paper.id),
        "type": _TYPE,
        "title": unmarked(paper.title or ""),
        "author": list(filter(None, map(_name, paper.authors or []))),
        "issued": _issued(paper.date, sheet.details.year_inferred),
        "publisher": "arXiv" if arxiv else None,
        "number": f"arXiv:{arxiv}" if arxiv else None,
        "URL": view.arxiv_url(paper.arxiv_id) if paper.arxiv_id else None,
        "keyword": ", ".join(filter(None, map(unmarked, sheet.details.categories))),
        "note": unmarked("; ".join(remarks(sheet))),
    }
    return {name: value for name, value in item.items() if value}


def _name(name: str) -> dict[str, str]:
    parts = name_parts(name)
    if parts is None:
        whole = unmarked(name)
        return {"literal": whole} if whole else {}
    named = {
        "family": parts.family,
        "given": parts.given,
        "non-dropping-particle": parts.particle,
        "suffix": parts.suffix,
    }
    return {part: value for part, value in named.items() if value}


def _issued(date: dt.date | None, inferred: bool) -> dict[str, Any] | None:
    """Return a date; `circa` is CSL's word for one that is not sure."""
    if date is None:
        return None
    parts = {"date-parts": [[date.year, date.month, date.day]]}
    return {**parts, "circa": True} if inferred else parts
