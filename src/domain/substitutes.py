"""Substitutes for items that come back: others of the same group whose sale is expected to cost less in returns.

Only items with enough mature lines of their own are offered, so that none is recommended by luck, and an item that sold
lately enough to be still on sale. Both sides are read from the item table, so the figures agree with it.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from domain import cells
from domain.content import Cell
from domain.schema import Column, Schema
from domain.schema import ColumnType as T

MIN_SUPPORT = 20.0  # mature lines of its own, as many as the item table's prior weighs
SOLD_WITHIN_DAYS = 60
OFFERED = 3  # substitutes of an item
LEAST_SAVING = 0.01  # in currency a unit; less is no reason to offer another item

SUBSTITUTES = Schema(
    (
        Column("item_id", T.TEXT, meaning="the item that is looked at"),
        Column("rank", T.INTEGER, meaning="1 for the substitute that saves most"),
        Column("substitute_id", T.TEXT, meaning="another item of the same group"),
        Column("item_group", T.TEXT, meaning="the style of both"),
        Column("return_probability", T.NUMBER, meaning="of the item, as in the item table"),
        Column("substitute_return_probability", T.NUMBER, meaning="of the substitute"),
        Column("substitute_support", T.NUMBER, meaning="mature lines behind the substitute's own rate"),
        Column("saving", T.NUMBER, meaning="expected cost of a sale less the substitute's, a unit, source's currency"),
        Column("price_difference", T.NUMBER, meaning="mean net price of the substitute less the item's"),
    )
)


def substitutes(items: Sequence[Mapping[str, Cell]], as_of: date) -> Iterator[dict[str, Cell]]:
    """The substitutes of every item of a group, best first; one row an item and substitute.

    Args:
        items: rows of the item table.
        as_of: the day of the run.
    """
    groups: defaultdict[str, list[Mapping[str, Cell]]] = defaultdict(list)
    for row in items:
        if row["item_group"] is not None:
            groups[cells.text(row, "item_group")].append(row)
    for _, members in sorted(groups.items()):
        offered = sorted((row for row in members if _may_be_offered(row, as_of)), key=_cost)
        for row in sorted(members, key=lambda member: cells.text(member, "item_id")):
            better = [other for other in offered if _cost(row)[0] - _cost(other)[0] >= LEAST_SAVING]
            yield from (_row(row, other, rank) for rank, other in enumerate(better[:OFFERED], 1))


def _may_be_offered(row: Mapping[str, Cell], as_of: date) -> bool:
    last_sold = row["last_sold_on"]
    fresh = isinstance(last_sold, date) and (as_of - last_sold).days <= SOLD_WITHIN_DAYS
    return fresh and cells.number(row, "support") >= MIN_SUPPORT


def _cost(row: Mapping[str, Cell]) -> tuple[float, str]:
    return cells.number(row, "expected_cost_of_sale"), cells.text(row, "item_id")


def _row(row: Mapping[str, Cell], other: Mapping[str, Cell], rank: int) -> dict[str, Cell]:
    return {
        "item_id": row["item_id"],
        "rank": rank,
        "substitute_id": other["item_id"],
        "item_group": row["item_group"],
        "return_probability": row["return_probability"],
        "substitute_return_probability": other["return_probability"],
        "substitute_support": other["support"],
        "saving": _cost(row)[0] - _cost(other)[0],
        "price_difference": cells.number(other, "mean_net_price") - cells.number(row, "mean_net_price"),
    }
