"""The champion as a scorer takes it: its files, what a score says of it, and the lag law known at its fit."""

from application.champion import StandingDecision, champion_files
from ports.batch_scorer import ScoringModel
from ports.snapshot_store import SnapshotStore


def champion_model(store: SnapshotStore, standing: StandingDecision) -> ScoringModel:
    """The model that a decision names; raises SnapshotError when it is not where the decision says."""
    trained = store.find(standing.location.step, standing.location.key)
    champion = standing.decision.after
    return ScoringModel(
        files=champion_files(store, standing),
        content=champion.model,
        feature_set=champion.feature_set,
        learner=champion.learner,
        lag_law=None if trained is None else trained.facts["lag_law"],
    )
