"""What some features of the catalogue say of a line, worked out by hand."""

import math
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from domain.features.catalogue import CATALOGUE
from domain.features.expressions import Value
from domain.features.feature import FeatureSet
from domain.features.reference import Reference
from domain.labels import LagLaw
from tests.contract.rule_cases import Row, a_fate, a_line

DAY = datetime(2024, 3, 1, tzinfo=UTC)  # a Friday
LAW = LagLaw(((0, 1.0),))


def days(number: float) -> datetime:
    return DAY + timedelta(days=number)


def value_of(feature: str, line: Row, *others: Row, fates: tuple[Row, ...] = ()) -> Value:
    """The feature's value for the first line among all."""
    rule = next(known for known in CATALOGUE if known.name == feature)
    rows = Reference([line, *others], fates, LAW).features(FeatureSet((rule,), LAW))
    return next(row[feature] for row in rows if row["line_id"] == line["line_id"])


def test_a_weekend_is_saturday_and_sunday() -> None:
    assert [value_of("is_weekend", a_line(1, days(number))) for number in range(4)] == [0.0, 1.0, 1.0, 0.0]


def test_the_usual_size_is_that_of_the_style_and_not_of_its_category() -> None:
    of_the_style = [a_line(number, days(0), size="s", category="tops", item_group="shirt") for number in (1, 2)]
    of_others = [a_line(number, days(0), size="m", category="tops", item_group="vest") for number in (3, 4, 5)]
    line = a_line(9, days(1), size="s", category="tops", item_group="shirt")

    assert value_of("is_usual_size", line, *of_the_style, *of_others) == 1.0
    assert value_of("is_usual_size", {**line, "size": "m"}, *of_the_style, *of_others) == 0.0


def test_a_line_that_was_cancelled_is_no_line_that_could_come_back() -> None:
    sold = [a_line(number, days(0)) for number in (1, 2, 3)]
    cancelled = a_fate(sold[0], days(1), fate="cancelled")
    later = a_line(9, days(5))

    assert value_of("customer_exposure", later, *sold, fates=(cancelled,)) == 2.0
    assert value_of("customer_lines_open", later, *sold, fates=(cancelled,)) == 0.0
    assert value_of("customer_lines_365_days", later, *sold, fates=(cancelled,)) == 3.0


def test_a_rate_is_that_of_lines_that_were_not_cancelled() -> None:
    red = [a_line(number, days(0), customer_id=f"c{number}", category="red") for number in range(8)]
    blue = [a_line(10 + number, days(0), customer_id=f"c{number}", category="blue") for number in range(8)]
    came = [a_fate(line, days(2), event=str(line["line_id"])) for line in (red[0], red[1], blue[0], blue[1])]
    cancelled = [a_fate(line, days(1), fate="cancelled", event=str(line["line_id"])) for line in red[4:]]
    shop = 4 / 12

    rate = value_of("category_rate", a_line(99, days(5), category="red"), *red, *blue, fates=(*came, *cancelled))

    assert rate == pytest.approx((2 / shop + 5 / shop) / (4 + 5 / shop))


def test_log_odds_are_bounded_where_a_smoothed_rate_exceeds_all_lines() -> None:
    back = [a_line(number, days(0), item_id="red") for number in range(60)]
    kept = [a_line(100 + number, days(0), item_id="blue") for number in range(60)]
    came = tuple(a_fate(line, days(1), event=str(line["line_id"])) for line in back)

    log_odds = value_of("item_log_odds", a_line(999, days(5), item_id="red"), *back, *kept, fates=came)

    assert log_odds == pytest.approx(math.log(0.97 / 0.03))  # less the shop's, of which half come back


def test_prices_are_of_a_unit_and_the_margin_is_a_share_of_the_price() -> None:
    line = a_line(1, days(0), quantity=4, net_value=Decimal(80), unit_cost=Decimal(5))

    assert value_of("price", line) == pytest.approx(math.log1p(20))
    assert value_of("line_value", line) == pytest.approx(math.log1p(80))
    assert value_of("margin_share", line) == pytest.approx(0.75)


def test_shares_of_what_came_back_are_of_what_was_bought() -> None:
    bought = [a_line(number, days(0), order_id=f"o{number // 2}", net_value=Decimal(10)) for number in range(6)]
    bought[0]["net_value"] = Decimal(50)
    came = (a_fate(bought[0], days(1), event="0"), a_fate(bought[1], days(1), event="1"))
    later = a_line(9, days(5))

    assert value_of("customer_share_of_value_back", later, *bought, fates=came) == pytest.approx(60 / 100)
    assert value_of("customer_share_of_orders_back", later, *bought, fates=came) == pytest.approx(1 / 3)


def test_a_customer_is_new_until_an_order_is_known() -> None:
    assert value_of("customer_is_new", a_line(2, days(0.9)), a_line(1, days(0))) == 1.0
    assert value_of("customer_is_new", a_line(2, days(1)), a_line(1, days(0))) == 0.0
    assert (
        value_of("customer_is_new", a_line(2, days(1), customer_id=None), a_line(1, days(0), customer_id=None)) == 1.0
    )
