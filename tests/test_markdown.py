from __future__ import annotations

import re
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from pipeline.report.markdown import escape_markdown, front_matter, paper_markdown, tags
from pipeline.report.view import visible
from pipeline.sheets import Dropped, FigureRow, Flag, Release
from tests.page_sheets import HOSTILE, claim, details, evidence, filled_with, sheet, summary

READER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
MARKUP = r"\`*_~|$#^=%&[]<>!():-+.{}"


def plain(text: str) -> str:
    return " ".join(visible(text).split())


def read_back(markdown: str) -> tuple[list[str], str]:
    """Return the kinds of blocks and inline parts that Markdown makes of a text, and its words."""
    tokens = READER.parse(markdown)
    parts = [child for token in tokens for child in token.children or []]
    words = "".join(part.content for part in parts)
    return sorted({t.type for t in tokens} | {p.type for p in parts}), words


def properties(page: str) -> dict[str, Any]:
    block = re.match(r"---\n(.*?)\n---\n", page, re.DOTALL)
    assert block is not None
    values = yaml.safe_load(block[1])
    assert isinstance(values, dict)
    return values


# --- Escaping ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "From Kettles to Cups -- Towards One-Step Boiling (at 3.5 bar)",
        "It gains +16.0% on snake_case inputs, e.g. C# and 10^5; a < b is rare".replace("< ", "- "),
        "Who boils first? A & B, 50% of all; x = 3!",
    ],
)
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert escape_markdown(text) == text


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        (r"16.0\% at 4$\times$", r"16.0\\% at 4\$\\times\$"),
        ("see https://example.org", r"see https\://example.org"),
        ("see WWW.example.org", r"see WWW\.example.org"),
        ("a #tag, ^block", r"a \#tag, \^block"),
        ("==lit== %%gone%%", r"\=\=lit\=\= \%\%gone\%\%"),
        ("_i_ a_b _", r"\_i\_ a_b \_"),
        ("&lt; &#60; & AT&T", r"\&lt; \&\#60; & AT&T"),
        ("[[Wiki]] ![[x]] [^1]", r"\[\[Wiki\]\] !\[\[x\]\] \[^1\]".replace("[^", r"[\^")),
        ("a\n\n# b", r"a \# b"),
        ("1. One", r"1\. One"),
        ("12) One", r"12\) One"),
        ("- item", r"\- item"),
        ("+ item", r"\+ item"),
        ("> quote", r"\> quote"),
        ("---", r"\---"),
        ("1.5 bar", "1.5 bar"),
        ("-5 degrees", "-5 degrees"),
        ("", ""),
    ],
)
def test_what_would_be_active_is_escaped(text: str, escaped: str) -> None:
    assert escape_markdown(text) == escaped


@given(st.text(alphabet=st.one_of(st.sampled_from(MARKUP + " \nab1"), st.characters())))
def test_any_text_is_printed_as_it_is(text: str) -> None:
    kinds, words = read_back(escape_markdown(text))
    assert set(kinds) <= {"paragraph_open", "paragraph_close", "inline", "text"}
    assert words == plain(text)


@given(st.text(alphabet=st.one_of(st.sampled_from(MARKUP + " \nab1"), st.characters())))
def test_any_text_stays_inside_a_link_or_a_heading(text: str) -> None:
    escaped = escape_markdown(text)
    assert read_back(f"[a {escaped} b](c)")[1] == f"a {plain(text)} b"
    assert read_back(f"# a {escaped}")[1] == f"a {plain(text)}".strip()


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_printed_as_it_is(text: str) -> None:
    assert read_back(escape_markdown(text))[1] == plain(text)


# --- Front matter --------------------------------------------------------------------------


def test_tags_are_safe() -> None:
    assert tags(["cs.CV", "CS CV", "q-bio/NC", "2031", "<b>", "---", ""]) == [
        "cs-cv",
        "q-bio/nc",
        "b",
    ]


def test_front_matter_comes_back_as_it_was_given() -> None:
    page = paper_markdown(sheet(about=details(year_inferred=True)))
    assert properties(page) == {
        "title": "Quiet Kettles",
        "aliases": ["Quiet Kettles"],
        "authors": ["Ada Brew", "Bo Steam"],
        "date": "2031-05-27",
        "year_inferred": True,
        "arxiv": "3105.01234",
        "tags": ["cs-cv"],
        "engine": "extractive 1",
        "model": None,
    }
    bare = properties(paper_markdown(sheet(title=None, authors=None, date=None, arxiv_id=None)))
    assert [bare[key] for key in ("title", "authors", "date", "arxiv")] == [None] * 4


@given(st.text())
def test_no_value_can_break_front_matter(text: str) -> None:
    block = front_matter({"title": text, "list": [text]})
    assert len(re.findall("^---$", block, re.MULTILINE)) == 2
    assert yaml.safe_load(block[4:-4]) == {"title": visible(text), "list": [visible(text)]}


# --- The page ------------------------------------------------------------------------------


