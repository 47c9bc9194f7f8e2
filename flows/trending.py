"""The terms of a library over time, for its digests."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from pipeline.digest_sheet import Days, Share, TrendRow
from pipeline.kept import Kept
from pipeline.library import Entry
from pipeline.sheets import Datum
from pipeline.steps.digest import Trends
from pipeline.terms import choose, curated, phrases_of, terms_of
from pipeline.trends import Dated, Trend, TrendWindow, leave_out, trends

_NAMED = ("emerging", "declining", "possible")
_SHOWN_UNKNOWN = 3


class Trending:
    """Counts the terms of every paper once, and tests them for any days."""
