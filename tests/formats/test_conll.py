"""CoNLL files come back byte for byte, by way of rows too; what is no sentence is refused at its line."""

import io
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.schemas.public_data import public_file
from tilth.errors import DataError
from tilth.formats import Dataset, ReadSettings, Reject, convert
from tilth.formats.block import Block, RowBlock
from tilth.formats.conll import Conll

SENTENCE = "Ada\tB-PER\nwrote\tO\n\n"


def read(text: str | bytes, **given: Any) -> list[Block]:
    content = text.encode("utf-8") if isinstance(text, str) else text
    return list(Conll().read(io.BytesIO(content), ReadSettings("file", **given)))


def rows_of(text: str | bytes, **given: Any) -> list[dict[str, Any]]:
    return [dict(row) for block in read(text, **given) for row in block.rows]


def written(*blocks: Block) -> str:
    sink = io.BytesIO()
    writer = Conll().writer(sink)
    for block in blocks:
        writer.write(block)
    writer.close()
    return sink.getvalue().decode("utf-8")


def rewritten(rows: list[dict[str, Any]]) -> str:
    return written(RowBlock(rows, range(1, len(rows) + 1)))


FILES = {
    "tabs": SENTENCE + "in\tO\nOslo\tB-LOC\n\n",
    "spaces and columns": "Ada NNP B-PER\nwrote VBD O\n\n",
    "treebank": "Ada -X- _ B-PER\n. -X- _ O\n\n",
    "documents": "-DOCSTART- -X- O O\n\nAda NNP _ B-PER\n\n-DOCSTART- -X- O O\n\nx NN _ O\n\n",
    "a document mark right behind a sentence": "a O\n-DOCSTART- O\n\nb O\n\n",
    "a document mark at the end": "a O\n\n-DOCSTART- O\n\n",
    "comments": "# id = 7\n# text = Ada wrote\n" + SENTENCE,
    "comments with tabs": "#\tof Ada\n1\tAda\tB-PER\n\n#\tof Bo\n1\tBo\tB-PER\n\n",
    "comments between spaces": "# id = 7\nAda NNP B-PER\n# NN O\n\n",
    "no blank line at the end": "a\tO\n\nb\tO\n",
    "no line end at the end": "a\tO\n\nb\tO",
    "many blank lines": "\n\na\tO\n\n\n\nb\tO\n\n\n",
    "a tab for a blank line": "a\tO\n\t\nb\tO\n\n",
    "returns": "a\tO\r\n\r\nb\tO\r\n\r\n",
    "some returns": "a\tO\r\n\nb\tO\n\r\n",
    "trailing white space": "a\tO \nb\tO\t\n\n",
    "several spaces": "Ada   B-PER\nwrote O\n\n",
    "a sentence a line": "Ada|NNP|B-PER writes|VBZ|O\nHi|UH|O .|.|O\n",
    "a sentence a line with bars": "a|b|,|O Ada|NNP|B-PER x|UH|O\n# said|softly today\nHi|UH|O\n",
    "tokens with spaces": "New York\tB-LOC\n1 1/2\tO\n\n",
    "other blanks": "a\u00a0b\tO\n\u00a0\tO\n\u2028\tO\n\n",
    "a form feed for a token": "\x0c O\n\na O\n\n",
    "many scripts": "北京\tB-LOC\nहिन्दी\tO\n👩‍💻\tO\n\n",
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_comes_back_byte_for_byte(name: str) -> None:
    assert written(*read(FILES[name])) == FILES[name]
    assert rewritten(rows_of(FILES[name])) == FILES[name]


def test_a_row_is_columns_under_their_names() -> None:
    (row,) = rows_of("Ada NNP _ B-PER\nwrote VBD _ O\n\n")
    assert row["tokens"] == ["Ada", "wrote"]
    assert row["column_2"] == ["NNP", "VBD"]
    assert row["tags"] == ["B-PER", "O"]
    assert row["layout"] == {"delimiter": " "}
    assert list(rows_of(SENTENCE)[0]) == ["tokens", "tags"]


def test_a_comment_has_other_cells_than_a_token_or_no_tag() -> None:
    text = "#\tof Ada\n1\tAda\tB-PER\n\n#\t#\tO\n\n"
    first, second = rows_of(text)
    assert (first["tokens"], first["layout"]) == (["1"], {"before": ["#\tof Ada"]})
    assert second["tokens"] == ["#"]
    (only,) = rows_of("#\tNN\na\tDT\n\n")
    assert only == {"tokens": ["#", "a"], "tags": ["NN", "DT"]}


def test_line_numbers_are_those_of_the_first_tokens() -> None:
    assert [line for block in read(FILES["documents"]) for line in block.lines] == [3, 7]


cells = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=6).filter(
    lambda text: text == text.strip(" ") and not text.startswith("-DOCSTART-")
)


