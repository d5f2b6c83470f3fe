"""A step's code digest changes with the code it runs, and with nothing else."""

import shutil
from pathlib import Path

import pytest

from adapters.local.code_digest import CodeDigest
from application import synthetic_source
from application.candidates import score_candidates
from application.run.pipeline import GRAPH
from application.run.pipeline import STEPS as STEPS_OF_THE_GRAPH
from domain.errors import ConfigurationError

FILES = {
    "core/__init__.py": "",
    "core/money.py": 'RATE = 2\n\n\ndef net(x):\n    """Net."""\n    return x * RATE  # a comment\n',
    "core/days.py": "def day(x):\n    return x\n",
    "steps/__init__.py": '"""Steps."""\n',
    "steps/price.py": "from core.money import net\n\nprice = net(1)\n",
    "steps/late.py": "def run():\n    from core import days\n\n    return days.day(1)\n",
    "steps/relative.py": "from .price import price\nfrom . import late as later\n",
    "steps/plain.py": "import json\nimport core.money as money\n",
    "steps/calls.py": "from core import days\n\n\nclass Calls:\n    def one(self):\n        return shared()\n\n"
    "    def two(self):\n        return 2\n\n\ndef shared():\n    return days.day(1)\n",
    "pages/__init__.py": "",
    "pages/render.py": "TEMPLATE = 'page.html'\n",
    "pages/page.html": "<p>hello</p>\n",
    "pages/styles/page.css": "p { color: red }\n",
}
STEPS = (
    *("steps.price", "steps.late", "steps.relative", "steps.plain", "steps.calls:one", "steps.calls:two"),
    *("pages.render", "core.days"),
)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def digests(project: Path) -> dict[str, str]:
    code = CodeDigest(project, ("core", "steps", "pages"))
    return {step: code.digest([step], []) for step in STEPS}


def changed_by(project: Path, name: str, before: str, after: str) -> set[str]:
    """The steps whose digest an edit changes."""
    first = digests(project)
    text = (project / name).read_text("utf-8")
    assert before in text
    (project / name).write_text(text.replace(before, after), encoding="utf-8")
    second = digests(project)
    return {step for step in STEPS if first[step] != second[step]}


@pytest.mark.parametrize(
    ("name", "before", "after", "changed"),
    [
        ("core/money.py", "x * RATE", "x * RATE + 1", {"steps.price", "steps.relative", "steps.plain"}),
        ("core/days.py", "return x", "return x + 1", {"steps.late", "steps.relative", "core.days"}),
        ("steps/late.py", "days.day(1)", "days.day(2)", {"steps.late", "steps.relative"}),
        ("steps/plain.py", "import json", "import csv", {"steps.plain"}),
        ("steps/calls.py", "return 2", "return 3", {"steps.calls:two"}),
        ("steps/calls.py", "return days.day(1)", "return days.day(2)", {"steps.calls:one"}),
        ("pages/page.html", "hello", "goodbye", {"pages.render"}),
        ("pages/styles/page.css", "red", "blue", {"pages.render"}),
    ],
)
def test_changed_line_changes_exactly_the_steps_that_import_it(
    project: Path, name: str, before: str, after: str, changed: set[str]
) -> None:
    assert changed_by(project, name, before, after) == changed


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("core/money.py", "# a comment", "# another comment"),
        ("core/money.py", "Net.", "The net value."),
        ("core/money.py", "x * RATE", "(x * RATE)"),
        ("core/money.py", "\n\n\n", "\n\n\n\n\n"),
        ("steps/__init__.py", "Steps.", "The steps."),
        ("core/money.py", "\n", "\r\n"),
    ],
)
def test_comments_docstrings_and_layout_change_no_digest(project: Path, name: str, before: str, after: str) -> None:
    assert changed_by(project, name, before, after) == set()


