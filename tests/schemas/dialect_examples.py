"""The examples in the words about each dialect."""

import inspect
import json
import re
from typing import Any

from tilth.schemas import Dialect


def examples(shape: Dialect) -> list[Any]:
    """The rows (or whole documents) in the docstring of a dialect."""
    text = inspect.getdoc(type(shape)) or ""
    found: list[Any] = []
    end = 0
    for begin in (match.end() - 1 for match in re.finditer(r"^ *[\[{]", text, re.MULTILINE)):
        if begin >= end:
            value, end = json.JSONDecoder().raw_decode(text, begin)
            found.append(value)
    return found
