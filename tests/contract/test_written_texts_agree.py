"""Texts with zones, counts of seconds and currencies' signs are read on Spark as the domain reads them."""

from datetime import UTC, datetime, timedelta
from typing import Literal

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from adapters.spark.ingest.parse import moment_of, number_of
from domain.source.date_format import EPOCH, EPOCH_MS, ISO, read_moment
from domain.source.mapping_parts import TextFormat
from domain.source.number_format import read_number

FORMS = (
    ISO,
    EPOCH,
    EPOCH_MS,
    "MMMM d, yyyy",
    "MMM d, yyyy",
    "MMM d, yyyy, h:mm a",
    "d MMMM yyyy H:mm:ss xx",
    "d/M/yyyy H:mm xxx",
    "d/M/yyyy H:mmx",
    "d/M/yyyy'T'H:mm 'UTC'",
    "yyyyMMddHHmmss",
)
MOMENTS = (
    "2023-01-05",
    "2023-01-05 10:12",
    "2023-01-05 10:12 +0100",
    "2023-01-05 10:12+01",
    "2023-01-05 10:12Z",
    "2023-01-05 10:12 UTC",
    "2023-01-05 10:12:33 +0100",
    "2023-01-05 10:12:33 -05:30",
    "2023-01-05T10:12:33.5+14",
    "2023-01-05 10:12:33.123456 UTC",
    "2023-01-05 10:12:33GMT",
    "2023-01-05 10:12:33 +1500",
    "2023-01-05 10:12:33 +0160",
    "2023-01-05 10:12:33 CET",
    "2023-02-30 10:12:33 +0100",
    "2023-01-05 +0100",
    "999999999",
    "1672909953",
    "1672909953.00",
    "1672909953.5",
    "1672909953000",
    "1672909953001",
    "16729099530000",
    "January 5, 2023",
    "MAY 5, 2023",
    "Jan 5, 2023",
    "February 30, 2023",
    "Smarch 5, 2023",
    "Jan 5, 2023, 3:12 PM",
    "5 January 2023 10:12:33 +0100",
    "5 May 2023 10:12:33 -0930",
    "5/1/2023 10:12 +01:00",
    "5/1/2023 10:12-05",
    "5/1/2023T10:12 UTC",
    "20230105101233",
    "20230105251233",
)
NUMBERS = (
    "$1,234.50",
    "$ 1,234.50",
    "1,234.50$",
    "1,234.50\u00a0$",
    "-$5",
    "$-5",
    "-$-5",
    "$$5",
    "$5$",
    "$",
    "$ free",
    "€5",
    "5",
    "EUR 5",
    "5EUR",
    "1e3EUR",
    "1.5 EUR",
    "1 234,50 €",
    "1\u00a0234,50",
    "1\u202f234\u2009567,50\u202f€",
    "12\u00a034",
    "1'234.50",
    "1\u2019234.50",
    "CHF 1'234.50",
    "Rs. 5",
    "20 %",
    "12.5%",
    "%",
)
MARKS: tuple[tuple[Literal[".", ","], str, str], ...] = (
    (".", ",", "$"),
    (",", " ", "€"),
    (",", "\u00a0", ""),
    (".", "'", "CHF"),
    (".", "", "EUR"),
    (".", "", "Rs."),
    (".", "", "%"),
)


def test_moments_with_zones_and_counts_are_read_as_the_same(spark: SparkSession) -> None:
    frame = spark.createDataFrame([(text,) for text in MOMENTS], "text string").coalesce(1)
    columns = [F.unix_micros(moment_of(F.col("text"), form, "UTC")) for form in FORMS]
    found = [list(row) for row in frame.select(*columns).collect()]
    assert found == [[_micros(read_moment(text, form)) for form in FORMS] for text in MOMENTS]
    assert all(any(row[place] is not None for row in found) for place in range(len(FORMS)))


def test_a_zone_of_a_text_s_own_stands_whatever_the_mapping_s(spark: SparkSession) -> None:
    texts = {
        "2023-01-05 10:12:33 +0100": ISO,
        "2023-01-05 10:12+01": ISO,
        "2023-01-05 09:12:33 UTC": ISO,
        "1672909953": EPOCH,
        "5/1/2023 10:12 +01:00": "d/M/yyyy H:mm xxx",
    }
    for text, form in texts.items():
        moment = moment_of(F.lit(text), form, "America/New_York")
        [row] = spark.range(1).select(F.date_trunc("minute", moment).cast("string")).collect()
        assert row[0] == "2023-01-05 09:12:00", text


def test_amounts_with_signs_are_read_as_the_same(spark: SparkSession) -> None:
    frame = spark.createDataFrame([(text,) for text in NUMBERS], "text string").coalesce(1)
    forms = [TextFormat(decimal=decimal, thousands=mark, currency_sign=sign) for decimal, mark, sign in MARKS]
    found = [list(row) for row in frame.select(*(number_of(F.col("text"), form) for form in forms)).collect()]
    assert found == [[read_number(text, *marks) for marks in MARKS] for text in NUMBERS]
    assert all(sum(row[place] is not None for row in found) > 1 for place in range(len(MARKS)))


def _micros(moment: datetime | None) -> int | None:
    if moment is None:
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return (aware - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
