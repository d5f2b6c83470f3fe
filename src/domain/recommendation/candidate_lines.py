"""Candidates as order lines: each the one line of an order of its own, placed on the day, as the shop knew its item.

What a line says of its item (style, category, size, colour, seller, cost) is as on the item's latest product line known
before the day. What belongs to an order alone (a mapping's attributes, later clocks) is absent.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from domain import cells
from domain.cells import Row
from domain.content import Cell
from domain.recommendation.candidate_history import OF_THE_ITEM, KnownLines
from domain.recommendation.candidates import Candidate, SetAside
from domain.source.money import MAX_VALUE, SHARE_PLACES, net_of_share, rounded
from domain.tables import PRODUCT


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
    duplicates, placed_at = 0, known.placed_at()
    for candidate in candidates:
        line = _line(candidate, known, tax_divisor)
        if isinstance(line, SetAside):
            set_aside.append(line)
            continue
        identity = f"{prefix}-{candidate.row}"
        line = {**line, "line_id": identity, "order_id": identity, "ordered_at": placed_at, "available_at": placed_at}
        same = tuple(line[name] for name in ("customer_id", "item_id", "unit_price", "quantity", "discount"))
        duplicates += same in placed
        placed.setdefault(same, PlacedCandidate(candidate, line))
    return Placed(list(placed.values()), set_aside, duplicates)


def _line(candidate: Candidate, known: KnownLines, tax_divisor: Decimal) -> Mapping[str, Cell] | SetAside:
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
    return {
        **({} if latest is None else {name: latest[name] for name in OF_THE_ITEM}),
        "customer_id": candidate.customer_id,
        "item_id": item_id,
        "quantity": candidate.quantity,
        "unit_price": price,
        "discount": rounded(candidate.discount, SHARE_PLACES),
        "net_value": net_of_share(gross, candidate.discount, tax_divisor),
        "kind": PRODUCT,
        "cancelled_quantity": 0,
    }


def _aside(candidate: Candidate, reason: str, detail: str) -> SetAside:
    return SetAside(candidate.row, candidate.customer_id, candidate.item_id, reason, detail)
