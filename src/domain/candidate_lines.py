"""Candidates as order lines: each the one line of an order of its own, placed on the day, as the shop knew its item.

What a line says of its item (style, category, size, colour, seller, cost) is as on the item's latest product line known
before the day. What belongs to an order alone (a mapping's attributes, later clocks) is absent.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from domain import cells
from domain.candidates import Candidate, SetAside
from domain.cells import Row
from domain.content import Cell
from domain.days import start_of
from domain.money import MAX_VALUE, SHARE_PLACES, net_of_share, rounded

OF_THE_ITEM = ("item_group", "category", "size", "colour", "seller", "unit_cost")
KNOWN_COLUMNS = (
    "line_id",
    "customer_id",
    "item_id",
    "ordered_at",
    "available_at",
    "kind",
    "unit_price",
    *OF_THE_ITEM,
)
PRODUCT = "product"


@dataclass
class KnownLines:
    """What the shop knew before a day of the items and customers asked about; the order of lines is no matter.

    Args:
        day: only lines ordered and known before its start, UTC, count.
        items: the items asked about.
        customers: the customers asked about.
    """

    day: date
    items: frozenset[str]
    customers: frozenset[str]
    item_lines: Counter[str] = field(default_factory=Counter)
    customer_lines: Counter[str] = field(default_factory=Counter)
    _latest: dict[str, Row] = field(default_factory=dict)
    _other_kinds: dict[str, str] = field(default_factory=dict)
    _hours: Counter[int] = field(default_factory=Counter)

    @classmethod
    def asked_about(cls, candidates: Iterable[Candidate], day: date) -> "KnownLines":
        """Nothing known yet of these candidates' items and customers."""
        listed = list(candidates)
        customers = frozenset(c.customer_id for c in listed if c.customer_id is not None)
        return cls(day, frozenset(c.item_id for c in listed), customers)

    def add(self, line: Row) -> None:
        """Learn from a canonical order line with `KNOWN_COLUMNS`; one of the day or later says nothing."""
        start, ordered_at = start_of(self.day), cells.moment(line, "ordered_at")
        if ordered_at >= start or cells.moment(line, "available_at") >= start:
            return
        item_id, customer_id = cells.text(line, "item_id"), cells.optional_text(line, "customer_id")
        if line["kind"] != PRODUCT:
            self._other_kinds[item_id] = max(self._other_kinds.get(item_id, ""), cells.text(line, "kind"))
            return
        self._hours[ordered_at.hour] += 1
        if customer_id in self.customers:
            self.customer_lines[str(customer_id)] += 1
        if item_id in self.items:
            self.item_lines[item_id] += 1
            self._latest[item_id] = max(self._latest.get(item_id, line), line, key=_moment_and_id)

    def latest(self, item_id: str) -> Row | None:
        """The item's latest product line; None for an item never sold as one before the day."""
        return self._latest.get(item_id)

    def other_kind(self, item_id: str) -> str | None:
        """What an item was sold as that was never sold as a product; None for any other item."""
        return None if item_id in self._latest else self._other_kinds.get(item_id)

    @property
    def placed_at(self) -> datetime:
        """The moment at which candidates are bought: the day's hour, UTC, in which most product lines were ordered."""
        hours = [hour for hour, lines in self._hours.items() if lines == max(self._hours.values())]
        return start_of(self.day) + timedelta(hours=min(hours, default=0))


@dataclass(frozen=True)
class PlacedCandidate:
    """A candidate as it is scored.

    Args:
        candidate: as it was asked about.
        line: its canonical order line.
    """

    candidate: Candidate
    line: Row

    @property
    def price_from(self) -> str:
        """Where its price comes from."""
        return "latest line" if self.candidate.price is None else "file"


@dataclass(frozen=True)
class Placed:
    """The candidates that are scored, in the order asked; those set aside now; how many repeat one before them."""

    candidates: Sequence[PlacedCandidate]
    set_aside: Sequence[SetAside]
    duplicates: int


def place(candidates: Iterable[Candidate], known: KnownLines, tax_divisor: Decimal, prefix: str) -> Placed:
    """Candidates as order lines of the day.

    Two with the same customer, item, price, quantity and discount are the same; the first of them stands.

    Args:
        candidates: in the order asked.
        known: all that the shop knew of them before the day.
        tax_divisor: what a price is divided by to be net of tax.
        prefix: begins every `line_id` and `order_id`, so that none is a real one's.
    """
    placed: dict[tuple[Cell, ...], PlacedCandidate] = {}
    set_aside: list[SetAside] = []
    duplicates = 0
    for candidate in candidates:
        line = _line(candidate, known, tax_divisor, prefix)
        if isinstance(line, SetAside):
            set_aside.append(line)
            continue
        same = tuple(line[name] for name in ("customer_id", "item_id", "unit_price", "quantity", "discount"))
        duplicates += same in placed
        placed.setdefault(same, PlacedCandidate(candidate, line))
    return Placed(list(placed.values()), set_aside, duplicates)


def _line(candidate: Candidate, known: KnownLines, tax_divisor: Decimal, prefix: str) -> Mapping[str, Cell] | SetAside:
    item_id, latest = candidate.item_id, known.latest(candidate.item_id)
    kind = known.other_kind(item_id)
    if kind is not None:
        return _aside(candidate, "item_no_product", f"The item '{item_id}' is a {kind}, and only products are scored.")
    price = candidate.price
    if price is None:
        if latest is None:
            before = f"The item '{item_id}' was never sold before {known.day}, and the row gives no price."
            return _aside(candidate, "price_unknown", before)
        price = cells.money(latest, "unit_price")
    gross = price * candidate.quantity
    if gross > MAX_VALUE:
        return _aside(candidate, "value_too_large", f"Price and quantity make {gross}, too much for one line.")
    identity = f"{prefix}-{candidate.row}"
    return {
        **({} if latest is None else {name: latest[name] for name in OF_THE_ITEM}),
        "line_id": identity,
        "order_id": identity,
        "customer_id": candidate.customer_id,
        "item_id": item_id,
        "ordered_at": known.placed_at,
        "available_at": known.placed_at,
        "quantity": candidate.quantity,
        "unit_price": price,
        "discount": rounded(candidate.discount, SHARE_PLACES),
        "net_value": net_of_share(gross, candidate.discount, tax_divisor),
        "kind": PRODUCT,
        "cancelled_quantity": 0,
    }


def _aside(candidate: Candidate, reason: str, detail: str) -> SetAside:
    return SetAside(candidate.row, candidate.customer_id, candidate.item_id, reason, detail)


def _moment_and_id(line: Row) -> tuple[datetime, str]:
    return cells.moment(line, "ordered_at"), cells.text(line, "line_id")
