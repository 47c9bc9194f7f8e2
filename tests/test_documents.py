from __future__ import annotations

import os
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import NoReturn

import pytest

from pipeline import documents
from pipeline.documents import MAX_BYTES, decode, find_files, load_text
from pipeline.errors import DocumentError
from tests.invented_papers import KETTLES, header, profile

PAGE = profile("KTNov 4, 2030Code\nSimmer\n\nAda Brew\n\n" + KETTLES, top=header(papers=1))


def touch(*paths: Path) -> None:
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("some text", encoding="utf-8")


def denied(*_: object) -> NoReturn:
    raise PermissionError(13, "Permission denied")


def names(files: list[Path], root: Path) -> list[str]:
    return [str(path.relative_to(root)) for path in files]


# --- Finding -------------------------------------------------------------------------------


def test_folders_are_walked_by_name_and_hidden_entries_passed_over(tmp_path: Path) -> None:
    touch(tmp_path / "b.txt", tmp_path / "a" / "z.md", tmp_path / "a" / "B.txt", tmp_path / ".x")
    touch(tmp_path / ".git" / "config", tmp_path / "a" / ".hidden.txt")
    files, refused = find_files([str(tmp_path)])
    assert names(files, tmp_path) == ["a/B.txt", "a/z.md", "b.txt"]
    assert refused == []


def test_a_file_given_twice_counts_once_and_a_hidden_one_when_named(tmp_path: Path) -> None:
    touch(tmp_path / "b.txt", tmp_path / ".a.txt")
    given = [tmp_path / "b.txt", tmp_path / ".a.txt", tmp_path]
    files, refused = find_files(map(str, given))
    assert names(files, tmp_path) == ["b.txt", ".a.txt"]
    assert refused == []


@pytest.mark.parametrize("inside", [(), (".hidden",), ("sub/.hidden",)])
def test_a_folder_without_files_is_refused(tmp_path: Path, inside: tuple[str, ...]) -> None:
    touch(*(tmp_path / name for name in inside))
    assert find_files([str(tmp_path)]) == ([], [(str(tmp_path), "the folder holds no files")])


@pytest.mark.parametrize(
    ("argument", "refusal"),
    [
        ("nowhere.txt", ("nowhere.txt", "no such file or folder")),
        ("a\0b", ("a\0b", "embedded null byte")),
        ("", ("''", "an empty path names nothing")),
        ("x" * 300, ("x" * 300, "file name too long")),
    ],
)
def test_what_cannot_be_found_is_listed_and_the_rest_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, argument: str, refusal: tuple[str, str]
) -> None:
    monkeypatch.chdir(tmp_path)
    touch(tmp_path / "b.txt")
    assert find_files([argument, "b.txt"]) == ([Path("b.txt")], [refusal])


def test_a_link_inside_a_folder_is_refused_and_a_link_that_is_given_is_followed(
    tmp_path: Path,
) -> None:
    touch(tmp_path / "there" / "b.txt", tmp_path / "here" / "a.txt")
    (tmp_path / "here" / "out").symlink_to(tmp_path / "there")
    (tmp_path / "here" / "round").symlink_to(tmp_path / "here")
    files, refused = find_files([str(tmp_path / "here"), str(tmp_path / "here" / "out")])
    assert names(files, tmp_path) == ["here/a.txt", "here/out/b.txt"]
    assert [Path(path).name for path, _ in refused] == ["out", "round"]
    assert {reason for _, reason in refused} == {"a symbolic link inside a folder is not followed"}


def test_links_in_a_circle_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to(tmp_path / "b")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    files, refused = find_files([str(tmp_path / "a"), str(tmp_path)])
    assert files == []
    assert [(Path(path).name, reason) for path, reason in refused] == [
        ("a", "too many levels of symbolic links"),
        ("a", "a symbolic link inside a folder is not followed"),
        ("b", "a symbolic link inside a folder is not followed"),
    ]


def test_a_folder_that_cannot_be_listed_costs_only_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    touch(tmp_path / "a.txt", tmp_path / "locked" / "b.txt", tmp_path / "z.txt")
    listed = Path.iterdir
    monkeypatch.setattr(
        Path, "iterdir", lambda path: denied() if path.name == "locked" else listed(path)
    )
    files, refused = find_files([str(tmp_path)])
    assert names(files, tmp_path) == ["a.txt", "z.txt"]
    assert refused == [(str(tmp_path / "locked"), "permission denied")]


# --- Loading -------------------------------------------------------------------------------


