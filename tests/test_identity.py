from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from hashlib import sha256
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.identity import Sighting, cluster, merge, new_id, sight
from pipeline.records import Document, Paper, Record, RecordRef
from pipeline.text import normalise
from tests.invented_papers import KETTLES, LANTERNS, LOOMS, wrapped

DAY = dt.date(2030, 11, 4)
OTHER_DAY = dt.date(2030, 11, 6)
LATEX = KETTLES.replace("93.5%", r"93.5\%").replace("Simmer", r"\textbf{Simmer}")


def seen(document: str, abstract: str | None = None, **fields: Any) -> Sighting:
    """Return the sighting of the only record of an invented document."""
    span = (0, len(abstract)) if abstract else None
    text = Document(id=document, sha256=digest(document), text=abstract or "-")
    record = Record(index=0, span=(0, 1), abstract=abstract, abstract_span=span, **fields)
    return sight(text, record)


def digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def by_hash(*names: str) -> list[str]:
    """Return document names in the order of their hashes, which decides what nothing else does."""
    return sorted(names, key=digest)


def changed(text: str, every: int) -> str:
    """Return the text with every so many-th word replaced, but for the first and last eight."""
    parts = text.split()
    for i in range(8, len(parts) - 8, every):
        parts[i] = f"word{i}"
    return " ".join(parts)


def groups(sightings: Iterable[Sighting]) -> list[list[str]]:
    found = [sorted(s.ref.document for s in group) for group in cluster(sightings)]
    return sorted(found)


def merged(*sightings: Sighting) -> Paper:
    return merge(sightings, None)[0]


# --- The same paper ------------------------------------------------------------------------

SAME = {
    "arXiv id": [
        seen("a", KETTLES, arxiv_id="3011.1", date=DAY),
        seen("b", LOOMS, arxiv_id="3011.1", date=OTHER_DAY),
    ],
    "arXiv id alone": [seen("a", arxiv_id="3011.1"), seen("b", arxiv_id="3011.1")],
    "abstract and date": [seen("a", KETTLES, date=DAY), seen("b", KETTLES, date=DAY)],
    "wrapped or LaTeX": [
        seen("a", wrapped(KETTLES, 30), date=DAY),
        seen("b", LATEX, date=DAY),
    ],
    "reworded abstract": [
        seen("a", KETTLES, date=DAY, arxiv_id="3011.1"),
        seen("b", changed(KETTLES, 6), date=DAY),
    ],
    "much reworded abstract under one title": [
        seen("a", KETTLES, title="Simmer", date=DAY),
        seen("b", changed(KETTLES, 2), title="SIMMER!", date=DAY),
    ],
    "inferred and stated year": [
        seen("a", KETTLES, date=DAY),
        seen("b", KETTLES, date=dt.date(2031, 11, 4), year_inferred=True),
    ],
    "undated": [seen("a", KETTLES), seen("b", KETTLES.replace("twelve", "ten"), date=DAY)],
    "title and date": [
        seen("a", title="Simmer", date=DAY),
        seen("b", KETTLES, title="Simmer", date=DAY),
    ],
    "cut abstract": [seen("a", KETTLES, date=DAY), seen("b", KETTLES[:70], date=DAY)],
    "abstract cut after a word": [
        seen("a", KETTLES, title="Simmer", date=DAY),
        seen("b", "Kettles on", title="Simmer", date=DAY),
    ],
    "a version in the title alone": [
        seen("a", KETTLES, title="Simmer v2: Kettles That Listen", date=DAY),
        seen("b", changed(KETTLES, 20), date=DAY),
    ],
}


@pytest.mark.parametrize("what", SAME)
def test_the_same_paper(what: str) -> None:
    assert groups(SAME[what]) == [["a", "b"]]


# --- Different papers ----------------------------------------------------------------------

