from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.ask import Asker
from pipeline.providers.fake import FakeProvider
from pipeline.report.cards import card_of
from pipeline.report.check import check_outputs, claim_faults
from pipeline.report.files import Outputs
from pipeline.report.html import paper_html, source_html
from pipeline.report.markdown import paper_markdown
from pipeline.report.marks import marks_of
from pipeline.report.shown import Shown, main_page
from pipeline.schemas import RepairReply
from pipeline.sheets import (
    Claim,
    Datum,
    Evidence,
    Figures,
    Kind,
    RunReport,
    Tokens,
    claim_id,
    count,
    places,
)
from pipeline.steps.summarise import plan_paper
from pipeline.store import Store
from tests.asking import SENTENCES, reply, said, summarised
from tests.entries import entry
from tests.page_sheets import DOCUMENT, evidence

RELEASE = "The code is available at https://example.org/hushkettle."
REPLY = reply(
    said(SENTENCES[0], 1),
    problem=[said("Older kettles wake the whole house.", 2)],
    results=[said("It lowers the noise by 12.5 dB.", 3)],
    limitations=[said("Milk is left for future work.", 4)],
    artefacts=[said("Nothing.", 99), said("Nothing.", 98)],
)
PAPER = "quiet-kettles-0a1b2c3d"
PAGE = f"papers/{PAPER}.json"
SOURCE = f"sources/{DOCUMENT}.txt"
SOURCE_PAGE = f"sources/{DOCUMENT}.html"
SAMPLE = Path(__file__).parent.parent / "outputs" / "sample"
DIFFERS = "says something else; litline run writes it anew"

Change = Callable[[dict[str, Any]], object]


@pytest.fixture
async def root(tmp_path: Path, asker: Callable[..., Asker], store: Store) -> Path:
    """Return outputs of one paper in which all holds."""
    one = entry(*SENTENCES[:4], RELEASE)
    async with asker(FakeProvider([REPLY, RepairReply(statements=[])])) as made:
        (outcome,) = await summarised([plan_paper(one)], made, store)
    assert outcome.sheet is not None
    assert one.document is not None
    outputs = Outputs(tmp_path / "out")
    outputs.prepare()
    outputs.write(PAGE, outcome.sheet.model_dump_json(indent=2))
    outputs.write(SOURCE, one.document.text)
    marks = marks_of(places(outcome.sheet))[DOCUMENT]
    outputs.write(SOURCE_PAGE, source_html(DOCUMENT, one.document.text, marks))
    outputs.write(PAGE.replace(".json", ".md"), paper_markdown(outcome.sheet))
    outputs.write(PAGE.replace(".json", ".html"), paper_html(outcome.sheet))
    outputs.write("run.json", run_report().model_dump_json())
    shown = Shown([card_of(outcome.sheet)], [], [], [])
    outputs.write("index.html", main_page(shown, run_report()))
    return outputs.root


def run_report() -> RunReport:
    return RunReport(
        litline="1",
        engine="fake 1",
        model="fake-model",
        papers=1,
        claims=count([], 0),
        calls=1,
        cached=0,
        failed=[],
        tokens=Tokens(),
        cost_usd=None,
        estimate_usd=None,
        stages=[],
        coverage=[],
        notes=[],
        sources=[],
        removed=[],
    )


def change(root: Path, edit: Change, name: str = PAGE) -> None:
    """Change a page as somebody might by hand."""
    page = json.loads((root / name).read_text(encoding="utf-8"))
    edit(page)
    (root / name).write_text(json.dumps(page), encoding="utf-8")


