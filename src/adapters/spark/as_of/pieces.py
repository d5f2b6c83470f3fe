"""The columnar shuffle of the as-of operator: tables cut into pieces by where they go, a piece being one row to Spark.

Spark moves rows one by one, at a cost for each; a piece of some thousand rows in Arrow's format it moves as one value.
Pieces are compressed where they are made, for the many copies on the way from one worker to another cost more.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from adapters.spark.as_of.timeline import Ints

PART, KIND, HOME, PIECE = "part", "kind", "home", "piece"
PIECES = f"{PART} int, {KIND} int, {HOME} long, {PIECE} binary"
ROWS = -1  # the kind of pieces that hold lines; others are numbered by the key that they are about
# What is cut at once: with all its columns a hundred megabytes, and several copies on the way. More rows where these
# are narrow, since small pieces cost more to pack than what is in them.
GATHERED_ROWS = 100_000
_MOST_ROWS, _NARROW = 250_000, 32 << 20
_SCHEMA = pa.schema([(PART, pa.int32()), (KIND, pa.int32()), (HOME, pa.int64()), (PIECE, pa.binary())])
_PACKING = pa.ipc.IpcWriteOptions(compression="lz4")
_ODD = np.uint64(0x9E3779B97F4A7C15)  # 2 to the 64 by the golden ratio: spreads what is alike over the parts
_HIGH_BITS = np.uint64(33)


@dataclass(frozen=True)
class Parts:
    """Into how many parts pieces go.

    Args:
        facts: the facts of each key, which are narrow.
        lines: the lines, which carry all answers in the end.
    """

    facts: int = 2
    lines: int = 2


FEW_PARTS = Parts()


def part_of(hashes: Ints, parts: int) -> Ints:
    """The part of every row: equal hashes share it."""
    return np.asarray(((hashes.view(np.uint64) * _ODD) >> _HIGH_BITS) % np.uint64(parts), np.int64)


def home_of(columns: Iterable[Ints]) -> int:
    """A number that rows have in common by what they are and in which order they stand.

    A stage that is run again may see its rows in another order, or others together; they then have another number.
    """
    mixed: np.ndarray[tuple[int, ...], np.dtype[np.uint64]] | None = None
    for column in columns:
        bits = column.view(np.uint64)
        mixed = bits if mixed is None else (mixed ^ (mixed >> _HIGH_BITS)) * _ODD + bits
    if mixed is None:
        return 0
    place = np.arange(len(mixed), dtype=np.uint64) * np.uint64(2) + np.uint64(1)
    return int(np.sum((mixed ^ (mixed >> _HIGH_BITS)) * _ODD * place, dtype=np.uint64).view(np.int64))


def cut(table: pa.Table, part: Ints, kind: int, home: int) -> pa.RecordBatch:
    """One row a part that has rows of the table: its number, the kind, the home, and these rows."""
    order = np.argsort(part.astype(np.int16), kind="stable")
    numbers, starts = np.unique(part[order], return_index=True)
    moved = table.combine_chunks().take(pa.array(order))
    ends = np.append(starts[1:], len(order))
    pieces = [packed(moved.slice(start, end - start)) for start, end in zip(starts, ends, strict=True)]
    return packed_batch(numbers.tolist(), kind, [home] * len(pieces), pieces)


def packed_batch(parts: Sequence[int], kind: int, homes: Sequence[int], pieces: Sequence[bytes]) -> pa.RecordBatch:
    """Pieces as Spark takes them."""
    columns = [
        pa.array(parts, pa.int32()),
        pa.array([kind] * len(pieces), pa.int32()),
        pa.array(homes, pa.int64()),
        pa.array(pieces, pa.binary()),
    ]
    return pa.RecordBatch.from_arrays(columns, schema=_SCHEMA)


def packed(table: pa.Table) -> bytes:
    """The rows as one piece, with the metadata of their schema."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema, options=_PACKING) as stream:
        stream.write_table(table)
    return bytes(sink.getvalue())


def unpacked(piece: pa.BinaryScalar) -> pa.Table:
    """The rows of a piece."""
    return pa.ipc.open_stream(piece.as_buffer()).read_all()


def gathered(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.Table]:
    """The same rows in tables large enough to be worth cutting."""
    waiting: list[pa.RecordBatch] = []
    rows = size = 0
    for batch in batches:
        if batch.num_rows:
            waiting.append(batch)
            rows += batch.num_rows
            size += batch.nbytes
        if rows >= _MOST_ROWS or (rows >= GATHERED_ROWS and size >= _NARROW):
            yield pa.Table.from_batches(waiting)
            waiting, rows, size = [], 0, 0
    if waiting:
        yield pa.Table.from_batches(waiting)
