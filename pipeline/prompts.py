"""Prompt files: loading, checking, rendering, and the fingerprint that answers are keyed by.

A file has YAML front matter, the fixed instructions, a line `<!-- input -->`, and the part that
changes. The fixed part goes first, the same bytes for each call, so that servers can cache it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from functools import cache
from hashlib import sha256
from importlib import resources
from typing import Any, NamedTuple

import yaml
from jinja2 import Environment, StrictUndefined, Template, TemplateError, meta
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pipeline import schemas
from pipeline.errors import PromptError
from pipeline.tokens import estimate_tokens
from pipeline.untrusted import neutral

_FILE = re.compile(r"\A---\n(.*?)\n---\n(.*?)\n<!-- input -->\n(.*)\Z", re.DOTALL)
_ENVIRONMENT = Environment(undefined=StrictUndefined, autoescape=False)  # noqa: S701 - not HTML
_SCHEMA_INTRO = "Reply with one JSON object that fits this JSON Schema, and nothing else:"


class FrontMatter(BaseModel):
    """What a prompt file says of itself."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    version: int = Field(ge=1)
    reply: str = Field(description="A class of pipeline.schemas.")
    inputs: list[str]
    max_output_tokens: int = Field(gt=0)


class Prompt(NamedTuple):
    """A loaded prompt; `fingerprint` covers its wording and the schema of its reply.

    `fixed_tokens` is the safe estimate of all that does not change from call to call.
    """

    name: str
    version: int
    reply: type[schemas.Reply]
    schema: dict[str, Any]
    fixed: str
    changing: Template
    max_output_tokens: int
    fingerprint: str
    fixed_tokens: int


class Messages(NamedTuple):
    """A rendered prompt: the fixed part and the part that changes."""

    system: str
    user: str


def prompt_names() -> list[str]:
    """Return the names of all prompts."""
    files = resources.files("prompts").iterdir()
    return sorted(one.name[: -len(".md")] for one in files if one.name.endswith(".md"))


@cache
def load_prompt(name: str) -> Prompt:
    """Load the prompt file `name`.md of the package `prompts`.

    Raises:
        PromptError: the file is missing or malformed.
    """
    file = resources.files("prompts").joinpath(f"{name}.md")
    if not file.is_file():
        raise PromptError(f"there is no prompt {name!r}")
    return parse_prompt(name, file.read_text(encoding="utf-8"))


def parse_prompt(name: str, text: str) -> Prompt:
    """Parse the text of a prompt file.

    Raises:
        PromptError: front matter, reply class or inputs do not fit; the message says which.
    """
    parts = _FILE.match(text)
    if parts is None:
        raise PromptError(f"prompt {name}: front matter or the line <!-- input --> is missing")
    try:
        matter = FrontMatter.model_validate(yaml.safe_load(parts[1]))
        used = meta.find_undeclared_variables(_ENVIRONMENT.parse(parts[3]))
    except (ValidationError, yaml.YAMLError, TemplateError) as error:
        raise PromptError(f"prompt {name}: {error}") from error
    if matter.name != name or used != set(matter.inputs):
        raise PromptError(
            f"prompt {name}: the file names itself {matter.name!r}, declares inputs "
            f"{sorted(matter.inputs)} and uses {sorted(used)}"
        )
    reply = getattr(schemas, matter.reply, None)
    if not (isinstance(reply, type) and issubclass(reply, schemas.Reply)):
        raise PromptError(f"prompt {name}: pipeline.schemas has no reply {matter.reply!r}")
    return _prompt(matter, reply, parts[2].strip(), parts[3].strip())


def _prompt(matter: FrontMatter, reply: type[schemas.Reply], words: str, changing: str) -> Prompt:
    schema = schemas.reply_schema(reply)
    written = json.dumps(schema, ensure_ascii=False, separators=(",", ":"))
    fixed = f"{words}\n\n{_SCHEMA_INTRO}\n{written}"
    template = _ENVIRONMENT.from_string(changing)
    empty = {name: fence() if name == "fence" else "" for name in matter.inputs}
    fingerprint = sha256(f"{matter.name}\x1f{fixed}\x1f{changing}".encode()).hexdigest()
    return Prompt(
        name=matter.name,
        version=matter.version,
        reply=reply,
        schema=schema,
        fixed=fixed,
        changing=template,
        max_output_tokens=matter.max_output_tokens,
        fingerprint=fingerprint,
        fixed_tokens=estimate_tokens(f"{fixed}\n{template.render(empty)}"),
    )


def words_of(prompt: Prompt) -> str:
    """Return the fixed part of a prompt without the schema of its reply."""
    return prompt.fixed.partition(f"\n\n{_SCHEMA_INTRO}\n")[0]


def render(prompt: Prompt, inputs: Mapping[str, str]) -> Messages:
    """Fill a prompt; values are inserted once and never expanded again.

    Raises:
        PromptError: an input is missing.
    """
    try:
        user = prompt.changing.render(inputs)
    except TemplateError as error:
        raise PromptError(f"prompt {prompt.name}: {error}") from error
    return Messages(prompt.fixed, user)


def numbered(sentences: Sequence[str]) -> str:
    """Return sentences one per line, numbered from 1, as prompts show them."""
    lines = (" ".join(text.split()) for text in sentences)
    return "\n".join(f"[{n}] {neutral(line)}" for n, line in enumerate(lines, start=1))


def fence(*texts: str) -> str:
    """Return the line that stands before and after texts: a hash of them, which none can contain.

    It is the same for the same texts, so that the same question has the same bytes.
    """
    return f"===== {sha256(chr(31).join(texts).encode()).hexdigest()[:16]} ====="
