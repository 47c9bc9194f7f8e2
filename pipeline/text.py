"""Text as the rest of the project wants it: clean, readable, comparable, and cut into sentences."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator

LONGEST_SENTENCE = 2_000  # characters

LEAD_INS = (
    "In this paper",
    "In this work",
    "In this report",
    "In this study",
    "In this article",
    "In this survey",
    "Here",
    "Hence",
    "Thus",
    "To this end",
    "Therefore",
    "Consequently",
    "As a result",
    "Moreover",
    "Furthermore",
    "In addition",
    "Additionally",
    "Besides",
    "Meanwhile",
    "Notably",
    "Specifically",
    "In particular",
    "In summary",
    "Overall",
    "However",
    "Finally",
    "Lastly",
    "Last but not least",
)

_WINDOWS_RESERVED = frozenset(
    ["con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))]
)


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


def clean(raw: str) -> str:
    r"""Make a file's text what offsets refer to: newlines `\n`, no leading BOM, NUL as U+FFFD."""
    text = raw.removeprefix("\ufeff")
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd")


# --- LaTeX ---------------------------------------------------------------------------------

_GREEK_NAMES = _set(
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho"
    " sigma tau upsilon phi chi psi omega"
)


def _greek() -> dict[str, str]:
    """List LaTeX's Greek letters by command; `alpha` and `varalpha` are one letter here."""
    letters = {}
    for name in _GREEK_NAMES:
        spelled = name.replace("lambda", "lamda").upper()
        letters[name] = letters["var" + name] = unicodedata.lookup(f"GREEK SMALL LETTER {spelled}")
        letters[name.title()] = unicodedata.lookup(f"GREEK CAPITAL LETTER {spelled}")
    return letters


_SYMBOLS = _greek() | {
    **{"times": "×", "cdot": "·", "pm": "±", "mp": "∓", "div": "÷", "ast": "*", "star": "⋆"},
    **{"sim": "~", "approx": "≈", "simeq": "≃", "equiv": "≡", "neq": "≠", "ne": "≠"},
    **{"le": "≤", "leq": "≤", "ge": "≥", "geq": "≥", "lt": "<", "gt": ">", "ll": "≪", "gg": "≫"},
    **{"to": "→", "rightarrow": "→", "leftarrow": "←", "uparrow": "↑", "downarrow": "↓"},
    **{"infty": "∞", "partial": "∂", "nabla": "∇", "sum": "∑", "prod": "∏", "int": "∫"},
    **{"in": "∈", "subset": "⊂", "cup": "∪", "cap": "∩", "forall": "∀", "exists": "∃"},
    **{"ldots": "…", "cdots": "…", "dots": "…", "ell": "ℓ", "circ": "°", "degree": "°"},
    **{"textasciitilde": "~", "textbackslash": "\\", "textendash": "–", "textemdash": "—"},
    **{"LaTeX": "LaTeX", "TeX": "TeX", "ss": "ß", "o": "ø", "O": "Ø", "l": "ł", "L": "Ł"},
    **{"ae": "æ", "AE": "Æ", "aa": "å", "AA": "Å", "S": "§", "P": "¶", "quad": " ", "qquad": " "},
}

# What stands in the place of `\name{` and of its closing brace.
_GROUPS = {
    "footnote": (" (", ")"),
    "sqrt": ("√(", ")"),
    "frac": ("", "/"),
    "href": ("", " "),
    "textsuperscript": ("^", ""),
    "textsubscript": ("_", ""),
}

# Commands that change only how what follows looks; `\math…` and `\text…` join them by their names.
_SILENT = _set(
    "bf em it rm sc tt sf bm boldsymbol emph left right big Big bigg Bigg displaystyle limits"
    " item noindent par centering small large operatorname underline mbox xspace protect"
)

_ACCENTS = {
    **{"'": "\u0301", "`": "\u0300", '"': "\u0308", "^": "\u0302", "~": "\u0303"},
    **{"=": "\u0304", ".": "\u0307", "c": "\u0327", "v": "\u030c", "u": "\u0306"},
    **{"H": "\u030b", "r": "\u030a", "k": "\u0328"},
}

