"""The examples of CONTRIBUTING.md do what the page says."""

import io
import re
from pathlib import Path
from typing import Any

import pytest

from tilth.errors import DataError
from tilth.formats import Dataset, ReadSettings, RowBlock
from tilth.schemas import LossError

PAGE = (Path(__file__).parent.parent / "CONTRIBUTING.md").read_text()


def example(heading: str) -> dict[str, Any]:
    """What the code block under a heading defines."""
    section = PAGE.split(f"## {heading}\n")[1].split("\n## ")[0]
    code = re.search(r"```python\n(.*?)```", section, re.DOTALL)
    assert code
    names: dict[str, Any] = {"__name__": f"example_{heading.split()[-1]}"}
    exec(compile(code.group(1), f"CONTRIBUTING.md: {heading}", "exec"), names)
    return names


def test_the_record_type_has_parts() -> None:
    dish = example("A record type")["Dish"]
    assert dish.model_validate({"title": "Leek soup", "steps": ["Wash.", "Cook."]}).type == "dish"
    assert dish.parts({"title": "Leek soup", "steps": ["Wash.", "Cook."]}) == (
        "Leek soup",
        "Wash.\nCook.",
        "Leek soup\nWash.\nCook.",
    )


def test_the_dialect_gives_back_every_row_and_refuses_what_it_cannot_hold() -> None:
    forum = example("A dialect")["Forum"]()
    row = {"subject": "Why do leaves curl?", "best_reply": "Thirst, mostly.", "votes": 7}
    assert forum.encode(forum.decode(row)) == row
    with pytest.raises(LossError):
        forum.encode({"type": "instruction", "instruction": "a", "system": "b", "output": "c"})


def test_the_format_reads_what_it_wrote() -> None:
    lines = example("A format")["Lines"]()
    sink = io.BytesIO()
    writer = lines.writer(sink)
    writer.write(RowBlock([{"text": "one"}, {"text": "two"}], [1, 2]))
    writer.close()
    blocks = list(lines.read(io.BytesIO(sink.getvalue()), ReadSettings("lines.txt")))
    assert [row for block in blocks for row in block.rows] == [{"text": "one"}, {"text": "two"}]
    with pytest.raises(DataError):
        writer.write(RowBlock([{"text": "one", "label": "x"}], [1]))


def test_the_operation_judges() -> None:
    shout = example("An operation")["shout"]
    outcome = shout(Dataset.of([{"type": "text", "text": "HELP"}, {"type": "text", "text": "Good day"}]), share=0.6)
    assert [row.reason.code for row in outcome.set_aside] == ["shouts"]
    assert outcome.kept.count() == 1


def test_the_provider_answers() -> None:
    from tilth.generators.reply import read_reply
    from tilth.generators.request import Request

    names = example("A provider")
    request = Request("any", ({"role": "user", "content": "When do I water?"},))
    assert read_reply(names["Echo"]().send(request)).text == "Water it at dusk."
