"""Features in memory, by the reference itself."""

from domain.features.feature import IDENTITY, FeatureSet
from domain.features.reference import Reference
from domain.snapshot import Attempt, DatasetRef
from ports.feature_builder import FeatureBuilder
from ports.table_store import TableStore


class InMemoryFeatureBuilder(FeatureBuilder):
    """Interprets a feature set line by line.

    Args:
        store: where tables are read and written.
    """

    def __init__(self, store: TableStore) -> None:
        self._store = store

    def build(
        self, feature_set: FeatureSet, lines: DatasetRef, line_returns: DatasetRef, attempt: Attempt
    ) -> DatasetRef:
        rows = [dict(row) for row in self._store.read(lines)]
        by_id = {row["line_id"]: {name: row[name] for name in IDENTITY.names} for row in rows}
        reference = Reference(rows, [dict(row) for row in self._store.read(line_returns)], feature_set.lag_law)
        made = ({**by_id[row["line_id"]], **row} for row in reference.features(feature_set))
        return self._store.write(attempt, "features", feature_set.schema, made)
