"""Rows that cannot be used are set aside, each under the name of what is wrong with it, and none is lost."""

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from domain.errors import MappingError, SourceError
from tests.integration.ingest_bench import IngestBench
from tests.integration.test_spark_ingest_shapes import FLAG, HEADER, PLAIN, ROWS

GOOD = {
    "line": "L", "order": "o", "buyer": "b", "sku": "A", "day": "13/1/2024", "units": "2", "total": "20",
    "off": "-2", "cost": "4", "kind": "product", "sent": "14/1/2024", "home": "15/1/2024",
    "until": "13/3/2024", "known": "13/1/2024", "gone": "0", "visits": "1",
}  # fmt: skip

BAD_LINES = {
    "line_id_missing": {"line": ""},
    "order_id_missing": {"order": ""},
    "order_id_blank": {"order": "   "},
    "order_id_control_characters": {"order": "o\x07"},
    "item_id_missing": {"sku": ""},
    "item_id_blank": {"sku": "\t "},
    "item_id_control_characters": {"sku": "A\x00B"},
    "customer_id_control_characters": {"buyer": "b\nb"},
    "ordered_at_missing": {"day": ""},
    "ordered_at_unreadable": {"day": "31/2/2024"},
    "ordered_at_ambiguous": {"day": "3/4/2024"},
    "ordered_at_too_early": {"day": "13/1/1066"},
    "ordered_at_in_future": {"day": "13/1/2091"},
    "quantity_missing": {"units": ""},
    "quantity_not_a_number": {"units": "two"},
    "quantity_not_finite": {"units": "inf"},
    "quantity_fractional": {"units": "1.5"},
    "quantity_zero": {"units": "0"},
    "quantity_negative": {"units": "-3"},
    "quantity_too_large": {"units": "99999999"},
    "price_missing": {"total": " "},
    "price_not_a_number": {"total": "12 EUR"},
    "price_not_finite": {"total": "NaN"},
    "price_too_large": {"total": "1e300"},
    "price_negative": {"total": "-20", "off": "0"},
    "discount_not_a_number": {"off": "much"},
    "discount_negative": {"off": "2"},
    "discount_above_one": {"off": "-21"},
    "discount_of_nothing": {"total": "0"},
    "unit_cost_negative": {"cost": "-1"},
    "unit_cost_not_a_number": {"cost": "?"},
    "kind_unknown": {"kind": "miracle"},
    "available_before_ordered": {"known": "31/12/2023"},
    "cancelled_quantity_negative": {"gone": "-1"},
    "cancelled_quantity_exceeds_quantity": {"gone": "3"},
    "attr_visits_not_a_number": {"visits": "many"},
    "undecodable_text": {"sku": "caf\ufffd"},
}
GOOD_RETURN = {"line": "L1", "back": "20/1/2024", "units": "1", "refund": "9", "outcome": "refund", "fate": "restocked",
    "asked": "18/1/2024", "got": "19/1/2024", "sold": "13/1/2024"}  # fmt: skip
BAD_RETURNS = {
    "return_names_nothing": {"line": ""},
    "returned_at_missing": {"back": ""},
    "returned_at_unreadable": {"back": "20-1-2024"},
    "returned_at_in_future": {"back": "20/1/2043"},
    "returned_before_ordered": {"sold": "21/1/2024"},
    "quantity_zero": {"units": "0"},
    "quantity_negative": {"units": "-1"},
    "quantity_fractional": {"units": "0.5"},
    "refund_amount_negative": {"refund": "-9"},
    "refund_amount_not_finite": {"refund": "-Infinity"},
    "outcome_unknown": {"outcome": "shrug"},
    "outcome_excluded": {"outcome": "keep"},
    "disposition_unknown": {"fate": "eaten"},
}

MAPPING = """
name = "bad-rows"
shape = "table"
orders = "orders.csv"
returns = "returns.csv"
excluded_outcomes = ["keep"]

[columns]
line_id = "line"
order_id = "order"
customer_id = "buyer"
item_id = "sku"
ordered_at = "day"
quantity = "units"
unit_price = { total = "total" }
discount = { amount = "off", negative = true }
unit_cost = "cost"
kind = "kind"
available_at = "known"
dispatched_at = "sent"
delivered_at = "home"
returnable_until = "until"
cancelled_quantity = "gone"

[return_columns]
line_id = "line"
returned_at = "back"
quantity = "units"
refund_amount = "refund"
outcome = "outcome"
disposition = "fate"
requested_at = "asked"
received_at = "got"
ordered_at = "sold"

[format]
dates = ["d/M/yyyy", "M/d/yyyy"]

[attributes]
visits = { column = "visits", type = "numeric" }
"""

