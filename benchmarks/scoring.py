"""Rows scored a second, beside MLflow's `spark_udf` of the same model on the same rows: `make bench-scoring`.

A model is fitted to drawn rows, then scores others under one Spark session in turns: by the pipeline's own kernel as
step `score` runs it, by the same kernel without a compiler, and by MLflow's `spark_udf` of the model as the pipeline
registers it. What starts up (workers, loading the model) is paid in a run before and told apart. Every round reads the
rows from Parquet and adds up the chances; at the end those of all three are compared line by line. Step `score` has its
workers read the files; a function on columns, as MLflow's, is given them by Spark.
"""

import argparse
import json
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import pyarrow.parquet as pq
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from adapters.arrow.content import batch_digest
from adapters.arrow.table_parts import TableParts
from adapters.local.java import use_java
from adapters.mlflow.packaging import save_package
from adapters.sklearn.prediction.compiled_trees import logits_of_sklearn
from adapters.sklearn.prediction.model_files import load_predictor
from adapters.sklearn.training.trainer import SklearnModelTrainer
from adapters.spark.lines.score_kernel import CHANCES, LoadPredictor, Predict, ScoreKernel
from adapters.spark.session.spark_session import SharedSession
from adapters.spark.tables import SparkTables
from application.tracking.package_model import package_model
from benchmarks.drawn_rows import DrawnExamples, rows_to_score, schema_to_score
from benchmarks.machine import describe_machine, render_machine, render_table
from domain.model.recipe import Recipe
from domain.snapshot import DatasetRef
from ports.model_trainer import FittedModel
from tests.examples_table import POLICY

OURS, PLAIN, PEER = "returncast", "returncast without a compiler", "MLflow spark_udf"
FILES = 8


def load_without_compiler(files: Mapping[str, bytes], learner: str | None = None) -> Predict:
    """The predictor of a worker that finds no compiler."""
    predictor = load_predictor(files, learner)
    if predictor.estimators is not None:
        vars(predictor.estimators)["trees"] = logits_of_sklearn(predictor.estimators.boosting)
    return predictor


def main() -> None:
    """Measure, print, and write the figures as JSON where `--out` says."""
    parser = argparse.ArgumentParser(prog="make bench-scoring", description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000, help="rows that every way scores in every round")
    parser.add_argument("--features", type=int, default=118, help="as many as the catalogue gives the bundled orders")
    parser.add_argument("--rounds", type=int, default=5, help="rounds after the first")
    parser.add_argument("--master", default="local[2]", help="Spark's master URL")
    parser.add_argument("--out", type=Path, help="file to write the figures to, as JSON")
    asked = parser.parse_args()
    machine = describe_machine("mlflow", "scikit-learn")
    use_java()
    session = SharedSession(asked.master)
    with tempfile.TemporaryDirectory(prefix="returncast-bench-") as place:
        figures = measure(session(), Path(place), asked.rows, asked.features, asked.rounds)
        session.stop()
    print(f"{render_machine(machine)}\n\n{render(figures)}")
    if asked.out is not None:
        asked.out.write_text(json.dumps({"machine": machine, **figures}, indent=1) + "\n", "utf-8")


def measure(session: SparkSession, place: Path, rows: int, features: int, rounds: int) -> dict[str, Any]:
    """Seconds of the first and of every later round by way, and the largest differences of chances from ours."""
    model = fitted(features)
    drawn = DatasetRef("rows", str(written(place, rows, features)), schema_to_score(features), rows, "")
    tables = SparkTables(lambda: session, batch_digest, TableParts())
    ways = {
        OURS: by_kernel(tables, drawn, model, load_predictor, OURS),
        PLAIN: by_kernel(tables, drawn, model, load_without_compiler, PLAIN),
        PEER: by_mlflow(session, session.read.parquet(drawn.uri), model, place / "packaged"),
    }
    first = {name: seconds_of(scored) for name, scored in ways.items()}
    later: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, scored in ways.items():
            seconds_of(scored)  # a worker keeps one model, and loads this one anew after another's turn
            later[name].append(seconds_of(scored))
    apart = {name: largest_difference(ways[OURS], scored) for name, scored in ways.items()}
    return {"rows": rows, "first": first, "seconds": later, "differences": apart}


def fitted(features: int) -> FittedModel:
    """The default recipe on 20,000 drawn rows."""
    examples = DrawnExamples(20_000, features)
    return SklearnModelTrainer(examples.read, examples.read_lines).fit(examples.ref, Recipe(), POLICY, examples.as_of)


def written(place: Path, rows: int, features: int) -> Path:
    """A directory with the rows to score, in several files."""
    directory = place / "rows"
    directory.mkdir()
    for number in range(FILES):
        pq.write_table(rows_to_score(features, rows // FILES, number), directory / f"{number}.parquet")
    return directory


def by_kernel(tables: SparkTables, rows: DatasetRef, model: FittedModel, load: LoadPredictor, name: str) -> DataFrame:
    """The chance of every line by the kernel of step `score`."""
    content = f"{model.content} {name}"  # a worker keeps a model by its content
    kernel = ScoreKernel(tables.session.sparkContext.broadcast(dict(model.files)), content, None, load)
    return tables.map_files(rows, rows.schema.names, kernel.score, CHANCES)


def by_mlflow(session: SparkSession, lines: DataFrame, model: FittedModel, package: Path) -> DataFrame:
    """The chance of every line by MLflow's function of the model as it is registered."""
    import mlflow.pyfunc  # noqa: PLC0415 (takes seconds, and the other two don't need it)

    save_package(package_model(model.files, model.content, "mean", "benchmark", [], {}), package, "none", "none")
    chance = mlflow.pyfunc.spark_udf(session, str(package), result_type="double", env_manager="local")
    read = [name for name in lines.columns if name != "line_id"]
    return lines.select("line_id", chance(F.struct(*read)).alias("p"))


def seconds_of(scored: DataFrame) -> float:
    """Seconds in which all chances were added up."""
    began = time.monotonic()
    scored.agg(F.sum("p")).collect()
    return time.monotonic() - began


def largest_difference(ours: DataFrame, others: DataFrame) -> float:
    """Of the chances of one line; NaN where one way lost a line or gave no chance."""
    of_ours, of_others = (part.select("line_id", "p").toArrow().sort_by("line_id") for part in (ours, others))
    if of_ours.column("line_id") != of_others.column("line_id"):
        return float("nan")
    return float(np.max(np.abs(of_ours.column("p").to_numpy() - of_others.column("p").to_numpy())))


def render(figures: Mapping[str, Any]) -> str:
    """A line a way: rows a second, start-up, ratio to MLflow's, largest difference of a chance from ours."""
    seconds = {name: median(rounds) for name, rounds in figures["seconds"].items()}
    head = ("way", "median s", "rows a second", "first round s", "times spark_udf", "largest difference")
    rows = [
        (name, taken, int(figures["rows"] / taken), figures["first"][name], seconds[PEER] / taken, apart)
        for (name, taken), apart in zip(seconds.items(), figures["differences"].values(), strict=True)
    ]
    return render_table(head, rows)


if __name__ == "__main__":
    main()
