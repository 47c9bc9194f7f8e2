"""What a server on loopback is asked and answers, whole or not."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Literal, NamedTuple

from pydantic import BaseModel

from pipeline.providers.base import Usage


class Seen(NamedTuple):
    """One request as it came in; header names in lower case."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]

    @property
    def question(self) -> str:
        """What tells the question, whatever was said about a reply to it since."""
        return sha256(json.dumps(self.body["messages"][:2]).encode()).hexdigest()


class Reply(NamedTuple):
    """What to answer: a response, or what goes wrong instead.

    `bill` is what the server charges for it, `whole` that it is a valid answer.
    """

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = {}
    fault: Literal["hang", "drip", "reset", "cut", "garbage"] | None = None
    bill: Usage | None = None
    whole: bool = False


def response(body: object, status: int = 200, **headers: str) -> Reply:
    """Return JSON; `retry_after="2"` becomes the header `retry-after: 2`."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(json.dumps(body).encode(), status, {"content-type": "application/json", **named})


def error(status: int, code: str | None = None, message: str = "no", **headers: str) -> Reply:
    """Return an error as OpenAI words it."""
    return response({"error": {"message": message, "code": code}}, status, **headers)


def completion(content: BaseModel | str | None, **changes: Any) -> Reply:
    """Return a chat completion; `finish_reason`, `refusal` and any field can be changed."""
    text = content.model_dump_json() if isinstance(content, BaseModel) else content
    message = {"role": "assistant", "content": text, "refusal": changes.pop("refusal", None)}
    reason = changes.pop("finish_reason", "stop")
    choice = {"index": 0, "finish_reason": reason, "message": message}
    usage = {"prompt_tokens": 1000, "completion_tokens": 20, "total_tokens": 1020}
    body = {"id": "c", "object": "chat.completion", "created": 0, "model": "kettle-mini"}
    return response({**body, "choices": [choice], "usage": usage, **changes})
