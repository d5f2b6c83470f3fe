"""The same features in pandas: cumulative sums by key and day, looked up with `merge_asof`."""

import pandas as pd

from benchmarks.as_of_sql import BASKET, COUNTS, KEYS

_DAY_OF = {"lines": "ordered_day", "returns": "returned_day"}


def features(source: str) -> pd.DataFrame:
    """One row a line, all lines in memory at once."""
    lines = pd.read_parquet(source)
    made = lines[["line_id"]].copy()
    for key, column in KEYS.items():
        for name, fact, days in COUNTS:
            upto = _before(lines, column, _DAY_OF[fact], 0)
            made[f"{key}_{name}"] = upto if days is None else upto - _before(lines, column, _DAY_OF[fact], days)
    of_order = lines.assign(one=1).groupby("order_id")
    for name, value in BASKET.items():
        made[name] = of_order["one" if value == "1.0" else value].transform("sum").astype(float)
    return made


def _before(lines: pd.DataFrame, column: str, day: str, shift: int) -> pd.Series:
    """How many facts of each line's key came before its day, so many days sooner."""
    facts = lines.loc[lines[day].notna(), [column, day]]
    counts = facts.groupby([column, day], observed=True).size().rename("count").reset_index()
    counts["day"] = counts[day].astype("int64")
    counts["total"] = counts.groupby(column)["count"].cumsum()
    asked = pd.DataFrame({column: lines[column], "day": lines["ordered_day"].astype("int64") - shift})
    known = counts[[column, "day", "total"]].sort_values("day", kind="stable")
    found = pd.merge_asof(
        asked.sort_values("day", kind="stable").reset_index(names="row"),
        known,
        on="day",
        by=column,
        allow_exact_matches=False,
    )
    return found.set_index("row")["total"].fillna(0.0).sort_index()
