"""Pages in short: read back only where a file has changed, and never trusted beyond that."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows import cards
from flows.cards import Cards
from flows.shelves import Shelves
from pipeline.library import Volume
from pipeline.records import Document, Reading
from pipeline.report.cards import card_of, line_card_of
from pipeline.report.digest_card import card_of as digest_card_of
from pipeline.report.files import Outputs
from pipeline.sheets import PaperSheet
from pipeline.store import Store
from tests.digest_sheets import empty, week
from tests.lineage_sheets import forty, six
from tests.page_sheets import claim, paper, sheet, summary


@pytest.fixture
def outputs(tmp_path: Path) -> Outputs:
    return Outputs(tmp_path / "outputs")


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Note which files are read back from here on."""
    found: list[str] = []
    before = Outputs.read

    def noted(self: Outputs, relative: str) -> str | None:
        found.append(relative)
        return before(self, relative)

    monkeypatch.setattr(Outputs, "read", noted)
    return found


def of(id_: str, text: str = "Kettles can be quiet.") -> PaperSheet:
    return sheet(summary(claim(text))).model_copy(update={"paper": paper(id=id_)})


def put(outputs: Outputs, *sheets: PaperSheet) -> None:
    for one in sheets:
        outputs.write(f"papers/{one.paper.id}.json", one.model_dump_json())


def test_a_sheet_is_read_back_once(store: Store, outputs: Outputs, read: list[str]) -> None:
    put(outputs, of("a"), of("b"))
    first = Cards(store, outputs).papers(["a", "b", "gone"], {"b": of("b")})
    assert first == [card_of(of("a")), card_of(of("b"))]
    assert read == ["papers/a.json"]
    assert Cards(store, outputs).papers(["a", "b", "gone"], {}) == first
    assert read == ["papers/a.json"]


def test_a_sheet_that_changed_is_read_again(
    store: Store, outputs: Outputs, read: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    put(outputs, of("a"), of("b"))
    Cards(store, outputs).papers(["a", "b"], {})
    read.clear()
    put(outputs, of("b", "Kettles may be louder."))
    assert Cards(store, outputs).papers(["b"], {})[0].short == "Kettles may be louder."
    (outputs.root / "papers/b.json").write_text("{", encoding="utf-8")
    assert Cards(store, outputs).papers(["b"], {}) == []
    assert read == ["papers/b.json"] * 2
    monkeypatch.setattr(cards, "edition", lambda: "another")
    assert len(Cards(store, outputs).papers(["a"], {})) == 1
    assert read[-1] == "papers/a.json"


def test_every_folder_has_cards_of_its_own(store: Store, outputs: Outputs, tmp_path: Path) -> None:
    other = Outputs(tmp_path / "other")
    put(outputs, of("a"))
    put(other, of("a", "Another kettle."))
    assert Cards(store, outputs).papers(["a"], {})[0].short == "Kettles can be quiet."
    assert Cards(store, other).papers(["a"], {})[0].short == "Another kettle."
    (other.root / "papers/a.json").unlink()
    assert Cards(store, other).papers(["a"], {}) == []


def test_lines_and_digests_that_lie_there(store: Store, outputs: Outputs, read: list[str]) -> None:
    lines = {"kettle": six(), "forty": forty().model_copy(update={"slug": "forty"})}
    for slug, line in lines.items():
        outputs.write(f"lineages/{slug}/lineage.json", line.model_dump_json())
    outputs.write(f"digests/{week().name}/digest.json", week().model_dump_json())
    outputs.write("digests/notes/digest.json", "{}")
    told = Cards(store, outputs)
    assert told.lines({"kettle": six()}) == [line_card_of(lines[slug]) for slug in sorted(lines)]
    assert told.digests([]) == [digest_card_of(week())]
    outputs.write(f"digests/{week().name}/digest.json", empty().model_dump_json())
    assert told.digests([empty()]) == [digest_card_of(empty())]
    assert read.count("lineages/forty/lineage.json") == 1
    read.clear()
    assert len(Cards(store, outputs).lines({})) == 2
    assert Cards(store, outputs).digests([]) == [digest_card_of(empty())]
    assert read == ["digests/notes/digest.json"]


def test_a_source_is_opened_only_where_it_does_not_lie_as_written(
    store: Store, outputs: Outputs
) -> None:
    opened: list[str] = []

    class Volumes(dict[str, Volume]):
        def __missing__(self, id_: str) -> Volume:
            opened.append(id_)
            document = Document(id=id_, sha256="0" * 64, text=f"text of {id_}")
            return Volume(document, Reading(format="listing"), "2031-07-01", True)

    shelves = Shelves(Volumes(), {}, [], [], [], [])
    for _ in range(2):
        Cards(store, outputs).write_sources(shelves, ["a", "b"])
    assert opened == ["a", "b"]
    (outputs.root / "sources/a.txt").write_text("spoilt", encoding="utf-8")
    Cards(store, outputs).write_sources(shelves, ["a", "b"])
    assert opened == ["a", "b", "a"]
    assert (outputs.root / "sources/a.txt").read_text(encoding="utf-8") == "text of a"
