"""`litline follow` as a person types it, over invented documents."""

from __future__ import annotations

import shutil
import tomllib
from pathlib import Path

import pytest

from flows.settings import load_settings
from flows.shelves import add_documents
from pipeline.database import open_store
from pipeline.samples import sample_files
from tests.command import Litline, Result
from tests.invented_papers import entry, header, profile

KITCHEN = profile(
    entry(authors="Ada Brew, Alma Lid, José Pot-Lid"),
    entry(
        title="Lids on Pots",
        abstract="A lid rests on a pot and is warm.",
        authors="Al Brew, Lisa Almo",
    ),
    top=header("Cy Pan"),
)
HEADS = ("followed (litline.toml)", "  authors: ", "  topics: ", "  lineages: ")


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a library of the samples and of papers by people of one family."""
    folder = tmp_path_factory.mktemp("library")
    kitchen = folder / "kitchen.txt"
    kitchen.write_text(KITCHEN, encoding="utf-8")
    path = folder / "litline.db"
    settings = load_settings(store=str(path), as_of="2026-06-30")
    store = open_store(settings.store)
    add_documents([*sample_files(), str(kitchen)], settings, store)
    store.close()
    return path


@pytest.fixture
def empty(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Litline:
    monkeypatch.chdir(tmp_path)
    return Litline(monkeypatch, capsys)


@pytest.fixture
def litline(empty: Litline, library: Path) -> Litline:
    Path(".litline").mkdir()
    shutil.copy(library, ".litline/litline.db")
    return empty


def written() -> str:
    return Path("litline.toml").read_bytes().decode("utf-8")


def followed() -> dict[str, list[str]]:
    found: dict[str, list[str]] = tomllib.loads(written())["follow"]
    return found


def files() -> dict[str, bytes]:
    """Return all files but litline.toml."""
    return {
        str(path): path.read_bytes()
        for path in sorted(Path().rglob("*"))
        if path.is_file() and str(path) != "litline.toml"
    }


def refused(result: Result, code: int) -> str:
    """Return the one line that says why a command was refused."""
    assert (result.code, result.out) == (code, "")
    (line,) = result.err.splitlines()
    return line


# --- Showing -------------------------------------------------------------------------------


def test_what_could_be_followed_is_shown_and_nothing_is_written(litline: Litline) -> None:
    before = files()
    result = litline("follow")
    assert (result.code, result.err) == (0, "")
    lines = result.out.splitlines()
    assert lines[:4] == [
        "followed (litline.toml), and how much the library has of it:",
        "  authors: none",
        "  topics: none",
        "  lineages: none",
    ]
    assert lines[4] == "strongest of the rest, in 20 papers:"
    assert lines[5].startswith("  authors: Mira Halden (11), Tomas Verrin (7), ")
    assert lines[6].startswith("  topics: benchmark (9), ")
    assert lines[7] == "  lineages: Skerry (6), Murrelet (3)"
    assert files() == before
    assert not Path("litline.toml").exists()


def test_what_is_followed_is_counted_and_not_suggested(litline: Litline) -> None:
    Path("litline.toml").write_text(
        '[follow]\nauthors = ["M. Halden", "Nobody Known"]\n'
        'topics = ["Benchmarks", "lid"]\nlineages = ["Skerry 3"]\n',
        encoding="utf-8",
    )
    lines = litline("follow").out.splitlines()
    assert lines[1:4] == [
        "  authors: M. Halden (11), Nobody Known (0)",
        "  topics: Benchmarks (9), lid (2)",
        "  lineages: Skerry 3 (6)",
    ]
    assert lines[5].startswith("  authors: Tomas Verrin (7), ")
    assert "benchmark (" not in lines[6]
    assert lines[7] == "  lineages: Murrelet (3)"


def test_every_suggested_name_can_be_followed_and_counts_the_same(litline: Litline) -> None:
    for row, kind in zip(litline("follow").out.splitlines()[5:], HEADS[1:], strict=True):
        name, _, count = row.removeprefix(kind).split(", ")[0].rpartition(" ")
        result = litline("follow", name)
        assert result.out.startswith(f"following {kind.strip()[:-2]} {name} {count[:-1]} ")


def test_an_empty_library_says_what_to_do(empty: Litline) -> None:
    result = empty("follow")
    assert result.code == 0
    assert result.out.endswith("the library is empty; `litline run DOC` adds documents to it\n")
    assert list(Path().iterdir()) == []


def test_what_is_followed_is_shown_before_there_is_a_library(empty: Litline) -> None:
    Path("litline.toml").write_text('[follow]\ntopics = ["tea"]\n', encoding="utf-8")
    assert "  topics: tea (0)\n" in empty("follow").out


# --- Adding --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "said", "kind", "as_written"),
    [
        ("Skerry", "lineage Skerry (6 members)", "lineages", "Skerry"),
        ("skerry-2.5", "lineage Skerry (6 members)", "lineages", "Skerry"),
        ("Mira Halden", "author Mira Halden (11 papers)", "authors", "Mira Halden"),
        ("halden, mira", "author Mira Halden (11 papers)", "authors", "Mira Halden"),
        ("M. Halden", "author Mira Halden (11 papers)", "authors", "Mira Halden"),
        ("  MIRA\tHALDEN ", "author Mira Halden (11 papers)", "authors", "Mira Halden"),
        ("Mira Q. Halden", "author Mira Q. Halden (11 papers)", "authors", "Mira Q. Halden"),
        ("Jose Pot-Lid", "author José Pot-Lid (1 paper)", "authors", "José Pot-Lid"),
        ("lids", "topic lids (2 papers)", "topics", "lids"),
        ("stamps over signatures", None, "topics", "stamps over signatures"),
    ],
)
def test_a_name_is_a_line_or_an_author_or_a_topic(
    litline: Litline, name: str, said: str | None, kind: str, as_written: str
) -> None:
    before = files()
    result = litline("follow", name)
    assert (result.code, result.err) == (0, "")
    assert result.out == f"following {said or f'topic {name} (1 paper)'}\n"
    assert written() == f'[follow]\n{kind} = ["{as_written}"]\n'
    assert files() == before


def test_an_author_who_may_be_several_people_is_noted(litline: Litline) -> None:
    result = litline("follow", "A. Brew")
    assert result.code == 0
    assert result.out == "following author A. Brew (2 papers)\n"
    assert result.err == "note: A. Brew may be several people: Ada Brew; Al Brew\n"
    assert followed() == {"authors": ["A. Brew"]}


@pytest.mark.parametrize(
    ("name", "again", "said"),
    [
        ("Skerry", "Skerry 3.5", "lineage Skerry"),
        ("Mira Halden", "HALDEN, Mira", "author Mira Halden"),
        ("Mira Halden", "M. Halden", "author Mira Halden"),
        ("Ada Brew", "Brew, Ada", "author Ada Brew"),
        ("document benchmark", "Document-Benchmarks", "topic document benchmark"),
    ],
)
def test_what_is_followed_already_is_not_added(
    litline: Litline, name: str, again: str, said: str
) -> None:
    assert litline("follow", name).code == 0
    before = written()
    result = litline("follow", again)
    assert (result.code, result.out, result.err) == (0, f"already followed: {said}\n", "")
    assert written() == before


def test_what_the_library_has_not_can_be_followed_already(empty: Litline) -> None:
    Path("litline.toml").write_text('[follow]\ntopics = ["world models"]\n', encoding="utf-8")
    assert empty("follow", "World Models").out == "already followed: topic world models\n"


def test_whose_page_lists_a_paper_may_have_written_it(litline: Litline) -> None:
    assert litline("follow", "Cy Pan").out == "following author Cy Pan (2 papers)\n"


def test_two_people_of_one_family_are_followed_one_by_one(litline: Litline) -> None:
    for name in ("Ada Brew", "Al Brew"):
        assert litline("follow", name).out == f"following author {name} (1 paper)\n"
    assert followed() == {"authors": ["Ada Brew", "Al Brew"]}


# --- Names that nothing goes by ------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("Skery", "nearest are lineages Skerry;"),
        ("Mira Haldenn", "nearest are authors Mira Halden"),
        ("Halden Mira", "nearest are authors Mira Halden"),
        ("Lid Alma", "nearest are authors Alma Lid, Lisa Almo"),
        ("Halden", "nearest are authors Mira Halden"),
        ("Zoe Brew", "nearest are authors Al Brew, Ada Brew"),
        ("reinforcment learning", "nearest are topics reinforcement learning"),
        ("qqq", "nothing in it is near to that"),
    ],
)
def test_an_unknown_name_is_2_and_the_nearest_are_told(
    litline: Litline, name: str, near: str
) -> None:
    line = refused(litline("follow", name), 2)
    assert line.startswith(f"litline: {name!r} is no line of work, author or topic of the library;")
    assert near in line
    assert line.endswith("may be written under [follow] in litline.toml by hand")
    assert not Path("litline.toml").exists()


def test_an_unknown_name_in_an_empty_library_says_what_to_do(empty: Litline) -> None:
    line = refused(empty("follow", "Skerry"), 2)
    assert line.endswith("the library is empty; `litline run DOC` adds documents to it")
    assert list(Path().iterdir()) == []


@pytest.mark.parametrize("name", ["", " \n", "a\x1b[31m", "\u202e"])
def test_a_name_without_letters_or_with_hidden_ones_is_2(litline: Litline, name: str) -> None:
    line = refused(litline("follow", name), 2)
    assert line == "litline: a name to follow has letters that can be printed"
    assert not Path("litline.toml").exists()


@pytest.mark.parametrize(
    "name", ['"]\nout = "elsewhere', "'''", "\\", '"', "] # x", "[follow]", "%s {name}", "..", "-"]
)
def test_a_hostile_name_is_only_a_name(litline: Litline, name: str) -> None:
    before = files()
    line = refused(litline("follow", "--", name), 2)
    assert "is no line of work" in line
    assert files() == before
    assert not Path("litline.toml").exists()


def test_a_hostile_name_that_is_found_is_written_as_a_name(empty: Litline) -> None:
    Path("kettles.txt").write_text(
        profile(entry(abstract='Quotes such as "lid" = ["pot", \'\\pan] # x are met in text.')),
        encoding="utf-8",
    )
    store = open_store(".litline/litline.db")
    add_documents(["kettles.txt"], load_settings(as_of="2031-06-30"), store)
    store.close()
    name = '"lid" = ["pot'
    assert empty("follow", name).code == 0
    assert followed() == {"topics": [name]}
    assert empty("follow", name).out == f"already followed: topic {name}\n"


# --- The file ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", '[follow]\nlineages = ["Skerry"]\n'),
        ("# mine\n", '# mine\n\n[follow]\nlineages = ["Skerry"]\n'),
        ("quiet = true\r\n", 'quiet = true\r\n\r\n[follow]\r\nlineages = ["Skerry"]\r\n'),
        (
            'follow = { topics = ["pot"] } # short\nquiet = true\n',
            'follow = { topics = ["pot"], lineages = ["Skerry"]} # short\nquiet = true\n',
        ),
        (
            '[follow]\ntopics = ["pot"]\n\n# taken off\n[not_counted]\nagents = []\n',
            '[follow]\ntopics = ["pot"]\nlineages = ["Skerry"]\n\n'
            "# taken off\n[not_counted]\nagents = []\n",
        ),
    ],
)
def test_all_else_in_the_file_stays(litline: Litline, before: str, after: str) -> None:
    Path("litline.toml").write_bytes(before.encode("utf-8"))
    rest = files()
    assert litline("follow", "Skerry").code == 0
    assert written() == after
    assert files() == rest


@pytest.mark.parametrize(
    ("before", "told"),
    [
        ("[follow\n", "litline.toml cannot be read"),
        ('[follow]\nauthor = ["Ada Brew"]\n', "there is no setting follow.author"),
        ('[follow]\nauthors = "Ada Brew"\n', "setting follow.authors"),
    ],
)
def test_a_file_that_is_wrong_is_4_and_stays(litline: Litline, before: str, told: str) -> None:
    Path("litline.toml").write_text(before, encoding="utf-8")
    for arguments in (["follow"], ["follow", "Skerry"]):
        assert told in refused(litline(*arguments), 4)
    assert written() == before


def test_a_file_marked_read_only_is_4_and_stays(litline: Litline) -> None:
    Path("litline.toml").touch(mode=0o444)
    line = refused(litline("follow", "Skerry"), 4)
    assert line == "litline: litline.toml cannot be written: it is read-only"
    assert written() == ""


def test_a_store_that_is_none_is_4(litline: Litline) -> None:
    Path("other.db").write_bytes(b"no database, but long enough to be read as one" * 20)
    assert litline("follow", "Skerry", "--store", "other.db").code == 4
    assert not Path("litline.toml").exists()
