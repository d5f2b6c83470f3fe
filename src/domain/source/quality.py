"""Quality rules as data: each names one kind of bad row and how it is told.

A rule looks at the fields of a row (`domain.source.fields`): the text that the source wrote and the value read from it,
null when there is none. Rules are tried in order and the first that a row breaks is its reason. Of fields that a row
can do without, a broken rule takes the value away instead. `breaks` and `cleared` are the reference; an engine
compiles all rules into one pass.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from itertools import groupby
from typing import TypeAlias

from domain.errors import RuleError

Value: TypeAlias = str | Decimal | datetime | bool | None

BLANK = "^[ \\t\\r\\n\\f\\x0b\\u00a0]*$"
CONTROL = "[\\x00-\\x1f\\x7f-\\x9f]"
SHOWN_LETTERS = 80  # of a value in a message


class Check(StrEnum):
    """How a kind of bad row is told."""

    ABSENT = "absent"  # no text
    BLANK = "blank"  # a text of nothing but spaces
    CONTROL = "control"  # a text with control characters
    LIKE = "like"  # a text that matches the pattern `bound`
    UNLIKE = "unlike"  # a text that does not match it
    UNREAD = "unread"  # a text without a value
    AMBIGUOUS = "ambiguous"  # a text with several values
    FRACTIONAL = "fractional"  # a number that is not whole
    EQUAL = "equal"  # a value equal to `bound`
    BELOW = "below"  # a value below `bound`
    ABOVE = "above"  # a value above it
    EARLIER = "earlier"  # the day of the first field before that of the second
    EXCEEDS = "exceeds"  # the first field above the second
    TRUE = "true"  # a finding of the reader


_BOUNDED = {Check.LIKE, Check.UNLIKE, Check.EQUAL, Check.BELOW, Check.ABOVE}
_PAIRED = {Check.EARLIER, Check.EXCEEDS}


@dataclass(frozen=True)
class QualityRule:
    """One kind of bad row.

    Args:
        name: the reason in the quarantine, a stable name for machines.
        table: `order_lines`, `return_events` or `taken_actions`, which the row would have entered.
        check: how it is told.
        fields: the field looked at; a second one to compare it with.
        message: a sentence with `{column}`, `{value}` and, of the second field, `{other_column}`, `{other}`.
        bound: what the check compares with.
    """

    name: str
    table: str
    check: Check
    fields: tuple[str, ...]
    message: str
    bound: str | Decimal | datetime | None = None

    def __post_init__(self) -> None:
        """Refuse a rule that cannot be tried."""
        wanted = 2 if self.check in _PAIRED else 1
        if len(self.fields) != wanted or (self.bound is None) == (self.check in _BOUNDED):
            raise RuleError(
                f"The quality rule '{self.name}' ({self.check}) has {len(self.fields)} fields and bound {self.bound}.",
                f"Give it {wanted} field(s), and a bound only where the check compares with one.",
            )


@dataclass(frozen=True)
class CheckedRow:
    """A row as rules see it: texts, values and, for moments, the number of different readings, by field."""

    texts: Mapping[str, str | None] = field(default_factory=dict)
    values: Mapping[str, Value] = field(default_factory=dict)
    readings: Mapping[str, int] = field(default_factory=dict)

    def without(self, name: str) -> "CheckedRow":
        """The row as if its source had left the field empty."""
        return CheckedRow({**self.texts, name: None}, {**self.values, name: None}, {**self.readings, name: 0})


def first_broken(rules: Iterable[QualityRule], row: CheckedRow) -> QualityRule | None:
    """The first rule that the row breaks, or None."""
    return next((rule for rule in rules if breaks(rule, row)), None)


def cleared(rules: Iterable[QualityRule], row: CheckedRow) -> tuple[CheckedRow, tuple[str, ...]]:
    """The row without the values that break a rule, and the name of the rule that took each of them away.

    Args:
        rules: those of one field stand together; a field is looked at as those before it were left.
        row: the row as it was read.
    """
    findings = []
    for name, own in groupby(rules, lambda rule: rule.fields[0]):
        broken = first_broken(own, row)
        if broken is not None:
            findings.append(broken.name)
            row = row.without(name)
    return row, tuple(findings)


def breaks(rule: QualityRule, row: CheckedRow) -> bool:
    """Whether a row is of the bad kind that the rule names; what is absent breaks only ABSENT."""
    name = rule.fields[0]
    text, value = row.texts.get(name), row.values.get(name)
    match rule.check:
        case Check.ABSENT:
            return text is None
        case Check.AMBIGUOUS:
            return row.readings.get(name, 0) > 1
        case Check.TRUE:
            return value is True
        case Check.UNREAD:
            return text is not None and value is None
        case Check.BLANK | Check.CONTROL | Check.LIKE | Check.UNLIKE:
            return text is not None and _text_breaks(rule, text)
    return value is not None and _value_breaks(rule, value, row)


def _text_breaks(rule: QualityRule, text: str) -> bool:
    pattern = {Check.BLANK: BLANK, Check.CONTROL: CONTROL}.get(rule.check, str(rule.bound))
    return (re.search(pattern, text) is not None) != (rule.check is Check.UNLIKE)


def _value_breaks(rule: QualityRule, value: Value, row: CheckedRow) -> bool:
    other = row.values.get(rule.fields[1]) if len(rule.fields) > 1 else rule.bound
    if rule.check is Check.EQUAL:
        return value == other
    if isinstance(value, Decimal) and rule.check is Check.FRACTIONAL:
        return value != value.to_integral_value()
    if isinstance(value, datetime) and isinstance(other, datetime):
        if rule.check is Check.EARLIER:
            return value.date() < other.date()
        return value < other if rule.check is Check.BELOW else value > other
    if isinstance(value, Decimal) and isinstance(other, Decimal):
        return value < other if rule.check is Check.BELOW else value > other
    return False
