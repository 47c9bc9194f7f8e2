"""Which works a sentence of a paper says it continues, rests on, uses, meets or is tried on.

A relation is read where a cue word governs a name and the paper's own work is what the clause is
about. What a text says of other people's work, denies, or names as background gives nothing.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Set
from typing import NamedTuple

from pipeline.lineage_clauses import (
    ANCESTRY,
    BREAK,
    Place,
    RelationType,
    denied,
    extended,
    is_own,
    of_a_part,
)
from pipeline.mentions import Mention, mentions, name_key
from pipeline.phrases import is_distinctive, is_generic

LONGEST = 3000  # characters; what is longer is no sentence, and is not read


class Stated(NamedTuple):
    """A name that a sentence relates to the paper's own work, and how."""

    type: RelationType
    name: Mention


# --- Cues ----------------------------------------------------------------------------------

_LY = r"(?:\w+ly\s+)?"
_NEWER = r"(?:new(?:er)?|next|improved|enhanced|upgraded|updated|second|third|advanced)"
_CHANGED = r"(?:extended|modified|adapted|lightweight|lighter|smaller|compact|distilled|streaming)"
_WORDS: tuple[tuple[RelationType, str], ...] = (
    (
        "succeeds",
        rf"(?:its|our|the|direct|immediate)\s+(?:\w+\s+)?predecessors?|successors?\s+(?:to|of)"
        rf"|succeed(?:s|ing)|supersed(?:es|ing)|follow-up\s+(?:to|of|on)"
        rf"|{_NEWER}\s+(?:\w+\s+)?(?:version|edition|iteration|release)\s+of"
        rf"|upgrade\s+(?:of|to|over|from)|upgraded\s+from|upgrad(?:es|ing)",
    ),
    (
        "builds-on",
        rf"buil(?:ds?|t|ding)\s+{_LY}(?:up)?on(?:\s+top\s+of)?|extend(?:s|ing)?(?!\s+to)"
        rf"|(?:an?|natural|direct)\s+extension\s+(?:of|to)"
        rf"|(?:an\s+adaptation\s+of|adapted\s+from)|modif(?:ies|ied\s+from|ying)"
        rf"|(?:derive[sd]?|inherit(?:s|ed|ing)?|evolve[sd])\s+from|generali[sz]es"
        rf"|{_CHANGED}\s+(?:\w+\s+)?(?:version|variant)\s+of",
    ),
    (
        "uses",
        rf"employ(?:s|ing|ed)?|us(?:es?|ing)|utili[sz](?:es?|ing)|leverag(?:es?|ing)"
        rf"|incorporat(?:es?|ing)|integrat(?:es?|ing)|adopt(?:s|ing)?|reus(?:es?|ing)"
        rf"|fine-?tun(?:es?|ing)|(?:fine-?tuned|initiali[sz]ed|distill?ed|started|taken|drawn"
        rf"|sampled|collected|sourced)\s+(?:from|with)|distill?(?:s|ing)?(?:(?:\s+[a-z-]+){{1,8}}?\s+(?:of|from))?|based\s+{_LY}(?:up)?on"
        rf"|(?:power|driv)(?:ed|en)\s+by|equipped\s+with|rel(?:ies|y|ying)\s+on|appl(?:y|ies)"
        rf"|start(?:s|ing)?\s+from|(?:pre-?|fine-?)?(?:train|tun)(?:ed|ing)\s+(?:up)?on"
        rf"|built\s+with|combin(?:es|ing)|operat(?:es|ing)\s+on"
        rf"|(?:generated|extracted|encoded|synthesi[sz]ed|tokeni[sz]ed)\s+(?:with|by)",
    ),
    (
        "compares-with",
        rf"compared\s+{_LY}(?:to|with|against)|in\s+comparison\s+(?:to|with)|relative\s+to"
        rf"|outperform(?:s|ed|ing)?(?:\s+by)?|surpass(?:es|ed|ing)?|exceed(?:s|ed|ing)?"
        rf"|beat(?:s|en\s+by|ing)?|rival(?:s|ing)|(?:competitive|comparable|on\s+par|par)\s+"
        rf"(?:with|to)|match(?:es|ing)|superior\s+to|than(?:\s+(?:with|for|by|from|that\s+of|those\s+of))?|as\s+\w+\s+as|above|below|against|versus|over"
        rf"|gap\s+(?:with|to)|ahead\s+of|behind|approach(?:es|ing)|alternative\s+to"
        rf"|improv(?:es|ing|ements?)\s+(?:up)?on|trails?|lags?"
        rf"|prefer(?:s|red)?\s+(?:\S+\s+){{0,6}}?(?:to|over)(?:\s+(?:that|those)\s+of)?",
    ),
    (
        "evaluates",
        r"evaluat(?:es?|ing|ed\s+on|ed\s+with|ions?\s+(?:on|of|with))|test(?:ed|s)?\s+(?:on|with)|we\s+(?:also\s+)?test|testing"
        r"|we\s+(?:\w+ly\s+)?(?:probe|benchmark|audit|examine|assess)"
        r"|(?:are|were)\s+(?:compared|evaluated|tested|examined|assessed)"
        r"|experiments?\s+(?:\w+\s+)?(?:on|with|across|over)|appl(?:ied|icable)\s+to"
        r"|appl(?:ying|y)\s+(?:\S+\s+){1,4}?to|(?:valid|benchmark)(?:ated|ed)\s+(?:on|with)"
        r"|(?:plug|integrat|insert|add)\w*\s+(?:\S+\s+){1,4}?into|assess(?:es|ed\s+on)",
    ),
)
_CUES = tuple(
    (kind, re.compile(rf"\b(?:{pattern})(?=[\s,(:])", re.IGNORECASE)) for kind, pattern in _WORDS
)
_IMPROVES = re.compile(r"\b(?:improv|boost|enhanc|rais|lift|speed)(?:es|e|s|ing|ed)(?=\s)")
_BY = re.compile(r"[^;]{0,80}?\b(?:by|up\s+by|from)\s+(?:up\s+to\s+|over\s+|about\s+)?[\d+]")
_PUT_IN = re.compile(r"\b(?:replac|swapp|plac|insert)\w+\s[^,;]{1,60}?\s(?:in|inside|within)(?=\s)")
_ON = re.compile(r"\b[Oo]n(?=\s)")
_RESTS = re.compile(
    r"\b(?:rel(?:y|ies|ied|ying)|depend\w*|focus\w*|based|buil[dt]\w*|train(?:ed|ing)|tun(?:ed|ing)"
    r"|draw\w*|rest\w*|runs?|running|hing\w+|conditioned|insight\w*|work|emphasis|(?:pre-?)?training)\s(?:\w+ly\s)?$"
    r"|\b(?:pre-?train|train|fine-?tun)(?:s|es|ed|ing)\s(?:\S+\s){0,3}$"
)
_RESULT = re.compile(
    r"\d|achiev|reach|scor|obtain|attain|record|result|outperform|surpass|state-of-the-art|gain"
    r"|improv|evaluat|experiment|test|validat|accura|perform|lead|win|exceed|beat|succe|match|compar"
    r"|error|halv|reduc|lower|cut|rate\b",
    re.IGNORECASE,
)
_LISTED = re.compile(
    r"\b(?:benchmarks?|datasets?|tasks?|suites?|testbeds?)\s*[,(]?\s*(?:including|such\s+as|like"
    r"|e\.g\.,?|i\.e\.,?|namely|\()\s*"
)


