from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from xml.etree import ElementTree as ET

import pytest

from pipeline.digest_sheet import TrendRow
from pipeline.report.trend_drawing import Curve, Plot, trend_svg
from pipeline.report.view import visible
from tests.digest_sheets import YEAR, row
from tests.page_sheets import HOSTILE

SVG = "{http://www.w3.org/2000/svg}"
EARLY = dt.date(2029, 6, 2)


def drawn(*rows: TrendRow, days: Sequence[dt.date] = (EARLY,)) -> ET.Element:
    return ET.fromstring(trend_svg(Plot(YEAR, [Curve(one, days) for one in rows])))


def words(drawing: ET.Element) -> list[str]:
    return [text.text or "" for text in drawing.iter(f"{SVG}text")]


def levels(drawing: ET.Element) -> list[tuple[float, float, float]]:
    """Return left end, right end and height of each share, as they are drawn."""
    found = []
    for path in drawing.iter(f"{SVG}path"):
        match = re.fullmatch(r"M ([\d.]+) ([\d.]+) H ([\d.]+)", path.get("d", ""))
        if match and path.get("stroke-opacity") == "1":
            left, y, right = map(float, match.groups())
            found.append((left, right, y))
    return found


def ticks(drawing: ET.Element) -> list[float]:
    found = [path.get("d", "") for path in drawing.iter(f"{SVG}path")]
    return [float(x) for path in found for x in re.findall(r"M ([\d.]+) \d+ v", path)]


def test_a_share_is_drawn_before_the_window_and_in_it() -> None:
    before, window = levels(drawn(row("steam", (20, 40), (10, 40))))
    assert before[1] == window[0]
    assert before[2] > window[2], "the larger share stands higher"
    assert before[0] == 40
    assert window[1] == 428


def test_time_is_drawn_to_scale() -> None:
    before, window = levels(drawn(row("steam", (20, 40), (10, 40)), days=[dt.date(2028, 6, 2)]))
    assert (before[1] - before[0]) / (window[1] - window[0]) == pytest.approx(2, rel=0.01)


def test_a_share_is_drawn_to_scale() -> None:
    one = row("steam", (40, 40), (0, 40), window_interval=(0.9, 1.0), baseline_interval=(0.0, 0.1))
    half = row("urns", (20, 40), (0, 40))
    (_, _, low), (_, _, high), _, (_, _, middle) = levels(drawn(one, half))
    assert middle == pytest.approx((low + high) / 2)


def test_intervals_are_bands_around_their_shares() -> None:
    drawing = drawn(row("steam", (20, 40), (10, 40)))
    bands = [
        (float(one.get("y", "")), float(one.get("height", "")))
        for one in drawing.iter(f"{SVG}rect")
    ]
    assert len(bands) == 2
    for (top, height), (_, _, y) in zip(bands, levels(drawing), strict=True):
        assert top < y < top + height


def test_each_paper_is_a_tick_at_its_day() -> None:
    days = [EARLY, YEAR.since, YEAR.until, YEAR.until]
    drawing = drawn(row("steam", (3, 40), (1, 40)), days=days)
    before, window = levels(drawing)
    assert ticks(drawing) == [before[0], window[0], window[1]], "one for those of a day"


def test_what_is_much_earlier_stands_at_the_left_end() -> None:
    days = [dt.date(1995, 1, 1), dt.date(2030, 1, 1)]
    drawing = drawn(row("steam", (20, 40), (10, 40)), days=days)
    before, window = levels(drawing)
    assert window[1] - window[0] > 70, "the window is never squeezed to nothing"
    assert min(ticks(drawing)) == before[0]


def test_without_a_paper_before_there_is_room_for_the_time_before() -> None:
    before, window = levels(drawn(row("steam", (20, 40), (0, 40)), days=[YEAR.until]))
    assert before[1] - before[0] == pytest.approx(window[1] - window[0], rel=0.02)


def test_a_drawing_says_what_it_shows() -> None:
    drawing = drawn(row("steam", (20, 40), (10, 40)), row("urns", (1, 40), (0, 40)))
    description = drawing.find(f"{SVG}desc")
    assert description is not None
    assert description.text == (
        "steam: 10 of 40 (10 to 45 %) before, 20 of 40 (35 to 70 %) in the window."
        " urns: 0 of 40 (0 to 20 %) before, 1 of 40 (0 to 22 %) in the window."
    )
    assert words(drawing)[:2] == ["steam", "10/40 → 20/40"]
    assert words(drawing)[-3:] == ["June 2029", "June 2030", "June 2031"]
    assert drawing.get("role") == "img"


def test_shares_of_nothing_are_drawn() -> None:
    nothing = row("steam", (1, 1), (0, 1), window_interval=(0.0, 1.0))
    empty = nothing.model_copy(update={"baseline": nothing.baseline.model_copy(update={"of": 0})})
    assert len(levels(drawn(empty))) == 2


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_term_stays_in_its_place(text: str) -> None:
    drawing, model = drawn(row(text, (8, 40), (4, 40))), drawn(row("kettle", (8, 40), (4, 40)))
    assert [one.tag for one in drawing.iter()] == [one.tag for one in model.iter()]
    assert [sorted(one.keys()) for one in drawing.iter()] == [
        sorted(one.keys()) for one in model.iter()
    ]
    description = drawing.find(f"{SVG}desc")
    assert description is not None
    assert " ".join(visible(text).split()) in (description.text or "")


def test_a_long_term_is_cut_where_it_would_meet_the_counts() -> None:
    assert words(drawn(row("k" * 37, (8, 40), (4, 40))))[0] == "k" * 36 + "…"
    assert words(drawn(row("k" * 36, (8, 40), (4, 40))))[0] == "k" * 36
    assert words(drawn(row("水" * 19, (8, 40), (4, 40))))[0] == "水" * 18 + "…"


def test_nothing_in_a_drawing_leads_elsewhere() -> None:
    assert not re.search(
        r"href|url\(|<script|<style|http(?!://www\.w3\.org/2000/svg)",
        trend_svg(Plot(YEAR, [Curve(row("steam", (20, 40), (10, 40)), [EARLY])])),
    )
