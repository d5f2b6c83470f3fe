"""The champion that stands for a shop as of a day, found among the decisions committed in the lake."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from application.champions.model_snapshots import read_model
from domain.errors import ConfigurationError, SnapshotError
from domain.labels import LabelPolicy
from domain.model.decision import DECIDING_STEPS, Decision
from domain.snapshot import Json, Manifest
from ports.snapshot_store import SnapshotStore

SHOWN = 12  # characters of a digest that lists show
LISTED = "`returncast registry list` shows the champions there were."


@dataclass(frozen=True)
class ModelLocation:
    """Where a model lies in the lake: the checkpoint that holds it and the artifact's name."""

    step: str
    key: str
    artifact: str

    def as_json(self) -> dict[str, Json]:
        """The parts by name, as in the notes of a decision."""
        return {"step": self.step, "key": self.key, "artifact": self.artifact}


@dataclass(frozen=True)
class StandingDecision:
    """A committed decision and where the champion it names lies."""

    decision: Decision
    location: ModelLocation
    manifest: Manifest


def decisions(store: SnapshotStore, shop: str, policy: LabelPolicy, until: date) -> list[StandingDecision]:
    """The shop's decisions about models of that label, as of days not after `until`; oldest first.

    Ordered by day of the run, then by moment of the commit.
    """
    every = (manifest for step in DECIDING_STEPS for manifest in store.manifests(step))
    return _about(shop, policy, until, every)


def find_champion(store: SnapshotStore, shop: str, policy: LabelPolicy, as_of: date) -> StandingDecision | None:
    """The latest decision of a day not after `as_of`, whose `after` is the champion; None before the first."""
    made = decisions(store, shop, policy, as_of)
    return made[-1] if made else None


def named(made: Sequence[StandingDecision], beginning: str) -> list[StandingDecision]:
    """Those of the decisions whose champion's content digest begins so, in their order; none where no digest does.

    Raises ConfigurationError for a blank text, and for one that the digests of several champions begin with.
    """
    if not beginning.strip():
        raise ConfigurationError("An empty text names no champion.", f"Give some of its digest; {LISTED}")
    found = [standing for standing in made if standing.decision.after.model.startswith(beginning)]
    models = sorted({standing.decision.after.model[:SHOWN] for standing in found})
    if len(models) > 1:
        raise ConfigurationError(
            f"The digests of {len(models)} champions begin with '{beginning}': {', '.join(models)}.",
            f"Give more of the digest; {LISTED}",
        )
    return found


def is_latest(store: SnapshotStore, decided: StandingDecision) -> bool:
    """Whether no other decision of its shop and label comes after it, of whatever day.

    Decisions that cannot be read are passed over: this says where aliases point, and they only mirror what was decided.
    """
    about, every = decided.decision, (m for step in DECIDING_STEPS for m in store.readable(step).found)
    made = _about(about.shop, about.policy, date.max, every)
    return bool(made) and made[-1].manifest.key == decided.manifest.key


def standing_decision(manifest: Manifest) -> StandingDecision:
    """The decision that a snapshot of step promote or rollback holds."""
    return StandingDecision(
        Decision.from_json(manifest.facts["decision"]), ModelLocation(**manifest.notes["model"]), manifest
    )


def champion_files(store: SnapshotStore, standing: StandingDecision) -> dict[str, bytes]:
    """The champion's files by name; raises SnapshotError when they are not the model that was decided on."""
    location = standing.location
    manifest = store.find(location.step, location.key)
    if manifest is None or manifest.artifact(location.artifact).content != standing.decision.after.model:
        raise SnapshotError(
            f"The champion {standing.decision.after.model} is not where its decision says, under step "
            f"'{location.step}' with key {location.key}.",
            "Restore the lake's snapshots, or roll back to another model.",
        )
    return read_model(store, manifest, location.artifact)


def _about(shop: str, policy: LabelPolicy, until: date, every: Iterable[Manifest]) -> list[StandingDecision]:
    found = map(standing_decision, every)
    own = [s for s in found if s.decision.shop == shop and s.decision.policy == policy and s.decision.as_of <= until]
    return sorted(own, key=lambda s: (s.decision.as_of, s.manifest.committed_at, s.manifest.key))