def tldr(page: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = page["summary"]["tldr"]
    return found


def faults(root: Path) -> list[str]:
    """Return the faults of the one page, without its name."""
    found = check_outputs(root)
    assert all(fault.startswith(f"{PAGE}: ") for fault in found)
    return [fault.removeprefix(f"{PAGE}: ") for fault in found]


# --- Whole outputs -----------------------------------------------------------------------------


def test_what_litline_writes_holds(root: Path) -> None:
    page = json.loads((root / PAGE).read_text(encoding="utf-8"))
    assert page["stamp"]["counts"]["claims"] == 5
    assert page["stamp"]["counts"]["asked_again"] == 2
    assert page["dropped"]
    assert check_outputs(root) == []


def test_an_empty_folder_holds(tmp_path: Path) -> None:
    assert check_outputs(tmp_path) == []


@pytest.mark.parametrize("place", ["sample", "team/may", "papers/old"])
def test_a_run_below_this_one_is_passed_over(root: Path, place: str) -> None:
    below = root / place
    (below / "sources").mkdir(parents=True)
    (below / "run.json").write_text("{}")
    assert check_outputs(root) == []
    assert check_outputs(below) == ["run.json: names no schema that Litline knows"]


def test_a_folder_of_sources_among_the_pages_hides_none_of_them(root: Path) -> None:
    (root / "papers" / "sources").mkdir()
    (root / "papers" / "odd.json").write_text("{}")
    assert check_outputs(root) == ["papers/odd.json: names no schema that Litline knows"]


@pytest.mark.parametrize("name", [".notes.json", ".obsidian/app.json"])
def test_hidden_files_are_those_of_other_programs(root: Path, name: str) -> None:
    (root / name).parent.mkdir(exist_ok=True)
    (root / name).write_text("{}")
    assert check_outputs(root) == []


def test_files_at_any_depth_are_checked_in_order(root: Path) -> None:
    for name in ("digests/2031-W22/digest.json", "a.json", "digests/z.json"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("{}")
    assert [fault.split(":")[0] for fault in check_outputs(root)] == [
        "a.json",
        "digests/2031-W22/digest.json",
        "digests/z.json",
    ]


def test_a_folder_that_leads_elsewhere_is_not_followed(root: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "a.json").write_text("{}")
    (root / "link").symlink_to(tmp_path / "elsewhere")
    (root / "loop").symlink_to(root)
    assert check_outputs(root) == []


# --- Changes to a page -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("edit", "fault"),
    [
        (
            lambda e: e.update(quote=e["quote"].replace("a kettle", "a teapot")),
            "the quote at 15-76",
        ),
        (lambda e: e.update(start=e["start"] + 1), "the quote at 16-76 differs from sources/kettl"),
        (lambda e: e.update(start=e["start"] + 1, end=e["end"] + 1), "the quote at 16-77 differs"),
        (lambda e: e.update(start=e["end"]), "evidence 76-76 lies outside sources/kettles.txt.txt"),
        (lambda e: e.update(end=10**6), "evidence 15-1000000 lies outside sources/kettles.txt.txt"),
        (lambda e: e.update(start=-5), "evidence -5-76 lies outside sources/kettles.txt.txt"),
        (lambda e: e.update(start="15"), "evidence 15-76 lies outside"),
        (lambda e: e.update(end=None), "evidence 15-None lies outside"),
        (lambda e: e.update(quote=None), "the quote at 15-76 differs"),
        (lambda e: e.update(document="pans.txt"), "sources/pans.txt.txt is missing or not UTF-8"),
        (lambda e: e.update(document=None), "sources/None.txt is missing"),
        (lambda e: e.update(document="x" * 300), ".txt is missing"),
        (lambda e: e.update(document="a\0b"), ".txt is missing"),
    ],
)
def test_evidence_that_is_not_at_its_place_is_found(root: Path, edit: Change, fault: str) -> None:
    change(root, lambda page: edit(tldr(page)["evidence"][0]))
    assert fault in faults(root)[0]


def test_a_changed_digit_in_a_quote_is_found(root: Path) -> None:
    def edit(page: dict[str, Any]) -> None:
        quoted = page["summary"]["results"][0]["evidence"][0]
        quoted["quote"] = quoted["quote"].replace("12.5", "12.6")

    change(root, edit)
    found = faults(root)
    assert "differs from sources/kettles.txt.txt: 'On KettleBench, Hushkettle" in found[0]
    assert any("was changed: its text and quotes give" in fault for fault in found)
    assert any(": numbers: 12.5 dB " in fault for fault in found)


def test_evidence_is_found_wherever_it_hides(root: Path) -> None:
    hidden = {"document": "pans.txt", "start": 0, "end": 1, "quote": "x", "more": [{"deep": 1}]}
    change(root, lambda page: page.update(notes=[[{"deeper": hidden}]]))
    assert faults(root) == [
        "sources/pans.txt.txt is missing or not UTF-8",
        "does not fit litline/paper: notes: Extra inputs are not permitted",
    ]


@pytest.mark.parametrize("change_source", ["rewrite", "remove", "break", "folder"])
def test_a_source_that_changed_or_is_gone_is_found(root: Path, change_source: str) -> None:
    path = root / SOURCE
    text = path.read_bytes()
    if change_source == "rewrite":
        path.write_bytes(text.replace(b"whistle", b"whisper"))
        reason = "differs from"
    elif change_source == "break":
        path.write_bytes(b"\xff" + text)
        reason = "is missing or not UTF-8"
    else:
        path.unlink()
        reason = "is missing or not UTF-8"
    if change_source == "folder":
        path.mkdir()
    assert reason in faults(root)[0]


@pytest.mark.parametrize("change_ends", [b"\r\n", b"\n\n"])
def test_other_line_ends_in_a_source_are_found(root: Path, change_ends: bytes) -> None:
    path = root / SOURCE
    path.write_bytes(path.read_bytes().replace(b"\n", change_ends))
    assert "differs from" in faults(root)[0]


@pytest.mark.parametrize("document", ["../secret", "../sources/../secret", "{}/secret", "x/../y"])
def test_a_source_outside_its_folder_is_not_read(root: Path, document: str) -> None:
    secret = root / "secret.txt"
    secret.write_text("kettle")
    named = document.format(root)
    quoted = {"document": named, "start": 0, "end": 6, "quote": "kettle"}
    change(root, lambda page: tldr(page).update(evidence=[quoted]))
    assert faults(root)[0] == f"sources/{named}.txt is missing or not UTF-8"


def test_a_changed_number_in_a_claim_is_found(root: Path) -> None:
    def edit(page: dict[str, Any]) -> None:
        claim = page["summary"]["results"][0]
        claim["text"] = claim["text"].replace("12", "13")

    change(root, edit)
    changed, ungrounded = faults(root)
    assert ": numbers: 13.5 dB " in ungrounded
    assert changed.endswith(
        claim_id(
            "litline/paper", PAPER, "results", "It lowers the noise by 13.5 dB.", [SENTENCES[2]]
        )
    )


@pytest.mark.parametrize(
    ("overruled", "left"),
    [(None, ["numbers"]), (["names"], ["numbers"]), (["numbers"], [])],
)
def test_of_a_reviewers_words_only_what_they_overruled_is_passed(
    root: Path, overruled: list[str] | None, left: list[str]
) -> None:
    text = "It lowers the noise by 13.5 dB."

    def edit(page: dict[str, Any]) -> None:
        claim = page["summary"]["results"][0]
        id_ = claim_id("litline/paper", PAPER, "results", text, [SENTENCES[2]])
        claim.update(id=id_, text=text, kind="derived", origin="reviewer", reviewed="edited")
        if overruled:
            claim["overruled"] = overruled

    change(root, edit)
    found = [fault.split(": ")[1] for fault in faults(root) if fault.startswith("claim ")]
    assert found == left


@pytest.mark.parametrize(
    ("edit", "fault"),
    [
        (lambda c: c.update(id="0" * 12), "claim 000000000000 was changed"),
        (lambda c: c.update(text="Hushkettle sings."), "was changed: its text and quotes give"),
        (lambda c: c.update(evidence=[]), "it has no evidence"),
        (lambda c: c["evidence"].append(c["evidence"][0]), "was changed"),
        (lambda c: c.update(kind="guessed"), "does not fit litline/paper: summary.tldr.kind: "),
        (lambda c: c.update(note="x"), "does not fit litline/paper: summary.tldr.note: Extra"),
        (lambda c: c.pop("origin"), "does not fit litline/paper: summary.tldr.origin: Field"),
        (lambda c: c.update(kind="computed", evidence=[]), "nothing says what was counted"),
    ],
)
def test_a_claim_that_was_changed_is_found(root: Path, edit: Change, fault: str) -> None:
    change(root, lambda page: edit(tldr(page)))
    assert any(fault in found for found in faults(root))


def test_a_claim_that_moved_to_another_field_is_found(root: Path) -> None:
    def edit(page: dict[str, Any]) -> None:
        page["summary"]["approach"] = page["summary"].pop("problem")
        page["summary"]["problem"] = []

    change(root, edit)
    (fault,) = faults(root)
    assert "was changed" in fault


def test_a_claim_of_another_paper_is_found(root: Path) -> None:
    change(root, lambda page: page["paper"].update(id="teapots-00000000"))
    assert faults(root)[0] == "holds the paper teapots-00000000"
    assert len(faults(root)) == 1 + 5


def test_a_page_under_another_name_is_found(root: Path) -> None:
    (root / PAGE).rename(root / "papers" / "teapots-00000000.json")
    assert check_outputs(root) == [f"papers/teapots-00000000.json: holds the paper {PAPER}"]


@pytest.mark.parametrize(
    "edit",
    [
        lambda page: page["stamp"]["counts"].update(claims=6),
        lambda page: page["stamp"]["counts"].update(dropped=0),
        lambda page: page["stamp"]["counts"]["by_kind"].update(derived=3),
        lambda page: page["stamp"]["counts"]["by_origin"].update(reviewer=1),
        lambda page: page["dropped"].clear(),
        lambda page: page["summary"]["problem"].clear(),
    ],
)
def test_wrong_counts_are_found(root: Path, edit: Change) -> None:
    change(root, edit)
    assert faults(root) == ["the counts of the stamp differ from the claims"]


# --- Files that are none -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (b"", "not readable JSON"),
        (b'{"schema": "litline/pap', "not readable JSON"),
        (b"\xff\xfe", "not readable JSON"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"schema":"litline/paper","x":' + b"[" * 995 + b"]" * 995 + b"}", "nested too deeply"),
        (b"[]", "names no schema that Litline knows"),
        (b'"litline/paper"', "names no schema that Litline knows"),
        (b"{}", "names no schema that Litline knows"),
        (b'{"schema": "litline/teapot"}', "names no schema that Litline knows"),
        (b'{"schema": ["litline/paper"]}', "names no schema that Litline knows"),
        (b'{"schema": "litline/paper"}', "does not fit litline/paper: paper: Field required"),
        (b'{"schema": "litline/run"}', "does not fit litline/run: litline: Field required"),
    ],
)
def test_a_file_that_is_no_sheet_is_found(root: Path, text: bytes, fault: str) -> None:
    (root / "odd.json").write_bytes(text)
    (found,) = check_outputs(root)
    assert found.startswith("odd.json: ")
    assert fault in found


