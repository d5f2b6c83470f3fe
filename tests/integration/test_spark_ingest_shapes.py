"""The three shapes of sources, each on files written by hand."""

import gzip
import time
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyspark.sql import SparkSession

from domain.errors import MappingError
from tests.integration.ingest_bench import IngestBench

PLAIN = """
[columns]
order_id = "order"
customer_id = "buyer"
item_id = "sku"
ordered_at = "day"
quantity = "units"
unit_price = "price"
"""
ROWS = f'name = "rows"\nshape = "rows"\norders = "orders.csv"\n{PLAIN}\n[return_rows]\ntold_by = "negative_quantity"\n'
FLAG = f"""
name = "flags"
shape = "flag"
orders = "orders.csv"
window_days = 30
recording_lag_days = 2
{PLAIN}
[flag]
column = "came back"
"""
TABLE = """
name = "tables"
shape = "table"
orders = "orders"
returns = "returns.csv.gz"
currency = { column = "currency" }
prices_include_tax = true
tax_rate = 0.25
feed_delay_days = 2
excluded_outcomes = ["keep"]

[columns]
line_id = "line"
order_id = "order"
item_id = "sku"
ordered_at = "day"
quantity = "units"
unit_price = "price"
discount = { share = "off", percent = true }
kind = "sku"
delivered_at = "delivered"

[return_columns]
line_id = "line"
returned_at = "back"
quantity = "units"
refund_amount = "refund"
outcome = "outcome"

[kinds]
values = { service = ["POST"] }
otherwise = "product"

[outcomes]
values = { refund = ["money"], exchange = ["swap"], keep = ["kept it"] }

[format]
delimiter = ";"
decimal = ","
thousands = "."
dates = ["dd.MM.yyyy HH:mm", "dd.MM.yyyy"]
timezone = "Europe/Berlin"

[returns_format]
dates = ["iso"]

[attributes]
device = { column = "device", type = "categorical" }
visits = { column = "visits", type = "numeric" }
"""
HEADER = ("order", "buyer", "sku", "day", "units", "price")


@pytest.fixture
def bench(spark: SparkSession, tmp_path: Path) -> IngestBench:
    return IngestBench(spark, tmp_path)


