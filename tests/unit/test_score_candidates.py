"""Scoring candidates on a lake in memory: what is told of each, what is refused, and one answer to one question."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from application.candidates.candidate_chances import FindCandidateChances
from application.candidates.score_candidates import STEP, ScoreCandidates
from application.run.pipeline import Pipeline
from application.run.run_request import RunRequest
from domain.costs import CostPolicy
from domain.errors import ConfigurationError, ModelError
from domain.features.catalogue import features_for_source
from domain.features.feature import digest_of_rules
from domain.model.decision import Champion, Decision
from domain.model.recipe import Recipe
from domain.recommendation.candidates import CANDIDATES, SET_ASIDE
from domain.recommendation.items import value_sale
from domain.snapshot import ArtifactRef, Attempt, Manifest, StepResult
from domain.tables import LINE_RETURNS, ORDER_LINES
from ports.batch_scorer import ScoringModel
from ports.progress import Progress
from tests.contract.rule_cases import Row, a_fate, a_line
from tests.fakes.candidate_features import InMemoryCandidateFeatureBuilder
from tests.fakes.known_rows import KnownLine
from tests.fakes.line_steps import InMemoryBatchScorer
from tests.fakes.progress import RecordingProgress
from tests.unit.pipeline_bench import Bench, NamedSource

DAY = date(2024, 5, 1)
START = datetime(2024, 5, 1, tzinfo=UTC)
LABEL = NamedSource().mapping.label_policy()
RULES = features_for_source((), {}, NamedSource().mapping.exposure_law())
PROGRESS = RecordingProgress()


def bought(number: int, days_ago: int, **cells: Any) -> Row:
    line = a_line(number, START - timedelta(days=days_ago), category="tops", **cells)
    return {name: line[name] for name in ORDER_LINES.names}


LINES = [bought(1, 9), bought(2, 8, customer_id="bob"), bought(3, 7, item_id="shirt-l"), bought(4, -2)]


def chance(model: ScoringModel, line: KnownLine) -> float:
    """The customer's lines of the last 30 days tell, a tenth each; the baseline does not look at them."""
    return 0.5 if model.learner == "baseline" else line.features["customer_lines_30_days"] / 10


@dataclass
class Shop:
    """A lake in memory with the orders read and matched, and a champion."""

    lines: list[Row] = field(default_factory=lambda: LINES)
    rules: str = digest_of_rules(RULES.rules, ("customer_lines_30_days",))
    bench: Bench = field(default_factory=Bench)

    def __post_init__(self) -> None:
        self.bench.bodies |= {
            "ingest": self._ingest,
            "match": self._match,
            "train": self._train,
            "promote": self._promote,
        }

    def run_pipeline(self, day: date = DAY, until: str = "promote") -> "Shop":
        workflow = self.bench.workflow(RunRequest(as_of=day))
        for step in workflow.pipeline.leading_to(until):
            workflow.run(step, PROGRESS)
        return self

    def score(self, *asked: dict[str, str | None], day: date = DAY, **settings: Any) -> Manifest:
        tables, store = self.bench.tables, self.bench.store
        chances = FindCandidateChances(
            tables, InMemoryCandidateFeatureBuilder(tables), InMemoryBatchScorer(tables, chance)
        )
        run = self.bench.workflow(RunRequest(as_of=day, **settings)).pipeline
        return ScoreCandidates(store, tables, chances, self.bench.code)(run, asked, PROGRESS)

    def rows(self, scored: Manifest, table: str = "candidates") -> list[dict[str, Any]]:
        return [dict(row) for row in self.bench.tables.read(scored.table(table))]

    def _ingest(self, run: Pipeline, attempt: Attempt, progress: Progress) -> StepResult:
        table = self.bench.tables.write(attempt, "order_lines", ORDER_LINES, self.lines)
        return StepResult(tables=(table,), facts={"absent": [], "last_day": "2024-04-30"})

    def _match(self, run: Pipeline, attempt: Attempt, progress: Progress) -> StepResult:
        fates = [a_fate(self.lines[0], START - timedelta(days=3))] if self.lines else []
        return StepResult(tables=(self.bench.tables.write(attempt, "line_returns", LINE_RETURNS, fates),))

    def _train(self, run: Pipeline, attempt: Attempt, progress: Progress) -> StepResult:
        self.bench.store.put_file(attempt, "model/model.bin", b"model")
        model = ArtifactRef("model", attempt.location("model"), "model-1")
        return StepResult(artifacts=(model,), facts={"lag_law": None, "unit_shares": [0.6]})

    def _promote(self, run: Pipeline, attempt: Attempt, progress: Progress) -> StepResult:
        champion = Champion("model-1", Recipe(), ("customer_lines_30_days",), self.rules, run.known_as_of())
        decision = Decision(run.known_as_of(), "a-shop", LABEL, "first", None, champion, ("It is the first.",))
        location = {"step": "train", "key": run.key("train"), "artifact": "model"}
        return StepResult(facts={"decision": decision.as_json()}, notes={"model": location})


def asked(customer_id: str | None = "ann", item_id: str = "shirt-m", **cells: str) -> dict[str, str | None]:
    return {"customer_id": customer_id, "item_id": item_id, **cells}


