"""Templates by name, from files and from tokenizers: what they write to the letter, and what they refuse to write."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.trainers.rows import chat, instruction, preference
from tests.trainers.templates import FAMILIES, tokenizer_of
from tilth.errors import TilthError
from tilth.judgement import Reason
from tilth.trainers.templates import BUILT_IN, FieldTemplate, Rendered, SpecialTokens, built_in, find_template
from tilth.trainers.templates.records import Renderer
from tilth.trainers.tokenizer_files import read_tokenizer_files

ASKED = "Below is an instruction that describes a task. Write a response that appropriately completes the request."
GIVEN = (
    "Below is an instruction that describes a task, paired with an input that provides further context. "
    "Write a response that appropriately completes the request."
)
VICUNA = (
    "A chat between a curious user and an artificial intelligence assistant. The assistant gives helpful, detailed, "
    "and polite answers to the user's questions."
)
TALK = [("user", "Hello"), ("assistant", "Hi there"), ("user", "Who are you"), ("assistant", "   A model   ")]
# Written by hand from llama.cpp's tests of these templates, from FastChat and from the Alignment Handbook.
LAYOUTS = {
    "chatml": "<|im_start|>user\nHello<|im_end|>\n<|im_start|>assistant\n[Hi there<|im_end|>]\n"
    "<|im_start|>user\nWho are you<|im_end|>\n<|im_start|>assistant\n[   A model   <|im_end|>]\n",
    "gemma": "<bos><start_of_turn>user\nHello<end_of_turn>\n<start_of_turn>model\n[Hi there<end_of_turn>]\n"
    "<start_of_turn>user\nWho are you<end_of_turn>\n<start_of_turn>model\n[A model<end_of_turn>]\n",
    "llama-3": "<|begin_of_text|><|start_header_id|>user<|end_header_id|>\n\nHello<|eot_id|>"
    "<|start_header_id|>assistant<|end_header_id|>\n\n[Hi there<|eot_id|>]"
    "<|start_header_id|>user<|end_header_id|>\n\nWho are you<|eot_id|>"
    "<|start_header_id|>assistant<|end_header_id|>\n\n[A model<|eot_id|>]",
    "mistral": "<s>[INST] Hello [/INST][Hi there</s>][INST] Who are you [/INST][   A model   </s>]",
    "phi-3": "<|user|>\nHello<|end|>\n<|assistant|>\n[Hi there<|end|>]\n"
    "<|user|>\nWho are you<|end|>\n<|assistant|>\n[   A model   <|end|>]\n",
    "vicuna": VICUNA + " USER: Hello ASSISTANT:[ Hi there</s>]USER: Who are you ASSISTANT:[    A model   </s>]",
    "zephyr": "<|user|>\nHello</s>\n<|assistant|>\n[Hi there</s>]\n"
    "<|user|>\nWho are you</s>\n<|assistant|>\n[   A model   </s>]\n",
}


def shown(template: str, row: dict[str, Any]) -> str:
    """The text with brackets around what is learned, or the code of the reason why there is none."""
    renderer = Renderer(built_in(template, None))
    found = renderer.render(row)
    if isinstance(found, Reason):
        return found.code
    pieces = [piece for rendered in found for piece in renderer.pieces(rendered)]
    return "".join(f"[{text}]" if learned else text for text, learned in pieces)


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_conversation_is_written_to_the_letter(name: str) -> None:
    assert shown(name, chat(*TALK)) == LAYOUTS[name]


def test_every_built_in_template_has_its_layout_in_these_tests() -> None:
    assert set(BUILT_IN) == {*LAYOUTS, "alpaca", "alpaca-lora", "qa"}


@pytest.mark.parametrize("name", ["chatml", "phi-3", "llama-3", "zephyr", "vicuna"])
def test_a_system_message_has_its_place(name: str) -> None:
    assert "Be kind." in shown(name, chat(("system", "Be kind."), *TALK))


@pytest.mark.parametrize("name", ["gemma", "mistral"])
def test_a_template_without_a_place_for_a_system_message_refuses_it(name: str) -> None:
    assert shown(name, chat(("system", "Be kind."), *TALK)) == "template-refuses"


def test_alpaca_in_both_variants() -> None:
    plain, with_input = instruction("Add.", "3"), instruction("Add.", "3", input="1 2")
    assert shown("alpaca", plain) == f"{ASKED}\n\n### Instruction:\nAdd.\n\n### Response:[3]"
    assert shown("alpaca", {**plain, "input": ""}) == shown("alpaca", plain)
    assert shown("alpaca", with_input) == (f"{GIVEN}\n\n### Instruction:\nAdd.\n\n### Input:\n1 2\n\n### Response:[3]")
    assert shown("alpaca-lora", plain) == f"{ASKED}\n\n### Instruction:\nAdd.\n\n### Response:\n[3]"
    assert shown("qa", with_input) == "### Question:\nAdd.\n1 2\n\n### Answer:\n[3]"


def test_question_and_answer_go_through_every_template() -> None:
    row = {"type": "qa", "question": "Who?", "context": "Ann came.", "answers": [{"text": "Ann", "start": 0}]}
    assert shown("alpaca", row) == f"{GIVEN}\n\n### Instruction:\nWho?\n\n### Input:\nAnn came.\n\n### Response:[Ann]"
    assert "Ann came.\nWho?" in shown("chatml", row)
    assert shown("qa", row) == "no-place", "there is no place for the context"


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (instruction("Add.", "3", system="Be kind."), "no-place"),
        (chat(*TALK), "no-place"),
        (chat(*TALK[:2], tools=[{"type": "function"}]), "no-place"),
        (instruction("Add.", " "), "no-answer"),
        (instruction("Add.\n### Response:\n4", "3"), "control-string"),
        ({"type": "instruction", "instruction": "Add."}, "missing"),
        ({"type": "instruction", "instruction": "Add.", "output": 3}, "wrong-type"),
        (preference("Add.", "3", "3"), "equal-answers"),
        (preference("Add.", "3", " "), "no-answer"),
    ],
)
def test_what_alpaca_cannot_say_whole_is_refused_and_never_said_in_part(row: dict[str, Any], code: str) -> None:
    assert shown("alpaca", row) == code


def test_both_answers_of_a_preference_are_written() -> None:
    row = preference("Add.", "3", "4", system="Be kind.")
    assert shown("zephyr", row) == "".join(
        f"<|system|>\nBe kind.</s>\n<|user|>\nAdd.</s>\n<|assistant|>\n[{answer}</s>]\n" for answer in "34"
    )
    assert shown("qa", preference("Add.", "3", "4")) == "".join(
        f"### Question:\nAdd.\n\n### Answer:\n[{answer}]" for answer in "34"
    )


def test_a_text_is_learned_as_it_is() -> None:
    assert shown("chatml", {"type": "text", "text": "It was a day."}) == "[It was a day.]"
    assert shown("chatml", {"type": "text", "text": "<|im_start|>user\nHi"}) == "control-string"


@pytest.mark.parametrize(
    ("text", "row", "wanted"),
    [
        (
            "{text}\nLabel: {label}",
            {"type": "classification", "text": "Late!", "label": "delay"},
            "Late!\nLabel: [delay]",
        ),
        (
            "{text} -> {entities}",
            {"type": "ner", "text": "Ada", "entities": [{"start": 0, "end": 3, "label": "NAME"}]},
            'Ada -> [[{"start":0,"end":3,"label":"NAME"}]]',
        ),
        (
            "{topic}/{meta.by}: {instruction} {output}",
            instruction("Add.", "3", extra={"topic": "sums"}, meta={"by": "Jo"}),
            "sums/Jo: Add. [3]",
        ),
        (
            '{"q": "{instruction}", "{{instruction}}": {{}}, "a": "{output}"}',
            instruction("Add.", "3"),
            '{"q": "Add.", "{instruction}": {{}}, "a": "[3"}]',
        ),
        ("{system}{instruction} = {output}", instruction("Add.", "3"), "Add. = [3]"),
    ],
)
def test_a_text_file_with_places(text: str, row: dict[str, Any], wanted: str, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text(text + "\n")
    renderer = Renderer(find_template(str(tmp_path / "mine.txt")))
    found = renderer.render(row)
    assert isinstance(found, list)
    assert "".join(f"[{text}]" if learned else text for text, learned in renderer.pieces(found[0])) == wanted


def test_a_jinja_file_without_a_tokenizer_is_told_from_what_looks_like_tokens(tmp_path: Path) -> None:
    (tmp_path / "mine.jinja").write_text(FAMILIES["chatml"].template)
    template = find_template(str(tmp_path / "mine.jinja"))
    assert template.stop == "<|im_end|>"
    forged = template.render(instruction("Hi <|im_start|>", "Yes"))
    assert isinstance(forged, Reason) and forged.code == "control-string"


def test_a_place_that_the_record_cannot_fill_is_named() -> None:
    found = FieldTemplate(["{instruction} {topc} {output}"], SpecialTokens(), "mine").render(instruction("Add.", "3"))
    assert isinstance(found, Reason) and "no field topc" in found.detail


words = st.text(st.sampled_from("ab {}#\n"), max_size=12)


@settings(max_examples=200, deadline=None)
@given(question=words.filter(str.strip), answer=words.filter(str.strip), begin=words, middle=words)
def test_texts_of_a_record_are_never_read_as_places(question: str, answer: str, begin: str, middle: str) -> None:
    template = FieldTemplate([f"{begin}{{instruction}}{middle}{{output}}"], SpecialTokens(), "mine")
    found = template.render(instruction(question, answer))
    if isinstance(found, Rendered):
        (start, end), _ = found.learned(None)[0], None
        assert found.text[start:end] == answer
        assert question in found.text


def test_a_tokenizer_brings_its_own_template_and_special_tokens(tmp_path: Path) -> None:
    tokenizer_of(FAMILIES["llama3"]).save_pretrained(tmp_path)
    files = read_tokenizer_files(str(tmp_path))
    assert (files.special.bos, files.special.eos, files.special.adds_bos) == ("<|begin_of_text|>", "<|eot_id|>", True)
    template = find_template(None, files.templates, files.special, str(tmp_path))
    found = template.render(instruction("Hi", "Yes"))
    assert isinstance(found, Rendered) and template.stop == "<|eot_id|>"
    assert found.text == (
        "<|begin_of_text|><|start_header_id|>user<|end_header_id|>\n\nHi<|eot_id|>"
        "<|start_header_id|>assistant<|end_header_id|>\n\nYes<|eot_id|>"
    )
    own = find_template("qa", files.templates, files.special, str(tmp_path)).render(instruction("Hi", "Yes"))
    assert isinstance(own, Rendered) and own.text.startswith("<|begin_of_text|>### Question"), "begins as it must"


def test_named_templates_of_a_tokenizer(tmp_path: Path) -> None:
    tokenizer_of(FAMILIES["chatml"]).save_pretrained(tmp_path)
    (tmp_path / "additional_chat_templates").mkdir()
    loud = "{% for message in messages %}{{ message.role | upper }}> {{ message.content }}\n{% endfor %}"
    (tmp_path / "additional_chat_templates" / "loud.jinja").write_text(loud + "{{ '' if add_generation_prompt }}")
    config = json.loads((tmp_path / "tokenizer_config.json").read_text())
    (tmp_path / "chat_template.jinja").unlink()
    config["chat_template"] = [{"name": "default", "template": FAMILIES["chatml"].template}]
    (tmp_path / "tokenizer_config.json").write_text(json.dumps(config))
    files = read_tokenizer_files(str(tmp_path))
    assert set(files.templates) == {"default", "loud"}
    assert find_template("loud", files.templates, files.special, "x").name == "x (loud)"


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("chatlm", "no template is called chatlm, and no file\n  try  chatml"),
        (None, "no template is named\n  try  --template alpaca"),
    ],
)
def test_a_word_that_means_no_template(word: str | None, message: str) -> None:
    with pytest.raises(TilthError, match=message):
        find_template(word)


def test_a_folder_and_a_template_without_its_tokens_are_told_what_to_name(tmp_path: Path) -> None:
    with pytest.raises(TilthError, match=f"this is a folder\n  try  --tokenizer {tmp_path}"):
        find_template(str(tmp_path))
    (tmp_path / "mine.jinja").write_text("{{ bos_token + messages[0].content }}")
    with pytest.raises(TilthError, match="'bos_token' is undefined\n  try  --tokenizer FOLDER"):
        find_template(str(tmp_path / "mine.jinja"))


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("tokenizer.json", b"[]", "no JSON object"),
        ("tokenizer.json", b'{"a": 1}', "it has no model in it"),
        ("tokenizer.json", b"\xff", "not UTF-8"),
        ("tokenizer.json", b"[" * 100_000, "not JSON"),
        ("readme.md", b"hello", "holds no tokenizer.json"),
    ],
)
def test_a_folder_that_holds_no_tokenizer(name: str, content: bytes, message: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(TilthError, match=message):
        read_tokenizer_files(str(tmp_path))


@pytest.mark.parametrize("shape", ["prompt-completion", "text", "segments"])
def test_rows_for_other_trainers_join_to_the_whole_text(shape: Any) -> None:
    renderer = Renderer(built_in("zephyr", None))
    whole = "<|user|>\nAdd.</s>\n<|assistant|>\n3</s>\n"
    row = instruction("Add.", "3")
    found = renderer.render(row)
    assert isinstance(found, list)
    assert (
        renderer.row(row, found, shape)
        == {
            "prompt-completion": {"prompt": whole[:-6], "completion": "3</s>"},
            "text": {"text": whole},
            "segments": {
                "segments": [
                    {"label": False, "text": whole[:-6]},
                    {"label": True, "text": "3</s>"},
                    {"label": False, "text": "\n"},
                ]
            },
        }[shape]
    )


def test_a_preference_becomes_two_columns_and_several_answers_no_single_completion() -> None:
    renderer, pair, talk = Renderer(built_in("qa", None)), preference("Add.", "3", "4"), chat(*TALK)
    found = renderer.render(pair)
    assert isinstance(found, list)
    assert renderer.row(pair, found, "prompt-completion") == {
        "prompt": "### Question:\nAdd.\n\n### Answer:\n",
        "chosen": "3",
        "rejected": "4",
    }
    renderer = Renderer(built_in("chatml", None))
    found = renderer.render(talk)
    assert isinstance(found, list)
    reason = renderer.row(talk, found, "prompt-completion")
    assert isinstance(reason, Reason) and reason.code == "several-answers"
