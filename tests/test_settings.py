"""Settings as a file, the environment and options give them."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows import wiring
from flows.settings import Settings, load_settings
from pipeline.errors import ConfigError, UsageError
from pipeline.following import Follow
from pipeline.providers.openai import DEADLINE_SECONDS, OpenAIProvider
from pipeline.store import Store


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def from_file(text: str) -> Settings:
    Path("litline.toml").write_text(text, encoding="utf-8")
    return load_settings()


def test_nothing_is_followed_unless_it_is_said() -> None:
    settings = load_settings()
    assert settings.follow == Follow(authors=[], topics=[], lineages=[])
    assert (settings.horizon, settings.after, settings.not_counted) == (12, None, {})


def test_the_file_says_what_is_followed() -> None:
    settings = from_file(
        'horizon = 24\nafter = "mail -s Digest group@example.org"\n'
        '[follow]\nauthors = [" Ada Brew "]\ntopics = ["tea", "world model"]\n'
        '[not_counted]\nagents = ["quiet-kettles-0a1b2c3d"]\n'
    )
    assert settings.follow == Follow(authors=["Ada Brew"], topics=["tea", "world model"])
    assert settings.after == "mail -s Digest group@example.org"
    assert settings.horizon == 24
    assert settings.not_counted == {"agents": ["quiet-kettles-0a1b2c3d"]}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            '[follow]\nauthor = ["canary"]',
            "no setting follow.author; known are follow.authors, follow.lineages, follow.topics",
        ),
        ('[follow]\ntopics = "canary"', "setting follow.topics (in litline.toml"),
        ('[follow]\ntopics = [" "]', "setting follow.topics.0 (in litline.toml"),
        ("[follow]\nlineages = [3]", "setting follow.lineages.0 (in litline.toml"),
        ("follow = 3", "setting follow (in litline.toml"),
        ("horizon = 0", "setting horizon (in litline.toml"),
        ("horizon = 121", "setting horizon (in litline.toml"),
        ("horizon = 1.5", "setting horizon (in litline.toml"),
        ("after = 'mail \"canary'", "setting after (in litline.toml"),
        ('not_counted = ["canary"]', "setting not_counted (in litline.toml"),
        ('[not_counted]\nagents = "canary"', "setting not_counted.agents (in litline.toml"),
    ],
)
def test_what_does_not_fit_is_named_and_not_shown(text: str, told: str) -> None:
    with pytest.raises(ConfigError) as caught:
        from_file(text)
    assert told in str(caught.value)
    assert "canary" not in str(caught.value)


@pytest.mark.parametrize("blank", ["", "  ", "\\t\\n"])
def test_a_blank_command_is_none(blank: str) -> None:
    assert from_file(f'after = "{blank}"').after is None


def test_the_environment_goes_before_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LITLINE_AFTER", "notify --week")
    monkeypatch.setenv("LITLINE_HORIZON", "6")
    monkeypatch.setenv("LITLINE_FOLLOW", '{"authors": ["Ada Brew"]}')
    settings = from_file('after = "mail"\nhorizon = 24\n[follow]\ntopics = ["tea"]')
    assert (settings.after, settings.horizon) == ("notify --week", 6)
    assert settings.follow == Follow(authors=["Ada Brew"], topics=["tea"])


def test_a_slow_server_can_be_given_more_time(
    monkeypatch: pytest.MonkeyPatch, store: Store
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:1/v1")
    assert load_settings().deadline == DEADLINE_SECONDS
    monkeypatch.setenv("LITLINE_DEADLINE", "900")
    made = wiring.provider(load_settings(), store)
    assert isinstance(made, OpenAIProvider)
    assert made._deadline == 900


@pytest.mark.parametrize("name", ["FOLLOW", "NOT_COUNTED"])
def test_what_is_no_json_is_named(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"LITLINE_{name}", "canary")
    with pytest.raises(ConfigError, match=f"setting {name.lower()} .*is no JSON") as caught:
        load_settings()
    assert "canary" not in str(caught.value)


def test_an_option_that_does_not_fit_is_wrong_usage() -> None:
    with pytest.raises(UsageError, match=r"^--horizon: "):
        load_settings(horizon=0)
