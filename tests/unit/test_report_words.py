"""Numbers and names as people read them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.report import words
from adapters.report.glossary import TERMS
from domain.monitoring.thresholds import DEFAULTS


@pytest.mark.parametrize(
    ("value", "places", "said"),
    [
        (0.163, 0, "16\u202f%"),
        (0.1634, 1, "16.3\u202f%"),
        (0.0, 0, "0\u202f%"),
        (0.0004, 1, "<\u202f0.1\u202f%"),
        (0.005, 0, "<\u202f1\u202f%"),
        (-0.034, 0, "\u22123\u202f%"),
        (1.0, 0, "100\u202f%"),
        (0.997, 0, ">\u202f99\u202f%"),
        (None, 0, words.NONE),
    ],
)
def test_shares_read_as_percentages(value: float | None, places: int, said: str) -> None:
    assert words.percent(value, places) == said


@given(st.floats(1e-12, 1.0), st.integers(0, 3))
def test_what_is_not_nothing_never_reads_as_nothing(share: float, places: int) -> None:
    assert words.percent(share, places) != words.percent(0.0, places)


@pytest.mark.parametrize(
    ("value", "currency", "said"),
    [
        (1234.5, "GBP", "£1,234"),
        (12.5, "EUR", "€12.50"),
        (-12.5, "USD", "\u2212$12.50"),
        (1234.0, "SEK", "1,234\u00a0SEK"),
        (12.0, "XXX", "12.00"),
        (None, "EUR", words.NONE),
    ],
)
def test_money_has_its_currency_where_that_is_known(value: float | None, currency: str, said: str) -> None:
    assert words.money(value, currency) == said


@pytest.mark.parametrize(("value", "said"), [(1530.4, "1,530"), (9.25, "9.2"), (0.0, "0.0"), (None, words.NONE)])
def test_units_have_a_decimal_only_where_they_are_few(value: float | None, said: str) -> None:
    assert words.units(value) == said


def test_days_and_names_read_as_words() -> None:
    assert words.day("2019-05-01") == "1 May 2019"
    assert words.day(None) == words.NONE
    assert words.short_day("2019-05-01") == "1 May"
    assert words.phrase("negative_quantity") == "Negative quantity"
    assert words.learner_name("hgb") == "Gradient boosting"
    assert words.learner_name("another") == "another"
    assert (words.plural(1, "line"), words.plural(1200, "line")) == ("1 line", "1,200 lines")


def test_a_long_identifier_loses_its_middle_and_a_short_one_nothing() -> None:
    assert words.short_id("5.36356E+13|12345") == "5.36356E+13|12345"
    assert words.short_id("0123456789abcdef0123456789abcdef") == "0123456789abcd…abcdef"


def test_the_glossary_calls_a_shift_what_monitoring_alerts_at() -> None:
    assert dict(TERMS)["PSI"].endswith(f"above {DEFAULTS.psi:g} a shift.")
