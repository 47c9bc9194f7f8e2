from __future__ import annotations

import pytest

from pipeline.briefing_sheet import BriefingSheet
from pipeline.report.briefing_card import briefing_path, by_name, card_of, read_card
from tests.briefing_sheets import author, briefing, filled_briefing, full, profile, short_author


@pytest.mark.parametrize(
    "sheet", [author(), full(), short_author(), briefing(), filled_briefing("a | [b] <c>")]
)
def test_a_card_that_is_read_is_the_card_of_the_sheet(sheet: BriefingSheet) -> None:
    assert read_card(sheet.model_dump_json(indent=2)) == card_of(sheet)


def test_a_card_names_the_author_the_papers_and_the_documents() -> None:
    card = card_of(author(profile=profile(evidence=[])))
    assert (card.author, card.slug, card.papers) == ("Ada Brew", "ada-brew", 50)
    assert card.documents == ["kettles.txt"]
    assert card.counts.claims == len(list(author().claims()))
    assert briefing_path(card) == "briefings/ada-brew/briefing.html"


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"schema": "litline/paper"}', "[" * 100_000])
def test_what_is_no_briefing_has_no_card(text: str) -> None:
    assert read_card(text) is None


def test_briefings_stand_by_name() -> None:
    cards = [card_of(author(author=name, slug=name)) for name in ("bo", "Ada", "Cy")]
    assert [card.author for card in by_name(cards)] == ["Ada", "bo", "Cy"]
