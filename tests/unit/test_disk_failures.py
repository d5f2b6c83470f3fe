"""A disk that is full, or closed to this user, is told from everything else that may go wrong, with its place."""

import errno
import os
from pathlib import Path
from typing import NoReturn

import pytest

from adapters.disk_failures import disk_failure, on_disk
from adapters.local.snapshot_store import LocalSnapshotStore
from domain.errors import ConfigurationError, DiskError, ServiceError, SnapshotError
from luigi_tasks.retries import persistently

FULL = [
    OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)),
    OSError(errno.EDQUOT, os.strerror(errno.EDQUOT), "/quota/file"),
    OSError(errno.ENOSPC, "Error writing bytes to file. Detail: [errno 28] No space left on device"),
    RuntimeError(
        "Job aborted due to stage failure: Task 0 in stage 4.0 failed 1 times\n\tat org.apache.spark\n"
        "Caused by: java.io.IOException: No space left on device\n\tat java.base/sun.nio.ch"
    ),
    RuntimeError("java.nio.file.FileSystemException: /tmp/blockmgr-1/0c/temp_shuffle: No space left on device"),
    RuntimeError("An exception was thrown from the Python worker: OSError: [Errno 28] No space left on device"),
]
CLOSED = [
    PermissionError(errno.EACCES, os.strerror(errno.EACCES), "/lake/datasets"),
    OSError(errno.EROFS, os.strerror(errno.EROFS), "/lake/datasets"),
    PermissionError(
        errno.EACCES, "Failed to open local file '/lake/part-0.parquet'. Detail: [errno 13] Permission denied"
    ),
    FileNotFoundError(errno.ENOENT, "No usable temporary directory found in ['/tmp', '/var/tmp']"),
    RuntimeError("java.io.FileNotFoundException: /lake/x.crc (Permission denied)\n\tat java.base"),
    RuntimeError("java.nio.file.AccessDeniedException: /lake/x"),
    RuntimeError("java.io.IOException: Mkdirs failed to create file:/lake/x (exists=false, cwd=file:/home)"),
]


def caused_by(cause: Exception) -> SnapshotError:
    error = SnapshotError("The table 'lines' is not readable as Parquet.", "Remove the step's checkpoint.")
    error.__cause__ = cause
    return error


@pytest.mark.parametrize("error", [*FULL, caused_by(FULL[0])])
def test_a_full_disk_is_told_with_what_to_free(error: Exception) -> None:
    told = disk_failure(error)
    assert told is not None
    assert "room" in told.problem
    assert "run again" in told.remedy
    assert "\n" not in str(told)


@pytest.mark.parametrize("error", [*CLOSED, caused_by(CLOSED[0])])
def test_a_place_that_this_user_may_not_use_is_told_with_what_to_permit(error: Exception) -> None:
    told = disk_failure(error)
    assert told is not None
    assert "/lake" in told.problem or "/tmp" in told.problem
    assert "right" in told.remedy


@pytest.mark.parametrize(
    "error",
    [
        FileNotFoundError(errno.ENOENT, "No such file or directory", "/lake/x"),
        PermissionError(errno.EACCES, "Permission denied"),  # of a connection, which has no path
        ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused"),
        RuntimeError("java.nio.file.AccessDeniedException: s3a://datasets/x: getFileStatus"),
        RuntimeError("org.apache.hadoop.security.AccessControlException: Permission denied: user=me, access=WRITE"),
        ServiceError("MLflow failed.", "Mend it."),
        SnapshotError("The table 'lines' has 3 rows instead of 4.", "Run again."),
    ],
)
def test_other_errors_are_none_of_a_disk(error: Exception) -> None:
    assert disk_failure(error) is None


def test_an_error_of_ours_that_names_its_file_stays_what_it_is() -> None:
    error = ConfigurationError("The file out.csv cannot be written.", "Name another file.")
    error.__cause__ = CLOSED[0]
    assert disk_failure(error) is None


def test_an_error_without_a_path_gets_the_place_that_was_written_to() -> None:
    with pytest.raises(DiskError, match="/lake/attempt=1"), on_disk(Path("/lake/attempt=1")):
        raise FULL[0]


def fail(*_: object, **__: object) -> NoReturn:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_the_lake_names_the_file_that_has_no_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = LocalSnapshotStore(tmp_path)
    attempt = store.begin("train", "k1")
    monkeypatch.setattr(Path, "write_bytes", fail)
    with pytest.raises(DiskError, match=f"{attempt.uri.removeprefix('file://')}/model"):
        store.put_file(attempt, "model", b"x")


def test_a_lake_that_takes_no_directories_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "mkdir", fail)
    with pytest.raises(DiskError, match=f"{tmp_path}/models/train/k1"):
        LocalSnapshotStore(tmp_path).begin("train", "k1")


def test_a_disk_is_not_tried_again_after_a_minute() -> None:
    tried: list[int] = []

    def work() -> None:
        tried.append(1)
        raise DiskError("There is no room.", "Free some.")

    with pytest.raises(DiskError):
        persistently(work, lambda _: None, fail)
    assert len(tried) == 1