def _cues(text: str) -> Iterator[tuple[RelationType, int, int]]:
    """List the cues of a readable text with their places, end exclusive."""
    for kind, pattern in _CUES:
        yield from ((kind, *found.span()) for found in pattern.finditer(text))
    for found in _IMPROVES.finditer(text):
        if _BY.match(text, found.end()):
            yield "evaluates", *found.span()
    yield from (("evaluates", *found.span()) for found in _PUT_IN.finditer(text))
    for found in [*_ON.finditer(text), *_LISTED.finditer(text)]:
        if _RESULT.search(text) and not _RESTS.search(text, 0, found.start()):
            yield "evaluates", *found.span()


# --- What a cue governs --------------------------------------------------------------------

_STOPS = (
    r"that|which|who|whose|for|to|with|by|when|where|while|than|from|using|via|into|across|in|on"
    r"|at|is|are|was|were|and|or|as|against|over|such|like|including|success|idea|spirit|between"
)
_GAP = re.compile(
    rf"[\s(]*(?:(?!(?:{_STOPS})\b)[a-z0-9][\w.'%-]*[\s(]+){{0,7}}"
    r"(?:of\s+(?:(?:the|its|a)\s+)?)?",
)
_APPOSED = re.compile(
    rf"(?:\s+(?!(?:{_STOPS}|e\.g|i\.e)\b)[a-z0-9][\w.'%-]*){{0,6}}\s*[,(:]?\s*"
    r"(?:(?:i\.e\.|namely|called|named),?\s+)?(?:the\s+)?"
)
_EXAMPLES = re.compile(
    r"[^;:.]{0,90}?(?:\bsuch\s+as|\bincluding|\be\.g\.|\bi\.e\.|\blike|\bnamely|\bamong\s+(?:them|which))"
    r",?\s+(?:the\s+|both\s+)?(?:[a-z][\w-]*\s+){0,2}\(?"
)
_FIGURE_OF = re.compile(
    r"\s+(?:the\s+)?[\d.,]+\s?%?\s+(?:\w+\s+)?(?:of|for|by|from)\s+(?:the\s+)?(?:[a-z][\w-]*\s+){0,3}"
)
_ON_DATA = re.compile(r"\bon\b|\b(?:benchmarks?|datasets?|tasks?)\b")
_JOIN = re.compile(
    r"(?:'s)?(?:\s*\([^()]{0,40}\))?\)?(?P<join>\s*,\s*(?:and\s+|or\s+)?|\s+and\s+|\s+or\s+"
    r"|\s+as\s+well\s+as\s+|\s*/\s*|\s+&\s+)(?:the\s+|its\s+|both\s+)?(?:[a-z][a-z -]{0,50}\("
    r"|[\d.,]+\s?%?\s+(?:\w+\s+)?(?:of|for|by)\s+(?:the\s+)?(?:[a-z][\w-]*\s+){0,3})?"
)
_SERIES = re.compile(r"(?:\s+[a-z]+)?\s+(?:series|family|families|lineage|line\b|lineup)")
_DESCRIBES = re.compile(r".*-(?:based|like|style|inspired|type|driven|level|free|aware|trained)")


