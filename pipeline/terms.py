"""Which words are counted in a paper: curated groups, and phrases that a library often uses."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from importlib import resources
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict, Field

_CACHED = 50_000  # words
_LONGEST = 3  # words of a further phrase
_ABBREVIATION = 6  # letters; a longer word in capitals is a plain one, of a heading
_SIGN = r"(?:://|@|www\.|\.(?:com|org|net|edu|gov|io|ai|co|cn)(?![\w-]))"
_IS_SIGN = re.compile(_SIGN)
_ADDRESS = re.compile(rf"(?<!\S)\S*?{_SIGN}\S*")
# Commands of LaTeX and its formulas are passed over. Group 1 is a word, group 2 what joins it to
# the next one: white space, or a hyphen, at the end of a line too.
_TOKEN = re.compile(
    r"([^\W_]+(?:\.\d+)*)(?:(\s{1,8}|[-‐‑–]\s{0,8})(?=[^\W_]))?"
    r"|\\[A-Za-z]+"
    r"|\$[^$\n]{0,80}[\\^_={}<>][^$\n]{0,80}\$"
)
_ES = ("ch", "sh", "x", "ss")
# A phrase does not end in an adjective: "convolutional", "adaptive", "pretrained".
_NO_NOUNS = ("al", "able", "ed", "ive")
_NOUNS = ("eed", "ieval", "gnal", "nimal", "metal", "crystal", "narrative", "table")
_NO_PLURAL = ("ss", "us", "is", "as", "ics", "series", "species", "lens")


class Term(NamedTuple):
    """A name and the forms that count for it; words in lower case stand for any case and number."""

    name: str
    forms: tuple[str, ...]


class _Further(BaseModel):
    """How further phrases are chosen."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    at_most: int = Field(ge=0)
    papers: int = Field(ge=1)
    stop: str


class _Data(NamedTuple):
    """What terms.toml holds."""

    groups: tuple[Term, ...]
    broad: frozenset[str]
    further: _Further


@cache
def _data() -> _Data:
    raw = tomllib.loads(
        resources.files("pipeline").joinpath("terms.toml").read_text(encoding="utf-8")
    )
    groups = tuple(Term(name, tuple(forms)) for name, forms in raw["groups"].items())
    broad = frozenset(raw["themes"]["broad"])
    return _Data(groups, broad, _Further.model_validate(raw["further"]))


def curated() -> tuple[Term, ...]:
    """Return the groups of terms.toml, in its order."""
    return _data().groups


def broad() -> frozenset[str]:
    """Return the groups that say too little to be a theme."""
    return _data().broad


# --- Finding ---------------------------------------------------------------------------------


class Finder:
    """Finds many terms in a text at once; the time grows with the text, not with the terms."""

    def __init__(self, terms: Iterable[Term]) -> None:
        self._forms: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        for term in terms:
            for words in {words for form in term.forms for words in _numbers(form)}:
                self._forms.setdefault(words[0], []).append((words, term.name))

    def terms_of(self, text: str) -> frozenset[str]:
        """Return the names of the terms that a text holds."""
        return frozenset(name for name, _, _ in self._found(_tokens(text)))

    def occurrences(self, text: str) -> list[tuple[int, int]]:
        """Return where any of the terms stands in a text, in order, without overlaps."""
        places = [match.span(1) for match in _TOKEN.finditer(_without_addresses(text))]
        longest = {at: end for _, at, end in sorted(self._found(_tokens(text)))}
        spans: list[tuple[int, int]] = []
        for at, end in sorted(longest.items()):
            if not spans or places[at][0] >= spans[-1][1]:
                spans.append((places[at][0], places[end - 1][1]))
        return spans

    def _found(self, tokens: list[tuple[str, str]]) -> Iterator[tuple[str, int, int]]:
        """Find names and the tokens they take: start inclusive, end exclusive."""
        forms = self._forms
        for at, (word, _) in enumerate(tokens):
            low = word.lower()
            keys = (low,) if word == low else (low, word)
            for key in keys:
                for form, name in forms.get(key, ()):
                    if len(form) == 1 or _stands(form, tokens[at : at + len(form)]):
                        yield name, at, at + len(form)


def terms_of(text: str) -> frozenset[str]:
    """Return the names of the curated groups that a text holds."""
    return _curated_finder().terms_of(text)


def occurrences(term: Term, text: str) -> list[tuple[int, int]]:
    """Return where a term stands in a text, in order: start inclusive, end exclusive."""
    return _finder(term).occurrences(text)


@cache
def _curated_finder() -> Finder:
    return Finder(curated())


@cache
def _finder(term: Term) -> Finder:
    return Finder([term])


def _tokens(text: str) -> list[tuple[str, str]]:
    """Return each word of a text and what joins it to the next one; what is no word is empty."""
    return _TOKEN.findall(_without_addresses(text))


def _without_addresses(text: str) -> str:
    """Return a text of the same length that has full stops in place of addresses."""
    if not _IS_SIGN.search(text):
        return text
    return _ADDRESS.sub(lambda match: "." * len(match[0]), text)


def _stands(form: tuple[str, ...], tokens: list[tuple[str, str]]) -> bool:
    """Say whether tokens are the words of a form, each joined to the next."""
    return (
        len(tokens) == len(form)
        and all(gap for _, gap in tokens[:-1])
        and all(part in (word, word.lower()) for part, (word, _) in zip(form, tokens, strict=True))
    )


