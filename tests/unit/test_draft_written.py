"""Which dates and amounts a draft proposes, and what it says of those that it cannot read."""

from datetime import UTC, date, datetime, timedelta

import pytest

from domain.drafting.dates import date_formats
from domain.drafting.numbers import Marks, number_marks
from domain.drafting.signs import currency_of, currency_sign
from domain.drafting.unread import no_column
from domain.source.date_format import check_date_format

DAYS = [date(2023, 1, 5) + timedelta(days=7 * n) for n in range(60)]
MOMENTS = [datetime(2023, 1, 5, 9, 12, 33, tzinfo=UTC) + timedelta(hours=31 * n) for n in range(200)]


@pytest.mark.parametrize(
    ("written", "forms"),
    [
        ("%Y%m%d", ("yyyyMMdd",)),
        ("%Y-%m-%d %H:%M:%S +0100", ("iso",)),
        ("%Y-%m-%d %H:%M:%S UTC", ("iso",)),
        ("%B %d, %Y", ("MMMM d, yyyy",)),
        ("%b %d, %Y", ("MMM d, yyyy",)),
        ("%b %d, %Y, %I:%M %p", ("MMM d, yyyy, h:mm a",)),
        ("%d %B %Y", ("d MMMM yyyy",)),
        ("%d. %b %Y", ("d. MMM yyyy",)),
        ("%Y-%b-%d", ("yyyy-MMM-d",)),
        ("%Y%m%d%H%M%S", ("yyyyMMddHHmmss",)),
        ("%Y%m%d %H:%M", ("yyyyMMdd H:mm",)),
        ("%d/%m/%YT%H:%M", ("d/M/yyyy'T'H:mm",)),
        ("%d/%m/%Y %H:%M:%S +0100", ("d/M/yyyy H:mm:ss xx",)),
        ("%d/%m/%Y %H:%M:%S-05:00", ("d/M/yyyy H:mm:ssxxx",)),
        ("%d/%m/%Y %H:%M GMT", ("d/M/yyyy H:mm 'GMT'",)),
    ],
)
def test_a_common_way_to_write_days_is_proposed(written: str, forms: tuple[str, ...]) -> None:
    assert date_formats([f"{day:{written}}" for day in MOMENTS]) == forms
    for form in forms:
        check_date_format(form)


def test_may_alone_leaves_no_doubt_about_day_and_month() -> None:
    assert date_formats(["May 1, 2023", "May 11, 2023"]) == ("MMM d, yyyy",)
    assert date_formats(["May 1, 2023", "April 11, 2023"]) == ("MMMM d, yyyy",)


@pytest.mark.parametrize(("scale", "form"), [(1, "epoch"), (1000, "epoch_ms")])
def test_a_count_of_seconds_is_a_moment_where_the_name_says_so(scale: int, form: str) -> None:
    texts = [str(int(moment.timestamp()) * scale) for moment in MOMENTS]
    assert date_formats(texts, "order_ts") == (form,)
    assert date_formats(texts, "createdAt") == (form,)
    assert date_formats(texts, "order_id") == ()


@pytest.mark.parametrize(
    "texts",
    [
        [str(10_000_000 + 37 * n) for n in range(300)],
        [str(20_230_101 + n) for n in range(300)],
        ["12345678", "87654321"],
        [f"{n % 24:02d}:{n % 60:02d}:{n % 60:02d}" for n in range(300)],
        [f"{n % 9} Mug {1000 + n}" for n in range(300)],
        ["1,234.50", "12,345.50"],
        ["10 12 14", "12 14 16"],
    ],
)
def test_other_digits_are_no_days(texts: list[str]) -> None:
    assert date_formats(texts, "ordered_at") == ()


@pytest.mark.parametrize(
    ("texts", "marks"),
    [
        (["$1,234.50", "$5.00", "-$3.10"], Marks(".", ",", sign="$")),
        (["12,50 €", "1.234,50 €"], Marks(",", ".", sign="€")),
        (["1 234,50", "12,50"], Marks(",", " ")),
        (["1\u00a0234,50\u00a0€", "12,50\u00a0€"], Marks(",", " ", sign="€")),
        (["1\u202f234,50", "12,50"], Marks(",", " ")),
        (["1'234.50", "12.50"], Marks(".", "'")),
        (["CHF 1\u2019234.50", "CHF 12.50"], Marks(".", "'", sign="CHF")),
        (["12.50 EUR", "7.00 EUR"], Marks(".", "", sign="EUR")),
        (["12,50 kr.", "7,00 kr."], Marks(",", "", sign="kr.")),
        (["US$5.10", "US$1.20"], Marks(".", "", sign="US$")),
        (["1 234", "12"], Marks(".", " ")),
        ([*["$5.00"] * 99, "€5.00"], Marks(".", "", sign="$")),
    ],
)
def test_amounts_are_read_with_what_stands_beside_and_between_their_digits(texts: list[str], marks: Marks) -> None:
    assert number_marks(texts) == marks


def test_an_amount_is_a_number_whatever_its_sign() -> None:
    marks = Marks(",", " ", sign="€")
    assert marks.number(" 1\u00a0234,50\u202f€ ") == 1234.5
    assert marks.number("-€ 3") == -3
    assert marks.number("free") != marks.number("free")


@pytest.mark.parametrize(
    "texts",
    [
        ["$5.00", "€5.00"],
        ["123 456", "234 567"],
        ["CUP 12", "CUP 300"],
        ["ORD 10.5", "ORD 11.5"],
        ["5 pcs", "7 pcs"],
        ["XL 12.5", "XS 10.5"],
    ],
)
def test_mixed_signs_and_parts_of_names_are_no_numbers(texts: list[str]) -> None:
    assert number_marks(texts) is None


@pytest.mark.parametrize(
    ("sign", "code"), [("€", "EUR"), ("£", "GBP"), ("CHF", "CHF"), ("$", None), ("kr", None), ("", None)]
)
def test_a_sign_of_one_currency_alone_names_it(sign: str, code: str | None) -> None:
    assert currency_of(sign) == code


def test_numbers_without_any_sign_have_none() -> None:
    assert not currency_sign(["1.50", "-2", "+3", ".5", "x", ""])


def test_a_day_that_no_format_reads_is_quoted_with_its_column() -> None:
    error = no_column(
        "orders.csv", "the day of the order", "ordered_at", {"id": ["1"], "Order Date": ["", " 5 janv. 2023 "]}
    )
    assert "'Order Date'" in str(error)
    assert "'5 janv. 2023'" in str(error)
    assert "2023-01-31" in error.remedy


def test_a_file_whose_names_speak_of_no_day_is_said_to_have_none() -> None:
    error = no_column("orders.csv", "the day of the order", "ordered_at", {"id": ["1"], "price": ["2"]})
    assert "'price'" not in str(error)
    assert "No name of a column speaks of a day" in error.remedy


def test_a_price_that_is_no_number_is_quoted_shortly() -> None:
    error = no_column("orders.csv", "the price", "price", {"Amount": ["x" * 200]})
    assert f"'{'x' * 40}...'" in str(error)
    assert "1234.50" in error.remedy
