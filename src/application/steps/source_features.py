"""Which features a source's canonical lines allow: the catalogue less what the source lacks, with its attributes."""

from domain.features.catalogue import features_for_source
from domain.features.feature import FeatureSet
from domain.labels import DEFAULT_LAG_LAW, LagLaw
from domain.snapshot import Manifest
from domain.tables import ATTRIBUTE_PREFIX


def features_of_source(ingested: Manifest, lag_law: LagLaw = DEFAULT_LAG_LAW) -> FeatureSet:
    """The feature set of what was ingested.

    Args:
        ingested: the checkpoint of step `ingest`.
        lag_law: weighs exposures.
    """
    columns = ingested.table("order_lines").schema.columns
    attributes = {column.name: column.type for column in columns if column.name.startswith(ATTRIBUTE_PREFIX)}
    return features_for_source(ingested.facts["absent"], attributes, lag_law)
