"""The kinds of rule beyond one row, as frozen values: as-of aggregates, baskets, and what is built from them.

A rule is an expression, so rules nest: a basket's mean of an as-of rate, or the sum over a customer's past of what
was expected. The value of an inner rule for a past line is the one it had on that line's own day.

What a line of day d sees are facts known before d. A fact is known from the day after it became available:
a line (once ordered and available), a return (the line's first event), a cancellation (when all units are cancelled).
Only product lines are facts; every line is part of its order's basket. A null key has no history and is no group.
Aggregated numbers are taken in millionths, and the shares of the lag law in ten-thousandths, so that sums are of whole
numbers and do not depend on the order of adding.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeAlias

from domain.errors import RuleError
from domain.features.expressions import NUMBER, TEXT, Expression, Literal, Operation
from domain.labels import LagLaw
from domain.schema import ColumnType

SCALE = 1_000_000
SHARE_SCALE = 10_000
LARGEST = 10**12  # values beyond count as null


class Facts(StrEnum):
    """What an as-of aggregate looks back on."""

    LINES = "lines"  # product lines, however they ended
    SALES = "sales"  # product lines less those cancelled, as known on the day
    RETURNS = "returns"  # product lines that came back, with the columns of the line


class Aggregate(StrEnum):
    """What is made of many values; nulls among them are passed over."""

    COUNT = "count"  # of facts or lines; takes no value
    EXPOSURE = "exposure"  # sum (of values, or of ones) weighted by the share of the lag law that has elapsed
    SUM = "sum"
    MEAN = "mean"
    MIN = "min"
    MAX = "max"
    LAST = "last"  # value of the latest day, the largest of that day
    MODE = "mode"  # most frequent text, the last in order among equals
    DISTINCT = "distinct"  # number of different texts
    DAYS_SINCE = "days since"  # the latest fact; takes no value


_Kinds: TypeAlias = dict["Aggregate", tuple[ColumnType | None, ...]]

_AS_OF_KINDS: _Kinds = {
    Aggregate.COUNT: (None,),
    Aggregate.EXPOSURE: (None, NUMBER),
    Aggregate.SUM: (NUMBER,),
    Aggregate.MEAN: (NUMBER,),
    Aggregate.MAX: (NUMBER,),
    Aggregate.LAST: (NUMBER,),
    Aggregate.MODE: (TEXT,),
    Aggregate.DISTINCT: (TEXT,),
    Aggregate.DAYS_SINCE: (None,),
}
_BASKET_KINDS: _Kinds = {
    Aggregate.COUNT: (None,),
    Aggregate.SUM: (NUMBER,),
    Aggregate.MEAN: (NUMBER,),
    Aggregate.MIN: (NUMBER,),
    Aggregate.MAX: (NUMBER,),
    Aggregate.DISTINCT: (TEXT,),
}
ADDITIVE = frozenset({Aggregate.COUNT, Aggregate.EXPOSURE, Aggregate.SUM, Aggregate.MEAN})
ZERO_WHEN_EMPTY = frozenset({Aggregate.COUNT, Aggregate.EXPOSURE, Aggregate.SUM, Aggregate.DISTINCT})


@dataclass(frozen=True)
class AsOf(Expression):
    """An aggregate of the facts with the line's key that were known before its day.

    Counts, sums, exposures and distinct counts of nothing are 0, everything else of nothing is null.

    Args:
        aggregate: what to make of them.
        facts: what to look back on; exposure knows lines and sales only, and what is no sum takes no sales.
        key: expressions whose values the facts share with the line; empty for the whole shop.
        value: what is aggregated.
        window_days: only facts that became known on one of so many days before the line's; of an exposure what of the
            law elapsed on those days, over lines of any age. None for all history. Counts, exposures, sums and means
            only.
    """

    aggregate: Aggregate
    facts: Facts
    key: tuple[Expression, ...] = ()
    value: Expression | None = None
    window_days: int | None = None

    def __post_init__(self) -> None:
        """Refuse combinations without a meaning."""
        _check_kinds("as-of", self.aggregate, self.value, _AS_OF_KINDS)
        _check_keys(self.key)
        additive = self.aggregate in ADDITIVE
        if self.window_days is not None and (self.window_days < 1 or not additive):
            raise RuleError(
                f"An as-of {self.aggregate} over a window of {self.window_days} days cannot be computed.",
                "Give a window of at least 1 day to a count, exposure, sum or mean, and none to anything else.",
            )
        if (self.facts is Facts.SALES and not additive) or (
            self.facts is Facts.RETURNS and self.aggregate is Aggregate.EXPOSURE
        ):
            raise RuleError(
                f"An as-of {self.aggregate} over {self.facts} has no meaning.",
                "Take lines instead; only counts, exposures, sums and means follow cancellations.",
            )

    @property
    def kind(self) -> ColumnType:
        """TEXT for a mode, else NUMBER."""
        return TEXT if self.aggregate is Aggregate.MODE else NUMBER

    @property
    def operands(self) -> tuple[Expression, ...]:
        """Its key and value."""
        return (*self.key, *((self.value,) if self.value is not None else ()))

    def without(self, absent: frozenset[str]) -> "AsOf | None":
        """Itself with a simpler key and value; nothing when one of them is lacking."""
        key, value = _all(self.key, absent), self.value and self.value.without(absent)
        return None if key is None or (self.value and not value) else replace(self, key=key, value=value)


@dataclass(frozen=True)
class Basket(Expression):
    """An aggregate over lines of the line's own order, products or not, that became known on the same day.

    (Were a line that is added to the order later part of it, features would change after they were made.)
    Counts, sums and distinct counts of no line are 0, everything else of none is null. Null equals nothing and differs
    from nothing, so a line with a null among `same` or `different` has no such lines.

    Args:
        aggregate: what to make of them: count, sum, mean, min, max or distinct.
        value: what is aggregated.
        same: only lines that share these values with the line.
        different: only lines that differ from the line in one of these values at least. Sums only.
        own: whether the line itself is in.
    """

    aggregate: Aggregate
    value: Expression | None = None
    same: tuple[Expression, ...] = ()
    different: tuple[Expression, ...] = ()
    own: bool = True

    def __post_init__(self) -> None:
        """Refuse combinations without a meaning."""
        _check_kinds("basket", self.aggregate, self.value, _BASKET_KINDS)
        _check_keys((*self.same, *self.different))
        if self.different and self.aggregate not in ADDITIVE:
            raise RuleError(
                f"A basket {self.aggregate} over different lines cannot be computed.",
                "Only counts, sums and means take `different`.",
            )

    @property
    def kind(self) -> ColumnType:
        """NUMBER."""
        return NUMBER

    @property
    def operands(self) -> tuple[Expression, ...]:
        """Its value and conditions."""
        return (*((self.value,) if self.value is not None else ()), *self.same, *self.different)

    def without(self, absent: frozenset[str]) -> "Basket | None":
        """Itself with simpler operands; nothing when one of them is lacking."""
        same, different = _all(self.same, absent), _all(self.different, absent)
        value = self.value and self.value.without(absent)
        if same is None or different is None or (self.value and not value):
            return None
        return replace(self, same=same, different=different, value=value)


class Composite(Expression):
    """A rule that is a name for an expression of simpler ones; interpreters see the expression alone."""

    @property
    def expanded(self) -> Expression:
        """What it stands for."""
        raise TypeError(f"{type(self).__name__} stands for nothing")

    @property
    def kind(self) -> ColumnType:
        """NUMBER."""
        return NUMBER

    @property
    def operands(self) -> tuple[Expression, ...]:
        """The expression that it stands for."""
        return (self.expanded,)


@dataclass(frozen=True)
class Share(Composite):
    """Share of the order's sum of a value that falls on lines like the own, the own line in or out of both sums."""

    value: Expression
    same: tuple[Expression, ...] = ()
    own: bool = True

    @property
    def expanded(self) -> Expression:
        """The sum over those lines by the sum over all."""
        part = Basket(Aggregate.SUM, self.value, self.same, own=self.own)
        return Operation("divide", (part, Basket(Aggregate.SUM, self.value, own=self.own)))

    def without(self, absent: frozenset[str]) -> "Share | None":
        """Itself with simpler operands; nothing when one of them is lacking."""
        same, value = _all(self.same, absent), self.value.without(absent)
        return None if same is None or value is None else replace(self, same=same, value=value)


