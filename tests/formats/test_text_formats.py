"""Plain text: whole, by lines or by paragraphs, and the same text again when it is written."""

import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.formats.hostile import TEXTS, block, read, written
from tests.schemas.public_data import public_file
from tilth.errors import DataError
from tilth.formats import Dataset, ReadSettings, Reject, convert, write_rows
from tilth.formats.container import WriteSettings
from tilth.formats.opening import format_named

FORMATS = ["text", "lines", "paragraphs", "txt"]


def texts(name: str, content: bytes, rejects: list[Reject] | None = None) -> list[object]:
    return [row["text"] for row in read(name, content, rejects)]


def notes(name: str, content: bytes) -> list[str]:
    found: list[str] = []
    for _ in format_named(name).read(io.BytesIO(content), ReadSettings("x", note=found.append)):
        pass
    return found


def test_a_document_is_one_row_character_for_character() -> None:
    content = "\ufeffa\r\n\r\n\u2028\ufeff b\r \n\n".encode()
    assert texts("text", content) == ["a\r\n\r\n\u2028\ufeff b\r \n\n"]
    assert texts("text", b"\xef\xbb\xbf") == []


def test_every_line_is_a_row_and_only_its_end_is_left_out() -> None:
    content = "\ufeffone \r\n\r\n \ttwo\u2028\x85\rthree\n\nlast".encode()
    assert texts("lines", content) == ["one ", "", " \ttwo\u2028\x85\rthree", "", "last"]


def test_paragraphs_are_what_stands_between_blank_lines() -> None:
    content = b"\n \na\r\n b\n\t\n\n\nc\n"
    assert texts("paragraphs", content) == ["a\n b", "c"]


def test_rows_have_the_line_at_which_they_begin(tmp_path: Path) -> None:
    path = tmp_path / "x.txt"
    path.write_text("\na\nb\n\n\nc\n")
    for name, lines in (("text", [1]), ("lines", [1, 2, 3, 4, 5, 6]), ("paragraphs", [2, 6])):
        batches = list(Dataset.open(path, format=name).batches())
        assert [line for batch in batches for line in batch.block.lines] == lines


def test_other_encodings_are_read_by_name(tmp_path: Path) -> None:
    path = tmp_path / "x.txt"
    path.write_bytes("naïve\n".encode("cp1252"))
    with pytest.raises(DataError, match=r"x.txt:1: byte 3 of the line, 0xef, is not UTF-8; .*--encoding windows-1252"):
        Dataset.open(path)
    assert [row for batch in Dataset.open(path, encoding="cp1252").batches() for row in batch.rows] == [
        {"text": "naïve\n"}
    ]


@pytest.mark.parametrize(("name", "rest"), [("text", []), ("lines", ["a", "d"]), ("paragraphs", ["d"])])
def test_lines_that_are_no_text_are_rejected_with_their_place(name: str, rest: list[str]) -> None:
    content = b"a\nb\xffc\n\nd\n" if name != "lines" else b"a\nb\xffc\nd\n"
    rejects: list[Reject] = []
    assert texts(name, content, rejects) == rest
    assert [(reject.line, reject.byte_offset) for reject in rejects] == [(2, 2)]
    with pytest.raises(DataError, match=r"file:2: byte 2 of the line, 0xff"):
        read(name, content)


@pytest.mark.parametrize("name", FORMATS)
def test_a_nul_is_taken_for_another_encoding(name: str) -> None:
    with pytest.raises(DataError, match=r"a NUL character: .*--encoding utf-16-le"):
        read(name, "text".encode("utf-16-le"))


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("text", "the document is longer than 1000 bytes\n  try  --from lines or --from paragraphs"),
        ("lines", "the line is longer than 1000 bytes"),
        ("paragraphs", "the line is longer than 1000 bytes"),
        ("txt", "the document is longer than 1000 bytes"),
    ],
)
def test_what_has_no_end_is_refused_and_not_held(name: str, reason: str) -> None:
    class Endless(io.RawIOBase):
        given = 0

        def read(self, size: int = -1) -> bytes:
            self.given += size
            assert self.given < 10_000_000
            return b"x" * min(size, 5_000_000 - min(self.given, 5_000_000))

    with pytest.raises(DataError, match=reason):
        list(format_named(name).read(Endless(), ReadSettings("x", max_line_bytes=1000)))  # type: ignore[arg-type]


def test_a_paragraph_without_an_end_is_rejected_and_the_next_one_read() -> None:
    rejects: list[Reject] = []
    settings = ReadSettings("x", reject=rejects.append, max_line_bytes=100)
    content = b"a\n\n" + b"1234567890\n" * 20 + b"\nb\n"
    rows = [row for found in format_named("paragraphs").read(io.BytesIO(content), settings) for row in found.rows]
    assert rows == [{"text": "a"}, {"text": "b"}]
    assert [reject.reason for reject in rejects] == ["no blank line for more than 100 bytes"]


LABELLED = b"__label__a hello\n__label__b __label__c there\nno label here\n__label__a x\n"


