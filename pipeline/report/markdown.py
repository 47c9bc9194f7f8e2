"""Pages in Markdown that open well in Obsidian; nothing from a source or a model is active."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from pipeline.report import view
from pipeline.report.paper_view import PaperView, Released, Slot, Table, paper_view
from pipeline.sheets import Evidence, PaperSheet

# Characters that can open or close markup wherever they stand in a line.
_ALWAYS = r"[\\`*\[\]<|$~]"
# The others, only where they would be active: `_` beside a word's edge, `#` and `^` at the start
# of a word (tag, block id), doubled `=` and `%` (highlight, comment), `&` of an entity, the colon
# and the point of a bare link.
_SOMETIMES = (
    r"(?<![^\W_])_|_(?![^\W_])|(?<!\w)[#^]|=(?==)|(?<==)=|%(?=%)|(?<=%)%|&(?=#|\w+;)"
    r"|:(?=//)|(?<=www)\."
)
_INLINE = re.compile(f"{_ALWAYS}|{_SOMETIMES}", re.IGNORECASE)
# What would open a list, a quote, a rule or an underlined heading at the start of a line.
_OPENING = re.compile(r"(?P<digits>\d{1,9}(?=[.)](?:\s|$)))|(?=>|[-+=](?:\s|$)|[-=]{2})")
_TAG = re.compile(r"[^a-z0-9/_-]+")


def escape_markdown(text: str) -> str:
    """Return `text` on one line so that Markdown prints it as it is; hidden characters are marked.

    Escaped for CommonMark, GitHub's dialect and Obsidian's, at the start of a line or inside it.
    """
    line = _INLINE.sub(r"\\\g<0>", " ".join(view.visible(text).split()))
    if opening := _OPENING.match(line):
        digits = opening["digits"] or ""
        return f"{digits}\\{line[len(digits) :]}"
    return line


def front_matter(values: Mapping[str, object]) -> str:
    """Return YAML front matter whose values are JSON, so that no value can end or extend it.

    Values are strings, numbers, booleans, None and lists of these.
    """
    lines = (f"{key}: {_json(value)}" for key, value in values.items())
    return "\n".join(("---", *lines, "---"))


def _json(value: object) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_json, value))}]"
    scalar = json.dumps(
        view.visible(value) if isinstance(value, str) else value, ensure_ascii=False
    )
    # Escaped for programs that take front matter for Markdown; YAML reads the same value.
    return re.sub(r"[<\[]", lambda found: f"\\u{ord(found[0]):04x}", scalar)


def paper_markdown(sheet: PaperSheet, more: Sequence[str] = ()) -> str:
    """Return the page of one paper, ending with a newline; `more` are blocks before its evidence.

    The blocks are Markdown already, and nothing in them is escaped.
    """
    page = paper_view(sheet)
    blocks = [
        front_matter(_properties(sheet)),
        f"# {escape_markdown(page.label)}",
        _meta(page),
        "\n".join(f"> ⚠ {escape_markdown(w.words)} {_numbers(w.numbers)}" for w in page.warned),
        _in_short(page),
        "\n".join(map(_slot, page.slots)),
        "\n".join(_table(page.figures)),
        page.gap,
        "## Where it stands",
        "\n".join(_standing(page)),
        *more,
        *_evidence(page.evidence),
        escape_markdown(page.stamp),
    ]
    return "\n\n".join(filter(None, blocks)) + "\n"


def _properties(sheet: PaperSheet) -> dict[str, object]:
    paper = sheet.paper
    return {
        "title": paper.title,
        "aliases": [paper.label],
        "authors": paper.authors,
        "date": paper.date.isoformat() if paper.date else None,
        "year_inferred": sheet.details.year_inferred,
        "arxiv": paper.arxiv_id,
        "tags": tags(sheet.details.categories),
        "engine": sheet.stamp.engine,
        "model": sheet.stamp.model,
    }


def tags(names: Iterable[str]) -> list[str]:
    """Turn names into tags that Obsidian accepts, each once; a name with no letter is left out."""
    safe = (_TAG.sub("-", name.lower()).strip("-/") for name in names)
    return list(dict.fromkeys(tag for tag in safe if re.search("[a-z]", tag)))


def _meta(page: PaperView) -> str:
    arxiv = f"arXiv:{page.arxiv_id}" if page.arxiv_id else ""
    linked = f"[{escape_markdown(arxiv)}]({page.arxiv_url})"
    parts = [
        escape_markdown(page.authors),
        page.date,
        linked if page.arxiv_url else escape_markdown(arxiv),
        page.code,
    ]
    return " · ".join(filter(None, parts))


def _in_short(page: PaperView) -> str:
    return f"**In short.** {_line(page.short)}" if page.short else ""


def _slot(slot: Slot) -> str:
    links = " · ".join(map(_release, slot.releases))
    if not slot.lines:
        return f"- *{slot.lead}*: {links or f'as above {_numbers(slot.above)}'}"
    if len(slot.lines) == 1:
        return " · ".join(filter(None, (f"- *{slot.lead}*: {_line(slot.lines[0])}", links)))
    lines = (*map(_line, slot.lines), links)
    return "\n".join((f"- *{slot.lead}*:", *(f"  - {line}" for line in lines if line)))


def _release(release: Released) -> str:
    what = f"[{release.what}](<{release.url}>)" if release.url else release.what
    note = f"({release.note})" if release.note else ""
    return " ".join(filter(None, (what, note, _numbers(release.numbers))))


def _line(line: view.Line) -> str:
    lacking = f"({line.lacking})" if line.lacking else ""
    label = f"(*{line.label}*)" if line.label else ""
    parts = (escape_markdown(line.text), lacking, _numbers(line.numbers), label)
    return " ".join(filter(None, parts))


def _table(table: Table) -> Iterator[str]:
    if table.rows:
        yield f"| {' | '.join(table.headings)} | |"
        yield "|---" * (len(table.headings) + 1) + "|"
    for row in table.rows:
        yield f"| {' | '.join(map(escape_markdown, row.cells))} | {_numbers(row.numbers)} |"


def _numbers(numbers: Sequence[int]) -> str:
    return "".join(f"[^{number}]" for number in numbers)


def _standing(page: PaperView) -> Iterator[str]:
    for source in page.sources:
        yield f"- Read from {_document(source.document, source.path)}, {source.where}."
    for note in page.notes:
        yield f"- {escape_markdown(note)}"
    for refused in page.dropped:
        lead, text = escape_markdown(refused.lead), escape_markdown(refused.text)
        yield f'- Dropped from *{lead}*: "{text}" ({escape_markdown(refused.reason)})'


def _document(document: str, path: str) -> str:
    return f"[{escape_markdown(document)}]({path})"


def _evidence(listed: Sequence[Evidence]) -> list[str]:
    """Return the evidence as footnotes, which both Obsidian and GitHub link from their numbers."""
    if not listed:
        return []
    intro = "Each number leads to words of a source and their place in it, counted in characters."
    return ["## Evidence", intro, "\n".join(map(_footnote, range(1, len(listed) + 1), listed))]


def _footnote(number: int, evidence: Evidence) -> str:
    document = _document(evidence.document, view.source_path(evidence.document))
    quote = escape_markdown(evidence.quote)
    return f'[^{number}]: {document} {evidence.start}–{evidence.end}: "{quote}"'
