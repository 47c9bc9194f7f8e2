"""`litline doctor` asks the server: whether it answers, and in which way it gives JSON."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import closing

from flows import wiring
from flows.settings import Settings
from pipeline.database import open_store, read_store
from pipeline.errors import AnswerError, ConfigError
from pipeline.prices import load_prices
from pipeline.providers.probe import Probed, probe
from pipeline.providers.profiles import Mode

_WORDS: dict[Mode, str] = {
    "schema": "it keeps replies to the JSON Schema",
    "object": "it keeps replies to JSON, and not to the schema; what does not fit goes back once",
    "prompt": "nothing keeps replies to JSON but the prompt; what does not fit goes back once",
}


def ask_server(settings: Settings) -> Iterator[str]:
    """Make a tiny call, and yield what it showed; a store that is there remembers it.

    Raises:
        ConfigError: the server does not answer as it must; the message says why.
    """
    named = wiring.profile(settings)
    yield f"profile: {named.name}, asked for JSON by {named.profile.mode}"
    found = asyncio.run(_probed(settings))
    used = found.usage
    price = load_prices(settings.prices).find(settings.model)
    cost = f", {price.cost(used.input, used.output):.4f} USD" if price else ""
    stated = f"{used.input} tokens in, {used.output} out{cost}" if used.input else "no usage stated"
    yield f"answers: yes ({stated})"
    for mode in found.ignored:
        yield f"  asked by {mode}, it answered 200 and ignored it"
    yield f"replies: {_WORDS[found.profile.mode]}"
    yield from _remembered(settings, found)


async def _probed(settings: Settings) -> Probed:
    provider = wiring.model_provider(settings, wiring.profile(settings).profile, patient=False)
    try:
        return await probe(provider)
    except AnswerError as error:
        raise ConfigError(f"the server gives no answer: {error}") from error
    finally:
        await provider.aclose()


def _remembered(settings: Settings, found: Probed) -> Iterator[str]:
    there = read_store(settings.store)
    if there is None and found.profile == wiring.profile(settings).profile:
        return
    if there is None:
        yield "  not remembered, since there is no store yet; ask again after the first run"
        return
    with closing(there):
        if wiring.profile(settings, there).profile == found.profile:
            return
    with closing(open_store(settings.store)) as store:
        wiring.remember(settings, store, found.profile)
    yield "  remembered in the store"
