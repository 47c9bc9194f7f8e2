"""What is worth asking an author, found by code: figures that differ, limits that are stated."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from pipeline.briefing_sheet import Question
from pipeline.chunking import Sentence
from pipeline.dossier import Dossier
from pipeline.facts import evidence
from pipeline.scribe import Scribe
from pipeline.sheets import Claim, Datum, FigureRow
from pipeline.terms import phrases_of, terms_of

MOST_QUESTIONS = 8
MOST_PAIRS = 5
MOST_LIMITS = 4


def questions(dossier: Dossier, scribe: Scribe) -> list[Question]:
    """Return questions that rest on two quotes of one line, then those on one stated limit.

    Two members of a line are held side by side where both give a figure on one benchmark, or
    measure themselves against one rival.
    """
    pairs = list(_pairs(dossier, scribe))[:MOST_PAIRS]
    return [*pairs, *_limits(dossier, scribe)][:MOST_QUESTIONS]


def _pairs(dossier: Dossier, scribe: Scribe) -> Iterator[Question]:
    for part in dossier.parts:
        for earlier, later in pairwise(part.own):
            found = _shared(_figures(dossier, earlier), _figures(dossier, later))
            if found is not None:
                yield _pair(dossier, scribe, (earlier, later), found)
            elif (said := _same_thing(dossier, earlier, later)) is not None:
                yield _spoken(dossier, scribe, (earlier, later), said)


def _same_thing(
    dossier: Dossier, earlier: str, later: str
) -> tuple[str, Sentence, Sentence] | None:
    """Return a rare phrase that both papers speak of, and the sentence of each that does."""
    before, after = (_phrases(dossier.sentences.get(id_, ())) for id_ in (earlier, later))
    shared = [phrase for phrase in before.keys() & after.keys() if not terms_of(phrase)]
    names = " ".join(dossier.labels[id_] for id_ in (earlier, later)).casefold()
    rare = [phrase for phrase in shared if " " in phrase and phrase.casefold() not in names]
    if not rare:
        return None
    # The later a phrase stands, the nearer it is to what was reached.
    phrase = max(rare, key=lambda one: (after[one].number, before[one].number, one))
    return phrase, before[phrase], after[phrase]


def _phrases(sentences: Sequence[Sentence]) -> dict[str, Sentence]:
    """Return each phrase with the last sentence that holds it."""
    return {phrase: one for one in sentences for phrase in phrases_of(one.text)}


def _spoken(
    dossier: Dossier,
    scribe: Scribe,
    papers: tuple[str, str],
    said: tuple[str, Sentence, Sentence],
) -> Question:
    phrase, before, after = said
    first, second = (dossier.labels[paper] for paper in papers)
    what = f"{first} and {second} both speak of “{phrase}”."
    data: dict[str, Datum] = {"papers": list(papers), "names": [first, second], "phrase": phrase}
    places = [evidence(before), evidence(after)]
    claim = scribe.computed("questions", what, data, places)
    return Question(kind="pair", claim=claim, ask="How do these fit together?", papers=list(papers))


def _figures(dossier: Dossier, paper: str) -> list[FigureRow]:
    facts = dossier.facts.get(paper)
    return facts.figures if facts else []


def _shared(before: list[FigureRow], after: list[FigureRow]) -> tuple[FigureRow, FigureRow] | None:
    """Return the first two figures of one benchmark, else of one rival."""
    for keys in (_benchmark, _rival):
        for new in after:
            for old in before:
                if keys(new) and keys(new) == keys(old) and _differ(old, new):
                    return old, new
    return None


def _differ(old: FigureRow, new: FigureRow) -> bool:
    return new.evidence.quote != old.evidence.quote and new.value_printed != old.value_printed


def _benchmark(row: FigureRow) -> str:
    return row.metric.casefold() if row.value_printed else ""


def _rival(row: FigureRow) -> str:
    return (row.baseline or "").casefold()


def _pair(
    dossier: Dossier,
    scribe: Scribe,
    papers: tuple[str, str],
    figures: tuple[FigureRow, FigureRow],
) -> Question:
    first, second = (dossier.labels[paper] for paper in papers)
    old, new = figures
    if _benchmark(old) == _benchmark(new):
        what = (
            f"On {new.metric}, {first} gives {old.value_printed} and {second} {new.value_printed}."
        )
        ask = "What made the difference?"
    else:
        what = f"{first} and {second} both measure themselves against {new.baseline}."
        ask = "How far did the second step go beyond the first?"
    data: dict[str, Datum] = {"papers": list(papers), "said": what}
    claim = scribe.computed("questions", what, data, [old.evidence, new.evidence])
    return Question(kind="pair", claim=claim, ask=ask, papers=list(papers))


def _limits(dossier: Dossier, scribe: Scribe) -> Iterator[Question]:
    """Ask about limits, one of each paper, the newest papers first."""
    found = 0
    for entry in dossier.entries:
        sheet = dossier.sheets.get(entry.paper.id)
        stated = sheet.summary.limitations[:1] if sheet else []
        for limit in stated if found < MOST_LIMITS else []:
            found += 1
            yield _limit(dossier, scribe, entry.paper.id, limit)


def _limit(dossier: Dossier, scribe: Scribe, paper: str, limit: Claim) -> Question:
    what = f"{dossier.labels[paper]} states a limit: “{limit.text}”"
    data: dict[str, Datum] = {"papers": [paper], "said": what}
    claim = scribe.computed("questions", what, data, limit.evidence)
    ask = "What has been done about it since?"
    return Question(kind="limit", claim=claim, ask=ask, papers=[paper])
