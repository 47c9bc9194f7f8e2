"""Many papers over a server that often fails: all is answered or listed, and the money adds up."""

from __future__ import annotations

import math
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from pipeline.sheets import RunReport
from tests.command import Litline
from tests.fault_server import PRICE, Chance, Counts, FaultServer
from tests.faults import FAULTS, PASSING

PAPERS = 2000
SHARE = 0.2
CONCURRENCY = 16
MODEL = "kettle-mini"
DEADLINE_SECONDS = "1.5"
OPTIONS = ("papers.txt", "--direct", "--model", MODEL, "--as-of", "2031-06-30")
HARMLESS = [name for name in PASSING if not FAULTS[name].lossy and name != "no-usage"]
_THINGS = "lanterns kettles harbours violins glaciers beehives looms tides orchards clocks".split()


def record(number: int) -> str:
    """Return a paper of one sentence, since calls are counted here and not claims."""
    month = number % 12 + 1
    return (
        f"Quill-{number} plans {number % 11 + 2} {_THINGS[number % 10]} at once.\n\n"
        f"arXiv:20{month:02d}.{number:05d}\nCreated: 2020-{month:02d}-11\n"
    )


def prepare(folder: Path, papers: int) -> None:
    """Write a listing and the prices of the server."""
    listing = "\n".join(map(record, range(papers)))
    (folder / "papers.txt").write_text(listing, encoding="utf-8")
    prices = ", ".join(f"{name} = {price}" for name, price in PRICE.model_dump().items())
    (folder / "litline.toml").write_text(f"[prices]\n{MODEL} = {{ {prices} }}\n", "utf-8")


def environment(server: FaultServer) -> dict[str, str]:
    return {
        "OPENAI_BASE_URL": server.url,
        "OPENAI_API_KEY": "sk-canary",
        "LITLINE_DEADLINE": DEADLINE_SECONDS,
        "LITLINE_QUIET": "1",
    }


def run_apart(folder: Path, server: FaultServer) -> int:
    """Run the command in a process of its own; return its exit code."""
    command = [sys.executable, "-m", "flows.cli", "summarize", *OPTIONS]
    command += ["--concurrency", str(CONCURRENCY)]
    surroundings = {**os.environ, **environment(server)}
    ended = subprocess.run(
        command, cwd=folder, env=surroundings, capture_output=True, text=True, check=False
    )
    assert "Traceback" not in ended.stderr
    return ended.returncode


def report(folder: Path) -> RunReport:
    return RunReport.model_validate_json((folder / "outputs" / "run.json").read_text("utf-8"))


def pages(folder: Path) -> set[str]:
    return {path.stem for path in (folder / "outputs" / "papers").glob("*.json")}


def unanswered(found: RunReport) -> set[str | None]:
    """Return the papers without a summary; others are listed whose claims could not be mended."""
    return {one.paper for one in found.failed if one.stage == "summaries"}


def repeats(counts: Counts) -> int:
    """Return how often a question was asked again though its answer had been sent whole."""
    return sum(max(0, times - 1) for times in counts.whole.values())


def estimated_usd(folder: Path) -> float:
    """Return what the answers cost whose usage no server stated."""
    with closing(sqlite3.connect(folder / ".litline" / "litline.db")) as store:
        rows = store.execute("SELECT cost_usd FROM answers WHERE estimated").fetchall()
    return math.fsum(cost for (cost,) in rows)


def test_every_paper_is_answered_or_listed_and_no_answer_is_bought_twice(tmp_path: Path) -> None:
    prepare(tmp_path, PAPERS)
    with FaultServer(Chance(SHARE, seed=1), hurry=True) as server:
        code = run_apart(tmp_path, server)
        first = report(tmp_path)
        answered = pages(tmp_path)
        server.chance = None
        again = run_apart(tmp_path, server)
        second = report(tmp_path)
        counts = server.counts
    assert (code, again) == (3, 0)
    assert answered.isdisjoint(unanswered(first))
    assert len(answered) + len(unanswered(first)) == PAPERS
    assert (len(pages(tmp_path)), second.failed) == (PAPERS, [])

    assert set(counts.faults) == set(PASSING), "each fault was met"
    assert counts.faults.total() > SHARE * PAPERS
    assert counts.most_in_flight <= CONCURRENCY
    assert first.calls + second.calls == counts.requests
    lost = first.lost + second.lost
    assert lost >= counts.lossy > 0
    # On a machine that is too busy a reply may come after the deadline though it was sent in time.
    assert repeats(counts) <= lost - counts.lossy

    cost = math.fsum(one.cost_usd or 0 for one in (first, second))
    possibly = math.fsum(one.possibly_billed_usd or 0 for one in (first, second))
    known = cost - estimated_usd(tmp_path) + math.fsum(counts.unstated_usd)
    assert known <= counts.billed_usd <= cost + possibly


@pytest.fixture
def litline(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Litline:
    monkeypatch.chdir(tmp_path)
    return Litline(monkeypatch, capsys)


def enter(server: FaultServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the commands of a test ask this server."""
    for name, value in environment(server).items():
        monkeypatch.setenv(name, value)


def test_where_no_reply_is_lost_the_server_bills_what_the_runs_say(
    litline: Litline, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    prepare(tmp_path, 100)
    codes: list[int] = []
    reports: list[RunReport] = []
    with FaultServer(Chance(0.4, 2, HARMLESS), hurry=True) as server:
        enter(server, monkeypatch)
        monkeypatch.setenv("LITLINE_DEADLINE", "60")
        while 0 not in codes and len(codes) < 8:
            codes.append(litline("summarize", *OPTIONS).code)
            reports.append(report(tmp_path))
        counts = server.counts
    assert codes == [3] * (len(codes) - 1) + [0]
    assert [one.lost for one in reports] == [0] * len(codes)
    assert repeats(counts) == 0
    cost = math.fsum(one.cost_usd or 0 for one in reports)
    assert cost == pytest.approx(counts.billed_usd, rel=1e-9)
    assert len(pages(tmp_path)) == 100


def test_a_budget_covers_what_was_billed_and_what_may_have_been(
    litline: Litline, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    prepare(tmp_path, 130)
    budget = 0.05
    codes: list[int] = []
    kept: list[int] = []
    with FaultServer(Chance(SHARE, seed=3), hurry=True) as server:
        enter(server, monkeypatch)
        while set(codes) <= {5} and len(codes) < 12:
            before = server.counts.billed_usd
            codes.append(
                litline("summarize", *OPTIONS, "--budget", str(budget), "--concurrency", "4").code
            )
            found = report(tmp_path)
            assert (found.cost_usd or 0) + (found.possibly_billed_usd or 0) <= budget
            assert server.counts.billed_usd - before <= budget
            assert found.estimate_usd is not None
            kept.append(len(pages(tmp_path)))
        repeated, lost = repeats(server.counts), server.counts.lossy
    assert codes[:2] == [5, 5]
    assert codes[-1] in {0, 3}
    assert kept == sorted(set(kept)), "each run went on where the one before had stopped"
    assert repeated == 0
    assert lost > 0
