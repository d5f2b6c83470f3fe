"""What ingest computes on Spark is what the domain says, digit for digit."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Literal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from adapters.spark.ingest.identity import identity_key as spark_key
from adapters.spark.ingest.money import with_money
from adapters.spark.ingest.parse import moment_of as spark_moment
from adapters.spark.ingest.parse import number_of, readings_name, text_name
from adapters.spark.ingest.rules import CLEARED, broken, with_cleared
from adapters.spark.tables import SPARK_TYPES
from domain.schema import ColumnType as T
from domain.source.date_format import ISO, read_moment
from domain.source.fields import Reading, event_fields, line_fields, taken_action_fields
from domain.source.line_identity import Known, identity_key
from domain.source.mapping_parts import Discount, LineTotal, TextFormat
from domain.source.money import net_of_amount, net_of_share, share_taken_off, unit_price_of
from domain.source.number_format import read_number
from domain.source.quality import Check, CheckedRow, QualityRule, Value, breaks, cleared
from domain.source.quality_rules import (
    event_clock_rules,
    event_rules,
    line_clock_rules,
    line_rules,
    taken_action_rules,
)
from tests.shops.declared import EVERYTHING, SIGNED_ROWS

Case = tuple[str | None, Value, int, Value]
Read = tuple[str | None, datetime | None, int]  # a text, the moment read from it, its different readings
MARKS: tuple[tuple[Literal[".", ","], str], ...] = ((".", ""), (",", "."), (".", ","))

LATEST = datetime(2024, 6, 3, tzinfo=UTC)
KINDS = (T.TEXT, T.TEXT, T.INTEGER, T.MONEY, T.SHARE, T.NUMBER, T.MOMENT)
TEXTS = (
    None,
    "",
    " ",
    "\u00a0\t",
    "a|b",
    "5.36356E+13",
    "-1",
    "0",
    "1.5",
    "NaN",
    "-Infinity",
    "x\x07",
    "é\ufffd",
    "😀",
)
NUMBERS = (
    None,
    *(
        Decimal(n)
        for n in (
            "-1",
            "0",
            "0.5",
            "1",
            "1.0000000001",
            "2",
            "10000001",
            "-10000001",
            "10000000001",
            "-10000000001",
            "10000000000001",
        )
    ),
)
MOMENTS = (
    None,
    *(datetime(y, 6, 2, h, tzinfo=UTC) for y, h in ((1989, 0), (2023, 0), (2023, 9), (2024, 0), (2025, 5))),
)

WRITTEN_NUMBERS = (
    "74.17",
    "-0",
    ".5",
    "5.",
    "1,234",
    "1.234,5",
    "5.36E+13",
    "1e-400",
    "1e999",
    "9e17",
    "9e18",
    "NaN",
    "x",
    "1 0",
    "",
    "٣",
)
WRITTEN_MOMENTS = (
    "3/4/2019",
    "31/2/2019",
    "29/02/2020",
    "29/02/2019",
    "03/04/2019 7:05",
    "2019-04-03",
    "2019-04-03T10:00:00.123456",
    "2019-04-03 24:00",
    "2019-04-03T10:00:00Z",
    "2019-04-03T10:00+02:00",
    "03-Mar-2019",
    "03-MAR-2019",
    "03-Mrz-2019",
    "20190403",
    "0001-01-01",
    "soon",
    "",
)

known_rows = st.tuples(
    st.none() | st.text(max_size=6),
    st.none() | st.sampled_from(TEXTS[1:]),
    st.none() | st.integers(-(2**62), 2**62),
    st.none() | st.decimals(-(10**10), 10**10, places=4),
    st.none() | st.decimals(0, 1, places=8),
    st.none() | st.decimals(-(10**9), 10**9, places=10),
    st.none() | st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
)


@given(st.lists(known_rows, min_size=40, max_size=60))
@settings(max_examples=3, deadline=None, suppress_health_check=list(HealthCheck))
def test_the_identity_of_any_row_is_the_reference_s(spark: SparkSession, rows: Sequence[tuple[Known, ...]]) -> None:
    names = [f"c{place}" for place in range(len(KINDS))]
    schema = ", ".join(
        f"{name} {'decimal(28,10)' if kind is T.NUMBER else SPARK_TYPES[kind].simpleString()}"
        for name, kind in zip(names, KINDS, strict=True)
    )
    key = spark_key([(kind, F.col(name)) for name, kind in zip(names, KINDS, strict=True)])
    found = [row[0] for row in spark.createDataFrame(list(rows), schema).coalesce(1).select(key).collect()]
    assert found == [identity_key(zip(KINDS, row, strict=True)) for row in rows]


def test_every_quality_rule_tells_the_same_bad_rows(spark: SparkSession) -> None:
    fields = (*line_fields(EVERYTHING), *event_fields(EVERYTHING), *taken_action_fields(EVERYTHING))
    readings = {field.name: field.reading for field in fields}
    clearing = (*line_clock_rules(EVERYTHING, LATEST), *event_clock_rules(EVERYTHING, LATEST))
    setting_aside = (line_rules(EVERYTHING, LATEST), event_rules(EVERYTHING, LATEST))
    rules = (*itertools.chain(*setting_aside), *taken_action_rules(EVERYTHING, LATEST), *clearing)
    for typed, values, of_kind in (
        ("timestamp", MOMENTS, {Reading.MOMENT}),
        ("string", (None, "", "keep", "refund"), {Reading.WORD, Reading.IDENTIFIER, Reading.LABEL}),
        ("decimal(28,10)", NUMBERS, {Reading.NUMBER}),
    ):
        tried = [_generic(rule) for rule in rules if readings.get(rule.fields[0], Reading.NUMBER) in of_kind]
        tried = [rule for rule in tried if rule.check is not Check.TRUE]
        cases = list(itertools.product(TEXTS, values, (0, 1, 2), values))
        found = _on_spark(spark, tried, typed, cases)
        assert found == [[breaks(rule, _checked(case)) for rule in tried] for case in cases]
        assert all(any(row[place] for row in found) for place in range(len(tried)))  # each is broken by something


def test_moments_that_cannot_be_true_are_taken_away_as_the_reference_does(spark: SparkSession) -> None:
    rules = line_clock_rules(EVERYTHING, LATEST)
    clocks = ("dispatched_at", "delivered_at", "returnable_until")
    ordered = datetime(2024, 6, 2, 9, tzinfo=UTC)
    unread: list[Read] = [(None, None, 0), ("x", None, 0), ("3/4", MOMENTS[2], 2)]
    cases = list(itertools.product([*unread, *(("x", moment, 1) for moment in MOMENTS[1:])], repeat=len(clocks)))
    typed = ", ".join(f"{text_name(name)} string, {name} timestamp, {readings_name(name)} int" for name in clocks)
    rows = [(ordered, *itertools.chain(*case)) for case in cases]
    frame = with_cleared(spark.createDataFrame(rows, f"ordered_at timestamp, {typed}").coalesce(1), rules)
    left = frame.select(*(F.unix_micros(name).alias(name) for name in clocks), CLEARED).collect()
    found = [(tuple(row[name] for name in clocks), tuple(row[CLEARED] or ())) for row in left]
    assert found == [_cleared(dict(zip(clocks, case, strict=True)), rules, ordered) for case in cases]
    assert {name for _, findings in found for name in findings} == {rule.name for rule in rules}


def _cleared(
    case: Mapping[str, Read], rules: Sequence[QualityRule], ordered: datetime
) -> tuple[tuple[int | None, ...], tuple[str, ...]]:
    row = CheckedRow(
        {name: text for name, (text, _, _) in case.items()},
        {"ordered_at": ordered, **{name: moment for name, (_, moment, _) in case.items()}},
        {name: readings for name, (_, _, readings) in case.items()},
    )
    left, findings = cleared(rules, row)
    moments = {name: moment for name, (_, moment, _) in case.items()}
    return tuple(_micros(moments[name] if left.values[name] is not None else None) for name in case), findings


def _generic(rule: QualityRule) -> QualityRule:
    return replace(rule, fields=("a", "b")[: len(rule.fields)])


def _on_spark(spark: SparkSession, rules: list[QualityRule], typed: str, cases: Sequence[Case]) -> list[list[bool]]:
    schema = f"{text_name('a')} string, a {typed}, {readings_name('a')} int, b {typed}"
    frame = spark.createDataFrame(cases, schema).coalesce(1)
    columns = [F.coalesce(broken(rule), F.lit(False)).alias(f"r{place}") for place, rule in enumerate(rules)]
    return [list(row) for row in frame.select(*columns).collect()]


def _checked(case: Case) -> CheckedRow:
    text, value, readings, other = case
    return CheckedRow({"a": text}, {"a": value, "b": other}, {"a": readings})


def test_texts_are_read_as_the_same_numbers(spark: SparkSession) -> None:
    for decimal, thousands in MARKS:
        form = TextFormat(decimal=decimal, thousands=thousands)
        frame = spark.createDataFrame([(text,) for text in WRITTEN_NUMBERS], "text string").coalesce(1)
        found = [row[0] for row in frame.select(number_of(F.col("text"), form)).collect()]
        assert found == [read_number(text, decimal, thousands) for text in WRITTEN_NUMBERS]


def test_texts_are_read_as_the_same_moments(spark: SparkSession) -> None:
    for form in (ISO, "d/M/yyyy", "dd/MM/yyyy H:mm", "dd-MMM-yyyy", "yyyyMMdd"):
        frame = spark.createDataFrame([(text,) for text in WRITTEN_MOMENTS], "text string").coalesce(1)
        found = [row[0] for row in frame.select(F.unix_micros(spark_moment(F.col("text"), form, "UTC"))).collect()]
        assert found == [_micros(read_moment(text, form)) for text in WRITTEN_MOMENTS], form


def _micros(moment: datetime | None) -> int | None:
    if moment is None:
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return (aware - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def test_a_money_line_has_the_reference_s_digits(spark: SparkSession) -> None:
    cases = [(Decimal(p), Decimal(q), Decimal(d)) for p, q, d in itertools.product(
        ("0", "0.0001", "10.005", "33.3333", "99999.9999"), (1, 3, 7), ("0", "0.00000001", "0.33333333", "1")
    )]  # fmt: skip
    mapping = replace(
        SIGNED_ROWS, columns=replace(SIGNED_ROWS.columns, discount="off"), prices_include_tax=True, tax_rate=0.21
    )
    frame = spark.createDataFrame(cases, "price decimal(28,10), quantity decimal(28,10), discount decimal(28,10)")
    frame = frame.withColumn(text_name("discount"), F.lit("x")).coalesce(1)
    found = [tuple(row) for row in with_money(frame, mapping).select("unit_price", "net_value").collect()]
    expected = [(price, net_of_share(price * units, share, mapping.tax_divisor)) for price, units, share in cases]
    assert found == expected


def test_totals_and_reductions_have_the_reference_s_digits(spark: SparkSession) -> None:
    cases = [(Decimal(t), Decimal(q), Decimal(r)) for t, q, r in itertools.product(
        ("0", "0.01", "100", "79.17"), (1, 3, 7), ("0", "0.01", "20.84", "79.17")
    )]  # fmt: skip
    mapping = replace(
        SIGNED_ROWS,
        columns=replace(SIGNED_ROWS.columns, unit_price=LineTotal("price"), discount=Discount(amount="off")),
    )
    frame = spark.createDataFrame(cases, "price decimal(28,10), quantity decimal(28,10), discount decimal(28,10)")
    frame = frame.withColumn(text_name("discount"), F.lit("x")).coalesce(1)
    found = [tuple(row) for row in with_money(frame, mapping).select("unit_price", "discount", "net_value").collect()]
    for (total, units, reduction), (unit_price, share, net) in zip(cases, found, strict=True):
        assert unit_price == unit_price_of(total, units)
        assert share == share_taken_off(reduction, total)
        if share is not None and share <= 1:
            assert net == net_of_amount(total, reduction, mapping.tax_divisor)
