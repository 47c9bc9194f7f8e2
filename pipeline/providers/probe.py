"""Which way of asking a server for JSON really holds: one tiny call, or two.

The model is told to reply without JSON. If JSON comes all the same, the server has seen to it; a
server that answers 200 and ignores what it was asked for is found out.
"""

from __future__ import annotations

import json
from typing import NamedTuple, Protocol

from pipeline.answers import Question, estimate, read_text, written
from pipeline.errors import AnswerError
from pipeline.prompts import load_prompt, words_of
from pipeline.providers.base import Completion, Provider, Request, Usage
from pipeline.providers.profiles import MODES, Mode, Profile
from pipeline.schemas import ProbeReply

PROMPT = "server_probe"


class Profiled(Provider, Protocol):
    """An engine that is asked in the way of a profile, which it may weaken."""

    profile: Profile


class Probed(NamedTuple):
    """What was found: the profile that holds, the modes that do not, and what it took."""

    profile: Profile
    ignored: list[Mode]
    usage: Usage


async def probe(provider: Profiled) -> Probed:
    """Try the modes from that of the provider's profile on; `prompt` needs no trying.

    Raises:
        AnswerError, ProviderRefused: the server gave no reply; the message says why.
    """
    question = Question(load_prompt(PROMPT), ())
    # The prompt shows no schema, which a model may follow without any server that sees to it.
    bare = written(question)._replace(system=words_of(question.prompt))
    request = Request(question.prompt, bare, (), tokens=estimate(question)[0])
    used, ignored = Usage(0, 0), list[Mode]()
    while True:
        completion = await provider.complete(request)
        if completion.fault is not None:
            raise AnswerError(f"it cannot be told how it gives JSON: {completion.fault}")
        used = _sum(used, completion.usage)
        mode = provider.profile.mode
        if mode == MODES[-1] or _holds(completion, mode):
            return Probed(provider.profile, ignored, used)
        ignored.append(mode)
        following = MODES[MODES.index(mode) + 1]
        provider.profile = provider.profile.model_copy(update={"mode": following})
        if following == MODES[-1]:
            return Probed(provider.profile, ignored, used)


def _holds(completion: Completion, mode: Mode) -> bool:
    """Whether a reply is what the server was asked to keep it to."""
    try:
        if mode == "schema":
            read_text(completion.text, ProbeReply)
        return isinstance(json.loads(completion.text), dict)
    except (ValueError, RecursionError):
        return False


def _sum(one: Usage, other: Usage | None) -> Usage:
    return one if other is None else Usage(one.input + other.input, one.output + other.output)
