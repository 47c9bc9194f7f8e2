"""Who and what is followed is found however it is written, and nobody else is."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.following import Follow, by_any_name, is_about, same_topic, signed, topic_in
from pipeline.library import Volume
from pipeline.records import ProfileHeader, Reading
from tests.entries import entry, entry_without_text


def test_what_is_followed_has_three_kinds() -> None:
    follow = Follow(authors=["Ada Brew"], topics=["tea"], lineages=["Kettle"])
    assert [follow.of(kind) for kind in ("author", "topic", "lineage")] == [
        ["Ada Brew"],
        ["tea"],
        ["Kettle"],
    ]


# --- Authors -------------------------------------------------------------------------------


def test_a_paper_is_by_its_authors_and_by_whose_pages_list_it() -> None:
    one = entry()
    document = one.document
    assert document is not None

    def by(owner: str | None) -> list[str]:
        header = ProfileHeader(span=(0, 1), name=owner) if owner is not None else None
        reading = Reading(format="profile", header=header)
        return signed(one, {document.id: Volume(document, reading, "2031-06-01", current=True)})

    assert by("Cy Pan") == ["Ada Brew", "Bo Steam", "Cy Pan"]
    for known in ("Ada Brew", "BREW, Ada", "", None):
        assert by(known) == ["Ada Brew", "Bo Steam"]


# --- Topics --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("We use reinforcement learning here.", "reinforcement learning"),
        ("Reinforcement Learning", "reinforcement learning"),
        ("reinforcement\n  learning", "reinforcement learning"),
        ("reinforcement-learning agents", "reinforcement learning"),
        ("rein-\nforcement learning", "reinforcement learning"),
        ("reinforcement learning", "Reinforcement-Learning"),
        ("(world models)", "world model"),
        ("a world model.", "world models"),
        ("vision–language", "vision-language"),
        ("vision\u2011language", "vision language"),
        ("vision-\nlanguage", "vision-language"),
        ("multi-modal models", "multimodal"),
        ("multimodal models", "multi-modal"),
        ("pretraining", "pre-training"),
        ("LLMs", "LLM"),
        ("an LLM", "LLMs"),
        ("by RL, then", "RL"),
        ("GPT-4 is asked", "GPT-4"),
        ("{\\em world model}", "world model"),
        ("a ﬂow model", "flow model"),
        ("Kettle 2.", "Kettle 2"),
        ("C++ code", "C++"),
        ("a map", "maps"),
        ("maps", "map"),
        ("a world  model", "world   model"),
        ("機械学習", "機械学習"),
    ],
)
def test_a_topic_is_found(text: str, topic: str) -> None:
    assert topic_in(text, topic)


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("teapots", "tea"),
        ("steam", "tea"),
        ("an art", "ART"),
        ("rl", "RL"),
        ("llms", "LLM"),
        ("world of models", "world model"),
        ("reinforcement. Learning", "reinforcement learning"),
        ("Kettle 2.5", "Kettle 2"),
        ("2.5 GB", "5 GB"),
        ("new", "news"),
        ("a new way", "News"),
        ("ga", "gas"),
        ("clas", "class"),
        ("physic", "physics"),
        ("anything", "..."),
        ("anything", "-"),
        ("a.b", "a+b"),
        ("", "tea"),
    ],
)
def test_a_topic_is_not_found(text: str, topic: str) -> None:
    assert not topic_in(text, topic)


@settings(max_examples=200)
@given(st.text(max_size=20), st.text(max_size=12))
def test_any_text_may_be_a_topic(text: str, topic: str) -> None:
    topic_in(text, topic)


def test_a_paper_is_about_what_its_title_or_abstract_holds() -> None:
    one = entry("We boil water.", "Then we pour the\ntea-\npots out.")
    assert is_about(one, "quiet kettle")
    assert is_about(one, "boil water")
    assert is_about(one, "teapot")
    assert not is_about(one, "boil water then pour")
    assert not is_about(one, "lantern")


def test_what_stands_in_the_text_alone_is_not_what_a_paper_is_about() -> None:
    assert not is_about(entry("We boil.", body=["A lantern hangs."]), "lantern")


def test_a_paper_without_text_has_its_title() -> None:
    assert is_about(entry_without_text(), "kettles")
    assert not is_about(entry_without_text(), "water")


def test_ways_to_write_one_topic() -> None:
    assert same_topic("world models", "World-Model")
    assert same_topic("multi-modal", "multimodal")
    assert not same_topic("model", "world model")
    assert not same_topic("sft", "SFT")


# --- Lineages ------------------------------------------------------------------------------

LINES = {"Kettle": 1, "Kettle 2": 1, "quiet-kettles": 1, "Pot": 2, "Kettle-2.0": 3}


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("Kettle", 1),
        ("kettle", 1),
        ("Kettle-2", 1),
        ("Kettle2", 1),
        ("Kettle v2", 1),
        ("KETTLE II", 1),
        ("Quiet-Kettles", 1),
        ("pot", 2),
        ("Kettle 3", None),
        ("Ket", None),
        ("", None),
        ("...", None),
    ],
)
def test_a_line_goes_by_any_way_to_write_a_name(name: str, line: int | None) -> None:
    assert by_any_name(LINES, name) == line
