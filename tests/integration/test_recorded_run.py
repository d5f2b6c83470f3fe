"""A run recorded in a real MLflow: what readers find, and that the model there predicts as the pipeline does."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet
import pytest

from adapters.mlflow.connection import MlflowConnection
from adapters.mlflow.environment import installed_versions
from adapters.mlflow.registry import MlflowRegistry
from adapters.mlflow.tracker import MlflowTracker
from adapters.report.html import HtmlReportRenderer
from adapters.sklearn.evaluation.evaluator import SklearnModelEvaluator
from adapters.sklearn.prediction.model_files import load_predictor
from adapters.sklearn.training.trainer import SklearnModelTrainer
from application.champions.model_snapshots import SHIPPING_MODEL, read_model
from application.tracking.package_model import model_name
from application.tracking.record_run import RecordRun
from domain.model.recipe import LEARNERS, Recipe
from domain.snapshot import StepResult
from tests.examples_table import ExamplesTable
from tests.fakes.resource_meter import UnmeasuredMeter
from tests.finished_run import SHOP, FinishedRun

RECIPE = Recipe(iterations=10, min_samples_leaf=20)
LOAD_ELSEWHERE = """
import sys, mlflow, pandas as pd
mlflow.set_tracking_uri(sys.argv[1])
model = mlflow.pyfunc.load_model(sys.argv[2])
rows = pd.read_parquet(sys.argv[3])
out = pd.DataFrame({name: model.predict(rows, params={"learner": name})["p"] for name in sys.argv[5:]})
out.assign(p=model.predict(rows)["p"], example=len(model.predict(model.input_example))).to_parquet(sys.argv[4])
ours = {"domain", "ports", "application", "adapters"} & {name.split(".")[0] for name in sys.modules}
assert not ours, ours
"""


class Recorded:
    """One run with scikit-learn's models and the real page, recorded in an embedded MLflow unless told another."""

    def __init__(self, directory: Path, connection: MlflowConnection | None = None) -> None:
        examples = ExamplesTable(4000)
        trainer, evaluator = (
            SklearnModelTrainer(examples.read, examples.read_lines),
            SklearnModelEvaluator(examples.read, examples.read_lines),
        )
        self.finished = FinishedRun(directory / "lake", examples, trainer, evaluator)
        self.connection = connection or MlflowConnection.embedded(directory / "lake" / "mlflow")
        self.tracker, self.registry = MlflowTracker(self.connection), MlflowRegistry(self.connection)
        self.renderer = HtmlReportRenderer()
        self.made = self.finished.run(RECIPE, self.renderer)

    def record(self) -> StepResult:
        use_case = RecordRun(
            self.finished.store,
            self.tracker,
            self.registry,
            self.finished.tables,
            self.renderer,
            UnmeasuredMeter(),
            installed_versions,
        )
        return use_case.record(self.made, self.finished.record_subject)


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    run = Recorded(tmp_path_factory.mktemp("recorded"))
    run.record()
    return run


def test_the_run_holds_figures_plots_report_graph_and_environment(recorded: Recorded) -> None:
    run = recorded.tracker.find(recorded.made["train"].key)
    assert run is not None
    assert run.metrics["mean/auc_low"] < run.metrics["auc"] < run.metrics["mean/auc_high"]
    assert {f"figures/{name}.svg" for name in ("reliability", "roc", "precision_recall", "importance")} <= set(
        run.files
    )
    assert {"report/report.html", "pipeline/graph.mmd", "environment/requirements.txt"} <= set(run.files)


def test_recording_again_changes_nothing(recorded: Recorded) -> None:
    before = recorded.tracker.find(recorded.made["train"].key), recorded.registry.versions(model_name(SHOP))
    assert recorded.record() == recorded.record()
    assert (recorded.tracker.find(recorded.made["train"].key), recorded.registry.versions(model_name(SHOP))) == before


def check_champion(recorded: Recorded, directory: Path) -> None:
    """Load `@champion` in a process that can import nothing of ours; it predicts what the lake's model does."""
    files = read_model(recorded.finished.store, recorded.made["train"], SHIPPING_MODEL)
    rows = _rows(recorded.finished.examples.table)
    pa.parquet.write_table(rows, directory / "rows.parquet")
    uri = f"models:/{model_name(SHOP)}@champion"
    arguments = [recorded.connection.tracking_uri, uri, directory / "rows.parquet", directory / "out.parquet"]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [sys.executable, "-c", LOAD_ELSEWHERE, *map(str, arguments), *LEARNERS],
        check=False,
        cwd=directory,
        env={**environment, "MLFLOW_DISABLE_TELEMETRY": "true"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    served = pa.parquet.read_table(directory / "out.parquet")
    for learner in LEARNERS:
        expected = load_predictor(files, learner)(rows)
        np.testing.assert_allclose(served.column(learner).to_numpy(), expected, rtol=0, atol=1e-9)
    np.testing.assert_allclose(served.column("p").to_numpy(), served.column("mean").to_numpy(), rtol=0, atol=0)
    assert served.column("example")[0].as_py() == 5


def test_the_registered_model_predicts_what_the_pipeline_does_where_nothing_of_ours_can_be_imported(
    recorded: Recorded, tmp_path: Path
) -> None:
    check_champion(recorded, tmp_path)


def test_the_input_example_and_the_signature_are_stored_with_the_model(recorded: Recorded) -> None:
    stored = [path.name for path in (recorded.finished.directory / "mlflow").rglob("*") if path.is_file()]
    assert {"MLmodel", "input_example.json", "served_model.py", "hgb.skops", "requirements.txt"} <= set(stored)
    assert not [name for name in stored if name.endswith((".pkl", ".pickle", ".joblib"))]


def _rows(table: pa.Table) -> pa.Table:
    """Some lines, with a level, an item and a category that no training line had, and nulls everywhere."""
    rows = table.select(["risk", "skewed", "noise", "constant", "size", "item_id", "category"]).slice(0, 200)
    strange = {"risk": None, "skewed": None, "noise": None, "constant": None, "size": "new", "item_id": "new"}
    added = pa.Table.from_pylist([{**strange, "category": "new"}, dict.fromkeys(rows.column_names)], schema=rows.schema)
    return pa.concat_tables([rows, added])
