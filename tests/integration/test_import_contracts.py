"""A broken layer fails the lint with a sentence that explains, not with a rule's number."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for folder in ("src", "luigi_tasks", "scripts"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def lint(project: Path) -> tuple[int, str]:
    paths = os.pathsep.join([str(project / "src"), str(project)])
    # A wide terminal, so that no sentence is broken across lines.
    environment = {**os.environ, "PYTHONPATH": paths, "COLUMNS": "400", "NO_COLOR": "1"}
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache", "--no-logo"]
    ended = subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, check=False)
    return ended.returncode, ended.stdout + ended.stderr


def test_this_project_keeps_its_contracts(project: Path) -> None:
    code, told = lint(project)
    assert code == 0, told


def test_spark_in_the_domain_is_refused_with_a_sentence(project: Path) -> None:
    (project / "src/domain/shortcut.py").write_text('"""A shortcut."""\n\nimport pyspark  # noqa\n', "utf-8")
    code, told = lint(project)
    assert code == 1
    assert "domain.shortcut imports pyspark (line 3)." in told
    assert "Declare what you need as a method of a port in src/ports" in told


def test_a_package_that_no_list_names_is_refused_too(project: Path) -> None:
    (project / "src/ports/shortcut.py").write_text('"""A shortcut."""\n\nimport dateutil  # noqa\n', "utf-8")
    code, told = lint(project)
    assert code == 1
    assert "ports.shortcut imports dateutil" in told


def test_an_adapter_that_imports_another_is_refused(project: Path) -> None:
    (project / "src/adapters/arrow/shortcut.py").write_text(
        '"""."""\n\nimport adapters.spark.session.spark_session\n', "utf-8"
    )
    code, told = lint(project)
    assert code == 1
    assert "Adapters know nothing of one another: only adapters.bootstrap puts them together BROKEN" in told


def test_a_new_adapter_package_needs_its_place_in_the_contract(project: Path) -> None:
    (project / "src/adapters/carrier").mkdir()
    (project / "src/adapters/carrier/__init__.py").write_text('"""A carrier."""\n', "utf-8")
    code, told = lint(project)
    assert code == 1
    assert "carrier" in told
