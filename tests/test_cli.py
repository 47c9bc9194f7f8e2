"""The commands as a person types them, over the documents that ship with Litline."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from filelock import FileLock

from flows.cli import app
from pipeline.lineage_sheet import LineageSheet
from pipeline.samples import sample_files
from pipeline.sheets import RunReport
from pipeline.store import Store
from tests.command import Litline, Result
from tests.fault_server import FaultServer, completion

AS_OF = "2026-06-30"
SAMPLES = sample_files()
COMMANDS = (
    *("run", "summarize", "lineage", "digest", "brief", "serve", "follow"),
    *("read", "papers", "plan", "check", "export", "doctor"),
)


@pytest.fixture
def litline(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Litline:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LITLINE_DIRECT", "1")
    return Litline(monkeypatch, capsys)


def files(root: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(root)): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and path.name not in {"run.json", ".lock"}
    }


def is_list(name: str) -> bool:
    """Whether a file names or marks what all others say."""
    return name in LISTS or (name.startswith("sources/") and name.endswith(".html"))


def report(root: Path = Path("outputs")) -> RunReport:
    return RunReport.model_validate_json((root / "run.json").read_text(encoding="utf-8"))


def json_lines(result: Result) -> list[dict[str, object]]:
    return [json.loads(line) for line in result.out.splitlines()]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(litline: Litline, command: str) -> None:
    result = litline(command, "--help")
    assert result.code == 0
    assert "Usage: litline" in result.out


BESIDE = ("digests/", "briefings/")
LISTS = ("index.html", "feed.xml")  # what names everything else


def test_the_commands_are_these() -> None:
    assert {
        command.callback.__name__ for command in app.registered_commands if command.callback
    } == {*COMMANDS}


def test_version(litline: Litline) -> None:
    assert re.fullmatch(r"litline \d+\.\d+\.\d+\n", litline("--version").out)


def test_wrong_usage_is_2(litline: Litline) -> None:
    assert litline("run", "--no-such-option").code == 2
    assert litline("read").code == 2
    assert litline("run", "--engine", "magic").code == 2
    assert litline("run", "--concurrency", "0").code == 2
    assert litline("check", "nowhere").code == 2


def test_run_without_documents_shows_the_samples(litline: Litline) -> None:
    result = litline("run", "--as-of", AS_OF)
    assert (result.code, result.out) == (0, "outputs/index.html\n")
    assert "sample documents" in result.err
    assert report().papers == 18
    assert sorted(path.name for path in Path(".litline").glob("*.db")) == [
        "litline.db",
        "sample.db",
    ]
    assert litline("plan").out.startswith("0 papers")


def test_run_with_documents_and_again_changes_nothing(litline: Litline) -> None:
    assert litline("run", *SAMPLES, "--as-of", AS_OF).code == 0
    first = files(Path("outputs"))
    times = {path: path.stat().st_mtime_ns for path in Path("outputs").rglob("*.json")}
    assert litline("run", "--as-of", "2031-01-01").code == 0
    assert files(Path("outputs")) == first
    assert report().calls == 0
    changed = [path for path, time in times.items() if path.stat().st_mtime_ns != time]
    assert changed == [Path("outputs/run.json")]
    assert litline("check").out == "outputs: all holds\n"


def test_summarize_writes_the_same_summaries(litline: Litline) -> None:
    litline("run", *SAMPLES, "--as-of", AS_OF, "--out", "one")
    litline("summarize", *SAMPLES, "--as-of", AS_OF, "--out", "two", "--quiet")
    one, two = (
        {name: text for name, text in files(Path(root)).items() if not is_list(name)}
        for root in ("one", "two")
    )
    others = ("lineages/", "digests/", "briefings/")
    assert two == {name: text for name, text in one.items() if not name.startswith(others)}


def test_the_extractive_engine_locates_every_claim_and_drops_none(litline: Litline) -> None:
    litline("run", *SAMPLES, "--as-of", AS_OF)
    for path in Path("outputs/papers").glob("*.json"):
        sheet = json.loads(path.read_text(encoding="utf-8"))
        assert sheet["dropped"] == []
        assert sheet["stamp"]["date"] is None
        assert set(sheet["stamp"]["counts"]["by_origin"]) == {"extractive"}


def test_read_prints_the_fields_of_the_contract(litline: Litline) -> None:
    lines = json_lines(litline("read", *SAMPLES, "--json", "--as-of", AS_OF))
    kinds = [line["type"] for line in lines]
    assert (kinds.count("profile"), kinds.count("record")) == (2, 27)
    profile = next(line for line in lines if line["type"] == "profile")
    assert list(profile) == [
        *("type", "document", "name", "area", "h_index", "papers", "citations"),
        *("novelty_percent", "ai_score"),
    ]
    record = next(line for line in lines if line["type"] == "record")
    assert list(record) == [
        *("type", "document", "index", "span", "title", "authors", "et_al", "affiliations"),
        *("category", "date", "year_inferred", "has_code", "score", "abstract", "comment"),
        *("arxiv_id", "created", "updated"),
    ]
    assert not Path(".litline").exists()


def test_read_for_people(litline: Litline) -> None:
    result = litline("read", *SAMPLES, "--as-of", AS_OF)
    assert "mira-halden.txt: profile of Mira Halden, 11 papers, 14 declared" in result.out
    assert "(no title) " in result.out
    assert "2026-05-27?" in result.out


def test_papers_prints_the_fields_of_the_contract(litline: Litline) -> None:
    lines = json_lines(litline("papers", *SAMPLES, "--json", "--as-of", AS_OF))
    assert len(lines) == 18
    assert sum(line["title"] is None for line in lines) == 3
    assert list(lines[0]) == [
        *("id", "label", "title", "title_source", "authors", "date", "arxiv_id", "names"),
        "records",
    ]
    assert not Path(".litline").exists()


def test_papers_shows_the_given_documents_under_the_ids_of_the_library(litline: Litline) -> None:
    listing = next(path for path in SAMPLES if "listing" in path)
    litline("run", *SAMPLES, "--as-of", AS_OF)
    ids = {path.stem for path in Path("outputs/papers").glob("*.json")}
    lines = json_lines(litline("papers", listing, "--json"))
    assert len(lines) == 9
    assert {str(line["id"]) for line in lines} <= ids
    assert sum(line["title"] is None for line in lines) == 8
    assert "northlight" not in litline("papers", listing).err


def test_a_refused_document_is_named_and_the_rest_goes_on(litline: Litline) -> None:
    Path("notes.txt").write_text("Milk, bread, and a new kettle.", encoding="utf-8")
    Path("empty.txt").touch()
    Path("void").mkdir()
    given = ("notes.txt", "empty.txt", "void", "missing.txt", SAMPLES[0])
    for command in ("read", "papers", "plan"):
        result = litline(command, *given)
        assert result.code == 3
        assert "no reader recognises it; tried: author profile" in result.err
        assert "missing.txt: no such file or folder" in result.err
    result = litline("run", *given)
    assert result.code == 3
    assert "4 failed (see outputs/run.json):\n  " in result.err
    assert "missing.txt: no such file or folder" in result.err
    assert len(report().failed) == 4
    assert report().papers == 11
    index = Path("outputs/index.html").read_text(encoding="utf-8")
    assert "notes.txt" in index
    assert "14 papers declared, 11 present" in index


def test_plan_prices_a_model_and_writes_nothing(
    litline: Litline, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "costs nothing" in litline("plan", *SAMPLES).out
    monkeypatch.setenv("OPENAI_API_KEY", "sk-canary")
    data = json_lines(litline("plan", *SAMPLES, "--json"))[0]
    assert (data["papers"], data["calls"], data["cached"]) == (18, 25, 0)
    tokens, price = data["tokens"], data["price_usd"]
    assert isinstance(tokens, dict)
    assert isinstance(price, dict)
    assert 0 < tokens["input"]["low"] <= tokens["input"]["high"]
    assert 0 < price["low"] < price["high"]
    text = litline("plan", *SAMPLES).out
    assert "25 calls to make" in text
    assert "USD with gpt-4.1-mini" in text
    assert "Price: unknown for other" in litline("plan", *SAMPLES, "--model", "other").out
    assert list(Path().iterdir()) == []


def test_an_unknown_price_under_a_budget_is_refused(
    litline: Litline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-canary")
    result = litline("run", *SAMPLES, "--model", "mystery", "--budget", "1")
    assert result.code == 4
    assert "price of 'mystery' is unknown" in result.err
    assert "sk-canary" not in result.err


def test_a_model_without_key_or_server_is_refused(litline: Litline) -> None:
    result = litline("run", *SAMPLES, "--engine", "openai")
    assert result.code == 4
    assert "OPENAI_API_KEY" in result.err


def test_a_second_run_on_the_same_outputs_is_75(litline: Litline) -> None:
    Path("outputs").mkdir()
    with FileLock("outputs/.lock"):
        result = litline("run", *SAMPLES)
    assert result.code == 75
    assert "another run" in result.err


def test_places_that_cannot_be_written_are_4_before_anything_is_done(litline: Litline) -> None:
    Path("file").touch()
    result = litline("run", *SAMPLES, "--out", "file/outputs")
    assert result.code == 4
    assert "cannot be written" in result.err
    assert not Path(".litline").exists()
    result = litline("run", *SAMPLES, "--store", "file/store.db")
    assert result.code == 4
    assert litline("export", "--schemas", "file/schemas").code == 4


def test_a_foreign_store_is_refused(litline: Litline) -> None:
    Path("other.db").write_bytes(b"this is no database, but it is long enough to be read" * 20)
    for command in ("run", "plan", "papers"):
        result = litline(command, *SAMPLES, "--store", "other.db")
        assert result.code == 4
        assert "other.db" in result.err


def test_a_paper_that_leaves_the_library_leaves_the_outputs(litline: Litline) -> None:
    litline("run", *SAMPLES, "--as-of", AS_OF)
    stray = Path("outputs/papers/own.json")
    stray.write_text('{"schema": "mine"}', encoding="utf-8")
    litline("run", SAMPLES[0], "--as-of", AS_OF, "--store", "second.db")
    assert report().papers == 11
    assert len(list(Path("outputs/papers").glob("*.json"))) == 12
    assert any(name.endswith(".html") for name in report().removed)
    assert stray.exists()


def test_a_changed_document_supersedes_the_old_one(litline: Litline) -> None:
    text = Path(SAMPLES[0]).read_text(encoding="utf-8")
    Path("page.txt").write_text(text, encoding="utf-8")
    litline("run", "page.txt", "--as-of", AS_OF)
    Path("page.txt").write_text(text.replace("14papers", "15papers"), encoding="utf-8")
    litline("run", "page.txt", "--as-of", AS_OF)
    found = report()
    assert found.papers == 11
    assert [(line.declared, line.present) for line in found.coverage] == [(15, 11)]
    assert litline("check").code == 0


_KINDS = ("briefing", "digest", "graph", "lineage", "paper", "reviews", "run")


def test_export_writes_a_schema_per_kind_of_file(litline: Litline) -> None:
    litline("export", "--schemas", "schemas")
    names = sorted(path.name for path in Path("schemas").iterdir())
    assert names == [f"litline-{kind}.schema.json" for kind in _KINDS]
    schema = json.loads(Path("schemas/litline-paper.schema.json").read_text(encoding="utf-8"))
    assert {"schema", "version", "paper", "summary", "stamp", "dropped"} <= set(
        schema["properties"]
    )


def test_doctor_says_what_is_there_and_never_shows_the_key(
    litline: Litline, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = litline("doctor")
    assert result.code == 0
    assert "OPENAI_API_KEY is not set" in result.out
    assert "does not exist yet" in result.out
    litline("run", *SAMPLES, "--as-of", AS_OF)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-canary")
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", "vocabularies")
    monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:9/api")
    with FaultServer() as server:
        server.script(completion("kettle"))
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        result = litline("doctor", "--model", "mystery")
        assert (result.code, len(server.requests)) == (0, 2)
    assert "profile: compatible, asked for JSON by schema" in result.out
    assert "asked by object, it answered 200 and ignored it" in result.out
    assert "nothing keeps replies to JSON but the prompt" in result.out
    assert "remembered in the store" in result.out
    assert "OPENAI_API_KEY is set" in result.out
    assert "price: unknown for mystery" in result.out
    assert "4 documents, 18 papers" in result.out
    assert "the API at http://127.0.0.1:9/api" in result.out
    assert "vocabularies" in result.out
    assert "sk-canary" not in result.out + result.err


def test_what_doctor_found_is_how_the_server_is_asked(
    litline: Litline, monkeypatch: pytest.MonkeyPatch
) -> None:
    litline("run", *SAMPLES, "--as-of", AS_OF)
    with FaultServer() as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        server.script(completion("kettle"))
        litline("doctor")
        server.requests.clear()
        litline("summarize", "--as-of", AS_OF, "--direct")
        assert server.requests
        assert not any("response_format" in one.body for one in server.requests)
        server.requests.clear()
        server.script(completion('{"word": "kettle"}'))
        assert "it keeps replies to the JSON Schema" in litline("doctor").out


def test_doctor_writes_no_store_where_there_is_none(
    litline: Litline, monkeypatch: pytest.MonkeyPatch
) -> None:
    with FaultServer() as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        server.script(completion("kettle"))
        assert "not remembered" in litline("doctor").out
    assert not Path(".litline").exists()


def test_doctor_is_4_when_something_must_be_mended(litline: Litline) -> None:
    assert litline("doctor", "--engine", "openai").code == 4
    Path("bad.db").write_bytes(b"not a database at all, and long enough to tell" * 10)
    assert litline("doctor", "--store", "bad.db").code == 4


def test_settings_come_from_option_environment_file_in_this_order(
    litline: Litline, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("litline.toml").write_text('out = "from-file"\nas_of = 2026-06-30\n', encoding="utf-8")
    assert litline("run", *SAMPLES).out == "from-file/index.html\n"
    monkeypatch.setenv("LITLINE_OUT", "from-environment")
    assert litline("run").out == "from-environment/index.html\n"
    assert litline("run", "--out", "from-option").out == "from-option/index.html\n"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('outt = "x"', "there is no setting outt; known are after, as_of, budget"),
        ("concurrency = 0", "setting concurrency (in litline.toml or the environment)"),
        ('api_key = "sk-canary"', "a key does not belong there; set OPENAI_API_KEY"),
        ('OPENAI_API_KEY = "sk-canary"', "a key does not belong there"),
        ("out = ", "litline.toml cannot be read"),
        ("prices.x = { input = -1, output = 2 }", "setting prices.x.input"),
    ],
)
def test_a_wrong_settings_file_is_4(litline: Litline, text: str, told: str) -> None:
    Path("litline.toml").write_text(text, encoding="utf-8")
    result = litline("run", *SAMPLES)
    assert result.code == 4
    assert told in result.err
    assert "canary" not in result.err


@pytest.mark.parametrize("address", ["ftp://example.org", "127.0.0.1:8123", "http://[bad"])
def test_a_wrong_address_is_4(
    litline: Litline, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", address)
    result = litline("run", *SAMPLES)
    assert result.code == 4
    assert "OPENAI_BASE_URL" in result.err


def test_hostile_titles_stay_inside_the_outputs(litline: Litline) -> None:
    titles = ("../../x", "CON", "🦜", "A" * 4000, "<script>alert(1)</script>", "x\u202egpj.exe")
    head = "Ann Rook\n\nCV\nh-index1\n6papers\n9citations\nNovelty1%\nAI Score2\n\n6 Papers\n\n"
    body = "\n\n".join(
        f"CVMay {n}, 2025\n{title}\n\nAnn Rook, Bo Wren\n\nWe count {n} birds in a yard. "
        f"The yard number {n} is quiet, and nothing else is known of it."
        for n, title in enumerate(titles, start=1)
    )
    Path("page.txt").write_text(head + body, encoding="utf-8")
    before = set(Path("..").iterdir())
    assert litline("run", "page.txt").code == 0
    assert set(Path("..").iterdir()) == before
    assert report().papers == len(titles)
    names = [path.name for path in Path("outputs/papers").iterdir()]
    assert all(re.fullmatch(r"[a-z0-9-]+\.(json|md|html)", name) for name in names)
    assert litline("check").code == 0


def test_a_run_that_is_refused_disturbs_nothing(litline: Litline) -> None:
    Path("outputs").mkdir()
    half_written = Path("outputs/.litline-half")
    half_written.touch()
    with FileLock("outputs/.lock"):
        assert litline("run", *SAMPLES).code == 75
    assert half_written.exists()


def test_the_sample_store_lies_beside_the_store(litline: Litline) -> None:
    assert litline("run", "--store", "deep/x.db", "--as-of", AS_OF).code == 0
    assert Path("deep/sample.db").exists()
    assert not Path(".litline").exists()


def test_sources_that_nothing_stands_behind_are_removed_and_listed(litline: Litline) -> None:
    litline("run", "--as-of", AS_OF)
    Path("page.txt").write_text(Path(SAMPLES[0]).read_text(encoding="utf-8"), encoding="utf-8")
    litline("run", "page.txt", "--as-of", AS_OF)
    there = sorted(path.name for path in Path("outputs/sources").iterdir())
    assert there == ["page.txt.html", "page.txt.txt"]
    gone = {"sources/mira-halden.txt.html", "sources/mira-halden.txt.txt"}
    assert gone <= set(report().removed)
    assert litline("check").code == 0


def test_paper_ids_are_stored_even_when_the_run_before_was_cut_between(
    litline: Litline, monkeypatch: pytest.MonkeyPatch
) -> None:
    listing = next(path for path in SAMPLES if "listing" in path)
    with monkeypatch.context() as patch:
        patch.setattr(Store, "save_papers", _cut)
        assert litline("run", listing).code == 130
    litline("run")
    ids = {path.stem for path in Path("outputs/papers").glob("*.json")}
    litline("run", *SAMPLES, "--as-of", AS_OF)
    assert ids <= {path.stem for path in Path("outputs/papers").glob("*.json")}


def _cut(*_: object) -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize("day", ["0", "2026", "2026-06-31", "2026-06-30T00:00:00"])
def test_as_of_is_an_iso_day(litline: Litline, day: str) -> None:
    assert litline("read", *SAMPLES, "--as-of", day).code == 2


def test_plan_needs_no_key(litline: Litline) -> None:
    result = litline("plan", *SAMPLES, "--engine", "openai")
    assert result.code == 0
    assert "25 calls to make" in result.out


def test_a_plan_names_the_price_that_the_run_names(
    litline: Litline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    data = json_lines(litline("plan", *SAMPLES, "--engine", "openai", "--json"))[0]
    said = litline("run", *SAMPLES, "--engine", "openai", "--budget", "0", "--direct").err
    price = data["price_usd"]
    assert isinstance(price, dict)
    assert f"at most {data['follow_ups']} more where a check fails" in said
    assert f"at most {price['high']:.4f} USD" in said


def test_addresses_are_shown_without_their_secrets(
    litline: Litline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://ann:canary@localhost:1/v1?key=canary")
    monkeypatch.setenv("PREFECT_API_URL", "http://ann:canary@127.0.0.1:9/api")
    store = "postgresql+nodriver://ann:canary@db/x?password=canary"
    for arguments in (("doctor",), ("doctor", "--store", store), ("run", "--store", store)):
        result = litline(*arguments)
        assert "canary" not in result.out + result.err


def test_what_other_programs_keep_beside_the_outputs_is_no_fault(litline: Litline) -> None:
    litline("run", *SAMPLES, "--as-of", AS_OF)
    Path("outputs/.obsidian").mkdir()
    Path("outputs/.obsidian/app.json").write_text("{}", encoding="utf-8")
    assert litline("check").code == 0
    Path("outputs/papers/sources").mkdir()
    sheet = next(Path("outputs/papers").glob("*.json"))
    sheet.write_text(sheet.read_text(encoding="utf-8").replace("quote", "quota"), encoding="utf-8")
    assert litline("check").code == 3


# --- Lines of work -----------------------------------------------------------------------------

LINEAGE = ("lineage", "--as-of", AS_OF)
LINES = Path("outputs/lineages")


def lineage(slug: str, root: Path = Path("outputs")) -> LineageSheet:
    text = (root / "lineages" / slug / "lineage.json").read_text(encoding="utf-8")
    return LineageSheet.model_validate_json(text)


def test_lineage_without_anything_shows_the_lines_of_the_samples(litline: Litline) -> None:
    result = litline(*LINEAGE)
    assert (result.code, result.out) == (0, "outputs/index.html\n")
    assert "sample documents" in result.err
    assert sorted(path.name for path in LINES.iterdir()) == ["graph.json", "murrelet", "skerry"]
    assert litline("check").out == "outputs: all holds\n"


def test_lineage_writes_what_run_writes(litline: Litline) -> None:
    litline("run", *SAMPLES, "--as-of", AS_OF, "--out", "one")
    litline(*LINEAGE, *SAMPLES, "--out", "two")
    one, two = (
        {name: text for name, text in files(Path(root)).items() if not is_list(name)}
        for root in ("one", "two")
    )
    assert two == {name: text for name, text in one.items() if not name.startswith(BESIDE)}


@pytest.mark.parametrize("name", ["Skerry", "skerry3.0", "Skerry 2.5", "Skerry 2.0"])
def test_lineage_of_a_name_writes_that_line(litline: Litline, name: str) -> None:
    result = litline(*LINEAGE, name, *SAMPLES)
    assert (result.code, result.out) == (0, "outputs/lineages/skerry/lineage.html\n")
    assert sorted(path.name for path in LINES.iterdir()) == ["graph.json", "skerry"]
    assert len(list(Path("outputs/papers").glob("*.json"))) == 10
    assert litline("check").out == "outputs: all holds\n"
    index = Path("outputs/index.html").read_text(encoding="utf-8")
    assert 'href="lineages/skerry/lineage.html"' in index


def test_lineage_of_a_name_is_the_page_that_a_whole_run_writes(litline: Litline) -> None:
    litline(*LINEAGE, "Murrelet-II", *SAMPLES, "--out", "one")
    litline("run", *SAMPLES, "--as-of", AS_OF, "--out", "two", "--store", "two.db")
    for ending in ("json", "md", "html"):
        page = f"lineages/murrelet/lineage.{ending}"
        assert (Path("one") / page).read_bytes() == (Path("two") / page).read_bytes()


def test_lineage_of_a_name_leaves_other_lines_alone(litline: Litline) -> None:
    litline("run", *SAMPLES, "--as-of", AS_OF)
    before = files(Path("outputs"))
    assert litline(*LINEAGE, "Skerry").code == 0
    assert files(Path("outputs")) == before
    assert report().removed == []


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("Skery", "no line of work is called 'Skery'; the nearest names are Skerry"),
        ("zzz", "no line of work is called 'zzz'; there are Skerry, Murrelet"),
        ("missing.txt", "no line of work is called 'missing.txt'"),
        ("Deckhand", "no line of work is called 'Deckhand'"),
    ],
)
def test_an_unknown_line_is_2_and_the_nearest_are_named(
    litline: Litline, name: str, told: str
) -> None:
    result = litline(*LINEAGE, name, *SAMPLES)
    assert result.code == 2
    assert told in result.err
    assert "Traceback" not in result.err
    assert not LINES.exists()


def test_two_names_are_2(litline: Litline) -> None:
    result = litline(*LINEAGE, "Skerry", *SAMPLES, "Murrelet")
    assert result.code == 2
    assert "'Skerry' and 'Murrelet' are no files or folders" in result.err
    assert list(Path().iterdir()) == []


def test_an_existing_path_is_a_document_whatever_it_is_called(litline: Litline) -> None:
    Path("Skerry").mkdir()
    for sample in SAMPLES:
        (Path("Skerry") / Path(sample).name).write_bytes(Path(sample).read_bytes())
    result = litline(*LINEAGE, "Skerry")
    assert (result.code, result.out) == (0, "outputs/index.html\n")
    assert report().papers == 18
    assert litline(*LINEAGE, "Skerry", "Murrelet").out.endswith("lineages/murrelet/lineage.html\n")


def test_a_library_without_a_line_is_told_so(litline: Litline) -> None:
    Path("page.txt").write_text(profile(POT), encoding="utf-8")
    result = litline(*LINEAGE, "page.txt")
    assert result.code == 0
    assert [path.name for path in LINES.iterdir()] == ["graph.json"]
    result = litline(*LINEAGE, "Pot")
    assert result.code == 2
    assert "the library has no line of two papers" in result.err
    assert litline("check").code == 0


# --- Lines that change -------------------------------------------------------------------------

POT = "Mar 3, 2024", "Hushpot: A Quiet Pot", "We present Hushpot, a pot with a lid of felt."
SECOND = (
    *("Apr 4, 2025", "Boiling without a Sound"),
    "We present Hushpot 2, the successor of Hushpot. It boils in 4 minutes and stays quiet.",
)
CORRECTED = (
    *("Apr 4, 2025", "Boiling without a Sound"),
    "We present Mutepan, a pan of glass. It boils in 4 minutes and stays quiet.",
)
OLDER = "Feb 2, 2023", "Rimepan: A Cold Pan", "We present Rimepan, a pan that stays cold."
GROWN = (
    *("Mar 3, 2024", "Hushpot: A Quiet Pot"),
    "We present Hushpot, a pot with a lid of felt. Hushpot builds upon Rimepan.",
)


def profile(*papers: tuple[str, str, str]) -> str:
    """Return the page of an author with these papers: date, title, abstract."""
    head = f"Ann Rook\n\nCV\nh-index1\n{len(papers)}papers\n9citations\nNovelty1%\nAI Score2\n\n"
    body = "\n\n".join(
        f"CV{date}\n{title}\n\nAnn Rook, Bo Wren\n\n{abstract}" for date, title, abstract in papers
    )
    return f"{head}{len(papers)} Papers\n\n{body}"


def write(name: str, *papers: tuple[str, str, str]) -> str:
    Path(name).write_text(profile(*papers), encoding="utf-8")
    return name


def test_a_line_that_falls_apart_is_removed_and_listed(litline: Litline) -> None:
    litline("run", write("page.txt", POT, SECOND))
    assert [step.label for step in lineage("hushpot").steps] == ["Hushpot", "Hushpot 2"]
    assert litline("run", write("page.txt", POT, CORRECTED)).code == 0
    assert report().papers == 2
    removed = [name for name in report().removed if name.startswith("lineages/")]
    assert removed == [
        f"lineages/hushpot/lineage.{ending}" for ending in ("csv", "html", "json", "md")
    ]
    assert [path.name for path in LINES.iterdir()] == ["graph.json"]
    assert "hushpot/lineage" not in Path("outputs/index.html").read_text(encoding="utf-8")
    assert litline("check").code == 0


def test_summarize_leaves_lines_alone_and_keeps_what_they_quote(litline: Litline) -> None:
    litline("run", write("page.txt", POT, SECOND))
    before = files(LINES)
    sources = {path.name for path in Path("outputs/sources").iterdir()}
    assert litline("summarize", write("page.txt", POT, CORRECTED)).code == 0
    assert files(LINES) == before
    assert sources < {path.name for path in Path("outputs/sources").iterdir()}
    assert "lineages/hushpot/lineage.html" in Path("outputs/index.html").read_text(encoding="utf-8")
    assert litline("check").code == 0
    litline("run")
    assert not {path.name for path in Path("outputs/sources").iterdir()} & sources
    assert litline("check").code == 0


def test_a_source_that_only_a_line_quotes_is_kept(litline: Litline) -> None:
    """The edge lies in the other document, and the paper's own page quotes the new wording."""
    litline("run", write("first.txt", POT), write("second.txt", SECOND))
    reworded = (*POT[:2], POT[2].replace("felt", "cork"))
    assert litline("summarize", write("first.txt", reworded)).code == 0
    assert "felt" in Path("outputs/sources/first.txt.txt").read_text(encoding="utf-8")
    assert litline("check").code == 0
    litline("run")
    assert "sources/first.txt.txt" in report().removed
    assert litline("check").code == 0


def test_a_line_keeps_its_folder_when_an_earlier_paper_joins(litline: Litline) -> None:
    litline("run", write("page.txt", POT, SECOND))
    assert litline("run", write("page.txt", OLDER, GROWN, SECOND)).code == 0
    sheet = lineage("hushpot")
    assert sheet.name == "Rimepan"
    assert [step.label for step in sheet.steps] == ["Rimepan", "Hushpot", "Hushpot 2"]
    assert [path.name for path in sorted(LINES.iterdir())] == ["graph.json", "hushpot"]
    assert litline("lineage", "Rimepan").out == "outputs/lineages/hushpot/lineage.html\n"
    assert litline("check").code == 0
