from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from filelock import FileLock
from playwright.sync_api import Browser, Locator, Page, expect

from flows.pages import write_sheet
from flows.review_desk import ReviewDesk
from flows.reviewing import LOCK
from flows.settings import Settings
from pipeline.report.check import check_outputs
from pipeline.report.files import Outputs
from pipeline.review.server import ReviewServer
from pipeline.sheets import PaperSheet
from tests.browser import (
    DESKTOP,
    PHONE,
    WCAG,
    Scheme,
    Visit,
    marked,
    needs_browser,
    to_source,
    unfold,
    violations,
    visit,
)
from tests.test_review_desk import claims, page_of, run, settings_of, verdicts
from tests.test_review_server import serving

pytestmark = needs_browser

KINDS = {
    "index": "index.html",
    "paper": "papers/skerry-reading-*.html",
    "lineage": "lineages/skerry/lineage.html",
    "digest": "digests/*/digest.html",
    "briefing": "briefings/mira-halden/briefing.html",
}
HOSTILE = "<img src=x onerror=alert(1)></script><script>alert(2)</script> {{ x }}"
UNPRINTED = "It reaches 99.87 % on MMMU."


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("samples")
    run(settings_of(folder))
    return folder


@pytest.fixture
def settings(made: Path, tmp_path: Path) -> Settings:
    shutil.copytree(made, tmp_path / "made")
    return settings_of(tmp_path / "made")


@contextmanager
def served(settings: Settings, tab: Visit) -> Iterator[Page]:
    """Open the address of a new server; what the tab asks for in the meantime is of that server."""
    tab.asked.clear()
    with serving(ReviewServer(Path(settings.out), ReviewDesk(settings, "Ada"))) as server:
        tab.page.goto(server.address)
        yield tab.page
        assert {one for one in tab.asked if not one.startswith(f"{server.origin}/")} == set()
        assert (tab.dialogs, tab.faults) == ([], [])


@pytest.fixture
def page(tab: Visit, settings: Settings) -> Iterator[Page]:
    with served(settings, tab) as opened:
        yield opened


def go(page: Page, where: str) -> None:
    page.goto(f"{page.evaluate('location.origin')}/{where}.html")
    expect(page.locator("#review")).to_be_visible()


def here(page: Page) -> str:
    return (page.locator("[aria-current=true]").get_attribute("id") or "").removeprefix("c")


def order(page: Page) -> list[str]:
    ids = page.locator("[data-claim]").evaluate_all("spots => spots.map(spot => spot.id)")
    return [id_.removeprefix("c") for id_ in ids]


def spot(page: Page, claim: str) -> Locator:
    return page.locator(f"#c{claim}")


def alert(page: Page) -> Locator:
    return page.locator("#review [role=alert]")


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def type_instead(page: Page, text: str) -> None:
    """Type over what the field with the focus holds, and keep it."""
    page.keyboard.press("Control+a")
    page.keyboard.type(text)
    page.keyboard.press("Enter")


def settle(page: Page, claim: str, verdict: str | None) -> None:
    if verdict:
        expect(spot(page, claim)).to_have_attribute("data-verdict", verdict)
    else:
        expect(page.locator(f"#c{claim}[data-verdict]")).to_have_count(0)


def test_the_first_address_leads_to_the_index(page: Page) -> None:
    assert page.evaluate("location.pathname + location.search") == "/index.html"
    assert page.evaluate("document.cookie") == ""


def test_claims_are_accepted_edited_and_rejected_by_keyboard(
    page: Page, settings: Settings
) -> None:
    go(page, page_of(settings))
    first, second, *_ = order(page)
    press(page, "j")
    assert here(page) == first
    press(page, "a")
    settle(page, first, "accepted")
    expect(page.locator("[aria-current=true]")).to_have_id(f"c{second}")
    press(page, "n")
    type_instead(page, "not said there")
    press(page, "r")
    settle(page, second, "rejected")
    press(page, "k", "k", "e")
    type_instead(page, UNPRINTED)
    expect(alert(page)).to_contain_text("numbers")
    assert len(verdicts(settings)) == 2
    page.get_by_role("button", name="Stand by it").click()
    settle(page, first, "edited")
    expect(spot(page, first)).to_contain_text("99.87")
    kept = verdicts(settings)
    assert [one.verdict for one in kept] == ["accepted", "rejected", "edited"]
    assert [one.claim for one in kept] == [first, second, first]
    assert kept[1].note == "not said there"
    assert "numbers" in kept[2].overruled


