"""A paper's text becomes questions, and the replies a sheet with its claims located."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from hashlib import sha256

from pipeline.ask import Asker
from pipeline.errors import AnswerError
from pipeline.library import Entry, Volume, link
from pipeline.providers.extractive import ExtractiveProvider
from pipeline.providers.fake import FakeProvider
from pipeline.readers import read_text
from pipeline.records import Coverage, Document
from pipeline.schemas import Figure, PaperSummaryReply, ResultClaim
from pipeline.sheets import PaperSheet
from pipeline.steps.summarise import Outcome, plan_paper, summarise_batch
from tests.asking import reply, said

SENTENCES = (
    "In this paper, we present Hushkettle, a kettle that boils at 99.5\\% of the usual speed.",
    "On KettleBench it lowers the noise by 12.5 dB, against 3 dB for Lidkettle.",
    "The drawings are public.",
)
MakeAsker = Callable[..., Asker]


def entry(text: str = " ".join(SENTENCES), more: str = "") -> Entry:
    """Return the one paper of a document that holds this abstract."""
    page = f"# Hushkettle: Quiet Boiling\n\nAnn Rook, Bo Wren\n\n## Abstract\n\n{text}\n{more}"
    digest = sha256(page.encode()).hexdigest()
    document = Document(id="kettle.md", sha256=digest, text=page)
    reading = read_text(page, dt.date(2031, 6, 2))
    volume = Volume(document, reading, "2031-06-02", True)
    return link({"kettle.md": volume}, [])[0][0]


COVERAGE = [Coverage(document=name, declared=None, present=1) for name in ("kettle.md", "x.md")]


async def outcome(
    make: MakeAsker, given: Entry, *replies: PaperSummaryReply | Exception
) -> Outcome:
    async with make(FakeProvider(replies)) as asker:
        (found,) = await summarise_batch([plan_paper(given)], asker, COVERAGE)
    return found


async def sheet(
    make: MakeAsker, *replies: PaperSummaryReply, given: Entry | None = None
) -> PaperSheet:
    found = await outcome(make, given or entry(), *replies)
    assert found.sheet is not None
    return found.sheet


def result(text: str, numbers: list[int], *figures: Figure) -> PaperSummaryReply:
    return reply(results=[ResultClaim(text=text, sentences=numbers, figures=list(figures))])


def figure(value: float | None, difference: float | None = None) -> Figure:
    return Figure(metric="noise", value=value, unit="dB", baseline=None, difference=difference)


def test_a_paper_is_one_question_of_plain_sentences() -> None:
    (question,) = plan_paper(entry()).questions
    assert question.sentences[0].endswith("99.5% of the usual speed.")
    assert len(question.sentences) == 3


async def test_quotes_are_the_words_of_the_source(asker: MakeAsker) -> None:
    given = entry()
    made = await sheet(asker, reply(tldr=said("A quiet kettle.", 1)), given=given)
    assert made.summary.tldr is not None
    (evidence,) = made.summary.tldr.evidence
    assert given.document is not None
    assert given.document.text[evidence.start : evidence.end] == evidence.quote == SENTENCES[0]


async def test_copied_sentences_are_quoted_and_others_derived(asker: MakeAsker) -> None:
    shown = "We present Hushkettle, a kettle that boils at 99.5% of the usual speed."
    made = await sheet(
        asker,
        reply(
            problem=[said(f"In this paper, w{shown[1:]}", 1), said(shown, 1)],
            approach=[said("A kettle was built.", 1), said(f"{shown} {SENTENCES[2]}", 1, 3)],
        ),
    )
    assert [claim.kind for _, claim in made.summary.claims()] == [
        *("quoted", "quoted", "derived", "derived")
    ]
    assert made.stamp.counts.by_kind == {"derived": 2, "quoted": 2}
    assert made.stamp.counts.by_origin == {"model": 4}


async def test_claims_that_cannot_stand_are_dropped_with_the_reason(asker: MakeAsker) -> None:
    made = await sheet(
        asker,
        reply(
            tldr=said("Cites what is not there.", 9),
            problem=[said("  ", 1), said("Cites nothing."), said("Cites zero.", 0)],
            approach=[said("Holds.", 2, 2, 1)],
        ),
    )
    assert [(dropped.field, dropped.reason) for dropped in made.dropped] == [
        ("problem", "the claim is blank"),
        ("problem", "the claim cites no sentence"),
        ("problem", "sentence 0 does not exist; there are 3"),
        ("tldr", "sentence 9 does not exist; there are 3"),
    ]
    assert made.summary.tldr is None
    assert [e.quote for e in made.summary.approach[0].evidence] == [SENTENCES[0], SENTENCES[1]]
    assert made.stamp.counts.dropped == 4


async def test_figures_must_be_printed_in_the_cited_sentences(asker: MakeAsker) -> None:
    figures = (figure(None, -12.5), figure(12.0), figure(3, 9.5), figure(99.5))
    made = await sheet(asker, result("It is quieter.", [2], *figures))
    (claim,) = made.summary.results
    assert [(f.value, f.difference) for f in claim.figures or []] == [(None, -12.5)]
    assert len(made.dropped) == 3
    assert made.dropped[0].field == "figures"


async def test_the_same_statement_is_printed_once(asker: MakeAsker) -> None:
    made = await sheet(asker, reply(problem=[said("Kettles sing.", 1), said("kettles sing", 2)]))
    assert len(made.summary.problem) == 1


async def test_a_long_text_is_asked_in_parts_and_merged_by_code(asker: MakeAsker) -> None:
    lines = (f"Kettle number {n} is tried and described at some length here." for n in range(800))
    given = entry(more="\n## Trials\n\n" + " ".join(lines))
    work = plan_paper(given)
    assert len(work.questions) >= 2
    replies = [
        reply(tldr=said(f"Part {n}.", 1), problem=[said("The same.", 1), said(f"Only {n}.", 1)])
        for n in range(len(work.questions))
    ]
    made = await sheet(asker, *replies, given=given)
    assert made.summary.tldr is not None
    assert made.summary.tldr.text == "Part 0."
    assert len(made.summary.problem) == 1 + len(replies)
    assert len(made.stamp.inputs) == len(replies)
    assert made.stamp.tokens.input > 0


async def test_a_paper_without_text_gets_an_empty_sheet(asker: MakeAsker) -> None:
    given = entry()._replace(document=None, record=None)
    made = await sheet(asker, given=given)
    assert list(made.summary.claims()) == []
    assert made.stamp.inputs == []
    assert made.stamp.cost_usd == 0


async def test_a_failed_answer_is_a_failure_of_the_paper(asker: MakeAsker) -> None:
    found = await outcome(asker, entry(), AnswerError("the reply is empty"))
    assert found.sheet is None
    assert found.failure is not None
    assert (found.failure.stage, found.failure.reason) == ("summaries", "the reply is empty")
    assert found.failure.paper == entry().paper.id


async def test_only_the_documents_of_the_paper_are_covered(asker: MakeAsker) -> None:
    made = await sheet(asker, reply())
    assert [line.document for line in made.coverage] == ["kettle.md"]


async def test_the_extractive_engine_is_stamped_without_date_and_model(asker: MakeAsker) -> None:
    async with asker(ExtractiveProvider()) as extractive:
        (found,) = await summarise_batch([plan_paper(entry())], extractive, COVERAGE)
    assert found.sheet is not None
    stamp = found.sheet.stamp
    assert (stamp.model, stamp.date, stamp.cost_usd) == (None, None, 0)
    assert set(stamp.counts.by_origin) == {"extractive"}
    assert set(stamp.counts.by_kind) == {"quoted"}
