"""Rows of the examples table for a fit or a test, in the order of `line_id`."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from adapters.sklearn.columns import Numbers
from domain.days import day_number
from domain.labels import LabelPolicy
from domain.model.examples import EXAMPLE_KEYS
from domain.model.fits import Window
from domain.schema import Schema
from domain.snapshot import DatasetRef

ReadTable: TypeAlias = Callable[[DatasetRef, Sequence[str] | None], pa.Table]
ReadLines: TypeAlias = Callable[[DatasetRef, Sequence[str], Collection[str]], pa.Table]


@dataclass(frozen=True)
class ExampleReader:
    """Reads the keys of every line and the features of the lines that are needed, so that a shop may be of any size.

    Args:
        read_table: reads the named columns of a table (all when None).
        read_lines: reads the named columns of the named lines, and `line_id`, in the order of `line_id`.
    """

    read_table: ReadTable
    read_lines: ReadLines

    def with_features(self, examples: DatasetRef, keys: pa.Table, features: Sequence[str]) -> pa.Table:
        """The rows of `keys`, which stand in the order of `line_id`, with these features beside what they hold."""
        found = self.read_lines(examples, features, keys.column("line_id").to_pylist())
        for name in features:
            if name not in keys.column_names:
                keys = keys.append_column(found.schema.field(name), found.column(name))
        return keys


def feature_names(schema: Schema) -> tuple[str, ...]:
    """The feature columns of the examples table, in its order."""
    return tuple(name for name in schema.names if name not in EXAMPLE_KEYS)


def training_rows(table: pa.Table, policy: LabelPolicy, fit_at: date) -> pa.Table:
    """The lines whose labels a fit made at `fit_at` learns from: mature by then, and standing."""
    kept = pc.less_equal(_days(table, "ordered_on"), day_number(policy.last_mature_day(fit_at)))
    return table.filter(pc.and_(kept, _standing(table, fit_at))).sort_by("line_id")


def unsettled_rows(table: pa.Table, policy: LabelPolicy, fit_at: date) -> pa.Table:
    """The standing lines whose label is not final at `fit_at`."""
    ordered_on = _days(table, "ordered_on")
    kept = pc.greater(ordered_on, day_number(policy.last_mature_day(fit_at)))
    kept = pc.and_(kept, pc.less(ordered_on, day_number(fit_at)))
    return table.filter(pc.and_(kept, _standing(table, fit_at))).sort_by("line_id")


def acted_rows(table: pa.Table, fit_at: date) -> pa.Table:
    """The lines that would stand at `fit_at`, had nothing been done about them."""
    return table.filter(_acted(table, fit_at)).sort_by("line_id")


def rows_after(table: pa.Table, day: date, last: date | None = None) -> pa.Table:
    """The lines ordered after a day, and up to another where one is given, cancelled or not."""
    days = _days(table, "ordered_on")
    kept = pc.greater(days, day_number(day))
    if last is not None:
        kept = pc.and_(kept, pc.less_equal(days, day_number(last)))
    return table.filter(kept).sort_by("line_id")


def window_rows(table: pa.Table, window: Window, policy: LabelPolicy, as_of: date) -> pa.Table:
    """The lines of a test: ordered within the window, mature at `as_of`, and standing then."""
    last = min(window.last, policy.last_mature_day(as_of))
    ordered_on = _days(table, "ordered_on")
    kept = pc.and_(pc.greater_equal(ordered_on, day_number(window.first)), pc.less_equal(ordered_on, day_number(last)))
    return table.filter(pc.and_(kept, _standing(table, as_of))).sort_by("line_id")


def labels_at(table: pa.Table, at: date) -> Numbers:
    """The label of every row as known at the start of `at`: 1.0 or 0.0."""
    return np.asarray(_before(table, "return_known_on", at).to_numpy(zero_copy_only=False), np.float64)


def order_days(table: pa.Table) -> np.ndarray:
    """The day of order of every row, as a number."""
    return day_numbers(table, "ordered_on")


def day_numbers(table: pa.Table, name: str) -> np.ndarray:
    """A column of days without nulls, as numbers."""
    return np.asarray(_days(table, name).to_numpy(zero_copy_only=False), np.int64)


def spread_over(rows: int, most: int) -> np.ndarray:
    """Rising positions of at most so many of the rows, evenly taken."""
    return np.unique(np.linspace(0, rows - 1, min(most, rows)).astype(int))


def counts_on(table: pa.Table, window: Window, day: date) -> np.ndarray:
    """Whether each row was ordered within the window and stands at a day."""
    return np.asarray(_within(table, window) & _flags(_standing(table, day)), bool)


def acted_upon(table: pa.Table, window: Window, day: date) -> np.ndarray:
    """Whether each row was ordered within the window and would stand at a day, had nothing been done about it."""
    return np.asarray(_within(table, window) & _flags(_acted(table, day)), bool)


def _within(table: pa.Table, window: Window) -> np.ndarray:
    days = order_days(table)
    return np.asarray((days >= day_number(window.first)) & (days <= day_number(window.last)), bool)


def _flags(column: pa.Array) -> np.ndarray:
    return np.asarray(column.to_numpy(zero_copy_only=False), bool)


def _standing(table: pa.Table, day: date) -> pa.Array:
    """Whether each line shows of itself what comes of it: known before `day`, not cancelled, nothing done about it."""
    return pc.and_(_sold(table, day), pc.invert(_before(table, "acted_known_on", day)))


def _acted(table: pa.Table, day: date) -> pa.Array:
    return pc.and_(_sold(table, day), _before(table, "acted_known_on", day))


def _sold(table: pa.Table, day: date) -> pa.Array:
    """Whether each line was known before `day` and not cancelled by then."""
    return pc.and_(_before(table, "available_at", day), pc.invert(_before(table, "cancelled_known_on", day)))


def _before(table: pa.Table, name: str, day: date) -> pa.Array:
    column = _days(table, name)
    return pc.fill_null(pc.less(column, day_number(day)), False)


def _days(table: pa.Table, name: str) -> pa.Array:
    return table.column(name).combine_chunks().cast(pa.date32()).cast(pa.int32())
