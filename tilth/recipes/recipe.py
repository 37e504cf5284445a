"""A recipe: a YAML file that names inputs and the operations to run over them, checked whole before a row is read."""

import os
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from tilth import operation
from tilth.errors import DataError, UsageError, nearest
from tilth.operation import Operation, Options
from tilth.schemas.registry import is_type_file, type_file

STEP_REFERENCE = "step:"
"""`step:sft` in an option means the folder that the last `sft` step before this one built."""


class Input(BaseModel):
    """One file (or glob, or folder) that goes in, and how to read it where that must be said."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    @model_validator(mode="before")
    @classmethod
    def _say_that_it_is_a_path(cls, given: object) -> object:
        if isinstance(given, str):
            raise ValueError(f"write - path: {given}")
        return given

    path: Path
    """The file, relative to the recipe."""
    format: str | None = None
    """Container, where the suffix does not say it."""
    dialect: str | None = None
    """Shape of the rows, where it is not to be detected."""
    record_type: str | None = None
    """Record type, where the dialect leaves it open: a name, or a file of your own relative to the recipe
    (`products.py:Product`, which is run, or a JSON Schema)."""
    encoding: str = "utf-8"
    """Character encoding of text files."""
    on_error: Literal["stop", "reject"] = "reject"
    """What happens to a row that cannot be read: end the run, or set it aside with its reason."""


class RecipeFile(BaseModel):
    """The shape of a recipe file."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
    """Name of the run; its results lie in `runs/NAME`."""
    title: str = ""
    """Heading of the report; the name when it is not given."""
    about: str = ""
    """A paragraph at the top of the report."""
    inputs: Annotated[list[Input], Field(min_length=1)]
    """What goes in, in this order."""
    steps: list[str | dict[str, dict[str, Any] | None]]
    """The operations, in order: `- dedup: {threshold: 0.8}`. A file among the options starts at the recipe's folder,
    and so does a text option that begins with `./` or `../` (a model, which may also be a hub id)."""
    key: Path | None = None
    """A list of planted defects, to be compared with what was found (for examples and tests)."""


@dataclass(frozen=True)
class Step:
    """One operation of a recipe with its checked options."""

    number: int
    """Position in the run, from 2: reading the inputs is step 1."""
    operation: Operation[..., Options]
    options: Options

    @property
    def folder_name(self) -> str:
        """Name of the step's folder, such as `03-dedup`."""
        return f"{self.number:02d}-{self.operation.name}"


@dataclass(frozen=True)
class Recipe:
    """A recipe whose every name and option has been checked."""

    path: Path
    file: RecipeFile
    steps: tuple[Step, ...]

    @property
    def folder(self) -> Path:
        """Where relative paths in the recipe start."""
        return self.path.parent

    def type_of(self, entry: Input, start: Path | None = None) -> str | None:
        """The record type of an input; one in a file of the user's own as it is seen from `start`, or from here."""
        name = entry.record_type
        if name is None or not is_type_file(name) or Path(name).is_absolute():
            return name
        return str(self.folder / name if start is None else os.path.relpath(self.folder / name, start))

    @property
    def type_files(self) -> tuple[Path, ...]:
        """The files that describe record types of the user's own."""
        named = dict.fromkeys(self.type_of(entry) or "" for entry in self.file.inputs)
        return tuple(type_file(name) for name in named if is_type_file(name))

    def completed(self, folder: Path | None = None) -> str:
        """The recipe with all defaults filled in, as YAML: what ran, to the last option.

        With a folder, relative paths are written as they are seen from there, so that the recipe runs from there too.
        """
        start = folder or self.folder
        file = self.file.model_copy(
            update={
                "inputs": [
                    entry.model_copy(
                        update={**self._seen_from(start, entry), "record_type": self.type_of(entry, start)}
                    )
                    for entry in self.file.inputs
                ]
            }
        )
        file = file.model_copy(update=self._seen_from(start, file))
        content = file.model_dump(mode="json", exclude={"steps"})
        content["steps"] = [
            {
                step.operation.name: step.options.model_copy(update=self._seen_from(start, step.options)).model_dump(
                    mode="json"
                )
            }
            for step in self.steps
        ]
        return yaml.safe_dump(content, sort_keys=False, allow_unicode=True)

    def _seen_from(self, start: Path, model: BaseModel) -> dict[str, Path]:
        """The fields of a model that hold relative paths, with those paths as seen from a folder."""
        return {
            name: Path(os.path.relpath(self.folder / value, start))
            for name, value in ((name, getattr(model, name)) for name in type(model).model_fields)
            if isinstance(value, Path) and not value.is_absolute() and not _is_reference(value)
        }


