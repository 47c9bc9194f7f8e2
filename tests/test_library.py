from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import cache
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import library
from pipeline.errors import DocumentError
from pipeline.library import (
    Entry,
    Volume,
    add_texts,
    coverage,
    hashes,
    link,
    name_documents,
    stored_rows,
    stored_volumes,
    with_additions,
)
from pipeline.records import RecordRef, Text
from pipeline.store import StoredPaper
from tests.entries import plainly
from tests.invented_papers import (
    AS_OF,
    KETTLES,
    LANTERNS,
    LOOMS,
    NO_SEEDS,
    SEEDS,
    entry,
    header,
    listed,
    listing,
    profile,
    sample_texts,
    seed_texts,
    text_of,
    wrapped,
)

TODAY = dt.date(2026, 6, 30)


class Shelf:
    """A library over several runs, its store a few dictionaries."""

    def __init__(self) -> None:
        self.volumes: dict[str, Volume] = {}
        self._paths: dict[str, str] = {}
        self._aliases: dict[str, str | None] = {}
        self._members: dict[RecordRef, str] = {}

    @property
    def papers(self) -> list[StoredPaper]:
        return [
            StoredPaper(id_, alias, tuple(r for r, paper in self._members.items() if paper == id_))
            for id_, alias in self._aliases.items()
        ]

    def add(self, *texts: Text, as_of: dt.date = AS_OF) -> list[Entry]:
        """Add documents as one run does, and return the papers of the library."""
        added = add_texts(texts, hashes(self.volumes), as_of)
        self._paths |= added.paths
        current = set(self._paths.values())
        known = self.volumes | {volume.document.id: volume for volume in added.volumes}
        self.volumes = {id_: v._replace(current=id_ in current) for id_, v in known.items()}
        entries, rows = link(self.volumes, self.papers)
        for row in rows:
            self._aliases[row.id] = row.alias_of
            self._members |= dict.fromkeys(row.records, row.id)
        return entries

    def aliases(self) -> dict[str, str]:
        return {id_: alias for id_, alias in self._aliases.items() if alias}


def ids(entries: Sequence[Entry]) -> list[str]:
    return sorted(entry.paper.id for entry in entries)


def refs(entries: Sequence[Entry]) -> list[list[tuple[str, int]]]:
    return sorted([(ref.document, ref.index) for ref in e.paper.records] for e in entries)


def by_hash(*texts: Text) -> list[Text]:
    return sorted(texts, key=lambda text: text.sha256)


PAGE = text_of(profile(entry(), entry("KTMay 3", "Gimlet", "Bo Steam", LANTERNS)), "page.txt")
LIST = text_of(listing(listed(), listed(LOOMS, "3012.00009")), "list.txt")
NOTE = text_of(KETTLES, "note.md")


# --- Adding --------------------------------------------------------------------------------


def test_new_texts_are_read_and_named() -> None:
    added = add_texts([PAGE, LIST], {}, AS_OF)
    assert {v.document.id: len(v.reading.records) for v in added.volumes} == {
        "page.txt": 2,
        "list.txt": 2,
    }
    assert all(v.current and v.as_of == "2031-07-01" for v in added.volumes)
    assert added.paths == {"/shelf/page.txt": "page.txt", "/shelf/list.txt": "list.txt"}
    assert added.failures == []


def test_a_text_that_no_reader_knows_costs_only_itself() -> None:
    added = add_texts([text_of("What is this?", "odd.txt"), PAGE], {}, AS_OF)
    assert [v.document.id for v in added.volumes] == ["page.txt"]
    (failure,) = added.failures
    assert (failure.document, failure.stage) == ("odd.txt", "read")
    assert failure.reason.startswith("no reader recognises it; tried: author profile (")
    assert list(added.paths) == ["/shelf/page.txt"]


def test_the_same_text_is_one_document_wherever_it_lies() -> None:
    shelf = Shelf()
    copy = PAGE._replace(path="/elsewhere/copy.txt", name="copy.txt")
    first = shelf.add(PAGE, copy)
    assert len(shelf.volumes) == 1
    assert plainly(shelf.add(copy, PAGE)) == plainly(first)
    assert len(shelf.volumes) == 1


def test_a_known_text_keeps_its_id_and_its_years() -> None:
    shelf = Shelf()
    shelf.add(PAGE, as_of=dt.date(2029, 1, 1))
    moved = PAGE._replace(path="/elsewhere/other.txt", name="other.txt")
    entries = shelf.add(moved, as_of=dt.date(2031, 7, 1))
    assert list(shelf.volumes) == ["page.txt"]
    gimlet = next(e.paper for e in entries if e.paper.title == "Gimlet")
    assert gimlet.date == dt.date(2028, 5, 3)


