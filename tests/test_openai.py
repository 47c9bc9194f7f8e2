from __future__ import annotations

import asyncio
import ssl
import traceback
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack
from functools import partial
from typing import Any

import httpx2
import openai
import pytest
from pydantic import SecretStr
from tenacity import AsyncRetrying

from pipeline.answers import Question, written
from pipeline.errors import AnswerError, ConfigError, LitlineError, LostReply, ProviderRefused
from pipeline.pacing import LONGEST_WAIT_SECONDS, Pacer
from pipeline.providers import openai as module
from pipeline.providers.base import Completion, Request, Usage
from pipeline.providers.openai import (
    ATTEMPTS,
    RATE_ATTEMPTS,
    OpenAIProvider,
    _body,
    without_thinking,
)
from pipeline.providers.profiles import find_profile
from tests.asking import SENTENCES, question, reply, said
from tests.fault_server import FaultServer, Reply, completion, error, response

KEY = "sk-canary-0123456789"
GOOD = reply(said("Hushkettle boils quietly.", 1))
FINE = completion(GOOD)
BROKEN = "the server broke the connection"
SENT = "Sat, 02 Jun 2031 10:00:00 GMT"

Make = Callable[..., OpenAIProvider]


def quick_pacer() -> Pacer:
    """Return a pacer on whose clock time passes by waiting only."""
    seconds = [0.0]

    async def sleep(more: float) -> None:
        seconds[0] += more

    return Pacer(lambda: seconds[0], sleep)


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with FaultServer() as running:
        running.script(FINE)
        yield running


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Return the seconds that retries asked to wait; no time passes."""
    asked: list[float] = []

    async def sleep(seconds: float) -> None:
        asked.append(seconds)

    monkeypatch.setattr(module, "AsyncRetrying", partial(AsyncRetrying, sleep=sleep))
    return asked


@pytest.fixture
def no_certificates(monkeypatch: pytest.MonkeyPatch) -> None:
    """Spare each client the reading of all certificates, which takes longer than a test."""
    bare = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    monkeypatch.setattr(httpx2, "create_ssl_context", lambda **_: bare)


@pytest.fixture
async def make(
    server: FaultServer, waits: list[float], no_certificates: None
) -> AsyncIterator[Make]:
    """Return a maker of providers that ask the server; they are closed at the end."""
    async with AsyncExitStack() as stack:

        def provider(**options: Any) -> OpenAIProvider:
            usual: dict[str, Any] = {"base_url": server.url, "connections": 4, "deadline": 10.0}
            given = usual | options
            given.setdefault("pacer", quick_pacer())
            given.setdefault("profile", find_profile(given["base_url"]).profile)
            made = OpenAIProvider(model="kettle-mini", key=SecretStr(KEY), **given)
            stack.push_async_callback(made.aclose)
            return made

        yield provider


def request(asked: Question | None = None) -> Request:
    asked = asked or question()
    shown = written(asked)
    return Request(asked.prompt, shown, asked.sentences)


async def failure(provider: OpenAIProvider) -> LitlineError:
    """Return the error of a call that fails; the key is nowhere in it."""
    with pytest.raises(LitlineError) as caught:
        await provider.complete(request())
    assert KEY not in "".join(traceback.format_exception(caught.value))
    return caught.value


# --- What is sent ----------------------------------------------------------------------------


async def test_a_reply_and_its_usage_come_back(make: Make, server: FaultServer) -> None:
    provider = make()
    assert (provider.engine, provider.model, provider.requests) == ("openai", "kettle-mini", 0)
    found = await provider.complete(request())
    assert found == Completion(GOOD.model_dump_json(), Usage(1000, 20))
    assert provider.requests == len(server.requests) == 1


async def test_the_request_holds_the_prompt_the_schema_and_a_limit_and_no_more(
    make: Make, server: FaultServer
) -> None:
    asked = request()
    await make().complete(asked)
    (seen,) = server.requests
    assert seen.path == "/v1/chat/completions"
    assert seen.headers["authorization"] == f"Bearer {KEY}"
    assert seen.body == {
        "model": "kettle-mini",
        "messages": [
            {"role": "system", "content": asked.messages.system},
            {"role": "user", "content": asked.messages.user},
        ],
        "response_format": {
            "type": "json_schema",
            "json_schema": {
                "name": "paper_summary",
                "schema": asked.prompt.schema,
                "strict": True,
            },
        },
        "max_tokens": asked.prompt.max_output_tokens,
    }
    assert all(sentence in asked.messages.user for sentence in SENTENCES)


@pytest.mark.parametrize(
    ("base_url", "field"),
    [
        (None, "max_completion_tokens"),
        ("https://api.openai.com/v1", "max_completion_tokens"),
        ("https://api.openai.com:443/v1/", "max_completion_tokens"),
        ("http://127.0.0.1:11434/v1", "max_tokens"),
        ("https://api.openai.com.example.org/v1", "max_tokens"),
    ],
)
async def test_each_host_is_told_the_limit_in_its_own_words(
    make: Make, base_url: str | None, field: str
) -> None:
    body = _body(request(), make(base_url=base_url).profile)
    assert body[field] == 4000
    assert body.keys() - {"temperature"} == {"messages", "response_format", field}


async def test_the_official_address_is_asked_by_default_and_the_sdk_retries_nothing(
    make: Make,
) -> None:
    client = make(base_url=None)._client
    assert str(client.base_url) == "https://api.openai.com/v1/"
    assert client.max_retries == 0


async def test_a_server_without_a_key_is_sent_none_of_ours(
    server: FaultServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    profile = find_profile(server.url).profile
    provider = OpenAIProvider(
        model="m",
        key=None,
        base_url=server.url,
        connections=1,
        profile=profile,
        pacer=Pacer(lambda: 0.0),
    )
    await provider.complete(request())
    await provider.aclose()
    assert KEY not in str(server.requests)


async def test_one_connection_serves_call_after_call(make: Make, server: FaultServer) -> None:
    provider = make()
    for _ in range(3):
        await provider.complete(request())
    assert provider.requests == len(server.requests) == 3


async def test_as_many_calls_are_under_way_as_allowed(make: Make, server: FaultServer) -> None:
    server.script(Reply(fault="hang"))
    provider = make(connections=110)
    calls = [asyncio.create_task(provider.complete(request())) for _ in range(110)]
    async with asyncio.timeout(10):
        while len(server.requests) < 110:
            await asyncio.sleep(0.01)
    for call in calls:
        call.cancel()
    assert all(
        isinstance(e, asyncio.CancelledError)
        for e in await asyncio.gather(*calls, return_exceptions=True)
    )


# --- Faults that pass ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry_after": "2"}, 2.0),
        ({"retry_after": "0.5"}, 0.5),
        ({"retry_after_ms": "300"}, 0.3),
        ({"retry_after_ms": "300", "retry_after": "2"}, 0.3),
        ({"retry_after_ms": "soon", "retry_after": "2"}, 2.0),
        ({"retry_after": "Sat, 02 Jun 2031 10:00:07 GMT", "date": SENT}, 7.0),
        ({"retry_after": "Sat, 02 Jun 2031 09:00:00 GMT", "date": SENT}, 0.0),
        ({"retry_after": "Sat, 02 Jun 2031 10:00:07 -0000", "date": SENT}, 1.0),
        ({"retry_after": "Sat, 02 Jun 2031 10:00:07 GMT"}, 1.0),
        ({"retry_after": "Sat, 02 Jun 2031 10:00:07 GMT", "date": "today"}, 1.0),
        ({"retry_after": "soon"}, 1.0),
        ({"retry_after": "-5"}, 0.0),
        ({"retry_after": "nan"}, 0.0),
        ({}, 1.0),
    ],
)
async def test_a_server_that_asks_to_wait_is_given_its_time(
    make: Make,
    server: FaultServer,
    waits: list[float],
    headers: dict[str, str],
    seconds: float,
) -> None:
    server.script(error(429, "rate_limit_exceeded", **headers), FINE)
    assert (await make().complete(request())).text == GOOD.model_dump_json()
    assert waits == [seconds]
    assert len(server.requests) == 2


@pytest.mark.parametrize("status", [409, 429, 500, 502, 503])
async def test_what_passes_is_tried_again(
    make: Make, server: FaultServer, waits: list[float], status: int
) -> None:
    server.script(error(status), error(status), FINE)
    provider = make()
    assert (await provider.complete(request())).usage == Usage(1000, 20)
    assert provider.requests == len(server.requests) == 3
    assert waits == [1.0, 2.0]


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (error(500), "the server answered 500 (no code)"),
        (Reply(b"<html>busy</html>", 503), "the server answered 503 (no code)"),
    ],
)
async def test_what_does_not_pass_fails_this_question(
    make: Make, server: FaultServer, waits: list[float], fault: Reply, reason: str
) -> None:
    server.script(fault)
    found = await failure(make())
    assert (type(found), str(found)) == (AnswerError, reason)
    assert len(server.requests) == ATTEMPTS
    assert waits == [1.0, 2.0, 4.0, 8.0]


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (Reply(fault="reset"), BROKEN),
        (Reply(b"{", fault="cut"), BROKEN),
        (Reply(fault="garbage"), BROKEN),
        (error(408), "the server answered 408 (no code)"),
        (error(504), "the server answered 504 (no code)"),
        (error(524), "the server answered 524 (no code)"),
    ],
)
async def test_a_reply_that_may_be_billed_is_left_to_who_pays(
    make: Make, server: FaultServer, waits: list[float], fault: Reply, reason: str
) -> None:
    server.script(fault)
    found = await failure(make())
    assert (type(found), str(found)) == (LostReply, reason)
    assert (len(server.requests), waits) == (1, [])


async def test_a_server_that_is_not_there_stops_the_run(make: Make, waits: list[float]) -> None:
    with FaultServer() as gone:
        url = gone.url
    found = await failure(make(base_url=url))
    assert isinstance(found, ProviderRefused)
    assert "cannot be reached" in str(found)
    assert waits == [1.0, 2.0, 4.0, 8.0]


# --- Faults that stay ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "advice"),
    [
        (error(401, "invalid_api_key", f"Incorrect API key: {KEY}"), "check OPENAI_API_KEY"),
        (error(403, "country", f"not for {KEY}"), "check OPENAI_API_KEY and --model"),
        (error(404, "model_not_found"), "check --model and the base URL"),
        (Reply(b"not found", 404), "check --model and the base URL"),
        (error(429, "insufficient_quota", retry_after="1"), "top it up"),
        (error(429, "rate_limit_exceeded", retry_after="3600"), "run again later"),
        (error(429, "rate_limit_exceeded", retry_after="inf"), "run again later"),
        (error(503, retry_after=f"{LONGEST_WAIT_SECONDS + 1}"), "run again later"),
        (
            error(429, retry_after="Sat, 02 Jun 2031 11:00:00 GMT", date=SENT),
            "run again later",
        ),
    ],
)
async def test_what_every_call_would_meet_is_asked_once_and_stops_the_run(
    make: Make, server: FaultServer, waits: list[float], fault: Reply, advice: str
) -> None:
    server.script(fault, FINE)
    found = await failure(make())
    assert isinstance(found, ProviderRefused)
    assert isinstance(found, ConfigError)
    assert advice in str(found)
    assert len(server.requests) == 1
    assert waits == []


async def test_a_wait_that_stops_the_run_holds_nobody_up_afterwards(
    make: Make, server: FaultServer
) -> None:
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    server.script(error(429, "rate_limit_exceeded", retry_after="3600"), FINE)
    provider = make(pacer=Pacer(lambda: 0.0, sleep))
    assert isinstance(await failure(provider), ProviderRefused)
    assert (await provider.complete(request())).text == GOOD.model_dump_json()
    assert waited == []


async def test_a_rate_limit_that_never_lets_go_stops_the_run(
    make: Make, server: FaultServer
) -> None:
    server.script(error(429, "rate_limit_exceeded", retry_after="1"))
    assert isinstance(await failure(make()), ProviderRefused)
    assert len(server.requests) == RATE_ATTEMPTS


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (error(400, "content_filter"), "the server answered 400 (content_filter)"),
        (error(400, None), "the server answered 400 (no code)"),
        (error(400, KEY), "the server answered 400 (no code)"),
        (error(400, "x" * 5000), "the server answered 400 (no code)"),
        (response({"error": {"code": 7}}, 422), "the server answered 422 (no code)"),
        (response(["odd"], 422), "the server answered 422 (no code)"),
        (error(422, "too_long"), "the server answered 422 (too_long)"),
    ],
)
async def test_what_only_this_call_meets_is_asked_once_and_fails_this_question(
    make: Make, server: FaultServer, fault: Reply, reason: str
) -> None:
    server.script(fault, FINE)
    found = await failure(make())
    assert (type(found), str(found)) == (AnswerError, reason)
    assert len(server.requests) == 1


async def test_a_field_that_is_refused_by_each_of_its_names_is_not_tried_for_ever(
    make: Make, server: FaultServer
) -> None:
    refused = "max_tokens or max_completion_tokens is too large"
    server.script(error(400, None, refused))
    provider = make()
    assert str(await failure(provider)) == "the server answered 400 (no code)"
    assert len(server.requests) == 2
    await failure(provider)
    assert len(server.requests) == 3


@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_a_redirect_is_not_followed(make: Make, server: FaultServer, status: int) -> None:
    with FaultServer() as elsewhere:
        elsewhere.script(FINE)
        server.script(Reply(b"", status, {"location": f"{elsewhere.url}/chat/completions"}))
        found = await failure(make())
        assert elsewhere.requests == []
    assert (type(found), str(found)) == (AnswerError, f"the server answered {status} (no code)")
    assert len(server.requests) == 1


# --- Time ------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", ["hang", "drip"])
async def test_a_call_ends_by_its_deadline(make: Make, server: FaultServer, fault: Any) -> None:
    server.script(Reply(fault=fault))
    found = await failure(make(deadline=0.1))
    assert (type(found), str(found)) == (LostReply, "no whole reply within 0.1 s")
    assert len(server.requests) == 1


async def test_the_time_that_a_server_asks_for_is_no_part_of_the_deadline(
    make: Make, server: FaultServer, waits: list[float]
) -> None:
    server.script(error(500, retry_after="30"), FINE)
    assert (await make(deadline=5.0).complete(request())).text == GOOD.model_dump_json()
    assert waits == [30.0]


# --- Replies that are none -------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        Reply(b""),
        Reply(b"busy, come back later"),
        Reply(b"<html><body>Sign in</body></html>", headers={"content-type": "text/html"}),
        Reply(b'{"choices": [{"mess'),
        Reply(b"\xff\xfe{}", headers={"content-type": "application/json"}),
        response({"error": {"message": KEY, "code": 502}}),
        response([]),
        response(None),
        response({"choices": []}),
        response({"choices": None}),
        response({"choices": [None]}),
        response({"choices": [{"finish_reason": "stop"}]}),
        response({"choices": [{"message": {"content": 5}}]}),
    ],
)
async def test_a_reply_that_is_no_completion_fails_this_question(
    make: Make, server: FaultServer, body: Reply
) -> None:
    server.script(body, FINE)
    found = await failure(make())
    assert isinstance(found, AnswerError)
    assert str(found) == "the server's reply is not a chat completion"
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        (
            completion('{"tldr"', finish_reason="length"),
            "the reply was cut at its longest (length)",
        ),
        (
            completion(None, finish_reason="length"),
            "the model used all tokens before it wrote an answer, as reasoning models do (length)",
        ),
        (completion("", finish_reason="content_filter"), "the reply was held (content_filter)"),
        (completion(None, refusal="I will not."), "the model refused to answer"),
        (completion("no", refusal="I will not."), "the model refused to answer"),
        (completion(None), "the reply is empty"),
        (completion(""), "the reply is empty"),
    ],
)
async def test_a_reply_that_is_not_whole_says_so_and_what_it_used(
    make: Make, server: FaultServer, body: Reply, fault: str
) -> None:
    server.script(body)
    found = await make().complete(request())
    assert (found.fault, found.usage) == (fault, Usage(1000, 20))
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "usage",
    [
        None,
        {},
        "none",
        {"prompt_tokens": 100},
        {"prompt_tokens": None, "completion_tokens": 20},
        {"prompt_tokens": -1, "completion_tokens": 20},
    ],
)
async def test_a_usage_that_makes_no_sense_does_not_cost_the_reply(
    make: Make, server: FaultServer, usage: object
) -> None:
    server.script(completion(GOOD, usage=usage))
    assert await make().complete(request()) == Completion(GOOD.model_dump_json(), None)


async def test_what_servers_add_is_passed_over(make: Make, server: FaultServer) -> None:
    server.script(
        completion(
            GOOD,
            finish_reason="eos",
            provider="Teapots",
            usage={"prompt_tokens": 7, "completion_tokens": 8, "cost": 0.1},
        )
    )
    assert (await make().complete(request())).usage == Usage(7, 8)


async def test_a_fault_of_another_kind_fails_this_question(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def odd(**_: object) -> None:
        raise openai.APIError(KEY, httpx2.Request("POST", "https://example.org"), body=None)

    provider = make()
    monkeypatch.setattr(provider, "_create", odd)
    assert str(await failure(provider)) == "the server's reply is unusable (APIError)"


# --- The key ---------------------------------------------------------------------------------


async def test_the_key_is_in_no_message_even_where_the_server_repeats_it(
    make: Make, server: FaultServer
) -> None:
    for status in (400, 401, 403, 404, 422):
        server.script(error(status, KEY, f"Your key {KEY} is wrong"))
        found = await failure(make())
        assert KEY not in repr(found)
    assert KEY not in repr(make()._client)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("<think>hm { } </think>\n{}", "{}"),
        ("hm</think>{}", "{}"),
        ("<think>never ends", ""),
        (
            '{"text": "R1 emits <think> tokens first."}',
            '{"text": "R1 emits <think> tokens first."}',
        ),
        ('{"text": "it closes </think> late"}', '{"text": "it closes </think> late"}'),
        (" " * 200_000 + "{}", " " * 200_000 + "{}"),
    ],
)
def test_only_thinking_before_the_reply_is_left_out(text: str, left: str) -> None:
    assert without_thinking(text, ["think"]) == left


@pytest.mark.parametrize(
    "body",
    [
        {"error": {"message": "response_format is not supported", "code": 400}},
        {"detail": "Unknown field: response_format"},
        {"error": "'response_format.type' must be 'json_schema' or 'text'"},
        {"object": "error", "message": "guided json_schema failed", "code": 400},
    ],
)
async def test_a_refused_field_is_known_in_the_words_of_other_servers(
    make: Make, server: FaultServer, body: object
) -> None:
    server.script(response(body, 400), FINE)
    provider = make()
    assert (await provider.complete(request())).text == GOOD.model_dump_json()
    assert provider.profile.mode == "object"


async def test_a_server_that_refuses_both_limit_fields_is_not_asked_for_ever(
    make: Make, server: FaultServer
) -> None:
    server.script(error(400, None, "reduce max_tokens or max_completion_tokens"))
    await failure(make())
    assert len(server.requests) <= 4


async def test_a_spent_credit_stops_the_run(make: Make, server: FaultServer) -> None:
    server.script(error(402))
    assert isinstance(await failure(make()), ProviderRefused)
    assert len(server.requests) == 1
