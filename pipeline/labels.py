"""What a figure is said of: the words that tell it from the next figure of its kind."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import combinations
from typing import NamedTuple

from pipeline.derivations import same
from pipeline.mentions import mentions
from pipeline.numbers import Finding, counted, printed_quantities
from pipeline.quantities import Quantity, printed
from pipeline.sentences import sentences
from pipeline.wording import is_content, meaning, parts, tokens


class _Piece(NamedTuple):
    """A word or a whole name of a text; `word` is its meaning or key, `small` no content word."""

    start: int
    word: str
    small: bool


class Labelled(NamedTuple):
    """A figure, the pieces of its part of the sentence, and the words that stand for its place.

    `said` are the content words of its part, and `by` the words after each preposition in it, with
    `""` for those before the figure. `contrasted` marks a part that `whereas` or the like opens.
    """

    quantity: Quantity
    said: frozenset[str]
    by: dict[str, frozenset[str]]
    contrasted: bool


_CONTRAST = re.compile(
    r"(?:but|while|whereas|although|versus|vs|compared (?:to|with)|up from|down from)"
)
_CUT = re.compile(
    r"[,;:()]\s|[()]|\s[–—]\s|\b(?:and|but|while|whereas|although|versus|vs|than"
    r"|compared (?:to|with)|instead of|rather than|up from|down from)\b|\bfrom(?=\s\$?\d)"
    r"|(?<=\d)\s?\S?\w*\sto\b(?=\s\S?\d)"
)
_RIVAL = re.compile(
    r"\b(?:outperform|surpass|exceed|beat|over|above|below|behind|against|unlike|compared|relative"
    r"|than|instead|rather|that of|those of|ahead)\w*\s(?:to\s|of\s|with\s|than\s)?"
    r"(?:(?!with\b|by\b|on\b|in\b|at\b|for\b)[\w.+/'-]+\s?){1,4}"
)
_PREPOSITION = re.compile(
    r"(?:on|in|for|with|without|at|by|of|under|among|using|after|before|during|when|from|over)"
)


@lru_cache(maxsize=2048)
def _pieces(text: str) -> tuple[_Piece, ...]:
    """Cut a readable text into names and words."""
    named = {m.start: m for m in mentions(text)}
    inside = [(m.start, m.end) for m in named.values()]
    found = [_Piece(m.start, m.key, small=False) for m in named.values()]
    for token in tokens(text):
        if token.is_word and not any(start <= token.start < end for start, end in inside):
            found += [
                _Piece(
                    token.start, meaning(part) if is_content(part) else part, not is_content(part)
                )
                for part in parts(token)
            ]
    return tuple(sorted(found))


@lru_cache(maxsize=2048)
def labelled(text: str) -> tuple[Labelled, ...]:
    """List the figures of a readable text with what each is said of."""
    figures = printed_quantities(text)
    if not figures:
        return ()
    return tuple(
        one
        for start, end in sentences(text)
        for one in _in_sentence(text, start, end, [q for q in figures if start <= q.start < end])
    )


def _in_sentence(text: str, start: int, end: int, row: list[Quantity]) -> Iterator[Labelled]:
    """Cut a sentence into a part for each figure; a figure alone has all of it, rivals apart."""
    cuts = [found.span() for found in _CUT.finditer(text, start, end)]
    named = _in_turn(text, start, end, row)
    rivals = [found.span() for found in _RIVAL.finditer(text, start, end)]
    for at, figure in enumerate(row):
        left = max((b for _, b in cuts if b <= figure.start), default=start)
        right = min((a for a, _ in cuts if a >= figure.end), default=end)
        left = _fronted(text, start, left, row)
        if len({q.value for q in row}) == 1:
            left, right = start, end
        here = [p for p in _pieces(text) if left <= p.start < right]
        outer = [p for p in here if not any(a <= p.start < b for a, b in rivals)]
        if at in named:
            only = frozenset({named[at]})
            yield Labelled(figure, only, {"in turn": only}, contrasted=False)
        else:
            said = frozenset(piece.word for piece in outer if not piece.small)
            opened = max((a for a, b in cuts if b <= figure.start), default=start)
            contrasted = bool(_CONTRAST.match(text, opened))
            yield Labelled(figure, said, _by(here, figure), contrasted)


def _fronted(text: str, start: int, left: int, row: list[Quantity]) -> int:
    """Move the start of a part before a phrase such as `On A,` that opens the sentence."""
    opening = text[start:left]
    first = opening.split(" ", 1)[0].lower()
    fronted = _PREPOSITION.fullmatch(first) and opening.rstrip().endswith(",")
    return start if fronted and not any(start <= q.start < left for q in row) else left


def _by(here: list[_Piece], figure: Quantity) -> dict[str, frozenset[str]]:
    """Sort the words of a part by the preposition that they follow; figures end a phrase."""
    found: dict[str, list[str]] = {"": []}
    under = ""
    for piece in here:
        if figure.start <= piece.start < figure.end:
            under = "after"
        elif piece.small and _PREPOSITION.fullmatch(piece.word):
            under = piece.word
        elif not piece.small and len(found.setdefault(under, [])) < 4:
            found[under].append(piece.word)
    return {under: frozenset(words) for under, words in found.items() if words}


_BETWEEN = re.compile(r"(?:[\s,;/&+]|and|or|as well as|the)*")


def _in_turn(text: str, start: int, end: int, row: list[Quantity]) -> dict[int, str]:
    """Map the places of a sentence's figures to the names that `respectively` gives them."""
    if "respectively" not in text[start:end]:
        return {}
    names = [m for m in mentions(text) if start <= m.start < end]
    for figures in _runs(text, [(q.start, q.end) for q in row]):
        for named in _runs(text, [(m.start, m.end) for m in names]):
            if len(figures) == len(named):
                return {f: names[n].key for f, n in zip(figures, named, strict=True)}
    return {}


