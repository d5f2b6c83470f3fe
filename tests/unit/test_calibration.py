from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.sklearn.columns import Numbers
from adapters.sklearn.logits import Stretch, sigmoid
from adapters.sklearn.prediction.explainer import SklearnLineExplainer
from adapters.sklearn.prediction.model_files import load_predictor
from adapters.sklearn.prediction.predictor import Predictor
from adapters.sklearn.training import trainer
from adapters.sklearn.training.calibrating import Calibrated, calibrated_on_slice
from adapters.sklearn.training.example_rows import labels_at
from adapters.sklearn.training.rolling_intercept import RollingIntercept
from adapters.sklearn.training.slopes import drawn_slope, fitted_slope, tried_slope
from adapters.sklearn.training.trainer import SklearnModelTrainer
from domain.labels import LabelPolicy
from domain.model.calibration import CalibrationPlan, Regime, plan_calibration
from domain.model.fits import LineCount, plan_fits
from domain.model.recipe import Recipe
from ports.batch_scorer import ScoringModel
from tests.examples_table import FIRST_DAY, POLICY, ExamplesTable

EXAMPLES = ExamplesTable(6000, return_rate=0.3)
RECIPE = Recipe(iterations=10, min_samples_leaf=20)
TIMID = Recipe(iterations=20, min_samples_leaf=20, learning_rate=0.1, logistic_c=0.001)
TRAINER = SklearnModelTrainer(EXAMPLES.read, EXAMPLES.read_lines)


def days_of_sales(days: int, lines: int = 500, returned: int = 100) -> list[LineCount]:
    counts = []
    for number in range(days):
        day = FIRST_DAY + timedelta(days=number)
        counts += [LineCount(day, day + timedelta(days=5), returned), LineCount(day, None, lines - returned)]
    return counts


@pytest.mark.parametrize(
    ("days", "returned", "regime"),
    [
        (160, 72, Regime.SLICE),  # 28 days of them are 2,016
        (160, 71, Regime.BLOCKS),
        (55, 100, Regime.BLOCKS),
        (30, 100, Regime.NONE),
        (160, 0, Regime.NONE),
        (160, 1, Regime.BLOCKS),
    ],
)
def test_the_regime_follows_from_the_length_of_history_and_its_returns(
    days: int, returned: int, regime: Regime
) -> None:
    fit_at = FIRST_DAY + timedelta(days=days)

    assert plan_calibration(days_of_sales(days, returned=returned), POLICY, fit_at).regime is regime


def test_a_sample_has_no_blocks_and_does_with_a_smaller_slice() -> None:
    long, short = FIRST_DAY + timedelta(days=160), FIRST_DAY + timedelta(days=55)

    def regime(days: int, returned: int, fit_at: date) -> Regime:
        return plan_calibration(days_of_sales(days, returned=returned), POLICY, fit_at, sampled=True).regime

    assert regime(160, 8, long) is Regime.SLICE
    assert regime(160, 7, long) is Regime.NONE
    assert regime(55, 100, short) is Regime.NONE


def test_the_slice_is_mature_at_the_fit_and_its_own_fit_has_enough_before_it() -> None:
    fit_at = FIRST_DAY + timedelta(days=160)
    test = plan_calibration(days_of_sales(160), POLICY, fit_at).test

    assert test is not None
    assert POLICY.is_mature(test.last, fit_at)
    assert POLICY.last_mature_day(test.first) > FIRST_DAY


def test_what_is_known_later_does_not_change_the_regime() -> None:
    fit_at = FIRST_DAY + timedelta(days=55)
    longer = [*days_of_sales(300)]

    assert plan_calibration(longer, POLICY, fit_at) == plan_calibration(days_of_sales(55), POLICY, fit_at)


def test_a_return_that_becomes_known_on_the_day_of_the_fit_is_not_known_yet() -> None:
    fit_at = FIRST_DAY + timedelta(days=160)
    test = plan_calibration(days_of_sales(160), POLICY, fit_at).test
    assert test is not None

    def known_on(day: date) -> Regime:
        return plan_calibration(
            [
                replace(count, known_on=day) if count.known_on is not None and test.holds(count.ordered_on) else count
                for count in days_of_sales(160)
            ],
            POLICY,
            fit_at,
        ).regime

    assert known_on(fit_at - timedelta(days=1)) is Regime.SLICE
    assert known_on(fit_at) is Regime.BLOCKS


