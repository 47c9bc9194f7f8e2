from __future__ import annotations

from pipeline.report.marks import joined, marks_of
from tests.page_sheets import evidence


def test_places_stand_by_document_in_order_and_once() -> None:
    found = [
        evidence("urn", 9, "b"),
        evidence("pan", 5, "a"),
        evidence("pan", 2),
        evidence("pan", 2),
    ]
    assert marks_of(found) == {"a": [(5, 8)], "b": [(9, 12)], "kettles.txt": [(2, 5)]}


def test_marks_of_many_sheets_are_joined() -> None:
    assert joined([{"b": [(4, 5)]}, {"a": [(1, 2)], "b": [(1, 2), (4, 5)]}, {}]) == {
        "a": [(1, 2)],
        "b": [(1, 2), (4, 5)],
    }
