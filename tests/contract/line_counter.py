"""What every counter of lines must do; an engine's suite supplies its bench and nothing else."""

from abc import abstractmethod
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from domain.content import Cell
from domain.days import day_number
from domain.labels import LabelPolicy
from domain.line_counts import PARTS, ClosedUnits, ItemCount, LastSale, SoldUnits, UnitCounts
from domain.outputs import SCORES
from domain.snapshot import DatasetRef
from domain.stock.forecast import CHANCE_GRID, OpenUnits
from domain.stock.units import Series
from domain.tables import LINE_RETURNS, ORDER_LINES
from ports.line_counter import KnownLines, LineCounter
from tests.contract.table_bench import TableBench
from tests.shops.canonical_shop import FIRST_DAY, CanonicalShop, Row, day_of, moment

LABELS = LabelPolicy(window_days=30)
AS_OF = 100
FIRST = day_number(FIRST_DAY)
SHOES = Series("shoes", None, "i1")


class CounterBench(TableBench):
    """One engine's counter and tables."""

    @property
    @abstractmethod
    def counter(self) -> LineCounter:
        """The counter under test."""

    def known(self, shop: CanonicalShop, as_of: int = AS_OF) -> KnownLines:
        """The shop's tables as known on a day of its life."""
        lines = self.put("order_lines", ORDER_LINES, shop.lines)
        return KnownLines(lines, self.put("line_returns", LINE_RETURNS, shop.line_returns), day_of(as_of))

    def scores(self, *rows: Row) -> DatasetRef:
        """Scores of lines, of which only what is counted matters."""
        never: dict[str, Cell] = {
            **dict.fromkeys(("order_id", "item_id", "action", "model", "feature_set"), "x"),
            **dict.fromkeys(("ordered_at",), datetime(2024, 1, 1, tzinfo=UTC)),
            **dict.fromkeys(("net_value",), Decimal(1)),
            "quantity": 1,
            "p": 0.5,
            "returned": False,
            "expected_return_cost": 0.0,
        }
        return self.put("scores", SCORES, [{**never, **row} for row in rows])


Items = Callable[[CanonicalShop], list[ItemCount]]
Units = Callable[..., UnitCounts]


