"""`litline export --to`, as a person types it."""

from __future__ import annotations

import csv
import json
import shutil
from hashlib import sha256
from pathlib import Path

import pytest

from tests.command import Litline
from tests.exported import SAMPLE, sample


@pytest.fixture
def litline(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Litline:
    monkeypatch.chdir(tmp_path)
    shutil.copytree(SAMPLE, "outputs")
    return Litline(monkeypatch, capsys)


def files(root: Path) -> dict[str, tuple[bytes, int]]:
    found = sorted(path for path in root.rglob("*") if path.is_file())
    return {str(path): (path.read_bytes(), path.stat().st_mtime_ns) for path in found}


@pytest.mark.parametrize("form", ["bibtex", "csl", "csv", "jsonl"])
def test_a_file_holds_every_paper_and_is_written_once(litline: Litline, form: str) -> None:
    result = litline("export", "--to", f"new/papers.{form}", "--format", form)
    assert (result.code, result.out, result.err) == (0, f"new/papers.{form}\n", "")
    before = files(Path("new"))
    assert list(before) == [f"new/papers.{form}"]
    text = Path(f"new/papers.{form}").read_text(encoding="utf-8")
    assert all(one.paper.id in text for one in sample().papers)
    assert litline("export", "--to", f"new/papers.{form}", "--format", form, "outputs").code == 0
    assert files(Path("new")) == before


def test_the_files_are_what_their_formats_say(litline: Litline) -> None:
    litline("export", "--to", "a.csv", "--format", "csv")
    with Path("a.csv").open(encoding="utf-8", newline="") as file:
        assert len(list(csv.DictReader(file, strict=True))) == 18
    assert Path("a.csv").read_bytes().count(b"\r\n") == 19
    litline("export", "--to", "a.json", "--format", "csl")
    assert len(json.loads(Path("a.json").read_bytes())) == 18


def test_a_folder_for_obsidian(litline: Litline) -> None:
    assert litline("export", "--to", "vault", "--format", "obsidian").code == 0
    before = files(Path("vault"))
    assert {"vault/Litline.md", "vault/Authors/mira-halden.md"} <= before.keys()
    Path("vault/Mine.md").write_text("my own", encoding="utf-8")
    assert litline("export", "--to", "vault", "--format", "obsidian").code == 0
    assert Path("vault/Mine.md").read_text(encoding="utf-8") == "my own"
    Path("vault/Mine.md").unlink()
    assert files(Path("vault")) == before


def test_notes_that_nothing_stands_behind_are_removed(litline: Litline) -> None:
    litline("export", "--to", "vault", "--format", "obsidian")
    gone, name = set(files(Path("vault"))), sample().papers[0].paper.id
    Path("vault/Papers/mine.md").write_text("my own", encoding="utf-8")
    with Path("vault/Litline.md").open("a", encoding="utf-8") as home:
        home.write("- [mine](Papers/mine.md)\n")
    Path(f"outputs/papers/{name}.json").unlink()
    Path("outputs/sources/one-paper.md.txt").unlink()
    assert litline("export", "--to", "vault", "--format", "obsidian").code == 0
    left = set(files(Path("vault")))
    assert gone - left == {f"vault/Papers/{name}.md", "vault/sources/one-paper.md.txt"}
    assert left - gone == {"vault/Papers/mine.md"}


def test_a_note_that_somebody_wrote_in_is_not_removed(litline: Litline) -> None:
    litline("export", "--to", "vault", "--format", "obsidian")
    name = sample().papers[0].paper.id
    note = Path(f"vault/Papers/{name}.md")
    note.write_text("my own", encoding="utf-8")
    Path(f"outputs/papers/{name}.json").unlink()
    for _ in range(2):
        assert litline("export", "--to", "vault", "--format", "obsidian").code == 0
        assert note.read_text(encoding="utf-8") == "my own"


def test_a_note_of_somebody_else_is_not_overwritten(litline: Litline) -> None:
    name = sample().papers[0].paper.id
    sheet, note = Path(f"outputs/papers/{name}.json"), Path(f"vault/Papers/{name}.md")
    kept = sheet.read_bytes()
    sheet.unlink()
    litline("export", "--to", "vault", "--format", "obsidian")
    note.write_text("my own", encoding="utf-8")
    sheet.write_bytes(kept)
    before = files(Path("vault"))
    result = litline("export", "--to", "vault", "--format", "obsidian")
    assert result.code == 2
    assert "move or rename it" in result.err
    assert files(Path("vault")) == before


def test_a_list_that_leads_out_of_the_folder_removes_nothing_there(litline: Litline) -> None:
    litline("export", "--to", "vault", "--format", "obsidian")
    Path("away.md").write_text("my own", encoding="utf-8")
    written = Path("vault/.litline.json")
    listed = json.loads(written.read_bytes())
    listed["files"]["../away.md"] = sha256(b"my own").hexdigest()
    written.write_text(json.dumps(listed), encoding="utf-8")
    litline("export", "--to", "vault", "--format", "obsidian")
    assert Path("away.md").is_file()


def test_without_its_list_nothing_of_a_folder_is_removed(litline: Litline) -> None:
    litline("export", "--to", "vault", "--format", "obsidian")
    before, name = files(Path("vault")), sample().papers[0].paper.id
    Path("vault/.litline.json").unlink()
    Path(f"outputs/papers/{name}.json").unlink()
    assert litline("export", "--to", "vault", "--format", "obsidian").code == 0
    assert files(Path("vault")).keys() == before.keys()


@pytest.mark.parametrize("form", ["bibtex", "csl", "csv", "jsonl"])
def test_a_file_that_is_no_earlier_export_is_left_alone(litline: Litline, form: str) -> None:
    others = {
        "a.md": "# A source",
        "a.bib": "@misc{mine,\n}\n",
        "a.json": '[{"id": "mine", "type": "book", "DOI": "x"}]',
        "a.csv": '"id","label","date"\r\n',
        "a.jsonl": '{"schema": "litline/run"}\n',
        "a.bin": "\udcff",
    }
    for name, text in others.items():
        Path(name).write_bytes(text.encode(errors="surrogateescape"))
        result = litline("export", "--to", name, "--format", form)
        assert (result.code, result.out) == (2, "")
        assert "name another file, or remove it" in result.err
        assert Path(name).read_bytes() == text.encode(errors="surrogateescape")


def test_an_export_replaces_one_of_its_own_format_only(litline: Litline) -> None:
    forms = ("bibtex", "csl", "csv", "jsonl")
    for form in forms:
        litline("export", "--to", f"a.{form}", "--format", form)
    Path(f"outputs/papers/{sample().papers[0].paper.id}.json").unlink()
    for form in forms:
        for other in forms:
            result = litline("export", "--to", f"a.{form}", "--format", other)
            assert result.code == (0 if form == other else 2)


def test_the_store_is_left_alone(litline: Litline) -> None:
    Path(".litline").mkdir()
    Path(".litline/litline.db").write_text("rows", encoding="utf-8")
    for place in (".litline/litline.db", ".litline/new.bib", ".litline"):
        for form in ("bibtex", "obsidian"):
            result = litline("export", "--to", place, "--format", form)
            assert result.code == 2
            assert "lies in the store's folder .litline; name a place outside it" in result.err
    assert Path(".litline/litline.db").read_text(encoding="utf-8") == "rows"
    assert litline("export", "--to", "a.bib", "--format", "bibtex", "--store", "db").code == 0
    Path("db").write_text("rows", encoding="utf-8")
    assert litline("export", "--to", "db", "--format", "bibtex", "--store", "db").code == 2
    Path("outputs/led").symlink_to(Path("away.bib").resolve())
    assert litline("export", "--to", "outputs/led", "--format", "bibtex").code == 2


def test_a_folder_of_somebody_else_is_left_alone(litline: Litline) -> None:
    Path("vault").mkdir()
    Path("vault/Litline.md").write_text("my own", encoding="utf-8")
    result = litline("export", "--to", "vault", "--format", "obsidian")
    assert result.code == 2
    assert "name an empty folder" in result.err
    assert [path.name for path in Path("vault").iterdir()] == ["Litline.md"]


def test_a_link_in_the_folder_leads_nothing_out(litline: Litline) -> None:
    assert litline("export", "--to", "vault", "--format", "obsidian").code == 0
    shutil.rmtree("vault/Papers")
    Path("away").mkdir()
    Path("vault/Papers").symlink_to(Path("away").resolve())
    assert litline("export", "--to", "vault", "--format", "obsidian").code == 4
    assert list(Path("away").iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        ([], 2, "say --to PATH and --format NAME, --schemas DIR, or --reviews"),
        (["--to", "x"], 2, "say --to PATH"),
        (["--format", "csv"], 2, "say --to PATH"),
        (["--to", "x", "--format", "csv", "--schemas", "s"], 2, "say --to PATH"),
        (["--schemas", "s", "outputs"], 2, "say --to PATH"),
        (["--to", "x", "--format", "ris"], 2, "bibtex, csl, csv, jsonl, obsidian"),
        (["--to", "x", "--format", "csv", "nowhere"], 2, "run litline first"),
        (["--to", "x", "--format", "csv", "empty"], 2, "there are no papers in empty"),
        (["--to", "empty", "--format", "csv"], 2, "name a file"),
        (["--to", "file", "--format", "obsidian"], 2, "name a folder"),
        (["--to", "outputs/a.csv", "--format", "csv"], 2, "name a place outside it"),
        (["--to", "empty/../outputs", "--format", "obsidian"], 2, "name a place outside it"),
        (["--to", "file", "--format", "csv"], 2, "no earlier export as csv"),
        (["--to", "file/a.csv", "--format", "csv"], 4, "cannot be written"),
        (["--to", "file/vault", "--format", "obsidian"], 4, "cannot be written"),
        (["--to", "a\0b", "--format", "csv"], 2, "no path that can be written to"),
    ],
)
def test_mistakes_are_told(litline: Litline, arguments: list[str], code: int, said: str) -> None:
    Path("empty").mkdir()
    Path("file").write_text("mine", encoding="utf-8")
    before = files(Path())
    result = litline("export", *arguments)
    assert (result.code, result.out) == (code, "")
    assert said in result.err
    assert files(Path()) == before


def test_sheets_that_cannot_be_read_are_listed_and_the_rest_is_written(litline: Litline) -> None:
    Path("outputs/papers/broken.json").write_text("{}", encoding="utf-8")
    result = litline("export", "--to", "a.jsonl", "--format", "jsonl")
    assert result.code == 3
    assert "failed: papers/broken.json: " in result.err
    assert len(Path("a.jsonl").read_text(encoding="utf-8").splitlines()) == 18


def test_the_outputs_stay_as_they_are(litline: Litline) -> None:
    before = files(Path("outputs"))
    for form in ("bibtex", "csl", "csv", "jsonl", "obsidian"):
        litline("export", "--to", f"to-{form}", "--format", form)
    assert files(Path("outputs")) == before