RETURNS_APART = f"""
name = "apart"
shape = "table"
orders = "orders.csv"
returns = "returns.csv"
feed_delay_days = 3
{PLAIN}
[return_columns]
order_id = "order"
customer_id = "buyer"
item_id = "sku"
returned_at = "back"
quantity = "units"

[format]
timezone = "Asia/Tokyo"
"""


@pytest.fixture
def bench(spark: SparkSession, tmp_path: Path) -> IngestBench:
    return IngestBench(spark, tmp_path)


def test_every_kind_of_bad_row_is_named_and_every_row_has_one_fate(bench: IngestBench) -> None:
    good = [{**GOOD, "line": f"L{n}", "day": f"1{n}/1/2023"} for n in range(3, 6)]
    good = [{**row, "known": "20/1/2024", "sent": "", "home": "", "until": ""} for row in good]
    bad = [{**GOOD, "line": f"B{n}", **change} for n, change in enumerate(BAD_LINES.values())]
    twice = [good[0], {**good[1], "total": "30"}]
    bench.put("orders.csv", [tuple(GOOD), *(tuple(row.values()) for row in (*good, *bad, *twice))])
    with (bench.place / "orders.csv").open("a", encoding="utf-8") as file:
        file.write("L9,too,few\nL9" + ",too many" * len(GOOD) + '\n"L9,never closed\nL9,swallowed\n')
    bad_returns = [{**GOOD_RETURN, **change} for change in BAD_RETURNS.values()]
    bench.put(
        "returns.csv", [tuple(GOOD_RETURN), *(tuple(r.values()) for r in (GOOD_RETURN, *bad_returns, GOOD_RETURN))]
    )

    found = bench.ingest(MAPPING)

    of_lines = {str(row["reason"]) for row in found.quarantine if row["table"] == "order_lines"}
    of_returns = {str(row["reason"]) for row in found.quarantine if row["table"] == "return_events"}
    across = {"wrong_field_count", "unclosed_quote", "line_id_repeated"}
    assert of_lines == {*BAD_LINES, *across}
    assert of_returns == set(BAD_RETURNS)
    assert found.reasons["wrong_field_count"] == found.reasons["unclosed_quote"] == 2
    rows_in = len(good) + len(bad) + len(twice) + 4 + len(bad_returns) + 2
    assert found.fates == (rows_in, len(good) + 1, len(found.quarantine), 2)
    assert len(found.quarantine) == len(bad) + 1 + 4 + len(bad_returns)
    assert found.result.facts["set_aside_by_reason"] == dict(found.reasons)
    assert {line["line_id"] for line in found.lines} == {"L3", "L4", "L5"}


def test_an_optional_moment_that_cannot_be_true_is_left_out_and_its_row_kept(bench: IngestBench) -> None:
    wrong = {
        "delivered_before_ordered": {"home": "31/12/1990"},
        "delivered_at_too_early": {"home": "31/12/1899"},
        "delivered_at_unreadable": {"home": "soon"},
        "delivered_at_ambiguous": {"home": "2/3/2024"},
        "delivered_before_dispatched": {"sent": "16/1/2024"},
        "dispatched_before_ordered": {"sent": "31/12/2023"},
        "returnable_until_before_ordered": {"until": "31/12/2023"},
    }
    lines = [{**GOOD, "line": f"L{n}", **change} for n, change in enumerate(wrong.values(), start=1)]
    no_sale = {**GOOD, "line": "none", "units": "0", "home": "31/12/1990"}  # counted as set aside, and as nothing else
    bench.put("orders.csv", [tuple(GOOD), *(tuple(row.values()) for row in (*lines, no_sale))])
    bench.put("returns.csv", [tuple(GOOD_RETURN), tuple({**GOOD_RETURN, "got": "17/1/2024"}.values())])
    found = bench.ingest(MAPPING)
    assert (found.fates, found.reasons) == ((9, 8, 1, 0), {"quantity_zero": 1})
    assert found.result.facts["cleared_by_reason"] == {**dict.fromkeys(wrong, 1), "received_before_requested": 1}
    kept = {line["line_id"]: line for line in found.lines}
    assert [kept[f"L{n}"]["delivered_at"] for n in range(1, 6)] == [None] * 5
    assert (kept["L6"]["dispatched_at"], kept["L7"]["returnable_until"]) == (None, None)
    assert kept["L5"]["dispatched_at"] == datetime(2024, 1, 16, tzinfo=UTC)
    assert kept["L6"]["delivered_at"] == kept["L7"]["delivered_at"] == datetime(2024, 1, 15, tzinfo=UTC)
    (event,) = found.events
    assert (event["line_id"], event["received_at"]) == ("L1", None)
    assert event["requested_at"] == datetime(2024, 1, 18, tzinfo=UTC)


