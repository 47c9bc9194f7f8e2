from __future__ import annotations

import re

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from pipeline.report.lineage_markdown import lineage_markdown, mermaid, mermaid_label
from pipeline.report.view import visible
from tests.lineage_sheets import edge, filled_line, forty, lineage, node, six
from tests.page_sheets import HOSTILE

READER = MarkdownIt("commonmark").enable(["table", "strikethrough"])

LABEL = r'"(?:[\w ]|(?<=\w)[-.](?=\w)|#\d{1,7};)*"'
ARROWS = r"-->|-\.->|-->\|(?:used|tested) by\||-\.->\|(?:used|tested) by\||-\.?--?\|compared with\|"
GRAMMAR = [
    rf"n\d+\[{LABEL}\]",
    rf"n\d+\({LABEL}\):::external",
    rf"n\d+ (?:{ARROWS}) n\d+",
    r"classDef external fill:none,stroke-dasharray:4 3",
    r"linkStyle \d+(?:,\d+)* stroke:#888,stroke-width:1px",
]
NASTY = [
    'a"]; n9["b',
    "a --> b",
    "a\nclick n0 call alert(1)",
    "```\n# out\n```mermaid",
    '#quot;] --> n1["',
    "end",
    "%%{init: {'theme':'dark'}}%%",
    "a|b|c (d) {e} [f] <b>g</b> `h` :::x; $$y$$ @{shape: x}",
    "1. one",
    "click n0 href javascript:alert(1)",
    "subgraph x",
]


def kinds(diagram: str) -> list[int]:
    """Return which rule of the grammar each line follows; a line that follows none is an error."""
    first, *lines = diagram.split("\n")
    assert first == "flowchart LR"
    found = [[n for n, rule in enumerate(GRAMMAR) if re.fullmatch(rule, line)] for line in lines]
    assert all(len(rules) == 1 for rules in found), lines
    return [rules[0] for rules in found]


def diagram_of(page: str) -> str:
    (found,) = re.findall(r"^```mermaid\n(.*?)\n```$", page, re.DOTALL | re.MULTILINE)
    return str(found)


# --- The drawing ---------------------------------------------------------------------------


def test_a_whole_drawing() -> None:
    sheet = six()
    assert (
        mermaid(sheet.nodes, sheet.edges)
        == """\
flowchart LR
n0["Kettle"]
n1["Kettle 1.5"]
n2("Kettle 2.0"):::external
n3["Pocket Kettle"]
n4["Kettle 2.5"]
n5["Kettle 3"]
n6["StoveBench"]
n7["Pan-Pilot"]
n8("Cauldron-L"):::external
n0 -.-> n1
n1 -.-> n2
n2 --> n4
n4 --> n5
n1 -.-> n3
n4 -->|used by| n7
n1 -->|tested by| n6
n8 ---|compared with| n0
classDef external fill:none,stroke-dasharray:4 3
linkStyle 5,6,7 stroke:#888,stroke-width:1px"""
    )


@pytest.mark.parametrize("text", [*HOSTILE, *NASTY])
def test_no_label_can_add_to_the_drawing_or_leave_it(text: str) -> None:
    page, model = lineage_markdown(filled_line(text)), lineage_markdown(filled_line("kettle"))
    assert kinds(diagram_of(page)) == kinds(diagram_of(model))


@given(st.text(alphabet=st.one_of(st.sampled_from('"[](){}|<>-=.`#;:%&@~\n\r\u2028 a1_'))))
def test_any_label_stays_between_its_quotation_marks(text: str) -> None:
    assert re.fullmatch(LABEL, f'"{mermaid_label(text)}"')


def test_a_label_reads_as_it_was_written() -> None:
    label = 'Kettle-3.5 "Pro" (v2) | C# <b>'
    shown = re.sub(r"#(\d+);", lambda found: chr(int(found[1])), mermaid_label(label))
    assert shown == label
    assert mermaid_label("InternKettle 3.5-Pro") == "InternKettle 3.5-Pro"


def test_a_long_label_is_cut() -> None:
    assert mermaid_label("k" * 49) == "k" * 47 + "#8230;"
    assert mermaid_label("k" * 48) == "k" * 48


def test_links_to_nowhere_and_to_itself_are_left_out() -> None:
    drawn = mermaid([node("a")], [edge("a", "gone"), edge("a", "a")])
    assert kinds(drawn) == [0, 3]


def test_a_guessed_use_and_comparison_are_dotted() -> None:
    nodes = [node("a"), node("b")]
    uses = mermaid(nodes, [edge("b", "a", "uses", "inferred")])
    assert "n0 -.->|used by| n1" in uses
    compares = mermaid(nodes, [edge("b", "a", "compares-with", "inferred")])
    assert "n0 -.-|compared with| n1" in compares
    assert kinds(uses) == kinds(compares)


