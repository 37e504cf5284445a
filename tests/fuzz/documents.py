"""Good files of the containers that Tilth reads and does not write, or that others write in their own way."""

import datetime
import io
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

from tests.formats.workbooks import row, texts, workbook

_SRT = "1\n00:00:01,000 --> 00:00:02,500\n<i>Hello</i>,\nBob.\n\n2\n00:00:02,000 --> 00:00:04,000\n- AGENT: Bye.\n"
_VTT = (
    "WEBVTT\n\nNOTE of nobody\n\nintro\n00:01.000 --> 00:02.000 align:start\n<v Mary>Hello &amp; <b>welcome</b>\n\n"
    "00:03.000 --> 00:04.000\nBob: hi\n"
)
_TRANSCRIPT = "Call of 3 May\n\n[00:01:02] Agent: Hello.\nhow are you\n**Mary (1:05):** fine\n\nBob Jones  1:10\nhi\n"
_PHONE = "[12/03/24, 10:15:09] Bob: Hi!\r\nIt is no. 7.\r\n\u200e[12/03/24, 10:16:00] Bob: \u200eimage omitted\r\n"
_OTHER_PHONE = (
    "12/03/2024, 10:14 - Ana created group\n12/03/2024, 10:15 - Bob: Where?\n\n12/03/2024, 10:16 - Ana: Here.\n"
)
_MARKDOWN = "---\ntitle: x\n---\nIntro\n\n# A\n\n- b\n\n  # c\n\n```\n# d\n```\n> e\n\nF\n===\n<!-- g -->\n## H ##\n"


def document_seeds(name: str) -> list[bytes]:
    """Small files of a format, none for one that Tilth writes just like everybody."""
    made = {
        "xlsx": _workbooks,
        "sqlite": _databases,
        "srt": lambda: [_SRT.encode()],
        "vtt": lambda: [_VTT.encode()],
        "transcript": lambda: [each.encode() for each in (_TRANSCRIPT, _PHONE, _OTHER_PHONE)],
        "parquet": _foreign_tables,
        "markdown": lambda: [_MARKDOWN.encode()],
        "txt": lambda: [b"__label__a hello\n__label__b there\n", _TRANSCRIPT.encode()],
        "lines": lambda: ["one\n\ntw\u00f6\u2028\n".encode()],
        "paragraphs": lambda: [b"one\n two\n\n \nthree\n"],
        "text": lambda: ["one\r\n\ntw\u00f6".encode()],
    }
    return made[name]() if name in made else []


def _workbooks() -> list[bytes]:
    rows = row('<c t="s"><v>0</v></c>', texts("b")) + row(texts("x"), '<c s="0"><v>45293.5</v></c>') * 3
    whole = workbook({"S": rows, "Empty": ""}, strings=["<t>a</t>"], formats=["yyyy"])
    return [whole, workbook({"S": rows}, strings=["<t>a</t>"], formats=[14], method=0)]


def _foreign_tables() -> list[bytes]:
    """Types of all sorts, by the rules of others: plain pages, old times, small pages with checksums."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.table(
        {
            "l": pa.array([[1, None], [], None], pa.list_(pa.int16())),
            "s": [{"a": "x", "b": 0.5}, None, {"a": None, "b": 1.0}],
            "t": pa.array([datetime.datetime(2024, 1, 2), None, datetime.datetime(1900, 1, 1)], pa.timestamp("ns")),
            "d": pa.array(["a", "b", "a"]).dictionary_encode(),
            "n": pa.array([1, 2, None], pa.decimal128(20, 2)),
            "b": [b"x", b"", None],
        }
    )
    ways: list[dict[str, object]] = [
        {"compression": "none", "store_schema": False, "use_deprecated_int96_timestamps": True},
        {"compression": "snappy", "data_page_version": "2.0", "write_page_checksum": True, "use_dictionary": ["d"]},
    ]
    sinks = [io.BytesIO() for _ in ways]
    for sink, way in zip(sinks, ways, strict=True):
        pq.write_table(table, sink, **way)
    return [sink.getvalue() for sink in sinks]


def _databases() -> list[bytes]:
    statements = (
        [
            "CREATE TABLE t (a PRIMARY KEY, b)",
            "CREATE VIEW v AS SELECT a FROM t",
            "INSERT INTO t VALUES (1, 'x'), (2, 0.5)",
        ],
        ["PRAGMA encoding = 'UTF-16'", "CREATE TABLE t (a PRIMARY KEY) WITHOUT ROWID", "INSERT INTO t VALUES ('é')"],
    )
    return [_database(each) for each in statements]


def _database(statements: list[str]) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.db"
        with closing(sqlite3.connect(path)) as database:
            for statement in ["PRAGMA page_size = 512", *statements]:
                database.execute(statement)
            database.commit()
        return path.read_bytes()