def _runs(text: str, spans: list[tuple[int, int]]) -> Iterator[list[int]]:
    """List the places of spans that follow each other, at least two, with nothing between."""
    run: list[int] = []
    for at, (start, _) in enumerate(spans):
        if run and not _BETWEEN.fullmatch(text[spans[run[-1]][1] : start]):
            if len(run) > 1:
                yield run
            run = []
        run.append(at)
    if len(run) > 1:
        yield run


# --- Comparing -----------------------------------------------------------------------------


@lru_cache(maxsize=1024)
def relabelled(claim: str, evidence: str) -> tuple[Finding, ...]:
    """Find figures of a readable claim that are said of what the evidence gives another one for."""
    return tuple(_relabelled(claim, evidence))


def _relabelled(claim: str, evidence: str) -> Iterator[Finding]:
    there = labelled(evidence)
    here = labelled(claim)
    for claimed in here:
        beside = [one for one in here if one.said == claimed.said]
        own = [one for one in there if same(claimed.quantity, one.quantity, claim)]
        if len(own) != 1:
            continue
        rivals = (g for f in own for g in there if g not in own and _alike(f, g, evidence))
        rival = next((g for g in rivals if _moved(claimed, own[0], g)), None)
        if not rival:
            continue
        if not any(same(one.quantity, rival.quantity, claim) for one in beside):
            yield (
                claimed.quantity.text,
                f"The evidence gives {printed(rival.quantity)}, not {claimed.quantity.text}, for "
                f"what this part of the claim speaks of.",
            )


def _alike(one: Labelled, other: Labelled, text: str) -> bool:
    """Say whether two figures may be figures of the same thing; counts of things never are."""
    a, b = one.quantity, other.quantity
    if a.unit or b.unit:
        return a.unit == b.unit
    return (a.grain < 1 and b.grain < 1) or not (counted(a, text) or counted(b, text))


