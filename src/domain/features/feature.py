"""A feature is a rule with a name; a feature set is what a model reads, in order, with the lag law it weighs by."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from domain.errors import RuleError
from domain.features.expressions import MOMENT, Expression
from domain.labels import DEFAULT_LAG_LAW, LagLaw
from domain.schema import Column, ColumnType, Schema
from domain.snapshot import digest_of
from domain.tables import ORDER_LINES

# What identifies a line in the table `features`: its columns that are no features.
IDENTITY = ORDER_LINES.select(("line_id", "ordered_at", "available_at"))
_NAME = re.compile(r"[a-z][a-z0-9_]*")


class Family(StrEnum):
    """What a feature is about."""

    PRODUCT = "product"
    SIZE = "size"
    CUSTOMER = "customer"
    BASKET = "basket"
    PRICE = "price"
    AFFINITY = "affinity"
    CALENDAR = "calendar"
    ATTRIBUTES = "attributes"


@dataclass(frozen=True)
class Feature:
    """One column of the model: a rule, and what a person should know about it.

    Args:
        name: the column's name.
        description: one sentence in plain words.
        family: what it is about.
        unit: what its values are counted in.
        rule: how it is computed.
    """

    name: str
    description: str
    family: Family
    unit: str
    rule: Expression

    def __post_init__(self) -> None:
        """Refuse a feature that nobody could read or store."""
        if not _NAME.fullmatch(self.name) or self.name in ORDER_LINES:
            raise RuleError(
                f"A feature cannot be called '{self.name}'.",
                "Use lower-case letters, digits and underscores, and no name of an order line's column.",
            )
        if not self.description.strip() or not self.unit.strip():
            raise RuleError(f"The feature '{self.name}' lacks a description or a unit.", "Say both in plain words.")
        if self.rule.kind is MOMENT:
            raise RuleError(f"The feature '{self.name}' is a moment.", "Take its day of week or hour.")


@dataclass(frozen=True)
class Omission:
    """A feature that was left out because the source lacks a column it needs."""

    feature: str
    lacking: tuple[str, ...]


@dataclass(frozen=True)
class FeatureSet:
    """The features of a model, in order.

    Args:
        features: names are unique.
        lag_law: share of returns known by age, which weighs past lines.
        omitted: what was left out for this source, and why; no part of the digest.
    """

    features: tuple[Feature, ...]
    lag_law: LagLaw = DEFAULT_LAG_LAW
    omitted: tuple[Omission, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a name used twice."""
        twice = sorted({name for name in self.names if self.names.count(name) > 1})
        if twice:
            raise RuleError(f"The features {twice} are named twice.", "Give every feature a name of its own.")

    @property
    def names(self) -> tuple[str, ...]:
        """The features' names in order."""
        return tuple(feature.name for feature in self.features)

    @cached_property
    def rules(self) -> dict[str, str]:
        """By name a digest of how each feature is made: equal where it gives equal values."""
        return {f.name: digest_of({"rule": repr(f.rule), "lag_law": self.lag_law.steps}) for f in self.features}

    @cached_property
    def digest(self) -> str:
        """Equal for sets that give equal values under equal names; changes with any rule or the lag law."""
        return digest_of_rules(self.rules, self.names)

    @property
    def schema(self) -> Schema:
        """The table `features`, one row a product line: what identifies the line, then a nullable column a feature."""
        return IDENTITY.plus(
            Column(f.name, ColumnType(f.rule.kind), nullable=True, meaning=f.description) for f in self.features
        )

    def without(self, absent: Iterable[str]) -> "FeatureSet":
        """The features that a source without these columns allows, each in its simplest form; the rest is `omitted`."""
        lacking = frozenset(absent)
        left = [(feature, feature.rule.without(lacking)) for feature in self.features]
        return FeatureSet(
            tuple(Feature(f.name, f.description, f.family, f.unit, rule) for f, rule in left if rule is not None),
            self.lag_law,
            (*self.omitted, *(Omission(f.name, _lacking(f.rule, lacking)) for f, rule in left if rule is None)),
        )


def digest_of_rules(rules: Mapping[str, str], names: Iterable[str]) -> str:
    """The digest of a set of these features, whatever others there are beside them.

    Args:
        rules: a digest of its rule, by the name of every feature that is made.
        names: some of them.
    """
    return digest_of({name: rules[name] for name in names})


def _lacking(rule: Expression, absent: frozenset[str]) -> tuple[str, ...]:
    names = {getattr(part, "name", "") for part in rule.walk()}
    return tuple(sorted(names & absent))
