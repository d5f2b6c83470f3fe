"""What is watched: drift, samples, cohorts, lag, and the table that a run leaves."""

import math
import random
from dataclasses import asdict, replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.steps.monitor_run import MonitoredTables, MonitorRun
from domain.errors import ConfigurationError
from domain.labels import LabelPolicy
from domain.model.decision import Champion, Decision
from domain.model.predictions import TEST_PREDICTIONS
from domain.model.promotion import TrialFigures, judge_refit
from domain.model.recipe import Recipe
from domain.monitoring.measures import (
    drift,
    estimated,
    lag_shift,
    log_loss,
    ranking,
    realised,
    refit_skill,
    score_drift,
    set_aside_share,
    volume,
    weighted_ranking,
)
from domain.monitoring.psi import category_stability, population_stability
from domain.monitoring.thresholds import DEFAULTS, Thresholds
from domain.sampling import BottomSample
from domain.schema import Column, ColumnType, Schema
from domain.snapshot import Attempt, DatasetRef, StepResult
from domain.source.line_versions import OF_VERSIONS
from domain.tables import QUARANTINE, RETURN_EVENTS
from tests.fakes.table_store import InMemoryTableStore
from tests.shops.canonical_shop import CanonicalShop, busy_shop, day_of, moment

values = st.lists(st.none() | st.floats(-1e6, 1e6), min_size=1, max_size=60)


@given(values, st.randoms(use_true_random=False))
def test_equal_samples_have_no_drift_in_any_order(sample: list[float | None], shuffling: random.Random) -> None:
    shuffled = list(sample)
    shuffling.shuffle(shuffled)
    assert population_stability(sample, shuffled) == 0


@given(values, values)
def test_drift_is_never_negative_and_always_finite(reference: list[float | None], current: list[float | None]) -> None:
    index = population_stability(reference, current)
    assert index is not None
    assert 0 <= index < math.inf


def test_a_shifted_sample_drifts_and_nulls_are_a_bin_of_their_own() -> None:
    reference = [float(n) for n in range(1000)]
    assert population_stability(reference, [n + 500 for n in reference]) > DEFAULTS.psi  # type: ignore[operator]
    assert population_stability(reference, [None if n < 500 else n for n in reference]) > DEFAULTS.psi  # type: ignore[operator]
    assert population_stability([1.0, math.nan], [1.0, None]) == 0


def test_a_lowest_value_that_vanishes_is_seen_where_it_filled_just_one_bin() -> None:
    others = [float(n) for n in range(1, 91)]
    assert population_stability([0.0] * 10 + others, [None] * 10 + others) > DEFAULTS.psi  # type: ignore[operator]


def test_a_shift_away_from_the_commonest_value_is_seen() -> None:
    rare, common = [0.0] * 95 + [1.0] * 5, [0.0] * 50 + [1.0] * 50
    assert population_stability(rare, common) > DEFAULTS.psi  # type: ignore[operator]
    assert population_stability([0.0] * 100, [1.0] * 100) > DEFAULTS.psi  # type: ignore[operator]
    assert population_stability(rare, rare) == 0


def test_the_index_is_the_symmetric_divergence_of_shares() -> None:
    index = category_stability(["a", "a", "b", "b"], ["a", "b", "b", "b"])
    assert index == pytest.approx((0.25 - 0.5) * math.log(0.5) + (0.75 - 0.5) * math.log(1.5))


def test_a_category_of_one_sample_alone_counts_as_a_share_of_one_in_ten_thousand_of_the_other() -> None:
    index = category_stability(["a", "a"], ["a", "b"])
    assert index == pytest.approx((0.5 - 1) * math.log(0.5) + (0.5 - 1e-4) * math.log(0.5 / 1e-4))


def test_a_value_that_fills_a_tenth_of_the_sample_is_told_from_those_next_to_it() -> None:
    reference = [*[0.0] * 15, *map(float, range(1, 86))]
    assert population_stability(reference, [value or 2.0 for value in reference]) > 0.5  # type: ignore[operator]


def test_a_category_that_takes_the_place_of_another_is_no_rare_one() -> None:
    before, now = ["a"] * 80 + ["b"] * 20, ["a"] * 80 + ["c"] * 20
    assert category_stability(before, now, least_share=0.05) > 1  # type: ignore[operator]


