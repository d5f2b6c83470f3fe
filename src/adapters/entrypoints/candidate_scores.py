"""`returncast score-candidates`: what showing an item to a customer is worth net of returns, for a recommender."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Annotated

import typer

from adapters.bootstrap.runs import composition, workflow_for
from adapters.entrypoints.console import out, print_json, print_table
from adapters.entrypoints.options import AsJson, AsOf, Lake, Source, parse_day, use_lake
from adapters.entrypoints.progress import LoggedProgress
from application.candidates.score_candidates import ASIDE, STEP, TABLE
from domain.recommendation.candidates import CANDIDATES
from domain.snapshot import Json, Manifest
from domain.source.mapping import SourceMapping
from domain.source.money import NO_CURRENCY
from ports.table_store import Row

SHOWN = 10
_HEAD = ("row", "customer", "item", "price", "p", "baseline", "cost", "margin", "known")
_LEGEND = "cost: expected, of its return; margin: net of returns, if bought; known: lines of the item / of the customer"


def score_candidates(
    file: Annotated[Path, typer.Argument(help="The candidates: .csv (commas, UTF-8) or .parquet.", show_default=False)],
    out_file: Annotated[Path | None, typer.Option("--out", help="Where the rows go: .csv or .parquet.")] = None,
    source: Source = "bundled",
    as_of: AsOf = None,
    lake: Lake = None,
    json: AsJson = False,
) -> None:
    r"""Score items that may be shown to customers: chance of a return, its cost, net margin.

    The file has a row a candidate. Columns, others being ignored:

      customer_id  whom the item may be shown to; empty for a guest

      item_id      the item

      price        of a unit before discount, as the source has it; empty: its latest

      quantity     units; empty: 1

      discount     share of the price taken off, 0 to 1; empty: 0

    Each is judged as if it were bought on the day, alone in a basket, by the champion
    that stands then, and sees only what was known before. Multiply
    margin_net_of_returns by your own chance of buying, and rank by that.
    docs/outputs.md explains every column of the answer.

    The lake must hold a run of the source: returncast run --as-of DAY

    Example:
      printf 'customer_id,item_id,price\nann,shirt-m,29.90\n,shirt-l,\n' > candidates.csv

      returncast score-candidates candidates.csv --as-of 2019-05-01 --out scored.csv
    """
    use_lake(lake)
    # Arrow slows every command's start.
    from adapters.arrow.candidate_file import read_candidate_file  # noqa: PLC0415
    from adapters.arrow.row_file import check_row_file, write_rows  # noqa: PLC0415

    if out_file is not None:
        check_row_file(out_file)
    candidates = read_candidate_file(file)
    run = workflow_for(source, parse_day(as_of, "--as-of")).pipeline
    scored = composition().score_candidates(run, candidates.rows, LoggedProgress(STEP))
    rows, set_aside = (_sorted_rows(scored, table) for table in (TABLE, ASIDE))
    if out_file is not None:
        write_rows(out_file, CANDIDATES, rows)
    facts: dict[str, Json] = {
        "shop": run.source.mapping.name,
        "currency": _currency(run.source.mapping),
        "as_of": scored.parameters["as_of"],
        **scored.facts,
        "ignored_columns": list(candidates.ignored),
        "key": scored.key,
        "out": None if out_file is None else str(out_file),
    }
    if json:
        told = None if out_file is not None else [_plain(row) for row in rows]
        print_json({**facts, "set_aside": [_plain(row) for row in set_aside], "candidates": told})
    else:
        _print(facts, rows, set_aside)


def _currency(mapping: SourceMapping) -> str | None:
    """The currency that the mapping names; None where a column holds it, or none is known."""
    named = mapping.currency
    return named if isinstance(named, str) and named != NO_CURRENCY else None


def _sorted_rows(scored: Manifest, table: str) -> list[Row]:
    return sorted(composition().tables.read(scored.table(table)), key=lambda row: int(str(row["row"])))


def _plain(row: Row) -> dict[str, Json]:
    return {name: float(value) if isinstance(value, Decimal) else value for name, value in row.items()}


def _print(facts: Mapping[str, Json], rows: Sequence[Row], set_aside: Sequence[Row]) -> None:
    out.print(f"[bold]{facts['shop']}[/], bought on {facts['as_of']}, amounts in {facts['currency'] or 'its currency'}")
    out.print(f"champion  {facts['model']} ({facts['learner']})", soft_wrap=True)
    if rows:
        title = "All candidates" if len(rows) <= SHOWN else f"The first {SHOWN} of {len(rows):,} candidates"
        print_table(title, _HEAD, map(_cells, rows[:SHOWN]), right=_HEAD[3:])
        out.print(_LEGEND, soft_wrap=True)
    out.print(
        f"rows      {facts['rows_in']:,} in = {facts['rows_kept']:,} kept + {facts['rows_set_aside']:,} set aside + "
        f"{facts['rows_duplicate']:,} duplicates"
    )
    out.print(
        f"of them   {facts['of_new_items']:,} of new items, {facts['for_new_customers']:,} for new customers, "
        f"{facts['for_guests']:,} for guests"
    )
    for row in set_aside[:SHOWN]:
        out.print(f"set aside row {row['row']}: {row['detail']}", soft_wrap=True, markup=False)
    if len(set_aside) > SHOWN:
        out.print(f"set aside {len(set_aside) - SHOWN:,} more; --json lists all")
    if facts["ignored_columns"]:
        out.print(f"ignored   columns {', '.join(facts['ignored_columns'])}", soft_wrap=True, markup=False)
    if facts["out"] is not None:
        out.print(f"output    {len(rows):,} rows in {facts['out']}", soft_wrap=True, markup=False)


def _cells(row: Row) -> tuple[str, ...]:
    bought = row["customer_lines"]
    return (
        str(row["row"]),
        str(row["customer_id"] or "(guest)"),
        str(row["item_id"]),
        f"{row['unit_price']:.2f}",
        f"{row['p']:.3f}",
        f"{row['p_baseline']:.3f}",
        f"{row['expected_return_cost']:.2f}",
        f"{row['margin_net_of_returns']:.2f}",
        f"{row['item_lines']} / {'-' if bought is None else bought}",
    )
