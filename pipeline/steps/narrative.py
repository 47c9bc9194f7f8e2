"""What a model adds to lines of work: relations that the code has not read, and the telling."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

from pipeline.answers import Question, estimate
from pipeline.ask import Asker
from pipeline.chunking import Sentence
from pipeline.errors import LitlineError
from pipeline.grounded import Grounded, Grounder, Standing, most_follow_ups
from pipeline.grounding import check_claim, check_owned
from pipeline.latex import plain
from pipeline.lineage_clauses import ANCESTRY
from pipeline.lineage_cues import shows
from pipeline.lineage_graph import Member, Proposal, unread
from pipeline.lineage_sheet import GraphSheet, LineageSheet
from pipeline.mentions import mentions, name_key
from pipeline.prompts import load_prompt
from pipeline.schemas import NarrativeReply, RelationsReply
from pipeline.sheets import Claim, Dropped, Evidence, Failure, count
from pipeline.telling import Asking, ask_and_ground, is_copied, model_stamp, told_claim
from pipeline.tokens import estimate_tokens

RELATIONS = "paper_relations"
NARRATIVE = "lineage_narrative"
STAGE = "relations"
TELLING = "narratives"
MOST_TOKENS = 6000  # estimated, of the sentences that one call is shown
MOST_LABELS = 3000  # estimated, of the steps and of the names before the sentences
_SHEET = "litline/lineage"
_ANCESTRY = re.compile(
    r"\b(?:continu|follow|succe|upgrad|inherit|keeps?\b|maintain|replac|grew|deriv|descend|evolv)\w*",
    re.IGNORECASE,
)


# --- Relations -----------------------------------------------------------------------------


class Reading(NamedTuple):
    """A paper of which some sentence may state a relation, and the question about it."""

    member: Member
    sentences: tuple[Sentence, ...]
    question: Question


def plan_relations(members: Iterable[Member], graph: GraphSheet) -> list[Reading]:
    """Return what is worth asking: papers with a cue and a name that the code did not link."""
    prompt = load_prompt(RELATIONS)
    found = []
    for member in members:
        if unread(member, graph):
            shown = tuple(_up_to(member.sentences, MOST_TOKENS))
            found.append(Reading(member, shown, Question(prompt, tuple(s.text for s in shown))))
    return found


def _up_to(sentences: Iterable[Sentence], most: int) -> Iterator[Sentence]:
    used = 0
    for sentence in sentences:
        used += estimate_tokens(sentence.text)
        if used > most:
            return
        yield sentence


async def ask_relations(
    batch: Sequence[Reading], asker: Asker
) -> list[tuple[list[Proposal], Failure | None]]:
    """Ask about papers side by side; what cannot be used proposes nothing, and is listed."""
    await asker.lease(reading.question for reading in batch)
    asked = (asker.ask(reading.question, RelationsReply) for reading in batch)
    found: list[tuple[list[Proposal], Failure | None]] = []
    for reading, answer in zip(
        batch, await asyncio.gather(*asked, return_exceptions=True), strict=True
    ):
        if isinstance(answer, LitlineError):
            found.append(([], Failure(paper=reading.member.id, stage=STAGE, reason=str(answer))))
        elif isinstance(answer, BaseException):
            raise answer
        else:
            found.append((list(_proposals(reading, answer.reply)), None))
    return found


def _proposals(reading: Reading, reply: RelationsReply) -> Iterator[Proposal]:
    for one in reply.relations:
        if 0 < one.sentence <= len(reading.sentences):
            place = reading.sentences[one.sentence - 1]
            yield Proposal(reading.member.id, one.type, one.name, place)


# --- Telling -------------------------------------------------------------------------------


class Story(NamedTuple):
    """A line, the question about it, and the place and paper behind each sentence shown."""

    sheet: LineageSheet
    question: Question
    places: tuple[tuple[str, Evidence], ...]


def plan_story(sheet: LineageSheet) -> Story:
    """Return what a model is asked about a line: its steps, and sentences of their papers."""
    labels = {step.node: step.label for step in sheet.steps}
    places = tuple(_places(sheet))
    sentences = tuple(f"{labels[node]}: {plain(place.quote)}" for node, place in places)
    steps = tuple(
        f"{step.label}{f' follows {labels[step.parent]} ({step.basis})' if step.parent else ''}"
        for step in sheet.steps
    )
    return Story(sheet, Question(load_prompt(NARRATIVE), sentences, steps), places)


def _places(sheet: LineageSheet) -> Iterator[tuple[str, Evidence]]:
    """Yield the sentences of each step, those of its edge and passage first, each once."""
    used, seen = 0, set()
    for step in sheet.steps:
        stated = step.link if step.basis == "stated" else []
        claims = [*step.passage, *(claim for some in step.aspects.values() for claim in some)]
        for place in [*stated, *(place for claim in claims for place in claim.evidence)]:
            used += 0 if place in seen else estimate_tokens(place.quote)
            if place not in seen and used <= MOST_TOKENS:
                seen.add(place)
                yield step.node, place


def most_tellings(lines: int, *, judge: bool) -> list[tuple[int, int]]:
    """Return the most input and output tokens of each call that so many lines may need."""
    prompt = load_prompt(NARRATIVE)
    shown = MOST_TOKENS + MOST_LABELS
    bare = Question(prompt, ())
    asked, said = estimate(bare)
    again = [(tokens + shown, most) for tokens, most in most_follow_ups(bare, judge=judge)]
    return [(asked + shown, said), *again] * lines


async def tell_stories(
    stories: Sequence[Story], grounder: Grounder, names: Mapping[str, Sequence[str]]
) -> list[tuple[LineageSheet, Failure | None]]:
    """Let a model tell lines side by side; where it fails, a line stays as the code told it."""
    asked = [Asking(story.question, story.sheet.known()) for story in stories]
    told: list[tuple[LineageSheet, Failure | None]] = []
    for story, found in zip(
        stories, await ask_and_ground(asked, NarrativeReply, grounder), strict=True
    ):
        if isinstance(found, LitlineError):
            told.append((story.sheet, _failure(story, str(found))))
        else:
            reply, part = found
            sheet = _Telling(story, part, reply, names).sheet(grounder)
            told.append((sheet, _failure(story, part.unanswered) if part.unanswered else None))
    return told


def _failure(story: Story, reason: str) -> Failure:
    return Failure(document=f"lineages/{story.sheet.slug}", stage=TELLING, reason=reason)


class _Telling:
    """Puts what stands of a reply into the sheet of its line."""

    def __init__(
        self,
        story: Story,
        part: Grounded,
        reply: NarrativeReply,
        names: Mapping[str, Sequence[str]],
    ) -> None:
        self._story = story
        self._part = part
        self._reply = reply
        self._names = {step.node: list(names.get(step.node, ())) for step in story.sheet.steps}
        self._dropped = [Dropped(**one._asdict()) for one in part.refused]

    def sheet(self, grounder: Grounder) -> LineageSheet:
        short: list[Claim] = []
        passages: dict[int, list[Claim]] = {}
        for standing in self._part.standing:
            field = "short" if standing.field == "short" else "passage"
            claim = self._claim(field, standing)
            if claim is None:
                continue
            if field == "short":
                short.append(claim)
            else:
                passages.setdefault(self._step_of(standing), []).append(claim)
        before = self._story.sheet
        steps = [
            step.model_copy(update={"passage": passages.get(number) or step.passage})
            for number, step in enumerate(before.steps, start=1)
        ]
        made = before.model_copy(
            update={"short": [*before.short, *short], "steps": steps, "dropped": self._dropped}
        )
        claims = [claim for _, claim in made.claims()]
        part = self._part
        counts = count(claims, len(self._dropped), part.asked_again, part.overruled)
        stamp = model_stamp(
            part.answers, grounder.asker, load_prompt(NARRATIVE), counts, before.stamp.inputs
        )
        return made.model_copy(update={"stamp": stamp})

    def _claim(self, field: str, standing: Standing) -> Claim | None:
        """Return a claim, unless the quotes alone, or whose they are, speak against it."""
        said = standing.claim
        text = " ".join(said.text.split())
        cited = [self._story.places[number - 1] for number in sorted(set(said.sentences))]
        quotes = [place.quote for _, place in cited]
        owned = [(node, place.quote) for node, place in cited]
        wrong = self._misplaced(standing, {node for node, _ in cited}) or self._unlinked(
            text, quotes
        )
        if not wrong and not is_copied(text, quotes):
            failures = [
                *check_claim(text, quotes, self._story.sheet.known()),
                *check_owned(text, owned, self._names),
            ]
            wrong = f"{failures[0].rule}: {failures[0].message}" if failures else ""
        if wrong:
            self._dropped.append(Dropped(field=field, text=text, reason=wrong))
            return None
        places = [place for _, place in cited]
        return told_claim(_SHEET, self._story.sheet.slug, field, standing, places)

    def _step_of(self, standing: Standing) -> int:
        return self._reply.steps[int(standing.place.partition(".")[2])].step

    def _misplaced(self, standing: Standing, nodes: set[str]) -> str:
        """Say why a sentence does not belong to its step; empty where it does."""
        if standing.field == "short":
            return ""
        steps, number = self._story.sheet.steps, self._step_of(standing)
        if not 0 < number <= len(steps):
            return f"located: there is no step {number}."
        own = steps[number - 1]
        return "" if nodes == {own.node} else f"names: it rests on other works than {own.label}."

    def _unlinked(self, text: str, quotes: Sequence[str]) -> str:
        """Say which ancestry a sentence states that no stated link holds; empty where none."""
        if not (_ANCESTRY.search(text) or any(shows(text, kind) for kind in sorted(ANCESTRY))):
            return ""
        keys = {name.key for name in mentions(text)}
        by_key = {name_key(step.label)[0]: step.node for step in self._story.sheet.steps}
        named = [node for key, node in by_key.items() if key in keys]
        linked = {
            frozenset((edge.source, edge.target))
            for edge in self._story.sheet.edges
            if edge.type in ANCESTRY
            and edge.basis == "stated"
            and any(place.quote in quotes for place in edge.evidence)
        }
        if all(frozenset(pair) in linked for pair in combinations(named, 2)):
            return ""
        return "names: it links works of which the cited sentences state no link."