def test_the_last_day_is_the_same_wherever_the_machine_stands(
    bench: IngestBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.put(
        "orders.csv", [HEADER, ("1", "007", "A", "2024-01-02", 2, "10"), ("2", "007", "A", "2024-01-09", 1, "10")]
    )
    with monkeypatch.context() as elsewhere:
        elsewhere.setenv("TZ", "America/New_York")
        time.tzset()
        facts = bench.ingest(ROWS).result.facts
    time.tzset()
    assert (facts["first_day"], facts["last_day"]) == ("2024-01-02", "2024-01-09")


def test_negative_quantities_become_returns_of_the_same_order(bench: IngestBench) -> None:
    bench.put(
        "orders.csv",
        [
            HEADER,
            ("5.36356E+13", "007", "A", "2024-01-02", 2, "10.005"),
            ("5.36356E+13", "007", "A", "2024-01-09", -1, "10.005"),
            ("2", "", "B", "2024-01-03 10:00:00", 1, "5"),
        ],
    )
    found = bench.ingest(ROWS)
    lines = {str(line["order_id"]): line for line in found.lines}
    assert found.fates == (3, 3, 0, 0)
    assert lines["5.36356E+13"]["customer_id"] == "007"
    assert lines["5.36356E+13"]["net_value"] == Decimal("20.0100")
    assert lines["2"]["customer_id"] is None
    assert lines["2"]["ordered_at"] == datetime(2024, 1, 3, 10, tzinfo=UTC)
    (event,) = found.events
    assert (event["order_id"], event["item_id"], event["quantity"]) == ("5.36356E+13", "A", 1)
    assert event["returned_at"] == event["available_at"] == datetime(2024, 1, 9, tzinfo=UTC)
    assert (found.result.facts["first_day"], found.result.facts["last_day"]) == ("2024-01-02", "2024-01-09")
    assert found.result.facts["return_units"] == 1


def test_marked_orders_are_returns_whose_number_is_the_sale_s_without_the_mark(bench: IngestBench) -> None:
    rows = [HEADER, ("77", "9", "A", "2024-01-02", 1, 10), ("C77", "9", "A", "2024-01-05", -1, 10)]
    bench.put("orders.csv", rows)
    marked = ROWS.replace('told_by = "negative_quantity"', 'told_by = "marker"\ncolumn = "order"\nprefix = "C"')
    (event,) = bench.ingest(marked).events
    assert (event["order_id"], event["quantity"]) == ("77", 1)
    (own,) = bench.ingest('return_order = "own"\n' + marked).events
    assert own["order_id"] is None


def test_a_flag_becomes_an_undated_return_known_when_window_and_lag_are_over(bench: IngestBench) -> None:
    bench.put(
        "orders.csv",
        [
            (*HEADER, "came back"),
            ("1", "a", "A", "2024-01-01", 2, 10, "Yes"),
            ("2", "b", "A", "2024-01-02", 1, 10, "no"),
            ("3", "c", "A", "2024-01-03", 1, 10, ""),
            ("4", "d", "A", "2024-01-04", 1, 10, "perhaps"),
        ],
    )
    found = bench.ingest(FLAG)
    assert found.fates == (4, 3, 1, 0)
    assert found.reasons == {"flag_unknown": 1}
    (event,) = found.events
    line = next(line for line in found.lines if line["order_id"] == "1")
    assert (event["line_id"], event["quantity"], event["returned_at"]) == (line["line_id"], 2, None)
    assert event["available_at"] == datetime(2024, 2, 2, tzinfo=UTC)
    facts = found.result.facts
    assert (facts["lines"], facts["events"], facts["return_units"]) == (3, 1, 2)
    assert facts["last_day"] == "2024-01-03"  # what a flag says of the future does not move the day of the run


def test_a_flag_of_numbers_with_gaps_needs_no_words(bench: IngestBench) -> None:
    words = ("1.0", "0.0", "")
    rows = [(str(n), "a", "A", f"2024-01-0{n}", 1, 10, word) for n, word in enumerate(words, start=1)]
    bench.put("orders.csv", [(*HEADER, "came back"), *rows])
    found = bench.ingest(FLAG)
    assert (found.fates, [event["order_id"] for event in found.events]) == ((3, 3, 0, 0), ["1"])


def test_a_flag_that_explains_fewer_than_half_of_its_words_is_refused_with_the_most_frequent(
    bench: IngestBench,
) -> None:
    words = ("Sent", "Sent ", "Lost", "yes", "no")
    rows = [(str(n), "a", "A", f"2024-01-0{n}", 1, 10, word) for n, word in enumerate(words, start=1)]
    bench.put("orders.csv", [(*HEADER, "came back"), *rows])
    with pytest.raises(MappingError, match=r"Of 5 rows of orders 3 hold .*'came back' .* such as 'Sent', 'Lost'"):
        bench.ingest(FLAG)


def test_a_line_that_says_when_it_came_back_is_a_dated_return(bench: IngestBench) -> None:
    bench.put(
        "orders.csv",
        [
            (*HEADER, "came back", "back on"),
            ("1", "a", "A", "2024-01-01 15:00", 2, 10, "yes", "2024-01-01"),
            ("2", "b", "A", "2024-01-02", 1, 10, "no", ""),
            ("3", "c", "A", "2024-01-03", 1, 10, "yes", ""),
            ("4", "d", "A", "2024-01-04", 1, 10, "no", "2024-01-09"),
            ("5", "e", "A", "2024-01-05", 1, 10, "yes", "2024-01-04"),
            ("6", "f", "A", "2024-01-06", 1, 10, "yes", "soon"),
            ("7", "g", "A", "2024-01-07", 1, 10, "yes", "2024-01-20"),
        ],
    )
    found = bench.ingest("feed_delay_days = 1\n" + FLAG + 'returned_at = "back on"\n')
    assert found.reasons == {"returned_before_ordered": 1, "returned_at_unreadable": 1}
    events = {event["order_id"]: event for event in found.events}
    assert {order: event["returned_at"] and event["returned_at"].day for order, event in events.items()} == {
        "1": 1,
        "3": None,
        "7": 20,
    }
    assert events["7"]["available_at"] == datetime(2024, 1, 21, tzinfo=UTC)
    assert events["3"]["available_at"] == datetime(2024, 2, 4, tzinfo=UTC)
    assert found.result.facts["last_day"] == "2024-01-21"


def test_a_return_on_the_sales_row_is_known_no_earlier_than_the_row(bench: IngestBench) -> None:
    rows = [
        (*HEADER, "came back", "back on", "exported"),
        ("1", "a", "A", "2024-01-01", 1, 10, "yes", "2024-01-05", "2024-01-10"),
    ]
    bench.put("orders.csv", rows)
    mapping = FLAG.replace("[columns]", '[columns]\navailable_at = "exported"') + 'returned_at = "back on"\n'
    (event,) = bench.ingest(mapping).events
    assert (event["returned_at"], event["available_at"]) == (
        datetime(2024, 1, 5, tzinfo=UTC),
        datetime(2024, 1, 10, tzinfo=UTC),
    )


def test_floating_numbers_of_a_parquet_file_are_moments_and_identifiers_too(bench: IngestBench) -> None:
    columns = {
        "order": pa.array([12_345_678.0, 9.0]),
        "buyer": pa.array(["a", "b"]),
        "sku": pa.array(["A", "A"]),
        "day": pa.array([1_704_067_200.0, 1_704_153_600.0]),
        "units": pa.array([1, 1]),
        "price": pa.array([20_000_000.0, 10.0]),
        "back": pa.array([1_704_499_200.0, None]),
    }
    pq.write_table(pa.table(columns), bench.place / "orders.parquet")
    mapping = FLAG.split("[flag]", maxsplit=1)[0].replace("orders.csv", "orders.parquet")
    found = bench.ingest(mapping + '[flag]\nreturned_at = "back"\n[format]\ndates = ["epoch"]\n')
    assert found.fates == (2, 2, 0, 0)
    assert {line["order_id"]: line["unit_price"] for line in found.lines} == {"12345678.0": 20_000_000, "9.0": 10}
    assert [event["returned_at"] for event in found.events] == [datetime(2024, 1, 6, tzinfo=UTC)]


@pytest.mark.parametrize(
    ("flag", "units"),
    [
        ('[flag]\nquantity = "back"', {"1": 2, "2": 3}),
        ('[flag]\nreturned_at = "back on"', {"1": 3, "4": 3}),
        ('[flag]\nquantity = "back"\nreturned_at = "back on"', {"1": 2, "2": 3}),
    ],
)
def test_units_or_a_day_tell_what_came_back_where_no_word_does(
    bench: IngestBench, flag: str, units: dict[str, int]
) -> None:
    bench.put(
        "orders.csv",
        [
            (*HEADER, "back", "back on"),
            ("1", "a", "A", "2024-01-01", 3, 10, 2, "2024-01-09"),
            ("2", "b", "A", "2024-01-02", 3, 10, 3, ""),
            ("3", "c", "A", "2024-01-03", 3, 10, 0, ""),
            ("4", "d", "A", "2024-01-04", 3, 10, "", "2024-01-09"),
            ("5", "e", "A", "2024-01-05", 3, 10, 4, "2024-01-09"),
        ],
    )
    found = bench.ingest(FLAG.split("[flag]", maxsplit=1)[0] + flag)
    told = "quantity" in flag
    assert found.reasons == ({"returned_quantity_exceeds_quantity": 1} if told else {})
    assert {event["order_id"]: event["quantity"] for event in found.events} == units | ({} if told else {"5": 3})


def test_without_a_column_of_units_every_row_is_one(bench: IngestBench) -> None:
    plain = FLAG.replace('quantity = "units"\n', "")
    header = tuple(name for name in HEADER if name != "units")
    bench.put(
        "orders.csv",
        [(*header, "came back"), ("1", "a", "A", "2024-01-01", 10, "yes"), ("2", "b", "A", "soon", 10, "no")],
    )
    found = bench.ingest(plain)
    assert found.reasons == {"ordered_at_unreadable": 1}
    ((line,), (event,)) = found.lines, found.events
    twice = ("3", "c", "A", "2024-01-02", 10, "no")
    bench.put("orders.csv", [(*header, "came back"), twice, twice])
    assert bench.ingest(plain).fates == (2, 2, 0, 0)
    assert bench.ingest('repeated_rows = "duplicates"\n' + plain).fates == (2, 1, 0, 1)
    assert (line["quantity"], line["net_value"], event["quantity"]) == (1, Decimal(10), 1)
    assert "quantity" not in found.result.facts["absent"]
    marked = ROWS.replace('told_by = "negative_quantity"', 'told_by = "marker"\ncolumn = "order"\nprefix = "C"')
    bench.put("orders.csv", [header, ("1", "a", "A", "2024-01-01", 10), ("C1", "a", "A", "2024-01-05", -10)])
    found = bench.ingest(marked.replace('quantity = "units"\n', ""))
    assert [event["quantity"] for event in found.events] == [1]


def test_tables_of_orders_and_returns_with_every_convention(bench: IngestBench) -> None:
    header = "line;order;sku;day;units;price;off;delivered;currency;device;visits"
    bench.place.joinpath("orders").mkdir()
    bench.put_text(
        "orders/one.csv",
        f"\ufeff{header}\r\n"
        '1;o1;A;02.01.2024 10:30;1;1.250,00;20 %;05.01.2024;EUR;"phone; small";3\r\n'
        '2;o1;POST;02.01.2024 10:30;1;5,00;;;EUR;"a ""phone""\n in two lines";\r\n',
    )
    # The second file has its columns in another order, and has one more.
    bench.put_text(
        "orders/two.csv",
        "extra;visits;device;currency;delivered;off;price;units;day;sku;order;line\n"
        "x;2,5;;EUR;;0;7;3;04.07.2024;B;o2;3\n"
        "x;2,5;;EUR;;0;7;3;04.05.2024;B;o2;4\n",
    )
    returns = (
        "outcome,refund,units,back,line\n"
        "money,800,1,2024-01-20,1\nkept it,1,1,2024-01-21,4\nswap,,1,2024-05-10T01:00:00Z,4\n"
    )
    bench.place.joinpath("returns.csv.gz").write_bytes(gzip.compress(returns.encode()))
    found = bench.ingest(TABLE)
    assert found.fates == (7, 5, 2, 0)
    assert found.reasons == {"outcome_excluded": 1, "ordered_at_in_future": 1}
    lines = {str(line["line_id"]): line for line in found.lines}
    assert set(lines) == {"1", "2", "4"}
    assert lines["1"]["ordered_at"] == datetime(2024, 1, 2, 9, 30, tzinfo=UTC)
    assert lines["1"]["delivered_at"] == datetime(2024, 1, 5, tzinfo=UTC)  # a day is that day in every zone
    assert lines["1"]["unit_price"] == Decimal("1250.0000")
    assert lines["1"]["net_value"] == Decimal("800.0000")
    assert (lines["1"]["attr_device"], lines["1"]["attr_visits"]) == ("phone; small", 3.0)
    assert lines["2"]["kind"] == "service"
    assert lines["2"]["attr_device"] == 'a "phone"\n in two lines'
    assert (lines["4"]["order_id"], lines["4"]["quantity"], lines["4"]["attr_visits"]) == ("o2", 3, 2.5)
    events = {str(event["line_id"]): event for event in found.events}
    assert (events["1"]["outcome"], events["1"]["refund_amount"]) == ("refund", Decimal("800.0000"))
    assert events["1"]["available_at"] == datetime(2024, 1, 22, tzinfo=UTC)
    assert events["4"]["outcome"] == "exchange"
    assert found.result.facts["currency"] == "EUR"


def test_parquet_gives_the_same_contents_as_text(bench: IngestBench) -> None:
    rows = [("1", "a", "A", "2024-01-02", "2", "10.5"), ("1", "a", "A", "2024-01-09", "-1", "10.5")]
    bench.put("orders.csv", [HEADER, *rows])
    from_text = bench.ingest(ROWS)
    table = pa.table(
        {
            "price": [10.5, 10.5],
            "day": pa.array([datetime(2024, 1, 2), datetime(2024, 1, 9)], pa.timestamp("ns")),  # noqa: DTZ001
            "units": pa.array([2, -1], pa.int32()),
            "order": ["1", "1"],
            "buyer": ["a", "a"],
            "sku": ["A", "A"],
        }
    )
    pq.write_table(table, bench.place / "orders.parquet")
    from_parquet = bench.ingest(ROWS.replace("orders.csv", "orders.parquet") + '\n[format]\ndates = ["d/M/yyyy"]\n')
    assert from_parquet.contents == from_text.contents


@pytest.mark.parametrize(
    ("dates", "ordered", "returned"),
    [
        ('["iso"]', "2024-03-04T14:00", "2024-03-04"),
        ('["dd.MM.yyyy H:mm", "dd.MM.yyyy"]', "04.03.2024 14:00", "04.03.2024"),
        (
            """["yyyy-MM-dd 'at' HH:mm", "yyyy-MM-dd 'with no hour'"]""",
            "2024-03-04 at 14:00",
            "2024-03-04 with no hour",
        ),
    ],
)
def test_a_time_zone_moves_hours_and_no_days(bench: IngestBench, dates: str, ordered: str, returned: str) -> None:
    bench.put("orders.csv", [HEADER, ("1", "a", "A", ordered, 1, 10), ("1", "a", "A", returned, -1, 10)])
    found = bench.ingest(ROWS + f'\n[format]\ndates = {dates}\ntimezone = "Europe/Berlin"\n')
    assert [line["ordered_at"] for line in found.lines] == [datetime(2024, 3, 4, 13, tzinfo=UTC)]
    assert [event["returned_at"] for event in found.events] == [datetime(2024, 3, 4, tzinfo=UTC)]


def put_parquet(bench: IngestBench, days: pa.Array) -> None:
    """One order whose day is of a type that text has not."""
    columns = {"price": [10], "units": [1], "order": ["1"], "buyer": ["a"], "sku": ["A"]}
    pq.write_table(pa.table({"day": days, **columns}), bench.place / "orders.parquet")


@pytest.mark.parametrize(
    ("unit", "kept_in", "hour"),
    [
        ("ns", "UTC", 14),
        ("ns", "America/New_York", 14),
        ("ns", None, 13),
        pytest.param("us", "UTC", 14, marks=pytest.mark.thorough),
        pytest.param("us", "America/New_York", 14, marks=pytest.mark.thorough),
        ("us", None, 13),
    ],
)
def test_moments_of_parquet_in_utc_stay_and_local_ones_are_of_the_mapping_s_zone(
    bench: IngestBench, unit: str, kept_in: str | None, hour: int
) -> None:
    written = datetime(2024, 3, 4, 14, 30, 15, 123408, UTC if kept_in else None)
    put_parquet(bench, pa.array([written], pa.timestamp(unit, kept_in)))
    found = bench.ingest(ROWS.replace("orders.csv", "orders.parquet") + '\n[format]\ntimezone = "Europe/Berlin"\n')
    assert [line["ordered_at"] for line in found.lines] == [datetime(2024, 3, 4, hour, 30, 15, 123408, UTC)]


def test_days_of_parquet_are_those_days_in_every_zone(bench: IngestBench) -> None:
    put_parquet(bench, pa.array([date(2024, 3, 4)], pa.date32()))
    found = bench.ingest(ROWS.replace("orders.csv", "orders.parquet") + '\n[format]\ntimezone = "Asia/Tokyo"\n')
    assert [line["ordered_at"] for line in found.lines] == [datetime(2024, 3, 4, tzinfo=UTC)]


def test_neither_names_nor_order_of_files_rows_or_columns_are_part_of_the_content(bench: IngestBench) -> None:
    rows = [(str(n % 3), "a", "A", f"2024-01-0{n + 1}", 1, 10 + n) for n in range(6)]
    twins = [("9", "a", "A", "2024-01-02", 1, 10, "x"), ("9", "a", "A", "2024-01-02", 1, 10, "y")]
    bench.put("orders.csv", [(*HEADER, "note"), *((*row, "") for row in rows), *twins])
    whole = bench.ingest(ROWS)
    turned = [tuple(reversed(row)) for row in [(*HEADER, "note"), *reversed(twins), *((*row, "") for row in rows[3:])]]
    bench.put("parts/b.csv", turned)
    bench.put("parts/a.csv", [(*HEADER, "note"), *((*row, "") for row in rows[:3])])
    parts = bench.ingest(ROWS.replace('"orders.csv"', '["parts/b.csv", "parts/a*.csv"]'))
    assert parts.contents == whole.contents
    assert len({line["line_id"] for line in whole.lines}) == 8


def test_what_the_shop_did_about_lines_is_kept_beside_them_and_every_row_has_a_fate(bench: IngestBench) -> None:
    bench.put("orders.csv", [("line", *HEADER), ("l1", "o1", "c1", "A", "2024-01-02", 1, 10)])
    bench.put(
        "done.csv",
        [
            ("position", "what", "when", "told"),
            ("l1", "asked", "2024-01-03 09:00", "2024-01-04 08:00"),
            ("l1", "asked", "2024-01-03 09:00", "2024-01-04 08:00"),  # once more
            ("l1", "exchanged", "2024-01-05", ""),  # known as soon as it was done
            ("l9", "asked", "2024-01-03", ""),
            ("l1", "asked", "2023-12-31", ""),
            ("l1", "", "2024-01-03", ""),
            ("l1", "asked", "some day", ""),
        ],
    )
    mapping = ROWS.replace("[columns]", '[columns]\nline_id = "line"') + (
        '[taken_actions]\nfiles = "done.csv"\nline_id = "position"\naction = "what"\ntaken_at = "when"\n'
        'available_at = "told"\n'
    )
    made = bench.ingest(mapping)
    kept = sorted((row["line_id"], row["action"], row["taken_at"], row["available_at"]) for row in made.actions)
    assert kept == [
        ("l1", "asked", datetime(2024, 1, 3, 9, tzinfo=UTC), datetime(2024, 1, 4, 8, tzinfo=UTC)),
        ("l1", "exchanged", datetime(2024, 1, 5, tzinfo=UTC), datetime(2024, 1, 5, tzinfo=UTC)),
    ]
    assert made.fates == (8, 3, 4, 1)
    assert (made.result.facts["taken_actions"], made.result.facts["taken_action_rows"]) == (2, 7)
    assert made.result.facts["last_day"] == "2024-01-02"  # what was done does not say how far the source reaches
    assert made.reasons == {
        "action_of_no_line": 1,
        "taken_before_ordered": 1,
        "action_missing": 1,
        "taken_at_unreadable": 1,
    }
    assert {row["table"] for row in made.quarantine} == {"taken_actions"}


def test_a_source_without_a_record_of_actions_has_an_empty_table_of_them(bench: IngestBench) -> None:
    bench.put("orders.csv", [HEADER, ("o1", "c1", "A", "2024-01-02", 1, 10)])
    made = bench.ingest(ROWS)
    assert made.actions == []
    assert made.result.facts["taken_actions"] == 0