@dataclass(frozen=True)
class BackOffRate(Composite):
    """The return rate of ever finer groups relative to the shop's, each smoothed towards the one before.

    `rate = (returns + m * prior) / (exposure + m)` for each level in turn, where the first prior is the shop's own rate
    over all history, everything divided by the shop's rate. The prior weighs as many lines `m` as bring back so many
    returns in the shop: rates that differ by a factor take as many returns to tell apart at 2 % as at 40 % (Buehlmann
    1967 for counts), and twenty times the lines. 1 is the shop's average, and the value where the shop has no returns
    yet. A null key keeps its prior.

    Args:
        levels: the keys from coarse to fine; at least one.
        prior_returns: the prior's weight in expected returns.
        window_days: for the finest level only, as in `AsOf`.
    """

    levels: tuple[tuple[Expression, ...], ...]
    prior_returns: float = 5.0
    window_days: int | None = None

    def __post_init__(self) -> None:
        """Refuse a rate without levels or without a prior."""
        if not self.levels or not all(self.levels) or not self.prior_returns > 0:
            raise RuleError(
                f"A back-off rate of {len(self.levels)} levels with {self.prior_returns} prior returns is no rate.",
                "Give at least one level, each with a key, and prior returns above 0.",
            )

    @property
    def expanded(self) -> Expression:
        """The finest rate, nested in its priors, over the shop's rate."""
        everything = Operation("divide", (AsOf(Aggregate.COUNT, Facts.RETURNS), AsOf(Aggregate.EXPOSURE, Facts.SALES)))
        rate: Expression = Literal(1.0)
        weight = Operation("divide", (Literal(float(self.prior_returns)), everything))
        for depth, key in enumerate(self.levels, start=1):
            window = self.window_days if depth == len(self.levels) else None
            returns = Operation("divide", (AsOf(Aggregate.COUNT, Facts.RETURNS, key, None, window), everything))
            exposure = AsOf(Aggregate.EXPOSURE, Facts.SALES, key, None, window)
            numerator = Operation("add", (returns, Operation("multiply", (weight, rate))))
            rate = Operation("divide", (numerator, Operation("add", (exposure, weight))))
        return Operation("coalesce", (rate, Literal(1.0)))

    def without(self, absent: frozenset[str]) -> "BackOffRate | None":
        """Itself over the levels that are left; nothing when the finest is lacking."""
        left = [_all(key, absent) for key in self.levels]
        if left[-1] is None:
            return None
        return replace(self, levels=tuple(key for key in left if key is not None))


