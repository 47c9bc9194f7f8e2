from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from markdown_it import MarkdownIt

from pipeline.report.digest_markdown import digest_markdown
from pipeline.report.view import visible
from pipeline.sheets import Failure
from tests.digest_sheets import big, digest, empty, filled_digest, told, week
from tests.page_sheets import HOSTILE

READER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
GOLDEN = Path(__file__).parent / "data" / "digest.md"


def head_and_body(page: str) -> tuple[str, str]:
    head, body = page.removeprefix("---\n").split("\n---\n\n", 1)
    return head, body


def parts(markdown: str) -> list[str]:
    tokens = READER.parse(markdown)
    children = [child for token in tokens for child in token.children or []]
    return sorted({t.type for t in tokens} | {c.type for c in children})


def test_a_whole_page() -> None:
    assert digest_markdown(week()) == GOLDEN.read_text(encoding="utf-8")


def test_the_two_minutes_stand_before_long_lists() -> None:
    _, body = head_and_body(digest_markdown(big()))
    first = body[: body.index("## All new papers of large themes")]
    assert len(first.splitlines()) <= 60
    assert "Can I trust the counts?" in first
    assert re.search(r"\*\*Theme 0\*\* \(21\): .* · 17 more at the end\n", first)
    assert first.count("](../../papers/") == 5 + 4 + 4 + 5 + 2
    rest = body[len(first) :]
    assert rest.count("](../../papers/") == 21 + 12


def test_many_lines_and_changes_go_on_at_the_end() -> None:
    made = week()
    changes = [told("changed", f"Pot {n} has a title now.", n=n) for n in range(7)]
    page = digest_markdown(made.model_copy(update={"lines": made.lines * 8, "changed": changes}))
    assert page.count("\n- 3 more at the end\n") == page.count("\n- 2 more at the end\n") == 1
    rest = page[page.index("## More lines that moved") :]
    assert rest.count("Kettle-ov follows Kettle") == 3
    assert rest.index("## More changes") < rest.index("Pot 5 has") < rest.index("Pot 6 has")


def test_a_page_on_which_nothing_is_new_is_shorter_than_ten_lines() -> None:
    page = digest_markdown(empty())
    assert len(page.splitlines()) < 10
    assert page == (
        """\
# Week 22 of 2031 · Mon 26 May – Sun 1 June · no new papers

**What you follow.** *steam* (topic): nothing new.

**In short.** No paper is dated in this week. 1 source failed.

**Can I trust the counts?** kettles.txt declares 79 papers and holds 50. **1 failed**: \
pans.txt, read: no reader recognises it.

No language model was used. Engine: extractive 1. 7 claims (all computed; all computed by code), \
none dropped.
"""
    )


def test_many_interests_and_failures_do_not_lengthen_a_quiet_page() -> None:
    failed = [Failure(document=f"{n}.txt", stage="read", reason="empty") for n in range(40)]
    many = empty().model_copy(update={"failed": failed, "followed": empty().followed * 40})
    page = digest_markdown(many)
    assert len(page.splitlines()) < 10
    assert "**40 failed**: 0\\.txt" in page or "**40 failed**: 0.txt" in page
    assert "; 30 more are in `digest.json`." in page


def test_an_empty_digest_is_still_a_page() -> None:
    page = digest_markdown(digest())
    assert page.startswith("# Week 22 of 2031 · Mon 26 May – Sun 1 June · no new papers\n\n")
    assert "Nothing failed." in page


def test_front_matter() -> None:
    head, _ = head_and_body(digest_markdown(week()))
    assert yaml.safe_load(head) == {
        "title": "Week 22 of 2031 · Mon 26 May – Sun 1 June · 2 new papers",
        "week": "2031-W22",
        "from": "2031-05-26",
        "to": "2031-06-01",
        "new": 2,
        "older": 14,
        "tags": ["digest"],
        "engine": "extractive 1",
        "model": None,
    }


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_fields_leave_the_page_as_it_is(text: str) -> None:
    page, model = digest_markdown(filled_digest(text)), digest_markdown(filled_digest("kettle"))
    head, body = head_and_body(page)
    assert yaml.safe_load(head)["engine"] == visible(text)
    assert parts(body) == parts(head_and_body(model)[1])
    assert page.count("\n") == model.count("\n")
    assert not {"html_inline", "html_block", "image"} & set(parts(body))
    links = re.findall(r"(?<!\\)\]\(([^)]*)\)", body)
    assert links
    assert all(
        re.match(r"\.\./\.\./(sources|papers|lineages)/|digest\.html#trends$", link)
        for link in links
    )


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_fields_leave_a_quiet_page_as_it_is(text: str) -> None:
    hostile = filled_digest(text)
    gone: dict[str, list[str]] = {
        "new_papers": [],
        "backlog": [],
        "updated": [],
        "changed": [],
        "lines": [],
    }
    page = digest_markdown(hostile.model_copy(update={**gone, "opened": [], "themes": []}))
    assert page.startswith("# Week 22 of 2031")
    assert not {"html_inline", "html_block", "image", "link_open"} & set(
        parts(page.split("\n## Evidence")[0].replace("[^1]", ""))
    )


def test_the_same_sheet_gives_the_same_bytes() -> None:
    assert digest_markdown(week()) == digest_markdown(week())
