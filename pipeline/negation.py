"""Which words a sentence denies, and denials that a claim adds or leaves out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from pipeline.numbers import Finding
from pipeline.wording import is_content, meaning, stem, tokens, unpossessed


class Word(NamedTuple):
    """A word or mark as the checks of direction see it.

    `negated` is true in the reach of an odd number of denials such as `not`; `denied` in
    that of one right before. `softly` lists the words nearby that take away or set apart, such as
    `beyond`, and `lacking` those that deny by their meaning, such as `fails`.
    """

    text: str
    start: int
    meaning: str
    content: bool
    negated: bool
    softly: frozenset[str]
    lacking: frozenset[str]
    denied: bool


_DENIALS = frozenset(
    "not no never neither nor none cannot without nothing nobody n't except excluding".split()
)
_LACKING = re.compile(
    r"fail(?:s|ed|ing)?|lack(?:s|ed|ing)?|remov(?:e|es|ed|ing)|unable|impossible|absent|absence"
    r"|missing|avoid(?:s|ed|ing)?|prevent(?:s|ed|ing)?|invisible|eliminat\w+|disappears?|excluded"
    r"|identical|unchanged|untouched|vanish(?:es|ed)?|gone"
)
_SOFT = re.compile(
    r"only|hardly|barely|rarely|seldom|few|little"
    r"|instead|rather|than|unlike|free|eliminat(?:e|es|ed|ing)|obviat\w+|disappear(?:s|ed)?"
    r"|vanish(?:es|ed)?|lost|loss|ignor(?:e|es|ed|ing)|skip(?:s|ped)?|omit(?:s|ted)?|exclud\w+"
    r"|reject(?:s|ed)?|stop(?:s|ped)?|unless|beyond|until|outside|limited|too|other|apart|save|independent"
    r"|neglect\w*|abandon\w*|drop(?:s|ped|ping)?|refus\w+|den(?:y|ies|ied)|forbid\w*|unclear"
    r"|unknown|open|invisible|insignificant|discard\w*|poor(?:ly)?|difficult|hard|exceptions?|un\w{4,}"
    r"|in(?:capable|sufficient|adequate|complete|valid|correct|dependent|sensitive|variant)\w*"
    r"|\w+less|\w+-free|untouched|zero|remain\w*|different\w*|contrary|contrast|loses?|cuts?"
    r"|reduc\w+|less|away|off|yet|problem\w*|limitation\w*|challeng\w+|struggl\w+|suffer\w*"
)
_FALSE_START = frozenset("only just merely necessarily least more less later worse".split())
_LESS = frozenset("less fewer worse".split())  # a denial of these says `at least as`
_FALSE_STARTS = [[word] for word in sorted(_FALSE_START)]
_WHOLE = frozenset("neither nor none no".split())  # they deny a whole clause
_PREPOSITIONS = frozenset("on in for of at with to from by under over that whether".split())
_CONTRASTS = frozenset("unlike contrary contrast".split())
_REACH, _FAR = 5, 12  # words
_STOP = frozenset(".;:,()") | frozenset(
    "but while whereas although though because which if when than since".split()
)


@lru_cache(maxsize=4096)
def marked_words(text: str) -> tuple[Word, ...]:
    """List the words of `opened(text)`, each with the denials that reach it."""
    cut = [(piece, t.start) for t in tokens(opened(text)) for piece in _pieces(t.text)]
    row = [piece for piece, _ in cut]
    counts: list[int] = [0] * len(row)
    soft: list[frozenset[str]] = [frozenset()] * len(row)
    lacking: list[frozenset[str]] = [frozenset()] * len(row)
    for at, word in enumerate(row):
        paired = word == "nor" and "neither" in row[max(0, at - _FAR) : at]
        if word in _DENIALS and not paired and row[at + 1 : at + 2] not in _FALSE_STARTS:
            for place in _reach(row, at):
                counts[place] += 1
        elif _LACKING.fullmatch(word) or _SOFT.fullmatch(word):
            marks = lacking if _LACKING.fullmatch(word) else soft
            for place in [*_reach(row, at), *_behind(row, at, 8 if marks is lacking else 3)]:
                marks[place] |= {word}
    near = {place for at, word in enumerate(row) if word in _DENIALS for place in _beside(row, at)}
    return tuple(
        Word(
            word,
            cut[at][1],
            meaning(word),
            word.isalnum() and is_content(word),
            counts[at] % 2 == 1,
            soft[at],
            lacking[at],
            counts[at] % 2 == 1 and at in near,
        )
        for at, word in enumerate(row)
    )


_NO_NEED = re.compile(
    r"\b(?:remov|eliminat|obviat|avoid)(?:es?|s|ed|ing)\b(?=\s(?:\w+\s)?(?:need|necessity)\b)"
)


def opened(text: str) -> str:
    """Write `isn't`, `can not` and `removes the need` as the denials that they are."""
    if "n't" in text:
        text = re.sub(r"(?i)\b(ca|wo|\w+?)n't\b", r"\1 not", text)
    return _NO_NEED.sub("without", text.replace(" can not ", " cannot "))


@lru_cache(maxsize=16384)
def _pieces(token: str) -> tuple[str, ...]:
    """Cut a token at hyphens, in lower case; marks stay."""
    lower = unpossessed(token.lower())
    return tuple(re.split(r"[-/]", lower)) if lower[:1].isalnum() else (lower or "'",)


def _ahead(row: list[str], at: int, most: int) -> Iterator[int]:
    """List the places after a word, up to the end of the clause."""
    for place in range(at + 1, min(at + 1 + most, len(row))):
        if row[place] in _STOP:
            return
        yield place


def _behind(row: list[str], at: int, most: int) -> Iterator[int]:
    """List the places before a word, up to the start of the clause, nearest first."""
    for place in range(at - 1, max(-1, at - 1 - most), -1):
        if row[place] in _STOP:
            return
        yield place


def _reach(row: list[str], at: int) -> Iterator[int]:
    """List the places that a denial reaches: the next words, up to the end of the clause."""
    whole = row[at] in _WHOLE - {"no"} or (at == 0 and row[at] == "no")
    return _ahead(row, at, _FAR if whole else _REACH)


def _beside(row: list[str], at: int) -> Iterator[int]:
    """List the places after a denial up to the first word of content: `not very often`."""
    for place in range(at + 1, min(at + 4, len(row))):
        if row[place] in _PREPOSITIONS:
            return
        yield place
        if is_content(row[place]) and not row[place].endswith("ly"):
            return


def _of_the_other(here: tuple[Word, ...], there: tuple[Word, ...]) -> bool:
    """Say whether a text speaks of what another one sets apart: `unlike A, B is` and `A is not`."""
    opens = [at for at, word in enumerate(there) if word.text in _CONTRASTS]
    if not opens or any(word.text in _CONTRASTS for word in here):
        return False
    row = [word.text for word in there]
    apart = [there[place].meaning for place in _ahead(row, opens[0], _FAR) if there[place].content]
    return bool(apart) and set(apart[:3]) <= {word.meaning for word in here}


# --- Surroundings -----------------------------------------------------------------------------


def closeness(here: tuple[Word, ...], at: int, there: tuple[Word, ...], other: int) -> float:
    """Say how alike the surroundings of two words are: shared words, more when equally placed."""
    score = 0.0
    for distance in (-3, -2, -1, 1, 2, 3):
        a, b = word_at(here, at + distance), word_at(there, other + distance)
        score += 1.0 if a and b and a.meaning == b.meaning else 0.0
    mine = {word.meaning for word in here[max(0, at - 5) : at + 6] if word.content}
    theirs = {word.meaning for word in there[max(0, other - 5) : other + 6] if word.content}
    own = {here[at].meaning, there[other].meaning}
    return score * 0.5 + len((mine & theirs) - own)


def beside(words: tuple[Word, ...], at: int) -> set[str]:
    """Collect the content words nearest before and after a place in its clause, three on a side."""
    row = [{"as": ".", "than": "as"}.get(word.text, word.text) for word in words]
    sides = (_behind(row, at, _FAR), _ahead(row, at, _FAR))
    near = [
        place
        for side in sides
        for place in islice((place for place in side if words[place].content), 3)
    ]
    return {words[place].meaning for place in near}


def word_at(words: tuple[Word, ...], at: int) -> Word | None:
    """Return a word by its place; `None` outside of the text."""
    return words[at] if 0 <= at < len(words) else None


# --- Comparing -----------------------------------------------------------------------------


def changed_denials(claim: str, evidence: str) -> Iterator[Finding]:
    """Find denials of a readable claim that the evidence does not make, and the reverse."""
    here, there = marked_words(claim), marked_words(evidence)
    if _of_the_other(here, there):
        return
    yield from _added(here, there)
    yield from _left_out(here, there)


def _denied(words: tuple[Word, ...], at: int) -> list[Word]:
    """List the first content words that the denial at a place reaches, nearest first."""
    if words[at].text not in _DENIALS or _false_start(words, at):
        return []
    row = [word.text for word in words]
    return [words[place] for place in _reach(row, at) if words[place].content][:2]


def _false_start(words: tuple[Word, ...], at: int) -> bool:
    reached = [words[place].text for place in _ahead([word.text for word in words], at, _REACH)]
    return bool(reached) and (reached[0] in _FALSE_START or not _LESS.isdisjoint(reached))


def _added(here: tuple[Word, ...], there: tuple[Word, ...]) -> Iterator[Finding]:
    """Find denials of what the evidence says without one."""
    any_denial = any(
        w.text in _DENIALS or _SOFT.fullmatch(w.text) or _LACKING.fullmatch(w.text) for w in there
    )
    for at, word in enumerate(here):
        reached = _denied(here, at)
        if not reached:
            continue
        if denied_later(here, at, there):
            continue
        shared = [w for w in reached if any(w.meaning == o.meaning for o in there)]
        held = [w for w in shared if _said_plainly(w, here, at, there)]
        same = shared == reached and held == shared
        if same or (not shared and not any_denial):
            what = f"{word.text} {' '.join(w.text for w in reached)}"
            yield what, f"“{what}” is a denial, but the evidence says this without one."


def denied_later(here: tuple[Word, ...], at: int, there: tuple[Word, ...]) -> bool:
    """Say whether what follows a place in its clause is denied by the other text as well."""
    row = [word.text for word in here]
    after = list(_ahead(row, at, _FAR))
    return any(
        w.negated and w.meaning == here[place].meaning and w.content
        for w in there
        for place in after
    )


def _said_plainly(word: Word, here: tuple[Word, ...], at: int, there: tuple[Word, ...]) -> bool:
    """Say whether a text has a word that a denial at a place reaches, and never denies it.

    Softer denials nearby, such as `removes`, excuse a difference.
    """
    mine = next(i for i in range(at, len(here)) if here[i].meaning == word.meaning)
    places = [i for i, other in enumerate(there) if other.meaning == word.meaning]
    known = [there[place] for place in places]
    if any(k.negated or excuses(k.lacking, here) or excuses(k.softly, here) for k in known):
        return False
    near = max(closeness(here, mine, there, place) for place in places)
    return near >= (1.0 if len(there) <= _SHORT else 2.5)


def excuses(soft: frozenset[str], other: tuple[Word, ...]) -> bool:
    """Say whether softer denials of one text are not simply repeated in the other."""
    return bool(soft) and not {stem(word) for word in soft} <= {stem(word.text) for word in other}


_SHORT = 60  # words; in more, the same words turn up in other matters


def _left_out(here: tuple[Word, ...], there: tuple[Word, ...]) -> Iterator[Finding]:
    """Find words that the evidence only denies and that the claim asserts."""
    if _denials(here) >= _denials(there):
        return
    for at, word in enumerate(there):
        reached = _denied(there, at)
        only = [w for w in reached if _only_denied(w, there)]
        claimed = [w for w in only if any(w.meaning == o.meaning for o in here)]
        first_there = bool(claimed) and (claimed[0] == reached[0] or word.text in _WHOLE)
        if first_there and all(_asserted(w, here, at, there) for w in claimed):
            what = " ".join(w.text for w in reached)
            yield what, f"“{what}” is denied in the evidence (“{word.text} {what}”), not here."


def _denials(words: tuple[Word, ...]) -> int:
    """Count what denies in a text."""
    return sum(word.text in _DENIALS and word.text != "nor" for word in words)


def _only_denied(word: Word, words: tuple[Word, ...]) -> bool:
    """Say whether every place of a word is in the reach of a denial."""
    return all(other.negated for other in words if other.meaning == word.meaning)


def _asserted(word: Word, here: tuple[Word, ...], at: int, there: tuple[Word, ...]) -> bool:
    """Say whether a claim has a word, denies it nowhere, and speaks of what stands around it."""
    places = [i for i, other in enumerate(here) if other.meaning == word.meaning]
    if any(here[place].negated or excuses(here[place].lacking, there) for place in places):
        return False
    if any(excuses(here[place].softly, there) for place in places):
        return False
    return _near(at, here, there)


def _near(at: int, here: tuple[Word, ...], there: tuple[Word, ...]) -> bool:
    """Say whether the claim has at least half of the words around a denial."""
    around = {w.meaning for w in there[max(0, at - 5) : at + 6] if w.content}
    said = {w.meaning for w in here if w.content}
    return bool(around) and len(around & said) * 2 >= len(around)
