"""JSON Schemas for editors, made from the declarations: of a recipe, of an operation's options, of a record type."""

from typing import Any

from tilth import operation, plugins
from tilth.errors import UsageError, nearest
from tilth.recipes.recipe import RecipeFile
from tilth.schemas import record_type


def schema_of(what: str) -> dict[str, Any]:
    """The JSON Schema of `recipe`, of the options of an operation, or of a record type.

    Raises `UsageError` for any other name, with the nearest one.
    """
    if what == "recipe":
        return recipe_schema()
    if what in plugins.installed("tilth.ops"):
        return operation_schema(what)
    if what in plugins.installed("tilth.records"):
        return record_type(what).model_json_schema()
    known = {"recipe", *plugins.installed("tilth.ops"), *plugins.installed("tilth.records")}
    raise UsageError(f"there is no schema called {what}", fix=nearest(what, known))


def operation_schema(name: str) -> dict[str, Any]:
    """The options of one operation, as its recipe step takes them."""
    loaded = operation.load(name)
    return {**loaded.options_type.model_json_schema(), "description": (loaded.__doc__ or "").strip()}


def recipe_schema() -> dict[str, Any]:
    """A whole recipe: every installed operation is a possible step."""
    schema = RecipeFile.model_json_schema()
    definitions = schema.setdefault("$defs", {})
    steps: list[dict[str, Any]] = [{"enum": sorted(plugins.installed("tilth.ops"))}]
    for name in plugins.installed("tilth.ops"):
        options = operation_schema(name)
        definitions.update(options.pop("$defs", {}))
        definitions[name] = options
        reference = {"anyOf": [{"$ref": f"#/$defs/{name}"}, {"type": "null"}]}
        steps.append(
            {"type": "object", "properties": {name: reference}, "required": [name], "additionalProperties": False}
        )
    schema["properties"]["steps"]["items"] = {"anyOf": steps}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
