"""A seeded shop of lines, returns and features, and what the domain says was known of it on a day."""

import random
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from domain.content import Cell
from domain.days import start_of
from domain.labels import LabelPolicy
from domain.matching import CANCELLED, MATCHED, is_cancelled
from domain.model.examples import LineTables
from domain.schema import Column, ColumnType, Schema
from domain.snapshot import DatasetRef
from domain.tables import LINE_RETURNS, ORDER_LINES, TAKEN_ACTIONS
from tests.contract.line_bench import LineBench
from tests.contract.table_bench import Rows

START = datetime(2024, 1, 1, tzinfo=UTC)
AS_OF = date(2024, 2, 20)
POLICY = LabelPolicy(window_days=20, recording_lag_days=2)
FEATURES = Schema(
    (
        Column("line_id", ColumnType.TEXT),
        Column("ordered_at", ColumnType.MOMENT),
        Column("available_at", ColumnType.MOMENT),
        Column("chance", ColumnType.NUMBER),
        Column("colour_of_item", ColumnType.TEXT, nullable=True),
    )
)


@dataclass(frozen=True)
class Known:
    """What was known of one line: units closed and cancelled, units and first return within the window."""

    closed: int
    cancelled: int
    returned: int
    cancelled_on: date | None
    known_on: date | None
    lag_days: int | None


@dataclass(frozen=True)
class KnownShop:
    """The rows of the four tables."""

    lines: Rows
    line_returns: Rows
    features: Rows
    taken_actions: Rows = field(default_factory=list)

    @classmethod
    def seeded(cls, lines: int = 240) -> "KnownShop":
        """Sixty days of lines of one to three units, a third of which come back, early, late or undated."""
        chance = random.Random(5)
        sold = [_line(chance, number) for number in range(lines)]
        back = [row for line in sold for row in _returns(chance, line)]
        features = [_features(chance, line) for line in sold]
        return cls(sold, back, features, [row for line in sold for row in _actions(chance, line)])

    def put(self, bench: LineBench) -> LineTables:
        """The tables as the bench's adapters read them."""
        return LineTables(
            bench.put("order_lines", ORDER_LINES, self.lines),
            bench.put("line_returns", LINE_RETURNS, self.line_returns),
            bench.put("features", FEATURES, self.features),
        )

    def put_taken_actions(self, bench: LineBench) -> DatasetRef:
        """What was done about lines, likewise."""
        return bench.put("taken_actions", TAKEN_ACTIONS, self.taken_actions)

    def cut(self, as_of: date) -> "KnownShop":
        """The shop without anything available on that day or later."""
        start = start_of(as_of)
        tables = (self.lines, self.line_returns, self.features, self.taken_actions)
        return KnownShop(*([row for row in rows if row["available_at"] < start] for rows in tables))

    def sold_lines(self, as_of: date) -> dict[str, dict[str, Cell]]:
        """Product lines known and ordered before the day, by line_id."""
        start = start_of(as_of)
        return {
            str(row["line_id"]): row
            for row in self.lines
            if row["kind"] == "product" and row["available_at"] < start and row["ordered_at"] < start
        }

    def known_lines(self, as_of: date) -> dict[str, dict[str, Cell]]:
        """Those of them that were not cancelled before the day."""
        return {
            line_id: row
            for line_id, row in self.sold_lines(as_of).items()
            if not is_cancelled(int(row["quantity"]), self.known(line_id, as_of).cancelled)
        }

    def acted(self, line_id: str, as_of: date) -> tuple[date, date] | tuple[None, None]:
        """The days on which the first thing known before the day was done and known; none once all was settled."""
        known = [
            row for row in self.taken_actions if row["line_id"] == line_id and row["available_at"] < start_of(as_of)
        ]
        if not known:
            return None, None
        acted_on, known_on = (min(row[name] for row in known).date() for name in ("taken_at", "available_at"))
        ordered_on = self.sold_lines(as_of)[line_id]["ordered_at"].date()
        back = self.known(line_id, as_of).known_on
        is_settled = acted_on > ordered_on + timedelta(days=POLICY.window_days + POLICY.recording_lag_days)
        return (None, None) if is_settled or (back is not None and back <= acted_on) else (acted_on, known_on)

    def known(self, line_id: str, as_of: date) -> Known:
        """What was known of a line's returns before the day."""
        rows = [r for r in self.line_returns if r["line_id"] == line_id and r["available_at"] < start_of(as_of)]
        counted = [r for r in rows if r["fate"] == MATCHED and _in_window(r)]
        first = min(counted, key=lambda r: r["available_at"], default=None)
        return Known(
            closed=sum(r["quantity"] for r in rows),
            cancelled=sum(r["quantity"] for r in rows if r["fate"] == CANCELLED),
            returned=sum(r["quantity"] for r in counted),
            cancelled_on=max((r["available_at"].date() for r in rows if r["fate"] == CANCELLED), default=None),
            known_on=None if first is None else first["available_at"].date(),
            lag_days=None if first is None else _lag_days(first),
        )


