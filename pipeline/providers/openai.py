"""Servers that speak OpenAI's chat completions, OpenAI itself among them."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator, Mapping, Sequence
from email.utils import parsedate_to_datetime
from typing import Protocol

import aiohttp
import openai
from openai import AsyncOpenAI, DefaultAioHttpClient
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception

from pipeline.errors import AnswerError, LostReply, ProviderRefused, UnreadableReply
from pipeline.pacing import LONGEST_WAIT_SECONDS, Pacer
from pipeline.providers.base import MOST_CHARACTERS, OPENAI, Completion, Request, Usage
from pipeline.providers.profiles import OFFICIAL, Profile, weaker

ATTEMPTS = 5
CONNECT_SECONDS = 10.0
RATE_ATTEMPTS = 12  # where calls came too fast, which they do less and less
DEADLINE_SECONDS = 180.0
_LONGEST_GUESS = 8.0  # seconds, where the server names none
_TOO_FAST, _NO_QUOTA = 429, "insufficient_quota"
_RETRIED = (409, _TOO_FAST)
_LATE = (408, 504, 524)  # the server or one before it gave up waiting for a reply
_READ = 4_000  # characters of what a server says of a refusal
_REFUSED = ("unsupported_parameter", "unsupported_value", "invalid_request_error", None)
_CODE = re.compile(r"[A-Za-z_]{1,40}")
_UNCONNECTED = (
    aiohttp.ClientConnectorError,
    aiohttp.ConnectionTimeoutError,
    ConnectionRefusedError,
)
# The SDK calls a refused connection a timeout, and lets replies through that are no HTTP.
_BROKEN = (openai.APIConnectionError, aiohttp.ClientError)


class _Response(Protocol):
    """What is used of a raw answer."""

    @property
    def headers(self) -> Mapping[str, str]: ...
    @property
    def content(self) -> bytes: ...


class _Message(BaseModel):
    content: str | None = None
    refusal: str | None = None


class _Choice(BaseModel):
    finish_reason: str | None = None
    message: _Message


class _Cached(BaseModel):
    cached_tokens: int = Field(0, ge=0)


class _Usage(BaseModel):
    prompt_tokens: int = Field(ge=0)
    completion_tokens: int = Field(ge=0)
    prompt_tokens_details: object = None


class _Body(BaseModel):
    """What is read of a chat completion; servers add much else."""

    model_config = ConfigDict(hide_input_in_errors=True)

    choices: list[_Choice] = Field(min_length=1)
    usage: object = None


class OpenAIProvider:
    """Asks the models of one server, in the way that its `profile` says.

    The SDK's own retries are off; the one layer of retries is here, but for replies that were lost:
    whoever asks has to account for these. `deadline` bounds each call in seconds, a server that
    drips bytes included, and not the wait for its turn, which the `pacer` tells. What may pass is
    tried so many `attempts`. A field that the server refuses is left out from then on.
    """

    engine = OPENAI

    def __init__(  # noqa: PLR0913 - what a server has to be known by
        self,
        *,
        model: str,
        key: SecretStr | None,
        base_url: str | None,
        connections: int,
        profile: Profile,
        pacer: Pacer,
        deadline: float = DEADLINE_SECONDS,
        attempts: int = ATTEMPTS,
    ) -> None:
        import httpx2  # noqa: PLC0415 - comes with openai, heavy

        self.model: str | None = model
        self.profile = profile
        self._pacer = pacer
        self._asked = model
        self.requests = 0
        self._given_up: list[Profile] = []
        self._deadline = deadline
        self._attempts = attempts
        limits = httpx2.Limits(max_connections=connections, max_keepalive_connections=connections)
        self._client = AsyncOpenAI(
            api_key=key.get_secret_value() if key else "no-key",
            base_url=base_url or OFFICIAL,
            max_retries=0,
            timeout=httpx2.Timeout(deadline, connect=CONNECT_SECONDS),
            http_client=DefaultAioHttpClient(limits=limits, follow_redirects=False),
        )
        self._create = self._client.chat.completions.with_raw_response.create

    async def aclose(self) -> None:
        """Close the connections, and leave the share of calls to others."""
        await self._pacer.aclose()
        await self._client.close()

    async def complete(self, request: Request) -> Completion:
        """Answer one request."""
        _require_room(request, self.profile)
        retrying = AsyncRetrying(
            stop=self._stop, wait=_wait, retry=retry_if_exception(_is_passing), reraise=True
        )
        try:
            found: Completion = await retrying(self._send, request)
        except TimeoutError as error:
            raise LostReply(f"no whole reply within {self._deadline:g} s") from error
        except (openai.APIError, aiohttp.ClientError) as error:
            raise _translate(error) from None  # its own words may repeat what was sent
        return found

    def _stop(self, state: RetryCallState) -> bool:
        error = state.outcome.exception() if state.outcome else None
        fast = isinstance(error, openai.APIStatusError) and error.status_code == _TOO_FAST
        most = RATE_ATTEMPTS if fast and self._attempts > 1 else self._attempts
        return state.attempt_number >= most

    async def _send(self, request: Request) -> Completion:
        """Send a request, once more in other words where the server refuses one of its fields."""
        while True:
            profile = self.profile
            try:
                return await self._sent(request, profile)
            except (openai.BadRequestError, openai.UnprocessableEntityError) as error:
                if self.profile is profile:  # else another call has found out meanwhile
                    found = self._weaker(profile, error)
                    if found is None:
                        raise
                    self._given_up.append(profile)
                    self.profile = found

    def _weaker(self, profile: Profile, error: openai.APIStatusError) -> Profile | None:
        """Return how to ask without what the server refused, unless that was refused before."""
        weakened = (weaker(profile, name) for name in _named(error, profile))
        return next((one for one in weakened if one and one not in self._given_up), None)

    async def _sent(self, request: Request, profile: Profile) -> Completion:
        """Send a request when it is its turn, and tell the pacer what came of it."""
        most = request.tokens + (request.limit or request.prompt.max_output_tokens)
        await self._pacer.turn(most, request.going)
        headers: Mapping[str, str] = {}
        used: int | None = None
        try:
            request.going()  # the wait may have been long
            self.requests += 1
            async with asyncio.timeout(self._deadline):
                response = await self._call(request, profile)
            headers = response.headers
            found = _completion(bytes(response.content), profile.thinking)
            used = found.usage.input + found.usage.output if found.usage else most
        except openai.APIStatusError as error:
            headers = error.response.headers
            asked = _retry_after(error)
            ends_the_run = error.code == _NO_QUOTA or (asked or 0) > LONGEST_WAIT_SECONDS
            if error.status_code == _TOO_FAST and not ends_the_run:
                self._pacer.slow_down(asked)  # the next run would wait for it too
            raise
        finally:
            self._pacer.heard(headers, tokens=used)
        return found

    async def _call(self, request: Request, profile: Profile) -> _Response:
        # The body goes through `extra_body`, and the reply is parsed here: the SDK would walk both
        # against its types, which takes longer than all the rest of a call.
        return await self._create(
            model=request.model or self._asked, messages=[], extra_body=_body(request, profile)
        )


def _require_room(request: Request, profile: Profile) -> None:
    """Refuse a prompt that cannot fit, before a server cuts it without a word.

    Raises:
        AnswerError: prompt and reply are certainly longer than the context of the profile.
    """
    prompt = len(request.messages.system + request.messages.user) // MOST_CHARACTERS
    reply = request.limit or request.prompt.max_output_tokens
    if profile.context is not None and prompt + reply > profile.context:
        raise AnswerError(
            f"a prompt of at least {prompt} tokens and a reply of up to {reply} do not fit the "
            f"context of {profile.context}"
        )


def _body(request: Request, profile: Profile) -> dict[str, object]:
    prompt = request.prompt
    body: dict[str, object] = {
        "messages": list(_messages(request)),
        profile.limit: request.limit or prompt.max_output_tokens,
        **profile.extra,
    }
    if profile.temperature is not None:
        body["temperature"] = profile.temperature
    if profile.mode == "schema":
        schema = {"name": prompt.name, "schema": prompt.schema, "strict": profile.strict}
        body["response_format"] = {"type": "json_schema", "json_schema": schema}
    elif profile.mode == "object":
        body["response_format"] = {"type": "json_object"}
    return body


def _messages(request: Request) -> Iterator[dict[str, str]]:
    """Yield what is sent: what is the same for each call first, so that servers can keep it."""
    yield {"role": "system", "content": request.messages.system}
    yield {"role": "user", "content": request.messages.user}
    if request.again is not None:
        yield {"role": "assistant", "content": request.again.reply}
        yield {"role": "user", "content": request.again.complaint}


def _named(error: openai.APIStatusError, profile: Profile) -> list[str]:
    """Return the fields of ours that a server refuses, if it is that."""
    code = error.code if isinstance(error.code, str) and not error.code.isdigit() else None
    if code not in _REFUSED:
        return []
    words = f"{error.param} {error.response.text[:_READ]}"
    ours = ("response_format", "json_schema", "strict", "temperature", profile.limit)
    return [name for name in ours if re.search(rf"\b{name}\b", words)]


def _completion(body: bytes, thinking: Sequence[str]) -> Completion:
    """Read the body of a reply, which may be no whole answer.

    Raises:
        UnreadableReply: it is no chat completion.
    """
    try:
        found = _Body.model_validate_json(body)
    except ValidationError as error:
        raise UnreadableReply("the server's reply is not a chat completion") from error
    choice = found.choices[0]
    written = choice.message.content or ""
    text = without_thinking(written, thinking)
    cut = choice.finish_reason == "length"
    return Completion(text, _usage(found.usage), _fault(choice, text), cut, text != written)


def without_thinking(text: str, tags: Sequence[str]) -> str:
    """Return a reply without the thinking that it opens with, in tags or up to a lone closing one.

    A tag within JSON is a word like any other.
    """
    for tag in tags:
        opened, closing = text.lstrip().startswith(f"<{tag}>"), f"</{tag}>"
        before, found, after = text.partition(closing)
        if opened or (found and "{" not in before):
            text = after.lstrip()
    return text


def _fault(choice: _Choice, text: str) -> str | None:
    reason = choice.finish_reason
    if reason == "length" and not text:
        return (
            "the model used all tokens before it wrote an answer, as reasoning models do (length)"
        )
    if reason == "length":
        return "the reply was cut at its longest (length)"
    if reason == "content_filter":
        return "the reply was held (content_filter)"
    if choice.message.refusal:
        return "the model refused to answer"
    return None if text else "the reply is empty"


def _usage(stated: object) -> Usage | None:
    """Read a usage; one that makes no sense does not cost the reply that it came with."""
    try:
        usage = _Usage.model_validate(stated)
    except ValidationError:
        return None
    return Usage(
        usage.prompt_tokens, usage.completion_tokens, min(_cached(usage), usage.prompt_tokens)
    )


def _cached(usage: _Usage) -> int:
    try:
        return _Cached.model_validate(usage.prompt_tokens_details).cached_tokens
    except ValidationError:
        return 0


def _is_passing(error: BaseException) -> bool:
    """Tell whether the same request may succeed a moment later."""
    if isinstance(error, openai.APIStatusError):
        if error.code == _NO_QUOTA:
            return False
        if error.status_code in _LATE:
            return False
        return error.status_code in _RETRIED or error.status_code >= 500
    return _is_unsent(error)


def _wait(state: RetryCallState) -> float:
    """Return seconds to wait: what the server asks for, else 1, 2, 4 … seconds.

    Raises the fault itself where the server asks for longer than is worth waiting.
    """
    error = state.outcome.exception() if state.outcome else None
    asked = _retry_after(error)
    if asked is not None and asked > LONGEST_WAIT_SECONDS and error is not None:
        raise error
    return asked if asked is not None else min(2.0 ** (state.attempt_number - 1), _LONGEST_GUESS)


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
        if _is_unsent(error):
            return ProviderRefused(
                "the server cannot be reached; check its address and the network"
            )
        return LostReply("the server broke the connection")
    if not isinstance(error, openai.APIStatusError):
        return AnswerError(f"the server's reply is unusable ({type(error).__name__})")
    refusals = {
        401: "the server refuses the key (401); check OPENAI_API_KEY",
        402: "the account has no credit left (402); top it up, then run again",
        403: "the key may not use this model (403); check OPENAI_API_KEY and --model",
        404: "the server does not know this model or address (404); check --model and the base URL",
    }
    if error.code == _NO_QUOTA:
        return ProviderRefused("the account's quota is spent; top it up, then run again")
    if error.status_code in refusals:
        return ProviderRefused(refusals[error.status_code])
    if error.status_code == 429 or (_retry_after(error) or 0) > LONGEST_WAIT_SECONDS:
        return ProviderRefused("the server asks to wait longer than this run will; run again later")
    named = isinstance(error.code, str) and _CODE.fullmatch(error.code)
    code = error.code if named else "no code"
    kind = LostReply if error.status_code in _LATE else AnswerError
    return kind(f"the server answered {error.status_code} ({code})")


def _is_unsent(error: BaseException | None) -> bool:
    """Whether no connection was made, so that nothing can have been billed."""
    while error is not None:
        if isinstance(error, _UNCONNECTED):
            return True
        error = error.__cause__ or error.__context__
    return False
