"""What every signal measures, where it says it comes from, and when a kept value still counts."""

import json
from pathlib import Path
from typing import Any

import pytest

from tilth.curate.measure import measure
from tilth.curate.outliers import outliers
from tilth.curate.signals import Signal, signal_named, signals
from tilth.curate.signals.readability import syllables
from tilth.errors import MissingExtraError, UsageError
from tilth.formats import Dataset
from tilth.operation import Fields


def answered(answer: str, prompt: str = "ask") -> Fields:
    return {"type": "instruction", "instruction": prompt, "output": answer}


def value(name: str, answer: str) -> float | None:
    (batch,) = Dataset.of([answered(answer)]).batches()
    (found,) = signal_named(name).measure(batch).tolist()
    return None if found != found else found


def kept_in(data: Any) -> list[dict[str, Any]]:
    return [record["meta"]["signals"] for batch in data.batches() for record in batch.records]


def test_every_signal_has_a_unit_a_source_and_a_row_in_the_reference() -> None:
    page = (Path(__file__).parents[2] / "docs" / "reference" / "signals.md").read_text("utf-8")
    for one in signals().values():
        if one.measure_texts.__module__.startswith("tilth."):
            assert one.unit and one.source and one.summary.endswith("."), one.name
            assert f"| `{one.name}` | {one.unit} |" in page


@pytest.mark.parametrize(
    ("name", "answer", "expected"),
    [
        ("sentences", "One. Two! Is it 3.5 or e.g. four? Yes", 4),
        ("sentences", "- one\n- two\n\n- three", 3),
        ("sentences", "これは文です。もう一つ。", 2),
        ("sentences", "...", 0),
        ("mean_sentence_words", "One two three. Four.", 2),
        ("mean_sentence_words", "", None),
        ("mean_word_chars", "ab abcd", 3),
        ("punctuation_share", "a, b!", 0.5),
        ("list_share", "Intro:\n- a\n2. b\nend", 0.5),
        ("paragraphs", "a\n\nb\n \nc", 3),
        ("longest_paragraph_words", "a b\n\nc d e", 3),
        ("mean_line_words", "a b\n\nc d e f", 3),
        ("lead_in", "Three reasons:\n- a\n- b", 1),
        ("lead_in", "Only a line:", 0),
        ("refusals", "I'm sorry, but I cannot help with that.", 1),
        ("refusals", "As an AI language model, I do not have personal opinions.", 2),
        ("refusals", "She said: I cannot find the keys that I am sorry to have lost.", 0),
        ("boilerplate", "Click here to read our Privacy Policy.", 2),
        ("boilerplate", "The policy on privacy was read.", 0),
        ("template_leftovers", "Dear {{ name }},\n### Response:\nok <|im_end|>", 3),
        ("template_leftovers", "Use {x} and #hashtag in a [link](x).", 0),
        ("truncated", "The three main reasons for this are cost, speed and", 1),
        ("truncated", "This goes on for quite some time and then it simply stops in the middle", 1),
        ("truncated", "```python\nprint(1)\n", 1),
        ("truncated", "Paris", 0),
        ("truncated", "It ends (as it should).", 0),
        (
            "truncated",
            "- first of a list of items that have no marks\n- second of a list of items that have no marks",
            0,
        ),
        ("truncated", "", 0),
    ],
)
def test_signals_of_style_measure_what_they_say(name: str, answer: str, expected: float | None) -> None:
    found = value(name, answer)
    assert found == (pytest.approx(expected) if expected is not None else None)


def test_flesch_gives_the_published_numbers() -> None:
    # 6 words, 1 sentence, 6 syllables: 206.835 - 1.015 * 6 - 84.6 and 0.39 * 6 + 11.8 - 15.59
    assert value("flesch_reading_ease", "The cat sat on the mat.") == pytest.approx(116.145)
    assert value("flesch_kincaid_grade", "The cat sat on the mat.") == pytest.approx(-1.45)
    assert value("flesch_reading_ease", "これは文です。") is None


def test_syllables_of_usual_words_are_right() -> None:
    words = {
        1: "the made walked makes used friend through our don't some",
        2: "table horses wanted being create science people little using doing client special changes reason",
        3: "idea quality beautiful different area radio video usual various museum computer services",
        4: "experience information environment technology variety society available community",
    }
    assert {word: syllables(word) for text in words.values() for word in text.split()} == {
        word: count for count, text in words.items() for word in text.split()
    }


def test_measured_values_are_kept_and_used_again(monkeypatch: pytest.MonkeyPatch) -> None:
    once = measure(Dataset.of([answered("one two"), answered("one two three")]), signals=("answer_words",))
    assert [one["answer_words"] for one in kept_in(once.kept)] == [2, 3]
    monkeypatch.setattr(Signal, "_measured", lambda *_: pytest.fail("measured again"))
    (batch,) = once.kept.batches()
    assert signal_named("answer_words").measure(batch).tolist() == [2, 3]
    assert measure(once.kept, signals=("answer_words",)).changes == []


