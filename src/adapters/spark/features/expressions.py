"""Row expressions as Spark columns, with the nulls and finite numbers that `domain.features.expressions` defines."""

from collections.abc import Callable, Mapping

from pyspark.sql import Column as SparkColumn
from pyspark.sql import functions as F

from domain.features import expressions as domain
from domain.features.expressions import Expression, Literal, Operation
from domain.features.rules import LARGEST, SCALE, Composite

INFINITY = float("inf")
_INTEGERS_ONLY = float(2**53)  # from here on every double is a whole number


def compiled(rule: Expression, made: Mapping[Expression, str]) -> SparkColumn:
    """The column of a rule: DOUBLE (finite or null), STRING or TIMESTAMP.

    Args:
        rule: what to compute.
        made: rules that are columns of the frame already, by their names; every as-of rule and basket must be.
    """
    match rule:
        case _ if rule in made:
            return F.col(made[rule])
        case Literal(value):
            return F.lit(value if isinstance(value, str) else float(value) + 0.0)
        case domain.Column(name):
            return finite(F.col(name).cast("double")) if rule.kind is domain.NUMBER else F.col(name)
        case Operation(name, args):
            return _OPERATIONS[name](*(compiled(arg, made) for arg in args))
        case Composite():
            return compiled(rule.expanded, made)
    raise TypeError(f"{type(rule).__name__} is not a column yet")


def own_name(part: Expression, made: Mapping[Expression, str]) -> str | None:
    """The column of a frame that an expression is as it stands; None where it has to be made."""
    if isinstance(part, domain.Column) and part.kind is domain.TEXT:
        return part.name
    return made.get(part)


def finite(number: SparkColumn) -> SparkColumn:
    """Null for NaN and infinities, 0.0 for -0.0, everything else as it is.

    The remainder by infinity is NaN for infinities and the number itself otherwise, so the operand appears once and
    nested expressions do not grow with every step.
    """
    return F.nanvl(number % F.lit(INFINITY) + F.lit(0.0), F.lit(None).cast("double"))


def in_millionths(number: SparkColumn) -> SparkColumn:
    """A DOUBLE as the LONG that is aggregated (see `domain.features.rules.in_millionths`)."""
    return F.when(F.abs(number) <= F.lit(float(LARGEST)), F.rint(number * F.lit(float(SCALE))).cast("long"))


def _truth(condition: SparkColumn) -> SparkColumn:
    return condition.cast("double")


def _strict(choose: Callable[..., SparkColumn]) -> Callable[[SparkColumn, SparkColumn], SparkColumn]:
    """Spark's least and greatest pass over nulls; ours do not."""
    return lambda a, b: F.when(a.isNotNull() & b.isNotNull(), choose(a, b))


def _floor(a: SparkColumn) -> SparkColumn:
    return F.when(F.abs(a) < F.lit(_INTEGERS_ONLY), F.floor(a).cast("double")).otherwise(a)


def _if_else(condition: SparkColumn, then: SparkColumn, otherwise: SparkColumn) -> SparkColumn:
    return F.when(condition != 0, then).when(condition == 0, otherwise)


def _size_rank(size: SparkColumn) -> SparkColumn:
    """`domain.features.expressions.size_rank`; a text without a leading number gives an empty one, and that a null."""
    word = F.upper(F.regexp_extract(size, domain.FIRST_WORD, 0))
    places = F.create_map(*(F.lit(part) for place in domain.SIZE_LETTERS.items() for part in place))
    number = F.nullif(F.regexp_extract(size, domain.LEADING_NUMBER, 0), F.lit(""))
    return F.coalesce(F.try_element_at(places, word), number.cast("double"))


def _size_part(size: SparkColumn, number: SparkColumn) -> SparkColumn:
    parts = F.regexp_extract_all(size, F.lit(domain.SIZE_PART), F.lit(0))
    return F.when(number >= 1, F.try_element_at(parts, number.try_cast("int")))


_OPERATIONS: dict[str, Callable[..., SparkColumn]] = {
    "add": lambda a, b: finite(a + b),
    "subtract": lambda a, b: finite(a - b),
    "multiply": lambda a, b: finite(a * b),
    "divide": lambda a, b: finite(F.try_divide(a, b)),
    "log1p": F.log1p,
    "floor": _floor,
    "absolute": F.abs,
    "minimum": _strict(F.least),
    "maximum": _strict(F.greatest),
    "equal": lambda a, b: _truth(a == b),
    "less": lambda a, b: _truth(a < b),
    "less_equal": lambda a, b: _truth(a <= b),
    # Products of truths, because Spark's own `and` and `or` look past a null.
    "both": lambda a, b: _truth(a != 0) * _truth(b != 0),
    "either": lambda a, b: F.lit(1.0) - _truth(a == 0) * _truth(b == 0),
    "negation": lambda a: _truth(a == 0),
    "day_of_week": lambda moment: F.weekday(moment).cast("double"),
    "hour": lambda moment: F.hour(moment).cast("double"),
    "size_rank": _size_rank,
    "size_part": _size_part,
    "is_null": lambda a: _truth(a.isNull()),
    "coalesce": F.coalesce,
    "if_else": _if_else,
}
