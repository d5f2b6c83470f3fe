"""A pipeline over fakes: bodies that write facts, a lake in memory, a source that is only a name."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from application.lake.publish_output import PublishOutput
from application.run.pipeline import GRAPH, PUBLISHED, Pipeline
from application.run.run_request import RunRequest
from application.run.run_step import RunStep
from application.run.workflow import Body, Workflow
from domain.outputs import CONTRACTS
from domain.snapshot import ArtifactRef, Attempt, DatasetRef, Manifest, StepResult
from domain.source.mapping import SourceMapping
from domain.source.mapping_parts import OrderColumns, ReturnRows
from ports.code_identity import CodeIdentity
from ports.order_source import OrderSource, SourceFiles
from ports.progress import Progress
from tests.fakes.failpoints import CrashingFailpoints
from tests.fakes.publisher import InMemoryPublisher, Shopwindow
from tests.fakes.resource_meter import UnmeasuredMeter
from tests.fakes.snapshot_store import InMemorySnapshotStore
from tests.fakes.table_store import InMemoryTableStore


@dataclass
class NamedSource(OrderSource):
    """A source whose fingerprint is a word."""

    word: str = "orders"

    @property
    def mapping(self) -> SourceMapping:
        """The least mapping there is."""
        columns = OrderColumns(order_id="o", item_id="i", ordered_at="d", quantity="q", unit_price="p")
        return SourceMapping("a-shop", "rows", "orders.csv", columns, return_rows=ReturnRows("negative_quantity"))

    def files(self) -> SourceFiles:
        """No file is read."""
        return SourceFiles(())

    def fingerprint(self) -> str:
        """The word."""
        return self.word


@dataclass
class CodeByModule(CodeIdentity):
    """A version by module; every module is at version 1 until it is changed."""

    versions: dict[str, int] = field(default_factory=dict)

    def digest(self, modules: Sequence[str], distributions: Sequence[str]) -> str:
        """The versions of the modules."""
        return ",".join(f"{module}={self.versions.get(module, 1)}" for module in modules)


@dataclass
class Bench:
    """Makes workflows on one lake in memory, each as a new process would."""

    store: InMemorySnapshotStore = field(default_factory=InMemorySnapshotStore)
    code: CodeByModule = field(default_factory=CodeByModule)
    tables: InMemoryTableStore = field(default_factory=InMemoryTableStore)
    window: Shopwindow = field(default_factory=Shopwindow)
    failpoints: CrashingFailpoints = field(default_factory=CrashingFailpoints)
    bodies: dict[str, Body] = field(default_factory=dict)

    def workflow(
        self, request: RunRequest | None = None, source: str = "orders", decision: Manifest | None = None
    ) -> Workflow:
        """A run on the lake as it stands, which follows its own promotion or the decision given."""
        bodies = {step: self._body(step) for step in GRAPH} | self.bodies
        return Workflow(
            pipeline=Pipeline(request or RunRequest(), NamedSource(source), self.store, self.code, decision),
            bodies=bodies,
            run_step=RunStep(self.store, self.failpoints, UnmeasuredMeter()),
            publish_output=PublishOutput(InMemoryPublisher(self.store, self.tables, self.window)),
        )

    def _body(self, step: str) -> Body:
        """A body that makes every output of the step, empty, and the facts that others read."""

        def body(pipeline: Pipeline, attempt: Attempt, progress: Progress) -> StepResult:
            facts = {"last_day": date(2023, 4, 30).isoformat(), "decision": {"after": "model"}}
            return StepResult(tuple(self._tables(step, attempt)), tuple(self._pages(step, attempt)), facts)

        return body

    def _tables(self, step: str, attempt: Attempt) -> Iterator[DatasetRef]:
        for name, contract in CONTRACTS.items():
            if PUBLISHED[name] == step:
                yield self.tables.write(attempt, name, contract.schema, [])

    def _pages(self, step: str, attempt: Attempt) -> Iterator[ArtifactRef]:
        for name, maker in PUBLISHED.items():
            if maker == step and name not in CONTRACTS:
                self.store.put_file(attempt, f"{name}/{name}.html", b"page")
                yield ArtifactRef(name, attempt.location(name), f"{name}-content")
