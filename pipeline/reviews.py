"""The model of `reviews.json`: what people who read the pages decided, claim by claim."""

from __future__ import annotations

import datetime as dt
from hashlib import sha256
from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from pipeline.records import Frozen
from pipeline.sheets import Kind, Origin, Rule, claim_id

Decision = Literal["accepted", "edited", "rejected", "withdrawn"]
Part = dict[str, str | list[str]]


class Review(Frozen):
    """What one person decided about one claim, as the claim was then.

    It holds no offsets: quotes are searched in the sources again, which may have moved on.
    """

    sheet: str = Field(description="The schema of the sheet that holds the claim.")
    subject: str = Field(
        pattern=r"\A[^/\\\x00]{1,300}\z",
        description="The paper, line, week or author that the sheet is about.",
    )
    field: str
    part: Part = Field({}, description="What of the sheet it belongs to: a step, a question.")
    text: str = Field(description="As it was printed when it was read.")
    kind: Kind
    origin: Origin
    quotes: list[str]
    documents: list[str] = Field(description="Where each quote lay.")
    verdict: Decision = Field(description="`withdrawn` takes the verdicts before it back.")
    new_text: str | None = Field(None, description="What an edit puts in its place.")
    overruled: list[Rule] = Field([], description="Rules that it breaks and the person overruled.")
    note: str | None = Field(None, description="Why, in the person's words.")
    who: str
    when: str = Field(description="ISO date and time, UTC.")

    @field_validator("when")
    @classmethod
    def _in_utc(cls, value: str) -> str:
        """Write a moment in UTC, so that moments can be compared as they are written."""
        moment = dt.datetime.fromisoformat(value)
        if moment.tzinfo is None:
            raise ValueError("a moment needs its offset from UTC")
        return moment.astimezone(dt.UTC).isoformat(timespec="microseconds")

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if len(self.quotes) != len(self.documents):
            raise ValueError("each quote needs the document that it lay in")
        if (self.verdict == "edited") != (self.new_text is not None) and (
            self.verdict != "withdrawn"
        ):
            raise ValueError("an edit has a new text, and nothing else has")
        return self

    @property
    def id(self) -> str:
        """What tells this verdict from all others."""
        return sha256(self.model_dump_json().encode()).hexdigest()

    @property
    def claim(self) -> str:
        """The id of the claim that was read."""
        return self._id(self.text)

    @property
    def said(self) -> str:
        """The text that stands by this verdict."""
        return self.text if self.new_text is None else self.new_text

    @property
    def said_id(self) -> str:
        """The id of the claim that stands by this verdict."""
        return self._id(self.said)

    def _id(self, text: str) -> str:
        return claim_id(self.sheet, self.subject, self.field, text, self.quotes)


class Version(Frozen):
    """One of two wordings of a claim."""

    claim: str = Field(description="Its id.")
    text: str
    quotes: list[str]


class Returned(Frozen):
    """A claim that has to be read again, since its source changed; both versions of it."""

    sheet: str
    subject: str
    field: str
    verdict: Decision
    before: Version
    now: Version | None = Field(description="The nearest claim of its field; null without one.")


class ReviewsSheet(Frozen):
    """`reviews.json`: all verdicts in the store, oldest first."""

    schema_: Literal["litline/reviews"] = Field("litline/reviews", alias="schema")
    version: Literal[1] = 1
    reviews: list[Review]
    returned: list[Returned] = Field([], description="Claims that return for review.")