def test_an_edited_record_is_measured_anew() -> None:
    kept = measure(Dataset.of([answered("one two"), answered("three")])).kept
    records = [record for batch in kept.batches() for record in batch.records]
    edited = Dataset.of([{**records[0], "output": "a b c d"}, records[1]])
    (batch,) = edited.batches()
    assert signal_named("answer_words").measure(batch).tolist() == [4, 1]
    first = kept_in(measure(edited, signals=("answer_chars",)).kept)[0]
    assert first == {"of": batch.ids[0], "answer_chars": 7}  # nothing stale stays beside what is true


def test_a_value_kept_by_another_version_of_a_signal_does_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    kept = measure(Dataset.of([answered("one two")]), signals=("answer_words",)).kept
    (batch,) = kept.batches()
    newer = replace(signal_named("answer_words"), version=2, measure_texts=lambda texts: [99 for _ in texts])
    assert newer.measure(batch).tolist() == [99]


def test_what_does_not_apply_is_kept_as_null() -> None:
    (kept,) = kept_in(measure(Dataset.of([{"type": "text", "text": "a b"}]), signals=("answer_words",)).kept)
    assert kept["answer_words"] is None


def test_perplexity_without_a_model_says_what_to_do() -> None:
    data = Dataset.of([answered("one")])
    with pytest.raises(UsageError, match="perplexity needs a model"):
        outliers(data, signals=("perplexity",))
    with pytest.raises(UsageError, match="none is named\n  try  --model FOLDER"):
        measure(data, signals=("perplexity",))
    with pytest.raises(UsageError, match="depends on the other rows"):
        measure(data, signals=("neighbour_distance",))


def test_a_missing_language_extra_names_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    from tilth.curate.signals import language

    language._detector.cache_clear()
    monkeypatch.setattr(language, "find_spec", lambda _: None)
    with pytest.raises(MissingExtraError, match=r"pip install 'tilth\[quality\]'"):
        measure(Dataset.of([answered("a text that is long enough")]), signals=("language_confidence",))
    assert measure(Dataset.of([answered("", "")]), signals=("language_confidence",)).rows_kept == 1


@pytest.mark.slow
def test_languages_are_told_apart() -> None:
    pytest.importorskip("lingua")
    texts = {
        "en": "The parcel has left our warehouse this morning and should reach you within three working days.",
        "de": "Das Paket hat heute Morgen unser Lager verlassen und sollte Sie innerhalb von drei Werktagen erreichen.",
        "fr": "Le colis a quitté notre entrepôt ce matin et devrait vous parvenir dans les trois jours ouvrables.",
        "ja": "荷物は今朝倉庫を出ましたので、三営業日以内にお届けできる見込みです。",
    }
    data = Dataset.of([{"type": "text", "text": text} for text in texts.values()])
    found = kept_in(measure(data, signals=("language_confidence",)).kept)
    assert [one["language"] for one in found] == list(texts)
    assert all(one["language_confidence"] > 0.5 for one in found)


@pytest.fixture(scope="module")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A causal model of 64 wide that learned one sentence by heart."""
    torch = pytest.importorskip("torch")
    transformers = pytest.importorskip("transformers")
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from tokenizers.pre_tokenizers import Whitespace

    folder = tmp_path_factory.mktemp("model")
    words = ["the", "cat", "sat", "on", "a", "mat", "and", "dog", "ran", "away", "[UNK]"]
    plain = Tokenizer(WordLevel({word: number for number, word in enumerate(words)}, unk_token="[UNK]"))
    plain.pre_tokenizer = Whitespace()
    transformers.PreTrainedTokenizerFast(tokenizer_object=plain, unk_token="[UNK]").save_pretrained(folder)
    torch.manual_seed(1)
    config = transformers.GPT2Config(vocab_size=len(words), n_positions=32, n_embd=64, n_layer=1, n_head=2)
    model = transformers.GPT2LMHeadModel(config)
    ids = torch.tensor([[words.index(word) for word in ["the", "cat", "sat", "on", "a", "mat"]]])
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    for _ in range(60):
        loss = model(input_ids=ids, labels=ids).loss
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
    model.save_pretrained(folder)
    return folder


@pytest.mark.slow
def test_a_local_model_finds_the_unexpected_text_more_perplexing(tiny_model: Path, tmp_path: Path) -> None:
    texts = ["the cat sat on a mat", "mat a on sat cat the dog", "cat"]
    data = Dataset.of([{"type": "text", "text": text} for text in texts])
    kept = measure(data, signals=("perplexity",), model=tiny_model).kept
    expected, odd, single = [one["perplexity"] for one in kept_in(kept)]
    assert expected < 2 < odd
    assert single is None
    rows = [json.loads(json.dumps(row)) for batch in kept.batches() for row in batch.rows]
    assert outliers(Dataset.of(rows), signals=("perplexity",)).rows_in == 3  # what is kept needs no model
    alone = measure(Dataset.of([{"type": "text", "text": texts[1]}]), signals=("perplexity",), model=tiny_model)
    assert kept_in(alone.kept)[0]["perplexity"] == pytest.approx(odd, rel=1e-4)
    with pytest.raises(UsageError, match="holds no model"):
        measure(data, signals=("perplexity",), model=tmp_path)
