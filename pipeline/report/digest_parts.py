"""What the parts of a digest's page share: links to papers, and claims with numbered evidence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from pipeline.digest_sheet import Listed
from pipeline.report import view
from pipeline.sheets import Claim

ROOT = "../../"
_UNDATED = "date not stated"


class Linked(NamedTuple):
    """A paper by name; `path` leads to its page, without suffix.

    `when` is its date in words, and whether the year is inferred; `dated` is the date alone. `day`
    has no year, and is empty where there is no date.
    """

    label: str
    path: str
    when: str
    dated: str
    day: str


class Names:
    """The papers that a digest names; one that it does not list goes by its id."""

    def __init__(self, listed: Iterable[Listed]) -> None:
        self._listed: Mapping[str, Listed] = {one.paper: one for one in listed}

    def paper(self, id_: str) -> Listed:
        """Return what is listed about a paper."""
        return self._listed.get(id_) or Listed(
            paper=id_, label=id_, authors=None, et_al=False, date=None, year_inferred=False
        )

    def __getitem__(self, id_: str) -> Linked:
        one = self.paper(id_)
        return Linked(
            label=one.label,
            path=f"{ROOT}papers/{view.address(id_)}",
            when=view.human_date(one.date, one.year_inferred) if one.date else _UNDATED,
            dated=view.human_date(one.date) if one.date else _UNDATED,
            day=view.day_and_month(one.date) if one.date else "",
        )


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
        return line._replace(label=label, id="" if again else line.id)
