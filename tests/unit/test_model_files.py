import json
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
import skops.io

from adapters.sklearn.prediction.model_files import load_predictor
from adapters.sklearn.prediction.predictor import Predictor
from adapters.sklearn.training.trainer import SklearnModelTrainer
from domain.errors import ModelError
from domain.model.recipe import Recipe
from ports.model_trainer import FittedModel
from tests.examples_table import POLICY, ExamplesTable

EXAMPLES = ExamplesTable(1500)


@pytest.fixture(scope="module")
def model() -> FittedModel:
    recipe = Recipe(iterations=10, min_samples_leaf=20)
    return SklearnModelTrainer(EXAMPLES.read, EXAMPLES.read_lines).fit(EXAMPLES.ref, recipe, POLICY, EXAMPLES.as_of)


@pytest.fixture(scope="module")
def predictor(model: FittedModel) -> Predictor:
    return load_predictor(model.files)


def test_a_model_is_skops_and_json_alone(model: FittedModel) -> None:
    assert sorted(model.files) == ["baseline.json", "hgb.skops", "logistic.skops", "model.json"]
    card = json.loads(model.files["model.json"])
    assert card["content"] == model.content
    assert card["features"] == ["risk", "skewed", "noise", "constant", "size"]
    assert card["label"] == {"window_days": 30, "recording_lag_days": 0}


@pytest.mark.parametrize("name", ["baseline.json", "hgb.skops", "logistic.skops"])
def test_a_changed_missing_or_added_file_is_refused(model: FittedModel, name: str) -> None:
    changed = {**model.files, name: model.files[name] + b" "}
    missing = {path: data for path, data in model.files.items() if path != name}
    added = {**model.files, f"{name}.bak": b""}
    for files in (changed, missing, added):
        with pytest.raises(ModelError, match=name):
            load_predictor(files)


def test_files_without_a_card_are_refused(model: FittedModel) -> None:
    for card in (b"", b"[]", b"not json"):
        with pytest.raises(ModelError, match=r"model\.json"):
            load_predictor({**model.files, "model.json": card})
    with pytest.raises(ModelError, match="format 9"):
        load_predictor({**model.files, "model.json": json.dumps({"format": 9}).encode()})


def test_an_estimator_of_a_type_that_is_not_trusted_is_refused(model: FittedModel) -> None:
    import hashlib  # noqa: PLC0415

    evil = skops.io.dumps(np.random.default_rng(0))
    card = json.loads(model.files["model.json"])
    card["files"]["hgb.skops"] = hashlib.sha256(evil).hexdigest()
    files = {**model.files, "hgb.skops": evil, "model.json": json.dumps(card).encode()}
    with pytest.raises(ModelError):
        load_predictor(files)


def test_the_mean_is_the_mean_of_logits_and_the_default(predictor: Predictor) -> None:
    plain = replace(predictor, stretches={})  # every learner has a calibrator of its own
    p = plain.all_learners(EXAMPLES.table)
    logits = [np.log(p[name] / (1 - p[name])) for name in ("hgb", "logistic")]
    assert p["mean"] == pytest.approx(1 / (1 + np.exp(-np.mean(logits, axis=0))), abs=1e-8)
    assert (plain(EXAMPLES.table) == p["mean"]).all()
    assert set(p) == {"mean", "hgb", "logistic", "baseline", "constant"}


def test_another_learner_can_be_asked_for(model: FittedModel, predictor: Predictor) -> None:
    p = predictor.all_learners(EXAMPLES.table)
    for learner in ("hgb", "logistic", "baseline"):
        assert (load_predictor(model.files, learner)(EXAMPLES.table) == p[learner]).all()
    assert predictor.using("baseline").columns == ("item_id", "category")
    with pytest.raises(ModelError, match="forest"):
        predictor.using("forest")


def test_a_row_has_the_same_chance_in_a_batch_of_any_size(predictor: Predictor) -> None:
    whole = predictor(EXAMPLES.table)
    for size in (1, 7, 64, 1000):
        parts = [predictor(batch) for batch in EXAMPLES.table.to_batches(max_chunksize=size)]
        assert (np.concatenate(parts) == whole).all()


def test_an_empty_batch_gives_no_chances(predictor: Predictor) -> None:
    assert {name: len(p) for name, p in predictor.all_learners(EXAMPLES.table.slice(0, 0)).items()} == dict.fromkeys(
        ("mean", "hgb", "logistic", "baseline", "constant"), 0
    )


def test_a_batch_without_a_feature_or_with_another_type_is_refused(predictor: Predictor) -> None:
    with pytest.raises(ModelError, match="size"):
        predictor(EXAMPLES.table.drop_columns(["size"]))
    numbers = EXAMPLES.table.set_column(EXAMPLES.table.column_names.index("size"), "size", pa.array(np.zeros(1500)))
    with pytest.raises(ModelError, match="size"):
        predictor(numbers)
    with pytest.raises(ModelError, match="item_id"):
        predictor.using("baseline")(EXAMPLES.table.drop_columns(["item_id"]))


def test_odd_values_and_unknown_levels_still_get_a_chance(predictor: Predictor) -> None:
    odd = [None, float("nan"), float("inf"), -float("inf"), -0.0, 1e300, -1e300]
    rows = EXAMPLES.table.slice(0, len(odd)).drop_columns(["risk", "skewed", "size"])
    rows = rows.append_column("risk", pa.array(odd)).append_column("skewed", pa.array(odd))
    rows = rows.append_column("size", pa.array(["unheard of", "", None, "s", "m", "l", "xl"]))
    for p in predictor.all_learners(rows).values():
        assert ((p > 0) & (p < 1)).all()
    assert (predictor(rows)[:4] == predictor(rows.slice(0, 4))).all()


def test_unknown_items_get_their_categorys_rate_and_unknown_categories_the_shops(predictor: Predictor) -> None:
    rows = pa.table({"item_id": ["new", "new", "I1"], "category": ["category 3", "unheard of", None]})
    rates = predictor.rates
    expected = [rates.categories["category 3"], rates.rate, rates.items["I1"]]
    assert predictor.using("baseline")(rows) == pytest.approx(expected, abs=1e-9)


def test_a_predictor_does_not_hold_on_to_its_learner(predictor: Predictor) -> None:
    assert replace(predictor, learner="hgb").learner == "hgb"
    assert predictor.learner == "mean"
