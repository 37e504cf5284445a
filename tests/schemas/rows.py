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
    [
        {},
        {"licence": "MIT"},
        {"as_read": 1},
        {"as_read": {}},
        {"as_read": {"was": 1}},
        {"as_read": {"sharegpt": {"turns": {}}}},
        {"as_read": {"recast": {"input_at": 1}}},
        {"as_read": {"trl": {"completion_turns": 1}}, "licence": "MIT"},
        {"as_read": {"order": {"names": ["a", 1]}, "axolotl": {"messages": 3}, "xtuner": {"turns": [{}]}}},
        {"as_read": {"llama-factory": {"input_at": 1, "input": [], "names": []}, "chatml": {"breaks": 1}}},
    ]
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


words = st.sampled_from(["", "a", "a\nb", "\n", "<|im_end|>", "ö"])
trained = st.lists(
    st.fixed_dictionaries(
        {"role": roles, "content": texts},
        optional={"train": st.booleans() | scalars, "weight": scalars, "train_detail": values},
    )
    | values,
    max_size=3,
)
segments = st.lists(
    st.fixed_dictionaries({"label": st.booleans() | scalars, "text": texts}, optional={"role": roles}) | values,
    max_size=3,
)
input_output = st.lists(
    st.fixed_dictionaries(
        {"output": words}, optional={"input": words, "system": words, "output_with_loss": st.booleans() | scalars}
    )
    | values,
    max_size=3,
)
part = st.fixed_dictionaries({"type": st.sampled_from(["text", "tool_call", "reasoning"]), "value": texts | calls})
weighted = st.lists(
    st.fixed_dictionaries(
        {"role": roles, "content": st.lists(part, max_size=3) | texts},
        optional={"loss_weight": scalars, "weight": scalars},
    )
    | values,
    max_size=3,
)
chatml_texts = st.lists(
    st.tuples(st.sampled_from(["user", "assistant", "x y", ""]), words, st.sampled_from(["\n", ""])), max_size=3
).map(lambda turns: "".join(f"<|im_start|>{role}\n{said}<|im_end|>{end}" for role, said, end in turns))
history = st.lists(st.lists(words, min_size=2, max_size=2), max_size=2)


def rows(required: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[dict[str, Any]]:
    """Rows that have some or all of the fields, of the right type or not, and unknown ones, in any order."""
    known = st.fixed_dictionaries({}, optional={name: good | values for name, good in required.items()})
    whole = st.fixed_dictionaries(required)
    both = st.tuples(known | whole, strange).map(lambda pair: {**pair[1], **pair[0]})
    return both.flatmap(lambda row: st.permutations(list(row)).map(lambda names: {name: row[name] for name in names}))


BY_DIALECT: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "alpaca": rows({"instruction": texts, "output": texts}),
    "axolotl": rows({"messages": trained, "tools": values}),
    "axolotl-segments": rows({"segments": segments}),
    "chatml": rows({"text": chatml_texts}) | rows({"chatml": chatml_texts}),
    "llama-factory-alpaca": rows({"instruction": words, "input": words, "output": words, "history": history})
    | rows({"instruction": words, "input": words, "chosen": words, "rejected": words, "history": history})
    | rows({"instruction": words, "output": words, "kto_tag": st.booleans(), "history": history, "system": words}),
    "llama-factory-sharegpt": rows({"conversations": turns, "chosen": turn, "rejected": turn, "system": words})
    | rows({"conversations": turns, "kto_tag": st.booleans(), "tools": values}),
    "llama-factory-v1": rows({"messages": weighted, "tools": values}),
    "llama-factory-v1-pairs": rows({"chosen_messages": weighted, "rejected_messages": weighted}),
    "lmsys-chat": rows({"conversation": messages}),
    "openai": rows({"messages": messages}),
    "sharegpt": rows({"conversations": turns}),
    "squad": rows({"question": texts, "context": texts, "answers": answers}),
    "trl-preference": rows(dict.fromkeys(("prompt", "chosen", "rejected"), texts | messages)),
    "trl-prompt-completion": rows({"prompt": texts | messages, "completion": texts | messages}),
    "xtuner": rows({"conversation": input_output}),
}


def rows_of(shape: Dialect) -> st.SearchStrategy[dict[str, Any]]:
    """Rows that could be in a dialect, or nearly."""
    found = BY_DIALECT.get(shape.name)
    return rows(dict.fromkeys(shape.needs, texts | messages)) if found is None else found