FAMILY = "We present Simmer {}, a model of kettles. " + KETTLES.replace("Simmer", "it")
DIFFERENT = {
    "arXiv ids": [seen("a", KETTLES, arxiv_id="3011.1"), seen("b", KETTLES, arxiv_id="3011.2")],
    "dates": [seen("a", KETTLES, date=DAY), seen("b", KETTLES, date=OTHER_DAY)],
    "dates under one title": [
        seen("a", KETTLES, title="Simmer", date=DAY),
        seen("b", KETTLES + LOOMS, title="Simmer", date=dt.date(2031, 11, 4)),
    ],
    "days without a year": [
        seen("a", KETTLES, date=DAY, year_inferred=True),
        seen("b", KETTLES, date=OTHER_DAY),
    ],
    "abstracts": [seen("a", KETTLES, date=DAY), seen("b", LOOMS, date=DAY)],
    "abstracts under one title": [
        seen("a", KETTLES, title="Simmer", date=DAY),
        seen("b", LOOMS, title="Simmer", date=DAY),
    ],
    "reworded and undated": [seen("a", KETTLES), seen("b", changed(KETTLES, 6), date=DAY)],
    "much reworded": [seen("a", KETTLES, date=DAY), seen("b", changed(KETTLES, 2), date=DAY)],
    "a few opening words": [seen("a", KETTLES, date=DAY), seen("b", KETTLES[:25], date=DAY)],
    "undated titles": [seen("a", title="Simmer"), seen("b", title="Simmer")],
    "shared title prefix": [
        seen("a", KETTLES, title="From Steam to Song: Kettles at Scale", date=DAY),
        seen("b", LANTERNS, title="From Steam to Song: Lids at Scale", date=DAY),
    ],
    "extended version": [
        seen("a", KETTLES, title="Simmering Kettles", date=DAY),
        seen("b", KETTLES + LOOMS + LANTERNS, title="Simmering Kettles and Looms", date=DAY),
    ],
    "versions of a family": [
        seen("a", FAMILY.format("1.0"), date=DAY),
        seen("b", FAMILY.format("1.5"), date=DAY),
    ],
    "versions named in the titles": [
        seen("a", KETTLES, title="Simmer 1.0: Kettles", date=DAY),
        seen("b", KETTLES, title="Simmer 1.5: Kettles", date=DAY),
    ],
    "versions, one cut": [
        seen("a", FAMILY.format("1.0"), date=DAY),
        seen("b", FAMILY.format("1.5")[:99], date=DAY),
    ],
    "nothing in common": [seen("a"), seen("b")],
}


@pytest.mark.parametrize("what", DIFFERENT)
def test_different_papers(what: str) -> None:
    assert groups(DIFFERENT[what]) == [["a"], ["b"]]


def test_a_third_record_never_joins_two_arxiv_ids() -> None:
    first = seen("a", KETTLES, date=DAY, arxiv_id="3011.1")
    second = seen("b", changed(KETTLES, 30), date=DAY, arxiv_id="3011.2")
    between = seen("c", KETTLES, date=DAY)
    for order in permutations([first, second, between]):
        assert groups(order) == [["a", "c"], ["b"]]


def test_a_record_between_two_equal_ones_goes_to_the_same_whatever_the_order() -> None:
    first = seen("a", KETTLES, date=DAY, arxiv_id="3011.1")
    second = seen("b", KETTLES, date=DAY, arxiv_id="3011.2")
    between = seen("c", KETTLES, date=DAY)
    assert len({str(groups(order)) for order in permutations([first, second, between])}) == 1


def test_a_third_record_never_joins_two_versions() -> None:
    first = seen("a", FAMILY.format("1.0"), date=DAY)
    second = seen("b", FAMILY.format("1.5"), date=DAY)
    between = seen("c", FAMILY.replace("We present Simmer {}", "Here is"), date=DAY)
    for order in permutations([first, second, between]):
        found = groups(order)
        assert len(found) == 2
        assert not any({"a", "b"} <= set(group) for group in found)


def test_one_arxiv_id_joins_what_is_called_by_two_versions() -> None:
    first = seen("a", FAMILY.format("1.0"), date=DAY, arxiv_id="3011.1")
    second = seen("b", FAMILY.format("1.5"), date=OTHER_DAY, arxiv_id="3011.1")
    third = seen("c", FAMILY.format("1.5"), date=OTHER_DAY)
    for order in permutations([first, second, third]):
        assert ["a", "b"] in [group[:2] for group in groups(order)]


MIXED = [
    seen("a", KETTLES, title="Simmer", date=DAY),
    seen("b", changed(KETTLES, 9), date=DAY, arxiv_id="3011.1"),
    seen("c", changed(KETTLES, 7), date=DAY, arxiv_id="3011.2"),
    seen("d", KETTLES[:80], date=DAY),
    seen("e", LOOMS, date=DAY, year_inferred=True),
    seen("f", LOOMS, title="Heddle", authors=["Ada Brew"], et_al=False),
    seen("g", LANTERNS, date=OTHER_DAY),
]


def papers(sightings: Sequence[Sighting]) -> list[str]:
    return sorted(merged(*group).model_dump_json() for group in cluster(sightings))


@given(st.permutations(MIXED))
@settings(max_examples=30, deadline=None)
def test_the_order_of_the_records_makes_no_difference(shuffled: list[Sighting]) -> None:
    assert groups(shuffled) == groups(MIXED)
    assert papers(shuffled) == papers(MIXED)


def test_no_records_are_no_papers() -> None:
    assert cluster([]) == []


