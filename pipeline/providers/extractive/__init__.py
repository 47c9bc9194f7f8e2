"""The engine without a model: it copies sentences, chosen by weights fitted on abstracts.

A field stays empty when no sentence fits. It answers the same prompts with the same schemas.
"""

from __future__ import annotations

from pipeline.errors import AnswerError
from pipeline.providers.base import Completion, Request
from pipeline.providers.extractive.summary import summarise
from pipeline.providers.extractive.weights import digest
from pipeline.schemas import PaperSummaryReply
from pipeline.untrusted import is_barred

__all__ = ["VERSION", "ExtractiveProvider", "summarise"]

VERSION = 3
"""Rises with every change of this package that may change an answer; answers are keyed by it."""


class ExtractiveProvider:
    """Fills the schema of `paper_summary` with the source's own sentences."""

    engine = f"extractive {VERSION} {digest()}"
    model: str | None = None
    requests = 0

    async def complete(self, request: Request) -> Completion:
        """Answer without a call; usage is None because nothing was sent."""
        if request.prompt.reply is not PaperSummaryReply:
            raise AnswerError(f"the extractive engine has no answer to {request.prompt.name}")
        given = request.sentences
        readable = ["" if is_barred(given, n) else s for n, s in enumerate(given, start=1)]
        return Completion(summarise(readable).model_dump_json(), None)

    async def aclose(self) -> None:
        """Nothing to close."""
