from datetime import timedelta

import numpy as np
import pytest

from adapters.sklearn.prediction.model_files import load_predictor
from adapters.sklearn.training.example_rows import training_rows
from adapters.sklearn.training.lag_law import LagCounts, Lags
from adapters.sklearn.training.open_orders import OpenOrders, WeightedLabels, open_orders
from adapters.sklearn.training.trainer import SklearnModelTrainer
from domain.model.open_chance import open_chance
from domain.model.recipe import Recipe
from tests.examples_table import FIRST_DAY, POLICY, ExamplesTable

FIT_AT = FIRST_DAY + timedelta(days=60)
EXAMPLES = ExamplesTable(4000)
LAGS = Lags(np.array([0.0] + [1.0] * 28 + [0.0] * (POLICY.window_days - 28)))
COUNTS = LagCounts(0, 0, LAGS, LAGS)
RECIPE = Recipe(iterations=10, min_samples_leaf=20)


def opened(min_share: float = 0.05) -> OpenOrders:
    found = open_orders(EXAMPLES.table, POLICY, FIT_AT, COUNTS, min_share)
    assert found is not None
    return found


def joined(chance: float) -> tuple[OpenOrders, WeightedLabels]:
    found = opened()
    settled = WeightedLabels.certain(np.zeros(3), np.ones(3))
    return found, found.joined(settled, np.full(found.rows.num_rows, chance))


def test_only_lines_that_are_neither_mature_nor_too_young_are_open() -> None:
    days = opened().rows["ordered_on"].to_pylist()

    assert min(days) == POLICY.last_mature_day(FIT_AT) + timedelta(days=1)
    assert max(days) == FIT_AT - timedelta(days=3)  # at age 2 the law has elapsed by 2/28
    assert not {*opened().rows["line_id"].to_pylist()} & {
        *training_rows(EXAMPLES.table, POLICY, FIT_AT)["line_id"].to_pylist()
    }


def test_a_young_age_is_left_out_whole_the_returned_lines_too() -> None:
    shares = opened(0.5).shares

    assert shares.min() == 0.5  # of an age at which just so much of the law has elapsed
    assert opened(0.5).rows.num_rows < opened().rows.num_rows


def test_a_returned_line_counts_once_and_an_open_one_twice_with_weights_that_add_up_to_what_its_age_tells() -> None:
    found, known = joined(0.3)
    came = int(found.returned.sum())
    still = found.rows.num_rows - came

    assert 0 < came < found.rows.num_rows
    assert len(known.labels) == 3 + came + 2 * still
    assert known.weights.sum() == pytest.approx(3 + found.shares.sum())
    assert known.labels.sum() == came + still


def test_thinned_labels_are_those_of_whole_lines_spread_over_all() -> None:
    _, known = joined(0.3)
    thinned = known.thinned(100)
    lines = np.unique(thinned.rows)

    assert 50 < len(lines) <= 100
    assert len(np.unique(np.diff(lines))) == 1
    assert lines[-1] > known.rows.max() * 0.9
    assert thinned.weights.sum() == pytest.approx(known.weights[np.isin(known.rows, lines)].sum())
    assert known.thinned(len(np.unique(known.rows))) is known


def test_the_weight_of_a_return_yet_to_come_is_the_open_chance() -> None:
    found, known = joined(0.3)
    still = np.flatnonzero(found.returned == 0)
    first = 3 + int(found.returned.sum())

    expected = [share * open_chance(0.3, share) for share in found.shares[still]]
    assert known.weights[first : first + len(still)].tolist() == pytest.approx(expected)


def test_lines_that_stand_for_more_of_their_age_weigh_more() -> None:
    found = opened()
    drawn = found.drawn(500, seed=1)

    assert drawn.rows.num_rows == 500
    assert (drawn.weights * drawn.returned).sum() == pytest.approx(found.returned.sum())
    assert drawn.weights.sum() == pytest.approx(found.rows.num_rows)
    known = drawn.joined(WeightedLabels.certain(np.zeros(3), np.ones(3)), np.full(500, 0.3))
    assert known.weights.sum() == pytest.approx(3 + (drawn.weights * drawn.shares).sum())


