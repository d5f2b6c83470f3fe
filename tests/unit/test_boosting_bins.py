import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier

from adapters.sklearn.training.boosting_bins import Bins, bin_edges, fit_on_bins


def boosting() -> HistGradientBoostingClassifier:
    return HistGradientBoostingClassifier(max_iter=20, min_samples_leaf=20, early_stopping=False, random_state=0)


@pytest.fixture(scope="module")
def drawn() -> tuple[np.ndarray, np.ndarray]:
    draws = np.random.default_rng(0)
    encoded = np.column_stack(
        [draws.normal(size=3000), np.round(draws.exponential(size=3000), 1), draws.integers(0, 3, 3000), np.zeros(3000)]
    )
    encoded[draws.random(3000) < 0.2, 0] = np.nan
    logit = np.nan_to_num(encoded[:, 0], nan=1) + encoded[:, 1] - encoded[:, 2] - 1
    return encoded, np.int8(draws.random(3000) < 1 / (1 + np.exp(-logit)))


def test_without_weights_it_is_scikit_learns_own_fit(drawn: tuple[np.ndarray, np.ndarray]) -> None:
    encoded, labels = drawn
    ours = fit_on_bins(boosting(), Bins.of(encoded), np.arange(3000), labels, np.ones(3000))
    theirs = boosting().fit(encoded, labels)

    assert ours.predict_proba(encoded) == pytest.approx(theirs.predict_proba(encoded), abs=1e-9)


def test_weights_count_lines(drawn: tuple[np.ndarray, np.ndarray]) -> None:
    encoded, labels = drawn
    twice = np.concatenate([np.arange(3000), np.arange(1000)])
    weights = np.where(np.arange(3000) < 1000, 2.0, 1.0)
    repeated = fit_on_bins(boosting(), Bins.of(encoded), twice, labels[twice], np.ones(4000))
    weighted = fit_on_bins(boosting(), Bins.of(encoded), np.arange(3000), labels, weights)

    mean_difference = np.abs(repeated.predict_proba(encoded) - weighted.predict_proba(encoded)).mean()
    assert mean_difference < 0.03


@pytest.mark.parametrize("weightless", [False, True], ids=["not learned from", "of no weight"])
def test_a_column_that_is_missing_in_all_rows_that_count_is_never_split_on(
    drawn: tuple[np.ndarray, np.ndarray], weightless: bool
) -> None:
    encoded, labels = drawn[0].copy(), drawn[1]
    encoded[:2000, 3] = np.nan
    rows = np.arange(3000 if weightless else 2000)
    weights = np.where(rows < 2000, 1.0, 0.0)

    fitted = fit_on_bins(boosting(), Bins.of(encoded), rows, labels[rows], weights)

    assert np.isfinite(fitted.predict_proba(encoded)).all()
    assert not any((tree.nodes["feature_idx"][tree.nodes["is_leaf"] == 0] == 3).any() for [tree] in fitted._predictors)


def test_a_value_beyond_those_seen_and_a_missing_one_are_predicted(drawn: tuple[np.ndarray, np.ndarray]) -> None:
    encoded, labels = drawn
    fitted = fit_on_bins(boosting(), Bins.of(encoded), np.arange(3000), labels, np.ones(3000))
    beyond = np.array([[-99.0, 0.0, 0.0, 0.0], [99.0, 99.0, 2.0, 0.0], [np.nan, np.nan, np.nan, np.nan]])

    chances = fitted.predict_proba(beyond)[:, 1]
    assert chances[0] < 0.3 < chances[1]
    assert np.isfinite(chances).all()


def test_edges_rise_and_stand_between_the_values() -> None:
    assert bin_edges(np.array([1.0, 2.0, 2.0, 4.0, np.nan])).tolist() == [1.5, 3.0]
    assert bin_edges(np.array([3.0, 3.0])).tolist() == []
    many = bin_edges(np.random.default_rng(1).normal(size=5000))
    assert len(many) <= 254
    assert (np.diff(many) > 0).all()
