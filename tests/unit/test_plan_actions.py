import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import pytest

from application.steps.plan_actions import PlanActions
from domain.actions.declared import Action, ActionPolicy, Believed, Condition
from domain.content import Cell
from domain.costs import CostPolicy
from domain.outputs import SCORES
from domain.schema import Column, Schema
from domain.schema import ColumnType as T
from domain.snapshot import Attempt, DatasetRef, Json, Manifest, StepResult
from domain.unit_shares import UnitShares
from ports.batch_scorer import ScoringModel
from tests.fakes.line_explainer import SummingExplainer
from tests.fakes.table_store import InMemoryTableStore
from tests.shops.canonical_shop import CanonicalShop, day_of, moment

AS_OF_DAY = 100
SURE = Believed(0.5, 0.3, 0.7, "made up")
CALL = Action("call", "Call.", SURE, when=(Condition("size", known=True),), daily_capacity=2)
LETTER = Action("letter", "Write.", Believed(0.1, 0.0, 0.2, "made up"), when=(Condition("basket_lines", at_least=2),))
FEATURES = Schema((Column("line_id", T.TEXT), Column("basket_lines", T.NUMBER, nullable=True)))
MODEL = ScoringModel({}, "digest", "set", "mean")


def logit_of(number: int) -> float:
    return -2 + number / 4


@dataclass
class Shop:
    """Eight lines of yesterday, the later ones with the higher chance; the even ones have a size."""

    tables: InMemoryTableStore
    units: int = 1

    def made(self, absent: list[str] | None = None) -> tuple[Manifest, Manifest, Manifest]:
        shop = CanonicalShop()
        for number in range(8):
            size = "M" if number % 2 == 0 else None
            delivered = moment(AS_OF_DAY - 1 if number < 3 else AS_OF_DAY)
            shop.sell(
                f"line{number}", AS_OF_DAY - 1, size=size, customer_id=f"customer{number}", delivered_at=delivered
            )
        lines, _ = shop.write(self.tables)
        at = Attempt("made", "key", "1", "memory://made")
        features = self.tables.write(at, "features", FEATURES, self.rows().values())
        scores = self.tables.write(at, "scores", SCORES, [self.scored(number) for number in range(8)])
        return (
            manifest("ingest", lines, absent=absent or []),
            manifest("features", features, left_out={}),
            manifest("score", scores),
        )

    def rows(self) -> dict[str, dict[str, Cell]]:
        return {f"line{n}": {"line_id": f"line{n}", "basket_lines": logit_of(n) + 5} for n in range(8)}

    def scored(self, number: int) -> dict[str, Cell]:
        p = 1 / (1 + math.exp(-logit_of(number)))
        return {
            "line_id": f"line{number}",
            "order_id": f"o-line{number}",
            "customer_id": f"customer{number}",
            "item_id": "i1",
            "ordered_at": moment(AS_OF_DAY - 1),
            "quantity": self.units,
            "open_quantity": 0 if number == 7 else self.units,
            "net_value": Decimal(20) * self.units,
            "p": p,
            "p_open": p,
            "returned": number == 7,
            "expected_return_cost": p,
            "action": "none",
            "model": "digest",
            "feature_set": "set",
        }


def manifest(step: str, table: DatasetRef, **facts: Json) -> Manifest:
    return Manifest(step, "key", "1", "", (table,), (), facts, {}, (), {}, {}, "", "")


def plan(
    policy: ActionPolicy,
    costs: CostPolicy | None = None,
    absent: list[str] | None = None,
    units: int = 1,
    model: ScoringModel = MODEL,
) -> tuple[dict[str, Mapping[str, Any]], list[Mapping[str, Any]], StepResult]:
    tables = InMemoryTableStore()
    shop = Shop(tables, units)
    explainer = SummingExplainer(
        {line: {"basket_lines": logit_of(n)} for n, line in enumerate(shop.rows())}, ["basket_lines"]
    )
    attempt = Attempt("actions", "key", "1", "memory://actions")
    made = shop.made(absent)
    result = PlanActions(tables, explainer)(*made, model, policy, costs or CostPolicy(), day_of(AS_OF_DAY), attempt)
    rows = {str(row["line_id"]): row for row in tables.read(result.tables[0])}
    return rows, list(tables.read(result.tables[1])), result


def test_a_line_of_many_units_saves_what_the_units_that_come_back_would_cost() -> None:
    some = replace(MODEL, unit_shares=UnitShares((1.0, 1.0, 1.0, 1.0, 0.05)))
    free = CostPolicy(margin_share=0.0)
    one, forty = (plan(ActionPolicy((LETTER,)), free, units=n, model=some)[0]["line5"] for n in (1, 40))

    assert one["planned"] == forty["planned"] == "letter"
    assert forty["expected_saving"] == pytest.approx(2 * one["expected_saving"])


