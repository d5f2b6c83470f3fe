"""Money: exact, rounded half up, on one basis."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from domain.source.money import (
    MONEY_PLACES,
    net_of_amount,
    net_of_share,
    rounded,
    share_taken_off,
    unit_price_of,
)

amounts = st.decimals(min_value=0, max_value=10**9, places=4)
shares = st.decimals(min_value=0, max_value=1, places=8)


def test_half_is_rounded_away_from_zero() -> None:
    assert rounded(Decimal("0.00005"), MONEY_PLACES) == Decimal("0.0001")
    assert rounded(Decimal("-0.00005"), MONEY_PLACES) == Decimal("-0.0001")


def test_a_unit_costs_its_part_of_the_total() -> None:
    assert unit_price_of(Decimal("100.00"), Decimal(3)) == Decimal("33.3333")


def test_nothing_off_nothing_is_no_discount_and_something_is_none() -> None:
    assert share_taken_off(Decimal(0), Decimal(0)) == 0
    assert share_taken_off(Decimal(1), Decimal(0)) is None


def test_included_tax_is_taken_out() -> None:
    assert net_of_share(Decimal("121.00"), Decimal("0.5"), Decimal("1.21")) == Decimal("50.0000")


def test_what_was_taken_off_is_subtracted_without_rounding_a_share() -> None:
    # By the share of 8 places it would be 66.6667 for this line of three units.
    assert net_of_amount(Decimal("100.0000"), Decimal("33.3333"), Decimal(1)) == Decimal("66.6667")
    assert net_of_amount(Decimal("0.0300"), Decimal("0.0100"), Decimal(1)) == Decimal("0.0200")


@given(amounts, shares)
def test_a_net_value_lies_between_nothing_and_the_price(gross: Decimal, discount: Decimal) -> None:
    assert 0 <= net_of_share(gross, discount, Decimal(1)) <= gross


@given(amounts, amounts)
def test_amount_and_share_agree_to_the_share_s_last_place(gross: Decimal, reduction: Decimal) -> None:
    reduction = min(gross, reduction)
    share = share_taken_off(reduction, gross)
    assert share is not None
    by_share = net_of_share(gross, share, Decimal(1))
    tolerance = gross * Decimal("0.000000005") + Decimal("0.0001")
    assert abs(by_share - net_of_amount(gross, reduction, Decimal(1))) <= tolerance
