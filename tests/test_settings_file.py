"""A name joins `litline.toml`, and every other byte of it stays."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path

import pytest
import tomlkit
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flows.settings_file import add_followed
from pipeline.errors import ConfigError


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "litline.toml"


def added(file: Path, before: str, name: str = "tea") -> str:
    """Add a topic to a file with some text; return its text."""
    file.write_bytes(before.encode("utf-8"))
    assert add_followed(file, "topic", name)
    return file.read_bytes().decode("utf-8")


TABLE = '[follow]\ntopics = ["tea"]\n'


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", TABLE),
        ("# mine\n", f"# mine\n\n{TABLE}"),
        ('out = "x"', f'out = "x"\n{TABLE}'),
        ("[prices.m]\ninput = 1\n", f"[prices.m]\ninput = 1\n\n{TABLE}"),
        ("[follow]", TABLE),
        ("[follow] # mine\n", '[follow] # mine\ntopics = ["tea"]\n'),
        (
            '[follow]\nauthors = ["Bo"]\n\n# costs\n[prices.m]\ninput = 1\n',
            '[follow]\nauthors = ["Bo"]\ntopics = ["tea"]\n\n# costs\n[prices.m]\ninput = 1\n',
        ),
        ("[follow]\ntopics=[]#c", '[follow]\ntopics=["tea"]#c'),
        ("[follow]\ntopics = ['pot',]\n", "[follow]\ntopics = ['pot', \"tea\"]\n"),
        (
            '[follow]\ntopics = [\n  "pot",  # one\n  "lid"  # two\n]\n',
            '[follow]\ntopics = [\n  "pot",  # one\n  "lid",  # two\n  "tea"\n]\n',
        ),
        (
            '[follow]\ntopics = [\n\t"pot",\n\t# "lid",\n]\nauthors = []\n',
            '[follow]\ntopics = [\n\t"pot",\n\t# "lid",\n\t"tea"\n]\nauthors = []\n',
        ),
        ('follow = { topics = ["pot"] }\n', 'follow = { topics = ["pot", "tea"] }\n'),
        (
            'follow = { authors = ["Bo"] }\n[prices]\n',
            'follow = { authors = ["Bo"], topics = ["tea"]}\n[prices]\n',
        ),
        ('follow.topics = ["pot"]\nout = "x"\n', 'follow.topics = ["pot", "tea"]\nout = "x"\n'),
        (
            'follow.authors = ["Bo"]\nout = "x"\nfollow.lineages = []\n',
            'follow.authors = ["Bo"]\nfollow.topics = ["tea"]\nout = "x"\nfollow.lineages = []\n',
        ),
        (
            '# c\r\n[follow]\r\nauthors = ["Bo"]\r\n\r\n[prices]\r\n',
            '# c\r\n[follow]\r\nauthors = ["Bo"]\r\ntopics = ["tea"]\r\n\r\n[prices]\r\n',
        ),
        ('out = "x"\r\n', 'out = "x"\r\n\r\n[follow]\r\ntopics = ["tea"]\r\n'),
        ('# \u00e9\u4e2d\nout="x"\n\n\n', f'# \u00e9\u4e2d\nout="x"\n\n\n{TABLE}'),
    ],
)
def test_one_name_is_added_and_the_rest_stays(file: Path, before: str, after: str) -> None:
    assert added(file, before) == after


def test_a_file_is_made_where_there_is_none(file: Path) -> None:
    assert add_followed(file, "author", "Ada Brew")
    assert file.read_text(encoding="utf-8") == '[follow]\nauthors = ["Ada Brew"]\n'


def test_each_kind_has_its_list(file: Path) -> None:
    for kind, name in (("author", "Ada Brew"), ("lineage", "Pot"), ("topic", "tea")):
        assert add_followed(file, kind, name)  # type: ignore[arg-type]
    assert tomllib.loads(file.read_text(encoding="utf-8")) == {
        "follow": {"authors": ["Ada Brew"], "lineages": ["Pot"], "topics": ["tea"]}
    }


def test_a_name_that_is_there_changes_nothing(file: Path) -> None:
    file.write_text("[follow]\ntopics = ['tea',  ]\n", encoding="utf-8")
    before = file.stat()
    assert not add_followed(file, "topic", "tea")
    assert file.stat() == before


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_any_name_is_read_back(file: Path, name: str) -> None:
    text = added(file, "[follow]\nauthors = []\n[prices]\n", name)
    data = {"follow": {"authors": [], "topics": [name]}, "prices": {}}
    assert tomllib.loads(text) == data


@pytest.mark.parametrize(
    "before",
    [
        b"out = ",
        b'[follow]\ntopics = ["a"\n',
        b"\xff\xfe",
        b"follow = 3\n",
        b"[[follow]]\ntopics = []\n",
        b'[follow]\ntopics = "a"\n',
        b'[follow]\ntopics = ["pot"\n# a comment where the comma should be\n]\n',
    ],
)
def test_what_cannot_be_edited_stays_as_it_is(file: Path, before: bytes) -> None:
    file.write_bytes(before)
    with pytest.raises(ConfigError, match=r"^litline\.toml .*is not changed"):
        add_followed(file, "topic", "tea")
    assert file.read_bytes() == before
    assert list(file.parent.iterdir()) == [file]


@pytest.mark.parametrize(
    "written", ["", TABLE, '# mine\n[follow]\ntopics = ["tea", "more"]\n', "broken = "]
)
def test_an_edit_that_loses_something_is_not_written(
    file: Path, written: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.write_text("# mine\n", encoding="utf-8")
    monkeypatch.setattr(tomlkit, "dumps", lambda _: written)
    with pytest.raises(ConfigError, match=r"add 'tea' to follow\.topics by hand"):
        add_followed(file, "topic", "tea")
    assert file.read_text(encoding="utf-8") == "# mine\n"


def test_a_file_marked_read_only_stays_as_it_is(file: Path) -> None:
    file.write_text("# mine\n", encoding="utf-8")
    file.chmod(0o444)
    with pytest.raises(ConfigError, match="cannot be written: it is read-only"):
        add_followed(file, "topic", "tea")
    assert file.read_text(encoding="utf-8") == "# mine\n"


def test_a_file_keeps_its_rights(file: Path) -> None:
    file.touch()
    file.chmod(0o640)
    add_followed(file, "topic", "tea")
    assert file.stat().st_mode & 0o777 == 0o640


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    shared = tmp_path / "shared.toml"
    shared.write_text("# ours\n", encoding="utf-8")
    link = tmp_path / "litline.toml"
    link.symlink_to(shared)
    assert add_followed(link, "topic", "tea")
    assert link.is_symlink()
    assert shared.read_text(encoding="utf-8") == f"# ours\n\n{TABLE}"


def test_a_write_that_fails_leaves_the_file_and_nothing_else(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    file.write_text("# mine\n", encoding="utf-8")
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ConfigError, match="cannot be written: No space left on device"):
        add_followed(file, "topic", "tea")
    assert file.read_text(encoding="utf-8") == "# mine\n"
    assert list(file.parent.iterdir()) == [file]


def test_a_folder_in_its_place_is_told(file: Path) -> None:
    file.mkdir()
    with pytest.raises(ConfigError, match="cannot be read"):
        add_followed(file, "topic", "tea")
