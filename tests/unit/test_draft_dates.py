"""Which formats of moments a draft finds."""

from datetime import datetime, timedelta

import pytest

from domain.drafting.dates import agreed, date_formats
from domain.drafting.profiles import profile
from domain.source.date_format import check_date_format, read_moment
from tests.shops.undescribed import NAMES, as_table, looked_at, sales


@pytest.mark.parametrize(
    ("texts", "forms"),
    [
        (["3/4/19 14:05", "3/24/19 9:00"], ("M/d/yy H:mm",)),
        (["3/4/2024 2:05 PM", "3/24/2024 12:00 AM"], ("M/d/yyyy h:mm a",)),
        (["3/4/2024 2:05:59 pm", "24/4/2024 2:05:00 am"], ("d/M/yyyy h:mm:ss a",)),
        (["24.3.2024 2:05PM"], ("d.M.yyyy h:mma",)),
        (["2024-03-04 12:00:00+00"], ("iso",)),
        (["4.3.2024 12:00:00+0000"], ("d.M.yyyy H:mm:ssxx", "M.d.yyyy H:mm:ssxx")),
        (["04-Mar-19"], ("d-MMM-yy",)),
        (["3/4/2024", "4/5/2024"], ("d/M/yyyy", "M/d/yyyy")),
        ([*(f"{1 + n % 12}/{1 + n % 10}/2024" for n in range(200)), "12/31/2024"], ("M/d/yyyy",)),
        (["2024-03-04 12:00:00+00:00"], ("iso",)),
        (["1.249.900", "2.300.000"], ()),
        (["2024-03-04 12:00:00+00", "2024-03-04 12:00:00+01"], ("iso",)),
    ],
)
def test_the_format_is_the_one_that_explains_most_days(texts: list[str], forms: tuple[str, ...]) -> None:
    assert date_formats(texts) == forms
    for form in forms:
        check_date_format(form)


def test_a_named_utc_is_said_to_be_the_default_zone() -> None:
    rows = [{**row, "day": f"{row['day']} 12:00:00 UTC"} for row in sales()]
    text = looked_at(orders=as_table(rows, NAMES)).mapping_text
    assert "dates = [\"d.M.yyyy H:mm:ss 'UTC'\"]" in text
    assert "leave the time zone alone" in text


def test_a_year_of_two_digits_is_of_this_century() -> None:
    read = read_moment("3/4/19", "d/M/yy")
    assert read is not None
    assert read.year == 2019


@pytest.mark.parametrize(
    ("own", "beside", "left"),
    [
        (("d/M/yyyy", "M/d/yyyy"), ("M/d/yyyy H:mm",), ("M/d/yyyy",)),
        (("d/M/yyyy", "M/d/yyyy"), ("iso",), ("d/M/yyyy", "M/d/yyyy")),
        (("d/M/yyyy", "M/d/yyyy"), ("d/M/yyyy", "M/d/yyyy"), ("d/M/yyyy", "M/d/yyyy")),
        (("yyyy-M-d",), ("M/d/yyyy",), ("yyyy-M-d",)),
        (("d.M.yyyy",), ("M/d/yyyy",), ("d.M.yyyy",)),
    ],
)
def test_another_file_settles_day_and_month(
    own: tuple[str, ...], beside: tuple[str, ...], left: tuple[str, ...]
) -> None:
    assert agreed(own, beside) == left


def test_moments_in_order_of_time_are_looked_at_throughout() -> None:
    first = datetime(2023, 1, 1)  # noqa: DTZ001 (a shop's own clock)
    moments = [first + timedelta(minutes=n) for n in range(40_000)]
    texts = [f"{when.month}/{when.day}/{when.year} {when.hour}:{when:%M}" for when in moments]
    assert profile("created_at", texts).dates == ("M/d/yyyy H:mm",)
