"""What to open first: at most five of the new papers, chosen by code, with four slots each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.digest_sheet import Opened, ReadFirst
from pipeline.issue import Issue
from pipeline.scribe import Scribe
from pipeline.sheets import Claim, PaperSheet

MOST_OPENED = 5
_FOLLOWED, _NEXT_STEP, _FIGURE, _CODE = 5, 4, 3, 1  # what speaks for reading a paper first
_NO_FIGURE, _NO_BENCHMARK = -2, -1  # and against


class Opener:
    """Chooses papers of an issue, and fills the slots of each."""

    def __init__(self, issue: Issue, scribe: Scribe) -> None:
        self._issue = issue
        self._scribe = scribe
        self._new = issue.new

    def read_first(self) -> list[ReadFirst]:
        """Choose at most five of the new papers, by the sum of the weights of what speaks for them.

        Of equal sums, the newer paper comes first.
        """
        found = [(id_, list(self._reasons(id_))) for id_ in self._new]
        found.sort(key=lambda one: -sum(weight for _, weight in one[1]))
        return [
            ReadFirst(paper=id_, reasons=[words for words, _ in sorted(reasons, key=_heaviest)])
            for id_, reasons in found[:MOST_OPENED]
        ]

    def _reasons(self, paper: str) -> Iterator[tuple[str, int]]:
        """Yield the reasons for and against a paper, with their weights."""
        for interest in self._issue.interests:
            if paper in interest.papers:
                yield f"followed {interest.kind}: {interest.name}", _FOLLOWED
        for line in self._issue.lines:
            if any(step.paper == paper for step in line.steps):
                yield f"next step of a line in your library: {line.name}", _NEXT_STEP
        yield from self._strength(self._issue.sheets.get(paper))

    def _strength(self, sheet: PaperSheet | None) -> Iterator[tuple[str, int]]:
        if sheet is None:
            return
        lacks = {lack for claim in sheet.summary.results for lack in claim.lacks or ()}
        whole = any(not claim.lacks for claim in sheet.summary.results)
        if sheet.figures and whole:
            yield "a figure with its benchmark", _FIGURE
        elif sheet.paper.id in self._issue.silent:
            yield "the abstract gives no figure", _NO_FIGURE
        elif "benchmark" in lacks:
            yield "the result names no benchmark", _NO_BENCHMARK
        if any(release.released and "code" in release.kinds for release in sheet.releases):
            yield "code released", _CODE

    def opened(self, chosen: ReadFirst) -> Opened:
        """Fill the four slots of a paper."""
        sheet = self._issue.sheets.get(chosen.paper)
        lead = sheet.summary.lead if sheet else None
        new = self._scribe.again("new", lead) if lead else None
        result = _result(sheet, new)
        good = [words for words, weight in self._reasons(chosen.paper) if weight > 0]
        number = len(self._new)
        plain = "the only new paper" if number == 1 else f"one of {number:,} new papers"
        reasons = "; ".join(good) or plain
        text = f"{reasons[0].upper()}{reasons[1:]}."
        why = self._scribe.computed("why", text, {"papers": [chosen.paper], "reasons": reasons})
        return Opened(
            paper=chosen.paper,
            new=new,
            result=self._scribe.again("result", result) if result else None,
            gap=self._gap(chosen.paper, sheet, result),
            code=self._code(chosen.paper, sheet),
            why=why,
        )

    def _gap(self, paper: str, sheet: PaperSheet | None, result: Claim | None) -> Claim | None:
        """Say what a reviewer will miss first: an abstract, a figure, a benchmark."""
        gaps = ["the abstract gives no figure"] * (paper in self._issue.silent)
        gaps += ["this result names no benchmark"] * ("benchmark" in _lacks(result))
        if sheet is None or not sheet.details.wordings:
            gaps = ["no document gives an abstract"]
        return self._scribe.computed("gap", "; ".join(gaps), {"papers": [paper]}) if gaps else None

    def _code(self, paper: str, sheet: PaperSheet | None) -> Claim | None:
        """Say what is released, by the papers' own words or by the badge of a page."""
        if sheet is None:
            return None
        if sheet.summary.artefacts:
            return self._scribe.again("code", sheet.summary.artefacts[0])
        for release in sheet.releases:
            kinds = ", ".join({"model": "models"}.get(kind, kind) for kind in release.kinds)
            text = f"{kinds}: {'released' if release.released else 'promised'}"
            return self._scribe.computed("code", text, {"papers": [paper]}, [release.evidence])
        if sheet.details.has_code is None:
            return None
        badge = "a code badge" if sheet.details.has_code else "no code badge"
        return self._scribe.computed("code", f"the page shows {badge}", {"papers": [paper]})


def _result(sheet: PaperSheet | None, new: Claim | None) -> Claim | None:
    """Return the first result that is not said above, of those that lack least."""
    said = new.evidence if new else []
    found = [claim for claim in sheet.summary.results if claim.evidence != said] if sheet else []
    return min(found, key=lambda claim: len(_lacks(claim)), default=None)


def _lacks(claim: Claim | None) -> Sequence[str]:
    return (claim.lacks if claim else None) or ()


def _heaviest(reason: tuple[str, int]) -> int:
    return -reason[1]
