"""What pages with many parts share: links to papers, claims with numbered evidence, documents."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from itertools import groupby
from typing import NamedTuple, Protocol

from pipeline.digest_sheet import Listed
from pipeline.records import Coverage
from pipeline.report import view
from pipeline.sheets import Claim, Dropped

ROOT = "../../"
_UNDATED = "date not stated"


class Linked(NamedTuple):
    """A paper by name; `path` leads to its page, without suffix, and is empty without a page.

    `when` is its date in words, and whether the year is inferred; `dated` is the date alone. `day`
    has no year, and is empty where there is no date.
    """

    label: str
    path: str
    when: str
    dated: str
    day: str


class Covered(NamedTuple):
    """How much of one document is there."""

    document: str
    path: str
    words: str


class _Dated(Protocol):
    """What papers in lists are sorted by."""

    @property
    def date(self) -> dt.date | None: ...
    @property
    def label(self) -> str: ...
    @property
    def paper(self) -> str: ...


class Refused(NamedTuple):
    """A sentence that is not printed, and why; `lead` names each part that it is missing from."""

    lead: str
    text: str
    reason: str


def refused(dropped: Iterable[Dropped], lead: Callable[[str], str]) -> list[Refused]:
    """Return what was dropped, each sentence and reason once; `lead` names a field."""
    leads: dict[tuple[str, str], list[str]] = {}
    for one in dropped:
        leads.setdefault((one.text, one.reason), []).append(lead(one.field))
    return [
        Refused(" and ".join(dict.fromkeys(named)), text, reason)
        for (text, reason), named in leads.items()
    ]


class Names:
    """The papers that a sheet names; one that it does not list goes by its id.

    Only those that are `opened` have a page; None stands for all.
    """

    def __init__(self, listed: Iterable[Listed], opened: Iterable[str] | None = None) -> None:
        self._listed: Mapping[str, Listed] = {one.paper: one for one in listed}
        self._opened = None if opened is None else frozenset(opened)

    def paper(self, id_: str) -> Listed:
        """Return what is listed about a paper."""
        return self._listed.get(id_) or Listed(
            paper=id_, label=id_, authors=None, et_al=False, date=None, year_inferred=False
        )

    def link(self, id_: str) -> tuple[str, str] | None:
        """Return the label and path of a paper; None for one that is not listed."""
        one = self._listed.get(id_)
        return (one.label, self._path(id_)) if one else None

    def __getitem__(self, id_: str) -> Linked:
        one = self.paper(id_)
        return Linked(
            label=one.label,
            path=self._path(id_),
            when=view.human_date(one.date, one.year_inferred) if one.date else _UNDATED,
            dated=view.human_date(one.date) if one.date else _UNDATED,
            day=view.day_and_month(one.date) if one.date else "",
        )

    def _path(self, id_: str) -> str:
        has_page = self._opened is None or id_ in self._opened
        return f"{ROOT}papers/{view.address(id_)}" if has_page else ""


class Citing:
    """Prepares claims for print and numbers their evidence.

    That code computed a claim is left to the stamp to say. A claim that is printed again has no
    id: an address leads to the first.
    """

    def __init__(self) -> None:
        self.references = view.References()
        self._printed: set[str] = set()

    def __call__(self, claim: Claim) -> view.Line:
        """Prepare one claim."""
        line = view.cited(claim, self.references)
        label = "" if line.label == "computed" else line.label
        again = claim.id in self._printed
        self._printed.add(claim.id)
        return line._replace(
            label=label, id="" if again else line.id, based=line.based and not again
        )

    def sentence(self, claim: Claim) -> view.Line:
        """Print what code says as a sentence; the words of a source stay as they are."""
        line = self(claim)
        if claim.kind != "computed":
            return line
        stop = "" if line.text.endswith((".", "!", "?", ".”", "!”", "?”")) else "."
        return line._replace(text=f"{line.text[:1].upper()}{line.text[1:]}{stop}")


def newest_first(one: _Dated) -> tuple[int, str, str]:
    """Order papers by their date, the latest first; undated ones stand last."""
    return -(one.date or dt.date.min).toordinal(), one.label.casefold(), one.paper


def by_year(ordered: Iterable[Listed]) -> list[tuple[str, list[Listed]]]:
    """Group papers that stand newest first under their years."""
    groups = groupby(ordered, key=lambda one: f"{one.date.year}" if one.date else "Date not stated")
    return [(year, list(group)) for year, group in groups]


def covered(coverage: Coverage) -> Covered:
    """Say how much of a document is there, and where its text lies."""
    path = view.source_path(coverage.document, ROOT)
    return Covered(coverage.document, path, view.coverage_words(coverage))
