"""`litline digest` as a person runs it: weeks, windows, what is followed, and what is refused."""

from __future__ import annotations

import datetime as dt
import shutil
import sys
from pathlib import Path

import pytest

from pipeline.digest_sheet import DigestSheet
from pipeline.samples import sample_files
from pipeline.sheets import RunReport
from tests.command import Litline, Result
from tests.invented_papers import (
    KETTLES,
    LANTERNS,
    LOOMS,
    NO_SEEDS,
    SEEDS,
    entry,
    listed,
    listing,
    profile,
)

WEEK = "2031-W22"
MONDAY = "2031-06-02"  # after it
FRONT = "Simmer: Kettles That Listen\nAda Brew, Bo Steam"


@pytest.fixture
def litline(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Litline:
    monkeypatch.chdir(tmp_path)
    return Litline(monkeypatch, capsys)


@pytest.fixture
def digest(litline: Litline) -> Digest:
    return Digest(litline)


class Digest:
    """The command with the options of every test."""

    def __init__(self, litline: Litline) -> None:
        self._litline = litline

    def __call__(self, *arguments: str, as_of: str = MONDAY) -> Result:
        options = ("--direct", "--engine", "extractive", "--as-of", as_of)
        return self._litline("digest", *arguments, *options)


def sheet(name: str = WEEK) -> DigestSheet:
    text = Path(f"outputs/digests/{name}/digest.json").read_text(encoding="utf-8")
    return DigestSheet.model_validate_json(text)


def weeks() -> list[str]:
    return sorted(path.name for path in Path("outputs/digests").iterdir())


def kettles(date: str = "2031-05-27", front: str | None = FRONT) -> str:
    return listed(KETTLES, "3105.00417", front, dates=f"Created: {date}")


def lanterns(date: str = "2031-05-28") -> str:
    front = "Gimlet: A Steady Light\nCy Mast"
    return listed(LANTERNS, "3105.00500", front, dates=f"Created: {date}")


def looms(date: str = "2031-02-03") -> str:
    return listed(LOOMS, "3102.00009", "Heddle: First Faults\nDot Weft", dates=f"Created: {date}")


def put(*records: str, name: str = "list.txt") -> str:
    Path("in").mkdir(exist_ok=True)
    Path("in", name).write_text(listing(*records), encoding="utf-8")
    return "in"


def words(sheet: DigestSheet) -> str:
    return "\n".join(claim.text for _, claim in sheet.claims())


# --- Which days ------------------------------------------------------------------------------


def test_a_week_has_its_new_papers_and_the_older_ones_apart(digest: Digest) -> None:
    done = digest(put(kettles(), lanterns(), looms()), "--week", WEEK)
    assert (done.code, done.out) == (0, f"outputs/digests/{WEEK}/digest.html\n")
    found = sheet()
    assert (found.week, str(found.since), str(found.until)) == (WEEK, "2031-05-26", "2031-06-01")
    assert [id_.split("-")[0] for id_ in found.new_papers] == ["gimlet", "simmer"]
    assert [id_.split("-")[0] for id_ in found.backlog] == ["heddle"]
    assert found.first
    assert {one.paper for one in found.listed} >= {*found.new_papers, *found.backlog}


def test_without_a_week_it_is_the_last_one_that_has_ended(digest: Digest) -> None:
    digest(put(kettles()), as_of="2031-06-08")  # a Sunday: its own week has not ended
    assert weeks() == [WEEK]


def test_weeks_that_were_missed_are_made_up_in_order(digest: Digest) -> None:
    digest(put(kettles("2031-05-27")))
    put(lanterns("2031-06-11"), name="later.txt")
    done = digest("in", as_of="2031-06-24")
    assert weeks() == [WEEK, "2031-W23", "2031-W24", "2031-W25"]
    assert [len(sheet(week).new_papers) for week in weeks()] == [1, 0, 1, 0]
    assert done.out.endswith("digests/2031-W25/digest.html\n")


def test_a_clock_that_was_set_back_makes_nothing_twice(digest: Digest) -> None:
    digest(put(kettles()), as_of="2031-06-09")
    before = sheet("2031-W23")
    assert digest("in", as_of="2031-05-12").code == 0
    assert weeks() == ["2031-W23"]
    assert sheet("2031-W23") == before


def test_a_week_that_is_made_after_a_later_one_counts_as_showing_nothing(digest: Digest) -> None:
    digest(put(kettles("2031-05-20"), lanterns("2031-06-03")), as_of="2031-06-09")
    assert [id_.split("-")[0] for id_ in sheet("2031-W23").backlog] == ["simmer"]
    before = Path("outputs/digests/2031-W23/digest.json").read_bytes()
    digest("in", "--week", "2031-W21", as_of="2031-06-09")
    assert len(sheet("2031-W21").new_papers) == 1
    digest("in", as_of="2031-06-09")
    assert Path("outputs/digests/2031-W23/digest.json").read_bytes() == before


def test_a_digest_of_before_its_week_had_ended_is_made_again(digest: Digest) -> None:
    digest(put(kettles("2031-05-27")), "--week", WEEK, as_of="2031-05-28")
    put(lanterns("2031-05-30"), name="later.txt")
    digest("in", as_of="2031-06-10")
    assert weeks() == [WEEK, "2031-W23"]
    assert len(sheet().new_papers) == 2


def test_digests_that_were_lost_are_written_again(digest: Digest) -> None:
    digest(put(kettles()))
    digest("in", as_of="2031-06-09")
    before = {path: path.read_bytes() for path in Path("outputs").rglob("*.*")}
    shutil.rmtree("outputs")
    digest("in", as_of="2031-06-09")
    after = {path: path.read_bytes() for path in Path("outputs").rglob("*.*")}
    assert {path.name for path in before if before[path] != after.get(path)} <= {"run.json"}


def test_a_window_marks_nothing_as_shown(digest: Digest) -> None:
    put(kettles(), lanterns(), looms())
    done = digest("in", "--since", "2031-05-28", "--until", "2031-05-30")
    assert done.out == "outputs/digests/2031-05-28--2031-05-30/digest.html\n"
    window = sheet("2031-05-28--2031-05-30")
    assert (window.week, len(window.new_papers)) == (None, 1)
    digest("in", "--week", WEEK)
    assert len(sheet().new_papers) == 2
    assert sheet().first


def test_a_window_without_an_end_ends_today(digest: Digest) -> None:
    digest(put(kettles()), "--since", "2031-05-20", as_of="2031-05-27")
    assert weeks() == ["2031-05-20--2031-05-27"]


def test_papers_dated_after_the_week_are_left_for_their_own(digest: Digest) -> None:
    digest(put(kettles(), lanterns("2031-06-03")), "--week", WEEK)
    assert len(sheet().new_papers) == 1
    assert "1 paper is dated after 1 June 2031, and left for later." in words(sheet())
    digest("in", as_of="2031-06-09")
    assert len(sheet("2031-W23").new_papers) == 1


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--week", "2025-W53"), "there is no week 2025-W53: 2025 has weeks W01 to W52"),
        (("--week", "2031-22"), "'2031-22' is no week; write it as 2026-W22"),
        (("--since", "2031-05-30", "--until", "2031-05-28"), "the window ends before it begins"),
        (("--until", "2031-05-28"), "--until needs --since"),
        (("--since", "30.5.2031"), "--since: '30.5.2031' is no day; write it as 2026-05-25"),
        (("--week", "2031-W24"), "week 2031-W24 has not begun: it is 2031-06-02"),
        (("--week", WEEK, "--since", "2031-05-28"), "a week or a window of days, not both"),
    ],
)
def test_days_that_do_not_exist_are_refused_before_anything_is_read(
    digest: Digest, options: tuple[str, ...], said: str
) -> None:
    done = digest(put(kettles()), *options)
    assert done.code == 2
    assert said in done.err
    assert not Path("outputs").exists()
    assert not Path(".litline").exists()


