"""The outputs folder is written whole, inside itself, and only where something changed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pipeline.errors import ConfigError
from pipeline.report.files import Outputs


@pytest.fixture
def outputs(tmp_path: Path) -> Outputs:
    made = Outputs(tmp_path / "deep" / "outputs")
    made.prepare()
    return made


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_is_written_once(outputs: Outputs) -> None:
    assert outputs.write("papers/a.json", "é\n")
    path = outputs.root / "papers" / "a.json"
    os.utime(path, (1, 1))
    assert not outputs.write("papers/a.json", "é\n")
    assert path.stat().st_mtime == 1
    assert outputs.write("papers/a.json", "b")
    assert outputs.read("papers/a.json") == "b"
    assert names(outputs.root / "papers") == ["a.json"]


def test_the_mode_is_that_of_ordinary_files(outputs: Outputs) -> None:
    mask = os.umask(0o027)
    try:
        outputs.write("a.md", "x")
    finally:
        os.umask(mask)
    assert (outputs.root / "a.md").stat().st_mode & 0o777 == 0o640


def test_what_cannot_be_read_is_none(outputs: Outputs) -> None:
    assert outputs.read("papers/none.json") is None
    (outputs.root / "bad").write_bytes(b"\xff\xfe")
    assert outputs.read("bad") is None


@pytest.mark.parametrize("name", ["../out.txt", "papers/../../out.txt", "/tmp/out.txt"])
def test_nothing_is_written_outside(outputs: Outputs, name: str) -> None:
    with pytest.raises(ConfigError, match="leads outside"):
        outputs.write(name, "x")


def test_a_link_in_the_place_of_a_file_is_replaced_and_not_followed(outputs: Outputs) -> None:
    target = outputs.root.parent / "mine.txt"
    target.write_text("mine", encoding="utf-8")
    (outputs.root / "index.html").symlink_to(target)
    assert outputs.write("index.html", "mine")
    assert target.read_text(encoding="utf-8") == "mine"
    assert not (outputs.root / "index.html").is_symlink()


def test_a_folder_that_is_a_link_is_not_followed(outputs: Outputs) -> None:
    (outputs.root / "away").symlink_to(outputs.root.parent)
    with pytest.raises(ConfigError, match="leads outside"):
        outputs.write("away/x.txt", "x")


def test_what_a_killed_run_left_is_swept_up(outputs: Outputs) -> None:
    (outputs.root / "papers" / ".litline-abc").touch()
    (outputs.root / ".litline-abc").touch()
    outputs.prepare()
    assert names(outputs.root) == ["papers", "sources"]
    assert names(outputs.root / "papers") == []


def test_a_failed_write_leaves_the_old_file(
    outputs: Outputs, monkeypatch: pytest.MonkeyPatch
) -> None:
    outputs.write("a.txt", "old")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(ConfigError, match=r"a\.txt cannot be written: No space left"):
        outputs.write("a.txt", "new")
    assert outputs.read("a.txt") == "old"
    assert names(outputs.root) == ["a.txt", "papers", "sources"]


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ConfigError, match="cannot be written"):
        Outputs(tmp_path / "file" / "outputs").prepare()


def test_only_sheets_of_our_own_are_removed(outputs: Outputs) -> None:
    for name, text in {
        "old.json": '{"schema": "litline/paper"}',
        "old.md": "",
        "kept.json": '{"schema": "litline/paper"}',
        "list.json": "[]",
        "broken.json": "{",
        "note.md": "",
    }.items():
        outputs.write(f"papers/{name}", text)
    assert outputs.remove_papers(["kept"]) == ["papers/old.json", "papers/old.md"]
    assert names(outputs.root / "papers") == ["broken.json", "kept.json", "list.json", "note.md"]


def test_only_known_sources_are_removed(outputs: Outputs) -> None:
    for name in ("a.txt", "b.txt", "mine.txt"):
        outputs.write(f"sources/{name}", name)
    assert outputs.remove_sources(["a"], ["a", "b", "gone"]) == ["sources/b.txt"]
    assert names(outputs.root / "sources") == ["a.txt", "mine.txt"]