def test_a_run_that_was_changed_is_found(root: Path) -> None:
    change(root, lambda page: page.update(calls="many"), "run.json")
    (fault,) = check_outputs(root)
    assert fault.startswith("run.json: does not fit litline/run: calls: ")


def test_a_later_version_of_a_sheet_is_found(root: Path) -> None:
    change(root, lambda page: page.update(version=2))
    assert faults(root) == ["does not fit litline/paper: version: Input should be 1"]


# --- Claims by themselves ----------------------------------------------------------------------


def claim(
    text: str,
    kind: Kind,
    quotes: list[str] | None = None,
    data: dict[str, Datum] | None = None,
    figures: list[Figures] | None = None,
) -> Claim:
    quoted: list[Evidence] = [evidence(quote) for quote in quotes or []]
    return Claim(
        id="0" * 12,
        text=text,
        kind=kind,
        origin="computed",
        evidence=quoted,
        data=data,
        figures=figures,
    )


@pytest.mark.parametrize(
    ("text", "data", "fault"),
    [
        ("3 of 12 papers boil.", {"boil": 3, "of": 12, "papers": ["a", "b"]}, None),
        ("3 of 12 papers boil.", {"boil": 3, "documents": ["a"]}, "the text prints 12, which"),
        ("1,200 papers.", {"papers": ["a"], "shown": "1,200"}, None),
        ("A rise of 2.5.", {"rise": 2.5, "papers": []}, None),
        ("A rise of 2.5.", {"rise": 25, "papers": []}, "the text prints 2, which"),
        ("In 2031.", {"papers": ["kettle-2031"]}, None),
        ("3 papers.", {"boil": 33, "papers": []}, "the text prints 3, which"),
        ("Many papers.", {"papers": ["a"]}, None),
        ("Many papers.", {"boil": 3}, "nothing says what was counted"),
        ("Many papers.", None, "nothing says what was counted"),
    ],
)
def test_each_run_of_digits_in_a_computed_text_is_in_its_data(
    text: str, data: dict[str, Datum] | None, fault: str | None
) -> None:
    found = list(claim_faults(claim(text, "computed", data=data)))
    assert len(found) == (fault is not None)
    assert fault is None or fault in found[0]


