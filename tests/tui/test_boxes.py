"""A record goes into boxes and comes out the same, and an edit changes what was edited and nothing else."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tui.conftest import RECORDS
from tilth.schemas.safe_text import is_hidden
from tilth.tui.boxes import BoxError, boxes, from_boxes, in_box, out_of_box, whole_box

any_text = st.one_of(
    st.text(st.characters(exclude_categories=()), max_size=60),
    st.text(st.sampled_from("⟨⟩U+0041\u200b\x1b\n\r"), max_size=30),
)


@given(any_text)
def test_every_text_comes_out_of_its_box_as_it_went_in(text: str) -> None:
    shown = in_box(text)
    assert out_of_box(shown) == text
    assert not any(is_hidden(character) for character in shown)


@pytest.mark.parametrize("record", RECORDS.values(), ids=RECORDS.keys())
def test_untouched_boxes_change_nothing(record: dict[str, Any]) -> None:
    for made in (boxes(record), whole_box(record)):
        assert from_boxes(record, made, [box.text for box in made]) == record


def test_a_conversation_has_a_box_per_message() -> None:
    made = boxes(RECORDS["chat"])
    assert [box.label for box in made] == ["1 system", "2 user", "3 assistant", "4 tool", "5 assistant", "tools (JSON)"]
    after = from_boxes(RECORDS["chat"], made, ["Be brief.", *(box.text for box in made[1:])])
    assert after["messages"][0] == {"role": "system", "content": "Be brief."}
    assert after["messages"][1:] == RECORDS["chat"]["messages"][1:]


def test_an_empty_box_leaves_a_missing_field_missing() -> None:
    record = {"type": "instruction", "instruction": "Hi", "output": "Ho"}
    made = boxes(record)
    assert [box.label for box in made] == ["instruction", "input (none)", "output", "system (none)"]
    assert from_boxes(record, made, ["Hi", "", "Hey", ""]) == {**record, "output": "Hey"}
    assert from_boxes(record, made, ["Hi", "new", "Ho", ""]) == {**record, "input": "new"}


def test_a_value_that_is_no_text_is_edited_as_json() -> None:
    record = {"type": "ner", "text": "Ada", "entities": [{"start": 0, "end": 3, "label": "P"}]}
    made = boxes(record)
    after = from_boxes(record, made, ["Ada", '[{"start": 0, "end": 2, "label": "Q\\u200b"}]'])
    assert after["entities"] == [{"start": 0, "end": 2, "label": "Q\u200b"}]
    with pytest.raises(BoxError, match=r"entities \(JSON\): broken JSON"):
        from_boxes(record, made, ["Ada", "[{]"])
    with pytest.raises(BoxError, match="JSON object"):
        from_boxes(record, whole_box(record), ["[]"])


def test_big_numbers_survive_an_edit() -> None:
    record = {"type": "text", "text": "x", "meta": {"n": 10**25, "z": -0.0}}
    (box,) = whole_box(record)
    after = from_boxes(record, [box], [box.text.replace('"x"', '"y"')])
    assert after == {**record, "text": "y"}
    assert isinstance(after["meta"]["n"], int)
