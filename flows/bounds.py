"""What may still have to be asked: calls that answers, relations and lines can lead to."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from hashlib import sha256

from flows.briefings import Briefers, page_owners
from flows.settings import Settings
from flows.shelves import Shelves
from flows.tracing import (
    Told,
    Traced,
    members_looked_up,
)
from pipeline.answers import Question
from pipeline.grounded import most_follow_ups
from pipeline.lines import Line
from pipeline.prompts import load_prompt
from pipeline.steps.narrative import (
    NARRATIVE,
    plan_relations,
)
from pipeline.steps.summarise import (
    Work,
)
from pipeline.store import Store
from pipeline.verdicts import known_of, settled


def follow_ups(
    questions: Mapping[str, Question], done: Container[str], settings: Settings
) -> list[tuple[int, int]]:
    """Return the most tokens, in and out, of each call that the checks may lead to."""
    return [
        tokens
        for key, question in questions.items()
        if key not in done
        for tokens in most_follow_ups(question, judge=settings.judge)
    ]


def settled_answers(
    works: Iterable[Work], store: Store, settings: Settings, key: Callable[[Question], str]
) -> set[str]:
    """Return the keys of the answers about which the checks have nothing left to ask."""
    known = {
        key(question): known_of(work.entry.paper) for work in works for question in work.questions
    }
    return settled(store, known, judge=settings.judge)


def relation_questions(
    works: Sequence[Work], traced: Traced | None, key: Callable[[Question], str]
) -> dict[str, Question]:
    """Return what a model would be asked about relations, by key; nothing without a graph."""
    if traced is None:
        return {}
    readings = plan_relations(members_looked_up(works), traced.graph)
    return {key(reading.question): reading.question for reading in readings}


def untold(
    traced: Traced | None,
    store: Store | None,
    key: Callable[[Question], str],
    *,
    judge: bool,
) -> int:
    """Count the lines that a model has not told yet; none without a graph."""
    keys = story_keys(traced.lines, traced.works, key, judge=judge) if traced else []
    return len(Told(store).missing(keys)) if store else len(keys)


def unbriefed(
    shelves: Shelves,
    works: Sequence[Work],
    traced: Traced | None,
    store: Store | None,
    key: Callable[[Question], str],
    *,
    judge: bool,
) -> int:
    """Count the owners of profiles about whom a model was not asked yet; none without a graph."""
    owners = page_owners(shelves)
    if traced is None or store is None:
        return len(owners) if traced else 0
    keys = Briefers(owners, None, shelves, store, works).keys(traced, key, judge=judge)
    return len(Told(store).missing(keys))


def story_keys(
    lines: Iterable[Line],
    works: Mapping[str, Work],
    key: Callable[[Question], str],
    *,
    judge: bool,
) -> list[str]:
    """Return a key for the telling of each line: its members and links, and what both rest on."""
    return [_story_key(line, works, key, judge=judge) for line in lines]


def _story_key(
    line: Line, works: Mapping[str, Work], key: Callable[[Question], str], *, judge: bool
) -> str:
    own = [works[node.id] for node in line.members if node.id in works]
    parts = [
        load_prompt(NARRATIVE).fingerprint,
        "judged" if judge else "",
        *(node.id for node in line.members),
        *(edge.model_dump_json() for edge in line.parents.values()),
        *(key(question) for work in own for question in work.questions),
    ]
    return sha256("\x1f".join(parts).encode()).hexdigest()
