"""A shop of eleven lines, small enough to follow every feature by hand."""

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from domain.matching import MATCHED
from domain.tables import ORDER_LINES, PRODUCT

EXPLAINED = ("L10", "L11")  # the lines whose features the page shows: the last order


class Sale(NamedTuple):
    """A line as the page lists it; `returned` is the day of its return, or None."""

    line: str
    order: str
    customer: str
    day: str
    style: str
    category: str
    size: str
    price: int
    discount: str = "0"
    returned: str | None = None


SALES: Sequence[Sale] = (
    Sale("L1", "A", "ann", "2024-03-01", "shirt", "tops", "S", 40, returned="2024-03-12"),
    Sale("L2", "A", "ann", "2024-03-01", "shirt", "tops", "M", 40),
    Sale("L3", "B", "bob", "2024-03-02", "shirt", "tops", "M", 40),
    Sale("L4", "C", "eve", "2024-03-05", "jeans", "trousers", "L / long", 80, returned="2024-03-20"),
    Sale("L5", "D", "ann", "2024-04-01", "jeans", "trousers", "M / long", 80, returned="2024-04-15"),
    Sale("L6", "D", "ann", "2024-04-01", "scarf", "accessories", "one", 20),
    Sale("L7", "E", "bob", "2024-04-10", "scarf", "accessories", "one", 20, "0.25"),
    Sale("L8", "F", "eve", "2024-04-20", "shirt", "tops", "M", 30, "0.25"),
    Sale("L9", "G", "ann", "2024-05-02", "shirt", "tops", "M", 40),
    Sale("L10", "H", "ann", "2024-05-10", "shirt", "tops", "L", 30, "0.25"),
    Sale("L11", "H", "ann", "2024-05-10", "jeans", "trousers", "M / long", 80),
)


def lines() -> list[dict[str, Any]]:
    """The sales as rows of `order_lines`."""
    return [_line(sale) for sale in SALES]


def line_returns() -> list[dict[str, Any]]:
    """The returns as rows of `line_returns`."""
    return [_fate(sale) for sale in SALES if sale.returned is not None]


def _line(sale: Sale) -> dict[str, Any]:
    moment = _noon(sale.day)
    given = {
        "line_id": sale.line,
        "order_id": sale.order,
        "customer_id": sale.customer,
        "item_id": f"{sale.style}-{sale.size}",
        "item_group": sale.style,
        "category": sale.category,
        "size": sale.size,
        "colour": "blue",
        "seller": "own",
        "ordered_at": moment,
        "available_at": moment,
        "quantity": 1,
        "unit_price": Decimal(sale.price) / (1 - Decimal(sale.discount)),
        "unit_cost": Decimal(sale.price) / 2,
        "discount": Decimal(sale.discount),
        "net_value": Decimal(sale.price),
        "kind": PRODUCT,
        "cancelled_quantity": 0,
    }
    return {**dict.fromkeys(ORDER_LINES.names), **given}


def _fate(sale: Sale) -> dict[str, Any]:
    known = _noon(sale.returned or sale.day)
    return {
        "line_id": sale.line,
        "event_id": f"return of {sale.line}",
        "fate": MATCHED,
        "quantity": 1,
        "ordered_at": _noon(sale.day),
        "returned_at": known,
        "available_at": known,
        "disposition": None,
        "outcome": None,
        "received_at": None,
    }


def _noon(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T12:00:00").replace(tzinfo=UTC)
