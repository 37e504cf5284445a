"""Record types of one's own: from Python, and from a JSON Schema file."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import pytest

from tilth.errors import DataError, UsageError
from tilth.schemas import Record, content_id, detect, dialect, parts, record_type, record_types, register
from tilth.schemas import registry as registry_module
from tilth.schemas.problem import dotted
from tilth.schemas.registry import record_type_named

SCHEMA: dict[str, Any] = {
    "title": "Support Ticket",
    "type": "object",
    "required": ["subject", "steps"],
    "x-tilth-prompt": ["subject", "body"],
    "x-tilth-answer": "reply",
    "properties": {
        "subject": {"type": "string"},
        "body": {"type": "string"},
        "reply": {"type": "string", "minLength": 1},
        "steps": {"type": "array", "items": {"$ref": "#/$defs/step"}},
    },
    "$defs": {"step": {"type": "object", "required": ["do"], "properties": {"do": {"type": "string"}}}},
}


@pytest.fixture(autouse=True)
def forgotten_afterwards(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Each test begins with the installed types alone."""
    monkeypatch.setattr(registry_module, "_known", {})
    monkeypatch.setattr(registry_module, "_files", {})
    yield


@pytest.fixture
def schema_file(tmp_path: Path) -> str:
    path = tmp_path / "ticket.schema.json"
    path.write_text(json.dumps(SCHEMA))
    return str(path)


class Recipe(Record):
    """A dish."""

    type: Literal["recipe"] = "recipe"
    title: str
    steps: list[str]


def test_a_registered_class_works_like_any_other():
    register(Recipe)
    assert record_type("recipe") is Recipe
    assert "recipe" in record_types()
    row = {"title": "Toast", "steps": ["Toast."], "source": 1}
    found = detect([row])
    fields = found.dialect.decode(row)
    assert found.record_types == ("recipe",)
    assert fields == {"type": "recipe", "title": "Toast", "steps": ["Toast."], "extra": {"source": 1}}
    assert parts(fields).text == "Toast"
    (problem,) = Recipe.problems({**fields, "steps": "Toast."})
    assert (dotted(problem.path), problem.expected) == ("steps", "a list")


def test_a_name_is_taken_only_once():
    class Other(Record):
        type: Literal["chat"] = "chat"

    with pytest.raises(UsageError, match="a record type chat is already known"):
        register(Other)


def test_a_class_without_a_name_is_refused():
    class Nameless(Record):
        title: str

    with pytest.raises(UsageError, match="Nameless has no name"):
        register(Nameless)


def test_a_wrong_name_gets_the_nearest_one():
    with pytest.raises(UsageError, match="no record type is called clasification\n  try  classification"):
        record_type("clasification")


def test_a_json_schema_is_a_record_type(schema_file):
    row = {"subject": "Late", "body": "Very", "reply": "Sorry", "steps": [], "n": 1}
    found = detect([row], record_type=schema_file)
    fields = found.dialect.decode(row)
    assert found.record_types == ("support-ticket",)
    assert fields["extra"] == {"n": 1}
    assert found.dialect.encode(fields) == row
    assert parts(fields) == ("Late\nVery", "Sorry", "Late\nVery\nSorry")
    assert list(record_type("support-ticket").problems(fields)) == []


def test_rows_of_such_a_type_are_found_again_in_tilths_own_dialect(schema_file):
    fields = {"type": record_type_named(schema_file).name(), "subject": "Late", "steps": []}
    row = dialect("tilth").encode(fields)
    assert row["id"] == content_id(fields)
    assert detect([row]).record_types == ("support-ticket",)
    assert detect([row], record_type=schema_file).dialect.decode(row) == fields


def test_a_breach_of_the_schema_names_the_field(schema_file):
    broken = {"type": "support-ticket", "steps": [{"do": 1}, {}], "reply": ""}
    found = {dotted(problem.path): problem.code for problem in record_type_named(schema_file).problems(broken)}
    assert found == {"subject": "missing", "steps[0].do": "wrong-type", "steps[1].do": "missing", "reply": "schema"}


@pytest.mark.parametrize(
    ("schema", "said"),
    [
        ([], "no properties"),
        ({"properties": {}}, "no properties"),
        ({"properties": {"type": {}}}, "a record has type already"),
        ({"properties": {"a": {"type": 3}}}, "this is no JSON Schema"),
    ],
)
def test_a_file_that_is_no_schema_of_an_object_is_refused(tmp_path, schema, said):
    path = tmp_path / "bad.json"
    path.write_text(json.dumps(schema))
    with pytest.raises(DataError, match=said):
        record_type_named(str(path))


def test_a_missing_schema_file_is_one_clear_line(tmp_path):
    with pytest.raises(UsageError, match="cannot be opened: no such file"):
        record_type_named(str(tmp_path / "none.json"))


def test_a_reference_to_another_host_is_never_followed(tmp_path):
    path = tmp_path / "remote.json"
    path.write_text(json.dumps({"properties": {"a": {"$ref": "http://127.0.0.1:9/schema.json"}}}))
    with pytest.raises(DataError, match="which is not in the file"):
        list(record_type_named(str(path)).problems({"type": "remote", "a": 1}))
