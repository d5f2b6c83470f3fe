"""A seeded shop whose events name lines, orders and customers, rightly and wrongly."""

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from domain.matching import Matching, ReturnEvent, SoldLine, match_returns
from domain.snapshot import DatasetRef
from domain.tables import ORDER_LINES, RETURN_EVENTS
from tests.contract.line_bench import LineBench
from tests.contract.table_bench import Rows

START = datetime(2024, 1, 30, tzinfo=UTC)
LINES, EVENTS = 400, 300


@dataclass(frozen=True)
class ReturnsShop:
    """The rows of both canonical tables."""

    lines: Rows
    events: Rows

    @classmethod
    def seeded(cls) -> "ReturnsShop":
        """Four hundred lines of nine items and three hundred events."""
        chance = random.Random(20240130)
        lines = _lines(chance)
        return cls(lines, _events(chance, lines))

    def put(self, bench: LineBench) -> tuple[DatasetRef, DatasetRef]:
        """The tables as the bench's adapters read them."""
        return bench.put("order_lines", ORDER_LINES, self.lines), bench.put("return_events", RETURN_EVENTS, self.events)

    def cut(self, moment: datetime) -> "ReturnsShop":
        """The shop without anything available at that moment or later."""
        kept = ([row for row in rows if row["available_at"] < moment] for rows in (self.lines, self.events))
        return ReturnsShop(*kept)

    def matching(self) -> Matching:
        """What the domain decides."""
        sold = [SoldLine(**{name: row[name] for name in SoldLine.__slots__}) for row in self.lines]
        back = [ReturnEvent(**{name: row[name] for name in ReturnEvent.__slots__}) for row in self.events]
        return match_returns(sold, back)


def _lines(chance: random.Random) -> Rows:
    lines: Rows = []
    for number in range(LINES):
        ordered_at = START + timedelta(hours=chance.randrange(600))
        quantity = chance.randint(1, 3)
        lines.append(
            {
                "line_id": f"l{number}",
                "order_id": f"o{chance.randrange(40)}",
                "customer_id": chance.choice([None, *(f"c{n}" for n in range(12))]),
                "item_id": f"i{chance.randrange(9)}",
                "ordered_at": ordered_at,
                "quantity": quantity,
                "available_at": ordered_at + timedelta(hours=chance.choice([0, 0, 0, 50])),
                "dispatched_at": chance.choice([None, ordered_at + timedelta(hours=40)]),
                "cancelled_quantity": chance.choice([0] * 9 + [quantity]),
                "kind": "product",
                "unit_price": Decimal(1),
                "discount": Decimal(0),
                "net_value": Decimal(quantity),
            }
        )
    return lines


def _events(chance: random.Random, lines: Rows) -> Rows:
    """Events that name a line (known, unknown or of another item), an order or a customer; some undated."""
    events: Rows = []
    for number in range(EVENTS):
        about, other = chance.choice(lines), chance.choice(lines)
        returned_at = START + timedelta(hours=chance.randrange(900))
        names_line, named = chance.random() < 0.3, [about["line_id"], other["line_id"], "gone"]
        if number % 3 == 0:
            # Written as a day: that on which what it is about was ordered or sent, or any other.
            moments = [about["ordered_at"], about["dispatched_at"] or about["ordered_at"], returned_at]
            returned_at, named = chance.choice(moments).replace(hour=0), [about["line_id"]]
        events.append(
            {
                "event_id": f"e{number}",
                "line_id": chance.choice(named) if names_line else None,
                "order_id": chance.choice([None, about["order_id"], about["order_id"]]),
                "customer_id": chance.choice([None, about["customer_id"], other["customer_id"]]),
                "item_id": None if names_line and chance.random() < 0.5 else about["item_id"],
                "returned_at": chance.choice([None, *[returned_at] * 5]),
                "quantity": chance.randint(1, 4),
                "available_at": returned_at + timedelta(hours=chance.choice([0, 30])),
                "disposition": chance.choice([None, "restocked"]),
                "outcome": ("refund", "keep", None)[number % 3],
                "received_at": (None, returned_at + timedelta(days=4))[number % 2],
            }
        )
    return events