# --- Names of documents --------------------------------------------------------------------


@pytest.mark.parametrize("others", [("a.txt", "a.txt"), ("A.TXT", "a.Txt")])
def test_documents_of_one_name_are_told_apart_whatever_the_order(others: tuple[str, str]) -> None:
    texts = [text_of(KETTLES, "a.txt"), text_of(LANTERNS, others[0]), text_of(LOOMS, others[1])]
    first, *rest = by_hash(*texts)
    expected = {first.sha256: first.name}
    expected |= {text.sha256: f"{text.name}~{text.sha256[:6]}" for text in rest}
    for order in permutations(texts):
        assert name_documents(order, []) == expected


def test_a_name_that_is_taken_stays_with_the_earlier_document() -> None:
    for first, second in permutations([text_of(KETTLES, "a.txt"), text_of(LOOMS, "a.txt")]):
        shelf = Shelf()
        shelf.add(first)
        shelf.add(second)
        assert list(shelf.volumes) == ["a.txt", f"a.txt~{second.sha256[:6]}"]
        shelf.add(second, first)
        assert len(shelf.volumes) == 2


def test_hashes_that_begin_alike_are_told_apart_too() -> None:
    texts = [Text("", "a.txt", "", f"abcdef{n}" + "0" * 57) for n in range(3)]
    assert list(name_documents(texts, []).values()) == ["a.txt", "a.txt~abcdef", "a.txt~abcdef2"]


# --- Stored volumes ------------------------------------------------------------------------


def test_volumes_come_back_as_they_were_stored() -> None:
    shelf = Shelf()
    shelf.add(PAGE, LIST)
    assert stored_volumes(stored_rows(shelf.volumes.values())) == shelf.volumes


@pytest.mark.parametrize("change", [{"readers": -1}, {"reading": "{}"}, {"reading": "no json"}])
def test_what_no_longer_fits_is_read_again_as_on_the_first_day(change: dict[str, object]) -> None:
    shelf = Shelf()
    shelf.add(PAGE, as_of=dt.date(2029, 1, 1))
    (row,) = stored_rows(shelf.volumes.values())
    assert stored_volumes([row._replace(**change)]) == shelf.volumes  # type: ignore[arg-type]


def test_a_text_that_is_no_longer_recognised_keeps_its_reading() -> None:
    shelf = Shelf()
    shelf.add(PAGE)
    (row,) = stored_rows(shelf.volumes.values())
    unknown = row._replace(readers=-1, text="What is this?")
    assert stored_volumes([unknown])["page.txt"].reading == shelf.volumes["page.txt"].reading
    with pytest.raises(DocumentError, match="no reader recognises it"):
        stored_volumes([unknown._replace(reading="{}")])


# --- Linking -------------------------------------------------------------------------------


@cache
def samples_at_one_go() -> list[Entry]:
    return Shelf().add(*sample_texts(), as_of=TODAY)


def test_the_samples_are_18_papers() -> None:
    entries = samples_at_one_go()
    assert len(entries) == 18
    assert sum(len(e.paper.records) for e in entries) == 27
    assert sum(e.paper.title is None for e in entries) == 3
    assert all(e.record is not None and e.document is not None for e in entries)


@pytest.mark.skipif(not SEEDS.is_dir(), reason=NO_SEEDS)
def test_the_first_documents_are_68_papers() -> None:
    entries = Shelf().add(*seed_texts(), as_of=TODAY)
    assert len(entries) == 68
    assert sum(len(e.paper.records) for e in entries) == 80
    assert sum(e.paper.title is None for e in entries) == 10
    assert len(set(ids(entries))) == 68


@given(st.permutations(sample_texts()), st.integers(1, 4))
@settings(max_examples=8, deadline=None)
def test_papers_do_not_depend_on_when_documents_came(texts: list[Text], at_once: int) -> None:
    at_one_go = samples_at_one_go()
    shelf = Shelf()
    for start in range(0, 4, at_once):
        entries = shelf.add(*texts[start : start + at_once], as_of=TODAY)
    assert refs(entries) == refs(at_one_go)
    assert {e.paper.label for e in entries} == {e.paper.label for e in at_one_go}
    if at_once == 4:
        assert ids(entries) == ids(at_one_go)


@pytest.mark.parametrize("width", [40, 60, 72, 80, 100])
def test_wrapped_samples_give_the_same_papers(width: int) -> None:
    plain = samples_at_one_go()
    texts = [text_of(wrapped(text.text, width), text.name) for text in sample_texts()]
    other = Shelf().add(*texts, as_of=TODAY)
    assert ids(other) == ids(plain)
    assert refs(other) == refs(plain)
    assert sorted((e.paper.title or "", e.paper.authors or []) for e in other) == sorted(
        (e.paper.title or "", e.paper.authors or []) for e in plain
    )


