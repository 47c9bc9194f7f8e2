from __future__ import annotations

import pytest
from hypothesis import given

from pipeline.readers.people import looks_like_authors, may_be_authors, parse_authors
from tests.awkward_texts import ANY


@pytest.mark.parametrize(
    ("text", "names", "cut"),
    [
        ("Ada Brew", ["Ada Brew"], False),
        ("Ada Brew, Bo Steam", ["Ada Brew", "Bo Steam"], False),
        ("Ada Brew and Bo Steam", ["Ada Brew", "Bo Steam"], False),
        ("Ada Brew,  Bo\tSteam ,and Cy  Fogg", ["Ada Brew", "Bo Steam", "Cy Fogg"], False),
        ("Ada Brew & Bo Steam", ["Ada Brew", "Bo Steam"], False),
        ("Ada Brew, Bo Steam et al.", ["Ada Brew", "Bo Steam"], True),
        ("Ada Brew, et al", ["Ada Brew"], True),
        ("et al.", [], True),
        ("Annabel Sandal", ["Annabel Sandal"], False),
        (
            "Ada Brew, Jr., Bo Steam, III, Cy Fogg",
            ["Ada Brew, Jr.", "Bo Steam, III", "Cy Fogg"],
            False,
        ),
        ("Brew, Ada; Steam, Bo", ["Brew, Ada", "Steam, Bo"], False),
        ("Ada Brew；Bo Steam et al.", ["Ada Brew", "Bo Steam"], True),
        ("茶 小明，壺 小紅、李 雷", ["茶 小明", "壺 小紅", "李 雷"], False),
        ("", [], False),
    ],
)
def test_author_lists(text: str, names: list[str], cut: bool) -> None:
    assert parse_authors(text) == (names, cut)


@pytest.mark.parametrize(
    "text",
    [
        "Ada Brew",
        "Ada Brew, Bo Steam",
        "Ludo van der Kessel, Maria de la Tetera, Uzo bin Kettle, Jan ’t Vuur",
        "A. B. Brew, J.-P. Steam, Md. Fogg, Bo Steam Jr.",
        "Sean O'Kettle, Lou d'Eau, Omar al-Brew, Nia N’Steam",
        "茶小明, 壺紅",
        "Ana-María Te-Tera, Žofie Čajová",
        "ADA BREW, BO STEAM",
        "Ada Brew, Bo Steam, Cy Fogg, Di Lidd, Plato",
        "01.AI, Ada Brew et al.",
        "Kettle Team: All of It, Ada Brew et al.",
    ],
)
def test_what_looks_like_authors(text: str) -> None:
    assert looks_like_authors(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "et al.",
        "Quiet Kettles: Boiling without Noise",
        "Kettles, Lanterns, and Looms",
        "Is Steam Enough?",
        "Simmer 2",
        "We see kettles, lanterns and looms",
        "as others have shown, Brew et al.",
        "Ada Brew boils water.",
        "ada brew, bo steam",
        "it's here, don't look",
        "A Name of Very Many Words That Goes On",
        "Ada " + "Brew" * 20,
    ],
)
def test_what_does_not_look_like_authors(text: str) -> None:
    assert not looks_like_authors(text)


@pytest.mark.parametrize(
    ("text", "possible"),
    [
        ("Plato", True),
        ("01.AI, Kettle Lab 7", True),
        ("Robert (Bo) Steam", True),
        ("We boil.", False),
        ("others, who boil", False),
        ("One Two Three Four Five Six Seven Eight", False),
        ("", False),
    ],
)
def test_what_may_be_authors_where_they_are_expected(text: str, possible: bool) -> None:
    assert may_be_authors(text) == possible


@given(ANY)
def test_any_text_gives_names_without_outer_space(text: str) -> None:
    names, _ = parse_authors(text)
    assert all(name == name.strip() != "" for name in names)
    assert looks_like_authors(text) in {True, False}
    assert may_be_authors(text) in {True, False}


@pytest.mark.parametrize("piece", [" ", ",", " and", "A.", "'", ", et al.", "a-", "; "])
def test_long_awkward_lists_take_no_time(piece: str) -> None:
    # Anything slower than linear would be felt at this length.
    text = "Ada" + piece * (200_000 // len(piece))
    assert looks_like_authors(text) in {True, False}
