"""The words that the catalogue's rules are written in."""

from dataclasses import dataclass

from domain.features.expressions import Column, Expression, Literal, Operation
from domain.features.feature import Family, Feature
from domain.features.rules import Aggregate, AsOf, BackOffRate, Facts

CUSTOMER = Column("customer_id")
ORDER = Column("order_id")
ITEM = Column("item_id")
CATEGORY = Column("category")
SIZE = Column("size")
COLOUR = Column("colour")
SELLER = Column("seller")
DISCOUNT = Column("discount")
UNIT_COST = Column("unit_cost")
ORDERED = Column("ordered_at")
STYLE = Operation("coalesce", (Column("item_group"), ITEM))
VALUE = Column("net_value")
QUANTITY = Column("quantity")
NONE = Literal(0.0)
ONE = Literal(1.0)


def op(name: str, *args: Expression) -> Operation:
    """An operation on its arguments."""
    return Operation(name, args)


def log(value: Expression) -> Operation:
    """The logarithm of 1 + value."""
    return op("log1p", value)


def less(value: Expression, other: Expression) -> Operation:
    """The difference of two numbers."""
    return op("subtract", value, other)


def ratio(value: Expression, other: Expression) -> Operation:
    """One number by another."""
    return op("divide", value, other)


PRICE = ratio(VALUE, QUANTITY)
LOG_PRICE = log(PRICE)
PRICE_BAND = op("floor", op("multiply", Literal(2.0), LOG_PRICE))  # half an e-fold wide, whatever the currency


def past(
    aggregate: Aggregate,
    *key: Expression,
    of: Expression | None = None,
    facts: Facts = Facts.LINES,
    days: int | None = None,
) -> AsOf:
    """What was known of the facts with that key before the line's day."""
    return AsOf(aggregate, facts, key, of, days)


ITEM_RATE = BackOffRate(((CATEGORY,), (STYLE,), (ITEM,)))
OF_ONE_CUSTOMER = 1.5  # prior returns: customers differ more than products do
SHOP_RATE = ratio(past(Aggregate.COUNT, facts=Facts.RETURNS), past(Aggregate.EXPOSURE, facts=Facts.SALES))


def log_odds(relative_rate: Expression) -> Expression:
    """The logit of a rate relative to the shop's, less the shop's own; 0 where the shop has no returns yet."""
    return op("coalesce", less(_logit(op("multiply", SHOP_RATE, relative_rate)), _logit(SHOP_RATE)), NONE)


def _logit(chance: Expression) -> Expression:
    within = op(
        "minimum", op("maximum", chance, Literal(0.0001)), Literal(0.97)
    )  # smoothed, yet relative rates exceed 1
    return log(less(ratio(within, less(ONE, within)), ONE))


def back_off(*levels: tuple[Expression, ...], days: int | None = None, prior_returns: float = 5.0) -> BackOffRate:
    """The rate of the finest of these groups, each smoothed towards the one before, relative to the shop's."""
    return BackOffRate(levels, prior_returns, days)


def lines_of(*key: Expression, days: int | None = None) -> AsOf:
    """How many lines with that key were bought so far."""
    return past(Aggregate.COUNT, *key, days=days)


def returns_of(*key: Expression, days: int | None = None) -> AsOf:
    """How many lines with that key came back so far."""
    return past(Aggregate.COUNT, *key, facts=Facts.RETURNS, days=days)


def exposure_of(*key: Expression, of: Expression | None = None, days: int | None = None) -> AsOf:
    """Lines with that key (or what they add up to), each by the share of returns that would be known by now."""
    return past(Aggregate.EXPOSURE, *key, of=of, facts=Facts.SALES, days=days)


def days_since(*key: Expression, facts: Facts = Facts.LINES) -> AsOf:
    """Days since the latest such fact."""
    return past(Aggregate.DAYS_SINCE, *key, facts=facts)


@dataclass(frozen=True)
class Of:
    """Makes the features of one family."""

    family: Family

    def __call__(self, name: str, description: str, unit: str, rule: Expression) -> Feature:
        """A feature of the family; see `Feature` for the arguments."""
        return Feature(name, description, self.family, unit, rule)


RELATIVE = "times the shop's rate"
LOG_ODDS = "difference of log-odds"
YES_OR_NO = "1 or 0"
LINES = "lines"
DAYS = "days"
LOG_MONEY = "log of 1 + currency"
LOG_RATIO = "difference of logs of 1 + currency"
SHARE = "share"
