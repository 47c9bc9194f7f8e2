from __future__ import annotations

import pytest
from hypothesis import given

from pipeline.figures import printed_numbers
from tests.awkward_texts import ANY


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("", set()),
        ("no kettle at all", set()),
        ("12 kettles and 3.50 lids", {12, 3.5}),
        ("a gain of +4.5% at −2 or -2 degrees", {4.5, 2}),
        ("1,000 or 1,234,567.8 or 12,345", {1000, 1234567.8, 12345}),
        ("1,2345 or 12,34", {1, 2345, 12, 34}),
        ("in 2029,100 and 2030,2031", {2029, 100, 2030, 2031}),
        ("Simmer2.5-26B on Boil-12", {2.5, 26, 12}),
        ("7.", {7}),
        ("007 and .5", {7, 5}),
        ("1.2.3", {1.2, 3}),
        ("7, 7.0 and 7,000", {7, 7000}),
    ],
)
def test_printed_numbers(text: str, numbers: set[float]) -> None:
    assert printed_numbers(text) == numbers


@given(ANY)
def test_any_text_has_numbers_where_it_has_digits(text: str) -> None:
    numbers = printed_numbers(text)
    assert all(number >= 0 for number in numbers)
    assert bool(numbers) == any(character.isdecimal() for character in text)
