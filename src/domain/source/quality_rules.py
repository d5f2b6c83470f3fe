"""Every kind of bad row that the ingest of one source looks for, most telling first.

Rules of rows set the row aside. Those of the clocks that a row can do without take the moment away and keep the row: a
placeholder such as 1990-12-31 in the day of delivery must not cost the sale or the return.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from decimal import Decimal

from domain.source.fields import Reading, SourceField, event_fields, line_fields, taken_action_fields
from domain.source.mapping import SourceMapping
from domain.source.mapping_parts import TextFormat
from domain.source.money import MAX_AMOUNT, MAX_UNITS, MAX_VALUE
from domain.source.number_format import NOT_FINITE, number_pattern
from domain.source.quality import Check, QualityRule

LINES = "order_lines"
EVENTS = "return_events"
ACTIONS = "taken_actions"

EARLIEST_MOMENT = datetime(1990, 1, 1, tzinfo=UTC)

# Findings of the reader about a whole row, rather than a field.
MALFORMED = "malformed"
UNCLOSED_QUOTE = "unclosed_quote"
UNDECODABLE = "undecodable"
SALE_AND_RETURN = "sale_and_return"
NAMES_NOTHING = "names_nothing"
OF_NO_LINE = "of_no_line"

# The reason of a row whose word the flag does not explain.
FLAG_UNKNOWN = "flag_unknown"

# The row reasons of rules across rows, which no rule on a single row can tell.
LINE_ID_REPEATED = "line_id_repeated"

_UNITS = ("quantity", "cancelled_quantity", "returned_quantity", "price_units")
_LINE_CLOCKS = ("dispatched_at", "delivered_at", "returnable_until")  # for cancellations and conditions of actions
_EVENT_CLOCKS = ("requested_at", "received_at")
_NO_EARLIER_THAN = {
    "dispatched_at": ("ordered_at",),
    "delivered_at": ("ordered_at", "dispatched_at"),
    "returnable_until": ("ordered_at",),
    "received_at": ("requested_at",),
}
_MUST_BE_PAST = ("ordered_at", "returned_at", "available_at", "updated_at", "taken_at")
_ZERO = Decimal(0)


def line_rules(mapping: SourceMapping, latest: datetime) -> tuple[QualityRule, ...]:
    """The rules for order rows of a source; `latest` is a moment after which nothing can have happened."""
    return tuple(_line_rules(mapping, latest))


def event_rules(mapping: SourceMapping, latest: datetime) -> tuple[QualityRule, ...]:
    """The rules for return rows of a source; none in the shape "flag"."""
    return () if mapping.shape == "flag" else tuple(_event_rules(mapping, latest))


def taken_action_rules(mapping: SourceMapping, latest: datetime) -> tuple[QualityRule, ...]:
    """The rules for rows of actions taken, which are looked at beside the lines that they name; none without such rows.

    A row has the finding `of_no_line` and the field `ordered_at` of its line, which is null where there is no line.
    """
    return () if mapping.taken_actions is None else tuple(_taken_action_rules(mapping, latest))


def line_clock_rules(mapping: SourceMapping, latest: datetime) -> tuple[QualityRule, ...]:
    """The rules that take a moment from an order row and keep the row, those of one field together."""
    return tuple(_clock_rules(LINES, line_fields(mapping), _LINE_CLOCKS, mapping.format, latest))


def event_clock_rules(mapping: SourceMapping, latest: datetime) -> tuple[QualityRule, ...]:
    """The same for return rows; none in the shape "flag"."""
    return tuple(_clock_rules(EVENTS, event_fields(mapping), _EVENT_CLOCKS, mapping.format_of_returns, latest))


def _clock_rules(
    table: str, fields: Sequence[SourceField], clocks: Sequence[str], form: TextFormat, latest: datetime
) -> Iterator[QualityRule]:
    given = {field.name: field for field in fields}
    for clock in clocks:
        if clock in given:
            yield from _moment_rules(table, given[clock], form, latest)
            for earlier in _NO_EARLIER_THAN.get(clock, ()):
                yield from _order_of(table, set(given), clock, earlier)


def _line_rules(mapping: SourceMapping, latest: datetime) -> Iterator[QualityRule]:
    fields = line_fields(mapping)
    names = {field.name for field in fields}
    yield from _row_rules(LINES)
    for field in fields:
        if field.name not in _LINE_CLOCKS:
            yield from _field_rules(LINES, field, mapping.format, latest)
    yield _finding(LINES, "sale_and_return", SALE_AND_RETURN, "The row sells {value} units and returns some too.")
    if "quantity" in names:
        yield _number(LINES, "quantity_zero", Check.EQUAL, "quantity", "holds 0: nothing was sold", _ZERO)
        yield _number(LINES, "quantity_negative", Check.BELOW, "quantity", "holds '{value}', below 0", _ZERO)
    yield _number(LINES, "price_negative", Check.BELOW, "price", "holds '{value}', a price below 0", _ZERO)
    yield from _optional_money_rules(names)
    yield _number(LINES, "value_too_large", Check.ABOVE, "gross", "makes a line worth more than can be", MAX_VALUE)
    for clock in ("available_at", "updated_at", "returned_at"):
        yield from _order_of(LINES, names, clock, "ordered_at")


def _optional_money_rules(names: set[str]) -> Iterator[QualityRule]:
    if "price_units" in names:
        yield _number(LINES, "price_units_zero", Check.EQUAL, "price_units", "holds 0: no unit to price", _ZERO)
        yield _number(LINES, "price_units_negative", Check.BELOW, "price_units", "holds '{value}', below 0", _ZERO)
    if "discount" in names:
        yield _number(LINES, "discount_negative", Check.BELOW, "discount", "holds '{value}', which adds to it", _ZERO)
        above = "holds '{value}', more than the price"
        yield _number(LINES, "discount_above_one", Check.ABOVE, "discount", above, Decimal(1))
        yield QualityRule(
            "discount_of_nothing",
            LINES,
            Check.UNREAD,
            ("discount",),
            "The column '{column}' takes '{value}' off a price of 0.",
        )
    if "unit_cost" in names:
        yield _number(LINES, "unit_cost_negative", Check.BELOW, "unit_cost", "holds '{value}', below 0", _ZERO)
    for units, verb in (("cancelled_quantity", "cancels"), ("returned_quantity", "takes back")):
        if units in names:
            sold = "the {other} units" if "quantity" in names else "the one unit"
            below = "holds '{value}' on the wrong side of 0"
            yield _number(LINES, f"{units}_negative", Check.BELOW, units, below, _ZERO)
            yield QualityRule(
                f"{units}_exceeds_quantity",
                LINES,
                Check.EXCEEDS,
                (units, "quantity"),
                f"The column '{{column}}' {verb} '{{value}}' of {sold} sold.",
            )


def _event_rules(mapping: SourceMapping, latest: datetime) -> Iterator[QualityRule]:
    fields = event_fields(mapping)
    names = {field.name for field in fields}
    yield from _row_rules(EVENTS)
    for field in fields:
        if field.name not in _EVENT_CLOCKS:
            yield from _field_rules(EVENTS, field, mapping.format_of_returns, latest)
    yield _finding(EVENTS, "return_names_nothing", NAMES_NOTHING, "The return names neither a line nor an item.")
    if "quantity" in names:
        yield _number(EVENTS, "quantity_zero", Check.EQUAL, "quantity", "holds 0: nothing came back", _ZERO)
        below = "holds '{value}' on the wrong side of 0"
        yield _number(EVENTS, "quantity_negative", Check.BELOW, "quantity", below, _ZERO)
    if "refund_amount" in names:
        below = "holds '{value}', a refund that takes money"
        yield _number(EVENTS, "refund_amount_negative", Check.BELOW, "refund_amount", below, _ZERO)
    yield from _order_of(EVENTS, names, "returned_at", "ordered_at")
    yield from _order_of(EVENTS, names, "available_at", "returned_at")
    if "outcome" in names:
        for outcome in mapping.excluded_outcomes:
            yield QualityRule(
                "outcome_excluded",
                EVENTS,
                Check.EQUAL,
                ("outcome",),
                "The column '{column}' holds '{value}', an outcome that the mapping excludes.",
                outcome,
            )


def _taken_action_rules(mapping: SourceMapping, latest: datetime) -> Iterator[QualityRule]:
    fields = taken_action_fields(mapping)
    yield from _row_rules(ACTIONS)
    for field in fields:
        yield from _field_rules(ACTIONS, field, mapping.format_of_taken_actions, latest)
    unknown = "No kept order line is called as this row says: lines go by the line_id of the published outputs."
    yield _finding(ACTIONS, "action_of_no_line", OF_NO_LINE, unknown)
    yield QualityRule(
        "taken_before_ordered",
        ACTIONS,
        Check.EARLIER,
        ("taken_at", "ordered_at"),
        "The column '{column}' holds '{value}', a day before its line was ordered.",
    )
    yield from _order_of(ACTIONS, {field.name for field in fields}, "available_at", "taken_at")


def _row_rules(table: str) -> Iterator[QualityRule]:
    yield _finding(
        table, "unclosed_quote", UNCLOSED_QUOTE, "A quote that was opened here or in a row before is never closed."
    )
    yield _finding(table, "wrong_field_count", MALFORMED, "The row has another number of fields than the header.")
    yield _finding(
        table, "undecodable_text", UNDECODABLE, "The row holds characters that are not in the encoding of the mapping."
    )


def _finding(table: str, name: str, field: str, message: str) -> QualityRule:
    return QualityRule(name, table, Check.TRUE, (field,), message)


def _field_rules(table: str, field: SourceField, form: TextFormat, latest: datetime) -> Iterator[QualityRule]:
    if field.required:
        yield _of(table, field, "missing", Check.ABSENT, "is empty")
    match field.reading:
        case Reading.IDENTIFIER:
            yield from _identifier_rules(table, field)
        case Reading.MOMENT:
            yield from _moment_rules(table, field, form, latest)
        case Reading.NUMBER:
            yield from _number_rules(table, field, form)
        case Reading.WORD:
            yield _of(
                table, field, "unknown", Check.UNREAD, "holds '{value}', a word that the mapping does not explain"
            )


def _identifier_rules(table: str, field: SourceField) -> Iterator[QualityRule]:
    if field.required:
        yield _of(table, field, "blank", Check.BLANK, "holds nothing but spaces")
    yield _of(table, field, "control_characters", Check.CONTROL, "holds control characters")


def _moment_rules(table: str, field: SourceField, form: TextFormat, latest: datetime) -> Iterator[QualityRule]:
    written = " or ".join(form.dates)
    yield _of(table, field, "unreadable", Check.UNREAD, f"holds '{{value}}', which is no day written as {written}")
    if len(form.dates) > 1:
        yield _of(table, field, "ambiguous", Check.AMBIGUOUS, f"holds '{{value}}', two different days as {written}")
    early = "holds '{value}', before any shop of this kind"
    yield _of(table, field, "too_early", Check.BELOW, early, EARLIEST_MOMENT)
    if field.name in _MUST_BE_PAST:
        yield _of(table, field, "in_future", Check.ABOVE, "holds '{value}', which is yet to come", latest)


def _number_rules(table: str, field: SourceField, form: TextFormat) -> Iterator[QualityRule]:
    yield _of(table, field, "not_finite", Check.LIKE, "holds '{value}', which is no finite number", NOT_FINITE)
    written = field.written(form)
    pattern = number_pattern(written.decimal, written.thousands, written.currency_sign)
    yield _of(table, field, "not_a_number", Check.UNLIKE, "holds '{value}', which is no number", pattern)
    limit = MAX_UNITS if field.name in _UNITS else MAX_AMOUNT
    large = "holds '{value}', too large to be true"
    if field.name != "discount":  # its value is a share by then, and has bounds of its own
        yield _of(table, field, "too_large", Check.UNREAD, large)
        yield _of(table, field, "too_large", Check.ABOVE, large, limit)
        yield _of(table, field, "too_large", Check.BELOW, large, -limit)
    if field.name in _UNITS:
        yield _of(table, field, "fractional", Check.FRACTIONAL, "holds '{value}', part of a unit")


def _of(
    table: str, field: SourceField, suffix: str, check: Check, claim: str, bound: str | Decimal | datetime | None = None
) -> QualityRule:
    return QualityRule(
        f"{field.name}_{suffix}", table, check, (field.name,), f"The column '{{column}}' {claim}.", bound
    )


def _number(table: str, name: str, check: Check, field: str, claim: str, bound: Decimal) -> QualityRule:
    return QualityRule(name, table, check, (field,), f"The column '{{column}}' {claim}.", bound)


def _order_of(table: str, names: set[str], later: str, earlier: str) -> Iterator[QualityRule]:
    if {later, earlier} <= names:
        yield QualityRule(
            f"{later.removesuffix('_at')}_before_{earlier.removesuffix('_at')}",
            table,
            Check.EARLIER,
            (later, earlier),
            "The column '{column}' holds '{value}', before the {other} of '{other_column}'.",
        )
