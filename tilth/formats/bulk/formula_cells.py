"""Texts of a column that a spreadsheet program takes for a formula; see `tilth.formats.formulas`."""

import numpy as np
import pyarrow as pa

from tilth.formats.bulk.arrays import as_texts, is_given
from tilth.formats.bulk.texts import Places, bytes_of, exchanged, first_bytes, picked, rows_joined
from tilth.formats.formulas import FORMULA_STARTS
from tilth.schemas import dump_json

_STARTS = np.zeros(256, np.bool_)
_STARTS[[start.encode("utf-8")[0] for start in FORMULA_STARTS]] = True
_ASCII_END = 0x80


def formula_places(texts: pa.StringArray) -> Places:
    """Which texts begin like a formula."""
    starts = first_bytes(texts)
    begins_so = _STARTS[starts]
    if not begins_so.any():
        return np.empty(0, np.int64)
    offsets = bytes_of(texts)[1]
    places = np.flatnonzero(begins_so & is_given(texts) & (offsets[1:] > offsets[:-1]))
    is_wide = starts[places] >= _ASCII_END  # other characters begin with the same byte
    if not is_wide.any():
        return places
    wide = places[is_wide]
    is_formula = [str(text)[:1] in FORMULA_STARTS for text in picked(texts, wide).to_pylist()]
    return np.union1d(places[~is_wide], wide[np.array(is_formula, np.bool_)])


def safe_texts(texts: pa.StringArray, coded: pa.StringArray) -> pa.StringArray:
    """The cells `coded` of some texts, as JSON strings where they would begin like a formula."""
    places = formula_places(coded)
    if not len(places):
        return coded
    return exchanged(coded, places, _as_json(picked(texts, places)))


def safe_numbers(spelt: pa.StringArray) -> pa.StringArray:
    """Values that are no texts, with a space before those that would begin like a formula."""
    places = formula_places(spelt)
    if not len(places):
        return spelt
    return exchanged(spelt, places, rows_joined([" ", picked(spelt, places)], len(places)))


def _as_json(texts: pa.StringArray) -> pa.StringArray:
    return as_texts(map(dump_json, texts.to_pylist()))
