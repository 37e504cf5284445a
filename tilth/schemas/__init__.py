"""What a record is: record types, identity, the shapes that tools give them.

The record types are imported when they are first asked for: who only carries rows about never asks.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from tilth.schemas.detect import Detection, NoDialectError, detect
from tilth.schemas.dialects import Dialect, LossError, dialect, dialects
from tilth.schemas.exact_json import canonical_json, dump_json, load_json
from tilth.schemas.identity import Fields, Parts, content_id
from tilth.schemas.recast import RecastError, recast
from tilth.schemas.registry import parts, record_type, record_type_named, record_types, register

if TYPE_CHECKING:
    from tilth.schemas.chat import Chat
    from tilth.schemas.classification import Classification
    from tilth.schemas.instruction import Instruction
    from tilth.schemas.ner import Ner
    from tilth.schemas.preference import Preference
    from tilth.schemas.qa import Qa
    from tilth.schemas.record import Record
    from tilth.schemas.text import Text

__all__ = [
    "Chat",
    "Classification",
    "Detection",
    "Dialect",
    "Fields",
    "Instruction",
    "LossError",
    "Ner",
    "NoDialectError",
    "Parts",
    "Preference",
    "Qa",
    "RecastError",
    "Record",
    "Text",
    "canonical_json",
    "content_id",
    "detect",
    "dialect",
    "dialects",
    "dump_json",
    "load_json",
    "parts",
    "recast",
    "record_type",
    "record_type_named",
    "record_types",
    "register",
]

_RECORD_TYPES = ("Chat", "Classification", "Instruction", "Ner", "Preference", "Qa", "Record", "Text")

if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        if name not in _RECORD_TYPES:
            raise AttributeError(f"tilth.schemas has no {name}")
        return getattr(import_module(f"tilth.schemas.{name.lower()}"), name)
