from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import Field, ValidationError

from pipeline import schemas
from pipeline.schemas import PaperSummaryReply, Reply, SentenceClaim, claims_of, reply_schema
from tests.asking import reply, said

REPLIES = [
    value
    for value in vars(schemas).values()
    if isinstance(value, type) and issubclass(value, Reply) and value is not Reply
]
COMMON = {"type", "properties", "required", "additionalProperties", "items", "description"}
TYPES = {"object", "array", "string", "integer", "number", "boolean", "null"}
WHOLE = reply(said("Hushkettle boils quietly.", 1)).model_dump_json()


def nodes(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield a schema and every schema inside it."""
    yield schema
    below = [*schema.get("properties", {}).values(), *schema.get("anyOf", [])]
    if "items" in schema:
        below.append(schema["items"])
    for node in below:
        yield from nodes(node)


@pytest.mark.parametrize("model", REPLIES)
def test_a_schema_uses_what_every_server_knows(model: type[Reply]) -> None:
    for node in nodes(reply_schema(model)):
        assert node.keys() <= COMMON | {"anyOf", "enum"}
        assert "anyOf" in node or node["type"] in TYPES


@pytest.mark.parametrize("model", REPLIES)
def test_objects_are_closed_and_every_field_is_required(model: type[Reply]) -> None:
    objects = [node for node in nodes(reply_schema(model)) if node.get("type") == "object"]
    assert objects
    for node in objects:
        assert node["additionalProperties"] is False
        assert node["required"] == list(node["properties"])


@pytest.mark.parametrize("model", REPLIES)
def test_every_field_says_what_it_is_for(model: type[Reply]) -> None:
    for node in nodes(reply_schema(model)):
        for name, field in node.get("properties", {}).items():
            assert field.get("description"), name


def test_the_description_of_a_field_wins_over_that_of_its_class() -> None:
    tldr, null = reply_schema(PaperSummaryReply)["properties"]["tldr"]["anyOf"]
    assert tldr["description"] == "One statement and the numbered sentences that it rests on."
    assert null == {"type": "null"}

    class Holder(Reply):
        claim: SentenceClaim = Field(description="The one claim.")

    assert reply_schema(Holder)["properties"]["claim"]["description"] == "The one claim."


def test_names_that_are_also_keywords_are_kept() -> None:
    class Titled(Reply):
        title: str = Field(description="The title.")
        default: str | None = Field(None, description="The default.")
        kind: bool = Field(description="One kind or the other.", title="Kind")

    schema = reply_schema(Titled)
    assert schema["properties"]["title"] == {"type": "string", "description": "The title."}
    assert schema["properties"]["default"].keys() == {"anyOf", "description"}
    assert schema["properties"]["kind"].keys() == {"type", "description"}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("[1]", '["1"]'),
        ("[1]", "[1.5]"),
        ("[1]", "[true]"),
        ("[1]", "null"),
        ('"problem":[]', '"problem":null'),
        ('"problem":[]', '"problem":{}'),
        ('"problem":[],', ""),
        ('"problem":[]', '"problem":[],"note":1'),
        ('"Hushkettle boils quietly."', "5"),
        ("}", "}}"),
        ("{", "```json\n{"),
    ],
)
def test_a_reply_that_differs_from_its_schema_is_refused_without_repeating_it(
    before: str, after: str
) -> None:
    assert PaperSummaryReply.model_validate_json(WHOLE).tldr is not None
    with pytest.raises(ValidationError) as caught:
        PaperSummaryReply.model_validate_json(WHOLE.replace(before, after, 1))
    assert "Hushkettle" not in str(caught.value)


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity", "1e400"])
def test_a_number_that_json_cannot_hold_is_refused(value: str) -> None:
    class Measured(Reply):
        value: float = Field(description="The value.")

    assert Measured.model_validate_json('{"value":1e40}').value == 1e40
    assert Measured.model_validate_json('{"value":12}').value == 12.0
    with pytest.raises(ValidationError):
        Measured.model_validate_json('{"value":VALUE}'.replace("VALUE", value))


def test_claims_are_found_by_their_place() -> None:
    class Mixed(Reply):
        title: str = Field(description="The title.")
        years: list[int] = Field(description="Years.")
        first: SentenceClaim | None = Field(description="One claim.")
        rest: list[SentenceClaim] = Field(description="More claims.")

    one, two = (SentenceClaim(text=text, sentences=[1]) for text in ("One.", "Two."))
    mixed = Mixed(title="Kettles", years=[2031], first=one, rest=[two, one])
    assert claims_of(mixed) == {"first": one, "rest.0": two, "rest.1": one}
    assert claims_of(mixed.model_copy(update={"first": None})) == {"rest.0": two, "rest.1": one}
