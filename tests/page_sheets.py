"""Sheets by hand for the tests of pages; everything in them is invented."""

from __future__ import annotations

import datetime as dt
from typing import Any

from pipeline.records import Coverage, Details, Paper, RecordRef, Wording
from pipeline.sheets import (
    Claim,
    Dropped,
    Evidence,
    FigureRow,
    Figures,
    Flag,
    Kind,
    Origin,
    PaperSheet,
    Release,
    Stamp,
    Summary,
    Tokens,
    count,
)

DOCUMENT = "kettles.txt"
SILENT: dict[str, list[Claim]] = {
    "problem": [],
    "approach": [],
    "results": [],
    "contributions": [],
    "limitations": [],
    "artefacts": [],
}


def evidence(quote: str, start: int = 100, document: str = DOCUMENT) -> Evidence:
    return Evidence(document=document, start=start, end=start + len(quote), quote=quote)


def claim(
    text: str,
    kind: Kind = "quoted",
    origin: Origin = "extractive",
    figures: list[Figures] | None = None,
    **place: Any,
) -> Claim:
    quoted = evidence(place.pop("quote", text), **place)
    return Claim(
        id="0123456789ab",
        text=text,
        kind=kind,
        origin=origin,
        evidence=[quoted],
        data=None,
        figures=figures,
    )


def summary(tldr: Claim | None = None, **slots: list[Claim]) -> Summary:
    return Summary(tldr=tldr, **{**SILENT, **slots})


def paper(**changes: Any) -> Paper:
    fields: dict[str, Any] = {
        "id": "quiet-kettles-0a1b2c3d",
        "label": "Quiet Kettles",
        "title": "Quiet Kettles",
        "title_source": RecordRef(document=DOCUMENT, index=0),
        "authors": ["Ada Brew", "Bo Steam"],
        "date": dt.date(2031, 5, 27),
        "arxiv_id": "3105.01234",
        "names": [],
        "records": [RecordRef(document=DOCUMENT, index=4)],
    }
    return Paper(**{**fields, **changes})


def details(**changes: Any) -> Details:
    wording = Wording(document=DOCUMENT, start=50, end=5_000)
    return Details(**{"wordings": [wording], "categories": ["cs.CV"], **changes})


def stamp(given: Summary, dropped: int = 0, **changes: Any) -> Stamp:
    fields: dict[str, Any] = {
        "engine": "extractive 1",
        "model": None,
        "prompt": "summarise",
        "prompt_version": 2,
        "inputs": [],
        "date": None,
        "tokens": Tokens(),
        "cost_usd": None,
        "counts": count((c for _, c in given.claims()), dropped),
    }
    return Stamp(**{**fields, **changes})


def sheet(
    given: Summary | None = None,
    dropped: list[Dropped] | None = None,
    made: dict[str, Any] | None = None,
    coverage: list[Coverage] | None = None,
    about: Details | None = None,
    **changes: Any,
) -> PaperSheet:
    given = given or summary(tldr=claim("Kettles can be quiet."))
    return PaperSheet(
        paper=paper(**changes),
        details=about or details(),
        coverage=coverage or [Coverage(document=DOCUMENT, declared=79, present=50)],
        summary=given,
        stamp=stamp(given, len(dropped or []), **(made or {})),
        dropped=dropped or [],
    )


def filled_with(text: str) -> PaperSheet:
    """Return a sheet that bears `text` in every field that a source or a model can fill."""
    figure = Figures(metric=text, value=31.0, unit=text, baseline=text, difference=32.0)
    given = summary(
        tldr=claim(text, "derived", "model", quote=text, document=text),
        problem=[claim(f"{text} 1", quote=f"{text} 1", document=text)],
        results=[
            claim(f"{text} 2", "derived", "reviewer", [figure], quote=text, start=7),
            claim(f"{text} 3", "quoted", "fallback", quote=text, start=8),
        ],
    )
    about = details(
        et_al=True,
        year_inferred=True,
        affiliations=[text],
        categories=[text],
        has_code=True,
        comment=text,
        wordings=[Wording(document=text, start=0, end=9)] * 2,
    )
    made = sheet(
        given,
        [Dropped(field=text, text=text, reason=text)],
        {"engine": text, "model": text, "prompt": text, "date": "2031-06-01"},
        [Coverage(document=text, declared=2, present=1)],
        about,
        id=text,
        label=text,
        title=text,
        authors=[text] * 4,
        arxiv_id=text,
        names=[text],
        records=[RecordRef(document=text, index=0)],
    )
    return made.model_copy(update=_by_code(text))


def _by_code(text: str) -> dict[str, Any]:
    """Return what code adds to a sheet, with `text` in every field of it."""
    place = evidence(text, document=text)
    row = FigureRow(
        metric=text,
        value=31.0,
        unit=text,
        baseline=text,
        difference=32.0,
        subject=text,
        value_printed=text,
        difference_printed=text,
        evidence=place,
    )
    return {
        "figures": [row],
        "releases": [
            Release(kinds=["code"], url=text, released=False, evidence=place),
            Release(kinds=["data"], url="https://example.org/x", released=True, evidence=place),
        ],
        "flags": [Flag(sign="addressed to a model", shown=text, evidence=place)],
    }


HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "</style><style>*{display:none}</style>",
    "{{ 7*7 }}{% include 'base.html.j2' %}",
    "x\n---\n# hi",
    "javascript:alert(1)",
    "[x](javascript:alert(1)) ![y](https://example.org/y.png) [[Z]] ![[Z]]",
    "https://example.org/a www.example.org <https://example.org>",
    "| a | b |\n|---|---|\n$x^2$ ~~gone~~ ==lit== %%hidden%% #tag ^block `code`",
    "&lt;b&gt; &#60;i&#62; *b* _i_ \\* \\",
    "🧪 👨‍👩‍👧 and \u202eevil\u202c",
    "nul \0 bell \x07 half \ud800 mark \ufeff tag \U000e0041 end \uffff",
    "long " * 800,
]