# --- What a paper says ---------------------------------------------------------------------


def test_each_field_comes_from_the_record_that_says_it_best() -> None:
    short = seen("a", KETTLES, title="Simmer: Kettles That Li", authors=["Ada Brew"], et_al=True)
    dated = seen("b", KETTLES, date=dt.date(2031, 11, 4), year_inferred=True, comment="9 pages")
    whole = seen(
        "c",
        KETTLES,
        title="Simmer: Kettles That Listen",
        authors=["Ada Brew", "Bo Steam"],
        et_al=False,
        date=DAY,
        arxiv_id="3011.1",
    )
    longer_cut_list = seen("d", KETTLES, authors=["Ada Brew", "Bo Steam", "Cy Fogg"], et_al=True)
    paper, details = merge([short, dated, whole, longer_cut_list], None)
    assert paper.title == paper.label == "Simmer: Kettles That Listen"
    assert paper.title_source == RecordRef(document="c", index=0)
    assert (paper.authors, paper.date, paper.arxiv_id) == (["Ada Brew", "Bo Steam"], DAY, "3011.1")
    assert [ref.document for ref in paper.records] == ["a", "b", "c", "d"]
    assert (details.et_al, details.year_inferred, details.comment) == (False, False, "9 pages")
    assert {field: ref.document for field, ref in details.provenance.items()} == {
        "title": "c",
        "authors": "c",
        "date": "c",
        "arxiv_id": "c",
        "comment": "b",
    }


def test_what_no_rule_decides_comes_from_the_smaller_hash() -> None:
    records = [
        seen("one", title="Lids Up", authors=["Ada Brew"], et_al=True, date=DAY, arxiv_id="3011.1"),
        seen("two", title="Lids On", authors=["Bo Steam"], et_al=True, date=DAY, arxiv_id="3011.1"),
    ]
    paper = merged(*records)
    assert paper.title_source == RecordRef(document=by_hash("one", "two")[0], index=0)
    assert paper == merged(*records[::-1])


def test_among_cut_author_lists_the_longer_counts() -> None:
    paper, details = merge(
        [
            seen("a", KETTLES, authors=["Ada Brew"], et_al=True),
            seen("b", KETTLES, authors=["Ada Brew", "Bo Steam"], et_al=True),
        ],
        None,
    )
    assert (paper.authors, details.et_al) == (["Ada Brew", "Bo Steam"], True)


@pytest.mark.parametrize(("stated", "inferred"), [("a", "b"), ("b", "a")])
def test_a_stated_year_goes_before_an_inferred_one(stated: str, inferred: str) -> None:
    guess = seen(inferred, KETTLES, date=dt.date(2031, 11, 4), year_inferred=True)
    paper, details = merge([seen(stated, KETTLES, date=DAY), guess], None)
    assert (paper.date, details.year_inferred) == (DAY, False)


def test_an_inferred_year_is_better_than_no_date() -> None:
    paper, details = merge(
        [seen("a", KETTLES), seen("b", KETTLES, date=DAY, year_inferred=True)], None
    )
    assert (paper.date, details.year_inferred) == (DAY, True)


def test_details_gather_what_all_records_say() -> None:
    _, details = merge(
        [
            seen("a", KETTLES, affiliations=["te", "pot"], category="KT", has_code=False),
            seen("b", KETTLES, affiliations=["pot", "lid"], category="KT", updated=DAY),
            seen("c", KETTLES, category="CV", has_code=True, updated=OTHER_DAY),
        ],
        None,
    )
    assert set(details.affiliations) == {"te", "pot", "lid"}
    assert details.categories == ["CV", "KT"]
    assert (details.has_code, details.updated) == (True, OTHER_DAY)


@pytest.mark.parametrize(("flags", "merged_flag"), [([None], None), ([None, False], False)])
def test_code_is_unknown_or_absent(flags: list[bool | None], merged_flag: bool | None) -> None:
    records = [seen(f"{n}", KETTLES, has_code=flag) for n, flag in enumerate(flags)]
    assert merge(records, None)[1].has_code is merged_flag


def test_what_nothing_says_is_null() -> None:
    paper, details = merge([seen("a", KETTLES)], None)
    assert (paper.title, paper.title_source, paper.authors, paper.date) == (None,) * 4
    assert (details.et_al, details.updated, details.comment, details.has_code) == (None,) * 4
    assert details.year_inferred is False
    assert details.provenance == {}


# --- Wordings ------------------------------------------------------------------------------


def wordings(*sightings: Sighting) -> list[str]:
    """Return the documents of a paper's wordings, the one that is read first in front."""
    return [wording.document for wording in merge(sightings, None)[1].wordings]


