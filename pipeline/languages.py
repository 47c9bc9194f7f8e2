"""Words of another language than the one that a claim's sources are written in."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from pipeline.wording import tokens

_SHARED = {"LATIN", "GREEK"}  # letters that any paper may use
# Short words that other languages cannot do without, and that English has not.
_FOREIGN = frozenset(
    "auf aus bei das dem der durch eine einem einen einer für ist mit nach nicht oder sich über "
    "und von werden wird zu zur aux avec cette dans des du est les leur ou où par pour qui sont "
    "sur une cuando como el es esta este las los más muy por que según ser su una com das dos não "
    "os pela pelo são seu sua um uma che con dei del della delle di gli il nel nella più questo "
    "sono een het van voor wordt zijn".split()
)


def foreign_words(claim: str, source: str) -> list[str]:
    """List the words of a claim that are in a script or a language that its source is not in.

    Both are readable texts. A script is told by its letters, a language by its short words; one
    such word may be part of a name, so two different ones are needed.
    """
    scripts = _SHARED | set(_scripts(source))
    known = {token.lower for token in tokens(source)}
    words = [token for token in tokens(claim) if token.is_word and not token.is_address]
    strange = [token.text for token in words if not scripts.issuperset(_scripts(token.text))]
    if strange:
        return strange
    short = [token.text for token in words if token.lower in _FOREIGN - known]
    return short if len(set(short)) > 1 else []


def _scripts(text: str) -> Iterator[str]:
    for letter in set(text):
        if letter.isalpha() and not letter.isascii():
            yield unicodedata.name(letter, "LATIN").split()[0]