def test_what_is_known_is_not_compared_again(monkeypatch: pytest.MonkeyPatch) -> None:
    shelf = Shelf()
    first = shelf.add(PAGE, LIST)
    monkeypatch.setattr(library, "cluster", lambda _: pytest.fail("compared again"))
    again = shelf.add(LIST)
    assert sorted(plainly(again), key=str) == sorted(plainly(first), key=str)


def test_a_library_may_hold_no_papers() -> None:
    shelf = Shelf()
    assert shelf.add(text_of(header(papers=0, heading="0 Papers"))) == []
    assert link({}, []) == ([], [])


def test_a_paper_without_text_has_no_wording_to_read() -> None:
    (found,) = Shelf().add(text_of(profile("KTNov 4, 2030\nSimmer\n\nAda Brew")))
    assert (found.document, found.record) == (None, None)
    assert found.paper.title == "Simmer"


def test_the_wording_that_is_read_first_comes_with_its_document() -> None:
    cut = text_of(profile(entry(abstract=KETTLES[:150])), "cut.txt")
    whole = text_of(listing(listed()), "whole.txt")
    (found,) = Shelf().add(cut, whole)
    assert found.document is not None
    assert found.record is not None
    assert (found.document.id, found.record.abstract) == ("whole.txt", KETTLES)
    assert [wording.document for wording in found.details.wordings] == ["whole.txt", "cut.txt"]


# --- Ids over time -------------------------------------------------------------------------


def test_an_id_stays_when_arxiv_id_and_title_arrive_later() -> None:
    shelf = Shelf()
    (first,) = shelf.add(text_of(f"2030-11-04\n\nAbstract\n\n{KETTLES}", "note.md"))
    assert first.paper.label == "Simmer (untitled)"
    (second,) = shelf.add(text_of(listing(listed()), "list.txt"))
    (third,) = shelf.add(text_of(profile(entry()), "page.txt"))
    assert first.paper.id == second.paper.id == third.paper.id
    assert third.paper.id.startswith("simmer-untitled-")
    assert (third.paper.arxiv_id, third.paper.title) == (
        "3011.00417",
        "Simmer: Kettles That Listen",
    )


def bridge(*abstracts: str) -> list[Text]:
    """Return two documents of one paper that nothing joins, and a third that does."""
    first, second = abstracts
    return [
        text_of(listing(listed(first, "3011.00417")), "first.txt"),
        text_of(profile(entry(title="Simmer", abstract=second)), "second.txt"),
        text_of(listing(listed(second, "3011.00417v2")), "third.txt"),
    ]


def test_a_record_that_bridges_two_papers_makes_one_an_alias() -> None:
    first, second, third = bridge(KETTLES, LOOMS)
    for one, other in permutations([first, second]):
        shelf = Shelf()
        (earlier,) = shelf.add(one)
        assert len(shelf.add(other)) == 2
        later_id = next(p.id for p in shelf.papers if p.id != earlier.paper.id)
        (only,) = shelf.add(third)
        assert only.paper.id == earlier.paper.id
        assert shelf.aliases() == {later_id: earlier.paper.id}
        assert [paper.id for paper in shelf.papers] == [earlier.paper.id, later_id]
        again = shelf.add(first)
        assert plainly(again) == plainly([only])


def test_an_alias_of_an_alias_leads_to_the_paper() -> None:
    shelf = Shelf()
    (oldest,) = shelf.add(text_of(listing(listed(LANTERNS, "3011.00417")), "oldest.txt"))
    _, second, third = bridge(KETTLES, LOOMS)
    shelf.add(second)
    middle = [paper.id for paper in shelf.papers][-1]
    # As an earlier run may have stored it.
    shelf._aliases["forgotten-00000000"] = middle
    shelf.add(third)
    assert shelf.aliases() == {"forgotten-00000000": oldest.paper.id, middle: oldest.paper.id}


def test_of_a_paper_that_falls_apart_the_greater_part_keeps_the_id() -> None:
    shelf = Shelf()
    same = [listed(KETTLES, "3011.00417"), listed(KETTLES, "3011.00417v2")]
    shelf.add(text_of(listing(listed(LANTERNS, "3011.00001"), *same, listed(LOOMS, "3011.00009"))))
    refs_of = [RecordRef(document="notes.txt", index=n) for n in range(3)]
    entries, rows = link(shelf.volumes, [StoredPaper("kept", None, tuple(refs_of))])
    assert [e.paper.records for e in entries if e.paper.id == "kept"] == [refs_of[1:]]
    assert {ref for row in rows for ref in row.records} > set(refs_of)


