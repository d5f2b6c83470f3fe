"""The digest of rows of `domain.content`, vectorised over Arrow batches: the same bits, without Python per cell.

Each column becomes 17 bytes a row in one numpy matrix, text hashed once per distinct value; then one
BLAKE2b a row. It runs in the driver and inside Spark's Python workers alike.
"""

import hashlib
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from adapters.arrow.storage import can_hold
from domain.content import DECIMAL_PLACES, MODULUS, render_content
from domain.errors import SnapshotError
from domain.schema import Column, ColumnType, Schema

Bytes = npt.NDArray[np.uint8]

_CELL = 17
_SLICE_ROWS = 65_536  # bounds the matrix to about 1 MB a column


def batch_digest(batch: pa.RecordBatch, schema: Schema) -> tuple[int, int]:
    """The sum of the row digests modulo 2**128 and the number of rows of a batch.

    Columns are taken by name, in the schema's order; others are left out. Raises SnapshotError when one is
    missing or of a type that cannot be the schema's.
    """
    columns = [_column(batch, column) for column in schema.columns]
    total = 0
    for start in range(0, batch.num_rows, _SLICE_ROWS):
        rows = min(_SLICE_ROWS, batch.num_rows - start)
        parts = [array.slice(start, rows) for array in columns]
        total += _sum_of_rows(_cells(schema, parts, rows))
    return total % MODULUS, batch.num_rows


def table_digest(table: pa.Table, schema: Schema) -> str:
    """The content of a whole table, as `domain.content.table_content` would render it."""
    total, rows = 0, 0
    for batch in table.to_batches():
        part, count = batch_digest(batch, schema)
        total, rows = total + part, rows + count
    return render_content(schema, total, rows)


def _column(batch: pa.RecordBatch, column: Column) -> pa.Array:
    index = batch.schema.get_field_index(column.name)
    if index < 0:
        held = ", ".join(batch.schema.names) or "no column"
        raise SnapshotError(
            f"The table has no column '{column.name}'; it holds {held}.", "Write it with the columns of its schema."
        )
    array = batch.column(index)
    return array.dictionary_decode() if pa.types.is_dictionary(array.type) else array


def _cells(schema: Schema, arrays: list[pa.Array], rows: int) -> Bytes:
    """The encoded rows, `rows` x 17 bytes a column; an absent cell is 17 zeros."""
    matrix = np.zeros((rows, _CELL * len(arrays)), np.uint8)
    for position, (column, array) in enumerate(zip(schema.columns, arrays, strict=True)):
        if pa.types.is_null(array.type):
            continue
        if not can_hold(column, array.type):
            raise SnapshotError(
                f"The column '{column.name}' holds {array.type}, which is no {column.type}.",
                "Cast it to the schema's type before it is written.",
            )
        present = array.is_valid().to_numpy(zero_copy_only=False)
        first = position * _CELL
        matrix[:, first] = present
        np.copyto(matrix[:, first + 1 : first + _CELL], _ENCODINGS[column.type](column, array), where=present[:, None])
    return matrix


def _sum_of_rows(matrix: Bytes) -> int:
    rows, width = matrix.shape
    encoded = matrix.tobytes()
    blake2b = hashlib.blake2b
    digests = b"".join(
        [blake2b(encoded[at : at + width], digest_size=16).digest() for at in range(0, rows * width, width)]
        if width
        else [blake2b(b"", digest_size=16).digest()] * rows
    )
    # Words of 32 bits added in 64: no sum of a slice overflows.
    words = np.frombuffer(digests, ">u4").reshape(rows, 4).sum(axis=0, dtype=np.uint64)
    return sum(int(word) << shift for word, shift in zip(words, (96, 64, 32, 0), strict=True))


def _text(_column: Column, array: pa.Array) -> Bytes:
    encoded = array.cast(pa.large_binary()).dictionary_encode()
    distinct = b"".join([hashlib.blake2b(value, digest_size=16).digest() for value in encoded.dictionary.to_pylist()])
    if not distinct:
        return np.zeros((len(array), 16), np.uint8)
    digests: Bytes = np.frombuffer(distinct, np.uint8).reshape(-1, 16)
    return digests[np.asarray(encoded.indices.fill_null(0))]


def _number(_column: Column, array: pa.Array) -> Bytes:
    values = np.array(array.cast(pa.float64(), safe=False).fill_null(0.0).to_numpy())
    values[np.isnan(values)] = np.nan  # one NaN of the many
    cells = np.zeros((len(values), 2), ">f8")
    cells[:, 1] = values + 0.0  # one zero: -0.0 + 0.0 is 0.0
    return cells.view(np.uint8)


def _integer(_column: Column, array: pa.Array) -> Bytes:
    return _signed(array.cast(pa.int64()))


def _day(_column: Column, array: pa.Array) -> Bytes:
    return _signed(array.cast(pa.date32()).cast(pa.int32()).cast(pa.int64()))


def _moment(_column: Column, array: pa.Array) -> Bytes:
    if array.type.unit == "ns":  # the microsecond that holds it, as a datetime would
        nanoseconds = array.cast(pa.int64()).fill_null(0).to_numpy()
        return _signed_values(nanoseconds // 1000)
    return _signed(array.cast(pa.timestamp("us", array.type.tz)).cast(pa.int64()))


def _decimal(column: Column, array: pa.Array) -> Bytes:
    unscaled = array.cast(pa.decimal128(38, DECIMAL_PLACES[column.type]))
    _, buffer = unscaled.buffers()
    little_endian = np.frombuffer(buffer, np.uint8, len(unscaled) * 16, unscaled.offset * 16).reshape(-1, 16)
    return little_endian[:, ::-1]


def _signed(array: pa.Array) -> Bytes:
    return _signed_values(pc.fill_null(array, 0).to_numpy())


def _signed_values(values: npt.NDArray[np.int64]) -> Bytes:
    cells = np.empty((len(values), 2), ">i8")
    cells[:, 0] = values >> 63  # the sign, extended
    cells[:, 1] = values
    return cells.view(np.uint8)


_ENCODINGS: dict[ColumnType, Callable[[Column, pa.Array], Bytes]] = {
    ColumnType.TEXT: _text,
    ColumnType.INTEGER: _integer,
    ColumnType.NUMBER: _number,
    ColumnType.MONEY: _decimal,
    ColumnType.SHARE: _decimal,
    ColumnType.MOMENT: _moment,
    ColumnType.DAY: _day,
    ColumnType.FLAG: _integer,
}
