"""A table store that keeps rows in memory; it passes the same contract as the real one."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal

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


class InMemoryTableStore(TableStore):
    """Rows by URI, in the order written."""

    def __init__(self) -> None:
        self._rows: dict[str, list[dict[str, Cell]]] = {}

    def read(self, table: DatasetRef, columns: Sequence[str] | None = None) -> Iterable[Row]:
        """The rows as written, with the asked columns."""
        names = table.schema.names if columns is None else tuple(columns)
        unknown = [name for name in names if name not in table.schema]
        if unknown or table.uri not in self._rows:
            raise SnapshotError(f"The table '{table.name}' cannot be read with the columns {unknown}.", "Name others.")
        return [{name: row[name] for name in names} for row in self._rows[table.uri]]

    def write(self, attempt: Attempt, name: str, schema: Schema, rows: Iterable[Row]) -> DatasetRef:
        """Keep the rows after checking each against the schema."""
        kept = [_checked(schema, row) for row in rows]
        uri = attempt.location(name)
        if uri in self._rows:
            raise SnapshotError(f"The attempt already has a table '{name}'.", "Give every table a name of its own.")
        self._rows[uri] = kept
        content = table_content(schema, ([row[column] for column in schema.names] for row in kept))
        return DatasetRef(name, uri, schema, len(kept), content)


def _checked(schema: Schema, row: Row) -> dict[str, Cell]:
    unknown = sorted(set(row) - set(schema.names))
    if unknown:
        raise SnapshotError(f"A row has the unknown columns {unknown}.", "Write only the schema's columns.")
    return {column.name: _cell(column, row.get(column.name)) for column in schema.columns}


def _cell(column: Column, value: Cell) -> Cell:
    if value is None and column.nullable:
        return None
    expected = _PYTHON_TYPES[column.type]
    flag_as_number = isinstance(value, bool) and column.type is not ColumnType.FLAG
    moment_as_day = isinstance(value, datetime) and column.type is ColumnType.DAY
    naive = isinstance(value, datetime) and value.tzinfo is None
    if value is None or flag_as_number or moment_as_day or naive or not isinstance(value, expected):
        raise SnapshotError(f"The column '{column.name}' got {value!r}.", f"Give it a {column.type}.")
    return value
