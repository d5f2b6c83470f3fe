"""The fake lake under the contract of the real ones."""

from pathlib import Path

import pytest
from hypothesis import settings

from tests.contract.raw_lake import MemoryLake, RawLake
from tests.contract.snapshot_store_contract import SnapshotStoreContract
from tests.contract.snapshot_store_machine import SnapshotStoreMachine


class TestInMemorySnapshotStore(SnapshotStoreContract):
    @pytest.fixture
    def lake(self, tmp_path: Path) -> RawLake:
        return MemoryLake()


class InMemoryMachine(SnapshotStoreMachine):
    def new_lake(self) -> RawLake:
        return MemoryLake()


TestAnyCallsInMemory = InMemoryMachine.TestCase
TestAnyCallsInMemory.settings = settings(max_examples=40, stateful_step_count=20, deadline=None)
