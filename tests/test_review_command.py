"""`litline review` as a person uses it: verdicts from the shell, and what runs make of them."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from flows import reviewing
from flows.pages import write_pages
from pipeline.database import open_store
from pipeline.report.files import Outputs
from pipeline.review.finding import held, read_reviewed
from pipeline.review.sheets import NEEDED, Sheet
from pipeline.reviews import Review, ReviewsSheet
from pipeline.samples import sample_files
from pipeline.sheets import Claim, PaperSheet, RunReport
from tests.command import Litline, Result
from tests.test_review_sheets import PATHS, review

STORE = ".litline/litline.db"
OPTIONS = ("--direct", "--engine", "extractive", "--as-of", "2026-06-01")
ENVIRONMENT = {"PYTHONPATH": str(Path(__file__).parent.parent), "PATH": ""}
WRONG = "It improves accuracy by 77.7 points over GPT-9."


@pytest.fixture
def litline(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Litline:
    monkeypatch.chdir(tmp_path)
    return Litline(monkeypatch, capsys)


@pytest.fixture(scope="module")
def sample_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder in which the samples were run."""
    folder = tmp_path_factory.mktemp("samples")
    command = [sys.executable, "-m", "flows.cli", "run", *sample_files(), *OPTIONS]
    subprocess.run(command, cwd=folder, env=ENVIRONMENT, check=True, capture_output=True)
    return folder


@pytest.fixture
def made(litline: Litline, sample_run: Path, tmp_path: Path) -> Litline:
    """Return the command after a run over the samples."""
    shutil.copytree(sample_run, tmp_path, dirs_exist_ok=True)
    return litline


def papers() -> list[PaperSheet]:
    paths = sorted(Path("outputs/papers").glob("*.json"))
    return [PaperSheet.model_validate_json(path.read_text(encoding="utf-8")) for path in paths]


def full_paper() -> PaperSheet:
    """Return a paper that has a TL;DR, an approach and a result of different sentences."""
    return next(p for p in papers() if p.summary.tldr and p.summary.approach and p.summary.results)


def again(paper: PaperSheet) -> PaperSheet:
    return next(one for one in papers() if one.paper.id == paper.paper.id)


def page(paper: PaperSheet) -> str:
    return Path(f"outputs/papers/{paper.paper.id}.md").read_text(encoding="utf-8")


def texts(paper: PaperSheet) -> set[str]:
    return {claim.text for _, claim in paper.summary.claims()}


def verdicts() -> ReviewsSheet:
    return ReviewsSheet.model_validate_json(Path("outputs/reviews.json").read_bytes())


def files() -> dict[str, bytes]:
    found = (path for path in Path("outputs").rglob("*") if path.is_file())
    own = {"run.json", ".lock"}
    return {path.as_posix(): path.read_bytes() for path in found if path.name not in own}


def rerun(litline: Litline, *documents: str) -> Result:
    return litline("run", *documents, *OPTIONS)


def review_of(paper: PaperSheet, field: str, claim: Claim, **changes: Any) -> Review:
    return Review.model_validate(
        {
            "sheet": "litline/paper",
            "subject": paper.paper.id,
            "field": field,
            "text": claim.text,
            "kind": claim.kind,
            "origin": claim.origin,
            "quotes": [place.quote for place in claim.evidence],
            "documents": [place.document for place in claim.evidence],
            "verdict": "accepted",
            "who": "Ada",
            "when": "2026-06-01T09:00:00+00:00",
            **changes,
        }
    )


def write_file(*reviews: Review) -> str:
    path = Path("given.json")
    path.write_text(ReviewsSheet(reviews=list(reviews)).model_dump_json(), encoding="utf-8")
    return str(path)


# --- A whole run -----------------------------------------------------------------------------


