"""One client asks the same questions 64 at a time, timed in a process of its own.

`tests.benchmarks.clients` starts this with the Python of Litline or with that of the peers, so it
imports each library where it is used, and of Litline itself only what pydantic alone can load.
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from hashlib import sha256
from importlib import metadata
from pathlib import Path
from typing import Any, NamedTuple

from pipeline.schemas import PaperSummaryReply, reply_schema

MODEL = "gpt-4.1-mini"
CONCURRENCY = 64
KEY = "no-key"
SECONDS = 60.0
_HOME = ("127.0.0.1", "localhost", None)


class Work(NamedTuple):
    """What is asked: messages for every client, and the sentences that Litline makes them of."""

    system: str
    users: list[str]
    sentences: list[list[str]]


AskAll = Callable[[Sequence[int]], Awaitable[list[Any]]]


def at_once(ask: Callable[[int], Awaitable[Any]]) -> AskAll:
    """Return what asks many, as many at a time as are allowed."""
    slots = asyncio.Semaphore(CONCURRENCY)

    async def one(number: int) -> Any:
        async with slots:
            return await ask(number)

    async def ask_all(numbers: Sequence[int]) -> list[Any]:
        return await asyncio.gather(*map(one, numbers))

    return ask_all


def messages(work: Work, number: int) -> list[dict[str, str]]:
    return [
        {"role": "system", "content": work.system},
        {"role": "user", "content": work.users[number]},
    ]


@asynccontextmanager
async def bare(work: Work, url: str, http_client: Any = None) -> AsyncIterator[AskAll]:
    """`chat.completions.create` of the SDK; the reply stays text."""
    from openai import AsyncOpenAI

    schema = {
        "name": "paper_summary",
        "schema": reply_schema(PaperSummaryReply),
        "strict": True,
    }
    form: Any = {"type": "json_schema", "json_schema": schema}
    options: Any = {"http_client": http_client} if http_client else {}
    async with AsyncOpenAI(
        api_key=KEY, base_url=url, max_retries=0, timeout=SECONDS, **options
    ) as client:

        async def ask(number: int) -> Any:
            asked: Any = messages(work, number)
            found = await client.chat.completions.create(
                model=MODEL, messages=asked, response_format=form, max_tokens=4000
            )
            return found.choices[0].message.content

        yield at_once(ask)


@asynccontextmanager
async def bare_aiohttp(work: Work, url: str) -> AsyncIterator[AskAll]:
    """Do the same over aiohttp."""
    from openai import DefaultAioHttpClient

    async with bare(work, url, DefaultAioHttpClient()) as ask_all:
        yield ask_all


@asynccontextmanager
async def litline(work: Work, url: str) -> AsyncIterator[AskAll]:
    """Litline's provider and asker as a run puts them together, on a fresh store."""
    from flows import wiring
    from flows.settings import Settings
    from pipeline.answers import Question
    from pipeline.database import open_store
    from pipeline.prompts import load_prompt

    prompt = load_prompt("paper_summary")
    with tempfile.TemporaryDirectory() as folder, wiring.rare_collections():
        store = open_store(str(Path(folder, "store.db")))
        settings = Settings(
            engine="openai",
            model=MODEL,
            concurrency=CONCURRENCY,
            base_url=url,
        )
        async with wiring.asker(settings, store) as asker:

            async def ask_all(numbers: Sequence[int]) -> list[Any]:
                asked = [Question(prompt, tuple(work.sentences[number])) for number in numbers]
                asker.prime({asker.key(question): question for question in asked})
                await asker.lease(asked)
                answers = await asyncio.gather(*(asker.ask(q, PaperSummaryReply) for q in asked))
                return [answer.reply for answer in answers]

            yield ask_all
        store.close()


@asynccontextmanager
async def langchain(work: Work, url: str) -> AsyncIterator[AskAll]:
    """`abatch` with structured output, the class given as its documentation does."""
    from langchain_openai import ChatOpenAI  # type: ignore[import-not-found]

    llm = ChatOpenAI(
        model=MODEL, api_key=KEY, base_url=url, max_retries=0, timeout=SECONDS, max_tokens=4000
    )
    chain = llm.with_structured_output(PaperSummaryReply, method="json_schema", strict=True)

    async def ask_all(numbers: Sequence[int]) -> list[Any]:
        asked = [[("system", work.system), ("user", work.users[n])] for n in numbers]
        found: list[Any] = await chain.abatch(asked, config={"max_concurrency": CONCURRENCY})
        return found

    yield ask_all


