"""A table of examples in memory, as the step `examples` would write it: enough to train and judge on."""

from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from domain.labels import LabelPolicy
from domain.model.examples import EXAMPLE_KEYS
from domain.schema import Column
from domain.schema import ColumnType as T
from domain.snapshot import DatasetRef

FIRST_DAY = date(2024, 1, 1)
POLICY = LabelPolicy(window_days=30)
FEATURES = (
    Column("risk", T.NUMBER, nullable=True),
    Column("skewed", T.NUMBER, nullable=True),
    Column("noise", T.NUMBER, nullable=True),
    Column("constant", T.NUMBER, nullable=True),
    Column("size", T.TEXT, nullable=True),
)
_ARROW = {
    T.TEXT: pa.string(),
    T.INTEGER: pa.int64(),
    T.NUMBER: pa.float64(),
    T.MONEY: pa.decimal128(18, 4),
    T.MOMENT: pa.timestamp("us", "UTC"),
    T.DAY: pa.date32(),
}


class ExamplesTable:
    """Lines over 100 days whose returns depend on `risk`, `skewed` and `size`; guests and nulls among them.

    Args:
        lines: number of lines.
        seed: of everything drawn.
        known_until: labels are known before this many days after the first.
        shuffle_rows: whether the rows stand in another order.
        return_rate: shifts the share of lines that come back; 0 for none.
    """

    def __init__(
        self,
        lines: int = 4000,
        *,
        seed: int = 0,
        known_until: int = 101,
        shuffle_rows: bool = False,
        return_rate: float = 0.2,
    ) -> None:
        self.as_of = FIRST_DAY + timedelta(days=known_until)
        self.table = _table(lines, seed, self.as_of, return_rate)
        if shuffle_rows:
            self.table = self.table.take(np.random.default_rng(1).permutation(lines))
        self.ref = DatasetRef("examples", "memory", EXAMPLE_KEYS.plus(FEATURES), lines, "content")

    def read(self, table: DatasetRef, columns: Sequence[str] | None = None) -> pa.Table:
        """What the injected reader of tables does."""
        assert table == self.ref
        return self.table if columns is None else self.table.select(list(columns))

    def read_lines(self, table: DatasetRef, columns: Sequence[str], line_ids: Collection[str]) -> pa.Table:
        """What the injected reader of lines does."""
        wanted = pa.array(sorted(line_ids), pa.string())
        found = self.read(table, list(dict.fromkeys(("line_id", *columns))))
        return found.filter(pc.is_in(found["line_id"], value_set=wanted)).sort_by("line_id")

    def with_column(self, name: str, values: Sequence[object]) -> "ExamplesTable":
        """The same lines with one column replaced."""
        changed = object.__new__(ExamplesTable)
        position = self.table.column_names.index(name)
        column = pa.array(values, self.table.schema.field(name).type)
        changed.as_of, changed.ref = self.as_of, self.ref
        changed.table = self.table.set_column(position, name, column)
        return changed


def _table(lines: int, seed: int, as_of: date, return_rate: float) -> pa.Table:
    draws = np.random.default_rng(seed)
    days = np.sort(draws.integers(0, 100, lines))
    customers, items = draws.integers(0, 900, lines), draws.integers(0, 120, lines)
    risk, skewed = draws.normal(size=lines), np.exp(draws.normal(size=lines) * 1.5)
    skewed[draws.random(lines) < 0.1] = np.nan
    size = draws.integers(0, 5, lines)
    logit = np.log(max(return_rate, 1e-6)) - 0.4 + 0.9 * risk + 0.3 * np.log(np.nan_to_num(skewed, nan=1)) + (size == 2)
    returned = (draws.random(lines) < 1 / (1 + np.exp(-logit))) & (return_rate > 0)
    lags = draws.integers(1, 29, lines)
    ordered_on = [FIRST_DAY + timedelta(days=int(day)) for day in days]
    known_on = [
        day + timedelta(days=int(lag)) if came else None
        for day, lag, came in zip(ordered_on, lags, returned, strict=True)
    ]
    known_on = [day if day is not None and day < as_of else None for day in known_on]
    moments = [datetime.combine(day, time(12), UTC) for day in ordered_on]
    values: dict[str, Sequence[object]] = {
        "line_id": [f"L{number:06d}" for number in draws.permutation(lines)],
        "order_id": [f"O{customer}-{day}" for customer, day in zip(customers, days, strict=True)],
        "customer_id": [None if customer % 10 == 0 else f"C{customer}" for customer in customers],
        "item_id": [f"I{item}" for item in items],
        "category": [f"category {item % 7}" if item % 11 else None for item in items],
        "ordered_at": moments,
        "ordered_on": ordered_on,
        "quantity": draws.integers(1, 3, lines).tolist(),
        "net_value": [Decimal(int(cents)) / 100 for cents in draws.integers(500, 9000, lines)],
        "return_known_on": known_on,
        "return_lag_days": [int(lag) if known is not None else None for lag, known in zip(lags, known_on, strict=True)],
        "returned_quantity": [int(known is not None) for known in known_on],
        "cancelled_known_on": [None] * lines,
        "acted_on": [None] * lines,
        "acted_known_on": [None] * lines,
        "available_at": moments,
        "risk": risk.tolist(),
        "skewed": [None if np.isnan(value) else value for value in skewed],
        "noise": draws.normal(size=lines).tolist(),
        "constant": [1.0] * lines,
        "size": [("s", "m", "l", "xl", None)[code] for code in size],
    }
    columns = EXAMPLE_KEYS.plus(FEATURES).columns
    return pa.table({column.name: pa.array(values[column.name], _ARROW[column.type]) for column in columns})
