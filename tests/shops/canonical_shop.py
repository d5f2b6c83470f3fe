"""A made-up shop as rows of the canonical tables, for tests of what reads them; seeded."""

import random
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from domain.content import Cell
from domain.days import start_of
from domain.outputs import SCORES
from domain.snapshot import Attempt, DatasetRef
from domain.tables import LINE_RETURNS, ORDER_LINES
from tests.fakes.table_store import InMemoryTableStore

FIRST_DAY = date(2024, 1, 1)
Row = dict[str, Cell]


@dataclass
class CanonicalShop:
    """Lines and matched returns; about a quarter of the lines come back, none on a Sunday."""

    lines: list[Row] = field(default_factory=list)
    line_returns: list[Row] = field(default_factory=list)

    def sell(self, line_id: str, day: int, **cells: Cell) -> None:
        """Add a product line ordered on a day of the shop's life."""
        ordered_at = moment(day)
        row: Row = {
            "line_id": line_id,
            "order_id": f"o-{line_id}",
            "customer_id": "c1",
            "item_id": "i1",
            "ordered_at": ordered_at,
            "quantity": 1,
            "unit_price": Decimal("20.0000"),
            "discount": Decimal(0),
            "net_value": Decimal("20.0000"),
            "available_at": ordered_at,
            "kind": "product",
            "category": "shoes",
            "cancelled_quantity": 0,
        }
        self.lines.append({**row, **cells})

    def take_back(self, line_id: str, ordered: int, day: int, **cells: Cell) -> None:
        """Add a matched return on a day of the shop's life."""
        row: Row = {
            "line_id": line_id,
            "event_id": f"e-{line_id}-{day}",
            "fate": "matched",
            "quantity": 1,
            "ordered_at": moment(ordered),
            "returned_at": moment(day),
            "available_at": moment(day),
        }
        self.line_returns.append({**row, **cells})

    def write(self, tables: InMemoryTableStore, name: str = "shop") -> tuple[DatasetRef, DatasetRef]:
        """Write `order_lines` and `line_returns`."""
        attempt = Attempt(name, "key", "1", f"memory://{name}")
        return (
            tables.write(attempt, "order_lines", ORDER_LINES, self.lines),
            tables.write(attempt, "line_returns", LINE_RETURNS, self.line_returns),
        )

    def score(self, tables: InMemoryTableStore, as_of: date, window_days: int, name: str = "shop") -> DatasetRef:
        """Write `scores` of the lines known at a day, with chances by category that are no better than a guess."""
        attempt = Attempt(f"{name}-scores", "key", "1", f"memory://{name}-scores")
        return tables.write(attempt, "scores", SCORES, self.scores(as_of, window_days))

    def scores(self, as_of: date, window_days: int) -> list[Row]:
        """Rows of `scores` of the lines known at a day."""
        now = start_of(as_of)
        gone: dict[Cell, int] = {}
        for row in self.line_returns:
            if row["available_at"] < now:  # type: ignore[operator]
                gone[row["line_id"]] = gone.get(row["line_id"], 0) + row["quantity"]  # type: ignore[operator]
        known = [row for row in self.lines if _scored(row, now, window_days)]
        return [_score(row, gone.get(row["line_id"], 0)) for row in known]


def busy_shop(days: int = 120, lines_a_day: int = 12, seed: int = 11) -> CanonicalShop:
    """A shop of three categories over some months, with partial returns, cancellations and services."""
    chance = random.Random(seed)
    shop = CanonicalShop()
    for day in range(days):
        for number in range(lines_a_day):
            item = chance.randrange(30)
            line_id, quantity = f"l{day:03d}-{number:02d}", chance.choice((1, 1, 1, 2, 3))
            value = Decimal(10 + item) * quantity
            shop.sell(
                line_id,
                day,
                order_id=f"o{day:03d}-{number // 3}",
                customer_id=f"c{chance.randrange(40)}",
                item_id=f"i{item:02d}",
                item_group=f"g{item // 3}",
                category=("shoes", "coats", None)[item % 3],
                quantity=quantity,
                net_value=value,
                unit_price=Decimal(10 + item),
                kind="service" if chance.random() < 0.03 else "product",
            )
            _fate(shop, chance, (line_id, day, quantity, item))
    return shop


def moment(day: int) -> datetime:
    """Noon of a day of the shop's life."""
    return datetime(2024, 1, 1, 12, tzinfo=UTC) + timedelta(days=day)


def day_of(day: int) -> date:
    """The calendar date of a day of the shop's life."""
    return FIRST_DAY + timedelta(days=day)


def _fate(shop: CanonicalShop, chance: random.Random, line: tuple[str, int, int, int]) -> None:
    line_id, day, quantity, item = line
    if chance.random() < 0.02:
        shop.take_back(line_id, day, day, fate="cancelled", event_id="", quantity=quantity)
    elif chance.random() < 0.15 + 0.1 * (item % 3):
        back = day + 3 + int(chance.expovariate(1 / 7))
        back += moment(back).weekday() == 6
        disposition = chance.choice(("restocked", "restocked", "not restocked", "to be processed", None))
        shop.take_back(line_id, day, back, quantity=chance.randint(1, quantity), disposition=disposition)


def _scored(row: Row, now: datetime, window_days: int) -> bool:
    age = now - row["ordered_at"]  # type: ignore[operator]
    known: bool = row["available_at"] < now  # type: ignore[operator, assignment]
    return known and row["kind"] == "product" and timedelta(0) < age < timedelta(days=window_days)


def _score(row: Row, gone: Cell) -> Row:
    left = row["quantity"] - gone  # type: ignore[operator]
    p = {"shoes": 0.2, "coats": 0.3}.get(str(row["category"]), 0.4)
    copied = ("line_id", "order_id", "customer_id", "item_id", "category", "ordered_at", "quantity", "net_value")
    return {
        **{name: row[name] for name in copied},
        "open_quantity": left,
        "p": p,
        "p_open": p / 2 if left else 0.0,
        "returned": bool(gone),
        "expected_return_cost": 1.0,
        "action": "none",
        "model": "m",
        "feature_set": "f",
    }
