from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from pipeline.readers import listing as reader
from tests.invented_papers import (
    KETTLES,
    LANTERNS,
    LOOMS,
    listed,
    listing,
    only,
    read,
    uncovered,
    wrapped,
)

TITLE = "Simmer: Kettles That Listen"
FRONT = f"{TITLE}\nAda Brew, Bo Steam"
LONG_TITLE = "Kettles, Listening. " * 200 + "End"
NAMES = [f"{a} {b}" for a in ("Ada", "Bo", "J.-P.", "Cy") for b in ("Brew", "Te-Pot", "O'Ket")]


def test_a_listing_has_no_header() -> None:
    text = listing(listed(front=FRONT), listed(LANTERNS, "3010.00002", comment="12 pages"))
    reading = read(text)
    assert (reading.format, reading.header, reading.notes) == ("listing", None, [])
    assert uncovered(text, reading) == ""
    first, second = reading.records
    assert text[slice(*first.span)] == listed(front=FRONT)
    assert first.model_dump(exclude={"span", "abstract_span"}) == {
        "index": 0,
        "title": TITLE,
        "authors": ["Ada Brew", "Bo Steam"],
        "et_al": False,
        "affiliations": [],
        "category": None,
        "date": dt.date(2030, 11, 4),
        "year_inferred": False,
        "has_code": None,
        "score": None,
        "abstract": KETTLES,
        "comment": None,
        "arxiv_id": "3011.00417",
        "created": dt.date(2030, 11, 4),
        "updated": None,
        "body_spans": [],
    }
    assert (second.title, second.authors, second.comment) == (None, None, "12 pages")
    assert second.abstract_span is not None
    assert text[slice(*second.abstract_span)] == LANTERNS


@pytest.mark.parametrize(
    ("trailer", "fields"),
    [
        ("arXiv:3011.00417\nCreated: 2030-11-04 Updated: 2030-12-01", {"updated": "2030-12-01"}),
        ("arXiv:3011.00417\n\nCreated: 2030-11-04\nUpdated: 2030-12-01", {"updated": "2030-12-01"}),
        ("arXiv:3011.00417v3\nCreated: 2030-11-04", {"arxiv_id": "3011.00417", "updated": None}),
        ("arXiv:te-pot/0101001\nCreated: 2030-11-04", {"arxiv_id": "te-pot/0101001"}),
        ("arXiv:math.KT/0101001v1\nCreated: 2030-11-04", {"arxiv_id": "math.KT/0101001"}),
        ("\u200barXiv:3011.00417\u200e\n \nCreated:\t2030-11-04", {"created": "2030-11-04"}),
        ("arXiv:3011.00417\nCreated: 2030-11-04 Updated: 2030-11-31", {"updated": None}),
    ],
)
def test_trailers(trailer: str, fields: dict[str, Any]) -> None:
    text = listing(f"{FRONT}\n\n{KETTLES}\n\n{trailer}", listed(LOOMS, "3012.00009"))
    reading = read(text)
    assert len(reading.records) == 2
    assert reading.notes == []
    assert fields.items() <= reading.records[0].model_dump(mode="json").items()
    assert reading.records[1].abstract == LOOMS
    assert uncovered(text, reading) == ""


@pytest.mark.parametrize(
    ("trailer", "fields"),
    [
        ("arXiv:3011.00417", {"arxiv_id": "3011.00417", "date": None}),
        ("Created: 2030-11-04", {"arxiv_id": None, "date": "2030-11-04"}),
        ("arXiv:3011.00417\nCreated: 2030-02-30", {"arxiv_id": "3011.00417", "created": None}),
        ("arXiv:3011.00417\nCreated: soon", {"arxiv_id": "3011.00417", "created": None}),
    ],
)
@pytest.mark.parametrize("last", [False, True])
def test_a_trailer_that_lacks_something_still_ends_its_record(
    trailer: str, fields: dict[str, Any], last: bool
) -> None:
    incomplete = f"{FRONT}\n\n{KETTLES}\n\n{trailer}"
    others = [listed(LOOMS, "3012.00009"), listed(LANTERNS, "3012.00010")]
    at = 2 if last else 1
    text = listing(*others[:at], incomplete, *others[at:])
    reading = read(text)
    assert [record.abstract for record in reading.records][at] == KETTLES
    assert len(reading.records) == 3
    assert fields.items() <= reading.records[at].model_dump(mode="json").items()
    assert reading.notes == [f"record {at}: arXiv id or date of creation missing or unreadable"]
    assert uncovered(text, reading) == ""


@pytest.mark.parametrize(
    ("rest", "fields", "also"),
    [
        (
            f"{FRONT}\n\n{KETTLES}",
            {"title": TITLE, "abstract": KETTLES},
            [],
        ),
        (f"{KETTLES[:39]}", {"title": None, "abstract": KETTLES[:39]}, []),
        (FRONT, {"authors": ["Ada Brew", "Bo Steam"], "abstract": None}, ["no abstract"]),
        ("arXiv:3011.00417", {"arxiv_id": "3011.00417", "abstract": None}, ["no abstract"]),
    ],
)
def test_a_record_that_is_cut_is_kept_and_noted(
    rest: str, fields: dict[str, Any], also: list[str]
) -> None:
    text = listing(listed(LOOMS, "3012.00009"), rest)
    reading = read(text)
    assert len(reading.records) == 2
    assert fields.items() <= reading.records[1].model_dump().items()
    reasons = [f"{reason}; the document may be cut here" for reason in also]
    reasons.append("arXiv id or date of creation missing or unreadable")
    assert reading.notes == [f"record 1: {reason}" for reason in reasons]
    assert uncovered(text, reading) == ""