def test_week_53_has_a_digest_where_the_year_has_one(digest: Digest) -> None:
    digest(put(kettles("2027-01-02")), "--week", "2026-W53")
    assert len(sheet("2026-W53").new_papers) == 1


# --- Empty weeks -----------------------------------------------------------------------------


def test_an_empty_week_says_so_and_why(digest: Digest) -> None:
    digest(put(looms()))
    assert words(sheet()).startswith(
        "Nothing new: no paper in these documents is dated in this week. The latest before is of "
        "3 February 2031 (2031-W06)."
    )
    assert digest("in", as_of="2031-06-09").code == 0
    found = sheet("2031-W23")
    assert "No new document was read since the digest of 2031-W22." in words(found)
    assert (found.new_papers, found.backlog) == ([], [])


def test_a_document_that_fails_is_listed_and_the_rest_is_told(digest: Digest) -> None:
    put(kettles())
    Path("in/broken.txt").write_bytes(b"\x00\x01\x02\x03" * 40)
    done = digest("in", "--week", WEEK)
    assert done.code == 3
    assert [failure.document for failure in sheet().failed] == ["in/broken.txt"]
    assert len(sheet().new_papers) == 1


# --- Memory ----------------------------------------------------------------------------------


def test_a_paper_comes_back_only_with_a_later_version(digest: Digest) -> None:
    digest(put(kettles()))
    put(kettles(), lanterns("2031-06-03"), name="second.txt")
    newer = listed(KETTLES, "3105.00417", FRONT, dates="Created: 2031-05-27 Updated: 2031-06-12")
    digest("in", as_of="2031-06-09")
    assert sheet("2031-W23").updated == []
    assert len(sheet("2031-W23").new_papers) == 1
    put(newer, name="third.txt")
    digest("in", as_of="2031-06-16")
    (change,) = sheet("2031-W24").updated
    assert (change.field, change.before, change.after) == ("version", None, "2031-06-12")
    assert change.order == "stated"
    assert "Simmer: a version of 2031-06-12." in words(sheet("2031-W24"))


