from dataclasses import replace
from datetime import date

import pytest

from domain.model.decision import Champion, Interval
from domain.model.promotion import (
    Comparison,
    SliceComparison,
    TrialFigures,
    judge_first,
    judge_new_recipe,
    judge_refit,
    judge_without_test,
)
from domain.model.recipe import Recipe

CHAMPION = Champion("c0ffee", Recipe(), ("price",), "rules-1", date(2024, 1, 1), skill=0.10)
GOOD = TrialFigures(log_loss=0.40, skill=0.11, baseline_log_loss=0.44, baseline_skill=0.02)
WIN = Comparison(
    log_loss_difference=Interval(-0.01, -0.02, -0.001),
    cost_difference=-5.0,
    candidate_ece=0.02,
    champion_ece=0.02,
    customers=30,
    returned_lines=20,
    candidate_slope=1.0,
    champion_slope=1.0,
    slices=(SliceComparison("category", "shoes", 500, 100, 0.40, 0.41),),
)


def test_without_champion_a_candidate_that_beats_the_baseline_is_first() -> None:
    verdict = judge_first(GOOD)
    assert (verdict.outcome, verdict.takes_over) == ("first", True)


@pytest.mark.parametrize("log_loss", [0.44, 0.45])
def test_without_champion_the_baseline_ships_where_the_candidate_does_not_beat_it(log_loss: float) -> None:
    verdict = judge_first(replace(GOOD, log_loss=log_loss))
    assert (verdict.outcome, verdict.takes_over) == ("baseline", True)
    assert "not below" in " ".join(verdict.reasons)


def test_without_history_a_model_ships_only_where_there_is_no_champion() -> None:
    first, later = judge_without_test(None, "Too short."), judge_without_test(CHAMPION, "Too short.")
    assert (first.outcome, first.takes_over) == ("unevaluated", True)
    assert (later.outcome, later.takes_over) == ("kept", False)
    assert "Too short." in first.reasons


@pytest.mark.parametrize(
    ("skill", "baseline_skill", "outcome"),
    [
        (0.11, 0.02, "refit"),
        (0.081, 0.02, "refit"),
        (0.079, 0.02, "kept"),  # more than 0.02 below what was recorded
        (0.09, 0.095, "kept"),  # below the baseline
    ],
)
def test_a_refit_replaces_the_champion_unless_its_skill_fell(skill: float, baseline_skill: float, outcome: str) -> None:
    figures = replace(GOOD, skill=skill, baseline_skill=baseline_skill)
    assert judge_refit(figures, CHAMPION).outcome == outcome


def test_a_refit_of_an_untested_champion_is_judged_against_the_baseline_alone() -> None:
    untested = replace(CHAMPION, skill=None)
    assert judge_refit(replace(GOOD, skill=0.001, baseline_skill=0.0), untested).outcome == "refit"
    assert judge_refit(replace(GOOD, skill=-0.01, baseline_skill=0.0), untested).outcome == "kept"


def test_a_new_recipe_that_wins_everywhere_is_promoted() -> None:
    assert judge_new_recipe(GOOD, WIN).outcome == "promoted"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"log_loss_difference": Interval(-0.01, -0.02, 0.0)}, "does not lie below 0"),
        ({"cost_difference": 0.5}, "costs 0.50 more"),
        ({"candidate_ece": 0.031}, "calibration error"),
        ({"candidate_slope": 1.2}, "calibration slope"),
        ({"candidate_slope": 0.8}, "calibration slope"),
        ({"candidate_slope": 1.3, "champion_slope": 1.15}, "calibration slope"),
        ({"slices": (SliceComparison("category", "shoes", 500, 100, 0.419, 0.41),)}, "category shoes"),
    ],
)
def test_a_new_recipe_that_fails_one_test_is_not_promoted_and_the_reason_is_said(
    change: dict[str, object], said: str
) -> None:
    verdict = judge_new_recipe(GOOD, replace(WIN, **change))  # type: ignore[arg-type]
    assert (verdict.outcome, verdict.takes_over) == ("kept", False)
    assert said in " ".join(verdict.reasons)


@pytest.mark.parametrize("customers", [1, 29])
def test_a_new_recipe_proves_nothing_on_a_handful_of_customers(customers: int) -> None:
    """One customer alone has an interval of no width, below 0 for any gain."""
    few = replace(WIN, customers=customers, log_loss_difference=Interval(-1e-6, -1e-6, -1e-6))
    verdict = judge_new_recipe(GOOD, few)
    assert verdict.outcome == "kept"
    assert f"holds {customers} customers" in " ".join(verdict.reasons)
    assert WIN.proves_better
    assert not few.proves_better
    assert not replace(WIN, log_loss_difference=Interval(-0.01, -0.03, 0.01)).proves_better


@pytest.mark.parametrize("returned", [0, 1, 19])
def test_a_new_recipe_proves_nothing_on_a_handful_of_returns(returned: int) -> None:
    """Where nothing came back, the recipe of the lower chances has the lower log-loss on every line."""
    few = replace(WIN, customers=5_000, returned_lines=returned)
    verdict = judge_new_recipe(GOOD, few)
    assert verdict.outcome == "kept"
    assert f"holds {returned} lines that came back" in " ".join(verdict.reasons)
    assert not few.proves_better


def test_a_new_recipe_must_beat_the_baseline_too() -> None:
    verdict = judge_new_recipe(replace(GOOD, log_loss=0.45), WIN)
    assert verdict.outcome == "kept"
    assert "not below the baseline" in " ".join(verdict.reasons)


def test_a_slice_of_few_lines_holds_nothing_up() -> None:
    few = (SliceComparison("category", "hats", 99, 49, 0.9, 0.4),)
    assert judge_new_recipe(GOOD, replace(WIN, slices=few)).outcome == "promoted"


@pytest.mark.parametrize(("returned", "outcome"), [(49, "promoted"), (50, "kept"), (450, "kept"), (451, "promoted")])
def test_a_slice_of_few_returns_or_of_few_lines_kept_holds_nothing_up(returned: int, outcome: str) -> None:
    slices = (SliceComparison("category", "hats", 500, returned, 0.9, 0.4),)
    assert judge_new_recipe(GOOD, replace(WIN, slices=slices)).outcome == outcome


@pytest.mark.parametrize(
    "change",
    [
        {"cost_difference": 0.0},
        {"candidate_ece": 0.029},
        {"candidate_slope": 0.8, "champion_slope": 1.15},
        {"candidate_slope": 1.2, "champion_slope": None},
        {"slices": (SliceComparison("category", "shoes", 500, 100, 0.418, 0.41),)},
    ],
)
def test_a_new_recipe_may_lose_a_little_where_it_does_not_win(change: dict[str, object]) -> None:
    assert judge_new_recipe(GOOD, replace(WIN, **change)).outcome == "promoted"  # type: ignore[arg-type]