def test_records_without_a_blank_line_between_them_are_parted_by_their_trailers() -> None:
    text = "\n".join([listed(front=FRONT), "Gimlet\nBo Steam", "", listed(LANTERNS, "3012.00010")])
    reading = read(text)
    assert [record.title for record in reading.records] == [TITLE, "Gimlet"]
    assert uncovered(text, reading) == ""


# --- Fronts, abstracts and comments --------------------------------------------------------


@pytest.mark.parametrize(
    ("front", "title", "authors"),
    [
        (None, None, None),
        (FRONT, TITLE, ["Ada Brew", "Bo Steam"]),
        ("Simmer\nPlato", "Simmer", ["Plato"]),
        ("Simmer\nKettle Lab 7, Bo Steam", "Simmer", ["Kettle Lab 7", "Bo Steam"]),
        ("Simmer\n茶小明, 壺紅", "Simmer", ["茶小明", "壺紅"]),
        ("Simmer 2: Kettles That Listen", "Simmer 2: Kettles That Listen", None),
        ("../../x\nAda Brew", "../../x", ["Ada Brew"]),
        ("CON\nAda Brew", "CON", ["Ada Brew"]),
        ("🫖\nAda Brew", "🫖", ["Ada Brew"]),
        (
            f"{LONG_TITLE}\nAda Brew",
            LONG_TITLE,
            None,
        ),
    ],
)
def test_fronts(front: str | None, title: str | None, authors: list[str] | None) -> None:
    record = only(listed(front=front))
    assert record.title == title
    assert record.authors == (authors or (["Ada Brew"] if front and "\n" in front else None))
    assert record.abstract == KETTLES


@pytest.mark.parametrize(
    "abstract",
    [
        KETTLES,
        "We boil.",
        f"{KETTLES}\n\n{LANTERNS}",
        f"We boil water, for once.\n\n{LANTERNS}",
        "Kettles  boil at\u200b 100\\% \x07\ufffd.",
        "and thus, <|endoftext|> the kettles boil.",
        KETTLES + " " * 1_000_000 + LANTERNS,
        KETTLES.replace(" ", "\n", 3) + "\nas seen by Ada Brew et al.",
    ],
)
@pytest.mark.parametrize("front", [None, FRONT])
def test_an_abstract_is_kept_unchanged(abstract: str, front: str | None) -> None:
    text = listing(listed(LOOMS, "3012.00009"), listed(abstract, front=front))
    reading = read(text)
    assert reading.records[1].abstract == abstract
    assert reading.records[1].comment is None
    assert uncovered(text, reading) == ""


@pytest.mark.parametrize(
    "comment",
    [
        "Technical report",
        "12 pages, 4 figures; accepted at Tea 2031",
        "This is a longer version of our talk. Its code is at https://example.org/simmer.",
        "Created: with care",
        "arXiv: none",
    ],
)
@pytest.mark.parametrize("front", [None, FRONT])
def test_comments(comment: str, front: str | None) -> None:
    record = only(listed(front=front, comment=comment))
    assert (record.comment, record.abstract) == (comment, KETTLES)


def test_a_comment_of_two_blocks_is_one_line() -> None:
    record = only(listed(comment="12 pages,\n4 figures\n\nIn English"))
    assert record.comment == "12 pages, 4 figures In English"


@pytest.mark.parametrize("width", [40, 55, 60, 72, 80, 100])
@pytest.mark.parametrize("at_hyphens", [False, True])
def test_wrapped_lines_change_nothing(width: int, at_hyphens: bool) -> None:
    fronts = [
        f"Simmer, Boil, and Rest: Self-Made Noise in Twelve Low-Lit Kitchens\n{', '.join(NAMES)}",
        "Gimlet: Reading Charts by a Lantern That Sways, with Steady Hands\nLudo van Licht",
        "Heddle\nKettle Lab 7, Ada Brew",
        None,
    ]
    records = [
        listed(abstract, f"3011.0000{n}", front, "Twenty-two pages, of which two-thirds are tables")
        for n, (front, abstract) in enumerate(
            zip(fronts, [KETTLES, LANTERNS, LOOMS, f"{KETTLES}\n\n{LOOMS}"], strict=True)
        )
    ]
    text = listing(*records)
    plain, other = read(text), read(wrapped(text, width, at_hyphens=at_hyphens))
    moved = {"span", "abstract", "abstract_span"}
    assert plain.records[0].authors == NAMES
    assert plain.records[2].authors == ["Kettle Lab 7", "Ada Brew"]
    assert [r.model_dump(exclude=moved) for r in other.records] == [
        r.model_dump(exclude=moved) for r in plain.records
    ]
    assert uncovered(wrapped(text, width), read(wrapped(text, width))) == ""


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("arXiv:3011.00417\nCreated: 2030-11-04", True),
        ("arXiv:3011.00417\n\n\u200bCreated: 2030-02-30", True),
        ("arXiv:3011.00417", False),
        ("Created: 2030-11-04", False),
        ("arXiv:3011.00417\nCreated: soon", False),
        ("arXiv:3011.00417\nand\nCreated: 2030-11-04", False),
        ("see arXiv:3011.00417\nCreated: 2030-11-04", False),
        ("", False),
    ],
)
def test_a_listing_is_known_by_its_trailers(text: str, known: bool) -> None:
    assert reader.recognises(text) == known
