from __future__ import annotations

import datetime as dt

import pytest

from pipeline.report import search_view as module
from pipeline.report.cards import Card, LineCard, card_of, line_card_of
from pipeline.report.html import index_html
from pipeline.report.progress import Progress
from pipeline.report.search_view import search_view, tag
from pipeline.sheets import Release
from tests.lineage_sheets import six
from tests.page_sheets import claim, details, evidence, sheet, summary


def card(
    id_: str,
    *authors: str,
    categories: tuple[str, ...] = ("cs.CV",),
    code: bool = False,
    themes: tuple[str, ...] = (),
    reviewed: bool = False,
) -> Card:
    about = details(categories=list(categories), has_code=code)
    made = card_of(sheet(id=id_, authors=list(authors) or None, about=about))
    return made.model_copy(update={"themes": list(themes), "progress": progress(reviewed=reviewed)})


def progress(*, reviewed: bool) -> Progress:
    return Progress(reviewed=int(reviewed), open=int(not reviewed), weak=0)


def line(slug: str, *papers: str) -> LineCard:
    return line_card_of(six()).model_copy(update={"slug": slug, "papers": list(papers)})


def choices(view: module.SearchView) -> dict[str, list[tuple[str, str, int]]]:
    return {
        one.id: [(choice.tag, choice.name, choice.papers) for choice in one.choices]
        for one in view.filters
    }


def test_each_paper_has_tags_for_all_it_can_be_found_by() -> None:
    papers = [
        card("a", "Ada", "Bo", categories=("cs.CV", "cs.CL"), themes=("tea",)),
        card("b", "Bo", code=True),
        card("c", themes=("tea", "milk")),
    ]
    view = search_view(papers, [line("kettle", "b", "gone"), line("other", "gone")])
    assert choices(view) == {
        "category": [("c0", "cs.CV", 3), ("c1", "cs.CL", 1)],
        "topic": [("t0", "tea", 2), ("t1", "milk", 1)],
        "lineage": [("l0", line("kettle").name, 1)],
        "code": [("k", "has code", 1)],
    }
    assert view.authors == ["Bo", "Ada"]
    assert view.tags == {"a": "c0 c1 t0 a0 a1", "b": "c0 l0 k a0", "c": "c0 t0 t1"}
    assert view.note == ""


def test_papers_are_parted_by_review_once_one_is_reviewed() -> None:
    left = [card("a"), card("b")]
    assert "review" not in choices(search_view(left, []))
    view = search_view([*left, card("c", reviewed=True)], [])
    assert choices(view)["review"] == [("r", "reviewed", 1), ("o", "not reviewed", 2)]
    assert view.tags == {"a": "c0 o", "b": "c0 o", "c": "c0 r"}
    done = search_view([card("c", reviewed=True)], [])
    assert choices(done)["review"] == [("r", "reviewed", 1), ("o", "not reviewed", 0)]


def test_years_stand_newest_first_and_what_leaves_all_is_not_offered() -> None:
    dates = [dt.date(2030, 1, 1), None, dt.date(2031, 1, 1)]
    papers = [card_of(sheet(id=str(n), date=date)) for n, date in enumerate(dates)]
    view = search_view(papers, [])
    assert choices(view) == {
        "year": [("y2031", "2031", 1), ("y2030", "2030", 1), ("undated", "not stated", 1)]
    }


def test_authors_of_many_papers_come_first_where_there_is_no_room(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "_AUTHORS", 70)
    view = search_view([card("a", "Ada", "Bo", "Cy"), card("b", "Cy")], [])
    assert view.authors == ["Cy", "Ada"]
    assert view.tags == {"a": "c0 a0 a1", "b": "c0 a0"}
    assert view.note == "1 author of fewer papers is not in this list."


def test_tags_are_short() -> None:
    assert [tag("a", n) for n in (0, 9, 10, 35, 36, 46_655)] == [
        "a0",
        "a9",
        "aa",
        "az",
        "a10",
        "azzz",
    ]


@pytest.mark.parametrize(
    ("released", "kind", "code"),
    [(True, "code", True), (False, "code", False), (True, "data", False)],
)
def test_a_paper_that_leads_to_code_has_code(released: bool, kind: str, code: bool) -> None:
    release = Release.model_validate(
        {"kinds": [kind], "url": None, "released": released, "evidence": evidence("It is here.")}
    )
    assert card_of(sheet().model_copy(update={"releases": [release]})).code is code


def test_the_page_of_5000_papers_stays_below_2_megabytes_and_has_the_same_bytes() -> None:
    given = card_of(
        sheet(summary(claim("We hush kettles & urns in the kitchens of nine towns. " * 4)))
    )
    papers = [
        given.model_copy(
            update={
                "paper": f"quiet-kettles-boil-without-a-sound-n-{n:08x}",
                "label": f"Quiet Kettles {n}: Boiling without a Sound at the Breakfast Tables",
                "authors": [f"First{n * k % 181} Surname{n * k % 1999}" for k in range(1, 9)],
                "date": dt.date(2020, 1, 1) + dt.timedelta(days=n // 3),
                "themes": ["reasoning", "agents", "diffusion"] if n % 2 == 0 else [],
                "progress": progress(reviewed=n % 3 == 0),
            }
        )
        for n in range(5_000)
    ]
    page = index_html(papers, [], [], [])
    assert 1_500_000 < len(page.encode()) < 2_000_000
    assert "kitchens of …</p>" in page
    assert "We hush kettles &amp; urns" in page
    assert page == index_html(papers, [], [], [])
