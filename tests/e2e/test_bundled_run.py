"""The main job on the real orders, through the command line, as a newcomer runs it."""

from pathlib import Path

import duckdb
import pytest

from application.pipeline import GRAPH, PUBLISHED
from tests.e2e.lakes import RunLake
from tests.processes import answer, returncast

AFTER_THE_FIT = ["train", "evaluate", "promote", "score", "actions", "orders", "stock", "monitor", "report", "record"]
FEWER_TREES = {"RETURNCAST_RECIPE__ITERATIONS": "20"}


@pytest.fixture(scope="module")
def bundled(tmp_path_factory: pytest.TempPathFactory) -> RunLake:
    """A lake with one run."""
    return RunLake(tmp_path_factory.mktemp("bundled"), "bundled")


@pytest.fixture(scope="module")
def summary(bundled: RunLake) -> dict[str, object]:
    """What the first run said."""
    return bundled.run()


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


def test_an_earlier_day_takes_no_champion_from_its_future(summary: dict[str, object], bundled: RunLake) -> None:
    earlier = RunLake(bundled.lake, "bundled", "2019-03-20").run(**FEWER_TREES)
    assert earlier["decision"]["before"] is None  # type: ignore[index]
    assert not {"ingest", "match", "features"} & set(earlier["executed"])  # type: ignore[call-overload]


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
