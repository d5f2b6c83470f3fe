"""Values worked out by hand."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.content import Cell
from domain.features.catalogue import features_for_source
from domain.features.expressions import TEXT, Column, Expression, Literal, Operation, Value
from domain.features.reference import Reference
from domain.features.rules import Aggregate, AsOf, BackOffRate, Basket, Facts, Share
from domain.labels import LagLaw
from domain.schema import ColumnType
from tests.contract.generated_shops import shop_of, shops, until
from tests.contract.rule_cases import Row, a_fate, a_line, as_feature_set

DAY = datetime(2024, 2, 28, tzinfo=UTC)  # the day before a leap day
LINES, SALES, RETURNS = Facts
CUSTOMER, ITEM, VALUE, SIZE = Column("customer_id"), Column("item_id"), Column("net_value"), Column("size")
LAW = LagLaw(((0, 0.25), (2, 0.5), (10, 1.0)))


def days(number: float) -> datetime:
    return DAY + timedelta(days=number)


def value_of(rule: Expression, line: Row, *others: Row, fates: tuple[Row, ...] = ()) -> Value:
    """The rule's value for the first line among all."""
    features = as_feature_set([rule], lag_law=LAW)
    rows = Reference([line, *others], fates, LAW).features(features)
    return next(row["f0"] for row in rows if row["line_id"] == line["line_id"])


def count(facts: Facts = LINES, window_days: int | None = None) -> AsOf:
    return AsOf(Aggregate.COUNT, facts, (CUSTOMER,), None, window_days)


def test_a_line_counts_from_the_day_after_it_was_ordered() -> None:
    past = a_line(1, days(0.9))

    assert value_of(count(), a_line(2, days(0.99)), past) == 0.0
    assert value_of(count(), a_line(2, days(1)), past) == 1.0


def test_a_line_that_became_known_late_counts_from_the_day_after() -> None:
    late = a_line(1, days(0), available_at=days(3))

    assert [value_of(count(), a_line(2, days(day)), late) for day in (3.5, 4)] == [0.0, 1.0]


def test_a_line_known_before_its_order_counts_from_the_day_after_the_order() -> None:
    early = a_line(1, days(2), available_at=days(0))

    assert [value_of(count(), a_line(2, days(day)), early) for day in (2, 3)] == [0.0, 1.0]


def test_a_window_reaches_back_its_number_of_days() -> None:
    past = [a_line(number, days(number)) for number in range(5)]

    assert value_of(count(window_days=2), a_line(9, days(5)), *past) == 2.0
    assert value_of(count(window_days=1), a_line(9, days(7)), *past) == 0.0


def test_a_return_counts_once_a_line_from_the_day_after_it_was_known() -> None:
    sold = a_line(1, days(0), quantity=2)
    fates = (a_fate(sold, days(5)), a_fate(sold, days(8), event="second"))

    found = [value_of(count(RETURNS), a_line(2, days(day)), sold, fates=fates) for day in (5, 6, 9)]

    assert found == [0.0, 1.0, 1.0]


def test_a_cancelled_line_is_a_sale_until_its_last_unit_is_known_to_be_cancelled() -> None:
    sold = a_line(1, days(0), quantity=2)
    fates = (a_fate(sold, days(1), fate="cancelled"), a_fate(sold, days(4), fate="cancelled", event="rest"))

    found = [value_of(count(SALES), a_line(2, days(day)), sold, fates=fates) for day in (2, 4, 5)]

    assert found == [1.0, 1.0, 0.0]
    assert value_of(count(LINES), a_line(2, days(5)), sold, fates=fates) == 1.0


def test_what_is_no_product_is_no_fact_but_part_of_the_basket() -> None:
    wrapping = a_line(1, days(0), kind="service", order_id="a")

    assert value_of(count(), a_line(2, days(1)), wrapping) == 0.0
    assert value_of(Basket(Aggregate.COUNT), a_line(2, days(0), order_id="a"), wrapping) == 2.0


def test_a_null_key_has_no_history() -> None:
    guest = a_line(1, days(0), customer_id=None)

    assert value_of(count(), a_line(2, days(1), customer_id=None), guest) == 0.0
    assert (
        value_of(AsOf(Aggregate.MEAN, LINES, (CUSTOMER,), VALUE), a_line(2, days(1), customer_id=None), guest) is None
    )


def test_exposure_weighs_lines_by_the_share_of_the_law_that_has_elapsed() -> None:
    exposure = AsOf(Aggregate.EXPOSURE, SALES, (CUSTOMER,))
    sold = a_line(1, days(0))

    found = [value_of(exposure, a_line(2, days(day)), sold) for day in (0, 1, 2, 3, 10, 11)]

    assert found == [0.0, 0.25, 0.25, 0.5, 0.5, 1.0]