def test_a_first_token_that_begins_with_a_byte_order_mark_comes_back() -> None:
    rows = [{"tokens": ["\ufeffa"], "tags": ["O"]}, {"tokens": ["\ufeffb"], "tags": ["O"]}]
    assert rows_of(rewritten(rows)) == rows


@settings(max_examples=80, deadline=None)
@given(
    st.integers(2, 4).flatmap(
        lambda width: st.lists(st.lists(st.tuples(*[cells] * width), min_size=1, max_size=4), min_size=1, max_size=3)
    )
)
def test_rows_of_any_cells_come_back(sentences: list[list[tuple[str, ...]]]) -> None:
    width = len(sentences[0][0])
    names = ["tokens", *(f"column_{place}" for place in range(2, width)), "tags"]
    rows = [dict(zip(names, map(list, zip(*lines, strict=True)), strict=True)) for lines in sentences]
    assert rows_of(rewritten(rows)) == rows


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(["a\tO", "b O", "# c", "#\tO", "-DOCSTART- O", "", "\t", "x", "a|O", "\r", "é\tB-X"])))
def test_any_lines_come_back_or_are_refused(lines: list[str]) -> None:
    text = "\n".join(lines)
    rejects: list[Reject] = []
    blocks = read(text, reject=rejects.append)
    rows = [dict(row) for block in blocks for row in block.rows]
    try:
        again = rows_of(rewritten(rows)) if rows else []
    except DataError:
        assert rejects, "only where what told the columns was set aside"
    else:
        assert again == rows
    if rows and not rejects:
        assert written(*blocks) == text == rewritten(rows)


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("a\tO\nb\n\n" + SENTENCE, 1, "line 2 of the sentence has 1 column, expected 2"),
        (SENTENCE + "a\tx\tO\n\n", 4, "line 1 of the sentence has 3 columns, expected 2"),
        (SENTENCE + "\tO\n\n", 4, "line 1 of the sentence has an empty cell"),
        (SENTENCE.encode() + b"a\tO\n\xff\tO\n\n", 4, "line 2 of the sentence is not UTF-8"),
        (SENTENCE + "a\tO\n" * 20 + "\n", 4, "the sentence is longer than 50 bytes"),
        (SENTENCE + "a" * 90 + "\tO\n\n", 4, "the sentence is longer than 50 bytes"),
    ],
)
def test_what_is_no_sentence_is_refused_at_its_line(text: str | bytes, line: int, reason: str) -> None:
    with pytest.raises(DataError, match=reason):
        read(text, max_line_bytes=50)
    rejects: list[Reject] = []
    rows = rows_of(
        text + (SENTENCE if isinstance(text, str) else SENTENCE.encode()), max_line_bytes=50, reject=rejects.append
    )
    assert [reject.line for reject in rejects] == [line]
    assert reason in rejects[0].reason
    assert rows[-1]["tokens"] == ["Ada", "wrote"]


def test_a_list_of_words_is_no_conll_file() -> None:
    with pytest.raises(
        DataError, match="line 1 of the sentence is one column, expected a token and its tag with a tab"
    ):
        read("word\nword\n")


def test_a_document_mark_outlives_a_sentence_that_is_refused() -> None:
    rows = rows_of("x\tO\n\n-DOCSTART-\tO\n\nbad\n\nb\tO\n\n", reject=lambda _: None)
    assert [row["tokens"] for row in rows] == [["x"], ["b"]]
    assert rows[1]["layout"] == {"before": ["-DOCSTART-\tO", ""]}


