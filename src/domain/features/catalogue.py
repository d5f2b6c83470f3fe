"""The catalogue: every feature there is, as a list of values. A new feature is one more value here.

Features that only tell the date (an item's age, a day of the month, a count of all sales) extrapolate badly and
have no place in it; counts of a customer are bounded by what one customer does.
"""

from collections.abc import Iterable, Mapping

from domain.features.affinity import AFFINITY
from domain.features.basket import BASKET_CONTENTS, BASKET_VALUES
from domain.features.customer import CUSTOMER_COUNTS, CUSTOMER_RATES
from domain.features.expressions import NUMBER, Column
from domain.features.feature import Family, Feature, FeatureSet
from domain.features.price import CALENDAR, PRICES
from domain.features.product import PRODUCT
from domain.features.rules import BackOffRate
from domain.features.size import SIZE_PARTS, SIZE_RANKS, SIZES
from domain.labels import DEFAULT_LAG_LAW, LagLaw
from domain.schema import ColumnType
from domain.tables import ATTRIBUTE_PREFIX

CATALOGUE = (
    *PRODUCT,
    *SIZES,
    *SIZE_RANKS,
    *SIZE_PARTS,
    *CUSTOMER_RATES,
    *CUSTOMER_COUNTS,
    *BASKET_CONTENTS,
    *BASKET_VALUES,
    *PRICES,
    *AFFINITY,
    *CALENDAR,
)
_FAMILIES = {feature.name: feature.family for feature in CATALOGUE}


def features_for_source(
    absent: Iterable[str] = (),
    attributes: Mapping[str, ColumnType] | None = None,
    lag_law: LagLaw = DEFAULT_LAG_LAW,
) -> FeatureSet:
    """The features that a source allows, its own attributes among them.

    Args:
        absent: optional columns that the source lacks.
        attributes: the columns `attr_<name>` of its order lines with their types.
        lag_law: the step function that weighs past lines.
    """
    own = tuple(attribute_feature(name, kind) for name, kind in sorted((attributes or {}).items()))
    return FeatureSet((*CATALOGUE, *own), lag_law).without(absent)


def attribute_feature(column: str, kind: ColumnType) -> Feature:
    """The feature that an attribute `attr_<name>` becomes: a number as it is, a category as its return rate so far."""
    words = column.removeprefix(ATTRIBUTE_PREFIX).replace("_", " ")
    if kind is not ColumnType.TEXT:
        rule = Column(column, NUMBER)
        return Feature(f"{column}_value", f"The attribute {words} of the line.", Family.ATTRIBUTES, words, rule)
    return Feature(
        f"{column}_rate",
        f"Return rate of lines with the same {words} so far, relative to the shop's.",
        Family.ATTRIBUTES,
        "times the shop's rate",
        BackOffRate(((Column(column, ColumnType.TEXT),),)),
    )


def family_of(feature: str) -> Family:
    """What a feature is about, by its name; one that is not in the catalogue comes from an attribute."""
    return _FAMILIES.get(feature, Family.ATTRIBUTES)
