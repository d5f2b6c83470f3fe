"""The columnar shuffle of the as-of operator: tables cut into pieces by where they go, a piece being one row to Spark.

Spark moves rows one by one, at a cost for each; a piece of some thousand rows in Arrow's format it moves as one value.
"""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import pyarrow as pa

from adapters.spark.as_of_timeline import Ints

PART, KIND, PIECE = "part", "kind", "piece"
PIECES = f"{PART} int, {KIND} int, {PIECE} binary"
ROWS = -1  # the kind of pieces that hold lines; others are numbered by the key that they are about
GATHERED_ROWS = 200_000  # what is cut at once
_SCHEMA = pa.schema([(PART, pa.int32()), (KIND, pa.int32()), (PIECE, pa.binary())])
_ODD = np.uint64(0x9E3779B97F4A7C15)  # 2 to the 64 by the golden ratio: spreads days over the parts
_HIGH_BITS = np.uint64(33)


def part_of(hashes: pa.ChunkedArray, parts: int, day: Ints | None = None) -> Ints:
    """The part of every row: rows of one key (and day) share it, rows without a key are dealt out in turn."""
    mixed = np.asarray(hashes.fill_null(0)).view(np.uint64).copy()
    if day is not None:
        mixed += day.astype(np.uint64)
    part = np.asarray(((mixed * _ODD) >> _HIGH_BITS) % np.uint64(parts), np.int64)
    unkeyed = np.asarray(hashes.is_null())
    part[unkeyed] = np.arange(np.count_nonzero(unkeyed)) % parts
    return part


def cut(table: pa.Table, part: Ints, kind: int) -> pa.RecordBatch:
    """One row a part that has rows of the table: its number, the kind, and these rows."""
    order = np.argsort(part.astype(np.int16), kind="stable")
    numbers, starts = np.unique(part[order], return_index=True)
    moved = table.combine_chunks().take(pa.array(order))
    ends = np.append(starts[1:], len(order))
    pieces = [_packed(moved.slice(start, end - start)) for start, end in zip(starts, ends, strict=True)]
    return packed_batch(numbers.tolist(), kind, pieces)


def copies(table: pa.Table, parts: int, kind: int) -> pa.RecordBatch:
    """The whole table for each of the parts."""
    return packed_batch(range(parts), kind, [_packed(table)] * parts)


def packed_batch(parts: Sequence[int], kind: int, pieces: Sequence[bytes | pa.BinaryScalar]) -> pa.RecordBatch:
    """Pieces as Spark takes them."""
    columns = [pa.array(parts, pa.int32()), pa.array([kind] * len(pieces), pa.int32()), pa.array(pieces, pa.binary())]
    return pa.RecordBatch.from_arrays(columns, schema=_SCHEMA)


def unpacked(pieces: Iterable[pa.BinaryScalar]) -> pa.Table:
    """The rows of pieces as one table without chunks."""
    return pa.concat_tables(pa.ipc.open_stream(piece.as_buffer()).read_all() for piece in pieces).combine_chunks()


def gathered(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.Table]:
    """The same rows in tables large enough to be worth cutting."""
    waiting: list[pa.RecordBatch] = []
    rows = 0
    for batch in batches:
        if batch.num_rows:
            waiting.append(batch)
            rows += batch.num_rows
        if rows >= GATHERED_ROWS:
            yield pa.Table.from_batches(waiting)
            waiting, rows = [], 0
    if waiting:
        yield pa.Table.from_batches(waiting)


def _packed(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    return bytes(sink.getvalue())
