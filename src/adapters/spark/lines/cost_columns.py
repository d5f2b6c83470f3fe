"""The cost rule and the open chance as Spark expressions, equal to those of the domain (`costs`, `unit_shares`, ...).

Terms stand in the domain's order, since sums and products of doubles depend on it.
"""

from collections.abc import Sequence
from datetime import date
from string import Formatter

from pyspark.sql import Column
from pyspark.sql import functions as F

from domain.costs import REASON, CostPolicy
from domain.model.open_chance import AGAIN
from domain.unit_shares import UnitShares


def price() -> Column:
    """Net value of one unit."""
    return F.col("net_value").cast("double") / F.col("quantity")


def unit_chance(shares: UnitShares) -> Column:
    """Chance of one unit of a row with `p` and `quantity`: `p` times `UnitShares.share`."""
    quantity = F.col("quantity")
    band = F.length(F.bin(quantity)) - 2  # the length of a number in binary digits is its bit length
    told = F.get(F.array(*map(F.lit, shares.by_band)), F.least(band, F.lit(len(shares.by_band) - 1)))
    return F.col("p") * F.when(quantity <= 1, F.lit(1.0)).otherwise(F.greatest(F.lit(1.0) / quantity, told))


def expected_return_cost(costs: CostPolicy, chance: Column) -> Column:
    """`CostPolicy.expected_return_cost` of a row with `net_value` and `quantity`, given the chance of a unit."""
    return chance * _cost_of_return(costs) * F.col("quantity")


def should_act(costs: CostPolicy, chance: Column) -> Column:
    """`CostPolicy.should_act` of a row with `net_value` and `quantity`, given the chance of a unit."""
    return _avoided(costs, chance) > _risked(costs, chance)


def reason(costs: CostPolicy, chance: Column) -> Column:
    """`CostPolicy.reason` of a row with `net_value` and `quantity`, given the chance of a unit."""
    avoided, risked = _avoided(costs, chance), _risked(costs, chance)
    amounts = {
        "saving": avoided - risked,
        "chance": chance,
        "cost": _cost_of_return(costs),
        "avoided": avoided,
        "risked": risked,
    }
    pieces = []
    for words, name, _, _ in Formatter().parse(REASON):
        pieces.append(F.lit(words))
        if name is not None:
            pieces.append(amounts[name].cast("decimal(38,2)").cast("string"))
    return F.concat(*pieces)


def open_chance(law: Sequence[float] | None, left_behind: float, as_of: date) -> Column:
    """`domain.model.open_chance` of a row, given its age at `as_of`.

    The row has `p`, `ordered_at`, `returned`, and `order_returned`: whether a line of its order and day is known back.
    """
    share = _share_known(list(law or ()), as_of)
    is_left_behind = F.col("order_returned") & ~F.col("returned")
    p = F.col("p") * F.when(is_left_behind, F.lit(left_behind)).otherwise(F.lit(1.0))
    left = p * (F.lit(1.0) - share) / (F.lit(1.0) - p * share)
    bounded = F.when(F.col("returned"), F.least(left, F.lit(AGAIN))).otherwise(left)
    return F.when(share >= 1, F.lit(0.0)).otherwise(bounded)


def _share_known(law: list[float], as_of: date) -> Column:
    if not law:
        return F.lit(0.0)
    lag_days = F.datediff(F.lit(as_of), F.to_date("ordered_at")) - 1
    share = F.get(F.lit(law), F.least(lag_days, F.lit(len(law) - 1)))
    return F.when(lag_days < 0, F.lit(0.0)).otherwise(share)


def _cost_of_return(costs: CostPolicy) -> Column:
    return F.lit(costs.return_cost_fixed) + F.lit(costs.return_cost_share) * price()


def _avoided(costs: CostPolicy, chance: Column) -> Column:
    return chance * costs.effect * _cost_of_return(costs)


def _risked(costs: CostPolicy, chance: Column) -> Column:
    margin = F.lit(costs.margin_share) * price()
    return (F.lit(1.0) - chance) * costs.friction * margin + costs.cost_of_action