# --- Number and case -------------------------------------------------------------------------


def _numbers(form: str) -> Iterator[tuple[str, ...]]:
    """Return the words of a form in the singular and in the plural."""
    words = [_plain(word) for word, _ in _tokens(form)]
    if words:
        yield tuple(words)
        yield (*words[:-1], _plural(words[-1]))


@lru_cache(maxsize=_CACHED)
def _is_spelled(word: str) -> bool:
    """Say whether a word is met only as written, such as `RL`: by capitals after the first."""
    shouted = len(word) > _ABBREVIATION and word.isupper() and word.isalpha()
    return not shouted and any(letter.isupper() for letter in word[1:])


@lru_cache(maxsize=_CACHED)
def _plain(word: str) -> str:
    return word if _is_spelled(word) else word.lower()


def _plural(word: str) -> str:
    if word.endswith("y") and word[-2:-1] not in tuple("aeiou") and not _is_spelled(word):
        return f"{word[:-1]}ies"
    return f"{word}es" if word.endswith(_ES) else f"{word}s"


@lru_cache(maxsize=_CACHED)
def _singular(word: str) -> str:
    """Return the word whose plural this may be, or the word itself."""
    if word.endswith(_NO_PLURAL) or not word.endswith("s") or len(word) < 3:
        return word
    if _is_spelled(word):
        return word[:-1] if word[:-1].isupper() else word
    ways = (f"{word[:-3]}y", word[:-2], word[:-1])
    return next((way for way in ways if _plural(way) == word), word)


# --- Further phrases -------------------------------------------------------------------------


def further(texts: Mapping[str, str], known: Sequence[Term]) -> list[Term]:
    """Choose phrases that many papers of a library use and no known term counts.

    Args:
        texts: title and abstract of every paper by its id; dates play no part.
        known: terms that are counted anyway.
    """
    return choose(Counter(phrase for text in texts.values() for phrase in phrases_of(text)), known)


def choose(papers: Mapping[str, int], known: Sequence[Term]) -> list[Term]:
    """Choose among phrases by the number of papers that hold them, most first, ties by name.

    A phrase within another one that may be chosen is left out if as many papers hold both: these
    are the same papers.

    Args:
        papers: of how many papers `phrases_of` returned a phrase.
        known: terms that are counted anyway; a phrase that holds one of their forms is left out.
    """
    rules, finder = _data().further, Finder(known)
    often = [
        phrase
        for phrase, count in papers.items()
        if count >= rules.papers and not finder.terms_of(phrase)
    ]
    inner = {
        part for phrase in often for part in _parts(phrase) if papers.get(part) == papers[phrase]
    }
    ranked = sorted(set(often) - inner, key=lambda phrase: (-papers[phrase], phrase))
    return [Term(phrase, (phrase,)) for phrase in ranked[: rules.at_most]]


def _parts(phrase: str) -> Iterator[str]:
    """Return the shorter phrases within a phrase, each as `phrases_of` names it."""
    words = phrase.split(" ")
    for size in range(1, len(words)):
        for at in range(len(words) - size + 1):
            part = words[at : at + size]
            yield " ".join([*part[:-1], _singular(part[-1])])


def phrases_of(text: str) -> frozenset[str]:
    """Return what may become a further phrase: two or three plain words, or a name in capitals.

    The last word is in the singular, single spaces part the words, and only one with a capital
    after its first character keeps its case. Of a compound that holds a stop word, as `GRPO-based`,
    only a name is taken.
    """
    phrases = {phrase for run in _runs(text) for phrase in _of_run(run)}
    words = (word for compound, _ in _compounds(text) for word in compound)
    return frozenset(phrases.union(_singular(w) for w in words if _is_name(w)))


def _of_run(run: Sequence[str]) -> Iterator[str]:
    """Return the phrases within words that follow each other."""
    for end, word in enumerate(run, 1):
        last = _singular(word)
        if word.endswith(_NOUNS) or not word.endswith(_NO_NOUNS):
            for size in range(2, min(_LONGEST, end) + 1):
                yield " ".join([*run[end - size : end - 1], last])


def _is_name(word: str) -> bool:
    """Say whether a word alone may become a phrase: a name in capitals that is no stop word."""
    return len(word) > 2 and _is_spelled(word) and _is_content(word)


def _runs(text: str) -> Iterator[list[str]]:
    """Return runs of words that are joined, without a stop word or a compound that holds one."""
    run: list[str] = []
    for compound, joined in _compounds(text):
        plain = all(map(_is_content, compound))
        if plain:
            run += map(_plain, compound)
        if run and not (plain and joined):
            yield run
            run = []


def _compounds(text: str) -> Iterator[tuple[list[str], bool]]:
    """Return the words that hyphens join together, and whether the next ones follow at once."""
    compound: list[str] = []
    for word, gap in _tokens(text):
        compound.append(word)
        if not gap.strip():
            yield compound, bool(gap)
            compound = []


@cache
def _stop() -> frozenset[str]:
    return frozenset(_data().further.stop.split())


@lru_cache(maxsize=_CACHED)
def _is_content(word: str) -> bool:
    """Say whether a word may be part of a phrase."""
    plain = word.lower()
    stops = _stop()
    return (
        len(word) > 1
        and (word[0].isalpha() or plain in ("2d", "3d", "4d"))
        and not plain.endswith("ly")
        and plain not in stops
        and _singular(plain) not in stops
    )
