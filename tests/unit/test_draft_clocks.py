"""Days of dispatch and delivery that a run would set whole lines aside for."""

from datetime import datetime, timedelta

import pytest

from application.draft_mapping import Draft
from domain.source.mapping import SourceMapping
from tests.shops.undescribed import NAMES, as_table, drafted, sales

PLACEHOLDER = "31.12.1990"


def with_clocks(delivered: int, odd: str = PLACEHOLDER, every: int = 0) -> list[dict[str, str]]:
    """Flagged sales that are delivered so many days later, with an odd day on every so many-th row."""
    rows = []
    for place, row in enumerate(sales()):
        day = datetime.strptime(row["day"], "%d.%m.%Y")  # noqa: DTZ007 (a shop's own day)
        late = f"{day + timedelta(days=delivered):%d.%m.%Y}"
        rows.append(
            {**row, "flag": "yes" if row["back"] else "no", "at": odd if every and place % every == 0 else late}
        )
    return rows


def draft_of(rows: list[dict[str, str]], **names: str) -> tuple[Draft, SourceMapping]:
    return drafted(orders=as_table(rows, {**NAMES, "flag": "returned", **names}))


@pytest.mark.parametrize(("name", "role"), [("delivery date", "delivered_at"), ("shipped", "dispatched_at")])
def test_a_clock_with_placeholders_before_the_order_is_left_out_with_a_doubt(name: str, role: str) -> None:
    rows = with_clocks(3, every=10)
    draft, mapping = draft_of(rows, at=name)
    assert getattr(mapping.columns, role) is None
    doubt = next(doubt for doubt in draft.doubts if f"'{name}'" in doubt)
    assert f"{len(rows[::10])} rows" in doubt
    assert PLACEHOLDER in doubt
    assert role in doubt


def test_a_clock_after_the_order_or_of_its_day_is_drafted() -> None:
    for days in (0, 4):
        draft, mapping = draft_of(with_clocks(days), at="delivery date")
        assert mapping.columns.delivered_at == "delivery date"
        assert draft.doubts == ()


def test_few_days_before_the_order_leave_the_clock() -> None:
    _, mapping = draft_of(with_clocks(3, every=30), at="delivery date")
    assert mapping.columns.delivered_at == "delivery date"


def test_an_empty_clock_lies_before_nothing() -> None:
    _, mapping = draft_of(with_clocks(3, odd="", every=3), at="delivery date")
    assert mapping.columns.delivered_at == "delivery date"


def test_an_hour_before_the_order_on_its_day_is_not_before_it_as_in_a_run() -> None:
    rows = [{**row, "day": f"{row['day']} 12:00", "at": f"{row['day']} 00:00"} for row in with_clocks(0)]
    _, mapping = draft_of(rows, at="delivery date")
    assert mapping.columns.delivered_at == "delivery date"


def test_days_of_delivery_are_read_in_the_order_that_the_days_of_orders_prove() -> None:
    march = [row for row in with_clocks(0) if row["day"].endswith("03.2023")]
    rows = [{**row, "day": "3/{}/2023".format(int(row["day"][:2])), "at": "4/3/2023"} for row in march]
    _, mapping = draft_of(rows, at="delivery date")
    assert mapping.columns.delivered_at == "delivery date"


def test_return_rows_have_clocks_of_their_sale() -> None:
    rows = [{**row, "at": row["day"]} for row in sales()]
    back = [{**row, "day": row["back"], "units": f"-{row['units']}"} for row in rows if row["back"]]
    _, mapping = drafted(orders=as_table([*rows, *back], {**NAMES, "at": "delivery date"}))
    assert mapping.columns.delivered_at == "delivery date"
