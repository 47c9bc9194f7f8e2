from __future__ import annotations

from collections.abc import Iterator

import pytest
from pydantic import SecretStr

from pipeline.errors import LitlineError
from pipeline.pacing import Pacer
from pipeline.providers.base import Usage
from pipeline.providers.openai import OpenAIProvider
from pipeline.providers.probe import probe
from pipeline.providers.profiles import Profile
from tests.fault_server import FaultServer, Reply, completion, error

FITS, JSON, PROSE = '{"word": "kettle"}', '{"tea": 1}', "kettle"


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with FaultServer() as running:
        yield running


async def probed(server: FaultServer, *replies: Reply, mode: str = "schema") -> object:
    server.script(*replies)
    provider = OpenAIProvider(
        model="m",
        key=SecretStr("sk-canary"),
        base_url=server.url,
        connections=1,
        profile=Profile(mode=mode),
        pacer=Pacer(lambda: 0.0),
    )
    try:
        found = await probe(provider)
    finally:
        await provider.aclose()
    return found.profile.mode, found.ignored, found.usage


async def test_a_server_that_keeps_to_the_schema_is_asked_once(server: FaultServer) -> None:
    told = await probed(server, completion(FITS))
    assert told == ("schema", [], Usage(1000, 20))
    (seen,) = server.requests
    assert "response_format" in seen.body
    assert "without JSON" in seen.body["messages"][1]["content"]


async def test_a_server_that_ignores_the_schema_is_found_out(server: FaultServer) -> None:
    told = await probed(server, completion(PROSE), completion(JSON))
    assert told == ("object", ["schema"], Usage(2000, 40))


async def test_a_server_that_ignores_both_is_left_to_the_prompt(server: FaultServer) -> None:
    told = await probed(server, completion(PROSE))
    assert told == ("prompt", ["schema", "object"], Usage(2000, 40))
    assert len(server.requests) == 2


async def test_an_object_that_does_not_fit_is_not_the_schema(server: FaultServer) -> None:
    assert (await probed(server, completion(JSON)))[0] == "object"  # type: ignore[index]


async def test_a_server_that_refuses_the_field_is_asked_without_it(server: FaultServer) -> None:
    refused = error(400, "unsupported_parameter", "response_format is not supported")
    told = await probed(server, refused, completion(JSON))
    assert told == ("object", [], Usage(1000, 20))


async def test_where_the_prompt_is_all_there_is_it_is_tried_whether_it_answers(
    server: FaultServer,
) -> None:
    assert await probed(server, completion(PROSE), mode="prompt") == (
        "prompt",
        [],
        Usage(1000, 20),
    )


async def test_a_server_that_does_not_answer_is_told(server: FaultServer) -> None:
    with pytest.raises(LitlineError, match="refuses the key"):
        await probed(server, error(401, "invalid_api_key"))
