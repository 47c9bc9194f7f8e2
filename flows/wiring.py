"""Where clock, process and network meet the pipeline: parts are put together here."""

from __future__ import annotations

import datetime as dt
import gc
import getpass
import os
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from typing import TYPE_CHECKING
from uuid import uuid4

from pydantic import TypeAdapter

from flows.settings import Settings, without_secrets
from pipeline.answers import Question, answer_key
from pipeline.ask import Asker
from pipeline.errors import ConfigError
from pipeline.grounded import Grounder
from pipeline.kept import Kept
from pipeline.ledger import Surroundings
from pipeline.paces import Shared, StorePaces
from pipeline.pacing import Pacer
from pipeline.planning import Prices
from pipeline.prices import Budget, Price, load_prices
from pipeline.providers.base import OPENAI, Provider
from pipeline.providers.extractive import ExtractiveProvider
from pipeline.providers.profiles import OFFICIAL, Named, Profile, find_profile
from pipeline.purse import PriceOf, Purse
from pipeline.store import Store
from pipeline.verdicts import Verdicts

if TYPE_CHECKING:
    from pipeline.providers.openai import OpenAIProvider

_TURN_SECONDS = 0.001
_COLLECT = (50_000, 50, 100)  # new objects, then rounds of these, then rounds of those


def provider(settings: Settings, store: Store) -> Provider:
    """Return the engine that the settings ask for, paced beside others through the store.

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
    return model_provider(settings, profile(settings, store).profile, _shared(settings, store))


def model_provider(
    settings: Settings, profile: Profile, shared: Shared | None = None, *, patient: bool = True
) -> OpenAIProvider:
    """Return what asks the server of the settings in the way of a profile; `patient`: again."""
    from pipeline.providers.openai import ATTEMPTS, OpenAIProvider  # noqa: PLC0415 - heavy

    return OpenAIProvider(
        model=settings.model,
        key=settings.api_key,
        base_url=settings.base_url,
        connections=settings.concurrency,
        profile=profile,
        pacer=Pacer(time.time, shared=shared),
        attempts=ATTEMPTS if patient else 1,
        deadline=settings.deadline,
    )


def _shared(settings: Settings, store: Store) -> Shared:
    """Return what tells other processes with the same key how fast calls may go."""
    key = settings.api_key.get_secret_value() if settings.api_key else ""
    address = (settings.base_url or OFFICIAL).rstrip("/")
    name = sha256(f"{address}\x1f{key}".encode()).hexdigest()
    return StorePaces(store, name, surroundings().owner)


def profile(settings: Settings, store: Store | None = None) -> Named:
    """Return how the server of the settings is asked: as configured, or as was found to hold.

    Raises:
        ConfigError: there is no profile of the name that they give.
    """
    named = find_profile(settings.base_url, settings.profiles, settings.profile)
    if store is None:
        return named
    servers, key = Kept(store, "server", TypeAdapter(Profile)), _server(settings)
    servers.prime([key])
    found = servers.get(key, named.profile.model_dump_json())
    return named if found is None else Named(named.name, found)


def remember(settings: Settings, store: Store, found: Profile) -> None:
    """Keep what was found of the server of the settings, until their own profile changes.

    Raises:
        StoreError: the store cannot be written.
    """
    configured = profile(settings).profile.model_dump_json()
    servers = Kept(store, "server", TypeAdapter(Profile))
    servers.put(_server(settings), configured, found)
    servers.save()


def remember_changed(settings: Settings, store: Store, provider: Provider) -> None:
    """Keep how a server is asked where a run had to change it, since a field was refused."""
    found = getattr(provider, "profile", None)
    if found is not None and found != profile(settings, store).profile:
        remember(settings, store, found)


def _server(settings: Settings) -> str:
    return f"{without_secrets(settings.base_url or OFFICIAL)} {settings.model}"


def answer_keys(settings: Settings) -> Callable[[Question], str]:
    """Return what tells the key of a question's answer, as an `Asker` of the settings does."""
    engine, own = engine_and_model(settings)

    def key(question: Question) -> str:
        model = own and settings.models.get(question.prompt.name, own)
        return answer_key(engine, model, question)

    return key


def prices(settings: Settings) -> Prices:
    """Return the prices of questions, and the highest that a call may have.

    Raises:
        ConfigError: there is a budget, and a price that it needs is unknown.
    """
    price = price_of(settings)
    every = [price(model) for model in (settings.model, *settings.models.values())]
    known = [one for one in every if one]
    highest = (
        Price(input=max(p.input for p in known), output=max(p.output for p in known))
        if len(known) == len(every)
        else None
    )
    return Prices(
        lambda question: price(settings.models.get(question.prompt.name, settings.model)), highest
    )


def engine_and_model(settings: Settings) -> tuple[str, str | None]:
    """Return the names by which answers of the settings' engine are kept."""
    if settings.chosen_engine == "extractive":
        return ExtractiveProvider.engine, None
    return OPENAI, settings.model


def price_of(settings: Settings) -> PriceOf:
    """Return what tells the price of a model, None where it is unknown.

    Raises:
        ConfigError: there is a budget, and a price that it needs is unknown.
    """
    if settings.chosen_engine == "extractive":
        return lambda _model: Price(input=0, output=0)
    table = load_prices(settings.prices)
    for model in (settings.model, *settings.models.values()):
        if settings.budget is not None and table.find(model) is None:
            raise ConfigError(
                f"the price of {model!r} is unknown, so --budget cannot hold; known are "
                f"{', '.join(sorted(table.models))}; put others under [prices] in litline.toml"
            )
    return table.find


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
        provider(settings, store),
        store,
        surroundings(),
        purse=Purse(Budget(settings.budget), price_of(settings)),
        concurrency=settings.concurrency,
        models=settings.models,
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
