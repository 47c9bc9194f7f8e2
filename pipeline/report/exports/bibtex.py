"""Papers as BibTeX, in UTF-8; no text can end its field, open an entry or call a command."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pipeline.report import view
from pipeline.report.exports.wording import key, name_parts, remarks, rendered
from pipeline.sheets import PaperSheet

_MARK = "% Exported by Litline; a later export replaces this file."
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
# BibTeX counts braces even behind a backslash, so that none of a text's own may stay.
_ESCAPES = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "{": r"\textbraceleft{}",
        "}": r"\textbraceright{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        "<": r"\textless{}",
        ">": r"\textgreater{}",
        "|": r"\textbar{}",
        **{sign: f"\\{sign}" for sign in "$&#_%"},
    }
)


def bibtex(sheets: Iterable[PaperSheet]) -> str:
    """Return one entry per paper, its key the paper's id; an absent field is left out.

    The first line is a remark, as is all that stands between entries.
    """
    return "\n".join((f"{_MARK}\n", *map(_entry, sheets)))


def is_bibtex(text: str) -> bool:
    """Whether a text is an earlier export: it says so in its first line."""
    return text.startswith(f"{_MARK}\n")


def escape_bibtex(text: str) -> str:
    """Return a text for use within braces."""
    return text.translate(_ESCAPES)


def _entry(sheet: PaperSheet) -> str:
    fields = "".join(f"  {name} = {value},\n" for name, value in _fields(sheet))
    return f"@misc{{{key(sheet.paper.id)},\n{fields}}}\n"


def _fields(sheet: PaperSheet) -> Iterator[tuple[str, str]]:
    paper = sheet.paper
    if title := rendered(paper.title or ""):
        # Braced twice: styles would make names such as InternVL lower case.
        yield "title", f"{{{_braced(title)}}}"
    if authors := _authors(paper.authors or [], cut=bool(sheet.details.et_al)):
        yield "author", f"{{{authors}}}"
    if paper.date:
        yield "year", f"{{{paper.date.year}}}"
        yield "month", _MONTHS[paper.date.month - 1]
        yield "day", f"{{{paper.date.day}}}"
    yield from _arxiv(paper.arxiv_id)
    if keywords := ", ".join(filter(None, map(rendered, sheet.details.categories))):
        yield "keywords", _braced(keywords)
    if note := "; ".join(remarks(sheet)):
        yield "note", _braced(note)


def _arxiv(arxiv_id: str | None) -> Iterator[tuple[str, str]]:
    if arxiv_id and (shown := rendered(arxiv_id)):
        yield "eprint", _braced(shown)
        yield "archiveprefix", "{arXiv}"
        if url := view.arxiv_url(arxiv_id):
            yield "url", f"{{{url}}}"


def _authors(names: Iterable[str], *, cut: bool) -> str:
    listed = list(filter(None, map(_author, names)))
    return " and ".join([*listed, *["others"] * (cut and bool(listed))])


def _author(name: str) -> str:
    parts = name_parts(name)
    if parts is None:
        whole = rendered(name)
        return _braced(whole) if whole else ""
    family = f"{parts.particle} {parts.family}".strip()
    return ", ".join(filter(None, (family, parts.suffix, parts.given)))


def _braced(text: str) -> str:
    return f"{{{escape_bibtex(text)}}}"
