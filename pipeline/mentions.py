"""Which names a sentence mentions, and when two ways of writing are one name."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from pipeline.phrases import is_distinctive
from pipeline.quantities import quantities
from pipeline.synonyms import FUNCTION_WORDS
from pipeline.wording import Token, meaning, stem, tokens, unpossessed


class Mention(NamedTuple):
    """A name as a sentence writes it; `key` is the same for all ways of writing it.

    `size` is the size of a model such as `32b`, lower case, empty where none is written.
    """

    text: str
    key: str
    size: str
    start: int
    end: int


_ROMAN = re.compile(r"(?<=[\w-])[- ](II|III|IV)(?![\w])")
_ROMANS = {"II": " 2", "III": " 3", "IV": " 4"}
_SIZE = re.compile(r"(?<![\w.])a?\d+(?:\.\d+)?[bm](?![a-z0-9])")
_MARKED = re.compile(r"(?<=[A-Za-z\- ])[vV]\.?(?=\d)")
_CUT = re.compile(r"[a-z]+|\d+(?:\.\d+)*|[+*&]+")
_VERSION = re.compile(r"(?!0\.)[vV]?\d{1,2}(?:\.\d{1,3})*")
_EDITION = re.compile(r"Pro|Flash|Mini|Nano|Lite|Plus|Max|Ultra|Turbo|Sonnet|Opus|Haiku|Large")
_UNIT_AFTER = re.compile(
    r"\s?(?:%|×|x\b|points?|percent|per ?cent|times|fold|[kKMBT]\b|million|billion|trillion"
    r"|thousand|hours?|seconds?|ms\b|s\b|GB|MB|of \d|to \d|–|and \d|,\d{3}|other\b|more\b|out\b)"
)
_TWO_PARTS = re.compile(r"[A-Z][a-z]+-[A-Z\d]")
_NUMBERED = re.compile(r"\d-?D(?:-[A-Z]\w+)?")
_MONTHS = frozenset(
    """
    January February March April May June July August September October November December
    """.split()
)
_ALWAYS_PLAIN = frozenset("I AI SOTA OK GB MB KB TB dB Hz kHz MHz GHz FPS".split()) | _MONTHS


@lru_cache(maxsize=16384)
def name_key(name: str) -> tuple[str, str]:
    """Reduce a written name to a key and the size of the model, empty where none is written.

    `Foo3`, `Foo 3`, `Foo-3.0`, `Foo v3` and `Foo III` have one key; `Foo 2.5` has another.
    """
    arabic = _ROMAN.sub(lambda found: _ROMANS[found[1]], _MARKED.sub("", name))
    flat = re.sub(r"(?<=[A-Z]{2})s$", "", arabic).lower()
    sizes = _SIZE.findall(flat) if any(letter.isalpha() for letter in flat) else []
    cut = _CUT.findall(_SIZE.sub(" ", flat) if sizes else flat)
    pieces = [_trimmed(piece) if piece[0].isdigit() else piece for piece in cut]
    joined = "".join(f"|{p}|" if p[0].isdigit() else p for p in pieces)
    return joined.replace("||", "|").strip("|"), "-".join(sizes)


def _trimmed(version: str) -> str:
    """Drop the zeros at a version's end: `3.0` is `3`."""
    return re.sub(r"(?:\.0+)+$", "", version)


# --- Finding -------------------------------------------------------------------------------


@lru_cache(maxsize=4096)
def mentions(text: str) -> tuple[Mention, ...]:
    """List what reads as a name in a readable text, versions and sizes included."""
    row = tokens(text)
    found: list[Mention] = []
    at = 0
    while at < len(row):
        end = _mention_end(row, at, text)
        if end > at:
            written = _written(text, row, at, end)
            found.append(Mention(written, *name_key(written), row[at].start, row[end - 1].end))
        at = max(end, at + 1)
    return tuple(found)


def _written(text: str, row: tuple[Token, ...], at: int, end: int) -> str:
    """Return a name as written, without a possessive ending."""
    return unpossessed(text[row[at].start : row[end - 1].end])