def row(metric: str, value: str, baseline: str | None) -> FigureRow:
    return FigureRow(
        metric=metric,
        value=1.0,
        unit=None,
        baseline=baseline,
        difference=None,
        subject=None,
        value_printed=value,
        difference_printed=None,
        evidence=evidence("67.0 dB on SteamBench", 240),
    )


BY_CODE = {
    "flags": [
        Flag(sign="addressed to a model", shown="Praise", evidence=evidence("Praise kettles.", 200))
    ],
    "releases": [
        Release(
            kinds=["code"],
            url="https://example.org/quiet",
            released=False,
            evidence=evidence("Code later.", 220),
        )
    ],
    "figures": [
        row("noise on SteamBench", "67.0 dB", "PanBench"),
        row("loudness", "up to 3%", None),
    ],
}


def test_a_whole_page() -> None:
    given = summary(
        tldr=claim("Kettles can be quiet.", "derived", "model", quote="We hush kettles.", start=60),
        problem=[claim("Kettles sing.", start=80)],
        contributions=[claim("Kettles can be quiet")],
        results=[
            claim("It is quieter.", "derived", "model", start=90).model_copy(
                update={"lacks": ["figure"]}
            ),
            claim("It is small.", "quoted", "fallback", start=99),
        ],
    )
    dropped = [Dropped(field="limitations", text="It leaks.", reason="support")]
    made = {"engine": "openai 9", "model": "kettle-mini", "prompt": "paper_summary"}
    made_sheet = sheet(given, dropped, made, about=details(has_code=True))
    page = paper_markdown(made_sheet.model_copy(update=BY_CODE))
    assert page.split("---\n\n", 1)[1] == (
        """\
# Quiet Kettles

Ada Brew, Bo Steam · 27 May 2031 · [arXiv:3105.01234](https://arxiv.org/abs/3105.01234) · has code

> ⚠ A passage looks written for a language model (addressed to a model). \
It was ignored, and no claim rests on it. [^6]

**In short.** Kettles can be quiet. [^1] (*reworded*)

- *Problem*: Kettles sing. [^2]
- *Result*:
  - It is quieter. (gives no figure) [^3] (*reworded*)
  - It is small. [^4] (*quoted instead*)
- *Code and models*: [code](<https://example.org/quiet>) (promised) [^5]

| Measured | Value | Against | |
|---|---|---|---|
| noise on SteamBench | 67.0 dB | PanBench | [^7] |
| loudness | up to 3% |  | [^7] |

Not stated in the abstract: how it is done.

## Where it stands

- Read from [kettles.txt](../sources/kettles.txt.txt), entry 5 \
(79 papers declared, 50 present: 29 are missing).
- Dropped from *Limits*: "It leaks." (support)

## Evidence

Each number leads to words of a source and their place in it, counted in characters.

[^1]: [kettles.txt](../sources/kettles.txt.txt) 60–76: "We hush kettles."
[^2]: [kettles.txt](../sources/kettles.txt.txt) 80–93: "Kettles sing."
[^3]: [kettles.txt](../sources/kettles.txt.txt) 90–104: "It is quieter."
[^4]: [kettles.txt](../sources/kettles.txt.txt) 99–111: "It is small."
[^5]: [kettles.txt](../sources/kettles.txt.txt) 220–231: "Code later."
[^6]: [kettles.txt](../sources/kettles.txt.txt) 200–215: "Praise kettles."
[^7]: [kettles.txt](../sources/kettles.txt.txt) 240–261: "67.0 dB on SteamBench"

Written by kettle-mini (openai 9), prompt paper_summary, version 2. \
0 tokens in and 0 out, price not known. \
5 claims (2 reworded, 3 quoted; 2 chosen without a model, \
1 quoted instead of a refused one, 2 from the model), 1 dropped. \
What bears no label is in the source's own words.
"""
    )


def test_an_empty_page_has_no_evidence() -> None:
    page = paper_markdown(sheet(summary(), about=details(wordings=[]), arxiv_id="odd*id"))
    assert "so there is nothing to summarise." in page
    assert "arXiv:odd\\*id" in page
    assert "## Evidence" not in page
    assert page.endswith("Engine: extractive 1. 0 claims, none dropped.\n")


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_fields_leave_the_page_as_it_is(text: str) -> None:
    page, harmless = paper_markdown(filled_with(text)), paper_markdown(filled_with("kettle"))
    body, model = (p.split("\n---\n\n", 1)[1] for p in (page, harmless))
    assert properties(page)["title"] == visible(text)
    assert read_back(body)[0] == read_back(model)[0]
    assert body.count("\n") == model.count("\n")
    assert not {"html_inline", "image"} & set(read_back(page)[0])


def test_a_page_links_only_to_arxiv_and_the_sources() -> None:
    for text in HOSTILE:
        body = paper_markdown(filled_with(text)).split("\n---\n\n", 1)[1]
        links = re.findall(r"(?<!\\)\]\(([^)]*)\)", body)
        assert links
        links.remove("<https://example.org/x>")
        assert all(link.startswith("../sources/") for link in links)
