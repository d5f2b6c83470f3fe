"""Step report: gathers what a run found from its checkpoints and renders it as one page."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date

from application.reporting.actions import actions_part
from application.reporting.orders import orders_part, scores_part
from application.reporting.quality import data_part, decision_part, evaluation_part, leaks_part
from application.reporting.stock import items_part, monitoring_part, stock_part
from application.run.pipeline import Pipeline
from domain.costs import CostPolicy
from domain.labels import LabelPolicy
from domain.snapshot import ArtifactRef, Attempt, Manifest, StepResult, digest_of
from domain.source.mapping_parts import Attribute
from domain.source.money import NO_CURRENCY
from ports.report_content import CostAssumptions, MoneyBasis, Provenance, ReportContent
from ports.report_renderer import ReportRenderer
from ports.snapshot_store import SnapshotStore
from ports.table_store import TableStore

REPORT = "report"
REPORT_FILE = "report.html"
READS = ("ingest", "match", "evaluate", "promote", "score", "actions", "orders", "stock", "items", "monitor")


@dataclass(frozen=True)
class ReportSubject:
    """What the report is about.

    Args:
        shop: the source's name.
        as_of: day of the run.
        labels: when a line counts as returned.
        costs: what a return is taken to cost.
        money: the currency and tax basis of the source's amounts.
        attributes: of the source's mapping, by name.
    """

    shop: str
    as_of: date
    labels: LabelPolicy
    costs: CostPolicy
    money: MoneyBasis
    attributes: Mapping[str, Attribute] = field(default_factory=dict)


@dataclass(frozen=True)
class ComposeReport:
    """Writes the report of a run; its content leaves provenance out.

    Args:
        tables: reads what the run's tables hold.
        store: where the page goes.
        renderer: makes the page.
        provenance: says which revision of the code is running.
    """

    tables: TableStore
    store: SnapshotStore
    renderer: ReportRenderer
    provenance: Callable[[], Provenance] = Provenance

    def __call__(self, run: Pipeline, attempt: Attempt) -> StepResult:
        """Artifact `report` with the file `report.html`; every step before it must be committed."""
        mapping = run.source.mapping
        subject = ReportSubject(
            shop=mapping.name,
            as_of=run.known_as_of(),
            labels=run.request.label_policy(mapping),
            costs=run.request.costs,
            money=_money(run),
            attributes=mapping.attributes,
        )
        made = {step: run.require(step) for step in READS}
        return self.compose({**made, "promote": run.require_decision()}, subject, attempt)

    def compose(self, run: Mapping[str, Manifest], subject: ReportSubject, attempt: Attempt) -> StepResult:
        """The same from the checkpoints by step (`READS`) and what the report is about."""
        content = self.content(run, subject)
        page = self.renderer.render(content, self._complete(run))
        self.store.put_file(attempt, f"{REPORT}/{REPORT_FILE}", page)
        artifact = ArtifactRef(REPORT, attempt.location(REPORT), digest_of(asdict(content)))
        return StepResult(artifacts=(artifact,), facts={"left_out": dict(content.left_out)})

    def content(self, run: Mapping[str, Manifest], subject: ReportSubject) -> ReportContent:
        """Everything the page says, as plain values."""
        evaluation, unevaluated = evaluation_part(run["evaluate"])
        leaks = leaks_part(subject.attributes, run["evaluate"])
        stock, no_stock = stock_part(run["stock"], self.tables)
        left_out = {"evaluation": unevaluated, "stock": no_stock}
        return ReportContent(
            shop=subject.shop,
            as_of=subject.as_of.isoformat(),
            window_days=subject.labels.window_days,
            money=subject.money,
            costs=_assumptions(subject.costs),
            data=data_part(run["ingest"], run["match"], self.tables, leaks),
            decision=decision_part(run["promote"]),
            scores=scores_part(run["score"], self.tables),
            evaluation=evaluation,
            actions=actions_part(run["actions"], self.tables),
            orders=orders_part(run["orders"], self.tables),
            stock=stock,
            items=items_part(run["items"], self.tables),
            monitoring=monitoring_part(run["monitor"], self.tables),
            left_out={part: reason for part, reason in left_out.items() if reason is not None},
        )

    def _complete(self, run: Mapping[str, Manifest]) -> Provenance:
        first = next(iter(self.tables.read(run["score"].table("scores"), ("feature_set",))), None)
        return replace(
            self.provenance(),
            model=run["promote"].facts["decision"]["after"]["model"],
            feature_set="" if first is None else str(first["feature_set"]),
            source=str(run["ingest"].parameters.get("source", "")),
        )


def _money(run: Pipeline) -> MoneyBasis:
    """The currency that ingest found in the rows, and the mapping's tax."""
    mapping, currency = run.source.mapping, run.require("ingest").facts["currency"] or NO_CURRENCY
    return MoneyBasis(currency, mapping.prices_include_tax, mapping.tax_rate)


def _assumptions(costs: CostPolicy) -> CostAssumptions:
    values = tuple((name, float(value)) for name, value in asdict(costs).items())
    return CostAssumptions(values, are_defaults=costs == CostPolicy())
