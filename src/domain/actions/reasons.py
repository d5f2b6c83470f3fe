"""The reasons for a line's chance in plain words, made of the features' own descriptions and units.

A part of the logit multiplies the odds of a return by its exponential, whatever the other parts are: that is the figure
a reason names, since percentage points of several parts do not add up. A sentence names a fact once, by the strongest
of the parts that tell it; the table of parts has them all.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from domain.actions.compared_prices import compared, logs_told
from domain.actions.rates_told import RATES_TOLD
from domain.actions.related import facts_told
from domain.content import Cell
from domain.features.feature import Feature
from domain.features.terms import LOG_MONEY, LOG_RATIO, RELATIVE, SHARE, YES_OR_NO
from domain.model.explanations import Explanation

NAMED = 3  # reasons in a sentence
PARTS = 8  # rows of the table `reasons` that name a feature
LEAST_ODDS = 1.05  # a part that moves the odds less is no reason
START, OTHERS = "(start)", "(others)"
_COUNTS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")

# Where the description of a count reads worse than a sentence about the line.
_SENTENCES: Mapping[str, Callable[[float], str]] = {
    "basket_same_style_other_size": lambda n: f"this style with {_more_in_other(n, 'size')} in one basket",
    "basket_same_style_other_colour": lambda n: f"this style with {_more_in_other(n, 'colour')} in one basket",
    "basket_same_style": lambda n: f"this style on {counted(n + 1)} lines of one basket",
    "basket_same_category_other_size": lambda n: f"this category with {_more_in_other(n, 'size')} in one basket",
    "basket_tries_sizes": lambda n: f"a line of the basket with {_more_in_other(n, 'size')} of its style",
    "basket_styles_a_line": lambda n: f"{n:.2g} different styles for each line of the basket",
    "basket_lines": lambda n: f"an order of {counted(n)} line{'' if n == 1 else 's'}",
}

_OF_ANY_NUMBER = frozenset({"basket_lines", "basket_styles_a_line"})
_ONE = {
    "lines": "line",
    "units": "unit",
    "sizes": "size",
    "items": "item",
    "styles": "style",
    "colours": "colour",
    "categories": "category",
    "days": "day",
}

_UNITS: Mapping[str, Callable[[float], str]] = {
    YES_OR_NO: lambda value: "yes" if value else "no",
    SHARE: lambda value: f"{value:.0%}",
    RELATIVE: lambda value: f"{value:.1f} times the shop's",
    "times the expected returns": lambda value: f"{value:.1f} times the expected",
    LOG_MONEY: lambda value: f"{math.expm1(value):,.2f}",
}


@dataclass(frozen=True)
class Part:
    """One row of the table `reasons` of a line."""

    feature: str
    value: float | None
    contribution: float
    words: str


def in_words(name: str, values: Mapping[str, Cell], features: Mapping[str, Feature]) -> str:
    """What a feature says of a line, such as `Units of the line: 3 units`.

    Args:
        name: the feature.
        values: what the line has, by feature; None where it has nothing.
        features: the features by name; of one that is not among them the name stands for the description.
    """
    value, known = values.get(name), features.get(name)
    number = _number(value)
    if number is not None and name in _SENTENCES and (number >= 1 or name in _OF_ANY_NUMBER):
        return _SENTENCES[name](number)
    if number is not None and name in RATES_TOLD:
        return RATES_TOLD[name]({of: found for of in values if (found := _number(values[of])) is not None})
    described = known.description.rstrip(".") if known else name.replace("_", " ")
    if value is None:
        return f"{described}: not known"
    if number is None:
        return f"{described}: {value}"
    if known and known.unit == LOG_RATIO:
        return f"{described}: {compared(number, known.rule, logs_told(_numbers(values, features)))}"
    return f"{described}: {_with_unit(number, known.unit if known else '')}"


def reason(explanation: Explanation, features: Mapping[str, Feature]) -> str:
    """The strongest parts that raise a line's chance, in a sentence; of several that tell one fact the strongest."""
    raising = list(islice(_of_different_facts(explanation), NAMED))
    if not raising:
        return "Nothing about the line raises its chance much above the average."
    told = (
        f"{in_words(name, explanation.values, features)} (odds times {math.exp(explanation.parts[name]):.2f})"
        for name in raising
    )
    return "; ".join(told) + "."


def parts_of(explanation: Explanation, features: Mapping[str, Feature]) -> tuple[Part, ...]:
    """Start, strongest parts and the sum of the others; together they are the logit."""
    ranked = explanation.ranked()
    named = ranked[:PARTS]
    others = math.fsum(explanation.parts[name] for name in ranked[PARTS:])
    rows = [Part(START, None, explanation.start, "the model's average line")]
    for name in named:
        number = _number(explanation.values.get(name))
        rows.append(Part(name, number, explanation.parts[name], in_words(name, explanation.values, features)))
    rows.append(Part(OTHERS, None, others, f"the {len(ranked) - len(named)} other features"))
    return tuple(rows)


def counted(number: float) -> str:
    """A small count as a word."""
    whole = round(number)
    return _COUNTS[whole] if 0 <= whole < len(_COUNTS) else str(whole)


def _of_different_facts(explanation: Explanation) -> Iterator[str]:
    told: set[str] = set()
    for name in explanation.ranked():
        facts = facts_told(name)
        if math.exp(explanation.parts[name]) >= LEAST_ODDS and told.isdisjoint(facts):
            told |= facts
            yield name


def _more_in_other(number: float, what: str) -> str:
    return f"one more line in another {what}" if number == 1 else f"{counted(number)} more lines in other {what}s"


def _number(value: Cell) -> float | None:
    return None if value is None or isinstance(value, str) else float(value)  # type: ignore[arg-type]


def _numbers(values: Mapping[str, Cell], features: Mapping[str, Feature]) -> Iterator[tuple[Feature, float]]:
    for name, feature in features.items():
        number = _number(values.get(name))
        if number is not None:
            yield feature, number


def _with_unit(value: float, unit: str) -> str:
    if unit in _UNITS:
        return _UNITS[unit](value)
    return f"{value:,.4g} {_ONE.get(unit, unit) if value == 1 else unit}".rstrip()
