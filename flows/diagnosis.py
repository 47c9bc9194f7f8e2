"""`litline doctor`: what is set up, what is missing, and what to do about it."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import typer

from flows.dispatch import configured_api
from flows.probing import ask_server
from flows.settings import DEFAULT_MODEL, Settings, tokenizer_cache, without_secrets
from pipeline import __version__
from pipeline.database import read_store
from pipeline.errors import ConfigError, StoreError
from pipeline.prices import load_prices
from pipeline.tokens import encoding_name, exact_counter, vocabulary_file


def show(settings: Settings) -> None:
    """Print the diagnosis.

    Raises:
        ConfigError: something must be mended before a run can work; all lines were printed.
    """
    typer.echo(f"litline {__version__}, Python {platform.python_version()}")
    for line in (*_engine(settings), *_prices(settings), *_tokenizer(settings), *_prefect()):
        typer.echo(line)
    problem = _store(settings)
    if problem is None and settings.chosen_engine == "openai" and _reachable(settings):
        for line in ask_server(settings):
            typer.echo(line)
    if settings.engine == "openai" and not _reachable(settings):
        problem = "set OPENAI_API_KEY or OPENAI_BASE_URL, or use --engine extractive"
    if problem:
        raise ConfigError(problem)


def _reachable(settings: Settings) -> bool:
    return settings.api_key is not None or settings.base_url is not None


def _engine(settings: Settings) -> Iterator[str]:
    chosen = "by choice" if settings.engine != "auto" else "chosen automatically"
    yield f"engine: {settings.chosen_engine} ({chosen})"
    yield f"key: OPENAI_API_KEY is {'set' if settings.api_key else 'not set'}"
    server = without_secrets(settings.base_url) if settings.base_url else "the default of OpenAI"
    yield f"server: {server}"
    if settings.chosen_engine == "extractive":
        yield "  for a language model, set OPENAI_API_KEY, or OPENAI_BASE_URL for another server"
    else:
        default = " (the default)" if settings.model == DEFAULT_MODEL else ""
        yield f"model: {settings.model}{default}"


def _prices(settings: Settings) -> Iterator[str]:
    table = load_prices(settings.prices)
    if settings.chosen_engine == "openai" and table.find(settings.model) is None:
        yield f"price: unknown for {settings.model}; add it under [prices] in litline.toml"
    else:
        yield f"prices: as of {table.dated}"


def _tokenizer(settings: Settings) -> Iterator[str]:
    cache = tokenizer_cache(settings)
    if exact_counter(settings.model, cache) is not None:
        yield f"tokens: counted by tiktoken ({encoding_name(settings.model)})"
        return
    yield "tokens: estimated, on the safe side"
    if cache is None:
        yield "  for exact counts, set TIKTOKEN_CACHE_DIR to a folder and run, with a network:"
    else:
        missing = vocabulary_file(settings.model, cache)
        yield f"  {missing} is missing or damaged; with a network, run:"
    name = encoding_name(settings.model)
    yield f"  python -c 'import tiktoken; tiktoken.get_encoding(\"{name}\")'"


def _prefect() -> Iterator[str]:
    try:
        found = version("prefect")
    except PackageNotFoundError:
        yield "prefect: not installed; commands run without it"
        return
    api = configured_api(os.environ)
    where = (
        f"the API at {without_secrets(api)}"
        if api
        else "an embedded server, started for each command"
    )
    yield f"prefect: {found}, on {where}"


def _store(settings: Settings) -> str | None:
    """Print the state of the store and return what must be done, if anything."""
    path = Path(settings.store)
    try:
        store = read_store(settings.store)
    except StoreError as error:
        typer.echo(f"store: {error}")
        return str(error)
    if store is None:
        typer.echo(f"store: {path} does not exist yet; the first run creates it")
        return None
    documents, papers = store.documents(), store.papers()
    store.close()
    kept = sum(paper.alias_of is None for paper in papers)
    typer.echo(f"store: {len(documents)} documents, {kept} papers")
    return None
