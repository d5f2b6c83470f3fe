"""What every matcher must do: what the domain's function does, on everything at once."""

import math
from collections import Counter
from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any

import pytest

from domain.matching import CANCELLED, MATCHED
from domain.snapshot import StepResult
from domain.tables import LINE_RETURNS, ORPHANS
from tests.contract.line_bench import LineBench
from tests.contract.returns_shop import START, ReturnsShop
from tests.contract.table_bench import Rows


class ReturnMatcherContract:
    """Laws of `ports.return_matcher.ReturnMatcher`; a suite's own class gives the fixture `bench`."""

    @pytest.fixture(scope="class")
    @classmethod
    def shop(cls) -> ReturnsShop:
        return ReturnsShop.seeded()

    @pytest.fixture(scope="class")
    @classmethod
    def matched(cls, bench: LineBench, shop: ReturnsShop) -> StepResult:
        return bench.matcher.match(*shop.put(bench), bench.attempt())

    def test_every_unit_is_decided_as_the_domain_decides(
        self, bench: LineBench, matched: StepResult, shop: ReturnsShop
    ) -> None:
        expected = shop.matching()
        line_returns, orphans = map(bench.rows, matched.tables)
        assert Counter((r["line_id"], r["event_id"], r["fate"], r["quantity"]) for r in line_returns) == Counter(
            (a.line_id, a.event_id, a.fate, a.units) for a in expected.allocations
        )
        assert Counter((r["event_id"], r["quantity"]) for r in orphans) == Counter(
            (o.event_id, o.units) for o in expected.orphans
        )
        assert min(len(line_returns), len(orphans)) > 50

    def test_a_unit_carries_its_lines_order_and_its_events_times(
        self, bench: LineBench, matched: StepResult, shop: ReturnsShop
    ) -> None:
        sold = {row["line_id"]: row for row in shop.lines}
        back = {row["event_id"]: row for row in shop.events}
        of_event = ("returned_at", "available_at", "disposition", "outcome", "received_at")
        for row in bench.rows(matched.tables[0]):
            line = sold[row["line_id"]]
            in_row = {"returned_at": line["ordered_at"], "available_at": line["available_at"]}
            source = back[row["event_id"]] if row["event_id"] else {**dict.fromkeys(of_event), **in_row}
            assert row["ordered_at"] == line["ordered_at"]
            assert [row[name] for name in of_event] == [source[name] for name in of_event]

    def test_an_orphan_keeps_what_its_event_said(
        self, bench: LineBench, matched: StepResult, shop: ReturnsShop
    ) -> None:
        back = {row["event_id"]: row for row in shop.events}
        said = [name for name in ORPHANS.names if name != "quantity"]
        for row in bench.rows(matched.tables[1]):
            assert [row[name] for name in said] == [back[row["event_id"]][name] for name in said]

    def test_a_return_dated_on_the_day_of_its_order_or_dispatch_is_a_match(
        self, bench: LineBench, matched: StepResult, shop: ReturnsShop
    ) -> None:
        lines = {row["line_id"]: row for row in shop.lines}
        dated = [r for r in bench.rows(matched.tables[0]) if r["event_id"] and _is_a_day(r["available_at"])]
        known_later = [r for r in dated if lines[r["line_id"]]["available_at"] > r["available_at"]]
        sent_later = [r for r in dated if _was_sent_later_that_day(lines[r["line_id"]], r)]
        assert min(len(known_later), len(sent_later)) > 3
        assert {r["fate"] for r in sent_later} == {MATCHED}

    def test_what_was_bought_again_after_a_return_of_that_day_is_not_what_came_back(
        self, bench: LineBench, shop: ReturnsShop
    ) -> None:
        returned_at, known_at = START + timedelta(days=9, hours=10), START + timedelta(days=10)
        old = {**shop.lines[0], "customer_id": "c1", "cancelled_quantity": 0, "dispatched_at": None}
        old |= {"ordered_at": START, "available_at": START}
        again_at = {"ordered_at": returned_at + timedelta(hours=8), "available_at": returned_at + timedelta(hours=8)}
        again = {**old, **again_at, "line_id": "again", "order_id": "again"}
        nameless = {"line_id": None, "order_id": None, "customer_id": "c1", "item_id": old["item_id"], "quantity": 1}
        back = {**shop.events[0], **nameless, "returned_at": returned_at, "available_at": known_at}
        by_line = {**back, "event_id": "by line", "line_id": "again"}
        by_order = {**back, "event_id": "by order", "order_id": "again"}
        events = [{**back, "event_id": "by customer"}, by_line, by_order]
        exchanged = ReturnsShop([{**old, "quantity": 3}, {**again, "quantity": 3}], events)
        result = bench.matcher.match(*exchanged.put(bench), bench.attempt())
        taken = {row["event_id"]: row["line_id"] for row in bench.rows(result.tables[0])}
        assert taken == {"by customer": old["line_id"], "by line": "again", "by order": "again"}

    def test_the_tables_have_the_canonical_columns(self, matched: StepResult) -> None:
        assert {t.name: t.schema for t in matched.tables} == {"line_returns": LINE_RETURNS, "orphans": ORPHANS}

    def test_the_facts_count_every_unit_once(self, matched: StepResult, shop: ReturnsShop) -> None:
        expected = shop.matching()
        units, cancelled = Counter[str](), Counter[str]()
        for taken in expected.allocations:
            units[taken.fate] += taken.units
            cancelled[taken.line_id] += taken.units if taken.fate == CANCELLED else 0
        months = Counter[str]()
        back = {row["event_id"]: row for row in shop.events}
        for orphan in expected.orphans:
            event = back[orphan.event_id]
            months[f"{event['returned_at'] or event['available_at']:%Y-%m}"] += orphan.units
        assert matched.facts == {
            "return_units": sum(r["cancelled_quantity"] for r in shop.lines) + sum(r["quantity"] for r in shop.events),
            "matched_units": units[MATCHED],
            "cancelled_units": units[CANCELLED],
            "orphan_units": sum(months.values()),
            "orphan_units_by_month": dict(months),
            "events": len(shop.events),
            "matched_events": len({a.event_id for a in expected.allocations if a.fate == MATCHED}),
            "recording_lag_days": _recorded_within(shop, 0.98),
            "cancelled_lines": sum(cancelled[row["line_id"]] >= row["quantity"] for row in shop.lines),
        }

    def test_what_was_matched_early_stays_so_when_more_is_known(
        self, bench: LineBench, matched: StepResult, shop: ReturnsShop
    ) -> None:
        moment = START + timedelta(days=21)  # what is known is asked at the start of a day
        early = bench.matcher.match(*shop.cut(moment).put(bench), bench.attempt())
        for before, after in zip(early.tables, matched.tables, strict=True):
            known = [row for row in bench.rows(after) if row["available_at"] < moment]
            assert _in_order(bench.rows(before)) == _in_order(known)
            assert known

    def test_a_shop_without_returns_has_none(self, bench: LineBench, shop: ReturnsShop) -> None:
        lines = [{**row, "cancelled_quantity": 0} for row in shop.lines]
        result = bench.matcher.match(*ReturnsShop(lines, []).put(bench), bench.attempt())
        assert [table.rows for table in result.tables] == [0, 0]
        assert result.facts["return_units"] == 0
        assert result.facts["orphan_units_by_month"] == {}
        assert result.facts["recording_lag_days"] is None


def _recorded_within(shop: ReturnsShop, share: float) -> int:
    """The days within which that share of the shop's dated matches was known."""
    back = {row["event_id"]: row for row in shop.events}
    met = [back[taken.event_id] for taken in shop.matching().allocations if taken.fate == MATCHED]
    lags = sorted(max(0, (e["available_at"].date() - e["returned_at"].date()).days) for e in met if e["returned_at"])
    assert lags[0] < lags[-1]
    return lags[math.ceil(share * len(lags)) - 1]


def _is_a_day(moment: datetime) -> bool:
    return moment.time() == time.min


def _was_sent_later_that_day(line: Mapping[str, Any], row: Mapping[str, Any]) -> bool:
    sent, back = line["dispatched_at"], row["returned_at"]
    return None not in (sent, back) and _is_a_day(back) and sent > back and sent.date() == back.date()


def _in_order(rows: Rows) -> Rows:
    return sorted(rows, key=lambda row: (str(row.get("line_id")), str(row["event_id"])))
