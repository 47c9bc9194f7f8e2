"""Pages of one name are one person's where they show it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from pipeline.namesakes import pages_by_person
from tests.bylines import byline, page, pages

NAME = "Ada Brew"


@pytest.mark.parametrize(
    ("shared", "figures", "groups"),
    [
        ([], (3, 4), ["a", "b"]),
        ([], (3, 3), ["ab"]),
        ([], (3, None), ["ab"]),
        ([], (None, None), ["ab"]),
        (["ab"], (3, 4), ["ab"]),
        (["a", "b"], (3, 4), ["a", "b"]),
        (["ac", "bc"], (3, 4, 5), ["abc"]),
        (["ac"], (3, 4, 5), ["ac", "b"]),
        ([], (3, 4, None), ["a", "b", "c"]),
        (["ac"], (3, 4, None), ["ac", "b"]),
        ([], (3, 4, 3), ["ac", "b"]),
        ([], (), [""]),
    ],
)
def test_pages_are_grouped_by_papers_and_figures(
    shared: Sequence[str], figures: Sequence[int | None], groups: list[str]
) -> None:
    ids = "abc"[: len(figures)]
    volumes = pages(*(page(id_, NAME, h_index=h) for id_, h in zip(ids, figures, strict=True)))
    entries = [byline(f"p{number}", NAME, on=[*on, "else"]) for number, on in enumerate(shared)]
    expected = [list(group) for group in groups]
    assert pages_by_person(ids, entries, volumes) == expected
    assert pages_by_person(ids[::-1], entries, volumes) == expected


def test_a_document_without_header_is_known_by_its_papers() -> None:
    volumes = pages(page("a", NAME, h_index=3), page("b", NAME, h_index=4), page("c"))
    entries = [byline("p", NAME, on=["b", "c"])]
    assert pages_by_person(["a", "b", "c"], entries, volumes) == [["a"], ["b", "c"]]
