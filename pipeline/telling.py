"""What a model adds to sheets that code made: asked side by side, grounded, stamped."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, NamedTuple, TypeVar

from pipeline.answers import Answer, Question
from pipeline.ask import Asker
from pipeline.errors import LitlineError
from pipeline.grounded import Grounded, Grounder, Standing, Task
from pipeline.latex import plain
from pipeline.prompts import Prompt
from pipeline.schemas import Reply
from pipeline.sheets import Claim, Counts, Evidence, Stamp, Tokens, claim_id, summed
from pipeline.text import strip_lead_in

R = TypeVar("R", bound=Reply)


class Asking(NamedTuple):
    """A question about a sheet; `known` is what `check_claim` takes as metadata."""

    question: Question
    known: str


async def ask_and_ground(
    asked: Sequence[Asking], reply: type[R], grounder: Grounder
) -> list[tuple[R, Grounded] | LitlineError]:
    """Return each reply with what of it stands, or why there is none."""
    asker = grounder.asker
    await asker.lease(one.question for one in asked)
    answers = await asyncio.gather(
        *(asker.ask(one.question, reply) for one in asked), return_exceptions=True
    )
    for answer in answers:
        if isinstance(answer, BaseException) and not isinstance(answer, LitlineError):
            raise answer
    tasks = [
        Task(one.question, answer, one.known)
        for one, answer in zip(asked, answers, strict=True)
        if not isinstance(answer, BaseException)
    ]
    grounded = iter(await grounder.ground(tasks))
    found: list[tuple[R, Grounded] | LitlineError] = []
    for answer in answers:
        if isinstance(answer, LitlineError):
            found.append(answer)
        elif not isinstance(answer, BaseException):
            found.append((answer.reply, next(grounded)))
    return found


def is_copied(text: str, quotes: Sequence[str]) -> bool:
    """Say whether a text is one quoted sentence, but for a lead-in."""
    shown = plain(quotes[0]) if len(quotes) == 1 else ""
    return bool(shown) and text in {shown, strip_lead_in(shown)}


def told_claim(
    sheet: str, subject: str, field: str, standing: Standing, cited: Sequence[Evidence]
) -> Claim:
    """Return what stands of a reply as a claim of a sheet."""
    text = " ".join(standing.claim.text.split())
    quotes = [place.quote for place in cited]
    return Claim(
        id=claim_id(sheet, subject, field, text, quotes),
        text=text,
        kind="quoted" if is_copied(text, quotes) else "derived",
        origin=standing.origin,
        evidence=list(cited),
        data=None,
    )


def model_stamp(
    answers: Sequence[Answer[Any]],
    asker: Asker,
    prompt: Prompt,
    counts: Counts,
    inputs: Sequence[str] = (),
) -> Stamp:
    """Return the stamp of a sheet that answers went into; `inputs` are what else did."""
    return Stamp(
        engine=asker.provider.engine,
        model=asker.model_for(prompt),
        prompt=prompt.name,
        prompt_version=prompt.version,
        inputs=[*inputs, *(answer.key for answer in answers)],
        date=max((answer.date for answer in answers if answer.date), default=None),
        tokens=Tokens(
            input=sum(answer.tokens.input for answer in answers),
            output=sum(answer.tokens.output for answer in answers),
        ),
        tokens_estimated=any(answer.estimated for answer in answers),
        cost_usd=summed(answer.cost_usd for answer in answers),
        counts=counts,
    )
