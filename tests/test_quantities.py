from __future__ import annotations

import pytest

from pipeline.quantities import POINTS, printed, quantities, single_units, unit_size
from pipeline.wording import readable


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("84.3% of 1,850", [(84.3, "%"), (1850, "")]),
        ("16.0\\% and 4.05$\\times$", [(16, "%"), (4.05, "times")]),
        ("5.7 points, 7.5 percentage points, 2 pp", [(5.7, POINTS), (7.5, POINTS), (2, POINTS)]),
        ("40k, 0.04 million, 2.4 million, 3B", [(4e4, ""), (4e4, ""), (2.4e6, ""), (3e9, "")]),
        (
            "0.7 seconds, 40 ms, 48 hours",
            [(0.7, "seconds"), (0.04, "seconds"), (172800, "seconds")],
        ),
        ("310 MB", [(3.1e8, "bytes")]),
        ("twice as many, doubled, threefold", [(2, "times"), (2, "times"), (3, "times")]),
        ("a factor of two", [(2, "times")]),
        ("Half of them, two thirds, a quarter", [(50, "%"), (200 / 3, "%"), (25, "%")]),
        ("half a day", [(43200, "seconds")]),
        ("seven of nine, twenty-one", [(7, ""), (9, ""), (21, "")]),
        ("a million, one million", [(1e6, ""), (1e6, "")]),
        ("1.5e-3", [(0.0015, "")]),
        ("one of them, the third, one day, 1) first, 3D", []),
    ],
)
def test_numbers_are_read_with_their_units(text: str, found: list[tuple[float, str]]) -> None:
    read = quantities(readable(text))
    assert [q.unit for q in read] == [unit for _, unit in found]
    assert [q.value for q in read] == pytest.approx([value for value, _ in found])


def test_a_unit_printed_once_counts_for_both_numbers() -> None:
    low, high = quantities("by 9 to 17 points")
    assert (low.unit, low.shared, high.shared) == (POINTS, True, False)
    assert printed(low) == "9 points"
    assert [q.value for q in quantities("1.5 or 2 million")] == [1.5e6, 2e6]


def test_digits_of_names_are_skipped() -> None:
    assert quantities("Foo 3 has 5", skip=[(0, 5)])[0].value == 5


def test_units_without_a_number_count_once() -> None:
    assert [(q.value, q.unit) for q in single_units("within an hour, not a s")] == [
        (3600, "seconds")
    ]


def test_size_of_a_printed_unit() -> None:
    assert unit_size(quantities("2.4 million")[0]) == pytest.approx(1e6)
    assert unit_size(quantities("0 ms")[0]) == 1
    assert unit_size(quantities("half of it")[0]) == 1
