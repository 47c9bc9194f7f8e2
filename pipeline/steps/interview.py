"""What a model adds to a briefing: what the author's papers are about, and what to ask."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from pipeline.answers import Question as Prompted
from pipeline.answers import estimate
from pipeline.briefing_sheet import BriefingSheet, Question
from pipeline.errors import LitlineError
from pipeline.grounded import Grounded, Grounder, Standing, most_follow_ups
from pipeline.grounding import Failure as Fault
from pipeline.grounding import check_claim, check_owned
from pipeline.latex import plain
from pipeline.prompts import load_prompt
from pipeline.questions import MOST_QUESTIONS, asks_beyond, speaks_of_a_role
from pipeline.schemas import BriefingReply
from pipeline.sheets import Claim, Dropped, Evidence, Failure, PaperSheet, count
from pipeline.telling import Asking, ask_and_ground, is_copied, model_stamp, told_claim
from pipeline.tokens import estimate_tokens

PROMPT = "author_briefing"
STAGE = "briefings"
MOST_SHORT = 3
MOST_TOKENS = 6000  # estimated, of the sentences that the call is shown
MOST_FACTS = 1500  # estimated, of the facts before them
_SHEET = "litline/briefing"


class Interview(NamedTuple):
    """A briefing, the question about it, and the paper and place behind each sentence shown.

    `names` are those of the papers, by id; `limits` the places that state a limit.
    """

    sheet: BriefingSheet
    question: Prompted
    places: tuple[tuple[str, Evidence], ...]
    names: Mapping[str, Sequence[str]]
    limits: frozenset[Evidence]


def plan_interview(sheet: BriefingSheet, sheets: Mapping[str, PaperSheet]) -> Interview:
    """Return what a model is asked: sentences of the papers that are shown, and facts."""
    shown = [one.paper for one in sheet.listed if one.paper in sheets]
    places = tuple(_places(shown, sheets))
    called = {id_: _called(sheets[id_]) for id_ in shown}
    sentences = tuple(f"{called[id_]}: {plain(place.quote)}" for id_, place in places)
    facts = tuple(claim.text for field, claim in sheet.claims() if field in ("short", "lines"))
    limits = (c for id_ in shown for c in sheets[id_].summary.limitations)
    return Interview(
        sheet,
        Prompted(load_prompt(PROMPT), sentences, tuple(_up_to(facts, MOST_FACTS))),
        places,
        {id_: sheets[id_].paper.names for id_ in shown},
        frozenset(place for claim in limits for place in claim.evidence),
    )


def _called(sheet: PaperSheet) -> str:
    paper = sheet.paper
    name = paper.names[0] if paper.names else paper.label
    return f"{name} ({paper.date.isoformat()})" if paper.date else name


def _places(
    shown: Sequence[str], sheets: Mapping[str, PaperSheet]
) -> Iterator[tuple[str, Evidence]]:
    used, seen = 0, set[Evidence]()
    for id_ in shown:
        for _, claim in sheets[id_].summary.claims():
            for place in claim.evidence:
                used += 0 if place in seen else estimate_tokens(place.quote)
                if place not in seen and used <= MOST_TOKENS:
                    seen.add(place)
                    yield id_, place


def _up_to(texts: Sequence[str], most: int) -> Iterator[str]:
    used = 0
    for text in texts:
        used += estimate_tokens(text)
        if used <= most:
            yield text


def most_interviews(number: int, *, judge: bool) -> list[tuple[int, int]]:
    """Return the most input and output tokens of each call that so many briefings may need."""
    bare = Prompted(load_prompt(PROMPT), ())
    shown = MOST_TOKENS + MOST_FACTS + _LABELS
    asked, said = estimate(bare)
    again = [(tokens + shown, most) for tokens, most in most_follow_ups(bare, judge=judge)]
    return [(asked + shown, said), *again] * number


_LABELS = 3000  # estimated tokens of the names and dates before the sentences


async def interview(
    planned: Sequence[Interview], grounder: Grounder
) -> list[tuple[BriefingSheet, Failure | None]]:
    """Let a model add to briefings; where it fails, one stays as the code made it.

    Of a briefing with nothing to be read, such as of an author without abstracts, nothing is asked.
    """
    told = {id(one): one for one in planned if one.places}
    answers = iter(await _told(list(told.values()), grounder))
    return [next(answers) if id(one) in told else (one.sheet, None) for one in planned]


async def _told(
    planned: Sequence[Interview], grounder: Grounder
) -> list[tuple[BriefingSheet, Failure | None]]:
    asked = [Asking(one.question, one.sheet.known()) for one in planned]
    made: list[tuple[BriefingSheet, Failure | None]] = []
    for one, found in zip(
        planned, await ask_and_ground(asked, BriefingReply, grounder), strict=True
    ):
        if isinstance(found, LitlineError):
            made.append((one.sheet, _failure(one, str(found))))
        else:
            reply, part = found
            sheet = _Answers(one, part, reply).sheet(grounder)
            made.append((sheet, _failure(one, part.unanswered) if part.unanswered else None))
    return made


def _failure(one: Interview, reason: str) -> Failure:
    return Failure(document=f"briefings/{one.sheet.slug}", stage=STAGE, reason=reason)


class _Answers:
    """Puts what stands of a reply into a briefing."""

    def __init__(self, planned: Interview, part: Grounded, reply: BriefingReply) -> None:
        self._planned = planned
        self._part = part
        self._reply = reply
        self._dropped = [Dropped(**one._asdict()) for one in part.refused]

    def sheet(self, grounder: Grounder) -> BriefingSheet:
        before = self._planned.sheet
        short: list[Claim] = []
        questions: list[Question] = []
        for standing in self._part.standing:
            if standing.field == "questions":
                questions += self._question(standing)
            else:
                short += self._claim("short", standing)
        others = [one for one in before.questions if not _asked(one, questions)]
        made = before.model_copy(
            update={
                "short": [*short[:MOST_SHORT], *before.short],
                "questions": [*questions, *others][:MOST_QUESTIONS],
                "dropped": self._dropped,
            }
        )
        part = self._part
        claims = [claim for _, claim in made.claims()]
        counts = count(claims, len(self._dropped), part.asked_again, part.overruled)
        stamp = model_stamp(
            part.answers, grounder.asker, load_prompt(PROMPT), counts, before.stamp.inputs
        )
        return made.model_copy(update={"stamp": stamp})

    def _claim(self, field: str, standing: Standing) -> list[Claim]:
        """Return a claim, unless the quotes alone, or whose they are, speak against it."""
        cited = self._cited(standing)
        text = " ".join(standing.claim.text.split())
        quotes = [place.quote for _, place in cited]
        wrong = "" if is_copied(text, quotes) else self._wrong(text, cited)
        wrong = wrong or speaks_of_a_role(text)
        if wrong:
            return self._drop(field, text, wrong)
        places = [place for _, place in cited]
        return [told_claim(_SHEET, self._planned.sheet.slug, field, standing, places)]

    def _wrong(self, text: str, cited: Sequence[tuple[str, Evidence]]) -> str:
        quotes = [place.quote for _, place in cited]
        failures = [
            *check_claim(text, quotes, self._planned.sheet.known()),
            *self._not_theirs(text, cited),
        ]
        return f"{failures[0].rule}: {failures[0].message}" if failures else ""

    def _not_theirs(self, text: str, cited: Sequence[tuple[str, Evidence]]) -> list[Fault]:
        """Return where a text gives one paper what another one says."""
        owned = [(paper, place.quote) for paper, place in cited]
        names = {id_: list(own) for id_, own in self._planned.names.items()}
        return check_owned(text, owned, names)

    def _cited(self, standing: Standing) -> list[tuple[str, Evidence]]:
        numbers = sorted(set(standing.claim.sentences))
        return [self._planned.places[number - 1] for number in numbers]

    def _question(self, standing: Standing) -> list[Question]:
        """Return a question that rests on two papers or on a stated limit, and names no more."""
        cited = self._cited(standing)
        papers = list(dict.fromkeys(paper for paper, _ in cited))
        limit = all(place in self._planned.limits for _, place in cited)
        if len(papers) < 2 and not limit:
            return self._drop_question(standing, "it rests on one paper that states no limit there")
        said = self._reply.questions[int(standing.place.partition(".")[2])]
        ask = " ".join(said.ask.split())
        quotes = [place.quote for _, place in cited]
        wrong = asks_beyond(ask, quotes, self._planned.sheet.known())
        wrong = wrong or "; ".join(f.message for f in self._not_theirs(ask, cited)[:1])
        if wrong:
            return self._drop_question(standing, f"{ask} {wrong}")
        return [
            Question(kind="pair" if len(papers) > 1 else "limit", claim=c, ask=ask, papers=papers)
            for c in self._claim("questions", standing)
        ]

    def _drop_question(self, standing: Standing, reason: str) -> list[Question]:
        self._drop("questions", standing.claim.text, reason)
        return []

    def _drop(self, field: str, text: str, reason: str) -> list[Claim]:
        self._dropped.append(Dropped(field=field, text=text, reason=reason))
        return []


def _asked(one: Question, others: Sequence[Question]) -> bool:
    """Say whether one of the questions rests on the same sentences."""
    quotes = {place.quote for place in one.claim.evidence}
    return any(quotes <= {place.quote for place in other.claim.evidence} for other in others)
