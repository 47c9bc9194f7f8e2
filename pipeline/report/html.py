"""Pages in HTML: one base page, no script, no file from elsewhere, everything escaped."""

from __future__ import annotations

import html
from base64 import b64encode
from collections.abc import Iterable, Sequence
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
from pipeline.report.basis_view import basis_view
from pipeline.report.briefing_card import BriefingCard
from pipeline.report.briefing_view import BriefingView, briefing_view, parts
from pipeline.report.cards import Card, LineCard
from pipeline.report.digest_card import DigestCard
from pipeline.report.digest_view import MOST, digest_view
from pipeline.report.drawing import lineage_svg
from pipeline.report.index_view import index_view
from pipeline.report.lineage_view import ASIDE, LIMIT, MEANING, lineage_view
from pipeline.report.paper_view import paper_view
from pipeline.report.parts import ROOT, Names
from pipeline.report.source_view import source_view
from pipeline.report.timeline import timeline
from pipeline.report.timeline_drawing import timeline_svg
from pipeline.report.trend_drawing import trend_svg
from pipeline.report.year_drawing import year_bars
from pipeline.sheets import Failure, PaperSheet


def paper_html(sheet: PaperSheet) -> str:
    """Return the page of one paper, as it lies in `papers/`."""
    judged = sheet.stamp.counts.overruled > 0
    based = basis_view(sheet.summary.claims(), _nobody, judged=judged)
    return render("paper.html.j2", root="../", page=paper_view(sheet), based=based)


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
    found = ("search",) if page.years else ()
    shown = timeline(papers)
    drawing = Markup(timeline_svg(shown)) if shown else ""  # noqa: S704 - escapes what it draws
    return render("index.html.j2", ("index",), found, root="", page=page, drawing=drawing)


def lineage_html(sheet: LineageSheet) -> str:
    """Return the page of one line of work, as it lies in `lineages/<slug>/`."""
    page = lineage_view(sheet)
    drawing = Markup(lineage_svg(page.nodes, sheet.edges))  # noqa: S704 - escapes what it draws
    words = {"meaning": MEANING, "limit": LIMIT, "aside": ASIDE}
    papers = {
        n.paper: (n.label, f"{ROOT}papers/{view.address(n.paper)}") for n in sheet.nodes if n.paper
    }
    judged = sheet.stamp.counts.overruled > 0
    based = basis_view(sheet.claims(), papers.get, judged=judged)
    return render(
        "lineage.html.j2",
        ("lineage",),
        root=ROOT,
        page=page,
        drawing=drawing,
        words=words,
        based=based,
    )


def digest_html(sheet: DigestSheet) -> str:
    """Return the page of a digest, as it lies in `digests/<name>/`."""
    page = digest_view(sheet)
    drawn = trend_svg(page.trends.plot) if page.trends and page.trends.plot else ""
    drawing = Markup(drawn)  # noqa: S704 - escapes what it draws
    based = basis_view(sheet.claims(), Names(sheet.listed).link, judged=True)
    return render(
        "digest.html.j2", ("digest",), root=ROOT, page=page, drawing=drawing, most=MOST, based=based
    )


def briefing_html(sheet: BriefingSheet) -> str:
    """Return the page of a briefing, as it lies in `briefings/<slug>/`."""
    page = briefing_view(sheet)
    told, bars = list(parts(page)), _bars(page)
    link = Names(sheet.listed, sheet.opened).link
    based = basis_view(sheet.claims(), link, judged=True)
    return render(
        "briefing.html.j2", ("briefing",), root=ROOT, page=page, parts=told, bars=bars, based=based
    )


def _nobody(_: str) -> None:
    """Link to no paper: what a paper's page says is of that paper alone."""


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


def render(
    template: str,
    styles: tuple[str, ...] = (),
    scripts: tuple[str, ...] = (),
    *,
    root: str,
    **values: object,
) -> str:
    """Fill a template; `root` leads from the page to the folder of all outputs, such as "../".

    Values are escaped whatever the template's name, and hidden characters in them are marked.
    `styles` names style sheets beside the one that every page carries, `scripts` our own scripts.
    """
    page = environment().get_template(template)
    sheet = Markup(style(*styles))  # noqa: S704 - our own files
    code = Markup(script(*scripts))  # noqa: S704 - our own files
    allowed = policy(styles, scripts)
    return page.render(root=root, style=sheet, script=code, policy=allowed, **values)


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
    return _own(f"{name}.css" for name in ("style", *others))


@cache
def script(*names: str) -> str:
    """Return scripts of our own that a page carries inside; no page needs one to be read."""
    return _own(f"{name}.js" for name in names)


def _own(names: Iterable[str]) -> str:
    folder = files("pipeline.report").joinpath("templates")
    return "".join(folder.joinpath(name).read_text("utf-8") for name in names)


@cache
def policy(styles: tuple[str, ...] = (), scripts: tuple[str, ...] = ()) -> str:
    """Return the content security policy: nothing is loaded, only our own style and script run."""
    ours = f"script-src {_hash(script(*scripts))}; " if scripts else ""
    return (
        f"default-src 'none'; {ours}style-src {_hash(style(*styles))}; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def moved_html(paper: str) -> str:
    """Return a page that leads on to the page of a paper."""
    link = html.escape(f"{quote(paper)}.html")
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="refresh" content="0; url={link}">\n<title>Moved</title>\n</head>\n'
        f'<body>\n<p>This paper is now <a href="{link}">here</a>.</p>\n</body>\n</html>\n'
    )
