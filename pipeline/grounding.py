"""Whether a claim is grounded in its evidence: six rules, each necessary and none sufficient."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from pipeline.acquaintance import known_names, shortened, unknown_names
from pipeline.bounds import turned_bounds, turned_trends
from pipeline.direction import exchanged_sides, turned_directions, turned_prefixes
from pipeline.labels import relabelled, traded_figures
from pipeline.languages import foreign_words
from pipeline.mentions import mentions
from pipeline.negation import changed_denials
from pipeline.numbers import complement_clauses, printed_quantities, unfounded_numbers
from pipeline.ownership import Owned, misplaced_figures, misplaced_names, owners
from pipeline.promises import kept_promises
from pipeline.roles import exchanged, reversed_comparisons
from pipeline.text import normalise
from pipeline.wording import (
    addresses,
    content,
    content_words,
    meaning,
    readable,
    some,
    stem,
    tokens,
)

RULES_VERSION = 4
SUPPORT = 0.5  # the share of content words that the evidence must hold, inclusive


class Failure(NamedTuple):
    """A rule that a claim breaks, the words that break it, and what was expected instead.

    `rule` is `located`, `numbers`, `names`, `order`, `direction` or `support`.
    """

    rule: str
    token: str
    message: str


class _Case(NamedTuple):
    """A claim and what it must rest on, all of it readable text."""

    claim: str
    evidence: str
    metadata: str


_Rule = Callable[[_Case], Iterator[Failure]]


def check_claim(text: str, evidence: list[str], metadata: str = "") -> list[Failure]:
    """Check a claim against its evidence sentences.

    Args:
        text: the claim, one or more sentences; LaTeX allowed.
        evidence: the sentences that it rests on, in any order.
        metadata: title, names, authors and date of the paper, one per line. It may satisfy names
            and dates, never other numbers.

    Returns:
        What fails, in the order of the rules; empty when the claim is grounded.
    """
    source = readable("\n\n".join(evidence))
    case = _Case(shortened(readable(text), source), source, readable(metadata))
    if not case.evidence:
        return [Failure("located", "", "The claim names no evidence; at least one sentence must.")]
    return [failure for rule in _RULES for failure in rule(case)]


def check_owned(
    text: str, evidence: list[tuple[str, str]], names: dict[str, list[str]]
) -> list[Failure]:
    """Check a claim that spans papers: the six rules, and whose each figure and finding is.

    Args:
        text: the claim; LaTeX allowed.
        evidence: the sentences that it rests on, each with the id of its paper.
        names: what papers call their own work, by paper id; papers without evidence may be among
            them, and naming one of those is a failure unless a sentence does so too.

    Returns:
        What fails; another paper's figure as `numbers`, its finding or name as `names`.
    """
    cited = {paper for paper, _ in evidence}
    allowed = "\n".join(name for paper in sorted(cited) for name in names.get(paper, ()))
    failures = check_claim(text, [sentence for _, sentence in evidence], allowed)
    if any(failure.rule == "located" and not failure.token for failure in failures):
        return failures
    claim, known = readable(text), owners(names)
    owned = [Owned(paper, readable(sentence)) for paper, sentence in evidence]
    tried = (("numbers", misplaced_figures), ("names", misplaced_names))
    seen = {(failure.rule, failure.token) for failure in failures}
    return failures + [
        Failure(rule, token, message)
        for rule, find in tried
        for token, message in find(claim, owned, known)
        if (rule, token) not in seen
    ]


# --- Located -------------------------------------------------------------------------------

_QUOTED = re.compile(r"“([^“”]+)”|\"([^\"]+)\"|«([^«»]+)»|(?<![\w'])'([^']+)'(?!\w)")
_GAP = re.compile(r"\s*(?:\[?(?:\.\.\.|…)\]?)\s*")


def _located(case: _Case) -> Iterator[Failure]:
    """Find words in quotation marks that are not in the evidence, and such of another language.

    The latter must not be left to `support`: names and numbers alone could carry their sentence.
    """
    if foreign := foreign_words(case.claim, f"{case.evidence} {case.metadata}"):
        message = f"The claim is not in the language of the evidence: {some(foreign)}."
        yield Failure("located", ", ".join(foreign), message)
    source = f" {normalise(case.evidence)} "
    for found in _QUOTED.finditer(case.claim):
        quoted = next(filter(None, found.groups()))
        pieces = [piece for piece in _GAP.split(quoted) if piece]
        if not all(p in case.evidence or f" {normalise(p)} " in source for p in pieces):
            message = f"The words “{quoted}” are in quotation marks but not in the evidence."
            yield Failure("located", quoted, message)


# --- Numbers and names ---------------------------------------------------------------------


def _numbers(case: _Case) -> Iterator[Failure]:
    found = [*unfounded_numbers(case.claim, case.evidence, case.metadata)]
    for find in (relabelled, traded_figures):
        found = found or [*find(case.claim, case.evidence)]
    for token, message in found:
        yield Failure("numbers", token, message)


def _names(case: _Case) -> Iterator[Failure]:
    known = known_names(f"{case.evidence}\n{case.metadata}".strip())
    for mention in unknown_names(case.claim, known):
        there = some(m.text for m in mentions(case.evidence))
        message = f"{mention.text} is not named in the evidence; the names there: {there}."
        yield Failure("names", mention.text, message)
    known_ones = addresses(case.evidence) + addresses(case.metadata)
    for address in addresses(case.claim):
        if not any(f"{other}/".startswith(f"{address}/") for other in known_ones):
            yield Failure("names", address, f"The address {address} is not in the evidence.")


# --- Order and direction --------------------------------------------------------------------


def _order(case: _Case) -> Iterator[Failure]:
    """Find names around a comparison, or in each other's place, that were exchanged."""
    findings = dict(reversed_comparisons(case.claim, case.evidence))
    findings = findings or dict(exchanged_sides(case.claim, case.evidence))
    for token, message in findings.items():
        yield Failure("order", token, message)
    told = findings or any(relabelled(case.claim, case.evidence))
    for one, other in () if told else exchanged(case.claim, case.evidence):
        message = f"The claim says of {one} what the evidence says of {other}, and the reverse."
        yield Failure("order", f"{one}, {other}", message)


