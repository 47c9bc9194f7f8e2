"""Settings: command line, then environment, then `litline.toml`, then defaults.

This is where the environment is read; everything below `flows` is handed what it needs.
"""

from __future__ import annotations

import datetime as dt
import shlex
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit, urlunsplit

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
    TomlConfigSettingsSource,
)

from pipeline.errors import ConfigError, UsageError
from pipeline.following import Follow, Name
from pipeline.prices import Price
from pipeline.prompts import prompt_names
from pipeline.providers.profiles import Profile

FILE = "litline.toml"
DEFAULT_MODEL = "gpt-4.1-mini"
DEFAULT_STORE = ".litline/litline.db"

Engine = Literal["auto", "openai", "extractive"]


class _File(TomlConfigSettingsSource):
    """The settings file; keys are no settings, since files are shared and committed."""

    def __call__(self) -> dict[str, Any]:
        found = super().__call__()
        if any("key" in name.lower() for name in found):
            raise ValueError("a key does not belong there; set OPENAI_API_KEY in the environment")
        return found


class Settings(BaseSettings):
    """Everything that can be set; the names are those of the options, of LITLINE_* and the file."""

    model_config = SettingsConfigDict(
        env_prefix="LITLINE_",
        toml_file=FILE,
        extra="forbid",
        hide_input_in_errors=True,
        populate_by_name=True,
        env_ignore_empty=True,
    )

    out: str = "outputs"
    store: str = DEFAULT_STORE
    engine: Engine = "auto"
    model: str = DEFAULT_MODEL
    as_of: dt.date = Field(default_factory=dt.date.today)
    budget: float | None = Field(None, ge=0, description="USD that one run may spend.")
    concurrency: int = Field(16, ge=1, le=512)
    deadline: float = Field(180, gt=0, le=86400, description="Seconds that one call may take.")
    judge: bool = Field(False, description="Ask a judge where a check of wording fails.")
    direct: bool = False
    quiet: bool = False
    horizon: int = Field(12, ge=1, le=120, description="Months that a trend is told over.")
    only_approved: bool = Field(False, description="Hold digests back until people approved them.")
    watch: str | None = Field(None, description="A folder whose documents are one source.")
    after: str | None = Field(None, description="A command to run after a digest.")
    follow: Follow = Follow()
    not_counted: dict[Name, list[Name]] = Field(
        {}, description="Ids of papers that do not count for a term."
    )
    models: dict[str, str] = Field({}, description="Models by prompt, instead of `model`.")
    profile: str | None = Field(None, description="How the server is asked; else by its address.")
    profiles: dict[str, Profile] = {}
    prices: dict[str, Price] = {}
    api_key: SecretStr | None = Field(None, validation_alias="OPENAI_API_KEY")
    base_url: str | None = Field(None, validation_alias="OPENAI_BASE_URL")
    tiktoken_cache: str | None = Field(None, validation_alias="TIKTOKEN_CACHE_DIR")

    @field_validator("as_of", mode="before")
    @classmethod
    def _iso(cls, value: object) -> object:
        """Take ISO days only; pydantic would read a number as seconds since 1970."""
        return dt.date.fromisoformat(value) if isinstance(value, str) else value

    @field_validator("after")
    @classmethod
    def _command(cls, value: str | None) -> str | None:
        """Take words as a shell would part them; white space alone is no command."""
        return value if value is not None and shlex.split(value) else None

    @field_validator("models")
    @classmethod
    def _prompts(cls, value: dict[str, str]) -> dict[str, str]:
        known = prompt_names()
        for name in value:
            if name not in known:
                raise ValueError(f"there is no prompt {name!r}; there are {', '.join(known)}")
        return value

    @field_validator("base_url")
    @classmethod
    def _http(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("http://", "https://")):
            raise ValueError("must begin with http:// or https://")
        # urlsplit raises ValueError where the address makes no sense.
        if "@" in urlsplit(value or "").netloc:
            raise ValueError("must hold no name or password; a key goes into OPENAI_API_KEY")
        return value

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Order the sources; secrets are read from the environment only."""
        del dotenv_settings, file_secret_settings
        return init_settings, env_settings, _File(settings_cls)

    @property
    def chosen_engine(self) -> Literal["openai", "extractive"]:
        """The engine that `auto` stands for: a model where a key or a base URL is set."""
        if self.engine == "auto":
            return "openai" if self.api_key or self.base_url else "extractive"
        return self.engine


def load_settings(**options: Any) -> Settings:
    """Return the settings; options that are None were not given.

    Raises:
        UsageError: an option's value does not fit; the message names the option.
        ConfigError: a value of the environment or the file does not fit; no value is shown.
    """
    given = {name: value for name, value in options.items() if value is not None}
    try:
        return Settings(**given)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        name = ".".join(map(str, first["loc"]))
        if name in given:
            raise UsageError(f"--{name.replace('_', '-')}: {first['msg']}") from error
        if first["type"] == "extra_forbidden":
            known = _known(within=name.rpartition(".")[0])
            raise ConfigError(f"{FILE}: there is no setting {name}; known are {known}") from error
        where = f"setting {name} (in {FILE} or the environment)"
        raise ConfigError(f"{where}: {first['msg']}") from error
    except SettingsError as error:  # its message quotes the field, and its cause is the fault
        name = "".join(str(error).split('"')[1:2])
        fault = f"setting {name} (in the environment) is no JSON: {error.__cause__}"
        raise ConfigError(fault) from error
    except ValueError as error:
        raise ConfigError(f"{FILE} cannot be read: {error}") from error


def _known(within: str) -> str:
    """List the settings that there are, or those within the table `follow`."""
    if within == "follow":
        return ", ".join(f"follow.{name}" for name in sorted(Follow.model_fields))
    return ", ".join(sorted(Settings.model_fields.keys() - {"api_key", "base_url"}))


def without_secrets(url: str) -> str:
    """Return an address as it may be shown: no user, password, options or fragment."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme, host, parts.path, "", ""))


def tokenizer_cache(settings: Settings) -> Path | None:
    """Return the folder where tiktoken keeps its vocabularies, if one is configured."""
    return Path(settings.tiktoken_cache) if settings.tiktoken_cache else None
