from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from filelock import FileLock
from playwright.sync_api import Browser, Locator, Page, Route, expect

from flows.pages import write_sheet
from flows.review_desk import ReviewDesk
from flows.reviewing import FILE, LOCK
from flows.settings import Settings
from pipeline.report.check import check_outputs
from pipeline.report.files import Outputs
from pipeline.review.server import Asked, ReviewServer
from pipeline.reviews import Returned, ReviewsSheet, Version
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


def status(page: Page) -> Locator:
    return page.locator("#review [role=status]")


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
    assert here(page) == first
    press(page, "j", "n")
    type_instead(page, "not said there")
    press(page, "r")
    settle(page, second, "rejected")
    press(page, "k", "e")
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


def test_the_filter_leaves_what_needs_eyes(page: Page, settings: Settings) -> None:
    where = page_of(settings)
    reword_last(settings, where)
    change_source(settings, where)
    go(page, where)
    ids = order(page)
    expect(page.locator("#review")).to_contain_text(
        "2 left that were reworded, stand in for a refused one, or lost their sentence"
    )
    press(page, "f")
    assert here(page) == ids[0]
    expect(page.locator("[aria-keyshortcuts=f]")).to_have_attribute("aria-pressed", "true")
    press(page, "j")
    assert here(page) == ids[-1]
    press(page, "a", "j")
    expect(status(page)).to_have_text("That was the last claim that needs eyes.")
    press(page, "k", "a")
    settle(page, ids[0], "accepted")
    press(page, "j")
    expect(status(page)).to_have_text("No claim is left here that needs eyes.")
    press(page, "f", "j")
    assert here(page) == ids[1]


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
    with FileLock(Path(settings.out, LOCK)):
        press(page, "j", "a", "j", "r")
        settle(page, second, "rejected")
    expect(status(page)).to_contain_text("A run is writing; the page shows it after the run.")
    given = [(one.claim, one.verdict) for one in verdicts(settings)]
    assert given == [(first, "accepted"), (second, "rejected")]


def slow(page: Page, milliseconds: int = 300) -> None:
    """Let each verdict take its time."""

    def wait(route: Route) -> None:
        page.wait_for_timeout(milliseconds)
        route.fallback()

    page.route("**/verdicts", wait)


def test_keys_before_an_answer_are_about_the_claim_as_it_will_stand(
    page: Page, settings: Settings
) -> None:
    go(page, page_of(settings))
    first = order(page)[0]
    press(page, "j", "e", "Control+End", "Backspace", "Enter", "a", "j", "k")
    settle(page, first, "accepted")
    edited, accepted = verdicts(settings)
    assert (edited.verdict, accepted.verdict) == ("edited", "accepted")
    assert accepted.text == edited.new_text


def test_the_next_page_waits_for_verdicts(page: Page, settings: Settings) -> None:
    go(page, page_of(settings))
    slow(page)
    at = page.url
    press(page, "j", "a", "j", "r", "g")
    page.wait_for_url(lambda url: url != at)
    assert [one.verdict for one in verdicts(settings)] == ["accepted", "rejected"]


def test_what_is_typed_before_a_refusal_is_not_meant(page: Page, settings: Settings) -> None:
    go(page, page_of(settings))
    slow(page)
    press(page, "j", "e")
    type_instead(page, UNPRINTED)
    press(page, "a")
    expect(alert(page)).to_contain_text("numbers")
    page.wait_for_timeout(500)
    assert verdicts(settings) == []


def test_a_note_after_a_rejection_is_its_reason(page: Page, settings: Settings) -> None:
    go(page, page_of(settings))
    first = order(page)[0]
    press(page, "j", "r", "n")
    type_instead(page, "not said there")
    expect(status(page)).to_have_text("The claim was rejected.")
    settle(page, first, "rejected")
    press(page, "a")
    settle(page, first, "accepted")
    found = [(one.claim, one.verdict, one.note) for one in verdicts(settings)]
    assert found[-2:] == [(first, "rejected", "not said there"), (first, "accepted", None)]


def test_an_edit_is_confirmed_by_a_and_taken_back_by_u(page: Page, settings: Settings) -> None:
    go(page, page_of(settings))
    first = order(page)[0]
    before = spot(page, first).text_content() or ""
    press(page, "j", "e", "Control+End", "Backspace", "Enter")
    settle(page, first, "edited")
    press(page, "a")
    settle(page, first, "accepted")
    expect(spot(page, first)).to_have_text(before.rstrip(".").rstrip())
    press(page, "u")
    settle(page, first, None)
    assert spot(page, first).text_content() == before
    press(page, "r")
    settle(page, first, "rejected")
    given = [one.verdict for one in verdicts(settings)]
    assert given == ["edited", "accepted", "withdrawn", "rejected"]


# --- Fields ----------------------------------------------------------------------------------