def _governed(
    text: str, names: list[Mention], own: Set[str], kind: RelationType, end: int, limit: int
) -> list[Mention]:
    """List the names that a cue governs: the next one, and those in a row with it."""
    after = [name for name in names if end <= name.start and name.end <= limit]
    while after:
        gap = re.sub(
            r"\b(?:[A-Z]{2,}s?\b|(?:[A-Z][\w-]*\s+){2,7}(?=\())",
            "field ",
            text[end : after[0].start],
        )
        if _leads(gap, kind):
            row = _row(text, after)
            if any(len(name.text) > 2 and not is_generic(name.text) for name in row):
                return row
        elif not (
            is_generic(after[0].text)
            or _spelled(text, after)
            or (kind == "evaluates" and after[0].key in own)
        ):
            return []
        after = after[1:]
    return []


_SEVERAL = re.compile(
    r"\b(?:versions|members|generations|variants|models|successor|predecessor)\s+of\s+(?:the\s+)?$"
)


def _leads(gap: str, kind: RelationType) -> bool:
    """Say whether only words that describe a name stand between it and its cue."""
    if _SEVERAL.search(gap) or (kind == "evaluates" and "training" in gap):
        return False
    if _GAP.fullmatch(gap) or (kind != "evaluates" and _APPOSED.fullmatch(gap)):
        return True
    if kind == "compares-with" and (_FIGURE_OF.fullmatch(gap) or _ON_DATA.search(gap)):
        return bool(_FIGURE_OF.fullmatch(gap))
    return kind not in ANCESTRY and bool(_EXAMPLES.fullmatch(gap))


def _spelled(text: str, after: list[Mention]) -> bool:
    """Say whether a name is part of the words that a later abbreviation stands for."""
    words = re.compile(r"(?:[A-Z][\w-]*\s+){1,7}\(")
    return len(after) > 1 and bool(words.match(text, after[0].start))


def _row(text: str, after: list[Mention]) -> list[Mention]:
    """Return the names listed from the first on; a list ends with `and`, or is the first alone."""
    row, closed = after[:1], 1
    for name in after[1:]:
        join = _JOIN.fullmatch(text, row[-1].end, name.start)
        if not join:
            break
        row.append(name)
        if re.search(r"and|or|as well|[/&]", join["join"]):
            closed = len(row)
            if "/" not in join["join"] and "," in join["join"]:
                break
    return row if text.startswith(")", row[-1].end) else row[:closed]


