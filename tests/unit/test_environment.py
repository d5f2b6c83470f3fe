"""Reading the lock, and knowing when an environment is no longer what it was made from."""

import shutil
import tomllib
from pathlib import Path
from typing import Any

import pytest

from scripts.environment import ROOT, digest, requirements

LOCK = tomllib.loads((ROOT / "poetry.lock").read_text("utf-8"))


def package(name: str = "luigi", **changes: object) -> dict[str, Any]:
    files = [{"file": "b.whl", "hash": "sha256:bb"}, {"file": "a.tar.gz", "hash": "sha256:aa"}]
    return {"name": name, "version": "3.8.1", "optional": False, "groups": ["main"], "files": files, **changes}


def lock_of(*packages: dict[str, Any], form: str = "2.1") -> dict[str, Any]:
    return {"package": list(packages), "metadata": {"lock-version": form}}


def test_a_package_is_pinned_with_every_hash() -> None:
    assert requirements(lock_of(package())) == ["luigi==3.8.1 --hash=sha256:aa --hash=sha256:bb"]


def test_packages_of_other_groups_and_optional_ones_are_left_out() -> None:
    lock = lock_of(package("docs-only", groups=["docs"]), package("extra", optional=True), package())
    assert [line.split("==")[0] for line in requirements(lock)] == ["luigi"]


def test_a_marker_stands_behind_the_version() -> None:
    assert (
        "luigi==3.8.1 ; sys_platform == 'win32' --hash"
        in requirements(lock_of(package(markers="sys_platform == 'win32'")))[0]
    )


def test_markers_by_group_are_alternatives() -> None:
    both = package(groups=["main", "dev"], markers={"main": "a == '1'", "dev": "b == '2'"})
    assert " ; (a == '1') or (b == '2') --hash" in requirements(lock_of(both))[0]


def test_a_group_without_a_marker_wants_the_package_everywhere() -> None:
    assert ";" not in requirements(lock_of(package(groups=["main", "dev"], markers={"dev": "b == '2'"})))[0]


def test_another_lock_format_is_refused() -> None:
    with pytest.raises(SystemExit, match="format 3"):
        requirements(lock_of(form="3.0"))


def test_a_package_from_elsewhere_than_the_index_is_refused() -> None:
    with pytest.raises(SystemExit, match="luigi"):
        requirements(lock_of(package(source={"type": "git", "url": "https://example.org/luigi"})))


def test_the_lock_of_this_project_has_hashes_for_every_package() -> None:
    lines = requirements(LOCK)
    assert len(lines) > 100
    assert all("--hash=sha256:" in line for line in lines)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name in ("pyproject.toml", "poetry.lock"):
        shutil.copy(ROOT / name, tmp_path)
    return tmp_path


def test_a_changed_lock_changes_the_digest(project: Path) -> None:
    before = digest(project)
    with (project / "poetry.lock").open("a") as lock:
        lock.write("\n")
    assert digest(project) != before


def test_a_changed_dependency_changes_the_digest(project: Path) -> None:
    before = digest(project)
    text = (project / "pyproject.toml").read_text("utf-8")
    (project / "pyproject.toml").write_text(text.replace('"luigi==3.8.1"', '"luigi==3.8.2"'), "utf-8")
    assert digest(project) != before


def test_a_changed_tool_setting_keeps_the_digest(project: Path) -> None:
    before = digest(project)
    text = (project / "pyproject.toml").read_text("utf-8")
    (project / "pyproject.toml").write_text(text.replace("max-complexity = 8", "max-complexity = 9"), "utf-8")
    assert digest(project) == before


def test_a_moved_folder_changes_the_digest(project: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    moved = shutil.copytree(project, tmp_path_factory.mktemp("elsewhere") / "project")
    assert digest(moved) != digest(project)
