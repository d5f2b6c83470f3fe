"""Quality rules compiled into one lazy column: the reason and the sentence of the first rule a row breaks, or null."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from itertools import groupby

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql import types as t

from adapters.spark.ingest.parse import readings_name, text_name
from domain.source.fields import SourceField
from domain.source.quality import BLANK, CONTROL, SHOWN_LETTERS, Check, QualityRule

VERDICT = "verdict"  # of a row, the rule it breaks; null for a good one
CLEARED = "cleared"  # of a row, the rules that took a value away; null for most

# A field that is computed shows what it was computed from.
_SHOWN_AS = {"gross": "price", "sale_and_return": "quantity"}
_REASON_AND_DETAIL = t.StructType([t.StructField("reason", t.StringType()), t.StructField("detail", t.StringType())])


def compile_rules(rules: Iterable[QualityRule], fields: Iterable[SourceField]) -> Column:
    """A struct of `reason` and `detail`, null where the row breaks no rule."""
    columns = {field.name: " + ".join(field.columns) for field in fields}
    verdicts = [
        F.when(broken(rule), F.struct(F.lit(rule.name).alias("reason"), _detail(rule, columns).alias("detail")))
        for rule in rules
    ]
    return F.coalesce(*verdicts, F.lit(None).cast(_REASON_AND_DETAIL))


def with_cleared(read: DataFrame, rules: Iterable[QualityRule]) -> DataFrame:
    """The rows without the values that break a rule, and in `cleared` the names of the rules that took them away.

    As `domain.source.quality.cleared` says: rules of one field stand together, and a field is looked at as those
    before it were left. Without a rule there is no such column: other sources carry nothing through the shuffles.
    """
    findings: list[Column] = []
    for name, own in groupby(rules, lambda rule: rule.fields[0]):
        finding = f"{name}__finding"
        read = read.withColumn(finding, F.coalesce(*(F.when(broken(rule), F.lit(rule.name)) for rule in own)))
        read = read.withColumn(name, F.when(F.col(finding).isNull(), F.col(name)))
        findings.append(F.col(finding))
    found = F.array_compact(F.array(*findings))
    return read.withColumn(CLEARED, F.when(F.size(found) > 0, found)) if findings else read


def broken(rule: QualityRule) -> Column:
    """Whether a row breaks the rule, null or false when not."""
    return _CONDITIONS[rule.check](rule)


def _detail(rule: QualityRule, columns: Mapping[str, str]) -> Column:
    """The rule's message with the row's own values in place of its braces."""
    shown = [_SHOWN_AS.get(name, name) for name in rule.fields]
    message = rule.message.replace("{column}", columns.get(shown[0], shown[0]))
    message = message.replace("{other_column}", columns.get(shown[-1], shown[-1]))
    sentence: list[Column] = []
    for place, part in enumerate(message.replace("{other}", "{value}\0").split("{value}")):
        other, rest = part.startswith("\0"), part.removeprefix("\0")
        if place:
            sentence.append(_shown(shown[-1] if other else shown[0], columns))
        sentence.append(F.lit(rest))
    return F.concat(*sentence)


def _shown(name: str, columns: Mapping[str, str]) -> Column:
    text = F.coalesce(F.col(text_name(name)), F.lit("")) if name in columns else F.lit("")
    return F.substring(text, 1, SHOWN_LETTERS)


def _text(rule: QualityRule) -> Column:
    return F.col(text_name(rule.fields[0]))


def _value(rule: QualityRule, place: int = 0) -> Column:
    return F.col(rule.fields[place])


def _bound(rule: QualityRule) -> Column:
    if isinstance(rule.bound, Decimal):
        return F.lit(rule.bound).cast("decimal(28,10)")
    return F.lit(rule.bound.isoformat()).cast("timestamp") if isinstance(rule.bound, datetime) else F.lit(rule.bound)


_CONDITIONS: dict[Check, Callable[[QualityRule], Column]] = {
    Check.ABSENT: lambda rule: _text(rule).isNull(),
    Check.BLANK: lambda rule: _text(rule).rlike(BLANK),
    Check.CONTROL: lambda rule: _text(rule).rlike(CONTROL),
    Check.LIKE: lambda rule: _text(rule).rlike(str(rule.bound)),
    Check.UNLIKE: lambda rule: ~_text(rule).rlike(str(rule.bound)),
    Check.UNREAD: lambda rule: _text(rule).isNotNull() & _value(rule).isNull(),
    Check.AMBIGUOUS: lambda rule: F.col(readings_name(rule.fields[0])) > 1,
    Check.FRACTIONAL: lambda rule: _value(rule) != F.floor(_value(rule)),
    Check.EQUAL: lambda rule: _value(rule) == _bound(rule),
    Check.BELOW: lambda rule: _value(rule) < _bound(rule),
    Check.ABOVE: lambda rule: _value(rule) > _bound(rule),
    Check.EARLIER: lambda rule: F.to_date(_value(rule)) < F.to_date(_value(rule, 1)),
    Check.EXCEEDS: lambda rule: _value(rule) > _value(rule, 1),
    Check.TRUE: _value,
}
