"""The champion as a scorer takes it: its files, what a score says of it, and the laws of returns known at its fit."""

from collections.abc import Mapping, Sequence

from application.champions.champion import StandingDecision, champion_files
from domain.model.open_chance import LEFT_BEHIND
from domain.snapshot import Json
from domain.unit_shares import UnitShares
from ports.batch_scorer import ScoringModel
from ports.snapshot_store import SnapshotStore


def champion_model(store: SnapshotStore, standing: StandingDecision) -> ScoringModel:
    """The model that a decision names; raises SnapshotError when it is not where the decision says."""
    trained = store.find(standing.location.step, standing.location.key)
    known = {} if trained is None else trained.facts
    shipping = known.get("shipping") or {}
    champion = standing.decision.after
    return ScoringModel(
        files=champion_files(store, standing),
        content=champion.model,
        feature_set=champion.feature_set,
        learner=champion.learner,
        known_law=known_law(known, standing.decision.policy.recording_lag_days),
        unit_shares=UnitShares.from_json(known.get("unit_shares")),  # fits of earlier versions recorded none
        left_behind=shipping.get("left_behind", LEFT_BEHIND),
    )


def known_law(trained: Mapping[str, Json], recording_lag_days: int) -> Sequence[float] | None:
    """Share of returns known by days from order; of a fit that measured none, as if each took the whole lag."""
    made, shipping = trained.get("lag_law"), trained.get("shipping") or {}
    # Fits of earlier versions measured no latest law.
    measured = shipping.get("latest_law") or shipping.get("known_law")
    return measured if measured is not None or made is None else [*[0.0] * recording_lag_days, *made]
