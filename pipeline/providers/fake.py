"""A provider that answers from a queue; for tests, and for trying prompts without a server."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable

from pipeline.errors import AnswerError
from pipeline.providers.base import Completion, Request, Usage
from pipeline.schemas import Reply

Queued = Reply | str | Completion | Exception


class FakeProvider:
    """Gives queued replies in order and keeps the requests it was sent.

    A queued reply is a Reply, raw text, a whole Completion, or an exception to raise. An empty
    queue is an AnswerError.
    """

    engine = "fake 1"

    def __init__(self, replies: Iterable[Queued] = (), *, model: str | None = "fake-model") -> None:
        self.model = model
        self.requests = 0
        self.history: list[Request] = []
        self.in_flight = 0
        self.most_in_flight = 0
        self._replies = deque(replies)

    def queue(self, *replies: Queued) -> None:
        """Add replies at the end of the queue."""
        self._replies.extend(replies)

    async def complete(self, request: Request) -> Completion:
        """Take the next reply from the queue."""
        self.requests += 1
        self.history.append(request)
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        await asyncio.sleep(0)
        self.in_flight -= 1
        if not self._replies:
            raise AnswerError("the fake provider has no reply left")
        reply = self._replies.popleft()
        if isinstance(reply, Exception):
            raise reply
        if isinstance(reply, Completion):
            return reply
        text = reply if isinstance(reply, str) else reply.model_dump_json()
        shown = request.messages.system + request.messages.user
        return Completion(text, Usage(len(shown) // 4, len(text) // 4))

    async def aclose(self) -> None:
        """Nothing to close."""