def test_verdicts_hold_through_a_rerun(made: Litline) -> None:
    paper = full_paper()
    tldr, (approach, *_), (result, *_) = (
        paper.summary.tldr,
        paper.summary.approach,
        paper.summary.results,
    )
    assert tldr is not None
    assert made("review", "accept", tldr.id).out == f"accepted: {tldr.text}\n"
    edit = ("review", "edit", approach.id, "--text", WRONG, "--overrule", "--who", "Ada")
    assert made(*edit).code == 0
    assert made("review", "reject", result.id, "--note", "of another panel").code == 0
    before = files()
    for _ in range(2):
        assert rerun(made).code == 0
        assert files() == before
    told = again(paper)
    assert told.summary.tldr == tldr.model_copy(update={"reviewed": "accepted"})
    (edited, *_) = told.summary.approach
    assert (edited.text, edited.origin, edited.reviewed) == (WRONG, "reviewer", "edited")
    assert edited.overruled is not None
    assert result.text not in texts(told)
    assert any(one.reason.endswith("of another panel") for one in told.dropped)
    assert "a reviewer overruled the check of numbers, names" in page(told)
    assert made("check").code == 0
    given = dict.fromkeys((one.text, one.verdict) for one in verdicts().reviews)
    assert [verdict for _, verdict in given] == ["accepted", "edited", "rejected"]
    assert verdicts().returned == []


def test_what_a_model_said_stays_when_no_model_is_there(made: Litline) -> None:
    paper = full_paper()
    (result, *_) = paper.summary.results
    said = "A trial on three ferries lasted eleven weeks."
    if result.evidence[0].quote.find("ferries") < 0:
        said = result.evidence[0].quote.split(",")[0] + "."
    model = review_of(paper, "results", result, text=said, kind="derived", origin="model")
    assert made("review", "import", write_file(model)).out == "1 of 1 verdicts are new\n"
    assert rerun(made).code == 0
    (kept, *_) = again(paper).summary.results
    assert (kept.text, kept.origin, kept.reviewed) == (said, "model", "accepted")
    assert result.text not in {one.text for one in again(paper).summary.results}
    assert made("check").code == 0


def test_an_undone_verdict_leaves_no_trace_on_the_page(made: Litline) -> None:
    before = files()
    paper = full_paper()
    (result, *_) = paper.summary.results
    made("review", "reject", result.id)
    assert made("review", "undo", result.id).out == f"withdrawn: {result.text}\n"
    rerun(made)
    after = files()
    assert [one.verdict for one in verdicts().reviews] == ["rejected", "withdrawn"]
    del after["outputs/reviews.json"]
    assert after == before


def test_a_verdict_that_came_in_meanwhile_shows_after_the_next_digest(made: Litline) -> None:
    paper = full_paper()
    (result, *_) = paper.summary.results
    review = review_of(paper, "results", result, verdict="rejected")
    with closing(open_store(STORE)) as store:
        store.add_reviews({review.id: review.model_dump_json()})
    assert made("digest", *OPTIONS).code == 0
    assert result.text not in texts(again(paper))
    assert made("check").code == 0


def test_a_verdict_given_during_a_run_is_kept(
    made: Litline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reviewing, "_LOCK_SECONDS", 0)
    (result, *_) = full_paper().summary.results
    with FileLock("outputs/.lock"):
        given = made("review", "reject", result.id)
    assert (given.code, "a run is writing there" in given.err) == (0, True)
    assert result.text in texts(full_paper())
    rerun(made)
    assert result.text not in {claim.text for one in papers() for claim in one.summary.results}


@pytest.mark.parametrize("verdict", ["accepted", "edited", "rejected"])
def test_verdicts_on_everything_at_once_leave_outputs_in_which_all_holds(
    made: Litline, verdict: str
) -> None:
    given = [review_all(sheet, verdict) for sheet in sheets()]
    rows = {one.id: one.model_dump_json() for found in given for one in found}
    with closing(open_store(STORE)) as store:
        store.add_reviews(rows)
    assert rerun(made).code == 0
    assert made("check").code == 0
    assert verdicts().returned == []
    before = files()
    assert rerun(made).code == 0
    assert files() == before


def sheets() -> list[Sheet]:
    """Return the sheets of all four kinds."""
    outputs = Outputs(Path("outputs"))
    found = []
    for schema, path in PATHS.items():
        for name in outputs.paths(path.format("*")):
            subject = Path(name).stem if schema == "litline/paper" else Path(name).parent.name
            sheet = read_reviewed(schema, subject, outputs)
            assert sheet is not None
            found.append(sheet)
    return found


def review_all(sheet: Sheet, verdict: str) -> list[Review]:
    """Return a verdict on each claim that may have it."""
    edited = verdict == "edited"
    changes: dict[str, Any] = {"overruled": ["numbers", "names", "support"]} if edited else {}
    return [
        review(found, verdict, **changes, **({"new_text": f"Words {n}."} if edited else {}))
        for n, found in enumerate(held(sheet))
        if found.field not in NEEDED and not (edited and found.claim.kind == "computed")
    ]


