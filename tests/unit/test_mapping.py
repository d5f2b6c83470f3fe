"""What a mapping may declare, and what is refused."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from domain.errors import MappingError
from domain.labels import DEFAULT_LAG_LAW, LabelPolicy
from domain.schema import ColumnType
from domain.source.mapping import SourceMapping
from domain.source.mapping_parts import (
    Attribute,
    Discount,
    OrderColumns,
    ReturnColumns,
    ReturnFlag,
    ReturnRows,
    TakenActions,
    TextFormat,
    Vocabulary,
)

COLUMNS = OrderColumns(order_id="order", item_id="sku", ordered_at="day", quantity="units", unit_price="price")
ROWS = SourceMapping("shop", "rows", "orders.csv", COLUMNS, return_rows=ReturnRows())
FLAG = SourceMapping("shop", "flag", "orders.csv", COLUMNS, flag=ReturnFlag("came back"))
TABLE = SourceMapping(
    "shop",
    "table",
    "orders.csv",
    COLUMNS,
    returns="returns.csv",
    return_columns=ReturnColumns(order_id="order", item_id="sku", returned_at="day", quantity="units"),
)


def test_the_label_takes_the_window_and_the_feed_delay_as_recording_lag() -> None:
    mapping = replace(ROWS, window_days=30, feed_delay_days=2)
    assert mapping.label_policy() == LabelPolicy(30, 2)


def test_a_recording_lag_of_its_own_is_taken() -> None:
    assert replace(ROWS, feed_delay_days=2, recording_lag_days=5).label_policy() == LabelPolicy(60, 5)


def test_dated_returns_are_exposed_by_the_default_law_moved_by_the_feed_delay() -> None:
    law = replace(ROWS, feed_delay_days=3).exposure_law()
    assert law.steps == tuple((age + 3, share) for age, share in DEFAULT_LAG_LAW.steps)


def test_without_a_declared_law_returns_are_taken_to_come_within_the_window() -> None:
    assert replace(ROWS, window_days=30).exposure_law().share(30) == 1


def test_a_declared_law_replaces_the_default() -> None:
    assert replace(ROWS, lag_law=((7, 0.5), (30, 1.0))).exposure_law().steps == ((7, 0.5), (30, 1.0))


def test_a_flag_is_known_in_one_step_when_window_and_lag_are_over() -> None:
    mapping = replace(FLAG, window_days=30, recording_lag_days=4, lag_law=((7, 0.5), (30, 1.0)))
    assert mapping.exposure_law().steps == ((34, 1.0),)


def test_a_flag_has_no_days_of_return_unless_a_law_is_declared() -> None:
    assert not FLAG.is_dated
    assert replace(FLAG, lag_law=((7, 0.5), (30, 1.0))).is_dated
    assert ROWS.is_dated


def test_lines_that_say_when_they_came_back_are_dated_like_any_return() -> None:
    dated = replace(FLAG, flag=ReturnFlag("came back", returned_at="back on"), feed_delay_days=3)
    assert dated.is_dated
    assert not dated.has_undated_returns
    assert dated.exposure_law() == replace(ROWS, feed_delay_days=3).exposure_law()


def test_return_rows_below_0_need_a_quantity_and_marked_ones_do_not() -> None:
    columns = replace(COLUMNS, quantity=None)
    with pytest.raises(MappingError, match="negative_quantity need the column"):
        replace(ROWS, columns=columns)
    marked = ReturnRows("marker", "order", "C")
    assert replace(ROWS, columns=columns, return_rows=marked).columns.quantity is None


def test_a_flag_that_says_nothing_is_refused() -> None:
    with pytest.raises(MappingError, match="no column that says what came back"):
        ReturnFlag()


def test_prices_with_tax_are_divided_by_one_and_the_rate() -> None:
    assert replace(ROWS, prices_include_tax=True, tax_rate=0.21).tax_divisor == Decimal("1.21")
    assert replace(ROWS, tax_rate=0.21).tax_divisor == 1


def test_attributes_join_the_order_lines_by_name_in_their_type() -> None:
    attributes = {"device": Attribute("dev", "categorical"), "basket_age": Attribute("age", "numeric")}
    last = replace(ROWS, attributes=attributes).order_lines_schema().columns[-2:]
    assert [(column.name, column.type) for column in last] == [
        ("attr_basket_age", ColumnType.NUMBER),
        ("attr_device", ColumnType.TEXT),
    ]


@pytest.mark.parametrize(
    ("declare", "said"),
    [
        (lambda: replace(ROWS, name="My Shop"), "My Shop"),
        (lambda: replace(ROWS, returns="returns.csv"), "'returns'"),
        (lambda: replace(ROWS, return_rows=None), "tells a return row"),
        (lambda: replace(TABLE, returns=None), "'returns'"),
        (lambda: replace(TABLE, flag=ReturnFlag("f")), "'flag'"),
        (lambda: replace(FLAG, flag=None), "'flag'"),
        (lambda: replace(FLAG, return_columns=ReturnColumns(reason="why")), "return_columns"),
        (lambda: replace(TABLE, return_columns=ReturnColumns(item_id="sku")), "day of a return"),
        (lambda: replace(TABLE, return_columns=ReturnColumns(returned_at="day")), "neither a line nor an item"),
        (lambda: replace(TABLE, return_columns=ReturnColumns(order_id="order")), "name orders only"),
        (
            lambda: replace(TABLE, return_columns=ReturnColumns(order_id="order", customer_id="b", returned_at="day")),
            "name orders only",
        ),
        (lambda: replace(ROWS, currency="euro"), "euro"),
        (lambda: replace(ROWS, tax_rate=20.0), "20.0"),
        (lambda: replace(ROWS, prices_include_tax=True), "no rate"),
        (lambda: replace(ROWS, feed_delay_days=-1), "negative"),
        (lambda: replace(ROWS, feed_delay_days=3, recording_lag_days=2), "shorter than the feed delay"),
        (lambda: replace(ROWS, window_days=0), "window of 0"),
        (lambda: replace(ROWS, lag_law=((7, 0.5),)), "return-lag law"),
        (lambda: replace(ROWS, excluded_outcomes=("barter",)), "barter"),
        (lambda: replace(ROWS, kinds=Vocabulary({"thing": ("a",)})), "thing"),
        (lambda: replace(ROWS, kinds=Vocabulary({"product": ("a",), "service": ("A",)})), "two meanings"),
        (lambda: replace(ROWS, attributes={"Big Name": Attribute("c", "numeric")}), "Big Name"),
        (lambda: replace(ROWS, attributes={"refund_amount": Attribute("c", "numeric")}), "known only after the order"),
        (lambda: replace(ROWS, format=TextFormat(timezone="Mars/Base")), "Mars/Base"),
        (lambda: TextFormat(decimal=",", thousands=","), "told apart"),
        (lambda: TextFormat(dates=()), "no date format"),
        (lambda: TextFormat(dates=("dd/MM",)), "dd/MM"),
        (lambda: TextFormat(dates=("dd.MM.y",)), "dd.MM.y"),
        (Discount, "either"),
        (lambda: Discount(share="s", of="t"), "'of'"),
        (lambda: ReturnRows("marker", column="order"), "prefix"),
        (lambda: ReturnRows("returned_quantity"), "'column'"),
    ],
)
def test_a_contradiction_is_refused_with_its_name(declare: Callable[[], object], said: str) -> None:
    with pytest.raises(MappingError) as refused:
        declare()
    assert said in refused.value.problem
    assert refused.value.remedy


def test_returns_of_whole_orders_are_told_how_to_become_a_flag() -> None:
    with pytest.raises(MappingError) as refused:
        replace(TABLE, return_columns=ReturnColumns(order_id="Order ID"))
    assert "Join them to the orders as a column that says returned, and map it as [flag]" in refused.value.remedy


def test_the_last_mature_day_respects_the_recording_lag() -> None:
    policy = replace(ROWS, window_days=30, recording_lag_days=5).label_policy()
    assert not policy.is_mature(date(2024, 1, 1), date(2024, 2, 5))
    assert policy.is_mature(date(2024, 1, 1), date(2024, 2, 6))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "no line_id"),
        ({"line_id": "line", "available_at": "known"}, "both updated_at and available_at"),
    ],
)
def test_versions_need_a_key_and_one_clock(changes: dict[str, str], said: str) -> None:
    columns = replace(COLUMNS, updated_at="changed", **changes)
    with pytest.raises(MappingError, match=said):
        replace(ROWS, columns=columns)


def test_a_flag_has_no_versions_to_read_as_of_a_day() -> None:
    with pytest.raises(MappingError, match="is its outcome"):
        replace(FLAG, columns=replace(COLUMNS, line_id="line", updated_at="changed"))


def test_a_record_of_actions_is_written_as_the_orders_or_with_iso_days_unless_it_says_otherwise() -> None:
    taken = TakenActions("done.csv")
    german = TextFormat(delimiter=";", dates=("dd.MM.yyyy",))
    beside = replace(ROWS, format=german, taken_actions=taken)
    assert beside.format_of_taken_actions == replace(german, dates=("dd.MM.yyyy", "iso"))
    own = TextFormat(delimiter="|")
    assert replace(beside, taken_actions=replace(taken, format=own)).format_of_taken_actions == own
    assert replace(ROWS, format=own, taken_actions=taken).format_of_taken_actions == own
