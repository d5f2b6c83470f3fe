"""The laws of causal matching, by example and by property."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import SnapshotError
from domain.matching import (
    CANCELLED,
    MATCHED,
    Matching,
    ReturnEvent,
    SoldLine,
    check_conservation,
    is_cancelled,
    match_events,
    match_returns,
    was_by,
)

START = datetime(2024, 2, 27, tzinfo=UTC)


def moment(hours: int) -> datetime:
    """A moment so many hours after the start."""
    return START + timedelta(hours=hours)


def line(line_id: str = "l1", **changes: object) -> SoldLine:
    """A line of two units, ordered at the start."""
    sold = SoldLine(line_id, "o1", "c1", "i1", START, 2, START)
    return replace(sold, **changes)


def event(event_id: str = "e1", **changes: object) -> ReturnEvent:
    """An event of one unit two days later that names order, customer and item."""
    back = ReturnEvent(event_id, None, "o1", "c1", "i1", moment(48), 1, moment(48))
    return replace(back, **changes)


def taken(matching: Matching) -> list[tuple[str, str, int]]:
    """Line, event and units of every allocation, in order."""
    return [(a.line_id, a.event_id, a.units) for a in matching.allocations]


def test_an_event_that_names_a_line_closes_that_line_first() -> None:
    lines = [line("l1"), line("l2", ordered_at=moment(1))]
    assert taken(match_returns(lines, [event(line_id="l2")])) == [("l2", "e1", 1)]


def test_what_the_named_line_cannot_take_falls_to_the_order() -> None:
    lines = [line("l1"), line("l2", quantity=1)]
    assert taken(match_returns(lines, [event(line_id="l2", quantity=2)])) == [("l2", "e1", 1), ("l1", "e1", 1)]


def test_an_unknown_line_falls_to_what_else_the_event_names() -> None:
    assert taken(match_returns([line()], [event(line_id="elsewhere")])) == [("l1", "e1", 1)]


def test_the_item_of_the_named_line_wins_over_the_events_own() -> None:
    lines = [line("l1", quantity=1), line("l2"), line("l3", item_id="i2")]
    matching = match_returns(lines, [event(line_id="l1", item_id="i2", quantity=2)])
    assert taken(matching) == [("l1", "e1", 1), ("l2", "e1", 1)]


def test_an_order_with_another_customer_on_both_sides_does_not_match() -> None:
    matching = match_returns([line()], [event(customer_id="c2")])
    assert (matching.allocations, matching.orphans[0].units) == ((), 1)


@pytest.mark.parametrize("changes", [{"customer_id": None}, {"customer_id": "c1"}])
def test_a_customer_missing_on_one_side_does_not_hinder_the_order(changes: dict[str, object]) -> None:
    assert taken(match_returns([line(customer_id=None)], [event(**changes)])) == [("l1", "e1", 1)]


def test_without_line_and_order_the_customers_latest_earlier_line_comes_first() -> None:
    lines = [line("l1"), line("l2", order_id="o2", ordered_at=moment(24)), line("l3", ordered_at=moment(96))]
    matching = match_returns(lines, [event(order_id=None, quantity=3)])
    assert taken(matching) == [("l2", "e1", 2), ("l1", "e1", 1)]


def test_an_event_that_names_an_order_never_falls_back_to_the_customer() -> None:
    assert match_returns([line()], [event(order_id="o9")]).allocations == ()


def test_null_equals_nothing() -> None:
    nameless = event(order_id=None, customer_id=None)
    assert match_returns([line(customer_id=None)], [nameless]).allocations == ()
    assert match_returns([line()], [event(item_id=None)]).allocations == ()


def test_a_line_not_yet_known_does_not_count() -> None:
    assert match_returns([line(available_at=moment(72))], [event()]).allocations == ()


def test_a_return_dated_on_the_day_of_the_order_finds_its_line() -> None:
    sold = line(ordered_at=moment(14), available_at=moment(14))
    dated = event(returned_at=moment(0), available_at=moment(0))
    assert taken(match_returns([sold], [dated])) == [("l1", "e1", 1)]
    assert taken(match_returns([sold], [replace(dated, line_id="l1", order_id=None)])) == [("l1", "e1", 1)]
    yesterday = replace(dated, returned_at=moment(-24), available_at=moment(-24))
    assert match_returns([sold], [yesterday]).allocations == ()


def test_a_return_with_a_time_of_day_finds_no_line_that_became_known_later_that_day() -> None:
    sold = line(ordered_at=moment(14), available_at=moment(14))
    timed = event(returned_at=moment(10), available_at=moment(10))
    assert match_returns([sold], [timed]).allocations == ()


def test_a_line_ordered_later_on_the_day_of_the_return_counts_and_the_day_after_does_not() -> None:
    known = {"available_at": moment(200)}
    back = event(returned_at=moment(2), **known)
    assert taken(match_returns([line(ordered_at=moment(23))], [back])) == [("l1", "e1", 1)]
    assert match_returns([line(ordered_at=moment(24))], [back]).allocations == ()


def test_what_was_bought_again_after_a_return_of_that_day_is_not_what_came_back() -> None:
    again = line("l2", order_id="o2", ordered_at=moment(66), available_at=moment(66))
    back = event(order_id=None, returned_at=moment(58), available_at=moment(72))
    assert taken(match_returns([line(), again], [back])) == [("l1", "e1", 1)]
    assert [o.units for o in match_returns([again], [back]).orphans] == [1]


def test_an_event_that_names_the_line_or_the_order_of_a_later_hour_of_its_day_finds_it() -> None:
    again = line("l2", order_id="o2", ordered_at=moment(66), available_at=moment(66))
    back = event(order_id=None, returned_at=moment(58), available_at=moment(72))
    for named in ({"line_id": "l2"}, {"order_id": "o2"}):
        assert taken(match_returns([line(), again], [replace(back, **named)])) == [("l2", "e1", 1)]


def test_a_return_written_as_a_day_may_be_of_what_was_bought_at_any_hour_of_it() -> None:
    again = line("l2", order_id="o2", ordered_at=moment(66), available_at=moment(66))
    dated = event(order_id=None, returned_at=moment(48), available_at=moment(72))
    assert taken(match_returns([line(), again], [dated])) == [("l2", "e1", 1)]


def test_an_undated_event_may_come_back_to_any_known_line() -> None:
    matching = match_returns([line(ordered_at=moment(24))], [event(returned_at=None)])
    assert [a.fate for a in matching.allocations] == [MATCHED]


def test_units_refunded_in_the_selling_row_are_cancelled_before_any_event() -> None:
    matching = match_returns([line(cancelled_quantity=1)], [event(quantity=2)])
    assert [(a.event_id, a.units, a.fate) for a in matching.allocations] == [("", 1, CANCELLED), ("e1", 1, MATCHED)]
    assert [o.units for o in matching.orphans] == [1]


def test_what_comes_back_before_dispatch_is_cancelled() -> None:
    sold = line(dispatched_at=moment(48))
    fates = [a.fate for a in match_returns([sold], [event("e1", returned_at=moment(47)), event("e2")]).allocations]
    assert fates == [CANCELLED, MATCHED]


def test_a_return_dated_on_the_day_of_dispatch_was_sent_and_one_of_an_earlier_hour_was_not() -> None:
    sold = line(dispatched_at=moment(34), quantity=3)
    moments = {"e1": moment(0), "e2": moment(24), "e3": moment(33)}
    events = [event(name, returned_at=at) for name, at in moments.items()]
    fates = {a.event_id: a.fate for a in match_returns([sold], events).allocations}
    assert fates == {"e1": CANCELLED, "e2": MATCHED, "e3": CANCELLED}


def test_only_a_line_without_a_unit_left_is_a_cancellation() -> None:
    assert [is_cancelled(2, units) for units in (0, 1, 2)] == [False, False, True]


def test_lost_units_are_refused() -> None:
    check_conservation(5, matched=3, orphan=1, cancelled=1)
    with pytest.raises(SnapshotError, match="5 returned"):
        check_conservation(5, matched=3, orphan=1, cancelled=0)


NAMES = st.sampled_from(["1", "2"])
HOURS = st.integers(0, 24 * 5)
DAYS = st.integers(0, 5).map(lambda day: 24 * day)  # the hours of moments that were written as days
MAYBE_HOURS = st.none() | HOURS


@st.composite
def sold_lines(draw: st.DrawFn) -> list[SoldLine]:
    """Up to eight lines that share few orders, customers and items."""
    lines = []
    for number in range(draw(st.integers(0, 8))):
        ordered, quantity = draw(HOURS), draw(st.integers(1, 3))
        dispatched = draw(MAYBE_HOURS)
        lines.append(
            SoldLine(
                f"l{number}",
                draw(NAMES),
                draw(st.none() | NAMES),
                draw(NAMES),
                moment(ordered),
                quantity,
                moment(ordered + draw(st.integers(0, 30))),
                draw(st.integers(0, quantity)) if draw(st.booleans()) else 0,
                None if dispatched is None else moment(dispatched),
            )
        )
    return lines


@st.composite
def return_events(draw: st.DrawFn) -> list[ReturnEvent]:
    """Up to eight events that name lines, orders, customers and items, or don't."""
    events = []
    for number in range(draw(st.integers(0, 8))):
        returned = draw(st.none() | HOURS | DAYS)
        delay = draw(HOURS | DAYS)
        events.append(
            ReturnEvent(
                f"e{number}",
                draw(st.none() | st.integers(0, 9).map(lambda n: f"l{n}")),
                draw(st.none() | NAMES),
                draw(st.none() | NAMES),
                draw(st.none() | NAMES),
                None if returned is None else moment(returned),
                draw(st.integers(1, 4)),
                moment(delay + (returned or 0)),
            )
        )
    return events


