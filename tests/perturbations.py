"""True sentences made false in known ways, one change each, always the same for one sentence."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from pipeline.coining import coined_names
from pipeline.samples import sample_files
from pipeline.sentences import sentences

SHARED = Path(os.environ.get("LITLINE_SHARED") or Path(__file__).parents[2] / "shared")
CLASSES = ("number", "name", "version", "direction", "negation", "swap", "unit")


class Lie(NamedTuple):
    """A sentence after one change, and the true one."""

    kind: str
    text: str
    truth: str


class Abstract(NamedTuple):
    """A paper's sentences, and what it calls its own work."""

    id: str
    names: list[str]
    sentences: list[str]


@cache
def sample_papers() -> tuple[Abstract, ...]:
    """Return the abstracts of the invented documents, each once."""
    return _papers([Path(path) for path in sample_files()])


@cache
def seed_papers() -> tuple[Abstract, ...]:
    """Return the abstracts of the real documents beside the checkout; empty where absent."""
    return _papers(sorted((SHARED / "seeds").glob("*.txt")))


def sentences_of(papers: tuple[Abstract, ...]) -> list[str]:
    """Return the sentences of papers, each once."""
    return list(dict.fromkeys(text for paper in papers for text in paper.sentences))


def _papers(paths: list[Path]) -> tuple[Abstract, ...]:
    """Read each long line as an abstract; lists of authors are none."""
    lines = [line for path in paths for line in path.read_text(encoding="utf-8").splitlines()]
    found = []
    for at, line in enumerate(dict.fromkeys(line for line in lines if len(line) > 200)):
        parts = [line[start:end] for start, end in sentences(line)]
        kept = [part for part in parts if len(part.split()) > 3 and part.count(",") < 25]
        found.append(Abstract(f"paper-{at}", coined_names(None, line), kept))
    return tuple(paper for paper in found if paper.sentences)


def lies(truth: str) -> list[Lie]:
    """Return every way in which this module makes a sentence false."""
    makers = (_numbers, _names, _versions, _directions, _negations, _swaps, _units)
    changed = zip(CLASSES, makers, strict=True)
    return [
        Lie(kind, text, truth) for kind, make in changed for text in make(truth) if text != truth
    ]


def _put(text: str, found: re.Match[str], new: str) -> str:
    return text[: found.start()] + new + text[found.end() :]


# --- Numbers and units ---------------------------------------------------------------------

_DIGITS = re.compile(r"(?<![\w.,-])\d{1,3}(?:,\d{3})+(?:\.\d+)?|(?<![\w.,-])\d+(?:\.\d+)?")
_COUNTS = "two three four five six seven eight nine ten eleven twelve".split()
_COUNT = re.compile(rf"\b(?:{'|'.join(_COUNTS)})\b")
_ITEM = re.compile(r"\d\)")
_NAME_BEFORE = re.compile(r"[A-Z][\w-]* $")


def _numbers(text: str) -> Iterator[str]:
    """Change the first digit of each number, then the last; count words move by one."""
    for found in _DIGITS.finditer(text):
        version = _NAME_BEFORE.search(text[: found.start()]) and len(found[0]) < 4
        if _ITEM.match(text, found.start()) or (
            version and text[found.end() : found.end() + 1] != "%"
        ):
            continue
        digits = found[0]
        yield _put(text, found, str(int(digits[0]) % 9 + 1) + digits[1:])
        if len(digits) > 1:
            yield _put(text, found, digits[:-1] + str((int(digits[-1]) + 3) % 10))
    for found in _COUNT.finditer(text):
        yield _put(text, found, _COUNTS[(_COUNTS.index(found[0]) + 1) % len(_COUNTS)])


_OTHER_UNITS = (
    (r"(?<=\d)\s?\\?%", " percentage points"),
    (r"(?<=\d) (?:percentage |accuracy )?points", "%"),
    (r"(?<=\d) million", " billion"),
    (r"(?<=[a-z]) million", " billion"),
    (r"(?<=\d) billion", " million"),
    (r"(?<=\d) seconds", " minutes"),
    (r"(?<=\d) milliseconds", " seconds"),
    (r"(?<=\d) hours", " minutes"),
    (r"(?<=\d) MB\b", " GB"),
    (r"(?<=\d)K\b", "M"),
    (r"(?<=\d) times\b", "%"),
    (r"(?<=\d)\$\\times\$(?! ?\d)", "%"),
    (r"(?<![-\w])(?<=\s)(\d+)B\b", r"\1M"),
)


