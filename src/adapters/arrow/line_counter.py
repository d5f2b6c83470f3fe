"""Lines and their returns counted by Arrow: one pass over the lines in large pieces, each beside its own returns.

A return closes units of one line, so those that met theirs are gone from what later pieces look through. Memory holds a
piece of the lines, the returns that are left, and the counts.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from adapters.arrow.grouped_sums import GroupedSums
from adapters.arrow.locations import Locate, locate_local
from adapters.arrow.table_files import read_arrow, stream_arrow
from domain.days import day_number
from domain.labels import LabelPolicy
from domain.line_counts import PARTS, ClosedUnits, ItemCount, LastSale, SoldUnits, UnitCounts
from domain.matching import CANCELLED
from domain.snapshot import DatasetRef
from domain.stock.forecast import CHANCE_GRID, OpenBook, OpenUnits
from domain.stock.receipts import WAIT_DAYS, dates_receipts
from domain.stock.units import Series
from domain.tables import KEEP, PRODUCT
from ports.line_counter import KnownLines, LineCounter

Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

_TIMES = ("ordered_at", "available_at", "kind")
_LINE = (*_TIMES, "line_id", "item_id", "item_group", "category", "quantity")
_RETURN_DAYS = {"sold_on": "ordered_at", "returned": "returned_at", "known": "available_at", "received": "received_at"}
_RETURN = ("line_id", "fate", "quantity", *_RETURN_DAYS.values(), "disposition", "outcome")
_SERIES = ("category", "item_group", "item_id")
_CLOSED = ("returned", "known", "fate", "outcome", "disposition")
_UNITS = {"quantity": "sum"}


class ArrowLineCounter(LineCounter):
    """Counts tables that lie as Parquet files on any file system that `locate` knows.

    Args:
        locate: the file system and path of a table's URI.
        piece_rows: about how many lines are looked at together.
    """

    def __init__(self, locate: Locate = locate_local, piece_rows: int = 1 << 20) -> None:
        self._locate = locate
        self._piece_rows = piece_rows

    def count_lines(self, known: KnownLines) -> int:
        """As the port says."""
        return sum(lines.num_rows for lines in self._pieces(known, _TIMES))

    def count_items(self, known: KnownLines, labels: LabelPolicy) -> Iterator[ItemCount]:
        """As the port says."""
        settled = day_number(labels.last_mature_day(known.as_of))
        summed = dict.fromkeys(("lines", "returned", "parts", "quantity", "net_value"), "sum")
        counts = GroupedSums(("item_id", "item_group", "category", "mature"), {**summed, "ordered": "max"})
        returns = _Unplaced(self._returns(known))
        for lines in self._pieces(known, (*_LINE, "net_value")):
            mine, at = returns.take(lines)
            cancelled = _flags(pc.equal(mine["fate"], CANCELLED))
            came = ~cancelled & _flags(_in_window(mine, labels))
            gone = _units(mine["quantity"], at, cancelled, lines.num_rows)
            returned, sold = _units(mine["quantity"], at, came, lines.num_rows), lines["quantity"].to_numpy()
            counted = _with(
                lines,
                lines=np.ones(lines.num_rows, np.int64),
                returned=(returned > 0).astype(np.int64),
                parts=np.rint(returned * PARTS / sold).astype(np.int64),
            )
            counted = counted.append_column("mature", pc.less_equal(lines["ordered"], settled))
            counts.add(counted.filter(pa.array(gone < sold)))
        yield from map(ItemCount._make, counts.rows())

    def count_units(
        self, known: KnownLines, *, by_item: bool, oldest_open_day: int, scores: DatasetRef | None = None
    ) -> UnitCounts:
        """As the port says."""
        series = _SERIES if by_item else _SERIES[:1]
        sold = GroupedSums((*series, "ordered", "known"), _UNITS)
        closed = GroupedSums((*series, "ordered", *_CLOSED), {**_UNITS, "squares": "sum"})
        item = _SERIES if by_item else ("category", "item_id")
        still = GroupedSums((*item, "ordered"), {"quantity": "sum", "unscored": "sum", "chance": "sum"})
        last, too_old = GroupedSums(("item_id", "category"), {"ordered": "max"}), 0
        returns, scored = _Unplaced(_booked(self._returns(known), known)), _Unplaced(self._scored(scores))
        for lines in self._pieces(known, _LINE):
            mine, at = returns.take(lines)
            sold.add(lines)
            last.add(lines)
            closed.add(_beside(_squared(mine, at), lines, at, (*series, "ordered")))
            left = lines["quantity"].to_numpy() - _units(mine["quantity"], at, None, lines.num_rows)
            old = lines["ordered"].to_numpy() < oldest_open_day
            too_old += int(left[old & (left > 0)].sum())
            still.add(_valued(lines, left, *scored.take(lines)).filter(pa.array(~old & (left > 0))))
        return UnitCounts(
            sold=[SoldUnits(*row) for row in _with_series(sold.rows(), series)],
            closed=[ClosedUnits(*row) for row in _with_series(closed.rows(), series)],
            open=OpenBook({(at, day): OpenUnits(*units) for at, day, *units in _with_series(still.rows(), item)}),
            too_old_units=too_old,
            last_sales=map(LastSale._make, last.rows()),
        )

    def _pieces(self, known: KnownLines, columns: Sequence[str]) -> Iterator[pa.Table]:
        """The known product lines in large pieces, with their days as `ordered` and `known`."""
        before = day_number(known.as_of)
        for piece in _together(stream_arrow(known.lines, columns, self._locate), self._piece_rows):
            lines = _with_days(piece, ordered="ordered_at", known="available_at")
            timely = pc.and_(pc.less(lines["ordered"], before), pc.less(lines["known"], before))
            yield lines.filter(pc.and_(timely, pc.equal(lines["kind"], PRODUCT))).combine_chunks()

    def _returns(self, known: KnownLines) -> pa.Table:
        """What was known of returns, with its days as `_RETURN_DAYS` names them."""
        table = _with_days(read_arrow(known.line_returns, _RETURN, self._locate), **_RETURN_DAYS)
        return table.filter(pc.less(table["known"], day_number(known.as_of)))

    def _scored(self, scores: DatasetRef | None) -> pa.Table:
        """Lines with open units and a score: their `p_open` as a whole number of the grid."""
        if scores is None:
            return pa.table({"line_id": pa.array([], pa.string()), "chance": pa.array([], pa.int64())})
        table = read_arrow(scores, ("line_id", "open_quantity", "p_open"), self._locate)
        table = table.filter(pc.greater(table["open_quantity"], 0))
        chance = pc.round(pc.multiply(table["p_open"], float(CHANCE_GRID)), round_mode="half_to_even")
        return pa.table({"line_id": table["line_id"], "chance": chance.cast(pa.int64())})


class _Unplaced:
    """Rows that name a line, of which each piece of the lines takes its own."""

    def __init__(self, rows: pa.Table) -> None:
        self._rows = rows

    def take(self, lines: pa.Table) -> tuple[pa.Table, Integers]:
        """The rows of these lines, and the place of each one's line; later calls no longer find them."""
        ids = lines["line_id"].combine_chunks()
        at = pc.index_in(self._rows["line_id"], value_set=ids)
        found = at.is_valid()
        taken, self._rows = self._rows.filter(found), self._rows.filter(pc.invert(found))
        return taken, np.asarray(at.drop_null(), np.int64)


