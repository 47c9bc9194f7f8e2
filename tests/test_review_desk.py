from __future__ import annotations

import json
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from flows.review_desk import ReviewDesk, _moment, serve
from flows.reviewing import LOCK, stored_reviews
from flows.settings import Settings, load_settings
from flows.shelves import open_reviewed
from pipeline.errors import ConfigError, UsageError
from pipeline.review.server import HOST, Answer, Asked, ReviewServer
from pipeline.reviews import Decision, Returned, Review, ReviewsSheet, Version
from pipeline.sheets import Claim, PaperSheet
from tests.command import Litline
from tests.test_review_server import Client, serving


def run(settings: Settings) -> None:
    arguments = ["run", "--direct", "--quiet", "--engine", "extractive", "--as-of", "2026-06-30"]
    places = ["--out", settings.out, "--store", str(settings.store)]
    command = [sys.executable, "-m", "flows.cli", *arguments, *places]
    subprocess.run(command, check=True, timeout=300)


def settings_of(folder: Path) -> Settings:
    return load_settings(out=str(folder / "out"), store=str(folder / "store" / "litline.db"))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("samples")
    run(settings_of(folder))
    return folder


@pytest.fixture
def settings(made: Path, tmp_path: Path) -> Settings:
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    return settings_of(tmp_path)


@pytest.fixture
def desk(settings: Settings) -> ReviewDesk:
    return ReviewDesk(settings, "Ada")


def page_of(settings: Settings, least: int = 3) -> str:
    """Return a paper's page with at least so many claims, by its path without the ending."""
    for path in sorted(Path(settings.out, "papers").glob("*.json")):
        sheet = PaperSheet.model_validate_json(path.read_bytes())
        if len(list(sheet.summary.claims())) >= least:
            return f"papers/{path.stem}"
    raise AssertionError


def claims(settings: Settings, page: str) -> list[Claim]:
    sheet = PaperSheet.model_validate_json(Path(settings.out, f"{page}.json").read_bytes())
    return [claim for _, claim in sheet.summary.claims()]


def verdicts(settings: Settings) -> list[Review]:
    """Return the verdicts that were given; each may be one on several claims that say the same."""
    with open_reviewed(settings) as store:
        stored = stored_reviews(store)
    given: dict[tuple[str, str], Review] = {}
    for review in stored:
        given.setdefault((review.text, review.when), review)
    return list(given.values())


def say(desk: ReviewDesk, claim: str, verdict: Decision, **more: Any) -> Answer:
    return desk.decide(Asked(claim=claim, verdict=verdict, **more))


def test_the_state_of_a_page_holds_each_of_its_claims(desk: ReviewDesk, settings: Settings) -> None:
    page = page_of(settings)
    state: Any = desk.state(f"{page}.html")
    told = state["claims"]
    assert told.keys() == {claim.id for claim in claims(settings, page)}
    printed = Path(settings.out, f"{page}.html").read_text(encoding="utf-8")
    on_page = set(re.findall(r'id="c([0-9a-f]{12})"', printed))
    assert on_page
    assert on_page <= told.keys()


@pytest.mark.parametrize(
    "page",
    ["papers/none.html", "papers/../x.html", "other/x.html", "lineages/digest.html"],
)
def test_other_pages_have_no_claims(desk: ReviewDesk, page: str) -> None:
    assert desk.state(page) == {"claims": {}}


def test_the_first_page_tells_how_far_the_review_is_and_what_to_read(
    desk: ReviewDesk, settings: Settings
) -> None:
    state: Any = desk.state("index.html")
    assert (state["claims"], state["reviewed"]) == ({}, 0)
    path, label = state["next"]
    page = path[1:].removesuffix(".html")
    assert label in Path(settings.out, f"{page}.html").read_text(encoding="utf-8")
    printed: Any = desk.state(f"{page}.html")
    assert printed["next"][0] != path
    for one in printed["claims"]:
        say(desk, one, "accepted")
    later: Any = desk.state("index.html")
    assert later["next"][0] != path
    assert later["reviewed"] > 0
    assert later["of"] == state["of"]


