from __future__ import annotations

import re
import textwrap
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.text import (
    LONGEST_SENTENCE,
    clean,
    normalise,
    plain,
    safe_name,
    sentences,
    slug,
    strip_lead_in,
    words,
)

SEEDS = Path(__file__).parents[2] / "shared" / "seeds"

# Much of what makes LaTeX, sentences and file names hard, so that random texts meet it often.
AWKWARD = st.text(alphabet="\\${}~`'\"%&_^-.!?。…()[]:;, \n\t/aAéß1\u00ad\ufffe", max_size=60)
ANY = st.one_of(st.text(), AWKWARD)


def split(text: str) -> list[str]:
    return [text[start:end] for start, end in sentences(text)]


def test_clean_changes_only_newlines_a_leading_bom_and_nul() -> None:
    assert clean("\ufeffa\r\nb\rc\n\ufeff\0 \t") == "a\nb\nc\n\ufeff\ufffd \t"


@pytest.mark.parametrize(
    ("latex", "readable"),
    [
        (r"a gain of 16.0\%", "a gain of 16.0%"),
        (r"4.05$\times$ faster", "4.05× faster"),
        (r"448$\times$448", "448×448"),
        (r"$17\times$ and $10^{-3}$", "17× and 10^-3"),
        (r"\textbf{O}utcome \textit{and} \emph{more}", "Outcome and more"),
        (r"{\bf bold} and \textbf {x}", "bold and x"),
        (r"at \url{https://a.example/~b_c}.", "at https://a.example/~b_c."),
        (r"code\footnote{https://a.example/x\_y}.", "code (https://a.example/x_y)."),
        (r"models~(FN) of Fig.~2", "models (FN) of Fig. 2"),
        ("about ~10 h (~$5) in ~/home", "about ~10 h (~$5) in ~/home"),
        (r"$\log_2(block_M)$", "log_2(block_M)"),
        (r"$\alpha$, $\Omega$, $\varphi_1$, \lambda", "α, Ω, φ_1, λ"),
        (r"$\frac{a}{b}$, $\sqrt{x}$, $45^\circ$, $\mathcal{O}(n)$", "a/b, √(x), 45°, O(n)"),
        (r"\& \_ \# \{ \$", "& _ # { $"),
        ("``quoted'' but 5''", "“quoted” but 5”"),
        ("five'' by itself {}", "five'' by itself"),
        (r"J\"org M\"{u}ller, Fran\c{c}ois, \'{\i}, \"q", 'Jörg Müller, François, í, \\"q'),
        (r"as shown~\cite[p.~3]{a,b}, \label{x}see", "as shown, see"),
        (r"10\,000 units\\next \(x\) \[y\]", "10 000 units next x y"),
        ("costs $5 and $10, or $5-$10 each", "costs $5 and $10, or $5-$10 each"),
        (r"C:\temp\new and {\unknown{x}}", "C:\\temp\\new and x"),
        (r"\href{https://a.example}{here}", "https://a.example here"),
        (r"$a~b$", "a b"),
        ("set ({FN-2) }}", "set (FN-2)"),
        (r"\footnote{never closed", "(never closed)"),
        ("\\", "\\"),
        (" two\n\n lines\t", "two lines"),
    ],
)
def test_plain(latex: str, readable: str) -> None:
    assert plain(latex) == readable


@given(ANY)
@settings(max_examples=300, deadline=None)
def test_plain_and_normalise_take_anything(text: str) -> None:
    shown = plain(text)
    assert shown == " ".join(shown.split())
    assert words(text) == normalise(text).split()
    assert all(letter.isalnum() or letter == " " for letter in normalise(text))


@pytest.mark.parametrize(
    "same",
    [
        ["multi-modal", "multi-\nmodal", "multi-\n   modal", "Multimodal", "multi\u00admodal"],
        [r"a 4.05$\times$ gain", "a 4.05× gain", "A  4.05×\ngain"],
        ["FooNet3-78B", "FooNet3-\n78B", "FooNet3\u201178B"],
        ["“So – it is”", '"so - it is"', "``So'' --- it is"],
        ["image- or pixel-level", "image-\nor pixel-\nlevel"],
        ["end-to-end", "end-\nto-end", "end-to-\nend"],
        ["\ufb01ne", "fine", "fi\ufffene"],
    ],
)
def test_normalise_makes_equal(same: list[str]) -> None:
    assert len({normalise(text) for text in same}) == 1


