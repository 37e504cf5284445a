"""What a record is: record types, identity, the shapes that tools give them."""

from tilth.schemas.chat import Chat
from tilth.schemas.classification import Classification
from tilth.schemas.detect import Detection, NoDialectError, detect
from tilth.schemas.dialects import Dialect, LossError, dialect, dialects
from tilth.schemas.exact_json import canonical_json, dump_json, load_json
from tilth.schemas.instruction import Instruction
from tilth.schemas.ner import Ner
from tilth.schemas.preference import Preference
from tilth.schemas.qa import Qa
from tilth.schemas.recast import RecastError, recast
from tilth.schemas.record import Fields, Parts, Record, content_id
from tilth.schemas.registry import parts, record_type, record_types, register
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
    "record_types",
    "register",
]
