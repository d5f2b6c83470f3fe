"""Every kind of node as rules, and shops of awkward rows to try them on."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import product
from typing import Any

from domain.features.expressions import MOMENT, OPERATIONS, TEXT, Column, Expression, Literal, Operation
from domain.features.feature import Family, Feature, FeatureSet
from domain.features.rules import Aggregate, AsOf, BackOffRate, Basket, Facts, Share
from domain.schema import Column as TableColumn
from domain.schema import ColumnType
from domain.tables import ORDER_LINES

NUMBER_ATTRIBUTE = Column("attr_score", ColumnType.NUMBER)
TEXT_ATTRIBUTE = Column("attr_country", TEXT)
LINES = ORDER_LINES.plus(
    (TableColumn("attr_score", ColumnType.NUMBER, nullable=True), TableColumn("attr_country", TEXT, nullable=True))
)
SIZES = (
    *("34 / B / FtO", "xl", "M+ / Sl", "2XL", "38.5", "12345", "one size", "", " S", "\u0131", "-4", "3xs/4xs"),
    *("M\u00a0/ long", "38\u201340", "34\r\n/32", "gr\u00f6\u00dfe\u202f38"),
)
NUMBERS = (1.0, 2.0, 3.5, 0.0, -1.0, 1e300)
SHOP = Column("seller")  # keeps the shops of one job apart: part of every key, so that none sees another's past

Row = dict[str, Any]


def a_line(number: int, day: datetime, **cells: Any) -> Row:
    """An order line with plain values wherever none are given."""
    row: Row = dict.fromkeys(LINES.names) | {
        "line_id": f"line {number:03d}",
        "order_id": f"order {number}",
        "customer_id": "ann",
        "item_id": "shirt-m",
        "ordered_at": day,
        "quantity": 1,
        "unit_price": Decimal("10.0000"),
        "discount": Decimal("0.00000000"),
        "net_value": Decimal("10.0000"),
        "available_at": day,
        "kind": "product",
        "cancelled_quantity": 0,
    }
    return row | cells


def a_fate(line: Row, known: datetime, *, fate: str = "matched", quantity: int = 1, event: str = "event") -> Row:
    """Units of a line that came back or were cancelled."""
    return {
        "line_id": line["line_id"],
        "event_id": event,
        "fate": fate,
        "quantity": quantity,
        "ordered_at": line["ordered_at"],
        "returned_at": known,
        "available_at": known,
        "disposition": None,
        "outcome": None,
        "received_at": None,
    }


def rules_of_every_kind() -> list[Expression]:
    """At least one rule of every operation, aggregate, population, window and nesting."""
    return [*rules_within_a_shop(), *_back_off_rates()]


def rules_within_a_shop() -> list[Expression]:
    """All of them but back-off rates, which are relative to the rate of everything in the tables."""
    return [*_operations(), *_as_of_rules(), *_baskets(), *_nested()]


def as_feature_set(rules: Iterable[Expression], **settings: Any) -> FeatureSet:
    """The rules under running names."""
    features = (Feature(f"f{i}", "Tried out.", Family.PRODUCT, "units", rule) for i, rule in enumerate(rules))
    return FeatureSet(tuple(features), **settings)


def _operations() -> Iterable[Expression]:
    score, price, country = NUMBER_ATTRIBUTE, Column("net_value"), TEXT_ATTRIBUTE
    huge = Operation("multiply", (score, Literal(1e300)))
    for name, signature in OPERATIONS.items():
        if MOMENT in signature.takes:
            yield Operation(name, (Column("ordered_at"),))
        elif TEXT in signature.takes:
            texts = (Column("size"), country, *map(Literal, SIZES))
            numbers = list(product(map(Literal, NUMBERS), repeat=len(signature.takes) - 1))
            yield from (Operation(name, (text, *rest)) for text, rest in product(texts, numbers))
        elif signature.takes[0] is None and name != "if_else":
            yield from (
                Operation(name, pair[: len(signature.takes)]) for pair in ((score, price), (country, Column("size")))
            )
        elif name == "if_else":
            yield Operation(name, (Operation("less", (score, price)), country, Column("size")))
            yield Operation(name, (score, huge, price))
        else:
            for pair in ((score, price), (price, score), (huge, huge), (score, Literal(-0.0))):
                yield Operation(name, pair[: len(signature.takes)])


def _as_of_rules() -> Iterable[Expression]:
    keys = ((SHOP, Column("customer_id")), (SHOP, TEXT_ATTRIBUTE, NUMBER_ATTRIBUTE), (SHOP,))
    numbers = (Column("net_value"), NUMBER_ATTRIBUTE)
    for key in keys:
        for facts in Facts:
            yield AsOf(Aggregate.COUNT, facts, key)
            yield from (AsOf(Aggregate.COUNT, facts, key, None, days) for days in (1, 30))
            yield from (AsOf(a, facts, key, v) for a in (Aggregate.SUM, Aggregate.MEAN) for v in numbers)
            yield AsOf(Aggregate.MEAN, facts, key, NUMBER_ATTRIBUTE, 7)
        for facts in (Facts.LINES, Facts.SALES):
            yield AsOf(Aggregate.EXPOSURE, facts, key)
            yield AsOf(Aggregate.EXPOSURE, facts, key, NUMBER_ATTRIBUTE, 20)
        for facts in (Facts.LINES, Facts.RETURNS):
            yield AsOf(Aggregate.DAYS_SINCE, facts, key)
            yield from (AsOf(a, facts, key, v) for a in (Aggregate.MAX, Aggregate.LAST) for v in numbers)
            yield from (AsOf(a, facts, key, Column("size")) for a in (Aggregate.MODE, Aggregate.DISTINCT))


def _baskets() -> Iterable[Expression]:
    style = Operation("coalesce", (Column("item_group"), Column("item_id")))
    for own in (True, False):
        for same in ((), (style,), (Column("category"), NUMBER_ATTRIBUTE)):
            yield Basket(Aggregate.COUNT, same=same, own=own)
            for aggregate in (Aggregate.SUM, Aggregate.MEAN, Aggregate.MIN, Aggregate.MAX):
                yield Basket(aggregate, NUMBER_ATTRIBUTE, same, own=own)
            yield Basket(Aggregate.DISTINCT, Column("size"), same, own=own)
            yield Basket(Aggregate.COUNT, None, same, (Column("size"),), own=own)
            yield Basket(Aggregate.MEAN, NUMBER_ATTRIBUTE, same, (Column("size"), Column("colour")), own=own)
        yield Share(Column("net_value"), (style,), own=own)


def _nested() -> Iterable[Expression]:
    customer, item = (SHOP, Column("customer_id")), (SHOP, Column("item_id"))
    returns, exposure = AsOf(Aggregate.COUNT, Facts.RETURNS, item), AsOf(Aggregate.EXPOSURE, Facts.SALES, item)
    rate = Operation("divide", (returns, Operation("add", (exposure, Literal(2.0)))))
    basket_rate = Basket(Aggregate.MAX, rate, own=False)
    yield basket_rate
    yield AsOf(Aggregate.EXPOSURE, Facts.SALES, customer, rate)
    yield AsOf(Aggregate.MEAN, Facts.LINES, customer, basket_rate)
    yield AsOf(Aggregate.COUNT, Facts.LINES, (*customer, Basket(Aggregate.COUNT)))
    yield Operation("equal", (Column("size"), AsOf(Aggregate.MODE, Facts.LINES, customer, Column("size"))))


def _back_off_rates() -> Iterable[Expression]:
    rate = BackOffRate(((SHOP,), (SHOP, Column("category")), (SHOP, Column("item_id"))), 3.0)
    yield rate
    yield BackOffRate(((Column("category"),),), 5.0, window_days=14)
    yield Basket(Aggregate.MEAN, rate, own=False)
    yield AsOf(Aggregate.EXPOSURE, Facts.SALES, (SHOP, Column("customer_id")), rate)


def edge_shop() -> tuple[list[Row], list[Row]]:
    """Lines and fates around what usually goes wrong: nulls, infinities, -0.0, ties, leap days, year ends, guests."""
    start = datetime(2023, 12, 28, tzinfo=UTC)
    scores = (None, float("nan"), float("inf"), float("-inf"), -0.0, 0.0, 1.5, -2.25, 1e13, 3.0000005, 1e-7, 1e308)
    lines = [
        a_line(
            number,
            start + timedelta(days=day, hours=number % 24, microseconds=number),
            order_id=f"order {number // 4}",
            customer_id=(None, "ann", "bob", "ann")[number % 4],
            item_id=f"item {number % 5}",
            item_group=(None, "shirt", "shoe")[number % 3],
            category=(None, "tops", "tops", "feet")[number % 4],
            size=("m", None, "l", "m", "xl")[number % 5],
            colour=(None, "red", "blue")[number % 3],
            seller="the shop",
            kind="service" if number % 11 == 10 else "product",
            quantity=1 + number % 2,
            net_value=Decimal(number * 7 % 40) / 4,
            attr_score=scores[number % len(scores)],
            attr_country=(None, "de", "fr", "")[number % 4],
        )
        for number, day in enumerate(_days())
    ]
    lines[5]["available_at"] = lines[5]["ordered_at"] + timedelta(days=3)
    lines[6]["available_at"] = lines[6]["ordered_at"] - timedelta(days=2)
    fates = [
        a_fate(line, line["ordered_at"].replace(hour=0) + timedelta(days=number * 5 % 70), event=f"event {number}")
        for number, line in enumerate(lines)
        if number % 3 == 1
    ]
    fates += [
        a_fate(lines[9], lines[9]["ordered_at"] + timedelta(days=2), fate="cancelled", quantity=lines[9]["quantity"]),
        a_fate(lines[11], lines[11]["ordered_at"], fate="cancelled", quantity=1, event=""),
        a_fate(lines[11], lines[11]["ordered_at"] + timedelta(days=9), fate="cancelled", quantity=1, event="later"),
        a_fate(lines[13], lines[13]["available_at"], fate="cancelled", quantity=1, event=""),
        a_fate(lines[17], lines[17]["ordered_at"] + timedelta(days=4), quantity=1, event="again"),
    ]
    return lines, fates


def _days() -> Sequence[int]:
    """Days from 28 December 2023: several a day, over the year's end, on and around 29 February, and a long gap."""
    return (
        *(0, 0, 0, 0, 1, 1, 1, 3, 3, 4, 4, 4, 5, 5, 20, 20, 21, 35, 35, 35),
        *(36, 62, 63, 63, 63, 63, 64, 64, 90, 90, 90, 91, 91, 91, 91, 91, 500, 501),
    )