def test_a_verdict_is_one_on_all_claims_that_say_the_same(
    desk: ReviewDesk, settings: Settings
) -> None:
    page = page_of(settings)
    tldr, *others = claims(settings, page)
    same = {tldr.id, *(one.id for one in others if one.text == tldr.text)}
    assert len(same) == 2
    say(desk, tldr.id, "accepted")
    assert {one.id for one in claims(settings, page) if one.reviewed} == same
    say(desk, tldr.id, "withdrawn")
    assert not any(one.reviewed for one in claims(settings, page))
    say(desk, tldr.id, "rejected")
    assert tldr.text not in {one.text for one in claims(settings, page)}


def test_every_page_of_a_sheet_has_claims(desk: ReviewDesk, settings: Settings) -> None:
    root = Path(settings.out)
    for pattern in (
        "lineages/*/lineage.html",
        "digests/*/digest.html",
        "briefings/*/briefing.html",
    ):
        for file in root.glob(pattern):
            assert desk.state(file.relative_to(root).as_posix())["claims"]


def test_a_verdict_has_who_and_when_and_shows_on_its_page(
    desk: ReviewDesk, settings: Settings
) -> None:
    page = page_of(settings)
    desk.state(f"{page}.html")
    first = claims(settings, page)[0]
    answer = say(desk, first.id, "accepted", note="read")
    assert answer.status is HTTPStatus.OK
    (kept,) = verdicts(settings)
    assert (kept.claim, kept.verdict, kept.who, kept.note) == (first.id, "accepted", "Ada", "read")
    assert kept.when.endswith("+00:00")
    assert claims(settings, page)[0].reviewed == "accepted"
    assert "accepted by a reviewer" in Path(settings.out, f"{page}.html").read_text()
    assert json.loads(Path(settings.out, "reviews.json").read_text())["reviews"]


def test_an_unknown_claim_is_not_found(desk: ReviewDesk, settings: Settings) -> None:
    assert say(desk, "0" * 12, "accepted").status is HTTPStatus.NOT_FOUND
    assert verdicts(settings) == []


def test_nothing_to_take_back_is_told(desk: ReviewDesk, settings: Settings) -> None:
    claim = claims(settings, page_of(settings))[0]
    answer = say(desk, claim.id, "withdrawn")
    assert answer.status is HTTPStatus.UNPROCESSABLE_ENTITY
    assert "no verdict" in str(answer.told["error"])


def test_an_edit_that_fails_a_check_needs_overruling(desk: ReviewDesk, settings: Settings) -> None:
    page = page_of(settings)
    first = claims(settings, page)[0]
    answer = say(desk, first.id, "edited", text="It reaches 99.87 % on MMMU.")
    assert answer.status is HTTPStatus.UNPROCESSABLE_ENTITY
    assert "numbers" in str(answer.told["failed"])
    assert verdicts(settings) == []
    stood = say(desk, first.id, "edited", text="It reaches 99.87 % on MMMU.", overrule=True)
    assert "numbers" in str(stood.told["overruled"])
    assert claims(settings, page)[0].overruled


def test_an_edit_without_words_is_refused(desk: ReviewDesk, settings: Settings) -> None:
    claim = claims(settings, page_of(settings))[0]
    assert say(desk, claim.id, "edited", text="  ").status is HTTPStatus.UNPROCESSABLE_ENTITY
    assert verdicts(settings) == []


@pytest.mark.parametrize("verdict", ["accepted", "rejected", "edited"])
def test_undo_brings_the_page_back_as_it_was(
    desk: ReviewDesk, settings: Settings, verdict: Decision
) -> None:
    page = page_of(settings)
    before = Path(settings.out, f"{page}.html").read_bytes()
    desk.state(f"{page}.html")
    first = claims(settings, page)[0]
    text = {"text": f"{first.text} "} if verdict == "edited" else {}
    assert say(desk, first.id, verdict, **text).status is HTTPStatus.OK
    assert Path(settings.out, f"{page}.html").read_bytes() != before
    answer = say(desk, first.id, "withdrawn")
    assert (answer.told["verdict"], answer.told["text"]) == (None, first.text)
    assert Path(settings.out, f"{page}.html").read_bytes() == before
    assert [one.verdict for one in verdicts(settings)] == [verdict, "withdrawn"]


