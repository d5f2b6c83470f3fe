"""How numbers are read in a draft: marks, words for nothing, and what counts units."""

import random

import pytest

from domain.drafting.numbers import Marks, number_marks
from domain.drafting.profiles import Look, profile
from tests.shops.undescribed import NAMES, as_table, drafted, looked_at, sales, with_returns


@pytest.mark.parametrize(
    ("texts", "marks"),
    [
        (["129.900", "89.900", "1.249.900", "900"], Marks(",", ".")),
        (["129,900", "89,900", "1,249,900"], Marks(".", ",")),
        ([*(f"{n}.50" for n in range(300)), "1,234.50"], Marks(".", ",")),
        ([*(f"{n},50" for n in range(300)), "1.234,50"], Marks(",", ".")),
        (["12.5", "7"], Marks(".", "")),
        (["12,5", "7"], Marks(",", "")),
        (["129.900", "89.900"], Marks(".", "", are_doubtful=True)),
        (["1,234", "900"], Marks(",", "", are_doubtful=True)),
        (["9,500", "850", "12,345"], Marks(".", ",")),
        (["0.950", "1.250"], Marks(".", "")),
        (["1", "20"], Marks(".", "")),
    ],
)
def test_the_marks_are_those_that_explain_most_numbers(texts: list[str], marks: Marks) -> None:
    assert number_marks(texts) == marks


def test_words_have_no_marks() -> None:
    assert number_marks(["a", "1", "2"]) is None
    assert number_marks([]) is None


def test_the_dearest_lines_decide_however_rare() -> None:
    texts = [f"{n}.50" for n in range(6000)] * 2 + ["1,234.50"]
    assert profile("price", texts).thousands == ","


def test_prices_of_thousands_are_drafted_so() -> None:
    rows = [{**row, "price": "1.249.900" if n % 90 == 0 else f"{n % 90 + 10}.900"} for n, row in enumerate(sales())]
    _, mapping = drafted(
        orders=as_table([{**row, "flag": "yes" if row["back"] else ""} for row in rows], {**NAMES, "flag": "returned"})
    )
    assert (mapping.format.decimal, mapping.format.thousands) == (",", ".")


def test_prices_that_may_be_thousands_are_a_doubt() -> None:
    rows = [{**row, "price": f"{n % 90 + 10}.900"} for n, row in enumerate(sales())]
    assert any("three digits" in doubt for doubt in looked_at(orders=as_table(rows, NAMES)).doubts)


def test_a_column_that_another_reads_otherwise_is_a_doubt() -> None:
    rows = [{**row, "price": f"1.{row['price']}".replace("1.5,", "1.005,"), "units": "1.000"} for row in sales()]
    rows = [{**row, "price": f"{2 + n % 7}.{100 + n % 800},95"} for n, row in enumerate(rows)]
    draft = looked_at(orders=as_table(rows, NAMES))
    assert any("'1.000'" in doubt for doubt in draft.doubts)


@pytest.mark.parametrize("word", ["NULL", "n/a", "GUEST", "NaN", "5e999"])
def test_numeric_buyers_may_hold_a_word(word: str) -> None:
    texts = [str(40000 + n) for n in range(300)]
    held = profile("buyer", [*texts, word])
    assert held.look is Look.CODE
    assert held.numbers[0] == 40000


@pytest.mark.parametrize("word", ["NULL", "n/a", "GUEST"])
def test_words_for_nothing_are_drafted_as_such(word: str) -> None:
    rows = [
        {**row, "buyer": word if n % 20 == 0 else row["buyer"].replace("K", "70")}
        for n, row in enumerate(with_returns({"units": "-{units}"}))
    ]
    _, mapping = drafted(orders=as_table(rows, NAMES))
    assert mapping.format.nulls == (word,)
    assert mapping.columns.customer_id == NAMES["buyer"]


def test_a_price_that_is_absent_is_no_price() -> None:
    rows = [
        {**row, "price": "NULL" if n % 20 == 0 else row["price"]}
        for n, row in enumerate(with_returns({"units": "-{units}"}))
    ]
    _, mapping = drafted(orders=as_table(rows, NAMES))
    assert (mapping.columns.unit_price, mapping.format.nulls) == (NAMES["price"], ("NULL",))


def test_a_country_called_na_is_a_country() -> None:
    assert profile("country", ["NA", "DE", "FR"] * 9).nulls == ()


def test_absent_amounts_do_not_unsettle_the_money() -> None:
    chance = random.Random(2)
    rows = [{**row, "off": "1,50" if chance.random() < 0.1 else ""} for row in with_returns({"units": "-{units}"})]
    _, mapping = drafted(orders=as_table(rows, {**NAMES, "off": "Rabatt"}))
    assert mapping.columns.discount is not None


def numbered_lines() -> list[dict[str, str]]:
    """Lines with their number within the order."""
    seen: dict[str, int] = {}
    found = []
    for row in sales():
        seen[row["order"]] = seen.get(row["order"], 0) + 1
        found.append({**row, "place": str(seen[row["order"]])})
    return found


@pytest.mark.parametrize("name", ["order_item_id", "c8"])
def test_the_number_of_a_line_is_no_quantity_and_without_any_every_row_is_one_unit(name: str) -> None:
    names = {key: held for key, held in NAMES.items() if key != "units"}
    draft = looked_at(orders=as_table(numbered_lines(), {**names, "place": name}))
    assert "\nquantity =" not in draft.mapping_text
    assert any("every row is taken for one" in doubt for doubt in draft.doubts)


def test_units_are_found_beside_the_number_of_a_line() -> None:
    names = {key: f"c{place}" for place, key in enumerate([*NAMES, "place"])}
    draft = looked_at(orders=as_table(numbered_lines(), names))
    assert f'quantity = "{names["units"]}"' in draft.mapping_text
    assert any("No name speaks of units" in doubt for doubt in draft.doubts)


def test_a_named_quantity_is_taken_before_other_small_numbers() -> None:
    rows = [{**row, "units": "1" if n % 9 else "0", "rating": str(1 + n % 5)} for n, row in enumerate(sales())]
    draft = looked_at(orders=as_table(rows, {**NAMES, "rating": "rating"}))
    assert 'quantity = "Menge"' in draft.mapping_text