class LineCounterContract:
    @pytest.fixture
    def items(self, bench: CounterBench) -> Items:
        return lambda shop: sorted(bench.counter.count_items(bench.known(shop), LABELS), key=str)

    @pytest.fixture
    def units(self, bench: CounterBench) -> Units:
        def count(shop: CanonicalShop, *scores: Row, by_item: bool = True) -> UnitCounts:
            return bench.counter.count_units(
                bench.known(shop),
                by_item=by_item,
                oldest_open_day=FIRST + AS_OF - 60,
                scores=bench.scores(*scores) if scores else None,
            )

        return count

    # -- lines by item ----------------------------------------------------------------------------------------

    def test_lines_of_an_item_are_summed_mature_ones_apart(self, items: Items) -> None:
        shop = CanonicalShop()
        shop.sell("l1", 0, quantity=2, net_value=Decimal("30.5000"))
        shop.sell("l2", 69, net_value=Decimal("10.2500"))
        shop.sell("l3", 70, net_value=Decimal("9.0000"))
        shop.take_back("l2", 69, 75)
        assert items(shop) == [
            ItemCount("i1", None, "shoes", False, 1, 0, 0, 1, Decimal("9.0000"), FIRST + 70),
            ItemCount("i1", None, "shoes", True, 2, 1, PARTS, 3, Decimal("40.7500"), FIRST + 69),
        ]

    def test_groups_and_categories_of_an_item_are_told_apart(self, items: Items) -> None:
        shop = CanonicalShop()
        shop.sell("l1", 0, item_group="g", category=None)
        shop.sell("l2", 1, item_group="h", category=None)
        shop.sell("l3", 2, item_group=None, category=None)
        assert {(count.item_group, count.category, count.lines) for count in items(shop)} == {
            ("g", None, 1),
            ("h", None, 1),
            (None, None, 1),
        }

    @pytest.mark.parametrize(
        ("days", "cells", "returned"),
        [
            (0, {}, 1),
            (30, {}, 1),
            (31, {}, 0),
            (-1, {}, 0),
            (40, {"returned_at": None}, 1),
            (5, {"fate": "cancelled"}, 0),
        ],
    )
    def test_a_return_counts_within_the_window_or_without_a_date(
        self, items: Items, days: int, cells: Row, returned: int
    ) -> None:
        shop = CanonicalShop()
        shop.sell("l1", 10, quantity=3)
        shop.take_back("l1", 10, 10 + days, **cells)
        assert [count.returned for count in items(shop)] == [returned]

    def test_a_line_that_comes_back_in_parts_is_returned_once(self, items: Items) -> None:
        shop = CanonicalShop()
        shop.sell("l1", 0, quantity=3)
        shop.take_back("l1", 0, 5)
        shop.take_back("l1", 0, 9, quantity=2)
        assert [(count.lines, count.returned, count.units) for count in items(shop)] == [(1, 1, 3)]

    def test_a_line_that_comes_back_in_part_is_so_many_parts_of_one(self, items: Items) -> None:
        shop = CanonicalShop()
        shop.sell("l1", 0, quantity=40)
        shop.take_back("l1", 0, 5, quantity=2)
        shop.take_back("l1", 0, 90, quantity=3)  # after the window
        shop.sell("l2", 0, quantity=3)
        shop.take_back("l2", 0, 5)
        assert [(count.returned, count.returned_parts) for count in items(shop)] == [(2, PARTS // 20 + PARTS // 3)]

    def test_a_line_of_which_every_unit_is_cancelled_is_none(self, items: Items) -> None:
        shop = CanonicalShop()
        shop.sell("l1", 0, item_id="in part", quantity=2)
        shop.sell("l2", 0, item_id="whole", quantity=2)
        shop.take_back("l1", 0, 1, fate="cancelled")
        for day in (1, 2):
            shop.take_back("l2", 0, day, fate="cancelled")
        assert [count.item_id for count in items(shop)] == ["in part"]

    # -- units by day -----------------------------------------------------------------------------------------

    def test_units_are_counted_by_the_days_of_order_and_record(self, units: Units) -> None:
        shop = CanonicalShop()
        shop.sell("l1", 50, quantity=2)
        shop.sell("l2", 50)
        shop.sell("l3", 50, available_at=datetime(2024, 3, 1, tzinfo=UTC))
        shop.take_back("l1", 50, 60, outcome="refund", disposition="restocked")
        shop.take_back("l2", 50, 51, fate="cancelled", returned_at=None)
        counts = units(shop)
        late = day_number(datetime(2024, 3, 1, tzinfo=UTC))
        assert set(counts.sold) == {
            SoldUnits(SHOES, FIRST + 50, FIRST + 50, 3),
            SoldUnits(SHOES, FIRST + 50, late, 1),
        }
        assert set(counts.closed) == {
            ClosedUnits(SHOES, FIRST + 50, FIRST + 60, FIRST + 60, "matched", "refund", "restocked", 1, 1),
            ClosedUnits(SHOES, FIRST + 50, None, FIRST + 51, "cancelled", None, None, 1, 1),
        }
        assert counts.open.groups == {(SHOES, FIRST + 50): OpenUnits(2, 2, 0)}

    def test_units_of_a_line_and_a_day_come_at_once_however_many_rows_tell_of_them(self, units: Units) -> None:
        shop = CanonicalShop()
        shop.sell("l1", 50, quantity=9)
        shop.sell("l2", 50, quantity=9)
        for day, quantity, event in ((60, 3, "a"), (60, 1, "b"), (61, 2, "c")):
            shop.take_back("l1", 50, day, quantity=quantity, event_id=event)
        shop.take_back("l1", 50, 60, outcome="keep", event_id="d")
        shop.take_back("l2", 50, 60, quantity=5)
        assert {(row.came, row.outcome): (row.units, row.squares) for row in units(shop).closed} == {
            (FIRST + 60, None): (9, 16 + 25),
            (FIRST + 61, None): (2, 4),
            (FIRST + 60, "keep"): (1, 1),
        }

    def test_a_return_comes_when_the_dock_receives_it_and_is_known_no_earlier(self, units: Units) -> None:
        shop = CanonicalShop()
        shop.sell("l1", 50, quantity=9)
        shop.take_back("l1", 50, 60, quantity=2, received_at=moment(64))
        shop.take_back("l1", 50, 61, quantity=3, received_at=moment(59))
        shop.take_back("l1", 50, 62, quantity=1, returned_at=None, received_at=moment(65))
        assert {(row.came, row.known, row.units) for row in units(shop).closed} == {
            (FIRST + 64, FIRST + 64, 2),
            (FIRST + 61, FIRST + 61, 3),
            (FIRST + 65, FIRST + 65, 1),
        }

    def test_a_return_that_the_dock_receives_on_the_day_or_later_is_on_its_way(self, units: Units) -> None:
        shop = CanonicalShop()
        shop.sell("l1", 50, quantity=9)
        shop.take_back("l1", 50, 60, quantity=2, received_at=moment(AS_OF))
        shop.take_back("l1", 50, 60, quantity=3, received_at=moment(AS_OF - 1))
        shop.take_back("l1", 50, 60, quantity=1, outcome="keep", received_at=moment(AS_OF))
        counts = units(shop)
        assert {(row.came, row.units) for row in counts.closed} == {(FIRST + AS_OF - 1, 3), (FIRST + 60, 1)}
        assert counts.open.groups == {(SHOES, FIRST + 50): OpenUnits(5, 5, 0)}

    @pytest.mark.parametrize(("with_receipt", "is_on_its_way"), [(19, True), (18, False), (0, False)])
    def test_a_young_return_without_a_receipt_is_on_its_way_where_older_ones_have_theirs(
        self, units: Units, with_receipt: int, is_on_its_way: bool
    ) -> None:
        shop = CanonicalShop()
        for number in range(20):
            shop.sell(f"l{number}", 50)
            shop.take_back(f"l{number}", 50, 60, received_at=moment(64) if number < with_receipt else None)
        shop.sell("young", 80)
        shop.take_back("young", 80, AS_OF - 5)
        assert bool(units(shop).open.groups) == is_on_its_way

    def test_a_return_counts_for_an_item_whether_the_dock_has_it_or_not(self, items: Items) -> None:
        shop = CanonicalShop()
        shop.sell("l1", 0)
        shop.take_back("l1", 0, 30, received_at=moment(AS_OF + 9))
        assert [count.returned for count in items(shop)] == [1]

    def test_by_category_alone_items_are_counted_together_but_open_units_by_item_without_its_group(
        self, units: Units
    ) -> None:
        shop = CanonicalShop()
        for item in ("i1", "i2"):
            shop.sell(item, 50, item_id=item, item_group=f"group of {item}", quantity=2)
            shop.take_back(item, 50, 60)
        counts = units(shop, by_item=False)
        assert list(counts.sold) == [SoldUnits(Series("shoes"), FIRST + 50, FIRST + 50, 4)]
        assert list(counts.closed) == [
            ClosedUnits(Series("shoes"), FIRST + 50, FIRST + 60, FIRST + 60, "matched", None, None, 2, 2)
        ]
        assert {series for series, _ in counts.open.groups} == {
            Series("shoes", None, "i1"),
            Series("shoes", None, "i2"),
        }

    def test_chances_are_summed_by_unit_and_units_without_one_told_apart(self, units: Units) -> None:
        shop = CanonicalShop()
        shop.sell("l1", 50, quantity=2)
        shop.sell("l2", 50, quantity=3)
        shop.sell("l3", 50)
        scores = ({"line_id": "l1", "open_quantity": 2, "p_open": 1 / 3}, {"line_id": "l3", "open_quantity": 0})
        counts = units(shop, *({"p_open": 0.9, **row} for row in scores))
        assert counts.open.groups == {(SHOES, FIRST + 50): OpenUnits(6, 4, 2 * round(CHANCE_GRID / 3))}

    def test_open_units_of_old_lines_are_only_summed(self, units: Units) -> None:
        shop = CanonicalShop()
        shop.sell("l1", 39, quantity=3)
        shop.sell("l2", 40)
        shop.take_back("l1", 39, 50)
        counts = units(shop)
        assert (counts.too_old_units, list(counts.open.groups)) == (2, [(SHOES, FIRST + 40)])

    def test_the_latest_order_of_an_item_is_found_by_category(self, units: Units) -> None:
        shop = CanonicalShop()
        for line_id, day, category in (("l1", 3, "shoes"), ("l2", 9, None), ("l3", 5, "shoes")):
            shop.sell(line_id, day, category=category)
        assert set(units(shop).last_sales) == {LastSale("i1", "shoes", FIRST + 5), LastSale("i1", None, FIRST + 9)}

    # -- what is known ----------------------------------------------------------------------------------------

    def test_what_is_no_product_or_not_known_before_the_day_is_not_counted(
        self, bench: CounterBench, items: Items, units: Units
    ) -> None:
        known, poisoned = CanonicalShop(), CanonicalShop()
        for shop in (known, poisoned):
            shop.sell("l1", 50, quantity=2)
        midnight = datetime(2024, 4, 10, tzinfo=UTC)  # the start of the day
        poisoned.sell("l2", 50, kind="service")
        poisoned.sell("l3", 50, available_at=midnight)
        poisoned.sell("l4", AS_OF, available_at=datetime(2024, 1, 5, tzinfo=UTC))
        poisoned.take_back("l1", 50, 60, available_at=midnight)
        poisoned.take_back("no line", 50, 60)
        assert day_number(midnight) == FIRST + AS_OF
        assert bench.counter.count_lines(bench.known(poisoned)) == bench.counter.count_lines(bench.known(known)) == 1
        assert items(poisoned) == items(known)
        assert listed(units(poisoned)) == listed(units(known))

    def test_days_before_1970_are_days_too(self, units: Units) -> None:
        shop = CanonicalShop()
        evening = datetime(1969, 12, 30, 23, 30, tzinfo=UTC)
        shop.sell("l1", 0, ordered_at=evening, available_at=evening)
        assert list(units(shop).sold) == [SoldUnits(SHOES, -2, -2, 1)]

    def test_a_shop_without_lines_has_no_counts(self, items: Items, units: Units) -> None:
        shop = CanonicalShop()
        assert items(shop) == []
        assert listed(units(shop)) == ([], [], {}, 0, [])


def listed(counts: UnitCounts) -> tuple[object, ...]:
    """Counts in an order of their own."""
    sold, closed, last = (sorted(rows, key=str) for rows in (counts.sold, counts.closed, counts.last_sales))
    return sold, closed, counts.open.groups, counts.too_old_units, last