def in_millionths(value: float | None) -> int | None:
    """A number as it is aggregated: whole millionths, ties to even; null when beyond 1e12."""
    return None if value is None or abs(value) > LARGEST else round(value * SCALE)


def exposure_steps(lag_law: LagLaw) -> tuple[tuple[int, int], ...]:
    """The law as pairs of an age in days and the increase of the share at that age, in ten-thousandths.

    A line of day o weighs in with the increase of age a from day o + a + 1, when a return of day o + a is known.
    """
    shares = (0, *(round(share * SHARE_SCALE) for _, share in lag_law.steps))
    return tuple(
        (age, upto - before) for (age, _), before, upto in zip(lag_law.steps, shares, shares[1:], strict=False)
    )


def _all(expressions: tuple[Expression, ...], absent: frozenset[str]) -> tuple[Expression, ...] | None:
    left = tuple(expression.without(absent) for expression in expressions)
    present = tuple(expression for expression in left if expression is not None)
    return present if len(present) == len(left) else None


def _check_kinds(
    where: str,
    aggregate: Aggregate,
    value: Expression | None,
    table: _Kinds,
) -> None:
    kinds = table.get(aggregate)
    if kinds is None or (None if value is None else value.kind) not in kinds:
        wanted = "; ".join(f"{name} of {' or '.join(k or 'nothing' for k in kinds)}" for name, kinds in table.items())
        raise RuleError(
            f"There is no {where} {aggregate} of {value.kind if value else 'nothing'}.", f"There are: {wanted}."
        )


def _check_keys(key: tuple[Expression, ...]) -> None:
    if any(expression.kind not in {NUMBER, TEXT} for expression in key):
        raise RuleError("A group by a moment has one line each.", "Group by numbers or texts.")
