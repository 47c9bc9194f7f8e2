"""The digests of the library, as the service makes them: in a run of Prefect's, for one week."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from flows import jobs
from flows.dispatch import raise_failures
from flows.pages import REPORT
from flows.progress import reporter
from flows.settings import Settings
from flows.shelves import reading_store
from flows.weeks import Week
from pipeline.errors import PartialError


class LibraryDigests:
    """The digests of the library that the settings name, made from what lies in `watch`."""

    def __init__(self, watch: str, settings: Settings) -> None:
        self._watch = watch
        self._settings = settings

    def stored(self) -> list[str]:
        """Return the weeks of which a digest was made when they had ended."""
        with reading_store(self._settings) as store:
            return store.ended_weeks() if store else []

    async def make(self, week: str) -> Path:
        """Read the folder, write the digest of a week, and return its page.

        What failed is said, and listed on the page; a folder that is gone is one such failure.

        Raises:
            LockHeld: another run is writing to the same outputs.
            ConfigError, BudgetReached: the run stopped; what was finished was written.
        """
        from flows.orchestration import run_as_tasks, show_digest  # noqa: PLC0415 - imports Prefect

        own = {"as_of": self._day(Week.parse(week)), "watch": self._watch}
        settings = self._settings.model_copy(update=own)
        page = await jobs.weekly_digest([self._watch], settings, run_as_tasks, week)
        await show_digest(page)
        try:
            raise_failures(Path(settings.out) / REPORT)
        except PartialError as listed:
            reporter().say(f"{week}: {listed}")
        return page

    def _day(self, week: Week) -> dt.date:
        """Return the day of the settings, at the earliest that after the week's last."""
        return max(self._settings.as_of, week.following.monday)
