"""`returncast backtest-stock`: how good the stock forecast would have been on earlier days."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated

import typer

from adapters.arrow.row_file import check_row_file, write_rows
from adapters.bootstrap.runs import composition, source_called
from adapters.entrypoints.console import out, print_json, print_table
from adapters.entrypoints.options import AsJson, AsOf, Lake, Source, parse_day, use_lake
from adapters.entrypoints.progress import LoggedProgress
from application.backtests.backtest_stock import STOCK_BACKTEST, StockBacktest, StockBacktestRequest
from domain.errors import ConfigurationError
from domain.snapshot import Json

WEEK = timedelta(days=7)


def backtest_stock(
    first: Annotated[
        str | None, typer.Option("--from", metavar="YYYY-MM-DD", help="First weekly origin. Give this, --day or both.")
    ] = None,
    days: Annotated[
        list[str] | None, typer.Option("--day", metavar="YYYY-MM-DD", help="An origin; may repeat.")
    ] = None,
    out_file: Annotated[Path | None, typer.Option("--out", help="Where the table goes: .csv or .parquet.")] = None,
    source: Source = "bundled",
    as_of: AsOf = None,
    lake: Lake = None,
    json: AsJson = False,
) -> None:
    """Forecast returned units at earlier days, each knowing only what was known then, and compare with what came.

    Actual units are those that came back of lines open at the origin. Beside the forecast stand six simple ones. A shop
    too large to count by item is judged by category and shop.

    Example: returncast backtest-stock --from 2018-12-16 --out stock.csv
    """
    use_lake(lake)
    if out_file is not None:
        check_row_file(out_file)
    result = _run(source, parse_day(as_of, "--as-of"), parse_day(first, "--from"), days or [])
    if out_file is not None:
        write_rows(out_file, STOCK_BACKTEST, result.rows)
    if json:
        print_json({**result.facts, "table": list(result.rows)})
    else:
        print_stock_backtest(result)


def _run(source: str, as_of: date | None, first: date | None, days: Sequence[str]) -> StockBacktest:
    request = composition().request(as_of)
    workflow = composition().workflow(source_called(source), request)
    for step in ("ingest", "match"):
        workflow.run(step, LoggedProgress(step))
    pipeline = workflow.pipeline
    return composition().backtest_stock(
        StockBacktestRequest(
            lines=pipeline.require("ingest").table("order_lines"),
            line_returns=pipeline.require("match").table("line_returns"),
            labels=request.label_policy(pipeline.source.mapping),
            law=pipeline.source.mapping.return_law(),
            as_of=pipeline.known_as_of(),
            origins=_origins(first, days, pipeline.known_as_of()),
        )
    )


def _origins(first: date | None, days: Sequence[str], as_of: date) -> list[date]:
    named = [day for text in days if (day := parse_day(text, "--day")) is not None]
    if first is None and not named:
        raise ConfigurationError("No origin is named.", "Give --from for weekly origins, or --day, or both.")
    weekly = [first + WEEK * week for week in range((as_of - first).days // 7 + 1)] if first is not None else []
    return [*weekly, *named]


def print_stock_backtest(result: StockBacktest) -> None:
    """The figures of every level and forecast, what is left out and why, each origin, and what the intervals held."""
    facts = result.facts
    columns = ("weeks", "level", "forecast", "units", "WAPE", "bias", "CRPS")
    rows = [tuple(_text(row[name]) for name in STOCK_BACKTEST.names) for row in result.rows]
    print_table(f"{len(facts['origins'])} origins; units of lines open at the origin", columns, rows, right=columns[3:])
    for reason, names in _left_out(facts["left_out"]).items():
        out.print(f"left out: {' and '.join(names)}. {reason}", soft_wrap=True)
    for origin in facts["origins"]:
        out.print(_origin_line(origin), soft_wrap=True)
    out.print(f"mean absolute relative error of four weeks: {_text(facts['mean_absolute_relative_error'])}")
    for name, held in facts["coverage"].items():
        share = f"{_text(held['share'])}, 95 % interval {_text(held['low'])} to {_text(held['high'])}"
        out.print(f"P10 to P90 held {held['hits']} of {held['of']} {name.replace('_', ' ')} ({share})", soft_wrap=True)


def _left_out(reasons: Mapping[str, str]) -> dict[str, list[str]]:
    names: dict[str, list[str]] = {}
    for level, reason in reasons.items():
        names.setdefault(reason, []).append(level)
    return names


def _origin_line(origin: Mapping[str, Json]) -> str:
    wape = ", ".join(f"{level} {_text(value)}" for level, value in origin["wape"].items())
    return (
        f"{origin['origin']}: {origin['expected_units']:.0f} expected, {origin['actual_units']:.0f} came; weekly WAPE: "
        f"{wape}"
    )


def _text(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.3f}"
    return "-" if value is None else str(value)