def drawn(slope: float, lines: int = 20_000) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    draws = np.random.default_rng(5)
    logits = draws.normal(-1.5, 1, lines)
    returned = np.float64(draws.random(lines) < sigmoid(slope * logits + 0.4))
    return logits, returned, draws.integers(0, lines // 3, lines)


@pytest.mark.parametrize("slope", [0.7, 1.0, 1.4])
def test_a_slope_is_found_whatever_the_level(slope: float) -> None:
    logits, returned, customers = drawn(slope)

    assert fitted_slope(logits, returned, customers)[0] == pytest.approx(slope, abs=0.05)
    assert fitted_slope(logits, np.zeros(len(logits)), customers)[0] == 1.0


@pytest.mark.parametrize("slope", [0.7, 1.0, 1.4])
def test_a_slope_that_is_found_is_drawn_to_1_by_its_error(slope: float) -> None:
    logits, returned, customers = drawn(slope)
    found = tried_slope(logits, returned, customers)

    assert found.found == pytest.approx(slope, abs=0.05)
    assert found.error == fitted_slope(logits, returned, customers)[1]
    assert found.stretch.slope == pytest.approx(drawn_slope(found.found, found.error or 0.0, 5000))


def test_a_slope_that_is_clipped_has_about_the_error_of_one_just_within() -> None:
    draws = np.random.default_rng(3)
    logits = draws.normal(-3.5, 0.6, 20_000)
    beyond, within = (
        np.float64(draws.random(20_000) < sigmoid(slope * (logits + 3.5) + level))
        for slope, level in ((4, -5), (1.9, -3.7))
    )
    (clipped, error), (_, just_within) = (fitted_slope(logits, came, np.arange(20_000)) for came in (beyond, within))

    assert beyond.sum() == pytest.approx(within.sum(), rel=0.2)
    assert clipped == 2.0
    assert error == pytest.approx(just_within, rel=0.25)


def test_logits_that_are_all_one_have_no_slope() -> None:
    draws = np.random.default_rng(3)
    returned = np.float64(draws.random(6000) < 0.2)

    for spread in (0.0, 1e-12, 1e-9):
        found = tried_slope(-1.4 + draws.normal(0, spread, 6000), returned, np.arange(6000))
        assert found.stretch == Stretch()


def test_the_error_of_a_slope_is_how_much_it_varies_between_draws() -> None:
    draws, found, errors = np.random.default_rng(7), [], []
    customers = np.arange(1200) // 3
    for _ in range(200):
        logits = draws.normal(-1.5, 1, 1200)
        returned = np.float64(draws.random(1200) < sigmoid(logits))
        slope, error = fitted_slope(logits, returned, customers)
        found.append(slope)
        errors.append(error)

    assert np.mean(errors) == pytest.approx(np.std(found), rel=0.15)


def test_lines_that_one_customer_buys_tell_a_slope_less_surely() -> None:
    logits, returned, _ = drawn(1.0, lines=2000)
    fourfold, same = np.tile(logits, 4), np.tile(returned, 4)
    _, apart = fitted_slope(fourfold, same, np.arange(8000))

    assert fitted_slope(fourfold, same, np.tile(np.arange(2000), 4))[1] == pytest.approx(2 * apart, rel=1e-6)


@given(st.floats(0, 2), st.floats(0, 5), st.integers(0, 5000))
def test_a_drawn_slope_is_nearer_to_1_the_less_sure_it_is(found: float, error: float, returned: int) -> None:
    nearer, farther = (abs(drawn_slope(found, by, returned) - 1) for by in (error + 0.01, error))

    assert nearer <= farther <= abs(found - 1) + 1e-12
    assert (drawn_slope(found, error, returned) - 1) * (found - 1) >= 0
    assert drawn_slope(found, 0.0, returned) == pytest.approx(found)


def test_a_slope_below_1_is_believed_less_than_one_above_unless_few_came_back() -> None:
    above, below = (abs(drawn_slope(found, 0.05, 5000) - 1) for found in (1.2, 0.8))
    of_few = [abs(drawn_slope(found, 0.05, 100) - 1) for found in (1.2, 0.8)]

    assert below < above / 2
    assert of_few[0] == pytest.approx(of_few[1])
    assert min(of_few) > above


@pytest.mark.parametrize("found", [0.4, 0.8, 1.5])
def test_a_return_more_changes_a_drawn_slope_a_little(found: float) -> None:
    slopes = [drawn_slope(found, 0.1, returned) for returned in range(1000)]

    assert np.abs(np.diff(slopes)).max() < 0.01
    assert abs(slopes[100] - 1) > abs(slopes[300] - 1) > abs(slopes[500] - 1)


def test_few_returns_draw_together_what_chance_has_spread() -> None:
    draws = np.random.default_rng(2)
    chance, wide = np.float64(draws.random(9000) < 0.01), draws.normal(-4.5, 1, 9000)
    noise = tried_slope(wide, chance, draws.integers(0, 4000, 9000))

    assert chance.sum() < 200
    assert noise.stretch.slope < 0.5


@pytest.mark.parametrize("customers", [1, 2, 29])
def test_few_customers_tell_no_slope(customers: int) -> None:
    logits, returned, _ = drawn(0.7)
    found = tried_slope(logits, returned, np.arange(len(logits)) % customers)

    assert (found.stretch, found.error) == (Stretch(), None)
    assert found.found < 0.8
    assert tried_slope(logits, returned, np.arange(len(logits)) % 30).error is not None


def test_a_stretch_keeps_the_mean_chance() -> None:
    logits, returned, customers = drawn(1.4)
    found = tried_slope(logits, returned, customers)

    assert sigmoid(found.stretch.applied(logits)).mean() == pytest.approx(sigmoid(logits).mean(), abs=1e-6)


@pytest.mark.usefixtures("small_slices")
@pytest.mark.parametrize(("days", "regime"), [(60, "blocks"), (100, "slice")])
def test_a_fit_records_the_regime_and_what_became_of_each_slope(days: int, regime: str) -> None:
    facts = TRAINER.fit(EXAMPLES.ref, RECIPE, POLICY, FIRST_DAY + timedelta(days=days)).facts["calibration"]

    assert facts["regime"] == regime
    assert set(facts["learners"]) == {"mean", "hgb", "logistic"}
    for one in facts["learners"].values():
        assert set(one) == {"found", "error", "slope"}
        assert one["error"] > 0
        assert min(1, one["found"]) < one["slope"] < max(1, one["found"])
    assert facts["lines"] > 500


@pytest.mark.usefixtures("small_slices")
def test_a_fit_that_ships_is_calibrated_by_the_fit_before_it_as_that_was_fitted() -> None:
    test = plan_fits(TRAINER.count_lines(EXAMPLES.ref), POLICY, EXAMPLES.as_of).test
    assert test is not None
    before = TRAINER.fit(EXAMPLES.ref, TIMID, POLICY, test.first)
    shipped, alone = (
        TRAINER.fit(EXAMPLES.ref, TIMID, POLICY, EXAMPLES.as_of, forerunner=files) for files in (before.files, None)
    )

    assert load_predictor(before.files).stretches
    assert shipped.facts["calibration"]["test_from"] == test.first.isoformat()
    assert shipped.facts["calibration"] == alone.facts["calibration"]


def test_a_timid_fit_is_stretched_and_the_recipe_switches_it_off() -> None:
    fit_at = FIRST_DAY + timedelta(days=70)
    tried, plain = (TRAINER.fit(EXAMPLES.ref, replace(TIMID, calibrate=on), POLICY, fit_at) for on in (True, False))
    stretched, before = (load_predictor(model.files) for model in (tried, plain))

    assert stretched.stretches["mean"].slope > 1.5
    assert plain.facts["calibration"]["regime"] == "none"
    assert before.stretch("mean") == Stretch()
    assert stretched(EXAMPLES.table).std() > 1.3 * before(EXAMPLES.table).std()


def test_reasons_add_up_to_the_stretched_logit() -> None:
    fit_at = FIRST_DAY + timedelta(days=70)
    fitted = TRAINER.fit(EXAMPLES.ref, TIMID, POLICY, fit_at)
    ids = sorted(EXAMPLES.table["line_id"].to_pylist())[:40]
    model = ScoringModel(fitted.files, fitted.content, "set")
    explained = SklearnLineExplainer(EXAMPLES.read_lines).explain(model, EXAMPLES.ref, ids, ids)
    chances = load_predictor(fitted.files)(EXAMPLES.read_lines(EXAMPLES.ref, EXAMPLES.ref.schema.names, ids))

    assert explained is not None
    sums = [explained[line].start + sum(explained[line].parts.values()) for line in ids]
    assert sums == pytest.approx(np.log(chances / (1 - chances)).tolist(), abs=1e-6)


@pytest.mark.usefixtures("small_slices")
def test_a_fit_with_a_calibrator_sees_nothing_of_the_future() -> None:
    fit_at = FIRST_DAY + timedelta(days=95)
    names = ("return_known_on", "return_lag_days")
    known = EXAMPLES.table["return_known_on"].to_pylist()
    blind = EXAMPLES
    for name in names:
        values = zip(known, EXAMPLES.table[name].to_pylist(), strict=True)
        blind = blind.with_column(name, [value if day is not None and day < fit_at else None for day, value in values])

    again = SklearnModelTrainer(blind.read, blind.read_lines).fit(blind.ref, RECIPE, POLICY, fit_at)
    assert again.content == TRAINER.fit(EXAMPLES.ref, RECIPE, POLICY, fit_at).content
    assert again.facts["calibration"]["regime"] == "slice"


@pytest.mark.usefixtures("small_slices")
def test_a_fit_of_shuffled_labels_is_calibrated_by_shuffled_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else a fit that is wrong by chance is stretched to nothing, and only those stay that are right by chance."""
    fit_at, looked_at = FIRST_DAY + timedelta(days=95), []

    def calibrated(
        plan: CalibrationPlan, earlier: Predictor, rolling: RollingIntercept, rows: pa.Table, labels: Numbers
    ) -> Calibrated:
        looked_at.append((labels_at(rows, fit_at), labels))
        return calibrated_on_slice(plan, earlier, rolling, rows, labels)

    monkeypatch.setattr(trainer, "calibrated_on_slice", calibrated)
    TRAINER.fit(EXAMPLES.ref, replace(RECIPE, shuffle_labels_seed=3), POLICY, fit_at)
    ((true, used),) = looked_at
    assert used.sum() == true.sum()
    assert not np.array_equal(used, true)


@pytest.mark.usefixtures("small_slices")
def test_a_line_that_the_shop_did_not_know_yet_calibrates_nothing() -> None:
    fit_at = FIRST_DAY + timedelta(days=95)
    loaded = datetime.combine(fit_at + timedelta(days=5), time(12), UTC)
    moments, lines = EXAMPLES.table["available_at"].to_pylist(), EXAMPLES.table["line_id"].to_pylist()
    is_late = [line.endswith("7") for line in lines]  # a tenth of the lines comes with a later load
    values = [loaded if late else moment for moment, late in zip(moments, is_late, strict=True)]
    late = EXAMPLES.with_column("available_at", values)
    without = EXAMPLES.with_column("available_at", moments)
    without.table = without.table.filter(pa.array([not late for late in is_late]))

    trainers = (SklearnModelTrainer(shop.read, shop.read_lines) for shop in (late, without))
    told, blind = (trainer.fit(EXAMPLES.ref, RECIPE, POLICY, fit_at) for trainer in trainers)
    assert told.facts["calibration"]["regime"] == "slice"
    assert told.facts["calibration"] == blind.facts["calibration"]
    assert told.content == blind.content


def test_a_shop_with_a_short_window_reaches_a_slice_earlier() -> None:
    fit_at = date(2024, 4, 1)
    regimes = [plan_calibration(days_of_sales(91), LabelPolicy(days), fit_at).regime for days in (10, 60)]

    assert regimes == [Regime.SLICE, Regime.BLOCKS]
