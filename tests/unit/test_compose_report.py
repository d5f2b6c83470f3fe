"""The report as a use case: what it gathers, what its content depends on, what it says of absent parts."""

import math
from dataclasses import replace
from pathlib import Path

import pytest

from application.reporting.compose_report import ComposeReport
from application.run.pipeline import Pipeline
from application.run.run_request import RunRequest
from domain.model.recipe import Recipe
from domain.snapshot import Manifest, StepResult
from domain.source.mapping import SourceMapping
from domain.source.mapping_parts import Attribute
from domain.source.money import NO_CURRENCY
from ports.report_content import Estimate, Provenance, ReportContent
from tests.fakes.report_renderer import PlainReportRenderer
from tests.finished_run import HOSTILE, PROVENANCE, SHOP, FinishedRun
from tests.shops.declared import EVERYTHING
from tests.unit.pipeline_bench import CodeByModule, NamedSource

RECIPE = Recipe(learning_rate=0.2)


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> FinishedRun:
    run = FinishedRun(tmp_path_factory.mktemp("lake"))
    run.run(RECIPE, PlainReportRenderer())
    return run


@pytest.fixture(scope="module")
def content(finished: FinishedRun) -> ReportContent:
    return composer(finished).content(finished.made, finished.report_subject)


def composer(finished: FinishedRun, provenance: Provenance = PROVENANCE) -> ComposeReport:
    return ComposeReport(finished.tables, finished.store, PlainReportRenderer(), lambda: provenance)


def composed(finished: FinishedRun, provenance: Provenance = PROVENANCE) -> StepResult:
    attempt = finished.begin("report", "again")
    return composer(finished, provenance).compose(finished.made, finished.report_subject, attempt)


def test_the_page_is_the_artifact_report(finished: FinishedRun) -> None:
    page = finished.store.read_file(finished.made["report"], "report/report.html").decode()
    assert finished.made["report"].artifact("report").uri.endswith("/report")
    assert SHOP in page


def test_provenance_is_on_the_page_and_not_in_the_content(finished: FinishedRun) -> None:
    page = finished.store.read_file(finished.made["report"], "report/report.html").decode()
    scored = finished.made["promote"].facts["decision"]["after"]["model"]
    assert str(replace(PROVENANCE, model=scored, feature_set="f", source="f" * 64)) in page
    other = composed(finished, replace(PROVENANCE, commit="another", made_at="later"))
    assert other.artifacts[0].content == finished.made["report"].artifact("report").content


def test_another_figure_is_another_content(finished: FinishedRun) -> None:
    before = composed(finished).artifacts[0].content
    subject = replace(finished.report_subject, money=replace(finished.report_subject.money, currency="EUR"))
    attempt = finished.begin("report", "again")
    assert composer(finished).compose(finished.made, subject, attempt).artifacts[0].content != before


def test_a_column_that_tells_the_outcome_is_named_beside_the_quality_of_the_data(finished: FinishedRun) -> None:
    subject = replace(finished.report_subject, attributes={"paid_back": Attribute("Paid back", "numeric")})
    evaluated = finished.made["evaluate"]
    revealing = [{"feature": "attr_paid_back_value", "auc": 1.0}]
    leaking = {**finished.made, "evaluate": replace(evaluated, facts={**evaluated.facts, "revealing": revealing})}
    (said,) = composer(finished).content(leaking, subject).data.leaks
    assert "column 'Paid back'" in said
    assert composer(finished).content(finished.made, subject).data.leaks == ()


class SourceOfManyColumns(NamedSource):
    """A source whose rows name their currency."""

    @property
    def mapping(self) -> SourceMapping:
        return EVERYTHING


class CommittedPipeline(Pipeline):
    """A run whose every step has been committed, and whose ingest found this currency."""

    def __init__(self, finished: FinishedRun, currency: str | None) -> None:
        super().__init__(RunRequest(finished.as_of), SourceOfManyColumns(), finished.store, CodeByModule())
        ingested = finished.made["ingest"]
        self._made = {**finished.made, "ingest": replace(ingested, facts={**ingested.facts, "currency": currency})}

    def require(self, name: str) -> Manifest:
        return self._made[name]


@pytest.mark.parametrize(("found", "shown"), [("EUR", "EUR"), (None, NO_CURRENCY)])
def test_the_currency_is_the_one_that_ingest_found_in_the_rows(
    finished: FinishedRun, found: str | None, shown: str
) -> None:
    money = replace(finished.report_subject.money, currency=shown, prices_include_tax=EVERYTHING.prices_include_tax)
    run = CommittedPipeline(finished, found)
    subject = replace(
        finished.report_subject,
        shop=EVERYTHING.name,
        labels=run.request.label_policy(EVERYTHING),
        money=replace(money, tax_rate=EVERYTHING.tax_rate),
    )
    expected = composer(finished).compose(finished.made, subject, finished.begin("report", "expected"))
    found_by_run = composer(finished)(run, finished.begin("report", "found"))
    assert found_by_run.artifacts[0].content == expected.artifacts[0].content


