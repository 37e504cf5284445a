"""Rows as the world writes them, well-formed and not, for tests by hypothesis."""

from typing import Any

from hypothesis import strategies as st

from tilth.schemas import Dialect

texts = st.text(st.characters(exclude_categories=("Cs",)), max_size=12)
numbers = st.integers(-(10**25), 10**25) | st.floats(allow_nan=False, allow_infinity=False)
scalars = st.none() | st.booleans() | numbers | texts
values: st.SearchStrategy[Any] = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3), max_leaves=6
)
roles = st.sampled_from(["system", "user", "assistant", "tool", "human", "gpt", "moderator", ""])
messages = st.lists(
    st.fixed_dictionaries(
        {"role": roles, "content": texts | st.none()}, optional={"weight": st.integers(0, 1), "name": texts}
    ),
    max_size=4,
)
speakers = st.sampled_from(["human", "gpt", "system", "observation", "user", "assistant", "chatgpt", "x", "role"])
calls = st.sampled_from(
    [
        '{"name": "look", "arguments": {"at": 1}}',
        '{"name":"look","arguments":{}}',
        '[{"name": "look", "arguments": {}}, {"name": "go", "arguments": {"to": "ö"}}]',
        '{"name": "look"}',
        "not json",
        "[]",
    ]
)
turn = (
    st.fixed_dictionaries({"from": speakers, "value": texts}, optional={"weight": st.integers(0, 1), "role": roles})
    | st.fixed_dictionaries({"from": st.just("function_call"), "value": calls})
    | st.fixed_dictionaries({"role": roles, "content": texts})
    | values
)
turns = st.lists(turn, max_size=4)
answers = st.integers(0, 3).flatmap(
    lambda size: st.fixed_dictionaries(
        {
            "text": st.lists(texts, min_size=size, max_size=size),
            "answer_start": st.lists(st.integers(0, 99) | st.none(), min_size=size, max_size=size),
        }
    )
)
notes = st.sampled_from(
    [{}, {"licence": "MIT"}, {"sharegpt": {"turns": {}}}, {"recast": {"input_at": 1}}, {"trl": {"completion_turns": 1}}]
)
strange = st.fixed_dictionaries(
    {},
    optional={
        "id": scalars,
        "type": st.sampled_from(["faq", "x"]),
        "extra": values,
        "meta": notes | values,
        "title": values,
        "é": values,
        "system": texts | st.none(),
        "tools": values,
        "input": texts,
    },
)


def rows(required: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[dict[str, Any]]:
    """Rows that have some or all of the fields, of the right type or not, and fields that nobody knows."""
    known = st.fixed_dictionaries({}, optional={name: good | values for name, good in required.items()})
    whole = st.fixed_dictionaries(required)
    return st.tuples(known | whole, strange).map(lambda pair: {**pair[1], **pair[0]})


BY_DIALECT: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "alpaca": rows({"instruction": texts, "output": texts}),
    "openai": rows({"messages": messages}),
    "sharegpt": rows({"conversations": turns}),
    "trl-prompt-completion": rows({"prompt": texts | messages, "completion": texts | messages}),
    "trl-preference": rows(dict.fromkeys(("prompt", "chosen", "rejected"), texts | messages)),
    "squad": rows({"question": texts, "context": texts, "answers": answers}),
}


def rows_of(shape: Dialect) -> st.SearchStrategy[dict[str, Any]]:
    """Rows that could be in a dialect, or nearly."""
    return BY_DIALECT.get(shape.name) or rows(dict.fromkeys(shape.needs, texts | messages))
