"""The lake on a local file system, with hard links and without, and what a kill leaves of it."""

import errno
import multiprocessing
import os
import signal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NoReturn

import pytest
from hypothesis import settings

from adapters.local.snapshot_store import LocalSnapshotStore
from domain.errors import DiskError
from ports.snapshot_store import SnapshotStore
from tests.contract.commit_race import KEY, STEP, die_while_committing, manifest_of
from tests.contract.raw_lake import LocalLake, RawLake
from tests.contract.snapshot_store_contract import SharedSnapshotStoreContract
from tests.contract.snapshot_store_machine import SnapshotStoreMachine


class TestLocalSnapshotStore(SharedSnapshotStoreContract):
    @pytest.fixture
    def lake(self, tmp_path: Path) -> RawLake:
        return LocalLake(tmp_path / "a lake")


def no_links(*_: Any, **__: Any) -> NoReturn:
    raise OSError(errno.EPERM, "hard links are not supported here")


class LinklessLake(LocalLake):
    """On a file system without hard links, in other processes too."""

    def open(self) -> SnapshotStore:
        if multiprocessing.parent_process() is not None:
            os.link = no_links
        return super().open()


class TestLocalSnapshotStoreWithoutHardLinks(SharedSnapshotStoreContract):
    @pytest.fixture
    def lake(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RawLake:
        monkeypatch.setattr(os, "link", no_links)
        return LinklessLake(tmp_path / "lake")


class LocalMachine(SnapshotStoreMachine):
    def new_lake(self) -> RawLake:
        self.parent = TemporaryDirectory()
        return LocalLake(Path(self.parent.name) / "lake")

    def teardown(self) -> None:
        super().teardown()
        self.parent.cleanup()


TestAnyCallsLocally = LocalMachine.TestCase
TestAnyCallsLocally.settings = settings(max_examples=10, stateful_step_count=15, deadline=None)


def test_process_killed_between_writing_and_linking_leaves_nothing_visible(tmp_path: Path) -> None:
    lake = LocalLake(tmp_path / "lake")
    victim = multiprocessing.get_context("spawn").Process(target=die_while_committing, args=(lake,))
    victim.start()
    victim.join(60)
    assert victim.exitcode == -signal.SIGKILL
    store = lake.open()
    assert store.find(STEP, KEY) is None
    assert store.manifests(STEP) == []
    again = manifest_of(store, STEP, KEY, {"part": b"2"})
    assert store.commit(again) == again
    assert [manifest.attempt for manifest in store.manifests(STEP)] == [again.attempt]


def test_failed_commit_leaves_no_temporary_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lake = LocalLake(tmp_path / "lake")
    store = lake.open()
    manifest = manifest_of(store)

    def full(*_: Any) -> NoReturn:
        raise OSError(errno.ENOSPC, "no space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(DiskError, match="no space"):
        store.commit(manifest)
    assert lake.paths() == []


def test_root_given_relative_is_the_same_lake_after_a_change_of_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    store = LocalSnapshotStore(Path("lake"))
    manifest = store.commit(manifest_of(store))
    (tmp_path / "below").mkdir()
    monkeypatch.chdir(tmp_path / "below")
    assert store.find("features", "key1") == manifest
