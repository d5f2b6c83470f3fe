import math
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import RuleError
from domain.features.expressions import (
    KNOWN_LATER,
    NUMBER,
    OPERATIONS,
    TEXT,
    Column,
    Literal,
    Operation,
    evaluate,
    finite,
)

PRICE, SIZE = Column("net_value"), Column("size")
NUMBERS = st.none() | st.floats(allow_nan=False, allow_infinity=False)


@pytest.mark.parametrize(
    ("name", "args", "value"),
    [
        ("add", (1.0, 2.0), 3.0),
        ("subtract", (1.0, 1.0), 0.0),
        ("multiply", (1e200, 1e200), None),
        ("divide", (1.0, 4.0), 0.25),
        ("divide", (1.0, 0.0), None),
        ("divide", (0.0, 0.0), None),
        ("log1p", (math.e - 1,), 1.0),
        ("log1p", (-1.0,), None),
        ("floor", (-0.5,), -1.0),
        ("floor", (1e300,), 1e300),
        ("absolute", (-2.0,), 2.0),
        ("minimum", (1.0, 2.0), 1.0),
        ("maximum", (1.0, None), None),
        ("equal", ("a", "a"), 1.0),
        ("equal", (None, None), None),
        ("less", (1.0, 1.0), 0.0),
        ("less_equal", (1.0, 1.0), 1.0),
        ("both", (0.0, None), None),
        ("both", (2.0, 1.0), 1.0),
        ("either", (0.0, 2.0), 1.0),
        ("negation", (0.0,), 1.0),
        ("is_null", (None,), 1.0),
        ("is_null", ("",), 0.0),
        ("coalesce", (None, None, "b"), "b"),
        ("coalesce", (None, None), None),
        ("if_else", (1.0, "a", None), "a"),
        ("if_else", (0.0, "a", None), None),
        ("if_else", (2.0, "a", "b"), "a"),
        ("if_else", (None, "a", "b"), None),
        ("day_of_week", (datetime(2024, 2, 29, 23, 59, tzinfo=UTC),), 3.0),
        ("size_rank", ("3XL",), 4.0),
        ("size_rank", ("xs / slim",), -2.0),
        ("size_rank", ("38.5 EU",), 38.5),
        ("size_rank", ("one size",), None),
        ("size_part", ("34 / B / FtO", 1.0), "34"),
        ("size_part", ("34 / B / FtO", 3.0), "FtO"),
        ("size_part", ("M+ / Sl", 1.0), "M+"),
        ("size_part", ("W32-L34", 2.0), "L34"),
        ("size_part", ("10.5 (wide)", 2.0), "wide"),
        ("size_part", ("größe 38", 1.0), "größe"),
        ("size_part", ("42", 2.0), None),
        ("size_part", ("M\u00a0/ long", 1.0), "M"),
        ("size_part", ("38\u201340", 2.0), "40"),
        ("size_part", ("34\n/32", 1.0), "34"),
        ("size_part", ("42", 0.0), None),
        ("size_part", ("42", -1.0), None),
        ("size_part", ("42 wide", 1.9), "42"),
        ("size_part", (" / ", 1.0), None),
        ("hour", (datetime(2024, 1, 1, 1, 30, tzinfo=timezone(timedelta(hours=3))),), 22.0),
    ],
)
def test_an_operation_has_the_value_that_the_table_defines(
    name: str, args: tuple[float | str | None, ...], value: float | str | None
) -> None:
    assert evaluate(name, args) == value


@given(st.sampled_from([name for name, sign in OPERATIONS.items() if sign.gives is NUMBER]), NUMBERS, NUMBERS)
def test_a_number_is_finite_and_never_minus_zero(name: str, first: float | None, second: float | None) -> None:
    takes = OPERATIONS[name].takes
    if set(takes) <= {NUMBER, None}:
        value = evaluate(name, (first, second)[: len(takes)])
        assert value is None or (isinstance(value, float) and math.isfinite(value) and str(value) != "-0.0")


@given(st.sampled_from(list(OPERATIONS)), NUMBERS)
def test_null_in_gives_null_out_but_where_nulls_are_looked_at(name: str, other: float | None) -> None:
    takes = OPERATIONS[name].takes
    if name not in {"is_null", "coalesce"}:
        assert evaluate(name, (None, other, other)[: len(takes)]) is None


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_no_finite_number_is_null(value: float) -> None:
    assert finite(value) is None


@pytest.mark.parametrize("name", sorted(KNOWN_LATER))
def test_a_column_known_only_after_the_order_is_refused_also_as_an_attribute(name: str) -> None:
    with pytest.raises(RuleError, match="known only after"):
        Column(name)
    with pytest.raises(RuleError, match="known only after"):
        Column(f"attr_{name}", TEXT)


def test_what_comes_after_the_order_is_among_the_refused_columns() -> None:
    assert {
        *("refund_amount", "delivered_at", "dispatched_at", "cancelled_quantity", "returnable_until"),
        *("returned_at", "disposition", "outcome", "reason", "available_at", "fate"),
    } <= KNOWN_LATER


@pytest.mark.parametrize(
    "build",
    [
        lambda: Column("prize"),
        lambda: Column("attr_country"),
        lambda: Column("size", TEXT),
        lambda: Column("attr_when", Column("ordered_at").kind),
        lambda: Literal(math.inf),
        lambda: Operation("power", (PRICE, PRICE)),
        lambda: Operation("add", (PRICE,)),
        lambda: Operation("add", (PRICE, SIZE)),
        lambda: Operation("equal", (PRICE, SIZE)),
        lambda: Operation("is_null", (Column("ordered_at"),)),
        lambda: Operation("coalesce", (SIZE,)),
        lambda: Operation("coalesce", (SIZE, SIZE, PRICE)),
        lambda: Operation("if_else", (SIZE, PRICE, PRICE)),
        lambda: Operation("hour", (PRICE,)),
    ],
)
def test_a_malformed_expression_fails_when_it_is_built(build: object) -> None:
    assert callable(build)
    with pytest.raises(RuleError):
        build()


def test_the_kind_of_a_choice_is_that_of_its_branches() -> None:
    assert Operation("coalesce", (SIZE, Literal("none"))).kind is TEXT
    assert Operation("if_else", (PRICE, PRICE, Literal(1.0))).kind is NUMBER


def test_without_a_column_a_choice_goes_on_with_what_is_left_and_all_else_falls() -> None:
    style = Operation("coalesce", (Column("item_group"), Column("item_id")))
    absent = frozenset({"item_group"})

    assert style.without(absent) == Column("item_id")
    assert Operation("equal", (style, SIZE)).without(absent) == Operation("equal", (Column("item_id"), SIZE))
    assert Operation("equal", (style, SIZE)).without(frozenset({"size"})) is None
    assert style.without(frozenset({"item_group", "item_id"})) is None