@asynccontextmanager
async def llama_index(work: Work, url: str) -> AsyncIterator[AskAll]:
    """`as_structured_llm(...).achat`; its schema goes as `response_format`."""
    from llama_index.core.llms import ChatMessage  # type: ignore[import-not-found]
    from llama_index.llms.openai import OpenAI  # type: ignore[import-not-found]

    llm = OpenAI(
        model=MODEL, api_key=KEY, api_base=url, max_retries=0, timeout=SECONDS, max_tokens=4000
    ).as_structured_llm(PaperSummaryReply)

    async def ask(number: int) -> Any:
        asked = [ChatMessage(role=m["role"], content=m["content"]) for m in messages(work, number)]
        return (await llm.achat(asked)).raw

    yield at_once(ask)


@asynccontextmanager
async def instructor(work: Work, url: str) -> AsyncIterator[AskAll]:
    """`create` with a response model, in the mode that sends the schema."""
    from instructor import Mode, from_openai  # type: ignore[import-not-found]
    from openai import AsyncOpenAI

    async with AsyncOpenAI(api_key=KEY, base_url=url, max_retries=0, timeout=SECONDS) as sdk:
        client = from_openai(sdk, mode=Mode.JSON_SCHEMA)

        async def ask(number: int) -> Any:
            return await client.create(
                model=MODEL,
                messages=messages(work, number),
                response_model=PaperSummaryReply,
                max_retries=0,
                max_tokens=4000,
            )

        yield at_once(ask)


CLIENTS: dict[str, tuple[str, Callable[[Work, str], AbstractAsyncContextManager[AskAll]]]] = {
    "bare SDK": ("openai", bare),
    "bare SDK, aiohttp": ("openai", bare_aiohttp),
    "Litline": ("litline", litline),
    "langchain": ("langchain-openai", langchain),
    "llama-index": ("llama-index-llms-openai", llama_index),
    "instructor": ("instructor", instructor),
}
"""Each client with the distribution that it comes in."""


def versions() -> dict[str, str]:
    """Return the version of each client that is installed here."""
    found = {}
    for name, (distribution, _) in CLIENTS.items():
        try:
            found[name] = metadata.version(distribution)
        except metadata.PackageNotFoundError:
            continue
    return found


def digest(replies: Iterable[Any]) -> str:
    """Return a hash of replies, the same for a text and for the model read from it."""
    hashed = sha256()
    for reply in replies:
        read = json.loads(reply) if isinstance(reply, str) else reply.model_dump(mode="json")
        hashed.update(json.dumps(read, sort_keys=True).encode())
    return hashed.hexdigest()


async def measure(name: str, work: Work, url: str) -> dict[str, Any]:
    """Ask one question to warm up, then the others by the clock, closing included."""
    async with CLIENTS[name][1](work, url) as ask_all:
        await ask_all([0])
        wall, processor = time.perf_counter(), time.process_time()
        replies = await ask_all(range(1, len(work.users)))
    processor, wall = time.process_time() - processor, time.perf_counter() - wall
    return {"wall": wall, "processor": processor, "digest": digest(replies)}


def stay_home(event: str, arguments: tuple[Any, ...]) -> None:
    """Refuse every address but loopback."""
    if event == "socket.connect":
        address = arguments[1]
        host = address[0] if isinstance(address, tuple) else None
    elif event == "socket.getaddrinfo":
        host = arguments[0]
    else:
        return
    if host not in _HOME:
        raise RuntimeError(f"{event}: only loopback may be contacted")


def main() -> None:
    if len(sys.argv) == 1:
        print(json.dumps(versions()))
        return
    name, path, url = sys.argv[1:]
    sys.addaudithook(stay_home)
    work = Work(**json.loads(Path(path).read_text(encoding="utf-8")))
    print(json.dumps(asyncio.run(measure(name, work, url))))


if __name__ == "__main__":
    main()