def test_undo_takes_the_last_verdict_back(page: Page, settings: Settings) -> None:
    where = page_of(settings)
    go(page, where)
    first = order(page)[0]
    press(page, "j", "r")
    settle(page, first, "rejected")
    press(page, "u")
    settle(page, first, None)
    assert [one.verdict for one in verdicts(settings)] == ["rejected", "withdrawn"]
    assert first in {one.id for one in claims(settings, where)}


def test_verdicts_are_there_after_a_reload_and_a_run(page: Page, settings: Settings) -> None:
    go(page, page_of(settings))
    first = order(page)[0]
    press(page, "j", "a")
    settle(page, first, "accepted")
    run(settings)
    page.reload()
    settle(page, first, "accepted")
    assert page.locator("#review progress").evaluate("one => one.value") == 1


def test_the_filter_shows_what_was_reworded_first(page: Page, settings: Settings) -> None:
    where = page_of(settings)
    reword_last(settings, where)
    go(page, where)
    press(page, "f")
    derived = {one.id for one in claims(settings, where) if one.kind == "derived"}
    assert here(page) in derived
    expect(page.locator("[aria-keyshortcuts=f]")).to_have_attribute("aria-pressed", "true")


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


def test_keys_are_letters_where_somebody_writes(page: Page, settings: Settings) -> None:
    go(page, page_of(settings))
    press(page, "j", "n", *"jar")
    assert page.locator("#review-words").input_value() == "jar"
    press(page, "Escape", "k")
    assert verdicts(settings) == []


def test_keys_that_are_faster_than_the_server_judge_one_claim_each(
    page: Page, settings: Settings
) -> None:
    go(page, page_of(settings))
    first, second, *_ = order(page)
    with FileLock(Path(settings.out, LOCK)):  # as a run that is writing, for which verdicts wait
        press(page, "j", "a", "r")
    expect(page.get_by_role("status")).to_contain_text("rejected")
    given = [(one.claim, one.verdict) for one in verdicts(settings)]
    assert given == [(first, "accepted"), (second, "rejected")]


def test_hostile_words_stay_words(page: Page, settings: Settings) -> None:
    go(page, page_of(settings))
    first = order(page)[0]
    press(page, "j", "e")
    type_instead(page, HOSTILE)
    expect(alert(page)).not_to_be_empty()
    page.get_by_role("button", name="Stand by it").click()
    settle(page, first, "edited")
    assert spot(page, first).text_content() == HOSTILE
    page.reload()
    assert page.locator("main img, main script").count() == 0
    assert "<img" in (page.locator("[data-verdict=edited]").text_content() or "")


# --- Accessible ----------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [DESKTOP, PHONE])
@pytest.mark.parametrize("kind", KINDS)
def test_axe_finds_no_fault_while_a_claim_is_edited(
    kind: str, width: int, scheme: Scheme, browser: Browser, settings: Settings
) -> None:
    with visit(browser, width, scheme) as tab, served(settings, tab) as page:
        page.goto(f"{page.evaluate('location.origin')}/{path_of(kind, settings)}")
        unfold(page)
        assert begin_to_edit(page) == (kind != "index")
        assert violations(page, *WCAG, "best-practice") == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [DESKTOP, PHONE])