def test_rows_and_units_obey_their_laws_and_reasons_have_samples(content: ReportContent) -> None:
    data = content.data
    assert data.rows_in == data.rows_kept + data.rows_set_aside + data.rows_duplicate
    assert data.return_units == data.matched_units + data.orphan_units + data.cancelled_units
    assert [(r.reason, r.rows) for r in data.reasons] == [("bad_date", 2), ("no_item", 1)]
    assert data.reasons[0].samples == ("'31/02' is no day.", HOSTILE)
    assert data.cleared == (("delivered_before_ordered", 7),)
    assert data.orphan_units_by_month == (("2024-01", 5), ("2024-02", 3))


def test_scores_are_counted_and_the_costliest_open_lines_come_first(content: ReportContent) -> None:
    scores = content.scores
    assert sum(scores.histogram) == scores.lines > 100
    assert 0 < scores.open_lines < scores.lines
    assert 0 < scores.mean_p < 1
    costs = [line.expected_return_cost for line in scores.top]
    assert costs == sorted(costs, reverse=True)
    assert costs[0] == 49.0
    assert len(costs) == 12


def test_the_forecast_adds_up_over_days_weeks_and_categories(content: ReportContent) -> None:
    stock = content.stock
    assert stock is not None
    assert len(stock.days) == 28
    assert math.isclose(sum(day.arrivals for day in stock.days), stock.arrivals.value)
    assert math.isclose(sum(week.arrivals.value for week in stock.weeks), stock.arrivals.value)
    assert math.isclose(sum(group.arrivals or 0 for group in stock.categories), stock.arrivals.value)
    assert (stock.weeks[0].first_day, stock.weeks[-1].last_day) == (stock.days[0].day, stock.days[-1].day)
    assert {group.name for group in stock.categories} == {"shoes", "coats", "no category"}
    assert stock.categories_in_all == 3


def test_only_the_largest_categories_are_shown_and_all_are_counted(
    finished: FinishedRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("application.reporting.stock.GROUPS_SHOWN", 2)
    stock = composer(finished).content(finished.made, finished.report_subject).stock
    assert stock is not None
    assert (len(stock.categories), stock.categories_in_all) == (2, 3)


def test_the_test_the_decision_and_the_alerts_are_told(content: ReportContent) -> None:
    evaluation = content.evaluation
    assert evaluation is not None
    assert evaluation.learners[0].learner == "mean"
    assert evaluation.learners[-1].learner == "baseline"
    assert isinstance(evaluation.metric("mean", "log_loss"), Estimate)
    assert evaluation.metric("mean", "no such metric") is None
    assert (content.decision.outcome, content.decision.before) == ("first", None)
    assert [(m.family, m.subject) for m in content.monitoring if m.alert] == [("input", "set_aside_share")]
    assert [(m.family, m.subject) for m in content.monitoring if m.crossed and not m.alert] == [("psi", "risk")]
    assert content.left_out == {}


def test_orders_and_items_show_the_costliest_first(content: ReportContent) -> None:
    assert content.orders is not None
    assert content.items is not None
    costs = [order.expected_return_cost for order in content.orders.top]
    assert costs == sorted(costs, reverse=True)
    assert all(order.open_lines for order in content.orders.top)
    totals = [item.expected_cost_of_sale * item.units for item in content.items.top]
    assert totals == sorted(totals, reverse=True)
    assert content.items.items == 30


def test_defaults_of_the_costs_are_known_as_such(finished: FinishedRun, content: ReportContent) -> None:
    assert content.costs.are_defaults
    own = replace(finished.report_subject, costs=replace(finished.report_subject.costs, effect=0.3))
    assert not composer(finished).content(finished.made, own).costs.are_defaults


def test_parts_that_a_run_does_not_have_are_named_with_the_reason(tmp_path: Path) -> None:
    run = FinishedRun(tmp_path)
    run.run(RECIPE, PlainReportRenderer())
    run.replace_facts("evaluate", learners={}, reason="Not enough history.")
    run.replace_facts("stock", skipped="No dates.")
    content = composer(run).content(run.made, run.report_subject)
    assert (content.evaluation, content.stock) == (None, None)
    assert content.left_out == {"evaluation": "Not enough history.", "stock": "No dates."}


def test_the_plan_has_its_capacity_its_bounds_and_who_is_held_out(content: ReportContent) -> None:
    plan = content.actions
    assert plan is not None
    assert (plan.lines, plan.acted, plan.held_out) == (3, 1, 1)
    assert plan.saving.low is not None
    assert plan.saving.low < plan.saving.value < (plan.saving.high or 0.0)
    assert [(a.name, a.planned, a.daily_capacity, a.one_more) for a in plan.actions] == [("call", 2, 2, 0.7)]
    assert [(line.line_id, line.held_out) for line in plan.top] == [("line0", False), ("line1", True)]
    assert plan.left_out == (("other", "The source has no size."),)
