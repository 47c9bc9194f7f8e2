from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from pipeline.database import open_store, read_store
from pipeline.errors import StoreError
from pipeline.records import RecordRef
from pipeline.store import (
    Lease,
    Store,
    StoredAnswer,
    StoredDigest,
    StoredPace,
    StoredPaper,
    StoredShown,
    claim_all,
    release,
    release_all,
    save_raw,
    save_replies,
)
from tests.stores import KETTLES, TEAPOTS, ask


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


def test_verdicts_are_only_ever_added(store: Store) -> None:
    assert store.add_reviews({"a": "1", "b": "2"}) == 2
    assert store.add_reviews({"b": "other", "c": "3"}) == 1
    assert store.add_reviews({}) == 0
    assert store.reviews() == ["1", "2", "3"]


def test_verdicts_that_come_in_at_once_are_all_kept(store_path: Path) -> None:
    ready = threading.Barrier(6, timeout=10)

    def add(who: int) -> None:
        with closing(open_store(str(store_path))) as own:
            ready.wait()
            for n in range(10):
                own.add_reviews({f"{who} {n}": f"{who}", f"both {n}": "both"})

    threads = [threading.Thread(target=add, args=(who,)) for who in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with closing(open_store(str(store_path))) as found:
        assert len(found.reviews()) == 70


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
        "from pipeline.database import open_store\n"
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


# --- What digests have shown -----------------------------------------------------------------


def test_a_week_keeps_its_last_digest_and_what_that_showed(store: Store) -> None:
    first = [StoredShown("2031-W22", "quiet-kettles", "{}"), StoredShown("2031-W22", "pots", "{}")]
    store.save_digest(StoredDigest("2031-W22", '{"first": 1}', True, False), first)
    store.save_digest(
        StoredDigest("2031-W21", "{}", True, False), [StoredShown("2031-W21", "pots", "{}")]
    )
    store.save_digest(StoredDigest("2031-W22", '{"second": 2}', True, False), first[:1])
    store.save_digest(StoredDigest("2031-W23", "{}", False, False), [])
    store.save_digest(StoredDigest("2031-W19", "{}", True, True), [])
    assert store.weeks() == ["2031-W21", "2031-W22", "2031-W23"]
    assert store.digest("2031-W19") == "{}"
    assert store.ended_weeks() == ["2031-W21", "2031-W22"]
    assert store.digest("2031-W22") == '{"second": 2}'
    assert store.digest("2031-W24") is None
    assert [(row.week, row.paper) for row in store.shown()] == [
        ("2031-W21", "pots"),
        ("2031-W22", "quiet-kettles"),
    ]


def test_a_digest_of_nothing_is_kept(store: Store) -> None:
    store.save_digest(StoredDigest("2031-W22", "{}", True, False), [])
    assert (store.weeks(), store.shown()) == (["2031-W22"], [])


def test_the_paths_are_those_that_were_read_last(store: Store) -> None:
    store.save_documents([KETTLES, TEAPOTS], {"/in/a.txt": KETTLES.id, "/in/b.txt": TEAPOTS.id})
    store.save_documents([], {"/in/b.txt": KETTLES.id})
    assert store.paths() == {"/in/a.txt": KETTLES.id, "/in/b.txt": KETTLES.id}


# --- How fast processes send -----------------------------------------------------------------


def pace(owner: str, expires: float, until: float = 0.0, name: str = "server") -> StoredPace:
    return StoredPace(name, owner, expires, until, 1, 30.0)


def test_each_process_has_one_pace_under_a_name(store: Store) -> None:
    store.save_pace(pace("one", 10.0), now=0.0)
    store.save_pace(pace("two", 11.0)._replace(rate=None), now=0.0)
    store.save_pace(pace("one", 12.0, name="other server"), now=0.0)
    store.save_pace(pace("one", 13.0), now=0.0)
    assert store.paces("server") == [pace("one", 13.0), pace("two", 11.0)._replace(rate=None)]
    assert store.paces("unknown") == []


def test_paces_go_when_neither_their_process_nor_their_pause_lasts(store: Store) -> None:
    store.save_pace(pace("ended", 10.0), now=0.0)
    store.save_pace(pace("pausing", 10.0, until=60.0), now=0.0)
    store.save_pace(pace("living", 70.0), now=50.0)
    assert [row.owner for row in store.paces("server")] == ["living", "pausing"]
    store.save_pace(pace("living", 90.0), now=61.0)
    assert [row.owner for row in store.paces("server")] == ["living"]