def test_axe_finds_no_fault_after_verdicts_and_a_refusal(
    width: int, scheme: Scheme, browser: Browser, settings: Settings
) -> None:
    with visit(browser, width, scheme) as tab, served(settings, tab) as page:
        go(page, page_of(settings))
        first, second, *_ = order(page)
        press(page, "f", "a")
        settle(page, first, "accepted")
        press(page, "r")
        settle(page, second, "rejected")
        press(page, "e")
        type_instead(page, UNPRINTED)
        expect(alert(page)).to_contain_text("numbers")
        assert violations(page, *WCAG, "best-practice") == []


ENDS = """() => {
    scrollTo(0, document.documentElement.scrollHeight);
    const [foot, bar] = ["footer", "#review"].map(one => document.querySelector(one));
    return [foot.getBoundingClientRect().bottom, bar.getBoundingClientRect().top];
}"""


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
def test_the_end_of_a_page_is_not_under_the_bar(
    width: int, browser: Browser, settings: Settings
) -> None:
    with visit(browser, width) as tab, served(settings, tab) as page:
        go(page, page_of(settings))
        foot, bar = page.evaluate(ENDS)
        assert foot <= bar


def path_of(kind: str, settings: Settings) -> str:
    root = Path(settings.out)
    return next(root.glob(KINDS[kind])).relative_to(root).as_posix()


def begin_to_edit(page: Page) -> bool:
    """Open the field for the first claim that is not computed; tell whether there is one."""
    for _ in order(page):
        press(page, "j", "e")
        if page.locator("#review-words").is_visible():
            return True
    return False


# --- The whole way -------------------------------------------------------------------------


def test_verdicts_of_a_reader_outlast_the_server_and_a_run(tab: Visit, settings: Settings) -> None:
    with served(settings, tab) as page:
        find(page, "Skerry-Mini")
        path = page.evaluate("location.pathname")
        see_source(page)
        given = judge_three(page)
    with served(settings, tab) as page:
        page.goto(f"{page.evaluate('location.origin')}{path}")
        shown(page, given)
        run(settings)
        page.reload()
        shown(page, given)
    assert [one.verdict for one in verdicts(settings)] == ["accepted", "edited", "rejected"]
    assert check_outputs(Path(settings.out)) == []


def find(page: Page, name: str) -> None:
    """Search for the one paper that a name finds, and open it."""
    page.get_by_role("searchbox").press_sequentially(name)
    expect(page.locator("#found")).to_have_text(re.compile(r"^1 of \d+ papers$"))
    page.locator(".papers a:visible").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(name)


def see_source(page: Page) -> None:
    """Look at the sentence that the first claim rests on, and come back."""
    address = page.url
    quote = to_source(page)
    assert marked(page) == quote
    page.go_back()
    page.go_back()
    expect(page).to_have_url(address)


def judge_three(page: Page) -> list[str]:
    """Accept, edit and reject the first three claims by keyboard; return what they said then."""
    spots = order(page)[:3]
    given = [("accepted", ["a"]), ("edited", ["e", "Control+End", "Backspace", "Enter"])]
    press(page, "j")
    for claim, (verdict, keys) in zip(spots, [*given, ("rejected", ["r"])], strict=True):
        expect(page.locator("[aria-current=true]")).to_have_id(f"c{claim}")
        press(page, *keys)
        settle(page, claim, verdict)
    return [spot(page, claim).text_content() or "" for claim in spots]


def shown(page: Page, given: list[str]) -> None:
    """Look for the accepted and the edited words on the page, and for no trace of the others."""
    accepted, edited, rejected = given
    expect(page.locator("[data-verdict=accepted]")).to_have_text(accepted)
    expect(page.locator("[data-verdict=edited]")).to_have_text(edited)
    expect(page.locator("[data-claim]").filter(has_text=rejected)).to_have_count(0)


def test_the_index_leads_from_page_to_page(page: Page, settings: Settings) -> None:
    assert "claims of all pages reviewed" in page.locator("#review").inner_text()
    page.keyboard.press("g")
    page.wait_for_url("**/papers/*.html")
    first = page.url
    page.keyboard.press("g")
    page.wait_for_url(lambda url: url != first)
    assert "/papers/" in page.url
