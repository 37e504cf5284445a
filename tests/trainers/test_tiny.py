"""The built-in model: the same data and seed give the same bytes, and its tokenizer can write anything."""

from hashlib import sha256
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.trainers.rows import where_is_it
from tilth.trainers.conversation import texts_of
from tilth.trainers.encoder import encoder_of
from tilth.trainers.models import ModelSource, load_tokenizer
from tilth.trainers.tiny import build_tiny, train_tokenizer


def digest(folder: Path) -> str:
    return sha256(b"".join(path.read_bytes() for path in sorted(folder.iterdir()))).hexdigest()


def test_the_same_data_and_seed_give_the_same_bytes(tmp_path: Path) -> None:
    texts = [text for row in where_is_it(40) for text in texts_of(row)]
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        build_tiny(iter(texts), tmp_path / name, seed)
    assert digest(tmp_path / "a") == digest(tmp_path / "b") != digest(tmp_path / "c")
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


def test_its_tokenizer_pads_ends_and_begins_with_different_tokens(tmp_path: Path) -> None:
    build_tiny(iter(["some words"]), tmp_path / "base", 0)
    tokenizer = load_tokenizer(ModelSource("tiny", str(tmp_path / "base"), is_tiny=True))
    assert len({tokenizer.pad_token_id, tokenizer.eos_token_id, tokenizer.bos_token_id}) == 3
    encoder = encoder_of(tokenizer, "tiny")
    assert encoder.stop_ids == [tokenizer.eos_token_id]
    assert encoder.template.marks_answers
    asked = encoder.prompt_ids([{"role": "user", "content": "Hi"}])
    assert asked.count(tokenizer.bos_token_id) == 1


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=50))
def test_any_text_comes_back_from_its_tokens(text: str) -> None:
    tokenizer = _TOKENIZER
    ids = tokenizer(text, add_special_tokens=False)["input_ids"]
    if not any(special in text for special in tokenizer.all_special_tokens):
        assert tokenizer.decode(ids, clean_up_tokenization_spaces=False) == text


_TOKENIZER = train_tokenizer(["The kettle is in the kitchen."])
