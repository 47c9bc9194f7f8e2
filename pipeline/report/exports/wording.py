"""What bibliographies share: clean words, keys, names in parts, and remarks on a paper."""

from __future__ import annotations

import re
from collections.abc import Iterator
from hashlib import sha256
from typing import NamedTuple

from pipeline.latex import plain
from pipeline.people import PARTICLES
from pipeline.report.cells import one_line
from pipeline.report.view import seen
from pipeline.sheets import PaperSheet
from pipeline.text import slug

_KEY = 60  # characters
_HASH = 8  # hex

# Letters with their marks, and what stands between the parts of a name.
_LETTERS = re.compile(r"[^\W\d_](?:[^\W\d_]|[\u0300-\u036f .'’ʼ-])*")
_EAST_ASIAN = re.compile("[\u1100-\u11ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff]")
_NO_NAME = frozenset({"and", "others", "et", "al", "al."})
_SUFFIXES = frozenset({"Jr", "Jr.", "Sr", "Sr.", "II", "III", "IV"})


class Parts(NamedTuple):
    """A name for programs that sort by family name; parts but the first two may be empty."""

    family: str
    given: str
    particle: str = ""
    suffix: str = ""


def rendered(text: str) -> str:
    """Return a text on one line as a reader of the paper sees it, with its LaTeX rendered."""
    return one_line(plain(seen(text)))


def key(identity: str) -> str:
    """Return a name of `[a-z0-9-]` only, for keys and files: the id itself where it is one.

    Anything else gets a hash, so that no two ids share a key.
    """
    short = slug(identity, _KEY)
    if short == identity:
        return short
    digest = sha256(identity.encode(errors="surrogatepass")).hexdigest()[:_HASH]
    return f"{short or 'x'}-{digest}"


def name_parts(name: str) -> Parts | None:
    """Take a printed name apart, its family name last or before a comma.

    None where that is not known: one word, East Asian writing, or more than a person's name.
    """
    first, comma, rest = rendered(name).partition(",")
    if not _is_name(first) or (comma and not _is_name(rest.strip())):
        return None
    if comma and rest.strip() not in _SUFFIXES:
        return Parts(first.strip(), rest.strip())
    words, suffix = first.split(), rest.strip()
    if not comma and words[-1] in _SUFFIXES:
        suffix = words.pop()
    return _parts(words, suffix) if len(words) > 1 else None


def _is_name(text: str) -> bool:
    words = {word.casefold() for word in text.split()}
    letters = _LETTERS.fullmatch(text) is not None and not _EAST_ASIAN.search(text)
    return letters and not words & _NO_NAME


def _parts(words: list[str], suffix: str) -> Parts:
    start = len(words) - 1
    while start > 1 and words[start - 1] in PARTICLES:
        start -= 1
    return Parts(words[-1], " ".join(words[:start]), " ".join(words[start:-1]), suffix)


def remarks(sheet: PaperSheet) -> Iterator[str]:
    """Say what a bibliography cannot say otherwise: the source's comment, and what is not known."""
    if comment := rendered(sheet.details.comment or ""):
        yield comment
    if sheet.paper.title is None:
        yield f"No title is stated; listed as: {rendered(sheet.paper.label)}"
    if sheet.paper.date and sheet.details.year_inferred:
        yield "The source prints day and month only, and the year is inferred"
    if sheet.details.et_al:
        yield "The source cuts the list of authors"
