"""The main job on the real orders, through the command line, as a newcomer runs it.

And as of an earlier day, when it sees nothing of what came later: not by its absence, and not by garbage in its place.
"""

from datetime import date
from pathlib import Path

import duckdb
import pytest

from application.run.pipeline import GRAPH, PUBLISHED
from domain.snapshot import Manifest
from tests.e2e.lakes import RunLake, known_content
from tests.e2e.rewritten_orders import cut_at_the_day, garbage_from_the_day_on, rewritten
from tests.processes import answer, returncast

AFTER_THE_FIT = ["train", "evaluate", "promote", "score", "actions", "orders", "stock", "monitor", "report", "record"]
FEWER_TREES = {"RETURNCAST_RECIPE__ITERATIONS": "20"}  # what a fit may see does not hang on their number
EARLIER = date(2019, 3, 20)


@pytest.fixture(scope="module")
def bundled(tmp_path_factory: pytest.TempPathFactory) -> RunLake:
    """A lake with one run."""
    return RunLake(tmp_path_factory.mktemp("bundled"), "bundled")


@pytest.fixture(scope="module")
def summary(bundled: RunLake) -> dict[str, object]:
    """What the first run said."""
    return bundled.run()


@pytest.fixture(scope="module")
def earlier(summary: dict[str, object], bundled: RunLake) -> tuple[RunLake, dict[str, object]]:
    """A run as of an earlier day in the lake where a later one was made, and what it said."""
    run = RunLake(bundled.lake, "bundled", EARLIER.isoformat())
    return run, run.run(**FEWER_TREES)


@pytest.fixture(scope="module")
def whole(earlier: tuple[RunLake, dict[str, object]]) -> dict[str, Manifest]:
    """The checkpoints of the earlier day where the whole file lies."""
    return earlier[0].manifests(**FEWER_TREES)


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(cut_at_the_day, id="cut", marks=pytest.mark.thorough),
        pytest.param(garbage_from_the_day_on, id="garbage"),  # which is cut as well
    ],
)
def blind(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Manifest]:
    """The checkpoints of the same day of a file without the future, or with another one."""
    directory = tmp_path_factory.mktemp(request.param.__name__)
    mapping = rewritten(request.param, EARLIER, directory)
    run = RunLake(directory / "lake", str(mapping), EARLIER.isoformat())
    run.run(**FEWER_TREES)
    return run.manifests(**FEWER_TREES)


def test_the_summary_obeys_the_laws_of_rows_and_units(summary: dict[str, dict[str, int]]) -> None:
    rows, units = summary["rows"], summary["units"]
    assert rows["in"] == 70_052
    assert rows["in"] == rows["kept"] + rows["set_aside"] + rows["duplicate"]
    assert rows["duplicate"] == 1
    assert units["return"] == units["matched"] + units["orphan"] + units["cancelled"]
    assert units["matched"] == 9_285


def test_the_model_beats_the_baseline(summary: dict[str, dict[str, dict[str, dict[str, float]]]]) -> None:
    model, baseline = summary["test"]["model"], summary["test"]["baseline"]
    assert model["log_loss"]["value"] < baseline["log_loss"]["value"]
    assert model["auc"]["low"] > 0.6


def test_an_ordinary_night_raises_no_alarm(summary: dict[str, object], bundled: RunLake) -> None:
    assert summary["alerts"] == []
    watched = answer(returncast("monitor", "--fail-on-alert", "--json", lake=bundled.lake))
    assert watched["alerts"] == []
    assert "psi.price" in {measure["measure"] for measure in watched["shifted"]}


def test_every_step_ran_once(summary: dict[str, object]) -> None:
    assert summary["executed"] == list(GRAPH)
    assert summary["put_off"] == {}


def test_a_second_run_does_nothing_and_starts_no_java(summary: dict[str, object], bundled: RunLake) -> None:
    # A JAVA_HOME without Java and an empty PATH would fail the run as soon as Spark were started.
    again = bundled.run(JAVA_HOME="/nowhere", PATH="")
    assert again["executed"] == []
    assert again["rows"] == summary["rows"]