def _together(batches: Iterable[pa.RecordBatch], least: int) -> Iterator[pa.Table]:
    waiting: list[pa.RecordBatch] = []
    rows = 0
    for batch in batches:
        waiting.append(batch)
        rows += batch.num_rows
        if rows >= least:
            yield pa.Table.from_batches(waiting)
            waiting, rows = [], 0
    if waiting:
        yield pa.Table.from_batches(waiting)


def _with_days(table: pa.Table, **moments: str) -> pa.Table:
    """The table with the UTC days of moments as numbers, by the names they shall have."""
    for name, moment in moments.items():
        table = table.append_column(name, table[moment].cast(pa.date32()).cast(pa.int32()).cast(pa.int64()))
    return table


def _with(table: pa.Table, **columns: Integers) -> pa.Table:
    for name, values in columns.items():
        table = table.append_column(name, pa.array(values))
    return table


def _beside(rows: pa.Table, lines: pa.Table, at: Integers, columns: Sequence[str]) -> pa.Table:
    """Rows that name a line, with columns of that line."""
    theirs = lines.select(list(columns)).take(pa.array(at))
    for name in columns:
        rows = rows.append_column(name, theirs[name])
    return rows


def _booked(returns: pa.Table, known: KnownLines) -> pa.Table:
    """The returns that closed units before the day, by the day on which they reached the dock, not known earlier."""
    before = day_number(known.as_of)
    comes = pc.invert(_stayed(returns))
    received = pc.if_else(comes, returns["received"], pa.scalar(None, pa.int64()))
    away = pc.fill_null(pc.greater_equal(received, before), False)
    young = pc.fill_null(pc.greater_equal(returns["returned"], before - WAIT_DAYS), False)
    old = pc.and_(comes, pc.invert(young))
    in_time = pc.and_(old, pc.and_(pc.is_valid(received), pc.invert(away)))
    if dates_receipts(*(pc.sum(flags).as_py() or 0 for flags in (in_time, old))):
        away = pc.or_(away, pc.and_(comes, pc.and_(young, pc.is_null(received))))
    for name in ("returned", "known"):
        later = pc.max_element_wise(returns[name], received)
        returns = returns.set_column(returns.column_names.index(name), name, later)
    return returns.filter(pc.invert(away))


