from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from flows.pages import write_sheet
from flows.review_desk import ReviewDesk
from flows.settings import Settings
from pipeline.report.files import Outputs
from pipeline.review.server import ReviewServer
from pipeline.sheets import PaperSheet
from tests.piped_browser import BROWSER, Browser, browser
from tests.test_review_desk import claims, page_of, run, settings_of, verdicts
from tests.test_review_server import serving

pytestmark = pytest.mark.skipif(not BROWSER, reason="no Chromium to review with")
HERE = "document.querySelector('[aria-current=true]')"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("samples")
    run(settings_of(folder))
    return folder


@pytest.fixture
def settings(made: Path, tmp_path: Path) -> Settings:
    shutil.copytree(made, tmp_path / "made")
    return settings_of(tmp_path / "made")


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with browser(tmp_path_factory.mktemp("profile")) as started:
        yield started


@pytest.fixture
def tab(chromium: Browser, settings: Settings) -> Iterator[Browser]:
    chromium.requests.clear()
    with serving(ReviewServer(Path(settings.out), ReviewDesk(settings, "Ada"))) as server:
        chromium.open(server.address)
        yield chromium
        assert {one for one in chromium.requests if not one.startswith(server.origin)} == set()
        assert (chromium.dialogs, chromium.faults) == ([], [])


def go(tab: Browser, page: str) -> None:
    origin = tab.evaluate("location.origin")
    tab.open(f"{origin}/{page}.html")
    tab.wait(f"location.pathname === '/{page}.html' && !!document.getElementById('review')")


def here(tab: Browser) -> str:
    return str(tab.evaluate(f"{HERE}.id.slice(1)"))


def order(tab: Browser) -> list[str]:
    return list(tab.evaluate("[...document.querySelectorAll('[data-claim]')].map(s => s.id)"))


def settle(tab: Browser, claim: str, verdict: str | None) -> None:
    wanted = f"'{verdict}'" if verdict else "undefined"
    tab.wait(f"document.getElementById('c{claim}').dataset.verdict === {wanted}")


def test_the_first_address_leads_to_the_index(tab: Browser) -> None:
    assert tab.evaluate("location.pathname + location.search") == "/index.html"
    assert tab.evaluate("document.cookie") == ""


def test_claims_are_accepted_edited_and_rejected_by_keyboard(
    tab: Browser, settings: Settings
) -> None:
    page = page_of(settings)
    go(tab, page)
    spots = [id_.removeprefix("c") for id_ in order(tab)]
    tab.press("j")
    assert here(tab) == spots[0]
    tab.press("a")
    settle(tab, spots[0], "accepted")
    tab.wait(f"{HERE}.id === 'c{spots[1]}'")
    tab.press("n")
    tab.type("not said there")
    tab.press("Enter")
    tab.press("r")
    settle(tab, spots[1], "rejected")
    tab.press("k")
    tab.press("k")
    tab.press("e")
    tab.type("It reaches 99.87 % on MMMU.")
    tab.press("Enter")
    tab.wait("document.querySelector('#review [role=alert]').textContent.includes('numbers')")
    assert len(verdicts(settings)) == 2
    tab.evaluate("document.querySelector('#review div button').click()")
    settle(tab, spots[0], "edited")
    assert "99.87" in tab.evaluate(f"document.getElementById('c{spots[0]}').textContent")
    kept = verdicts(settings)
    assert [one.verdict for one in kept] == ["accepted", "rejected", "edited"]
    assert [one.claim for one in kept] == [spots[0], spots[1], spots[0]]
    assert kept[1].note == "not said there"
    assert "numbers" in kept[2].overruled


def test_undo_takes_the_last_verdict_back(tab: Browser, settings: Settings) -> None:
    page = page_of(settings)
    go(tab, page)
    first = order(tab)[0].removeprefix("c")
    tab.press("j")
    tab.press("r")
    settle(tab, first, "rejected")
    tab.press("u")
    settle(tab, first, None)
    assert [one.verdict for one in verdicts(settings)] == ["rejected", "withdrawn"]
    assert first in {one.id for one in claims(settings, page)}


def test_verdicts_are_there_after_a_reload_and_a_run(tab: Browser, settings: Settings) -> None:
    page = page_of(settings)
    go(tab, page)
    first = order(tab)[0].removeprefix("c")
    tab.press("j")
    tab.press("a")
    settle(tab, first, "accepted")
    run(settings)
    tab.open(f"{tab.evaluate('location.origin')}/index.html")
    go(tab, page)
    settle(tab, first, "accepted")
    assert tab.evaluate("document.querySelector('#review progress').value") == 1


def test_the_filter_shows_what_was_reworded_first(tab: Browser, settings: Settings) -> None:
    page = page_of(settings)
    reword_last(settings, page)
    go(tab, page)
    tab.press("f")
    derived = {one.id for one in claims(settings, page) if one.kind == "derived"}
    assert here(tab) in derived
    assert tab.evaluate("document.querySelector('[aria-keyshortcuts=f]').ariaPressed") == "true"


def reword_last(settings: Settings, page: str) -> None:
    """Let the last claim that the page prints be one that a model reworded."""
    path = Path(settings.out, f"{page}.json")
    sheet = PaperSheet.model_validate_json(path.read_bytes())
    printed = Path(settings.out, f"{page}.html").read_text(encoding="utf-8")
    last = max((one for _, one in sheet.summary.claims()), key=lambda one: printed.find(one.id))
    text = path.read_text(encoding="utf-8")
    before, _, after = text.partition(f'"{last.id}"')
    path.write_text(f'{before}"{last.id}"{after.replace("quoted", "derived", 1)}', encoding="utf-8")
    write_sheet(PaperSheet.model_validate_json(path.read_bytes()), Outputs(Path(settings.out)))


def test_keys_are_letters_where_somebody_writes(tab: Browser, settings: Settings) -> None:
    go(tab, page_of(settings))
    tab.press("j")
    tab.press("n")
    for letter in "jar":
        tab.press(letter)
    assert tab.evaluate("document.activeElement.value") == "jar"
    tab.press("Escape")
    tab.press("k")
    assert verdicts(settings) == []


def test_hostile_words_stay_words(tab: Browser, settings: Settings) -> None:
    page = page_of(settings)
    go(tab, page)
    first = order(tab)[0].removeprefix("c")
    hostile = "<img src=x onerror=alert(1)></script><script>alert(2)</script> {{ x }}"
    tab.press("j")
    tab.press("e")
    tab.type(hostile)
    tab.press("Enter")
    tab.wait("document.querySelector('#review [role=alert]').textContent !== ''")
    tab.evaluate("document.querySelector('#review div button').click()")
    settle(tab, first, "edited")
    shown = tab.evaluate(f"document.getElementById('c{first}').textContent")
    assert shown == hostile
    tab.open(f"{tab.evaluate('location.origin')}/index.html")
    go(tab, page)
    assert tab.evaluate("document.querySelectorAll('main img, main script').length") == 0
    assert "<img" in tab.evaluate("document.querySelector('[data-verdict=edited]').textContent")
