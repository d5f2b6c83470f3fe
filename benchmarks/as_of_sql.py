"""The same features in SQL: for DuckDB, and the forms of Spark SQL that the operator was chosen over."""

KEYS = {"customer": "customer_id", "item": "item_id", "style": "item_group"}
# Name of a count, which fact it counts, and over how many days before the line's; None for all.
COUNTS = (
    ("lines", "lines", None),
    ("returns", "returns", None),
    ("lines_30", "lines", 30),
    ("returns_90", "returns", 90),
)
BASKET = {"basket_lines": "1.0", "basket_units": "quantity", "basket_value": "cents"}


def names() -> list[str]:
    """The columns of the result, beside `line_id`."""
    return [*(f"{key}_{name}" for key in KEYS for name, _, _ in COUNTS), *BASKET]


def duckdb_query(source: str) -> str:
    """Each key by day, trailing sums as windows over the days, joined back to the lines."""
    windows = ", ".join(f"{_window(days)} AS (PARTITION BY key ORDER BY day {_frame(days)})" for days in (None, 30, 90))
    parts = []
    for key, column in KEYS.items():
        sums = ", ".join(
            f"coalesce(sum({fact}) OVER {_window(days)}, 0)::DOUBLE AS {key}_{name}" for name, fact, days in COUNTS
        )
        parts.append(
            f"{key}_days AS ({_by_day(column)}), {key} AS (SELECT key, day, {sums} FROM {key}_days WINDOW {windows})"
        )
    joins = " ".join(
        f"LEFT JOIN {key} ON {key}.key = l.{column} AND {key}.day = l.ordered_day" for key, column in KEYS.items()
    )
    basket = ", ".join(f"sum({value}) OVER basket::DOUBLE AS {name}" for name, value in BASKET.items())
    counts = ", ".join(f"{key}_{name}" for key in KEYS for name, _, _ in COUNTS)
    return (
        f"WITH l AS (FROM read_parquet('{source}')), {', '.join(parts)} "
        f"SELECT line_id, {counts}, {basket} FROM l {joins} WINDOW basket AS (PARTITION BY order_id)"
    )


def spark_days_query(key: str) -> str:
    """One key of the view `l` by day, trailing sums as differences of cumulative ones, joined back to the lines."""
    column = KEYS[key]
    leaving = " ".join(
        f"UNION ALL SELECT key, day + {days}, {_only(name, '-' + fact)} FROM days WHERE {fact} > 0"
        for name, fact, days in COUNTS
        if days is not None
    )
    entering = ", ".join(f"{fact} AS {name}" for name, fact, _ in COUNTS)
    summed = ", ".join(f"sum({name}) AS {name}" for name, _, _ in COUNTS)
    before = ", ".join(f"coalesce(sum({name}) OVER w, 0) AS {key}_{name}" for name, _, _ in COUNTS)
    return (
        f"WITH days AS ({_by_day(column)}), moves AS (SELECT key, day, {entering} FROM days {leaving}), "
        f"moved AS (SELECT key, day, {summed} FROM moves GROUP BY key, day) SELECT key, day, {before} FROM moved "
        "WINDOW w AS (PARTITION BY key ORDER BY day ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)"
    )


def spark_union_query(key: str) -> str:
    """One key of the view `l`: lines, and what enters and leaves each count, in one union under a cumulative window.

    What is known before a day enters at its start, so that moves of a day come before its questions.
    """
    column = KEYS[key]
    every = ", ".join(f"0 AS {name}" for name, _, _ in COUNTS)
    moves = []
    for name, fact, days in COUNTS:
        day = "ordered_day" if fact == "lines" else "returned_day"
        moves.append(f"SELECT {column}, {day} + 1, {_only(name, '1')}, null FROM l WHERE {day} IS NOT NULL")
        if days is not None:
            moves.append(
                f"SELECT {column}, {day} + {days + 1}, {_only(name, '-1')}, null FROM l WHERE {day} IS NOT NULL"
            )
    sums = ", ".join(f"sum({name}) OVER w AS {key}_{name}" for name, _, _ in COUNTS)
    return (
        f"SELECT * FROM (SELECT line, {sums} FROM ("
        f"SELECT {column} AS key, ordered_day AS day, {every}, line_id AS line FROM l "
        f"UNION ALL {' UNION ALL '.join(moves)}) WINDOW w AS (PARTITION BY key ORDER BY day, line IS NOT NULL "
        "ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)) WHERE line IS NOT NULL"
    )


def _by_day(column: str) -> str:
    return (
        f"SELECT key, day, sum(lines) AS lines, sum(returns) AS returns FROM ("
        f"SELECT {column} AS key, ordered_day AS day, 1 AS lines, 0 AS returns FROM l UNION ALL "
        f"SELECT {column}, returned_day, 0, 1 FROM l WHERE returned_day IS NOT NULL) GROUP BY key, day"
    )


def _only(name: str, amount: str) -> str:
    """An amount for one count, nothing for the others."""
    return ", ".join(amount if name == other else "0" for other, _, _ in COUNTS)


def _window(days: int | None) -> str:
    return "ever" if days is None else f"last_{days}"


def _frame(days: int | None) -> str:
    return f"RANGE BETWEEN {'UNBOUNDED' if days is None else days} PRECEDING AND 1 PRECEDING"
