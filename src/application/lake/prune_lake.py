"""Frees room in a lake: removes snapshots that were superseded, and attempts that never became any."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from application.candidates.score_candidates import STEP as CANDIDATES
from application.lake.retention import place_of, superseded
from application.run.pipeline import STEPS
from application.synthetic_source import STEP as DRAWN_SHOP
from domain.model.decision import DECIDING_STEPS
from domain.snapshot import Attempt, Json, Manifest
from ports.publisher import Publisher
from ports.snapshot_store import SnapshotStore, StoredAttempt

_UNTOUCHED = timedelta(days=1)  # what was written since may be of a run under way
_ORDER = (DRAWN_SHOP, *STEPS, *DECIDING_STEPS, CANDIDATES)


@dataclass(frozen=True)
class Removal:
    """One attempt that may go.

    Args:
        stored: the attempt with its size.
        committed: whether a checkpoint names it, which goes first.
    """

    stored: StoredAttempt
    committed: bool


@dataclass(frozen=True)
class Pruning:
    """What may go, and what was passed over.

    Args:
        removals: in the order in which they may be removed: what was made from others before those.
        damaged: by step, how many checkpoints cannot be read; they and their attempts stay.
    """

    removals: Sequence[Removal]
    damaged: Mapping[str, int]

    def as_json(self) -> dict[str, Json]:
        """Snapshots, left-over attempts and bytes, by step and in all."""
        steps = dict.fromkeys(removal.stored.attempt.step for removal in self.removals)
        by_step = {step: [r for r in self.removals if r.stored.attempt.step == step] for step in steps}
        return {
            **_counts(self.removals),
            "steps": [{"step": step, **_counts(removals)} for step, removals in by_step.items()],
            "damaged": dict(self.damaged),
        }


@dataclass(frozen=True)
class PruneLake:
    """Finds what may go by `application.lake.retention`, and removes it; a crash meanwhile leaves a sound lake.

    Args:
        store: the lake.
        publisher: says which days published pointers refer to.
    """

    store: SnapshotStore
    publisher: Publisher

    def plan(self, keep_days: int, now: datetime) -> Pruning:
        """What may go now, of what was committed more than some days ago; nothing is changed.

        An attempt that no checkpoint names may go once it is a day old. Raises SnapshotError when a decision cannot be
        read, since nobody knows which fit it names.

        Args:
            keep_days: days whose snapshots all stay.
            now: the moment (UTC).
        """
        stored = {_identity(found.attempt): found for found in self.store.attempts()}
        fresh = {identity for identity, found in stored.items() if found.written >= now - _UNTOUCHED}
        read = {step: self.store.readable(step) for step in dict.fromkeys((*_ORDER, *(step for step, _, _ in stored)))}
        for error in (error for step in DECIDING_STEPS for error in read[step].damaged.values()):
            raise error
        made = [manifest for checkpoints in read.values() for manifest in checkpoints.found]
        in_use = {place_of(manifest) for manifest in made if _named(manifest) in fresh}
        going = superseded(made, self.publisher.publications(), now - timedelta(days=keep_days), in_use)
        kept = {_named(manifest) for manifest in made}
        damaged = {(step, key) for step, checkpoints in read.items() for key in checkpoints.damaged}
        left_over = [
            found for identity, found in stored.items() if identity not in kept | fresh and identity[:2] not in damaged
        ]
        removals = [Removal(stored.get(_named(made)) or _empty(made), committed=True) for made in going]
        return Pruning(
            sorted((*removals, *(Removal(found, committed=False) for found in left_over)), key=_late_first),
            {step: len(checkpoints.damaged) for step, checkpoints in read.items() if checkpoints.damaged},
        )

    def __call__(self, pruning: Pruning) -> None:
        """Remove it; what a checkpoint has come to name since it was planned stays."""
        for removal in pruning.removals:
            attempt = removal.stored.attempt
            if removal.committed:
                self.store.withdraw(attempt.step, attempt.key)
            standing = self.store.find(attempt.step, attempt.key)
            if standing is None or standing.attempt != attempt.id:
                self.store.discard(attempt)


def _counts(removals: Sequence[Removal]) -> dict[str, Json]:
    return {
        "snapshots": sum(removal.committed for removal in removals),
        "left_over": sum(not removal.committed for removal in removals),
        "bytes": sum(removal.stored.size for removal in removals),
    }


def _late_first(removal: Removal) -> tuple[int, str, str, str]:
    step, key, identity = _identity(removal.stored.attempt)
    return -_ORDER.index(step) if step in _ORDER else 0, step, key, identity


def _identity(attempt: Attempt) -> tuple[str, str, str]:
    return attempt.step, attempt.key, attempt.id


def _named(made: Manifest) -> tuple[str, str, str]:
    """The attempt that a checkpoint names."""
    return made.step, made.key, made.attempt


def _empty(made: Manifest) -> StoredAttempt:
    attempt = Attempt(made.step, made.key, made.attempt, made.uri)
    return StoredAttempt(attempt, 0, datetime.fromisoformat(made.committed_at))
