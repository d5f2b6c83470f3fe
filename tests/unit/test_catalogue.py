from collections.abc import Iterable
from dataclasses import replace

import pytest

from domain.errors import RuleError
from domain.features.catalogue import CATALOGUE, attribute_feature, features_for_source
from domain.features.expressions import KNOWN_AT_ORDER, NUMBER, TEXT, Column, Expression, Literal, Operation
from domain.features.feature import IDENTITY, Family, Feature, FeatureSet
from domain.features.rules import Aggregate, AsOf, BackOffRate, Basket, Facts, Share
from domain.labels import LagLaw
from domain.model.learned_features import features_of
from domain.model.recipe import Recipe
from domain.schema import ColumnType

OPTIONAL = ("customer_id", "item_group", "category", "size", "colour", "seller", "unit_cost", "discount")


def parts() -> Iterable[Expression]:
    return (part for feature in CATALOGUE for part in feature.rule.walk())


def test_every_feature_is_named_once_described_and_has_a_unit() -> None:
    assert len({feature.name for feature in CATALOGUE}) == len(CATALOGUE) >= 100
    assert len({feature.description for feature in CATALOGUE}) == len(CATALOGUE)
    assert all(feature.description.endswith(".") and feature.unit for feature in CATALOGUE)


def test_no_two_features_are_the_same_rule() -> None:
    assert len({feature.rule for feature in CATALOGUE}) == len(CATALOGUE)


def test_there_are_features_of_every_family_but_what_a_mapping_adds() -> None:
    assert {feature.family for feature in CATALOGUE} == set(Family) - {Family.ATTRIBUTES}


def test_every_kind_of_rule_is_in_use() -> None:
    used = list(parts())
    as_of = {part.aggregate for part in used if isinstance(part, AsOf)}
    baskets = {part.aggregate for part in used if isinstance(part, Basket)}

    assert {type(part) for part in used} == {Column, Literal, Operation, AsOf, Basket, Share, BackOffRate}
    assert as_of >= {
        *(Aggregate.COUNT, Aggregate.EXPOSURE, Aggregate.MEAN, Aggregate.MAX, Aggregate.LAST, Aggregate.MODE),
        *(Aggregate.DISTINCT, Aggregate.DAYS_SINCE),
    }
    assert baskets == {Aggregate.COUNT, Aggregate.SUM, Aggregate.MEAN, Aggregate.MIN, Aggregate.MAX, Aggregate.DISTINCT}
    assert {part.facts for part in used if isinstance(part, AsOf)} == set(Facts)
    assert any(isinstance(part, AsOf) and part.window_days for part in used)
    assert any(isinstance(part, AsOf) and not part.key for part in used)
    assert any(isinstance(part, Basket) and part.different for part in used)
    assert any(isinstance(part, Basket) and isinstance(part.value, BackOffRate) for part in used)


def test_every_column_in_use_is_known_at_the_order() -> None:
    assert {part.name for part in parts() if isinstance(part, Column)} <= set(KNOWN_AT_ORDER)


@pytest.mark.parametrize("column", OPTIONAL)
def test_a_source_without_an_optional_column_has_no_rule_that_names_it(column: str) -> None:
    features = features_for_source([column])

    assert column not in {getattr(part, "name", "") for f in features.features for part in f.rule.walk()}
    assert {*features.names, *(left_out.feature for left_out in features.omitted)} == {f.name for f in CATALOGUE}
    assert all(left_out.lacking == (column,) for left_out in features.omitted)


def test_what_is_left_out_is_said_with_the_columns_it_lacks() -> None:
    omitted = {left_out.feature: left_out.lacking for left_out in features_for_source(["size", "colour"]).omitted}

    assert omitted["style_size_rate"] == ("size",)
    assert omitted["style_colour_rate"] == ("colour",)


def test_style_is_the_item_where_the_source_has_no_groups() -> None:
    features = features_for_source(["item_group"])

    assert not features.omitted
    assert features.features[features.names.index("style_rate")].rule == BackOffRate(
        ((Column("category"),), (Column("item_id"),))
    )


def test_a_source_with_the_bare_minimum_still_has_features() -> None:
    features = features_for_source(OPTIONAL)

    assert {feature.family for feature in features.features} >= {Family.PRODUCT, Family.BASKET, Family.PRICE}


def test_attributes_become_features_numbers_as_they_are_and_categories_as_rates() -> None:
    features = features_for_source((), {"attr_score": ColumnType.INTEGER, "attr_country": ColumnType.TEXT})

    number, category = (features.features[features.names.index(n)] for n in ("attr_score_value", "attr_country_rate"))
    assert number.rule == Column("attr_score", NUMBER)
    assert category.rule == BackOffRate(((Column("attr_country", TEXT),),))
    assert {number.family, category.family} == {Family.ATTRIBUTES}


def test_the_digest_follows_the_rules_and_the_lag_law_and_nothing_else() -> None:
    features = features_for_source()
    law = LagLaw(((5, 1.0),))
    described = FeatureSet((replace(features.features[0], description="Other words."), *features.features[1:]))

    assert features.digest == features_for_source().digest == described.digest
    others = {features_for_source(["size"]).digest, features_for_source((), {}, law).digest}
    assert len(others | {features.digest}) == 3


def test_the_schema_is_what_identifies_a_line_and_then_the_features() -> None:
    features = features_for_source()

    assert features.schema.names == (*IDENTITY.names, *features.names)
    assert {features.schema[name].type for name in features.names} == {ColumnType.NUMBER}
    assert all(features.schema[name].nullable for name in features.names)


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "Price"},
        {"name": "1st"},
        {"name": "discount"},
        {"name": "ordered_at"},
        {"description": " "},
        {"unit": ""},
        {"rule": Column("ordered_at")},
    ],
)
def test_a_feature_that_nobody_could_read_or_store_is_refused(changes: dict[str, object]) -> None:
    feature = Feature("fine", "Fine.", Family.PRICE, "units", Literal(1.0))

    with pytest.raises(RuleError):
        replace(feature, **changes)  # type: ignore[arg-type]


def test_a_name_used_twice_is_refused() -> None:
    with pytest.raises(RuleError, match="named twice"):
        FeatureSet((CATALOGUE[0], CATALOGUE[0]))


def test_an_attribute_that_says_what_came_later_is_refused() -> None:
    with pytest.raises(RuleError, match="known only after"):
        attribute_feature("attr_refund_amount", ColumnType.MONEY)


def test_a_recipe_may_leave_families_out_and_an_attribute_is_of_its_own_family() -> None:
    names = ("style_rate", "customer_style_lines", "attr_country_rate", "price")

    assert features_of(Recipe(), names) == names
    assert features_of(Recipe(without_families="affinity, attributes"), names) == ("style_rate", "price")