# Every repeat is bounded or cannot fail late, so that reading any text takes linear time.
_LATEX = re.compile(
    r"""
    (?P<url>(?:https?://|www\.)(?:\\[_%#&~]|[^\s{}<>"\\])+)
  | [~\ ]{0,3}\\(?P<gone>cite[a-z]{0,8}|ref|eqref|label|begin|end)\*?
        (?:\[[^\[\]{}]{0,80}\])?\{[^{}]{0,200}\}
  | \\(?P<accent>['`"^~=.]\ ?|[cvuHrk](?=\{))(?:\{(?P<inner>\\?[A-Za-z])\}|(?P<bare>[A-Za-z]))
  | \\(?P<command>[A-Za-z]{1,40})\*?(?P<group>\{)?
  | \\(?P<escape>[%&_\#${}~^])
  | \\(?P<space>[,;:\ \\])
  | (?P<nothing>\\[!/()\[\]-])
  | \$\$?(?=[^\s$])(?P<math>(?:\\.|[^$\\]){1,400})(?<=\S)\$\$?
  | (?P<open>\{)
  | (?P<close>\})
  | (?P<tilde>~)
  | (?P<quote>``|'')
    """,
    re.VERBOSE,
)
_MAYBE_LATEX = re.compile(r"[\\${}~]|``")
_ABOUT = re.compile(r"(?<![^\s(\[])~(?=[\d/.$])")


def plain(text: str) -> str:
    """Render LaTeX as readable text; white space becomes single spaces.

    Braces and dollar signs need not balance. Addresses of the web keep all their characters.
    """
    line = " ".join(text.split())
    if not _MAYBE_LATEX.search(line):
        return line
    return " ".join(_render(line, in_math=False).split())


def _render(line: str, in_math: bool) -> str:
    """Replace each piece of LaTeX in a line; braces need not balance."""
    out: list[str] = []
    closers: list[str] = []
    at = 0
    for found in _LATEX.finditer(line):
        out += line[at : found.start()], _piece(found, closers, in_math)
        at = found.end()
    out += line[at:], *reversed(closers)
    return "".join(out)


def _piece(found: re.Match[str], closers: list[str], in_math: bool) -> str:
    """Render one piece of LaTeX; `closers` holds what each open brace ends with."""
    kind = found.lastgroup
    if kind == "close":
        return closers.pop() if closers else ""
    if kind == "open":
        closers.append("")
        return ""
    if kind in ("command", "group"):
        opened, closed = _command(found, in_math)
        if kind == "group":
            closers.append(closed)
        return opened
    return _simple_piece(found, in_math)


def _simple_piece(found: re.Match[str], in_math: bool) -> str:
    """Render a piece of LaTeX that opens no group."""
    kind = found.lastgroup
    if kind in _RENDERERS:
        return _RENDERERS[kind](found)
    if kind == "tilde":
        return "~" if not in_math and _ABOUT.match(found.string, found.start()) else " "
    goes_on = kind == "gone" and found.string[found.end() : found.end() + 1].isalnum()
    return " " if kind == "space" or goes_on else ""


def _command(found: re.Match[str], in_math: bool) -> tuple[str, str]:
    """Render a command, and the closing brace of its group."""
    name = found["command"]
    if name in _SYMBOLS:
        return _SYMBOLS[name], ""
    if found["group"]:
        return _GROUPS.get(name, ("", ""))
    if name in _SILENT or name.startswith(("math", "text")):
        return "", ""
    # Outside of formulas an unknown command may be no LaTeX at all, such as a path.
    return (name if in_math else found[0]), ""


def _accented(found: re.Match[str]) -> str:
    """Join a letter and its accent, or keep the piece as it was when the two make no letter."""
    letter = (found["inner"] or found["bare"]).lstrip("\\")
    composed = unicodedata.normalize("NFC", letter + _ACCENTS[found["accent"].strip()])
    return composed if len(composed) == 1 else found[0]


