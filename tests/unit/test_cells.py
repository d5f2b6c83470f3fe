"""Reading cells as the types their schema promises."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from domain import cells
from domain.errors import SnapshotError

ROW = {
    "name": "a",
    "count": 3,
    "price": Decimal("1.5000"),
    "at": datetime(1970, 1, 2, 23, tzinfo=UTC),
    "on": date(1970, 1, 3),
    "none": None,
}


def test_cells_are_read_as_their_types() -> None:
    assert cells.text(ROW, "name") == "a"
    assert cells.integer(ROW, "count") == 3
    assert cells.number(ROW, "price") == 1.5
    assert cells.money(ROW, "price") == Decimal("1.5")
    assert cells.moment(ROW, "at").hour == 23
    assert (cells.day(ROW, "at"), cells.day(ROW, "on")) == (1, 2)


def test_absent_cells_are_none_where_that_is_allowed() -> None:
    assert cells.optional_text(ROW, "none") is None
    assert cells.optional_day(ROW, "none") is None
    assert (cells.optional_text(ROW, "name"), cells.optional_day(ROW, "on")) == ("a", 2)


@pytest.mark.parametrize("reader", [cells.number, cells.money, cells.moment, cells.day])
@pytest.mark.parametrize("column", ["none", "name"])
def test_a_cell_of_another_type_is_named_with_what_it_holds(reader, column: str) -> None:  # noqa: ANN001
    with pytest.raises(SnapshotError, match=f"column '{column}' holds"):
        reader(ROW, column)
