from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from pipeline import store as module
from pipeline.errors import StoreError
from pipeline.records import RecordRef
from pipeline.store import (
    SCHEMA_VERSION,
    Lease,
    Store,
    StoredAnswer,
    StoredDocument,
    StoredPaper,
    claim_all,
    open_store,
    read_store,
    release,
    release_all,
    save_raw,
    save_replies,
    store_folder,
    store_url,
)

VERSION_1 = Path(__file__).parent / "data" / "store-v1.sql"
OTHER_PROGRAM = "CREATE TABLE kettles (name TEXT); INSERT INTO kettles VALUES ('Hushkettle');"
NEWER = "CREATE TABLE meta (key TEXT, value TEXT); INSERT INTO meta VALUES ('litline_schema','99');"
DAMAGED = NEWER.replace("'99'", "'ninety-nine'")
KETTLES = StoredDocument("kettles.txt", "a" * 64, "Quiet kettles.\n", "2031-06-02", 1, "{}", True)
TEAPOTS = StoredDocument("teapots.txt", "b" * 64, "Loud teapots.\n", "2031-06-03", 1, "{}", False)


def make(path: Path, script: str) -> Path:
    """Make a SQLite file by a script."""
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(script)
    return path


def ask(path: Path, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(query).fetchall()


def folder(path: Path) -> dict[str, bytes]:
    return {entry.name: entry.read_bytes() for entry in path.iterdir()}


def answer(key: str = "k1", **changes: Any) -> StoredAnswer:
    row = StoredAnswer(key, "fake 1", "m", "p 1", "raw", None, 10, 5, False, 0.5, "2031-06-02")
    return row._replace(**changes)


def lease(key: str = "k1", owner: str = "one", expires: float = 2000.0) -> Lease:
    return Lease(key, "fake 1", "m", "p 1", owner, expires)


def claim(
    store: Store,
    *leases: Lease,
    now: float = 1000.0,
    alive: Callable[[str], bool] = lambda _owner: True,
) -> dict[str, StoredAnswer | None]:
    with store.transaction() as connection:
        return claim_all(connection, leases, now, alive)


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
        module._create(connection)
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


# --- What is stored --------------------------------------------------------------------------


def test_documents_come_back_in_the_order_they_were_read(store: Store) -> None:
    store.save_documents([TEAPOTS, KETTLES], {"/home/kettles.txt": "kettles.txt"})
    assert store.documents() == [TEAPOTS, KETTLES]


def test_a_path_that_holds_another_text_supersedes_the_first(store: Store) -> None:
    store.save_documents([KETTLES], {"/home/list.txt": "kettles.txt"})
    store.save_documents([TEAPOTS], {"/home/list.txt": "teapots.txt"})
    assert [(d.id, d.current) for d in store.documents()] == [
        ("kettles.txt", False),
        ("teapots.txt", True),
    ]


def test_a_known_document_is_refreshed_in_its_place(store: Store) -> None:
    store.save_documents([KETTLES, TEAPOTS], {})
    store.save_documents([KETTLES._replace(readers=2, reading='{"new": 1}')], {})
    assert [(d.id, d.readers) for d in store.documents()] == [
        ("kettles.txt", 2),
        ("teapots.txt", 1),
    ]


def test_papers_and_aliases_come_back_the_first_in_front(store: Store) -> None:
    refs = [RecordRef(document="kettles.txt", index=n) for n in range(3)]
    store.save_papers([StoredPaper("b", None, (refs[0],)), StoredPaper("a", None, tuple(refs[1:]))])
    store.save_papers([StoredPaper("b", None, tuple(refs)), StoredPaper("a", "b", ())])
    assert store.papers() == [StoredPaper("b", None, tuple(refs)), StoredPaper("a", "b", ())]


def test_runs_are_kept(store: Store, store_path: Path) -> None:
    store.save_run("2031-06-02", '{"calls": 3}')
    store.close()
    assert ask(store_path, "SELECT * FROM runs") == [(1, "2031-06-02", '{"calls": 3}')]


def test_a_failed_transaction_leaves_nothing_behind(store: Store) -> None:
    twins = [KETTLES, TEAPOTS._replace(sha256=KETTLES.sha256)]
    with pytest.raises(StoreError, match="the store cannot be used: UNIQUE constraint failed"):
        store.save_documents(twins, {"/home/kettles.txt": "kettles.txt"})
    assert store.documents() == []


def test_more_answers_than_one_query_takes_are_found(store: Store) -> None:
    keys = [f"k{n}" for n in range(1200)]
    assert claim(store, *map(lease, keys)) == dict.fromkeys(keys)
    assert len(claim(store, *map(lease, keys), now=3000.0)) == 1200
    assert store.answers([*keys, "unknown"]).keys() == set(keys)
    assert store.answers([]) == {}


# --- Leases and answers ----------------------------------------------------------------------


def test_a_lease_is_refused_while_another_living_owner_holds_it(store: Store) -> None:
    assert claim(store, lease(owner="one")) == {"k1": None}
    assert claim(store, lease(owner="two")) == {}


def test_a_lease_ends_with_its_owner_or_its_time(store: Store) -> None:
    claim(store, lease(owner="one", expires=2000.0))
    assert claim(store, lease(owner="two"), now=1999.0) == {}
    assert claim(store, lease(owner="two", expires=2500.0), now=2000.0).keys() == {"k1"}
    assert claim(store, lease(owner="three"), alive=lambda owner: owner != "two").keys() == {"k1"}


def test_of_many_who_claim_at_once_one_holds_each_lease(store_path: Path) -> None:
    stores = [open_store(str(store_path)) for _ in range(4)]
    ready = threading.Barrier(4, timeout=10)
    held: list[str] = []

    def work(number: int) -> None:
        ready.wait()
        for key in range(20):
            held.extend(claim(stores[number], lease(f"k{key}", f"owner {number}")))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for opened in stores:
        opened.close()
    assert sorted(held) == sorted(f"k{key}" for key in range(20))


def test_saving_a_reply_ends_its_lease(store: Store) -> None:
    claim(store, lease(owner="one"))
    with store.transaction() as connection:
        save_raw(connection, answer())
    assert store.answers(["k1"]) == {"k1": answer()}
    assert claim(store, lease(owner="two")) == {"k1": answer()}


def test_a_paid_reply_is_saved_though_its_lease_was_lost(store: Store) -> None:
    claim(store, lease(owner="slow"))
    claim(store, lease(owner="other"), now=5000.0)
    with store.transaction() as connection:
        release(connection, "k1", "other")
    assert store.answers(["k1"]) == {}
    with store.transaction() as connection:
        save_raw(connection, answer())
    assert store.answers(["k1"]) == {"k1": answer()}


def test_replies_are_written_beside_what_was_bought(store: Store) -> None:
    with store.transaction() as connection:
        for key in ("k1", "k2"):
            save_raw(connection, answer(key))
        save_replies(connection, {"k1": '{"one": 1}', "k2": '{"two": 2}'})
        save_replies(connection, {})
    assert [store.answers([k])[k].reply for k in ("k1", "k2")] == ['{"one": 1}', '{"two": 2}']


def test_giving_a_lease_back_forgets_what_was_never_bought(store: Store) -> None:
    claim(store, lease("k1", "one"), lease("k2", "one"), lease("k3", "two"))
    with store.transaction() as connection:
        release(connection, "k1", "two")
        release(connection, "k2", "one")
    assert store.answers(["k1", "k2", "k3"]).keys() == {"k1", "k3"}


def test_giving_all_leases_back_keeps_what_was_bought(store: Store) -> None:
    with store.transaction() as connection:
        save_raw(connection, answer("k1"))
        save_raw(connection, answer("k2", raw=None, reply="{}"))
    claim(store, *(lease(f"k{n}", "one") for n in (1, 2, 3)), lease("k4", "two"))
    with store.transaction() as connection:
        release_all(connection, "one")
    assert store.answers(["k1", "k2", "k3", "k4"]).keys() == {"k1", "k2", "k4"}
    assert claim(store, lease("k1", "two"), lease("k4", "one")).keys() == {"k1"}


# --- A disk that is full, a process that is killed -------------------------------------------


def test_a_full_disk_is_an_error_and_what_was_there_stays(store_path: Path) -> None:
    with closing(open_store(str(store_path))) as store:
        store.save_documents([KETTLES], {})
        with store.transaction() as connection:
            connection.exec_driver_sql("PRAGMA max_page_count=30")
        with pytest.raises(StoreError, match="database or disk is full"):
            store.save_documents([TEAPOTS._replace(text="Loud. " * 100_000)], {})
        assert store.documents() == [KETTLES._replace(current=False)]


def test_what_was_committed_survives_a_kill(store_path: Path) -> None:
    script = (
        "import os, sys\n"
        "from pipeline.store import open_store\n"
        "open_store(sys.argv[1]).save_run('2031-06-02', '{}')\n"
        "os.kill(os.getpid(), 9)\n"
    )
    killed = subprocess.run([sys.executable, "-c", script, str(store_path)], check=False)
    assert killed.returncode == -9
    found = read_store(str(store_path))
    assert found is not None
    found.close()
    open_store(str(store_path)).close()
    assert ask(store_path, "SELECT COUNT(*) FROM runs") == [(1,)]


# --- Stores of earlier versions --------------------------------------------------------------


@pytest.fixture
def old_store(tmp_path: Path) -> Path:
    return make(tmp_path / "old.db", VERSION_1.read_text(encoding="utf-8"))


def check_contents(opened: Store) -> None:
    """Check that everything in the committed store of version 1 can be read."""
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


def test_a_store_of_version_1_opens(old_store: Path) -> None:
    with closing(open_store(str(old_store))) as opened:
        check_contents(opened)
    with closing(open_store(str(old_store))) as opened:
        check_contents(opened)
    assert ask(old_store, "SELECT value FROM meta") == [(str(SCHEMA_VERSION),)]


def test_a_store_of_version_1_can_be_read_as_it_is(old_store: Path) -> None:
    before = old_store.read_bytes()
    found = read_store(str(old_store))
    assert found is not None
    with closing(found):
        check_contents(found)
    assert old_store.read_bytes() == before


def test_a_store_of_version_1_becomes_like_a_new_one(old_store: Path, store_path: Path) -> None:
    def schema(path: Path) -> list[str]:
        return [" ".join(str(sql).split()) for (sql,) in ask(path, schema_query)]

    schema_query = "SELECT sql FROM sqlite_master ORDER BY name"
    for path in (old_store, store_path):
        open_store(str(path)).close()
    assert schema(old_store) == schema(store_path)


def test_an_older_store_is_brought_forward_step_by_step(
    old_store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[str] = []
    steps = (
        module._create,
        lambda _connection: ran.append("to 2"),
        lambda _connection: ran.append("to 3"),
    )
    monkeypatch.setattr(module, "MIGRATIONS", steps)
    monkeypatch.setattr(module, "SCHEMA_VERSION", 3)
    with closing(open_store(str(old_store))) as opened:
        check_contents(opened)
    assert ran == ["to 2", "to 3"]
    assert ask(old_store, "SELECT value FROM meta") == [("3",)]
