"""A table store that keeps rows in memory; it passes the same contract as the real one."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from domain.content import Cell, table_content
from domain.errors import SnapshotError
from domain.schema import Column, ColumnType, Schema
from domain.snapshot import Attempt, DatasetRef
from ports.table_store import Row, TableStore

_PYTHON_TYPES: dict[ColumnType, type | tuple[type, ...]] = {
    ColumnType.TEXT: str,
    ColumnType.INTEGER: int,
    ColumnType.NUMBER: (int, float),
    ColumnType.MONEY: Decimal,
    ColumnType.SHARE: Decimal,
    ColumnType.MOMENT: datetime,
    ColumnType.DAY: date,
    ColumnType.FLAG: bool,
}


_PLACES = {ColumnType.MONEY: (18, 4), ColumnType.SHARE: (12, 8)}
_INTEGER_LIMIT = 1 << 63


class InMemoryTableStore(TableStore):
    """Rows by URI, in the order written.

    Args:
        rows: shared with other stores; its own when None.
    """

    def __init__(self, rows: dict[str, list[dict[str, Any]]] | None = None) -> None:
        self._rows = {} if rows is None else rows

    def read(
        self, table: DatasetRef, columns: Sequence[str] | None = None, line_ids: Collection[str] | None = None
    ) -> Iterable[Row]:
        """The rows as written, with the asked columns."""
        names = table.schema.names if columns is None else tuple(columns)
        unknown = [name for name in names if name not in table.schema]
        if unknown or table.uri not in self._rows:
            raise SnapshotError(f"The table '{table.name}' cannot be read with the columns {unknown}.", "Name others.")
        rows = self._rows[table.uri]
        if len(rows) != table.rows:
            raise SnapshotError(f"The table '{table.name}' has {len(rows)} rows, not {table.rows}.", "Run again.")
        kept = rows if line_ids is None else [row for row in rows if row["line_id"] in set(line_ids)]
        return [{name: _cell(table.schema[name], row.get(name)) for name in names} for row in kept]

    def tally(self, table: DatasetRef, by: Sequence[str], total: str | None = None) -> Iterable[Row]:
        """Counts row by row."""
        rows: Counter[tuple[Cell, ...]] = Counter()
        sums: Counter[tuple[Cell, ...]] = Counter()
        for row in self.read(table, list(dict.fromkeys((*by, *filter(None, (total,)))))):
            key = tuple(_day(row[name]) for name in by)
            rows[key] += 1
            sums[key] += 0 if total is None else int(str(row[total]))
        totals = {} if total is None else {key: {"total": units} for key, units in sums.items()}
        return [{**dict(zip(by, key, strict=True)), "rows": n, **totals.get(key, {})} for key, n in rows.items()]

    def write(self, attempt: Attempt, name: str, schema: Schema, rows: Iterable[Row]) -> DatasetRef:
        """Keep the rows after checking each against the schema."""
        uri = attempt.location(name)
        if uri in self._rows:
            raise SnapshotError(f"The attempt already has a table '{name}'.", "Name another.")
        kept = [_checked(schema, row) for row in rows]
        self._rows[uri] = kept
        content = table_content(schema, ([row[column] for column in schema.names] for row in kept))
        return DatasetRef(name, uri, schema, len(kept), content)


def _day(value: Cell) -> Cell:
    return value.astimezone(UTC).date() if isinstance(value, datetime) else value


def _checked(schema: Schema, row: Row) -> dict[str, Cell]:
    unknown = sorted(set(row) - set(schema.names))
    if unknown:
        raise SnapshotError(f"A row has the unknown columns {unknown}.", "Write only the schema's columns.")
    return {column.name: _cell(column, row.get(column.name)) for column in schema.columns}


def _cell(column: Column, value: Cell) -> Cell:
    """The value as a store gives it back; raises SnapshotError when the column cannot hold it."""
    if value is None and column.nullable:
        return None
    expected = _PYTHON_TYPES[column.type]
    flag_as_number = isinstance(value, bool) and column.type is not ColumnType.FLAG
    moment_as_day = isinstance(value, datetime) and column.type is ColumnType.DAY
    if (
        value is None
        or flag_as_number
        or moment_as_day
        or not isinstance(value, expected)
        or not _in_range(column, value)
    ):
        raise SnapshotError(f"The column '{column.name}' got {value!r}.", f"Give it a {column.type}.")
    return _stored(column, value)


def _in_range(column: Column, value: Cell) -> bool:
    if isinstance(value, Decimal):
        digits, places = _PLACES[column.type]
        return value.is_finite() and round(value, places) == value and abs(value) < 10 ** (digits - places)
    if isinstance(value, datetime):
        return value.tzinfo is not None
    return column.type is not ColumnType.INTEGER or -_INTEGER_LIMIT <= int(str(value)) < _INTEGER_LIMIT


def _stored(column: Column, value: Cell) -> Cell:
    if isinstance(value, Decimal):
        return round(value, _PLACES[column.type][1])
    if isinstance(value, datetime):
        return value.astimezone(UTC)
    return float(str(value)) if column.type is ColumnType.NUMBER else value
