"""Annotated rows as tools write them, good ones and odd ones, for tests by hypothesis."""

from typing import Any

from hypothesis import strategies as st

from tests.schemas.rows import notes, scalars, values

Rows = st.SearchStrategy[dict[str, Any]]

words = st.text("abcXYZéß北한ह\U0001f469 .,-'\n", max_size=12)
labels = st.sampled_from(["PER", "LOC", "ORG", "", "B-X", "a b"])
places = st.integers(-1, 13)
tokens = st.lists(st.sampled_from(["Ada", "wrote", ".", "New York", "北京", "#", "", "-DOCSTART-"]), max_size=5)
tags = st.sampled_from(["O", "B-PER", "I-PER", "B-LOC", "I-LOC", "E-PER", "S-LOC", "L-PER", "U-LOC", "B", "x", ""])
listed = st.tuples(places, places, labels).map(list)
named = st.fixed_dictionaries(
    {"start": places, "end": places, "label": labels},
    optional={"token_start": places, "token_end": places, "text": words, "kb_id": scalars},
)
token_objects = st.lists(
    st.fixed_dictionaries(
        {"start": places, "end": places}, optional={"text": words, "id": places, "ws": st.booleans()}
    ),
    max_size=4,
)
beside = st.fixed_dictionaries(
    {},
    optional={
        "id": scalars,
        "meta": notes | values,
        "layout": values,
        "answer": st.sampled_from(["accept", "reject", 3]),
    },
)
relation = st.fixed_dictionaries({"from_id": places, "to_id": places, "type": labels}, optional={"id": places})
entity = st.fixed_dictionaries({"start_offset": places, "end_offset": places, "label": labels}, optional={"id": places})
segment = st.fixed_dictionaries({"text": words}, optional={"entity": labels | st.none(), "slot": values})
region = st.fixed_dictionaries(
    {
        "type": st.sampled_from(
            ["labels", "choices", "textarea", "rating", "pairwise", "relation", "chatmessage", "x"]
        ),
        "value": st.fixed_dictionaries(
            {},
            optional={
                "start": places,
                "end": places,
                "text": words | st.lists(words, max_size=2),
                "labels": st.lists(labels, max_size=2),
                "choices": st.lists(labels, max_size=2),
                "rating": st.integers(0, 5),
                "selected": st.sampled_from(["left", "right"]),
                "chatmessage": st.fixed_dictionaries({"role": words, "content": words}),
            },
        )
        | values,
    },
    optional={
        "id": st.sampled_from(["a", "b", 1]),
        "from_name": words,
        "to_name": st.sampled_from(["text", "a,b", "$text"]),
        "from_id": st.sampled_from(["a", "b"]),
        "to_id": st.sampled_from(["a", "b"]),
        "labels": st.lists(labels, max_size=2),
    },
)
annotation = st.fixed_dictionaries(
    {"result": st.lists(region, max_size=3)},
    optional={
        "id": places,
        "completed_by": places | st.just({"id": 1, "email": "a@b"}),
        "was_cancelled": st.booleans(),
    },
)
answer = st.fixed_dictionaries({"text": words, "answer_start": places})
question = st.fixed_dictionaries(
    {"question": words, "answers": st.lists(answer, max_size=2)},
    optional={"id": words, "is_impossible": st.booleans(), "plausible_answers": st.lists(answer, max_size=1)},
)
paragraph = st.fixed_dictionaries({"context": words, "qas": st.lists(question, max_size=3)}, optional={"id": words})
spacy_token = st.fixed_dictionaries({"orth": words, "ner": tags}, optional={"id": places, "tag": words})
spacy_paragraph = st.fixed_dictionaries(
    {"sentences": st.lists(st.fixed_dictionaries({"tokens": st.lists(spacy_token, max_size=3)}), max_size=2)},
    optional={"raw": words, "cats": st.lists(st.fixed_dictionaries({"label": labels, "value": st.integers(0, 1)}))},
)


def made(required: dict[str, Any], optional: dict[str, Any] | None = None) -> Rows:
    """Rows with these fields, some of them of another shape, and others beside them, in any order."""
    odd = {name: good | values for name, good in required.items()}
    rows = st.fixed_dictionaries(required, optional=optional or {}) | st.fixed_dictionaries(
        {}, optional={**odd, **(optional or {})}
    )
    return st.tuples(rows, beside).flatmap(lambda pair: st.permutations(list({**pair[1], **pair[0]}.items())).map(dict))


users = st.fixed_dictionaries({"user": places, "label": places | labels, "start_offset": places, "end_offset": places})
BY_DIALECT: dict[str, Rows] = {
    "conll": made({"tokens": tokens, "tags": st.lists(tags, max_size=5)}, {"column_2": tokens}),
    "token-tags": made({"tokens": tokens, "ner_tags": st.lists(tags, max_size=5)}),
    "spacy": made(
        {"text": words, "spans": st.lists(listed) | st.lists(named)},
        {
            "tokens": token_objects,
            "cats": st.dictionaries(labels, st.sampled_from([0, 1, 0.0, 1.0, 0.5])),
            "ents": values,
        },
    ),
    "prodigy": made(
        {"text": words, "answer": st.sampled_from(["accept", "reject", "ignore"])},
        {
            "spans": st.lists(named),
            "label": labels,
            "accept": st.lists(labels),
            "options": st.just([]),
            "tokens": token_objects,
        },
    ),
    "doccano": made(
        {"text": words, "label": st.lists(listed) | st.lists(labels)},
        {"entities": st.lists(entity) | st.lists(listed), "relations": st.lists(relation), "cats": st.lists(labels)},
    ),
    "doccano-users": made({"text": words, "annotations": st.lists(users, max_size=4)}),
    "doccano-seq2seq": made({"text": words, "label": st.lists(words, max_size=2)}),
    "label-studio": made(
        {"data": st.just({"text": "Ada wrote.", "prompt": "p"}), "annotations": st.lists(annotation, max_size=3)}
    ),
    "label-studio-min": made(
        {"annotator": places, "annotation_id": places, "lead_time": places, "text": words},
        {"label": st.lists(named), "choice": labels | st.just({"choices": ["a", "b"]})},
    ),
    "squad-articles": made({"paragraphs": st.lists(paragraph, max_size=3)}, {"title": words}),
    "spacy-training": made({"paragraphs": st.lists(spacy_paragraph, max_size=3)}),
    "nq-open": made({"question": words, "answer": st.lists(words, max_size=3)}),
    "snips": made({"data": st.lists(segment, max_size=4)}, {"intent": words}),
    "presidio": made(
        {
            "full_text": words,
            "spans": st.lists(
                st.fixed_dictionaries(
                    {"entity_type": labels, "entity_value": words, "start_position": places, "end_position": places}
                )
            ),
        }
    ),
    "fasttext": made(
        {"text": st.sampled_from(["__label__a b", "__label__a __label__b  c", "a __label__b", "a", "__label__"])}
    ),
    "bitext": made(
        {
            "utterance": words,
            "intent": labels,
            "entity_type": labels,
            "entity_value": words,
            "start_offset": st.sampled_from(["", "0", "3", "x"]),
            "end_offset": st.sampled_from(["", "3", "9"]),
        }
    ),
}
