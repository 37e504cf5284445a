"""A record type of one's own from a Pydantic model in a Python file, named on the command line as `FILE.py:CLASS`.

The file is run, as `python FILE.py` would run it: only because a person names it, and never because data does.
"""

import re
import sys
from collections.abc import Iterator, Mapping
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any, ClassVar, get_args

from pydantic import BaseModel, ConfigDict

from tilth.errors import UsageError, nearest
from tilth.schemas.identity import NOT_CONTENT, Parts
from tilth.schemas.problem import Problem, model_problems
from tilth.schemas.record import Record

_ENVELOPE = ("type", *sorted(NOT_CONTENT))


def record_type_from_python(name: str) -> type[Record]:
    """The record type that `products.py:Product` means: a `Record`, or any Pydantic model.

    Its name is the class's in lower case. Cells of a table are all text, and so is every time and address in JSON:
    values are read as Pydantic reads them when it is not strict (`"12.50"` is a number), an empty cell counts as no
    value where the field is no text, and what is stored stays as it was. A field named `id`, `type`, `meta` or `extra`
    is checked too; as a record has these names itself, its value lies in `extra`.

    Raises `UsageError` for a file that is not there or does not run, and for a class that is no model.
    """
    file, _, wanted = name.partition(".py")
    model = _model(f"{file}.py", wanted.removeprefix(":"))
    is_record = issubclass(model, Record)
    type_name = (model.name() if issubclass(model, Record) else "") or _kebab(model.__name__)
    names = tuple(field for field in model.model_fields if field not in _ENVELOPE)
    if not names:
        raise UsageError(f"{model.__name__} has no field of its own", where=name)
    needed = frozenset(field for field in names if model.model_fields[field].is_required())
    lax = _lax(model) if is_record else model
    hidden = () if is_record else tuple(field for field in model.model_fields if field in _ENVELOPE)

    class FromPython(Record):
        __doc__ = model.__doc__ or f"The record type that {name} describes."

        type: str = type_name

        summary: ClassVar[str] = f"records as {Path(file).name}.py describes them"

        @classmethod
        def field_names(cls) -> tuple[str, ...]:
            return names

        @classmethod
        def evidence(cls, row: Mapping[str, Any]) -> frozenset[str]:
            # A person named the type: a row that lacks a field is one with a mistake, and no other kind of row.
            there = (needed or frozenset(names)) & row.keys()
            return there if 2 * len(there) >= len(needed) else frozenset()

        @classmethod
        def problems(cls, fields: Mapping[str, Any]) -> Iterator[Problem]:
            own = {field: value for field, value in fields.items() if field not in _ENVELOPE}
            extra = fields.get("extra") or {}
            if is_record:
                own |= {"type": type_name, "meta": fields.get("meta") or {}, "extra": extra}
            else:
                # What the model does not know is for the model to judge: some forbid it.
                own |= {field: value for field, value in extra.items() if field in hidden or field not in _ENVELOPE}
            return model_problems(lax, dict(_cells(model, own)))

        @classmethod
        def parts(cls, fields: Mapping[str, Any]) -> Parts:
            return model.parts(fields) if issubclass(model, Record) else super().parts(fields)

    return FromPython


def _cells(model: type[BaseModel], fields: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The fields as the model is to see them: an empty cell where there can be no text is no value."""
    for name, value in fields.items():
        known = model.model_fields.get(name)
        kinds = _kinds(known.annotation) if known is not None else set()
        if value != "" or known is None or kinds & {str, Any}:
            yield name, value
        elif type(None) in kinds:
            yield name, None


def _kinds(annotation: Any) -> set[Any]:
    """The types that an annotation is made of: `float | None` is made of two."""
    inner = [kind for one in get_args(annotation) for kind in _kinds(one)]
    return set(inner) if inner else {annotation if _is_hashable(annotation) else object}


def _is_hashable(value: Any) -> bool:
    try:
        hash(value)
    except TypeError:
        return False
    return True


def _lax(model: type[BaseModel]) -> type[BaseModel]:
    return type(model.__name__, (model,), {"model_config": ConfigDict(strict=False), "__module__": model.__module__})


def _model(file: str, wanted: str) -> type[BaseModel]:
    module = _run(Path(file))
    own = {
        name: value
        for name, value in vars(module).items()
        if isinstance(value, type) and issubclass(value, BaseModel) and value.__module__ == module.__name__
    }
    if wanted in own:
        return own[wanted]
    if not wanted and len(own) == 1:
        return next(iter(own.values()))
    if wanted and hasattr(module, wanted):
        raise UsageError(f"{wanted} is no Pydantic model", where=file, fix="class Product(pydantic.BaseModel): ...")
    said = f"there is no model {wanted}" if wanted else f"there are {len(own)} models, and none is named"
    raise UsageError(said, where=file, fix=f"--as {file}:{nearest(wanted, own)}" if own else "")


def _run(path: Path) -> ModuleType:
    if not path.is_file():
        raise UsageError("there is no such Python file", where=str(path))
    # A name that no other module has, and that is there while the file runs: annotations are looked up in it.
    name = f"tilth_records_{re.sub(r'[^0-9A-Za-z]', '_', str(path.resolve()))}"
    spec = spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise UsageError("this is no Python file", where=str(path))
    module = module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except Exception as failure:
        del sys.modules[name]
        said = " ".join(str(failure).split())
        raise UsageError(f"it does not run: {type(failure).__name__}: {said}", where=str(path)) from failure
    return module


def _kebab(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name).lower()
