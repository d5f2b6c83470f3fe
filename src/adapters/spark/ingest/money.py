"""Prices, discounts and net values of order rows, with the digits of `domain.source.money`; a bad amount gives null.

Every cast is guarded by the bounds of the domain, so that garbage is set aside instead of stopping the run.
"""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from domain.source.mapping import SourceMapping
from domain.source.mapping_parts import Discount, LineTotal
from domain.source.money import MAX_AMOUNT, MAX_UNITS, MAX_VALUE

_MONEY = "decimal(18,4)"
_UNITS = "decimal(8,0)"
_SHARE = "decimal(28,8)"


def with_money(rows: DataFrame, mapping: SourceMapping) -> DataFrame:
    """The rows with `unit_price`, `gross`, `discount` (a share) and `net_value`, from the fields read."""
    price = _amount("price")
    units = _units("price_units" if "price_units" in rows.columns else "quantity")
    if isinstance(mapping.columns.unit_price, LineTotal):
        prices = rows.withColumn("unit_price", (price / units).cast(_MONEY))
        prices = prices.withColumn("gross", _whole_of(price, rows, units))
    else:
        prices = rows.withColumn("unit_price", price)
        prices = prices.withColumn("gross", F.col("unit_price") * _units("quantity"))
    prices = prices.withColumn("gross", F.col("gross").cast("decimal(27,4)"))
    taken = prices.withColumns({"taken_off": _reduction(mapping), "discount": _discount(mapping)})
    return taken.withColumn("net_value", _net_value(mapping)).drop("taken_off")


def _whole_of(price: Column, rows: DataFrame, units: Column) -> Column:
    """The line's value: the total itself, or as much of it as was sold where it stands for other units."""
    return price if "price_units" not in rows.columns else (price / units).cast(_MONEY) * _units("quantity")


def _amount(name: str) -> Column:
    value = F.col(name)
    return F.when(F.abs(value) <= F.lit(MAX_AMOUNT), value.cast(_MONEY))


def _units(name: str) -> Column:
    value = F.col(name)
    return F.when((value > 0) & (value <= F.lit(MAX_UNITS)) & (value == F.floor(value)), value.cast(_UNITS))


def _given(mapping: SourceMapping) -> Discount | None:
    declared = mapping.columns.discount
    return Discount(share=declared) if isinstance(declared, str) else declared


def _reduction(mapping: SourceMapping) -> Column:
    given = _given(mapping)
    if given is None or given.amount is None:
        return F.lit(None).cast(_MONEY)
    return F.coalesce(_amount("discount"), F.when(F.col("discount__text").isNull(), F.lit(0).cast(_MONEY)))


def _discount(mapping: SourceMapping) -> Column:
    given = _given(mapping)
    if given is None:
        return F.lit(0).cast(_SHARE)
    nothing = F.when(F.col("discount__text").isNull(), F.lit(0).cast(_SHARE))
    if given.share is not None:
        share = F.col("discount") / F.lit(100).cast("decimal(3,0)") if given.percent else F.col("discount")
        return F.coalesce(share.cast(_SHARE), nothing)
    of = _amount("discount_of") if given.of is not None else _valued("gross")
    share = F.when(of != 0, _amount("discount") / of).when(F.col("discount") == 0, F.lit(0))
    return F.coalesce(share.cast(_SHARE), nothing)


def _valued(name: str) -> Column:
    return F.when(F.abs(F.col(name)) <= F.lit(MAX_VALUE), F.col(name).cast(_MONEY))


def _net_value(mapping: SourceMapping) -> Column:
    gross = _valued("gross")
    share = F.when(F.col("discount").between(0, 1), F.col("discount").cast("decimal(10,8)"))
    given = _given(mapping)
    if given is not None and given.amount is not None and _is_off_the_line(mapping, given):
        net = gross - F.col("taken_off")
    else:
        net = gross * (F.lit(1).cast("decimal(1,0)") - share)
    if mapping.tax_divisor == 1:
        return net.cast(_MONEY)
    return (
        (net.cast("decimal(24,10)") / F.lit(mapping.tax_divisor).cast("decimal(8,6)"))
        .cast("decimal(36,18)")
        .cast(_MONEY)
    )


def _is_off_the_line(mapping: SourceMapping, given: Discount) -> bool:
    price = mapping.columns.unit_price
    whole = isinstance(price, LineTotal) and (price.units is None or price.units == mapping.columns.quantity)
    return given.of is None or (whole and isinstance(price, LineTotal) and given.of == price.total)
