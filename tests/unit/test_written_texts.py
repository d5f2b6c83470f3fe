"""How moments with zones, counts of seconds, and amounts with a currency's sign are read."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from domain.errors import MappingError
from domain.source.date_format import EPOCH, EPOCH_MS, ISO, check_date_format, read_moment
from domain.source.number_format import check_sign, read_number


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("2023-01-05 10:12:33 +0100", ISO),
        ("2023-01-05 10:12:33+01", ISO),
        ("2023-01-05T10:12:33 +01:00", ISO),
        ("2023-01-05 04:12:33 -0500", ISO),
        ("2023-01-05 09:12:33 UTC", ISO),
        ("2023-01-05 09:12:33 Z", ISO),
        ("5/1/2023 10:12:33 +0100", "d/M/yyyy H:mm:ss xx"),
        ("5/1/2023 03:42:33 -05:30", "d/M/yyyy H:mm:ss xxx"),
        ("Jan 5, 2023 10:12:33 AM +01", "MMM d, yyyy h:mm:ss a x"),
        ("1672909953", EPOCH),
        ("1672909953.0", EPOCH),
        ("1672909953000", EPOCH_MS),
    ],
)
def test_a_moment_with_its_own_zone_is_that_moment_in_utc(text: str, form: str) -> None:
    check_date_format(form)
    read = read_moment(text, form)
    assert read is not None
    assert read.astimezone(UTC) == datetime(2023, 1, 5, 9, 12, 33, tzinfo=UTC)


@pytest.mark.parametrize(("text", "form"), [("2023-01-05", ISO), ("January 5, 2023", "MMMM d, yyyy")])
def test_a_moment_that_names_no_zone_has_none(text: str, form: str) -> None:
    assert read_moment(text, form) == datetime(2023, 1, 5)  # noqa: DTZ001 (a shop's own clock)


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("Jan 5, 2023", "MMMM d, yyyy"),
        ("January 5, 2023", "MMM d, yyyy"),
        ("Smarch 5, 2023", "MMMM d, yyyy"),
        ("2023-01-05 10:12 +2500", ISO),
        ("2023-01-05 10:12 CET", ISO),
        ("2023-01-05 +0100", ISO),
        ("5/1/2023 10:12 +01", "d/M/yyyy H:mm xx"),
        ("1672909953000", EPOCH),
        ("1672909953", EPOCH_MS),
        ("-1672909953", EPOCH),
    ],
)
def test_another_way_of_writing_is_no_such_moment(text: str, form: str) -> None:
    assert read_moment(text, form) is None


@pytest.mark.parametrize("form", ["d/M/yyyy xx", "d/M/yyyy H:mm x xx", "epoch_s"])
def test_a_format_whose_offset_says_nothing_is_refused(form: str) -> None:
    with pytest.raises(MappingError, match="does not give a day"):
        check_date_format(form)


@pytest.mark.parametrize("text", ["1 234,50", "1\u00a0234,50", "1\u202f234,50", "1\u2009234,50"])
def test_a_space_between_thousands_is_any_space(text: str) -> None:
    assert read_number(text, ",", " ") == Decimal("1234.50")
    assert read_number(text, ",", "\u00a0") == Decimal("1234.50")


@pytest.mark.parametrize("text", ["1'234.50", "1\u2019234.50"])
def test_an_apostrophe_between_thousands_is_straight_or_curly(text: str) -> None:
    assert read_number(text, ".", "'") == Decimal("1234.50")


@pytest.mark.parametrize(
    ("text", "sign", "value"),
    [
        ("$1,234.50", "$", "1234.50"),
        ("-$12.50", "$", "-12.50"),
        ("$-12.50", "$", "-12.50"),
        ("12.50\u00a0€", "€", "12.50"),
        ("12.50", "€", "12.50"),
        ("EUR 12.50", "EUR", "12.50"),
        ("1.5e3EUR", "EUR", "1500"),
        ("Rs. 12.50", "Rs.", "12.50"),
    ],
)
def test_the_currency_s_sign_stands_before_or_after_a_number(text: str, sign: str, value: str) -> None:
    check_sign(sign)
    assert read_number(text, ".", ",", sign) == Decimal(value)


@pytest.mark.parametrize("text", ["€12.50", "$12.50$", "$$12.50", "$", "-$-1", "12 $ 50", "$ free", "EUR 12.50"])
def test_another_sign_or_no_number_beside_it_is_no_number(text: str) -> None:
    assert read_number(text, ".", ",", "$") is None


@pytest.mark.parametrize("sign", [" ", "1", "-", "e", ".", "dollars", "$ "])
def test_a_sign_that_cannot_be_told_from_the_number_is_refused(sign: str) -> None:
    with pytest.raises(MappingError, match="cannot be told from the number"):
        check_sign(sign)


def test_seconds_since_1970_are_of_this_century() -> None:
    read = read_moment("999999999", EPOCH)
    assert read == datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=999_999_999)
