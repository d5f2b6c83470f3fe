"""Tables of facts as the kernel's arrays: keys as numbers, days and values as integers, texts as ranks."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from adapters.spark.as_of.batches import IS_PRODUCT, LINES
from adapters.spark.as_of.kernel import NEVER, Answers, Values
from adapters.spark.as_of.timeline import Ints

_MANY_CODES = 1 << 45  # times the days of a thousand years they fit 64 bits


def whole(column: pa.ChunkedArray | pa.Array) -> pa.Array:
    """The column in one chunk."""
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def integers(column: pa.ChunkedArray | pa.Array, absent: int = int(NEVER)) -> Ints:
    """The column as numbers."""
    return np.asarray(pc.fill_null(whole(column).cast(pa.int64()), absent), np.int64)


def codes_of(table: pa.Table, key: Sequence[str]) -> Ints:
    """A number for every row, the same where the whole key is; without a key, the same for all."""
    codes, size = np.zeros(table.num_rows, np.int64), 1
    for name in key:
        column = whole(table[name]).dictionary_encode()
        size *= max(len(column.dictionary), 1)
        if size > _MANY_CODES:
            different, codes = np.unique(codes, return_inverse=True)
            size = len(different) * max(len(column.dictionary), 1)
        codes = codes * max(len(column.dictionary), 1) + integers(column.indices, 0)
    return codes


def lines_of(facts: pa.Table) -> Ints:
    """How many product lines each row stands for."""
    return integers(facts[LINES] if LINES in facts.column_names else facts[IS_PRODUCT], 0)


def values_of(facts: pa.Table, name: str) -> Values:
    """The value of every row: of one line, or summed already."""
    if f"{name}_total" in facts.column_names:
        return Values(*(integers(facts[f"{name}_{part}"], 0) for part in ("total", "support", "largest")))
    column = whole(facts[name])
    if not pa.types.is_string(column.type):
        number = integers(column, 0)
        return Values(number, np.asarray(column.is_valid()).astype(np.int64), number)
    rank = integers(pc.index_in(column, value_set=texts_of(facts, name)))
    return Values(np.zeros(len(rank), np.int64), np.where(rank == NEVER, 0, lines_of(facts)), rank)


def texts_of(facts: pa.Table, name: str) -> pa.Array:
    """The different texts of a column, in order."""
    texts = pc.unique(whole(facts[name]).drop_null())
    return texts.take(pc.sort_indices(texts))


def as_arrow(answer: Answers, texts: pa.Array | None) -> pa.Array:
    """Answers as Spark takes them: ranks as the texts they stand for, NaN and ranks below 0 as nulls."""
    if texts is not None:
        rank = np.where(np.isnan(answer), NEVER, answer).astype(np.int64)
        return texts.cast(pa.string()).take(pa.array(rank, mask=rank == NEVER))
    return pa.array(answer, pa.float64(), mask=np.isnan(answer))
