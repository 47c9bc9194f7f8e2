"""What is worth asking an author, found by code: figures that differ, limits that are stated."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from pipeline.briefing_sheet import Question
from pipeline.chunking import Sentence
from pipeline.dossier import Dossier
from pipeline.facts import evidence
from pipeline.grounding import check_claim
from pipeline.names import parse_name
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


_ROLE = re.compile(
    r"\b(?:authors?|persons?|researchers?|she|he|her|hers|his|him|they|your?|their team"
    r"|lead(?:s|er|ing)?|led|co-?author\w*|first-author\w*|supervis\w+|founded)\b",
    re.IGNORECASE,
)


def speaks_of_a_role(text: str) -> str:
    """Say why a model's sentence must not be printed: it tells what a person did; empty if not."""
    found = _ROLE.search(text)
    return f"it speaks of a person (“{found[0]}”), whose role is not known" if found else ""


def asks_beyond(ask: str, quotes: Sequence[str], known: str) -> str:
    """Say why a model's question must not be printed: it goes beyond what it cites; empty if not.

    `known` are labels and dates of papers. A question keeps to numbers and names of its sentences;
    its other words are free, since it is no statement.
    """
    if not ask.endswith("?"):
        return "it asks nothing"
    beyond = [one for one in check_claim(ask, list(quotes), known) if one.rule in _KEPT]
    return f"{beyond[0].rule}: {beyond[0].message}" if beyond else speaks_of_a_role(ask)


_KEPT = frozenset({"located", "numbers", "names"})


def _pairs(dossier: Dossier, scribe: Scribe) -> Iterator[Question]:
    for part in dossier.parts:
        for earlier, later in pairwise(part.own):
            found = _shared(_own_figures(dossier, earlier), _own_figures(dossier, later))
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
    often = Counter(p for said in dossier.sentences.values() for p in _phrases(said))
    # The later a phrase stands, the nearer it is to what was reached.
    order = {one: (-often[one], after[one].number, before[one].number, one) for one in rare}
    phrase = max(rare, key=order.__getitem__)
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


def _own_figures(dossier: Dossier, paper: str) -> list[FigureRow]:
    """Return the figures that a paper reports of its own work, not of another's."""
    facts = dossier.facts.get(paper)
    names = next(e.paper.names for e in dossier.entries if e.paper.id == paper)
    own = {_work(name) for name in names}
    rows = facts.figures if facts else []
    return [row for row in rows if row.subject is not None and _work(row.subject) in own]


def _work(name: str) -> tuple[str, tuple[int, ...]]:
    """Return what tells a work from others: its stem and version; a size tells nothing."""
    parsed = parse_name(name)
    return parsed.stem.strip(" -"), parsed.version


def _shared(before: list[FigureRow], after: list[FigureRow]) -> tuple[FigureRow, FigureRow] | None:
    """Return the first two figures of one benchmark, else of one rival."""
    for keys in (_benchmark, _rival):
        for new in after:
            for old in before:
                if keys(new) and keys(new) == keys(old) and _comparable(old, new):
                    return old, new
    return None


def _comparable(old: FigureRow, new: FigureRow) -> bool:
    """Say whether two figures differ and are of one kind: exact values in one unit."""
    exact = old.value is not None and new.value is not None and old.unit == new.unit
    return exact and new.evidence.quote != old.evidence.quote and new.value != old.value


def _benchmark(row: FigureRow) -> str:
    """Return the name of a benchmark; `accuracy` may be of anything."""
    named = row.metric[:1].isupper() and row.value_printed
    return row.metric.casefold() if named else ""


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
    data: dict[str, Datum] = {
        "papers": list(papers),
        "names": [first, second, old.subject or "", new.subject or "", new.metric],
        "rival": new.baseline or "",
        "values": [old.value_printed or "", new.value_printed or ""],
    }
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
    data: dict[str, Datum] = {
        "papers": [paper],
        "name": dossier.labels[paper],
        "limit": limit.text,
    }
    claim = scribe.computed("questions", what, data, limit.evidence)
    ask = "What has been done about it since?"
    return Question(kind="limit", claim=claim, ask=ask, papers=[paper])
