from collections.abc import Collection, Sequence
from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from adapters.sklearn.prediction.explainer import SklearnLineExplainer
from adapters.sklearn.prediction.model_files import load_predictor
from adapters.sklearn.training.trainer import SklearnModelTrainer
from domain.content import Cell
from domain.model.recipe import Recipe
from domain.snapshot import DatasetRef
from ports.batch_scorer import ScoringModel
from tests.contract.line_explainer import ExplainerBench, LineExplainerContract
from tests.examples_table import FEATURES, POLICY, ExamplesTable
from tests.fakes.line_explainer import SummingExplainer

EXAMPLES = ExamplesTable(1500)
NAMES = [column.name for column in FEATURES]


def read_lines(table: DatasetRef, columns: Sequence[str], line_ids: Collection[str]) -> pa.Table:
    rows = EXAMPLES.read(table, ["line_id", *columns])
    return rows.filter(pc.is_in(rows.column("line_id"), value_set=pa.array(sorted(line_ids), pa.string()))).sort_by(
        "line_id"
    )


@cache
def sklearn_bench(learner: str) -> ExplainerBench:
    recipe = Recipe(learner=learner, iterations=15, min_samples_leaf=20, logistic_c=0.5)
    fitted = SklearnModelTrainer(EXAMPLES.read, EXAMPLES.read_lines).fit(EXAMPLES.ref, recipe, POLICY, EXAMPLES.as_of)
    chances = load_predictor(fitted.files)(EXAMPLES.table)
    logits = np.log(chances / (1 - chances)).tolist()
    by_line = dict(zip(EXAMPLES.table.column("line_id").to_pylist(), logits, strict=True))
    model = ScoringModel(fitted.files, fitted.content, "set")
    return ExplainerBench(SklearnLineExplainer(read_lines), model, EXAMPLES.ref, by_line, NAMES)


class TestMeanOfLogits(LineExplainerContract):
    @pytest.fixture
    def bench(self) -> ExplainerBench:
        return sklearn_bench("mean")


class TestBoosting(LineExplainerContract):
    @pytest.fixture
    def bench(self) -> ExplainerBench:
        return sklearn_bench("hgb")


class TestLogistic(LineExplainerContract):
    @pytest.fixture
    def bench(self) -> ExplainerBench:
        return sklearn_bench("logistic")

    def test_parts_are_told_against_the_mean_of_the_average_lines(self, bench: ExplainerBench) -> None:
        lines = sorted(bench.logits)[:200]
        found = bench.explainer.explain(bench.model, bench.features, lines, lines) or {}
        means = [np.mean([explanation.parts[name] for explanation in found.values()]) for name in NAMES]
        assert means == pytest.approx([0.0] * len(NAMES), abs=1e-9)


class TestSummingExplainer(LineExplainerContract):
    @pytest.fixture
    def bench(self) -> ExplainerBench:
        rows: dict[str, dict[str, Cell]] = {
            f"line{n}": {"risk": n / 10, "noise": 1.0 if n % 2 else None} for n in range(50)
        }
        explainer = SummingExplainer(rows, ["risk", "noise"])
        model = ScoringModel({}, "content", "set", "mean")
        logits = {line: explainer.logit(line) for line in rows}
        return ExplainerBench(explainer, model, EXAMPLES.ref, logits, ["risk", "noise"])
