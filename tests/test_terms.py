"""What is counted in a text, and which further phrases a library gives; all texts are invented."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.terms import (
    Finder,
    Term,
    choose,
    curated,
    further,
    occurrences,
    phrases_of,
    terms_of,
)
from tests.invented_papers import KETTLES, LANTERNS, LOOMS

LEARNING = Term("reinforcement learning", ("reinforcement learning", "RL"))
KETTLE = Term("kettles", ("kettle", "copper pot", "city", "brush", "tea box"))
WORDS = st.lists(
    st.sampled_from(["copper", "kettle", "Kettles", "RL", "of", "pots", "lid-rattle", ", ", "GPU"])
)


def found(term: Term, text: str) -> list[str]:
    return [text[start:end] for start, end in occurrences(term, text)]


# --- Finding ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Reinforcement Learning for kettles.", ["Reinforcement Learning"]),
        ("REINFORCEMENT LEARNING", ["REINFORCEMENT LEARNING"]),
        ("a reinforcement-learning kettle", ["reinforcement-learning"]),
        ("reinforcement\nlearning, reinforcement learn-", ["reinforcement\nlearning"]),
        ("reinforce-\nment and reinforcement-\nlearning", ["reinforcement-\nlearning"]),
        ("reinforcement, learning", []),
        ("reinforcement - learning", []),
        ("(reinforcement) learning", []),
        ("reinforcement of learning", []),
        ("deep RL, RL-based, (RL)", ["RL", "RL", "RL"]),
        ("RLs", ["RLs"]),
        ("rl, Rl, RLX, XRL, URL", []),
        ("see https://example.org/RL/reinforcement-learning and RL", ["RL"]),
        ("see www.example.org/RL; github.com/RL/RL", []),
        ("RL.example.com/RL, RL.github.io. RL", ["RL"]),
        ("RL@RL.org or a.RL@b", []),
        ("RL.Kettles rattle; RL.", ["RL", "RL"]),
        (r"\RL is \emph{RL} in $RL_t = 2$", ["RL"]),
        ("$5 for RL and $6", ["RL"]),
        ("", []),
    ],
)
def test_forms_are_found_as_words(text: str, expected: list[str]) -> None:
    assert found(LEARNING, text) == expected


@pytest.mark.parametrize(
    "text", ["kettles", "Kettle", "copper-pots", "COPPER POT", "cities", "brushes", "tea boxes"]
)
def test_plurals_count(text: str) -> None:
    assert found(KETTLE, f"Of {text}.") == [text]


@pytest.mark.parametrize("text", ["kettled", "kettless", "coppers pot", "citys", "tea", "teabox"])
def test_other_words_do_not(text: str) -> None:
    assert found(KETTLE, f"Of {text}.") == []


def test_of_forms_within_each_other_the_longest_stands() -> None:
    term = Term("models", ("language model", "large language model", "model"))
    assert found(term, "Large language models model.") == ["Large language models", "model"]


@given(WORDS)
def test_a_text_holds_the_terms_that_occur_in_it(words: list[str]) -> None:
    text = " ".join(words)
    terms = [LEARNING, KETTLE, Term("lids", ("lid rattle",)), Term("of pots", ("of pot",))]
    assert Finder(terms).terms_of(text) == {t.name for t in terms if occurrences(t, text)}


def test_a_form_in_two_terms_counts_for_both() -> None:
    both = [Term("one", ("kettle",)), Term("other", ("kettle", "lid"))]
    assert Finder(both).terms_of("Two kettles.") == {"one", "other"}


# --- Curated groups --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("An agentic kettle", {"agents"}),
        ("Agents learn by RL", {"agents", "reinforcement learning"}),
        ("a good alternative to reagents", set()),
        ("Vision-Language Models reason", {"vision-language models", "language models"}),
        ("LLMs that drive", {"language models"}),
        ("end-to-end self-driving", {"autonomous driving"}),
        ("federated kettles, 3D point clouds", {"federated learning", "3D"}),
        ("coral reefs", set()),
    ],
)
def test_groups_are_counted(text: str, names: set[str]) -> None:
    assert terms_of(text) == names


def test_every_form_of_every_group_is_found_and_no_name_is_given_twice() -> None:
    names = [term.name.casefold() for term in curated()]
    assert len(set(names)) == len(names) >= 30
    for term in curated():
        assert term.forms
        for form in term.forms:
            assert term.name in terms_of(f"With {form}, too."), form
            assert occurrences(term, form) == [(0, len(form))]


def test_no_form_holds_another_of_its_group() -> None:
    for term in curated():
        for form in term.forms:
            rest = Term(term.name, tuple(other for other in term.forms if other != form))
            assert not occurrences(rest, form), form


# --- Further phrases -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "phrases"),
    [
        ("the copper kettles", {"copper kettle"}),
        ("copper kettle lids", {"copper kettle", "kettle lid", "copper kettle lid"}),
        ("copper, kettle", set()),
        ("In this paper, we propose a novel kettle", set()),
        ("state-of-the-art results in extensive experiments", set()),
        ("our code is publicly available at https://example.org/copper-kettle", set()),
        ("arXiv preprint, CVPR 2031. All rights reserved.", set()),
        ("kettle.lid.org/copper-kettle", set()),
        ("real-world kettle lids", {"kettle lid"}),
        ("copper-kettle", {"copper kettle"}),
        ("kettle physics", {"kettle physics"}),
        ("kettle batteries", {"kettle battery"}),
        ("kettle brushes", {"kettle brush"}),
        ("kettle signal rattled", {"kettle signal"}),
        ("kettle thermal; quickly kettle; kettle 6B", set()),
        ("PPOs and KettleNet; PPO-based", {"PPO", "KettleNet"}),
        ("POLISHED KETTLES", {"polished kettle"}),
        (r"$\alpha_{copper} kettle$ \textbf{lid rattle}", {"lid rattle"}),
    ],
)
def test_phrases_of_plain_words_and_names_in_capitals(text: str, phrases: set[str]) -> None:
    assert phrases_of(text) == phrases


def test_phrases_are_chosen_by_papers_then_by_name() -> None:
    papers = {"kettle lid": 3, "copper pot": 3, "tea spout": 2, "lid rattle": 9}
    assert [t.name for t in choose(papers, [])] == ["lid rattle", "copper pot", "kettle lid"]
    assert choose(papers, [])[0].forms == ("lid rattle",)


def test_a_paper_counts_once_however_often_it_says_a_phrase() -> None:
    texts = {"a": "copper kettle. " * 9, "b": "copper kettles", "c": "lid"}
    assert further(texts, []) == []
    assert [t.name for t in further({**texts, "c": "A copper kettle"}, [])] == ["copper kettle"]


def test_a_phrase_within_another_of_the_same_papers_is_left_out() -> None:
    long = {n: f"copper kettle lids {n}" for n in "abc"}
    assert [t.name for t in further(long, [])] == ["copper kettle lid"]
    names = [t.name for t in further({**long, "d": "kettle lid"}, [])]
    assert names == ["kettle lid", "copper kettle lid"]


def test_what_a_known_term_counts_is_left_out() -> None:
    texts = {n: f"copper kettles; lid rattle {n}" for n in "abc"}
    assert [t.name for t in further(texts, [KETTLE])] == ["lid rattle"]


def test_a_phrase_stays_that_is_within_one_left_out() -> None:
    texts = {n: f"lid-rattle RL {n}" for n in "abc"}
    assert [t.name for t in further(texts, [LEARNING])] == ["lid rattle"]


def test_no_more_than_sixty_are_chosen() -> None:
    many = {f"kettle {a}{b}": 3 for a in "qwrt" for b in "abcdefghijklmnopqrstuv"}
    assert [t.name for t in choose(many, [])] == sorted(many)[:60]


def test_the_choice_does_not_depend_on_the_order_of_papers() -> None:
    texts = {f"p{n}": text for n, text in enumerate([KETTLES, LANTERNS, LOOMS] * 3)}
    chosen = further(texts, curated())
    assert chosen
    assert chosen == further(dict(reversed(texts.items())), curated())


def test_a_chosen_phrase_is_found_where_it_was_read() -> None:
    texts = [KETTLES, LANTERNS, LOOMS, "PPOs of kettle batteries", "POLISHED KETTLES"]
    read = Counter(phrase for text in texts for phrase in phrases_of(text))
    assert len(read) > 15
    for phrase in read:
        for text in texts:
            if phrase in phrases_of(text):
                assert occurrences(Term(phrase, (phrase,)), text), phrase
