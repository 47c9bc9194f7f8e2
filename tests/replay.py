"""Weeks of an invented stream, digested one after the other, and recounted from the stream."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import os
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple
from unittest.mock import patch

from flows.jobs import weekly_digest
from flows.settings import Settings
from flows.stages import run_directly
from flows.weeks import Week
from pipeline.digest_sheet import DigestSheet
from tests.stream import Delivery, Planted


class Spent(NamedTuple):
    """What one week's run took: seconds, of them of the processor, and calls to a model."""

    week: Week
    seconds: float
    processor: float
    stages: dict[str, float]
    calls: int


def settings_for(folder: Path, as_of: dt.date) -> Settings:
    """Return the settings of every run: one store, one outputs folder, no model."""
    return Settings(
        out=str(folder / "outputs"),
        store=str(folder / "store" / "litline.db"),
        engine="extractive",
        as_of=as_of,
        direct=True,
    )


Run = Callable[[Path, Settings], None]


def here(document: Path, settings: Settings) -> None:
    """Read a document and make what is due, in this process."""
    asyncio.run(weekly_digest([str(document)], settings, run_directly))


def digest_week(folder: Path, delivery: Delivery, run: Run = here) -> Spent:
    """Read the listing of a week on the Monday after it, and make what is due."""
    path = folder / "in" / f"{delivery.week}.txt"
    path.parent.mkdir(exist_ok=True)
    path.write_text(delivery.text, encoding="utf-8")
    begun, worked = time.perf_counter(), _worked()
    run(path, settings_for(folder, delivery.week.following.monday))
    seconds, work = time.perf_counter() - begun, _worked() - worked
    report = json.loads((folder / "outputs" / "run.json").read_text(encoding="utf-8"))
    stages = {stage["name"]: float(stage["seconds"]) for stage in report["stages"]}
    return Spent(delivery.week, seconds, work, stages, report["calls"])


def _worked() -> float:
    """Return the seconds that this process and its children have kept a processor busy."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


class Failed(RuntimeError):
    """A week's run broke off."""


def fail_week(folder: Path, delivery: Delivery) -> None:
    """Let the run of a week break off once its documents are stored, before its digest is."""
    with patch("flows.digests.make_digest", side_effect=Failed), suppress(Failed):
        digest_week(folder, delivery)
        raise AssertionError("the run should have broken off")


def written(folder: Path) -> list[DigestSheet]:
    """Return the digests of weeks in the outputs folder, oldest first."""
    files = sorted((folder / "outputs" / "digests").glob("*/digest.json"))
    return [DigestSheet.model_validate_json(file.read_text(encoding="utf-8")) for file in files]


def faults(folder: Path, deliveries: Sequence[Delivery], failed: Iterable[Week]) -> Iterator[str]:
    """Yield what the digests and the stream disagree on; nothing when all is well."""
    sheets = written(folder)
    ids = _ids(folder)
    shown = Counter(id_ for sheet in sheets for id_ in (*sheet.new_papers, *sheet.backlog))
    yield from (f"{id_} is shown {n} times" for id_, n in shown.items() if n != 1)
    planted = [one for delivery in deliveries for one in (*delivery.new, *delivery.late)]
    yield from (f"{one.title} is not shown" for one in planted if ids[one.arxiv_id] not in shown)
    missed = set(failed)
    yield from _weeks(sheets, deliveries)
    yield from _updates(sheets, deliveries, missed)
    for sheet, delivery in zip(sheets, deliveries, strict=True):
        if delivery.week not in missed:
            yield from _week(sheet, delivery, ids, after_failure=_before(delivery.week) in missed)
        yield from _counts(sheet, [one for one in planted if one.date <= sheet.until])


def _updates(
    sheets: Sequence[DigestSheet], deliveries: Sequence[Delivery], missed: set[Week]
) -> Iterator[str]:
    """Count newer versions, but of papers that the same run shows for the first time."""
    made, pending = {}, 0
    for run, delivery in enumerate(deliveries):
        pending = pending if _before(delivery.week) in missed else run
        made[delivery.week] = pending
    wanted = sum(
        made[one.shown] != made[delivery.week]
        for delivery in deliveries
        for one in delivery.versions
    )
    found = sum(one.field == "version" for sheet in sheets for one in sheet.updated)
    if found != wanted:
        yield f"{found} newer versions are told, not {wanted}"


def _before(week: Week) -> Week:
    return Week.of(week.monday - dt.timedelta(weeks=1))


def _ids(folder: Path) -> dict[str, str]:
    """Return the ids of papers by their arXiv ids."""
    found = {}
    for file in (folder / "outputs" / "papers").glob("*.json"):
        paper = json.loads(file.read_text(encoding="utf-8"))["paper"]
        found[paper["arxiv_id"]] = paper["id"]
    return found


def _weeks(sheets: Sequence[DigestSheet], deliveries: Sequence[Delivery]) -> Iterator[str]:
    made = [sheet.week for sheet in sheets]
    wanted = [str(delivery.week) for delivery in deliveries]
    if made != wanted:
        yield f"the weeks are {made}, not {wanted}"


def _week(
    sheet: DigestSheet, delivery: Delivery, ids: dict[str, str], *, after_failure: bool
) -> Iterator[str]:
    """Hold one week against what was delivered; papers of a failed week before it may be there."""
    new = {ids[one.arxiv_id] for one in delivery.new}
    late = {ids[one.arxiv_id] for one in delivery.late}
    newer = {ids[one.arxiv_id] for one in delivery.versions}
    updated = {one.paper for one in sheet.updated if one.field == "version"}
    if set(sheet.new_papers) != new:
        yield f"{sheet.week}: new are {len(sheet.new_papers)} papers, not {len(new)}"
    if not after_failure and set(sheet.backlog) != late:
        yield f"{sheet.week}: {len(sheet.backlog)} older papers, not {len(late)}"
    if not after_failure and updated != newer:
        yield f"{sheet.week}: {len(updated)} newer versions, not {len(newer)}"
    if any(one.order != "stated" for one in sheet.updated if one.field == "version"):
        yield f"{sheet.week}: the order of versions is stated"


def _counts(sheet: DigestSheet, planted: Sequence[Planted]) -> Iterator[str]:
    """Recount what the page prints."""
    words = sheet.short[0].text
    number = len(sheet.new_papers)
    if number and not words.startswith(f"{number} new paper"):
        yield f"{sheet.week}: {number} new papers, but: {words}"
    if sorted(id_ for theme in sheet.themes for id_ in theme.papers) != sorted(sheet.new_papers):
        yield f"{sheet.week}: the themes are not the new papers"
    days = sheet.trend_window
    inside = sum(days.since <= one.date <= days.until for one in planted)
    before = sum(one.date < days.since for one in planted)
    for row in sheet.trends:
        if row.window.of > inside or row.baseline.of > before:
            yield f"{sheet.week}: {row.term} is counted in {row.window.of} and {row.baseline.of}"