def load_recipe(path: Path, *, overrides: Mapping[str, Mapping[str, Any]] | None = None) -> Recipe:
    """Read and check a recipe: every operation, every option, every reference between steps.

    `overrides` changes options for this run: operation name to option name to value. Raises `UsageError` with the
    place and the nearest name for a key or an option that does not exist.
    """
    content = _load_yaml(path)
    if not isinstance(content, dict):
        raise UsageError("this is no recipe: a recipe has a name, inputs and steps", where=str(path), fix="tilth init")
    try:
        file = RecipeFile.model_validate(content)
    except ValidationError as failure:
        raise operation.explain(failure, "the recipe", RecipeFile, str(path)) from failure
    changes = dict(overrides or {})
    steps: list[Step] = []
    for number, entry in enumerate(file.steps, start=2):
        name, given = _named(entry, f"{path}, step {number - 1}")
        where = f"{path}, step {number - 1} ({name})"
        try:
            loaded = operation.load(name)
        except UsageError as failure:
            raise UsageError(failure.what, where=where, fix=failure.fix) from failure
        options = loaded.options({**given, **changes.get(name, {})}, where)
        _check_references(options, steps, where)
        steps.append(Step(number, loaded, options))
    if unknown := sorted(set(changes) - {step.operation.name for step in steps}):
        raise UsageError(
            f"the recipe has no step {unknown[0]}",
            where=str(path),
            fix=nearest(unknown[0], [step.operation.name for step in steps]),
        )
    return Recipe(path, file, tuple(steps))


def references(options: Options) -> Mapping[str, str]:
    """Options that point at an earlier step: option name to reference, such as `step:sft/base`."""
    values = {name: getattr(options, name) for name in type(options).model_fields}
    return {name: str(value) for name, value in values.items() if _is_reference(value)}


def _is_reference(value: object) -> bool:
    return isinstance(value, str | Path) and str(value).startswith(STEP_REFERENCE)


def _check_references(options: Options, earlier: Iterable[Step], where: str) -> None:
    built = [step.operation.name for step in earlier if step.operation.kind == "build"]
    for name, reference in references(options).items():
        target = reference.removeprefix(STEP_REFERENCE).split("/")[0]
        if target not in built:
            raise UsageError(
                f"{name} refers to {reference}, and no step before this one builds that",
                where=where,
                fix=", ".join(f"step:{step}" for step in built) or "a path",
            )


def _named(entry: str | dict[str, dict[str, Any] | None], where: str) -> tuple[str, dict[str, Any]]:
    if isinstance(entry, str):
        return entry, {}
    if len(entry) != 1:
        raise UsageError(f"a step names one operation, and this one names {', '.join(entry) or 'none'}", where=where)
    ((name, given),) = entry.items()
    return name, given or {}


class _StrictLoader(yaml.SafeLoader):
    """YAML without tags, that takes no second value for a key in silence."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        """The mapping; raises where a key stands twice."""
        keys = [key.value for key, _ in node.value]
        if twice := next((key for key in keys if keys.count(key) > 1), None):
            raise yaml.constructor.ConstructorError(None, None, f"the key {twice} stands twice", node.start_mark)
        return super().construct_mapping(node, deep)


def _load_yaml(path: Path) -> Any:
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as failure:
        raise UsageError("there is no such recipe", where=str(path), fix="tilth init") from failure
    except IsADirectoryError as failure:
        raise UsageError("this is a folder, and a recipe is a file", where=str(path)) from failure
    except UnicodeDecodeError as failure:
        raise DataError("the recipe is not UTF-8 text", where=str(path)) from failure
    try:
        loader = _StrictLoader(text)
        try:
            return loader.get_single_data()
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as failure:
        line = failure.problem_mark.line + 1 if failure.problem_mark else 1
        raise DataError(f"not YAML: {failure.problem}", where=f"{path}:{line}") from failure
    except yaml.YAMLError as failure:
        raise DataError("not YAML: a character that YAML does not allow", where=str(path)) from failure