def same_words_under_two_ids() -> list[Text]:
    return by_hash(
        text_of(listing(listed(KETTLES, "3011.00001")), "one.txt"),
        text_of(listing(listed(KETTLES, "3011.00002")), "two.txt"),
    )


def test_equal_words_under_two_arxiv_ids_are_two_papers_with_two_ids() -> None:
    first, second = ids(Shelf().add(*same_words_under_two_ids()))
    assert second == f"{first}-2"
    three = listing(*(listed(KETTLES, f"3011.0000{n}") for n in range(3)))
    assert ids(Shelf().add(text_of(three))) == [first, f"{first}-2", f"{first}-3"]


def test_an_id_stays_when_an_equal_one_would_arrive() -> None:
    for one, other in permutations(same_words_under_two_ids()):
        shelf = Shelf()
        (first,) = shelf.add(one)
        entries = shelf.add(other)
        found = {e.paper.records[0].document: e.paper.id for e in entries}
        assert found == {one.name: first.paper.id, other.name: f"{first.paper.id}-2"}
        assert ids(shelf.add(one)) == sorted(found.values())


def test_an_id_that_is_an_alias_is_not_given_again() -> None:
    shelf = Shelf()
    first, second, third = bridge(LOOMS, KETTLES)
    for text in (first, second, third):
        shelf.add(text)
    (alias,) = shelf.aliases()
    entries = shelf.add(text_of(profile(entry("KTMay 9, 2020", "Simmer")), "later.txt"))
    assert f"{alias}-2" in ids(entries)


# --- Superseding ---------------------------------------------------------------------------


def test_a_document_whose_path_holds_another_text_no_longer_counts() -> None:
    shelf = Shelf()
    old = text_of(
        profile(entry(title="Simmer: A Longer Title Than Later"), entry("KTMay 3", "Gone"))
    )
    new = text_of(profile(entry(title="Simmer: Kettles"), top=header(papers=9, heading=None)))
    before = {e.paper.title: e.paper.id for e in shelf.add(old)}
    after = {e.paper.title: e.paper for e in shelf.add(new)}
    assert set(after) == {"Simmer: Kettles", "Gone"}
    assert after["Simmer: Kettles"].id == before["Simmer: A Longer Title Than Later"]
    # Only the older text holds it, so its record still counts.
    assert after["Gone"].records == [RecordRef(document="notes.txt", index=1)]
    (current,) = coverage(shelf.volumes)
    assert current.document == f"notes.txt~{new.sha256[:6]}"
    assert (current.declared, current.present) == (9, 1)


def test_an_older_text_counts_again_when_its_path_holds_it_again() -> None:
    shelf = Shelf()
    old, new = text_of(profile(entry(title="Simmer"))), text_of(profile(entry(title="Simmer!")))
    assert [e.paper.title for e in shelf.add(old)] == ["Simmer"]
    assert [e.paper.title for e in shelf.add(new)] == ["Simmer!"]
    assert [e.paper.title for e in shelf.add(old)] == ["Simmer"]
    assert [c.document for c in coverage(shelf.volumes)] == ["notes.txt"]


def test_a_text_that_another_path_still_holds_counts() -> None:
    shelf = Shelf()
    old, new = text_of(profile(entry(title="Simmer"))), text_of(profile(entry(title="Simmer!")))
    shelf.add(old, old._replace(path="/elsewhere/notes.txt"))
    (found,) = shelf.add(new)
    assert len(found.paper.records) == 2
    assert len(coverage(shelf.volumes)) == 2


def test_coverage_is_what_is_declared_and_what_is_there() -> None:
    shelf = Shelf()
    shelf.add(PAGE, LIST, text_of(profile(entry(), top=header(papers=79, heading=None)), "big.txt"))
    assert [(c.document, c.declared, c.present) for c in coverage(shelf.volumes)] == [
        ("big.txt", 79, 1),
        ("list.txt", None, 2),
        ("page.txt", 2, 2),
    ]


def test_additions_are_seen_beside_what_is_stored() -> None:
    shelf = Shelf()
    shelf.add(PAGE, NOTE)
    stored = shelf.volumes | {"page.txt": shelf.volumes["page.txt"]._replace(current=False)}
    seen = with_additions(stored, add_texts([PAGE, LIST], hashes(stored), AS_OF))
    assert {id_: volume.current for id_, volume in seen.items()} == {
        "page.txt": True,
        "note.md": True,
        "list.txt": True,
    }
    assert with_additions(stored, add_texts([], hashes(stored), AS_OF)) == stored