def test_text_that_is_no_docstring_is_code(project: Path) -> None:
    assert changed_by(project, "core/days.py", "return x", 'return "x"') == {
        "steps.late",
        "steps.relative",
        "core.days",
    }


def test_digest_does_not_depend_on_what_was_asked_before(project: Path) -> None:
    (project / "steps/calls.py").write_text('def one():\n    """Doc."""\n    "bare"\n    return 1\n', encoding="utf-8")
    code = CodeDigest(project, ("core", "steps"))
    code.digest(["steps.calls"], [])
    assert code.digest(["steps.calls:one"], []) == CodeDigest(project, ("core", "steps")).digest(
        ["steps.calls:one"], []
    )


def test_digest_does_not_depend_on_where_the_project_is(
    project: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = tmp_path_factory.mktemp("site-packages") / "lib"
    project.rename(elsewhere)
    moved = digests(elsewhere)
    elsewhere.rename(project)
    assert moved == digests(project)


def test_an_archive_of_the_project_has_the_digests_of_its_files(
    project: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    archive = Path(shutil.make_archive(str(tmp_path_factory.mktemp("archive") / "project"), "zip", project))
    assert digests(archive) == digests(project)


def test_closure_holds_the_packages_on_the_way(project: Path) -> None:
    code = CodeDigest(project, ("core", "steps", "pages"))
    assert code.closure(["steps.price"]) == {"steps", "steps.price", "core", "core.money"}


def test_imports_of_others_are_not_followed(project: Path) -> None:
    assert CodeDigest(project, ("steps",)).closure(["steps.plain"]) == {"steps", "steps.plain"}


def test_modules_that_import_each_other_are_digested(project: Path) -> None:
    (project / "core/days.py").write_text("import core.money\n", encoding="utf-8")
    (project / "core/money.py").write_text("import core.days\n", encoding="utf-8")
    code = CodeDigest(project, ("core",))
    assert code.closure(["core.days"]) == code.closure(["core.money"]) == {"core", "core.days", "core.money"}


def test_version_of_a_library_is_part_of_the_digest(project: Path) -> None:
    code = CodeDigest(project, ("core",))
    plain, with_one, with_other = (code.digest(["core.days"], names) for names in ([], ["pyarrow"], ["numpy"]))
    assert len({plain, with_one, with_other}) == 3
    assert code.digest(["core.days"], ["numpy", "pyarrow"]) == code.digest(["core.days"], ["pyarrow", "numpy"])


@pytest.mark.parametrize("module", ["core.absent", "json", "core.money.net"])
def test_entry_module_that_is_not_there_is_named(project: Path, module: str) -> None:
    with pytest.raises(ConfigurationError, match=module):
        CodeDigest(project, ("core",)).digest([module], [])


def test_library_that_is_not_installed_is_named(project: Path) -> None:
    with pytest.raises(ConfigurationError, match="no-such-library"):
        CodeDigest(project, ("core",)).digest(["core.days"], ["no-such-library"])


def test_every_step_of_the_graph_has_a_digest_of_its_own() -> None:
    code = CodeDigest()
    found = {name: code.digest(step.code, step.libraries) for name, step in GRAPH.items()}
    assert len(set(found.values())) == len(GRAPH)


def test_what_spark_tables_are_handed_is_code_of_every_step_that_has_them() -> None:
    code = CodeDigest()
    entries = [step.code for step in GRAPH.values()] + [score_candidates.CODE, synthetic_source.CODE]
    closures = [closure for entry in entries if "adapters.spark.tables" in (closure := code.closure(entry))]
    assert len(closures) > 5
    for closure in closures:
        assert {"adapters.arrow.content", "adapters.arrow.table_parts"} <= closure


def test_what_each_step_calls_counts_by_itself() -> None:
    code = CodeDigest()
    digests_of_calls = {code.digest([f"application.run.step_bodies:_{name}"], []) for name in STEPS_OF_THE_GRAPH}
    assert len(digests_of_calls) == len(STEPS_OF_THE_GRAPH)
