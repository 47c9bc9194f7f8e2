"""Questions and answers: what is asked, under which key, and how a stored reply is read back."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from hashlib import sha256
from itertools import islice
from typing import Generic, NamedTuple, TypeVar

from pydantic import ValidationError

from pipeline.errors import AnswerError
from pipeline.prompts import Messages, Prompt, fence, numbered, render
from pipeline.schemas import Reply
from pipeline.sheets import Tokens
from pipeline.store import StoredAnswer
from pipeline.tokens import estimate_tokens

R = TypeVar("R", bound=Reply)

_ENVELOPE_TOKENS = 16
_MOST_TRIES = 20  # objects that are looked for in the prose of a reply
_DECODER = json.JSONDecoder()
_FENCED = re.compile(r"```(?:json)?[ \t]*\n(.*?)```", re.DOTALL)
_OPENING = re.compile(r"(?:(?<=\s)|^|(?<=[>:]))\{")
_ONCE_MORE = "Send the whole JSON object again, and nothing else."


class Question(NamedTuple):
    """A prompt, the sentences that it is asked about, and statements about them where it has any.

    Each statement is one line, made by code; its words may be a model's.
    """

    prompt: Prompt
    sentences: tuple[str, ...]
    statements: tuple[str, ...] = ()


class Answer(NamedTuple, Generic[R]):
    """A validated reply and what it cost on the day it was bought; extractive replies cost 0."""

    key: str
    reply: R
    tokens: Tokens
    estimated: bool
    cost_usd: float | None
    date: str | None


def answer_key(engine: str, model: str | None, question: Question) -> str:
    """Return the key of an answer: engine, model, prompt fingerprint and canonical input."""
    parts = [engine, model, question.prompt.fingerprint, list(question.sentences)]
    parts += [list(question.statements)] * bool(question.statements)
    return sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()


def written(question: Question) -> Messages:
    """Return what a model is sent: the prompt, filled with what the question is about."""
    texts = {"sentences": numbered(question.sentences), "statements": numbered(question.statements)}
    return render(question.prompt, texts | {"fence": fence(*texts.values())})


def estimate(question: Question) -> tuple[int, int]:
    """Return a safe estimate of input tokens, and the most output tokens, of one call."""
    prompt = question.prompt
    shown = (numbered(texts) for texts in (question.sentences, question.statements))
    changing = sum(map(estimate_tokens, shown))
    return prompt.fixed_tokens + changing + _ENVELOPE_TOKENS, prompt.max_output_tokens


def answered(rows: Mapping[str, StoredAnswer], questions: Mapping[str, Question]) -> set[str]:
    """Return the keys, among those asked, of rows that hold a reply, validated or to be."""
    return {
        key
        for key, question in questions.items()
        if (row := rows.get(key)) is not None
        and (row.reply is not None or read_reply(row, question.prompt.reply) is not None)
    }


def read_reply(row: StoredAnswer | None, reply: type[R]) -> R | None:
    """Return the reply of a row if it fits the schema; a raw text that holds one counts too."""
    if row is None:
        return None
    for text in (row.reply, *_texts(row.raw or "")):
        with suppress(ValueError):
            return read_text(text or "", reply)
    return None


def fits(raw: str, reply: type[Reply]) -> bool:
    """Whether a raw text holds a reply that fits the schema."""
    for text in _texts(raw):
        with suppress(ValueError):
            read_text(text, reply)
            return True
    return False


def read_text(text: str, reply: type[R]) -> R:
    """Return a text as a reply; JSON that names a key of an object twice is none.

    Raises:
        ValueError: it is not valid; a `ValidationError` says where.
    """
    try:
        json.loads(text, object_pairs_hook=_once)
    except RecursionError as error:
        raise ValueError("is nested too deeply") from error
    return reply.model_validate_json(text)


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("names a key twice")
    return found


def _texts(raw: str) -> Iterator[str]:
    """Yield a raw reply, then what may be the object in it, in fences or prose, the last first."""
    yield raw
    yield from reversed(_FENCED.findall(raw))
    start, end = raw.find("{"), raw.rfind("}")
    if 0 <= start < end:
        yield raw[start : end + 1]
    for place in islice((at for at in _starts(raw)), _MOST_TRIES):
        with suppress(ValueError, RecursionError):
            _, end = _DECODER.raw_decode(raw, place)
            yield raw[place:end]


def _starts(text: str) -> Iterator[int]:
    """Yield where objects may begin, the last at the start of a line or after a space first."""
    return (match.start() for match in reversed(list(_OPENING.finditer(text))))


def complaint(row: StoredAnswer, reply: type[Reply]) -> str:
    """Return what is said to a model of a reply that does not fit its schema."""
    try:
        require_reply(row, reply)
    except AnswerError as error:
        return f"{str(error)[:1].upper()}{str(error)[1:]}. {_ONCE_MORE}"
    return _ONCE_MORE


def require_reply(row: StoredAnswer, reply: type[R]) -> R:
    """Return the reply of a row.

    Raises:
        AnswerError: it does not fit the schema; the message says where, without repeating it.
    """
    found = read_reply(row, reply)
    if found is not None:
        return found
    text = row.raw or ""
    try:
        *_, inner = (one for one in (text, *_FENCED.findall(text)) if one)
        return read_text(inner, reply)
    except ValidationError as error:
        raise AnswerError(f"the reply does not fit the schema: {_place(error)}") from None
    except ValueError as error:
        fault = "is no JSON" if isinstance(error, json.JSONDecodeError) else str(error)
        raise AnswerError(f"the reply {fault}") from None


def _place(error: ValidationError) -> str:
    first = error.errors(include_input=False, include_url=False)[0]
    invented = first["type"] == "extra_forbidden"  # the last part of the place is the model's own
    where = ".".join(map(str, first["loc"][: -1 if invented else None])) or "the reply"
    return f"{where}: {first['msg']}"


def as_answer(row: StoredAnswer, reply: R) -> Answer[R]:
    """Return a row and its reply as an answer."""
    tokens = Tokens(input=row.input_tokens or 0, output=row.output_tokens or 0)
    return Answer(row.key, reply, tokens, row.estimated, row.cost_usd, row.date)
