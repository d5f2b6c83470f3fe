"""Popular keys, added up by their days: what a key's facts come to is then as small as the calendar.

A line gives a row of the day of its order, and a product line that came back another, of the day of its return, so that
rows are as many as days and not as pairs of days.
"""

import pyarrow as pa
import pyarrow.compute as pc

from adapters.spark.as_of_answers import KeyQuestions
from adapters.spark.as_of_batches import CANCELLED, DAYS, IS_PRODUCT, KNOWN, LINES, ORDERED, RETURNED


def daily_facts(lines: pa.Table, asked: KeyQuestions) -> pa.Table:
    """The facts of the lines that have the key, one row a key, days and texts: summed over numbers.

    Gives the key, its hash, DAYS, LINES, and `<value>_total`, `_support` and `_largest` of numbers; any of
    them may be split over several rows.
    """
    keyed = lines.filter(lines[asked.hash_name].is_valid())
    keyed = keyed.append_column(LINES, keyed[IS_PRODUCT].cast(pa.int64()))
    returned = keyed.filter(pc.and_(keyed[IS_PRODUCT], keyed[RETURNED].is_valid()))
    sold = _summed(keyed, asked, (ORDERED, KNOWN, CANCELLED))
    return pa.concat_tables([sold, _summed(returned, asked, (RETURNED,)).select(sold.column_names)])


def _summed(rows: pa.Table, asked: KeyQuestions, days: tuple[str, ...]) -> pa.Table:
    texts = [name for name in asked.value_names if pa.types.is_string(rows.schema.field(name).type)]
    numbers = [name for name in asked.value_names if name not in texts]
    by = [*asked.key, asked.hash_name, *days, *texts]
    sums = [(LINES, "sum"), (ORDERED, "min"), *((name, how) for name in numbers for how in ("sum", "count", "max"))]
    made = rows.group_by(by, use_threads=False).aggregate(sums)
    # A day on which nothing of the key was ordered is none that anything is asked about.
    ordered = made[ORDERED] if ORDERED in days else made[f"{ORDERED}_min"]
    given = {day: made[day] if day in days else pa.nulls(made.num_rows, rows.schema.field(day).type) for day in DAYS}
    columns = {name: made[name] for name in (*asked.key, asked.hash_name)} | given | {ORDERED: ordered}
    columns |= {LINES: made[f"{LINES}_sum"]} | {name: made[name] for name in texts}
    for name in numbers:
        for part, how in (("total", "sum"), ("support", "count"), ("largest", "max")):
            columns[f"{name}_{part}"] = made[f"{name}_{how}"]
    return pa.table(columns)
