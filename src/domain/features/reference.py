"""What every rule means, in plain Python and as naively as it can be said: the oracle of the tests.

For each line and rule it goes through all facts, so its time grows with the square of the lines; values are
remembered only because rules share parts.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

from domain.content import Cell
from domain.days import day_number
from domain.features.expressions import MOMENT, TEXT, Column, Expression, Literal, Operation, Value, evaluate, finite
from domain.features.feature import FeatureSet
from domain.features.rules import (
    SCALE,
    SHARE_SCALE,
    ZERO_WHEN_EMPTY,
    Aggregate,
    AsOf,
    Basket,
    Composite,
    Facts,
    exposure_steps,
    in_millionths,
)
from domain.labels import LagLaw
from domain.matching import CANCELLED, MATCHED, is_cancelled
from domain.tables import PRODUCT

Row: TypeAlias = Mapping[str, Cell]


@dataclass(frozen=True, eq=False)
class _Line:
    """An order line with the days, as numbers, on which the shop learned something about it."""

    row: Row
    ordered_day: int
    known_day: int
    returned_day: int | None
    cancelled_day: int | None

    @property
    def is_product(self) -> bool:
        return self.row["kind"] == PRODUCT

    def known_as(self, facts: Facts, day: int) -> int | None:
        """The day on which it became such a fact, if that was before `day`."""
        if not self.is_product:
            return None
        if facts is Facts.SALES and self.cancelled_day is not None and self.cancelled_day < day:
            return None
        known = self.returned_day if facts is Facts.RETURNS else self.known_day
        return known if known is not None and known < day else None


class Reference:
    """Interprets rules over canonical rows.

    Args:
        lines: rows of `order_lines`, attributes among them.
        line_returns: rows of `line_returns`.
        lag_law: weighs past lines in exposures.
    """

    def __init__(self, lines: Iterable[Row], line_returns: Iterable[Row], lag_law: LagLaw) -> None:
        events = list(line_returns)
        self._lines = [_with_days(row, [e for e in events if e["line_id"] == row["line_id"]]) for row in lines]
        self._lag_law = lag_law
        self._known: dict[tuple[Expression, int], Value] = {}

    def features(self, feature_set: FeatureSet) -> list[dict[str, Value]]:
        """One row a product line, in the order given: `line_id`, then a value a feature."""
        rows: list[dict[str, Value]] = []
        for line in filter(lambda line: line.is_product, self._lines):
            values = {feature.name: self._value(feature.rule, line) for feature in feature_set.features}
            rows.append({"line_id": str(line.row["line_id"]), **values})
        return rows

    def _value(self, rule: Expression, line: _Line) -> Value:
        seen = (rule, id(line))
        if seen not in self._known:
            self._known[seen] = self._interpret(rule, line)
        return self._known[seen]

    def _interpret(self, rule: Expression, line: _Line) -> Value:
        match rule:
            case Literal(value):
                return value if isinstance(value, str) else finite(value)
            case Column(name):
                return _cell(rule, line.row[name])
            case Operation(name, args):
                return evaluate(name, tuple(self._value(arg, line) for arg in args))
            case Composite():
                return self._value(rule.expanded, line)
            case AsOf():
                return self._as_of(rule, line)
            case Basket():
                return self._basket(rule, line)
        raise TypeError(f"{type(rule).__name__} is no kind of rule")

    def _as_of(self, rule: AsOf, line: _Line) -> Value:
        day = line.ordered_day
        facts = [
            (known, fact)
            for fact in self._lines
            if (known := fact.known_as(rule.facts, day)) is not None and self._equal(rule.key, line, fact)
        ]
        if rule.aggregate is Aggregate.EXPOSURE:
            return self._exposure(rule, day, facts)
        if rule.window_days is not None:
            facts = [(known, fact) for known, fact in facts if known >= day - rule.window_days]
        if rule.aggregate is Aggregate.DAYS_SINCE:
            return float(day - max(known for known, _ in facts)) if facts else None
        if rule.aggregate is Aggregate.LAST:
            with_value = [(known, fact) for known, fact in facts if self._number(rule.value, fact) is not None]
            latest = max((known for known, _ in with_value), default=None)
            return self._aggregate(Aggregate.MAX, rule.value, [fact for known, fact in with_value if known == latest])
        return self._aggregate(rule.aggregate, rule.value, [fact for _, fact in facts])

    def _exposure(self, rule: AsOf, day: int, facts: list[tuple[int, _Line]]) -> float:
        total, value = 0, rule.value
        for known, fact in facts:
            share = self._elapsed(known, fact.ordered_day, day)
            if rule.window_days is not None:
                share -= self._elapsed(known, fact.ordered_day, day - rule.window_days)
            total += share * (1 if value is None else self._number(value, fact) or 0)
        return float(total) / (SHARE_SCALE * (1 if value is None else SCALE))

    def _elapsed(self, known: int, ordered: int, day: int) -> int:
        """How much of the law had elapsed before a day, in ten-thousandths; nothing of a line not known then."""
        if known >= day:
            return 0
        return sum(increase for age, increase in exposure_steps(self._lag_law) if ordered + age < day)

    def _basket(self, rule: Basket, line: _Line) -> Value:
        chosen = [
            other
            for other in self._lines
            if (other.row["order_id"], other.known_day) == (line.row["order_id"], line.known_day)
            and (rule.own or other is not line)
            and self._equal(rule.same, line, other)
            and (not rule.different or self._differ(rule.different, line, other))
        ]
        return self._aggregate(rule.aggregate, rule.value, chosen)

    def _aggregate(self, aggregate: Aggregate, value: Expression | None, lines: list[_Line]) -> Value:
        if value is None:
            return float(len(lines))
        if value.kind is TEXT:
            texts = Counter(text for line in lines if isinstance(text := self._value(value, line), str))
            if aggregate is Aggregate.DISTINCT:
                return float(len(texts))
            return max(texts, key=lambda text: (texts[text], text), default=None)
        numbers = [number for line in lines if (number := self._number(value, line)) is not None]
        if not numbers and aggregate not in ZERO_WHEN_EMPTY:
            return None
        return _OF_MILLIONTHS[aggregate](numbers)

    def _number(self, value: Expression | None, line: _Line) -> int | None:
        number = None if value is None else self._value(value, line)
        return in_millionths(number) if isinstance(number, float) else None

    def _equal(self, key: tuple[Expression, ...], line: _Line, other: _Line) -> bool:
        """Whether both have the same values, none of them null."""
        mine = [self._value(part, line) for part in key]
        return None not in mine and mine == [self._value(part, other) for part in key]

    def _differ(self, key: tuple[Expression, ...], line: _Line, other: _Line) -> bool:
        """Whether one value differs at least, none of them being null."""
        mine, others = ([self._value(part, each) for part in key] for each in (line, other))
        return None not in mine and None not in others and mine != others


_OF_MILLIONTHS: dict[Aggregate, Callable[[list[int]], float]] = {
    Aggregate.SUM: lambda numbers: float(sum(numbers)) / SCALE,
    Aggregate.MEAN: lambda numbers: float(sum(numbers)) / SCALE / len(numbers),
    Aggregate.MIN: lambda numbers: min(numbers) / SCALE,
    Aggregate.MAX: lambda numbers: max(numbers) / SCALE,
}


def _with_days(row: Row, events: list[Row]) -> _Line:
    ordered = day_number(row["ordered_at"])  # type: ignore[arg-type]
    known = max(ordered, day_number(row["available_at"]))  # type: ignore[arg-type]
    dated = sorted((day_number(e["available_at"]), str(e["fate"]), int(e["quantity"])) for e in events)  # type: ignore[arg-type]
    cancelled_day, units = None, 0
    for day, fate, quantity in dated:
        units += quantity if fate == CANCELLED else 0
        if cancelled_day is None and fate == CANCELLED and is_cancelled(int(row["quantity"]), units):  # type: ignore[arg-type]
            cancelled_day = max(day, known)
    returned_day = min((day for day, fate, _ in dated if fate == MATCHED), default=None)
    return _Line(row, ordered, known, returned_day, cancelled_day)


def _cell(column: Column, cell: Cell) -> Value:
    """A cell as rules see it: text, a moment, or a finite number."""
    if cell is None or column.kind in {TEXT, MOMENT}:
        return cell  # type: ignore[return-value]
    return finite(float(cell)) if isinstance(cell, int | float | Decimal) else None
