"""Columnar files that are small and stand for much, or are built to break what reads them."""

import io
import struct

import pyarrow as pa
import pyarrow.parquet as pq


def parquet_bomb(rows: int = 200_000, value_bytes: int = 1_000_000) -> bytes:
    """A few hundred bytes that stand for 200 GB: one long value in a dictionary, and a run of references to it."""
    sink = io.BytesIO()
    schema = pa.schema([("t", pa.dictionary(pa.int32(), pa.string()))])
    with pq.ParquetWriter(sink, schema, compression="zstd", store_schema=False) as writer:
        values = pa.array(["x" * value_bytes])
        references = pa.array([0] * rows, pa.int32())
        writer.write_table(pa.table([pa.DictionaryArray.from_arrays(references, values)], schema=schema), rows)
    return sink.getvalue()


def late_parquet_bomb(rows: int = 300_000) -> bytes:
    """The same with short values before, so that its first rows tell nothing."""
    sink = io.BytesIO()
    schema = pa.schema([("t", pa.dictionary(pa.int32(), pa.string()))])
    with pq.ParquetWriter(sink, schema, compression="zstd", store_schema=False) as writer:
        values = pa.array(["x", "y" * 1_000_000])
        references = pa.array([0] * 100 + [1] * rows, pa.int32())
        writer.write_table(pa.table([pa.DictionaryArray.from_arrays(references, values)], schema=schema), rows + 100)
    return sink.getvalue()


def arrow_bomb(rows: int = 200_000, value_bytes: int = 1_000_000) -> bytes:
    """An Arrow file with the same trick: a dictionary, and references that are compressed away."""
    sink = io.BytesIO()
    column = pa.DictionaryArray.from_arrays(pa.array([0] * rows, pa.int32()), pa.array(["x" * value_bytes]))
    table = pa.table({"t": column})
    with pa.ipc.new_file(sink, table.schema, options=pa.ipc.IpcWriteOptions(compression="zstd")) as writer:
        writer.write_table(table)
    return sink.getvalue()


def nested_parquet(depth: int) -> bytes:
    """A Parquet file without rows, whose schema is groups in groups in groups."""
    group = b"\x35\x00\x18\x01g\x15\x02\x00"  # required, called g, one child: Thrift's compact protocol
    leaf = b"\x15\x02\x25\x00\x18\x01x\x00"  # INT32, required, called x
    schema = b"\x19\xfc" + _varint(depth + 1) + group * depth + leaf
    footer = b"\x15\x02" + schema + b"\x16\x00\x19\x0c\x00"
    return b"PAR1" + footer + struct.pack("<I", len(footer)) + b"PAR1"


def _varint(number: int) -> bytes:
    digits = bytearray()
    while number >= 0x80:
        digits.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*digits, number])
