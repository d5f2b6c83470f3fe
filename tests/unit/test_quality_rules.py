"""The kinds of bad rows: which there are, and what each looks at."""

import itertools
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from domain.errors import RuleError
from domain.source.fields import event_fields, line_fields, source_columns, taken_action_fields
from domain.source.quality import Check, CheckedRow, QualityRule, Value, breaks, cleared, first_broken
from domain.source.quality_rules import (
    ACTIONS,
    EVENTS,
    LINES,
    event_clock_rules,
    event_rules,
    line_clock_rules,
    line_rules,
    taken_action_rules,
)
from tests.shops.declared import EVERYTHING, FLAGGED, SIGNED_ROWS

LATEST = datetime(2024, 6, 3, tzinfo=UTC)


def test_there_are_more_than_twenty_five_kinds_for_one_table() -> None:
    kinds = {rule.name for rule in line_rules(EVERYTHING, LATEST)}
    assert len(kinds) > 25


def test_every_rule_looks_at_a_field_that_is_read_or_computed() -> None:
    computed = {"gross", "sale_and_return", "malformed", "unclosed_quote", "undecodable", "names_nothing", "of_no_line"}
    for rules, fields, of_line in (
        (line_rules(EVERYTHING, LATEST), line_fields(EVERYTHING), set()),
        (event_rules(EVERYTHING, LATEST), event_fields(EVERYTHING), set()),
        (taken_action_rules(EVERYTHING, LATEST), taken_action_fields(EVERYTHING), {"ordered_at"}),
    ):
        known = {field.name for field in fields} | computed | of_line
        assert {name for rule in rules for name in rule.fields} <= known


def test_names_are_for_machines_and_messages_are_sentences() -> None:
    rules = (line_rules(EVERYTHING, LATEST), event_rules(EVERYTHING, LATEST), taken_action_rules(EVERYTHING, LATEST))
    for rule in itertools.chain(*rules):
        assert rule.name == rule.name.lower().replace(" ", "_")
        assert rule.table in {LINES, EVENTS, ACTIONS}
        assert rule.message.endswith(".")


def test_a_source_without_a_column_has_no_rule_for_it() -> None:
    assert not [rule for rule in line_rules(FLAGGED, LATEST) if "delivered" in rule.name]


def test_a_clock_that_a_line_can_do_without_never_sets_the_line_aside() -> None:
    clocks = {"dispatched_at", "delivered_at", "returnable_until", "requested_at", "received_at"}
    for rules in (line_rules(EVERYTHING, LATEST), event_rules(EVERYTHING, LATEST)):
        assert not [rule for rule in rules if set(rule.fields) & clocks]
    clearing = (*line_clock_rules(EVERYTHING, LATEST), *event_clock_rules(EVERYTHING, LATEST))
    assert {rule.fields[0] for rule in clearing} == clocks
    assert line_clock_rules(FLAGGED, LATEST) == event_clock_rules(FLAGGED, LATEST) == ()


def test_a_placeholder_for_the_delivery_is_taken_away_and_counted_once() -> None:
    ordered, sent, never = (datetime(year, 1, 2, tzinfo=UTC) for year in (2024, 2024, 1990))
    row = CheckedRow(
        {"delivered_at": "1990-01-02", "dispatched_at": "2024-01-02"},
        {"ordered_at": ordered, "dispatched_at": sent, "delivered_at": never},
        {"dispatched_at": 1, "delivered_at": 1},
    )
    left, findings = cleared(line_clock_rules(EVERYTHING, LATEST), row)
    assert findings == ("delivered_before_ordered",)
    assert left.values == {"ordered_at": ordered, "dispatched_at": sent, "delivered_at": None}
    assert cleared(line_clock_rules(EVERYTHING, LATEST), left) == (left, ())


def test_a_delivery_is_not_held_against_a_dispatch_that_was_taken_away() -> None:
    ordered, home, sent = (datetime(2024, 1, day, tzinfo=UTC) for day in (9, 12, 2))
    values = {"ordered_at": ordered, "dispatched_at": sent, "delivered_at": home}
    left, findings = cleared(line_clock_rules(EVERYTHING, LATEST), CheckedRow({}, values))
    assert findings == ("dispatched_before_ordered",)
    assert left.values == {**values, "dispatched_at": None}


def test_a_source_without_a_record_of_actions_has_no_rules_for_it() -> None:
    assert taken_action_rules(FLAGGED, LATEST) == taken_action_fields(FLAGGED) == ()


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({}, None),
        ({"of_no_line": True, "ordered_at": None}, "action_of_no_line"),
        ({"taken_at": datetime(2024, 1, 1, tzinfo=UTC)}, "taken_before_ordered"),
        ({"available_at": datetime(2024, 1, 1, tzinfo=UTC)}, "available_before_taken"),
        ({"taken_at": datetime(2024, 6, 9, tzinfo=UTC)}, "taken_at_in_future"),
        ({"action": None}, "action_missing"),
    ],
)
def test_an_action_is_about_a_known_line_and_taken_after_its_order(
    changes: dict[str, Value], reason: str | None
) -> None:
    day = datetime(2024, 1, 2, tzinfo=UTC)
    good: dict[str, Value] = {"line_id": "l1", "action": "ask", "taken_at": day, "available_at": day}
    values = {**good, "ordered_at": day, "of_no_line": False, **changes}
    texts = {name: None if values[name] is None else str(values[name]) for name in good}
    found = first_broken(taken_action_rules(EVERYTHING, LATEST), CheckedRow(texts, values))
    assert (None if found is None else found.name) == reason


