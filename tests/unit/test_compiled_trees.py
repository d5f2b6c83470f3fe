import ctypes
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier

from adapters.sklearn.prediction import compiled_trees
from adapters.sklearn.prediction.compiled_trees import CompiledTrees, boosting_logits
from adapters.sklearn.prediction.native_library import NoLibraryError, _digest, find_compiler, native_library
from adapters.sklearn.threads import one_thread

FEATURES = 6
SOURCE = b"int answer(void) { return 42; }"
has_compiler = pytest.mark.skipif(find_compiler() is None, reason="there is no C compiler here")


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    compiled_trees._walk.cache_clear()
    with one_thread():  # several spin while they wait, which takes long on a busy machine
        yield tmp_path / "returncast" / "native"


def rows_of(seed: int, rows: int) -> np.ndarray:
    random = np.random.default_rng(seed)
    values = random.normal(size=(rows, FEATURES)) * 10.0 ** random.integers(-3, 4, FEATURES)
    values[random.random(values.shape) < 0.15] = np.nan
    values[:, 1] = np.round(values[:, 1])  # ties with thresholds
    return values


def fitted(seed: int = 0, **asked: object) -> HistGradientBoostingClassifier:
    values = rows_of(seed, 2000)
    chance = 1 / (1 + np.exp(-np.nan_to_num(values[:, 1]) + np.isnan(values[:, 2])))
    labels = np.random.default_rng(seed).random(len(values)) < chance
    return HistGradientBoostingClassifier(
        max_iter=20, max_leaf_nodes=31, early_stopping=False, random_state=0, **asked
    ).fit(values, labels)


@has_compiler
@pytest.mark.parametrize("seed", range(2))
def test_logits_are_those_of_scikit_learn_to_the_last_bit_with_missing_and_extreme_values(seed: int) -> None:
    boosting = fitted(seed)
    rows = rows_of(seed + 100, 20_003)
    thresholds = boosting._predictors[0][0].nodes["num_threshold"][:6]
    rows[:6, :] = thresholds[:, None]
    rows[6:9, :] = [[np.inf], [-np.inf], [np.nan]]
    rows[9, :] = -0.0
    logits = boosting_logits(boosting)
    assert isinstance(logits, CompiledTrees)
    assert np.array_equal(logits(rows), boosting.decision_function(rows))


@has_compiler
def test_a_rows_logit_does_not_depend_on_its_batch() -> None:
    logits, rows = boosting_logits(fitted()), rows_of(5, 333)
    alone = np.concatenate([logits(rows[place : place + 1]) for place in range(len(rows))])
    assert np.array_equal(logits(rows), alone)
    assert np.array_equal(logits(np.asfortranarray(rows)), alone)
    assert logits(rows[:0]).shape == (0,)


@has_compiler
def test_trees_of_one_leaf_are_followed() -> None:
    boosting = fitted(min_samples_leaf=1500)
    rows = rows_of(1, 50)
    assert np.array_equal(boosting_logits(boosting)(rows), boosting.decision_function(rows))


@has_compiler
def test_a_matrix_of_another_width_is_refused_before_the_compiled_code_sees_it() -> None:
    with pytest.raises(ValueError, match="6 features"):
        boosting_logits(fitted())(rows_of(0, 4)[:, :5])


@pytest.mark.parametrize("damage", [("left", 0), ("right", 10_000), ("feature_idx", FEATURES)])
def test_nodes_that_lead_nowhere_are_left_to_scikit_learn(damage: tuple[str, int]) -> None:
    boosting = fitted()
    field, value = damage
    boosting._predictors[3][0].nodes[field][0] = value
    assert not isinstance(boosting_logits(boosting), CompiledTrees)


def test_categorical_splits_are_left_to_scikit_learn() -> None:
    values = np.column_stack([np.arange(2000) % 7, np.arange(2000) % 11]).astype(float)
    labels = np.isin(values[:, 0], (1, 4, 6))
    boosting = HistGradientBoostingClassifier(max_iter=3, categorical_features=[0]).fit(values, labels)
    logits = boosting_logits(boosting)
    assert not isinstance(logits, CompiledTrees)
    assert np.array_equal(logits(values), boosting.decision_function(values))


def test_without_a_compiler_the_same_logits_come_from_scikit_learn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CC", "no-such-compiler")
    boosting, rows = fitted(), rows_of(1, 500)
    logits = boosting_logits(boosting)
    assert not isinstance(logits, CompiledTrees)
    assert np.array_equal(logits(rows), boosting.decision_function(rows))


@pytest.mark.parametrize("compiler", ["no-such-compiler", "false"])
def test_a_compiler_that_is_absent_or_fails_is_named(compiler: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CC", compiler)
    with pytest.raises(NoLibraryError, match=r"compiler|failed"):
        native_library(SOURCE, "answer")


@has_compiler
def test_a_library_is_compiled_once_and_found_without_a_compiler(
    own_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    native_library(SOURCE, "answer")
    monkeypatch.setenv("CC", "no-such-compiler")
    assert native_library(SOURCE, "answer").answer() == 42
    assert own_cache.stat().st_mode & 0o777 == 0o700
    assert len(list(own_cache.glob("answer-*.so"))) == 1


@has_compiler
def test_a_cache_that_others_may_enter_is_not_used(own_cache: Path) -> None:
    native_library(SOURCE, "answer")
    (kept,) = own_cache.glob("*.so")
    kept.unlink()  # a loaded library must not be written into
    kept.write_bytes(b"planted")
    own_cache.chmod(0o777)
    library = native_library(SOURCE, "answer")
    assert isinstance(library, ctypes.CDLL)
    assert library.answer() == 42
    assert kept.read_bytes() == b"planted"


def test_a_library_that_does_not_load_is_a_reason_not_a_crash(own_cache: Path) -> None:
    own_cache.mkdir(mode=0o700, parents=True)
    (own_cache / f"other-{_digest(SOURCE)}.so").write_bytes(b"damaged")
    with pytest.raises(NoLibraryError):
        native_library(SOURCE, "other")