def test_a_detail_names_column_and_value_and_the_row_is_kept_as_it_came(bench: IngestBench) -> None:
    bench.put("orders.csv", [HEADER, ("1", "a", "A", "2024-01-02", 1, 10), ("2", "a", "A", "2024-01-02", "one", 10)])
    (row,) = bench.ingest(ROWS).quarantine
    assert row["detail"] == "The column 'units' holds 'one', which is no number."
    assert row["row"] == '{"buyer":"a","day":"2024-01-02","order":"2","price":"10","sku":"A","units":"one"}'
    assert row["known_at"] is not None


def test_days_beyond_any_calendar_are_set_aside_and_tell_no_moment(bench: IngestBench) -> None:
    header = ("order", "buyer", "sku", "back", "units")
    bench.put("orders.csv", [HEADER, *(("1", "a", "A", day, 1, 10) for day in ("2024-01-02", "0001-01-01T00:00"))])
    days = ("2024-01-09", "9999-12-31", "0001-01-01T00:00")
    bench.put("returns.csv", [header, *(("1", "a", "A", day, 1) for day in days), ("1", "a", "A", "2024-06-02", 0)])
    found = bench.ingest(RETURNS_APART)
    assert found.reasons == {
        "ordered_at_too_early": 1, "returned_at_too_early": 1, "returned_at_in_future": 1, "quantity_zero": 1
    }  # fmt: skip
    known_at = {row["reason"]: row["known_at"] for row in found.quarantine}
    assert known_at.pop("quantity_zero") == datetime(2024, 6, 5, tzinfo=UTC)
    assert set(known_at.values()) == {None}
    facts = found.result.facts
    assert (facts["first_day"], facts["last_day"]) == ("2024-01-02", "2024-01-12")


def test_identical_rows_are_duplicates_unless_the_mapping_calls_them_separate(bench: IngestBench) -> None:
    row = ("1", "a", "A", "2024-01-02", 1, 10)
    bench.put("orders.csv", [HEADER, row, row, row])
    assert bench.ingest(ROWS).fates == (3, 1, 0, 2)
    separate = bench.ingest('repeated_rows = "separate"\n' + ROWS)
    assert separate.fates == (3, 3, 0, 0)
    assert len({line["line_id"] for line in separate.lines}) == 3


def test_a_row_that_sells_and_returns_is_set_aside_unless_its_units_are_called_cancelled(bench: IngestBench) -> None:
    rows = [
        ("1", "a", "A", "2024-01-02", 2, 10, -1),
        ("1", "a", "A", "2024-01-09", 0, 10, -1),
        ("2", "a", "A", "2024-01-02", 1, 10, 0),
    ]
    bench.put("orders.csv", [(*HEADER, "back"), *rows])
    told = ROWS.replace('"negative_quantity"', '"returned_quantity"\ncolumn = "back"\nnegative = true')
    found = bench.ingest(told)
    assert found.reasons == {"sale_and_return": 1}
    cancelled = 'unit_price = "price"\ncancelled_quantity = { column = "back", negative = true }'
    found = bench.ingest(told.replace('unit_price = "price"', cancelled))
    assert found.fates == (3, 3, 0, 0)
    assert sorted(int(str(line["cancelled_quantity"])) for line in found.lines) == [0, 1]
    assert found.result.facts["return_units"] == 2


def test_rows_between_two_quotes_that_nobody_closed_are_counted(bench: IngestBench) -> None:
    header = ",".join((*HEADER, "note", "more"))
    row = "{0},a,A,2024-01-02,1,10,{1},x"
    notes = ('"opened', "plain", '"opened too', "plain", '"two\nlines, and ""more"""', '"""said"" so,\nor not"')
    rows = [row.format(place, note) for place, note in enumerate(notes)]
    bench.put_text("orders.csv", "\n".join([header, *rows]) + "\n")
    found = bench.ingest(ROWS)
    assert (found.fates, found.reasons) == ((6, 3, 3, 0), {"unclosed_quote": 3})
    assert {line["order_id"] for line in found.lines} == {"3", "4", "5"}
    assert {row["row"] for row in found.quarantine} == {
        json.dumps({"text": text}, separators=(",", ":")) for text in rows[:3]
    }


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_one_row_between_two_quotes_in_the_first_column_is_counted(bench: IngestBench, end: str) -> None:
    rows = ['"1,a,A,2024-01-02,1,10', '"2,a,A,2024-01-02,1,10', "3,a,A,2024-01-02,1,10"]
    bench.put_text("orders.csv", end.join([",".join(HEADER), *rows]) + end)
    assert bench.ingest(ROWS).fates == (3, 1, 2, 0)


