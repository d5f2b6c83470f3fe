"""Drafts of files whose amounts have signs, whose days are counts, or whose texts nothing reads."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from domain.drafting.profiles import Look, profile
from domain.errors import SourceError
from domain.source.mapping_parts import TextFormat
from domain.source.quality import CheckedRow, breaks
from domain.source.quality_rules import line_rules
from tests.shops.declared import EVERYTHING
from tests.shops.undescribed import NAMES, as_table, drafted, looked_at, sales


def flagged() -> list[dict[str, str]]:
    return [{**row, "flag": "yes" if row["back"] else "no"} for row in sales()]


FLAGGED = {**NAMES, "flag": "returned"}


def with_prices(written: str) -> list[dict[str, str]]:
    """Rows with a price of more than a thousand here and there, written so."""
    return [
        {**row, "price": written.format(1000 * (n % 9 == 0) + float(row["price"].replace(",", ".")))}
        for n, row in enumerate(flagged())
    ]


def test_dollars_are_drafted_with_their_sign_and_no_currency() -> None:
    draft, mapping = drafted(orders=as_table(with_prices("${:,.2f}"), FLAGGED))
    assert (mapping.format.currency_sign, mapping.format.thousands) == ("$", ",")
    assert mapping.columns.unit_price == NAMES["price"]
    assert mapping.currency == "XXX"
    assert "which have '$'" in draft.mapping_text


def test_euros_are_drafted_with_their_currency() -> None:
    _, mapping = drafted(orders=as_table(with_prices("{:.2f} €"), FLAGGED))
    assert (mapping.format.currency_sign, mapping.currency) == ("€", "EUR")


def test_whole_prices_with_a_code_are_amounts() -> None:
    assert profile("price", [f"{1200 + n} EUR" for n in range(99)]).look is Look.MONEY


@pytest.mark.parametrize("space", ["\u00a0", "\u202f", " "])
def test_spaces_between_thousands_are_drafted(space: str) -> None:
    rows = [{**row, "price": row["price"].replace(",", space).replace(".", ",")} for row in with_prices("{:,.2f}")]
    _, mapping = drafted(orders=as_table(rows, FLAGGED))
    assert (mapping.format.decimal, mapping.format.thousands) == (",", " ")
    assert mapping.columns.unit_price == NAMES["price"]


def test_a_price_that_is_no_number_is_quoted() -> None:
    rows = [{**row, "price": f"{row['price']} {'€' if n % 2 else '$'}"} for n, row in enumerate(flagged())]
    with pytest.raises(SourceError, match=r"'Einzelpreis' .* texts such as '[0-9,]+ [€$]'"):
        looked_at(orders=as_table(rows, FLAGGED))


def test_a_day_that_nothing_reads_is_quoted() -> None:
    rows = [{**row, "day": f"KW {int(row['day'][:2]) % 52}"} for row in flagged()]
    with pytest.raises(SourceError, match=r"'Bestelldatum' .* texts such as 'KW "):
        looked_at(orders=as_table(rows, FLAGGED))


def test_a_day_counted_in_seconds_is_drafted() -> None:
    days = {row["day"]: datetime.strptime(row["day"], "%d.%m.%Y").replace(tzinfo=UTC) for row in sales()}
    rows = [{**row, "day": str(int(days[row["day"]].timestamp()))} for row in flagged()]
    _, mapping = drafted(orders=as_table(rows, {**FLAGGED, "day": "order_ts"}))
    assert (mapping.columns.ordered_at, mapping.format.dates) == ("order_ts", ("epoch",))


def test_an_amount_with_another_sign_is_set_aside_as_no_number() -> None:
    mapping = replace(EVERYTHING, format=TextFormat(currency_sign="$"))
    rules = line_rules(mapping, datetime(2024, 1, 1, tzinfo=UTC))
    rule = next(rule for rule in rules if rule.name == "price_not_a_number")
    assert not breaks(rule, CheckedRow({"price": "$5.00"}, {}, {}))
    assert not breaks(rule, CheckedRow({"price": "5.00"}, {}, {}))
    assert breaks(rule, CheckedRow({"price": "€5.00"}, {}, {}))
    assert breaks(rule, CheckedRow({"price": "$ free"}, {}, {}))
