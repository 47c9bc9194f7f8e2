"""An invented stream of weekly listings: repeats, new versions, papers that arrive late."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from random import Random
from typing import NamedTuple

from flows.weeks import Week
from tests.benchmarks.papers import record

FIRST = Week(2025, 1)
_HEADS = "Ar Bel Cor Dun El Far Gor Hal Ix Jor Kel Lun Mor Nal Or Pel Qua Ril Sor Tem".split()
_TAILS = "Net Former Vis LM Bot Seg Mem Nav Diff Clip Graph Chain Flow Cast Loom Field".split()
_STEMS = [f"{h}{m}{t}" for h in _HEADS for m in map(str.lower, _HEADS) for t in _TAILS]
_NEXT = (
    "We introduce {own}, which builds upon {other} and keeps its decoder.",
    "We present {own}, the successor of {other}, for long inputs.",
)
_BESIDE = (
    "{own} outperforms {other} by 3.1 points on Morning-7.",
    "We employ {other} as the encoder of {own}.",
)


class Planted(NamedTuple):
    """A paper of the stream; `shown` is the week whose listing has it first."""

    arxiv_id: str
    title: str
    date: dt.date
    shown: Week
    words: str


class Delivery(NamedTuple):
    """What one week brings: its listing, and of the papers in it which are new and which newer."""

    week: Week
    text: str
    new: list[Planted]
    late: list[Planted]
    versions: list[Planted]
    repeats: list[Planted]


def stream(weeks: int, papers: int, seed: int = 7) -> Iterator[Delivery]:
    """Yield a listing of so many records for each week.

    One record in twenty repeats an earlier one as it was, one in twenty is a later version with a
    date, one in twenty is of a paper one to nine weeks old; the rest is dated in the week. One
    paper in eight continues an earlier one, two in eight name one.
    """
    chance = Random(seed)
    writer = _Writer(chance)
    known: list[Planted] = []
    week = FIRST
    for _ in range(weeks):
        delivery = Delivery(week, "", [], [], [], [])
        records = []
        for at in range(papers):
            draw = chance.random() if known else 1.0
            if draw < 0.10:
                one = known.pop(chance.randrange(len(known)))  # each comes back once at most
                day = week.monday + dt.timedelta(days=chance.randrange(7))
                later = day if draw < 0.05 else None
                (delivery.versions if later else delivery.repeats).append(one)
                records.append(_printed(one, later))
                continue
            back = chance.randrange(1, 10) if draw < 0.15 else 0
            one = writer.paper(week, week.monday + dt.timedelta(days=at % 7, weeks=-back))
            (delivery.late if back else delivery.new).append(one)
            records.append(_printed(one, None))
        known += [*delivery.new, *delivery.late]
        yield delivery._replace(text="\n\n".join(records))
        week = week.following


class _Writer:
    """Writes papers, each under a name that no other has."""

    def __init__(self, chance: Random) -> None:
        self._chance = chance
        self._stems = iter(_STEMS)
        self._named: list[str] = []
        self._open: list[tuple[str, int]] = []
        self._count = 0

    def paper(self, week: Week, date: dt.date) -> Planted:
        """Return a new paper."""
        own, said = self._name()
        number = self._count
        self._count += 1
        self._named.append(own)
        words, _, _ = record(number).partition("\n\narXiv:")
        words = words.replace(f"Quill-{number}", own) + said
        title = f"{own}: A Study of {number} Mornings"
        return Planted(f"{date:%y%m}.{number:05d}", title, date, week, words)

    def _name(self) -> tuple[str, str]:
        chance, own = self._chance, next(self._stems)
        if self._open and chance.random() < 1 / 8:
            stem, version = self._open.pop(chance.randrange(len(self._open)))
            own, other = f"{stem} {version + 1}", f"{stem} {version}"
            if version < 4:
                self._open.append((stem, version + 1))
            return own, " " + chance.choice(_NEXT).format(own=own, other=other)
        if chance.random() < 1 / 10:
            self._open.append((own, 1))
            return f"{own} 1", ""
        if self._named and chance.random() < 1 / 4:
            other = chance.choice(self._named)
            return own, " " + chance.choice(_BESIDE).format(own=own, other=other)
        return own, ""


def _printed(paper: Planted, updated: dt.date | None) -> str:
    changed = f" Updated: {updated.isoformat()}" if updated else ""
    return (
        f"{paper.title}\nAuthor {paper.arxiv_id[-3:]}, Author {int(paper.arxiv_id[-3:]) * 7}\n\n"
        f"{paper.words}\n\narXiv:{paper.arxiv_id}\nCreated: {paper.date.isoformat()}{changed}"
    )
