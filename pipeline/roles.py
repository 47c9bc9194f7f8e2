"""Whether two names keep their places: who beats whom, and what stands around them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import combinations
from typing import NamedTuple

from pipeline.labels import well_placed
from pipeline.mentions import Mention, mentions
from pipeline.numbers import Finding, printed_quantities
from pipeline.sentences import sentences
from pipeline.wording import meaning, parts, tokens

# --- Comparisons ---------------------------------------------------------------------------


class Relation(NamedTuple):
    """A comparison: any of `heads` may be what stands above `tail`; keys of names."""

    kind: str
    heads: frozenset[str]
    tails: frozenset[str]


_BEATS = r"outperform|surpass|exceed|beat|outdo|overtak|top|dominat|improv\w+ (?:up)?on|ahead of"
_TRAILS = (
    r"underperform|trail|lag\w*(?: behind)?|behind|below|inferior to|los\w+ to|fall\w* short of"
)
_COMPARISON = re.compile(
    rf"""\b(?:
      (?P<passive>(?:is|are|was|were|been|being|be)\ (?:\w+ly\ )?
         (?:outperformed|surpassed|exceeded|beaten|outdone|overtaken|topped)\ (?:\w+ly\ )?by)
    | (?P<value>(?:{_BEATS})\w*|above|superior\ to|over|against|versus|vs|compared\ (?:to|with)
         |relative\ to|in\ comparison\ (?:to|with)|unlike|instead\ of|rather\ than)
    | (?P<reverse>(?:{_TRAILS})\w*)
    | (?P<than>than)
    | (?P<multiple>(?:times|half|third|quarter|fifth|tenth|twice|double)\ (?:of\ )?
         (?:the|as|that|what)\b(?:(?:\ \w+){{0,3}}?\ (?:of|than|as|that|which)\b)?)
    | (?P<lineage>buil[dt]s?\ (?:up)?on|based\ on|successor\ (?:to|of)|succe{{1,2}}ds?|extends
         |derived\ from|distill?ed\ from|replaces|starts?\ from|initiali[sz]ed\ from
         |follow-up\ (?:to|of)|adapted\ from)
    | (?P<ancestor>predecessor\ (?:to|of)|precedes|succeeded\ by|extended\ (?:by|in|into)
         |replaced\ by|basis\ (?:of|for)|foundation\ (?:of|for))
    | (?P<used>(?:is|are|was|were)\ (?:used|employed|adopted|fine-tuned|evaluated|applied)\ by)
    | (?P<uses>uses|employs|adopts|fine-tunes|applies|relies\ on|evaluates|integrates)
    )\b""",
    re.VERBOSE | re.IGNORECASE,
)
_LESS = re.compile(
    r"\b(?:lower|less|fewer|smaller|worse|slower|weaker|poorer|shorter|cheaper|inferior)\b"
    r"[^.;]{0,40}$",
    re.IGNORECASE,
)
_COST = re.compile(
    r"\b(?:errors?|cost|costs|time|latency|energy|memory|loss|losses|perplexity|hallucinations?"
    r"|rate|delay|overhead|wer|fid|parameters|tokens|compute)\b",
    re.IGNORECASE,
)
_FRONTED = re.compile(
    r"(?:compared|relative|in comparison|unlike|instead|rather|against|over)\b", re.I
)


@lru_cache(maxsize=2048)
def relations(text: str) -> tuple[Relation, ...]:
    """List the comparisons of a readable text that have names on both sides."""
    return tuple(
        relation
        for start, end in sentences(text)
        for found in _COMPARISON.finditer(text, start, end)
        if (relation := _relation(text, start, end, found))
    )


_GROUPS = {
    "multiple": "multiple",
    "lineage": "lineage",
    "ancestor": "lineage",
    "uses": "uses",
    "used": "uses",
}


_BOTH_WAYS = re.compile(r"\b(?:but|yet|while|whereas)\s(?:\w+\s){0,4}?(?:\w+er|more|less)\b")
_DENIED = re.compile(r"\b(?:no|not|never|cannot|neither|nor)\b")
_PARTS = ("half", "third", "quarter", "fifth", "tenth")
_NOBODY = Mention("", "", "", 0, 0)  # what a pronoun means
_PRONOUN = re.compile(r"\s(?:it|them|its|ours?)\b")
_DIRECT = re.compile(r"\s(?:(?!(?:on|in|for|at|with|by)\s)[a-z-]+\s){0,3}")


def _relation(text: str, start: int, end: int, found: re.Match[str]) -> Relation | None:
    """Read the names around one comparison; `None` when a side has none."""
    named = mentions(text)
    before = [m for m in named if start <= m.start and m.end <= found.start()]
    after = [m for m in named if found.end() <= m.start and m.end <= end]
    if not before and _FRONTED.match(found[0]) and len(after) > 1:
        before, after = after[1:], after[:1]
    direct = after and _DIRECT.fullmatch(text, found.end(), after[0].start)
    if not before and direct:
        before = [_NOBODY]
    elif before and _PRONOUN.match(text, found.end()):
        before, after = before[:1], [_NOBODY]
    if not before or not after:
        return None
    heads, tails = _keys(before), frozenset({after[0].key})
    kind = found.lastgroup or ""
    group = _GROUPS.get(kind, "value")
    turned = kind in ("passive", "reverse", "ancestor", "used") or found[0].startswith(_PARTS)
    if kind == "than":
        if _DENIED.search(text, start, found.start()):
            return None
        if _BOTH_WAYS.search(text, found.end(), end):
            return Relation(group, heads | tails, heads | tails)
        turned = _says_less(text[start : found.start()])
    elif found[0].lower() in ("above", "below") and _COST.search(text, start, found.start()):
        turned = not turned
    return Relation(group, tails, heads) if turned else Relation(group, heads, tails)


def _keys(names: list[Mention]) -> frozenset[str]:
    return frozenset(name.key for name in names)


def _says_less(before: str) -> bool:
    """Say whether `than` follows a word for less, or for more of a cost: `a higher error than`."""
    return bool(_LESS.search(before)) != bool(_COST.search(before[-40:]))


def reversed_comparisons(claim: str, evidence: str) -> Iterator[Finding]:
    """Find comparisons of a readable claim whose two names have changed places."""
    known = relations(evidence)
    for claimed in (one for one in relations(claim) if one.heads != one.tails):
        alike = [other for other in known if other.kind == claimed.kind]
        for head in sorted(claimed.heads):
            for tail in sorted(claimed.tails - {head}):
                kept = any(_agree(head, o.heads) and _agree(tail, o.tails) for o in alike)
                turned = any(_agree(head, o.tails) and _agree(tail, o.heads) for o in alike)
                if turned and not kept:
                    yield _swapped(head, tail, claim)


def _agree(name: str, side: frozenset[str]) -> bool:
    """Say whether a name may be on a side; a pronoun, on either, may be any name."""
    return name in side or not name or "" in side


def _swapped(one: str, other: str, claim: str) -> Finding:
    """Name the two that changed places."""
    written = {m.key: m.text for m in mentions(claim)} | {"": "it"}
    a, b = written[one], written[other]
    return (
        f"{a}, {b}",
        f"{a} and {b} have changed places: the evidence has them the other way round.",
    )


# --- What stands around a name ---------------------------------------------------------------


class _Anchor(NamedTuple):
    """A name and the words around it, each with its side."""

    key: str
    text: str
    start: int
    end: int
    around: frozenset[tuple[str, str]]


_NEAR = 4  # words on each side


@lru_cache(maxsize=2048)
def _anchors(text: str) -> tuple[_Anchor, ...]:
    """List the names of a readable text with what stands around them; a figure is one word."""
    named = [(m.key, m.text, m.start, m.end) for m in mentions(text)]
    figures = [(f"{q.value:g} {q.unit}", q.start, q.end) for q in printed_quantities(text)]
    spots = [*((start, end, key) for key, _, start, end in named)]
    words = _words(text, [*spots, *((start, end, key) for key, start, end in figures)])
    return tuple(_Anchor(*spot, _around(words, spot[2], spot[3])) for spot in named)


def _words(text: str, spots: list[tuple[int, int, str]]) -> list[tuple[int, str]]:
    """List the words of a text with their places; names and figures count as one word each."""
    inside = [(start, end) for start, end, _ in spots]
    found = [(start, key) for start, _, key in spots]
    for token in tokens(text):
        if any(start <= token.start < end for start, end in inside) or token.is_address:
            continue
        if token.is_word and token.lower not in ("a", "an", "the"):
            found += [(token.start, meaning(part)) for part in parts(token)]
        elif token.text in ".;":
            found.append((token.start, "."))
    return sorted(found)


def _around(words: list[tuple[int, str]], start: int, end: int) -> frozenset[tuple[str, str]]:
    """Collect the words near a span, by side."""
    left = [word for at, word in words if at < start][-_NEAR:]
    right = [word for at, word in words if at >= end][:_NEAR]
    return frozenset([*(("left", word) for word in left), *(("right", word) for word in right)])


def exchanged(claim: str, evidence: str) -> Iterator[tuple[str, str]]:
    """Find pairs of names of a readable claim that stand in each other's place, as written.

    Names that stand with the figures with which the evidence has them are where they belong.
    """
    there = _anchors(evidence)
    placed = well_placed(claim, evidence)
    here = [a for a in _anchors(claim) if any(a.key == b.key for b in there)]
    for one, other in combinations(here, 2):
        pair = {one.key, other.key}
        if len(pair) == 1 or pair <= placed or not _in_other_place(one, other, there):
            continue
        turned = _passive_between(one, other, claim) or _keeps_roles(one, other, claim, evidence)
        if not turned and not _listed(one, other, there, evidence):
            yield one.text, other.text


_PASSIVE = re.compile(r"\b(?:is|are|was|were|been|being)\s(?:\w+\s)?\w+(?:ed|en|ght|ilt)\sby\b")


def _passive_between(one: _Anchor, other: _Anchor, claim: str) -> bool:
    """Say whether a claim puts a passive between two names."""
    first, second = sorted((one, other), key=lambda anchor: anchor.start)
    return bool(_PASSIVE.search(claim, first.end, second.start))


def _keeps_roles(one: _Anchor, other: _Anchor, claim: str, evidence: str) -> bool:
    """Say whether claim and evidence compare two names and mean the same one as above."""
    pair = (one.key, other.key), (other.key, one.key)
    sides = [
        {(a, b) for a, b in pair for r in relations(text) if a in r.heads and b in r.tails}
        for text in (claim, evidence)
    ]
    return bool(sides[0] & sides[1])


def _in_other_place(one: _Anchor, other: _Anchor, there: tuple[_Anchor, ...]) -> bool:
    """Say whether each of two stands where the evidence has the other, and better so than not."""
    pair = {one.key, other.key}
    own = _likeness(one, one.key, there, pair), _likeness(other, other.key, there, pair)
    cross = _likeness(one, other.key, there, pair), _likeness(other, one.key, there, pair)
    return cross[0] > own[0] and cross[1] > own[1] and sum(cross) - sum(own) >= 3


def _likeness(anchor: _Anchor, key: str, there: tuple[_Anchor, ...], pair: set[str]) -> int:
    """Count the words that an anchor and the likest place of a key share, the pair left out."""
    around = {spot for spot in anchor.around if spot[1] not in pair}
    return max((len(around & a.around) for a in there if a.key == key), default=0)


_LIST = re.compile(r"(?:[\s,;/&+]|and|or|as well as)*")


def _listed(one: _Anchor, other: _Anchor, there: tuple[_Anchor, ...], evidence: str) -> bool:
    """Say whether the evidence lists the two side by side, so that their order means nothing."""
    if "respectively" in evidence:
        return False
    places = [a for a in there if a.key in (one.key, other.key)]
    gaps = [evidence[a.end : b.start] for a, b in combinations(places, 2) if a.key != b.key]
    others = [a.text for a in there]
    for name in others:
        gaps = [gap.replace(name, "") for gap in gaps]
    return any(_LIST.fullmatch(gap) for gap in gaps)
