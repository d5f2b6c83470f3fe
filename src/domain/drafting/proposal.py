"""What a mapping would say of a file of orders, and why."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from domain.drafting.flag import Flag
from domain.drafting.items import ItemColumns
from domain.drafting.keys import OrderColumns
from domain.drafting.money import MoneyColumns
from domain.drafting.profiles import Profile
from domain.drafting.units import Units


@dataclass(frozen=True)
class Proposal:
    """What a mapping would say, and why.

    Args:
        shape: where returns stand.
        units: quantity and what tells returns.
        order: the order's columns and the buyer's.
        items: the item and its labels.
        money: price, discount and tax.
        ordered_at: column of the day.
        dates: its format; two where the days do not tell day from month.
        profiles: of every column of the order file.
        line_id: the columns that together name a line; none where nothing numbers them.
        currency: code of all amounts, where a column names it on some rows alone.
        found: columns found by name alone, by role.
        flag: column of a returned flag, with its words.
        services: column and words of lines that are no product.
        return_order: whether return rows name the sale's order.
        cancels: whether rows that sell may take units back at once.
        refund: column of what a return row pays back.
        outcome_only: columns known only after the outcome.
        attributes: further columns known at order time.
        doubts: sentences on what a reader must check before the mapping is run.
    """

    shape: Literal["table", "rows", "flag"]
    units: Units
    order: OrderColumns
    items: ItemColumns
    money: MoneyColumns
    ordered_at: str
    dates: tuple[str, ...]
    profiles: Mapping[str, Profile]
    line_id: tuple[str, ...] = ()
    currency: str | None = None
    found: Mapping[str, str] = field(default_factory=dict)
    flag: Flag | None = None
    services: tuple[str, Mapping[str, tuple[str, ...]]] | None = None
    return_order: Literal["original", "own"] = "original"
    cancels: bool = False
    refund: str | None = None
    outcome_only: tuple[str, ...] = ()
    attributes: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()

    @property
    def named(self) -> frozenset[str]:
        """Columns of the order, the buyer and the item."""
        given = (*self.order.order_id, self.order.customer_id, self.items.item_id)
        return frozenset(name for name in given if name is not None)

    @property
    def unused(self) -> tuple[str, ...]:
        """Columns that no role takes."""
        taken = {
            self.units.quantity,
            self.units.returned,
            *self.order.order_id,
            *self.line_id,
            self.order.customer_id,
            self.items.item_id,
            *self.items.labels.values(),
            self.money.price,
            self.money.discount,
            self.ordered_at,
            *self.found.values(),
            *((self.flag.column, self.flag.quantity, self.flag.returned_at) if self.flag else ()),
            self.refund,
            *self.outcome_only,
            *self.attributes,
        }
        return tuple(name for name in self.profiles if name not in taken)
