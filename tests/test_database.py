from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from pipeline import database as module
from pipeline import tables
from pipeline.database import open_store, read_store, store_folder, store_url
from pipeline.errors import StoreError
from pipeline.records import RecordRef
from pipeline.store import (
    Store,
    StoredPace,
    StoredPaper,
)
from pipeline.tables import SCHEMA_VERSION
from tests.stores import KETTLES, TEAPOTS, ask, make

DATA = Path(__file__).parent / "data"
OTHER_PROGRAM = "CREATE TABLE kettles (name TEXT); INSERT INTO kettles VALUES ('Hushkettle');"
NEWER = "CREATE TABLE meta (key TEXT, value TEXT); INSERT INTO meta VALUES ('litline_schema','99');"
DAMAGED = NEWER.replace("'99'", "'ninety-nine'")


def folder(path: Path) -> dict[str, bytes]:
    return {entry.name: entry.read_bytes() for entry in path.iterdir()}


# --- Making and opening ----------------------------------------------------------------------


def test_a_new_store_is_made_with_its_folder_and_only_its_owner_reads_it(store_path: Path) -> None:
    open_store(str(store_path)).close()
    assert store_path.stat().st_mode & 0o777 == 0o600
    assert ask(store_path, "PRAGMA journal_mode") == [("wal",)]
    assert ask(store_path, "SELECT * FROM meta") == [("litline_schema", str(SCHEMA_VERSION))]


def test_what_sqlite_leaves_beside_a_store_is_as_private(store: Store, store_path: Path) -> None:
    store.save_run("2031-06-02", "{}")
    assert {p.stat().st_mode & 0o777 for p in store_path.parent.iterdir()} == {0o600}
    store.close()
    assert [p.name for p in store_path.parent.iterdir()] == ["litline.db"]


