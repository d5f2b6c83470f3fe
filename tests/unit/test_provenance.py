"""Which revision runs is known in a checkout, and unknown anywhere else."""

import os
import subprocess
from pathlib import Path

import pytest

from adapters.local.provenance import Revision, git_revision


def git(directory: Path, *arguments: str) -> str:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    author = (
        "-c",
        "user.name=a",
        "-c",
        "user.email=a@example.org",
        "-c",
        "commit.gpgsign=false",
        "-c",
        "core.hooksPath=",
    )
    done = subprocess.run(
        ["git", "-C", str(directory), *author, *arguments], env=clean, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A module that is committed on the branch `trunk`."""
    git(tmp_path, "init", "--quiet", "--initial-branch=trunk")
    path = tmp_path / "module.py"
    path.write_text("a = 1\n", encoding="utf-8")
    git(tmp_path, "add", "module.py")
    git(tmp_path, "commit", "--quiet", "--message=first")
    return path


def test_checkout_tells_its_commit_and_branch(file: Path) -> None:
    assert git_revision(file) == Revision(git(file.parent, "rev-parse", "HEAD"), "trunk", modified=False)


def test_edited_checkout_says_so(file: Path) -> None:
    file.write_text("a = 2\n", encoding="utf-8")
    assert git_revision(file).modified is True


def test_detached_checkout_has_no_branch(file: Path) -> None:
    git(file.parent, "checkout", "--quiet", "--detach")
    revision = git_revision(file)
    assert (revision.commit, revision.branch) == (git(file.parent, "rev-parse", "HEAD"), None)


def test_copy_installed_inside_another_projects_checkout_has_no_revision(file: Path) -> None:
    installed = file.parent / "site-packages"
    installed.mkdir()
    (installed / "module.py").write_text("a = 1\n", encoding="utf-8")
    assert git_revision(installed / "module.py") == Revision()


def test_machine_without_git_has_no_revision(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert git_revision(file) == Revision()
