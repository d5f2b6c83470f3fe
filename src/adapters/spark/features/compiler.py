"""The compiler: a whole feature set as one plan over canonical tables.

Rules that look beyond a row become columns layer by layer, each built only on columns of the layers before: first
as-of rules over plain values, then baskets over these, as-of rules over what they were for past lines, and so on. The
features are row expressions over them all.
"""

from collections.abc import Iterable, Mapping

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from adapters.spark.as_of.batches import DAYS, IS_PRODUCT
from adapters.spark.as_of.operator import add_as_of
from adapters.spark.as_of.pieces import FEW_PARTS, Parts
from adapters.spark.features.baskets import ask_baskets
from adapters.spark.features.expressions import compiled
from domain.features import expressions as domain
from domain.features.expressions import Expression
from domain.features.feature import IDENTITY, FeatureSet
from domain.features.rules import AsOf, Basket
from domain.matching import CANCELLED, MATCHED
from domain.tables import PRODUCT


def compile_features(
    feature_set: FeatureSet,
    lines: DataFrame,
    line_returns: DataFrame,
    parts: Parts = FEW_PARTS,
) -> DataFrame:
    """The table `features`, one row a product line, lazily.

    Args:
        feature_set: what to compute.
        lines: canonical order lines.
        line_returns: canonical line returns.
        parts: into how many parts the lines go where as-of rules are answered; values do not depend on it.
    """
    rules = [feature.rule for feature in feature_set.features]
    layers = _layers(rules)
    made: dict[Expression, str] = {}
    frame = _with_days(_pruned(lines, rules), line_returns)
    for depth, layer in enumerate(layers, start=1):
        names: dict[Expression, str] = {rule: f"_rule_{len(made) + i}" for i, rule in enumerate(layer)}
        as_of = {rule: name for rule, name in names.items() if isinstance(rule, AsOf)}
        baskets = {rule: name for rule, name in names.items() if isinstance(rule, Basket)}
        kept = _looked_at(rules, {**made, **names})
        orders = ask_baskets(frame, baskets, made, kept | set(DAYS) if depth < len(layers) else kept)
        frame = add_as_of(orders, as_of, made, feature_set.lag_law, parts) if as_of else orders.answered()
        made = {**made, **names}
    columns = (compiled(feature.rule, made).alias(feature.name) for feature in feature_set.features)
    return frame.where(F.col(IS_PRODUCT)).select(*IDENTITY.names, *columns)


def _layers(rules: Iterable[Expression]) -> list[list[AsOf | Basket]]:
    """The different as-of rules and baskets, by how many of them stand within one another."""
    depth: dict[Expression, int] = {}
    for rule in rules:
        _measure_depth(rule, depth)
    beyond_row = [rule for rule in depth if isinstance(rule, AsOf | Basket)]
    deepest = max((depth[rule] for rule in beyond_row), default=0)
    return [[rule for rule in beyond_row if depth[rule] == level] for level in range(1, deepest + 1)]


def _measure_depth(rule: Expression, depth: dict[Expression, int]) -> int:
    if rule not in depth:
        within = max((_measure_depth(operand, depth) for operand in rule.operands), default=0)
        depth[rule] = within + isinstance(rule, AsOf | Basket)
    return depth[rule]


def _looked_at(rules: Iterable[Expression], made: Mapping[Expression, str]) -> set[str]:
    """The columns that rules are computed from, and those of every line."""
    names = {*IDENTITY.names, "order_id", IS_PRODUCT}
    for rule in rules:
        names |= _columns_of(rule, made)
    return names


def _columns_of(rule: Expression, made: Mapping[Expression, str]) -> set[str]:
    if rule in made:
        return {made[rule]}
    if isinstance(rule, domain.Column):
        return {rule.name}
    return {name for operand in rule.operands for name in _columns_of(operand, made)}


def _pruned(lines: DataFrame, rules: Iterable[Expression]) -> DataFrame:
    named = {part.name for rule in rules for part in rule.walk() if isinstance(part, domain.Column)}
    needed = {*IDENTITY.names, "order_id", "kind", "quantity", *named}
    return lines.select(*(name for name in lines.columns if name in needed))


def _with_days(lines: DataFrame, line_returns: DataFrame) -> DataFrame:
    """Lines with the days, as numbers, on which the shop learned of them, their first return, their cancellation."""
    day = _day("available_at")
    is_cancelled = F.col("fate") == CANCELLED
    fates = line_returns.groupBy("line_id").agg(
        F.min(F.when(F.col("fate") == MATCHED, day)).alias("_first_return"),
        F.max(F.when(is_cancelled, day)).alias("_last_cancellation"),
        F.sum(F.when(is_cancelled, F.col("quantity"))).alias("_cancelled_units"),
    )
    ordered = _day("ordered_at")
    known = F.greatest(ordered, day)
    # Units are conserved, so that the last cancellation is the one that completes it.
    cancelled = F.when(F.col("_cancelled_units") >= F.col("quantity"), F.greatest(known, "_last_cancellation"))
    days = (ordered, known, F.col("_first_return"), cancelled)
    return lines.join(fates, "line_id", how="left").select(
        *lines.columns,
        (F.col("kind") == PRODUCT).alias(IS_PRODUCT),
        *(number.alias(name) for name, number in zip(DAYS, days, strict=True)),
    )


def _day(moment: str) -> Column:
    return F.unix_date(F.to_date(moment))
