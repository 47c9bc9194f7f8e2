"""What every engine looks like from outside: a request in, the reply's raw text out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

from pipeline.prompts import Messages, Prompt

OPENAI = "openai"
"""The engine of all servers that speak OpenAI's protocol."""


MOST_CHARACTERS = 7
"""No prose has more characters to a token (6.8 was the most seen)."""


class Again(NamedTuple):
    """A reply that could not be used, and what is to be said of it to the model."""

    reply: str
    complaint: str


def _going() -> None:
    """Let a request be sent."""


class Request(NamedTuple):
    """One question: the rendered prompt, and the sentences it numbers from 1.

    `model` takes the place of the provider's own, `limit` of the prompt's most output tokens.
    `tokens` is a safe estimate of those of the messages. `again` follows the messages. `going`
    raises where the request, which may have waited for its turn, is not to be sent any more.
    """

    prompt: Prompt
    messages: Messages
    sentences: Sequence[str]
    model: str | None = None
    limit: int | None = None
    tokens: int = 0
    again: Again | None = None
    going: Callable[[], None] = _going


class Usage(NamedTuple):
    """Tokens of one call as the server stated them; `cached` are among those of the input."""

    input: int
    output: int
    cached: int = 0


class Completion(NamedTuple):
    """A raw reply; `usage` is None where the server stated none.

    `fault` says why the text is no whole answer, though it was paid for; None where it is one.
    `cut` says that it reached its longest, so that a larger one may be whole, `shortened` that the
    model wrote more than the text, such as its thinking.
    """

    text: str
    usage: Usage | None
    fault: str | None = None
    cut: bool = False
    shortened: bool = False


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
            LostReply: a reply may have been made, and did not arrive.
            AnswerError: this request failed; others may succeed.
            ProviderRefused: every further request would be refused too.
        """
        ...

    async def aclose(self) -> None:
        """Close connections."""
        ...
