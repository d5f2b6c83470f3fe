"""Finding a Python 3.12 where the default is another, or where a shim refuses to run."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

FINDER = Path(__file__).parents[2] / "scripts" / "find-python.sh"
BASE = Path(sys._base_executable)  # type: ignore[attr-defined]  # the one .venv was made from


@pytest.fixture
def commands(tmp_path: Path) -> Path:
    """A folder with the few commands the finder needs, in place of the machine's PATH."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("sh", "tail", "head", "sort"):
        found = shutil.which(name)
        assert found is not None
        (folder / name).symlink_to(found)
    return folder


def script(path: Path, body: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{body}\n", "utf-8")
    path.chmod(0o755)


def find(commands: Path, home: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": str(commands), "HOME": str(home), **variables}
    return subprocess.run(["/bin/sh", str(FINDER)], env=environment, capture_output=True, text=True, check=False)


def test_a_version_managers_folder_is_searched_when_its_shim_refuses(commands: Path, tmp_path: Path) -> None:
    script(commands / "python3.12", "echo 'python3.12: command not found' >&2; exit 127")
    script(commands / "python3", "exit 1")  # the default is too old
    script(tmp_path / ".pyenv/versions/3.12.1/bin/python", f'exec "{BASE}" "$@"')
    found = find(commands, tmp_path)
    assert Path(found.stdout.strip()).samefile(BASE)


def test_the_one_named_by_hand_comes_first(commands: Path, tmp_path: Path) -> None:
    script(tmp_path / "my python", f'exec "{BASE}" "$@"')
    found = find(commands, tmp_path, PYTHON=str(tmp_path / "my python"))
    assert Path(found.stdout.strip()).samefile(BASE)
