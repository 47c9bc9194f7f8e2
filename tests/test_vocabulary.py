from __future__ import annotations

from pipeline.terms import broad
from pipeline.vocabulary import themes_of, words_of
from tests.entries import entry, entry_without_text

TEXT = "We study speech with reinforcement learning and large language models."


def test_themes_are_the_terms_of_title_and_abstract_that_say_something() -> None:
    paper = entry(TEXT)
    found = themes_of(paper)
    assert {"reinforcement learning", "speech and audio"} <= set(found)
    assert set(words_of(paper).terms) - set(found) == set(words_of(paper).terms) & broad()
    assert found == sorted(found)


def test_without_an_abstract_there_are_those_of_the_title() -> None:
    assert themes_of(entry_without_text()) == []
