"""What a model must send back: one class per prompt, in the JSON Schema subset all servers share.

Every field is required and nullable by union; objects are closed. The descriptions are part of the
schema that the model sees, so the prompts do not repeat them.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field


class Reply(BaseModel):
    """Base of every reply: closed, strict about types, silent about its input in errors.

    What a reply holds survives JSON, so that it reads the same when it comes back from the store.
    """

    model_config = ConfigDict(
        extra="forbid", strict=True, frozen=True, allow_inf_nan=False, hide_input_in_errors=True
    )


class ProbeReply(Reply):
    """What a server that keeps to the schema replies with, whatever a model wants to say."""

    word: str = Field(description="Any word.")


class SentenceClaim(Reply):
    """One statement and the numbered sentences that it rests on."""

    text: str = Field(description="One plain sentence that the cited sentences support.")
    sentences: list[int] = Field(description="Numbers of the sentences that the text rests on.")


class PaperSummaryReply(Reply):
    """A summary of one paper. An empty list or null means: not stated in the source."""

    tldr: SentenceClaim | None = Field(description="The whole paper in one sentence.")
    problem: list[SentenceClaim] = Field(description="What was wrong or missing before.")
    approach: list[SentenceClaim] = Field(description="What the authors do, and how.")
    results: list[SentenceClaim] = Field(description="What they report to have reached.")
    contributions: list[SentenceClaim] = Field(description="What is new: methods, data, finds.")
    limitations: list[SentenceClaim] = Field(description="Limits that the authors state.")
    artefacts: list[SentenceClaim] = Field(description="Code, data or models, and their release.")


class Repaired(Reply):
    """A statement said again, or withdrawn."""

    number: int = Field(description="Number of the statement that failed.")
    text: str | None = Field(description="The statement without the fault, or null.")
    sentences: list[int] = Field(description="Numbers of the sentences that the text rests on.")


class RepairReply(Reply):
    """Statements said again, each once."""

    statements: list[Repaired] = Field(description="One entry for each statement that failed.")


class Verdict(Reply):
    """Whether one statement holds."""

    number: int = Field(description="Number of the statement.")
    holds: bool = Field(description="Whether the cited sentences support it.")


class JudgeReply(Reply):
    """Verdicts on statements, each once."""

    verdicts: list[Verdict] = Field(description="One entry for each statement.")


class Relation(Reply):
    """How the paper rests on, or stands beside, an earlier work."""

    name: str = Field(description="The other work, as the sentence writes it.")
    type: Literal["succeeds", "builds-on", "uses", "compares-with", "evaluates"] = Field(
        description="succeeds: next version of it; builds-on: extends or adapts it; uses: employs "
        "it; compares-with: measures itself against it; evaluates: is tried on it."
    )
    sentence: int = Field(description="Number of the sentence that says so.")


class RelationsReply(Reply):
    """The works that a paper relates itself to; an empty list means: none is named."""

    relations: list[Relation] = Field(description="One entry per work and type.")


class StepClaim(SentenceClaim):
    """One statement about a step of a line of work."""

    step: int = Field(description="Number of the step, as in the list of steps.")


class NarrativeReply(Reply):
    """How a line of work came to be."""

    short: list[SentenceClaim] = Field(
        description="The line in one breath: where each step looked for its gain, oldest first."
    )
    steps: list[StepClaim] = Field(
        description="At most two sentences per step: what changed, and the number that counts."
    )


class AskClaim(SentenceClaim):
    """A statement that gives cause to ask, and the question."""

    ask: str = Field(description="One short question that the statement leaves open.")


class BriefingReply(Reply):
    """What to know of an author before a meeting, and what to ask."""

    short: list[SentenceClaim] = Field(
        description="At most three sentences: what the papers are about, and what changed."
    )
    questions: list[AskClaim] = Field(description="At most eight, the most telling first.")


def claims_of(reply: Reply) -> dict[str, SentenceClaim]:
    """Return the claims of a reply by place: the field, with the index in it where it is a list.

    The place of a claim is `tldr` or `results.0`; those of one field stand together, in order.
    """
    found: dict[str, SentenceClaim] = {}
    for field in type(reply).model_fields:
        value = getattr(reply, field)
        if isinstance(value, SentenceClaim):
            found[field] = value
        elif isinstance(value, list):
            said = (one for one in value if isinstance(one, SentenceClaim))
            found |= {f"{field}.{n}": one for n, one in enumerate(said)}
    return found


def reply_schema(model: type[Reply]) -> dict[str, Any]:
    """Return the JSON Schema that a server is sent for `model`, references resolved.

    Only keywords of the common subset remain: no default, title, format or range.
    """
    schema = model.model_json_schema()
    definitions = schema.pop("$defs", {})
    resolved = _resolve(schema, definitions)
    assert isinstance(resolved, dict)  # noqa: S101 - a model's schema is an object
    return resolved


def _resolve(node: object, definitions: dict[str, Any]) -> object:
    if isinstance(node, list):
        return [_resolve(item, definitions) for item in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        target = _resolve(definitions[node["$ref"].rsplit("/", 1)[1]], definitions)
        described = {k: v for k, v in node.items() if k == "description"}
        return {**target, **described} if isinstance(target, dict) else target
    kept = {key: value for key, value in node.items() if key not in {"title", "default"}}
    return {
        key: {name: _resolve(field, definitions) for name, field in value.items()}
        if key == "properties"
        else _resolve(value, definitions)
        for key, value in kept.items()
    }
