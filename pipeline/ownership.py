"""Whose figure and whose finding: which paper each part of a sentence speaks of."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from pipeline.derivations import Given, follows
from pipeline.mentions import mentions, name_key
from pipeline.numbers import Finding, printed_quantities
from pipeline.quantities import POINTS, Quantity, printed
from pipeline.wording import content


class Owned(NamedTuple):
    """A readable sentence of a paper, and the paper's id."""

    paper: str
    text: str


class _Spot(NamedTuple):
    """Where a text names a paper; offsets are start inclusive, end exclusive."""

    paper: str
    name: str
    start: int
    end: int


Owners = Mapping[str, str]  # the paper that owns a name, by the name's key


def owners(names: Mapping[str, Sequence[str]]) -> Owners:
    """Map keys of names to papers; a name that several papers have belongs to none."""
    found: dict[str, set[str]] = {}
    for paper, forms in names.items():
        for form in forms:
            found.setdefault(name_key(form)[0], set()).add(paper)
    return {key: min(papers) for key, papers in found.items() if len(papers) == 1}


def _spots(text: str, known: Owners) -> list[_Spot]:
    """List where a text names papers, with names that look like none in it left out."""
    found = [_Spot(known[m.key], m.text, m.start, m.end) for m in mentions(text) if m.key in known]
    taken = [(spot.start, spot.end) for spot in found]
    words = re.compile(r"[^\W_][\w.+-]*(?: \d+(?:\.\d+)*\b)?")
    for word in words.finditer(text):
        key = name_key(word[0].rstrip("."))[0]
        inside = any(start < word.end() and word.start() < end for start, end in taken)
        if key in known and not inside and word[0][0].isupper():
            found.append(_Spot(known[key], word[0], *word.span()))
    return sorted(found, key=lambda spot: spot.start)


# --- Figures -------------------------------------------------------------------------------

_BETWEEN = re.compile(
    r"\b(?:above|below|over|than|ahead|behind|compared|versus|against|from|beyond|points|gap"
    r"|outperforms?|surpass\w*|exceeds?|beats?|trails?)\b",
    re.IGNORECASE,
)
_RIVAL = re.compile(
    r"\b(?:above|below|than|over|behind|against|versus|with|to|by|outperforms|surpasses|beats"
    r"|exceeds|trails)\s+(?:the\s+)?(?:\w+\s+)?$"
)
_OF = re.compile(r"[^.;,]{0,24}?\b(?:for|by|of|from|with|in)\s+(?:the\s+)?(?:\w+\s+)?$")
_BREAK = re.compile(r"[.;]\s|\b(?:while|whereas|but)\b")


def _holders(quantity: Quantity, text: str, spots: list[_Spot]) -> set[str]:
    """Say which papers a figure of a text speaks of; empty where it names none nearby."""
    start, end = _clause(text, quantity)
    here = [spot for spot in spots if start <= spot.start < end]
    before = [spot for spot in here if spot.end <= quantity.start]
    before = [spot for spot in before if not _RIVAL.search(text[: spot.start])] or before
    after = [spot for spot in here if spot.start >= quantity.end]
    if after and _OF.fullmatch(text[quantity.end : after[0].start]):
        return {after[0].paper}
    if quantity.unit == POINTS or _between(text, quantity, after):
        return {spot.paper for spot in [*before[-1:], *after[:1]]}
    nearest = before[-1:] or after[:1]
    return {spot.paper for spot in nearest}


def _clause(text: str, quantity: Quantity) -> tuple[int, int]:
    """Find the clause around a figure: from one contrast or full stop to the next."""
    breaks = [found.end() for found in _BREAK.finditer(text)]
    start = max((at for at in breaks if at <= quantity.start), default=0)
    return start, min((at for at in breaks if at > quantity.end), default=len(text))


def _between(text: str, quantity: Quantity, after: list[_Spot]) -> bool:
    """Say whether a figure compares what comes before it with the name after it."""
    between = text[quantity.end : after[0].start] if after else ","
    return not re.search(r"[,\d]", between) and bool(_BETWEEN.search(between))


