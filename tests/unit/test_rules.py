from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import RuleError
from domain.features.expressions import NUMBER, TEXT, Column, Expression, Literal
from domain.features.rules import (
    SHARE_SCALE,
    Aggregate,
    AsOf,
    BackOffRate,
    Basket,
    Facts,
    Share,
    exposure_steps,
    in_millionths,
)
from domain.labels import DEFAULT_LAG_LAW, LagLaw

PRICE, SIZE, ITEM, CATEGORY = Column("net_value"), Column("size"), Column("item_id"), Column("category")
LINES, SALES, RETURNS = Facts


@pytest.mark.parametrize(
    "build",
    [
        lambda: AsOf(Aggregate.COUNT, LINES, (), PRICE),
        lambda: AsOf(Aggregate.SUM, LINES, (ITEM,)),
        lambda: AsOf(Aggregate.MEAN, LINES, (ITEM,), SIZE),
        lambda: AsOf(Aggregate.MODE, LINES, (ITEM,), PRICE),
        lambda: AsOf(Aggregate.MIN, LINES, (ITEM,), PRICE),
        lambda: AsOf(Aggregate.COUNT, LINES, (Column("ordered_at"),)),
        lambda: AsOf(Aggregate.COUNT, LINES, (), None, 0),
        lambda: AsOf(Aggregate.MAX, LINES, (), PRICE, 30),
        lambda: AsOf(Aggregate.MODE, LINES, (), SIZE, 30),
        lambda: AsOf(Aggregate.DAYS_SINCE, SALES),
        lambda: AsOf(Aggregate.LAST, SALES, (), PRICE),
        lambda: AsOf(Aggregate.EXPOSURE, RETURNS),
        lambda: Basket(Aggregate.LAST, PRICE),
        lambda: Basket(Aggregate.EXPOSURE),
        lambda: Basket(Aggregate.SUM),
        lambda: Basket(Aggregate.DISTINCT, PRICE),
        lambda: Basket(Aggregate.MAX, PRICE, different=(SIZE,)),
        lambda: Basket(Aggregate.COUNT, same=(Column("ordered_at"),)),
        lambda: BackOffRate(()),
        lambda: BackOffRate(((),)),
        lambda: BackOffRate(((ITEM,),), 0.0),
        lambda: BackOffRate(((ITEM,),), float("nan")),
    ],
)
def test_a_malformed_rule_fails_when_it_is_built(build: Callable[[], Expression]) -> None:
    with pytest.raises(RuleError):
        build()


def test_a_rule_knows_its_kind() -> None:
    assert AsOf(Aggregate.MODE, LINES, (ITEM,), SIZE).kind is TEXT
    assert {rule.kind for rule in (AsOf(Aggregate.COUNT, LINES), Basket(Aggregate.COUNT), Share(PRICE))} == {NUMBER}


def test_a_back_off_rate_loses_the_levels_that_a_source_lacks_and_falls_with_its_finest() -> None:
    rate = BackOffRate(((CATEGORY,), (ITEM,), (ITEM, SIZE)))

    assert rate.without(frozenset({"category"})) == BackOffRate(((ITEM,), (ITEM, SIZE)))
    assert rate.without(frozenset({"size"})) is None


@pytest.mark.parametrize(
    "rule",
    [
        AsOf(Aggregate.COUNT, LINES, (ITEM, SIZE)),
        AsOf(Aggregate.MODE, LINES, (ITEM,), SIZE),
        Basket(Aggregate.DISTINCT, SIZE),
        Basket(Aggregate.COUNT, same=(SIZE,)),
        Basket(Aggregate.COUNT, different=(SIZE,)),
        Share(PRICE, (SIZE,)),
        Basket(Aggregate.MAX, BackOffRate(((SIZE,),))),
    ],
)
def test_a_rule_falls_with_any_column_that_it_cannot_do_without(rule: Expression) -> None:
    assert rule.without(frozenset({"size"})) is None
    assert rule.without(frozenset({"colour"})) == rule


def test_a_composite_is_made_of_what_it_stands_for() -> None:
    share = Share(Literal(1.0), (ITEM,), own=False)

    parts = [part for part in share.walk() if isinstance(part, Basket)]

    assert parts == [
        Basket(Aggregate.SUM, Literal(1.0), (ITEM,), own=False),
        Basket(Aggregate.SUM, Literal(1.0), own=False),
    ]


def test_equal_rules_are_equal_values() -> None:
    assert len({BackOffRate(((ITEM,),)), BackOffRate(((Column("item_id"),),)), BackOffRate(((SIZE,),))}) == 2


@pytest.mark.parametrize(
    ("number", "whole"),
    [(None, None), (1.5, 1_500_000), (0.0000005, 0), (0.0000015, 2), (-1e12, -(10**18)), (1.1e12, None)],
)
def test_numbers_are_aggregated_in_millionths_with_ties_to_even(number: float | None, whole: int | None) -> None:
    assert in_millionths(number) == whole


@given(st.lists(st.tuples(st.integers(0, 90), st.floats(0.0001, 1)), min_size=1, max_size=10))
def test_the_steps_of_exposure_add_up_to_the_lag_law(drawn: list[tuple[int, float]]) -> None:
    ages, shares = sorted({age for age, _ in drawn}), sorted({round(share, 4) for _, share in drawn} | {1.0})
    steps = tuple(zip(ages[-len(shares) :], shares[-len(ages) :], strict=False))
    law = LagLaw(steps)

    for age_days in range(95):
        weight = sum(increase for age, increase in exposure_steps(law) if age <= age_days)
        assert weight / SHARE_SCALE == pytest.approx(law.share(age_days))


def test_a_line_older_than_the_law_weighs_one() -> None:
    assert sum(increase for _, increase in exposure_steps(DEFAULT_LAG_LAW)) == SHARE_SCALE
