"""How a source writes numbers and moments, and which name somebody meant."""

from decimal import Decimal

import pytest

from domain.errors import MappingError
from domain.nearest import nearest, suggestion
from domain.source.date_format import ISO, check_date_format, read_moment
from domain.source.number_format import read_number


@pytest.mark.parametrize(
    ("text", "decimal", "thousands", "value"),
    [
        ("74.17", ".", "", "74.17"),
        ("-0", ".", "", "0"),
        (".5", ".", "", "0.5"),
        ("5.36356E+13", ".", "", "53635600000000"),
        ("1.234,50", ",", ".", "1234.50"),
        ("1.234.567", ",", ".", "1234567"),
        ("12345678901.12345678905", ".", "", "12345678901.1234567891"),
        ("1e-400", ".", "", "0"),
    ],
)
def test_a_number_is_read_exactly(text: str, decimal: str, thousands: str, value: str) -> None:
    assert read_number(text, decimal, thousands) == Decimal(value)


@pytest.mark.parametrize("text", ["", "x", "1,5", "1.2.3", "NaN", "inf", "1 000", "1e999", "٣", "0x10", "--1"])
def test_what_is_no_number_is_none(text: str) -> None:
    assert read_number(text, ".", "") is None


def test_a_number_that_no_column_holds_is_none() -> None:
    assert read_number("999999999999999999", ".", "") == Decimal(10) ** 18 - 1
    assert read_number("1000000000000000000", ".", "") is None


def test_groups_of_thousands_must_have_three_digits() -> None:
    assert read_number("1,23", ".", ",") is None
    assert read_number("1,234", ".", ",") == 1234


@pytest.mark.parametrize(
    ("text", "form", "moment"),
    [
        ("3/3/2019", "d/M/yyyy", "2019-03-03T00:00:00"),
        ("12/1/2010 8:26", "M/d/yyyy H:mm", "2010-12-01T08:26:00"),
        ("03-Mar-2019", "dd-MMM-yyyy", "2019-03-03T00:00:00"),
        ("20190403", "yyyyMMdd", "2019-04-03T00:00:00"),
        ("3/4/19 14:05", "M/d/yy H:mm", "2019-03-04T14:05:00"),
        ("3/4/2024 2:05 PM", "M/d/yyyy h:mm a", "2024-03-04T14:05:00"),
        ("3/4/2024 12:05 am", "M/d/yyyy h:mm a", "2024-03-04T00:05:00"),
        ("2024-03-04 12:00:00+00", "yyyy-MM-dd HH:mm:ss'+00'", "2024-03-04T12:00:00"),
        ("2019-04-03", ISO, "2019-04-03T00:00:00"),
        ("2019-04-03T10:00:00.5", ISO, "2019-04-03T10:00:00.500000"),
        ("2019-04-03T10:00Z", ISO, "2019-04-03T10:00:00+00:00"),
    ],
)
def test_a_moment_is_read_in_its_format(text: str, form: str, moment: str) -> None:
    check_date_format(form)
    read = read_moment(text, form)
    assert read is not None
    assert read.isoformat() == moment


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("31/02/2019", "d/M/yyyy"),
        ("14/4/19", "d/M/yyyy"),
        ("3/3/2019", "dd/MM/yyyy"),
        ("03-Mrz-2019", "dd-MMM-yyyy"),
        ("3/3/2019 13:00 PM", "d/M/yyyy h:mm a"),
        ("2019", ISO),
        ("2019-13-01", ISO),
    ],
)
def test_what_is_no_such_moment_is_none(text: str, form: str) -> None:
    assert read_moment(text, form) is None


@pytest.mark.parametrize(
    "form", ["dd/MM", "yyyy", "dd/MM/yyyy yyyy", "DD/MM/YYYY", "dd/MM/yyyy 'at' hh", "d/M/yyyy H a"]
)
def test_a_format_without_a_day_is_refused(form: str) -> None:
    with pytest.raises(MappingError, match="does not give a day"):
        check_date_format(form)


def test_the_nearest_name_looks_past_case_and_punctuation() -> None:
    assert nearest("transaction_id", ["Buyer ID", "Transaction ID"]) == "Transaction ID"
    assert nearest("Catgory", ["Category", "Version"]) == "Category"
    assert nearest("zzz", ["Category"]) is None


def test_a_remedy_lists_what_is_known_when_nothing_is_near() -> None:
    assert suggestion("zzz", ["a1", "b2"]) == "Known are: a1, b2."
