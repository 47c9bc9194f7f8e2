"""`litline brief` as a person runs it: who is meant, what the page holds, what it costs."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from flows import wiring
from pipeline.briefing_sheet import BriefingSheet
from pipeline.providers.base import Completion, Request
from pipeline.providers.extractive import summarise
from pipeline.providers.fake import FakeProvider
from pipeline.samples import sample_files
from pipeline.schemas import AskClaim, BriefingReply, RepairReply, SentenceClaim
from pipeline.sheets import RunReport
from tests.command import Litline, Result
from tests.invented_papers import (
    KETTLES,
    LANTERNS,
    NO_SEEDS,
    SEEDS,
    entry,
    header,
    listed,
    listing,
    profile,
)

AS_OF = ("--as-of", "2031-06-30", "--direct")


class Brief:
    """The command with the options of every test."""

    def __init__(self, litline: Litline) -> None:
        self._litline = litline

    def __call__(self, name: str, *arguments: str) -> Result:
        return self._litline("brief", name, *arguments, "--engine", "extractive", *AS_OF)


@pytest.fixture
def litline(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Litline:
    monkeypatch.chdir(tmp_path)
    return Litline(monkeypatch, capsys)


@pytest.fixture
def brief(litline: Litline) -> Brief:
    return Brief(litline)


def sheet(slug: str) -> BriefingSheet:
    text = Path(f"outputs/briefings/{slug}/briefing.json").read_text(encoding="utf-8")
    return BriefingSheet.model_validate_json(text)


def words(made: BriefingSheet, *fields: str) -> str:
    return "\n".join(claim.text for field, claim in made.claims() if field in fields)


def page(name: str, *entries: str, papers: int = 2) -> str:
    top = header(name, papers, f"{papers} Papers")
    Path("page.txt").write_text(profile(*entries, top=top), encoding="utf-8")
    return "page.txt"


def listing_of(*records: str) -> str:
    Path("listing.txt").write_text(listing(*records), encoding="utf-8")
    return "listing.txt"


# --- Who is meant ----------------------------------------------------------------------------


def test_a_name_is_found_in_lists_and_on_a_page(brief: Brief) -> None:
    lanterns = entry("KTMay 3, 2031", "Gimlet: A Steady Light", "Cy Mast et al.", LANTERNS)
    done = brief("brew, ada", page("Ada Brew", entry(), lanterns))
    assert (done.code, done.out) == (0, "outputs/briefings/ada-brew/briefing.html\n")
    found = sheet("ada-brew")
    assert (found.author, found.named.printed, found.named.of) == ("Ada Brew", 1, 2)
    assert [(one.position, one.of, one.authors_complete) for one in found.papers] == [
        (None, 1, False),
        (1, 2, False),
    ]
    assert found.profile is not None
    assert (found.profile.h_index, found.profile.citations) == (7, 1_204)


def test_a_listing_is_nobodys_unless_a_person_says_so(brief: Brief) -> None:
    file = listing_of(listed(KETTLES, front=None), listed(LANTERNS, "3011.00500", None))
    done = brief("Lena Owner", file)
    assert done.code == 2
    assert "no author list or profile names 'Lena Owner'" in done.err
    done = brief("Lena Owner", file, "--owner", f"{file}=Lena Owner")
    assert done.code == 0
    assert sheet("lena-owner").named.of == 2
    assert sheet("lena-owner").profile is None


@pytest.mark.parametrize("owner", ["listing.txt", "=Lena", "listing.txt=", "other.txt=Lena Owner"])
def test_an_owner_that_makes_no_sense_is_refused(brief: Brief, owner: str) -> None:
    done = brief("Lena Owner", listing_of(listed()), "--owner", owner)
    assert done.code == 2
    assert "--owner" in done.err


def test_several_people_are_listed_and_nothing_is_written(brief: Brief) -> None:
    both = (
        listed(KETTLES, "3011.00417", "Simmer\nLewei Lu, Bo Steam"),
        listed(LANTERNS, "3011.00500", "Gimlet\nLin Lu"),
    )
    done = brief("L. Lu", listing_of(*both))
    assert done.code == 2
    assert "Lewei Lu" in done.err
    assert "Lin Lu" in done.err
    assert not Path("outputs/briefings").exists()


def test_an_unknown_name_gets_the_nearest(brief: Brief) -> None:
    done = brief("Ada Brow", page("Ada Brew", entry()))
    assert done.code == 2
    assert "the nearest names are Ada Brew" in done.err


# --- The page --------------------------------------------------------------------------------


def test_what_is_easily_got_wrong_stands_high(brief: Brief) -> None:
    lanterns = entry("KTMay 3, 2031", "Gimlet: A Steady Light", "Cy Mast et al.", LANTERNS)
    brief("Ada Brew", page("Ada Brew", entry(), lanterns, papers=9))
    text = Path("outputs/briefings/ada-brew/briefing.md").read_text(encoding="utf-8")
    head = "\n".join(text.splitlines()[:10])
    assert "2 of the 9 papers on the profile are present." in head
    assert "1 of 2 papers prints the name in the list of authors: Simmer (1st, list cut)." in head
    assert "the role is unknown; ask, do not assume." in head


def test_what_is_new_since_the_last_meeting(brief: Brief) -> None:
    lanterns = entry("KTMay 3, 2031", "Gimlet: A Steady Light", "Ada Brew et al.", LANTERNS)
    file = page("Ada Brew", entry(), lanterns)
    brief("Ada Brew", file, "--since", "2031-01-01")
    assert words(sheet("ada-brew"), "new") == "1 paper after 1 January 2031: Gimlet."
    brief("Ada Brew", file, "--since", "2031-06-01")
    said = "Nothing in these documents is dated after 1 June 2031."
    assert words(sheet("ada-brew"), "new") == said
    assert brief("Ada Brew", file, "--since", "June").code == 2


@pytest.mark.parametrize(("form", "begins"), [("md", "---\n"), ("html", "<!doc"), ("json", "{")])
def test_the_page_may_be_printed(brief: Brief, form: str, begins: str) -> None:
    done = brief("Ada Brew", page("Ada Brew", entry()), "--format", form)
    assert done.out.startswith(begins)
    file = Path(f"outputs/briefings/ada-brew/briefing.{form}")
    assert done.out == file.read_text(encoding="utf-8")


def test_another_form_is_refused(brief: Brief) -> None:
    done = brief("Ada Brew", page("Ada Brew", entry()), "--format", "pdf")
    assert (done.code, done.err) == (2, "litline: --format: 'pdf' is none of md, html, json\n")


def test_an_author_of_one_paper_has_a_page(brief: Brief) -> None:
    brief("Bo Steam", page("Ada Brew", entry()))
    found = sheet("bo-steam")
    assert (len(found.papers), found.profile, found.coverage) == (1, None, [])
    assert found.papers[0].position == 2


def test_a_run_has_a_briefing_of_each_page_owner_and_all_holds(litline: Litline) -> None:
    options = ("--engine", "extractive", "--direct", "--as-of", "2026-06-30")
    assert litline("run", *sample_files(), *options).code == 0
    made = sorted(path.name for path in Path("outputs/briefings").iterdir())
    assert made == ["mira-halden", "tomas-verrin"]
    before = {path: path.read_bytes() for path in Path("outputs/briefings").rglob("*.*")}
    assert litline("brief", "Mira Halden", *options).code == 0
    assert {path: path.read_bytes() for path in before} == before
    assert litline("check").out == "outputs: all holds\n"


def test_questions_rest_on_two_figures_of_a_line_or_on_a_limit(litline: Litline) -> None:
    options = ("--engine", "extractive", "--direct", "--as-of", "2026-06-30")
    litline("brief", "Mira Halden", *sample_files(), *options)
    asked = sheet("mira-halden").questions
    assert 0 < len(asked) <= 8
    for one in asked:
        assert len(one.claim.evidence) == (2 if one.kind == "pair" else 1)
        assert one.ask.endswith("?")


def test_a_briefing_of_another_library_is_removed(litline: Litline) -> None:
    options = ("--engine", "extractive", *AS_OF)
    litline("brief", "Ada Brew", page("Ada Brew", entry()), *options)
    Path("other.txt").write_text(listing(listed(LANTERNS, front="Gimlet\nCy Mast")))
    litline("run", "other.txt", "--store", "other.db", *options)
    assert not Path("outputs/briefings/ada-brew").exists()


# --- With a model ----------------------------------------------------------------------------


class Meeting(FakeProvider):
    """Copies sentences for summaries, and answers what is asked for a briefing."""

    def __init__(self, reply: Callable[[Request], BriefingReply]) -> None:
        super().__init__()
        self._reply = reply
        self.asked: list[str] = []

    async def complete(self, request: Request) -> Completion:
        self.asked.append(request.prompt.name)
        if request.prompt.name == "paper_summary":
            self.queue(summarise(request.sentences))
        elif request.prompt.name == "author_briefing":
            self.queue(self._reply(request))
        else:
            self.queue(RepairReply(statements=[]))
        return await super().complete(request)


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Meeting]:
    def use(reply: Callable[[Request], BriefingReply]) -> Meeting:
        made = Meeting(reply)
        monkeypatch.setenv("OPENAI_API_KEY", "sk-canary")
        monkeypatch.setattr(wiring, "provider", lambda *_: made)
        return made

    return use


def number(request: Request, words: str) -> int:
    """Return the number of the sentence that holds these words."""
    return next(n for n, one in enumerate(request.sentences, 1) if words in one)


SIMMER = (
    "Kettles on shared stoves boil over when nobody looks. We present Simmer, a small model that "
    "lowers the flame in time. In twelve kitchens it prevents 93.5% of the spills on Stove-4. "
    "A limitation of our study is that copper kettles are not covered."
)


def answer(request: Request) -> BriefingReply:
    limit, spills = number(request, "copper kettles are not"), number(request, "93.5%")
    half = number(request, "half as many errors")
    return BriefingReply(
        short=[
            SentenceClaim(text="Simmer prevents 93.5% of the spills.", sentences=[spills]),
            SentenceClaim(text="Simmer prevents 97.1% of the spills.", sentences=[spills]),
        ],
        questions=[
            AskClaim(
                text="In Simmer, copper kettles are not covered.",
                sentences=[limit],
                ask="Why not copper?",
            ),
            AskClaim(text="It prevents spills.", sentences=[spills], ask="All of them?"),
            AskClaim(
                text="Simmer prevents 93.5% of the spills; readers make half as many errors.",
                sentences=[spills, half],
                ask="Would Gimlet reach 99% too?",
            ),
        ],
    )


def test_a_model_adds_what_stands_and_the_rest_is_listed(
    litline: Litline, model: Callable[..., Meeting]
) -> None:
    model(answer)
    lanterns = entry("KTMay 3, 2031", "Gimlet: A Steady Light", "Ada Brew et al.", LANTERNS)
    file = page("Ada Brew", entry(abstract=SIMMER), lanterns)
    assert litline("brief", "Ada Brew", file, *AS_OF).code == 0
    found = sheet("ada-brew")
    assert found.short[0].text == "Simmer prevents 93.5% of the spills."
    assert found.questions[0].ask == "Why not copper?"
    assert (found.questions[0].kind, found.stamp.prompt) == ("limit", "author_briefing")
    reasons = {one.text: one.reason for one in found.dropped}
    assert "97.1" in reasons["Simmer prevents 97.1% of the spills."]
    assert reasons["It prevents spills."] == "it rests on one paper that states no limit there"
    assert "99" in str(reasons)
    assert litline("check").out == "outputs: all holds\n"


def test_check_holds_what_a_model_asks_against_its_sentences(
    litline: Litline, model: Callable[..., Meeting]
) -> None:
    model(answer)
    lanterns = entry("KTMay 3, 2031", "Gimlet: A Steady Light", "Ada Brew et al.", LANTERNS)
    litline("brief", "Ada Brew", page("Ada Brew", entry(abstract=SIMMER), lanterns), *AS_OF)
    file = Path("outputs/briefings/ada-brew/briefing.json")
    text = file.read_text(encoding="utf-8").replace("Why not copper?", "Why fake 99.9% of them?")
    file.write_text(text, encoding="utf-8")
    done = litline("check")
    assert done.code == 3
    assert "Why fake 99.9% of them? numbers" in done.out + done.err


def test_the_model_is_asked_at_most_12_times_for_300_papers_and_once(
    litline: Litline, model: Callable[..., Meeting]
) -> None:
    asked = model(lambda _: BriefingReply(short=[], questions=[]))
    first = dt.date(2028, 1, 1)
    entries = []
    for n in range(300):
        day = first + dt.timedelta(days=4 * n)
        words = f"We present Kettle-{n}, which reaches {n % 50 + 40}.5% accuracy on Stove-{n % 9}."
        head = f"KT{day:%b} {day.day}, {day.year}"
        entries.append(entry(head, f"Kettle-{n}: A Pot", "Ada Brew, Bo Steam", words * 3))
    file = page("Ada Brew", *entries, papers=300)
    assert litline("brief", "Ada Brew", file, *AS_OF).code == 0
    assert len(asked.asked) <= 12
    assert sheet("ada-brew").named.of == 300
    before = len(asked.asked)
    assert litline("brief", "Ada Brew", *AS_OF).code == 0
    assert len(asked.asked) == before
    report = RunReport.model_validate_json(Path("outputs/run.json").read_text(encoding="utf-8"))
    assert report.calls == asked.requests


# --- Real documents --------------------------------------------------------------------------


@pytest.mark.skipif(not SEEDS.is_dir(), reason=NO_SEEDS)
def test_the_first_users_pages_say_what_their_headers_say(brief: Brief) -> None:
    assert brief("Lewei Lu", str(SEEDS)).code == 0
    found = sheet("lewei-lu")
    assert found.profile is not None
    header_ = (found.profile.h_index, found.profile.papers, found.profile.citations)
    assert header_ == (67, 79, 22_636)
    assert (found.named.printed, found.named.of) == (2, 50)
    known = sorted(
        (one.position, one.of, one.authors_complete) for one in found.papers if one.position
    )
    assert known == [(2, 3, True), (3, 3, False)]
    assert "50 of the 79 papers on the profile are present." in words(found, "careful")
    assert "Zhe Chen 10, Weiyun Wang 9, Xizhou Zhu 8" in words(found, "people")
    brief("Lixin Gu", str(SEEDS))
    other = sheet("lixin-gu")
    assert other.profile is not None
    assert (other.profile.h_index, other.profile.citations) == (46, 3_806)
    assert (other.named.printed, other.named.of) == (4, 10)


def test_two_people_of_one_name_have_a_page_each(litline: Litline) -> None:
    for name, words_, figure in (("one.txt", KETTLES, "7"), ("two.txt", LANTERNS, "9")):
        top = header("John Smith", 1, "1 Papers").replace("h-index7", f"h-index{figure}")
        text = profile(entry(abstract=words_, authors="Bo Steam et al.", title=name), top=top)
        Path(name).write_text(text.replace("1,204", f"1,20{figure}"), encoding="utf-8")
    options = ("--engine", "extractive", *AS_OF)
    assert litline("run", "one.txt", "two.txt", *options).code == 0
    made = sorted(path.name for path in Path("outputs/briefings").iterdir())
    assert len(made) == 2
    assert all(slug.startswith("john-smith-") for slug in made)
    assert litline("brief", "John Smith", *options).code == 2
    assert litline("brief", "John Smith", "--owner", "one.txt=John Smith", *options).code == 0
    assert sorted(path.name for path in Path("outputs/briefings").iterdir()) == made


def test_a_page_of_somebody_else_is_not_given_away(brief: Brief) -> None:
    page("Ada Brew", entry())
    done = brief("Lena Owner", "page.txt", "--owner", "page.txt=Lena Owner")
    assert done.code == 2
    assert "--owner: page.txt is the page of Ada Brew" in done.err


def test_every_figure_of_a_computed_claim_is_in_its_data(litline: Litline) -> None:
    options = ("--engine", "extractive", "--direct", "--as-of", "2026-06-30")
    litline("brief", "Mira Halden", *sample_files(), "--since", "2026-01-01", *options)
    computed = [claim for _, claim in sheet("mira-halden").claims() if claim.kind == "computed"]
    assert len(computed) > 10
    for claim in computed:
        figures = " ".join(str(value) for value in (claim.data or {}).values())
        assert set(re.findall(r"\d+", claim.text)) <= set(re.findall(r"\d+", figures)), claim
        assert "said" not in (claim.data or {})
