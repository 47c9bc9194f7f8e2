from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest
import yaml

from pipeline.report.briefing_markdown import briefing_markdown
from pipeline.report.view import visible
from tests.briefing_sheets import author, briefing, filled_briefing, full, short_author
from tests.page_sheets import HOSTILE
from tests.test_digest_markdown import READER, head_and_body, parts

GOLDEN = Path(__file__).parent / "data" / "briefing.md"


def test_a_whole_page() -> None:
    assert briefing_markdown(author()) == GOLDEN.read_text(encoding="utf-8")


def test_the_warning_stands_within_the_first_ten_lines() -> None:
    for made in (author(), full()):
        first = briefing_markdown(made).splitlines()[:10]
        assert any(line.startswith("**Be careful.**") for line in first)


def test_the_order_of_the_page() -> None:
    page = briefing_markdown(author(since=dt.date(2031, 3, 1)))
    order = [
        *("# Ada Brew ·", "**In short.**", "**Be careful.**", "The profile's own figures"),
        *("## New since 1 March 2031", "## Read these five first", "## What changed"),
        *("**Lines of work.**", "**With whom.**", "**Released.**"),
        *("**Figures they will be asked about.**", "## Ask", "**Not known from these pages.**"),
        *("No language model was used.", "## All 50 papers", "## What was read", "## Evidence"),
    ]
    places = [page.index(mark) for mark in order]
    assert places == sorted(places)


def test_two_minutes_stand_before_long_lists() -> None:
    _, body = head_and_body(briefing_markdown(author()))
    first = body[: body.index("## More: ")]
    assert len([line for line in first.splitlines() if line]) <= 50
    assert "- 2 more at the end\n" in first
    assert "Kettle 4 achieves 74.2" in body[len(first) :]


def test_all_that_is_cut_stands_at_the_end() -> None:
    page = briefing_markdown(full())
    for heading, number in (
        ("More: new since 1 March 2031", 7),
        ("More: with whom", 9),
        ("More: released", 9),
        ("More lines of work", 5),
    ):
        section = page.split(f"## {heading}\n")[1].split("\n## ")[0]
        assert section.count("\n- ") == number
    assert page.split("## More terms by year\n")[1].split("\n## ")[0].count("| reinforcement") == 2
    assert "\n6 more at the end.\n" in page


def test_every_paper_is_listed_with_its_place_where_that_is_known() -> None:
    page = briefing_markdown(author())
    papers = page.split("## All 50 papers\n")[1].split("\n## ")[0]
    assert papers.count("](../../papers/") == 50
    assert "), 11 February, 2nd of 3\n" in papers
    assert papers.count("the list is cut before the name") == 1


def test_a_question_lists_its_quotes() -> None:
    page = briefing_markdown(author())
    assert re.search(
        r"\n1\. Kettle and Kettle-ov both speak of .* \*How do these fit together\?\*\n"
        r'   - "capable of .*" \[\^17\]\n   - "Kettle-ov .*" \[\^18\]\n2\. Drip ',
        page,
    )


def test_nothing_new_is_said() -> None:
    page = briefing_markdown(briefing(since=dt.date(2031, 3, 1)))
    assert "## New since 1 March 2031\n\nNothing in these documents is dated later.\n" in page
    assert "New since" not in briefing_markdown(briefing())


def test_an_author_with_one_paper_and_with_none() -> None:
    page = briefing_markdown(short_author())
    assert "## The paper\n\n**Date not stated** (1)\n- [Lids]" in page
    assert page.endswith(", only author\n")
    none = briefing_markdown(briefing())
    assert none.count("\n#") == 1
    assert none.startswith('---\ntitle: "Ada Brew · for your meeting"\n')


def test_front_matter() -> None:
    head, _ = head_and_body(briefing_markdown(author()))
    assert yaml.safe_load(head) == {
        "title": "Ada Brew · computer vision · for your meeting",
        "tags": ["briefing"],
    }


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_fields_leave_the_page_as_it_is(text: str) -> None:
    page, model = (
        briefing_markdown(filled_briefing(text)),
        briefing_markdown(filled_briefing("tea")),
    )
    head, body = head_and_body(page)
    assert visible(text) in yaml.safe_load(head)["title"]
    assert parts(body) == parts(head_and_body(model)[1])
    assert page.count("\n") == model.count("\n")
    assert not {"html_inline", "html_block", "image"} & set(parts(body))
    links = re.findall(r"(?<!\\)\]\(([^)]*)\)", body)
    assert links
    assert all(re.match(r"\.\./\.\./(sources|papers|lineages)/", link) for link in links)


@pytest.mark.parametrize("name", ["<script>x</script>", "A\n# B", "Ada \u202eBrew", "*A* | [B](c)"])
def test_a_hostile_name_stays_one_heading(name: str) -> None:
    page = briefing_markdown(author(author=name))
    tokens = READER.parse(head_and_body(page)[1])
    (title,) = [
        tokens[n + 1] for n, t in enumerate(tokens) if (t.type, t.tag) == ("heading_open", "h1")
    ]
    assert {child.type for child in title.children or []} <= {"text", "text_special"}
    assert "\u202e" not in page


def test_the_same_sheet_gives_the_same_bytes() -> None:
    assert briefing_markdown(author()) == briefing_markdown(author())
