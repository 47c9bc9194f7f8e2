"""Invented papers in any number, as an arXiv author listing, for measurements."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

_NOUNS = "lanterns kettles harbours violins glaciers beehives looms tides orchards clocks".split()
_VERBS = (
    "sorting steering mending measuring counting folding tuning mapping drying painting".split()
)


def record(number: int) -> str:
    """Return the text of one record; every number gives another paper."""
    noun, verb = _NOUNS[number % 10], _VERBS[number // 10 % 10]
    day = dt.date(2020, 1, 1) + dt.timedelta(days=number % 2000)
    share = 50 + number % 400 / 10
    name = f"Quill-{number}"
    return (
        f"The {verb} of {noun} remains difficult when {number} of them arrive at once. "
        f"Earlier systems treat each arrival alone, which wastes {number % 37 + 3} seconds in "
        f"every minute. We introduce {name}, a planner that looks at {number % 11 + 2} of them. "
        f"Specifically, {name} keeps a short memory of {noun} and revises it after each step. "
        f"It is trained on {number + 1000} recorded mornings without any labels by hand. "
        f"On the Morning-{number % 97} benchmark, {name} reaches {share:.1f}% accuracy, "
        f"{number % 13 + 1}.5 points above the best earlier planner. "
        f"Our study does not cover {verb} at night. "
        f"Code is available at https://example.org/quill/{number}.\n\n"
        f"arXiv:{day:%y%m}.{number % 100000:05d}\nCreated: {day.isoformat()}\n"
    )


def write_listing(path: Path, papers: int) -> Path:
    """Write a listing of so many papers."""
    path.write_text("\n".join(record(number) for number in range(papers)), encoding="utf-8")
    return path
