from __future__ import annotations

import pytest

from pipeline.errors import ConfigError
from pipeline.providers.profiles import MODES, Profile, find_profile, weaker


@pytest.mark.parametrize(
    ("base_url", "name"),
    [
        (None, "openai"),
        ("https://api.openai.com/v1", "openai"),
        ("https://api.openai.com:443/v1", "openai"),
        ("https://api.openai.com.example.org/v1", "compatible"),
        ("https://kettle.openai.azure.com/openai/v1/", "azure"),
        ("http://localhost:11434/v1", "ollama"),
        ("http://127.0.0.1:8080/v1", "llamacpp"),
        ("http://[::1]:8000/v1", "vllm"),
        ("https://openrouter.ai/api/v1", "openrouter"),
        ("https://llm.example.org/v1", "compatible"),
    ],
)
def test_a_server_is_known_by_its_address(base_url: str | None, name: str) -> None:
    assert find_profile(base_url).name == name


def test_own_profiles_are_looked_at_first() -> None:
    own = {"mine": Profile(hosts=["llm.example.org"], mode="object"), "ollama": Profile()}
    assert find_profile("https://llm.example.org/v1", own) == ("mine", own["mine"])
    assert find_profile("http://localhost:11434/v1", own).name == "compatible"
    assert find_profile(None, own, "mine").profile.mode == "object"


def test_a_name_that_nobody_gave_is_refused() -> None:
    with pytest.raises(ConfigError, match="there is no profile 'kettle'; known are openai, azure"):
        find_profile(None, name="kettle")


def test_each_refusal_leads_one_step_down() -> None:
    profile = Profile(temperature=0.0)
    modes = [profile.mode]
    while (found := weaker(profile, "response_format")) is not None:
        profile = found
        modes.append(profile.mode)
    assert tuple(modes) == MODES
    cold = weaker(profile, "temperature")
    assert cold is not None
    assert cold.temperature is None
    assert weaker(cold, "temperature") is None
    other = weaker(cold, "max_tokens")
    assert other is not None
    assert other.limit == "max_completion_tokens"
    assert weaker(other, "max_tokens") is None
    assert weaker(other, "model") is None
