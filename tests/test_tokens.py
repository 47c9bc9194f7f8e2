from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest
import tiktoken
from hypothesis import given
from hypothesis import strategies as st

from pipeline import tokens
from pipeline.tokens import encoding_name, estimate_tokens, exact_counter, vocabulary_file

# Counts in cl100k_base that its makers publish, and one that follows from its rule that digits go
# by threes.
KNOWN = {
    "antidisestablishmentarianism": 6,
    "2 + 2 = 4": 7,
    "お誕生日おめでとう": 9,
    "tiktoken is great!": 6,
    "hello world": 2,
    "1234567890" * 10: 34,
    "": 0,
}


@pytest.mark.parametrize(("text", "count"), KNOWN.items())
def test_the_estimate_is_never_low(text: str, count: int) -> None:
    assert estimate_tokens(text) >= count


@pytest.mark.parametrize(
    ("text", "raw"),
    [
        ("word", 1),
        ("words", 2),
        ("abcdefgh ijkl", 3),
        ("123", 1),
        ("1234", 2),
        ("a1b2", 4),
        ("x-y", 3),
        ("{}[]", 4),
        ("  \n\t  ", 0),
        ("\x00\x1f\x7f", 3),
        ("é", 1.6),
        ("水水", 3.2),
        ("\U0001f9ea", 3),
        ("\U0001f9eaé", 4.6),
    ],
)
def test_the_estimate_counts_by_kind_of_character(text: str, raw: float) -> None:
    assert raw * tokens.SAFETY <= estimate_tokens(text) < raw * tokens.SAFETY + 1


@given(st.text(), st.text())
def test_more_text_is_never_fewer_tokens(one: str, other: str) -> None:
    together = estimate_tokens(f"{one} {other}")
    assert max(estimate_tokens(one), estimate_tokens(other)) <= together
    assert together <= estimate_tokens(one) + estimate_tokens(other)


@given(st.text(alphabet=st.characters(exclude_categories=["Z", "Cc"])))
def test_no_character_is_free(text: str) -> None:
    assert estimate_tokens(text) >= len(text) / 4


@pytest.mark.parametrize(
    ("model", "name"),
    [
        ("gpt-4", "cl100k_base"),
        ("gpt-4-turbo", "cl100k_base"),
        ("gpt-3.5-turbo", "cl100k_base"),
        ("text-embedding-3-small", "cl100k_base"),
        ("gpt-4o", "o200k_base"),
        ("gpt-4.1-mini", "o200k_base"),
        ("gpt-5.4", "o200k_base"),
        ("kettle-of-next-year", "o200k_base"),
    ],
)
def test_each_model_has_its_vocabulary(model: str, name: str) -> None:
    assert encoding_name(model) == name


def test_the_vocabulary_is_looked_for_where_tiktoken_puts_it(tmp_path: Path) -> None:
    assert vocabulary_file("gpt-4", tmp_path).name == "9b5ad71b2ce5302211f9c61530b329a4922fc6a4"
    assert vocabulary_file("gpt-4o", tmp_path).name == "fb374d419588a4632f3f557e76b4b70aebbca790"


def test_without_a_vocabulary_nothing_is_counted_or_fetched(tmp_path: Path) -> None:
    assert exact_counter("gpt-4o", None) is None
    assert exact_counter("gpt-4o", tmp_path) is None
    assert exact_counter("gpt-4o", tmp_path / "missing") is None
    assert list(tmp_path.iterdir()) == []


def test_a_broken_vocabulary_is_left_alone(tmp_path: Path) -> None:
    file = vocabulary_file("gpt-4o", tmp_path)
    file.write_bytes(b"IQ== 0\n")
    assert exact_counter("gpt-4o", tmp_path) is None
    assert file.read_bytes() == b"IQ== 0\n"


@pytest.fixture
def vocabulary(monkeypatch: pytest.MonkeyPatch) -> bytes:
    """Have tiktoken know a vocabulary of single bytes, with one special token."""
    encoding = tiktoken.Encoding(
        name="bytes",
        pat_str=r"\s|\S+",
        mergeable_ranks={bytes([n]): n for n in range(256)},
        special_tokens={"<|endoftext|>": 256},
    )
    monkeypatch.setattr(tiktoken, "get_encoding", lambda name: {"o200k_base": encoding}[name])
    content = b"a vocabulary"
    known = {**tokens._VOCABULARIES, "o200k_base": sha256(content).hexdigest()}
    monkeypatch.setattr(tokens, "_VOCABULARIES", known)
    return content


def test_tokens_are_counted_where_the_vocabulary_is_there(
    tmp_path: Path, vocabulary: bytes
) -> None:
    vocabulary_file("gpt-4o", tmp_path).write_bytes(vocabulary)
    count = exact_counter("gpt-4o", tmp_path)
    assert count is not None
    assert count("two words") == 9
    assert count("é") == 2


def test_counting_takes_texts_that_upset_tiktoken(tmp_path: Path, vocabulary: bytes) -> None:
    vocabulary_file("gpt-4o", tmp_path).write_bytes(vocabulary)
    count = exact_counter("gpt-4o", tmp_path)
    assert count is not None
    assert count("<|endoftext|>") == 13, "read as text, not as a command"
    assert count("a" + " \u00a0" * 1_000_000 + "b") == 3, "a run of white space is one"