def test_the_places_of_an_action_go_to_the_eligible_lines_where_it_saves_most() -> None:
    rows, _, result = plan(ActionPolicy((CALL, LETTER)))
    assert {line: row["action"] for line, row in rows.items()} == {
        "line0": "letter",
        "line1": "letter",
        "line2": "letter",
        "line3": "letter",
        "line4": "call",
        "line5": "letter",
        "line6": "call",
    }
    assert rows["line6"]["eligible"] == "call,letter"
    call, letter = result.facts["actions"]
    assert (call["planned"], letter["planned"]) == (2, 5)
    assert call["one_more"] > 0
    assert letter["one_more"] is None


def test_what_happens_on_the_day_or_later_is_not_known_to_an_action() -> None:
    here = replace(LETTER, when=(Condition("delivered_at", known=True),))
    assert set(plan(ActionPolicy((here,)))[0]) == {"line0", "line1", "line2"}


def test_a_line_that_finds_no_place_says_so_and_one_where_nothing_pays_too() -> None:
    rows, _, result = plan(ActionPolicy((CALL,)))
    assert {rows[line]["outcome"] for line in ("line0", "line2")} == {"capacity"}
    rows, _, _ = plan(ActionPolicy((replace(CALL, cost=100.0),)))
    assert {row["outcome"] for row in rows.values()} == {"does not pay"}
    assert {row["action"] for row in rows.values()} == {"none"}
    assert {row["propensity"] for row in rows.values()} == {1.0}
    assert result.facts["outcomes"] == {"acts": 2, "capacity": 2}


def test_nothing_is_done_about_a_held_out_customer_whose_plan_is_kept() -> None:
    rows, _, result = plan(ActionPolicy((LETTER,), hold_out_share=0.5))
    held = {line for line, row in rows.items() if row["outcome"] == "held out"}
    assert 0 < len(held) < len(rows)
    for line, row in rows.items():
        assert row["planned"] == "letter"
        assert row["action"] == ("none" if line in held else "letter")
        assert row["propensity"] == 0.5
    assert result.facts["actions"][0]["held_out"] == len(held)


def test_the_saving_is_that_of_the_lines_acted_on_a_thousand_eligible_lines() -> None:
    rows, _, result = plan(ActionPolicy((LETTER,), hold_out_share=0.5))
    acted = sum(row["expected_saving"] for row in rows.values() if row["outcome"] == "acts")
    saving = result.facts["saving_per_1000"]
    assert saving["value"] == pytest.approx(1_000 * acted / len(rows))
    assert saving["low"] < saving["value"] < saving["high"]


def test_the_parts_of_a_planned_line_add_up_to_the_logit_of_its_chance_and_the_most_worth_come_first() -> None:
    rows, reasons, result = plan(ActionPolicy((CALL, LETTER), explained_lines=3))
    explained = {row["line_id"] for row in reasons}
    best = sorted(rows, key=lambda line: -rows[line]["expected_saving"])[:3]
    assert explained == set(best)
    assert result.facts["explained"] == 3
    for line in explained:
        total = math.fsum(row["contribution"] for row in reasons if row["line_id"] == line)
        p = rows[line]["p_open"]
        assert total == pytest.approx(math.log(p / (1 - p)), abs=1e-9)
        assert rows[line]["reasons"]
    assert all(rows[line]["reasons"] is None for line in rows if line not in explained)


def test_an_action_that_asks_for_what_the_source_lacks_is_left_out_and_says_so() -> None:
    rows, _, result = plan(ActionPolicy((CALL, LETTER)), absent=["size"])
    assert {row["eligible"] for row in rows.values()} == {"letter"}
    assert "no size" in result.facts["left_out"]["call"]


@pytest.mark.parametrize("known", [True, False])
def test_an_action_that_asks_for_an_attribute_which_the_mapping_lacks_is_left_out_and_says_so(known: bool) -> None:
    typo = replace(CALL, when=(Condition("attr_materiel", known=known),))
    rows, _, result = plan(ActionPolicy((typo, LETTER)))
    assert {row["eligible"] for row in rows.values()} == {"letter"}
    assert result.facts["left_out"] == {"call": "The source has no attr_materiel, which its conditions ask for."}


def test_without_actions_there_is_no_decision() -> None:
    rows, reasons, result = plan(ActionPolicy())
    assert (rows, reasons) == ({}, [])
    assert result.facts["saving_per_1000"]["value"] == 0.0
