from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given

from flows.settings import Settings
from flows.shelves import look_up
from pipeline.chunking import Sentence, units
from pipeline.links import Link, LinkKind, addresses_in, links
from tests.awkward_texts import ANY

SEEDS = Path(__file__).parents[2] / "shared" / "seeds"
U = "https://example.org/quillon"


def of(*quotes: str) -> list[Link]:
    return links(Sentence(number, "d", 0, 1, quote) for number, quote in enumerate(quotes, 1))


@pytest.mark.parametrize(
    ("sentence", "kinds", "url", "released"),
    [
        (f"Code and models are available at {U}.", ("code", "model"), U, True),
        (f"Our code will be released at {U}", ("code",), U, False),
        (f"The data shall be available at {U}.", ("data",), U, False),
        (f"The benchmark is released at {U} upon acceptance.", ("data",), U, False),
        ("Code and weights are publicly released.", ("code", "model"), None, True),
        ("We will release all code, models and datasets.", ("code", "data", "model"), None, False),
        ("The code shall be released soon.", ("code",), None, False),
        (f"We release data and code at {U} to help others.", ("code", "data"), U, True),
        (f"The code is at {U}.", ("code",), U, True),
        (f"The 310K pairs and the training code are public ({U}).", ("code", "data"), U, True),
        (f"Videos are available at {U}.", ("page",), U, True),
        (f"The code is available at {U}- two.", ("code",), f"{U}-two", True),
        (
            "Quillon is open-source and available at https://github.com/Fern/Quillon.",
            ("code",),
            "https://github.com/Fern/Quillon",
            True,
        ),
        (f"Model available at {U}.", ("model",), U, True),
        (f"See the project website at {U}.", ("page",), U, True),
        (f"Everything is shared at {U}.", ("page",), U, True),
        (rf"Code is available at \url{{{U}\_x}}.", ("code",), f"{U}_x", True),
        (rf"Code is available at \href{{{U}}}{{this place}}.", ("code",), U, True),
        (
            "Code is released at https://github.com/Fern/ Quillon-2.",
            ("code",),
            "https://github.com/Fern/Quillon-2",
            True,
        ),
    ],
)
def test_what_is_released_where(
    sentence: str, kinds: tuple[LinkKind, ...], url: str | None, released: bool
) -> None:
    assert of(sentence) == [Link(kinds, url, released, 1)]


@pytest.mark.parametrize(
    "sentence",
    [
        f"We use the released code of Ferrick at {U}.",
        f"We build on publicly available data at {U}.",
        f"Their code is available at {U}.",
        "We do not release the photographs, nor the code.",
        "The data are not available.",
        "With the recent release of Ferrick-5 models matter.",
        "We provide a model of reading, and the data show it.",
        "We evaluate public models and datasets.",
        "It learns well even when few labelled data are available.",
        "A large number of 3D models are created and available on the Web.",
        "See front matter https://dx.doi.org/10.1000/182 for more.",
    ],
)
def test_what_others_release_or_nobody_does_is_left_out(sentence: str) -> None:
    assert of(sentence) == []


def test_two_addresses_are_told_apart_by_where_they_lead() -> None:
    data, code = "https://huggingface.co/datasets/Fern/Reeds", "https://github.com/Fern/Quillon"
    assert of("Nothing here.", f"Datasets and code are available at {data} and {code}.") == [
        Link(("data",), data, True, 2),
        Link(("code",), code, True, 2),
    ]


def test_a_repeated_release_is_listed_once() -> None:
    sentence = f"Code is released at {U}."
    assert of(sentence, sentence) == [Link(("code",), U, True, 1)]


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.org/a",
        "https://user:word@example.org/a",
        "http://192.0.2.7/a",
        "https://example.org:8443/a",
        "https://[::1]/a",
        "http://localhost/a",
        "https://",
        "javascript:alert(1)",
    ],
)
def test_odd_addresses_are_no_links(url: str) -> None:
    assert addresses_in(f"Code is at {url} now.") == []
    assert all(link.url is None for link in of(f"Code is available at {url}"))


@pytest.mark.parametrize("mark", [".", ",", ").", ";", "”", "'.", "!"])
def test_marks_at_the_end_are_no_part_of_an_address(mark: str) -> None:
    assert addresses_in(f"(see {U}{mark}") == [U]


@given(ANY)
def test_any_text_can_be_read(text: str) -> None:
    found = of(text, f"Code and data are released at https://{text}", f"{text} {U}{text}")
    assert all(link.kinds and (link.url or "https").startswith("http") for link in found)


@pytest.mark.skipif(not SEEDS.is_dir(), reason="the example's documents are not here")
def test_the_addresses_of_the_example_are_found() -> None:
    files = [str(path) for path in sorted(SEEDS.glob("*.txt"))]
    found = {}
    for entry in look_up(files, Settings(), None).entries:
        if entry.record is not None and entry.document is not None:
            parts = units(entry.document, entry.record)
            found[str(entry.paper.title or entry.paper.id)] = [
                (link.kinds, link.url, link.released)
                for unit in parts
                for link in links(unit.sentences)
            ]
    facts = {
        "Needle In A Multimodal": (
            ("code", "data"),
            "https://github.com/OpenGVLab/MM-NIAH",
            True,
        ),
        "Spatial Preference": (("code", "data"), "https://github.com/hanqiu-hq/SPR", False),
        "InternVL3.5": (("code", "model"), None, True),
        "Ghost in the": (("page",), "https://github.com/OpenGVLab/GITM", True),
        "InternVL3:": (("data", "model"), None, False),
    }
    for title, expected in facts.items():
        assert [expected] in [rows for paper, rows in found.items() if paper.startswith(title)]
