"""Questions, replies and surroundings for tests of whatever asks; everything is invented."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pipeline.answers import Question, answer_key
from pipeline.ask import Asker
from pipeline.facts import FactFinder
from pipeline.grounded import Grounder
from pipeline.ledger import Surroundings
from pipeline.prices import Budget, Price
from pipeline.prompts import load_prompt
from pipeline.providers.base import Provider
from pipeline.providers.extractive import ExtractiveProvider
from pipeline.purse import Purse
from pipeline.records import Coverage
from pipeline.schemas import PaperSummaryReply, SentenceClaim
from pipeline.sheets import FIELDS
from pipeline.steps.summarise import Outcome, Work, ask_batch, ground_batch
from pipeline.store import Store, StoredAnswer
from pipeline.verdicts import Verdicts

TODAY = "2031-06-02"
SENTENCES = (
    "We present Hushkettle, a kettle that boils without a whistle.",
    "However, older kettles wake the whole house.",
    "On KettleBench, Hushkettle lowers the noise by 12.5 dB.",
    "We leave milk for future work.",
    "The drawings are available at https://example.org/hushkettle.",
)
CHEAP = Price(input=1.0, output=2.0)


def question(*sentences: str) -> Question:
    """Return the summary question over the sentences, or over `SENTENCES`."""
    return Question(load_prompt("paper_summary"), sentences or SENTENCES)


def said(text: str, *sentences: int) -> SentenceClaim:
    return SentenceClaim(text=text, sentences=list(sentences))


def reply(
    tldr: SentenceClaim | None = None,
    **fields: list[SentenceClaim],
) -> PaperSummaryReply:
    """Return a reply that is silent where nothing is given."""
    return PaperSummaryReply(tldr=tldr, **{name: fields.get(name, []) for name in FIELDS})


async def summarised(
    works: Sequence[Work],
    asker: Asker,
    store: Store,
    coverage: Sequence[Coverage] = (),
    stand_in: Provider | None = None,
) -> list[Outcome]:
    """Summarise papers as a run does: ask, check, make sheets."""
    grounder = Grounder(asker, Verdicts(store), stand_in or ExtractiveProvider())
    asked = await ask_batch(works, asker)
    return await ground_batch(asked, grounder, FactFinder(store), coverage)


def surroundings(
    owner: str = "desk:1:aa",
    now: Callable[[], float] = lambda: 1000.0,
    alive: Callable[[str], bool] = lambda _owner: True,
) -> Surroundings:
    return Surroundings(today=TODAY, now=now, owner=owner, alive=alive)


def make_asker(
    provider: Provider,
    store: Store,
    *,
    around: Surroundings | None = None,
    price: Price | None = CHEAP,
    budget: float | None = None,
    concurrency: int = 16,
) -> Asker:
    return Asker(
        provider,
        store,
        around or surroundings(),
        purse=Purse(Budget(budget), lambda _model: price),
        concurrency=concurrency,
        sleep=_no_time,
    )


async def _no_time(_seconds: float) -> None:
    """Wait for nothing."""


def key_of(asked: Question, provider: Provider) -> str:
    return answer_key(provider.engine, provider.model, asked)


def stored(store: Store, asked: Question, provider: Provider) -> StoredAnswer | None:
    """Return the row of an answer, or None."""
    key = key_of(asked, provider)
    return store.answers([key]).get(key)
