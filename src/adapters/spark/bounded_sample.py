"""A sample that is the same on every run and never larger than its bound."""

from itertools import accumulate, takewhile

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

BUCKETS = 1 << 16


def bounded_sample(frame: DataFrame, key: str, max_rows: int) -> DataFrame:
    """At most `max_rows` rows: those whose key hashes into the first buckets that fit together.

    Whether a row is drawn depends on the keys in the frame alone, not on their order or layout.
    """
    bucket = F.pmod(F.xxhash64(key), F.lit(BUCKETS))
    counted = frame.groupBy(bucket.alias("bucket")).count().orderBy("bucket").collect()
    totals = accumulate(row["count"] for row in counted)
    kept = sum(1 for _ in takewhile(lambda total: total <= max_rows, totals))
    if kept == len(counted):
        return frame
    return frame.where(bucket < counted[kept]["bucket"])
