"""The report's parts about returned stock, items and what monitoring watched."""

import heapq
import math
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta

from domain import cells
from domain.days import date_of
from domain.snapshot import Json, Manifest
from ports.report_content import (
    Estimate,
    ItemRisk,
    Items,
    Measure,
    Stock,
    StockDay,
    StockGroup,
    StockRecord,
    StockWeek,
)
from ports.table_store import Row, TableStore

GROUPS_SHOWN = 10
ITEMS_SHOWN = 12
NO_CATEGORY = "no category"
WEEK = timedelta(days=7)


def stock_part(forecast: Manifest, tables: TableStore) -> tuple[Stock | None, str | None]:
    """The forecast of returned units, or None and why it was left out."""
    facts = forecast.facts
    if facts.get("skipped"):
        return None, str(facts["skipped"])
    days = tuple(sorted((_day(row) for row in tables.read(forecast.table("stock_total"))), key=lambda d: d.day))
    outlook = facts["next_28_days"]
    categories = _groups(tables.read(forecast.table("stock_category")), "category", "expected_arrivals")
    stock = Stock(
        arrivals=_bounds(outlook["arrivals"]),
        open_units=outlook["expected_units"],
        days=days,
        weeks=_weeks(days, outlook["arrivals_by_week"]),
        categories=_largest(categories),
        categories_in_all=len(categories),
        items=_largest(_groups(tables.read(forecast.table("stock_item"), _ITEM_COLUMNS), "item_id", None)),
        record=_record(facts["backtest"]),
    )
    return stock, None


def items_part(tabulated: Manifest, tables: TableStore) -> Items:
    """How many items there are, and those whose sold lines stand for the highest cost of returns."""
    table = tabulated.table("items")
    top = heapq.nsmallest(
        ITEMS_SHOWN, tables.read(table), key=lambda row: (-_cost_of_all(row), cells.text(row, "item_id"))
    )
    return Items(table.rows, tuple(_item(row) for row in top))


def monitoring_part(monitored: Manifest, tables: TableStore) -> tuple[Measure, ...]:
    """Every measure of the run, by name."""
    rows = sorted(tables.read(monitored.table("monitoring")), key=lambda row: cells.text(row, "measure"))
    return tuple(_measure(row) for row in rows)


_ITEM_COLUMNS = ("item_id", "expected_units", "expected_sellable_units")


def _day(row: Row) -> StockDay:
    return StockDay(
        day=date_of(cells.day(row, "day")).isoformat(),
        open_units=cells.number(row, "expected_units"),
        future_units=cells.number(row, "expected_units_future_orders"),
        arrivals=cells.number(row, "expected_arrivals"),
        arrivals_p10=cells.number(row, "arrivals_p10"),
        arrivals_p90=cells.number(row, "arrivals_p90"),
        sellable_units=_optional_number(row, "expected_sellable_units"),
    )


def _weeks(days: tuple[StockDay, ...], bounds: Iterable[Json]) -> tuple[StockWeek, ...]:
    if not days:
        return ()
    first = date.fromisoformat(days[0].day)
    starts = (first + WEEK * number for number in range(len(days)))
    return tuple(
        StockWeek(start.isoformat(), (start + WEEK - timedelta(days=1)).isoformat(), _bounds(week))
        for start, week in zip(starts, bounds, strict=False)
    )


def _groups(rows: Iterable[Row], name: str, arrivals: str | None) -> list[StockGroup]:
    gathered: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        gathered[cells.optional_text(row, name) or NO_CATEGORY].append(row)
    return [_group(key, members, arrivals) for key, members in gathered.items()]


def _largest(groups: Iterable[StockGroup]) -> tuple[StockGroup, ...]:
    return tuple(heapq.nsmallest(GROUPS_SHOWN, groups, key=lambda g: (-(g.arrivals or g.open_units), g.name)))


def _group(name: str, rows: list[Row], arrivals: str | None) -> StockGroup:
    sellable = [_optional_number(row, "expected_sellable_units") for row in rows]
    known = [value for value in sellable if value is not None]
    return StockGroup(
        name=name,
        open_units=math.fsum(cells.number(row, "expected_units") for row in rows),
        arrivals=None if arrivals is None else math.fsum(cells.number(row, arrivals) for row in rows),
        sellable_units=math.fsum(known) if known else None,
    )


def _record(judged: Json) -> StockRecord:
    if not judged["origins"]:
        return StockRecord(0, None, None, None, None)
    weekly = judged["shop"]["weekly"]
    return StockRecord(
        origins=judged["origins"],
        weekly_error=weekly["wape"],
        weekly_bias=weekly["bias"],
        simple_error=judged["shop"]["last_4_weeks_mean"]["wape"],
        coverage=judged["coverage_p10_p90"]["shop_day"],
    )


def _bounds(figure: Json) -> Estimate:
    return Estimate(figure["expected"], figure["p10"], figure["p90"])


def _cost_of_all(row: Row) -> float:
    return cells.number(row, "expected_cost_of_sale") * cells.integer(row, "units")


def _item(row: Row) -> ItemRisk:
    return ItemRisk(
        item_id=cells.text(row, "item_id"),
        item_group=cells.optional_text(row, "item_group"),
        category=cells.optional_text(row, "category"),
        units=cells.integer(row, "units"),
        return_probability=cells.number(row, "return_probability"),
        support=cells.number(row, "support"),
        mean_net_price=cells.number(row, "mean_net_price"),
        expected_cost_of_sale=cells.number(row, "expected_cost_of_sale"),
        margin_net_of_returns=cells.number(row, "margin_net_of_returns"),
        penalty=cells.number(row, "penalty"),
    )


def _measure(row: Row) -> Measure:
    family, _, subject = cells.text(row, "measure").partition(".")
    return Measure(
        family=family,
        subject=subject,
        value=_optional_number(row, "value"),
        reference=_optional_number(row, "reference"),
        threshold=_optional_number(row, "threshold"),
        crossed=bool(row["crossed"]),
        detail=cells.text(row, "detail"),
        alert=bool(row["alert"]),
    )


def _optional_number(row: Row, name: str) -> float | None:
    return None if row[name] is None else cells.number(row, name)
