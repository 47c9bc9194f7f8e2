"""All verdicts together: put in force in a sheet, and what of them has to be read again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar

from pipeline.lineage_sheet import LineageSheet
from pipeline.review.carrying import carried, said_on_papers
from pipeline.review.finding import returned
from pipeline.review.rules import Place, Ruling, moved, standing, withdrawn
from pipeline.review.sheets import Sheet, Texts, review_sheet, subject_of
from pipeline.review.undoing import take_back
from pipeline.reviews import Returned, Review

Subject = tuple[str, str]  # schema, subject
_Sheet = TypeVar("_Sheet", bound=Sheet)


class InForce:
    """Verdicts as they stand; `aliases` are ids of papers that another took over."""

    def __init__(self, reviews: Sequence[Review], aliases: Mapping[str, str], texts: Texts) -> None:
        listed = moved(reviews, aliases)
        self.rulings = standing(listed)
        self._withdrawn = withdrawn(listed)
        self._by_sheet: dict[Subject, dict[Place, list[Ruling]]] = {}
        for place, found in self.rulings.items():
            self._by_sheet.setdefault(place[:2], {})[place] = found
        self._said = said_on_papers(self.rulings)
        self._texts = texts

    def subjects(self) -> list[Subject]:
        """Return the sheets that verdicts are about, those taken back included."""
        return list(dict.fromkeys((*self._by_sheet, *self._withdrawn)))

    def apply(self, sheet: _Sheet) -> _Sheet:
        """Return a sheet with the verdicts about it in force, and without those taken back."""
        about = (sheet.schema_, subject_of(sheet))
        sheet = take_back(sheet, self._withdrawn.get(about, ()), self._texts)
        own = self._by_sheet.get(about, {})
        if isinstance(sheet, LineageSheet):
            own = carried(sheet, self._said, own)
        return review_sheet(sheet, own, self._texts) if own else sheet

    def returned(self, sheet: Sheet) -> list[Returned]:
        """Return what was approved on a sheet and lost its sentence since."""
        about = (sheet.schema_, subject_of(sheet))
        own = {place[2]: here for place, here in self._by_sheet.get(about, {}).items()}
        return returned(sheet, own, self._texts)