def _units(text: str) -> Iterator[str]:
    for pattern, new in _OTHER_UNITS:
        for found in re.finditer(pattern, text):
            yield _put(text, found, found.expand(new) if "\\1" in new else new)


# --- Names ---------------------------------------------------------------------------------

_STRANGERS = "Quillnet HarbourBench Ostrel-9B Vantor VEX Moorhen-Lite SaltBench Corvid-XL".split()
_VERSIONED = r"[A-Z][A-Za-z]+(?:-[A-Z]\w*)*[ -]?\d+(?:\.\d+)?(?:-\d+B)?\b"
_NAME = re.compile(
    rf"\b(?:{_VERSIONED}|[A-Z]?[a-z]*[A-Z][A-Za-z]*[A-Z]\w*(?:-\w+)*|[A-Z][a-z]+-[A-Z]\w+)"
)
_PROPER = re.compile(r"(?<=[a-z,] )[A-Z][a-z]{3,}(?:-[A-Z]\w*)*(?![\w-]| \d)")


def _name_spans(text: str) -> list[re.Match[str]]:
    found = [*_NAME.finditer(text), *_PROPER.finditer(text)]
    return sorted(found, key=lambda match: match.start())


def _names(text: str) -> Iterator[str]:
    for at, found in enumerate(_name_spans(text)):
        yield _put(text, found, _STRANGERS[(at + len(text)) % len(_STRANGERS)])


_VERSION = re.compile(r"(?<=[A-Za-z])(?P<gap>[ -]?)(?P<v>\d+(?:\.\d+)?)(?![\d%]|\.\d)")
_ROMAN = re.compile(r"(?<=-)II+\b")


def _versions(text: str) -> Iterator[str]:
    for name in re.finditer(_VERSIONED, text):
        found = _VERSION.search(text, name.start(), name.end())
        if found and not text[found.end() :].startswith((",", "B")) and float(found["v"]) < 30:
            number = float(found["v"])
            other = f"{number - 0.5:g}" if number % 1 else f"{number + 1:g}"
            renamed = text[name.start() : found.start()] + found["gap"] + other
            if not re.search(rf"{re.escape(renamed)}(?:\.0)?(?!\.?\d)", text):
                yield _put(text, found, found["gap"] + other)
    for found in _ROMAN.finditer(text):
        yield _put(text, found, "III" if found[0] == "II" else "II")


# --- Direction and negation ------------------------------------------------------------------

_PAIRS = """
    increases/decreases increase/decrease increased/decreased increasing/decreasing
    raises/lowers raise/lower raised/lowered improves/worsens improve/worsen improved/worsened
    improvement/degradation improvements/degradations better/worse best/worst higher/lower
    highest/lowest more/less faster/slower largest/smallest larger/smaller outperforms/underperforms
    outperform/underperform outperforming/underperforming above/below reduces/increases
    reduce/increase reducing/increasing reduced/increased enhances/degrades enhance/degrade
    enhancing/degrading gains/losses gain/loss with/without longer/shorter before/after
    stronger/weaker strong/weak falls/rises grows/shrinks rises/falls loses/gains cuts/raises
    fewer/more superior/inferior surpasses/trails surpassing/trailing exceeds/undercuts
    boosts/harms early/late slower/faster worse/better
""".split()
_OPPOSITE: dict[str, str] = {}
for _pair in _PAIRS:
    _first, _second = _pair.split("/")
    _OPPOSITE.setdefault(_first, _second)
    _OPPOSITE.setdefault(_second, _first)


def _directions(text: str) -> Iterator[str]:
    for found in re.finditer(r"\b[a-z]+\b", text):
        if found[0] in _OPPOSITE and found[0] != "with":
            yield _put(text, found, _OPPOSITE[found[0]])


