"""The table a model learns from: every line known by a day, with what was known of its return by then."""

from collections.abc import Mapping
from dataclasses import dataclass

from domain.errors import SnapshotError
from domain.features.feature import IDENTITY
from domain.schema import Column, Schema
from domain.schema import ColumnType as T
from domain.snapshot import DatasetRef, Manifest

_LARGEST_PART = 20
ENDED_ON = ("cancelled_known_on", "acted_known_on")  # days from which a line shows no longer what comes of it by itself

EXAMPLE_KEYS = Schema(
    (
        Column("line_id", T.TEXT, meaning="the order line; unique"),
        Column("order_id", T.TEXT, meaning="the order that the line is part of"),
        Column("customer_id", T.TEXT, nullable=True, meaning="the buyer; null for a guest"),
        Column("item_id", T.TEXT, meaning="the stock-keeping unit (SKU)"),
        Column("category", T.TEXT, nullable=True),
        Column("ordered_at", T.MOMENT, meaning="when the order was placed, UTC"),
        Column("ordered_on", T.DAY, meaning="day of ordered_at, UTC"),
        Column("quantity", T.INTEGER, meaning="units sold"),
        Column("net_value", T.MONEY, meaning="value of all units after discount, less tax included in prices"),
        Column(
            "return_known_on", T.DAY, nullable=True, meaning="day on which its first return in the window was known"
        ),
        Column("return_lag_days", T.INTEGER, nullable=True, meaning="days from order to that return; null if undated"),
        Column("returned_quantity", T.INTEGER, meaning="units that came back in the window, as known at as_of"),
        Column(
            "cancelled_known_on",
            T.DAY,
            nullable=True,
            meaning="day on which it was known that all its units are cancelled: no example from the next day on",
        ),
        Column(
            "acted_on",
            T.DAY,
            nullable=True,
            meaning="day on which something was first done about it, before it was known to come back or its label was "
            "final: what it did afterwards is no label",
        ),
        Column("acted_known_on", T.DAY, nullable=True, meaning="day on which an action on it was first known"),
        Column("available_at", T.MOMENT, meaning="when the shop knew the line, UTC"),
    )
)


@dataclass(frozen=True)
class LineTables:
    """What is known of a source's lines: the tables `order_lines`, `line_returns` and `features`."""

    lines: DatasetRef
    line_returns: DatasetRef
    features: DatasetRef

    @classmethod
    def of(cls, ingested: Manifest, matched: Manifest, featured: Manifest) -> "LineTables":
        """The tables from the checkpoints of steps ingest, match and features."""
        return cls(ingested.table("order_lines"), matched.table("line_returns"), featured.table("features"))


def most_lines_drawn_as_one(max_lines: int) -> int:
    """The lines up to which a buyer is in a bounded sample whole or not at all: a twentieth of the sample.

    A customer, or a guest's order, with more of them is a till, a wholesaler or a placeholder: as one it would be most
    of the sample or missing from it. Its orders, or its lines, are drawn at the same rate as everybody else's instead.

    Args:
        max_lines: bound of the sample.
    """
    return max_lines // _LARGEST_PART


def feature_columns(features: Schema) -> tuple[Column, ...]:
    """The columns of the table `features` that hold feature values, in its order."""
    return tuple(column for column in features.columns if column.name not in IDENTITY)


def examples_schema(features: Schema) -> Schema:
    """The schema of the table `examples`; raises ConfigurationError for a feature named like a key."""
    return EXAMPLE_KEYS.plus(feature_columns(features))


def check_every_line_has_features(lines: int, with_features: int) -> None:
    """Refuse features that were not made for these lines: joining them would lose some or count some twice."""
    if lines != with_features:
        raise SnapshotError(
            f"Of {lines} lines known by the day, {with_features} rows found features.",
            "Run the step features again for this source: it must hold one row a product line.",
        )


def lag_histogram(lines_by_lag: Mapping[int, int], window_days: int) -> list[int]:
    """Lines by the lag of their first known return, from 0 to the window, a count a day."""
    return [lines_by_lag.get(lag_days, 0) for lag_days in range(window_days + 1)]
