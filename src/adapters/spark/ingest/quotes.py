"""Rows that a quote nobody closed took into one field, so that their record has the right number of fields.

In a file of `n` columns such a field runs from its place in one row to the same place in a later one: it holds, for
each line end, the `n - 1` delimiters of a row. And as no quote closed it where a field ends, Spark's parser leaves
the opening quote in its text; a field that was quoted as it should be may have line ends and delimiters too.
"""

import re
from collections.abc import Sequence
from functools import reduce

from pyspark.sql import Column
from pyspark.sql import functions as F

from domain.source.mapping_parts import TextFormat

LINE_END = "\r\n|\n|\r"


def swallowing_record(places: Sequence[str], form: TextFormat) -> Column:
    """The text of a record of which a field swallowed rows, as near as it can be told; null for any other.

    Args:
        places: the frame's columns in the order of the file's.
        form: how the file is written.
    """
    swallows = reduce(Column.__or__, (_swallows(F.col(place), len(places), form) for place in places))
    return F.when(swallows, F.concat_ws(form.delimiter, *(F.coalesce(F.col(place), F.lit("")) for place in places)))


def _swallows(field: Column, columns: int, form: TextFormat) -> Column:
    has_ends = field.contains("\n") | field.contains("\r")
    ends = F.regexp_count(field, F.lit(LINE_END))
    delimiters = F.regexp_count(field, F.lit(re.escape(form.delimiter)))
    return field.startswith(form.quote) & has_ends & (delimiters == ends * (columns - 1))
