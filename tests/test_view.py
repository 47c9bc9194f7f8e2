from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from pipeline.records import Coverage
from pipeline.report import view
from pipeline.sheets import Tokens
from tests.page_sheets import claim, evidence, stamp, summary


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain, é, 水, a\tb\nc", "plain, é, 水, a\tb\nc"),
        ("a\u202eb", "a‹U+202E›b"),
        ("a\u200bb\u2066c", "a‹U+200B›b‹U+2066›c"),
        ("a\0b\x07", "a‹U+0000›b‹U+0007›"),
        ("tag \U000e0041", "tag ‹U+E0041›"),
        ("half \ud83d", "half ‹U+D83D›"),
        ("a\u200db", "a‹U+200D›b"),
        ("👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧"),
        ("می\u200cخواهم", "می\u200cخواهم"),
    ],
)
def test_what_cannot_be_seen_is_marked(text: str, shown: str) -> None:
    assert view.visible(text) == shown


def test_texts_that_differ_only_in_shape_are_the_same_words() -> None:
    assert view.same_words("A  quiet kettle.", "a quiet\nKettle")
    assert not view.same_words("A quiet kettle", "A kettle")


def test_numbers_of_things_are_words() -> None:
    assert view.plural(1, "paper") == "1 paper"
    assert view.plural(5000, "paper") == "5,000 papers"


def test_dates_are_english_whatever_the_locale() -> None:
    assert view.human_date(dt.date(2031, 5, 27)) == "27 May 2031"
    assert (
        view.human_date(dt.date(2031, 1, 2), year_inferred=True) == "2 January 2031 (year inferred)"
    )
    assert view.day_and_month(dt.date(2031, 12, 31)) == "31 December"


@pytest.mark.parametrize(
    ("authors", "cut", "line"),
    [
        (None, False, "authors not stated"),
        ([], False, "authors not stated"),
        (["A", "B", "C"], False, "A, B, C"),
        (["A", "B", "C"], True, "A, B, C et al."),
        (["A", "B", "C", "D"], False, "A, B, C et al."),
    ],
)
def test_three_authors_are_named(authors: list[str] | None, cut: bool, line: str) -> None:
    assert view.author_line(authors, cut) == line


@pytest.mark.parametrize("arxiv_id", ["3105.01234", "3105.0123", "cs/0301012", "math.GT/0301012"])
def test_arxiv_ids_have_an_address(arxiv_id: str) -> None:
    assert view.arxiv_url(arxiv_id) == f"https://arxiv.org/abs/{arxiv_id}"


@pytest.mark.parametrize(
    "arxiv_id", ["", "../x", "3105.01234\n", "javascript:alert(1)", "٣١٠٥.٠١٢٣٤"]
)
def test_what_is_no_arxiv_id_has_no_address(arxiv_id: str) -> None:
    assert view.arxiv_url(arxiv_id) is None


def test_a_document_name_cannot_leave_the_sources() -> None:
    assert view.source_path("../a b#c?.txt") == "../sources/..%2Fa%20b%23c%3F.txt.txt"
    assert view.source_path("a~0f1e2d.txt", root="") == "sources/a~0f1e2d.txt.txt"


def test_a_passage_opens_at_its_mark() -> None:
    path = view.passage_path(evidence("Well-made, quiet & small", start=60, document="a b.txt"))
    assert path == "../sources/a%20b.txt.html#at-60-84"


def test_an_address_is_made_even_of_half_a_character() -> None:
    assert view.address("a\ud800") == "a%3F"


@pytest.mark.parametrize(
    ("declared", "present", "words"),
    [
        (None, 10, "10 papers present"),
        (10, 10, "10 papers declared, all present"),
        (79, 50, "79 papers declared, 50 present: 29 are missing"),
        (2, 1, "2 papers declared, 1 present: 1 is missing"),
        (1, 2, "1 paper declared, 2 present"),
    ],
)
def test_coverage_is_said_in_words(declared: int | None, present: int, words: str) -> None:
    assert view.coverage_words(Coverage(document="a", declared=declared, present=present)) == words


