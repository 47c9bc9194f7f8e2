"""Papers and summaries as a CSV table (RFC 4180) in which no cell is a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from pipeline.report import view
from pipeline.report.cells import BETWEEN, cell
from pipeline.sheets import FIELDS, Claim, PaperSheet, Summary

COLUMNS = (
    *("id", "label", "title", "authors", "authors_cut", "date", "year_inferred", "arxiv_id", "url"),
    *("categories", "affiliations", "has_code", "comment", "documents", "tldr", *FIELDS, "engine"),
    *("model", "reviewed", "overruled"),
)
_KNOWN = 9  # columns that every export so far began with


def csv_table(sheets: Iterable[PaperSheet]) -> str:
    """Return a header and a row per paper, lines ending with CR LF; what is absent is empty.

    Several values of one cell stand between semicolons.
    """
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL)
    writer.writerow(COLUMNS)
    for sheet in sheets:
        row = _row(sheet)
        writer.writerow([cell(row[column]) for column in COLUMNS])
    return out.getvalue()


def is_csv_table(text: str) -> bool:
    """Whether a text is an earlier export, by its header: its first columns in their order."""
    return text.startswith(",".join(f'"{name}"' for name in COLUMNS[:_KNOWN]) + ",")


def _row(sheet: PaperSheet) -> dict[str, str]:
    paper, details, summary = sheet.paper, sheet.details, sheet.summary
    return {
        "id": paper.id,
        "label": paper.label,
        "title": paper.title or "",
        "authors": BETWEEN.join(paper.authors or []),
        "authors_cut": _yes(details.et_al),
        "date": paper.date.isoformat() if paper.date else "",
        "year_inferred": _yes(details.year_inferred if paper.date else None),
        "arxiv_id": paper.arxiv_id or "",
        "url": (view.arxiv_url(paper.arxiv_id) or "") if paper.arxiv_id else "",
        "categories": BETWEEN.join(details.categories),
        "affiliations": BETWEEN.join(details.affiliations),
        "has_code": _yes(details.has_code),
        "comment": details.comment or "",
        "documents": BETWEEN.join(dict.fromkeys(ref.document for ref in paper.records)),
        "tldr": summary.tldr.text if summary.tldr else "",
        **{field: _texts(getattr(summary, field)) for field in FIELDS},
        "engine": sheet.stamp.engine,
        "model": sheet.stamp.model or "",
        "reviewed": _reviewed(claim for _, claim in summary.claims()),
        "overruled": BETWEEN.join(_overruled(summary)),
    }


def _reviewed(claims: Iterable[Claim]) -> str:
    """Say how many of the claims a person accepted or edited; empty for none."""
    listed = list(claims)
    read = sum(claim.reviewed is not None for claim in listed)
    return f"{read} of {len(listed)}" if read else ""


def _overruled(summary: Summary) -> list[str]:
    """Name the fields that hold a claim which breaks a check that a person overruled."""
    return list(dict.fromkeys(field for field, claim in summary.claims() if claim.overruled))


def _texts(claims: Iterable[Claim]) -> str:
    return BETWEEN.join(claim.text for claim in claims)


def _yes(value: bool | None) -> str:
    return {True: "yes", False: "no", None: ""}[value]