_AUXILIARY = re.compile(r"\b(?:is|are|was|were|can|may|will|should|must)\b(?! not\b| no\b)")
_DENIED = (
    (
        re.compile(r"\b(is|are|was|were|do|does|did|can|could|should|must|will|has|have) not\b"),
        r"\1",
    ),
    (re.compile(r"\bcannot\b"), "can"),
    (re.compile(r"\bwithout\b"), "with"),
    (re.compile(r"\bno (?!longer|more|less)"), "a "),
    (re.compile(r"\bnever\b"), "always"),
    (re.compile(r"\bNeither\b"), "Each"),
)
_VERB = re.compile(
    r"\b(reaches|answers|introduces|achieves|keeps|needs|uses|shows|outperforms|improves|adds"
    r"|surpasses|enables|provides|supports|covers|runs|decides|presents|contains|lowers)\b"
)
_BASES = {"reaches": "reach", "introduces": "introduce", "surpasses": "surpass"}


def _negations(text: str) -> Iterator[str]:
    for found in _AUXILIARY.finditer(text):
        yield _put(text, found, f"{found[0]} not")
    for found in _VERB.finditer(text):
        base = _BASES.get(found[0], found[0].removesuffix("s"))
        yield _put(text, found, f"does not {base}")
    for found in re.finditer(r"\bwith\b(?! no\b| respect\b)", text):
        yield _put(text, found, "without")
    for pattern, new in _DENIED:
        for found in pattern.finditer(text):
            yield _put(text, found, found.expand(new))


# --- Swaps ---------------------------------------------------------------------------------

_COMPARISON = re.compile(
    r"\b(?:outperform\w*|surpass\w*|exceed\w*|beat\w*|than|compared (?:to|with)|above|below|over"
    r"|against|versus|ahead of|successor to|buil[dt]s? (?:up)?on|based on|behind|better|whereas)\b"
)


def _swaps(text: str) -> Iterator[str]:
    """Exchange the nearest different names before and after each comparison."""
    names = _name_spans(text)
    for comparison in _COMPARISON.finditer(text):
        before = [n for n in names if n.end() <= comparison.start()]
        after = [n for n in names if n.start() >= comparison.end()]
        if before and after and before[-1][0] != after[0][0]:
            one, other = before[-1], after[0]
            middle = text[one.end() : other.start()]
            yield text[: one.start()] + other[0] + middle + one[0] + text[other.end() :]


# --- Another paper's figure ----------------------------------------------------------------


_FIGURE = re.compile(r"(?<![\w.,-])(?<![A-Z]\w )\d+(?:[.,]\d+)*(?:\s?\\?%|\$?\\times|x| \w)")


class Misattribution(NamedTuple):
    """A sentence with a figure, said of another paper, and what both papers say."""

    text: str
    evidence: list[tuple[str, str]]
    names: dict[str, list[str]]


def misattributions(papers: tuple[Abstract, ...]) -> list[Misattribution]:
    """Give each sentence that has a figure and its paper's name to the next paper with a name."""
    named = [paper for paper in papers if paper.names]
    return [
        lie
        for at, paper in enumerate(named)
        for truth in paper.sentences
        for other in [_other(named, at, truth)]
        if other and (lie := _misattributed(paper, other, truth))
    ]


def _other(named: list[Abstract], at: int, truth: str) -> Abstract | None:
    """Find the next paper none of whose names share a word with the sentence."""
    rest = named[at + 1 :] + named[:at]
    stems = ((paper, re.match(r"[A-Za-z]+", paper.names[0])) for paper in rest)
    return next((paper for paper, stem in stems if stem and stem[0] not in truth), None)


def _misattributed(paper: Abstract, other: Abstract, truth: str) -> Misattribution | None:
    """Put the other paper's name in place of the paper's own, where the sentence has a figure."""
    own = "|".join(re.escape(name) for name in sorted(paper.names, key=len, reverse=True))
    text, count = re.subn(rf"(?<![\w-])(?:{own})(?![\w-])", other.names[0], truth)
    if not count or not _FIGURE.search(re.sub(own, "", truth)):
        return None
    theirs = next((said for said in other.sentences if other.names[0] in said), "")
    if not theirs:
        return None
    names = {paper.id: paper.names, other.id: other.names}
    return Misattribution(text, [(paper.id, truth), (other.id, theirs)], names)
