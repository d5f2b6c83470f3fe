"""Substitutes for items that come back: others of the same group that cost less in returns and earn no less.

The expected cost of returns falls with the price as well as with the chance, so it alone would offer cheap items that
come back more and earn next to nothing. A substitute therefore comes back less often, costs less in returns, and has no
lower margin once its returns are paid for; the highest such margin is offered first. That its cost be lower is asked of
a dearer substitute too: its margin nearly always is higher, and without a bound on the cost the dearest item of a group
would stand first, whatever its returns cost.

Only items with enough mature lines of their own are offered, and those that sold lately enough to be still on sale.
Among a few items of one and the same rate some look better by luck, so the cost must be lower with a probability of
`LEAST_PROBABILITY`. What is known of a chance is a beta distribution, the item's own lines beside those of the prior
that it is drawn to, and the difference of two costs is taken as normal (Gelman et al. 2013, Bayesian Data Analysis,
chapters 2 and 4). Both sides are read from the item table, so the figures agree with it.
"""

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import islice, takewhile
from statistics import NormalDist

from domain import cells
from domain.content import Cell
from domain.recommendation.items import PRIOR_LINES
from domain.schema import Column, Schema
from domain.schema import ColumnType as T

MIN_SUPPORT = PRIOR_LINES  # mature lines of its own
SOLD_WITHIN_DAYS = 60
OFFERED = 3  # substitutes of an item
LEAST_SAVING = 0.01  # in currency a unit; less is no reason to offer another item
LEAST_PROBABILITY = 0.9  # that the substitute's expected cost of returns is the lower one
_DEVIATIONS = NormalDist().inv_cdf(LEAST_PROBABILITY)

SUBSTITUTES = Schema(
    (
        Column("item_id", T.TEXT, meaning="the item that is looked at"),
        Column("rank", T.INTEGER, meaning="1 for the substitute with the highest margin net of returns"),
        Column("substitute_id", T.TEXT, meaning="another item of the same group"),
        Column("item_group", T.TEXT, meaning="the style of both"),
        Column("return_probability", T.NUMBER, meaning="of the item, as in the item table"),
        Column("substitute_return_probability", T.NUMBER, meaning="of the substitute"),
        Column("substitute_support", T.NUMBER, meaning="mature lines behind the substitute's own rate"),
        Column("saving", T.NUMBER, meaning="expected cost of a sale less the substitute's, a unit, source's currency"),
        Column("price_difference", T.NUMBER, meaning="mean net price of the substitute less the item's"),
        Column("margin_net_of_returns", T.NUMBER, meaning="of the item, as in the item table, a unit"),
        Column("substitute_margin_net_of_returns", T.NUMBER, meaning="of the substitute; never below the item's"),
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
        offered = sorted((row for row in members if _may_be_offered(row, as_of)), key=_best_first)
        for row in sorted(members, key=lambda member: cells.text(member, "item_id")):
            yield from (_row(row, other, rank) for rank, other in enumerate(_better(offered, row), 1))


def _may_be_offered(row: Mapping[str, Cell], as_of: date) -> bool:
    last_sold = row["last_sold_on"]
    fresh = isinstance(last_sold, date) and (as_of - last_sold).days <= SOLD_WITHIN_DAYS
    return fresh and cells.number(row, "support") >= MIN_SUPPORT


def _best_first(row: Mapping[str, Cell]) -> tuple[float, float, str]:
    return -_margin(row), _cost(row), cells.text(row, "item_id")


def _better(offered: Sequence[Mapping[str, Cell]], row: Mapping[str, Cell]) -> Iterator[Mapping[str, Cell]]:
    """The best of those offered instead of an item; they stand by falling margin, and theirs is never below its own."""
    able = takewhile(lambda other: _margin(other) >= _margin(row), offered)
    return islice((other for other in able if _costs_less(other, row)), OFFERED)


def _costs_less(other: Mapping[str, Cell], row: Mapping[str, Cell]) -> bool:
    comes_back_less = cells.number(other, "return_probability") < cells.number(row, "return_probability")
    saving = _cost(row) - _cost(other)
    sure = saving >= max(LEAST_SAVING, _DEVIATIONS * math.hypot(_deviation(row), _deviation(other)))
    return comes_back_less and sure


def _deviation(row: Mapping[str, Cell]) -> float:
    """Standard deviation of the expected cost: it is as uncertain, relative to itself, as the chance of a return."""
    p, lines = cells.number(row, "return_probability"), cells.number(row, "support") + PRIOR_LINES
    return _cost(row) * math.sqrt((1 - p) / p / (lines + 1))


def _cost(row: Mapping[str, Cell]) -> float:
    return cells.number(row, "expected_cost_of_sale")


def _margin(row: Mapping[str, Cell]) -> float:
    return cells.number(row, "margin_net_of_returns")


def _row(row: Mapping[str, Cell], other: Mapping[str, Cell], rank: int) -> dict[str, Cell]:
    return {
        "item_id": row["item_id"],
        "rank": rank,
        "substitute_id": other["item_id"],
        "item_group": row["item_group"],
        "return_probability": row["return_probability"],
        "substitute_return_probability": other["return_probability"],
        "substitute_support": other["support"],
        "saving": _cost(row) - _cost(other),
        "price_difference": cells.number(other, "mean_net_price") - cells.number(row, "mean_net_price"),
        "margin_net_of_returns": _margin(row),
        "substitute_margin_net_of_returns": _margin(other),
    }