def test_an_empty_sample_has_no_index_and_raises_no_alert() -> None:
    assert population_stability([], [1.0]) is None
    assert population_stability([1.0], []) is None
    assert not drift("x", None, "others").crossed


@given(
    st.lists(st.text("abcdef", min_size=1), unique=True, max_size=40),
    st.integers(1, 20),
    st.randoms(use_true_random=False),
)
def test_a_sample_is_bounded_and_the_same_whatever_the_order_of_offers(
    keys: list[str], size: int, shuffling: random.Random
) -> None:
    first, second = BottomSample[str](size), BottomSample[str](size)
    for key in keys:
        first.offer(key, key)
    shuffling.shuffle(keys)
    for key in keys:
        second.offer(key, key)
    assert first.values() == second.values()
    assert len(first.values()) == min(size, len(keys))


def test_a_sample_of_a_long_table_looks_like_the_table() -> None:
    sample = BottomSample[int](500)
    for number in range(5000):
        sample.offer(f"line-{number}", number)
    assert sum(sample.values()) / 500 == pytest.approx(2500, rel=0.1)


def test_the_ranking_is_the_share_of_pairs_in_the_right_order_ties_by_half() -> None:
    assert ranking([(0.1, 0), (0.9, 1)]) == 1
    assert ranking([(0.9, 0), (0.1, 1)]) == 0
    assert ranking([(0.5, 0), (0.5, 1)]) == 0.5
    assert ranking([(0.2, 0), (0.4, 1), (0.3, 0), (0.3, 1)]) == pytest.approx(3.5 / 4)
    assert ranking([(0.2, 0)]) is None


def test_certain_chances_promise_a_perfect_ranking() -> None:
    assert weighted_ranking([(0.0, 0.0, 1.0), (1.0, 1.0, 0.0)]) == 1


def test_a_calibrated_model_keeps_what_its_chances_promise() -> None:
    chance = random.Random(4)
    chances = [chance.betavariate(2, 8) for _ in range(20_000)]
    pairs = [(p, int(chance.random() < p)) for p in chances]
    promised = {measure.name: measure.value for measure in estimated(chances, None)}
    assert promised["estimated.log_loss"] == pytest.approx(log_loss(pairs), rel=0.02)
    assert promised["estimated.auc"] == pytest.approx(ranking(pairs), abs=0.02)
    assert promised["estimated.rate"] == pytest.approx(sum(y for _, y in pairs) / len(pairs), abs=0.01)


def test_a_promise_well_above_the_tests_loss_raises_an_alert() -> None:
    assert estimated([0.5] * 100, realised_loss=0.4)[-1].crossed
    assert not estimated([0.5] * 100, realised_loss=0.7)[-1].crossed
    assert estimated([], None) == []


def everybody(pairs: list[tuple[float, int]]) -> list[str]:
    """A buyer for each line."""
    return [f"c{number}" for number in range(len(pairs))]


def test_a_cohort_that_returns_far_more_than_promised_raises_an_alert() -> None:
    pairs = [(0.1, 1)] * 300 + [(0.1, 0)] * 300
    measures = {m.name: m for m in realised("2024-03", pairs, everybody(pairs), constant=0.5)}
    assert measures["realised.rate.2024-03"].crossed
    assert measures["realised.log_loss.2024-03"].crossed


def test_a_cohort_that_returns_far_less_than_promised_raises_an_alert_too() -> None:
    pairs = [(0.5, 1)] * 60 + [(0.5, 0)] * 540
    assert realised("2024-03", pairs, everybody(pairs), constant=0.5)[-1].is_alert


def test_a_small_cohort_is_shown_but_raises_no_alert() -> None:
    pairs = [(0.1, 1)] * 20
    assert not any(measure.crossed for measure in realised("2024-03", pairs, everybody(pairs), constant=0.5))


def test_lines_that_come_back_together_say_less_than_as_many_alone() -> None:
    pairs = [(0.25, int(number % 100 < 30)) for number in range(2000)]
    alone = {m.name: m for m in realised("2024-03", pairs, everybody(pairs), constant=0.5)}
    in_tens = [f"o{number // 10}" for number in range(2000)]
    together = {m.name: m for m in realised("2024-03", pairs, in_tens, constant=0.5)}
    assert alone["realised.rate.2024-03"].crossed
    assert not together["realised.rate.2024-03"].crossed