def test_a_candidate_is_told_its_chances_what_it_costs_and_what_was_known_of_it() -> None:
    shop = Shop().run_pipeline()
    scored = shop.score(asked(price="40", quantity="2"))
    worth = value_sale(0.2 * 0.6, 40.0, CostPolicy())  # of two units 0.6 come back, given that something does
    assert [(table.name, table.schema) for table in scored.tables] == [
        ("candidates", CANDIDATES),
        ("set_aside", SET_ASIDE),
    ]
    assert shop.rows(scored) == [
        {
            "row": 1,
            "customer_id": "ann",
            "item_id": "shirt-m",
            "quantity": 2,
            "unit_price": Decimal(40),
            "price_from": "file",
            "discount": 0.0,
            "net_value": Decimal(80),
            "p": 0.2,
            "p_baseline": 0.5,
            "expected_return_cost": pytest.approx(2 * worth.expected_cost_of_sale),
            "margin_net_of_returns": pytest.approx(2 * worth.margin_net_of_returns),
            "penalty": worth.penalty,
            "item_lines": 2,
            "customer_lines": 2,
            "as_of": DAY,
            "model": "model-1",
        }
    ]


def test_every_row_is_accounted_for_and_those_set_aside_say_why() -> None:
    shop = Shop().run_pipeline()
    scored = shop.score(
        asked(),
        asked("ann", "new"),
        asked(None, "new", price="5"),
        asked(),
        asked("new", "shirt-l", price="-1"),
        asked("new", "shirt-l", discount="0.2"),
    )
    assert [row["row"] for row in shop.rows(scored)] == [1, 3, 6]
    assert [(row["row"], row["reason"]) for row in shop.rows(scored, "set_aside")] == [
        (2, "price_unknown"),
        (5, "price_negative"),
    ]
    assert scored.facts == {
        "rows_in": 6,
        "rows_kept": 3,
        "rows_set_aside": 2,
        "rows_duplicate": 1,
        "set_aside_by_reason": {"price_negative": 1, "price_unknown": 1},
        "of_new_items": 1,
        "for_new_customers": 1,
        "for_guests": 1,
        "placed_at": START.isoformat(),
        "model": "model-1",
        "learner": "mean",
    }


def test_a_candidate_is_told_the_same_whatever_others_are_asked_about() -> None:
    shop = Shop().run_pipeline()
    alone = shop.rows(shop.score(asked()))
    among = shop.rows(shop.score(asked(), asked("ann", "shirt-l"), asked("bob", "shirt-m", price="1")))
    assert among[:1] == alone


def test_an_earlier_day_sees_less() -> None:
    shop = Shop().run_pipeline(DAY - timedelta(days=8))
    (row,) = shop.rows(shop.score(asked(), day=DAY - timedelta(days=8)))
    assert (row["item_lines"], row["customer_lines"], row["p"]) == (1, 1, 0.1)


def test_the_same_question_is_answered_once_and_another_anew() -> None:
    shop = Shop().run_pipeline()
    first = shop.score(asked())
    assert shop.score(asked()) == first
    assert shop.score(asked(), costs=CostPolicy(return_cost_fixed=9.0)).key != first.key
    assert shop.score(asked(price="9")).key != first.key
    assert len(shop.bench.store.manifests(STEP)) == 3


def test_a_file_without_a_usable_row_has_no_candidate() -> None:
    shop = Shop().run_pipeline()
    scored = shop.score(asked("ann", ""))
    assert (shop.rows(scored), scored.facts["rows_in"], scored.facts["rows_set_aside"]) == ([], 1, 1)
    assert shop.score().facts["rows_in"] == 0


def test_orders_that_were_never_read_are_asked_for() -> None:
    with pytest.raises(ConfigurationError, match=r"holds no run of 'a-shop'.*returncast run --as-of 2024-05-01"):
        Shop().score(asked())


def test_without_a_champion_as_of_the_day_nothing_is_scored() -> None:
    shop = Shop().run_pipeline(DAY + timedelta(days=1))
    with pytest.raises(ModelError, match=r"No champion stands for 'a-shop' as of 2024-05-01.*run --as-of 2024-05-01"):
        shop.score(asked())
    assert not shop.bench.store.manifests(STEP)


def test_a_champion_that_learned_from_other_features_is_refused() -> None:
    shop = Shop(rules="other-rules").run_pipeline()
    with pytest.raises(ModelError, match=r"model-1 cannot score: .*other-rules"):
        shop.score(asked())


def test_a_champion_of_an_earlier_day_scores_a_later_one() -> None:
    shop = Shop().run_pipeline()
    (row,) = shop.rows(shop.score(asked(), day=DAY + timedelta(days=1)))
    assert (row["as_of"], row["model"]) == (DAY + timedelta(days=1), "model-1")


def test_a_shop_whose_orders_hold_no_line_scores_new_items() -> None:
    shop = Shop(lines=[]).run_pipeline()
    (row,) = shop.rows(shop.score(asked(price="3")))
    assert (row["item_lines"], row["customer_lines"], row["p"]) == (0, 0, 0.0)