def test_both_wordings_are_kept_and_equal_ones_once() -> None:
    other = changed(KETTLES, 9)
    found = wordings(seen("a", KETTLES), seen("b", other), seen("c", wrapped(KETTLES, 30)))
    first_of_equal = by_hash("a", "c")[0]
    assert sorted(found) == sorted([first_of_equal, "b"])
    assert found == sorted(
        found, key=lambda name: digest(normalise(other if name == "b" else KETTLES))
    )


@pytest.mark.parametrize("cut", [20, 70, 150])
def test_a_cut_wording_is_not_read_first(cut: int) -> None:
    for text in (KETTLES, LANTERNS, LOOMS):
        assert wordings(seen("a", text[:cut]), seen("b", text)) == ["b", "a"]


def test_a_wording_with_the_whole_text_is_read_first() -> None:
    whole = [(1, 2)]
    for text in (KETTLES, LANTERNS, LOOMS):
        for other in (text, changed(text, 9), text + LOOMS):
            found = wordings(seen("a", other), seen("b", text, body_spans=whole), seen("c", other))
            assert found[0] == "b"
            assert len(found) == (1 if other == text else 2)


def test_a_paper_without_an_abstract_has_no_wordings() -> None:
    assert wordings(seen("a", title="Simmer")) == []


# --- Labels and ids ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "label", "stem"),
    [
        (
            {"title": "Simmer: Kettles That Listen"},
            "Simmer: Kettles That Listen",
            "simmer-kettles-that-listen",
        ),
        ({"abstract": KETTLES}, "Simmer (untitled)", "simmer-untitled"),
        (
            {"abstract": "Kettles are sung about, if seldom, in self-\nmade songs. We count."},
            "Kettles are sung about, if seldom, in self-made…",
            "kettles-are-sung-about-if-seldom-in-self",
        ),
        ({"abstract": "Kettles sing."}, "Kettles sing.", "kettles-sing"),
        ({"abstract": "…", "arxiv_id": "3011.1"}, "…", "paper"),
        ({"arxiv_id": "3011.1"}, "arXiv:3011.1", "arxiv-3011-1"),
        ({}, "untitled", "untitled"),
    ],
)
def test_labels(fields: dict[str, Any], label: str, stem: str) -> None:
    paper = merged(seen("a", fields.pop("abstract", None), **fields))
    assert paper.label == label
    assert paper.id.rpartition("-")[0] == stem


@pytest.mark.parametrize(
    ("title", "stem"),
    [
        ("../../x", "x"),
        ("/etc/passwd", "etc-passwd"),
        ("CON", "con-x"),
        ("🫖", "paper"),
        ("<script>alert(1)</script>", "script-alert-1-script"),
        ("Ärger mit Öl", "arger-mit-ol"),
        ("..", "paper"),
        ("a\0b\u202e", "a-b"),
        ("Kettles " * 500, "kettles-kettles-kettles-kettles-kettles"),
    ],
)
def test_an_id_is_a_safe_name(title: str, stem: str) -> None:
    paper = merged(seen("a", KETTLES, title=title))
    assert paper.id == f"{stem}-{digest(normalise(KETTLES))[:8]}"
    assert paper.title == paper.label == title


def test_an_id_holds_the_smallest_hash_of_its_records() -> None:
    keys = [digest(normalise(text)) for text in (KETTLES, LANTERNS)]
    records = [seen("a", KETTLES), seen("b", LANTERNS)]
    assert new_id(records, "Simmer") == f"simmer-{min(keys)[:8]}"
    assert new_id([seen("a", title="Lids")], "Lids") == f"lids-{digest('lids')[:8]}"


def test_an_id_that_is_given_is_kept() -> None:
    assert merge([seen("a", KETTLES)], "known-id")[0].id == "known-id"


def test_wrapped_lines_do_not_change_label_names_or_id() -> None:
    text = (
        f"A self-made kettle sings in twenty-two well-lit rooms. We introduce Lid-Song. {KETTLES}"
    )
    plain = merged(seen("a", text))
    assert plain.names[0] == "Lid-Song"
    texts = [wrapped(text, width) for width in (20, 31, 44, 57, 70, 83)]
    for other in [text.replace("-", "-\n"), *texts]:
        assert merged(seen("a", other)) == plain


def test_names_of_all_records_that_mean_the_same_are_listed() -> None:
    first = f"We present Simmer 2.5, a model. {KETTLES}"
    second = f"We present Simmer2.5, a model. {KETTLES}"
    names = merged(seen("a", first, date=DAY), seen("b", second, date=DAY)).names
    assert {"Simmer 2.5", "Simmer2.5"} <= set(names)
    assert len(names) == len(set(names))
