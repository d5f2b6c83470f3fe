"""Expressions over one order line, as data: a column, a literal, or a named operation on other expressions.

An expression has a kind, NUMBER or TEXT (or MOMENT, which only `day_of_week` and `hour` take). One rule of
nulls holds for all: null in, null out, but for `coalesce`, `is_null` and the branch that `if_else` does not take.
A number is finite: NaN, infinities, a division by 0 and a logarithm out of its domain are null, and -0.0 is 0.0.
Truth is a number: 1.0 or 0.0, and everything but 0.0 is true.
"""

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeAlias

from domain.errors import RuleError
from domain.schema import ColumnType
from domain.tables import ATTRIBUTE_PREFIX, LINE_RETURNS, ORDER_LINES, RETURN_EVENTS

NUMBER, TEXT, MOMENT = ColumnType.NUMBER, ColumnType.TEXT, ColumnType.MOMENT
Value: TypeAlias = float | str | datetime | None

KNOWN_AT_ORDER = (
    *("line_id", "order_id", "customer_id", "item_id", "ordered_at", "quantity", "unit_price", "discount", "net_value"),
    *("kind", "item_group", "category", "size", "colour", "seller", "unit_cost"),
)
KNOWN_LATER = {c.name for s in (ORDER_LINES, RETURN_EVENTS, LINE_RETURNS) for c in s.columns} - set(KNOWN_AT_ORDER)


# The places of letter sizes around M; half sizes have a plus.
SIZE_LETTERS = {
    "XXXS": -4.0,
    "3XS": -4.0,
    "XXS": -3.0,
    "2XS": -3.0,
    "XS": -2.0,
    "S": -1.0,
    "S+": -0.5,
    "M": 0.0,
    "M+": 0.5,
    "L": 1.0,
    "L+": 1.5,
    "XL": 2.0,
    "1XL": 2.0,
    "XL+": 2.5,
    "XXL": 3.0,
    "2XL": 3.0,
    "XXXL": 4.0,
    "3XL": 4.0,
    "XXXXL": 5.0,
    "4XL": 5.0,
    "XXXXXL": 6.0,
    "5XL": 6.0,
}
FIRST_WORD = "^[A-Za-z0-9+]+"
LEADING_NUMBER = "^[0-9]{1,4}([.][0-9])?"
# Of any script, as only what parts them is named: spaces (wide, thin and unbreaking ones too), dashes and marks.
SIZE_PART = "[^ \t\r\n\u00a0\u2007\u2009\u202f/|,;:()_\u2010-\u2015-]+"
_FIRST_WORD, _LEADING_NUMBER, _SIZE_PART = map(re.compile, (FIRST_WORD, LEADING_NUMBER, SIZE_PART))


class Expression:
    """Anything that has a value for an order line; a frozen value itself, so equal rules are equal objects."""

    @property
    def kind(self) -> ColumnType:
        """What its values are: NUMBER, TEXT or MOMENT."""
        raise TypeError(f"{type(self).__name__} does not say its kind")

    @property
    def operands(self) -> "tuple[Expression, ...]":
        """The expressions it is made of."""
        return ()

    def walk(self) -> "Iterator[Expression]":
        """This expression and all that it is made of, outermost first."""
        yield self
        for operand in self.operands:
            yield from operand.walk()

    def without(self, absent: frozenset[str]) -> "Expression | None":
        """What is left of it where a source lacks these columns; None when it cannot be computed."""
        return None if any(operand.without(absent) is None for operand in self.operands) else self