def misplaced_figures(claim: str, evidence: Sequence[Owned], known: Owners) -> Iterator[Finding]:
    """Find figures of a readable claim that the evidence gives to another paper only."""
    spots = _spots(claim, known)
    for quantity in printed_quantities(claim):
        papers = _holders(quantity, claim, spots) or _only(spots)
        if papers and not _given_to(papers, quantity, claim, evidence, known):
            whose = ", ".join(sorted(_givers(quantity, claim, evidence, known)))
            names = ", ".join(dict.fromkeys(s.name for s in spots if s.paper in papers))
            yield quantity.text, _message(quantity, names, whose)


def _only(spots: list[_Spot]) -> set[str]:
    """Return the paper that a claim names, if it is one."""
    papers = {spot.paper for spot in spots}
    return papers if len(papers) == 1 else set()


def _message(quantity: Quantity, names: str, whose: str) -> str:
    held = f"the evidence gives it to paper {whose}" if whose else "no evidence gives it to anyone"
    return f"{printed(quantity)} is said of {names}, but {held}."


def _given_to(
    papers: set[str], quantity: Quantity, claim: str, evidence: Sequence[Owned], known: Owners
) -> bool:
    """Say whether a figure occurs, or follows, among those that the evidence gives to papers."""
    given = [_figures_of(papers, owned, known) for owned in evidence]
    texts = "\n".join(owned.text for owned in evidence if owned.paper in papers)
    return follows(quantity, claim, Given(texts, [q for found in given for q in found]))


def _givers(quantity: Quantity, claim: str, evidence: Sequence[Owned], known: Owners) -> set[str]:
    """List the papers to which the evidence gives a figure."""
    ids = {owned.paper for owned in evidence}
    return {i for i in ids if _given_to({i}, quantity, claim, evidence, known)}


def _figures_of(papers: set[str], owned: Owned, known: Owners) -> list[Quantity]:
    """List the figures of a sentence that speak of papers; those of nobody are its own paper's."""
    spots = _spots(owned.text, known)
    return [
        quantity
        for quantity in printed_quantities(owned.text)
        if papers & (_holders(quantity, owned.text, spots) or {owned.paper})
    ]


# --- Findings ------------------------------------------------------------------------------

_CUT = re.compile(r"[.;]\s+|,?\s+\b(?:while|whereas|but|and)\b\s+|,\s+")
_MARGIN = 0.34  # how much better another paper must support a clause, as a share of its words


def misplaced_names(claim: str, evidence: Sequence[Owned], known: Owners) -> Iterator[Finding]:
    """Find names of a readable claim whose clause is about what another paper says."""
    for clause in _CUT.split(claim):
        spots = _spots(clause, known)
        papers = {spot.paper for spot in spots}
        if len(papers) != 1:
            continue
        own = _supported(clause, [o.text for o in evidence if _speaks_of(o, papers, known)], spots)
        rest = [(_supported(clause, [o.text], spots), o.paper) for o in evidence
                if not _speaks_of(o, papers, known)]  # fmt: skip
        best, paper = max(rest, default=(0.0, ""))
        if best >= 0.5 and best - own >= _MARGIN:
            name = spots[0].name
            yield name, f"The evidence says this of paper {paper}, not of {name}."
        elif not any(_speaks_of(owned, papers, known) for owned in evidence):
            yield spots[0].name, f"{spots[0].name} is a paper's name of which no evidence is given."


def _speaks_of(owned: Owned, papers: set[str], known: Owners) -> bool:
    """Say whether a sentence is of one of the papers or names one of them."""
    return owned.paper in papers or any(s.paper in papers for s in _spots(owned.text, known))


def _supported(clause: str, texts: list[str], spots: list[_Spot]) -> float:
    """Return the share of a clause's content words, names aside, that texts hold, 0 to 1."""
    named = {word for spot in spots for word in content(spot.name)}
    words = [word for word in content(clause) if word not in named]
    if len(words) < 2:
        return 1.0 if texts else 0.0
    there = {word for text in texts for word in content(text)}
    return sum(word in there for word in words) / len(words)
