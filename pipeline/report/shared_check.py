"""Whether what is made from all sheets, the main page and the feed, says what they say."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from pipeline.report.data_check import data_faults
from pipeline.report.data_files import PAPERS
from pipeline.report.digest_card import DigestCard
from pipeline.report.feed import feed_xml
from pipeline.report.shown import FEED, MAIN, REPORT, Shown, main_page
from pipeline.sheets import RunReport

# Ids are made from the document that was read first, which the outputs do not name.
_ID = re.compile("urn:uuid:[0-9a-f-]{36}")


def shared_faults(root: Path, shown: Shown) -> Iterator[str]:
    """Yield what is wrong with the files that a run makes from all sheets.

    Sheets that no such file lies beside are not what a run left, and need none.
    """
    if any((root / name).is_file() for name in (REPORT, MAIN, PAPERS, FEED)):
        yield from _main_faults(root, shown)
        yield from _feed_faults(root / FEED, shown.digests)


def _main_faults(root: Path, shown: Shown) -> Iterator[str]:
    """Make the main page again, where the report of the run is there that it repeats."""
    try:
        report = RunReport.model_validate_json((root / REPORT).read_bytes())
    except (OSError, ValueError):
        if not (root / MAIN).is_file():
            yield f"{MAIN} is missing"
        return
    yield from data_faults(root / MAIN, main_page(shown, report))


def _feed_faults(path: Path, digests: Sequence[DigestCard]) -> Iterator[str]:
    """Make the feed again, with the ids that it has."""
    if not digests and not path.exists():
        return
    try:
        ids = iter(_ID.findall(path.read_bytes().decode()))
    except (OSError, UnicodeDecodeError):
        ids = iter(())
    expected = _ID.sub(lambda found: next(ids, found[0]), feed_xml(digests, ""))
    yield from data_faults(path, expected)