def test_exposure_over_a_window_is_what_elapsed_on_its_days_of_lines_known_by_then() -> None:
    exposure = AsOf(Aggregate.EXPOSURE, SALES, (CUSTOMER,), None, window_days=2)
    sold, late = a_line(1, days(0)), a_line(1, days(0), available_at=days(3))

    assert [value_of(exposure, a_line(2, days(day)), sold) for day in (1, 3, 4, 5, 11, 13)] == [
        *(0.25, 0.25, 0.25, 0.0),
        *(0.5, 0.0),
    ]
    assert [value_of(exposure, a_line(2, days(day)), late) for day in (3, 4, 5, 6, 11)] == [0.0, 0.5, 0.5, 0.0, 0.5]


def test_exposure_of_a_value_weighs_the_value() -> None:
    rule = AsOf(Aggregate.EXPOSURE, LINES, (CUSTOMER,), VALUE)
    past = a_line(1, days(0), net_value=Decimal(8)), a_line(3, days(2.5), net_value=Decimal(100))

    assert value_of(rule, a_line(2, days(3)), *past) == 8 * 0.5 + 100 * 0.25


@pytest.mark.parametrize(
    ("aggregate", "value"),
    [(Aggregate.SUM, 13.5), (Aggregate.MEAN, 4.5), (Aggregate.MAX, 9.0), (Aggregate.LAST, 3.5)],
)
def test_numbers_of_the_past_are_added_up_averaged_and_compared(aggregate: Aggregate, value: float) -> None:
    past = [a_line(i, days(day), net_value=Decimal(v)) for i, (day, v) in enumerate([(0, "9"), (1, "1"), (1, "3.5")])]

    assert value_of(AsOf(aggregate, LINES, (CUSTOMER,), VALUE), a_line(9, days(2)), *past) == value


def test_the_last_value_is_the_latest_that_is_not_null() -> None:
    past = a_line(1, days(0), unit_cost=Decimal(4)), a_line(2, days(1), unit_cost=None)

    assert value_of(AsOf(Aggregate.LAST, LINES, (), Column("unit_cost")), a_line(9, days(2)), *past) == 4.0


def test_a_mode_passes_over_nulls_and_takes_the_last_in_order_among_equals() -> None:
    sizes = (None, None, "m", "s", "m", "s")
    past = [a_line(number, days(number), size=size) for number, size in enumerate(sizes)]
    mode = AsOf(Aggregate.MODE, LINES, (CUSTOMER,), SIZE)

    assert value_of(mode, a_line(9, days(6)), *past) == "s"
    assert value_of(mode, a_line(9, days(5)), *past) == "m"
    assert value_of(mode, a_line(9, days(2)), *past) is None
    assert value_of(AsOf(Aggregate.DISTINCT, LINES, (CUSTOMER,), SIZE), a_line(9, days(6)), *past) == 2.0


def test_days_since_are_counted_over_a_leap_day() -> None:
    since = AsOf(Aggregate.DAYS_SINCE, LINES, (CUSTOMER,))

    assert value_of(since, a_line(2, datetime(2024, 3, 1, tzinfo=UTC)), a_line(1, days(0))) == 2.0
    assert value_of(since, a_line(2, days(0)), a_line(1, days(0))) is None


def test_a_basket_knows_the_same_style_in_another_size() -> None:
    other_size = Basket(Aggregate.COUNT, same=(ITEM,), different=(SIZE,))
    line = a_line(1, days(0), order_id="a", size="m")
    others = [a_line(2 + i, days(0), order_id="a", size=size) for i, size in enumerate(("m", "l", None))]
    elsewhere = a_line(8, days(0), order_id="a", size="xl", item_id="shoe"), a_line(9, days(0), order_id="b", size="xl")

    assert value_of(other_size, line, *others, *elsewhere) == 1.0
    assert value_of(other_size, others[-1], line, *elsewhere) == 0.0


def test_a_line_added_to_the_order_on_another_day_is_in_another_basket() -> None:
    assert value_of(Basket(Aggregate.COUNT), a_line(1, days(0), order_id="a"), a_line(2, days(1), order_id="a")) == 1.0