def test_readers_outside_find_every_output_without_knowing_keys(summary: dict[str, object], bundled: RunLake) -> None:
    listed = answer(returncast("outputs", "--json", lake=bundled.lake))
    assert {output["name"] for output in listed} == set(PUBLISHED)
    scores = bundled.lake / "published" / "scores" / "as_of=*" / "*.parquet"
    (rows, low, high), *_ = duckdb.sql(f"select count(*), min(p), max(p) from '{scores}'").fetchall()
    assert rows == next(output["rows"] for output in listed if output["name"] == "scores")
    assert 0 < low < high < 1


def test_an_output_can_be_exported_in_every_format(
    summary: dict[str, object], bundled: RunLake, tmp_path: Path
) -> None:
    for suffix in ("csv", "parquet", "xlsx"):
        done = returncast("export", "items", str(tmp_path / f"items.{suffix}"), lake=bundled.lake)
        assert done.returncode == 0, done.stderr
        assert (tmp_path / f"items.{suffix}").stat().st_size > 0


@pytest.mark.thorough
def test_fewer_trees_rerun_the_fit_and_what_follows(summary: dict[str, object], bundled: RunLake) -> None:
    changed = bundled.run(**FEWER_TREES)
    assert changed["executed"] == AFTER_THE_FIT


def test_an_earlier_day_takes_no_champion_from_its_future(earlier: tuple[RunLake, dict[str, object]]) -> None:
    _, said = earlier
    assert said["decision"]["before"] is None  # type: ignore[index]
    assert not {"ingest", "match", "features"} & set(said["executed"])  # type: ignore[call-overload]


@pytest.mark.parametrize(
    ("step", "table"), [("ingest", "order_lines"), ("match", "line_returns"), ("features", "features")]
)
def test_what_was_known_on_the_day_is_the_same_whatever_came_later(
    whole: dict[str, Manifest], blind: dict[str, Manifest], step: str, table: str
) -> None:
    assert whole[step].key != blind[step].key
    content, rows = known_content(whole[step], table, EARLIER)
    assert rows > 1000
    assert known_content(blind[step], table, EARLIER) == (content, rows)


@pytest.mark.parametrize(
    "step", ["examples", "train", "evaluate", "promote", "score", "actions", "orders", "stock", "items"]
)
def test_what_was_made_as_of_the_day_is_the_same_whatever_came_later(
    whole: dict[str, Manifest], blind: dict[str, Manifest], step: str
) -> None:
    assert whole[step].key != blind[step].key
    assert all(table.rows > 0 for table in whole[step].tables)
    assert whole[step].tables or whole[step].artifacts or whole[step].facts
    assert [(t.name, t.content) for t in blind[step].tables] == [(t.name, t.content) for t in whole[step].tables]
    assert blind[step].content == whole[step].content


def test_a_backtest_writes_one_row_a_test_line(summary: dict[str, object], bundled: RunLake, tmp_path: Path) -> None:
    file = tmp_path / "backtest.csv"
    days = ("--test-from", "2019-02-01", "--test-to", "2019-03-01")
    facts = answer(returncast("backtest", *days, "--out", str(file), "--json", lake=bundled.lake))
    columns, rows = duckdb.sql(f"select * from '{file}'").columns, facts["rows"]
    assert columns == ["line_id", "order_id", "customer_id", "item_id", "ordered_at", "p", "y"]
    assert rows == 6_156
    assert duckdb.sql(f"select count(distinct line_id) from '{file}'").fetchall() == [(rows,)]
    assert facts["learners"]["mean"]["auc"]["value"] >= 0.67
    assert facts["learners"]["mean"]["brier_skill"]["value"] >= 0.09


def test_wrong_arguments_are_named_with_a_remedy_and_an_exit_code(tmp_path: Path) -> None:
    done = returncast("run", "--as-of", "15/04/2019", lake=tmp_path)
    assert done.returncode == 2
    assert "15/04/2019" in done.stderr
    assert "YYYY-MM-DD" in done.stderr
