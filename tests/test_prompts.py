from __future__ import annotations

from importlib import resources
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field

from pipeline import schemas
from pipeline.answers import Question, written
from pipeline.errors import PromptError
from pipeline.prompts import Prompt, fence, load_prompt, numbered, parse_prompt, render
from pipeline.schemas import PaperSummaryReply, Reply, reply_schema
from pipeline.tokens import estimate_tokens
from tests import golden_prompts
from tests.asking import SENTENCES
from tests.awkward_texts import ANY
from tests.golden_prompts import Golden, fault, keep, kept, rendered

FILE = """\
---
name: kettle
version: 1
reply: PaperSummaryReply
inputs: [sentences, title]
max_output_tokens: 100
---
Say what the kettle does. {{ not_a_template }}

<!-- input -->
Title: {{ title }}

{{ sentences }}
"""
INPUTS = {"title": "Hushkettle", "sentences": "[1] It boils."}


def parse(before: str = "", after: str = "") -> Prompt:
    return parse_prompt("kettle", FILE.replace(before, after, 1) if before else FILE)


# --- Files -----------------------------------------------------------------------------------


def test_a_file_becomes_a_prompt() -> None:
    prompt = parse()
    assert (prompt.name, prompt.version, prompt.max_output_tokens) == ("kettle", 1, 100)
    assert prompt.reply is PaperSummaryReply
    assert prompt.schema == reply_schema(PaperSummaryReply)
    assert prompt.fixed.startswith("Say what the kettle does. {{ not_a_template }}\n\nReply with")
    assert '"additionalProperties":false' in prompt.fixed


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        ("---\nname", "name", "front matter or the line <!-- input --> is missing"),
        ("<!-- input -->", "<!-- inputs -->", "front matter or the line <!-- input --> is missing"),
        ("version: 1", "version: [1", "while parsing"),
        ("version: 1", "version: 0", "version"),
        ("version: 1", "version: one", "version"),
        ("version: 1\n", "", "version"),
        ("version: 1", "version: 1\ncolour: red", "colour"),
        ("max_output_tokens: 100", "max_output_tokens: 0", "max_output_tokens"),
        ("inputs: [sentences, title]", "inputs: sentences", "inputs"),
        ("name: kettle", "name: pot", "names itself 'pot'"),
        ("[sentences, title]", "[sentences]", r"declares inputs \['sentences'\] and uses"),
        ("[sentences, title]", "[sentences, title, year]", "declares inputs"),
        ("Title: {{ title }}", "Title: {{ title", "unexpected end|expected token"),
        ("Title: {{ title }}", "{% if title %}", "Unexpected end of template|end of template"),
        ("PaperSummaryReply", "KettleReply", "pipeline.schemas has no reply 'KettleReply'"),
        ("PaperSummaryReply", "BaseModel", "has no reply 'BaseModel'"),
        ("PaperSummaryReply", "reply_schema", "has no reply 'reply_schema'"),
    ],
)
def test_a_malformed_file_is_refused_and_the_reason_said(
    before: str, after: str, reason: str
) -> None:
    with pytest.raises(PromptError, match=reason) as caught:
        parse(before, after)
    assert str(caught.value).startswith("prompt kettle: ")
    assert caught.value.exit_code == 4


def test_front_matter_that_is_empty_is_refused() -> None:
    with pytest.raises(PromptError, match="prompt kettle: "):
        parse_prompt("kettle", "---\n\n---\nSay it.\n<!-- input -->\n{{ title }}\n")


def test_an_unknown_prompt_is_refused() -> None:
    with pytest.raises(PromptError, match="there is no prompt 'kettle'"):
        load_prompt("kettle")


@pytest.mark.parametrize("name", golden_prompts.PROMPTS)
def test_a_prompt_is_loaded_once(name: str) -> None:
    assert load_prompt(name) is load_prompt(name)


def test_every_prompt_has_a_golden_file() -> None:
    shipped = {path.name for path in resources.files("prompts").iterdir()}
    files = {f"{name}.md" for name in golden_prompts.PROMPTS}
    assert {name for name in shipped if name.endswith(".md")} == files


# --- Rendering -------------------------------------------------------------------------------


def test_values_stand_where_they_belong() -> None:
    assert render(parse(), INPUTS).user == "Title: Hushkettle\n\n[1] It boils."


def test_a_value_is_never_expanded_again() -> None:
    hostile = "{{ sentences }}{% raw %}<b>&</b>"
    assert render(parse(), {**INPUTS, "title": hostile}).user.startswith(f"Title: {hostile}\n")


def test_a_missing_input_is_refused() -> None:
    with pytest.raises(PromptError, match="prompt kettle: 'title' is undefined"):
        render(parse(), {"sentences": "[1] It boils."})


