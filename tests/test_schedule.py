"""Time zones and cron lines: which are taken, what they mean, and what a wrong one is told."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch
from zoneinfo import ZoneInfo

import pytest

from flows.schedule import Cron, find_zone, in_words, machine_zone, read_cron
from flows.server import prefect_settings
from flows.weeks import due_week, weeks_between
from pipeline.errors import UsageError

BERLIN = ZoneInfo("Europe/Berlin")
UTC = dt.UTC
MOMENT = dt.datetime(2026, 5, 27, 12, tzinfo=UTC)
MONDAYS = "0 9 * * MON"


@pytest.fixture(autouse=True)
def quiet_prefect(tmp_path: Path) -> Iterator[None]:
    """Reading a cron line imports Prefect, which reads its settings then."""
    with patch.dict(os.environ, prefect_settings(tmp_path, None)):
        yield


def due_times(cron: Cron, first: dt.datetime, count: int) -> list[dt.datetime]:
    found: list[dt.datetime] = []
    for _ in range(count):
        found.append(cron.following(first))
        first = found[-1].astimezone(UTC) + dt.timedelta(minutes=1)
    return found


def test_a_zone_goes_by_its_name() -> None:
    assert find_zone("Asia/Tokyo", {"TZ": "Europe/Berlin"}).key == "Asia/Tokyo"


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("Europe/Berln", "did you mean Europe/Berlin"),
        ("Berlin", r"did you mean Europe/Berlin\?"),
        ("europe/berlin", "did you mean Europe/Berlin"),
        ("New York", r"did you mean America/New_York\?"),
        ("Mars/Base", "write it as Europe/Berlin"),
        ("", "write it as Europe/Berlin"),
        ("../localtime", "write it as Europe/Berlin"),
    ],
)
def test_an_unknown_zone_is_refused_and_the_nearest_named(name: str, near: str) -> None:
    with pytest.raises(UsageError, match=f"is not known; {near}") as refused:
        find_zone(name, {})
    assert repr(name) in str(refused.value)


def test_without_a_name_the_zone_is_that_of_the_machine(tmp_path: Path) -> None:
    link = tmp_path / "localtime"
    zones = tmp_path / "zoneinfo" / "America"
    zones.mkdir(parents=True)
    (zones / "New_York").touch()
    link.symlink_to(zones / "New_York")
    assert machine_zone({}, link) == "America/New_York"
    assert machine_zone({"TZ": ":Europe/Paris"}, link) == "Europe/Paris"
    assert machine_zone({"TZ": f":{link}"}, tmp_path / "missing") == "America/New_York"
    assert machine_zone({}, tmp_path / "missing") == "UTC"
    assert find_zone(None, {"TZ": "Europe/Paris"}).key == "Europe/Paris"


@pytest.mark.parametrize("named", ["CET-1CEST", "/a/copy"])
def test_a_machine_whose_zone_has_no_name_must_be_told_one(named: str) -> None:
    with pytest.raises(UsageError, match=f"'{named}' is no name; give one by --timezone"):
        find_zone(None, {"TZ": named})


@pytest.mark.parametrize(
    "line", ["", "x", "0 9 * *", "60 9 * * *", "0 9 * * 8", "0 9 * * MON; rm", "0 9 * * Montag"]
)
def test_a_malformed_cron_line_is_refused(line: str) -> None:
    with pytest.raises(UsageError, match="is no cron line; write minute, hour, day"):
        read_cron(line, BERLIN, MOMENT)


@pytest.mark.parametrize("line", ["0 9 30 2 *", "0 9 31 4,6,9,11 *"])
def test_a_cron_line_that_never_comes_is_refused(line: str) -> None:
    with pytest.raises(UsageError, match="never comes; there is no such date"):
        read_cron(line, BERLIN, MOMENT)


def test_a_rare_date_is_waited_for() -> None:
    cron = read_cron("0 9 29 2 *", BERLIN, MOMENT)
    assert cron.following(MOMENT) == dt.datetime(2028, 2, 29, 9, tzinfo=BERLIN)
    assert cron.latest(MOMENT) == dt.datetime(2024, 2, 29, 9, tzinfo=BERLIN)


def test_due_times_before_and_after_a_moment() -> None:
    cron = read_cron(MONDAYS, BERLIN, MOMENT)
    before, after = (dt.datetime(2026, 5, day, 9, tzinfo=BERLIN) for day in (25, 18))
    following = dt.datetime(2026, 6, 1, 9, tzinfo=BERLIN)
    assert (cron.latest(MOMENT), cron.following(MOMENT)) == (before, following)
    assert (cron.latest(before), cron.following(before)) == (before, before)
    assert cron.latest(before - dt.timedelta(seconds=1)) == after


@pytest.mark.parametrize("first", [dt.datetime(2026, 3, 15), dt.datetime(2026, 10, 11)])
@pytest.mark.parametrize("zone", [BERLIN, ZoneInfo("America/New_York"), ZoneInfo("Asia/Tokyo")])
def test_nine_oclock_stays_nine_oclock_when_the_clocks_change(
    first: dt.datetime, zone: ZoneInfo
) -> None:
    due = due_times(read_cron(MONDAYS, zone, MOMENT), first.replace(tzinfo=UTC), 5)
    assert {(at.astimezone(zone).weekday(), at.astimezone(zone).hour) for at in due} == {(0, 9)}
    weeks = [due_week(at, zone) for at in due]
    assert len(set(weeks)) == 5
    assert weeks == [weeks[0], *weeks_between(weeks[0], weeks[-1])]


@pytest.mark.parametrize("change", [dt.datetime(2027, 3, 26), dt.datetime(2026, 10, 23)])
def test_a_time_that_is_skipped_or_comes_twice_is_due_once_a_week(change: dt.datetime) -> None:
    cron = read_cron("30 2 * * SUN", BERLIN, MOMENT)
    start = change.replace(tzinfo=UTC)
    due = {cron.following(start + dt.timedelta(days=7 * n)) for n in range(3)}
    assert len({due_week(at, BERLIN) for at in due}) == len(due) == 3


def test_every_monday_around_week_53_has_a_week_of_its_own() -> None:
    cron = read_cron(MONDAYS, BERLIN, MOMENT)
    due = due_times(cron, dt.datetime(2026, 12, 27, tzinfo=UTC), 3)
    weeks = [str(due_week(at, BERLIN)) for at in due]
    assert weeks == ["2026-W52", "2026-W53", "2027-W01"]


def test_prefect_is_given_the_line_and_the_zone() -> None:
    rule = read_cron(MONDAYS, BERLIN, MOMENT).rule()
    assert rule.model_dump() | {"cron": MONDAYS, "timezone": "Europe/Berlin"} == rule.model_dump()


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("0 9 * * MON", "every Monday at 09:00"),
        ("5 14 * * 7", "every Sunday at 14:05"),
        ("5 14 * * 0", "every Sunday at 14:05"),
        ("30 6 * * *", "every day at 06:30"),
        ("0 9 1 * MON", "cron 0 9 1 * MON"),
        ("*/5 * * * *", "cron */5 * * * *"),
    ],
)
def test_simple_lines_are_said_in_words(line: str, words: str) -> None:
    assert in_words(line) == Cron(line, BERLIN).words == words
