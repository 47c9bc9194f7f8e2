"""Each fault of the list of reliability tests, by number: what a run makes of it.

The provider faults (36 to 56) are played over the whole command; what the layers below do about
them is tried in test_openai.py and test_ask.py. Of the durability faults (57 to 72) a table says
which test holds each.
"""

from __future__ import annotations

import ast
import os
import re
import resource
import shutil
import subprocess
import sys
import unicodedata
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from pipeline import ask
from pipeline.sheets import PaperSheet, RunReport
from tests.command import Litline
from tests.fault_server import PRICE, Counts, FaultServer, Seen
from tests.faults import FAULTS

MODEL = "kettle-mini"
PAPERS = 3
TESTS = Path(__file__).parent
RUN = ("summarize", "papers.txt", "--direct", "--concurrency", "1", "--as-of", "2031-06-30")


class Ran(NamedTuple):
    """What a run ended with, and how many calls it made."""

    code: int
    err: str
    calls: int
    report: RunReport

    @property
    def reasons(self) -> list[str]:
        return [one.reason for one in self.report.failed]


Run = Callable[..., Ran]


def record(number: int) -> str:
    return (
        f"We introduce Quill-{number}, a planner for kettles that looks at {number + 2} at once. "
        f"On the Morning-7 benchmark, Quill-{number} reaches {60 + number}.5% accuracy.\n\n"
        f"arXiv:2001.{number:05d}\nCreated: 2020-01-11\n"
    )


def listing(papers: int) -> str:
    return "\n".join(map(record, range(papers)))


def write_listing(folder: Path, papers: int = PAPERS) -> None:
    (folder / "papers.txt").write_text(listing(papers), encoding="utf-8")
    prices = ", ".join(f"{name} = {price}" for name, price in PRICE.model_dump().items())
    table = f'model = "{MODEL}"\n[prices]\n{MODEL} = {{ {prices} }}\n'
    (folder / "litline.toml").write_text(table, encoding="utf-8")


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with FaultServer(hurry=True) as running:
        yield running


