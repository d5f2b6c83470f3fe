"""A model as files: skops for the estimators, JSON for the rest, and the way back.

`model.json` describes the fit and holds the SHA-256 of every other file; nothing is loaded before all
of them agree, and skops builds only scikit-learn's own types and the one we name.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import skops.io
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression

from adapters.sklearn.design import DesignColumn
from adapters.sklearn.logits import Stretch
from adapters.sklearn.prediction.predictor import Estimators, Predictor
from adapters.sklearn.training.smoothed_rates import SmoothedRates
from domain.errors import ModelError
from domain.snapshot import Json

CARD = "model.json"
BASELINE = "baseline.json"
BOOSTING = "hgb.skops"
LOGISTIC = "logistic.skops"
FORMAT = 1
TRUSTED = ("sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",)


def load_predictor(files: Mapping[str, bytes], learner: str | None = None) -> Predictor:
    """A model's predictor from its files by name.

    Args:
        files: every file of the model's directory, `model.json` among them.
        learner: whose probabilities to use; None for the one the model was made for.

    Raises ModelError when a file is missing, added, changed or holds a type that is not trusted.
    """
    card = _checked_card(files)
    rates = SmoothedRates(**json.loads(files[BASELINE]))
    predictor = Predictor(
        learner=card["learner"],
        features=tuple(card["features"]),
        levels=card["levels"],
        rates=rates,
        estimators=_estimators(files, card) if card["design"] is not None else None,
        content=card["content"],
        card=card,
        shifts=card.get("shifts", {}),
        stretches={name: Stretch(**values) for name, values in card.get("stretches", {}).items()},
    )
    return predictor if learner is None else predictor.using(learner)


def model_files(card: Mapping[str, Json], rates: SmoothedRates, estimators: Estimators | None) -> dict[str, bytes]:
    """The files of a fitted model; the card is completed with their digests.

    Args:
        card: the description, with `learner`, `features`, `levels` and `content`.
        rates: the baseline.
        estimators: the two estimators, or None where only the baseline was fitted.
    """
    files = {BASELINE: _json(rates.as_json())}
    if estimators is not None:
        files[BOOSTING] = skops.io.dumps(estimators.boosting)
        files[LOGISTIC] = skops.io.dumps(estimators.logistic)
    complete = {
        **card,
        "format": FORMAT,
        "design": None if estimators is None else [column.as_json() for column in estimators.design],
        "files": {name: _sha256(data) for name, data in sorted(files.items())},
    }
    return {**files, CARD: _json(complete)}


def read_card(files: Mapping[str, bytes]) -> dict[str, Json]:
    """The description in `model.json`; raises ModelError when it is absent or of another format."""
    try:
        card = json.loads(files[CARD])
        known = card["format"] == FORMAT
    except (KeyError, TypeError, ValueError) as error:
        raise ModelError("The model's model.json is absent or is no JSON object.", "Train the model again.") from error
    if not known:
        raise ModelError(f"The model has format {card['format']}, not {FORMAT}.", "Train it with this version.")
    return dict(card)


def _checked_card(files: Mapping[str, bytes]) -> dict[str, Json]:
    card = read_card(files)
    found = {name: _sha256(data) for name, data in files.items() if name != CARD}
    wrong = sorted(name for name in card["files"].keys() | found.keys() if card["files"].get(name) != found.get(name))
    if wrong:
        raise ModelError(
            f"The model's files {', '.join(wrong)} are missing, added or changed since it was made.",
            "Take the model from the lake again, or train it again.",
        )
    return card


def _estimators(files: Mapping[str, bytes], card: Mapping[str, Json]) -> Estimators:
    boosting, logistic = _loaded(files, BOOSTING), _loaded(files, LOGISTIC)
    if not isinstance(boosting, HistGradientBoostingClassifier) or not isinstance(logistic, LogisticRegression):
        raise ModelError("The model's estimators are of unexpected types.", "Train the model again.")
    return Estimators(boosting, logistic, tuple(DesignColumn(**column) for column in card["design"]))


def _loaded(files: Mapping[str, bytes], name: str) -> Any:
    try:
        return skops.io.loads(files[name], trusted=list(TRUSTED))
    except Exception as error:  # skops raises its own, zipfile's and numpy's errors alike
        raise ModelError(f"The model's file {name} cannot be loaded safely: {error}.", "Train it again.") from error


def _json(value: Json) -> bytes:
    return json.dumps(value, sort_keys=True, indent=1).encode()


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
