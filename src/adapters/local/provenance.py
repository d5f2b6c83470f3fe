"""Which revision of the code is running, for people who look at a run later; no part of any key."""

import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Revision:
    """A commit and its branch; `modified` says whether files under version control differ from the commit.

    All are None outside a checkout; the branch also where no branch is checked out.
    """

    commit: str | None = None
    branch: str | None = None
    modified: bool | None = None


def git_revision(file: Path = Path(__file__)) -> Revision:
    """The revision of the checkout that `file` is tracked in.

    A copy installed below some other project's checkout is tracked in none.
    """
    if _git(file, "ls-files", "--error-unmatch", file.name) is None:
        return Revision()
    commit, branch = (
        _git(file, "rev-parse", "--verify", "HEAD"),
        _git(file, "symbolic-ref", "--quiet", "--short", "HEAD"),
    )
    changes = _git(file, "status", "--porcelain", "--untracked-files=no")
    return Revision(commit, branch, None if changes is None else bool(changes))


def _git(file: Path, *arguments: str) -> str | None:
    """What git prints, or None when there is no git or it fails."""
    command = ["git", "-C", str(file.parent), *arguments]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=10)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None