def test_sentences_of_two_files_stay_apart(tmp_path: Path) -> None:
    (tmp_path / "1.conll").write_text("a\tO")
    (tmp_path / "2.conll").write_text("b O\n\n")
    convert(Dataset.open(tmp_path / "*.conll", dialect="tilth"), tmp_path / "all.conll")
    assert (tmp_path / "all.conll").read_text() == "a\tO\n\nb\tO\n\n"


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"text": "a"}, "has no tokens"),
        ({"tokens": ["a"]}, "has no tags"),
        ({"tokens": ["a"], "tags": ["O"], "id": "7"}, "has id, for which there is no place"),
        ({"tags": ["O"], "tokens": ["a"]}, "has its columns in the order tags, tokens"),
        ({"tokens": ["a", "b"], "tags": ["O"]}, "has 2 tokens and 1 tags"),
        ({"tokens": ["a"], "tags": [1]}, "has tags that is no list of texts"),
        ({"tokens": [], "tags": []}, "has no token"),
        ({"tokens": ["a\tb"], "tags": ["O"]}, r"tokens\[0\] has a tab in it"),
        ({"tokens": ["a\nb"], "tags": ["O"]}, r"tokens\[0\] has a line break in it"),
        ({"tokens": ["a"], "tags": [""]}, r"tags\[0\] is empty"),
        ({"tokens": [" a"], "tags": ["O"]}, r"tokens\[0\] has white space around it"),
        ({"tokens": ["a b"], "tags": ["O"], "layout": {"delimiter": " "}}, r"tokens\[0\] has a space in it"),
        ({"tokens": ["-DOCSTART-"], "tags": ["O"]}, "would be read as a mark between sentences"),
        ({"tokens": ["a"], "tags": ["O"], "layout": {"before": ["b\tO"]}}, "would be read as a token"),
        ({"tokens": ["a"], "tags": ["O"], "layout": {"colour": "red"}}, "has layout.colour"),
        ({"tokens": ["a"], "tags": ["O"], "layout": {"delimiter": ";"}}, "has a layout.delimiter that cannot be"),
        ({"tokens": ["a"], "tags": ["O"], "layout": 3}, "has a layout that is none"),
    ],
)
def test_a_row_that_is_no_sentence_is_not_written(row: dict[str, Any], reason: str) -> None:
    with pytest.raises(DataError, match=reason):
        rewritten([row])


def test_rows_of_other_widths_are_not_written_into_one_file() -> None:
    with pytest.raises(DataError, match="row 2 has 3 columns, and the rows before it have 2"):
        rewritten([{"tokens": ["a"], "tags": ["O"]}, {"tokens": ["a"], "column_2": ["NN"], "tags": ["O"]}])


def test_lines_that_no_longer_fit_their_cells_are_written_anew() -> None:
    (row,) = rows_of(FILES["trailing white space"])
    assert rewritten([{**row, "tags": ["O", "B-X"]}]) == "a\tO\nb\tB-X\n\n"


def test_some_sentences_are_copied_with_their_marks() -> None:
    (block,) = read(FILES["documents"])
    assert written(block.take([1])) == "-DOCSTART- -X- O O\n\nx NN _ O\n\n"


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("wnut17_share/wnut17train.conll", 3394),
        ("wnut17_share/emerging.dev.conll", 1009),
        ("ner_open_share/wikigold/wikigold.conll.txt", 1696),
        ("ner_open_share/sec/FIN3.txt", 303),
        ("ner_open_share/sec/FIN5.txt", 1164),
        ("nessie/easy_span.conll", 701),
        ("nessie/easy_token.conll", 3648),
        ("conlleval/output.txt", 40),
        ("doccano_import/sequence_labeling/labeling.trailing.conll", 1),
        ("doccano_transformer/labeling/labeling.conll2003.user2", 6),
        ("spacy_example_data/ner_example_data/ner-sent-per-line.iob", 2),
        ("spacy_example_data/ner_example_data/ner-token-per-line-conll2003.iob", 2),
    ],
)
def test_real_files_come_back_byte_for_byte(name: str, rows: int, tmp_path: Path) -> None:
    source = public_file(name)
    text = source.read_text(encoding="utf-8")
    found = rows_of(text)
    assert len(found) == rows
    assert rewritten(found) == text
    there, back = tmp_path / "rows.parquet", tmp_path / "back.conll"
    assert convert(Dataset.open(source, format="conll", dialect="tilth"), there).rows == rows
    convert(Dataset.open(there, dialect="tilth"), back)
    assert back.read_bytes() == source.read_bytes()


def test_the_broken_line_of_a_real_file_costs_its_sentence_and_no_other() -> None:
    text = public_file("doccano_import/sequence_labeling/labeling.invalid.conll").read_text(encoding="utf-8")
    rejects: list[Reject] = []
    assert [row["tokens"][0] for row in rows_of(text, reject=rejects.append)] == ["Nadim", "AL-AIN"]
    assert [(reject.line, reject.reason) for reject in rejects] == [
        (1, "line 1 of the sentence has 1 column, expected 2 as in the first sentence")
    ]