def test_a_title_where_there_was_none_is_an_update(digest: Digest) -> None:
    digest(put(kettles(front=None)))
    put(kettles(), name="second.txt")
    digest("in", as_of="2031-06-09")
    (change,) = sheet("2031-W23").updated
    assert (change.field, change.before, change.after) == (
        "title",
        None,
        "Simmer: Kettles That Listen",
    )


def test_two_wordings_without_dates_are_a_difference_and_no_update(digest: Digest) -> None:
    digest(put(kettles()))
    other = KETTLES.replace("lowers the flame in time", "turns the flame down early")
    put(listed(other, "3105.00417", FRONT, dates="Created: 2031-05-27"), name="second.txt")
    digest("in", as_of="2031-06-09")
    (change,) = sheet("2031-W23").updated
    assert (change.field, change.order) == ("abstract", "unknown")


def test_a_closed_week_stays_as_it_was(digest: Digest) -> None:
    digest(put(kettles()))
    digest("in", as_of="2031-06-09")
    before = Path(f"outputs/digests/{WEEK}/digest.json").read_bytes()
    put(lanterns(), name="late.txt")
    digest("in", "--week", WEEK)
    assert Path(f"outputs/digests/{WEEK}/digest.json").read_bytes() == before
    digest("in", as_of="2031-06-16")
    assert [id_.split("-")[0] for id_ in sheet("2031-W24").backlog] == ["gimlet"]


def test_an_open_week_takes_in_what_arrives(digest: Digest) -> None:
    digest(put(kettles()))
    put(lanterns(), name="late.txt")
    digest("in")
    assert len(sheet().new_papers) == 2


def test_a_document_that_was_removed_keeps_its_papers(digest: Digest) -> None:
    put(kettles())
    put(looms(), name="gone.txt")
    digest("in")
    Path("in/gone.txt").unlink()
    digest("in", as_of="2031-06-09")
    said = "1 document is no longer in the folder; the papers stay: gone.txt."
    assert said in words(sheet("2031-W23"))
    assert "are 2 papers." in words(sheet("2031-W23"))


# --- What is followed, what is opened --------------------------------------------------------


def test_what_is_followed_opens_the_digest(digest: Digest) -> None:
    Path("litline.toml").write_text(
        '[follow]\nauthors = ["C. Mast", "Bo Steam"]\ntopics = ["swell"]\nlineages = ["Nix"]\n',
        encoding="utf-8",
    )
    digest(put(kettles(), lanterns()), "--week", WEEK)
    found = {news.name: news.claim.text for news in sheet().followed}
    assert found == {
        "C. Mast": "C. Mast: 1 new paper: Gimlet.",
        "Bo Steam": "Bo Steam: 1 new paper: Simmer.",
        "swell": "swell: 1 new paper: Gimlet.",
        "Nix": "Nix: nothing new.",
    }
    first = sheet().read_first[0]
    assert first.paper.startswith("gimlet")
    assert first.reasons[:2] == ["followed author: C. Mast", "followed topic: swell"]


def test_a_page_of_a_followed_author_counts_where_the_list_of_authors_is_cut(
    digest: Digest,
) -> None:
    Path("litline.toml").write_text('[follow]\nauthors = ["Ada Brew"]\n', encoding="utf-8")
    Path("in").mkdir()
    page = profile(entry("KTMay 27, 2031", authors="Bo Steam et al."))
    Path("in/page.txt").write_text(page, encoding="utf-8")
    digest("in", "--week", WEEK)
    assert sheet().followed[0].claim.text == "Ada Brew: 1 new paper: Simmer."