@pytest.fixture
def run(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    server: FaultServer,
) -> Run:
    """Return a runner of the command over three papers; its calls are answered by a script."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(ask, "_AFTER_LOSS_SECONDS", 0.0)
    monkeypatch.setenv("OPENAI_BASE_URL", server.url)
    write_listing(tmp_path)
    litline = Litline(monkeypatch, capsys)

    def summarize(*script: str) -> Ran:
        before = len(server.requests)
        server.script(*script, "fine")
        ended = litline(*RUN)
        text = Path("outputs/run.json").read_text(encoding="utf-8")
        calls = len(server.requests) - before
        report = RunReport.model_validate_json(text)
        assert report.calls == calls
        return Ran(ended.code, ended.err, calls, report)

    return summarize


def sheets() -> list[PaperSheet]:
    return [
        PaperSheet.model_validate_json(path.read_text(encoding="utf-8"))
        for path in sorted(Path("outputs/papers").glob("*.json"))
    ]


def statements() -> list[str]:
    """Return what the pages of papers say."""
    return [claim.text for sheet in sheets() for _, claim in sheet.summary.claims()]


def require_all_bought_once(run: Run) -> None:
    """Show that all papers have a page, and that a further run buys nothing."""
    assert len(sheets()) == PAPERS
    again = run()
    assert (again.code, again.calls, again.reasons) == (0, 0, [])


def require_one_listed_and_bought_next_time(run: Run, ran: Ran, reason: str) -> None:
    """Show that one paper failed alone, and that the next run buys it and no other."""
    assert ran.code == 3
    (told,) = ran.reasons
    assert reason in told
    assert reason in ran.err
    assert len(sheets()) == PAPERS - 1
    again = run()
    assert (again.code, again.calls) == (0, 1)
    require_all_bought_once(run)


def named(number: int) -> list[str]:
    return [name for name, fault in FAULTS.items() if fault.number == number]


def test_each_provider_fault_is_played_and_has_its_test() -> None:
    played = {fault.number for fault in FAULTS.values()}
    assert played == set(range(36, 57))
    numbered = (re.match(r"test((?:_\d+)+)_", name) for name in globals())
    tried = {int(number) for found in numbered if found for number in found[1].split("_")[1:]}
    assert played <= tried


# --- Provider --------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", named(36))
def test_36_a_rate_limit_passes(run: Run, fault: str) -> None:
    ran = run(fault)
    assert (ran.code, ran.calls, ran.report.lost, ran.reasons) == (0, PAPERS + 1, 0, [])
    require_all_bought_once(run)


@pytest.mark.parametrize(
    ("fault", "advice"),
    [
        ("long-wait", "run again later"),
        ("quota", "top it up"),
        ("key", "check OPENAI_API_KEY"),
        ("forbidden", "check OPENAI_API_KEY and --model"),
        ("model", "check --model"),
    ],
)
def test_37_38_39_what_stops_a_run_takes_one_call_and_keeps_what_is_finished(
    run: Run, fault: str, advice: str
) -> None:
    ran = run("fine", fault)
    assert (ran.code, ran.calls, len(sheets())) == (4, 2, 1)
    assert advice in ran.err
    assert len(ran.report.failed) == PAPERS - 1
    assert all(advice in reason for reason in ran.reasons)
    again = run()
    assert (again.code, again.calls) == (0, PAPERS - 1)
    require_all_bought_once(run)


@pytest.mark.parametrize("fault", named(40))
def test_40_a_server_that_fails_twice_is_asked_a_third_time(run: Run, fault: str) -> None:
    ran = run(fault, fault)
    assert (ran.code, ran.calls, ran.report.lost) == (0, PAPERS + 2, 0)
    require_all_bought_once(run)


@pytest.mark.parametrize("fault", named(41))
def test_41_a_call_that_never_ends_is_ended_and_made_once_more(
    run: Run, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LITLINE_DEADLINE", "0.4")
    ran = run(fault)
    assert (ran.code, ran.calls, ran.report.lost) == (0, PAPERS + 1, 1)
    assert (ran.report.possibly_billed_usd or 0) > 0
    monkeypatch.delenv("LITLINE_DEADLINE")
    require_all_bought_once(run)


@pytest.mark.parametrize("fault", named(42))
def test_42_a_lost_reply_is_asked_for_once_more_and_possibly_billed(
    run: Run, server: FaultServer, fault: str
) -> None:
    ran = run(fault)
    assert (ran.code, ran.calls, ran.report.lost) == (0, PAPERS + 1, 1)
    assert "a lost reply may have been billed" in ran.err
    require_billed_between(server.counts, ran.report)
    require_all_bought_once(run)


def test_42_a_reply_that_is_lost_twice_fails_its_paper(run: Run, server: FaultServer) -> None:
    ran = run("reset", "reset")
    assert (ran.calls, ran.report.lost) == (PAPERS + 1, 2)
    require_billed_between(server.counts, ran.report)
    require_one_listed_and_bought_next_time(run, ran, "the server broke the connection")


def require_billed_between(counts: Counts, report: RunReport) -> None:
    cost, possibly = report.cost_usd or 0, report.possibly_billed_usd or 0
    assert cost - 1e-12 <= counts.billed_usd <= cost + possibly
    assert possibly > 0


@pytest.mark.parametrize("fault", [*named(43), *named(44)])
def test_43_44_a_200_that_holds_no_completion_fails_its_paper(run: Run, fault: str) -> None:
    ran = run(fault)
    assert (ran.calls, ran.report.lost) == (PAPERS, 1)
    require_one_listed_and_bought_next_time(run, ran, "not a chat completion")


def test_45_a_reply_that_is_cut_has_one_larger_try(run: Run, server: FaultServer) -> None:
    ran = run("length")
    assert (ran.code, ran.calls) == (0, PAPERS + 1)
    first, second = (seen.body["max_tokens"] for seen in server.requests[:2])
    assert second == 2 * first
    assert ran.report.cost_usd == pytest.approx(server.counts.billed_usd)
    require_all_bought_once(run)


def test_46_a_reply_that_was_all_reasoning_says_so(run: Run) -> None:
    ran = run("reasoning", "reasoning")
    assert ran.calls == PAPERS + 1
    require_one_listed_and_bought_next_time(run, ran, "as reasoning models do")


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("refusal", "the model refused to answer"),
        ("filter", "the reply was held (content_filter)"),
        ("filter-400", "the server answered 400 (content_filter)"),
    ],
)
def test_47_a_refusal_is_not_asked_again_in_its_run(run: Run, fault: str, reason: str) -> None:
    ran = run(fault)
    assert ran.calls == PAPERS
    require_one_listed_and_bought_next_time(run, ran, reason)


@pytest.mark.parametrize("fault", named(48))
def test_48_a_reply_between_fences_or_after_thinking_is_recovered(run: Run, fault: str) -> None:
    ran = run(fault)
    assert (ran.code, ran.calls) == (0, PAPERS)
    require_all_bought_once(run)


@pytest.mark.parametrize("fault", [*named(49), *named(50), *named(55)])
def test_49_50_55_a_reply_that_does_not_fit_goes_back_once(
    run: Run, server: FaultServer, fault: str
) -> None:
    ran = run(fault)
    assert (ran.code, ran.calls) == (0, PAPERS + 1)
    second = server.requests[1].body["messages"]
    assert [one["role"] for one in second] == ["system", "user", "assistant", "user"]
    assert ran.report.cost_usd == pytest.approx(server.counts.billed_usd)
    require_all_bought_once(run)


@pytest.mark.parametrize("fault", [*named(49), *named(50), *named(55)])
def test_49_50_55_a_reply_that_never_fits_fails_its_paper(run: Run, fault: str) -> None:
    ran = run(fault, fault)
    assert ran.calls == PAPERS + 1
    require_one_listed_and_bought_next_time(run, ran, "the reply")


@pytest.mark.parametrize("script", [["language"], ["language"] * (2 * PAPERS)])
def test_51_a_statement_in_another_language_is_never_printed(run: Run, script: list[str]) -> None:
    ran = run(*script)
    assert ran.code == 0
    assert statements()
    assert [text for text in statements() if is_foreign(text)] == []
    assert ran.report.claims.asked_again > 0
    require_all_bought_once(run)


def is_foreign(text: str) -> bool:
    return any(unicodedata.name(letter, "").startswith("CJK") for letter in text)


@pytest.mark.parametrize("script", [["digit"], ["digit"] * (2 * PAPERS)])
def test_52_a_changed_digit_is_never_printed(run: Run, script: list[str]) -> None:
    ran = run(*script)
    assert ran.code == 0
    printed = {figure for text in statements() for figure in figures(text)}
    assert printed
    assert printed <= set(figures(listing(PAPERS)))
    assert ran.report.claims.asked_again > 0
    require_all_bought_once(run)


def figures(text: str) -> list[str]:
    return re.findall(r"\d+(?:\.\d+)?", text)


def test_53_a_call_whose_usage_is_not_stated_is_estimated_and_never_too_low(
    run: Run, server: FaultServer
) -> None:
    ran = run("no-usage")
    assert (ran.code, ran.calls) == (0, PAPERS)
    assert [sheet.stamp.tokens_estimated for sheet in sheets()].count(True) == 1
    assert (ran.report.cost_usd or 0) >= server.counts.billed_usd
    require_all_bought_once(run)


def test_54_an_answer_to_a_prompt_that_was_cut_is_no_answer_in_any_run(run: Run) -> None:
    ran = run("cut-prompt")
    assert ran.calls == PAPERS
    require_one_listed_and_bought_next_time(run, ran, "it cut it")


def test_55_a_server_that_ignores_the_schema_is_told_it_in_the_prompt(
    run: Run, server: FaultServer
) -> None:
    run("schema-ignored")
    assert all('"tldr"' in prompt(seen) for seen in server.requests)


def prompt(seen: Seen) -> str:
    return str(seen.body["messages"][0]["content"])


def test_56_a_parameter_that_is_refused_is_left_out_from_then_on(
    run: Run, server: FaultServer
) -> None:
    ran = run("parameter-refused")
    assert (ran.code, ran.calls) == (0, PAPERS + 1)
    kinds = [seen.body["response_format"]["type"] for seen in server.requests]
    assert kinds == ["json_schema"] + ["json_object"] * PAPERS
    require_all_bought_once(run)


# --- Durability ------------------------------------------------------------------------------

HELD: dict[int, list[str]] = {
    57: [
        "test_durability::"
        "test_a_run_that_is_killed_anywhere_is_finished_by_the_next_and_pays_for_nothing_twice"
    ],
    58: ["test_faults::test_58_a_full_disk_stops_a_run_and_the_next_goes_on"],
    59: [
        "test_files::test_a_read_only_disk_is_refused_before_any_work",
        "test_cli::test_places_that_cannot_be_written_are_4_before_anything_is_done",
    ],
    60: ["test_cli::test_a_second_run_on_the_same_outputs_is_75"],
    61: ["test_ledger::test_four_threads_buy_each_answer_once"],
    62: [
        "test_cli::test_run_with_documents_and_again_changes_nothing",
        "test_summarise::test_a_second_run_makes_the_same_bytes_and_no_call",
    ],
    63: ["test_faults::test_63_an_edited_prompt_buys_only_its_own_answers_anew"],
    64: ["test_jobs::test_a_budget_stops_cleanly_and_the_next_run_goes_on"],
    65: ["test_jobs::test_one_bad_answer_is_listed_and_retried_by_the_next_run"],
    66: ["test_jobs::test_when_all_fail_nothing_is_overwritten"],
    67: ["test_digest_command::test_an_empty_week_says_so_and_why"],
    68: [
        "test_digest_command::test_week_53_has_a_digest_where_the_year_has_one",
        "test_weeks::test_each_monday_around_a_change_of_clocks_has_a_week_of_its_own",
        "test_schedule::test_a_time_that_is_skipped_or_comes_twice_is_due_once_a_week",
    ],
    69: [
        "test_digest_command::test_a_clock_that_was_set_back_makes_nothing_twice",
        "test_weeks::test_a_clock_that_was_set_back_makes_no_week_again",
    ],
    70: ["test_cli::test_plan_needs_no_key"],
    71: ["test_flows::test_without_prefect_installed_commands_work"],
    72: ["test_durability::test_a_run_killed_under_prefect_leaves_no_process"],
}


@cache
def functions_of(module: str) -> set[str]:
    tree = ast.parse((TESTS / f"{module}.py").read_text(encoding="utf-8"))
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return {node.name for node in ast.walk(tree) if isinstance(node, kinds)}


@pytest.mark.parametrize("number", range(57, 73))
def test_each_durability_fault_has_its_test(number: int) -> None:
    assert HELD[number]
    for name in HELD[number]:
        module, _, function = name.partition("::")
        assert function in functions_of(module)


def apart(folder: Path, server: FaultServer, most_bytes: int | None = None) -> int:
    """Run the command in a process whose files may not grow beyond so many bytes."""

    def limit() -> None:
        if most_bytes is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, most_bytes))

    # The file that coverage keeps would meet the limit, too.
    kept = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")}
    ended = subprocess.run(
        [sys.executable, "-m", "flows.cli", *RUN],
        cwd=folder,
        env={**kept, "OPENAI_BASE_URL": server.url},
        preexec_fn=limit,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in ended.stderr, ended.stderr
    return ended.returncode


def test_58_a_full_disk_stops_a_run_and_the_next_goes_on(
    tmp_path: Path, server: FaultServer
) -> None:
    papers = 20
    write_listing(tmp_path, papers)
    assert apart(tmp_path, server, 200_000) == 4
    assert 0 < len(server.requests) < papers
    assert apart(tmp_path, server) == 0
    assert len(list((tmp_path / "outputs" / "papers").glob("*.json"))) == papers
    assert len(server.requests) <= papers + 1, "only the reply that could not be saved is lost"


def edit_prompt(folder: Path, name: str) -> None:
    """Put the package of prompts, with one of them edited, where the command looks first."""
    copied = folder / "prompts"
    shutil.rmtree(copied, ignore_errors=True)
    shutil.copytree(TESTS.parent / "prompts", copied)
    edited = copied / f"{name}.md"
    text = edited.read_text(encoding="utf-8")
    edited.write_text(text.replace("<!-- input -->", "- Be kind.\n\n<!-- input -->"), "utf-8")


def test_63_an_edited_prompt_buys_only_its_own_answers_anew(
    tmp_path: Path, server: FaultServer
) -> None:
    write_listing(tmp_path)
    server.script("digit", "fine")
    assert apart(tmp_path, server) == 0
    assert len(server.requests) == PAPERS + 1, "one answer was repaired"
    calls = []
    for name in ("lineage_narrative", "claim_repair", "paper_summary"):
        before = len(server.requests)
        edit_prompt(tmp_path, name)
        assert apart(tmp_path, server) == 0
        calls.append(len(server.requests) - before)
    assert calls == [0, 1, PAPERS]
