from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.briefing_sheet import BriefingSheet
from pipeline.records import Wording
from pipeline.report.briefing_markdown import briefing_markdown
from pipeline.report.check import check_outputs
from pipeline.report.data_files import themes_csv
from pipeline.report.html import briefing_html, source_html
from pipeline.sheets import claim_id
from tests.briefing_sheets import (
    DRIP,
    KETTLE,
    SLUG,
    STEAM,
    WHISTLE,
    author,
    briefing,
    derived,
    full,
    short_author,
)
from tests.page_sheets import DOCUMENT, details, paper, sheet
from tests.test_graph_check import found

PAGE = f"briefings/{SLUG}/briefing.json"

Change = Callable[[dict[str, Any]], object]


def write(root: Path, made: BriefingSheet) -> Path:
    """Write a briefing with its pages and a source in which its evidence stands."""
    data = json.loads(made.model_dump_json())
    text = "\n".join(dict.fromkeys(place["quote"] for place in found(data)))
    for place in found(data):
        place["start"] = text.index(place["quote"])
        place["end"] = place["start"] + len(place["quote"])
    (root / "sources").mkdir(exist_ok=True)
    (root / "sources" / f"{DOCUMENT}.txt").write_text(text, encoding="utf-8")
    (root / PAGE).parent.mkdir(parents=True, exist_ok=True)
    (root / PAGE).write_text(json.dumps(data), encoding="utf-8")
    page = BriefingSheet.model_validate(data)
    (root / PAGE).with_suffix(".md").write_bytes(briefing_markdown(page).encode())
    (root / PAGE).with_suffix(".html").write_bytes(briefing_html(page).encode())
    spans = [(place["start"], place["end"]) for place in found(data)]
    source = source_html(DOCUMENT, text, spans)
    (root / "sources" / f"{DOCUMENT}.html").write_bytes(source.encode())
    (root / PAGE).with_name("themes.csv").write_bytes(themes_csv(page).encode())
    return root


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return outputs of one briefing in which all holds."""
    return write(tmp_path, author())


def faults(root: Path) -> list[str]:
    own = check_outputs(root)
    assert all(fault.startswith(f"{PAGE}: ") for fault in own)
    return [fault.removeprefix(f"{PAGE}: ") for fault in own]


def change(root: Path, edit: Change) -> list[str]:
    """Change the briefing as somebody might by hand; return its faults."""
    data = json.loads((root / PAGE).read_text(encoding="utf-8"))
    edit(data)
    (root / PAGE).write_text(json.dumps(data), encoding="utf-8")
    return faults(root)


@pytest.mark.parametrize("made", [author(), short_author(), briefing()])
def test_briefings_hold(tmp_path: Path, made: BriefingSheet) -> None:
    assert check_outputs(write(tmp_path, made)) == []


# --- Claims and pages ------------------------------------------------------------------------


def test_evidence_is_searched_at_its_place(root: Path) -> None:
    (root / "sources" / f"{DOCUMENT}.txt").write_text("Nothing of the kind. " * 100)
    assert any("differs from sources/kettles.txt.txt" in fault for fault in faults(root))


def test_a_claim_that_was_changed_is_found(root: Path) -> None:
    def edit(data: dict[str, Any]) -> None:
        data["short"][1]["text"] = "Since 2029 nine papers mention whistles."

    (fault,) = change(root, edit)
    assert "was changed: its text and quotes give" in fault


def test_a_figure_that_no_data_holds_is_found(root: Path) -> None:
    def edit(data: dict[str, Any]) -> None:
        text = data["short"][1]["text"] = "Since 2028 two papers mention whistles."
        data["short"][1]["id"] = claim_id("litline/briefing", SLUG, "short", text, [])

    (fault,) = change(root, edit)
    assert fault.endswith("the text prints 2028, which its data does not hold")


def test_counts_of_the_stamp_are_recounted(root: Path) -> None:
    assert change(root, lambda data: data["unknown"].pop()) == [
        "the counts of the stamp differ from the claims"
    ]


@pytest.mark.parametrize("name", ["briefing.md", "briefing.html", "themes.csv"])
def test_pages_are_compared_with_the_sheet(root: Path, name: str) -> None:
    page = (root / PAGE).with_name(name)
    page.write_text(page.read_text(encoding="utf-8") + "More.", encoding="utf-8")
    assert faults(root) == [f"{name} says something else; litline run writes it anew"]
    page.unlink()
    assert faults(root) == [f"{name} is missing"]


def test_a_rewording_is_checked_with_the_facts_of_its_papers(tmp_path: Path) -> None:
    quote = "It boils drops and floods from end to end in one go."
    named = derived("short", "Hush-9 boils drops and floods end to end.", quote)
    write(tmp_path, author(short=[named]))
    assert any("names: " in fault for fault in faults(tmp_path))
    known = sheet(about=details(wordings=[]))
    known = known.model_copy(update={"paper": paper(id=KETTLE, names=["Hush-9"])})
    (tmp_path / "papers").mkdir()
    (tmp_path / "papers" / f"{KETTLE}.json").write_text(known.model_dump_json())
    assert not [fault for fault in check_outputs(tmp_path) if fault.startswith(PAGE)]


# --- Papers and places -----------------------------------------------------------------------


def of(data: dict[str, Any], field: str, paper_id: str) -> dict[str, Any]:
    """Return what a list of the sheet says of a paper."""
    found: list[dict[str, Any]] = [one for one in data[field] if one["paper"] == paper_id]
    return found[0]


def authorship(paper_id: str, **changes: Any) -> Change:
    return lambda data: of(data, "papers", paper_id).update(changes)


PLACES: list[tuple[Change, str]] = [
    (lambda d: d.update(slug="bo"), "holds the briefing bo"),
    (lambda d: d["papers"].append(d["papers"][0]), f"papers: {KETTLE} stands twice"),
    (lambda d: d["listed"].append(d["listed"][0]), f"listed: {KETTLE} stands twice"),
    (lambda d: of(d, "listed", DRIP).update(paper="cup"), f"{DRIP} is not listed"),
    (lambda d: of(d, "listed", DRIP).update(paper="cup"), "cup is listed, but not the author's"),
    (
        lambda d: d["named"].update(of=51),
        "the name is said to stand on 2 of 51 papers, it has a place on 2 of 50",
    ),
    (
        lambda d: d["named"].update(printed=3),
        "the name is said to stand on 3 of 50 papers, it has a place on 2 of 50",
    ),
    (
        authorship(DRIP, position=None),
        "the name is said to stand on 2 of 50 papers, it has a place on 1 of 50",
    ),
    (authorship(WHISTLE, position=4), f"{WHISTLE}: the place 4 lies outside a list of 3"),
    (authorship(WHISTLE, position=0), f"{WHISTLE}: the place 0 lies outside a list of 3"),
    (
        authorship(WHISTLE, of=None),
        f"{WHISTLE}: it has a place for the author, but no list of authors",
    ),
    (authorship(WHISTLE, position=1), f"{WHISTLE}: place 1 of its list is not the author's"),
    (
        lambda d: d["read"].append({**d["read"][0], "paper": STEAM}),
        "6 papers are to be read, more than 5",
    ),
    (lambda d: d["read"][0].update(paper=STEAM), f"to read: {STEAM} stands twice"),
    (lambda d: d["read"][0].update(paper="cup"), "cup is to be read, but not the author's"),
    (
        lambda d: d["profile"].update(citations=22_637),
        "the profile's citations is said to be 22637, which its header does not print",
    ),
    (
        lambda d: d["profile"].update(ai_score=7.5),
        "the profile's ai_score is said to be 7.5, which its header does not print",
    ),
]


@pytest.mark.parametrize(("edit", "fault"), PLACES)
def test_faults_of_papers_and_places(root: Path, edit: Change, fault: str) -> None:
    assert fault in change(root, edit)


def test_a_name_is_not_searched_in_a_list_that_is_not_there_whole(root: Path) -> None:
    found = change(root, lambda d: of(d, "listed", WHISTLE).update(authors=["Pen Hao"]))
    assert not [fault for fault in found if "is not the author's" in fault]


def test_what_is_new_needs_a_day(tmp_path: Path) -> None:
    write(tmp_path, author(since="2031-03-01", new=author().short))
    assert "something is new, but no day is named since when" in change(
        tmp_path, lambda d: d.update(since=None)
    )


# --- Years -----------------------------------------------------------------------------------

YEARS: list[tuple[Change, str]] = [
    (lambda d: d["themes"]["years"].reverse(), "the years are not at most 5, oldest first"),
    (lambda d: d["themes"]["years"].insert(0, 2026), "the years are not at most 5, oldest first"),
    (
        lambda d: d["themes"]["totals"].reverse(),
        "the papers of each year differ from those listed",
    ),
    (
        lambda d: of(d, "listed", DRIP).update(date=None),
        "the papers of each year differ from those listed",
    ),
    (
        lambda d: d["themes"]["rows"][1].update(term="whistle control"),
        "the term whistle control stands twice",
    ),
    (
        lambda d: d["themes"]["rows"][0]["counts"].pop(),
        "the term whistle control: its counts differ from its papers",
    ),
    (
        lambda d: d["themes"]["rows"][0]["counts"].reverse(),
        "the term whistle control: its counts differ from its papers",
    ),
    (
        lambda d: d["themes"]["rows"][0]["papers"].append("cup"),
        "the term whistle control: it counts a paper of none of the years",
    ),
]


@pytest.mark.parametrize(("edit", "fault"), YEARS)
def test_faults_of_years(root: Path, edit: Change, fault: str) -> None:
    assert fault in change(root, edit)


# --- Questions -------------------------------------------------------------------------------


def question(number: int, **changes: Any) -> Change:
    return lambda data: data["questions"][number].update(changes)


QUESTIONS: list[tuple[Change, str]] = [
    (question(0, papers=[STEAM]), "it is a pair, but does not quote two papers"),
    (question(1, kind="pair"), "it is a pair, but does not quote two papers"),
    (
        lambda d: d["questions"][0]["claim"]["evidence"].pop(),
        "it is a pair, but does not quote two papers",
    ),
    (lambda d: d["questions"][2]["claim"]["evidence"].clear(), "it quotes no limit"),
    (question(2, papers=["cup"]), "it asks about no paper of the author"),
]


@pytest.mark.parametrize(("edit", "fault"), QUESTIONS)
def test_faults_of_questions(root: Path, edit: Change, fault: str) -> None:
    assert any(one.endswith(f": {fault}") for one in change(root, edit))


def test_there_are_at_most_eight_questions(tmp_path: Path) -> None:
    nine = full().questions
    write(tmp_path, author(questions=[*nine, nine[0]]))
    assert "9 questions, more than 8" in faults(tmp_path)
    write(tmp_path, author(questions=nine))
    assert faults(tmp_path) == []


def test_a_pair_of_quotes_of_one_paper_is_found(root: Path) -> None:
    folder = root / "papers"
    folder.mkdir()
    text = (root / "sources" / f"{DOCUMENT}.txt").read_text(encoding="utf-8")

    def put(id_: str, start: int, end: int) -> None:
        about = details(wordings=[Wording(document=DOCUMENT, start=start, end=end)])
        one = sheet(about=about, id=id_)
        (folder / f"{id_}.json").write_text(one.model_dump_json())

    middle = text.index("Kettle-ov largely narrows")
    put(STEAM, 0, middle)
    put(KETTLE, middle, len(text))
    of_one = "it is a pair, but its quotes are of one paper"
    assert not any(of_one in fault for fault in check_outputs(root))
    put(KETTLE, 0, len(text))
    assert any(of_one in fault for fault in check_outputs(root))
