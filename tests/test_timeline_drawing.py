from __future__ import annotations

from xml.etree import ElementTree

import pytest

from pipeline.report.timeline import Row, Timeline
from pipeline.report.timeline_drawing import timeline_svg
from tests.page_sheets import HOSTILE

NAMESPACE = "{http://www.w3.org/2000/svg}"
SHOWN = Timeline(["2030", "2031"], [4, 2], [Row("kettles", [1, 2]), Row("urns", [0, 1])], False)


def drawn(shown: Timeline) -> ElementTree.Element:
    return ElementTree.fromstring(timeline_svg(shown))


def bars(shown: Timeline) -> list[tuple[float, str]]:
    """Return how high each bar is, and how dark."""
    found = drawn(shown).iter(f"{NAMESPACE}rect")
    return [(float(one.get("height", "")), one.get("fill-opacity", "")) for one in found]


def test_bars_of_all_papers_and_of_the_theme_share_one_scale() -> None:
    pale, dark = "0.15", "0.8"
    kettles = [(26, pale), (6.5, dark), (13, pale), (13, dark)]
    assert bars(SHOWN) == [*kettles, (26, pale), (13, pale), (6.5, dark)]


def test_the_drawing_has_a_title_and_says_itself_in_words() -> None:
    svg = drawn(SHOWN)
    assert svg.get("role") == "img"
    ids = {one.get("id"): one.text for one in svg if one.get("id")}
    assert [ids[name] for name in (svg.get("aria-labelledby") or "").split()] == [
        "Papers by theme over time",
        "All papers: 4 in 2030, 2 in 2031. kettles: 1 in 2030, 2 in 2031. urns: 1 in 2031.",
    ]


def test_older_papers_are_said_to_stand_in_the_first_period() -> None:
    svg = timeline_svg(SHOWN._replace(older=True))
    assert "4 in 2030 and before, 2 in 2031" in svg
    assert "≤ 2030" in svg


def test_quarters_bear_their_year_where_it_begins() -> None:
    periods = ["2030 Q4", "2031 Q1", "2031 Q2"]
    shown = Timeline(periods, [1, 1, 1], [Row("kettles", [1, 1, 1])], False)
    words = [one.text for one in drawn(shown).iter(f"{NAMESPACE}text")]
    assert words[-5:] == ["Q4", "2030", "Q1", "2031", "Q2"]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_names_are_drawn_as_text(text: str) -> None:
    shown = SHOWN._replace(rows=[Row(text, [1, 1])])
    tags = [one.tag for one in drawn(shown).iter()]
    assert tags == [one.tag for one in drawn(SHOWN._replace(rows=SHOWN.rows[:1])).iter()]


def test_a_single_paper_and_many_periods_fit() -> None:
    many = Timeline([f"{n}" for n in range(12)], [1] * 12, [Row("kettles", [1] * 12)], False)
    for shown in (many, Timeline(["2031"], [1], [Row("kettles", [1])], False)):
        rects = drawn(shown).iter(f"{NAMESPACE}rect")
        assert all(float(r.get("x", "")) + float(r.get("width", "")) <= 440 for r in rects)