def test_verdicts_hold_through_a_run(desk: ReviewDesk, settings: Settings) -> None:
    page = page_of(settings)
    first, second, *_ = claims(settings, page)
    say(desk, first.id, "accepted")
    say(desk, second.id, "rejected", note="wrong")
    before = Path(settings.out, f"{page}.json").read_bytes()
    run(settings)
    assert Path(settings.out, f"{page}.json").read_bytes() == before
    after = claims(settings, page)
    assert next(one for one in after if one.id == first.id).reviewed == "accepted"
    assert second.id not in {one.id for one in after}


def test_while_a_run_is_writing_a_verdict_is_kept_for_later_and_nobody_waits(
    desk: ReviewDesk, settings: Settings
) -> None:
    page = page_of(settings)
    before = Path(settings.out, f"{page}.html").read_bytes()
    with FileLock(Path(settings.out, LOCK)):
        begin = time.monotonic()
        answer = say(desk, claims(settings, page)[0].id, "accepted")
        assert time.monotonic() - begin < 2
        desk.state(f"{page}.html")
    assert (answer.status, answer.told["later"]) == (HTTPStatus.OK, True)
    assert Path(settings.out, f"{page}.html").read_bytes() == before
    assert len(verdicts(settings)) == 1
    desk.state("index.html")
    assert claims(settings, page)[0].reviewed == "accepted"


def test_while_a_run_is_writing_verdicts_are_about_what_stands(
    desk: ReviewDesk, settings: Settings
) -> None:
    page = page_of(settings)
    first = claims(settings, page)[0]
    with FileLock(Path(settings.out, LOCK)):
        edited = say(desk, first.id, "edited", text="Other words.", overrule=True)
        rejected = say(desk, str(edited.told["claim"]), "rejected")
        state: Any = desk.state(f"{page}.html")
    assert rejected.status is HTTPStatus.OK
    assert state["rejected"][0]["text"] == "Other words."
    desk.catch_up()
    assert {"Other words.", first.text}.isdisjoint(one.text for one in claims(settings, page))


# --- What stands ---------------------------------------------------------------------------


def test_an_edit_that_is_accepted_stands_and_undo_brings_the_text_before(
    desk: ReviewDesk, settings: Settings
) -> None:
    page = page_of(settings)
    first = claims(settings, page)[0]
    edited = say(desk, first.id, "edited", text="Other words.", overrule=True).told
    assert edited["claim"] == claims(settings, page)[0].id != first.id
    accepted = say(desk, str(edited["claim"]), "accepted").told
    assert (accepted["claim"], accepted["printed"]) == (edited["claim"], "Other words.")
    kept = claims(settings, page)[0]
    assert (kept.text, kept.reviewed) == ("Other words.", "accepted")
    back = say(desk, str(accepted["claim"]), "withdrawn").told
    assert (back["claim"], back["text"], back["overruled"]) == (first.id, first.text, [])
    assert claims(settings, page)[0] == first
    assert say(desk, first.id, "rejected").status is HTTPStatus.OK


def test_undo_of_an_edit_of_an_earlier_visit_names_the_text_before(settings: Settings) -> None:
    page = page_of(settings)
    first = claims(settings, page)[0]
    edited = say(ReviewDesk(settings), first.id, "edited", text="Other words.", overrule=True)
    later = ReviewDesk(settings)
    later.state(f"{page}.html")
    back = say(later, str(edited.told["claim"]), "withdrawn").told
    assert (back["claim"], back["text"]) == (first.id, first.text)