@dataclass(frozen=True)
class Column(Expression):
    """A canonical column known when the order was placed, or an attribute of the mapping.

    Args:
        name: the column's name; attributes begin with `attr_`.
        attribute_kind: NUMBER or TEXT, for attributes only.
    """

    name: str
    attribute_kind: ColumnType | None = None

    def __post_init__(self) -> None:
        """Refuse a column that is unknown or known only after the order."""
        plain = self.name.removeprefix(ATTRIBUTE_PREFIX)
        if plain in KNOWN_LATER:
            raise RuleError(
                f"The rule names '{self.name}', which is known only after the order was placed.",
                "A feature may use what was known at the order: " + ", ".join(KNOWN_AT_ORDER) + " and attributes.",
            )
        declared = self.name.startswith(ATTRIBUTE_PREFIX) and self.attribute_kind in {NUMBER, TEXT}
        if not declared and (self.name not in KNOWN_AT_ORDER or self.attribute_kind is not None):
            raise RuleError(
                f"The rule names the column '{self.name}', which order lines do not have.",
                "Take one of " + ", ".join(KNOWN_AT_ORDER) + ", or an attribute attr_<name> with its kind.",
            )

    @property
    def kind(self) -> ColumnType:
        """TEXT, MOMENT, or NUMBER for whatever is counted or measured."""
        stored = self.attribute_kind or ORDER_LINES[self.name].type
        return stored if stored in {TEXT, MOMENT} else NUMBER

    def without(self, absent: frozenset[str]) -> "Column | None":
        """Itself, unless the source lacks it."""
        return None if self.name in absent else self


@dataclass(frozen=True)
class Literal(Expression):
    """A constant, finite number or text."""

    value: float | str

    def __post_init__(self) -> None:
        """Refuse what is no number."""
        if not isinstance(self.value, str) and finite(self.value) is None:
            raise RuleError(f"The literal {self.value} is not finite.", "Write a finite number or a text.")

    @property
    def kind(self) -> ColumnType:
        """TEXT or NUMBER."""
        return TEXT if isinstance(self.value, str) else NUMBER


@dataclass(frozen=True)
class Signature:
    """One row of the table of operations.

    Args:
        takes: kinds of the arguments; None stands for one kind, NUMBER or TEXT, shared by all such arguments.
        gives: kind of the result; None for that shared kind.
        meaning: what it computes of arguments that are not null, in Python; None where nulls matter (see `evaluate`).
        variadic: whether the last argument may be repeated.
    """

    takes: tuple[ColumnType | None, ...]
    gives: ColumnType | None
    meaning: Callable[..., float | str | None] | None = None
    variadic: bool = False


def _log1p(x: float) -> float:
    return math.log1p(x) if x > -1 else math.nan


def size_rank(size: str) -> float:
    """Where a size stands among others of its kind: its leading number, or its place around M, which is 0.

    Letters and numbers are scales of their own, so ranks are compared within a category. NaN for any other text.
    """
    word = _FIRST_WORD.match(size)
    letters = SIZE_LETTERS.get(word.group().upper()) if word else None
    number = _LEADING_NUMBER.match(size)
    return letters if letters is not None else float(number.group()) if number else math.nan


def size_part(size: str, number: float) -> str | None:
    """The n-th part of a size, from 1: of "34 / B / 32" the waist, the fit and the length. Null where there is none."""
    parts, place = _SIZE_PART.findall(size), int(number)
    return parts[place - 1] if 1 <= place <= len(parts) else None


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC) if moment.tzinfo else moment


