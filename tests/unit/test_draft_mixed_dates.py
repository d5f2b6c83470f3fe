"""A column that writes its moments in several ways, as spreadsheets leave those that they took for no day of theirs."""

from datetime import date, timedelta

import pytest

from domain.drafting.dates import date_formats, in_order_of, mixed_formats
from domain.drafting.profiles import Look, profile
from tests.shops.undescribed import NAMES, as_table, drafted, looked_at, sales

DAYS = [date(2014, 1, 1) + timedelta(days=n) for n in range(300)]
# A spreadsheet of the other order takes days up to the 12th for months, and writes them its own way.
MIXED = [f"{d:%d-%m-%Y}" if d.day > 12 else f"{d.day}/{d.month}/{d.year}" for d in DAYS]


def spreadsheet(day: str) -> str:
    d, m, y = (int(part) for part in day.split("."))
    return f"{d:02d}-{m:02d}-{y}" if d > 12 else f"{d}/{m}/{y}"


def test_days_in_two_ways_are_moments_of_two_formats_in_one_order() -> None:
    assert date_formats(MIXED) == ()
    column = profile("tran_date", MIXED)
    assert (column.look, column.dates, column.further) == (Look.MOMENT, ("d-M-yyyy",), ("d/M/yyyy",))


def test_the_part_that_proves_the_order_decides_for_the_others() -> None:
    proving = [f"{d.month}/{d.day}/{d.year}" for d in DAYS[:100]]
    silent = [f"{d.month:02d}-{d.day % 12 + 1:02d}-{d.year}" for d in DAYS]
    first, further = mixed_formats(list(dict.fromkeys([*silent, *proving])))
    assert (first, further) == (("M-d-yyyy",), ("M/d/yyyy",))


def test_where_no_part_proves_the_order_both_are_given_each_with_its_further_ones() -> None:
    silent = [f"{d.month:02d}-{d.day % 12 + 1:02d}-{d.year}" for d in DAYS]
    slashed = [text.replace("-", "/") for text in silent[:100]]
    first, further = mixed_formats(list(dict.fromkeys([*silent, *slashed])))
    assert first == ("d-M-yyyy", "M-d-yyyy")
    assert [in_order_of(form, further) for form in first] == [("d/M/yyyy",), ("M/d/yyyy",)]


def test_a_few_days_in_another_way_are_read_too() -> None:
    days = [f"{d}" for d in DAYS]
    column = profile("day", [*days[1:], *["01.02.2014", "28.02.2014", "03.03.2014"]])
    assert (column.dates, column.further) == (("iso",), ("d.M.yyyy",))


@pytest.mark.parametrize(
    "texts",
    [[*MIXED[:200], *(f"week {n}" for n in range(20))], ["1.249.900", "2.300.000", "12/13/14/15"], ["A-1-2014"]],
)
def test_texts_that_are_no_days_in_any_way_are_none(texts: list[str]) -> None:
    assert mixed_formats(texts) == ((), ())
    assert profile("c", texts).look is not Look.MOMENT


def test_a_draft_names_every_way_and_doubts_them() -> None:
    rows = [{**row, "day": spreadsheet(row["day"]), "flag": "yes" if row["back"] else "no"} for row in sales()]
    draft, mapping = drafted(orders=as_table(rows, {**NAMES, "flag": "returned"}))
    assert set(mapping.format.dates) == {"d-M-yyyy", "d/M/yyyy"}
    assert any("'Bestelldatum'" in doubt and "2 ways" in doubt for doubt in draft.doubts)
    assert draft.verdict.figures.lines == len(rows)


def test_a_file_of_returns_names_every_way_of_its_own() -> None:
    rows = sales()
    back = [{**row, "back": spreadsheet(row["back"])} for row in rows if row["back"]]
    names = {"back": "returned", "order": "order", "sku": "sku"}
    draft, mapping = drafted("orders.csv", "returns.csv", orders=as_table(rows, NAMES), returns=as_table(back, names))
    assert mapping.format.dates == ("d.M.yyyy",)
    assert set(mapping.format_of_returns.dates) == {"d-M-yyyy", "d/M/yyyy"}
    assert any("'returned'" in doubt and "2 ways" in doubt for doubt in draft.doubts)
    assert draft.verdict.figures.positives > 0.15 * len(rows)


def test_one_way_throughout_leaves_no_doubt() -> None:
    rows = [{**row, "flag": "yes" if row["back"] else "no"} for row in sales()]
    assert looked_at(orders=as_table(rows, {**NAMES, "flag": "returned"})).doubts == ()
