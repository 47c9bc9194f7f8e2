"""What every engine looks like from outside: a request in, the reply's raw text out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from pipeline.prompts import Messages, Prompt

OPENAI = "openai"
"""The engine of all servers that speak OpenAI's protocol."""


class Request(NamedTuple):
    """One question: the rendered prompt, and the sentences it numbers from 1."""

    prompt: Prompt
    messages: Messages
    sentences: Sequence[str]


class Usage(NamedTuple):
    """Tokens of one call as the server stated them."""

    input: int
    output: int


class Completion(NamedTuple):
    """A raw reply; `usage` is None where the server stated none.

    `fault` says why the text is no whole answer, though it was paid for; None where it is one.
    """

    text: str
    usage: Usage | None
    fault: str | None = None


class Provider(Protocol):
    """An engine.

    `engine` is its name and version as it enters keys and stamps, `model` what it asks, or None.
    `requests` counts what was sent to a model; retries count.
    """

    engine: str
    model: str | None
    requests: int

    async def complete(self, request: Request) -> Completion:
        """Answer one request.

        Raises:
            AnswerError: this request failed; others may succeed.
            ProviderRefused: every further request would be refused too.
        """
        ...

    async def aclose(self) -> None:
        """Close connections."""
        ...
