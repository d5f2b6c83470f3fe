"""An armed failpoint ends its process as a crash would: at once, with nothing cleaned up."""

import multiprocessing
import signal
from pathlib import Path

from adapters.local.failpoints import SigkillFailpoints


def pass_and_die(left: Path) -> None:
    failpoints = SigkillFailpoints("second")
    try:
        failpoints.reach("first")
        (left / "first").touch()
        failpoints.reach("second")
    finally:
        (left / "cleaned up").touch()


def test_armed_failpoint_kills_and_others_are_passed(tmp_path: Path) -> None:
    process = multiprocessing.get_context("spawn").Process(target=pass_and_die, args=(tmp_path,))
    process.start()
    process.join(60)
    assert process.exitcode == -signal.SIGKILL
    assert [path.name for path in tmp_path.iterdir()] == ["first"]
