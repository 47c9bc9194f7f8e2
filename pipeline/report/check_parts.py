"""What the checks of sheets about many papers share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from pathlib import Path

from pipeline.digest_sheet import Listed
from pipeline.sheets import PaperSheet
from pipeline.verdicts import known_of


def twice(names: Iterable[str]) -> list[str]:
    """Return the names that stand more than once."""
    return [name for name, number in Counter(names).items() if number > 1]


def known(ids: Collection[str], listed: Iterable[Listed], papers: Path) -> str:
    """Return what may be known of papers beside their sentences, one item per line.

    `papers` is the folder of their pages.
    """
    facts = [line for one in listed if one.paper in ids for line in _facts(one)]
    pages = (page_of(id_, papers) for id_ in sorted(ids))
    return "\n".join([*facts, *(known_of(page.paper) for page in pages if page)])


def _facts(one: Listed) -> list[str]:
    day = [one.date.isoformat()] if one.date else []
    return [one.label, *(one.authors or ()), *day]


def page_of(id_: str, papers: Path) -> PaperSheet | None:
    """Return the sheet of a paper; None where it has gone, as other sheets stay without it."""
    if Path(id_).name != id_:
        return None
    try:
        return PaperSheet.model_validate_json((papers / f"{id_}.json").read_bytes())
    except (OSError, ValueError):
        return None
