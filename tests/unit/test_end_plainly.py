"""A command ends with what is behind its error: the sentence, the remedy and the exit code of that."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.bootstrap.runs import composition
from adapters.entrypoints.ending import end_plainly
from domain.errors import ConfigurationError, DiskError, ServiceError, SnapshotError

STORE = OSError(
    "When reading information for key 'x' in bucket 'datasets': AWS Error SLOW_DOWN during HeadObject: slow"
)


@pytest.fixture(autouse=True)
def lake_on_s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("RETURNCAST_LAKE", "s3://nightly")
    monkeypatch.setenv("RETURNCAST_S3__ENDPOINT", "http://store:9000")
    composition.cache_clear()
    yield
    composition.cache_clear()


def caused[E: Exception](error: E, cause: Exception) -> E:
    error.__cause__ = cause
    return error


def damaged_by(cause: Exception) -> SnapshotError:
    return caused(
        SnapshotError("The table 'lines' is not readable as Parquet.", "Remove the step's checkpoint."), cause
    )


def ended(error: Exception) -> int:
    def command() -> None:
        raise error

    with pytest.raises(SystemExit) as end:
        end_plainly(command)
    return int(str(end.value.code))


@pytest.mark.parametrize(
    "error",
    [
        STORE,
        damaged_by(STORE),
        caused(ConfigurationError("The file out.csv cannot be written.", "Name another file."), STORE),  # by export
    ],
)
def test_a_store_that_fails_while_a_command_reads_is_no_damaged_snapshot(
    error: Exception, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ended(error) == ServiceError.exit_code
    told = capsys.readouterr().err.replace("\n", " ")
    assert "http://store:9000" in told
    assert "run again" in told
    assert "checkpoint" not in told


def test_a_snapshot_that_is_damaged_stays_that() -> None:
    assert ended(damaged_by(ValueError("no Parquet magic bytes"))) == SnapshotError.exit_code


def test_a_disk_without_room_is_told_with_the_places_that_may_have_none(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("RETURNCAST_LAKE", str(tmp_path))
    assert ended(RuntimeError("Caused by: java.io.IOException: No space left on device")) == DiskError.exit_code
    told = capsys.readouterr().err.replace("\n", "")
    assert str(tmp_path) in told
    assert "temporary files" in told


def test_settings_that_cannot_be_used_are_told_without_being_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RETURNCAST_S3__ATTEMPTS", "none")
    assert ended(ConfigurationError("The setting RETURNCAST_S3__ATTEMPTS cannot be used.", "See .env.dist.")) == 2


def test_what_nobody_foresaw_is_raised_as_it_is() -> None:
    with pytest.raises(ZeroDivisionError):
        end_plainly(lambda: 1 // 0)
