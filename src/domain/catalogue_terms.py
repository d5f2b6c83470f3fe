"""The words that the catalogue's rules are written in."""

from domain.expressions import Column, Expression, Literal, Operation
from domain.rules import Aggregate, AsOf, BackOffRate, Facts

CUSTOMER = Column("customer_id")
ORDER = Column("order_id")
ITEM = Column("item_id")
CATEGORY = Column("category")
SIZE = Column("size")
COLOUR = Column("colour")
STYLE = Operation("coalesce", (Column("item_group"), ITEM))
VALUE = Column("net_value")
QUANTITY = Column("quantity")
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

ITEM_RATE = BackOffRate(((CATEGORY,), (STYLE,), (ITEM,)))


def past(
    aggregate: Aggregate,
    *key: Expression,
    of: Expression | None = None,
    facts: Facts = Facts.LINES,
    days: int | None = None,
) -> AsOf:
    """What was known of the facts with that key before the line's day."""
    return AsOf(aggregate, facts, key, of, days)