def test_evidence_is_numbered_once_in_order_of_first_use() -> None:
    references = view.References()
    first, second, third = (evidence(text) for text in ("a", "b", "c"))
    assert references.cite([first, second, first]) == (1, 2)
    assert references.cite([third, first]) == (3, 1)
    assert references.listed() == [first, second, third]


def test_a_claim_is_labelled_unless_it_is_the_sources_own_words() -> None:
    assert view.claim_label(claim("a")) == ""
    assert view.claim_label(claim("a", "derived", "model")) == "reworded"
    assert view.claim_label(claim("a", "computed", "computed")) == "computed"
    assert view.claim_label(claim("a", "quoted", "fallback")) == "quoted instead"
    assert view.claim_label(claim("a", "derived", "reviewer")) == "reworded, by a reviewer"


def test_what_a_person_decided_is_said() -> None:
    accepted = claim("a").model_copy(update={"reviewed": "accepted"})
    assert view.claim_label(accepted) == "accepted by a reviewer"
    edited = claim("a", "derived", "reviewer").model_copy(
        update={"reviewed": "edited", "overruled": ["numbers", "names"]}
    )
    words = "reworded, by a reviewer, a reviewer overruled the check of numbers, names"
    assert view.claim_label(edited) == words


@pytest.mark.parametrize(
    ("lacks", "words"),
    [
        (None, ""),
        (["figure"], "gives no figure"),
        (["figure", "benchmark"], "gives no figure, names no benchmark"),
    ],
)
def test_what_a_result_does_not_give_is_said(lacks: list[Any] | None, words: str) -> None:
    assert view.lacking(claim("a").model_copy(update={"lacks": lacks})) == words


def test_a_stamp_without_a_model_says_so() -> None:
    words = view.stamp_words(stamp(summary(claim("a"), problem=[claim("b")])))
    assert words == (
        "No language model was used: each sentence is copied from the source, at most without a "
        "lead-in. Engine: extractive 1."
        " 2 claims (all quoted; all chosen without a model), none dropped."
    )


def test_a_stamp_says_copied_only_of_quotes() -> None:
    words = view.stamp_words(stamp(summary(claim("a", "computed", "computed"))))
    assert words.startswith("No language model was used. Engine: extractive 1.")
    assert words.endswith("1 claim (computed; computed by code), none dropped.")
    assert view.stamp_words(stamp(summary())).endswith("0 claims, none dropped.")


def test_a_stamp_with_a_model_gives_prompt_date_tokens_and_cost() -> None:
    given = summary(claim("a", "derived", "model"), problem=[claim("b", "quoted", "fallback")])
    made = {
        "engine": "openai 9",
        "model": "kettle-mini",
        "date": "2031-06-01",
        "tokens": Tokens(input=1234, output=56),
        "cost_usd": 0.00125,
    }
    assert view.stamp_words(stamp(given, 1, **made)) == (
        "Written by kettle-mini (openai 9), prompt summarise, version 2, 1 June 2031."
        " 1,234 tokens in and 56 out, 0.0013 US dollars. 2 claims (1 reworded, 1 quoted;"
        " 1 quoted instead of a refused one, 1 from the model), 1 dropped."
        " What bears no label is in the source's own words."
    )


def test_a_stamp_says_what_is_not_known() -> None:
    given = summary(claim("a", "derived", "model"))
    words = view.stamp_words(stamp(given, model="kettle-mini", tokens_estimated=True))
    assert "version 2. 0 tokens in and 0 out (estimated), price not known." in words
    assert "no label" not in words


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://example.org/a_b-c/(d)?e=f&g#h", True),
        ("http://example.org", True),
        ("javascript:alert(1)", False),
        ("https://example.org/<b>", False),
        ('https://example.org/"x', False),
        ("https://example.org/a b", False),
        ("https://exämple.org", False),
        ("https://", False),
        ("", False),
    ],
)
def test_only_plain_web_addresses_are_linked(url: str, safe: bool) -> None:
    assert view.web_address(url) == (url if safe else None)