def test_a_computed_claim_with_evidence_need_not_say_what_was_counted() -> None:
    assert list(claim_faults(claim("Kettles boil.", "computed", ["Kettles boil."]))) == []


@pytest.mark.parametrize(
    ("text", "quotes", "holds"),
    [
        ("Kettles boil.", ["Kettles boil."], True),
        ("Kettles boil.", ["Pans fry.", "Kettles boil."], True),
        ("Kettles boil.", ["However, kettles boil."], True),
        ("It gains 5%.", [r"It gains \textbf{5\%}."], True),
        ("Kettles boil.", ["Kettles boil"], False),
        ("kettles boil.", ["However, kettles boil."], False),
        ("Kettles boil.", ["Yesterday, kettles boil."], False),
    ],
)
def test_a_quoted_text_is_its_quote(text: str, quotes: list[str], holds: bool) -> None:
    found = list(claim_faults(claim(text, "quoted", quotes)))
    assert found == ([] if holds else ["it is marked as quoted, but its text is not its quote"])


def test_figures_are_printed_in_the_quotes() -> None:
    def figure(value: float | None, difference: float | None = None) -> Figures:
        return Figures(metric="m", value=value, unit=None, baseline=None, difference=difference)

    figures = [figure(12.5), figure(-12.5), figure(1200), figure(None), figure(3, 4), figure(125)]
    given = claim("x", "derived", ["It falls by 12.5 dB", "in 1,200 of 3 tries."], None, figures)
    assert list(claim_faults(given)) == [
        "the figure 4 is not in its quotes",
        "the figure 125 is not in its quotes",
    ]


