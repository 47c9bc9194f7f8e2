"""What a paper's sentences hold for the graph: worked out once, and only for the names it knew."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.lineage_graph import link
from pipeline.lineage_members import Words, hear, words_of
from pipeline.lineage_names import Index
from tests.lineage_corpora import corpus, make_member

OWN = frozenset({"kettlenet"})
TEXT = (
    "We present KettleNet, an extension of Simmer for tall pots. It outperforms Heddle by 3 "
    "points. KettleNet builds upon LidFormer."
)
KETTLE = make_member("kettlenet", "KettleNet: Quiet", TEXT, names=["KettleNet"])
NAMES = ("simmer", "heddle", "lidformer", "gimlet", "stove")


def test_what_sentences_hold() -> None:
    text = (
        "We train a Quiet Pot Model (QPM) on the LidBench benchmark. It is of the Simmer "
        "series. KettleNet 2 is a model of steam. We try KettleNet 2 at home."
    )
    words = words_of(make_member("a", None, text, names=[]))
    assert words.spelled == {"qpm": "Quiet Pot Model"}
    assert "lidbench" in words.data
    assert words.series == (("simmer", "Simmer series"),)
    assert "simmer" not in words.named
    assert (words.subject, words.keys) == ("KettleNet 2", ("kettlenet|2",))
    assert words.place is not None
    assert words.place.quote.startswith("KettleNet 2 is")


def test_what_was_heard_holds_until_a_name_that_was_looked_up_is_known() -> None:
    heard = hear(KETTLE, OWN, {"simmer"})
    assert heard.known == frozenset({"simmer"})
    assert "heddle" in heard.unknown
    assert heard.holds(OWN, {"simmer", "gimlet"})
    assert not heard.holds(OWN, {"simmer", "heddle"})
    assert not heard.holds(OWN, set())
    assert not heard.holds(frozenset(), {"simmer"})


@given(st.frozensets(st.sampled_from(NAMES)), st.frozensets(st.sampled_from(NAMES)))
def test_what_holds_is_what_would_be_heard(before: frozenset[str], now: frozenset[str]) -> None:
    heard = hear(KETTLE, OWN, before)
    if heard.holds(OWN, now):
        assert heard == hear(KETTLE, OWN, now)


@pytest.mark.parametrize("name", ["language", "robotics", "vision"])
def test_a_graph_of_what_was_kept_is_the_graph_read_anew(name: str) -> None:
    members = corpus(name).members
    words: dict[str, Words] = {}
    for some in itertools.accumulate([member] for member in members):
        index = Index(some, words)
        graph = link(index)
        words = index.words
        assert graph == link(Index(some))
    assert all(one.heard is not None for one in words.values())
