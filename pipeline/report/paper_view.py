"""What the page of one paper says, in order; Markdown and HTML only dress it."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from typing import NamedTuple

from pipeline.records import Details, Paper
from pipeline.report import view
from pipeline.report.parts import Refused, refused
from pipeline.sheets import Claim, Evidence, FigureRow, Flag, PaperSheet

# The slots in printed order: field of the summary, lead word, name in "Not stated: …".
SLOTS = (
    ("problem", "Problem", "the problem"),
    ("contributions", "What is new", "what is new"),
    ("approach", "How", "how it is done"),
    ("results", "Result", "results"),
    ("limitations", "Limits", "limits"),
    ("artefacts", "Code and models", "code and models"),
)


class Released(NamedTuple):
    """What a paper releases; `url` is None where no address can be followed."""

    what: str
    note: str
    url: str | None
    numbers: tuple[int, ...]


class Slot(NamedTuple):
    """One question that the page answers.

    `releases` are links that belong to it. `above` cites claims that the page has printed already;
    it is filled only when `lines` is empty.
    """

    lead: str
    lines: list[view.Line]
    above: tuple[int, ...]
    releases: list[Released]


class Warned(NamedTuple):
    """What a reader should know about a passage that looks written for a model."""

    words: str
    numbers: tuple[int, ...]


class Row(NamedTuple):
    """One row of a table, a cell for each heading; a cell is empty where nothing is said."""

    cells: list[str]
    numbers: tuple[int, ...]


class Table(NamedTuple):
    """A table of those columns in which something is said."""

    headings: list[str]
    rows: list[Row]


class Source(NamedTuple):
    """One document that the paper was read from."""

    document: str
    path: str
    where: str


class PaperView(NamedTuple):
    """Everything on the page of one paper, without markup; `file` is its name without suffix."""

    file: str
    label: str
    authors: str
    all_authors: list[str]
    date: str
    arxiv_id: str | None
    arxiv_url: str | None
    code: str
    warned: list[Warned]
    short: view.Line | None
    slots: list[Slot]
    figures: Table
    gap: str
    sources: list[Source]
    notes: list[str]
    dropped: list[Refused]
    evidence: list[Evidence]
    stamp: str


def paper_view(sheet: PaperSheet) -> PaperView:
    """Put the words of a sheet in the order of its page and number its evidence."""
    paper, details = sheet.paper, sheet.details
    references = view.References()
    tldr = sheet.summary.tldr
    short = None if tldr is None else view.cited(tldr, references)
    slots = list(_slots(sheet, references))
    return PaperView(
        file=view.address(paper.id),
        label=paper.label,
        authors=view.author_line(paper.authors, bool(details.et_al)),
        all_authors=paper.authors or [],
        date=view.human_date(paper.date, details.year_inferred)
        if paper.date
        else "date not stated",
        arxiv_id=paper.arxiv_id,
        arxiv_url=view.arxiv_url(paper.arxiv_id) if paper.arxiv_id else None,
        code="has code" if details.has_code else "",
        warned=[Warned(_warning(flag), references.cite([flag.evidence])) for flag in sheet.flags],
        short=short,
        slots=slots,
        figures=_table(sheet.figures, references),
        gap=_gap(sheet),
        sources=_sources(sheet),
        notes=list(_notes(paper, details)),
        dropped=refused(sheet.dropped, _lead),
        evidence=references.listed(),
        stamp=view.stamp_words(sheet.stamp),
    )


def _slots(sheet: PaperSheet, references: view.References) -> Iterator[Slot]:
    """Yield the slots that say something; each sentence is printed where it first stands."""
    tldr = sheet.summary.tldr
    printed = [tldr] if tldr else []
    for field, lead, _ in SLOTS:
        lines, repeated = [], []
        for claim in getattr(sheet.summary, field):
            if tldr and _repeats(claim, tldr):
                continue
            if any(_repeats(claim, other) for other in printed):
                repeated += claim.evidence
            else:
                printed.append(claim)
                lines.append(view.cited(claim, references))
        said = {number for line in lines for number in line.numbers}
        releases = list(_released(sheet, references, said)) if field == "artefacts" else []
        if lines or releases:
            yield Slot(lead, lines, (), releases)
        elif repeated:
            yield Slot(lead, [], references.cite(repeated), [])


def _repeats(claim: Claim, other: Claim) -> bool:
    quoted = claim.kind == other.kind == "quoted" and bool(claim.evidence)
    return view.same_words(claim.text, other.text) or (quoted and claim.evidence == other.evidence)


def _released(
    sheet: PaperSheet, references: view.References, said: Container[int]
) -> Iterator[Released]:
    """Yield the releases that can be followed, and without any sentence about them the others.

    Numbers of evidence that are `said` are not repeated.
    """
    for release in sheet.releases:
        url = view.web_address(release.url or "")
        if url or not sheet.summary.artefacts:
            yield Released(
                what=", ".join({"model": "models"}.get(kind, kind) for kind in release.kinds),
                note="" if release.released else "promised",
                url=url,
                numbers=tuple(n for n in references.cite([release.evidence]) if n not in said),
            )


def _table(figures: Sequence[FigureRow], references: view.References) -> Table:
    """Return the rows; figures that the same words speak of share one, since no word parts them."""
    shared: dict[tuple[str, str, str, Evidence], list[FigureRow]] = {}
    for row in figures:
        who = (row.metric, row.subject or "", row.baseline or "", row.evidence)
        shared.setdefault(who, []).append(row)
    lines = [
        (metric, subject, _cell(r.value_printed for r in some),
         _cell(r.difference_printed for r in some), baseline)
        for (metric, subject, baseline, _), some in shared.items()
    ]  # fmt: skip
    said = [n for n in range(len(_HEADINGS)) if any(line[n] for line in lines)]
    numbers = [references.cite([evidence]) for *_, evidence in shared]
    rows = [Row([line[n] for n in said], cited) for line, cited in zip(lines, numbers, strict=True)]
    return Table([_HEADINGS[n] for n in said], rows)


_HEADINGS = ("Measured", "Whose", "Value", "Difference", "Against")


def _cell(printed: Iterable[str | None]) -> str:
    return "; ".join(filter(None, printed))


_WARNINGS = {
    "addressed to a model": "It was ignored, and no claim rests on it.",
    "hidden characters": "Hidden characters were taken out before a model read it.",
    "chat-template tokens": "Its marks were made harmless before a model read it.",
}


def _warning(flag: Flag) -> str:
    sign = flag.sign if flag.sign == "addressed to a model" else f"with {flag.sign}"
    return f"A passage looks written for a language model ({sign}). {_WARNINGS[flag.sign]}"


def _lead(field: str) -> str:
    others = {"tldr": "In short", "figures": "Figures"}
    return {**others, **{slot: lead for slot, lead, _ in SLOTS}}.get(field, field)


def _gap(sheet: PaperSheet) -> str:
    """Say once what the source does not state; a slot whose claims were dropped is not meant.

    An engine without a model cannot tell that something is not stated, only that it found nothing.
    """
    if not any(sheet.summary.claims()):
        return _nothing(sheet)
    dropped = {one.field for one in sheet.dropped}
    said = {"artefacts"} if sheet.releases else set()
    empty = [slot for slot in SLOTS if not getattr(sheet.summary, slot[0]) and slot[0] not in said]
    missing = [name for field, _, name in empty if field not in dropped]
    if not missing:
        return ""
    read, listed = _read(sheet), ", ".join(missing)
    if sheet.stamp.model is None:
        return f"No sentence found in the {read} for: {listed}."
    return f"Not stated in the {read}: {listed}."


def _nothing(sheet: PaperSheet) -> str:
    if not sheet.details.wordings:
        return "No document gives a text of this paper, so there is nothing to summarise."
    return "Nothing in the text of this paper could be stated with evidence."


def _read(sheet: PaperSheet) -> str:
    """Name what was read: the text once a claim rests on words outside the abstract."""
    cited = (e for _, claim in sheet.summary.claims() for e in claim.evidence)
    return "abstract" if all(_in_abstract(e, sheet.details) for e in cited) else "text"


def _in_abstract(evidence: Evidence, details: Details) -> bool:
    return any(
        wording.document == evidence.document
        and wording.start <= evidence.start
        and evidence.end <= wording.end
        for wording in details.wordings
    )


def _sources(sheet: PaperSheet) -> list[Source]:
    entries: dict[str, list[str]] = {}
    for record in sheet.paper.records:
        entries.setdefault(record.document, []).append(f"{record.index + 1:,}")
    covered = {c.document: f" ({view.coverage_words(c)})" for c in sheet.coverage}
    return [
        Source(document, view.source_path(document), _entries(numbers) + covered.get(document, ""))
        for document, numbers in entries.items()
    ]


def _entries(numbers: list[str]) -> str:
    return f"{'entry' if len(numbers) == 1 else 'entries'} {', '.join(numbers)}"


def _notes(paper: Paper, details: Details) -> Iterator[str]:
    """Yield what a careful reader should know beside the claims, one sentence each."""
    if paper.title is None:
        heading = "; the heading is taken from the abstract" if details.wordings else ""
        yield f"No document prints a title{heading}."
    if paper.date and details.year_inferred:
        yield f"The document prints day and month only; the year {paper.date.year} is inferred."
    if paper.authors and details.et_al:
        yield f"The list of authors is cut in the source, after {len(paper.authors):,} names."
    if len(details.wordings) > 1:
        first = details.wordings[0].document
        ways = f"The documents word the abstract in {len(details.wordings):,} ways"
        yield f"{ways}; this page reads the first, from {first}."
    if details.updated:
        yield f"Updated {view.human_date(details.updated)}."
    if details.affiliations:
        yield f"Institutions printed with the paper: {', '.join(details.affiliations)}."
    if details.comment:
        yield f"Comment in the listing: {details.comment}"
