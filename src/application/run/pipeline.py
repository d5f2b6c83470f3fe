"""The graph of the pipeline as one value, and the keys its steps have in one run.

A key is a hash of what a step is made of: its name, its significant parameters, the keys of its
inputs, a digest of the code that makes it and the locked versions that shape its result. It is
known before anything runs, with two exceptions that wait for a commit: the default `as_of` (the day after the
last valid row) and the steps that follow the decision in force: the one given, or the run's own promotion.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from application.run.run_request import RunRequest
from domain.errors import ConfigurationError
from domain.snapshot import Json, Manifest, digest_of
from ports.code_identity import CodeIdentity
from ports.order_source import OrderSource
from ports.snapshot_store import SnapshotStore


@dataclass(frozen=True)
class Step:
    """One node: its inputs, its significant parameters, and where its code and libraries are.

    Args:
        name: the step's name, as in keys, prefixes and tasks.
        inputs: names of the steps whose keys feed its key, in order.
        parameters: names of the run's parameters that shape its result.
        code: entry modules; their first-party imports are followed. The function that calls the step's use case counts
            by itself.
        libraries: distributions whose locked versions shape its result.
        decided: whether it follows the model that the decision in force names.
        title: what it does, for people who wait for it.
    """

    name: str
    title: str
    inputs: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()
    code: tuple[str, ...] = ()
    libraries: tuple[str, ...] = ()
    decided: bool = False

    @property
    def dated(self) -> bool:
        """Whether the step depends on `as_of`: everything from the examples on does."""
        return "as_of" in self.parameters or any(STEPS[name].dated for name in self.inputs)


_BODIES = "application.run.step_bodies"  # a step's own function counts: with the whole, a change of one would rerun all

# What writes and reads tables, and is handed to the steps' adapters rather than imported by them.
_SPARK_TABLES = (
    "adapters.spark.session.spark_session",
    "adapters.spark.tables",
    "adapters.arrow.content",
    "adapters.arrow.table_parts",
)
_SMALL_TABLES = ("adapters.arrow.table_store",)
_LINE_COUNTS = ("adapters.arrow.line_counter",)
_FITS = ("adapters.sklearn.training.trainer", "adapters.arrow.table_files")
_MODELS = ("adapters.sklearn.evaluation.evaluator", *_FITS)

_STEPS = (
    Step(
        "ingest",
        "Reading the source into canonical tables",
        parameters=("source",),
        code=("application.steps.ingest_source", "adapters.spark.ingest.ingestor", *_SPARK_TABLES),
        libraries=("pyspark", "pyarrow"),
    ),
    Step(
        "match",
        "Matching returns to the lines they came from",
        inputs=("ingest",),
        code=("application.steps.match_returns", "adapters.spark.lines.matching", *_SPARK_TABLES),
        libraries=("pyspark", "pyarrow"),
    ),
    Step(
        "features",
        "Building the features of every line as of its order",
        inputs=("ingest", "match"),
        code=("application.steps.build_features", "adapters.spark.features.builder", *_SPARK_TABLES),
        libraries=("pyspark", "pyarrow", "numpy"),
    ),
    Step(
        "examples",
        "Collecting labelled lines as they were known",
        inputs=("ingest", "match", "features"),
        parameters=("as_of", "label", "max_training_lines"),
        code=("application.steps.build_examples", "adapters.spark.lines.examples", *_SPARK_TABLES),
        libraries=("pyspark", "pyarrow"),
    ),
    Step(
        "train",
        "Fitting the evaluation and the shipping model",
        inputs=("examples",),
        parameters=("as_of", "label", "recipe"),
        code=("application.steps.train_model", *_FITS),
        libraries=("scikit-learn", "numpy", "scipy", "skops", "pyarrow"),
    ),
    Step(
        "evaluate",
        "Judging the fit on the latest mature days",
        inputs=("examples", "train"),
        parameters=("as_of", "label", "recipe", "costs"),
        code=("application.steps.evaluate_model", *_MODELS, *_SMALL_TABLES),
        libraries=("scikit-learn", "numpy", "scipy", "skops", "pyarrow"),
    ),
    Step(
        "promote",
        "Deciding which model scores",
        inputs=("examples", "train", "evaluate"),
        parameters=("as_of", "label", "recipe", "costs"),
        code=("application.steps.promote_model", *_MODELS),
        libraries=("scikit-learn", "numpy", "scipy", "skops", "pyarrow"),
    ),
    Step(
        "score",
        "Scoring the lines that may still come back",
        inputs=("ingest", "match", "features"),
        parameters=("as_of", "label", "costs"),
        code=(
            "application.champions.champion_model",
            "application.steps.score_batch",
            "adapters.spark.lines.scoring",
            "adapters.sklearn.prediction.model_files",
            *_SPARK_TABLES,
        ),
        libraries=("pyspark", "scikit-learn", "skops", "numpy", "pyarrow"),
        decided=True,
    ),
    Step(
        "actions",
        "Planning what to do about lines, and why",
        inputs=("ingest", "features", "score"),
        parameters=("as_of", "label", "costs", "actions"),
        code=(
            "application.champions.champion_model",
            "application.steps.plan_actions",
            "adapters.sklearn.prediction.explainer",
            *_SMALL_TABLES,
        ),
        libraries=("scikit-learn", "skops", "numpy", "pyarrow"),
        decided=True,
    ),
    Step(
        "orders",
        "Chances and parcels of whole orders",
        inputs=("score", "evaluate", "match"),
        parameters=("as_of", "label", "costs"),
        code=("application.steps.assess_orders", *_SMALL_TABLES),
        libraries=("pyarrow",),
    ),
    Step(
        "stock",
        "Forecasting the units that come back",
        inputs=("ingest", "match", "score"),
        parameters=("as_of", "label"),
        code=("application.steps.forecast_stock", "adapters.local.holiday_calendar", *_LINE_COUNTS, *_SMALL_TABLES),
        libraries=("holidays", "numpy", "pyarrow"),
    ),
    Step(
        "items",
        "Building the item table for recommenders",
        inputs=("ingest", "match"),
        parameters=("as_of", "label", "costs"),
        code=("application.steps.tabulate_items", *_LINE_COUNTS, *_SMALL_TABLES),
        libraries=("numpy", "pyarrow"),
    ),
    Step(
        "monitor",
        "Comparing this run with what the model learned from",
        inputs=("ingest", "match", "features", "examples", "evaluate", "score"),
        parameters=("as_of", "label", "thresholds"),
        code=("application.champions.champion", "application.steps.monitor_run", *_SMALL_TABLES),
        libraries=("pyarrow",),
        decided=True,
    ),
    Step(
        "report",
        "Writing the report",
        inputs=(
            "ingest",
            "match",
            "examples",
            "train",
            "evaluate",
            "promote",
            "score",
            "actions",
            "orders",
            "stock",
            "items",
            "monitor",
        ),
        parameters=("as_of", "label", "costs"),
        code=("application.reporting.compose_report", "adapters.report.html", *_SMALL_TABLES),
        libraries=("altair", "vl-convert-python", "jinja2", "pyarrow"),
    ),
    Step(
        "record",
        "Recording the run and its model in MLflow",
        inputs=("train", "evaluate", "promote", "report"),
        parameters=("as_of", "registry"),
        code=(
            "application.tracking.record_run",
            "adapters.mlflow.tracker",
            "adapters.mlflow.registry",
            "adapters.mlflow.served_model",
            "adapters.report.html",
        ),
        libraries=("mlflow",),
    ),
)

# What a run does not do, and a person or a schedule asks for by name.
_ON_DEMAND = (
    Step(
        "backtest",
        "Fitting and judging at every origin that the history allows",
        inputs=("examples",),
        parameters=("as_of", "label", "recipe", "costs"),
        code=("application.backtests.backtest_history", *_MODELS, *_SMALL_TABLES),
        libraries=("scikit-learn", "numpy", "scipy", "skops", "pyarrow"),
    ),
    Step(
        "record_backtest",
        "Recording the backtest in MLflow",
        inputs=("backtest",),
        parameters=("as_of", "registry"),
        code=("application.tracking.record_backtest", "adapters.mlflow.tracker", "adapters.report.html"),
        libraries=("mlflow",),
    ),
)

GRAPH: Mapping[str, Step] = {step.name: step for step in _STEPS}
ON_DEMAND: Mapping[str, Step] = {step.name: step for step in _ON_DEMAND}
STEPS: Mapping[str, Step] = {**GRAPH, **ON_DEMAND}

# Published name -> the step that makes it.
PUBLISHED: Mapping[str, str] = {
    "scores": "score",
    "actions": "actions",
    "reasons": "actions",
    "orders": "orders",
    "stock_item": "stock",
    "stock_category": "stock",
    "stock_total": "stock",
    "stock_week": "stock",
    "items": "items",
    "substitutes": "items",
    "monitoring": "monitor",
    "quarantine": "ingest",
    "report": "report",
}


def key_of(step: str, inputs: Mapping[str, str], parameters: Mapping[str, Json], code: str) -> str:
    """The key of a step made of these: the keys of its inputs, its significant parameters and its code's digest."""
    return digest_of({"step": step, "inputs": inputs, "parameters": parameters, "code": code})


