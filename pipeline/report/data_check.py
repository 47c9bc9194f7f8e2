"""Whether the data beside the pages are what their sheets say."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pipeline.report.cards import Card, card_of
from pipeline.report.data_files import PAPERS, papers_csv
from pipeline.sheets import PaperSheet


def data_faults(path: Path, text: str) -> Iterator[str]:
    """Compare a file of data with what it should hold."""
    try:
        same = path.read_bytes() == text.encode()
    except OSError:
        yield f"{path.name} is missing"
        return
    if not same:
        yield f"{path.name} says something else; litline run writes it anew"


def papers_faults(root: Path) -> Iterator[str]:
    """Compare the data of all papers, where there is a page that leads to them."""
    index = root / "index.html"
    led = index.is_file() and f'href="{PAPERS}"'.encode() in index.read_bytes()
    if led or (root / PAPERS).is_file():
        yield from data_faults(root / PAPERS, papers_csv(_cards(root / "papers")))


def _cards(folder: Path) -> Iterator[Card]:
    """Read the sheets of papers; those that cannot be read are faults of their own."""
    for path in sorted(folder.glob("*.json")):
        try:
            yield card_of(PaperSheet.model_validate_json(path.read_bytes()))
        except (OSError, ValueError, RecursionError):
            continue