def test_a_field_keeps_lines_as_one_and_escape_leaves_from_anywhere(
    page: Page, settings: Settings
) -> None:
    go(page, page_of(settings))
    press(page, "j", "e", "Control+a")
    page.keyboard.type("It reaches 99.87 %")
    press(page, "Shift+Enter")
    page.keyboard.type("  on MMMU.")
    assert "\n" in page.locator("#review-words").input_value()
    press(page, "Enter")
    expect(alert(page)).to_contain_text("numbers")
    assert page.locator("#review-words").input_value() == UNPRINTED
    page.get_by_role("button", name="Stand by it").focus()
    press(page, "a", "j", "Escape")
    expect(page.locator("#review-words")).to_have_count(0)
    expect(page.locator("[aria-current=true]")).to_be_focused()
    assert verdicts(settings) == []


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        (["Enter"], "Nothing was changed; a accepts it as it is."),
        (["Control+End", "Shift+Enter", "Enter"], "Nothing was changed; a accepts it as it is."),
        (["Control+a", "Delete", "Enter"], "Nothing was written, so that nothing is kept."),
    ],
)
def test_an_edit_without_a_change_keeps_nothing(
    page: Page, settings: Settings, keys: list[str], told: str
) -> None:
    go(page, page_of(settings))
    press(page, "j", "e", *keys)
    expect(status(page)).to_have_text(told)
    assert verdicts(settings) == []


# --- What is told ----------------------------------------------------------------------------


def test_what_is_told_is_about_the_selected_claim(page: Page, settings: Settings) -> None:
    where = page_of(settings)
    change_source(settings, where)
    go(page, where)
    press(page, "j")
    expect(status(page)).to_have_text("The source changed. Approved before: As it was.")
    press(page, "j")
    expect(status(page)).to_be_empty()
    press(page, "a")
    expect(status(page)).to_have_text("The claim was accepted.")
    press(page, "e")
    type_instead(page, UNPRINTED)
    expect(alert(page)).to_contain_text("numbers")
    expect(status(page)).to_be_empty()
    press(page, "Escape", "j")
    expect(status(page)).to_be_empty()
    expect(alert(page)).to_be_empty()


def test_an_answer_that_comes_late_is_told_where_it_belongs(page: Page, settings: Settings) -> None:
    go(page, page_of(settings))
    slow(page)
    first = order(page)[0]
    press(page, "j", "a", "j")
    settle(page, first, "accepted")
    expect(status(page)).to_be_empty()
    press(page, "k")
    expect(status(page)).to_have_text("The claim was accepted.")


def change_source(settings: Settings, page: str) -> None:
    """Let something have been approved in the place of the first claim that the page prints."""
    first = printed(settings, page)[0]
    before = Version(claim="0" * 12, text="As it was.", quotes=[])
    told = Returned(
        sheet="litline/paper",
        subject=page.removeprefix("papers/"),
        field="results",
        verdict="accepted",
        before=before,
        now=Version(claim=first, text="x", quotes=[]),
    )
    sheet = ReviewsSheet(reviews=[], returned=[told])
    Path(settings.out, FILE).write_text(sheet.model_dump_json(), encoding="utf-8")


def printed(settings: Settings, page: str) -> list[str]:
    """Return the ids of the claims that a page prints, in its order."""
    text = Path(settings.out, f"{page}.html").read_text(encoding="utf-8")
    return re.findall(r'id="c([0-9a-f]{12})"', text)


def test_what_another_person_decided_meanwhile_is_told(page: Page, settings: Settings) -> None:
    go(page, page_of(settings))
    first = order(page)[0]
    ReviewDesk(settings, "Bo").decide(Asked(claim=first, verdict="accepted"))
    press(page, "j", "r")
    told = r"Bo had accepted it \(\d\d:\d\d UTC\); your verdict stands now\."
    expect(status(page)).to_have_text(re.compile(told))


# --- Rejections of earlier visits ------------------------------------------------------------


def reject_two(page: Page) -> None:
    first, second, *_ = order(page)
    press(page, "j", "r", "n")
    type_instead(page, HOSTILE)
    press(page, "j", "r")
    settle(page, first, "rejected")
    settle(page, second, "rejected")


def count_of(page: Page) -> list[str]:
    return re.findall(r"\d+ of \d+", page.locator("#review").inner_text())


def test_rejections_stay_counted(page: Page, settings: Settings) -> None:
    go(page, page_of(settings))
    own, everything = (one.partition(" of ")[2] for one in count_of(page))
    reject_two(page)
    expect(page.locator("#review")).to_contain_text("2 of ")
    assert count_of(page) == [f"2 of {own}", f"2 of {everything}"]
    page.reload()
    on_lines = 1  # a line of work repeats one of them, and loses it too
    counts = [f"2 of {own}", f"2 of {int(everything) - on_lines}"]
    assert count_of(page) == counts
    go(page, "index")
    assert count_of(page) == counts[1:]


