"""A library that grows week by week gives the bytes of one that is worked out anew each week."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import random
from collections.abc import Callable, Coroutine, Iterator, Sequence
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from flows import cards, making
from flows.jobs import weekly_digest, write_all
from flows.settings import Settings
from flows.stages import StageRunner, run_directly
from pipeline import shelf
from pipeline.ask import Asker
from pipeline.report.check import check_outputs
from pipeline.steps.summarise import Asked, Work, ask_batch
from tests.invented_papers import KETTLES, LANTERNS, LOOMS, entry, listed, listing, profile

Job = Callable[[Sequence[str], Settings, StageRunner], Coroutine[Any, Any, Path]]
Stream = Callable[[], Iterator[list[str]]]

FIRST = dt.date(2030, 11, 4)  # a Monday
WEEKS = 5
STEMS = ("Kelpie", "Marlinspike", "Oxbow", "Tidemark")
SAID = (
    "We present {own}, which builds upon {other} and keeps its lid.",
    "We present {own}, the successor of {other}, for tall pots.",
    "We present {own}, a kettle of the {stem} family.",
    "We present {own}, and {own} outperforms {other} by 3.1 points on Morning-7.",
    "We present {own}. We employ {other} as the encoder of {own}.",
)


def name(chance: random.Random) -> str:
    return f"{chance.choice(STEMS)}{chance.choice(['', ' 2', ' 3', '-Pro', ' 2.5'])}"


def record(chance: random.Random, week: int) -> str:
    """Return a record of an invented paper, which names another that may come later, or never."""
    own, other = name(chance), name(chance)
    said = chance.choice(SAID).format(own=own, other=other, stem=own.split()[0])
    text = f"{said} It wakes nobody in {chance.randrange(3, 9)} kitchens. Plans are public."
    day = FIRST + dt.timedelta(weeks=week - chance.choice([0, 0, 0, 5]), days=chance.randrange(5))
    front = f"{own}: Notes\nAda Brew, {chance.choice(['Bo Steam', 'Cy Mast'])}"
    number = f"3011.{chance.randrange(100):05d}"
    return listed(text, number, chance.choice([front, None]), dates=f"Created: {day}")


def invented(seed: int) -> Iterator[list[str]]:
    """Yield the documents of each week; some records come again, alone, changed or with others."""
    chance = random.Random(seed)
    before: list[str] = []
    for week in range(WEEKS):
        new = [record(chance, week) for _ in range(4)]
        again = chance.sample(before, min(2, len(before)))
        changed = [text.replace("Created:", "Updated: 2031-01-06\nCreated:") for text in again]
        before += new
        yield [listing(*new, *again[:1]), listing(*changed)] if again else [listing(*new)]


def bridged() -> Iterator[list[str]]:
    """Yield papers of which the third shows that the first two are one."""
    yield [listing(listed(KETTLES, "3011.00417"), listed(LANTERNS, "3011.00500"))]
    yield [profile(entry(title="Simmer", abstract=LOOMS))]
    yield [listing(listed(LOOMS, "3011.00417v2"))]
    yield [profile(entry(abstract=KETTLES.replace("Copper", "Iron")), entry(abstract=LANTERNS))]


def run(folder: Path, job: Job, texts: Sequence[str], week: int) -> None:
    files = []
    for n, text in enumerate(texts):
        files.append(folder / "in" / f"week-{week}-{n}.txt")
        files[-1].parent.mkdir(exist_ok=True, parents=True)
        files[-1].write_text(text, encoding="utf-8")
    settings = Settings(
        out=str(folder / "outputs"),
        store=str(folder / "store.db"),
        engine="extractive",
        as_of=FIRST + dt.timedelta(weeks=week + 1),
    )
    asyncio.run(job([str(file) for file in files], settings, run_directly))


def written(folder: Path) -> dict[str, Any]:
    """Return all that was written, but for the times and the cached answers of the run."""
    root = folder / "outputs"
    found: dict[str, Any] = {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file() and path.suffix in {".json", ".md", ".html", ".txt", ".xml"}
    }
    report = json.loads(found.pop("run.json"))
    return found | {key: value for key, value in report.items() if key != "stages"}


@pytest.mark.parametrize("job", [write_all, weekly_digest])
@pytest.mark.parametrize("stream", [bridged, partial(invented, 1), partial(invented, 2)])
def test_little_by_little_writes_the_bytes_of_all_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, job: Job, stream: Stream
) -> None:
    editions = count()
    for week, texts in enumerate(stream()):
        run(tmp_path / "grown", job, texts, week)
        with monkeypatch.context() as patch:
            for module in (shelf, cards):
                patch.setattr(module, "edition", lambda: f"edition {next(editions)}")
            run(tmp_path / "anew", job, texts, week)
        grown = written(tmp_path / "grown")
        assert len([path for path in grown if path.endswith(".html")]) > 2
        assert grown == written(tmp_path / "anew")
        assert check_outputs(tmp_path / "grown" / "outputs") == []


def test_a_digest_makes_no_page_again_that_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[list[str]] = []

    async def noted(batch: Sequence[Work], asker: Asker) -> list[Asked]:
        asked.append(sorted(work.entry.paper.label for work in batch))
        return await ask_batch(batch, asker)

    monkeypatch.setattr(making, "ask_batch", noted)
    texts = {
        "Kelpie: Pots": "We present Kelpie. It wakes nobody in nine kitchens.",
        "Kelpie 2: Pans": "We present Kelpie 2, which builds upon Kelpie and keeps its lid.",
        "Oxbow: Urns": "We present Oxbow. We employ Kelpie as the encoder of Oxbow.",
    }
    for week, (title, text) in enumerate(texts.items()):
        day = FIRST + dt.timedelta(weeks=week)
        record = listed(text, f"3011.{week:05d}", f"{title}\nAda Brew", dates=f"Created: {day}")
        run(tmp_path, weekly_digest, [record], week)
    assert asked == [[title] for title in texts]
    line = json.loads((tmp_path / "outputs/lineages/kelpie/lineage.json").read_text("utf-8"))
    assert [len(line["steps"]), len(line["beside"])] == [2, 1]
