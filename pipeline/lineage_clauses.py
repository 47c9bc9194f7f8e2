"""Whose work a clause speaks of: the paper's own, or somebody else's."""

from __future__ import annotations

import re
from collections.abc import Set
from typing import Literal, NamedTuple

from pipeline.mentions import Mention, mentions
from pipeline.phrases import is_generic

RelationType = Literal["succeeds", "builds-on", "uses", "compares-with", "evaluates"]
ANCESTRY: frozenset[RelationType] = frozenset({"succeeds", "builds-on"})


BREAK = re.compile(r";\s|:\s(?!\d)|\b(?:while|whereas|although|but|though)\b|\.\s")
_OWN = re.compile(
    r"\b(?:[Ww]e|[Oo]urs?|[Uu]s|[Tt]his\s+(?:paper|work|study|report|article|thesis|model|method)"
    r"|[Ii]ts?|the\s+(?:proposed|resulting|presented|new)|[Tt]he\s+(?:\w+\s+)?(?:model|method|approach"
    r"|framework|system|network|policy|agent|architecture|interface|robot|controller|planner))\b"
)
_STRONG = re.compile(r"\b(?:[Ww]e|[Oo]ur|[Tt]his\s+(?:paper|work|study|report|article|thesis))\b")
_OTHERS = re.compile(
    r"\b(?:existing|prior|previous|recent|current|conventional|traditional|many|most|several|some"
    r"|other|earlier|others|popular|typical|standard|modern|today's|these|such)\s+(?:[\w-]+\s+){0,4}?(?:works?"
    r"|methods?|approaches|models?|stud(?:y|ies)|detectors?|systems?|efforts?|literature"
    r"|techniques?|research|pipelines?|agents?|VLMs?|LLMs?|MLLMs?|policies|robots|planners"
    r"|assistants?|practice|networks?|solutions?|controllers?|recogni[sz]ers?|they)\b|\b[Tt]hey\b"
    r"|^\W*(?:[A-Z][\w-]*\s+)?(?:systems|models|methods|approaches|pipelines|agents|detectors|works"
    r"|variants|policies|robots|planners|networks)\b",
    re.IGNORECASE,
)
_ABOUT = re.compile(
    r"\b(?:stud(?:y|ies|ied|ying)|survey|evaluat|compar(?:es?|ing)|analy[sz]|review|examin|tests?\b|testing"
    r"|investigat|audit|attack|outperform|surpass|beat|exceed|discuss|consider|unlike)"
    r"(?:[^,;]|,(?!\s(?:and|then|we)\b)){0,90}(?<!and)(?<!then)(?<!,)\s*$",
    re.IGNORECASE,
)
_OF_A_PART = re.compile(
    r"\b(?:us(?:es?|ing)|employ\w*|leverag\w*|adopt\w*|with)\s+(?:[\w-]+\s+){1,5}(?:that|which|who)\s+"
    r"(?:\w+\s+)?$|\bwho\s+(?:\w+\s+)?$"
)
_DENIED = re.compile(
    r"(?:\b(?:not|never|without|no\s+longer|instead\s+of|rather\s+than|nor|cannot|neither|than"
    r"|(?:plan|hope|intend|want|like|aim)s?\s+to|future\s+work\s+(?:will|may|could)|could|might)|n't)\s+"
    r"(?:[\w-]+\s+){0,2}$",
    re.IGNORECASE,
)
_UNSURE = re.compile(
    r"\b(?:will|would|shall|whether|if|future|not|never|claims?|next|unclear|leav(?:e|es|ing)|hypothesi[sz]e\w*)\b",
    re.IGNORECASE,
)
_HOPED = re.compile(r"\b(?:in\s+(?:the|a)\s+(?:next|future)|would\s+like|we\s+hope)\b", re.I)
_PRONOUN = re.compile(r"\b(?:it|its|they)\b")
_PART_OF = re.compile(
    r"\b(?:code|data|datasets?|weights|limitations?|findings?|successor|predecessor|idea|ideas"
    r"|evaluation|results?|insights?|protocol|baseline|tokenizer|vocabulary)\s+of\s+(?:the\s+)?$",
    re.IGNORECASE,
)
_OWN_PART = re.compile(
    r"\bour\s+(?:\w+\s+)?(?:baselines?|data(?:sets?)?|benchmark|code|evaluation|analysis|protocol"
    r"|loss|tokenizer|ablations?|comparison)\s+(?:\w+ly\s+|also\s+)?$|\bto\s+compare,\s+we\b"
    r"|\bincluding\s+(?:ours|our\s+own)\b",
    re.IGNORECASE,
)
_OBJECT = re.compile(
    r"\b(?:on|of|with|into|from|over|than|to|by|for|in|at|against|like|as|via|and|or|using|uses"
    r"|employs?|called|introduc\w+|propos\w+|present\w*|outperform\w*|surpass\w*|including"
    r"|incorporat\w+|leverag\w+|rival\w+|extend\w*|[a-z]+ing)\s+(?:the\s+|a\s+|an\s+|both\s+)?"
    r"(?:[a-z][\w-]*\s+){0,2}$"
)
_FRONTED = re.compile(
    r"\W*(?:(?:compared\s+(?:to|with)|relative\s+to|unlike|like|as|over)\s+)?(?:an?\s+|the\s+)?",
    re.IGNORECASE,
)
_HEAD = re.compile(
    r"(?:^\W*|[,:]\s+|\b(?:that|because|since|and|where|if|as)\s+)"
    r"(?:(?:the|a|an|both)\s+)?(?:[A-Za-z][\w-]*\s+){0,3}$"
)
_GOES_ON = re.compile(r"\s*(?:,|\)|(?:and|or|on|in|with|for|to|of|by|as|at|from)\b)")
_HANGS = re.compile(
    r"(?:\s*\([^()]*\))?\s*,?\s*(?:(?:which|that|who)\s+)?(?:(?:is|are|was|were)\s+)?"
    r"(?:(?:a|an|the)\s+)?(?:(?!(?:and|we|our|it|to|then|by)\b)[a-z][\w-]*\s+){0,5}"
)