# --- The source changes ----------------------------------------------------------------------


def test_a_claim_whose_sentence_changed_returns_with_both_versions(
    litline: Litline, tmp_path: Path
) -> None:
    document = tmp_path / "kettles.txt"
    first = Path(sample_files()[0]).read_text(encoding="utf-8")
    document.write_text(first, encoding="utf-8")
    assert rerun(litline, str(document)).code == 0
    paper = next(one for one in papers() if one.summary.tldr)
    assert paper.summary.tldr is not None
    quote = paper.summary.tldr.evidence[0].quote
    litline("review", "accept", paper.summary.tldr.id, "--who", "Ada")
    changed = f"Today {quote[0].lower()}{quote[1:]}"
    document.write_text(first.replace(quote, changed), encoding="utf-8")
    assert rerun(litline, str(document)).code == 0
    back, *_ = verdicts().returned
    assert {one.before.text for one in verdicts().returned} == {back.before.text}
    assert back.before.text == paper.summary.tldr.text
    assert back.now is not None
    assert back.now.claim in {c.id for one in papers() for _, c in one.summary.claims()}
    told = next(one for one in papers() if any(d.text == back.before.text for d in one.dropped))
    assert "to be reviewed again" in page(told)
    assert litline("check").code == 0
    litline("review", "accept", back.now.claim)
    assert verdicts().returned == []


# --- Refused ---------------------------------------------------------------------------------


def test_an_edit_that_fails_a_check_is_refused_and_not_kept(made: Litline) -> None:
    before = files()
    (approach, *_) = full_paper().summary.approach
    refused = made("review", "edit", approach.id, "--text", WRONG)
    assert refused.code == 2
    assert "numbers: 77.7 points is not in the evidence" in refused.err
    assert files() == before


def test_an_edit_in_the_sentences_own_words_needs_no_overruling(made: Litline) -> None:
    paper = full_paper()
    (approach, *_) = paper.summary.approach
    text = " ".join(approach.text.split()[:8]) + "."
    assert made("review", "edit", approach.id, "--text", text).code == 0
    assert again(paper).summary.approach[0].overruled is None
    assert made("check").code == 0


@pytest.mark.parametrize("verb", ["accept", "reject", "undo"])
def test_a_claim_that_is_on_no_page_is_refused(made: Litline, verb: str) -> None:
    refused = made("review", verb, "0123456789ab")
    assert refused.code == 2
    assert "0123456789ab" in refused.err


def test_without_outputs_there_is_nothing_to_review(litline: Litline) -> None:
    refused = litline("review", "accept", "0123456789ab")
    assert (refused.code, "run litline first" in refused.err) == (2, True)


@pytest.mark.parametrize("text", ["", "{}", '{"schema": "litline/run"}', "not JSON"])
def test_what_is_no_reviews_json_is_refused(made: Litline, text: str) -> None:
    Path("given.json").write_text(text, encoding="utf-8")
    for path in ("given.json", "missing.json"):
        assert made("review", "import", path).code == 4


def test_counts_are_not_edited_and_reasons_not_rejected(made: Litline) -> None:
    (path, *_) = Path("outputs/digests").glob("*/digest.json")
    digest = json.loads(path.read_text(encoding="utf-8"))
    why, short = digest["opened"][0]["why"]["id"], digest["short"][0]["id"]
    assert made("review", "reject", why).code == 2
    assert made("review", "edit", short, "--text", "9 papers.").code == 2
    assert made("review", "reject", short).code == 0
    assert rerun(made).code == 0
    assert short not in path.read_text(encoding="utf-8")
    assert made("check").code == 0


# --- In and out ------------------------------------------------------------------------------


def test_verdicts_move_to_another_store(made: Litline) -> None:
    paper = full_paper()
    (result, *_) = paper.summary.results
    made("review", "reject", result.id, "--note", "wrong ferry")
    given = Path("outputs/reviews.json").read_bytes()
    Path("kept.json").write_bytes(given)
    other = ("--store", "other/litline.db", "--out", "else")
    assert made("run", *sample_files(), *OPTIONS, *other).code == 0
    assert made("review", "import", "kept.json", *other).out == "1 of 1 verdicts are new\n"
    assert made("review", "import", "kept.json", *other).out == "0 of 1 verdicts are new\n"
    assert Path("else/reviews.json").read_bytes() == given
    text = Path(f"else/papers/{paper.paper.id}.json").read_text(encoding="utf-8")
    assert result.text not in texts(PaperSheet.model_validate_json(text))


