"""The checkpoints of a step one by one: those that can be read, and why the others cannot."""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias

from domain.errors import SnapshotError
from domain.snapshot import Manifest
from ports.snapshot_store import Readable

_Outcome: TypeAlias = Manifest | SnapshotError | None
_Each: TypeAlias = Callable[[Callable[[str], _Outcome], Sequence[str]], Iterable[_Outcome]]


def read_each(find: Callable[[str], Manifest | None], keys: Sequence[str], each: _Each = map) -> Readable:
    """What a store finds under the keys; one that is gone since they were listed is left out.

    Args:
        find: the checkpoint of a key; its SnapshotError is kept, any other error is raised.
        keys: of the step's checkpoints.
        each: how the keys are gone through; gives the results in their order.
    """

    def attempted(key: str) -> _Outcome:
        try:
            return find(key)
        except SnapshotError as error:
            return error

    outcomes = dict(zip(keys, each(attempted, keys), strict=True))
    found = [outcome for outcome in outcomes.values() if isinstance(outcome, Manifest)]
    damaged = {key: outcome for key, outcome in outcomes.items() if isinstance(outcome, SnapshotError)}
    return Readable(sorted(found, key=lambda made: (made.committed_at, made.key)), damaged)