def introduces(text: str, own: Set[str]) -> bool:
    """Say whether a readable sentence speaks of the paper's own work by name or as `we`."""
    return bool(_STRONG.search(text)) or any(name.key in own for name in mentions(text))


class Place(NamedTuple):
    """A cue in its clause; offsets are of the text, end exclusive."""

    kind: RelationType
    begin: int
    start: int
    end: int
    limit: int


def is_own(text: str, names: list[Mention], own: Set[str], at: Place, opened: bool) -> bool:
    """Say whether the paper's own work is what a cue is said of."""
    before = [name for name in names if at.begin <= name.start and name.end <= at.start]
    region = text[at.begin : at.start]
    mine = [found.start() for found in _OWN.finditer(region)]
    mine += [name.start - at.begin for name in before if name.key in own]
    theirs = [found.start() for found in _OTHERS.finditer(region)]
    theirs += [
        name.start - at.begin
        for name in before
        if name.key not in own and not is_generic(name.text) and _is_subject(text, name, at)
    ]
    named = "predecessor" in text[at.start : at.end].lower()
    if at.kind in (*ANCESTRY, "uses") and not named and _ABOUT.search(region):
        return False
    if at.kind in ANCESTRY and _OF_A_PART.search(region):
        return False
    if _other_predecessor(text, before, own, at):
        return False
    if not mine and not theirs:
        fronted = _FRONTED.fullmatch(region)
        later = bool(_STRONG.search(text, at.end, at.limit)) or any(n.key in own for n in names)
        if at.kind not in ANCESTRY:
            return opened or later
        return bool(fronted) and later and _own_comes_first(text, names, own, at)
    return max(mine, default=-1) > max(theirs, default=-1)


def _own_comes_first(text: str, names: list[Mention], own: Set[str], at: Place) -> bool:
    """Say whether the first subject after a fronted cue is the paper's own work."""
    after = [name for name in names if name.start >= at.end]
    if len(after) < 2 or after[1].key in own:
        return True
    between = text[after[0].end : after[1].start]
    return bool(_STRONG.search(between) or _PRONOUN.search(between))


def _other_predecessor(text: str, before: list[Mention], own: Set[str], at: Place) -> bool:
    """Say whether `its predecessor` is that of another work: `outperforms Foo and its …`."""
    between = text[before[-1].end : at.start] if before else ""
    joined = re.fullmatch(r"(?:\s*\([^()]*\))?,?\s+(?:and|or|with|over|than)\s+", between)
    return at.kind == "succeeds" and bool(joined) and before[-1].key not in own


def _is_subject(text: str, name: Mention, at: Place) -> bool:
    """Say whether a cue is said of a name before it, as its subject or in a clause on it."""
    between = text[name.end : at.start]
    relative = re.search(r"\b(?:which|that)\s+(?:\w+\s+)?$", between)
    if (relative or at.kind in ANCESTRY) and _HANGS.fullmatch(between):
        return True
    fronted = re.sub(r"(?:[A-Z][\w.-]*\s+)+$", "", text[at.begin : name.start])
    return (
        bool(_HEAD.search(fronted)) and not _OBJECT.search(fronted) and not _GOES_ON.match(between)
    )


_EXTENDED = re.compile(
    r"\s+(?:is|are)\s+(?:\w+ly\s+|further\s+)?(?:extended|adapted|generali[sz]ed)\s+(?:to|for|with)\b"
)


def extended(text: str, name: Mention) -> bool:
    """Say whether the paper itself extends a work: `in this paper, Foo is extended to …`."""
    return bool(_EXTENDED.match(text, name.end) and _STRONG.search(text, 0, name.start))


def denied(text: str, at: Place) -> bool:
    """Say whether a clause denies a relation, or hopes for it."""
    before, after = text[at.begin : at.start], text[at.end : at.limit]
    if _DENIED.search(before):
        return True
    return at.kind in ANCESTRY and bool(_UNSURE.search(before) or _HOPED.search(after))


def of_a_part(text: str, name: Mention, at: Place) -> bool:
    """Say whether ancestry is said of a part: of the target (`Foo's data`) or of the own work."""
    if at.kind not in ANCESTRY:
        return False
    owned = text[name.end - 2 : name.end] == "'s" or text.startswith("'s", name.end)
    part = owned and re.match(r"(?:'s)?\s+[a-z]", text[name.end :])
    inside = _PART_OF.search(text[at.end : name.start])
    return bool(part or inside or _OWN_PART.search(text[at.begin : at.start]))