def test_at_most_five_papers_are_opened_and_those_with_figures_first(digest: Digest) -> None:
    plain = "This work looks at a harbour, number {n}, that nobody has described before. "
    day = "Created: 2031-05-29"
    records = [
        listed(plain.format(n=n) * 2, f"3105.1{n:04}", f"Harbour {n}\nEl Sand", dates=day)
        for n in range(7)
    ]
    digest(put(*records, kettles()), "--week", WEEK)
    opened = sheet().read_first
    assert len(opened) == len(sheet().opened) == 5
    assert opened[0].paper.startswith("simmer")
    assert "the abstract gives no figure" in opened[1].reasons
    assert len(sheet().new_papers) == 8


def test_a_paper_without_an_abstract_is_shown_with_that_gap(digest: Digest) -> None:
    Path("in").mkdir()
    entry = "KTMay 27, 2031\nSilent Kettles\n\nAda Brew, Bo Steam et al."
    top = "Ada Brew\n\nKT\nh-index7\n1papers\n12citations"
    Path("in/page.txt").write_text(f"{top}\n\n{entry}\n", encoding="utf-8")
    digest("in", "--week", WEEK)
    (opened,) = sheet().opened
    assert opened.new is None
    assert opened.gap is not None
    assert opened.gap.text == "no document gives an abstract"


# --- Trends ----------------------------------------------------------------------------------


def test_a_term_and_a_paper_that_are_not_known_are_said(digest: Digest) -> None:
    Path("litline.toml").write_text(
        '[not_counted]\n"agents" = ["no-such-paper"]\n"kettledrums" = ["no-such-paper"]\n',
        encoding="utf-8",
    )
    digest(put(kettles()), "--week", WEEK)
    assert "[not_counted] names no term that is counted here: kettledrums." in words(sheet())
    assert "[not_counted] names no paper of the library that has a date: no-such-paper." in words(
        sheet()
    )


def test_a_paper_is_taken_off_a_term(digest: Digest) -> None:
    def share() -> int:
        row = next(row for row in sheet().trends if row.term == "reinforcement learning")
        return row.window.papers

    records = [
        listed(
            f"Kettle number {n} learns by reinforcement learning to sing in the evening, slowly.",
            f"3105.2{n:04}",
            f"Kettle {n}\nAda Brew",
            dates="Created: 2031-05-27",
        )
        for n in range(3)
    ]
    digest(put(*records), "--week", WEEK)
    assert share() == 3
    paper = sheet().new_papers[0]
    off = f'[not_counted]\n"reinforcement learning" = ["{paper}"]\n'
    Path("litline.toml").write_text(off, encoding="utf-8")
    done = digest("in", "--week", WEEK)
    assert share() == 2
    said = "Papers taken off terms by hand ([not_counted]): reinforcement learning 1."
    assert said in words(sheet())
    assert said in done.err


def test_the_horizon_sets_the_months_of_the_trend_window(digest: Digest) -> None:
    put(kettles())
    digest("in", "--week", WEEK, "--horizon", "3")
    days = sheet().trend_window
    assert (days.since, days.until) == (dt.date(2031, 3, 2), dt.date(2031, 6, 1))


# --- The whole -------------------------------------------------------------------------------


def test_a_run_has_the_digest_of_the_latest_week_with_papers(litline: Litline) -> None:
    options = ("--direct", "--engine", "extractive", "--as-of", "2026-06-30")
    assert litline("run", *sample_files(), *options).code == 0
    (week,) = weeks()
    found = sheet(week)
    assert len(found.new_papers) > 0
    assert len(found.new_papers) + len(found.backlog) == report().papers


def report() -> RunReport:
    return RunReport.model_validate_json(Path("outputs/run.json").read_text(encoding="utf-8"))


def test_every_figure_of_a_computed_claim_is_in_its_data(digest: Digest) -> None:
    import re

    Path("litline.toml").write_text('[follow]\nauthors = ["Cy Mast"]\n', encoding="utf-8")
    digest(put(kettles(), lanterns(), looms()), "--week", WEEK)
    for _, claim in sheet().claims():
        if claim.kind == "computed":
            figures = " ".join(str(value) for value in (claim.data or {}).values())
            assert set(re.findall(r"\d+", claim.text)) <= set(re.findall(r"\d+", figures)), claim


