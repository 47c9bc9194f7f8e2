from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.chunking import UNIT_TOKENS, Sentence, Unit, units
from pipeline.records import Document, Record
from pipeline.sentences import sentences
from pipeline.tokens import estimate_tokens
from tests.awkward_texts import ANY
from tests.invented_papers import KETTLES, LANTERNS, LOOMS, only


def record(abstract: tuple[int, int] | None, body: list[tuple[int, int]] | None = None) -> Record:
    return Record(index=0, span=(0, 1), abstract_span=abstract, body_spans=body or [])


def document(text: str) -> Document:
    return Document(id="notes.txt", sha256="0" * 64, text=text)


def quotes(found: list[Unit]) -> list[list[str]]:
    return [[sentence.quote for sentence in unit.sentences] for unit in found]


def test_an_abstract_is_one_unit_of_numbered_sentences() -> None:
    text = f"# Simmer\n\n{KETTLES}"
    start = text.index(KETTLES)
    (unit,) = units(document(text), record((start, len(text))))
    assert [sentence.number for sentence in unit.sentences] == [1, 2, 3, 4]
    assert " ".join(sentence.quote for sentence in unit.sentences) == KETTLES
    for sentence in unit.sentences:
        assert sentence.document == "notes.txt"
        assert text[sentence.start : sentence.end] == sentence.quote


def test_the_body_follows_the_abstract() -> None:
    sections = ["Abstract", KETTLES, "Introduction", LANTERNS, "Results", LOOMS, "References", "X"]
    text = "\n\n".join(sections)
    (unit,) = units(document(text), only(text))
    assert " ".join(s.quote for s in unit.sentences) == f"{KETTLES} {LANTERNS} {LOOMS}"
    assert [s.number for s in unit.sentences] == list(range(1, len(unit.sentences) + 1))


def test_a_record_without_text_has_no_units() -> None:
    assert units(document("Simmer"), record(None)) == []
    assert units(document(" \n "), record((0, 3))) == []


def test_a_long_text_is_split_at_sentences() -> None:
    text = "One kettle boils. Two kettles boil. Three kettles boil."
    first, second, third = "One kettle boils.", "Two kettles boil.", "Three kettles boil."
    both = estimate_tokens(first) + estimate_tokens(second)
    found = units(document(text), record((0, len(text))), limit=both)
    assert quotes(found) == [[first, second], [third]]
    assert [s.number for unit in found for s in unit.sentences] == [1, 2, 1]
    assert quotes(units(document(text), record((0, len(text))), limit=both - 1))[0] == [first]


def test_a_sentence_above_the_limit_is_a_unit_of_its_own() -> None:
    text = "We boil. Very many kettles boil in very many kitchens here. We rest."
    found = units(document(text), record((0, len(text))), limit=estimate_tokens("We boil."))
    assert [len(unit) for unit in quotes(found)] == [1, 1, 1]


def test_a_long_paper_fits_the_default_limit() -> None:
    text = "\n\n".join([KETTLES, LANTERNS, LOOMS] * 60)
    found = units(document(text), record((0, len(text))))
    assert len(found) > 1
    for unit in found:
        assert sum(estimate_tokens(s.quote) for s in unit.sentences) <= UNIT_TOKENS


def test_a_sentence_is_shown_on_one_line_and_without_latex() -> None:
    quote = "It is\n  4.05$\\times$ \\textbf{faster}."
    assert Sentence(1, "a", 0, len(quote), quote).text == "It is 4.05× faster."


@given(ANY, st.integers(0, 60), st.integers(0, 60), st.integers(1, 40))
@settings(max_examples=120, deadline=None)
def test_units_hold_each_sentence_once_and_in_order(
    text: str, start: int, length: int, limit: int
) -> None:
    span = (min(start, len(text)), min(start + length, len(text)))
    found = units(document(text), record(span), limit)
    places = [(s.start, s.end) for unit in found for s in unit.sentences]
    assert places == sentences(text, *span)
    for unit in found:
        assert [s.number for s in unit.sentences] == list(range(1, len(unit.sentences) + 1))
        cost = sum(estimate_tokens(s.quote) for s in unit.sentences)
        assert len(unit.sentences) == 1 or cost <= limit


@pytest.mark.parametrize("gap", [" " * 1_000_000, "\n" * 100_000])
def test_a_million_spaces_cost_nothing(gap: str) -> None:
    text = f"We boil water.{gap}We drink tea."
    (unit,) = units(document(text), record((0, len(text))))
    assert quotes([unit]) == [["We boil water.", "We drink tea."]]
