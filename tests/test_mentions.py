from __future__ import annotations

import pytest

from pipeline.acquaintance import known_names, unknown_names
from pipeline.mentions import mentions, name_key


@pytest.mark.parametrize(
    "forms",
    [
        ["FooNet3", "FooNet 3", "FooNet3.0", "FooNet-3", "FooNet v3", "FooNet III", "FooNet-III"],
        ["Foo 3.5 Sonnet", "Foo-3.5-Sonnet", "Foo3.5 Sonnet"],
        ["VLM", "VLMs"],
        ["Foo-Mini", "Foo Mini", "FooMini"],
    ],
)
def test_one_name_has_one_key(forms: list[str]) -> None:
    assert len({name_key(form) for form in forms}) == 1


def test_versions_tell_names_apart_and_sizes_do_not() -> None:
    assert name_key("Foo 3") != name_key("Foo 2.5")
    assert name_key("Foo3-78B") == (name_key("Foo3")[0], "78b")
    assert name_key("Foo3.5-241B-A28B")[1] == "241b-a28b"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Skerry3-32B reaches 84.3% on DocTide.", ["Skerry3-32B", "DocTide"]),
        ("We use Skerry 3 and Foo 3.5 Sonnet's code.", ["Skerry 3", "Foo 3.5 Sonnet"]),
        ("Murrelet II hears; Tidewatch finds it.", ["Murrelet II", "Tidewatch"]),
        ("On DocTide 7.5 points are gained.", ["DocTide"]),
        ("Plover, the newest member, is here.", ["Plover"]),
        ("Performance, the newest thing, counts.", []),
        ("Smaller models fail. Training helps. I agree in May.", []),
        ("Plover's wings; Kelvane-4 is fast.", ["Plover", "Kelvane-4"]),
        ("the 3D-Zoom lens in 3D at 40k https://example.org/FooNet", ["3D-Zoom", "3D"]),
        ("Fourteen is a number", []),
        ("Plover", []),
    ],
)
def test_names_are_found(text: str, names: list[str]) -> None:
    assert [mention.text for mention in mentions(text)] == names


@pytest.mark.parametrize(
    ("claim", "text", "unknown"),
    [
        ("Skerry 3 and Skerry3", "Skerry3-32B", []),
        ("Skerry 3 and Skerry-3", "Skerry 3.5", ["Skerry 3", "Skerry-3"]),
        ("the Skerry model", "Skerry 3", ["Skerry"]),
        ("the Skerry series", "Skerry 3", []),
        ("the big Skerry3-32B", "Skerry 3 with 32B parameters", []),
        ("the big Skerry3-32B", "Skerry 3 with 8B parameters", ["Skerry3-32B"]),
        ("it uses RL", "reinforcement learning", []),
        ("it uses LSTMs", "long short-term memory", []),
        ("it uses RL", "supervised learning", ["RL"]),
        ("a Cascade Network", "the cascade of networks", []),
        ("an LSTM-based net, MobileNets", "an LSTM and MobileNet", []),
    ],
)
def test_names_are_compared(claim: str, text: str, unknown: list[str]) -> None:
    assert [m.text for m in unknown_names(claim, known_names(text))] == unknown
