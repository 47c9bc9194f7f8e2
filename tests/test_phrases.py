from __future__ import annotations

import pytest

from pipeline.phrases import (
    defined_forms,
    is_distinctive,
    is_generic,
    is_kind,
    is_name_like,
    is_plain_word,
    long_name,
    name_end,
    object_names,
    short_form,
    token_at,
    tokenise,
)


def test_tokens() -> None:
    tokens = tokenise("Our “Foo-Net” (v2.0), see https://a.example/x!")
    assert tokens == ["Our", "Foo-Net", "(", "v2.0", ")", ",", "see"]
    assert [token_at(tokens, at) for at in (-1, 0, 7)] == [".", "Our", "."]


def test_words() -> None:
    assert [word for word in ("LLMs", "rl", "FooNet") if is_generic(word)] == ["LLMs", "rl"]
    odd = ["FooNet", "Foo2", "U-Net"]
    assert [word for word in (*odd, "LLM", "8B", "Foo", "foo") if is_distinctive(word)] == odd
    assert [word for word in ("foo", "fooNet", "Foo") if is_plain_word(word)] == ["foo"]
    assert [word for word in ("Models", "dataset", "song") if is_kind(word)] == [
        "Models",
        "dataset",
    ]


@pytest.mark.parametrize(
    ("sentence", "name"),
    [
        ("FooNet 2.5 wins", "FooNet 2.5"),
        ("Calm Bar Writing, a way", "Calm Bar Writing"),
        ("CNN-based plans", ""),
        ("2.5 times", ""),
    ],
)
def test_name_end(sentence: str, name: str) -> None:
    tokens = tokenise(sentence)
    assert " ".join(tokens[: name_end(tokens, 0)]) == name


def test_phrases_of_the_field_are_no_names() -> None:
    assert is_name_like(["Calm", "Writing"])
    assert not is_name_like(["Graph", "Neural", "Networks"])
    assert not is_name_like(["Fooling"])


def test_short_and_long_forms() -> None:
    tokens = tokenise("the Foo Bar Net (dubbed FBN)")
    assert short_form(tokens, 4) == "FBN"
    assert short_form(tokens, 0) == ""
    assert defined_forms(tokens, 0, 4, 4) == ["FBN", "Foo Bar Net"]
    assert defined_forms(tokens, 0, 4, 0) == []
    words = tokenise("Song without Words (SwoW)")
    assert long_name(words, 0, 1) == ["SwoW", "Song without Words"]
    assert long_name(words[:3], 0, 1) == []


def test_objects_of_a_verb() -> None:
    tokens = tokenise("FooNet, a model, along with FooBench, a test that beats BarBench.")
    assert object_names(tokens, 0) == [["FooNet"], ["FooBench"]]
    assert object_names(tokenise("a plan that works with BarNet"), 0) == []