def test_flags_need_no_rules_for_return_rows() -> None:
    assert event_rules(FLAGGED, LATEST) == ()
    assert event_fields(FLAGGED) == ()


def test_the_columns_of_a_composite_order_are_each_needed_once() -> None:
    columns = source_columns(line_fields(EVERYTHING))
    assert columns.count("buyer") == 1
    assert {"transaction", "buyer"} <= set(columns)


def test_the_first_rule_broken_is_the_reason() -> None:
    rules = line_rules(EVERYTHING, LATEST)
    row = CheckedRow(texts={"line_id": "l1", "order_id": None, "item_id": " "})
    found = first_broken(rules, row)
    assert found is not None
    assert found.name == "order_id_missing"


@pytest.mark.parametrize(
    ("check", "bound", "row", "is_broken"),
    [
        (Check.ABSENT, None, CheckedRow(), True),
        (Check.ABSENT, None, CheckedRow({"f": "x"}), False),
        (Check.BLANK, None, CheckedRow({"f": " \u00a0"}), True),
        (Check.BLANK, None, CheckedRow(), False),
        (Check.CONTROL, None, CheckedRow({"f": "a\x07"}), True),
        (Check.UNREAD, None, CheckedRow({"f": "x"}, {"f": None}), True),
        (Check.UNREAD, None, CheckedRow({"f": None}, {"f": None}), False),
        (Check.AMBIGUOUS, None, CheckedRow({"f": "3/4/2024"}, {}, {"f": 2}), True),
        (Check.FRACTIONAL, None, CheckedRow({}, {"f": Decimal("1.5")}), True),
        (Check.EQUAL, Decimal(0), CheckedRow({}, {"f": Decimal("0.00")}), True),
        (Check.BELOW, Decimal(0), CheckedRow({}, {"f": Decimal(-1)}), True),
        (Check.BELOW, Decimal(0), CheckedRow({}, {"f": None}), False),
        (Check.ABOVE, LATEST, CheckedRow({}, {"f": datetime(2024, 6, 4, tzinfo=UTC)}), True),
        (Check.LIKE, "^n", CheckedRow({"f": "nan"}), True),
        (Check.UNLIKE, "^n", CheckedRow({"f": "nan"}), False),
        (Check.TRUE, None, CheckedRow({}, {"f": True}), True),
    ],
)
def test_a_check_tells_its_kind_of_bad_row(
    check: Check, bound: Decimal | None, row: CheckedRow, is_broken: bool
) -> None:
    assert breaks(QualityRule("r", LINES, check, ("f",), "m.", bound), row) is is_broken


def test_days_not_hours_tell_what_came_earlier() -> None:
    rule = QualityRule("r", LINES, Check.EARLIER, ("a", "b"), "m.")
    morning, evening = datetime(2024, 1, 2, tzinfo=UTC), datetime(2024, 1, 2, 20, tzinfo=UTC)
    assert not breaks(rule, CheckedRow({}, {"a": morning, "b": evening}))
    assert breaks(rule, CheckedRow({}, {"a": datetime(2024, 1, 1, tzinfo=UTC), "b": morning}))


def test_a_rule_that_cannot_be_tried_is_refused_when_built() -> None:
    good = QualityRule("r", LINES, Check.BELOW, ("f",), "m.", Decimal(0))
    with pytest.raises(RuleError, match="'r'"):
        replace(good, bound=None)
    with pytest.raises(RuleError, match="'r'"):
        replace(good, check=Check.EARLIER)


def the_first_broken_by(**values: object) -> str | None:
    """Of a return row that is fine but for these values."""
    fine = {"returned_at": datetime(2024, 1, 9, tzinfo=UTC), "available_at": datetime(2024, 1, 9, tzinfo=UTC)}
    written = {field.name: "x" for field in event_fields(EVERYTHING) if field.required}
    rules = [
        rule for rule in event_rules(EVERYTHING, LATEST) if rule.check in {Check.BELOW, Check.ABOVE, Check.EARLIER}
    ]
    found = first_broken(rules, CheckedRow(written, {**fine, **values}))  # type: ignore[dict-item]
    return found.name if found else None


def test_a_return_cannot_be_known_before_it_came_or_after_the_source_ends() -> None:
    assert the_first_broken_by() is None
    assert the_first_broken_by(available_at=datetime(2024, 1, 8, 23, tzinfo=UTC)) == "available_before_returned"
    assert the_first_broken_by(available_at=datetime(2024, 6, 4, tzinfo=UTC)) == "available_at_in_future"


def test_a_moment_before_1990_is_a_placeholder() -> None:
    early, eldest = datetime(1989, 12, 31, 23, tzinfo=UTC), datetime(1990, 1, 1, tzinfo=UTC)
    assert the_first_broken_by(returned_at=early, available_at=early) == "returned_at_too_early"
    assert the_first_broken_by(returned_at=eldest, available_at=eldest) is None


def test_a_number_too_large_to_be_true_is_so_on_either_side_of_0() -> None:
    rules = [rule for rule in line_rules(EVERYTHING, LATEST) if rule.name == "attr_score_too_large"]
    for number, is_broken in ((Decimal(10) ** 10, False), (Decimal(10) ** 10 + 1, True)):
        for value in (number, -number):
            assert (
                first_broken(rules, CheckedRow({"attr_score": "x"}, {"attr_score": value})) is not None
            ) is is_broken


def test_a_return_row_that_names_no_line_must_name_its_item() -> None:
    assert "item_id_missing" in {rule.name for rule in event_rules(SIGNED_ROWS, LATEST)}
    assert "item_id_missing" not in {rule.name for rule in event_rules(EVERYTHING, LATEST)}