def test_normalise_keeps_apart_what_differs() -> None:
    assert normalise("FooNet3-78B") == "foonet3 78b"
    assert normalise("image- or pixel-level") == "image or pixellevel"
    assert normalise("7-8") != normalise("78")
    assert words("A b, a B!") == ["a", "b", "a", "b"]


WORDS = st.lists(st.text(alphabet="abcXYZ12-.,", min_size=1, max_size=9), max_size=20)


@given(WORDS, st.integers(4, 30))
@settings(max_examples=200, deadline=None)
def test_normalise_does_not_see_hard_wraps(parts: list[str], width: int) -> None:
    text = " ".join(parts)
    wrapped = textwrap.fill(text, width, break_long_words=False)
    assert normalise(wrapped) == normalise(text)


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
def test_long_awkward_texts_are_read(piece: str) -> None:
    # Anything slower than linear would be felt at this length.
    text = piece * (60_000 // len(piece))
    assert sum(len(part) for part in split(text)) <= len(text)
    assert len(normalise(text)) <= len(text)


@pytest.mark.parametrize(
    ("text", "limit", "short"),
    [
        ("Foo Bar: Ein Überblick", 40, "foo-bar-ein-uberblick"),
        ("foo bar bazaar", 12, "foo-bar-baza"),
        ("foobar bazaar", 9, "foobar"),
        ("foo bar", 3, "foo"),
        ("foobarbazaar", 7, "foobarb"),
        ("straße", 10, "strasse"),
        ("日本", 10, ""),
        ("CON", 10, "con-x"),
        ("aux", 3, "a-x"),
        ("anything", 0, ""),
        ("anything", -1, ""),
    ],
)
def test_slug(text: str, limit: int, short: str) -> None:
    assert slug(text, limit) == short


@given(ANY, st.integers(0, 50))
@settings(deadline=None)
def test_slugs_are_safe(text: str, limit: int) -> None:
    short = slug(text, limit)
    assert len(short) <= limit
    assert set(short) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert not short.startswith("-")
    assert not short.endswith("-")


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("000_seed.txt", "000_seed.txt"),
        ("Größe & Maß (1).PDF", "Gro-e-Ma-1.PDF"),
        ("../../etc/passwd", "etc-passwd"),
        ("a~b/c", "a-b-c"),
        ("日本.txt", "document.txt"),
        ("", "document"),
        (".hidden", "hidden"),
        ("CON.txt", "CON-x.txt"),
        ("con.tar.gz", "con-x.tar.gz"),
        ("x" * 100 + ".bibtex", "x" * 73 + ".bibtex"),
        ("x" * 100, "x" * 80),
        ("a.thisisnoextension", "a.thisisnoextension"),
    ],
)
def test_safe_name(name: str, safe: str) -> None:
    assert safe_name(name) == safe


@given(ANY)
@settings(deadline=None)
def test_safe_names_are_safe(name: str) -> None:
    safe = safe_name(name)
    assert 0 < len(safe) <= 80
    assert safe[0] not in ".-"
    assert safe[-1] != "."
    assert all(letter.isascii() and (letter.isalnum() or letter in "._-") for letter in safe)
    assert safe.partition(".")[0].lower() not in ("con", "nul", "com1", "lpt9")


@pytest.mark.parametrize(
    ("sentence", "rest"),
    [
        ("In this paper, we show it.", "We show it."),
        ("In this work we show it.", "We show it."),
        ("Last but not least,\nit works.", "It works."),
        ("Notably, nuPlan-2 wins.", "nuPlan-2 wins."),
        ("Here, state-of-the-art results follow.", "State-of-the-art results follow."),
        ("However, k2 wins.", "k2 wins."),
        ("However loud, it works.", "However loud, it works."),
        ("Hence, ", "Hence, "),
        ("Therefore, moreover, it works.", "Moreover, it works."),
        ("We show it.", "We show it."),
    ],
)
def test_strip_lead_in(sentence: str, rest: str) -> None:
    assert strip_lead_in(sentence) == rest


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
