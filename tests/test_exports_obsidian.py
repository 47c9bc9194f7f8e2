"""The folder for Obsidian: notes whose links lead to notes, and in which no text is active."""

from __future__ import annotations

import re
from posixpath import dirname, join, normpath
from typing import Any
from urllib.parse import unquote

import pytest
import yaml
from markdown_it import MarkdownIt

from pipeline.lineage_sheet import GraphSheet
from pipeline.report.exports.collection import Collection
from pipeline.report.exports.obsidian import HOME, MARK, link, vault
from pipeline.report.view import visible
from tests.exported import NASTY, collection_with, sample
from tests.lineage_sheets import filled_line
from tests.page_sheets import sheet

READER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
PATH = re.compile(r"(Litline|(Papers|Authors|Lineages)/[a-z0-9-]{1,90})\.md|sources/[\w.~-]+\.txt")


def notes(collection: Collection) -> dict[str, str]:
    return {path: text for path, text in vault(collection).items() if path.endswith(".md")}


def parted(note: str) -> tuple[dict[str, Any], str]:
    """Return the properties of a note and its body."""
    found = re.match(r"---\n(.*?)\n---\n\n", note, re.DOTALL)
    assert found
    values = yaml.safe_load(found[1])
    assert isinstance(values, dict)
    return values, note[found.end() :]


def kinds(body: str) -> list[str]:
    """Return what Markdown makes of a note, in order, runs of text aside."""
    tokens = READER.parse(body)
    parts = [part for token in tokens for part in [token, *(token.children or [])]]
    return [part.type for part in parts if part.type not in {"text", "text_special"}]


def links(body: str) -> list[tuple[str, str]]:
    """Return the words and target of each link."""
    found = []
    for token in READER.parse(body):
        inside = iter(token.children or [])
        for part in inside:
            if part.type == "link_open":
                words = next(inside).content
                found.append((words, str(part.attrGet("href"))))
    return found


def test_every_link_of_the_sample_leads_somewhere() -> None:
    made = vault(sample())
    led_to = set()
    for path, note in made.items():
        if not path.endswith(".md"):
            continue
        for _, target in links(parted(note)[1]):
            if not target.startswith("https://"):
                led_to.add(normpath(join(dirname(path), unquote(target))))
    assert led_to <= made.keys()
    assert {path for path in made if path.endswith(".md")} - led_to == {HOME}
    assert all(PATH.fullmatch(path) for path in made)


def test_papers_authors_and_lines_lead_to_each_other() -> None:
    made = vault(sample())
    paper = "Papers/speaking-over-the-wind-robust-cb2aad75.md"
    assert {
        ("Rhea Mondaluz", "../Authors/rhea-mondaluz.md"),
        ("Murrelet", "../Lineages/murrelet.md"),
        (
            "Murrelet-III: Learning When Not to Transcribe",
            "../Papers/murrelet-iii-learning-when-not-to-4bfdbadb.md",
        ),
    } <= set(links(made[paper]))
    for path in ("Authors/rhea-mondaluz.md", "Lineages/murrelet.md", HOME):
        assert paper.rpartition("/")[2] in made[path]
    assert (
        "On the author's own page:\n- [Mira Halden]"
        in made["Papers/reading-in-one-breath-document-24debf0c.md"]
    )


def test_what_a_link_rests_on_is_said() -> None:
    made = vault(sample())
    text = made["Papers/murrelet-iii-learning-when-not-to-4bfdbadb.md"]
    assert re.search(r"- Succeeds \[Speaking over.*\) \(guessed from same family name", text)
    stated = made["Papers/skerry-3-reinforcement-learning-for-53ce16b4.md"]
    assert re.search(r'- (Evaluated|Used) by \[\w.*\.md\): "\w', stated)


def test_a_source_lies_where_the_evidence_leads() -> None:
    collection = sample()
    made = vault(collection)
    for name, text in collection.sources.items():
        assert made[f"sources/{name}.txt"] == text


def test_a_name_alone_is_not_called_a_person() -> None:
    made = vault(sample())
    assert "it may be several people's" in made["Authors/sefa-talavou.md"]
    assert "it may be several people's" not in made["Authors/mira-halden.md"]
    assert "author 2 of 3" in made["Authors/mira-halden.md"]


def test_works_without_a_note_are_no_links() -> None:
    line = vault(sample())["Lineages/skerry.md"]
    assert "- Skerry 2.0 · no date" in line


def test_an_inferred_year_is_said_wherever_it_stands() -> None:
    line = vault(sample())["Lineages/skerry.md"]
    assert re.search(r"- \[Pilotage.* · 12 February 2026 \(year inferred\) · uses Skerry 3", line)
    assert re.search(r"- \[SLP.* · 15 July 2025 · evaluates Skerry 2.5", line)


def test_the_first_note_lists_all_others() -> None:
    for collection in (sample(), *map(collection_with, NASTY)):
        made = notes(collection)
        led = re.findall(r"\]\(((?:Papers|Authors|Lineages)/[a-z0-9-]+\.md)\)", made[HOME])
        assert {HOME, *led} == made.keys()


def test_two_papers_of_one_title_have_two_notes() -> None:
    twins = [sheet(id="kettles-00000001"), sheet(id="kettles-00000002")]
    made = vault(Collection(twins))
    assert {"Papers/kettles-00000001.md", "Papers/kettles-00000002.md"} <= made.keys()
    assert made["Authors/ada-brew.md"].count("[Quiet Kettles](") == 2


def test_a_paper_alone() -> None:
    made = vault(Collection([sheet(authors=None)]))
    assert sorted(made) == [HOME, "Papers/quiet-kettles-0a1b2c3d.md"]
    assert "## Links" not in made["Papers/quiet-kettles-0a1b2c3d.md"]
    assert made[HOME].startswith(f"{MARK}\n")
    assert "Authors" not in made[HOME]


def test_very_long_names_are_cut_in_links() -> None:
    assert link("long " * 800, "x.md") == f"[{('long ' * 32).strip()}…](x.md)"
    assert link(" \n ", "x.md") == "[(no name)](x.md)"


@pytest.mark.parametrize("text", NASTY)
def test_hostile_text_stays_words(text: str) -> None:
    made, harmless = notes(collection_with(text)), notes(collection_with("kettle"))
    assert all(PATH.fullmatch(path) for path in made)
    if not text.strip():
        return
    assert len(made) == len(harmless)
    for note, model in zip(made.values(), harmless.values(), strict=True):
        values, body = parted(note)
        others, calm = parted(model)
        assert values.keys() == others.keys()
        assert values["title"] in (visible(text), "Litline")
        assert kinds(body) == kinds(calm)
        assert body.count("\n") == calm.count("\n")
        assert "\u202e" not in note
        assert not re.search(r"(?<!\\)\[\[|(?<!\\)\[\^(?!\d+\])", body)
        note.encode("utf-8")


@pytest.mark.parametrize("text", NASTY)
def test_hostile_links_lead_to_notes_and_sources_only(text: str) -> None:
    made = notes(collection_with(text))
    for path, note in made.items():
        for _, target in links(parted(note)[1]):
            where = normpath(join(dirname(path), target))
            safe = where in made or where.startswith("sources/")
            assert safe or target == "https://example.org/x"


def test_a_hostile_graph_is_no_path() -> None:
    line = filled_line("../../etc/passwd")
    made = vault(Collection([], GraphSheet(nodes=line.nodes, edges=line.edges), [line]))
    assert all(PATH.fullmatch(path) for path in made)


def test_equal_sheets_give_equal_folders() -> None:
    assert list(vault(sample()).items()) == list(vault(sample()).items())