OPERATIONS: dict[str, Signature] = {
    "add": Signature((NUMBER, NUMBER), NUMBER, lambda a, b: a + b),
    "subtract": Signature((NUMBER, NUMBER), NUMBER, lambda a, b: a - b),
    "multiply": Signature((NUMBER, NUMBER), NUMBER, lambda a, b: a * b),
    "divide": Signature((NUMBER, NUMBER), NUMBER, lambda a, b: a / b if b else math.nan),
    "log1p": Signature((NUMBER,), NUMBER, _log1p),
    "floor": Signature((NUMBER,), NUMBER, lambda a: float(math.floor(a))),
    "absolute": Signature((NUMBER,), NUMBER, abs),
    "minimum": Signature((NUMBER, NUMBER), NUMBER, min),
    "maximum": Signature((NUMBER, NUMBER), NUMBER, max),
    "equal": Signature((None, None), NUMBER, lambda a, b: float(a == b)),
    "less": Signature((NUMBER, NUMBER), NUMBER, lambda a, b: float(a < b)),
    "less_equal": Signature((NUMBER, NUMBER), NUMBER, lambda a, b: float(a <= b)),
    "both": Signature((NUMBER, NUMBER), NUMBER, lambda a, b: float(a != 0 and b != 0)),
    "either": Signature((NUMBER, NUMBER), NUMBER, lambda a, b: float(a != 0 or b != 0)),
    "negation": Signature((NUMBER,), NUMBER, lambda a: float(a == 0)),
    "day_of_week": Signature((MOMENT,), NUMBER, lambda m: float(_utc(m).weekday())),  # Monday is 0
    "hour": Signature((MOMENT,), NUMBER, lambda m: float(_utc(m).hour)),
    "size_rank": Signature((TEXT,), NUMBER, size_rank),
    "size_part": Signature((TEXT, NUMBER), TEXT, size_part),
    "is_null": Signature((None,), NUMBER),
    "coalesce": Signature((None, None), None, variadic=True),
    "if_else": Signature((NUMBER, None, None), None),
}


@dataclass(frozen=True)
class Operation(Expression):
    """A named operation of the table on its arguments."""

    name: str
    args: tuple[Expression, ...]

    def __post_init__(self) -> None:
        """Refuse an operation that is not in the table, or arguments that it does not take."""
        if self.name not in OPERATIONS:
            raise RuleError(f"There is no operation '{self.name}'.", "Take one of " + ", ".join(OPERATIONS) + ".")
        signature = OPERATIONS[self.name]
        takes = signature.takes
        if signature.variadic:
            takes = (*takes, *takes[-1:] * (len(self.args) - len(takes)))
        kinds = tuple(arg.kind for arg in self.args)
        shared = {kind for kind, wanted in zip(kinds, takes, strict=False) if wanted is None}
        fits = len(kinds) == len(takes) and all(w in {None, k} for k, w in zip(kinds, takes, strict=True))
        if not fits or len(shared) > 1 or MOMENT in shared:
            wanted_kinds = ", ".join("any" if wanted is None else wanted.value for wanted in takes)
            raise RuleError(
                f"The operation '{self.name}' is given ({', '.join(k.value for k in kinds)}).",
                f"It takes ({wanted_kinds}), where 'any' is number or text, the same for all.",
            )

    @property
    def kind(self) -> ColumnType:
        """The result's kind as the table says."""
        return OPERATIONS[self.name].gives or self.args[-1].kind

    @property
    def operands(self) -> tuple[Expression, ...]:
        """Its arguments."""
        return self.args

    def without(self, absent: frozenset[str]) -> Expression | None:
        """Itself with simpler arguments; `coalesce` goes on with those that are left."""
        left = tuple(arg.without(absent) for arg in self.args)
        present = tuple(arg for arg in left if arg is not None)
        if self.name == "coalesce" and present:
            return present[0] if len(present) == 1 else Operation(self.name, present)
        return Operation(self.name, present) if len(present) == len(left) else None


def evaluate(name: str, args: tuple[Value, ...]) -> Value:
    """The value of an operation on argument values: what every interpreter must agree with."""
    if name == "is_null":
        return float(args[0] is None)
    if name == "coalesce":
        return next((arg for arg in args if arg is not None), None)
    if any(arg is None for arg in (args[:1] if name == "if_else" else args)):
        return None
    if name == "if_else":
        return args[1] if args[0] != 0 else args[2]
    meaning = OPERATIONS[name].meaning
    try:
        value = meaning(*args) if meaning else None
    except OverflowError:
        return None
    return finite(value) if isinstance(value, float) else value


def finite(value: float) -> float | None:
    """The number as features know it: null for NaN and infinities, 0.0 for -0.0."""
    return float(value) + 0.0 if math.isfinite(value) else None