_NONE: frozenset[str] = frozenset()
_LESS = ("without",)  # what follows is not there, so its words alone do not say so


def _moved(claimed: Labelled, own: Labelled, rival: Labelled) -> bool:
    """Say whether a claimed figure has the label of a rival one and nothing of its own."""
    for under, mine, theirs in _contrasts(own, rival):
        said = claimed.said | claimed.by.get(under, _NONE)
        if theirs <= said and len(mine & said) * 3 < len(mine):
            return True
    return rival.contrasted and any(
        words - own.said
        and words <= (claimed.by.get(under, _NONE) if under in _LESS else claimed.said)
        for under, words in rival.by.items()
        if under not in ("", "after")
    )


def _contrasts(
    own: Labelled, rival: Labelled
) -> Iterator[tuple[str, frozenset[str], frozenset[str]]]:
    """List the prepositions after which two figures have words that differ, and those words."""
    for under in own.by.keys() & rival.by.keys():
        mine, theirs = own.by[under] - rival.by[under], rival.by[under] - own.by[under]
        if mine and theirs:
            yield under, mine, theirs


def well_placed(claim: str, evidence: str) -> set[str]:
    """List the words that a readable claim says with the figure of the evidence for them."""
    there = labelled(evidence)
    return {
        word
        for claimed in labelled(claim)
        for own in there
        if same(claimed.quantity, own.quantity, claim)
        for under in claimed.by.keys() & own.by.keys()
        for word in claimed.by[under] & own.by[under]
    }


# --- Whose figure ----------------------------------------------------------------------------

_FRONT = re.compile(r"\s*(?:[Oo]n|[Ii]n|[Aa]t|[Ff]or|[Ww]ith|[Aa]cross|[Oo]ver)\s[^,;]{2,60},\s")
_AFTER = re.compile(r"\s*\S{0,12}\s*(?:for|by|with|of|from|on)\s(?P<who>[^,.;()]{2,48})")
_SAYS = frozenset(
    """
    reach achieve score answer read attain obtain get leave keep find err transcrib make have give
    gain need take fall rise drop report correct recall rate share accuracy percent
    """.split()
)
_HOLDER = 4  # content words


def traded_figures(claim: str, evidence: str) -> Iterator[Finding]:
    """Find two figures of a readable claim that its evidence gives to each other's holders."""
    here, there = _holders(claim), _holders(evidence)
    for (one, who), (other, whose) in combinations(here, 2):
        mine = [h for f, h in there if same(one, f, claim)]
        theirs = [h for f, h in there if same(other, f, claim)]
        if len(mine) != 1 or len(theirs) != 1 or one.unit != other.unit:
            continue
        apart = (mine[0] - theirs[0], theirs[0] - mine[0])
        straight = who & apart[0] or whose & apart[1]
        crossed = who & apart[1] and (whose & apart[0] or not apart[0])
        if crossed and not straight:
            yield (
                f"{one.text}, {other.text}",
                f"{one.text} and {other.text} have changed places; look whose they are.",
            )


@lru_cache(maxsize=2048)
def _holders(text: str) -> tuple[tuple[Quantity, frozenset[str]], ...]:
    """List the figures of a text, each with the words that say whose it is, where some do."""
    found = []
    for figure in printed_quantities(text):
        start, end = next(((a, b) for a, b in sentences(text) if a <= figure.start < b), (0, 0))
        cuts = [cut.span() for cut in _CUT.finditer(text, start, end)]
        left = max((b for _, b in cuts if b <= figure.start), default=start)
        front = _FRONT.match(text, start)
        left = front.end() if front and left <= front.end() <= figure.start else left
        after = _AFTER.match(text, figure.end, end)
        span = after.span("who") if after else (left, figure.start)
        words = [p.word for p in _pieces(text) if span[0] <= p.start < span[1] and not p.small]
        who = frozenset([word for word in words if word not in _SAYS][:_HOLDER])
        if who:
            found.append((figure, who))
    return tuple(found)
