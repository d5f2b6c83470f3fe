"""The versions of order lines on Spark: which one is read. `domain.source.line_versions` is the reference."""

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from adapters.spark.ingest.fates import DETAIL, FATE, KEPT, REASON, SET_ASIDE
from adapters.spark.ingest.identity import DIGEST, KEY
from domain.source.line_versions import SUPERSEDED, SUPERSEDED_SENTENCE, TOO_LATE, TOO_LATE_SENTENCE


def with_versions(fated: DataFrame) -> DataFrame:
    """The rows with the fates of versions: of the kept ones of a key only that in force stays kept."""
    kept = F.col(FATE) == KEPT
    # Rows that are not kept have no key to be versions by; their digest spreads them over the partitions.
    group = F.when(kept, F.col(KEY)).otherwise(F.concat(F.lit("!"), F.col(DIGEST)))
    versions = Window.partitionBy(group, kept)
    day = F.to_date("available_at")
    following = F.lead(day).over(versions.orderBy("available_at", DIGEST))
    ranked = fated.withColumns({"first_day": F.min(day).over(versions), "following_day": following})
    reason = F.when(day > F.col("first_day"), F.lit(TOO_LATE)).when(F.col("following_day") == day, F.lit(SUPERSEDED))
    aside = ranked.withColumn("version_reason", F.when(kept, reason))
    is_aside = F.col("version_reason").isNotNull()
    return aside.withColumns(
        {
            REASON: F.coalesce("version_reason", REASON),
            DETAIL: F.when(is_aside, _sentence()).otherwise(F.col(DETAIL)),
            FATE: F.when(is_aside, F.lit(SET_ASIDE)).otherwise(F.col(FATE)),
        }
    ).drop("first_day", "following_day", "version_reason")


def _sentence() -> Column:
    shown = F.when(F.col("version_reason") == TOO_LATE, F.lit(TOO_LATE_SENTENCE)).otherwise(F.lit(SUPERSEDED_SENTENCE))
    return F.replace(shown, F.lit("{line}"), F.col("line_id"))