def test_a_txt_file_is_one_document_and_says_so() -> None:
    assert texts("txt", b"one\ntwo\n") == ["one\ntwo\n"]
    assert notes("txt", b"one\ntwo\n") == ["read as one text; --from lines or --from paragraphs makes a row of each"]
    assert notes("txt", b"one line\n") == []


def test_a_txt_file_of_labels_is_read_by_lines_and_says_so() -> None:
    assert texts("txt", LABELLED) == LABELLED.decode().splitlines()
    assert texts("txt", b"\xef\xbb\xbf" + LABELLED)[0] == "__label__a hello"
    assert notes("txt", LABELLED)[0].startswith("read as lines, because they begin with __label__; --from text")
    assert len(texts("txt", b"# labels\n" + LABELLED)) == 1
    assert len(texts("text", LABELLED)) == 1


def test_a_txt_file_of_turns_says_how_it_is_read_by_turns() -> None:
    (note,) = notes("txt", b"Agent: Hello.\nCustomer: Hi.\nAgent: Bye.\n")
    assert "--from transcript" in note
    assert "transcript" not in notes("txt", b"Privacy: none.\nQuantity: some.\nEdge: few.\n")[0]


plain = st.sampled_from(TEXTS) | st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@pytest.mark.parametrize("name", FORMATS)
@settings(deadline=None)
@given(st.lists(plain | st.builds("__label__{}".format, plain), min_size=1, max_size=5))
def test_what_is_written_comes_back_and_what_would_not_is_refused(name: str, values: list[str]) -> None:
    try:
        content = written(
            name, block([{"text": value} for value in values[:2]]), block([{"text": v} for v in values[2:]])
        )
    except DataError as refusal:
        assert "cannot hold" in refusal.what
        return
    assert texts(name, content) == values


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("text", [" a\r\n\n__label__"]),
        ("lines", ["a", "", "\u2028", "a\rb", " "]),
        ("paragraphs", ["a\nb", " c", "d\re"]),
        ("txt", ["a\n\nb"]),
        ("txt", ["__label__a b", "__label__c"]),
    ],
)
def test_texts_that_a_format_is_made_for_are_written(name: str, values: list[str]) -> None:
    assert texts(name, written(name, block([{"text": value} for value in values]))) == values


@pytest.mark.parametrize(
    ("name", "rows", "reason"),
    [
        ("text", [{"text": "a"}, {"text": "b"}], "row 2: text cannot hold more than one row\n  try  --to lines"),
        ("text", [{"text": ""}], "an empty text"),
        ("lines", [{"text": "a\nb"}], "a text with a line end in it\n  try  --to paragraphs"),
        ("lines", [{"text": "\ufeffa"}], "begins with a byte order mark"),
        ("paragraphs", [{"text": "a\n \nb"}], "has a blank line"),
        ("txt", [{"text": "__label__a"}, {"text": "b"}], "a text that does not begin with __label__"),
        ("txt", [{"text": "a"}, {"text": "__label__b"}], "more than one row"),
        ("lines", [{"text": "a\x00"}], "a NUL character"),
        ("lines", [{"text": None}], "a row without a text"),
        ("lines", [{"text": "a", "label": "b"}], "label beside the text\n  try  --allow-loss label, to go without"),
    ],
)
def test_what_would_not_come_back_is_refused_with_what_to_do(
    name: str, rows: list[dict[str, object]], reason: str
) -> None:
    with pytest.raises(DataError, match=reason):
        written(name, block(rows))


def test_fields_that_may_be_lost_are_left_out_and_said(tmp_path: Path) -> None:
    source = tmp_path / "x.jsonl"
    write_rows(source, [{"text": "a", "lang": "en"}, {"text": "b"}])
    done = convert(Dataset.open(source), tmp_path / "x.txt", format="lines", allow_loss=["lang"])
    assert (tmp_path / "x.txt").read_text() == "a\nb\n"
    assert done.notes == ["left out, as allowed: lang (1 row)"]
    said: list[str] = []
    writer = format_named("txt").writer(io.BytesIO(), WriteSettings(allow_loss=["lang"], note=said.append))
    writer.write(block([{"text": "a", "lang": "en"}]))
    writer.close()
    assert said == done.notes


@pytest.mark.parametrize("name", FORMATS)
@settings(deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_rows_or_one_line(name: str, content: bytes) -> None:
    rejects: list[Reject] = []
    read(name, content, rejects)
    assert all("\n" not in reject.reason for reject in rejects)


def test_public_text_files_are_read() -> None:
    naughty = public_file("naughty_strings/blns.txt")
    content = naughty.read_bytes()
    assert b"".join(str(text).encode() + b"\n" for text in texts("lines", content)) == content
    assert texts("text", content) == [content.decode()]
    fasttext = public_file("doccano_import/text_classification/example_fasttext.txt")
    found = [
        row for batch in Dataset.open(fasttext, dialect="tilth", record_type="text").batches() for row in batch.rows
    ]
    assert found[0] == {"text": "__label__positive exampleA"}
    assert len(found) == 4
    doccano = Dataset.open(public_file("doccano_import/example.txt"), format="lines")
    assert doccano.record_types == ("text",)
