"""What every builder of examples must do: tell what was known by a day, and nothing else."""

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import replace

import pytest

from domain.errors import SnapshotError
from domain.model.examples import EXAMPLE_KEYS
from domain.snapshot import StepResult
from tests.contract.known_shop import AS_OF, POLICY, KnownShop
from tests.contract.line_bench import LineBench
from tests.contract.table_bench import Rows

ALL_LINES = 1_000
BOUND = 80  # of a sample of about two fifths of the lines
Buying = tuple[str | None, str]  # customer and order
Buyer = tuple[str, str]  # a customer, or the order of a guest, by its name


def build(bench: LineBench, shop: KnownShop, max_lines: int = ALL_LINES) -> StepResult:
    tables, taken = shop.put(bench), shop.put_taken_actions(bench)
    return bench.builder.build(tables, taken, POLICY, AS_OF, max_lines, bench.attempt())


def sold_to(shop: KnownShop, buying: Callable[[int], Buying]) -> KnownShop:
    """The shop with its lines, each by its number, sold to others."""
    given = (dict(zip(("customer_id", "order_id"), buying(number), strict=True)) for number in range(len(shop.lines)))
    return replace(shop, lines=[{**line, **names} for line, names in zip(shop.lines, given, strict=True)])


def buyers_of_one_name(number: int) -> Buying:
    """Of four lines two are of a customer with two orders, and two of the order of a guest, named like the customer."""
    name = str(number // 4)
    return (name, f"order {number}") if number % 4 < 2 else (None, name)


def lines_by_buyer(rows: Rows) -> dict[Buyer, set[str]]:
    """The lines of every buyer."""
    lines: defaultdict[Buyer, set[str]] = defaultdict(set)
    for row in rows:
        guest = row["customer_id"] is None
        buyer = ("order", row["order_id"]) if guest else ("customer", row["customer_id"])
        lines[buyer].add(row["line_id"])
    return dict(lines)


class ExampleBuilderContract:
    """Laws of `ports.example_builder.ExampleBuilder`; a suite's own class gives the fixture `bench`."""

    @pytest.fixture(scope="class")
    @classmethod
    def shop(cls) -> KnownShop:
        return KnownShop.seeded()

    @pytest.fixture(scope="class")
    @classmethod
    def built(cls, bench: LineBench, shop: KnownShop) -> StepResult:
        return build(bench, shop)

    @pytest.fixture(scope="class")
    @classmethod
    def regulars(cls, shop: KnownShop) -> KnownShop:
        return sold_to(shop, buyers_of_one_name)

    @pytest.fixture(scope="class")
    @classmethod
    def sampled(cls, bench: LineBench, regulars: KnownShop) -> StepResult:
        return build(bench, regulars, BOUND)

    def test_every_known_line_carries_what_was_known_of_its_return(
        self, bench: LineBench, built: StepResult, shop: KnownShop
    ) -> None:
        rows = {row["line_id"]: row for row in bench.rows(built.tables[0])}
        expected, kept = shop.sold_lines(AS_OF), shop.known_lines(AS_OF)
        assert rows.keys() == expected.keys()
        features = {row["line_id"]: row for row in shop.features}
        for line_id, row in rows.items():
            line, known = expected[line_id], shop.known(line_id, AS_OF)
            assert (row["return_known_on"], row["return_lag_days"]) == (known.known_on, known.lag_days)
            assert row["returned_quantity"] == known.returned
            assert row["cancelled_known_on"] == (None if line_id in kept else known.cancelled_on)
            assert (row["acted_on"], row["acted_known_on"]) == shop.acted(line_id, AS_OF)
            assert row["ordered_on"] == line["ordered_at"].date()
            assert (row["chance"], row["colour_of_item"]) == (
                features[line_id]["chance"],
                features[line_id]["colour_of_item"],
            )

    def test_what_was_done_about_a_line_that_was_known_to_come_back_by_then_ends_no_watch(
        self, bench: LineBench, built: StepResult, shop: KnownShop
    ) -> None:
        acted = {row["line_id"] for row in shop.taken_actions}
        rows = [row for row in bench.rows(built.tables[0]) if row["line_id"] in acted and row["return_known_on"]]
        assert {row["acted_on"] is None for row in rows} == {True, False}
        assert all(row["acted_on"] is None or row["acted_on"] < row["return_known_on"] for row in rows)

    def test_the_columns_are_the_keys_and_then_the_features(self, bench: LineBench, built: StepResult) -> None:
        assert built.tables[0].schema.names == (*EXAMPLE_KEYS.names, "chance", "colour_of_item")

    def test_the_facts_count_lines_labels_and_lags_of_mature_lines(
        self, bench: LineBench, built: StepResult, shop: KnownShop
    ) -> None:
        lines = shop.known_lines(AS_OF)
        known = {line_id: shop.known(line_id, AS_OF) for line_id in lines}
        mature = [line_id for line_id, line in lines.items() if POLICY.is_mature(line["ordered_at"].date(), AS_OF)]
        lags = Counter(known[line_id].lag_days for line_id in mature)
        assert built.facts == {
            "lines": len(lines),
            "positives": sum(k.known_on is not None for k in known.values()),
            "acted_lines": sum(shop.acted(line_id, AS_OF)[0] is not None for line_id in lines),
            "mature_lines": len(mature),
            "mature_positives": sum(known[line_id].known_on is not None for line_id in mature),
            "cancelled": len(shop.sold_lines(AS_OF)) - len(lines),
            "lag_histogram": [lags[lag] for lag in range(POLICY.window_days + 1)],
        }
        assert built.facts["cancelled"] > 0
        assert built.facts["acted_lines"] > 20
        assert sum(built.facts["lag_histogram"]) > 10

    def test_what_came_later_changes_nothing(self, bench: LineBench, built: StepResult, shop: KnownShop) -> None:
        cut = shop.cut(AS_OF)
        assert len(cut.lines) < len(shop.lines)
        assert len(cut.line_returns) < len(shop.line_returns)
        without_the_future = build(bench, cut)
        assert without_the_future.tables[0].content == built.tables[0].content
        assert without_the_future.facts == built.facts

    def test_a_bound_draws_a_sample_that_is_the_same_whatever_the_order_and_the_future(
        self, bench: LineBench, shop: KnownShop
    ) -> None:
        bound = 40
        drawn = build(bench, shop, bound)
        cut = shop.cut(AS_OF)
        reversed_shop = replace(cut, lines=cut.lines[::-1])
        again = build(bench, reversed_shop, bound)
        assert again.tables[0].content == drawn.tables[0].content
        assert bound * 0.9 <= drawn.tables[0].rows <= bound
        assert {row["line_id"] for row in bench.rows(drawn.tables[0])} <= shop.sold_lines(AS_OF).keys()

    def test_a_sample_holds_all_lines_of_a_customer_or_of_the_order_of_a_guest_or_none(
        self, bench: LineBench, sampled: StepResult, regulars: KnownShop
    ) -> None:
        known = lines_by_buyer(list(regulars.sold_lines(AS_OF).values()))
        held = lines_by_buyer(bench.rows(sampled.tables[0]))
        assert held == {buyer: known[buyer] for buyer in held}
        assert {kind for kind, _ in held} == {"customer", "order"}
        assert BOUND - 2 < sampled.tables[0].rows <= BOUND  # no buyer has more than two lines

    def test_a_sample_of_whole_buyers_is_the_same_whatever_the_order_and_the_future(
        self, bench: LineBench, sampled: StepResult, regulars: KnownShop
    ) -> None:
        cut = regulars.cut(AS_OF)
        again = build(bench, replace(cut, lines=cut.lines[::-1]), BOUND)
        assert again.tables[0].content == sampled.tables[0].content

    def test_a_customer_and_the_order_of_a_guest_that_share_a_name_are_drawn_apart(
        self, bench: LineBench, sampled: StepResult, regulars: KnownShop
    ) -> None:
        known = lines_by_buyer(list(regulars.sold_lines(AS_OF).values()))
        held = lines_by_buyer(bench.rows(sampled.tables[0]))
        both = [name for kind, name in known if kind == "customer" and ("order", name) in known]
        assert sum((("customer", name) in held) != (("order", name) in held) for name in both) > 10

    def test_a_customer_larger_than_the_sample_is_drawn_order_by_order_at_the_rate_of_all_others(
        self, bench: LineBench, shop: KnownShop
    ) -> None:
        bound = 60
        trade = sold_to(shop, lambda n: ("wholesaler" if n % 4 < 2 else f"c{n // 4}", f"o{n // 2}"))
        known = list(trade.sold_lines(AS_OF).values())
        rows = bench.rows(build(bench, trade, bound).tables[0])
        assert bound - 2 < len(rows) <= bound
        orders = Counter(row["order_id"] for row in known)
        assert Counter(row["order_id"] for row in rows).items() <= orders.items()
        shares = [sum(row["customer_id"] == "wholesaler" for row in some) / len(some) for some in (rows, known)]
        assert shares[0] == pytest.approx(shares[1], abs=0.2)

    def test_an_order_larger_than_the_sample_is_drawn_line_by_line(self, bench: LineBench, shop: KnownShop) -> None:
        till = sold_to(shop, lambda _: (None, "till"))
        assert build(bench, till, 60).tables[0].rows == 60

    def test_a_sample_of_one_line_is_not_empty(self, bench: LineBench, shop: KnownShop) -> None:
        assert build(bench, shop, 1).tables[0].rows == 1

    def test_features_that_lack_a_line_are_refused(self, bench: LineBench, shop: KnownShop) -> None:
        lacking = next(iter(shop.known_lines(AS_OF)))
        others = [row for row in shop.features if row["line_id"] != lacking]
        with pytest.raises(SnapshotError, match="found features"):
            build(bench, replace(shop, features=others))

    def test_a_cancellation_that_was_known_late_is_dated_so_that_an_earlier_fit_does_not_know_it(
        self, bench: LineBench, built: StepResult, shop: KnownShop
    ) -> None:
        rows = [row for row in bench.rows(built.tables[0]) if row["cancelled_known_on"] is not None]
        assert any(row["cancelled_known_on"] > row["available_at"].date() for row in rows)