@pytest.mark.parametrize(
    ("what", "change_one"),
    [
        ("figures", {"difference": -13.5}),
        ("figures", {"difference_printed": "−13.5 dB"}),
        ("figures", {"metric": "loudness"}),
        ("figures", {"baseline": "Pelagia-Pro"}),
        ("releases", {"released": False}),
        ("releases", {"url": "https://evil.example/x"}),
    ],
)
def test_facts_that_their_quote_does_not_give_are_found(
    root: Path, what: str, change_one: dict[str, Any]
) -> None:
    change(root, lambda page: page[what][0].update(change_one))
    (fault,) = faults(root)
    assert fault.startswith(f"{what}: the quote does not give this: ")


@pytest.mark.parametrize("suffix", [".md", ".html"])
def test_a_page_that_says_something_else_than_its_sheet_is_found(root: Path, suffix: str) -> None:
    page = (root / PAGE).with_suffix(suffix)
    page.write_text(page.read_text(encoding="utf-8").replace("12.5", "13.5"), encoding="utf-8")
    assert faults(root) == [f"{page.name} says something else; litline run writes it anew"]
    page.unlink()
    assert faults(root) == [f"{page.name} is missing"]


# --- Pages of sources --------------------------------------------------------------------------


def test_a_source_page_that_is_not_there_or_marks_something_else_is_found(root: Path) -> None:
    page = root / SOURCE_PAGE
    page.write_text(page.read_text("utf-8").replace("<mark", "<i", 1), encoding="utf-8")
    assert check_outputs(root) == [f"{SOURCE_PAGE} {DIFFERS}"]
    page.unlink()
    assert check_outputs(root) == [f"{SOURCE_PAGE} is missing"]


def test_a_source_page_without_its_text_is_found(root: Path) -> None:
    (root / "sources" / "urns.txt.html").write_text("<p>Urns.", encoding="utf-8")
    expected = "sources/urns.txt.html has no text: sources/urns.txt.txt is missing or not UTF-8"
    assert check_outputs(root) == [expected]
    (root / "sources" / "urns.txt.txt").write_text("Urns.", encoding="utf-8")
    assert check_outputs(root) == [f"sources/urns.txt.html {DIFFERS}"]


# --- What is made from all sheets --------------------------------------------------------------


def test_a_main_page_that_says_something_else_is_found(root: Path) -> None:
    index = root / "index.html"
    index.write_text(index.read_text("utf-8").replace("Quiet", "Loud"), encoding="utf-8")
    assert check_outputs(root) == [f"index.html {DIFFERS}"]
    index.unlink()
    assert check_outputs(root) == ["index.html is missing"]


def test_a_main_page_is_missed_where_only_its_data_are_left(tmp_path: Path) -> None:
    root = tmp_path / "out"
    shutil.copytree(SAMPLE, root)
    (root / "index.html").unlink()
    assert check_outputs(root) == ["index.html is missing"]


def test_a_main_page_says_what_the_run_reports(root: Path) -> None:
    change(root, lambda report: report.update(notes=["Nothing was read."]), "run.json")
    assert check_outputs(root) == [f"index.html {DIFFERS}"]


@pytest.mark.parametrize(
    ("before", "after"),
    [("new paper", "old paper"), ("digest.html", "other.html"), ("</feed>", "<entry/></feed>")],
)
def test_a_feed_that_says_something_else_is_found(tmp_path: Path, before: str, after: str) -> None:
    root = tmp_path / "out"
    shutil.copytree(SAMPLE, root)
    feed = root / "feed.xml"
    text = feed.read_text(encoding="utf-8")
    assert before in text
    feed.write_text(text.replace(before, after), encoding="utf-8")
    assert check_outputs(root) == [f"feed.xml {DIFFERS}"]
    feed.unlink()
    assert check_outputs(root) == ["feed.xml is missing"]