class Pipeline:
    """The graph with the keys and checkpoints of one run: a source, a day and its parameters.

    Args:
        request: what was asked for.
        source: the orders to read.
        store: the lake that holds the checkpoints.
        code: identifies the code and versions behind each step.
        decision: the committed decision that the run follows; None when it follows its own promotion.
    """

    def __init__(
        self,
        request: RunRequest,
        source: OrderSource,
        store: SnapshotStore,
        code: CodeIdentity,
        decision: Manifest | None = None,
    ) -> None:
        self.request = request
        self.source = source
        self.store = store
        self._code = code
        self._follows_own = decision is None
        self._decision = decision
        self._keys: dict[str, str] = {}
        self._committed: dict[str, Manifest] = {}

    @cached_property
    def fingerprint(self) -> str:
        """The root of all keys: what the source's bytes and mapping are."""
        return self.source.fingerprint()

    @property
    def as_of(self) -> date | None:
        """The day of the run; by default the day after the last valid row, None until that is known."""
        if self.request.as_of is not None:
            return self.request.as_of
        ingested = self.checkpoint("ingest")
        if ingested is None:
            return None
        last_day = ingested.facts["last_day"]
        if last_day is None:
            raise ConfigurationError(
                f"The source '{self.source.mapping.name}' has no valid row, so it has no last day.",
                "Look at the quarantine for why its rows were set aside, or name a day with --as-of.",
            )
        return date.fromisoformat(last_day) + timedelta(days=1)

    def known_as_of(self) -> date:
        """The day of the run; raises ConfigurationError while nothing says which it is."""
        if self.as_of is None:
            raise ConfigurationError(
                f"The source '{self.source.mapping.name}' was never read into this lake, so its last day is unknown.",
                "Run `returncast run` first, or name a day with --as-of.",
            )
        return self.as_of

    @property
    def decision(self) -> Manifest | None:
        """The decision in force, whose champion scores; None while the run's own promotion is not committed.

        It is that promotion, or the rollback of its day that put it aside: a run after it makes anew what follows.
        """
        if self._decision is None:
            promoted = self.checkpoint("promote")
            self._decision = None if promoted is None else _in_force(self.store, promoted, self.known_as_of())
        return self._decision

    def key(self, name: str) -> str | None:
        """The key of a step in this run, or None while a commit it depends on is missing."""
        if name not in self._keys:
            inputs = self.input_keys(name)
            if inputs is None or (STEPS[name].dated and self.as_of is None):
                return None
            self._keys[name] = key_of(name, inputs, self.parameters(name), self.code_of(name))
        return self._keys[name]

    def input_keys(self, name: str) -> dict[str, str] | None:
        """The keys of a step's inputs by name, with the decision it follows; None while one is unknown."""
        step = STEPS[name]
        keys = {upstream: self.key(upstream) for upstream in step.inputs}
        if step.decided:
            decision = self.decision
            keys["decision"] = None if decision is None else f"{decision.key}-{decision.content}"
        known = {upstream: key for upstream, key in keys.items() if key is not None}
        return known if len(known) == len(keys) else None

    def upstream(self, name: str) -> tuple[str, ...]:
        """The steps that must be committed before this one can run."""
        step = STEPS[name]
        return (*step.inputs, "promote") if step.decided and self._follows_own else step.inputs

    def leading_to(self, name: str) -> tuple[str, ...]:
        """The step and all that must be committed before it, in the order of the graph."""
        found: set[str] = set()
        waiting = [name]
        while waiting:
            step = waiting.pop()
            found.add(step)
            waiting.extend(self.upstream(step))
        return tuple(step for step in STEPS if step in found)

    def parameters(self, name: str) -> dict[str, Json]:
        """The significant parameters of a step, as JSON values."""
        values = self.request.parameters(self.source.mapping)
        values["source"] = self.fingerprint if name == "ingest" else None
        values["as_of"] = self.as_of.isoformat() if STEPS[name].dated and self.as_of else None
        return {parameter: values[parameter] for parameter in STEPS[name].parameters}

    def code_of(self, name: str) -> str:
        """Digest of the code that makes a step and of the library versions that shape its result."""
        return self._code.digest((*STEPS[name].code, f"{_BODIES}:_{name}"), STEPS[name].libraries)

    def checkpoint(self, name: str) -> Manifest | None:
        """The step's committed manifest, or None while it is not complete."""
        if name not in self._committed:
            key = self.key(name)
            found = None if key is None else self.store.find(name, key)
            if found is None:
                return None
            self._committed[name] = found
        return self._committed[name]

    def require_decision(self) -> Manifest:
        """The decision in force; raises ConfigurationError while the run's own promotion is not committed."""
        decision = self.decision
        return self.require("promote") if decision is None else decision

    def require(self, name: str) -> Manifest:
        """The step's committed manifest; raises ConfigurationError while it is not complete."""
        found = self.checkpoint(name)
        if found is None:
            raise ConfigurationError(
                f"The step '{name}' has not run yet for this source and day.",
                "Run `returncast run` with the same arguments first.",
            )
        return found


def _in_force(store: SnapshotStore, promoted: Manifest, day: date) -> Manifest:
    """The promotion of a day, or what it led to: a rollback of that day names the decision that it puts aside."""
    of_day = [made for made in store.manifests("rollback") if made.parameters["as_of"] == day.isoformat()]
    decision = promoted
    while True:
        following = [made for made in of_day if made.inputs == {decision.step: decision.key}]
        if not following:
            return decision
        decision = max(following, key=lambda made: made.committed_at)
