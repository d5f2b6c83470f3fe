"""What to say of a model that knows too much: which column of the source probably tells the outcome itself."""

from collections.abc import Iterator, Mapping

from domain.features.catalogue import CATALOGUE, attribute_feature
from domain.features.expressions import KNOWN_AT_ORDER
from domain.source.mapping_parts import Attribute
from domain.tables import ATTRIBUTE_PREFIX

MAX_MODEL_AUC = 0.95  # honest ones of order lines are 0.63 to 0.83


def leak_advice(
    attributes: Mapping[str, Attribute], revealing: Mapping[str, float], model_auc: float | None
) -> tuple[str, ...]:
    """A sentence for every revealing feature, and one on a model that is too good to be true; none where all is well.

    Args:
        attributes: of the mapping, by name.
        revealing: AUC by feature of those that alone tell the outcome (`domain.model.leaks`).
        model_auc: of the model on its test; None where it is not known.
    """
    found = [_of_feature(feature, auc, attributes) for feature, auc in revealing.items()]
    return (*found, *_of_model(model_auc))


def _of_feature(feature: str, auc: float, attributes: Mapping[str, Attribute]) -> str:
    origin, remedy = _origin(feature, attributes)
    return (
        f"The feature '{feature}' ({origin}) alone tells the lines that came back from the others, with an AUC of "
        f"{auc:.3f}: something known only after the outcome is probably mapped. {remedy}"
    )


def _origin(feature: str, attributes: Mapping[str, Attribute]) -> tuple[str, str]:
    """What a feature is made of, and what to do about it."""
    for name, attribute in attributes.items():
        if feature == attribute_feature(f"{ATTRIBUTE_PREFIX}{name}", attribute.kind).name:
            remedy = f"Take [attributes.{name}] out of the mapping."
            return f"attribute '{name}', column '{attribute.column}'", remedy
    remedy = "Map columns to it that are written when the order is placed, and never again."
    return f"made of {', '.join(_columns_of(feature)) or 'the order'}", remedy


def _columns_of(feature: str) -> list[str]:
    """The canonical columns that a feature of the catalogue reads, by name."""
    parts = [part for known in CATALOGUE if known.name == feature for part in known.rule.walk()]
    return sorted({getattr(part, "name", "") for part in parts} & set(KNOWN_AT_ORDER))


def _of_model(auc: float | None) -> Iterator[str]:
    if auc is not None and auc > MAX_MODEL_AUC:
        yield (
            f"The model's AUC of {auc:.3f} is too good to be true, since what is known at a purchase gives 0.63 to "
            "0.83: something known only after the outcome is probably mapped. Look for it among [attributes] and "
            "[columns]."
        )