@pytest.mark.skipif(not SEEDS.is_dir(), reason=NO_SEEDS)
def test_the_first_users_documents_have_the_week_that_was_counted_by_hand(digest: Digest) -> None:
    done = digest(str(SEEDS), "--week", "2026-W22", as_of="2026-06-01")
    assert done.code == 0
    found = sheet("2026-W22")
    assert [len(found.new_papers), len(found.backlog)] == [2, 66]
    assert [line.slug for line in found.lines] == ["neo"]
    told = {row.term: row for row in found.trends}
    learning = told["reinforcement learning"]
    assert (learning.window.papers, learning.window.of) == (10, 26)
    assert (learning.baseline.papers, learning.baseline.of) == (2, 42)
    assert learning.verdict == "emerging"


# --- The command afterwards ------------------------------------------------------------------


def _after(*words: str) -> None:
    command = " ".join(words).replace('"', '\\"')
    Path("litline.toml").write_text(f'after = "{command}"\n', encoding="utf-8")


def test_a_command_gets_the_paths_of_a_digest_once(digest: Digest) -> None:
    Path("note.py").write_text(
        "import sys; open('noted.txt', 'a').write(' '.join(sys.argv[1:]) + '\\n')", encoding="utf-8"
    )
    _after(sys.executable, "note.py")
    put(kettles())
    digest("in")
    digest("in")
    put(looms(), name="later.txt")
    folder = Path(f"outputs/digests/{WEEK}").resolve()
    (line,) = Path("noted.txt").read_text(encoding="utf-8").splitlines()
    assert line.split() == [str(folder / f"digest.{end}") for end in ("html", "md", "json")]


def test_a_command_that_fails_is_said_and_the_digest_stands(litline: Litline) -> None:
    _after(sys.executable, "-c", "'raise SystemExit(3)'")
    options = ("--direct", "--engine", "extractive", "--as-of", MONDAY, "--quiet")
    done = litline("digest", put(kettles()), *options)
    assert done.code == 0
    assert "ended with exit code 3; run it by hand to see what it prints." in done.err
    assert len(sheet().new_papers) == 1


def test_a_run_that_is_killed_before_its_pages_has_shown_nothing(
    digest: Digest, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def kill(*_: object) -> None:
        raise Killed

    put(kettles())
    with monkeypatch.context() as patch:
        patch.setattr("flows.jobs.write_pages", kill)
        with pytest.raises(Killed):
            digest("in")
    put(lanterns("2031-06-03"), name="later.txt")
    digest("in", "--week", WEEK)
    assert len(sheet().new_papers) == 1


def test_a_digest_of_another_library_is_removed(litline: Litline) -> None:
    options = ("--direct", "--engine", "extractive", "--as-of", MONDAY)
    litline("digest", put(kettles()), "--week", WEEK, *options, "--store", "one.db")
    Path("in/list.txt").write_text(listing(looms(), lanterns()), encoding="utf-8")
    litline("digest", "in/list.txt", "--week", "2031-W06", *options, "--store", "two.db")
    assert weeks() == ["2031-W06", WEEK]  # of documents of one name: nothing tells them apart
    Path("in/list.txt").rename("in/other.txt")
    litline("digest", "in/other.txt", "--week", "2031-W06", *options, "--store", "three.db")
    assert weeks() == ["2031-W06"]
    assert f"digests/{WEEK}/digest.html" in report().removed
    assert litline("check").out == "outputs: all holds\n"


def test_an_empty_library_asks_for_documents_and_shows_no_samples(digest: Digest) -> None:
    done = digest()
    assert (done.code, done.err.splitlines()[-1]) == (
        2,
        "litline: the library (.litline/litline.db) is empty: name documents",
    )
    assert not Path("outputs/index.html").exists()


def test_a_folder_that_was_emptied_is_no_failure(digest: Digest) -> None:
    digest(put(kettles()))
    Path("in/list.txt").unlink()
    done = digest("in", as_of="2031-06-09")
    assert done.code == 0
    assert "1 document is no longer in the folder" in words(sheet("2031-W23"))


def test_a_paper_that_was_merged_into_another_keeps_an_address(digest: Digest) -> None:
    digest(put(listed(KETTLES, "3105.00417", None, dates="Created: 2031-05-27")))
    (untitled,) = sheet().new_papers
    put(listed(LANTERNS, "3105.00418", FRONT, dates="Created: 2031-05-27"), name="b.txt")
    digest("in", as_of="2031-06-09")
    both = listing(listed(KETTLES, "3105.00417", FRONT), listed(LANTERNS, "3105.00418", None))
    put(both, name="c.txt")
    assert digest("in", as_of="2031-06-16").code == 0
    assert Path(f"outputs/papers/{untitled}.html").exists()