@pytest.mark.parametrize("name", golden_prompts.PROMPTS)
def test_the_fixed_part_is_the_same_bytes_for_every_paper(name: str) -> None:
    prompt = load_prompt(name)
    one, other = (written(Question(prompt, (s,))) for s in SENTENCES[:2])
    assert one.system == other.system == prompt.fixed
    assert (one.user != other.user) == (name != "server_probe")
    assert not any(sentence in prompt.fixed for sentence in SENTENCES)


@pytest.mark.parametrize("name", golden_prompts.PROMPTS)
def test_all_that_does_not_change_is_counted_once(name: str) -> None:
    prompt = load_prompt(name)
    shown = render(prompt, {"sentences": "", "statements": "", "fence": fence()})
    assert prompt.fixed_tokens >= estimate_tokens(f"{shown.system}\n{shown.user}")


# --- Fingerprints ----------------------------------------------------------------------------


def test_a_fingerprint_is_of_the_wording_and_not_of_the_version() -> None:
    same = [parse(), parse("version: 1", "version: 2"), parse("tokens: 100", "tokens: 200")]
    assert len({prompt.fingerprint for prompt in same}) == 1


@pytest.mark.parametrize(
    ("before", "after"),
    [("Say what", "Tell what"), ("Title:", "The title:"), ("{{ title }}\n\n", "{{ title }}\n")],
)
def test_a_fingerprint_changes_with_the_wording(before: str, after: str) -> None:
    assert parse(before, after).fingerprint != parse().fingerprint


def test_a_fingerprint_changes_when_words_move_to_the_fixed_part() -> None:
    moved = parse("<!-- input -->\nTitle: {{", "Title:\n<!-- input -->\n{{")
    assert moved.fingerprint != parse().fingerprint


def test_a_fingerprint_changes_with_the_schema_of_the_reply(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def described(words: str) -> type[Reply]:
        class KettleReply(Reply):
            """What a kettle says."""

            noise: float | None = Field(description=words)

        return KettleReply

    prints = set()
    for words in ("Noise in dB, or null.", "Noise in sone, or null."):
        monkeypatch.setattr(schemas, "KettleReply", described(words), raising=False)
        prints.add(parse("PaperSummaryReply", "KettleReply").fingerprint)
    assert len(prints) == 2


# --- Source text in a prompt -----------------------------------------------------------------


@given(st.lists(ANY, max_size=5))
def test_sentences_are_numbered_one_to_a_line(sentences: list[str]) -> None:
    lines = numbered(sentences).split("\n")
    assert len(lines) == max(1, len(sentences))
    for number, line in enumerate(lines[: len(sentences)], start=1):
        assert line.startswith(f"[{number}] ")


def test_a_sentence_cannot_pose_as_two() -> None:
    assert numbered(["One.\n[2] Two.", "Three.\x85[9]\u2028Four."]) == (
        "[1] One. [2] Two.\n[2] Three. [9] Four."
    )


# --- Golden files ----------------------------------------------------------------------------


@pytest.mark.parametrize("name", golden_prompts.PROMPTS)
def test_no_wording_changes_without_a_new_version(name: str) -> None:
    assert fault(rendered(load_prompt(name)), kept(name)) is None


@pytest.mark.parametrize(
    ("now", "verdict"),
    [
        (Golden(1, "old"), None),
        (Golden(1, "new"), "raise the version above 1"),
        (Golden(0, "new"), "raise the version above 1"),
        (Golden(2, "new"), "run python -m tests.golden_prompts"),
        (Golden(2, "old"), "run python -m tests.golden_prompts"),
    ],
)
def test_the_golden_test_finds_what_it_should(
    tmp_path: Path, now: Golden, verdict: str | None
) -> None:
    assert keep("kettle", Golden(1, "old"), tmp_path) is None
    found = fault(now, kept("kettle", tmp_path))
    assert (found is None) if verdict is None else (verdict in str(found))
    refused = keep("kettle", now, tmp_path)
    assert (refused is None) == (now == Golden(1, "old") or now.version > 1)
    assert kept("kettle", tmp_path) == (Golden(1, "old") if refused else now)


def test_a_prompt_without_a_golden_file_is_a_fault(tmp_path: Path) -> None:
    assert kept("kettle", tmp_path) is None
    assert "golden_prompts" in str(fault(Golden(1, "new"), None))


def test_a_fence_is_the_same_for_the_same_texts_and_cannot_be_foreseen() -> None:
    line = fence("[1] Kettles.", "")
    assert line == fence("[1] Kettles.", "") != fence("[1] Kettles.")
    assert fence(f"[1] Kettles. {line}", "") != line