def test_rejections_are_told_once_and_counted_as_reviewed(
    desk: ReviewDesk, settings: Settings
) -> None:
    page = page_of(settings)
    tldr, *others = claims(settings, page)
    other = next(one for one in others if one.text != tldr.text)
    before: Any = desk.state(f"{page}.html")
    assert before["rejected"] == []
    say(desk, tldr.id, "rejected", note="too bold")
    say(desk, other.id, "rejected")
    told: Any = ReviewDesk(settings, "Bo").state(f"{page}.html")
    first, second = told["rejected"]
    assert (first["text"], first["note"], first["who"]) == (tldr.text, "too bold", "Ada")
    assert (second["text"], second["note"]) == (other.text, "")
    assert {first["claim"], second["claim"]}.isdisjoint(told["claims"])
    assert told["reviewed"] == before["reviewed"] + 2
    on_lines = 1  # a line of work repeats one of them, and loses it too
    assert told["of"] == before["of"] - on_lines
    assert say(ReviewDesk(settings, "Bo"), first["claim"], "withdrawn").status is HTTPStatus.OK
    left: Any = desk.state(f"{page}.html")
    assert [one["claim"] for one in left["rejected"]] == [second["claim"]]


def test_a_rejection_of_a_claim_that_still_stands_is_its_verdict(
    desk: ReviewDesk, settings: Settings
) -> None:
    page = page_of(settings)
    first = claims(settings, page)[0]
    with FileLock(Path(settings.out, LOCK)):
        say(desk, first.id, "rejected")
        told: Any = desk.state(f"{page}.html")
    assert (told["claims"][first.id]["verdict"], told["rejected"]) == ("rejected", [])


def test_rejections_on_pages_that_went_away_are_not_counted(
    desk: ReviewDesk, settings: Settings
) -> None:
    page = page_of(settings)
    say(desk, claims(settings, page)[0].id, "rejected")
    Path(settings.out, f"{page}.json").unlink()
    told: Any = desk.state("index.html")
    assert told["reviewed"] == 0


def test_a_claim_whose_source_changed_returns_beside_what_was_approved(
    desk: ReviewDesk, settings: Settings
) -> None:
    page = page_of(settings)
    first, second, *_ = claims(settings, page)
    now = Version(claim=second.id, text=second.text, quotes=[])
    before = Version(claim=first.id, text="As it was.", quotes=[])
    subject = page.removeprefix("papers/")
    told = Returned(
        sheet="litline/paper",
        subject=subject,
        field="results",
        verdict="accepted",
        before=before,
        now=now,
    )
    sheet = ReviewsSheet(reviews=[], returned=[told])
    Path(settings.out, "reviews.json").write_text(sheet.model_dump_json(), encoding="utf-8")
    state: Any = desk.state(f"{page}.html")
    assert state["claims"][second.id]["before"] == "As it was."
    assert state["claims"][second.id]["weight"] == 0
    assert state["claims"][first.id]["before"] is None


# --- Two reviewers -------------------------------------------------------------------------


@pytest.fixture
def clients(settings: Settings) -> Iterator[list[Client]]:
    root = Path(settings.out)
    ada = ReviewServer(root, ReviewDesk(settings, "Ada"))
    bo = ReviewServer(root, ReviewDesk(settings, "Bo"))
    with serving(ada), serving(bo):
        yield [Client(ada).enter(ada), Client(bo).enter(bo)]


def test_two_reviewers_at_once_lose_nothing(clients: list[Client], settings: Settings) -> None:
    page = page_of(settings, 4)
    listed = claims(settings, page)
    for client in clients:
        assert client.get(f"/{page}.html").status == 200

    def accept(given: tuple[int, Claim]) -> int:
        body = {"claim": given[1].id, "verdict": "accepted"}
        return clients[given[0] % 2].post(body).status

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(accept, enumerate(listed))) == {200}
    with open_reviewed(settings) as store:
        kept = stored_reviews(store)
    assert {one.claim for one in kept} == {one.id for one in listed}
    assert {one.who for one in kept} == {"Ada", "Bo"}
    for client in clients:  # who found the other one writing catches up
        client.get("/index.html")
    assert [one.reviewed for one in claims(settings, page)] == ["accepted"] * len(listed)
    written = json.loads(Path(settings.out, "reviews.json").read_text())
    assert len(written["reviews"]) == len(kept)