def test_a_loaded_text_has_a_path_a_safe_name_and_a_hash(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("Kettles & Co.TXT").write_text("Größe \0 \t\n", encoding="utf-8")
    text = load_text(Path("Kettles & Co.TXT"))
    assert text.path == str(tmp_path / "Kettles & Co.TXT")
    assert text.name == "Kettles-Co.TXT"
    assert text.text == "Größe \ufffd \t\n"
    assert text.sha256 == sha256(text.text.encode()).hexdigest()


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32", "utf-16-with-be-mark"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_encodings_with_a_mark_and_newlines_make_no_difference(
    tmp_path: Path, encoding: str, newline: str
) -> None:
    marked = "\ufeff" + PAGE if encoding.endswith("be-mark") else PAGE
    codec = "utf-16-be" if encoding.endswith("be-mark") else encoding
    clean, other = tmp_path / "clean.txt", tmp_path / "other.txt"
    clean.write_bytes(PAGE.encode())
    other.write_bytes(marked.replace("\n", newline).encode(codec))
    assert load_text(other).text == PAGE
    assert load_text(other).sha256 == load_text(clean).sha256


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "the file is empty"),
        (b"\xef\xbb\xbf", "the file is empty"),
        (b" \r\n\t" * 1000, "the file is empty"),
        (b"%PDF-1.7\n", "this is a PDF, not a text file"),
        (b"PK\x03\x04rest", "this is a ZIP archive or office file, not a text file"),
        (bytes(range(32)) * 40, "binary data, or UTF-16 without a byte-order mark"),
        (PAGE.encode("utf-16-le"), "binary data, or UTF-16 without a byte-order mark"),
        ("日本語".encode("utf-16-le"), r"not UTF-8 text \(byte 0\); save it as UTF-8"),
        ("Größe".encode("latin-1"), r"not UTF-8 text \(byte 2\); save it as UTF-8"),
        (b"\xff\xfea", r"not UTF-16 text \(byte 2\); save it as UTF-8"),
        (b"\xef\xbb\xbf\xff", r"not UTF-8 text \(byte 0\); save it as UTF-8"),
    ],
)
def test_what_is_no_text_is_refused_with_its_reason(
    tmp_path: Path, content: bytes, reason: str
) -> None:
    path = tmp_path / "odd.txt"
    path.write_bytes(content)
    with pytest.raises(DocumentError, match=reason):
        load_text(path)


def test_some_control_characters_are_text() -> None:
    text = "form\x0cfeed, bell\x07, null\0, \u202ebidi\u202c, \u200bnarrow, <|endoftext|>"
    assert decode(text.encode()) == text


def test_a_million_spaces_are_empty(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(" " * 1_000_000, encoding="utf-8")
    with pytest.raises(DocumentError, match="the file is empty"):
        load_text(tmp_path / "a.txt")


def test_a_large_file_is_refused_before_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "large.txt"
    with path.open("wb") as file:
        file.truncate(50_000_000)
    monkeypatch.setattr(Path, "read_bytes", lambda _: pytest.fail("it was read"))
    with pytest.raises(DocumentError, match="50 MB is more than the 20 MB that one document may"):
        load_text(path)


def test_the_largest_file_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "MAX_BYTES", 9)
    (tmp_path / "a.txt").write_text("nine char", encoding="utf-8")
    assert load_text(tmp_path / "a.txt").text == "nine char"
    assert MAX_BYTES == 20_000_000


def loop(path: Path) -> None:
    path.symlink_to(path)


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda path: None, "no such file or folder"),
        (loop, "too many levels of symbolic links"),
        (Path.mkdir, "not a regular file"),
        (os.mkfifo, "not a regular file"),
    ],
)
def test_what_is_no_file_is_refused(
    tmp_path: Path, make: Callable[[Path], None], reason: str
) -> None:
    make(tmp_path / "odd.txt")
    with pytest.raises(DocumentError, match=reason):
        load_text(tmp_path / "odd.txt")


def test_an_unreadable_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    touch(tmp_path / "locked.txt")
    monkeypatch.setattr(Path, "read_bytes", denied)
    with pytest.raises(DocumentError, match="permission denied"):
        load_text(tmp_path / "locked.txt")


def test_a_name_that_is_no_utf8_is_escaped(tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"caf\xe9.txt")
    try:
        touch(path)
    except OSError:
        pytest.skip("this file system takes no such names")
    text = load_text(path)
    assert text.path.encode() == os.fsencode(tmp_path) + rb"/caf\udce9.txt"
    assert text.name == "caf.txt"
    path.unlink()
    assert find_files([str(path)]) == ([], [(text.path, "no such file or folder")])
