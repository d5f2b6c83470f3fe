"""The vectorised row digest against the domain's reference: the same bits for any batch of any schema."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.arrow.content import batch_digest, table_digest
from adapters.arrow.storage import STORAGE
from domain.content import MODULUS, Cell, render_content, row_digest, table_content
from domain.errors import SnapshotError
from domain.schema import Column, ColumnType, Schema
from tests.contract.cells import CELLS, EVERY_TYPE, rows_of_every_type


def reference(schema: Schema, rows: Sequence[Sequence[Cell]]) -> tuple[int, int]:
    return sum(row_digest(schema, row) for row in rows) % MODULUS, len(rows)


def batch_of(schema: Schema, rows: Sequence[Sequence[Cell]]) -> pa.RecordBatch:
    arrays = [pa.array([row[at] for row in rows], STORAGE[c.type]) for at, c in enumerate(schema.columns)]
    return pa.RecordBatch.from_arrays(arrays, names=list(schema.names))


@st.composite
def tables(draw: st.DrawFn) -> tuple[Schema, list[tuple[Cell, ...]]]:
    kinds = draw(st.lists(st.sampled_from(list(ColumnType)), min_size=1, max_size=5))
    schema = Schema(tuple(Column(f"c{at}", kind, nullable=True) for at, kind in enumerate(kinds)))
    row = st.tuples(*(st.none() | CELLS[kind] for kind in kinds))
    return schema, draw(st.lists(row, max_size=8))


@given(tables())
@settings(max_examples=300)
def test_digest_equals_the_reference_for_any_rows_of_any_schema(table: tuple[Schema, list[tuple[Cell, ...]]]) -> None:
    schema, rows = table
    assert batch_digest(batch_of(schema, rows), schema) == reference(schema, rows)


@given(rows_of_every_type(min_size=2), st.data())
@settings(max_examples=50)
def test_digest_of_a_slice_sees_the_rows_of_the_slice_alone(rows: list[tuple[Cell, ...]], data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(rows) - 1))
    sliced = batch_of(EVERY_TYPE, rows).slice(start)
    assert batch_digest(sliced, EVERY_TYPE) == reference(EVERY_TYPE, rows[start:])


@given(st.lists(st.none() | st.sampled_from(["a", "b", "", "\u00e9"]), max_size=12), st.integers(1, 4))
@settings(max_examples=50)
def test_digest_of_dictionary_chunks_equals_that_of_plain_text(values: list[str | None], chunk: int) -> None:
    schema = Schema((Column("t", ColumnType.TEXT, nullable=True),))
    chunks = [pa.array(values[at : at + chunk], pa.string()).dictionary_encode() for at in range(0, len(values), chunk)]
    column = pa.chunked_array(chunks, pa.dictionary(pa.int32(), pa.string()))
    assert table_digest(pa.table({"t": column}), schema) == table_content(schema, [(value,) for value in values])


def test_null_inside_a_dictionary_is_absent() -> None:
    schema = Schema((Column("t", ColumnType.TEXT, nullable=True),))
    array = pa.DictionaryArray.from_arrays(pa.array([0, 1, None]), pa.array(["a", None]))
    assert batch_digest(pa.record_batch({"t": array}), schema) == reference(schema, [("a",), (None,), (None,)])


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
@pytest.mark.parametrize("zone", [None, "UTC", "America/New_York"])
def test_moments_are_the_same_in_any_unit_and_zone(unit: str, zone: str | None) -> None:
    schema = Schema((Column("m", ColumnType.MOMENT, nullable=True),))
    moments = [datetime(1969, 12, 31, 23, 59, 59, tzinfo=UTC), None, datetime(2024, 2, 29, 12, tzinfo=UTC)]
    array = pa.array(moments, pa.timestamp("us", "UTC")).cast(pa.timestamp(unit, "UTC")).cast(pa.int64())
    batch = pa.record_batch({"m": array.cast(pa.timestamp(unit, zone))})
    assert batch_digest(batch, schema) == reference(schema, [(moment,) for moment in moments])


def test_nanoseconds_before_the_epoch_fall_in_the_microsecond_that_holds_them() -> None:
    schema = Schema((Column("m", ColumnType.MOMENT),))
    batch = pa.record_batch({"m": pa.array([-1], pa.timestamp("ns", "UTC"))})
    last = datetime(1970, 1, 1, tzinfo=UTC) - timedelta(microseconds=1)
    assert batch_digest(batch, schema) == reference(schema, [(last,)])


def test_moment_in_another_zone_is_the_same_moment() -> None:
    schema = Schema((Column("m", ColumnType.MOMENT),))
    moment = datetime(2024, 1, 1, 2, tzinfo=timezone(timedelta(hours=2)))
    assert batch_digest(batch_of(schema, [(moment,)]), schema) == reference(schema, [(moment,)])


@pytest.mark.parametrize("bits", [0x7FF8000000000001, 0xFFF8000000000000, 0x7FF0000000000001])
def test_every_nan_is_the_same(bits: int) -> None:
    schema = Schema((Column("x", ColumnType.NUMBER),))
    nan = np.array([bits], np.uint64).view(np.float64)
    assert batch_digest(pa.record_batch({"x": pa.array(nan)}), schema) == reference(schema, [(float("nan"),)])


@pytest.mark.parametrize(
    ("kind", "array", "rows"),
    [
        (ColumnType.TEXT, pa.array(["a", None], pa.large_string()), ["a", None]),
        (ColumnType.TEXT, pa.array(["a", None], pa.string_view()), ["a", None]),
        (ColumnType.INTEGER, pa.array([-1, None], pa.int8()), [-1, None]),
        (ColumnType.NUMBER, pa.array([0.5, None], pa.float32()), [0.5, None]),
        (ColumnType.NUMBER, pa.array([3, None], pa.int32()), [3.0, None]),
        (ColumnType.MONEY, pa.array([Decimal("1.5"), None], pa.decimal128(38, 1)), [Decimal("1.5"), None]),
        (ColumnType.MONEY, pa.array([Decimal("-1.5"), None], pa.decimal256(50, 4)), [Decimal("-1.5"), None]),
        (ColumnType.DAY, pa.array([date(2024, 2, 29), None], pa.date64()), [date(2024, 2, 29), None]),
        (ColumnType.SHARE, pa.nulls(2), [None, None]),
    ],
)
def test_other_storage_of_the_same_values_has_the_same_digest(
    kind: ColumnType, array: pa.Array, rows: list[Cell]
) -> None:
    schema = Schema((Column("c", kind, nullable=True),))
    assert batch_digest(pa.record_batch({"c": array}), schema) == reference(schema, [(cell,) for cell in rows])


def test_columns_are_taken_by_name_and_others_left_out() -> None:
    schema = Schema((Column("a", ColumnType.INTEGER), Column("b", ColumnType.TEXT)))
    batch = pa.record_batch({"b": pa.array(["x"]), "made_at": pa.array([7]), "a": pa.array([1])})
    assert batch_digest(batch, schema) == reference(schema, [(1, "x")])


def test_rows_beyond_one_slice_all_count() -> None:
    schema = Schema((Column("a", ColumnType.INTEGER),))
    batch = pa.record_batch({"a": pa.array(range(65_537))})
    total, rows = batch_digest(batch, schema)
    assert render_content(schema, total, rows) == table_content(schema, ((n,) for n in range(65_537)))


def test_empty_batch_adds_nothing() -> None:
    assert batch_digest(batch_of(EVERY_TYPE, []), EVERY_TYPE) == (0, 0)


def test_missing_column_is_named() -> None:
    schema = Schema((Column("a", ColumnType.INTEGER),))
    with pytest.raises(SnapshotError, match="no column 'a'; it holds b"):
        batch_digest(pa.record_batch({"b": pa.array([1])}), schema)


@pytest.mark.parametrize(
    ("kind", "array"),
    [
        (ColumnType.TEXT, pa.array([1])),
        (ColumnType.INTEGER, pa.array([1.5])),
        (ColumnType.NUMBER, pa.array(["1"])),
        (ColumnType.MONEY, pa.array([1.5])),
        (ColumnType.MOMENT, pa.array([date(2024, 1, 1)])),
        (ColumnType.DAY, pa.array([datetime(2024, 1, 1, tzinfo=UTC)])),
        (ColumnType.FLAG, pa.array([1])),
    ],
)
def test_value_of_another_type_is_refused_by_name(kind: ColumnType, array: pa.Array) -> None:
    schema = Schema((Column("c", kind),))
    with pytest.raises(SnapshotError, match="column 'c' holds"):
        batch_digest(pa.record_batch({"c": array}), schema)