def _mention_end(row: tuple[Token, ...], at: int, text: str) -> int:
    """Find where the name that begins at a token ends, exclusive; `at` when none begins there."""
    token = row[at]
    if not token.is_word or token.is_address or not _reads_as_name(row, at):
        return at
    end = at + 1
    if _is_version(row, end, text):
        end += 1
    joined = end < len(row) and row[end].start == row[end - 1].end + 1
    return end + 1 if joined and _EDITION.fullmatch(unpossessed(row[end].text)) else end


def _is_version(row: tuple[Token, ...], at: int, text: str) -> bool:
    """Say whether a token is the version of the name before it and no amount."""
    if at >= len(row) or row[at].start != row[at - 1].end + 1:
        return False
    if row[at].text in ("II", "III", "IV"):
        return True
    written = unpossessed(row[at].text)
    if not _VERSION.fullmatch(written) or row[at - 1].text.endswith("'s"):
        return False
    major = int(re.findall(r"\d+", written)[0])
    return major < 30 and not _UNIT_AFTER.match(text, row[at].end)


def _reads_as_name(row: tuple[Token, ...], at: int) -> bool:
    """Say whether a token looks like a name where it stands."""
    word = unpossessed(row[at].text)
    plain = word.isalpha() and word.islower()
    if plain or word in _ALWAYS_PLAIN or not any(letter.isalpha() for letter in word):
        return False
    if word[0].isdigit():
        named = is_distinctive(word) and re.search(r"[A-Z][a-z]|[A-Z]{2}", word)
        return bool(named or _NUMBERED.fullmatch(word))
    capitals = len(word) > 1 and word.isupper()
    if capitals or is_distinctive(word) or _TWO_PARTS.match(word):
        return True
    if not word[0].isupper() or len(word) < 2:
        return False
    if row[at].lower not in FUNCTION_WORDS and _is_version(row, at + 1, f"{' ' * row[at].end}"):
        return True
    return not _opens(row, at) or _subject(row, at)


def _opens(row: tuple[Token, ...], at: int) -> bool:
    """Say whether a word stands where every word has a capital."""
    if at == 0 or row[at - 1].text in '.!?:;•"“*' or row[at].lower in FUNCTION_WORDS:
        return True
    return row[at - 1].text == "'" and (at == 1 or row[at - 2].text == ":")


_NO_NAME = re.compile(r"\w+(?:s|ing|ed|[st]ion|ity|ness|ment|ance|ence|ism|ogy|ship|cy|ly|ure|ry)")
_ORDINARY = frozenset(
    """
    accuracy audio bias code context data detail error feedback footage glass hardware help image
    input language latency light loss machine math memory music noise output people performance
    power pretraining progress quality rain research reward safety scale software sound space
    speech speed staff storage supervision test text throughput time video vision voice water
    weather work everyone everything someone nothing nobody neither another other half
    """.split()
)
_VERB = re.compile(
    r"(?:is|was|can|could|may|has|had|does|did|will|cannot|also|then|therefore|which|who"
    r"|achieved|reached|outperformed|[a-z]+(?:ieves|forms|roves|asses|ceeds|eaches|ains|uces|owers"
    r"|ises|ates|izes|ases|ifies|ides|ends|icts|ires|ells|inds)|reads|uses|adds|keeps|runs|beats"
    r"|needs|makes|takes|gives|helps|shows|allows|leads|builds|scores|answers|covers|contains"
    r"|supports|combines|learns|cuts|works|fails|turns|finds|leaves|hears|stores|presents)"
)


def _subject(row: tuple[Token, ...], at: int) -> bool:
    """Say whether a sentence's first word is a name: a bare subject and no ordinary word."""
    word = row[at].lower
    ordinary = (
        word in FUNCTION_WORDS or quantities(word) or word in _ORDINARY or _NO_NAME.fullmatch(word)
    )
    if ordinary or meaning(word) != stem(word) or at + 1 >= len(row):
        return False
    after = row[at + 1].text
    if after == "," and at + 2 < len(row):
        return row[at + 2].text in ("the", "a", "an", "our", "its", "which")
    return after == "'" or bool(_VERB.fullmatch(after)) or row[at].text.endswith("'s")