def test_without_a_law_of_lags_nothing_is_learned_from_open_orders() -> None:
    assert open_orders(EXAMPLES.table, POLICY, FIT_AT, None, 0.05) is None


def test_a_fit_says_what_it_learned_from_open_orders_and_the_recipe_switches_it_off() -> None:
    trainer = SklearnModelTrainer(EXAMPLES.read, EXAMPLES.read_lines)
    with_open = trainer.fit(EXAMPLES.ref, RECIPE, POLICY, FIT_AT)
    without = trainer.fit(EXAMPLES.ref, Recipe(iterations=10, min_samples_leaf=20, open_order_rounds=0), POLICY, FIT_AT)

    assert with_open.facts["open_orders"]["lines"] > 500
    assert with_open.facts["open_orders"]["rounds"] == 2
    assert without.facts["open_orders"]["lines"] == 0
    assert "mature lines alone" in without.facts["open_orders"]["reason"]
    assert with_open.facts["rows"] == without.facts["rows"]
    chances = [load_predictor(model.files)(EXAMPLES.table) for model in (with_open, without)]
    assert 0 < np.abs(chances[0] - chances[1]).mean() < 0.1


def test_a_fit_with_open_orders_sees_nothing_of_the_future() -> None:
    days, known = (EXAMPLES.table[name].to_pylist() for name in ("ordered_on", "return_known_on"))
    hidden = EXAMPLES.with_column("return_known_on", [k if k is not None and k < FIT_AT else None for k in known])
    lags = EXAMPLES.table["return_lag_days"].to_pylist()
    hidden = hidden.with_column(
        "return_lag_days", [g if k is not None and k < FIT_AT else None for g, k in zip(lags, known, strict=True)]
    )
    hidden.table = hidden.table.filter(np.array([day < FIT_AT for day in days]))

    first, blind = (
        SklearnModelTrainer(e.read, e.read_lines).fit(e.ref, RECIPE, POLICY, FIT_AT) for e in (EXAMPLES, hidden)
    )
    assert first.content == blind.content


def test_thinning_keeps_all_lines_where_a_rare_class_would_be_lost() -> None:
    labels = np.zeros(1000)
    labels[1] = 1  # not among every second row
    rare = WeightedLabels.certain(labels, np.ones(1000))
    common = WeightedLabels.certain(np.arange(1000) % 5 < 2, np.ones(1000))

    assert set(rare.thinned(500).labels) == {0.0, 1.0}
    assert len(common.thinned(500).labels) == 500


def test_the_rarer_outcome_counts_a_line_drawn_for_many_once_and_an_open_one_in_part() -> None:
    rows, labels = np.array([0, 1, 2, 3, 3]), np.array([1.0, 0.0, 0.0, 1.0, 0.0])
    known = WeightedLabels(rows, labels, np.array([0.4, 2.8, 2.8, 0.1, 1.4]))  # line 3 is open

    assert known.rarer == pytest.approx(1.25)
    assert WeightedLabels(rows, 1 - labels, known.weights).rarer == pytest.approx(1.25)
    assert WeightedLabels.certain(np.ones(5), np.ones(5)).rarer == 0


def test_a_fit_to_many_lines_of_both_outcomes_has_more_trees(monkeypatch: pytest.MonkeyPatch) -> None:
    trainer = SklearnModelTrainer(EXAMPLES.read, EXAMPLES.read_lines)
    recipe = Recipe(iterations=10, min_samples_leaf=20, open_order_rounds=0)
    few = trainer.fit(EXAMPLES.ref, recipe, POLICY, FIT_AT)
    monkeypatch.setattr("domain.model.recipe.RARER_LINES", few.facts["positives"] / 4)
    many = trainer.fit(EXAMPLES.ref, recipe, POLICY, FIT_AT)

    assert (few.facts["trees"], many.facts["trees"]) == (10, 20)
    assert few.content != many.content
