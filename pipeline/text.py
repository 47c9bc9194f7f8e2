"""Text as the rest of the project wants it: clean, comparable, and fit for names of files."""

from __future__ import annotations

import re
import unicodedata

from pipeline.latex import plain

LEAD_INS = (
    "In this paper",
    "In this work",
    "In our work",
    "In this report",
    "In this study",
    "In this article",
    "In this survey",
    "In this chapter",
    "Here",
    "Hence",
    "Thus",
    "To this end",
    "To that end",
    "For this purpose",
    "For this reason",
    "With this in mind",
    "Motivated by this",
    "Therefore",
    "Accordingly",
    "Consequently",
    "As a result",
    "As such",
    "Moreover",
    "Furthermore",
    "Further",
    "In addition",
    "Additionally",
    "Besides",
    "Also",
    "Meanwhile",
    "Instead",
    "In contrast",
    "Notably",
    "Importantly",
    "Surprisingly",
    "Interestingly",
    "Specifically",
    "More specifically",
    "Concretely",
    "In particular",
    "In summary",
    "In short",
    "Overall",
    "However",
    "Unfortunately",
    "Nevertheless",
    "Nonetheless",
    "Yet",
    "First",
    "Second",
    "Third",
    "Firstly",
    "Secondly",
    "Thirdly",
    "Then",
    "Next",
    "Finally",
    "Lastly",
    "Last but not least",
)
# "To fill this gap", "To address these issues": what is pointed to stands in an earlier sentence.
_PURPOSES = (
    "fill|bridge|close|address|tackle|overcome|solve|resolve|mitigate|alleviate|remedy|achieve"
)
_POINTED_TO = (
    "gap|issue|problem|challenge|limitation|shortcoming|drawback|concern|difficult(?:y|ie)|question|"
    "bottleneck|deficienc(?:y|ie)|need|goal|aim|objective"
)

_WINDOWS_RESERVED = frozenset(
    ["con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))]
)


def clean(raw: str) -> str:
    r"""Make a file's text what offsets refer to: newlines `\n`, no leading BOM, NUL as U+FFFD."""
    text = raw.removeprefix("\ufeff")
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd")


# --- Comparing -----------------------------------------------------------------------------

# A soft hyphen, and U+FFFE, which one PDF engine prints for a hyphen at the end of a line.
_HYPHENS = str.maketrans(dict.fromkeys("\u2010\u2011\u2212\u00ad\ufffe", "-"))
_HYPHEN = re.compile(r"([^\W\d_])-\s*(?=([^\W\d_]+-?))")
_RUN = re.compile(r"[^\W_]+")
_SUSPENDED = frozenset("and or to nor but".split())


def normalise(text: str) -> str:
    """Reduce the text to letters and digits, for comparison and identity.

    Unicode NFKC, case folded, LaTeX rendered, every run of anything but letters and digits one
    space. A hyphen between two lower-case letters is removed, at a line end or not, because
    nothing tells a hyphenated word from a compound once lines are wrapped; other hyphens part
    words. So `multi-modal`, `multi-` / `modal` and `multimodal` are equal.
    """
    flat = unicodedata.normalize("NFKC", plain(text)).translate(_HYPHENS)
    joined = _HYPHEN.sub(_join_hyphen, flat)
    return " ".join(_RUN.findall(unicodedata.normalize("NFKC", joined.casefold())))


def _join_hyphen(found: re.Match[str]) -> str:
    """Drop the hyphen within a word in lower case, but keep `image- or` two words."""
    before, after = found[1], found[2]
    within = before.islower() and after[0].islower() and after not in _SUSPENDED
    return before if within else f"{before} "


def words(text: str) -> list[str]:
    """List the words of `normalise(text)`, in order, repeats kept."""
    return normalise(text).split()


# --- Names of files and sheets ---------------------------------------------------------------


def slug(text: str, limit: int) -> str:
    """Reduce the text to ASCII lower-case letters, digits and single hyphens.

    Args:
        text: anything; letters lose their accents, what has no ASCII form is left out.
        limit: the most characters, inclusive; the cut is at a hyphen if the last third has one.

    Returns:
        A slug, or `""` when nothing is left. Names that Windows reserves end in `-x`.
    """
    whole = re.sub(r"[^a-z0-9]+", "-", _ascii(text.casefold(), "").lower()).strip("-")
    short = whole[: max(limit, 0)]
    if whole[len(short) :][:1] not in ("", "-"):
        hyphen = short.rfind("-")
        short = short[:hyphen] if hyphen * 3 >= limit * 2 else short
    short = short.strip("-")
    return f"{short[: limit - 2]}-x" if short in _WINDOWS_RESERVED else short


def safe_name(name: str) -> str:
    """Make a file's name safe on every system: `[A-Za-z0-9._-]`, at most 80 characters.

    The case and an extension of up to ten characters are kept. The result is never empty (then
    `document`), hidden, or reserved on Windows (`CON.txt` becomes `CON-x.txt`).
    """
    folded = re.sub(r"[^A-Za-z0-9._-]+", "-", _ascii(name, " "))
    stem, dot, extension = folded.rpartition(".")
    if not stem or not re.fullmatch(r"[A-Za-z0-9]{1,10}", extension):
        stem, dot, extension = folded, "", ""
    stem = stem.strip(".-") or "document"
    head, *rest = stem.split(".", 1)
    if head.lower() in _WINDOWS_RESERVED:
        stem = ".".join([f"{head}-x", *rest])
    return stem[: 80 - len(dot + extension)].rstrip(".-") + dot + extension


def _ascii(text: str, other: str) -> str:
    """Strip accents; each character that then has no ASCII form becomes `other`."""
    folded = unicodedata.normalize("NFKD", text)
    return "".join(c if c.isascii() else other for c in folded if not unicodedata.combining(c))


# --- Lead-ins --------------------------------------------------------------------------------

_POINTER = rf"To (?:{_PURPOSES}) (?:this|these|it)(?: \w+)?(?: (?:{_POINTED_TO})s?)?"
_LEAD_IN = re.compile(rf"(?:{'|'.join(LEAD_INS)}|{_POINTER})(?:,\s+|\s+(?=we\b))(?=\S)")
_PLAIN_WORD = re.compile(r"[^\W\d_A-Z]+(?:[-'’][^\W\d_A-Z]+)*[,;:.]?(?!\S)")


def strip_lead_in(sentence: str) -> str:
    """Strip one opening of `LEAD_INS`, or a purpose that points back, and capitalise what follows.

    A first word that is no plain lower-case word keeps its case, for it may be a name.
    """
    rest = _LEAD_IN.sub("", sentence, count=1) if _LEAD_IN.match(sentence) else sentence
    if rest != sentence and _PLAIN_WORD.match(rest):
        return rest[0].upper() + rest[1:]
    return rest
