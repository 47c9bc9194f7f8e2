from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.digest_sheet import DigestSheet
from pipeline.report.check import check_outputs
from pipeline.report.data_files import trends_csv
from pipeline.report.digest_markdown import digest_markdown
from pipeline.report.html import digest_html, source_html
from pipeline.sheets import claim_id
from tests.digest_sheets import KETTLE, OLD, URN, WEEK, big, derived, digest, empty, week
from tests.page_sheets import DOCUMENT, paper, sheet
from tests.test_graph_check import found

PAGE = f"digests/{WEEK}/digest.json"

Change = Callable[[dict[str, Any]], object]


def write(root: Path, made: DigestSheet) -> Path:
    """Write a digest with its pages and a source in which its evidence stands."""
    data = json.loads(made.model_dump_json())
    text = "\n".join(dict.fromkeys(place["quote"] for place in found(data)))
    for place in found(data):
        place["start"] = text.index(place["quote"])
        place["end"] = place["start"] + len(place["quote"])
    (root / "sources").mkdir(exist_ok=True)
    (root / "sources" / f"{DOCUMENT}.txt").write_text(text, encoding="utf-8")
    (root / PAGE).parent.mkdir(parents=True, exist_ok=True)
    (root / PAGE).write_text(json.dumps(data), encoding="utf-8")
    page = DigestSheet.model_validate(data)
    (root / PAGE).with_suffix(".md").write_bytes(digest_markdown(page).encode())
    (root / PAGE).with_suffix(".html").write_bytes(digest_html(page).encode())
    spans = [(place["start"], place["end"]) for place in found(data)]
    source = source_html(DOCUMENT, text, spans)
    (root / "sources" / f"{DOCUMENT}.html").write_bytes(source.encode())
    (root / PAGE).with_name("trends.csv").write_bytes(trends_csv(page).encode())
    return root


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return outputs of one digest in which all holds."""
    return write(tmp_path, week())


def faults(root: Path) -> list[str]:
    own = check_outputs(root)
    assert all(fault.startswith(f"{PAGE}: ") for fault in own)
    return [fault.removeprefix(f"{PAGE}: ") for fault in own]


def change(root: Path, edit: Change) -> list[str]:
    """Change the digest as somebody might by hand; return its faults."""
    data = json.loads((root / PAGE).read_text(encoding="utf-8"))
    edit(data)
    (root / PAGE).write_text(json.dumps(data), encoding="utf-8")
    return faults(root)


@pytest.mark.parametrize("made", [week(), big(), empty(), digest()])
def test_digests_hold(tmp_path: Path, made: DigestSheet) -> None:
    assert check_outputs(write(tmp_path, made)) == []


# --- Claims and pages ------------------------------------------------------------------------


def test_evidence_is_searched_at_its_place(root: Path) -> None:
    (root / "sources" / f"{DOCUMENT}.txt").write_text("Nothing of the kind. " * 100)
    assert any("differs from sources/kettles.txt.txt" in fault for fault in faults(root))


def test_a_claim_that_was_changed_is_found(root: Path) -> None:
    def edit(data: dict[str, Any]) -> None:
        data["short"][0]["text"] = "2 old papers."

    (fault,) = change(root, edit)
    assert "was changed: its text and quotes give" in fault


def test_a_figure_that_no_data_holds_is_found(root: Path) -> None:
    def edit(data: dict[str, Any]) -> None:
        text = data["short"][0]["text"] = "3 new papers."
        data["short"][0]["id"] = claim_id("litline/digest", WEEK, "short", text, [])

    (fault,) = change(root, edit)
    assert fault.endswith("the text prints 3, which its data does not hold")


def test_counts_of_the_stamp_are_recounted(root: Path) -> None:
    assert change(root, lambda data: data["trust"].pop()) == [
        "the counts of the stamp differ from the claims"
    ]


@pytest.mark.parametrize("name", ["digest.md", "digest.html", "trends.csv"])
def test_pages_are_compared_with_the_sheet(root: Path, name: str) -> None:
    page = (root / PAGE).with_name(name)
    page.write_text(page.read_text(encoding="utf-8") + "More.", encoding="utf-8")
    assert faults(root) == [f"{name} says something else; litline run writes it anew"]
    page.unlink()
    assert faults(root) == [f"{name} is missing"]


def test_a_rewording_is_checked_with_the_facts_of_its_paper(tmp_path: Path) -> None:
    quote = "It boils drops and floods from end to end in one go."
    named = derived("new", "Hush-9 boils drops and floods end to end.", quote)
    made = big().model_copy(update={"opened": [], "read_first": []})
    one = big().opened[0].model_copy(update={"new": named})
    made = digest(
        new_papers=made.new_papers,
        themes=made.themes,
        listed=made.listed,
        read_first=big().read_first[:1],
        opened=[one],
    )
    write(tmp_path, made)
    assert any("names: " in fault for fault in faults(tmp_path))
    known = sheet().model_copy(update={"paper": paper(id=one.paper, names=["Hush-9"])})
    (tmp_path / "papers").mkdir()
    (tmp_path / "papers" / f"{one.paper}.json").write_text(known.model_dump_json())
    assert not [fault for fault in check_outputs(tmp_path) if fault.startswith(PAGE)]


# --- Lists and days --------------------------------------------------------------------------


def date_of(data: dict[str, Any], paper_id: str, date: str | None) -> None:
    (one,) = [one for one in data["listed"] if one["paper"] == paper_id]
    one["date"] = date


LISTS: list[tuple[Change, str]] = [
    (lambda d: d.update(week="2031-W23"), "holds the digest 2031-W23"),
    (lambda d: d.update(since="2031-05-27"), "2031-05-27 to 2031-06-01 is not the week 2031-W22"),
    (lambda d: d.update(until="2031-06-08"), "2031-05-26 to 2031-06-08 is not the week 2031-W22"),
    (lambda d: d.update(until="2030-06-01"), "ends on 2030-06-01, before it begins"),
    (lambda d: d["backlog"].append(OLD[0]), f"backlog: {OLD[0]} stands twice"),
    (lambda d: d["backlog"].append(URN), f"{URN} is both new and backlog"),
    (lambda d: d["listed"].append(d["listed"][0]), f"listed: {KETTLE} stands twice"),
    (lambda d: d["themes"].clear(), "the themes do not hold each new paper once"),
    (
        lambda d: d["themes"][0]["papers"].append(URN),
        "the themes do not hold each new paper once",
    ),
    (lambda d: date_of(d, URN, "2031-06-02"), f"{URN} is new, but not dated in the window"),
    (lambda d: date_of(d, URN, None), f"{URN} is new, but not dated in the window"),
    (
        lambda d: date_of(d, OLD[0], "2031-05-26"),
        f"{OLD[0]} is backlog, but not dated before the window",
    ),
    (lambda d: d["read_first"].reverse(), "the opened papers are not those to be read first"),
    (lambda d: d["updated"][0].update(paper="gone"), "there is no paper gone"),
    (lambda d: d["updated"][0].update(paper="../x"), "there is no paper ../x"),
]


@pytest.mark.parametrize(("edit", "fault"), LISTS)
def test_lists_and_days_are_held_against_each_other(root: Path, edit: Change, fault: str) -> None:
    assert fault in change(root, edit)


def test_an_opened_paper_is_new_and_one_of_five(tmp_path: Path) -> None:
    made = big()
    six = [made.read_first[0].model_copy(update={"paper": id_}) for id_ in made.new_papers[:6]]
    opened = [made.opened[0].model_copy(update={"paper": one.paper}) for one in six]
    given = digest(
        new_papers=made.new_papers[1:],
        themes=[made.themes[0].model_copy(update={"papers": made.new_papers[1:]})],
        listed=made.listed,
        read_first=six,
        opened=opened,
    )
    assert faults(write(tmp_path, given)) == [
        "6 papers are to be read first, more than 5",
        f"{made.new_papers[0]} is opened, but not new",
    ]


def test_a_paper_that_is_not_listed_may_have_a_page(root: Path) -> None:
    def edit(data: dict[str, Any]) -> None:
        data["updated"][0]["paper"] = "gone"

    assert "there is no paper gone" in change(root, edit)
    (root / "papers").mkdir()
    (root / "papers" / "gone.json").write_text("{}")
    assert "there is no paper gone" not in [
        fault.removeprefix(f"{PAGE}: ") for fault in check_outputs(root)
    ]


def test_a_window_of_days_has_any_length(tmp_path: Path) -> None:
    made = digest(week=None)
    write(tmp_path, made)
    folder = tmp_path / "digests" / made.name
    (tmp_path / PAGE).parent.rename(folder)
    assert check_outputs(tmp_path) == []


# --- Trends ----------------------------------------------------------------------------------


def rows(edit: Callable[[dict[str, Any]], object], number: int = 3) -> Change:
    return lambda data: edit(data["trends"][number])


EMERGING, POSSIBLE, STEADY, FEW = 0, 2, 3, 6
TRENDS: list[tuple[Change, str]] = [
    (rows(lambda r: r.update(p=None)), "the term teapots: p and q are those of a tested term"),
    (rows(lambda r: r.update(p=0.1, q=0.2), FEW), "the term limescale: p and q are those of a"),
    (rows(lambda r: r.update(p=0.3)), "the term teapots: p = 0.3 and q = 0.21 are not in order"),
    (rows(lambda r: r.update(q=1.2)), "the term teapots: p = 0.14 and q = 1.2 are not in order"),
    (rows(lambda r: r.update(q=0.9)), "the term native kettles: its q is smaller than that of a"),
    (rows(lambda r: r.update(reason=""), POSSIBLE), "the term agents: nothing says why it is no"),
    (
        rows(lambda r: r.update(verdict="declining"), EMERGING),
        "the term self-cleaning: it is not declining by its counts",
    ),
    (
        rows(lambda r: r.update(verdict="emerging"), POSSIBLE),
        "the term agents: it is emerging, but not significant after correction",
    ),
    (
        rows(lambda r: r.update(verdict="emerging", p=0, q=0), 4),
        "the term native kettles: it is emerging with fewer than 5 papers",
    ),
    (
        rows(lambda r: r.update(window_interval=[0.5, 0.6])),
        "the term teapots: 1 of 26 lies outside its interval",
    ),
    (
        rows(lambda r: r["window"].update(papers=27)),
        "the term teapots: 27 of 26 lies outside its interval",
    ),
    (
        rows(lambda r: r["in_window"].clear(), EMERGING),
        "the term self-cleaning: 0 papers are named in the window, 10 counted",
    ),
    (
        rows(lambda r: r["in_baseline"].append("before-0"), EMERGING),
        "the term self-cleaning: 2 papers are named before, 2 counted",
    ),
    (
        rows(lambda r: r["window"].update(of=27)),
        "terms are shares of different numbers of papers in the window",
    ),
    (rows(lambda r: r.update(term="agents")), "the term agents stands twice"),
    (
        lambda d: date_of(d, "in-0", "2030-06-01"),
        "the term self-cleaning: in-0 is counted in the window, but not dated in it",
    ),
    (
        lambda d: date_of(d, "before-0", "2030-06-02"),
        "the term self-cleaning: before-0 is counted before the window, but not dated before it",
    ),
]


@pytest.mark.parametrize(("edit", "fault"), TRENDS)
def test_rows_of_trends_are_held_against_their_papers(root: Path, edit: Change, fault: str) -> None:
    assert any(one.startswith(fault) for one in change(root, edit))


def test_a_steady_term_need_not_name_its_papers(root: Path) -> None:
    def edit(data: dict[str, Any]) -> None:
        data["trends"][STEADY].update(in_window=[], in_baseline=[])

    assert [fault for fault in change(root, edit) if "named" in fault] == []


@pytest.mark.parametrize(
    ("edit", "fault"),
    [
        (rows(lambda r: r.update(term="kettles"), 0), "the term that it tells was not counted"),
        (rows(lambda r: r["baseline"].update(of=43), 0), "its term has 2 of 43, which it does not"),
        (rows(lambda r: r["window"].update(papers=9), 0), "its term has 9 of 26, which it does"),
        (rows(lambda r: r.update(verdict="steady"), 0), "its term has steady, which it does not"),
    ],
)
def test_what_is_told_of_a_term_is_held_against_its_row(
    root: Path, edit: Change, fault: str
) -> None:
    assert any(fault in one for one in change(root, edit))


def test_at_most_five_terms_are_printed(root: Path) -> None:
    assert "more than 5 terms are printed" in change(
        root, lambda data: data["told"].extend(data["told"][:3])
    )
