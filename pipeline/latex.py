"""LaTeX rendered as readable text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

_GREEK_NAMES = frozenset(
    """
    alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho
    sigma tau upsilon phi chi psi omega
    """.split()
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
_SILENT = frozenset(
    """
    bf em it rm sc tt sf bm boldsymbol emph left right big Big bigg Bigg displaystyle limits
    item noindent par centering small large operatorname underline mbox xspace protect
    """.split()
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
