"""Pages in HTML: one base page, no script, no file from elsewhere, everything escaped."""

from __future__ import annotations

import html
from base64 import b64encode
from collections.abc import Sequence
from functools import cache
from hashlib import sha256
from importlib.resources import files
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from pipeline.briefing_sheet import BriefingSheet
from pipeline.digest_sheet import DigestSheet
from pipeline.lineage_sheet import LineageSheet
from pipeline.records import Coverage
from pipeline.report import view
from pipeline.report.briefing_card import BriefingCard
from pipeline.report.briefing_view import BriefingView, briefing_view, parts
from pipeline.report.cards import Card, LineCard
from pipeline.report.digest_card import DigestCard
from pipeline.report.digest_view import MOST, digest_view
from pipeline.report.drawing import lineage_svg
from pipeline.report.index_view import index_view
from pipeline.report.lineage_view import ASIDE, LIMIT, MEANING, lineage_view
from pipeline.report.paper_view import paper_view
from pipeline.report.parts import ROOT
from pipeline.report.source_view import source_view
from pipeline.report.trend_drawing import trend_svg
from pipeline.report.year_drawing import year_bars
from pipeline.sheets import Failure, PaperSheet


def paper_html(sheet: PaperSheet) -> str:
    """Return the page of one paper, as it lies in `papers/`."""
    return render("paper.html.j2", root="../", page=paper_view(sheet))


def index_html(  # noqa: PLR0913 - a list for each section
    papers: Sequence[Card],
    coverage: Sequence[Coverage],
    notes: Sequence[str],
    failed: Sequence[Failure],
    *,
    lineages: Sequence[LineCard] = (),
    digests: Sequence[DigestCard] = (),
    briefings: Sequence[BriefingCard] = (),
) -> str:
    """Return the page from which everything is reached, as it lies at the top of the outputs."""
    page = index_view(papers, coverage, notes, failed, lineages, digests, briefings=briefings)
    return render("index.html.j2", root="", page=page)


def lineage_html(sheet: LineageSheet) -> str:
    """Return the page of one line of work, as it lies in `lineages/<slug>/`."""
    page = lineage_view(sheet)
    drawing = Markup(lineage_svg(page.nodes, sheet.edges))  # noqa: S704 - escapes what it draws
    words = {"meaning": MEANING, "limit": LIMIT, "aside": ASIDE}
    return render(
        "lineage.html.j2", ("lineage",), root=ROOT, page=page, drawing=drawing, words=words
    )


def digest_html(sheet: DigestSheet) -> str:
    """Return the page of a digest, as it lies in `digests/<name>/`."""
    page = digest_view(sheet)
    drawn = trend_svg(page.trends.plot) if page.trends and page.trends.plot else ""
    drawing = Markup(drawn)  # noqa: S704 - escapes what it draws
    return render("digest.html.j2", ("digest",), root=ROOT, page=page, drawing=drawing, most=MOST)


def briefing_html(sheet: BriefingSheet) -> str:
    """Return the page of a briefing, as it lies in `briefings/<slug>/`."""
    page = briefing_view(sheet)
    values = {"page": page, "parts": list(parts(page)), "bars": _bars(page)}
    return render("briefing.html.j2", ("briefing",), root=ROOT, **values)


def source_html(document: str, text: str, spans: Sequence[tuple[int, int]]) -> str:
    """Return the page of a source, as it lies in `sources/`, with the places `spans` marked."""
    page = source_view(document, text, spans)
    return render("source.html.j2", ("source",), root="../", page=page)


def _bars(page: BriefingView) -> list[Markup]:
    """Draw the years of each term."""
    themes = page.themes
    rows = themes.rows if themes else []
    drawn = (year_bars(row.counts, themes.totals) for row in rows if themes)
    return [Markup(bars) for bars in drawn]  # noqa: S704 - numbers only


def render(template: str, styles: tuple[str, ...] = (), *, root: str, **values: object) -> str:
    """Fill a template; `root` leads from the page to the folder of all outputs, such as "../".

    Values are escaped whatever the template's name, and hidden characters in them are marked.
    `styles` names style sheets beside the one that every page carries.
    """
    page = environment().get_template(template)
    sheet = Markup(style(*styles))  # noqa: S704 - our own files
    return page.render(root=root, style=sheet, policy=policy(*styles), **values)


@cache
def environment() -> Environment:
    """Return the templates; escaping is on for all of them, `.html.j2` included."""
    made = Environment(
        loader=PackageLoader("pipeline.report"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters["passage"] = view.passage_path
    made.filters["source_page"] = view.source_page
    return made


def _finalize(value: object) -> object:
    plain = isinstance(value, str) and not isinstance(value, Markup)
    return view.visible(str(value)) if plain else value


@cache
def style(*others: str) -> str:
    """Return the style sheet that every page carries inside, and `others` after it."""
    folder = files("pipeline.report").joinpath("templates")
    return "".join(folder.joinpath(f"{name}.css").read_text("utf-8") for name in ("style", *others))


@cache
def policy(*others: str) -> str:
    """Return the content security policy: nothing is loaded, only our own style is used."""
    digest = b64encode(sha256(style(*others).encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def moved_html(paper: str) -> str:
    """Return a page that leads on to the page of a paper."""
    link = html.escape(f"{quote(paper)}.html")
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="refresh" content="0; url={link}">\n<title>Moved</title>\n</head>\n'
        f'<body>\n<p>This paper is now <a href="{link}">here</a>.</p>\n</body>\n</html>\n'
    )
