"""What a server that does all right answers to each of Litline's prompts, and what it would bill.

A summary says again what sentences of the paper say, slightly reworded, and cites them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from pipeline.schemas import (
    AskClaim,
    BriefingReply,
    JudgeReply,
    NarrativeReply,
    PaperSummaryReply,
    RelationsReply,
    Repaired,
    RepairReply,
    Reply,
    SentenceClaim,
    StepClaim,
    Verdict,
)

_SENTENCE = re.compile(r"^\[(\d+)\] (.*)$", re.MULTILINE)
_CITES = re.compile(r"^\[\d+\] .*” Cites: (\d+)", re.MULTILINE)


def completion(request: dict[str, Any]) -> dict[str, Any]:
    """Return a chat completion."""
    text = reply_to(request).model_dump_json()
    message = {"role": "assistant", "content": text}
    return {
        "id": "local",
        "object": "chat.completion",
        "created": 0,
        "model": request["model"],
        "choices": [{"index": 0, "finish_reason": "stop", "message": message}],
        "usage": usage(request, text),
    }


def usage(request: dict[str, Any], reply: str) -> dict[str, int]:
    """Return what a call takes, four characters to a token."""
    asked = sum(len(one["content"]) for one in request["messages"])
    spent = {"prompt_tokens": asked // 4, "completion_tokens": len(reply) // 4}
    return {**spent, "total_tokens": sum(spent.values())}


def reply_to(request: dict[str, Any]) -> Reply:
    """Return the reply that the prompt asks for."""
    messages = request["messages"]
    users = (one["content"] for one in messages if one["role"] == "user")
    asked, shown = messages[0]["content"], next(users, messages[-1]["content"])
    kinds = (kind for opening, kind in _KINDS.items() if asked.startswith(opening))
    return next(kinds, _summary)(shown)


def _sentences(shown: str) -> list[str]:
    return [text for _, text in _SENTENCE.findall(shown)]


def _summary(shown: str) -> PaperSummaryReply:
    return answer(_sentences(shown))


def answer(sentences: Sequence[str]) -> PaperSummaryReply:
    """Return a reply that cites real sentences, each once, in the third person as a model might."""
    said = [
        SentenceClaim(text=f"According to its authors: {text}", sentences=[number])
        for number, text in enumerate(sentences, start=1)
    ]
    tldr = said.pop(len(said) // 3)
    return PaperSummaryReply(
        tldr=tldr,
        problem=said[:1],
        approach=said[1:-1][len(said) // 2 - 1 :][:1],
        results=said[1:][-1:],
        contributions=[],
        limitations=[],
        artefacts=[],
    )


def _narrative(shown: str) -> NarrativeReply:
    """Return a telling that repeats the first sentence it is shown, as the line and as a step."""
    first = _first(shown)
    return NarrativeReply(short=[first], steps=[StepClaim(**first.model_dump(), step=1)])


def _briefing(shown: str) -> BriefingReply:
    first = _first(shown)
    return BriefingReply(short=[first], questions=[AskClaim(**first.model_dump(), ask="Why?")])


def _first(shown: str) -> SentenceClaim:
    number, said = _SENTENCE.findall(shown.partition("Sentences:")[2])[0]
    text = f"According to its authors: {said.partition(': ')[2]}"
    return SentenceClaim(text=text, sentences=[int(number)])


def _repair(shown: str) -> RepairReply:
    """Return the first sentence that each statement cites, as it stands."""
    source, _, failed = shown.partition("Statements that failed:")
    sentences = _sentences(source)
    cites = [int(number) for number in _CITES.findall(failed)]
    return RepairReply(
        statements=[
            Repaired(number=n, text=sentences[cited - 1], sentences=[cited])
            for n, cited in enumerate(cites, start=1)
        ]
    )


def _judge(shown: str) -> JudgeReply:
    statements = _sentences(shown.partition("Statements:")[2])
    numbers = range(1, len(statements) + 1)
    return JudgeReply(verdicts=[Verdict(number=number, holds=True) for number in numbers])


def _relations(_: str) -> RelationsReply:
    return RelationsReply(relations=[])


_KINDS: dict[str, Callable[[str], Reply]] = {
    "You correct statements": _repair,
    "You judge statements": _judge,
    "You read how": _relations,
    "You tell a research group": _narrative,
    "You prepare somebody": _briefing,
}