def test_a_loss_above_the_constant_rates_by_chance_raises_no_alert() -> None:
    chance = random.Random(6)
    noise = [(chance.uniform(0.15, 0.35), int(chance.random() < 0.25)) for _ in range(500)]
    loss = next(m for m in realised("2024-03", noise, everybody(noise), 0.25) if m.name.startswith("realised.log_loss"))
    assert loss.value > loss.reference  # type: ignore[operator]
    assert not loss.crossed
    wrong = [(1 - p, y) for p, y in noise]
    assert realised("2024-03", wrong, everybody(wrong), 0.25)[1].is_alert


def test_the_order_of_lines_changes_no_bound() -> None:
    chance = random.Random(3)
    lines = [((chance.random(), chance.randrange(2)), f"o{number // 7}") for number in range(500)]
    shuffled = chance.sample(lines, len(lines))
    bounds = [
        realised("2024-03", [pair for pair, _ in made], [buyer for _, buyer in made], constant=0.5)[-1].threshold
        for made in (lines, shuffled)
    ]
    assert bounds[0] == bounds[1]


def test_lags_that_grow_by_days_are_a_shift_and_no_alert() -> None:
    assert not lag_shift([20] * 200, [10] * 200).is_alert
    assert lag_shift([20] * 200, [10] * 200).crossed
    assert lag_shift([10] * 200, [20] * 200).crossed
    assert not lag_shift([12] * 200, [10] * 200).crossed
    assert not lag_shift([], [10]).crossed
    assert lag_shift([1, 2, 3, 10], []).value == 2.5


@pytest.mark.parametrize(("recent", "earlier"), [(199, 900), (900, 199)])
def test_lags_of_a_handful_of_returns_are_no_shift_and_say_so(recent: int, earlier: int) -> None:
    measure = lag_shift([20] * recent, [10] * earlier)
    assert not measure.crossed
    assert measure.detail.endswith("Fewer than 200 returns in one of them, so no shift.")
    assert lag_shift([20] * 900, [10] * 900).detail.endswith("a sale shifts it too.")


def test_many_rows_set_aside_raise_an_alert() -> None:
    assert set_aside_share(6, 94).crossed
    assert not set_aside_share(5, 95).crossed
    assert set_aside_share(0, 0).value is None


FEATURES = Schema(
    (
        Column("line_id", ColumnType.TEXT),
        Column("ordered_at", ColumnType.MOMENT),
        Column("available_at", ColumnType.MOMENT),
        Column("steady", ColumnType.NUMBER, nullable=True),
        Column("moved", ColumnType.NUMBER, nullable=True),
        Column("country", ColumnType.TEXT, nullable=True),
    )
)
EXAMPLES = FEATURES.plus(
    Column(name, ColumnType.DAY, nullable=True) for name in ("cancelled_known_on", "acted_known_on")
)
AS_OF = day_of(110)
CHAMPION = Champion("champion", Recipe(), ("steady",), "rules", day_of(50), skill=0.10)
REFIT = replace(CHAMPION, model="candidate", fit_at=AS_OF, skill=0.01)
NEW = replace(REFIT, recipe=Recipe(l2=1.0))


def kept(candidate: Champion, skill: float = 0.01, baseline_skill: float = 0.0) -> Decision:
    """The champion stays, whatever it was that the run fitted; with what the rules say of a refit of it."""
    figures = TrialFigures(0.4, skill, 0.5, baseline_skill)
    verdict = judge_refit(figures, CHAMPION)
    return Decision(
        as_of=AS_OF,
        shop="hats",
        policy=LabelPolicy(window_days=30),
        outcome=verdict.outcome,
        before=CHAMPION,
        after=candidate if verdict.takes_over else CHAMPION,
        reasons=verdict.reasons,
        figures={"candidate": candidate.as_json(), "trial": asdict(figures)},
    )


def in_force(skill: float) -> Decision:
    """A refit with that skill, as the rules decide about it."""
    return kept(REFIT, skill)