def test_mixed_currencies_refuse_the_whole_source(bench: IngestBench) -> None:
    rows = [("1", "a", "A", "2024-01-02", 1, 10, "EUR"), ("2", "a", "A", "2024-01-02", 1, 10, "USD")]
    bench.put("orders.csv", [(*HEADER, "money"), *rows])
    with pytest.raises(SourceError, match="EUR, USD"):
        bench.ingest('currency = { column = "money" }\n' + ROWS)


def test_a_column_that_the_file_lacks_is_answered_with_the_nearest(bench: IngestBench) -> None:
    bench.put("orders.csv", [("order", "buyer", "SKU code", "day", "units", "price"), (1, 2, 3, 4, 5, 6)])
    with pytest.raises(MappingError, match=r"'sku_cod', which .*orders.csv' does not have. Did you mean 'SKU code'"):
        bench.ingest(ROWS.replace('item_id = "sku"', 'item_id = "sku_cod"'))


def test_a_wrong_delimiter_is_guessed(bench: IngestBench) -> None:
    bench.put_text("orders.csv", ";".join(HEADER) + "\n1;a;A;2024-01-02;1;10\n")
    with pytest.raises(MappingError, match="delimiter = ';'"):
        bench.ingest(ROWS)


@pytest.mark.parametrize(
    ("content", "problem", "remedy"),
    [
        (b"", "is empty", "Copy it again"),
        (",".join(HEADER).encode() + b"\n", "no row of orders", "Copy the files again"),
        (b"order,day,order,units\n1,2,3,4\n", r"names \['order'\] twice", "Rename"),
        ("örder,b\nä,ö\n".encode("latin-1"), "not text in utf-8", "cp1252"),
        (",".join(HEADER).encode("utf-16"), "not text in utf-8", "utf-16"),
    ],
)
def test_a_file_that_cannot_be_read_is_named_with_the_remedy(
    bench: IngestBench, content: bytes, problem: str, remedy: str
) -> None:
    (bench.place / "orders.csv").write_bytes(content)
    with pytest.raises(SourceError, match=problem) as refused:
        bench.ingest(ROWS)
    assert "orders.csv" in refused.value.problem
    assert remedy in refused.value.remedy


def test_a_truncated_gzip_file_is_named(bench: IngestBench) -> None:
    rows = "".join(f"{n * 7919 % 104729},a,A{n * 31337 % 99991},2024-01-02,1,{n}\n" for n in range(60_000))
    whole = gzip.compress((",".join(HEADER) + "\n" + rows).encode())
    (bench.place / "orders.csv.gz").write_bytes(whole[: len(whole) - 2000])
    with pytest.raises(SourceError, match=r"orders.csv.gz' is not whole gzip data"):
        bench.ingest(ROWS.replace("orders.csv", "orders.csv.gz"))


def test_an_encoding_of_the_mapping_is_used(bench: IngestBench) -> None:
    bench.put_text("orders.csv", ",".join(HEADER) + "\n1,Ärmel €,Ä,2024-01-02,1,10\n", "cp1252")
    (line,) = bench.ingest(ROWS + '\n[format]\nencoding = "cp1252"\n').lines
    assert (line["customer_id"], line["item_id"]) == ("Ärmel €", "Ä")


def test_a_flag_without_a_word_for_no_must_be_given(bench: IngestBench) -> None:
    bench.put("orders.csv", [(*HEADER, "came back"), ("1", "a", "A", "2024-01-02", 1, 10, "")])
    assert bench.ingest(FLAG + 'kept = ["no"]\n').reasons == {"flag_missing": 1}


def test_paths_that_hold_wildcard_letters_are_taken_as_they_are(bench: IngestBench) -> None:
    bench.put("a [1] {b}.csv", [HEADER, ("1", "a", "A", "2024-01-02", 1, 10)])
    assert bench.ingest(ROWS.replace("orders.csv", "a [1] {b}.csv")).fates == (1, 1, 0, 0)