@pytest.mark.parametrize(
    ("rule", "value"),
    [
        (Basket(Aggregate.SUM, VALUE), 16.0),
        (Basket(Aggregate.SUM, VALUE, own=False), 6.0),
        (Basket(Aggregate.MEAN, VALUE, own=False), 3.0),
        (Basket(Aggregate.MAX, VALUE, own=False), 4.0),
        (Basket(Aggregate.MIN, VALUE), 2.0),
        (Basket(Aggregate.MIN, VALUE, (CUSTOMER,), own=False), None),
        (Share(VALUE, (CUSTOMER,)), 0.625),
        (Share(Literal(1.0), (ITEM,), own=False), 0.5),
    ],
)
def test_a_basket_aggregates_the_lines_of_its_order(rule: Expression, value: float | None) -> None:
    line = a_line(1, days(0), order_id="a", net_value=Decimal(10))
    others = (
        a_line(2, days(0), order_id="a", net_value=Decimal(2), customer_id=None),
        a_line(3, days(0), order_id="a", net_value=Decimal(4), customer_id="bob", item_id="shoe"),
    )

    assert value_of(rule, line, *others) == value


def test_a_back_off_rate_is_smoothed_level_by_level_and_relative_to_the_shop() -> None:
    sold = [a_line(i, days(0), item_id="red" if i < 4 else "blue", category="tops") for i in range(8)]
    fates = tuple(a_fate(line, days(1), event=str(i)) for i, line in enumerate(sold[:2]))
    shop = 2 / 8
    lines = 3 / shop  # that bring back as many as the prior weighs
    category = (2 / shop + lines * 1) / (8 + lines)
    item = (2 / shop + lines * category) / (4 + lines)
    rate = BackOffRate(((Column("category"),), (ITEM,)), prior_returns=3.0)

    found = value_of(rate, a_line(9, days(30), item_id="red", category="tops"), *sold, fates=fates)

    assert found == pytest.approx(item)


def test_only_the_finest_level_of_a_back_off_rate_has_a_window() -> None:
    old, new = [a_line(i, days(0), category="tops") for i in range(4)], a_line(8, days(20), category="tops")
    fates = (*(a_fate(line, days(1), event=str(i)) for i, line in enumerate(old[:2])), a_fate(new, days(21)))
    shop, tops = 3 / 4.5, (Column("category"),)
    lines = 3 / shop
    of_all_days = (3 / shop + lines) / (4.5 + lines)
    rate = BackOffRate((tops, tops), prior_returns=3.0, window_days=10)

    found = value_of(rate, a_line(9, days(25), category="tops"), *old, new, fates=fates)

    assert found == pytest.approx((1 / shop + lines * of_all_days) / (0.5 + lines))


def test_a_back_off_rate_is_one_before_the_first_return_and_its_prior_for_a_null_key() -> None:
    rate = BackOffRate(((CUSTOMER,),))
    sold = a_line(1, days(0), customer_id=None)

    assert value_of(rate, a_line(2, days(30)), sold) == 1.0
    assert value_of(rate, a_line(2, days(30), customer_id=None), sold, fates=(a_fate(sold, days(1)),)) == 1.0


def test_an_inner_rule_has_the_value_it_had_on_the_day_of_the_past_line() -> None:
    earlier_orders = AsOf(Aggregate.COUNT, LINES, (ITEM,))
    sum_of_then = AsOf(Aggregate.SUM, LINES, (CUSTOMER,), earlier_orders)
    past = [a_line(number, days(number)) for number in range(3)]

    assert value_of(sum_of_then, a_line(9, days(5)), *past) == 0 + 1 + 2


def test_an_attribute_that_is_not_finite_is_null() -> None:
    score = Column("attr_score", ColumnType.NUMBER)

    for cell in (float("nan"), float("-inf")):
        assert value_of(Operation("is_null", (score,)), a_line(1, days(0), attr_score=cell)) == 1.0
    assert str(value_of(score, a_line(1, days(0), attr_score=-0.0))) == "0.0"


@settings(max_examples=25, deadline=None)
@given(shops(), st.integers(0, 45))
def test_dropping_what_came_later_leaves_earlier_features_as_they_were(drawn: list[Row], cut_day: int) -> None:
    features = features_for_source((), {"attr_country": TEXT})
    lines, fates = shop_of("shop", drawn)
    kept = until(datetime(2020, 2, 20, tzinfo=UTC) + timedelta(days=cut_day), lines, fates)

    def by_line(shop: tuple[list[Row], list[Row]]) -> dict[Cell, object]:
        return {row["line_id"]: row for row in Reference(*shop, LAW).features(features)}

    everything, truncated = by_line((lines, fates)), by_line(kept)
    assert truncated == {line_id: everything[line_id] for line_id in truncated}