def _line(chance: random.Random, number: int) -> dict[str, Cell]:
    order, own_hour = number // 2, chance.randrange(60 * 24)
    hour = random.Random(order).randrange(60 * 24) if order % 3 == 0 else own_hour  # some orders at once
    ordered_at = START + timedelta(hours=hour)
    quantity = chance.randint(1, 3)
    value = Decimal(chance.randrange(0, 20_000)) / 100
    return {
        "line_id": f"l{number:03}",
        "order_id": f"o{order}",
        "customer_id": chance.choice([None, "c1", "c2"]),
        "item_id": f"i{number % 7}",
        "category": chance.choice([None, "shoes"]),
        "ordered_at": ordered_at,
        "quantity": quantity,
        "unit_price": value,
        "discount": Decimal(0),
        "net_value": value,
        "available_at": ordered_at + timedelta(hours=chance.choice([0, 0, 0, 100])),
        "kind": chance.choice(["product"] * 9 + ["service"]),
        "cancelled_quantity": 0,
    }


def _returns(chance: random.Random, line: dict[str, Cell]) -> Rows:
    """No, one or two rows that close units of a line; times differ, so that the first is certain."""
    rows: Rows = []
    left = int(line["quantity"])
    for event in range(chance.choice([0, 0, 1, 2])):
        units = min(left, chance.randint(1, 3))
        if not units:
            break
        left -= units
        returned_at = line["ordered_at"] + timedelta(hours=chance.randrange(30 * 24))
        rows.append(
            {
                "line_id": line["line_id"],
                "event_id": f"e{event}",
                "fate": chance.choice([MATCHED] * 5 + [CANCELLED]),
                "quantity": units,
                "ordered_at": line["ordered_at"],
                "returned_at": chance.choice([None, *[returned_at] * 5]),
                "available_at": returned_at + timedelta(hours=chance.choice([0, 40]), minutes=event),
            }
        )
    return rows


def _actions(chance: random.Random, line: dict[str, Cell]) -> Rows:
    """No, one or two things that were done about a line, and known at once or later."""
    rows: Rows = []
    for number in range(chance.choice([0, 0, 0, 1, 2])):
        taken_at = line["ordered_at"] + timedelta(hours=chance.randrange(30 * 24), minutes=number)
        rows.append(
            {
                "action_id": f"{line['line_id']}-{number}",
                "line_id": line["line_id"],
                "action": "asked",
                "taken_at": taken_at,
                "available_at": taken_at + timedelta(hours=chance.choice([0, 50])),
            }
        )
    return rows


def _features(chance: random.Random, line: dict[str, Cell]) -> dict[str, Cell]:
    return {
        **{name: line[name] for name in ("line_id", "ordered_at", "available_at")},
        "chance": round(chance.random(), 10),
        "colour_of_item": chance.choice([None, "red"]),
    }


def _in_window(row: dict[str, Cell]) -> bool:
    returned_at = row["returned_at"]
    return POLICY.counts(row["ordered_at"].date(), None if returned_at is None else returned_at.date())


def _lag_days(row: dict[str, Cell]) -> int | None:
    return None if row["returned_at"] is None else (row["returned_at"].date() - row["ordered_at"].date()).days
