from __future__ import annotations

import textwrap

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.text import clean, normalise, safe_name, slug, strip_lead_in, words
from tests.awkward_texts import ANY


def test_clean_changes_only_newlines_a_leading_bom_and_nul() -> None:
    assert clean("\ufeffa\r\nb\rc\n\ufeff\0 \t") == "a\nb\nc\n\ufeff\ufffd \t"


@given(ANY)
@settings(max_examples=300, deadline=None)
def test_normalise_takes_anything(text: str) -> None:
    assert words(text) == normalise(text).split()
    assert all(letter.isalnum() or letter == " " for letter in normalise(text))


@pytest.mark.parametrize(
    "same",
    [
        ["multi-modal", "multi-\nmodal", "multi-\n   modal", "Multimodal", "multi\u00admodal"],
        [r"a 4.05$\times$ gain", "a 4.05× gain", "A  4.05×\ngain"],
        ["FooNet3-78B", "FooNet3-\n78B", "FooNet3\u201178B"],
        ["“So – it is”", '"so - it is"', "``So'' --- it is"],
        ["image- or pixel-level", "image-\nor pixel-\nlevel"],
        ["end-to-end", "end-\nto-end", "end-to-\nend"],
        ["\ufb01ne", "fine", "fi\ufffene"],
    ],
)
def test_normalise_makes_equal(same: list[str]) -> None:
    assert len({normalise(text) for text in same}) == 1


def test_normalise_keeps_apart_what_differs() -> None:
    assert normalise("FooNet3-78B") == "foonet3 78b"
    assert normalise("image- or pixel-level") == "image or pixellevel"
    assert normalise("7-8") != normalise("78")
    assert words("A b, a B!") == ["a", "b", "a", "b"]


WORDS = st.lists(st.text(alphabet="abcXYZ12-.,", min_size=1, max_size=9), max_size=20)


@given(WORDS, st.integers(4, 30))
@settings(max_examples=200, deadline=None)
def test_normalise_does_not_see_hard_wraps(parts: list[str], width: int) -> None:
    text = " ".join(parts)
    wrapped = textwrap.fill(text, width, break_long_words=False)
    assert normalise(wrapped) == normalise(text)


@pytest.mark.parametrize("piece", [".", "a.", "A. ", "$", "{", "\\", "~", "[", "a-", "www.", "\n "])
def test_long_awkward_texts_are_normalised(piece: str) -> None:
    # Anything slower than linear would be felt at this length.
    text = piece * (60_000 // len(piece))
    assert len(normalise(text)) <= len(text)


@pytest.mark.parametrize(
    ("text", "limit", "short"),
    [
        ("Foo Bar: Ein Überblick", 40, "foo-bar-ein-uberblick"),
        ("foo bar bazaar", 12, "foo-bar-baza"),
        ("foobar bazaar", 9, "foobar"),
        ("foo bar", 3, "foo"),
        ("foobarbazaar", 7, "foobarb"),
        ("straße", 10, "strasse"),
        ("日本", 10, ""),
        ("CON", 10, "con-x"),
        ("aux", 3, "a-x"),
        ("anything", 0, ""),
        ("anything", -1, ""),
    ],
)
def test_slug(text: str, limit: int, short: str) -> None:
    assert slug(text, limit) == short


@given(ANY, st.integers(0, 50))
@settings(deadline=None)
def test_slugs_are_safe(text: str, limit: int) -> None:
    short = slug(text, limit)
    assert len(short) <= limit
    assert set(short) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert not short.startswith("-")
    assert not short.endswith("-")


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("000_seed.txt", "000_seed.txt"),
        ("Größe & Maß (1).PDF", "Gro-e-Ma-1.PDF"),
        ("../../etc/passwd", "etc-passwd"),
        ("a~b/c", "a-b-c"),
        ("日本.txt", "document.txt"),
        ("", "document"),
        (".hidden", "hidden"),
        ("CON.txt", "CON-x.txt"),
        ("con.tar.gz", "con-x.tar.gz"),
        ("x" * 100 + ".bibtex", "x" * 73 + ".bibtex"),
        ("x" * 100, "x" * 80),
        ("a.thisisnoextension", "a.thisisnoextension"),
    ],
)
def test_safe_name(name: str, safe: str) -> None:
    assert safe_name(name) == safe


@given(ANY)
@settings(deadline=None)
def test_safe_names_are_safe(name: str) -> None:
    safe = safe_name(name)
    assert 0 < len(safe) <= 80
    assert safe[0] not in ".-"
    assert safe[-1] != "."
    assert all(letter.isascii() and (letter.isalnum() or letter in "._-") for letter in safe)
    assert safe.partition(".")[0].lower() not in ("con", "nul", "com1", "lpt9")


@pytest.mark.parametrize(
    ("sentence", "rest"),
    [
        ("In this paper, we show it.", "We show it."),
        ("In this work we show it.", "We show it."),
        ("Last but not least,\nit works.", "It works."),
        ("Notably, nuPlan-2 wins.", "nuPlan-2 wins."),
        ("Here, state-of-the-art results follow.", "State-of-the-art results follow."),
        ("However, k2 wins.", "k2 wins."),
        ("However loud, it works.", "However loud, it works."),
        ("Hence, ", "Hence, "),
        ("Therefore, moreover, it works.", "Moreover, it works."),
        ("We show it.", "We show it."),
        ("To fill this gap, we show it.", "We show it."),
        ("To address these key limitations, this paper shows it.", "This paper shows it."),
        ("To tackle this we show it.", "We show it."),
        ("To address noise, we show it.", "To address noise, we show it."),
        ("To solve this puzzle of size, we act.", "To solve this puzzle of size, we act."),
        ("More specifically, it works.", "It works."),
        ("In contrast to others, we act.", "In contrast to others, we act."),
        ("First results, we act.", "First results, we act."),
    ],
)
def test_strip_lead_in(sentence: str, rest: str) -> None:
    assert strip_lead_in(sentence) == rest
