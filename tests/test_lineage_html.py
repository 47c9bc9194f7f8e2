from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256
from itertools import pairwise

import pytest

from pipeline.report.cards import card_of, line_card_of
from pipeline.report.html import index_html, lineage_html, style
from pipeline.report.view import visible
from tests.lineage_sheets import filled_line, forty, lineage, six
from tests.page_sheets import HOSTILE, sheet
from tests.test_html import Page, only_searches


def pages_with(text: str) -> list[str]:
    line = filled_line(text)
    return [
        lineage_html(line),
        index_html([card_of(sheet())], [], [], [], lineages=[line_card_of(line)]),
    ]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_fields_leave_the_pages_as_they_are(text: str) -> None:
    for hostile, harmless in zip(pages_with(text), pages_with("kettle"), strict=True):
        page, model = Page(hostile), Page(harmless)
        # A long label takes a second line of the drawing.
        assert [t for t in page.tags if t != "text"] == [t for t in model.tags if t != "text"]
        names = {name for _, name, _ in page.attributes}
        assert names - {"class"} == {name for _, name, _ in model.attributes} - {"class"}
        assert visible(text).strip() in page.words
        hostile.encode()


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_on_a_page_can_act(text: str) -> None:
    for html in pages_with(text):
        page = Page(html)
        assert not {"iframe", "object", "img", "link", "base", "use"} & set(page.tags)
        assert only_searches(page)
        names = {name for _, name, _ in page.attributes}
        assert not [name for name in names if name.startswith("on") or name in {"style", "src"}]
        for href in page.values("href"):
            assert re.match(
                r"#|(\.\./\.\./)?(sources|papers|lineages)/|\.\./\.\./index\.html$"
                r"|\.\./graph\.json$|lineage\.(md|json|csv)$",
                href,
            )


def test_the_policy_allows_the_styles_of_the_page_and_nothing_else() -> None:
    page = Page(lineage_html(six()))
    digest = b64encode(sha256(page.styles.encode()).digest()).decode()
    assert page.styles == style("lineage")
    assert page.styles.startswith(style())
    assert f"style-src 'sha256-{digest}';" in page.values("content")[0]
    assert not re.search(r"url\(|@import|@font-face|</", page.styles)


@pytest.mark.parametrize("line", [six(), forty(), lineage()])
def test_headings_landmarks_and_ids_are_in_order(line: object) -> None:
    page = Page(lineage_html(line))  # type: ignore[arg-type]
    assert page.levels()[0] == 1
    assert page.levels().count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(page.levels()))
    ids = page.values("id")
    assert len(ids) == len(set(ids))
    inner = [href[1:] for href in page.values("href") if href.startswith("#")]
    labels = " ".join(page.values("aria-labelledby")).split()
    assert set(inner + labels) <= set(ids)


def test_the_page_says_what_the_sheet_holds() -> None:
    html = lineage_html(six())
    words = " ".join(Page(html).words.split())
    assert "December 2029 – April 2031 · 5 members read, 1 missing" in words
    assert "The line in one breath. Kettle made the vessel large." in words
    assert "→ Kettle 1.5 (25 April 2030, guessed: same name, same first author [4])" in words
    assert "Architecture: The spout is cut into 40 tiles." in words
    assert "→ Kettle 2.0 (no document, guessed" in words
    assert "above 70% [14]" in words
    assert "The yardstick. Kettle: Cauldron-L [16]; Kettle 3: Samovar-4o, Urn 3.5 [17]." in words
    assert "Openness. Kettle: code and models [18]; Kettle 3: data and weights (promised)" in words
    assert "Pan-Pilot (2 June 2031) uses Kettle 2.5 [20]: Pan-Pilot gains 5.9 points." in words
    assert "Guessed: only the signs that are named suggest it." in words
    assert "no document describes it." in words
    assert '<a href="../../papers/Kettle%201.5.html" dir="auto">Kettle 1.5</a>' in html


def test_the_drawing_stands_in_the_page() -> None:
    page = Page(lineage_html(six()))
    assert page.tags.count("svg") == 1
    assert page.tags.count("circle") == 9


def test_a_number_leads_to_its_quote_and_the_quote_to_its_source() -> None:
    hrefs = Page(lineage_html(six())).values("href")
    assert [
        href
        for href in hrefs
        if re.fullmatch(r"\.\./\.\./sources/kettles\.txt\.html#at-\d+-\d+", href)
    ]
    assert {"../../index.html", "lineage.md", "lineage.json", "../graph.json"} <= set(hrefs)


def test_many_works_beside_the_line_are_folded() -> None:
    assert "<summary>All 20</summary>" in lineage_html(forty())
    assert "<summary>All" not in lineage_html(six())


def test_an_empty_line_is_still_a_page() -> None:
    page = Page(lineage_html(lineage()))
    assert "No benchmark has figures from two members." in page.words
    assert not {"evidence", "beside"} & set(page.values("id"))


def test_the_same_sheet_gives_the_same_bytes() -> None:
    assert lineage_html(six()) == lineage_html(six())


# --- The index -----------------------------------------------------------------------------


def test_the_index_lists_lineages_above_the_papers() -> None:
    html = index_html(
        [card_of(sheet())], [], [], [], lineages=[line_card_of(six()), line_card_of(forty())]
    )
    assert html.index('id="lineages"') < html.index('id="y2031"')
    assert html.count('href="lineages/kettle/lineage.html"') == 2
    assert "5 members read, 1 missing · December 2029 – April 2031" in html


def test_without_lineages_the_index_stays_as_it_was() -> None:
    html = index_html([card_of(sheet())], [], [], [])
    assert html == index_html([card_of(sheet())], [], [], [], lineages=())
    assert "ineages" not in html
    assert '<p>Nothing.</p>\n</section>\n<section class="year"' in html


def test_many_lineages_are_folded() -> None:
    assert "<summary>All 11</summary>" in index_html(
        [], [], [], [], lineages=[line_card_of(six())] * 11
    )
