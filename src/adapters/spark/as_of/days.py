"""Popular keys, added up by their days: what a key's facts come to is then as small as the calendar.

A product line gives a row of the day of its order, one that came back another, of the day of its return, so that
rows are as many as days and not as pairs of days. What is asked is a row of its own for each day of order.
"""

from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from adapters.spark.as_of.answers import KeyQuestions
from adapters.spark.as_of.batches import CANCELLED, DAYS, IS_PRODUCT, KNOWN, LINES, ORDERED, PLACE, RETURNED
from adapters.spark.as_of.facts import codes_of
from adapters.spark.as_of.timeline import Ints

_PARTS = {"total": "sum", "support": "count", "largest": "max"}  # what a number comes to over several lines


def daily_facts(lines: pa.Table, asked: KeyQuestions) -> tuple[pa.Table, Ints]:
    """The facts and questions of the lines that have the key, and for every line the place of its answer.

    The table has the key, its hash, DAYS, LINES, PLACE, texts, and of numbers `<value>_total`, `_support`, `_largest`.
    Its facts are one row a key, days and texts, and any of them may be split over several rows; its questions, which
    alone have a PLACE, are one row a key and day of order. The place of a line without the key is -1.
    """
    has_key = np.asarray(lines[asked.hash_name].is_valid())
    keyed = lines.filter(pa.array(has_key))
    questions, place = _questions(keyed, asked)
    products = keyed.filter(keyed[IS_PRODUCT])
    returned = products.filter(products[RETURNED].is_valid())
    sold = _summed(products, asked, (ORDERED, KNOWN, CANCELLED))
    facts = [questions, sold.select(questions.column_names)]
    facts.append(_summed(returned, asked, (RETURNED,)).select(questions.column_names))
    places = np.full(lines.num_rows, -1, np.int64)
    places[has_key] = place
    return pa.concat_tables(facts), places


def _questions(keyed: pa.Table, asked: KeyQuestions) -> tuple[pa.Table, Ints]:
    """A row for each key and day of order, which is no fact itself, and which of them is every line's."""
    _, first, place = np.unique(codes_of(keyed, [*asked.key, ORDERED]), return_index=True, return_inverse=True)
    own = keyed.select([*asked.key, asked.hash_name, ORDERED]).take(pa.array(first))
    columns = dict(zip(own.column_names, own.columns, strict=True)) | {LINES: pa.array(np.zeros(len(first), np.int64))}
    columns |= {PLACE: pa.array(np.arange(len(first)), pa.int32())}
    return _with_nulls(columns, keyed, asked), place


def _summed(rows: pa.Table, asked: KeyQuestions, days: tuple[str, ...]) -> pa.Table:
    texts, numbers = _texts(rows, asked), _numbers(rows, asked)
    by = [*asked.key, asked.hash_name, *days, *texts]
    sums = [(ORDERED, "min"), (IS_PRODUCT, "count"), *((name, how) for name in numbers for how in _PARTS.values())]
    made = rows.group_by(by, use_threads=False).aggregate(sums)
    columns = {name: made[name] for name in by} | {LINES: made[f"{IS_PRODUCT}_count"]}
    # A day on which nothing of the key was ordered is none that anything is asked about.
    columns[ORDERED] = made[ORDERED] if ORDERED in days else made[f"{ORDERED}_min"]
    columns |= {f"{name}_{part}": made[f"{name}_{how}"] for name in numbers for part, how in _PARTS.items()}
    return _with_nulls(columns, rows, asked)


def _with_nulls(columns: Mapping[str, pa.ChunkedArray], rows: pa.Table, asked: KeyQuestions) -> pa.Table:
    """The columns with what they lack of a table of daily facts."""
    kinds = {name: rows.schema.field(name).type for name in (*asked.key, asked.hash_name, *DAYS, *_texts(rows, asked))}
    kinds |= {LINES: pa.int64(), PLACE: pa.int32()}
    kinds |= {f"{name}_{part}": pa.int64() for name in _numbers(rows, asked) for part in _PARTS}
    height = len(columns[LINES])
    return pa.table({name: columns.get(name, pa.nulls(height, kind)) for name, kind in kinds.items()})


def _texts(rows: pa.Table, asked: KeyQuestions) -> list[str]:
    return [name for name in asked.value_names if pa.types.is_string(rows.schema.field(name).type)]


def _numbers(rows: pa.Table, asked: KeyQuestions) -> list[str]:
    return [name for name in asked.value_names if name not in _texts(rows, asked)]