def is_series(text: str, name: Mention) -> bool:
    """Say whether a name stands for a whole family, as in `the Foo series`."""
    return bool(series(text, name))


def series(text: str, name: Mention) -> str:
    """Return `Foo series` where a name stands for a whole family; empty where it does not."""
    found = _SERIES.match(text, name.end)
    return text[name.start : found.end()] if found else ""


_PART = re.compile(
    r"\s(?:adapter|module|layer|block|head|loss|unit|operator|kernel|filter|gate|score|rule|trick)s?\b"
)


def _is_part(text: str, name: Mention) -> bool:
    """Say whether a word that may be ordinary names a component: `a Heron adapter`."""
    plain = name.text.isalpha() and name.text.istitle()
    article = re.search(r"\b(?:an?|each|every|our)\s$", text[: name.start])
    return bool(plain and article and _PART.match(text, name.end))


_DATA = re.compile(
    r"(?:\s+[\w-]+)?\s+(?:benchmarks?|datasets?|corpus|corpora|test\s?set|leaderboard)\b"
)


def benchmarks(text: str) -> Iterator[Mention]:
    """List the names of a readable text that it calls a benchmark or a set of data."""
    if len(text) > LONGEST:
        return
    names = list(mentions(text))
    yield from (name for name in names if _DATA.match(text, name.end))
    for found in _LISTED.finditer(text):
        row = [name for name in names if name.start >= found.end()]
        if row and not text[found.end() : row[0].start].strip(" the"):
            yield from _row(text, row)


# --- What a sentence states ----------------------------------------------------------------

_SIZED = re.compile(r"\s[vV]?\d{1,2}(?:\.\d{1,3})*(?:-[A-Za-z\d.]*[A-Za-z\d])+")


def _whole_name(text: str, name: Mention) -> Mention:
    """Complete `Foo` in `Foo 2.5-26B`, which is no mention of `Foo`."""
    rest = _SIZED.match(text, name.end) if not name.key[-1].isdigit() else None
    if not rest:
        return name
    written = text[name.start : rest.end()]
    return Mention(written, *name_key(written), name.start, rest.end())


def _without_variant(name: Mention, own: Set[str]) -> Mention:
    """Give `Foo-B` and `Foo-Large` the key of the paper's own `Foo`."""
    base, hyphen, variant = name.text.rpartition("-")
    key = name_key(base)[0] if hyphen and variant[:1].isalpha() else ""
    return name._replace(key=key) if key in own and name.key not in own else name


def stated(text: str, own: Set[str], known: Container[str], *, opened: bool) -> list[Stated]:
    """List the relations that a readable sentence states of the paper's own work.

    Args:
        text: a sentence, LaTeX rendered.
        own: the keys of the paper's own names; of these only `succeeds` is reported.
        known: the keys of names of papers in the library, which may be ordinary words.
        opened: whether the paper has spoken of its own work by now; before that, a sentence
            without `we` or a name of its own is background.

    Returns:
        Relation and name, each pair once, in the order of the cues.
    """
    if len(text) > LONGEST:
        return []
    names = [
        _without_variant(_whole_name(text, name), own)
        for name in mentions(text)
        if not _DESCRIBES.fullmatch(name.text)
    ]
    if not names:
        return []
    breaks = [found.span() for found in BREAK.finditer(text)]
    found: dict[tuple[str, str], Stated] = {}
    for name in names:
        if _USED_AFTER.match(text, name.end) and name.key not in own and not is_generic(name.text):
            found["uses", name.key] = Stated("uses", name)
        if name.key not in own and extended(text, name) and name.key in known:
            found["builds-on", name.key] = Stated("builds-on", name)
    for kind, start, end in _cues(text):
        begin = max((b for _, b in breaks if b <= start), default=0)
        limit = min((a for a, _ in breaks if a >= end), default=len(text))
        at = Place(kind, begin, start, end, limit)
        for name in _targets(text, names, own, known, at, opened):
            found.setdefault((kind, name.key), Stated(kind, name))
    return [one for one in found.values() if _stands(one, found)]