class Watched:
    """A shop's monitoring with a feature that moved, a test that was possible, and some rows set aside."""

    def __init__(
        self,
        shop: CanonicalShop,
        as_of: date = AS_OF,
        *,
        tested: bool = True,
        flags: bool = False,
        sample_rows: int = 20_000,
        learner: str = "mean",
        decision: Decision | None = None,
        coin: bool = False,
    ) -> None:
        self.tables = InMemoryTableStore()
        self.attempt = Attempt("made", "key", "1", "memory://made")
        lines, line_returns = shop.write(self.tables)
        features = [_features(row) for row in shop.lines]
        examples = [row for row in features if row["available_at"] < moment(110).replace(hour=0)]
        self.result: StepResult = MonitorRun(self.tables, sample_rows)(
            inputs=MonitoredTables(
                lines=lines,
                quarantine=self.tables.write(self.attempt, "quarantine", QUARANTINE, _quarantine()),
                events=None if flags else self.tables.write(self.attempt, "return_events", RETURN_EVENTS, _events()),
                line_returns=line_returns,
                features=self.tables.write(self.attempt, "features", FEATURES, features),
                examples=self.tables.write(self.attempt, "examples", EXAMPLES, examples),
                scores=shop.score(self.tables, as_of, 30),
                test_predictions=self._tested(coin) if tested else None,
            ),
            learner=learner,
            decision=decision or in_force(0.10),
            as_of=as_of,
            labels=LabelPolicy(window_days=30),
            attempt=Attempt("monitor", "key", "1", "memory://monitor"),
        )
        self.measures: dict[str, Any] = {str(row["measure"]): row for row in self.tables.read(self.result.tables[0])}

    def _tested(self, coin: bool) -> DatasetRef:
        """Lines that came back as their chances say, or nine times in ten whatever they say."""
        chance = random.Random(8)
        names = ("p", "p_mean", "p_hgb", "p_logistic")
        rows = [
            {
                "line_id": f"t{number}",
                "order_id": f"o{number}",
                "item_id": "i1",
                "ordered_at": moment(60 + number % 20),
                "quantity": 1,
                "net_value": Decimal(10),
                **dict.fromkeys(names, p),
                "p_baseline": 0.3,
                "p_constant": 0.3,
                "y": (came := int(chance.random() < (0.9 if coin else p))),
                "returned_quantity": came,
                "unit_share": 1.0,
            }
            for number, p in enumerate(chance.uniform(0.05, 0.6) for _ in range(800))
        ]
        return self.tables.write(self.attempt, "test_predictions", TEST_PREDICTIONS, rows)


def _features(row: dict[str, Any]) -> dict[str, Any]:
    chance = random.Random(str(row["line_id"]))
    recent = row["ordered_at"] >= moment(80).replace(hour=0)
    return {
        "line_id": row["line_id"],
        "ordered_at": row["ordered_at"],
        "available_at": row["available_at"],
        "steady": None if chance.random() < 0.1 else chance.gauss(0, 1),
        "moved": chance.gauss(2 if recent else 0, 1),
        "country": chance.choice(("no", "nl", None)),
    }


def _quarantine() -> list[dict[str, Any]]:
    row = {"detail": "The price is -1.", "table": "order_lines", "row": "{}"}
    days = [
        ("negative price", moment(3)),
        ("negative price", moment(109)),
        ("no date", None),
        ("negative price", moment(110)),
        ("superseded_same_day", moment(108)),
    ]
    return [{**row, "reason": reason, "known_at": known} for reason, known in days]


def _events() -> list[dict[str, Any]]:
    """Thirty events known at the day and one that is not."""
    days = [*[60] * 30, 110]
    return [{"event_id": f"e{n}", "quantity": 1, "available_at": moment(day)} for n, day in enumerate(days)]


@pytest.fixture(scope="module")
def watched() -> Watched:
    return Watched(busy_shop())


def test_a_feature_that_moved_is_told_as_shifted_and_a_steady_one_is_not(watched: Watched) -> None:
    assert watched.measures["psi.moved"]["crossed"]
    assert not watched.measures["psi.steady"]["crossed"]
    assert not watched.measures["psi.country"]["crossed"]


def test_features_that_moved_raise_no_alert_while_the_score_stands_still(watched: Watched) -> None:
    assert not watched.measures["psi.moved"]["alert"]
    assert watched.measures["psi.score"]["value"] < DEFAULTS.psi
    assert watched.result.facts["alerts"] == []


def test_scores_of_the_newest_week_that_moved_raise_an_alert() -> None:
    shop = busy_shop(lines_a_day=40)
    for line in shop.lines:
        if line["ordered_at"] >= moment(107).replace(hour=0):  # type: ignore[operator]
            line["category"] = "shoes"  # on three days of the seven
    broken = Watched(shop)
    assert broken.measures["psi.score"]["alert"]
    assert "psi.score" in {alert["measure"] for alert in broken.result.facts["alerts"]}


