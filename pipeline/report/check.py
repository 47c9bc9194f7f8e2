"""Reading outputs back: whether each file is what its schema says, and each claim where it is."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import ValidationError

from pipeline.briefing_sheet import BriefingSheet
from pipeline.digest_sheet import DigestSheet
from pipeline.facts import Facts, facts_of_quote
from pipeline.figures import printed_numbers
from pipeline.grounding import check_claim
from pipeline.latex import plain
from pipeline.lineage_sheet import GraphSheet, LineageSheet
from pipeline.records import Frozen
from pipeline.report.briefing_check import briefing_faults
from pipeline.report.briefing_markdown import briefing_markdown
from pipeline.report.check_parts import known
from pipeline.report.data_check import data_faults, papers_faults
from pipeline.report.data_files import LINE, THEMES, TRENDS, line_csv, themes_csv, trends_csv
from pipeline.report.digest_check import digest_faults
from pipeline.report.digest_markdown import digest_markdown
from pipeline.report.graph_check import graph_faults, line_faults
from pipeline.report.html import briefing_html, digest_html, lineage_html, paper_html, source_html
from pipeline.report.lineage_markdown import lineage_markdown
from pipeline.report.markdown import paper_markdown
from pipeline.report.marks import Marks, joined, marks_of
from pipeline.report.shared_check import shared_faults
from pipeline.report.shown import AnyCard, placed_card, shown_of
from pipeline.reviews import ReviewsSheet
from pipeline.sheets import (
    SHEETS,
    Claim,
    FigureRow,
    Figures,
    Flag,
    PaperSheet,
    Release,
    Stamp,
    claim_id,
    count,
    places,
)
from pipeline.text import strip_lead_in
from pipeline.verdicts import MAY_OVERRULE, known_of

KNOWN: dict[str, type[Frozen]] = {
    **SHEETS,
    "litline/lineage": LineageSheet,
    "litline/graph": GraphSheet,
    "litline/digest": DigestSheet,
    "litline/briefing": BriefingSheet,
    "litline/reviews": ReviewsSheet,
}

_EVIDENCE = {"document", "start", "end", "quote"}
_OURS = frozenset({"papers", "digests", "lineages", "briefings"})
_DIGITS = re.compile(r"\d+")


def check_outputs(root: Path) -> list[str]:
    """Return every fault found below `root`, each naming its file; empty when all holds.

    A subfolder that has sources of its own is a run of its own and is passed over.
    """
    sources = _Sources(root)
    faults = []
    for path in _json_files(root):
        name = path.relative_to(root).as_posix()
        faults += [f"{name}: {fault}" for fault in _file_faults(path, sources)]
    faults += papers_faults(root)
    return faults or [
        *_source_faults(joined(sources.marks), sources),
        *shared_faults(root, shown_of(sources.cards)),
    ]


def _marks(sheet: Frozen) -> Marks:
    """Return where a sheet that has a page quotes documents."""
    if isinstance(sheet, PaperSheet | LineageSheet | BriefingSheet):
        return marks_of(places(sheet))
    if isinstance(sheet, DigestSheet):
        return marks_of(place for _, claim in sheet.claims() for place in claim.evidence)
    return {}


def _source_faults(marks: Marks, sources: _Sources) -> Iterator[str]:
    """Compare the pages of documents with their texts and the marks in them."""
    for document in sorted({*marks, *sources.pages()}):
        text = sources.text(document)
        path = sources.page(document)
        if text is None:
            yield f"sources/{path.name} has no text: sources/{document}.txt is missing or not UTF-8"
        else:
            faults = _file_differs(path, source_html(document, text, marks.get(document, [])))
            yield from (f"sources/{path.name} {fault}" for fault in faults)


def _json_files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.name.startswith("."):
            continue
        if path.is_dir():
            own_run = (path / "sources").is_dir() and path.name not in _OURS
            if not path.is_symlink() and not own_run:
                yield from _json_files(path)
        elif path.suffix == ".json":
            yield path


def _file_faults(path: Path, sources: _Sources) -> list[str]:
    try:
        return list(_check_file(path, sources))
    except RecursionError:
        return ["is nested too deeply to be one of Litline's files"]


class _Sources:
    """The source texts of an outputs folder, each read once, what sheets quote, and their cards."""

    def __init__(self, root: Path) -> None:
        self.marks: list[Marks] = []
        self.cards: list[AnyCard] = []
        self._root = root
        self._folder = root / "sources"
        self._texts: dict[str, str | None] = {}

    def text(self, document: str) -> str | None:
        if document not in self._texts:
            self._texts[document] = self._read(self._folder / f"{document}.txt")
        return self._texts[document]

    def page(self, document: str) -> Path:
        """Return where the page of a document lies, which is named by the folder or has a text."""
        return self._folder / f"{document}.html"

    def pages(self) -> list[str]:
        """Return the documents that have a page."""
        found = (path.name for path in self._folder.glob("*.html"))
        return [name.removesuffix(".html") for name in found if not name.startswith(".")]

    def take(self, sheet: Frozen, path: Path) -> None:
        """Note what a sheet quotes, and the sheet in short where it lies in its place."""
        self.marks.append(_marks(sheet))
        placed = placed_card(sheet)
        if placed and path == self._root / placed[0]:
            self.cards.append(placed[1])

    def _read(self, path: Path) -> str | None:
        try:
            safe = path.parent == self._folder and path.is_file()
            return path.read_bytes().decode("utf-8") if safe else None
        except (OSError, ValueError):
            return None


def _check_file(path: Path, sources: _Sources) -> Iterator[str]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        yield f"not readable JSON ({error})"
        return
    model = KNOWN.get(str(found.get("schema"))) if isinstance(found, dict) else None
    if model is None:
        yield "names no schema that Litline knows"
        return
    yield from _evidence_faults(found, sources)
    try:
        sheet = model.model_validate_json(json.dumps(found))
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        yield f"does not fit {found['schema']}: {'.'.join(map(str, first['loc']))}: {first['msg']}"
        return
    sources.take(sheet, path)
    faults = list(_sheet_faults(sheet, path))
    yield from faults
    if faults:
        return
    if isinstance(sheet, PaperSheet):
        yield from _page_faults(path, paper_markdown(sheet), paper_html(sheet))
    elif isinstance(sheet, LineageSheet):
        yield from _page_faults(path, lineage_markdown(sheet), lineage_html(sheet))
        yield from data_faults(path.with_name(LINE), line_csv(sheet))
        yield from _edge_faults(sheet, path.parent.with_name("graph.json"))
    elif isinstance(sheet, DigestSheet):
        yield from _page_faults(path, digest_markdown(sheet), digest_html(sheet))
        yield from data_faults(path.with_name(TRENDS), trends_csv(sheet))
    elif isinstance(sheet, BriefingSheet):
        yield from _page_faults(path, briefing_markdown(sheet), briefing_html(sheet))
        yield from data_faults(path.with_name(THEMES), themes_csv(sheet))


def _evidence_faults(node: Any, sources: _Sources) -> Iterator[str]:
    if isinstance(node, list):
        for item in node:
            yield from _evidence_faults(item, sources)
    elif isinstance(node, dict):
        if node.keys() >= _EVIDENCE:
            yield from _quote_faults(node, sources)
        for value in node.values():
            yield from _evidence_faults(value, sources)


def _quote_faults(evidence: dict[str, Any], sources: _Sources) -> Iterator[str]:
    document, start, end = evidence["document"], evidence["start"], evidence["end"]
    text = sources.text(str(document))
    if text is None:
        yield f"sources/{document}.txt is missing or not UTF-8"
    elif not (isinstance(start, int) and isinstance(end, int) and 0 <= start < end <= len(text)):
        yield f"evidence {start}-{end} lies outside sources/{document}.txt"
    elif text[start:end] != evidence["quote"]:
        yield f"the quote at {start}-{end} differs from sources/{document}.txt: {_short(evidence)}"


def _short(evidence: dict[str, Any]) -> str:
    return repr(str(evidence["quote"])[:60])


def _sheet_faults(sheet: Frozen, path: Path) -> Iterator[str]:
    if isinstance(sheet, PaperSheet):
        yield from _paper_faults(sheet, path)
    elif isinstance(sheet, LineageSheet):
        yield from _lineage_faults(sheet, path)
    elif isinstance(sheet, GraphSheet):
        yield from graph_faults(sheet.nodes, sheet.edges)
    elif isinstance(sheet, DigestSheet):
        yield from _digest_faults(sheet, path.parent)
    elif isinstance(sheet, BriefingSheet):
        yield from _briefing_faults(sheet, path.parent)


def _paper_faults(sheet: PaperSheet, path: Path) -> Iterator[str]:
    if sheet.paper.id != path.stem:
        yield f"holds the paper {sheet.paper.id}"
    claims = list(sheet.summary.claims())
    subject = _Subject(sheet.schema_, sheet.paper.id, known_of(sheet.paper))
    yield from _claims_faults(claims, subject, sheet.stamp)
    yield from _facts_faults(sheet)
    yield from _count_faults(claims, len(sheet.dropped), sheet.stamp)


def _lineage_faults(sheet: LineageSheet, path: Path) -> Iterator[str]:
    if sheet.slug != path.parent.name:
        yield f"holds the lineage {sheet.slug}"
    claims = list(sheet.claims())
    subject = _Subject(sheet.schema_, sheet.slug, sheet.known())
    yield from _claims_faults(claims, subject, sheet.stamp)
    yield from graph_faults(sheet.nodes, sheet.edges)
    yield from line_faults(sheet)
    yield from _count_faults(claims, len(sheet.dropped), sheet.stamp)


def _digest_faults(sheet: DigestSheet, folder: Path) -> Iterator[str]:
    claims = list(sheet.claims())
    about = known({one.paper for one in sheet.opened}, sheet.listed, _papers_of(folder))
    # Its rewordings come from papers' sheets, where a judge may have let them stand.
    subject = _Subject(sheet.schema_, sheet.name, about, judged=True)
    yield from _claims_faults(claims, subject, sheet.stamp)
    yield from digest_faults(sheet, folder)
    yield from _count_faults(claims, len(sheet.dropped), sheet.stamp)


def _briefing_faults(sheet: BriefingSheet, folder: Path) -> Iterator[str]:
    claims = list(sheet.claims())
    asked = {id_ for question in sheet.questions for id_ in question.papers}
    about = known({*asked, *(one.paper for one in sheet.papers)}, sheet.listed, _papers_of(folder))
    # Some rewordings come from papers' sheets, as in a digest.
    subject = _Subject(sheet.schema_, sheet.slug, about, judged=True)
    yield from _claims_faults(claims, subject, sheet.stamp)
    yield from briefing_faults(sheet, folder)
    yield from _count_faults(claims, len(sheet.dropped), sheet.stamp)


def _papers_of(folder: Path) -> Path:
    """Return the folder of papers, from one that lies in another folder of the outputs."""
    return folder.parent.with_name("papers")


class _Subject(NamedTuple):
    """What claims are of: the kind of sheet, its subject, and what may be known of that.

    `judged` says that a judge may have overruled a check, whatever the stamp says.
    """

    schema: str
    id: str
    known: str
    judged: bool = False


def _claims_faults(
    claims: Sequence[tuple[str, Claim]], subject: _Subject, stamp: Stamp
) -> Iterator[str]:
    all_rules = stamp.counts.overruled == 0 and not subject.judged
    for field, claim in claims:
        quotes = [evidence.quote for evidence in claim.evidence]
        expected = claim_id(subject.schema, subject.id, field, claim.text, quotes)
        if claim.id != expected:
            yield f"claim {claim.id} was changed: its text and quotes give {expected}"
        faults = (*claim_faults(claim), *_ungrounded(claim, subject.known, all_rules=all_rules))
        yield from (f"claim {claim.id}: {fault}" for fault in faults)


def _count_faults(claims: Sequence[tuple[str, Claim]], dropped: int, stamp: Stamp) -> Iterator[str]:
    stated = stamp.counts
    again, overruled = stated.asked_again, stated.overruled
    if stated != count((claim for _, claim in claims), dropped, again, overruled):
        yield "the counts of the stamp differ from the claims"


def _facts_faults(sheet: PaperSheet) -> Iterator[str]:
    """Search the quotes of figures, releases and flags once more."""
    stated = Facts(sheet.figures, sheet.releases, sheet.flags)
    for what, facts in stated._asdict().items():
        for fact in facts:
            if fact not in getattr(facts_of_quote(fact.evidence), what):
                yield f"{what}: the quote does not give this: {_short_fact(fact)}"


def _short_fact(fact: FigureRow | Release | Flag) -> str:
    return fact.model_dump_json(exclude={"evidence"})[:160]


def _edge_faults(sheet: LineageSheet, path: Path) -> Iterator[str]:
    """Compare the edges of a line with those of the graph that it was drawn from."""
    try:
        graph = GraphSheet.model_validate_json(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        yield "the graph.json beside it is missing, or cannot be read"
        return
    for edge in sheet.edges:
        if edge not in graph.edges:
            yield f"the graph has no such edge: {edge.source} {edge.type} {edge.target}"


def _page_faults(path: Path, markdown: str, html: str) -> Iterator[str]:
    """Compare the pages that lie beside a sheet with what it says."""
    for suffix, text in ((".md", markdown), (".html", html)):
        page = path.with_suffix(suffix)
        yield from (f"{page.name} {fault}" for fault in _file_differs(page, text))


def _file_differs(page: Path, text: str) -> Iterator[str]:
    try:
        same = page.read_bytes() == text.encode()
    except OSError:
        yield "is missing"
        return
    if not same:
        yield "says something else; litline run writes it anew"


def _ungrounded(claim: Claim, known: str, *, all_rules: bool) -> Iterator[str]:
    """Check a rewording once more; what a judge or a person has decided is left to them."""
    if claim.kind == "derived" and claim.evidence:
        quotes = [evidence.quote for evidence in claim.evidence]
        decided = {*(claim.overruled or ()), *(() if all_rules else MAY_OVERRULE)}
        for failure in check_claim(claim.text, quotes, known):
            if failure.rule not in decided:
                yield f"{failure.rule}: {failure.message}"


def claim_faults(claim: Claim) -> Iterator[str]:
    """Yield what is wrong with a claim by itself: missing evidence, figures that nothing prints."""
    data = claim.data or {}
    if claim.kind == "computed":
        if not claim.evidence and not {"papers", "documents"} & data.keys():
            yield "nothing says what was counted"
        values = " ".join(str(value) for value in data.values())
        missing = set(_DIGITS.findall(claim.text)) - set(_DIGITS.findall(values))
        if missing:
            yield f"the text prints {min(missing)}, which its data does not hold"
        return
    if not claim.evidence:
        yield "it has no evidence"
        return
    shown = [plain(evidence.quote) for evidence in claim.evidence]
    if claim.kind == "quoted" and claim.text not in {*shown, *map(strip_lead_in, shown)}:
        yield "it is marked as quoted, but its text is not its quote"
    printed = printed_numbers(" ".join(shown))
    for figure in claim.figures or []:
        yield from _unprinted(figure, printed)


def _unprinted(figure: Figures, printed: set[float]) -> Iterator[str]:
    for number in (figure.value, figure.difference):
        if number is not None and abs(number) not in printed:
            yield f"the figure {number:g} is not in its quotes"