def shows(text: str, kind: RelationType) -> bool:
    """Say whether a readable sentence has a cue of a relation anywhere, governing or not."""
    return len(text) <= LONGEST and any(found == kind for found, _, _ in _cues(text))


def may_state(text: str, own: Set[str]) -> bool:
    """Say whether a readable sentence has a cue, and a name that is not the paper's own."""
    if len(text) > LONGEST or next(_cues(text), None) is None:
        return False
    return any(name.key not in own for name in mentions(text))


def _targets(
    text: str,
    names: list[Mention],
    own: Set[str],
    known: Container[str],
    at: Place,
    opened: bool,
) -> list[Mention]:
    """List the names that a cue at a place relates to the paper's own work."""
    row = _governed(text, names, own, at.kind, at.end, at.limit)
    row = [n for n in row if n.key in known or (is_work(n.text, at.kind) and _whole(text, n))]
    row = [name for name in row if not is_series(text, name) and not _is_part(text, name)]
    row = [name for name in row if not _EXAMPLE.match(text, name.end)]
    row = [name for name in row if at.kind == "succeeds" or name.key not in own]
    row = [name for name in row if not of_a_part(text, name, at)]
    if not row or not is_own(text, names, own, at, opened):
        return []
    rests = at.kind in ANCESTRY or at.kind == "uses"
    return [] if rests and denied(text, at) else row


_USED_AFTER = re.compile(r",\s+which\s+we\s+(?:use|adopt|employ|fine-?tune|reuse|start\s+from)\b")
_EXAMPLE = re.compile(
    r"\s+as\s+an?\s+(?:\w+\s+)?(?:example|reference|baseline|motivation|metaphor)\b"
)
_FIELD = frozenset(
    """
    vit vits transformer transformers convnet convnets resnet-like internet wikipedia github
    huggingface monte-carlo bayesian gaussian markov python pytorch tensorflow linux english
    """.split()
)
_STRESSED = re.compile(r"[a-z]{3,}[A-Z][a-z]*|\d[\d.]*-?[kKMBTx]?\d?")  # `multimodAl`, `10K`


_NUMBERED = re.compile(
    r"(?:table|figure|fig|section|stage|phase|level|step|tier|grade|day|week|type|case|top|task"
    r"|version|round|part|appendix|eq|class|group)s?[ -]\d",
    re.IGNORECASE,
)
_TWO = re.compile(r"[A-Z][a-z]+-[A-Z]")


def is_work(name: str, kind: RelationType) -> bool:
    """Say whether a name can be that of a work: no abbreviation of the field, no plain part."""
    if is_generic(name) or len(name) < 3 or name.lower() in _FIELD or _STRESSED.fullmatch(name):
        return False
    if "-of-" in name or _NUMBERED.match(name):
        return False
    if is_distinctive(name) or name.isupper() or re.search(r"\d", name):
        return True
    return name[0].isupper() and (kind not in ("uses", "evaluates") or bool(_TWO.search(name)))


_HARDWARE = re.compile(r"\s*(?:GPU|TPU|chip|core|accelerator|board|node|hour|card)s?\b")
_ALONE = re.compile(
    r"(?!\s+et\s+al|\s+\(?\d{4})(?!'s?\s)(?:\W|$)(?:\W*$|[^\sA-Za-z]|(?<=[,;)])\s|(?:and|or|as|at|by|for|from|in"
    r"|of|on|over|that|to|under|until|which|while|with|is|are|was|were|baselines?|models?)\b)"
)


def _whole(text: str, name: Mention) -> bool:
    """Say whether a name stands for a work: no hardware, author, law, nor `Outcome` of a phrase."""
    if _HARDWARE.match(text, name.end):
        return False
    if is_distinctive(name.text) or re.search(r"\d", name.text):
        return True
    return name.text.isupper() or bool(_ALONE.match(text, name.end)) or text[name.end :] == ""


def _stands(one: Stated, found: dict[tuple[str, str], Stated]) -> bool:
    """Drop `on X` beside a relation that says more of the same name."""
    key = one.name.key
    if one.type == "evaluates":
        return not any((kind, key) in found for kind in ("succeeds", "builds-on", "uses"))
    return not (one.type == "uses" and any((kind, key) in found for kind in ANCESTRY))
