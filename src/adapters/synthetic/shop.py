"""Draws a part of a shop: the shoppers of a range of identities with all they bought, what came back, and why."""

import numpy as np
import pyarrow as pa

from adapters.synthetic.baskets import Lines, Orders, lines_of, orders_of
from adapters.synthetic.beliefs import Histories, beliefs
from adapters.synthetic.chances import chances, over_shocks, over_types
from adapters.synthetic.outcomes import Outcomes, outcomes
from adapters.synthetic.randomness import Draw, Integers, Numbers, uniforms
from adapters.synthetic.shoppers import Shoppers, shopper_count, shoppers
from domain.synthetic.shop import ShopLaw

_LONG, _SHARE, _FLAG = pa.int64(), pa.float64(), pa.bool_()
DRAWN = pa.schema(
    [
        ("line", _LONG),
        ("order", _LONG),
        ("customer", _LONG),
        ("style", _LONG),
        ("category", _LONG),
        ("size", _LONG),
        ("device", _LONG),
        ("day", _LONG),
        ("second", _LONG),
        ("units", _LONG),
        ("cents", _LONG),
        ("cost_cents", _LONG),
        ("discount", _SHARE),
        ("cancelled", _FLAG),
        ("cancel_day", _LONG),
        ("returned", _FLAG),
        ("return_day", _LONG),
        ("return_second", _LONG),
        ("returned_units", _LONG),
        ("p_prior", _SHARE),
        ("p_known", _SHARE),
        ("p_type", _SHARE),
        ("p_full", _SHARE),
    ]
)


def count_shoppers(law: ShopLaw) -> int:
    """How many shoppers the shop has; their identities run from 0."""
    return shopper_count(law)


def draw(law: ShopLaw, first: int, last: int) -> pa.RecordBatch:
    """The lines of the shoppers `first` to `last` (left out), one row a line, columns of `DRAWN`."""
    who = shoppers(law, np.arange(first, last, dtype=np.int64))
    orders, counts = orders_of(law, who)
    lines = lines_of(law, who, orders, counts)
    p = chances(law, orders, lines)
    happened = outcomes(law, who.kind[orders.shopper], orders, lines, p)
    columns = {
        **_bought(who, orders, lines),
        **_happened(orders, lines, happened),
        "return_second": np.asarray(uniforms(law.seed, Draw.RETURN_SECOND, orders.ids)[lines.order] * 86_000, np.int64),
        **_truth(law, who, orders, lines, happened, p),
    }
    return pa.RecordBatch.from_pydict({name: columns[name] for name in DRAWN.names}, schema=DRAWN)


def _bought(who: Shoppers, orders: Orders, lines: Lines) -> dict[str, object]:
    order, item = lines.order, lines.items
    shopper = orders.shopper[order]
    return {
        "line": lines.ids,
        "order": orders.ids[order],
        "customer": pa.array(who.ids[shopper], _LONG, mask=who.guest[shopper]),
        "style": item.style,
        "category": item.category,
        "size": lines.size,
        "device": orders.device[order],
        "day": orders.day[order],
        "second": orders.second[order],
        "units": lines.units,
        "cents": item.cents,
        "cost_cents": item.cost_cents,
        "discount": lines.discount,
    }


def _happened(orders: Orders, lines: Lines, happened: Outcomes) -> dict[str, object]:
    order = lines.order
    return {
        "cancelled": happened.cancelled[order],
        "cancel_day": (orders.day + happened.cancel_age)[order],
        "returned": happened.returned,
        "return_day": (orders.day + happened.return_age)[order],
        "returned_units": happened.returned_units,
    }


def _truth(
    law: ShopLaw, who: Shoppers, orders: Orders, lines: Lines, happened: Outcomes, p: np.ndarray
) -> dict[str, Numbers]:
    line, kind = np.arange(len(lines.ids)), who.kind[orders.shopper][lines.order]
    by_type = over_shocks(law, p)
    return {
        "p_prior": over_types(law, by_type),
        "p_known": np.asarray((known_types(law, orders, lines, happened, p) * by_type).sum(axis=1)),
        "p_type": by_type[line, kind],
        "p_full": p[line, kind, _of_order(happened.shock, lines)],
    }


def known_types(law: ShopLaw, orders: Orders, lines: Lines, happened: Outcomes, p: np.ndarray) -> Numbers:
    """The chance of each type (line, type), given what was available before the day of the line's order.

    Args:
        law: of the shop.
        orders: all orders of some shoppers.
        lines: their lines.
        happened: what became of them.
        p: chances (line, type, shock) by which earlier orders speak for a type.
    """
    histories = Histories(
        customer=orders.shopper,
        day=orders.day,
        first_line=orders.first_line,
        cancelled=happened.cancelled,
        cancel_age=happened.cancel_age,
        return_age=happened.return_age,
        returned=happened.returned,
        p=p,
    )
    return np.asarray(beliefs(law, histories)[lines.order])


def _of_order(values: Integers, lines: Lines) -> Integers:
    return values[lines.order]
