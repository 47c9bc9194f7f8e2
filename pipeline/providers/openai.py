"""Servers that speak OpenAI's chat completions, OpenAI itself among them."""

from __future__ import annotations

import asyncio
import re
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import aiohttp
import openai
from openai import AsyncOpenAI, DefaultAioHttpClient
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception

from pipeline.errors import AnswerError, ProviderRefused
from pipeline.providers.base import OPENAI, Completion, Request, Usage

ATTEMPTS = 5
DEADLINE_SECONDS = 180.0
LONGEST_WAIT_SECONDS = 60.0
_OFFICIAL = "api.openai.com"
_RETRIED = (408, 409, 429)
_CODE = re.compile(r"[A-Za-z_]{1,40}")
# The SDK calls a refused connection a timeout, and lets replies through that are no HTTP.
_BROKEN = (openai.APIConnectionError, aiohttp.ClientError)


class _Message(BaseModel):
    content: str | None = None
    refusal: str | None = None


class _Choice(BaseModel):
    finish_reason: str | None = None
    message: _Message


class _Usage(BaseModel):
    prompt_tokens: int = Field(ge=0)
    completion_tokens: int = Field(ge=0)


class _Body(BaseModel):
    """What is read of a chat completion; servers add much else."""

    model_config = ConfigDict(hide_input_in_errors=True)

    choices: list[_Choice] = Field(min_length=1)
    usage: object = None


class OpenAIProvider:
    """Asks one model of one server.

    The SDK's own retries are off; the one layer of retries is here. `deadline` bounds a whole
    request in seconds, retries and a server that drips bytes included.
    """

    engine = OPENAI

    def __init__(
        self,
        *,
        model: str,
        key: SecretStr | None,
        base_url: str | None,
        connections: int,
        deadline: float = DEADLINE_SECONDS,
    ) -> None:
        import httpx2  # noqa: PLC0415 - comes with openai, heavy

        self.model: str | None = model
        self._asked = model
        self.requests = 0
        self._deadline = deadline
        official = base_url is None or urlsplit(base_url).hostname == _OFFICIAL
        self._limit_field = "max_completion_tokens" if official else "max_tokens"
        limits = httpx2.Limits(max_connections=connections, max_keepalive_connections=connections)
        self._client = AsyncOpenAI(
            api_key=key.get_secret_value() if key else "no-key",
            base_url=base_url or f"https://{_OFFICIAL}/v1",
            max_retries=0,
            timeout=deadline,
            http_client=DefaultAioHttpClient(limits=limits, follow_redirects=False),
        )
        self._create = self._client.chat.completions.with_raw_response.create

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.close()

    async def complete(self, request: Request) -> Completion:
        """Answer one request within the deadline."""
        retrying = AsyncRetrying(
            stop=_stop,
            wait=_wait,
            retry=retry_if_exception(_is_passing),
            reraise=True,
        )
        try:
            async with asyncio.timeout(self._deadline):
                body: bytes = await retrying(self._send, request)
        except TimeoutError as error:
            raise AnswerError(f"no whole reply within {self._deadline:g} s") from error
        except (openai.APIError, aiohttp.ClientError) as error:
            raise _translate(error) from None  # its own words may repeat what was sent
        return _completion(body)

    async def _send(self, request: Request) -> bytes:
        self.requests += 1
        # The body goes through `extra_body`, and the reply is parsed here: the SDK would walk both
        # against its types, which takes longer than all the rest of a call.
        response = await self._create(
            model=self._asked, messages=[], extra_body=self._body(request)
        )
        return bytes(response.content)

    def _body(self, request: Request) -> dict[str, object]:
        prompt, messages = request.prompt, request.messages
        schema = {"name": prompt.name, "schema": prompt.schema, "strict": True}
        return {
            "messages": [
                {"role": "system", "content": messages.system},
                {"role": "user", "content": messages.user},
            ],
            "response_format": {"type": "json_schema", "json_schema": schema},
            self._limit_field: prompt.max_output_tokens,
        }


