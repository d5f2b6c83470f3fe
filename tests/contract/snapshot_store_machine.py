"""Any sequence of calls of a snapshot store against a plain dict."""

from dataclasses import replace

from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, rule

from domain.snapshot import Attempt, Manifest
from ports.snapshot_store import SnapshotStore
from tests.contract.commit_race import manifest_of
from tests.contract.raw_lake import RawLake

KEYS = st.sampled_from(["k1", "k2"])
STEPS = st.sampled_from(["match", "train"])
PATHS = st.sampled_from(["a", "b/c", "b/d"])


class SnapshotStoreMachine(RuleBasedStateMachine):
    """A new lake each run; an adapter's machine says how to make one."""

    attempts = Bundle("attempts")

    def new_lake(self) -> RawLake:
        """An empty lake."""
        raise AssertionError("an adapter's machine makes its lake")

    def __init__(self) -> None:
        super().__init__()
        self.lake = self.new_lake()
        self.written: dict[str, dict[str, bytes]] = {}
        self.checkpoints: dict[tuple[str, str], Manifest] = {}

    @property
    def store(self) -> SnapshotStore:
        return self.lake.open()

    @rule(target=attempts, step=STEPS, key=KEYS)
    def begin(self, step: str, key: str) -> Attempt:
        attempt = self.store.begin(step, key)
        assert attempt.id not in self.written
        self.written[attempt.id] = {}
        return attempt

    @rule(attempt=attempts, path=PATHS, data=st.binary(max_size=4))
    def put_file(self, attempt: Attempt, path: str, data: bytes) -> None:
        if attempt.id in {manifest.attempt for manifest in self.checkpoints.values()}:
            return  # nothing committed is ever written again
        self.store.put_file(attempt, path, data)
        self.written[attempt.id][path] = data
        self.check()

    @rule(attempt=attempts, number=st.integers(0, 3))
    def commit(self, attempt: Attempt, number: int) -> None:
        inventory = self.store.inventory(attempt)
        assert {entry.path for entry in inventory} == set(self.written[attempt.id])
        manifest = replace(
            manifest_of(self.store, attempt.step, attempt.key),
            attempt=attempt.id,
            uri=attempt.uri,
            files=inventory,
            facts={"number": number},
            committed_at=f"2024-01-0{number + 1}",
        )
        expected = self.checkpoints.setdefault((attempt.step, attempt.key), manifest)
        assert self.store.commit(manifest) == expected
        self.check()

    @rule(step=STEPS, key=KEYS)
    def find(self, step: str, key: str) -> None:
        assert self.store.find(step, key) == self.checkpoints.get((step, key))

    @rule(step=STEPS, key=KEYS)
    def withdraw(self, step: str, key: str) -> None:
        self.store.withdraw(step, key)
        self.checkpoints.pop((step, key), None)
        self.check()

    @rule(attempt=consumes(attempts))
    def discard(self, attempt: Attempt) -> None:
        if attempt.id in {manifest.attempt for manifest in self.checkpoints.values()}:
            return
        self.store.discard(attempt)
        assert attempt.id not in {found.attempt.id for found in self.store.attempts()}
        self.check()

    def check(self) -> None:
        """The lake holds what was committed, whole, and nothing else."""
        for step in ("match", "train"):
            expected = [manifest for (of, _), manifest in self.checkpoints.items() if of == step]
            assert self.store.manifests(step) == sorted(expected, key=lambda m: (m.committed_at, m.key))
        for manifest in self.checkpoints.values():
            files = {entry.path: self.store.read_file(manifest, entry.path) for entry in manifest.files}
            assert files == self.written[manifest.attempt]
