"""What every scorer must do: the window, what is open of it, and the domain's own figures."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

import pytest

from domain.costs import ADVISE, NO_ACTION, CostPolicy
from domain.errors import ModelError
from domain.model.open_chance import AGAIN, open_chance, share_known, visible_lag_days
from domain.outputs import SCORES
from domain.snapshot import StepResult
from domain.unit_shares import UnitShares
from ports.batch_scorer import ScoringModel, ScoringTerms
from ports.progress import Progress
from tests.contract.known_shop import AS_OF, POLICY, KnownShop
from tests.contract.line_bench import LineBench

LAW = [0.0, 0.1, 0.1, 0.2, 0.35, 0.5, 0.7, 0.8, 0.9, 0.95, *[0.97] * 10, 1.0]
COSTS = CostPolicy(return_cost_fixed=2.0, effect=0.3)
SHARES = UnitShares((0.6, 0.3))
LEFT_BEHIND = 0.125
TERMS = ScoringTerms(AS_OF, POLICY, COSTS)


class Messages(Progress):
    """Keeps what a step said."""

    def __init__(self) -> None:
        self.shares: list[float] = []

    def report(self, message: str, share: float) -> None:
        assert message
        self.shares.append(share)


def score(
    bench: LineBench, shop: KnownShop, messages: Messages, learner: str | None = None, content: str = "model-1"
) -> StepResult:
    model = ScoringModel(bench.model_files, content, "features-1", learner, LAW, SHARES, LEFT_BEHIND)
    return bench.scorer.score(shop.put(bench), model, TERMS, bench.attempt(), messages)


def _order(row: Mapping[str, Any]) -> tuple[str, date]:
    return row["order_id"], row["ordered_at"].date()


def _sent_back(rows: Iterable[Mapping[str, Any]]) -> set[tuple[str, date]]:
    return {_order(row) for row in rows if row["returned"]}


class BatchScorerContract:
    """Laws of `ports.batch_scorer.BatchScorer`; a suite's own class gives the fixture `bench`."""

    @pytest.fixture(scope="class")
    @classmethod
    def shop(cls) -> KnownShop:
        return KnownShop.seeded()

    @pytest.fixture(scope="class")
    @classmethod
    def messages(cls) -> Messages:
        return Messages()

    @pytest.fixture(scope="class")
    @classmethod
    def scored(cls, bench: LineBench, shop: KnownShop, messages: Messages) -> StepResult:
        return score(bench, shop, messages)

    def test_the_lines_of_the_window_are_scored_and_no_others(
        self, bench: LineBench, scored: StepResult, shop: KnownShop
    ) -> None:
        first = AS_OF - timedelta(days=POLICY.window_days)
        expected = {k for k, line in shop.known_lines(AS_OF).items() if line["ordered_at"].date() >= first}
        found = [row["line_id"] for row in bench.rows(scored.tables[0])]
        assert sorted(found) == sorted(expected)
        assert any(shop.known_lines(AS_OF)[k]["ordered_at"].date() == first for k in found)

    def test_what_is_open_follows_what_was_known_of_returns(
        self, bench: LineBench, scored: StepResult, shop: KnownShop
    ) -> None:
        rows = bench.rows(scored.tables[0])
        for row in rows:
            known = shop.known(row["line_id"], AS_OF)
            assert row["open_quantity"] == row["quantity"] - known.closed
            assert row["returned"] == (known.known_on is not None)
        assert {row["returned"] for row in rows if 0 < row["open_quantity"] < row["quantity"]} == {True, False}

    def test_every_figure_is_the_domains(self, bench: LineBench, scored: StepResult, shop: KnownShop) -> None:
        chance = {row["line_id"]: row["chance"] for row in shop.features}
        sent_back = _sent_back(bench.rows(scored.tables[0]))
        for row in bench.rows(scored.tables[0]):
            p, price = chance[row["line_id"]], float(row["net_value"]) / row["quantity"]
            lag_days = visible_lag_days(row["ordered_at"].date(), AS_OF)
            share, is_left_behind = share_known(LAW, lag_days), _order(row) in sent_back and not row["returned"]
            counted = p * LEFT_BEHIND if is_left_behind else p
            still_comes = open_chance(counted, share, returned=row["returned"]) if row["open_quantity"] else 0.0
            of_unit = p * SHARES.share(row["quantity"])
            acts = row["open_quantity"] > 0 and COSTS.should_act(of_unit, price)
            assert (row["p"], row["p_open"]) == (p, still_comes)
            assert row["expected_return_cost"] == COSTS.expected_return_cost(of_unit, price, row["quantity"])
            assert row["action"] == (ADVISE if acts else NO_ACTION)
            assert row["reasons"] == (COSTS.reason(of_unit, price) if acts else None)
            assert (row["model"], row["feature_set"]) == ("model-1", "features-1")

    def test_of_a_line_returned_in_part_little_more_is_expected(self, bench: LineBench, scored: StepResult) -> None:
        partly = [row for row in bench.rows(scored.tables[0]) if row["returned"] and row["open_quantity"] > 0]
        assert max(row["p"] for row in partly) > AGAIN
        assert all(0 <= row["p_open"] <= AGAIN for row in partly)

    def test_of_the_other_lines_of_an_order_that_sent_something_back_few_follow(
        self, bench: LineBench, scored: StepResult
    ) -> None:
        rows = bench.rows(scored.tables[0])
        sent_back = _sent_back(rows)
        left = [row for row in rows if _order(row) in sent_back and not row["returned"] and row["open_quantity"]]
        assert max(row["p"] for row in left) > LEFT_BEHIND
        assert all(0 <= row["p_open"] <= LEFT_BEHIND * row["p"] for row in left)

    def test_the_facts_count_the_rows(self, bench: LineBench, scored: StepResult) -> None:
        rows = bench.rows(scored.tables[0])
        assert scored.facts == {
            "lines": len(rows),
            "open_lines": sum(row["open_quantity"] > 0 for row in rows),
            "returned_lines": sum(row["returned"] for row in rows),
            "advised_lines": sum(row["action"] == ADVISE for row in rows),
            "expected_returned_lines": pytest.approx(sum(row["p"] for row in rows)),
        }
        assert scored.facts["advised_lines"] > 0

    def test_the_table_has_the_columns_of_its_contract(self, scored: StepResult) -> None:
        assert [(table.name, table.schema) for table in scored.tables] == [("scores", SCORES)]

    def test_what_came_later_changes_nothing(self, bench: LineBench, scored: StepResult, shop: KnownShop) -> None:
        cut = shop.cut(AS_OF)
        assert len(cut.line_returns) < len(shop.line_returns)
        without_the_future = score(bench, cut, Messages())
        assert without_the_future.tables[0].content == scored.tables[0].content
        assert without_the_future.facts == scored.facts

    def test_a_model_may_read_the_lines_and_not_their_features(self, bench: LineBench, shop: KnownShop) -> None:
        column = "cancelled_quantity"  # 0 or 1 of a line: what it says of the line is nothing to the scorer
        lines = [{**line, column: number % 2} for number, line in enumerate(shop.lines)]
        marked = KnownShop(lines, shop.line_returns, shop.features)
        rows = bench.rows(score(bench, marked, Messages(), column, "model-5").tables[0])
        marks = {line["line_id"]: float(line[column]) for line in lines}
        assert {row["line_id"]: row["p"] for row in rows} == {row["line_id"]: marks[row["line_id"]] for row in rows}
        assert {row["p"] for row in rows} == {0.0, 1.0}

    @pytest.mark.parametrize(("learner", "chance"), [("chance", 1.5), ("absent", 0.5)])
    def test_a_model_that_gives_no_probabilities_is_named(
        self, bench: LineBench, shop: KnownShop, learner: str, chance: float
    ) -> None:
        features = [{**row, "chance": chance} for row in shop.features]
        with pytest.raises(ModelError, match="model-2"):
            score(bench, KnownShop(shop.lines, shop.line_returns, features), Messages(), learner, "model-2")

    def test_progress_is_told_and_never_goes_back(self, scored: StepResult, messages: Messages) -> None:
        assert scored
        assert messages.shares
        assert messages.shares == sorted(messages.shares)
