"""Features of candidates in memory, by the reference itself."""

from domain.days import start_of
from domain.features.feature import IDENTITY, FeatureSet
from domain.features.reference import Reference
from domain.snapshot import Attempt, DatasetRef
from ports.candidate_feature_builder import CandidateFeatureBuilder, History
from ports.table_store import Row, TableStore


class InMemoryCandidateFeatureBuilder(CandidateFeatureBuilder):
    """Interprets a feature set for one candidate after another, each alone with the history.

    Args:
        store: where tables are read and written.
    """

    def __init__(self, store: TableStore) -> None:
        self._store = store

    def build(self, feature_set: FeatureSet, history: History, candidates: DatasetRef, attempt: Attempt) -> DatasetRef:
        start = start_of(history.day)
        known = [row for row in self._store.read(history.lines) if _is_before(row, start, "ordered_at", "available_at")]
        fates = [row for row in self._store.read(history.line_returns) if _is_before(row, start, "available_at")]
        rows = []
        for candidate in self._store.read(candidates):
            *_, values = Reference([*known, candidate], fates, feature_set.lag_law).features(feature_set)
            rows.append({**{name: candidate[name] for name in IDENTITY.names}, **values})
        return self._store.write(attempt, "features", feature_set.schema, rows)


def _is_before(row: Row, start: object, *clocks: str) -> bool:
    return all(row[clock] < start for clock in clocks)  # type: ignore[operator]