def as_sets(matching: Matching) -> tuple[Counter[object], Counter[object]]:
    """Allocations and orphans without their order."""
    return Counter(matching.allocations), Counter(matching.orphans)


@given(sold_lines(), return_events())
def test_every_returned_unit_has_one_fate_and_no_line_gives_more_than_it_sold(
    lines: list[SoldLine], events: list[ReturnEvent]
) -> None:
    matching = match_returns(lines, events)
    by_event, by_line = Counter[str](), Counter[str]()
    for allocation in matching.allocations:
        assert allocation.units > 0
        by_event[allocation.event_id] += allocation.units
        by_line[allocation.line_id] += allocation.units
    for orphan in matching.orphans:
        by_event[orphan.event_id] += orphan.units
    assert all(by_event[e.event_id] == e.quantity for e in events)
    assert by_event[""] == sum(sold.cancelled_quantity for sold in lines)
    assert all(by_line[sold.line_id] <= sold.quantity for sold in lines)
    pairs = Counter((a.line_id, a.event_id) for a in matching.allocations)
    assert all(count == 1 for count in pairs.values())


@given(sold_lines(), return_events())
def test_a_match_is_to_a_line_known_and_ordered_by_then(lines: list[SoldLine], events: list[ReturnEvent]) -> None:
    sold, back = {s.line_id: s for s in lines}, {e.event_id: e for e in events}
    for allocation in match_events(lines, events).allocations:
        taken_from, taker = sold[allocation.line_id], back[allocation.event_id]
        assert was_by(taken_from.available_at, taker.available_at)
        assert taken_from.available_at.date() <= taker.available_at.date()
        assert taker.returned_at is None or taken_from.ordered_at.date() <= taker.returned_at.date()
        names_a_sale = taker.line_id is not None or taker.order_id is not None
        assert names_a_sale or taker.returned_at is None or was_by(taken_from.ordered_at, taker.returned_at)