def test_two_verdicts_on_one_claim_are_both_kept_and_the_later_holds(
    clients: list[Client], settings: Settings
) -> None:
    page = page_of(settings)
    first = claims(settings, page)[0]
    for client in clients:
        client.get(f"/{page}.html")
    assert clients[0].post({"claim": first.id, "verdict": "rejected"}).status == 200
    assert first.id not in {one.id for one in claims(settings, page)}
    assert clients[1].post({"claim": first.id, "verdict": "accepted"}).status == 200
    assert [one.verdict for one in verdicts(settings)] == ["rejected", "accepted"]
    assert first.id in {one.id for one in claims(settings, page)}


def test_a_verdict_in_the_place_of_one_that_was_not_seen_says_so(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = page_of(settings)
    first = claims(settings, page)[0]
    ada, bo = (ReviewDesk(settings, who) for who in ("Ada", "B\u202eo"))
    ada.state(f"{page}.html")
    monkeypatch.setattr("flows.wiring.moment", lambda: "2026-07-01T22:04:05.000001+00:00")
    assert say(bo, first.id, "accepted").told["instead"] is None
    monkeypatch.setattr("flows.wiring.moment", lambda: "2026-07-01T22:05:05.000001+00:00")
    told = say(ada, first.id, "rejected").told["instead"]
    assert told == {"who": "B‹U+202E›o", "verdict": "accepted", "at": "22:04 UTC"}
    monkeypatch.setattr("flows.wiring.moment", lambda: "2026-07-02T09:00:00.000001+00:00")
    assert say(ada, first.id, "accepted").told["instead"] is None
    told = say(bo, first.id, "withdrawn").told["instead"]
    assert told == {"who": "Ada", "verdict": "accepted", "at": "09:00 UTC"}


@pytest.mark.parametrize("verdict", ["accepted", "rejected"])
def test_a_verdict_in_the_place_of_one_that_was_seen_says_nothing(
    settings: Settings, verdict: Decision
) -> None:
    page = page_of(settings)
    first = claims(settings, page)[0]
    say(ReviewDesk(settings, "Bo"), first.id, verdict)
    ada = ReviewDesk(settings, "Ada")
    ada.state(f"{page}.html")
    assert say(ada, first.id, "withdrawn").told["instead"] is None


def test_a_verdict_of_another_day_is_told_with_it() -> None:
    assert _moment("2026-07-01T22:04:05", "2026-07-02T01:00:00") == "2026-07-01, 22:04 UTC"


# --- The command ---------------------------------------------------------------------------


def test_without_pages_there_is_nothing_to_review(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there are no pages in"):
        serve(load_settings(out=str(tmp_path)), 0, opened=False)


def test_a_port_that_is_taken_is_named(settings: Settings) -> None:
    with socket.create_server((HOST, 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ConfigError, match=f"port {port} cannot be served"):
            serve(settings, port, opened=False)


def test_the_browser_is_shown_the_address(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shown: list[str] = []

    def stop(_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("webbrowser.open", shown.append)
    monkeypatch.setattr(ReviewServer, "serve_forever", stop)
    serve(settings, 0, opened=True)
    assert shown == capsys.readouterr().out.splitlines()[:1]


@pytest.mark.parametrize("options", [[], ["open"]])
def test_the_command_serves_until_ctrl_c(settings: Settings, options: list[str]) -> None:
    command = [sys.executable, "-m", "flows.cli", "review", *options, settings.out, "--no-open"]
    with subprocess.Popen(
        [*command, "--store", str(settings.store)], stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout
        address = child.stdout.readline().strip()
        child.send_signal(signal.SIGINT)
        assert child.wait(30) == 0
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/\?token=[\w-]{43}", address)


def test_a_folder_that_is_none_is_refused(litline: Litline) -> None:
    result = litline("review", "nowhere", "--no-open")
    assert (result.code, "nowhere" in result.err) == (2, True)


@pytest.fixture
def litline(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Litline:
    return Litline(monkeypatch, capsys)
