"""The champion as a scorer takes it: its files, what a score says of it, and the laws of returns known at its fit."""

from application.champions.champion import StandingDecision, champion_files
from domain.unit_shares import UnitShares
from ports.batch_scorer import ScoringModel
from ports.snapshot_store import SnapshotStore


def champion_model(store: SnapshotStore, standing: StandingDecision) -> ScoringModel:
    """The model that a decision names; raises SnapshotError when it is not where the decision says."""
    trained = store.find(standing.location.step, standing.location.key)
    known = {} if trained is None else trained.facts
    champion = standing.decision.after
    return ScoringModel(
        files=champion_files(store, standing),
        content=champion.model,
        feature_set=champion.feature_set,
        learner=champion.learner,
        lag_law=known.get("lag_law"),
        unit_shares=UnitShares.from_json(known.get("unit_shares")),  # fits of earlier versions recorded none
    )
