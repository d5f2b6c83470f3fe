"""What is said of columns that tell the outcome itself."""

from domain.model.leak_advice import leak_advice
from domain.source.mapping_parts import Attribute

ATTRIBUTES = {"refund": Attribute("Refund EUR", "numeric"), "cause": Attribute("Why", "categorical")}


def test_the_advice_names_the_feature_the_attribute_its_column_and_the_remedy() -> None:
    (refund,) = leak_advice(ATTRIBUTES, {"attr_refund_value": 1.0}, 0.9)
    (cause,) = leak_advice(ATTRIBUTES, {"attr_cause_rate": 0.97}, None)
    assert "'attr_refund_value' (attribute 'refund', column 'Refund EUR')" in refund
    assert "AUC of 1.000: something known only after the outcome is probably mapped" in refund
    assert refund.endswith("Take [attributes.refund] out of the mapping.")
    assert "'attr_cause_rate' (attribute 'cause', column 'Why')" in cause
    assert cause.endswith("Take [attributes.cause] out of the mapping.")


def test_a_feature_of_the_catalogue_is_told_by_the_columns_that_it_is_made_of() -> None:
    (found,) = leak_advice(ATTRIBUTES, {"discount_share": 0.95}, None)
    assert "'discount_share' (made of discount)" in found


def test_a_model_that_is_too_good_is_doubted_though_no_feature_reveals_it() -> None:
    (found,) = leak_advice({}, {}, 0.951)
    assert "AUC of 0.951 is too good to be true" in found
    assert leak_advice({}, {}, 0.95) == ()


def test_an_honest_model_gets_no_advice() -> None:
    assert leak_advice(ATTRIBUTES, {}, 0.7) == ()
    assert leak_advice(ATTRIBUTES, {}, None) == ()
