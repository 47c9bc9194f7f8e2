from __future__ import annotations

import re
from pathlib import Path

import pytest

from pipeline.lineage_sheet import LineageSheet
from pipeline.report.briefing_card import card_of as briefing_card
from pipeline.report.cards import card_of, line_card_of
from pipeline.report.digest_card import card_of as digest_card
from pipeline.report.files import Outputs
from pipeline.report.progress import Progress, progress_of
from pipeline.review.finding import read_reviewed
from pipeline.review.queue import Page, in_review_order, next_page
from pipeline.review.sheets import sheet_claims
from tests.briefing_sheets import author
from tests.digest_sheets import week
from tests.lineage_sheets import six
from tests.page_sheets import claim, sheet, summary

SAMPLE = Path(__file__).parent.parent / "outputs" / "sample"
READ = Progress(reviewed=3, open=0, weak=0)


def page(path: str, *, left: int, weak: int = 0) -> Page:
    return Page(path, path, Progress(reviewed=0, open=left, weak=weak))


def test_claims_of_the_same_words_and_quotes_are_one() -> None:
    twice = claim("Kettles boil.")
    reworded = claim("They boil.", "derived", "model")
    read = claim("We hush kettles.").model_copy(update={"reviewed": "accepted"})
    counted = progress_of([twice, twice, reworded, read])
    assert counted == Progress(reviewed=1, open=2, weak=1)
    approved = reworded.model_copy(update={"reviewed": "edited"})
    assert progress_of([approved]) == Progress(reviewed=1, open=0, weak=0)


def test_pages_with_weak_spots_come_first_then_papers() -> None:
    plain = card_of(sheet(id="plain"))
    odd = card_of(sheet(summary(claim("They boil.", "derived", "model")), id="odd"))
    read = {"progress": READ}
    line = line_card_of(six()).model_copy(update=read)
    digest = digest_card(week()).model_copy(update=read)
    briefing = briefing_card(author()).model_copy(update=read)
    ordered = in_review_order([plain, odd], [line], [digest], [briefing])
    assert [one.path.split("/")[0] for one in ordered][:2] == ["papers", "papers"]
    assert ordered[0].path == "papers/odd.html"
    assert {one.path.split("/")[0] for one in ordered[2:]} == {"digests", "lineages", "briefings"}


@pytest.mark.parametrize("kind", ["paper", "lineage", "digest", "briefing"])
def test_every_claim_that_is_counted_can_be_found_on_its_page(kind: str) -> None:
    outputs = Outputs(SAMPLE)
    for path in SAMPLE.glob(f"**/{'*' if kind == 'paper' else kind}.json"):
        subject = path.stem if kind == "paper" else path.parent.name
        told = read_reviewed(f"litline/{kind}", subject, outputs)
        if told is None or not path.with_suffix(".html").is_file():
            continue
        anchors = set(re.findall(r'id="c([0-9a-f]{12})"', path.with_suffix(".html").read_text()))
        counted = (
            told.printed() if isinstance(told, LineageSheet) else [c for _, c in sheet_claims(told)]
        )
        printed = [one for one in counted if one.id in anchors]
        assert progress_of(printed) == progress_of(counted), path.name


def test_the_next_page_is_another_one_with_claims_left() -> None:
    done = Page("a", "a", READ)
    first, second = page("papers/b%20c.html", left=1), page("d", left=2)
    assert next_page([done, first, second], "index.html") == first
    assert next_page([done, first, second], "papers/b c.html") == second
    assert next_page([done], "index.html") is None
