"""Points the registry's alias to a champion that was put back by hand, without waiting for the next run."""

from dataclasses import dataclass

from application.champions.champion import StandingDecision, is_latest
from application.tracking.package_model import model_name
from domain.errors import ServiceError
from ports.model_registry import ModelRegistry
from ports.snapshot_store import SnapshotStore


@dataclass(frozen=True)
class MirrorChampion:
    """Mirrors a decision that is committed already; what it leaves undone, the next run's step record does."""

    store: SnapshotStore
    registry: ModelRegistry

    def __call__(self, decided: StandingDecision, aliases: tuple[str, str]) -> str | None:
        """None once the alias points to the decision's champion, else a sentence that says why it does not.

        Args:
            decided: the committed decision.
            aliases: of the champion and of the challenger; a champion is not its own challenger.
        """
        champion, challenger = aliases
        if not is_latest(self.store, decided):
            return f"The alias '{champion}' stays, since a decision of a later day stands."
        try:
            return self._point(decided, champion, challenger)
        except ServiceError as error:
            return f"The alias '{champion}' stays until the next run: {error.problem}"

    def _point(self, decided: StandingDecision, champion: str, challenger: str) -> str | None:
        after, name = decided.decision.after, model_name(decided.decision.shop)
        same = [v for v in self.registry.versions(name) if (v.content, v.learner) == (after.model, after.learner)]
        if not same:
            return f"The alias '{champion}' stays until the next run, which registers the champion."
        self.registry.set_alias(name, champion, same[-1].version)
        if challenger in same[-1].aliases:
            self.registry.drop_alias(name, challenger)
        return None