@pytest.mark.parametrize("name", ["plain.db", "with space.db", "per%20cent.db", "q?&#.db", "ü.db"])
def test_a_path_may_hold_any_character(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    with closing(open_store(str(path))) as store:
        store.save_documents([KETTLES], {})
    assert [p.name for p in tmp_path.iterdir()] == [name]
    found = read_store(str(path))
    assert found is not None
    with closing(found):
        assert [d.id for d in found.documents()] == ["kettles.txt"]


def test_a_url_names_the_same_store_as_its_path(store_path: Path) -> None:
    open_store(f"sqlite:///{store_path}").close()
    assert store_url(f"sqlite:///{store_path}") == store_url(str(store_path))
    assert store_path.exists()


def test_an_empty_file_becomes_a_store(tmp_path: Path) -> None:
    path = tmp_path / "empty.db"
    path.touch()
    assert read_store(str(path)) is None
    assert path.read_bytes() == b""
    open_store(str(path)).close()
    assert ask(path, "SELECT value FROM meta") == [(str(SCHEMA_VERSION),)]


def test_a_store_can_be_made_by_many_at_once(store_path: Path) -> None:
    ready = threading.Barrier(6, timeout=10)
    failed: list[StoreError] = []

    def work() -> None:
        ready.wait()
        try:
            open_store(str(store_path)).close()
        except StoreError as error:
            failed.append(error)

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []


def test_making_a_store_that_fails_half_way_leaves_an_empty_one(
    store_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(connection: sa.Connection) -> None:
        tables._create(connection)
        raise sqlite3.OperationalError("interrupted")

    monkeypatch.setattr(module, "MIGRATIONS", (fails,))
    with pytest.raises(StoreError, match="interrupted"):
        open_store(str(store_path))
    assert ask(store_path, "SELECT name FROM sqlite_master") == []
    monkeypatch.undo()
    open_store(str(store_path)).close()


# --- Refused ---------------------------------------------------------------------------------


@pytest.mark.parametrize("open_it", [open_store, read_store])
@pytest.mark.parametrize(
    ("script", "reason"),
    [
        (OTHER_PROGRAM, "is not a Litline store"),
        ("CREATE TABLE meta (key TEXT, value TEXT);", "is not a Litline store"),
        ("CREATE TABLE meta (kettle TEXT);", "cannot be used: no such column: meta.value"),
        (NEWER, "newer Litline"),
        (DAMAGED, "is not a Litline store"),
        (f"PRAGMA journal_mode=WAL; {NEWER}", "newer Litline"),
        ("PRAGMA journal_mode=WAL; CREATE TABLE meta (kettle TEXT);", "no such column: meta.value"),
    ],
)
def test_a_foreign_database_is_refused_and_left_as_it_was(
    tmp_path: Path, open_it: Callable[[str], Store | None], script: str, reason: str
) -> None:
    path = make(tmp_path / "foreign.db", script)
    before = folder(tmp_path)
    with pytest.raises(StoreError, match=reason) as caught:
        open_it(str(path))
    assert "--store" in str(caught.value) or "another store" in str(caught.value)
    assert caught.value.exit_code == 4
    assert folder(tmp_path) == before


@pytest.mark.parametrize("open_it", [open_store, read_store])
def test_a_file_that_is_no_database_is_refused_and_left_as_it_was(
    tmp_path: Path, open_it: Callable[[str], Store | None]
) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("Kettles are not databases.\n" * 100)
    before = folder(tmp_path)
    with pytest.raises(StoreError, match=r"file is not a database; move it away"):
        open_it(str(path))
    assert folder(tmp_path) == before


@pytest.mark.parametrize("open_it", [open_store, read_store])
def test_a_folder_is_no_store(tmp_path: Path, open_it: Callable[[str], Store | None]) -> None:
    with pytest.raises(StoreError, match=r"cannot be used: .*; move it away"):
        open_it(str(tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_a_store_below_a_file_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    path = str(tmp_path / "file" / "litline.db")
    with pytest.raises(StoreError, match="cannot be written"):
        open_store(path)
    assert read_store(path) is None


@pytest.mark.parametrize(("open_it", "verb"), [(open_store, "written"), (read_store, "read")])
def test_a_path_that_no_disk_takes_is_refused(
    tmp_path: Path, open_it: Callable[[str], Store | None], verb: str
) -> None:
    with pytest.raises(StoreError, match=f"cannot be {verb}: File name too long"):
        open_it(str(tmp_path / ("x" * 300)))


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("sqlite://", "needs a file"),
        ("sqlite:///:memory:", "needs a file"),
        ("://", "neither a path nor a URL"),
        ("teapot://host/name", "cannot be opened: Can't load plugin"),
        ("postgresql+nosuchdriver://host/name", "cannot be opened"),
    ],
)
def test_a_url_that_leads_nowhere_is_refused(url: str, reason: str) -> None:
    with pytest.raises(StoreError, match=reason):
        open_store(url)


SERVER = "postgresql://litline:canary@192.0.2.1/kettles?sslpassword=canary"


@pytest.mark.parametrize(("open_it", "made"), [(open_store, True), (read_store, False)])
def test_a_url_of_a_server_is_not_taken_for_a_file(
    open_it: Callable[[str], Store | None], made: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[sa.URL] = []

    def engine(address: sa.URL) -> sa.Engine:
        asked.append(address)
        return sa.create_engine("sqlite://")

    monkeypatch.setattr(module, "_engine", engine)
    opened = open_it(SERVER)
    assert (opened is not None) is made
    if opened is not None:
        with closing(opened):
            assert opened.documents() == []
    assert [address.host for address in asked] == ["192.0.2.1"]


def test_the_password_of_a_server_stays_out_of_messages(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = sa.create_engine("sqlite://")

    @sa.event.listens_for(engine, "connect")
    def _refuse(_connection: object, _record: object) -> None:
        raise sqlite3.OperationalError("nobody is there\nat all")

    monkeypatch.setattr(module, "_engine", lambda _address: engine)
    with pytest.raises(StoreError, match="nobody is there; move it away") as caught:
        open_store(SERVER)
    assert "postgresql://litline@192.0.2.1/kettles cannot be used" in str(caught.value)
    assert "canary" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "folder"),
    [
        ("deep/litline.db", "deep"),
        ("litline.db", "."),
        ("sqlite:////deep/litline.db", "/deep"),
        ("sqlite://", None),
        (SERVER, None),
    ],
)
def test_a_store_in_a_file_has_a_folder(url: str, folder: str | None) -> None:
    assert store_folder(url) == (Path(folder) if folder else None)


# --- Reading only ----------------------------------------------------------------------------


def test_a_missing_store_is_none_and_stays_missing(store_path: Path) -> None:
    assert read_store(str(store_path)) is None
    assert read_store("sqlite://") is None
    assert not store_path.parent.exists()


def test_reading_changes_nothing_and_leaves_nothing(store: Store, store_path: Path) -> None:
    store.save_documents([KETTLES], {})
    store.close()
    before = folder(store_path.parent)
    found = read_store(str(store_path))
    assert found is not None
    with closing(found):
        assert [d.id for d in found.documents()] == ["kettles.txt"]
        assert folder(store_path.parent) == before
        with pytest.raises(StoreError, match="readonly database"):
            found.save_run("2031-06-02", "{}")
    assert folder(store_path.parent) == before


def test_reading_sees_what_a_writer_has_just_committed(store: Store, store_path: Path) -> None:
    store.save_documents([KETTLES], {})
    assert store_path.with_name("litline.db-wal").stat().st_size
    found = read_store(str(store_path))
    assert found is not None
    with closing(found):
        assert [d.id for d in found.documents()] == ["kettles.txt"]
        store.save_documents([TEAPOTS], {})
        assert len(found.documents()) == 2


# --- Stores of earlier versions --------------------------------------------------------------


def _old(version: int, folder: Path) -> Path:
    return make(folder / "old.db", (DATA / f"store-v{version}.sql").read_text(encoding="utf-8"))


@pytest.fixture
def old_store(tmp_path: Path) -> Path:
    return _old(1, tmp_path)


@pytest.fixture(params=range(1, SCHEMA_VERSION))
def any_old_store(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return _old(request.param, tmp_path)


def check_contents(opened: Store) -> None:
    """Check that everything in the committed stores of earlier versions can be read."""
    assert [(d.id, d.text, d.current) for d in opened.documents()] == [
        ("kettles.txt", "Quiet kettles.\n", False),
        ("kettles.txt~bbbbbb", "Quieter kettles.\n", True),
    ]
    assert opened.papers() == [
        StoredPaper(
            "quiet-kettles-0a1b2c3d",
            None,
            (
                RecordRef(document="kettles.txt", index=0),
                RecordRef(document="kettles.txt~bbbbbb", index=0),
            ),
        ),
        StoredPaper("quieter-kettles-4e5f6a7b", "quiet-kettles-0a1b2c3d", ()),
    ]
    rows = opened.answers(["1" * 64, "2" * 64])
    assert rows["1" * 64].reply == '{"tldr":null}'
    assert (rows["2" * 64].raw, rows["2" * 64].cost_usd) == ("no JSON", None)


def test_a_store_of_an_earlier_version_opens(any_old_store: Path) -> None:
    with closing(open_store(str(any_old_store))) as opened:
        check_contents(opened)
    with closing(open_store(str(any_old_store))) as opened:
        check_contents(opened)
    assert ask(any_old_store, "SELECT value FROM meta") == [(str(SCHEMA_VERSION),)]


def test_a_store_of_an_earlier_version_can_be_read_as_it_is(any_old_store: Path) -> None:
    before = any_old_store.read_bytes()
    found = read_store(str(any_old_store))
    assert found is not None
    with closing(found):
        check_contents(found)
    assert any_old_store.read_bytes() == before


@pytest.mark.parametrize("version", [1, 2])
def test_a_store_of_before_digests_has_none(version: int, tmp_path: Path) -> None:
    found = read_store(str(_old(version, tmp_path)))
    assert found is not None
    with closing(found):
        assert (found.weeks(), found.shown(), found.digest("2031-W22")) == ([], [], None)


@pytest.mark.parametrize("open_it", [open_store, read_store])
def test_digests_of_an_earlier_version_stay(
    open_it: Callable[[str], Store | None], tmp_path: Path
) -> None:
    found = open_it(str(_old(3, tmp_path)))
    assert found is not None
    with closing(found):
        assert (found.ended_weeks(), found.digest("2031-W22")) == (["2031-W22"], "{}")
        assert [row.paper for row in found.shown()] == ["quiet-kettles-0a1b2c3d"]


@pytest.mark.parametrize("version", [1, 2, 3])
def test_a_store_of_before_reviews_has_none(version: int, tmp_path: Path) -> None:
    found = read_store(str(_old(version, tmp_path)))
    assert found is not None
    with closing(found):
        assert found.reviews() == []


@pytest.mark.parametrize("open_it", [open_store, read_store])
def test_reviews_of_an_earlier_version_stay(
    open_it: Callable[[str], Store | None], tmp_path: Path
) -> None:
    found = open_it(str(_old(4, tmp_path)))
    assert found is not None
    with closing(found):
        assert found.reviews() == ["{}"]


def test_a_store_of_an_earlier_version_has_no_paces_and_is_given_none(any_old_store: Path) -> None:
    before = any_old_store.read_bytes()
    found = read_store(str(any_old_store))
    assert found is not None
    with closing(found):
        found.save_pace(StoredPace("server", "one", 15.0, 0.0, 0, None), now=0.0)
        assert found.paces("server") == []
    assert any_old_store.read_bytes() == before


def test_a_store_of_an_earlier_version_becomes_like_a_new_one(
    any_old_store: Path, store_path: Path
) -> None:
    def schema(path: Path) -> list[str]:
        return [" ".join(str(sql).split()) for (sql,) in ask(path, schema_query)]

    schema_query = "SELECT sql FROM sqlite_master ORDER BY name"
    for path in (any_old_store, store_path):
        open_store(str(path)).close()
    assert schema(any_old_store) == schema(store_path)


def test_an_older_store_is_brought_forward_step_by_step(
    old_store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[str] = []
    steps = (
        tables._create,
        lambda _connection: ran.append("to 2"),
        lambda _connection: ran.append("to 3"),
    )
    monkeypatch.setattr(module, "MIGRATIONS", steps)
    monkeypatch.setattr(module, "SCHEMA_VERSION", 3)
    with closing(open_store(str(old_store))) as opened:
        check_contents(opened)
    assert ran == ["to 2", "to 3"]
    assert ask(old_store, "SELECT value FROM meta") == [("3",)]


def test_an_older_store_is_copied_before_it_is_brought_forward(old_store: Path) -> None:
    before = ask(old_store, "SELECT * FROM answers ORDER BY key")
    copy = old_store.with_name("old.db.v1")
    open_store(str(old_store)).close()
    assert ask(copy, "SELECT value FROM meta") == [("1",)]
    assert ask(copy, "SELECT * FROM answers ORDER BY key") == before
    assert copy.stat().st_mode & 0o777 == 0o600
    assert not old_store.with_name("old.db.v1.part").exists()
    open_store(str(old_store)).close()
    assert ask(copy, "SELECT value FROM meta") == [("1",)]


def test_a_copy_that_was_cut_short_is_made_again(old_store: Path) -> None:
    old_store.with_name("old.db.v1.part").write_bytes(b"")
    old_store.with_name("old.db.v1").write_bytes(b"")
    open_store(str(old_store)).close()
    assert ask(old_store.with_name("old.db.v1"), "SELECT value FROM meta") == [("1",)]