def test_forty_works_follow_the_grammar() -> None:
    sheet = forty()
    found = kinds(mermaid(sheet.nodes, sheet.edges))
    assert [found.count(n) for n in range(5)] == [36, 4, len(sheet.edges), 1, 1]


# --- The page ------------------------------------------------------------------------------


def test_a_whole_page_without_its_drawing_and_evidence() -> None:
    page = lineage_markdown(six())
    body = page.split("\n---\n\n", 1)[1].split("\n\n[^1]: ")[0]
    assert (
        body.replace(diagram_of(page), "…")
        == """\
# Kettle · December 2029 – April 2031 · 5 members read, 1 missing

**The line in one breath.** Kettle made the vessel large. [^1] (*reworded*) \
Kettle 3 boils and pours at once. [^2] (*reworded*)

```mermaid
…
```

Solid: stated. Dotted: guessed. Dashed frame: no document. Thin: beside the line. \
Stated: a sentence of a document says it, and the number leads there. \
Guessed: only the signs that are named suggest it.

## Step by step

**[Kettle](../../papers/Kettle.md)** (21 December 2029)
Offered as an alternative to Cauldron-L. [^3]

**→ [Kettle 1.5](../../papers/Kettle%201.5.md)** \
(25 April 2030, guessed: same name, same first author [^4])
*Architecture*: The spout is cut into 40 tiles. [^5] *Data*: It is fed with rain water. [^6]

**→ Kettle 2.0** (no document, guessed: same name, same first author [^7])

**Side branch: Kettle 1.5 → [Pocket Kettle](../../papers/Pocket%20Kettle.md)** \
(21 October 2030, guessed: same name, same first author [^8])
It has 90% of the heat. [^9]

**Kettle 2.0 → [Kettle 2.5](../../papers/Kettle%202.5.md)** (6 December 2030, stated [^10])
The first above 70% on WarmthU. [^11]

**→ [Kettle 3](../../papers/Kettle%203.md)** (14 April 2031, stated [^12])
It boils and pours at once. [^13]

## How far it got

| Benchmark | Whose | Figure |
|---|---|---|
| WarmthU | Kettle 2.5 | above 70% [^14] |
| WarmthU | Kettle 3-78L | 72.2 [^15] |

No other benchmark has figures from two members.

**The yardstick.** Kettle: Cauldron-L [^16]; Kettle 3: Samovar-4o, Urn 3.5 [^17].

**Openness.** Kettle: code and models [^18]; Kettle 3: data and weights (promised) [^19].

## Beside the line

They use, test or are compared with a member; they are not steps.

- [Pan-Pilot](../../papers/Pan-Pilot.md) (2 June 2031) uses Kettle 2.5 [^20]: \
Pan-Pilot gains 5.9 points. [^21]
- [StoveBench](../../papers/StoveBench.md) (15 November 2030) tests Kettle 1.5 [^22]

## What this page cannot tell

- Kettle 2.0 is named as the base, but no document describes it. [^10]
- Only what these documents hold was read; works that none of them names are not here.

## Evidence

Each number leads to words of a source and their place in it, counted in characters."""
    )
    assert '\n[^16]: [kettles.txt](../../sources/kettles.txt.txt) 460–477: "rivals' in page
    assert page.endswith("none dropped.\n")


def test_front_matter() -> None:
    block = lineage_markdown(six()).split("\n---\n")[0].removeprefix("---\n")
    assert yaml.safe_load(block) == {
        "title": "Kettle",
        "aliases": ["Kettle"],
        "from": "2029-12-21",
        "to": "2031-04-14",
        "members": 6,
        "tags": ["lineage"],
        "engine": "extractive 1",
        "model": None,
    }


def test_an_empty_line_is_still_a_page() -> None:
    page = lineage_markdown(lineage())
    assert "# Kettle · no dates · 0 members read" in page
    assert "No benchmark has figures from two members." in page
    assert not re.search("one breath|yardstick|Openness|Beside the line\n|Evidence", page)
    assert yaml.safe_load(page.split("\n---\n")[0].removeprefix("---\n"))["from"] is None


def parts(markdown: str) -> list[str]:
    tokens = READER.parse(markdown)
    children = [child for token in tokens for child in token.children or []]
    return sorted({t.type for t in tokens} | {c.type for c in children})


@pytest.mark.parametrize("text", [*HOSTILE, *NASTY])
def test_hostile_fields_leave_the_page_as_it_is(text: str) -> None:
    page, model = lineage_markdown(filled_line(text)), lineage_markdown(filled_line("kettle"))
    head, body = page.split("\n---\n\n", 1)
    assert yaml.safe_load(head.removeprefix("---\n"))["title"] == visible(text)
    assert parts(body) == parts(model.split("\n---\n\n", 1)[1])
    assert page.count("\n") == model.count("\n")
    assert not {"html_inline", "html_block", "image"} & set(parts(body))
    links = re.findall(r"(?<!\\)\]\(([^)]*)\)", body)
    assert links
    assert all(re.match(r"\.\./\.\./(sources|papers)/", link) for link in links)
