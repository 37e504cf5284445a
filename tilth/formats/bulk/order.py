"""The order of keys in rows that have another than the columns."""

import pyarrow as pa

from tilth.formats.bulk.arrays import as_texts
from tilth.formats.bulk.column import ColumnBlock
from tilth.formats.key_order import KeyOrder
from tilth.schemas import dump_json


def order_texts(block: ColumnBlock, order: KeyOrder) -> pa.StringArray:
    """For each row a list of its keys in their order, as JSON; null where that is the order of the columns."""
    if order.keys and all(map(order.in_order, block.shapes)):
        return pa.nulls(len(block), pa.string())
    texts = [None if order.keys and order.in_order(row) else dump_json(list(row)) for row in block.rows]
    return as_texts(texts)