def test_rejections_with_a_reason_are_a_test_set(made: Litline) -> None:
    paper = full_paper()
    assert paper.summary.tldr is not None
    (result, *_), (approach, *_) = paper.summary.results, paper.summary.approach
    made("review", "reject", result.id, "--note", "wrong ferry")
    made("review", "reject", approach.id)
    made("review", "accept", paper.summary.tldr.id, "--note", "fine")
    (line,) = made("export", "--reviews").out.splitlines()
    case = json.loads(line)
    assert (case["claim"], case["text"], case["reason"]) == (result.id, result.text, "wrong ferry")
    assert case["evidence"] == [place.quote for place in result.evidence]


def test_an_export_needs_to_know_what(litline: Litline) -> None:
    assert litline("export").code == 2


def test_two_reviewers_at_once_lose_nothing(made: Litline, tmp_path: Path) -> None:
    ids = [claim.id for one in papers() for claim in one.summary.results][:6]
    code = (
        "import sys; from flows.cli import main\n"
        "who, *ids = sys.argv[1:]\n"
        "for id_ in ids:\n"
        "    sys.argv = ['litline', 'review', 'accept', id_, '--who', who]\n"
        "    main_ = main\n"
        "    try:\n        main_()\n    except SystemExit as ended:\n"
        "        assert not ended.code\n"
    )
    started = [
        subprocess.Popen(
            [sys.executable, "-c", code, who, *mine],
            env=ENVIRONMENT,
            cwd=tmp_path,
        )
        for who, mine in (("Ada", ids[::2]), ("Bo", ids[1::2]))
    ]
    assert [one.wait(timeout=120) for one in started] == [0, 0]
    assert {(one.claim, one.who) for one in verdicts().reviews} == {
        *((id_, "Ada") for id_ in ids[::2]),
        *((id_, "Bo") for id_ in ids[1::2]),
    }
    before = files()
    rerun(made)
    after = files()
    own = [name for name in before if name.startswith("outputs/papers")]
    assert [name for name in own if before[name] != after[name]] == []
    assert after["outputs/reviews.json"] == before["outputs/reviews.json"]


# --- Held back -------------------------------------------------------------------------------


def test_a_digest_waits_until_its_claims_are_approved(litline: Litline) -> None:
    options = ("digest", *OPTIONS, "--only-approved", "--week", "2026-W22")
    held = litline(*options, *sample_files())
    assert held.code == 3
    assert "waiting: 2026-W22 (see outputs/run.json):" in held.err
    assert " failed" not in held.err
    assert not list(Path("outputs/digests").glob("*/digest.json"))
    with closing(open_store(STORE)) as store:
        assert (store.weeks(), store.shown()) == ([], [])
    report = RunReport.model_validate_json(Path("outputs/run.json").read_bytes())
    assert report.failed
    for failure in report.failed:
        assert failure.reason.startswith("2026-W22 is held back: ")
        assert Path(f"outputs/papers/{failure.paper}.html").is_file()
    for _ in range(9):  # what stands in a rejected claim's place has to be read too
        for failure in report.failed:
            for id_ in failure.reason.rpartition(": ")[2].split():
                assert litline("review", "accept", id_).code == 0
        code = litline(*options).code
        report = RunReport.model_validate_json(Path("outputs/run.json").read_bytes())
        if not report.failed:
            break
    assert code == 0
    assert Path("outputs/digests/2026-W22/digest.json").is_file()
    assert litline("check").code == 0
    with closing(open_store(STORE)) as store:
        assert store.weeks() == ["2026-W22"]


# --- What is left, and what comes from elsewhere ---------------------------------------------


def test_what_nobody_has_read_is_listed_with_its_ids(made: Litline) -> None:
    listed = [json.loads(line) for line in made("review", "list", "--json").out.splitlines()]
    first = next(one for one in listed if one["page"].startswith("papers/"))
    assert made("review", "accept", f"c{first['claim']}").code == 0
    after = made("review", "list").out
    assert first["claim"] not in after
    assert len(after.splitlines()) == len(listed) - 1


