"""`check` names each thing that is wrong with outputs, and only what is wrong."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.report.check import check_outputs, claim_faults
from pipeline.sheets import Claim, Evidence, Figures

SAMPLE = Path(__file__).parent.parent / "outputs" / "sample"
PAPER = "skerry-mini-a-pocket-reader-with-8-of"


@pytest.fixture
def outputs(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SAMPLE, tmp_path / "outputs"))


def sheet_path(outputs: Path) -> Path:
    return next(outputs.glob(f"papers/{PAPER}*.json"))


def change(outputs: Path, edit: Callable[[dict[str, Any]], None]) -> list[str]:
    """Edit the JSON of one paper and return the faults."""
    path = sheet_path(outputs)
    sheet = json.loads(path.read_text(encoding="utf-8"))
    edit(sheet)
    path.write_text(json.dumps(sheet), encoding="utf-8")
    return check_outputs(outputs)


def result(sheet: dict[str, Any]) -> dict[str, Any]:
    claim: dict[str, Any] = sheet["summary"]["results"][0]
    return claim


def test_untouched_outputs_hold(outputs: Path) -> None:
    assert check_outputs(outputs) == []


def test_a_changed_digit_in_a_quote(outputs: Path) -> None:
    def edit(sheet: dict[str, Any]) -> None:
        quote = result(sheet)["evidence"][0]["quote"]
        result(sheet)["evidence"][0]["quote"] = quote.replace("92", "93")

    faults = change(outputs, edit)
    assert any("differs from sources/" in fault for fault in faults)


def test_a_changed_number_in_a_claim(outputs: Path) -> None:
    def edit(sheet: dict[str, Any]) -> None:
        result(sheet)["text"] = result(sheet)["text"].replace("92", "93")

    faults = change(outputs, edit)
    assert any("was changed" in fault for fault in faults)
    assert any("its text is not its quote" in fault for fault in faults)


def test_a_shifted_offset(outputs: Path) -> None:
    def edit(sheet: dict[str, Any]) -> None:
        result(sheet)["evidence"][0]["start"] += 1

    assert "differs from" in change(outputs, edit)[0]


@pytest.mark.parametrize(("start", "end"), [(-1, 5), (5, 5), (0, 10**9), ("a", 2)])
def test_an_impossible_offset(outputs: Path, start: object, end: object) -> None:
    def edit(sheet: dict[str, Any]) -> None:
        result(sheet)["evidence"][0] |= {"start": start, "end": end}

    assert any("lies outside" in fault for fault in change(outputs, edit))


def test_a_missing_source(outputs: Path) -> None:
    (outputs / "sources" / "mira-halden.txt.txt").unlink()
    faults = check_outputs(outputs)
    assert any("sources/mira-halden.txt.txt is missing" in fault for fault in faults)


def test_a_document_name_is_no_way_out(outputs: Path) -> None:
    (outputs.parent / "secret.txt").write_text("12345", encoding="utf-8")

    def edit(sheet: dict[str, Any]) -> None:
        evidence = {"document": "../../secret", "start": 0, "end": 5, "quote": "12345"}
        result(sheet)["evidence"] = [evidence]

    assert any("is missing" in fault for fault in change(outputs, edit))


def test_a_claim_without_evidence(outputs: Path) -> None:
    def edit(sheet: dict[str, Any]) -> None:
        result(sheet)["evidence"] = []

    assert any("it has no evidence" in fault for fault in change(outputs, edit))


def test_counts_that_differ_from_the_claims(outputs: Path) -> None:
    def edit(sheet: dict[str, Any]) -> None:
        sheet["stamp"]["counts"]["claims"] += 1

    (fault,) = change(outputs, edit)
    assert "the counts of the stamp" in fault


def test_a_sheet_under_another_name(outputs: Path) -> None:
    path = sheet_path(outputs)
    path.rename(path.with_name("other.json"))
    (fault,) = check_outputs(outputs)
    assert fault.startswith("papers/other.json: holds the paper skerry-mini")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "not readable JSON"),
        ("[]", "names no schema"),
        ('{"schema": "other/thing"}', "names no schema"),
        ('{"schema": "litline/run"}', "does not fit litline/run"),
    ],
)
def test_a_file_that_is_no_output(outputs: Path, text: str, told: str) -> None:
    (outputs / "papers" / "x.json").write_text(text, encoding="utf-8")
    (fault,) = check_outputs(outputs)
    assert fault.startswith("papers/x.json: ")
    assert told in fault


def test_a_run_in_a_subfolder_is_passed_over(outputs: Path) -> None:
    shutil.copytree(SAMPLE, outputs / "other")
    (outputs / "other" / "papers" / "x.json").write_text("{", encoding="utf-8")
    (outputs / "run.json").write_text("{", encoding="utf-8")
    (fault,) = check_outputs(outputs)
    assert fault.startswith("run.json: not readable")


def computed(text: str, **data: Any) -> Claim:
    return Claim(
        id="0" * 12, text=text, kind="computed", origin="computed", evidence=[], data=data or None
    )


def test_the_figures_of_computed_claims_are_recounted() -> None:
    assert list(claim_faults(computed("2 of 36 papers", papers=["a", "b"], of=36, count=2))) == []
    assert list(claim_faults(computed("3 of 36", papers=["a"], of=36))) == [
        "the text prints 3, which its data does not hold"
    ]
    assert list(claim_faults(computed("no figure"))) == ["nothing says what was counted"]


def test_figures_must_stand_in_the_quotes() -> None:
    quote = Evidence(document="d", start=0, end=9, quote="Kettles reach 1,000.5 at best.")
    figure = Figures(metric="m", value=1000.5, unit=None, baseline=None, difference=None)
    claim = Claim(
        id="0" * 12,
        text="Reworded.",
        kind="derived",
        origin="model",
        evidence=[quote],
        data=None,
        figures=[figure, figure.model_copy(update={"difference": -7.5})],
    )
    assert list(claim_faults(claim)) == ["the figure -7.5 is not in its quotes"]