def _completion(body: bytes) -> Completion:
    """Read the body of a reply, which may be no whole answer.

    Raises:
        AnswerError: it is no chat completion.
    """
    try:
        found = _Body.model_validate_json(body)
    except ValidationError as error:
        raise AnswerError("the server's reply is not a chat completion") from error
    choice = found.choices[0]
    return Completion(choice.message.content or "", _usage(found.usage), _fault(choice))


def _fault(choice: _Choice) -> str | None:
    reasons = {"length": "the reply was cut at its longest", "content_filter": "the reply was held"}
    if choice.finish_reason in reasons:
        return f"{reasons[choice.finish_reason]} ({choice.finish_reason})"
    if choice.message.refusal:
        return "the model refused to answer"
    return None if choice.message.content else "the reply is empty"


def _usage(stated: object) -> Usage | None:
    """Read a usage; one that makes no sense does not cost the reply that it came with."""
    try:
        usage = _Usage.model_validate(stated)
    except ValidationError:
        return None
    return Usage(usage.prompt_tokens, usage.completion_tokens)


def _is_passing(error: BaseException) -> bool:
    """Tell whether the same request may succeed a moment later."""
    if isinstance(error, openai.APIStatusError):
        if error.code == "insufficient_quota":
            return False
        return error.status_code in _RETRIED or error.status_code >= 500
    return isinstance(error, _BROKEN)


def _stop(state: RetryCallState) -> bool:
    """Give up after ATTEMPTS, or after two where a reply may have been lost that is billed."""
    error = state.outcome.exception() if state.outcome else None
    return state.attempt_number >= (ATTEMPTS if isinstance(error, openai.APIStatusError) else 2)


def _wait(state: RetryCallState) -> float:
    """Return seconds to wait: what the server asks for, else 1, 2, 4 … seconds.

    Raises the fault itself where the server asks for longer than is worth waiting.
    """
    error = state.outcome.exception() if state.outcome else None
    asked = _retry_after(error)
    if asked is not None and asked > LONGEST_WAIT_SECONDS and error is not None:
        raise error
    return asked if asked is not None else float(2 ** (state.attempt_number - 1))


def _retry_after(error: BaseException | None) -> float | None:
    if not isinstance(error, openai.APIStatusError):
        return None
    headers = error.response.headers
    for name, unit in (("retry-after-ms", 1000), ("retry-after", 1)):
        try:
            return max(0.0, float(headers[name]) / unit)
        except (KeyError, ValueError):
            continue
    try:
        until = parsedate_to_datetime(headers["retry-after"])
        sent = parsedate_to_datetime(headers["date"])
    except (KeyError, ValueError):
        return None
    if (until.tzinfo is None) != (sent.tzinfo is None):
        return None
    return max(0.0, (until - sent).total_seconds())


def _translate(error: Exception) -> AnswerError | ProviderRefused:
    """Say what a person can do about a fault, without repeating what was sent."""
    if isinstance(error, _BROKEN):
        return AnswerError("the server cannot be reached, or it broke the connection")
    if not isinstance(error, openai.APIStatusError):
        return AnswerError(f"the server's reply is unusable ({type(error).__name__})")
    refusals = {
        401: "the server refuses the key (401); check OPENAI_API_KEY",
        403: "the key may not use this model (403); check OPENAI_API_KEY and --model",
        404: "the server does not know this model or address (404); check --model and the base URL",
    }
    if error.code == "insufficient_quota":
        return ProviderRefused("the account's quota is spent; top it up, then run again")
    if error.status_code in refusals:
        return ProviderRefused(refusals[error.status_code])
    if error.status_code == 429 or (_retry_after(error) or 0) > LONGEST_WAIT_SECONDS:
        return ProviderRefused("the server asks to wait longer than this run will; run again later")
    named = isinstance(error.code, str) and _CODE.fullmatch(error.code)
    code = error.code if named else "no code"
    return AnswerError(f"the server answered {error.status_code} ({code})")