def test_an_undone_verdict_leaves_no_trace_on_any_page(made: Litline) -> None:
    before, paper = files(), full_paper()
    tldr, (result, *_) = paper.summary.tldr, paper.summary.results
    assert tldr is not None
    for id_, verdict in ((tldr.id, "accept"), (result.id, "reject")):
        assert made("review", verdict, id_).code == 0
        assert made("review", "undo", id_).code == 0
        assert made("check").code == 0
    assert {claim.id for _, claim in again(paper).summary.claims()} == {
        claim.id for _, claim in paper.summary.claims()
    }
    assert not any(claim.reviewed for _, claim in again(paper).summary.claims())
    assert rerun(made).code == 0
    after = files()
    del after["outputs/reviews.json"]
    assert after == before


def test_what_another_store_knows_is_kept_and_told(made: Litline, tmp_path: Path) -> None:
    paper = full_paper()
    (result, *_), (approach, *_) = paper.summary.results, paper.summary.approach
    assert made("review", "accept", result.id).code == 0
    elsewhere = ("--store", str(tmp_path / "other.db"))
    told = made("review", "accept", approach.id, *elsewhere)
    assert "this store does not know" in told.err
    assert "litline review import outputs/reviews.json" in told.err
    assert {one.claim for one in verdicts().reviews} >= {result.id, approach.id}
    fresh = made("run", *sample_files(), *OPTIONS, *elsewhere)
    assert "this store does not know" in fresh.err
    checked = made("check")
    assert checked.code == 3
    assert "a verdict of reviews.json is not in force" in checked.out
    assert made("review", "import", "outputs/reviews.json", *elsewhere).code == 0
    assert made("check").code == 0


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"verdict": "edited", "new_text": WRONG}, "numbers: "),
        ({"verdict": "edited", "new_text": "It boils.\u202e"}, "words that nobody sees"),
        ({"verdict": "edited", "new_text": " "}, "it has no words"),
        ({"text": "The model is perfect.", "kind": "quoted"}, "not those of its quote"),
        ({"when": "2999-01-01T00:00:00+00:00"}, "which has not come yet"),
        ({"sheet": "litline/none"}, "there are no sheets"),
        ({"subject": "nobody", "text": WRONG, "kind": "derived"}, "is not there"),
    ],
)
def test_verdicts_from_elsewhere_are_checked(
    made: Litline, changes: dict[str, str], why: str
) -> None:
    before, paper = files(), full_paper()
    (result, *_) = paper.summary.results
    given = write_file(review_of(paper, "results", result, **changes))
    told = made("review", "import", given)
    assert told.code == 3
    assert why in told.err
    assert files() == before
    assert made("check").code == 0


def test_a_subject_that_no_file_could_have_is_no_reviews_file(made: Litline) -> None:
    paper = full_paper()
    (result, *_) = paper.summary.results
    path = write_file(review_of(paper, "results", result))
    text = Path(path).read_text(encoding="utf-8").replace(paper.paper.id, "a\\u0000b")
    Path(path).write_text(text, encoding="utf-8")
    assert made("review", "import", path).code == 4
    assert rerun(made).code == 0


def test_a_verdict_that_is_given_while_a_run_is_at_work_is_in_force_after_it(
    made: Litline, monkeypatch: pytest.MonkeyPatch
) -> None:
    paper = full_paper()
    (result, *_) = paper.summary.results
    late = review_of(paper, "results", result, verdict="rejected")

    def meanwhile(*given: Any) -> Any:
        with closing(open_store(STORE)) as store:
            store.add_reviews({late.id: late.model_dump_json()})
        return write_pages(*given)

    monkeypatch.setattr("flows.jobs.write_pages", meanwhile)
    assert rerun(made).code == 0
    assert result.id not in {claim.id for _, claim in again(paper).summary.claims()}
    assert made("check").code == 0


def test_a_mark_that_nobody_made_is_a_fault(made: Litline) -> None:
    paper = full_paper()
    (result, *_) = paper.summary.results
    assert made("review", "accept", result.id).code == 0
    Path("outputs/reviews.json").unlink()
    checked = made("check")
    assert checked.code == 3
    assert f"claim {result.id} is marked accepted, and nobody said so" in checked.out
