"""A pickle is followed and never run: what it would make, import and call is told from its steps alone."""

import collections
import io
import os
import pickle
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.artifacts.made import seen
from tilth.artifacts.cursor import Cursor
from tilth.artifacts.pickles import Told, follow, judge
from tilth.artifacts.pickles.machine import Pairs


def told(data: bytes) -> Told:
    return follow(Cursor(io.BytesIO(data), len(data)))


def plain(value: Any) -> Any:
    """Python's own value for what the machine put together."""
    if isinstance(value, Pairs):
        return {plain(key): plain(inner) for key, inner in value.pairs}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    return tuple(plain(inner) for inner in value) if isinstance(value, tuple) else value


SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**80), 2**80), st.text(max_size=30), st.binary(max_size=30)
)
VALUES = st.recursive(
    SCALARS | st.floats(allow_nan=False),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.tuples(inner, inner)
        | st.tuples(inner, inner, inner, inner)
        | st.dictionaries(st.text(max_size=5), inner, max_size=4)
    ),
    max_leaves=20,
)


@settings(max_examples=200, deadline=None)
@given(VALUES, st.sampled_from([2, 3, 4, 5]))
def test_plain_values_are_followed_to_the_value_that_they_stand_for(value: Any, protocol: int) -> None:
    found = told(pickle.dumps(value, protocol=protocol))
    assert (found.broken, found.stopped) == ("", "")
    has_bytes_of_old = protocol == 2 and found.imports  # there they are the result of a call
    assert has_bytes_of_old or plain(found.root) == value


@settings(max_examples=250, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_followed_without_an_error(data: bytes) -> None:
    told(data)
    told(b"\x80\x04" + data)


@settings(max_examples=200, deadline=None)
@given(VALUES, st.data())
def test_a_damaged_pickle_is_followed_without_an_error(value: Any, data: st.DataObject) -> None:
    whole = bytearray(pickle.dumps(value))
    at = data.draw(st.integers(0, len(whole) - 1))
    whole[at] = data.draw(st.integers(0, 255))
    told(bytes(whole))


class Runs:
    def __init__(self, function: Any, *arguments: Any) -> None:
        self.function, self.arguments = function, arguments

    def __reduce__(self) -> tuple[Any, ...]:
        return self.function, self.arguments


DANGERS = {
    "posix.system('true')": Runs(os.system, "true"),
    "builtins.eval('1')": Runs(eval, "1"),
    "builtins.getattr": Runs(getattr, 1, "real"),
    "subprocess.Popen": Runs(subprocess.Popen, "true"),
    "pickle.loads": Runs(pickle.loads, b"N."),
}


@pytest.mark.parametrize("protocol", range(6))
@pytest.mark.parametrize("name", DANGERS)
def test_a_payload_is_named_whatever_the_protocol(name: str, protocol: int, tmp_path: Path) -> None:
    data = pickle.dumps([{"weights": 1}, DANGERS[name]], protocol=protocol).replace(b"__builtin__", b"builtins")
    found = seen(tmp_path / "a.pkl", data.replace(b"c_pickle", b"cpickle"))
    assert any("loading it runs" in reason and name.split("(")[0].split(".")[1] in reason for reason in found.unsafe)


def test_a_payload_after_broken_steps_is_named(tmp_path: Path) -> None:
    found = seen(tmp_path / "a.bin", pickle.dumps(DANGERS["posix.system('true')"])[:-1] + b"\xff")
    assert "posix.system" in found.unsafe[0]
    assert found.broken


@pytest.mark.parametrize(
    "steps",
    [
        b"\x80\x04cos\nsystem\n(S'true'\ntR.",
        b"(S'true'\nios\nsystem\n.",
        b"(cos\nsystem\nS'true'\no.",
        b"\x80\x04\x8c\x02os\x8c\x06system\x93\x8c\x04true\x85R.",
        b"\x80\x04\x8c\x02os\x94\x8c\x06system\x940h\x00h\x01\x93\x8c\x04true\x85R.",
        b"\x80\x04cos\nsystem\n\x8c\x04true\x85}\x92.",
        b"\x80\x04ctorch\nserialization.os.system\n\x8c\x04true\x85R.",
    ],
)
def test_every_way_to_name_a_function_is_seen(steps: bytes, tmp_path: Path) -> None:
    (reason, *_) = seen(tmp_path / "a.pkl", steps).unsafe
    assert "system('true')" in reason


def test_a_name_put_together_while_loading_is_said_to_be_one(tmp_path: Path) -> None:
    found = seen(tmp_path / "a.pkl", b"\x80\x04cbuiltins\nstr\n)R\x8c\x01x\x93.")
    assert "a name put together while loading" in found.unsafe[0]


def test_names_of_other_packages_are_told_and_not_called_safe(tmp_path: Path) -> None:
    found = seen(tmp_path / "a.pkl", b"\x80\x04csklearn.linear_model\nLogisticRegression\n)\x81.")
    assert "sklearn" in found.unsafe[0]
    assert not judge(told(b"\x80\x04cfoo\nBar\n)\x81.")).plain


def test_even_a_plain_pickle_is_no_safe_format(tmp_path: Path) -> None:
    found = seen(tmp_path / "rows.pkl", pickle.dumps(collections.OrderedDict(a=[1, 2])))
    assert found.unsafe and "can run code" in found.unsafe[0]


def test_a_tokenized_set_is_told_by_its_keys(tmp_path: Path) -> None:
    found = seen(tmp_path / "tokens.pkl", pickle.dumps([{"input_ids": [1, 2], "labels": [1, 2]}] * 3))
    assert (found.kind, found.facts["items"], found.facts["keys"]) == ("torch-tokens", 3, ["input_ids", "labels"])
