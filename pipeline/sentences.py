"""Where the sentences of a text begin and end."""

from __future__ import annotations

import re
from collections.abc import Iterator

LONGEST_SENTENCE = 2_000  # characters

_BLANK_LINE = re.compile(r"\n[^\S\n]*\n")
_STOP = re.compile(
    r"""
    (?:https?://|www\.)[^\s。！？]*[^\s。！？.!?,;:"'”’»)\]}]  # an address of the web
  | (?P<mark>[.!?…。！？｡]+)
    (?:["'”’»›)\]}」』）】]|\[\d{1,3}(?:[,–-]\ ?\d{1,3})*\])*
    """,
    re.VERBOSE,
)
_TOKEN_BEFORE = re.compile(r"(?:[^\W\d_]+\.)*[^\W\d_]+$")
_INITIAL = re.compile(r"(?<![^\s(~])(?:[A-Z]\.)*[A-Z]$")
_ITEM_NUMBER = re.compile(r"(?:^|[:;(]\s*|(?P<weak>,|\b(?:and|or|then))\s)\s*\d{1,2}$")
_CAMEL = re.compile(r"[a-z]+[A-Z]")
_NUMBERED = re.compile(r"[\d(\[]|[A-Z]\d*\b")
_GLUED = re.compile(r"([A-Z][a-z]+)(?=[\s,:'’-]|\.?$)")
_NAME_BEFORE = re.compile(r"[\w.@/\\-]*$")
_CLAUSE = re.compile(r"[;:,](?=\s)")
_SPACES = re.compile(r"\s+")

# What follows these belongs to the same sentence.
_OPEN_ABBREVIATIONS = frozenset(
    "i.e e.g ie eg cf vs viz approx resp ca w.r.t s.t a.k.a Dr Prof Mr Mrs Ms St".split()
)
# So it does here when it is a number, a letter or a bracket.
_NUMBERED_ABBREVIATIONS = frozenset(
    "fig figs eq eqs eqn eqns sec secs no nos vol p pp ch chap ref refs tab alg thm".split()
)
# These may end a sentence as well: they do when the next word is one that opens sentences.
_CLOSING_ABBREVIATIONS = frozenset("al etc inc ltd co corp jr sr i.i.d ph.d a.m p.m".split())
_OPENERS = frozenset(
    """
    A After All Although An And As At Based Because Besides But By Code Compared Data Despite
    Due During Each Empirical Empirically Evaluation Evaluations Existing Experimental
    Experiments Extensive Finally First For From Further Furthermore Given Hence Here How
    However If In Indeed Instead It Its Last Lastly Many Meanwhile More Moreover Most
    Nevertheless No Notably On One Only Our Overall Prior Recent Recently Results Second
    Several Similarly Since So Some Specifically Such That The Their Then There Therefore
    These They This Those Though Through Thus To Together Under Unlike Using We What When
    Where While With Without
    """.split()
)
# Capitalised, these still end the name of a file or a site.
_NOT_AFTER_DOT = frozenset(
    "Ai Cc Co Com Cpp Edu Gov Html Io Java Js Json Md Net Org Pdf Py Txt Xml".split()
)
_CODE_BEFORE_DOT = frozenset(
    """
    torch nn np numpy tf tensorflow jax keras pd pandas scipy sklearn java javax os sys plt
    """.split()
)


def sentences(text: str, start: int = 0, end: int | None = None) -> list[tuple[int, int]]:
    """Find the sentences of `text[start:end]`.

    Args:
        text: any text; a newline is white space, and a blank line always ends a sentence.
        start: first character, inclusive.
        end: last character, exclusive; `None` is the end of the text.

    Returns:
        Offsets into `text`, start inclusive and end exclusive, in order and without overlap.
        Outer white space is left out, every other character lies in exactly one sentence, and
        none is longer than `LONGEST_SENTENCE`.
    """
    first, last, _ = slice(start, end).indices(len(text))
    return [
        piece
        for block_start, block_end in _blocks(text, first, last)
        for begin, stop in _block_sentences(text[block_start:block_end])
        for piece in _pieces(text, block_start + begin, block_start + stop)
    ]