def _direction(case: _Case) -> Iterator[Failure]:
    """Find directions that were turned round, and denials that were added or left out."""
    turned = dict(turned_directions(case.claim, case.evidence))
    denied = dict(changed_denials(case.claim, case.evidence))
    if _condition_turned(case):
        turned, denied = _opposites(turned, case.evidence), {}
    elif _cancel(case.claim, turned, denied):
        turned, denied = {}, {}
    rest = [
        finding
        for find in (turned_prefixes, turned_bounds, turned_trends)
        for finding in find(case.claim, case.evidence)
    ]
    excused = complement_clauses(case.claim, case.evidence)
    for token, message in {**turned, **denied, **dict(rest)}.items():
        if not any(token.split()[0] in clause.lower() for clause in excused):
            yield Failure("direction", token, message)
    for token, message in kept_promises(case.claim, case.evidence):
        yield Failure("direction", token, message)


def _opposites(turned: dict[str, str], evidence: str) -> dict[str, str]:
    """Keep the turns that a denial does not make: those whose word the evidence does not have."""
    there = {stem(token.lower) for token in tokens(evidence)}
    return {token: message for token, message in turned.items() if stem(token) not in there}


_CONDITION = re.compile(r"\b(?:when|if|where|unless)\b")


def _cancel(claim: str, turned: dict[str, str], denied: dict[str, str]) -> bool:
    """Say whether a turn and a denial make it right again: `worse without it`, `more when not`."""
    if len(turned) != 1 or len(denied) != 1:
        return False
    reached = next(iter(denied)).split()
    if reached[0] == "without" and not turned.keys() & set(reached):
        return True
    low = claim.lower()
    first, second = sorted(max(low.find(token.split()[0]), 0) for token in (*turned, *denied))
    return bool(_CONDITION.search(low, first, second))


_ONLY = re.compile(r"\bonly (?:when|if|where|once|after)\b|\bunless\b|\bas long as\b")
_IF = re.compile(r"\b(?:when|if|where|unless|provided|once|as long as)\b", re.IGNORECASE)
_NO = re.compile(r"\b(?:no|not|never|cannot|without|unless)\b|n't\b", re.IGNORECASE)


def _condition_turned(case: _Case) -> bool:
    """Say whether a claim denies both: `not if B` where the evidence has `only if not B`."""
    moved = len(_NO.findall(case.claim)) == len(_NO.findall(case.evidence)) > 0
    conditions = _IF.search(case.claim) and _ONLY.search(case.evidence)
    return bool(moved and conditions) and not _ONLY.search(case.claim)


# --- Support -------------------------------------------------------------------------------


def _support(case: _Case) -> Iterator[Failure]:
    """Require that at least half of the content words occur in the evidence.

    Numbers have been checked by then and count as there, for they say as much as words do.
    """
    figures = printed_quantities(case.claim)
    counts = {word for figure in figures for word in content(figure.text)} | _UNIT_WORDS
    words = [word for word in dict.fromkeys(content(case.claim)) if word not in counts]
    claimed = [*words, *(figure.text for figure in figures)]
    there = set(content(case.evidence))
    missing = [word for word in words if word not in there]
    if not claimed:
        yield Failure("support", "", "The claim has no words of content to look for.")
        return
    if len(claimed) - len(missing) >= SUPPORT * len(claimed):
        return
    message = (
        f"Only {len(claimed) - len(missing)} of the claim's {len(claimed)} content words occur "
        f"in the evidence; at least half must. Not there: {', '.join(_as_written(missing, case))}."
    )
    yield Failure("support", ", ".join(missing), message)


def _as_written(meanings: list[str], case: _Case) -> Iterator[str]:
    """Return the claim's own words of some meanings, each meaning by its first word."""
    words = {meaning(word): word for word in reversed(content_words(case.claim))}
    return (words[one] for one in meanings)


_UNIT_WORDS = frozenset(map(meaning, "percent percentage percentages point points".split()))


_RULES: tuple[_Rule, ...] = (_located, _numbers, _names, _order, _direction, _support)
