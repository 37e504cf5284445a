"""Text that is not UTF-8 is never read by a guess: the error names the encoding that it is most likely in."""

from pathlib import Path

import pytest

from tests.formats.hostile import read
from tilth.errors import DataError
from tilth.formats import Dataset
from tilth.formats.encodings import likely_encoding, wide_encoding

TEXTS = {
    "windows-1252": ["café", "Play Beyoncé on Spotify", "Müller, Straße, 50 €", "“hello” – don’t", "naïve; señor; año"],
    "windows-1250": ["Příliš žluťoučký kůň", "Zażółć gęślą jaźń"],
    "windows-1251": ["Привет, как дела?", "Быстрая коричневая лиса", "text,ответ"],
    "koi8-r": ["Привет, как дела?"],
    "windows-1253": ["Καλημέρα κόσμε"],
    "windows-1256": ["مرحبا بالعالم كيف حالك"],
    "gb18030": ["你好", "人工智能是计算机科学的一个分支"],
    "big5": ["請問今天天氣怎麼樣？"],
    "shift_jis": ["こんにちは", "人工知能は計算機科学の一分野です。"],
    "euc-jp": ["人工知能は計算機科学の一分野です。"],
    "euc-kr": ["인공지능은 컴퓨터 과학의 한 분야입니다."],
}


@pytest.mark.parametrize("frame", ["%s", '{"question": "What is it?", "answer": "%s"}', "7;%s;yes"])
@pytest.mark.parametrize(("encoding", "text"), [(name, text) for name, texts in TEXTS.items() for text in texts])
def test_the_encoding_of_a_line_is_named_with_what_it_reads_as(encoding: str, text: str, frame: str) -> None:
    raw = (frame % text).encode(encoding)
    place = next(index for index, code in enumerate(raw) if code > 127)
    named, shown = likely_encoding(raw, place)
    assert named == encoding
    assert shown
    assert shown in text


def test_bytes_that_fit_nothing_are_called_latin_1() -> None:
    assert likely_encoding(b"a\x81\x8d\x8f\x90\x9d\xff", 1)[0] == "latin-1"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"])
@pytest.mark.parametrize("suffix", ["jsonl", "json", "csv", "tsv", "yaml"])
def test_wide_text_is_refused_with_the_flag_that_reads_it(encoding: str, suffix: str, tmp_path: Path) -> None:
    text = {"jsonl": '{"a": "é"}\n{"a": "ü"}\n', "json": '[{"a": "é"}]', "yaml": "- a: é\n"}.get(suffix, "a\né\n")
    path = tmp_path / f"a.{suffix}"
    path.write_bytes((text if suffix != "csv" else "a\né\n" * 3).encode(encoding))
    with pytest.raises(DataError) as failure:
        Dataset.open(path, dialect="tilth")
    assert failure.value.what == f"this is {encoding[:6].upper()} text, not UTF-8"
    assert failure.value.fix == f"--encoding {encoding}"
    assert next(Dataset.open(path, dialect="tilth", encoding=encoding).batches()).rows[0] == {"a": "é"}


def test_what_is_not_wide_is_not_called_so() -> None:
    for text in ["", "a", "\0" * 4, '{"a": "\\u0000"}', "a,b\n1,2\n", "中文" * 200]:
        assert wide_encoding(text.encode()) is None


@pytest.mark.parametrize("suffix", ["jsonl", "json", "csv", "tsv", "yaml"])
def test_latin_1_is_refused_with_the_flag_that_reads_it(suffix: str, tmp_path: Path) -> None:
    row = '{"text": "Play Beyoncé"}'
    text = {"jsonl": row + "\n", "json": f"[\n{row}]", "yaml": "- text: Play Beyoncé\n"}.get(
        suffix, "text\nPlay Beyoncé\n"
    )
    path = tmp_path / f"a.{suffix}"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(DataError, match='is not UTF-8; with --encoding windows-1252 it reads "Beyoncé"'):
        Dataset.open(path, dialect="tilth")
    data = Dataset.open(path, dialect="tilth", encoding="windows-1252")
    assert next(data.batches()).rows[0] == {"text": "Play Beyoncé"}


def test_a_long_line_is_judged_by_what_stands_around_the_byte() -> None:
    line = b'{"a": "' + b"x " * 1_000_000 + "Привет, как дела".encode("windows-1251") + b'"}'
    with pytest.raises(DataError, match="--encoding windows-1251"):
        read("jsonl", line)
