from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.sentences import LONGEST_SENTENCE, sentences
from pipeline.text import clean
from tests.awkward_texts import ANY

SEEDS = Path(__file__).parents[2] / "shared" / "seeds"


def split(text: str) -> list[str]:
    return [text[start:end] for start, end in sentences(text)]


@pytest.mark.parametrize(
    "marked",
    [
        "FooNet 3.5 is new.| It grows by 2.5 points.",
        "It works, i.e., well, e.g. Bar et al. (2020) and Fig. 2 vs. Eq. (3) and No. 7.",
        "By J. Doe and A. B. Roe.| The end.",
        "As in Bar et al.| We differ etc.| It is U.S.| However, no.",
        "I said no.| We left in Sec. A of Vol. 2.",
        "there is evidence.|However, not (so).|Then 20%.|On it goes GPT.|This too",
        "We use Node.js, torch.Tensor, a.b.Class, file.Py and foo_bar.Baz(x) now.",
        "call obj.Method(x), i.X and Foo.Bar.baz or f(Foo.Bar)",
        "See https://a.example/Foo.Bar?x=Y.Zed.| Next www.a.example/B.C",
        "Two steps: 1. removing this and 2. optimizing that.| Done.",
        "Two steps: 1. Removing this, and 2. Optimizing that.| 3. Going home.",
        "It grew from 5 to 10.| We saw 3 and 12.| They left.",
        "There are (1) this; and (2) that.| (3) Another.",
        'He said “yes.”| (It was.)| See it.[1, 2]| "Next."',
        "Really?!| FooNet!| It uses REINFORCE++.| Yes! we do.",
        "It wraps\nhere.| And\nends",
        "a title\n \n|a text.\n\n\n|and more",
        "第一句。|第二句！|第三？”|末尾",
        "So on...| We go… on.| Wait… what. . .| End.",
        "The dataset. and (2) the model.| nuScenes is used.| Dr. No and Prof. Foo.",
        "It is 3.5 , fine . , so.",
        "A demo is online.| FooHub demo see https://a.example/foo",
    ],
)
def test_sentences(marked: str) -> None:
    assert split(marked.replace("|", "")) == [part.strip() for part in marked.split("|")]


def test_sentences_of_a_part_have_offsets_into_the_whole() -> None:
    text = "One. Two three. Four."
    assert [text[a:b] for a, b in sentences(text, 5, 15)] == ["Two three."]
    assert [text[a:b] for a, b in sentences(text, 9)] == ["three.", "Four."]
    assert sentences(text, 15, 5) == []
    assert sentences(" \n\n ") == []


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("word " * 1_000, "word"),
        ("a clause, so " * 1_000, ","),
        ("x" * 5_000, "x"),
        ("x" + " " * 3_000 + "y" * 10, "x"),
    ],
)
def test_a_sentence_without_end_is_cut(text: str, ends: str) -> None:
    pieces = split(text)
    assert len(pieces) > 1
    assert pieces[0].endswith(ends)
    assert max(map(len, pieces)) <= LONGEST_SENTENCE
    assert "".join("".join(pieces).split()) == "".join(text.split())


@given(ANY, st.integers(-5, 70), st.none() | st.integers(-5, 70))
@settings(max_examples=300, deadline=None)
def test_sentences_cover_each_character_once(text: str, start: int, end: int | None) -> None:
    spans = sentences(text, start, end)
    first, last, _ = slice(start, end).indices(len(text))
    covered = [at for a, b in spans for at in range(a, b)]
    assert covered == sorted(set(covered))
    assert all(first <= at < last for at in covered)
    assert {at for at in range(first, last) if not text[at].isspace()} <= set(covered)
    assert all(text[a:b] == text[a:b].strip() != "" for a, b in spans)


@pytest.mark.parametrize("piece", [".", "a.", "A. ", "$", "{", "\\", "~", "[", "a-", "www.", "\n "])
def test_long_awkward_texts_are_cut(piece: str) -> None:
    # Anything slower than linear would be felt at this length.
    text = piece * (60_000 // len(piece))
    assert sum(len(part) for part in split(text)) <= len(text)


@pytest.mark.skipif(not SEEDS.is_dir(), reason="the documents of the first users are not here")
def test_sentences_of_real_documents() -> None:
    for path in sorted(SEEDS.glob("*.txt")):
        text = clean(path.read_text(encoding="utf-8"))
        spans = sentences(text)
        assert sum(len("".join(text[a:b].split())) for a, b in spans) == len("".join(text.split()))
        found = [text[a:b] for a, b in spans]
        assert not [part for part in found if part[0] in ",;.)"]
        assert not [part for part in found if re.search(r" (?:i\.e\.|e\.g\.|vs\.)$", part)]
        assert not [part for part in found if re.search(r"[a-z]\.[A-Z][a-z]+ [a-z]", part)]
        assert max(map(len, found)) <= LONGEST_SENTENCE