def _math(found: re.Match[str]) -> str:
    """Render a formula; two amounts of money that only look like one stay as they are."""
    content = found["math"]
    before_digit = found.string[found.end() : found.end() + 1].isdigit()
    if before_digit and not re.search(r"[\\^_=]", content):
        return found[0]
    return _render(content, in_math=True).replace("^°", "°")


def _quote(found: re.Match[str]) -> str:
    """Make quotes typographic; two apostrophes close only what two grave accents opened."""
    if found[0] == "``":
        return "“"
    return "”" if "``" in found.string else found[0]


_RENDERERS: dict[str | None, Callable[[re.Match[str]], str]] = {
    "url": lambda found: re.sub(r"\\(.)", r"\1", found[0]),
    "inner": _accented,
    "bare": _accented,
    "escape": lambda found: found["escape"],
    "math": _math,
    "quote": _quote,
}


# --- Comparing -----------------------------------------------------------------------------

# A soft hyphen, and U+FFFE, which one PDF engine prints for a hyphen at the end of a line.
_HYPHENS = str.maketrans(dict.fromkeys("\u2010\u2011\u2212\u00ad\ufffe", "-"))
_HYPHEN = re.compile(r"([^\W\d_])-\s*(?=([^\W\d_]+-?))")
_RUN = re.compile(r"[^\W_]+")
_SUSPENDED = _set("and or to nor but")


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


# --- Sentences -----------------------------------------------------------------------------

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
_OPEN_ABBREVIATIONS = _set(
    "i.e e.g ie eg cf vs viz approx resp ca w.r.t s.t a.k.a Dr Prof Mr Mrs Ms St"
)
# So it does here when it is a number, a letter or a bracket.
_NUMBERED_ABBREVIATIONS = _set(
    "fig figs eq eqs eqn eqns sec secs no nos vol p pp ch chap ref refs tab alg thm"
)
# These may end a sentence as well: they do when the next word is one that opens sentences.
_CLOSING_ABBREVIATIONS = _set("al etc inc ltd co corp jr sr i.i.d ph.d a.m p.m")
_OPENERS = _set(
    "A After All Although An And As At Based Because Besides But By Code Compared Data Despite"
    " Due During Each Empirical Empirically Evaluation Evaluations Existing Experimental"
    " Experiments Extensive Finally First For From Further Furthermore Given Hence Here How"
    " However If In Indeed Instead It Its Last Lastly Many Meanwhile More Moreover Most"
    " Nevertheless No Notably On One Only Our Overall Prior Recent Recently Results Second"
    " Several Similarly Since So Some Specifically Such That The Their Then There Therefore"
    " These They This Those Though Through Thus To Together Under Unlike Using We What When"
    " Where While With Without"
)
# Capitalised, these still end the name of a file or a site.
_NOT_AFTER_DOT = _set("Ai Cc Co Com Cpp Edu Gov Html Io Java Js Json Md Net Org Pdf Py Txt Xml")
_CODE_BEFORE_DOT = _set(
    "torch nn np numpy tf tensorflow jax keras pd pandas scipy sklearn java javax os sys plt"
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

_LEAD_IN = re.compile(rf"(?:{'|'.join(LEAD_INS)})(?:,\s+|\s+(?=we\b))(?=\S)")
_PLAIN_WORD = re.compile(r"[^\W\d_A-Z]+(?:[-'’][^\W\d_A-Z]+)*[,;:.]?(?!\S)")


def strip_lead_in(sentence: str) -> str:
    """Strip one opening of `LEAD_INS` and capitalise what follows.

    A first word that is no plain lower-case word keeps its case, for it may be a name.
    """
    rest = _LEAD_IN.sub("", sentence, count=1) if _LEAD_IN.match(sentence) else sentence
    if rest != sentence and _PLAIN_WORD.match(rest):
        return rest[0].upper() + rest[1:]
    return rest
