"""What stands behind claims that are no words of a source: checks that they passed, and counts."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import NamedTuple

from pipeline.grounding import check_claim
from pipeline.report import view
from pipeline.sheets import Claim, Datum
from pipeline.verdicts import LONGEST_SENTENCE, MAY_OVERRULE, MOST_CHARACTERS

_CHECKS = {
    "located": "evidence located",
    "numbers": "numbers",
    "names": "names",
    "order": "order of comparisons",
    "direction": "direction",
    "support": "words shared with the evidence",
}
_MOST = 12  # papers or items that are named
_HOW = {"model": "reworded by the model", "reviewer": "worded by a reviewer"}

Link = Callable[[str], tuple[str, str] | None]
"""Gives the label and the address of a paper's page, without suffix; None for one not listed."""


class Checked(NamedTuple):
    """A reworded claim, how it came about, and which checks it passed."""

    id: str
    text: str
    how: str
    passed: str


class Paper(NamedTuple):
    """A paper that was counted; `path` leads to its page without suffix, if it has one."""

    label: str
    path: str


class Counted(NamedTuple):
    """A claim that code computed: its figures, and the papers counted, `more` of them not named."""

    id: str
    text: str
    figures: list[tuple[str, str]]
    number: str
    papers: list[Paper]
    more: int


class BasisView(NamedTuple):
    """All such claims of a sheet, each once; `summary` counts them."""

    summary: str
    checked: list[Checked]
    counted: list[Counted]


def basis_view(
    claims: Iterable[tuple[str, Claim]], link: Link, *, judged: bool
) -> BasisView | None:
    """Tell what stands behind reworded and computed claims; None where there are none.

    `judged` says that a judge may have overruled a check; then it is tried which ones. None of
    those that may be overruled asks what else is known of a paper.
    """
    listed = list({claim.id: claim for _, claim in claims}.values())
    checked = [_checked(c, judged=judged) for c in listed if c.kind == "derived"]
    counted = [_counted(claim, link) for claim in listed if claim.kind == "computed"]
    if not checked and not counted:
        return None
    numbers = {"reworded": len(checked), "computed": len(counted)}
    summary = ", ".join(f"{number:,} {name}" for name, number in numbers.items() if number)
    return BasisView(summary, checked, counted)


def _checked(claim: Claim, *, judged: bool) -> Checked:
    how, person = _HOW.get(claim.origin, "reworded"), frozenset[str](claim.overruled or ())
    if claim.origin == "reviewer":
        words = ["A person stands for it.", _named("A person overruled", person)]
        return Checked(claim.id, claim.text, how, " ".join(filter(None, words)))
    tried = judged and _is_short(claim)
    judge = _overruled(claim) - person if tried else frozenset[str]()
    doubtful = MAY_OVERRULE if judged and not tried else frozenset[str]()
    words = [
        _named("Passed", _CHECKS.keys() - doubtful - judge - person, ", "),
        _named("A judge let it stand against", judge),
        _named("A person overruled", person),
    ]
    return Checked(claim.id, claim.text, how, " ".join(filter(None, words)))


def _named(lead: str, rules: Collection[str], between: str = " and ") -> str:
    """Name checks after a lead, in their order; empty where there are none."""
    named = between.join(words for rule, words in _CHECKS.items() if rule in rules)
    return f"{lead}: {named}." if named else ""


def _is_short(claim: Claim) -> bool:
    """Whether a claim can be tried again in little time, as all are that a model reworded."""
    longest = max((len(evidence.quote) for evidence in claim.evidence), default=0)
    return len(claim.text) <= MOST_CHARACTERS and longest <= LONGEST_SENTENCE


def _overruled(claim: Claim) -> frozenset[str]:
    """Return the rules that a claim breaks of those that a judge may overrule."""
    quotes = [evidence.quote for evidence in claim.evidence]
    return MAY_OVERRULE & {failure.rule for failure in check_claim(claim.text, quotes)}


def _counted(claim: Claim, link: Link) -> Counted:
    data: Mapping[str, Datum] = claim.data or {}
    ids = data.get("papers")
    papers = ids if isinstance(ids, list) else []
    named = [Paper(*found) for id_ in papers if (found := link(id_))][:_MOST]
    figures = [(name, _shown(value)) for name, value in data.items() if name != "papers"]
    number = f"{view.plural(len(papers), 'paper')} counted" if papers else ""
    return Counted(claim.id, claim.text, figures, number, named, len(papers) - len(named))


def _shown(value: Datum) -> str:
    if not isinstance(value, list):
        return str(value)
    more = f" and {len(value) - _MOST:,} more" if len(value) > _MOST else ""
    return ", ".join(value[:_MOST]) + more