def test_rejections_are_taken_back_after_a_reload(page: Page, settings: Settings) -> None:
    go(page, page_of(settings))
    claims_before = order(page)
    reject_two(page)
    page.reload()
    fold = page.locator("#review details")
    expect(fold.locator("summary")).to_have_text("Rejected here: 2")
    assert set(order(page)).isdisjoint(claims_before[:2])
    with page.expect_navigation():
        press(page, "u")
    assert claims_before[1] in order(page)
    fold.locator("summary").click()
    assert HOSTILE in (fold.text_content() or "")
    assert violations(page, *WCAG, "best-practice") == []
    with page.expect_navigation():
        fold.get_by_role("button").click()
    assert order(page) == claims_before
    expect(fold).to_have_count(0)
    given = [one.verdict for one in verdicts(settings)]
    assert given[-2:] == ["withdrawn", "withdrawn"]


def test_a_page_whose_claims_were_all_rejected_offers_to_undo(
    page: Page, settings: Settings
) -> None:
    where = page_of(settings)
    desk = ReviewDesk(settings, "Ada")
    for claim in printed(settings, where):
        desk.decide(Asked(claim=claim, verdict="rejected"))
    go(page, where)
    assert order(page) == []
    assert page.locator("#review [aria-keyshortcuts]:not(a)").all_inner_texts() == ["u undo"]
    left = len(verdicts(settings)) - 1
    with page.expect_navigation():
        press(page, "u")
    expect(page.locator("#review summary")).to_have_text(f"Rejected here: {left}")


# --- What cannot be --------------------------------------------------------------------------


def test_what_a_paper_needs_is_not_offered_for_rejection(page: Page, settings: Settings) -> None:
    asked: list[str] = []
    page.on("request", lambda one: asked.append(one.method))
    at = go_where(page, "digest", settings, "r")
    press(page, "r", *"aaa")
    expect(alert(page)).to_contain_text("cannot go without it")
    page.wait_for_timeout(700)
    assert "POST" not in asked
    press(page, "a")
    settle(page, at, "accepted")


def test_keys_after_a_refusal_without_a_field_do_no_harm(page: Page, settings: Settings) -> None:
    at = go_where(page, "digest", settings, "e")
    press(page, "e")
    expect(alert(page)).to_contain_text("A computed claim is counted anew by each run")
    page.keyboard.type("a fair jar", delay=120)
    assert (here(page), verdicts(settings)) == (at, [])
    page.wait_for_timeout(700)
    press(page, "a")
    settle(page, at, "accepted")


# --- Words of others -------------------------------------------------------------------------


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
        press(page, "j", "a")
        settle(page, first, "accepted")
        press(page, "j", "r")
        settle(page, second, "rejected")
        press(page, "f", "e")
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


BOXES = """() => ["#review", "[aria-current]", "#review-words"].map(one => {
    const { top, bottom } = document.querySelector(one).getBoundingClientRect();
    return [top, bottom];
})"""


def test_on_a_phone_the_bar_leaves_room_for_the_claim(browser: Browser, settings: Settings) -> None:
    with visit(browser, PHONE) as tab, served(settings, tab) as page:
        go(page, page_of(settings))
        letters = page.locator("#review kbd").evaluate_all("all => all.map(o => o.offsetWidth)")
        assert set(letters) == {0}
        for _ in order(page):
            press(page, "j", "e")
            type_instead(page, " ".join(f"{UNPRINTED} It beats {n} of {n}." for n in range(9)))
            expect(alert(page)).to_contain_text("numbers")
            expect(page.locator("#review .keys")).to_be_hidden()
            (bar, end), (top, bottom), (above, below) = page.evaluate(BOXES)
            assert end - bar <= page.evaluate("innerHeight / 2")
            assert 0 <= top < bottom <= bar
            assert bar <= above < below <= end
            press(page, "Escape")
            expect(page.locator("#review .keys")).to_be_visible()


def path_of(kind: str, settings: Settings) -> str:
    root = Path(settings.out)
    return next(root.glob(KINDS[kind])).relative_to(root).as_posix()


def begin_to_edit(page: Page) -> bool:
    """Open the field for the first claim that is not computed; tell whether there is one."""
    for _ in order(page):
        press(page, "j")
        if is_offered(page, "e"):
            press(page, "e")
            return page.locator("#review-words").is_visible()
    return False


def is_offered(page: Page, key: str) -> bool:
    button = page.locator(f"#review [aria-keyshortcuts={key}]")
    return button.get_attribute("aria-disabled") == "false"


def go_where(page: Page, kind: str, settings: Settings, key: str) -> str:
    """Open the page of a kind and choose the first claim for which a key is not offered."""
    page.goto(f"{page.evaluate('location.origin')}/{path_of(kind, settings)}")
    for _ in order(page):
        press(page, "j")
        if not is_offered(page, key):
            return here(page)
    raise AssertionError


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
    for claim, (verdict, keys) in zip(spots, [*given, ("rejected", ["r"])], strict=True):
        press(page, "j", *keys)
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
