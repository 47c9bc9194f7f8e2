from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.errors import ConfigError
from pipeline.report.files import Outputs
from tests.briefing_sheets import briefing
from tests.lineage_sheets import lineage
from tests.page_sheets import sheet


@pytest.fixture
def outputs(tmp_path: Path) -> Outputs:
    made = Outputs(tmp_path / "out")
    made.prepare()
    return made


def names(folder: Path) -> list[str]:
    """Return everything below a folder, by path."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


# --- Writing ---------------------------------------------------------------------------------


def test_a_file_is_written_with_its_folders_as_utf_8(outputs: Outputs) -> None:
    assert outputs.write("digests/2031-W22/digest.md", "# Kettles é 水\n") is True
    path = outputs.root / "digests" / "2031-W22" / "digest.md"
    assert path.read_bytes() == "# Kettles é 水\n".encode()
    assert outputs.read("digests/2031-W22/digest.md") == "# Kettles é 水\n"


def test_line_ends_are_written_as_they_are(outputs: Outputs) -> None:
    outputs.write("sources/a.txt", "one\ntwo\r\n")
    assert (outputs.root / "sources/a.txt").read_bytes() == b"one\ntwo\r\n"


def test_an_unchanged_file_is_left_alone(outputs: Outputs) -> None:
    outputs.write("a.txt", "kettle")
    os.utime(outputs.root / "a.txt", ns=(1, 1))
    assert outputs.write("a.txt", "kettle") is False
    assert (outputs.root / "a.txt").stat().st_mtime_ns == 1
    assert outputs.write("a.txt", "Kettle") is True
    assert (outputs.root / "a.txt").stat().st_mtime_ns != 1


def test_a_new_file_may_be_read_by_those_whom_the_umask_allows(outputs: Outputs) -> None:
    before = os.umask(0o027)
    try:
        outputs.write("a.txt", "kettle")
    finally:
        os.umask(before)
    assert (outputs.root / "a.txt").stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(
    outputs: Outputs, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    outputs.write("a.txt", "old")
    before = names(outputs.root)
    monkeypatch.setattr(*{"fsync": (os, "fsync", full), "replace": (Path, "replace", full)}[step])
    with pytest.raises(ConfigError, match=r"a\.txt cannot be written: No space left on device"):
        outputs.write("a.txt", "new")
    assert outputs.read("a.txt") == "old"
    assert names(outputs.root) == before


def test_a_write_that_is_interrupted_leaves_nothing_either(
    outputs: Outputs, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(_: int) -> None:
        raise KeyboardInterrupt

    before = names(outputs.root)
    monkeypatch.setattr(os, "fsync", interrupted)
    with pytest.raises(KeyboardInterrupt):
        outputs.write("a.txt", "new")
    assert names(outputs.root) == before


def test_a_reader_sees_the_old_or_the_new_file_whole(
    outputs: Outputs, monkeypatch: pytest.MonkeyPatch
) -> None:
    outputs.write("a.txt", "old")
    real: Callable[[int], None] = os.fsync
    seen: list[str | None] = []

    def fsync(handle: int) -> None:
        seen.append(outputs.read("a.txt"))
        real(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    outputs.write("a.txt", "new")
    assert seen == ["old", "new"], "the file, then its folder"


# --- Nothing outside ---------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["../a.txt", "papers/../../a.txt", "{}/a.txt", "{}/b/c.txt", ""])
def test_nothing_is_written_outside(outputs: Outputs, tmp_path: Path, path: str) -> None:
    before = names(tmp_path)
    with pytest.raises(ConfigError, match="leads outside the outputs folder"):
        outputs.write(path.format(tmp_path), "kettle")
    assert names(tmp_path) == before


@pytest.mark.parametrize("path", ["..", "papers/..", "papers/../..", "papers"])
def test_a_folder_is_not_written_over(outputs: Outputs, tmp_path: Path, path: str) -> None:
    before = names(tmp_path)
    with pytest.raises(ConfigError, match="cannot be written"):
        outputs.write(path, "kettle")
    assert names(tmp_path) == before


def test_a_link_at_the_target_is_replaced_and_not_followed(
    outputs: Outputs, tmp_path: Path
) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("kettle")
    (outputs.root / "a.txt").symlink_to(secret)
    assert outputs.write("a.txt", "kettle") is True
    assert not (outputs.root / "a.txt").is_symlink()
    outputs.write("a.txt", "changed")
    assert secret.read_text() == "kettle"


def test_a_link_on_the_way_is_not_followed_out(outputs: Outputs, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (outputs.root / "digests").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ConfigError, match="leads outside"):
        outputs.write("digests/a.txt", "kettle")
    assert names(tmp_path / "elsewhere") == []


def test_a_link_within_the_folder_is_fine(outputs: Outputs) -> None:
    (outputs.root / "latest").symlink_to(outputs.root / "papers")
    outputs.write("latest/a.txt", "kettle")
    assert outputs.read("papers/a.txt") == "kettle"


def test_the_folder_itself_may_be_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "out").symlink_to(tmp_path / "real")
    outputs = Outputs(tmp_path / "out")
    outputs.prepare()
    outputs.write("papers/a.txt", "kettle")
    assert (tmp_path / "real" / "papers" / "a.txt").read_text() == "kettle"


@pytest.mark.parametrize("name", ["papers", "sources"])
def test_a_folder_that_leads_elsewhere_is_refused_and_nothing_there_is_touched(
    tmp_path: Path, name: str
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    for kept in (".litline-kept", "a.json"):
        (elsewhere / kept).write_text('{"schema": "litline/paper"}')
    outputs = Outputs(tmp_path / "out")
    outputs.root.mkdir()
    (outputs.root / name).symlink_to(elsewhere)
    with pytest.raises(ConfigError, match="leads outside"):
        outputs.prepare()
    if name == "papers":
        with pytest.raises(ConfigError, match="leads outside"):
            outputs.remove_papers([])
    assert names(elsewhere) == [".litline-kept", "a.json"]


# --- Preparing -------------------------------------------------------------------------------


def test_preparing_makes_the_folders_and_sweeps_up_what_a_killed_run_left(tmp_path: Path) -> None:
    outputs = Outputs(tmp_path / "deep" / "out")
    outputs.prepare()
    assert names(outputs.root) == ["papers", "sources"]
    for place in ("", "papers/", "sources/"):
        (outputs.root / f"{place}.litline-0123").write_text("half")
    outputs.write("papers/a.json", "{}")
    outputs.prepare()
    assert names(outputs.root) == ["papers", "papers/a.json", "sources"]


def test_a_folder_that_cannot_be_written_is_refused_before_any_work(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ConfigError, match=r"cannot be written: Not a directory; name another"):
        Outputs(tmp_path / "file" / "out").prepare()
    with pytest.raises(ConfigError, match=r"cannot be written: File exists; name another"):
        Outputs(tmp_path / "file").prepare()


def test_a_read_only_disk_is_refused_before_any_work(
    outputs: Outputs, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(**_: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(tempfile, "TemporaryFile", refused)
    with pytest.raises(ConfigError, match=r"Read-only file system; name another with --out"):
        outputs.prepare()


# --- Reading and removing ----------------------------------------------------------------------


def test_what_cannot_be_read_is_none(outputs: Outputs) -> None:
    (outputs.root / "broken.txt").write_bytes(b"\xff\xfe")
    assert outputs.read("missing.txt") is None
    assert outputs.read("broken.txt") is None
    assert outputs.read("papers") is None


def test_the_pages_of_papers_that_are_gone_go(outputs: Outputs) -> None:
    text = sheet().model_dump_json()
    for name in ("kept", "gone", "bare"):
        outputs.write(f"papers/{name}.json", text)
    for name in ("kept", "gone"):
        outputs.write(f"papers/{name}.md", "#")
        outputs.write(f"papers/{name}.html", "<p>")
    assert outputs.remove_papers(["kept", "never made"]) == [
        "papers/bare.json",
        "papers/gone.html",
        "papers/gone.json",
        "papers/gone.md",
    ]
    assert names(outputs.root / "papers") == ["kept.html", "kept.json", "kept.md"]


@pytest.mark.parametrize(
    "text", ["{}", "[]", "no JSON", '{"schema": "other/paper"}', "[" * 100_000, "\udcff"]
)
def test_files_of_somebody_else_stay(outputs: Outputs, text: str) -> None:
    path = outputs.root / "papers" / "notes.json"
    path.write_text(text, errors="surrogateescape")
    (outputs.root / "papers" / "notes.md").touch()
    assert outputs.remove_papers([]) == []
    assert names(outputs.root / "papers") == ["notes.json", "notes.md"]


def test_a_link_among_the_pages_is_removed_and_not_followed(
    outputs: Outputs, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere.json"
    elsewhere.write_text(sheet().model_dump_json())
    (outputs.root / "papers" / "gone.json").symlink_to(elsewhere)
    assert outputs.remove_papers([]) == ["papers/gone.json"]
    assert elsewhere.exists()


def test_sources_that_nothing_quotes_go_and_files_of_somebody_else_stay(outputs: Outputs) -> None:
    for name in ("kept", "gone", "stranger"):
        outputs.write(f"sources/{name}.txt", "kettle")
        outputs.write(f"sources/{name}.html", "<p>")
    assert outputs.remove_sources(["kept"], ["kept", "gone", "never written"]) == [
        "sources/gone.html",
        "sources/gone.txt",
    ]
    assert names(outputs.root / "sources") == [
        *("kept.html", "kept.txt", "stranger.html", "stranger.txt"),
    ]


# --- Lines -------------------------------------------------------------------------------------


def test_the_pages_of_lines_that_are_gone_go_with_their_folder(outputs: Outputs) -> None:
    text = lineage().model_dump_json()
    for name in ("kept", "gone", "shared"):
        for ending in ("json", "md", "html", "csv"):
            outputs.write(f"lineages/{name}/lineage.{ending}", text)
    outputs.write("lineages/graph.json", "{}")
    outputs.write("lineages/shared/notes.md", "mine")
    assert outputs.remove_lines(["kept", "never made"]) == [
        f"lineages/{name}/lineage.{ending}"
        for name in ("gone", "shared")
        for ending in ("csv", "html", "json", "md")
    ]
    assert names(outputs.root / "lineages") == [
        "graph.json",
        "kept",
        *(f"kept/lineage.{ending}" for ending in ("csv", "html", "json", "md")),
        "shared",
        "shared/notes.md",
    ]


@pytest.mark.parametrize("text", ["{}", "no JSON", '{"schema": "litline/paper"}', "[" * 100_000])
def test_a_lineage_of_somebody_else_stays(outputs: Outputs, text: str) -> None:
    outputs.write("lineages/mine/lineage.json", text)
    assert outputs.remove_lines([]) == []
    assert outputs.read("lineages/mine/lineage.json") == text


def test_lines_that_lead_elsewhere_are_refused(outputs: Outputs, tmp_path: Path) -> None:
    (tmp_path / "elsewhere" / "pots").mkdir(parents=True)
    page = tmp_path / "elsewhere" / "pots" / "lineage.json"
    page.write_text(lineage().model_dump_json())
    (outputs.root / "lineages").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ConfigError, match="leads outside"):
        outputs.remove_lines([])
    assert page.exists()


def test_briefings_that_are_not_kept_are_removed(outputs: Outputs) -> None:
    for name in ("kept", "gone"):
        for ending, text in (("json", briefing().model_dump_json()), ("md", ""), ("html", "")):
            outputs.write(f"briefings/{name}/briefing.{ending}", text)
        outputs.write(f"briefings/{name}/themes.csv", "")
    outputs.write("briefings/mine/briefing.json", "{}")
    assert outputs.remove_briefings(["kept"]) == [
        *(f"briefings/gone/briefing.{ending}" for ending in ("html", "json", "md")),
        "briefings/gone/themes.csv",
    ]
    assert sorted(path.name for path in (outputs.root / "briefings").iterdir()) == ["kept", "mine"]


def test_without_lines_nothing_is_removed(outputs: Outputs) -> None:
    assert outputs.remove_lines([]) == []


def test_paths_come_in_order(outputs: Outputs) -> None:
    for name in ("b", "a"):
        outputs.write(f"lineages/{name}/lineage.json", name)
    assert outputs.paths("lineages/*/*.json") == [f"lineages/{n}/lineage.json" for n in "ab"]
    assert outputs.paths("nothing/*.json") == []


def test_a_file_that_changes_has_another_signature(outputs: Outputs) -> None:
    outputs.write("papers/a.json", "old")
    first = outputs.signatures(["papers/a.json", "papers/b.json"])
    assert list(first) == ["papers/a.json"]
    outputs.write("papers/a.json", "old")
    assert outputs.signatures(["papers/a.json"]) == first
    times = (outputs.root / "papers/a.json").stat()
    outputs.write("papers/a.json", "new")
    os.utime(outputs.root / "papers/a.json", ns=(times.st_atime_ns, times.st_mtime_ns))
    assert outputs.signatures(["papers/a.json"]) != first


def test_a_link_has_no_signature(outputs: Outputs, tmp_path: Path) -> None:
    (tmp_path / "other.json").write_text("{}", encoding="utf-8")
    (outputs.root / "a.json").symlink_to(tmp_path / "other.json")
    assert outputs.signatures(["a.json"]) == {}