@given(sold_lines(), return_events(), DAYS)
def test_matching_what_was_known_before_a_day_is_the_whole_matching_restricted(
    lines: list[SoldLine], events: list[ReturnEvent], hours: int
) -> None:
    known_lines = [s for s in lines if s.available_at < moment(hours)]
    known_events = [e for e in events if e.available_at < moment(hours)]
    line_ids, event_ids = {s.line_id for s in known_lines}, {e.event_id for e in known_events}
    whole = match_returns(lines, events)
    restricted = Matching(
        tuple(a for a in whole.allocations if a.event_id in event_ids or (not a.event_id and a.line_id in line_ids)),
        tuple(o for o in whole.orphans if o.event_id in event_ids),
    )
    assert as_sets(match_returns(known_lines, known_events)) == as_sets(restricted)


@given(sold_lines(), return_events(), st.randoms(use_true_random=False))
def test_the_order_of_the_input_does_not_matter(
    lines: list[SoldLine], events: list[ReturnEvent], random: Random
) -> None:
    shuffled_lines, shuffled_events = list(lines), list(events)
    random.shuffle(shuffled_lines)
    random.shuffle(shuffled_events)
    assert match_returns(lines, events) == match_returns(shuffled_lines, shuffled_events)


def _split(lines: Sequence[SoldLine], events: Sequence[ReturnEvent], item: str) -> Matching:
    """The matching of one item's lines and events alone, as the grouping by item sees them."""
    by_id = {s.line_id: s for s in lines}

    def item_of(back: ReturnEvent) -> str | None:
        named = by_id.get(back.line_id or "")
        if named is None or not was_by(named.available_at, back.available_at):
            return back.item_id
        late = back.returned_at is not None and named.ordered_at.date() > back.returned_at.date()
        return back.item_id if late else named.item_id

    return match_returns([s for s in lines if s.item_id == item], [e for e in events if item_of(e) == item])


@given(sold_lines(), return_events())
def test_items_do_not_interact(lines: list[SoldLine], events: list[ReturnEvent]) -> None:
    whole = as_sets(match_returns(lines, events))[0]
    parts = as_sets(_split(lines, events, "1"))[0] + as_sets(_split(lines, events, "2"))[0]
    assert whole == parts
