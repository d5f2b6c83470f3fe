"""What goes to a cluster: the lock's libraries as pip installed them, in an archive that is the same every time."""

import subprocess
import sys
import tarfile
import tomllib
from importlib.metadata import PathDistribution
from pathlib import Path

import pytest

from scripts.dist import LIBRARIES, MOMENT, Member, main_distributions, members, write_archive
from scripts.environment import ROOT


@pytest.fixture
def installed(tmp_path: Path) -> PathDistribution:
    """A library as pip leaves it: a module, a program outside, bytecode, and a record of digests."""
    site = tmp_path / "lib" / "python3.12" / "site-packages"
    (site / "hats").mkdir(parents=True)
    (site / "hats" / "__init__.py").write_text("SIZE = 58\n")
    info = site / "hats-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: hats\nVersion: 1.0\n")
    (info / "RECORD").write_text(
        "hats/__init__.py,sha256=Sf2M4Tz9CzV3-YnLsfLom8zcMnRwphfWWW4kWVe53dM,10\n"
        "hats/__pycache__/__init__.cpython-312.pyc,,\n../../../bin/hats,sha256=abc,3\nhats-1.0.dist-info/METADATA,,\n"
    )
    return PathDistribution(info)


def test_a_library_goes_without_its_programs_and_bytecode(installed: PathDistribution) -> None:
    paths = {member.path for member in members([installed])}
    assert paths == {"bin/python", f"{LIBRARIES}/hats/__init__.py", f"{LIBRARIES}/hats-1.0.dist-info/METADATA"}


def test_a_file_that_is_not_what_pip_installed_is_refused(installed: PathDistribution, tmp_path: Path) -> None:
    Path(str(installed.locate_file("hats/__init__.py"))).write_text("SIZE = 59\n")
    with pytest.raises(SystemExit, match=r"hats/__init__\.py is not what pip installed"):
        write_archive(tmp_path / "made.tar.gz", members([installed]))


def test_the_archive_is_the_same_bytes_whatever_the_order_and_the_hour(tmp_path: Path) -> None:
    files = [Member("b", lambda: b"2222"), Member("a", lambda: b"1111", runs=True)]
    first, second = tmp_path / "first.tar.gz", tmp_path / "second.tar.gz"
    assert write_archive(first, files) == write_archive(second, reversed(files)) == 8
    assert first.read_bytes() == second.read_bytes()
    with tarfile.open(first) as archive:
        assert [(entry.name, entry.mode, entry.mtime) for entry in archive] == [
            ("a", 0o755, MOMENT),
            ("b", 0o644, MOMENT),
        ]


def test_the_launcher_finds_the_libraries_wherever_it_was_unpacked(installed: PathDistribution, tmp_path: Path) -> None:
    write_archive(tmp_path / "made.tar.gz", members([installed]))
    with tarfile.open(tmp_path / "made.tar.gz") as archive:
        archive.extractall(tmp_path / "else where", filter="data")
    launcher = str(tmp_path / "else where" / "bin" / "python")
    environment = {"PATH": "/usr/bin:/bin", "RETURNCAST_CLUSTER_PYTHON": sys.executable}
    command = [launcher, "-c", "import hats; print(hats.SIZE)"]
    assert subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout == "58\n"
    environment["RETURNCAST_CLUSTER_PYTHON"] = "nothing"
    missing = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert missing.returncode == 127
    assert "needs Python 3.12 on every node" in missing.stderr


def test_the_libraries_are_those_of_the_main_group_and_no_tool_of_development() -> None:
    lock = tomllib.loads((ROOT / "poetry.lock").read_text("utf-8"))
    names = {found.name.lower() for found in main_distributions(lock)}
    assert {"pyspark", "pyarrow", "scikit-learn", "skops", "luigi"} <= names
    assert not {"pytest", "ruff", "mypy", "moto", "duckdb"} & names
