"""Well-formed records of every type, for tests by hypothesis."""

from typing import Any

from hypothesis import strategies as st

said = st.sampled_from(["", "a", "Is 9 a prime?", "No.\n\nHuman: b", "a\nb", "<|im_end|>", "ö", " x"])
call = st.fixed_dictionaries(
    {
        "type": st.just("function"),
        "function": st.fixed_dictionaries(
            {"name": st.just("look"), "arguments": st.sampled_from([{}, {"at": 1}, "{}"])}
        ),
    },
    optional={"id": st.just("c1")},
)


def message(role: str) -> st.SearchStrategy[dict[str, Any]]:
    """A message of that role, most often a plain one."""
    plain = st.fixed_dictionaries({"role": st.just(role), "content": said})
    optional = {"weight": st.sampled_from([0, 1, 0.5]), "name": st.just("Ada")}
    more = st.fixed_dictionaries({"role": st.just(role), "content": said}, optional=optional)
    calling = st.fixed_dictionaries({"role": st.just(role), "content": st.none() | said, "tool_calls": st.lists(call)})
    return st.one_of(plain, plain, more, calling) if role == "assistant" else st.one_of(plain, plain, more)


def turns(least: int, most: int) -> st.SearchStrategy[list[dict[str, Any]]]:
    """Exchanges of user and assistant, a system prompt and a tool's answer among them here and there."""
    pair = st.tuples(message("user"), message("assistant")).map(list)
    with_tool = st.tuples(message("user"), message("assistant"), message("tool"), message("assistant")).map(list)
    body = st.lists(pair | with_tool, min_size=least, max_size=most).map(lambda pairs: [m for p in pairs for m in p])
    head = st.just([]) | st.tuples(message("system")).map(list)
    return st.tuples(head, body).map(lambda parts: [*parts[0], *parts[1]])


prompts = st.tuples(turns(0, 1), message("user")).map(lambda parts: [*parts[0], parts[1]])
answers = st.lists(message("assistant"), min_size=1, max_size=2)
carried = {
    "meta": st.just({"licence": "MIT"}),
    "extra": st.sampled_from(
        [{"id": 7}, {"title": "b", "source": None}, {"chosen": "x"}, {"output": 1, "history": []}]
    ),
}
tools = st.sampled_from([[], "[]", [{"type": "function", "function": {"name": "look", "parameters": {}}}]])


def judged(**parts: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """A prompt and what is judged; beside messages a system prompt is one of them."""
    system = {} if parts["prompt"] is prompts else {"system": said}
    return st.fixed_dictionaries(parts, optional={**system, "tools": tools})


BY_TYPE: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "instruction": st.fixed_dictionaries(
        {"instruction": said, "output": said}, optional={"input": said | st.none(), "system": said | st.none()}
    ),
    "chat": st.fixed_dictionaries({"messages": turns(1, 2)}, optional={"tools": tools}),
    "preference": judged(prompt=said, chosen=said, rejected=said)
    | judged(prompt=prompts, chosen=answers, rejected=answers)
    | judged(prompt=said, chosen=said, rejected=said, margin=st.just(1.5), ratings=st.just({"chosen": 3})),
    "unpaired": judged(prompt=said, completion=said, label=st.booleans())
    | judged(prompt=prompts, completion=answers, label=st.booleans()),
    "text": st.fixed_dictionaries({"text": said}),
    "qa": st.fixed_dictionaries(
        {
            "question": said,
            "answers": st.lists(
                st.fixed_dictionaries({"text": said}, optional={"start": st.integers(0, 3)}), max_size=2
            ),
        },
        optional={"context": said, "is_impossible": st.booleans()},
    ),
}
"""Records by the name of their type; the type itself comes with `records_of`."""


def records_of(record_type: str) -> st.SearchStrategy[dict[str, Any]]:
    """Records of that type, with and without what they carry beside their content."""
    beside = st.fixed_dictionaries({}, optional=carried)
    return st.tuples(BY_TYPE[record_type], beside).map(lambda parts: {"type": record_type, **parts[0], **parts[1]})
