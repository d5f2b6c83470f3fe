"""Made-up order lines for measurements: seeded, of any number, as canonical tables or as the one flat table of as-of.

Customers and items are drawn from a long tail, orders hold three lines on average, a quarter of the lines come back.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from domain.days import date_of

CHUNK_LINES = 500_000
FIRST_DAY = 17_897  # 2019-01-01
LINES_AN_ORDER = 3


@dataclass(frozen=True)
class Shop:
    """What the lines are like.

    Args:
        lines: how many.
        years: over how many years of orders.
        customer_share: of the lines that one customer has beyond the tail.
        item_share: of the lines that one item has beyond the tail.
        long_keys: whether keys are texts of 48 characters rather than of about 8.
        seed: of the draws.
    """

    lines: int
    years: int = 2
    customer_share: float = 0.0
    item_share: float = 0.0
    long_keys: bool = False
    seed: int = 7

    @property
    def end(self) -> date:
        """The day after the last order."""
        return date_of(FIRST_DAY + 365 * self.years + 1)

    def write(self, path: Path) -> None:
        """Write the flat table, in order of days, one row group a chunk."""
        with pq.ParquetWriter(path, self._chunk(0, 1).schema) as out:
            for chunk in self.chunks():
                out.write_table(chunk)

    def chunks(self) -> Iterator[pa.Table]:
        """The lines in order, half a million at a time."""
        for start in range(0, self.lines, CHUNK_LINES):
            yield self._chunk(start, min(CHUNK_LINES, self.lines - start))

    def _chunk(self, start: int, rows: int) -> pa.Table:
        chance = np.random.default_rng((self.seed, start))
        number = np.arange(start, start + rows)
        order = number // LINES_AN_ORDER
        ordered = FIRST_DAY + order * (365 * self.years) // max(self.lines // LINES_AN_ORDER, 1)
        # The lines of an order share their customer, whatever chunk they are in.
        drawn = _mixed(order)
        customers = max(self.lines // 12, 1)
        customer = np.where(drawn < self.customer_share, 0, 1 + (_mixed(order + 1) ** 1.5 * customers).astype(np.int64))
        items = max(min(self.lines // 100, 100_000), 10)
        tail = 1 + (chance.random(rows) ** 2 * items).astype(np.int64)
        item = np.where(chance.random(rows) < self.item_share, 0, tail)
        lag = 3 + chance.exponential(12.0, rows).astype(np.int64)
        kept = chance.random(rows) >= 0.15 + 0.2 * (item % 7 == 0) + 0.1 * (customer % 5 == 0)
        return pa.table(
            {
                "line_id": number,
                "order_id": order,
                "customer_id": self._named("customer", customer),
                "item_id": self._named("item", item),
                "item_group": self._named("style", item // 8),
                "category": self._named("category", item // 8 % 20),
                "ordered_day": pa.array(ordered, pa.int32()),
                "returned_day": pa.array(ordered + lag, pa.int32(), mask=kept),
                "quantity": 1 + (chance.random(rows) < 0.1).astype(np.int64),
                "cents": chance.integers(100, 20_000, rows),
            }
        )

    def _named(self, what: str, number: np.ndarray[tuple[int, ...], np.dtype[np.int64]]) -> pa.Array:
        different, place = np.unique(number, return_inverse=True)
        names = [f"{what[:2]}{value}" for value in different]
        if self.long_keys:
            names = [f"https://shop.example/{what}/{name}".ljust(48, "-") for name in names]
        return pa.array(names, pa.string()).take(pa.array(place))


def _mixed(
    number: np.ndarray[tuple[int, ...], np.dtype[np.int64]],
) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """A number in [0, 1) for each, as if drawn, the same whenever asked."""
    bits = number.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    bits ^= bits >> np.uint64(29)
    bits *= np.uint64(0xBF58476D1CE4E5B9)
    bits ^= bits >> np.uint64(32)
    return (bits >> np.uint64(11)).astype(np.float64) / float(2**53)
