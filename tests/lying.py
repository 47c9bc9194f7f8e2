"""A model that lies in known ways about the invented papers, and insists when asked again."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from pipeline.providers.base import Completion, Request
from pipeline.providers.fake import FakeProvider
from pipeline.schemas import PaperSummaryReply, Repaired, RepairReply, SentenceClaim
from pipeline.sheets import FIELDS, PaperSheet
from pipeline.steps.summarise import Work

LIES = Path(__file__).parent / "data" / "lies.jsonl"
_STATEMENT = re.compile(r"^\[(\d+)\] \w+: “(.*)” Cites: ([\d, ]+|none)\.", re.MULTILINE)


class Lie(NamedTuple):
    """One false statement: `paper` opens the label of its paper, `kind` says what is wrong."""

    paper: str
    kind: str
    field: str
    sentences: list[int]
    text: str


@cache
def lies() -> list[Lie]:
    return [Lie(**json.loads(line)) for line in LIES.read_text(encoding="utf-8").splitlines()]


def openings(works: Sequence[Work]) -> dict[str, str]:
    """Return the label of each paper by its first sentence."""
    return {work.questions[0].sentences[0]: work.entry.paper.label for work in works}


def printed(sheets: Iterable[PaperSheet]) -> list[Lie]:
    """Return the lies that stand as claims."""
    claims = {claim.text for sheet in sheets for _, claim in sheet.summary.claims()}
    return [lie for lie in lies() if lie.text in claims]


class Liar(FakeProvider):
    """Answers each paper, known by its first sentence, with the lies about it."""

    def __init__(self, openings: dict[str, str]) -> None:
        super().__init__()
        self._openings = openings

    async def complete(self, request: Request) -> Completion:
        if request.prompt.name == "paper_summary":
            self.queue(self._lies(request.sentences[0]))
        else:
            self.queue(_insist(request.messages.user))
        return await super().complete(request)

    def _lies(self, opening: str) -> PaperSummaryReply:
        fields: dict[str, list[SentenceClaim]] = {field: [] for field in FIELDS}
        for lie in lies():
            if self._openings[opening].casefold().startswith(lie.paper.casefold()):
                fields[lie.field].append(SentenceClaim(text=lie.text, sentences=lie.sentences))
        return PaperSummaryReply(tldr=None, **fields)


def _insist(prompt: str) -> RepairReply:
    said = [
        Repaired(number=int(n), text=text, sentences=[int(c) for c in cites.split(",")])
        for n, text, cites in _STATEMENT.findall(prompt)
    ]
    return RepairReply(statements=said)