def test_the_drift_of_the_score_is_of_the_model_that_scores_and_needs_no_test() -> None:
    untested, other = Watched(busy_shop(), tested=False).measures, Watched(busy_shop(), decision=kept(NEW)).measures
    assert untested["psi.score"] == other["psi.score"]
    assert "does not score" not in other["psi.score"]["detail"]


def test_a_score_without_four_weeks_before_has_no_drift() -> None:
    assert score_drift(None, 0).value is None
    assert not score_drift(0.9, 199).crossed
    assert score_drift(0.9, 200).is_alert


def test_rows_set_aside_are_counted_by_reason_as_known_at_the_day(watched: Watched) -> None:
    assert watched.measures["set_aside.negative price"]["value"] == 2
    assert watched.measures["set_aside.no date"]["value"] == 1


def test_rows_set_aside_are_a_share_of_the_lines_and_events_known_at_the_day(watched: Watched) -> None:
    assert watched.measures["input.set_aside_share"]["value"] == 3 / (3 + 110 * 12 + 30)


def test_returns_told_by_flags_are_no_rows_of_their_own() -> None:
    measures = Watched(busy_shop(), flags=True).measures
    assert measures["input.set_aside_share"]["value"] == 3 / (3 + 110 * 12)


def test_lines_are_counted_as_known_at_the_day(watched: Watched) -> None:
    assert watched.measures["input.lines"]["value"] == 110 * 12
    assert watched.measures["input.lines_last_28_days"]["value"] == 28 * 12


def test_matured_cohorts_are_judged_by_month(watched: Watched) -> None:
    assert {"realised.auc.2024-03", "realised.rate.2024-03", "realised.log_loss.2024-03"} <= set(watched.measures)
    assert not watched.measures["realised.rate.2024-03"]["crossed"]


def test_the_learner_that_scores_is_the_one_that_is_judged(watched: Watched) -> None:
    baseline = Watched(busy_shop(), learner="baseline").measures
    assert baseline["realised.auc.2024-03"]["value"] == 0.5
    assert watched.measures["realised.auc.2024-03"]["value"] > 0.6


def test_what_a_test_says_of_a_candidate_that_does_not_score_is_told_and_raises_no_alert(watched: Watched) -> None:
    other = Watched(busy_shop(), decision=kept(NEW), coin=True)
    about = [name for name in other.measures if name.startswith("realised.")]
    assert {name for name in watched.measures if name.startswith("realised.")} == set(about)
    assert all("whose recipe does not score" in other.measures[name]["detail"] for name in about)
    assert not {alert["measure"] for alert in other.result.facts["alerts"]} & {*about, "estimated.log_loss"}
    assert other.measures["estimated.log_loss"]["reference"] is None


def test_the_test_of_a_refit_that_was_kept_out_says_what_the_champion_does_not_know_any_more() -> None:
    collapsed = Watched(busy_shop(), decision=kept(REFIT), coin=True)
    alerts = {alert["measure"] for alert in collapsed.result.facts["alerts"]}
    assert {"decision.refit_skill", "realised.rate.2024-03", "realised.log_loss.2024-03"} <= alerts
    assert collapsed.measures["estimated.log_loss"]["reference"] is not None


@pytest.mark.parametrize(
    ("skill", "baseline_skill", "least", "alert"),
    [(0.09, 0.0, 0.08, False), (0.07, 0.0, 0.08, True), (0.09, 0.095, 0.095, True)],
)
def test_a_refit_that_is_kept_out_for_its_skill_raises_an_alert(
    skill: float, baseline_skill: float, least: float, alert: bool
) -> None:
    decision = kept(REFIT, skill, baseline_skill)
    measure = refit_skill(decision)
    assert measure is not None
    assert (measure.value, measure.reference, measure.is_alert) == (skill, 0.10, alert)
    assert measure.threshold == pytest.approx(least)
    assert measure.detail == " ".join(decision.reasons)


def test_a_new_recipe_a_first_model_and_a_run_without_a_test_say_nothing_of_a_refit() -> None:
    refused = kept(REFIT)
    assert refit_skill(kept(NEW)) is None
    assert refit_skill(replace(refused, before=None)) is None
    assert refit_skill(replace(refused, figures={**refused.figures, "trial": None})) is None


