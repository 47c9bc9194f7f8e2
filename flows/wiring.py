"""Where clock, process and network meet the pipeline: parts are put together here."""

from __future__ import annotations

import datetime as dt
import gc
import getpass
import os
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

from flows.settings import Settings
from pipeline.ask import Asker
from pipeline.errors import ConfigError
from pipeline.grounded import Grounder
from pipeline.ledger import Surroundings
from pipeline.prices import Budget, Price, load_prices
from pipeline.providers.base import OPENAI, Provider
from pipeline.providers.extractive import ExtractiveProvider
from pipeline.store import Store
from pipeline.verdicts import Verdicts

_TURN_SECONDS = 0.001
_COLLECT = (50_000, 50, 100)  # new objects, then rounds of these, then rounds of those


def provider(settings: Settings) -> Provider:
    """Return the engine that the settings ask for.

    Raises:
        ConfigError: a model is asked for, and neither key nor base URL is set.
    """
    if settings.chosen_engine == "extractive":
        return ExtractiveProvider()
    if settings.api_key is None and settings.base_url is None:
        raise ConfigError(
            "--engine openai needs OPENAI_API_KEY, or OPENAI_BASE_URL for a server without a key; "
            "--engine extractive needs neither"
        )
    from pipeline.providers.openai import OpenAIProvider  # noqa: PLC0415 - heavy

    return OpenAIProvider(
        model=settings.model,
        key=settings.api_key,
        base_url=settings.base_url,
        connections=settings.concurrency,
    )


def engine_and_model(settings: Settings) -> tuple[str, str | None]:
    """Return the names by which answers of the settings' engine are kept."""
    if settings.chosen_engine == "extractive":
        return ExtractiveProvider.engine, None
    return OPENAI, settings.model


def price(settings: Settings) -> Price | None:
    """Return the price of the model in use, or None where it is unknown.

    Raises:
        ConfigError: there is a budget, and the price that it needs is unknown.
    """
    if settings.chosen_engine == "extractive":
        return Price(input=0, output=0)
    table = load_prices(settings.prices)
    found = table.find(settings.model)
    if found is None and settings.budget is not None:
        raise ConfigError(
            f"the price of {settings.model!r} is unknown, so --budget cannot hold; known are "
            f"{', '.join(sorted(table.models))}; put others under [prices] in litline.toml"
        )
    return found


@contextmanager
def rare_collections() -> Iterator[None]:
    """Let Python look for cycles of garbage rarely for the time of the block.

    A job keeps nearly all that it makes, and looking through it again and again would take time
    that grows with the library.
    """
    before = gc.get_threshold()
    gc.set_threshold(*_COLLECT)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def asker(settings: Settings, store: Store) -> Asker:
    """Return an asker for the settings' engine.

    Python's threads are made to take turns after 1 ms instead of 5: the thread that writes to the
    store waits for its turn several times per commit, and calls wait for the commit.
    """
    sys.setswitchinterval(_TURN_SECONDS)
    return Asker(
        provider(settings),
        store,
        surroundings(),
        price=price(settings),
        budget=Budget(settings.budget),
        concurrency=settings.concurrency,
    )


def grounder(settings: Settings, store: Store, asker: Asker) -> Grounder:
    """Return what checks the replies of an asker; sentences stand in for what fails."""
    return Grounder(asker, Verdicts(store), ExtractiveProvider(), judge=settings.judge)


def surroundings() -> Surroundings:
    """Return the day, the clock and this process."""
    host = socket.gethostname()
    return Surroundings(
        today=dt.date.today().isoformat(),
        now=time.time,
        owner=f"{host}:{os.getpid()}:{uuid4().hex[:8]}",
        alive=lambda owner: _alive(owner, host),
    )


def person() -> str:
    """Return who sits at this machine, as it knows them."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # no name is known
        return "somebody"


def moment() -> str:
    """Return the moment as ISO date and time, UTC."""
    return dt.datetime.now(dt.UTC).isoformat(timespec="microseconds")


def _alive(owner: str, here: str) -> bool:
    """Tell whether a process may still run; those of other machines are believed until expiry."""
    host, pid, _ = owner.rsplit(":", 2)
    if host != here:
        return True
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # it is there, and belongs to someone else
        pass
    return True
