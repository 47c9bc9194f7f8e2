"""The pages in a real browser: accessible by axe-core, inert with hostile text, alone."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pipeline.report.briefing_card import card_of as briefing_card
from pipeline.report.cards import card_of, line_card_of
from pipeline.report.digest_card import card_of as digest_card
from pipeline.report.html import (
    briefing_html,
    digest_html,
    index_html,
    lineage_html,
    paper_html,
    source_html,
)
from pipeline.sheets import Failure
from tests.briefing_sheets import author, filled_briefing
from tests.browser import (
    DESKTOP,
    PHONE,
    WCAG,
    Scheme,
    Visit,
    marked,
    needs_browser,
    to_source,
    unfold,
    violations,
    visit,
)
from tests.digest_sheets import filled_digest, week
from tests.lineage_sheets import filled_line, forty, six
from tests.page_sheets import HOSTILE, claim, filled_with, sheet, summary

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = needs_browser

SAMPLE = Path(__file__).parent.parent / "outputs" / "sample"
KINDS = {
    "index": "index.html",
    "paper": "papers/skerry-reading-*.html",
    "lineage": "lineages/skerry/lineage.html",
    "digest": "digests/*/digest.html",
    "briefing": "briefings/mira-halden/briefing.html",
    "source": "sources/northlight-listing.txt.html",
}
LONG = "Kettles wake the house. We hush kettles. They sing no more.\n" * 200 + "k" * 500
MORE_HOSTILE = [
    "]]><script>alert(1)</script>",
    '=HYPERLINK("https://example.org/x","y")',
    'click A "https://example.org/x" "%%{init: {}}%%',
    "<svg onload=alert(1)><a href=javascript:alert(1)>",
    "</title></desc></svg><script>alert(1)</script>",
]


def sample(kind: str) -> Path:
    return next(SAMPLE.glob(KINDS[kind]))


def write(folder: Path, pages: dict[str, str]) -> list[Path]:
    paths = [folder / name for name in pages]
    for path, html in zip(paths, pages.values(), strict=True):
        path.write_text(html, encoding="utf-8")
    return paths


def full_pages() -> dict[str, str]:
    """Return pages that hold more than those of the samples: each field, and long lists."""
    return {
        "paper.html": paper_html(filled_with("kettle")),
        "digest.html": digest_html(week()),
        "lineage.html": lineage_html(six()),
        "long.html": lineage_html(forty()),
        "briefing.html": briefing_html(author()),
        "source.html": source_html("kettles.txt", LONG, [(0, 40), (20, 90), (5_000, 5_200)]),
    }


def hostile_pages(text: str) -> dict[str, str]:
    paper, digest = filled_with(text), filled_digest(text)
    line, briefing = filled_line(text), filled_briefing(text)
    index = index_html(
        [card_of(paper)],
        paper.coverage,
        [text],
        [Failure(paper=None, document=text, stage=text, reason=text)],
        lineages=[line_card_of(line)],
        digests=[digest_card(digest)],
        briefings=[briefing_card(briefing)],
    )
    return {
        "index.html": index,
        "paper.html": paper_html(paper),
        "digest.html": digest_html(digest),
        "lineage.html": lineage_html(line),
        "briefing.html": briefing_html(briefing),
        "source.html": source_html(text, f"{text} {text}", [(0, len(text)), (1, 2 * len(text))]),
    }


# --- Accessible ----------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [DESKTOP, PHONE])
@pytest.mark.parametrize("kind", KINDS)
def test_axe_finds_no_fault_in_the_samples(
    kind: str, width: int, scheme: Scheme, browser: Browser
) -> None:
    with visit(browser, width, scheme) as tab:
        page = tab.open(sample(kind))
        unfold(page)
        assert violations(page, *WCAG, "best-practice") == []
        assert tab.outside() == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [DESKTOP, PHONE])
def test_axe_finds_no_fault_in_full_pages(
    width: int, scheme: Scheme, browser: Browser, tmp_path: Path
) -> None:
    with visit(browser, width, scheme) as tab:
        for path in write(tmp_path, full_pages()):
            page = tab.open(path)
            unfold(page)
            assert violations(page, *WCAG, "best-practice") == [], path.name


def test_axe_would_find_a_fault(tab: Visit, tmp_path: Path) -> None:
    pale = '<p style="color: #ccc; background: #fff">pale</p><img src="data:,">'
    [path] = write(tmp_path, {"bad.html": f"<!doctype html><title>x</title>{pale}"})
    found = " ".join(violations(tab.open(path), *WCAG))
    assert "color-contrast" in found
    assert "image-alt" in found
    assert "html-has-lang" in found


def test_the_longest_label_wraps_on_a_phone(browser: Browser, tmp_path: Path) -> None:
    rules = ["located", "numbers", "names", "order", "direction", "support"]
    decided = {"reviewed": "edited", "overruled": rules}
    edited = claim("It hushes.", "derived", "reviewer").model_copy(update=decided)
    with visit(browser, PHONE) as tab:
        [path] = write(tmp_path, {"paper.html": paper_html(sheet(summary(edited)))})
        page = tab.open(path)
        assert page.locator(".label").first.inner_text().startswith("(reworded, by a reviewer")
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
@pytest.mark.parametrize("kind", KINDS)
def test_no_page_is_wider_than_the_window(kind: str, width: int, browser: Browser) -> None:
    with visit(browser, width) as tab:
        page = tab.open(sample(kind))
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_full_pages_are_no_wider_than_a_phone(browser: Browser, tmp_path: Path) -> None:
    with visit(browser, PHONE) as tab:
        for path in write(tmp_path, full_pages()):
            page = tab.open(path)
            unfold(page)
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide <= PHONE, path.name


@pytest.mark.parametrize("kind", KINDS)
def test_headings_are_in_order(kind: str, tab: Visit) -> None:
    page = tab.open(sample(kind))
    unfold(page)
    heads = page.locator("h1, h2, h3, h4, h5, h6").all()
    levels = [int(head.evaluate("one => one.tagName[1]")) for head in heads]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


FOCUSED = """() => {
    const one = document.activeElement;
    const style = getComputedStyle(one);
    const box = one.getBoundingClientRect();
    return {
        tag: one.tagName,
        ring: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
        seen: box.width > 0 && box.bottom > 0 && box.top < innerHeight,
    };
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("kind", KINDS)
def test_focus_can_be_seen(kind: str, scheme: Scheme, browser: Browser) -> None:
    with visit(browser, PHONE, scheme) as tab:
        page = tab.open(sample(kind))
        tags = list(focused(page, 25))
    assert "A" in tags


def focused(page: Page, most: int) -> Iterator[str]:
    """Walk through a page with the Tab key; yield what takes the focus."""
    for _ in range(most):
        page.keyboard.press("Tab")
        found = page.evaluate(FOCUSED)
        if found["tag"] == "BODY":
            return
        assert found["ring"], found
        assert found["seen"], found
        yield found["tag"]


def test_the_first_key_leads_past_the_head_of_a_page(tab: Visit) -> None:
    page = tab.open(sample("paper"))
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the text"
    page.keyboard.press("Enter")
    assert page.url.endswith("#main")


# --- From the index to a sentence ----------------------------------------------------------


def test_the_index_leads_to_a_paper_and_its_mark_to_the_evidence(tab: Visit) -> None:
    page = tab.open(sample("index"))
    page.locator(".papers a").first.click()
    mark = page.locator("a.ref").first
    target = mark.get_attribute("href") or ""
    mark.click()
    assert page.url.endswith(target)
    assert page.locator(":target blockquote").is_visible()
    assert {url.partition(":")[0] for url in tab.asked} == {"file"}


def test_a_reader_comes_from_the_index_to_the_very_sentence(tab: Visit) -> None:
    page = tab.open(sample("index"))
    page.locator(".papers a").first.click()
    quote = to_source(page)
    assert marked(page) == quote != ""
    assert {url.partition(":")[0] for url in tab.asked} == {"file"}


def test_the_data_of_each_drawing_are_one_link_away(tab: Visit) -> None:
    for kind, data in (
        ("index", "papers.csv"),
        ("lineage", "lineage.csv"),
        ("digest", "trends.csv"),
        ("briefing", "themes.csv"),
    ):
        page = tab.open(sample(kind))
        unfold(page)
        link = page.locator(f'a[href="{data}"]')
        assert link.count() == 1
        assert link.is_visible()
        assert sample(kind).with_name(data).is_file()


def test_drawings_are_told_to_those_who_hear_the_page(tab: Visit) -> None:
    for kind in ("index", "lineage", "digest"):
        page = tab.open(sample(kind))
        unfold(page)
        image = page.get_by_role("img").first
        named = "one => one.getAttribute('aria-labelledby').split(' ').map(id => " + (
            "document.getElementById(id).textContent.length)"
        )
        assert all(length > 10 for length in image.evaluate(named)), kind


# --- Hostile -------------------------------------------------------------------------------

INERT = """() => [
    ...[...document.querySelectorAll("*")].flatMap(one =>
        one.getAttributeNames().filter(name => name.startsWith("on"))),
    ...[...document.querySelectorAll("img, iframe, object, embed, base")].map(o => o.tagName),
    ...[...document.querySelectorAll("form:not(main > #search)")].map(one => one.tagName),
    ...[...document.querySelectorAll("form, button, input")].flatMap(one =>
        ["action", "formaction", "method"].filter(name => one.hasAttribute(name))),
    ...[...document.querySelectorAll("a")].map(one => one.href.baseVal ?? one.href).filter(
        href => !/^(file|https?):/.test(new URL(href, location.href).href)),
]"""


@pytest.mark.parametrize("text", [*HOSTILE, *MORE_HOSTILE])
def test_hostile_text_does_nothing(text: str, tab: Visit, tmp_path: Path) -> None:
    for path in write(tmp_path, hostile_pages(text)):
        page = tab.open(path)
        unfold(page)
        page.mouse.move(200, 200)
        page.mouse.wheel(0, 4000)
        assert page.evaluate(INERT) == [], path.name
        assert tab.outside() == [], path.name
        assert (tab.dialogs, tab.faults) == ([], []), path.name


def test_what_a_page_asks_for_and_says_is_noticed(tab: Visit, tmp_path: Path) -> None:
    bad = (
        '<script>alert(1)</script><script>throw new Error("lost")</script><form>'
        '<img src="https://example.org/x.png" onerror="alert(2)">'
    )
    [path] = write(tmp_path, {"bad.html": f"<!doctype html><body>{bad}"})
    page = tab.open(path)
    assert tab.outside() == ["https://example.org/x.png"]
    assert tab.dialogs[0] == "1"
    assert "lost" in " ".join(tab.faults)
    assert page.evaluate(INERT) == ["onerror", "IMG", "FORM"]
