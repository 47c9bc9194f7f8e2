"""Whole runs with an engine that fails in its own ways: what is finished stays, and is said."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from flows import wiring
from flows.settings import DEFAULT_MODEL
from pipeline.errors import AnswerError, ProviderRefused
from pipeline.lineage_sheet import LineageSheet
from pipeline.providers.base import Completion, Request
from pipeline.providers.extractive import summarise
from pipeline.providers.fake import FakeProvider
from pipeline.samples import sample_files
from pipeline.schemas import BriefingReply, NarrativeReply, RelationsReply, RepairReply, Reply
from pipeline.sheets import RunReport
from tests.command import Litline

SAMPLES = sample_files()
RUN = ("summarize", *SAMPLES, "--direct", "--as-of", "2026-06-30")
PAPERS = 18
SILENT: dict[str, Reply] = {
    "claim_repair": RepairReply(statements=[]),
    "paper_relations": RelationsReply(relations=[]),
    "lineage_narrative": NarrativeReply(short=[], steps=[]),
    "author_briefing": BriefingReply(short=[], questions=[]),
}


class Copying(FakeProvider):
    """Answers with copied sentences, as far as `allow` lets it; else raises what that returns."""

    def __init__(self, allow: Callable[[int], Exception | None]) -> None:
        super().__init__(model=DEFAULT_MODEL)
        self._allow = allow
        self.summaries = 0

    async def complete(self, request: Request) -> Completion:
        if request.prompt.name == "paper_summary":
            refused = self._allow(self.summaries)
            self.summaries += 1
            self.queue(refused if refused is not None else summarise(request.sentences))
        else:
            self.queue(SILENT[request.prompt.name])
        return await super().complete(request)


@pytest.fixture
def litline(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Litline:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-canary")
    return Litline(monkeypatch, capsys)


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Copying]:
    """Return a function that puts an engine in the place of the real one."""

    def use(allow: Callable[[int], Exception | None] = lambda _: None) -> Copying:
        made = Copying(allow)
        monkeypatch.setattr(wiring, "provider", lambda *_: made)
        return made

    return use


def report() -> RunReport:
    return RunReport.model_validate_json(Path("outputs/run.json").read_text(encoding="utf-8"))


def sheets() -> int:
    return len(list(Path("outputs/papers").glob("*.json")))


def test_a_budget_stops_cleanly_and_the_next_run_goes_on(
    litline: Litline, engine: Callable[..., Copying]
) -> None:
    first = engine()
    result = litline(*RUN, "--budget", "0.0085", "--concurrency", "1")
    assert result.code == 5
    assert "budget of 0.0085 USD is reached" in result.err
    assert 0 < first.requests < PAPERS
    assert sheets() == first.requests
    assert len(report().failed) == PAPERS - first.requests
    assert (report().cost_usd or 0) <= 0.0085
    assert litline("check").code == 0
    second = engine()
    assert litline(*RUN).code == 0
    assert second.requests == PAPERS - first.requests
    assert sheets() == PAPERS


def test_a_refused_key_stops_the_run_and_keeps_what_is_there(
    litline: Litline, engine: Callable[..., Copying]
) -> None:
    refusal = ProviderRefused("the server refuses the key (401); check OPENAI_API_KEY")
    made = engine(lambda n: refusal if n >= 3 else None)
    result = litline(*RUN, "--concurrency", "1")
    assert result.code == 4
    assert "refuses the key" in result.err
    assert made.requests == 4
    assert sheets() == 3
    assert "sk-canary" not in result.err


def test_one_bad_answer_is_listed_and_retried_by_the_next_run(
    litline: Litline, engine: Callable[..., Copying]
) -> None:
    engine(lambda n: AnswerError("the reply is empty") if n == 5 else None)
    result = litline(*RUN)
    assert result.code == 3
    assert "the reply is empty" in result.err
    (failure,) = report().failed
    assert failure.stage == "summaries"
    assert sheets() == PAPERS - 1
    second = engine()
    assert litline(*RUN).code == 0
    assert second.requests == 1


def test_when_all_fail_nothing_is_overwritten(
    litline: Litline, engine: Callable[..., Copying]
) -> None:
    assert litline(*RUN, "--engine", "extractive").code == 0
    before = {path: path.read_bytes() for path in Path("outputs/papers").iterdir()}
    broken = next(iter(sorted(Path("outputs/papers").glob("*.json"))))
    broken.write_text("{", encoding="utf-8")
    engine(lambda _: AnswerError("the server cannot be reached"))
    result = litline(*RUN)
    assert result.code == 3
    assert len(report().failed) == PAPERS
    after = {path: path.read_bytes() for path in Path("outputs/papers").iterdir()}
    assert after == before | {broken: b"{"}
    index = Path("outputs/index.html").read_text(encoding="utf-8")
    assert index.count('href="papers/') >= PAPERS - 1


def test_a_process_is_alive_until_it_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    around = wiring.surroundings()
    host, _, nonce = around.owner.rsplit(":", 2)
    assert around.alive(around.owner)
    assert around.alive(f"elsewhere:1:{nonce}")
    assert not around.alive(f"{host}:{2**22 + 1}:{nonce}")

    def forbidden(_pid: int, _signal: int) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "kill", forbidden)
    assert around.alive(around.owner)


def test_the_engine_follows_the_settings(litline: Litline, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    result = litline("doctor")
    assert result.code == 4
    assert "the server cannot be reached" in result.err
    assert "engine: openai (chosen automatically)" in result.out
    assert "server: http://127.0.0.1:9/v1" in result.out
    assert "model: gpt-4.1-mini (the default)" in result.out


def test_pages_of_a_model_are_not_replaced_without_a_word(
    litline: Litline, engine: Callable[..., Copying]
) -> None:
    engine()
    assert "Warning" not in litline(*RUN).err
    engine().model = None
    assert "Warning: gpt-4.1-mini wrote the pages in outputs" in litline(*RUN).err
    assert "Warning" not in litline(*RUN).err


def line_of_the_samples() -> LineageSheet:
    text = Path("outputs/lineages/skerry/lineage.json").read_text(encoding="utf-8")
    return LineageSheet.model_validate_json(text)


def test_lines_are_drawn_even_when_no_paper_could_be_summarised(
    litline: Litline, engine: Callable[..., Copying]
) -> None:
    engine(lambda _: AnswerError("the server cannot be reached"))
    assert litline("run", *RUN[1:]).code == 3
    sheet = line_of_the_samples()
    assert len(sheet.steps) == 6
    assert not any(step.passage for step in sheet.steps)
    assert litline("check").code == 0


def test_a_line_of_which_some_papers_failed_is_completed_by_the_next_run(
    litline: Litline, engine: Callable[..., Copying]
) -> None:
    told = []
    for broken in (2, 99):
        engine(lambda n, broken=broken: AnswerError("the reply is empty") if n >= broken else None)
        code = litline("lineage", "Skerry", *RUN[1:], "--concurrency", "1").code
        assert litline("check").code == 0
        told.append((code, sheets(), sum(bool(s.passage) for s in line_of_the_samples().steps)))
    assert told == [(3, 2, 2), (0, 10, 5)]  # members before the papers beside them