def _squared(returns: pa.Table, at: Integers) -> pa.Table:
    """The returns with units times all those that reached the dock with them, which add up to `squares`."""
    known = returns["known"].to_numpy()
    keys = np.column_stack((at, known, _flags(_stayed(returns))))
    groups, group = np.unique(keys, axis=0, return_inverse=True)
    together = _units(returns["quantity"], group.reshape(-1), None, len(groups))
    return _with(returns, squares=returns["quantity"].to_numpy() * together[group.reshape(-1)])


def _valued(lines: pa.Table, left: Integers, scored: pa.Table, at: Integers) -> pa.Table:
    """The lines with what is left of them in place of their quantity, by how it was scored."""
    known, chance = np.zeros(len(left), np.bool_), np.zeros(len(left), np.int64)
    known[at], chance[at] = True, scored["chance"].to_numpy()
    unscored = np.where(known, 0, left)
    return _with(lines.drop_columns(["quantity"]), quantity=left, unscored=unscored, chance=left * chance)


def _units(units: pa.ChunkedArray, at: Integers, chosen: Flags | None, lines: int) -> Integers:
    """Units by the place of their line, of the chosen rows alone."""
    total = np.zeros(lines, np.int64)
    values = units.to_numpy()
    np.add.at(total, at if chosen is None else at[chosen], values if chosen is None else values[chosen])
    return total


def _in_window(returns: pa.Table, labels: LabelPolicy) -> pa.ChunkedArray:
    """`LabelPolicy.counts` of each row."""
    lag = pc.subtract(returns["returned"], returns["sold_on"])
    inside = pc.and_(pc.greater_equal(lag, 0), pc.less_equal(lag, labels.window_days))
    return pc.fill_null(inside, True)


def _stayed(returns: pa.Table) -> pa.ChunkedArray:
    """`ClosedUnits.stayed` of each row."""
    return pc.or_(pc.equal(returns["fate"], CANCELLED), pc.fill_null(pc.equal(returns["outcome"], KEEP), False))


def _flags(values: pa.ChunkedArray) -> Flags:
    return np.asarray(values, np.bool_)


def _with_series(rows: Iterable[tuple[Any, ...]], names: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    """The rows with a series in place of their first columns, which have these names."""
    for row in rows:
        named = dict(zip(names, row, strict=False))
        yield Series(named["category"], named.get("item_group"), named.get("item_id")), *row[len(names) :]
