"""What each server that speaks OpenAI's protocol takes and keeps to: a small data file."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from fnmatch import fnmatchcase
from importlib import resources
from typing import Literal, NamedTuple
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from pipeline.errors import ConfigError

OFFICIAL = "https://api.openai.com/v1"
Mode = Literal["schema", "object", "prompt"]
MODES: tuple[Mode, ...] = ("schema", "object", "prompt")
"""Ways to ask for JSON, the strictest first."""


class Profile(BaseModel):
    """How one kind of server is asked; the data file says what each field means."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    hosts: list[str] = []
    mode: Mode = "schema"
    strict: bool = True
    limit: Literal["max_completion_tokens", "max_tokens"] = "max_tokens"
    temperature: float | None = Field(None, ge=0, le=2)
    context: int | None = Field(None, gt=0)
    thinking: list[str] = []
    extra: dict[str, JsonValue] = {}


class Named(NamedTuple):
    """A profile and what it is called."""

    name: str
    profile: Profile


def find_profile(
    base_url: str | None, own: Mapping[str, Profile] | None = None, name: str | None = None
) -> Named:
    """Return the profile of an address, or the one of a name; a person's own are looked at first.

    Raises:
        ConfigError: there is no profile of that name.
    """
    known = {**(own or {}), **{n: p for n, p in _shipped().items() if n not in (own or {})}}
    if name is not None:
        if name not in known:
            raise ConfigError(f"there is no profile {name!r}; known are {', '.join(known)}")
        return Named(name, known[name])
    parts = urlsplit(base_url or OFFICIAL)
    places = (parts.hostname or "", f"{parts.hostname}:{parts.port}")
    return next(
        Named(one, profile)
        for one, profile in known.items()
        if any(fnmatchcase(place, host) for host in profile.hosts for place in places)
    )


def weaker(profile: Profile, refused: str) -> Profile | None:
    """Return a profile without what a server refuses, named by its field; None if it is not ours.

    A mode is followed by the next less strict one, a limit by the other field.
    """
    if refused in {"response_format", "json_schema", "strict"} and profile.mode != MODES[-1]:
        return profile.model_copy(update={"mode": MODES[MODES.index(profile.mode) + 1]})
    if refused == "temperature" and profile.temperature is not None:
        return profile.model_copy(update={"temperature": None})
    if refused == profile.limit:
        other = "max_tokens" if refused != "max_tokens" else "max_completion_tokens"
        return profile.model_copy(update={"limit": other})
    return None


def _shipped() -> dict[str, Profile]:
    text = resources.files("pipeline.providers").joinpath("profiles.toml").read_text("utf-8")
    return {name: Profile.model_validate(one) for name, one in tomllib.loads(text).items()}
