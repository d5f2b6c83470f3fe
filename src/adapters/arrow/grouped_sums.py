"""Sums and maxima by key over the pieces of a table: each piece is grouped before it is kept."""

from collections.abc import Iterator, Mapping, Sequence

import pyarrow as pa

from domain.content import Cell

_LEAST_WAITING = 1 << 20  # rows


class GroupedSums:
    """Adds up pieces of any number of rows; memory holds the groups, and as many rows of pieces that wait.

    Args:
        keys: columns that tell the groups apart; null is a value like any other.
        values: what is taken of other columns, as Arrow names it: "sum" or "max", by column.
    """

    def __init__(self, keys: Sequence[str], values: Mapping[str, str]) -> None:
        self._keys, self._values = list(keys), dict(values)
        self._grouped: list[pa.Table] = []
        self._waiting, self._most_waiting = 0, _LEAST_WAITING

    def add(self, rows: pa.Table) -> None:
        """Count rows that hold the keys and the values."""
        piece = self._group(rows)
        self._grouped.append(piece)
        self._waiting += piece.num_rows
        if self._waiting > self._most_waiting:
            merged = self._group(pa.concat_tables(self._grouped))
            # Twice the groups, so that each row is grouped anew only a few times.
            self._grouped, self._waiting, self._most_waiting = [merged], 0, max(_LEAST_WAITING, merged.num_rows)

    def rows(self) -> Iterator[tuple[Cell, ...]]:
        """A tuple of keys and values a group, in no order."""
        if self._grouped:
            whole = self._group(pa.concat_tables(self._grouped))
            yield from zip(*(column.to_pylist() for column in whole.columns), strict=True)

    def _group(self, rows: pa.Table) -> pa.Table:
        grouped = rows.group_by(self._keys).aggregate(list(self._values.items()))
        names = [*self._keys, *(f"{name}_{how}" for name, how in self._values.items())]
        return grouped.select(names).rename_columns([*self._keys, *self._values])
