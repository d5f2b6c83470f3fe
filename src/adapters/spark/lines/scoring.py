"""Scoring on Spark: the lines of the window, their features, the model's chance, and the cost rule."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial

from pyspark.errors import PythonException
from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from adapters.spark.lines.cost_columns import expected_return_cost, open_chance, reason, should_act, unit_chance
from adapters.spark.lines.known_returns import is_cancelled, known_lines, with_known_returns
from adapters.spark.lines.score_kernel import CHANCES, LoadPredictor, ScoreKernel
from adapters.spark.tables import SparkTables
from domain.costs import ADVISE, NO_ACTION
from domain.days import start_of
from domain.errors import ModelError, ReturncastError, SnapshotError
from domain.labels import LabelPolicy
from domain.model.examples import LineTables
from domain.outputs import SCORES
from domain.snapshot import Attempt, DatasetRef, Json, StepResult
from ports.batch_scorer import BatchScorer, ScoringModel, ScoringTerms
from ports.progress import Progress

_KEPT = (
    "line_id",
    "order_id",
    "customer_id",
    "item_id",
    "category",
    "ordered_at",
    "quantity",
    "net_value",
    "open_quantity",
    "returned",
    "order_returned",
)


@dataclass(frozen=True)
class SparkBatchScorer(BatchScorer):
    """Scores in Arrow batches; the model is loaded once in every worker process.

    Args:
        spark: where the tables are.
        load_predictor: makes a predictor of a model's files; workers import it by its name.
    """

    spark: SparkTables
    load_predictor: LoadPredictor

    def score(
        self, tables: LineTables, model: ScoringModel, terms: ScoringTerms, attempt: Attempt, progress: Progress
    ) -> StepResult:
        """Write the table `scores`; see the port for arguments and facts."""
        progress.report(f"Scoring the lines of the {terms.policy.window_days} days before {terms.as_of}", 0.1)
        files = self.spark.session.sparkContext.broadcast(dict(model.files))
        try:
            since = start_of(terms.as_of - timedelta(days=terms.policy.window_days))
            lines = _lines_since(since, self.spark, tables, terms.policy, terms.as_of)
            kernel = ScoreKernel(files, model.content, model.learner, self.load_predictor)
            chances = _chances(since, self.spark, tables, kernel)
            frame = _decided(with_chances(lines, chances), model, terms)
            written = self.spark.write(frame, attempt, "scores", SCORES)
        except PythonException as error:
            raise _told(error, model.content) or error from error
        finally:
            files.unpersist()
        progress.report(f"Scored {written.rows} lines", 0.9)
        return StepResult(tables=(written,), facts=_facts(self.spark.read(written)))


def with_chances(lines: DataFrame, chances: DataFrame) -> DataFrame:
    """The lines that have a chance, with it.

    Spark knows nothing of what a kernel makes and takes it for small: without the hint it would collect all chances.
    """
    return lines.join(chances.hint("merge"), "line_id")


def _told(error: PythonException, content: str) -> ReturncastError | None:
    """What we raised in a worker, of a file or of the model; None where a worker failed by itself."""
    said = _last_line(error)
    for kind, told in ((SnapshotError, _unreadable), (ModelError, partial(_unable, content))):
        _, found, sentence = said.partition(f"{kind.__name__}: ")
        if found:
            return told(sentence)
    return None


def _unreadable(sentence: str) -> SnapshotError:
    return SnapshotError(f"A table could not be read where it is scored: {sentence}", "Then score again.")


def _unable(content: str, why: str) -> ModelError:
    return ModelError(
        f"The model {content} could not score: {why}",
        "Score with the feature set it was trained with, or roll back to another model.",
    )


def _last_line(error: PythonException) -> str:
    """The sentence of the error that was raised in the worker."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    raised = [line for line in lines if "Error: " in line]
    return (raised or lines or ["no reason was given."])[-1]


def _lines_since(
    since: datetime, spark: SparkTables, tables: LineTables, policy: LabelPolicy, as_of: date
) -> DataFrame:
    """The lines ordered since then, with what is open of them."""
    lines = known_lines(spark.read(tables.lines), as_of).where(F.col("ordered_at") >= F.lit(since))
    known = with_known_returns(lines, spark.read(tables.line_returns), policy, as_of).where(~is_cancelled())
    of_order = Window.partitionBy("order_id", F.to_date("ordered_at"))
    return known.withColumns(
        {
            "open_quantity": F.col("quantity") - F.col("closed_units"),
            "returned": F.col("return_known_at").isNotNull(),
            "order_returned": F.max(F.col("return_known_at").isNotNull()).over(of_order),
        }
    ).select(*_KEPT)


def _chances(since: datetime, spark: SparkTables, tables: LineTables, kernel: ScoreKernel) -> DataFrame:
    """`line_id` and `p` of the lines ordered since then."""
    read = _read_by(kernel, tables)
    return spark.map_files(read, ("line_id", *kernel.columns), kernel.score, CHANCES, since)


def _read_by(kernel: ScoreKernel, tables: LineTables) -> DatasetRef:
    """The table that has what the model reads: the features, or the lines where it looks rates up by what was sold."""
    for table in (tables.features, tables.lines):
        if set(kernel.columns) <= set(table.schema.names):
            return table
    absent = sorted(set(kernel.columns) - set(tables.features.schema.names))
    raise _unable(kernel.content, f"it reads {', '.join(absent)}, which the features lack.")


def _decided(chances: DataFrame, model: ScoringModel, terms: ScoringTerms) -> DataFrame:
    """Chances with the columns that follow from them; where nothing is open there is nothing left to act on."""
    is_open = F.col("open_quantity") > 0
    of_unit = unit_chance(model.unit_shares)
    acts = is_open & should_act(terms.costs, of_unit)
    still_comes = open_chance(model.known_law, model.left_behind, terms.as_of)
    return chances.withColumns(
        {
            "p_open": F.when(is_open, still_comes).otherwise(F.lit(0.0)),
            "expected_return_cost": expected_return_cost(terms.costs, of_unit),
            "action": F.when(acts, F.lit(ADVISE)).otherwise(F.lit(NO_ACTION)),
            "reasons": F.when(acts, reason(terms.costs, of_unit)),
            "model": F.lit(model.content),
            "feature_set": F.lit(model.feature_set),
        }
    )


def _facts(scores: DataFrame) -> dict[str, Json]:
    counted = scores.agg(
        F.count("*").alias("lines"),
        F.count(F.when(F.col("open_quantity") > 0, 1)).alias("open_lines"),
        F.count(F.when(F.col("returned"), 1)).alias("returned_lines"),
        F.count(F.when(F.col("action") == ADVISE, 1)).alias("advised_lines"),
        # Doubles add up differently in another order; decimals don't.
        F.coalesce(F.sum(F.col("p").cast("decimal(20,10)")), F.lit(0)).alias("expected_returned_lines"),
    ).collect()[0]
    return {**counted.asDict(), "expected_returned_lines": float(counted["expected_returned_lines"])}