def _blocks(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Find the stretches between blank lines."""
    for blank in _BLANK_LINE.finditer(text, start, end):
        yield start, blank.start()
        start = blank.end()
    yield start, max(start, end)


def _block_sentences(block: str) -> Iterator[tuple[int, int]]:
    """Cut a block into sentences, outer white space included; together they cover it."""
    begin = 0
    for stop in _STOP.finditer(block):
        if stop["mark"] and _ends_sentence(block, begin, stop):
            yield begin, stop.end()
            begin = stop.end()
    yield begin, len(block)


def _ends_sentence(block: str, begin: int, stop: re.Match[str]) -> bool:
    """Say whether the sentence that starts at `begin` ends with this mark."""
    mark = stop["mark"]
    if mark[-1] in "。！？｡":
        return True
    before = block[max(begin, stop.start() - 40) : stop.start()]
    after = block[stop.end() : stop.end() + 80]
    if after and not after[0].isspace():
        return _ends_glued(before, after)
    following = after.split(None, 1)[0] if after.strip() else ""
    if following.startswith(tuple(",;:).!?…")):
        return False
    if following[:1].islower() and not _CAMEL.match(following):
        return False
    return mark != "." or _ends_with_dot(before, following)


def _ends_with_dot(before: str, following: str) -> bool:
    """Say whether a sentence ends at a full stop whose next word may open one.

    Args:
        before: the sentence up to the full stop, or its last 40 characters.
        following: the next word with its punctuation; empty at the end of the block.
    """
    opens = not following or following.strip("\"'“‘(,") in _OPENERS
    item = _ITEM_NUMBER.search(before)
    if item:
        return bool(item["weak"]) and opens
    if _INITIAL.search(before):
        return opens
    found = _TOKEN_BEFORE.search(before)
    token = found[0] if found else ""
    if token.lower() in _NUMBERED_ABBREVIATIONS:
        return not _NUMBERED.match(following)
    if token.lower() in _CLOSING_ABBREVIATIONS:
        return opens
    return token not in _OPEN_ABBREVIATIONS and token.lower() not in _OPEN_ABBREVIATIONS


def _ends_glued(before: str, after: str) -> bool:
    """Say whether a sentence ends at a full stop that the next one follows without a space.

    Args:
        before: the sentence up to the full stop, or its last 40 characters.
        after: what follows, at least one character.
    """
    found = _GLUED.match(after)
    if not found or found[1] in _NOT_AFTER_DOT:
        return False
    if before.endswith((")", "}", "%", "”")):
        return True
    name = _NAME_BEFORE.search(before)
    run = name[0] if name else ""
    if run in _CODE_BEFORE_DOT or any(mark in run for mark in "._@/\\"):
        return False
    return len(run) > 1 and (run[-1].islower() or (found[1] in _OPENERS and len(found[1]) > 2))


def _pieces(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Trim a span of outer white space, and cut it where it is too long for one sentence."""
    body = text[start:end].rstrip()
    at = len(body) - len(body.lstrip())
    while len(body) - at > LONGEST_SENTENCE:
        cut = at + _cut(body[at : at + LONGEST_SENTENCE])
        yield start + at, start + cut
        at = cut
        while body[at].isspace():
            at += 1
    if body:
        yield start + at, start + len(body)


def _cut(window: str) -> int:
    """Find where to cut: after the last clause, else the last word, else at the end."""
    clauses = [found.end() for found in _CLAUSE.finditer(window, len(window) // 2)]
    if clauses:
        return clauses[-1]
    spaces = [found.start() for found in _SPACES.finditer(window)]
    return spaces[-1] if spaces else len(window)