def test_without_a_test_there_is_a_promise_but_no_cohort() -> None:
    measures = Watched(busy_shop(), tested=False).measures
    assert "estimated.log_loss" in measures
    assert not [name for name in measures if name.startswith("realised.")]


def test_later_runs_find_this_one_by_its_shop(watched: Watched) -> None:
    assert watched.result.facts["shop"] == "hats"


def test_every_measure_stands_once_under_the_day_of_the_run(watched: Watched) -> None:
    assert len(watched.measures) == watched.result.tables[0].rows == watched.result.facts["measures"]
    assert {row["as_of"] for row in watched.measures.values()} == {AS_OF}


def test_what_becomes_known_later_and_the_order_of_rows_change_nothing(watched: Watched) -> None:
    poisoned = busy_shop()
    poisoned.sell("z1", 110)
    poisoned.sell("z2", 90, available_at=moment(111))
    for line in poisoned.lines[:200]:
        poisoned.take_back(str(line["line_id"]), 5, 110, event_id=f"late-{line['line_id']}")
    random.Random(1).shuffle(poisoned.lines)
    random.Random(2).shuffle(poisoned.line_returns)
    after = Watched(poisoned).result
    assert after.tables[0].content == watched.result.tables[0].content
    assert after.facts == watched.result.facts


def test_a_small_sample_still_sees_the_drift() -> None:
    assert Watched(busy_shop(), sample_rows=250).measures["psi.moved"]["crossed"]


def test_an_empty_shop_is_monitored_without_a_complaint() -> None:
    measures = Watched(CanonicalShop(), tested=False).measures
    assert measures["input.lines"]["value"] == 0
    assert measures["psi.moved"]["value"] is None


def test_a_threshold_that_is_set_decides_what_crosses() -> None:
    assert drift("risk", 0.2, "the training lines").crossed is False
    assert drift("risk", 0.2, "the training lines", Thresholds(psi=0.1)).crossed is True
    assert set_aside_share(3, 97, Thresholds(set_aside_share=0.02)).crossed is True
    assert lag_shift([9, 9], [7, 7], Thresholds(lag_days=1.5, cohort_lines=2)).crossed is True
    pairs = [(0.2, 1), (0.2, 0)] * 20
    assert not any(measure.crossed for measure in realised("2024-01", pairs, everybody(pairs), 0.5))
    assert any(
        measure.crossed for measure in realised("2024-01", pairs, everybody(pairs), 0.5, Thresholds(cohort_lines=10))
    )
    assert estimated([0.5], 0.6, Thresholds(loss_ratio=1.0))[2].threshold == 0.6


def test_a_threshold_below_0_is_refused_by_name() -> None:
    with pytest.raises(ConfigurationError, match="psi"):
        Thresholds(psi=-0.1)


def test_a_feed_that_stopped_is_told_by_its_volume() -> None:
    assert volume("lines", 50, 1_000, "Order lines").crossed
    assert not volume("lines", 400, 1_000, "Order lines").crossed
    assert not volume("lines", 0, 100, "Order lines").crossed  # too few to tell
    assert not volume("lines", 50, 1_000, "Order lines", Thresholds(volume=0.0)).crossed


def test_few_lines_have_no_shift() -> None:
    assert drift("risk", 0.9, "the training lines", lines=199).crossed is False
    assert drift("risk", 0.9, "the training lines", lines=200).crossed is True


def test_many_rare_categories_do_not_drift_by_chance() -> None:
    chance = random.Random(4)
    before, now = ([f"c{chance.randrange(150)}" for _ in range(400)] for _ in range(2))
    assert category_stability(before, now) > DEFAULTS.psi  # type: ignore[operator]
    assert category_stability(before, now, least_share=0.02) < DEFAULTS.psi  # type: ignore[operator]
    assert category_stability(["a"] * 90 + ["b"] * 10, ["a"] * 10 + ["b"] * 90, least_share=0.01) > 1  # type: ignore[operator]


def test_rows_set_aside_lately_are_a_share_of_what_came_lately_and_versions_are_no_faults(watched: Watched) -> None:
    assert watched.measures["input.set_aside_share_last_28_days"]["value"] == 1 / (1 + 28 * 12)
    assert {"superseded_same_day", "corrected_after_first_day"} == OF_VERSIONS
    assert watched.measures["set_aside.superseded_same_day"]["value"] == 1
