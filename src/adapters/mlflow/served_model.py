"""The program that MLflow stores beside a registered model and runs to serve it.

It is copied into the model as it stands, so it imports nothing of ours and no class of ours is frozen into a
model. It reads the files that `adapters/sklearn/prediction/model_files.py` writes and must predict what
`adapters/sklearn/prediction/predictor.py` does; an integration test holds the two
together. The pipeline itself never runs it.
"""

import hashlib
import json
from pathlib import Path
from typing import Any

import mlflow
import numpy as np
import pandas as pd
import skops.io
from mlflow.pyfunc.model import PythonModel, PythonModelContext

TRUSTED = ["sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor"]
PLACES = 10


class ReturnChance(PythonModel):
    """The chance that each order line comes back, a row a line, in the column `p`."""

    def load_context(self, context: PythonModelContext) -> None:
        """Read the model's files; raises ValueError when one is not what the model's card says."""
        directory = Path(context.artifacts["model"])
        self.card = json.loads((directory / "model.json").read_text("utf-8"))
        for name, digest in self.card["files"].items():
            if hashlib.sha256((directory / name).read_bytes()).hexdigest() != digest:
                raise ValueError(f"the model's file {name} was changed since it was made")
        self.rates = json.loads((directory / "baseline.json").read_text("utf-8"))
        if self.card["design"] is not None:
            self.boosting = skops.io.load(directory / "hgb.skops", trusted=TRUSTED)
            self.logistic = skops.io.load(directory / "logistic.skops", trusted=TRUSTED)

    def predict(
        self, context: PythonModelContext, model_input: pd.DataFrame, params: dict[str, Any] | None = None
    ) -> pd.DataFrame:
        """One chance a row; `params["learner"]` chooses another learner than the one registered."""
        learner = (params or {}).get("learner") or context.model_config["learner"]
        if learner == "baseline" or self.card["design"] is None:
            p = self._baseline(model_input)
        else:
            p = self._fitted(model_input, learner)
        return pd.DataFrame({"p": np.round(p, PLACES)}, index=model_input.index)

    def _baseline(self, rows: pd.DataFrame) -> np.ndarray:
        by_item = _column(rows, "item_id").map(self.rates["items"])
        by_category = _column(rows, "category").map(self.rates["categories"])
        return by_item.fillna(by_category).fillna(self.rates["rate"]).to_numpy(float)

    def _fitted(self, rows: pd.DataFrame, learner: str) -> np.ndarray:
        encoded = np.column_stack([self._encoded(_column(rows, name), name) for name in self.card["features"]])
        boosting = self.boosting.decision_function(encoded)
        logistic = self._logistic(encoded)
        plain = {"mean": (boosting + logistic) / 2, "hgb": boosting, "logistic": logistic}[learner]
        stretch = self.card["stretches"].get(learner, {"slope": 1.0, "offset": 0.0})
        logit = stretch["slope"] * plain + stretch["offset"] + self.card["shifts"].get(learner, 0.0)
        return np.asarray(1 / (1 + np.exp(-logit)))

    def _encoded(self, column: pd.Series, name: str) -> np.ndarray:
        if name in self.card["levels"]:
            levels = self.card["levels"][name]
            rank = {level: float(position) for position, level in enumerate(levels)}
            ranks = column.map(rank).fillna(float(len(levels)))
            return ranks.where(column.notna()).to_numpy(float)
        values = pd.to_numeric(column).to_numpy(float)
        return np.where(np.isfinite(values), values, np.nan)

    def _logistic(self, encoded: np.ndarray) -> np.ndarray:
        total = np.full(len(encoded), float(self.logistic.intercept_[0]))
        for column, weight in zip(self.card["design"], self.logistic.coef_[0], strict=True):
            total += _design_column(column, encoded[:, column["feature"]]) * weight
        return total


def _column(rows: pd.DataFrame, name: str) -> pd.Series:
    return rows[name] if name in rows else pd.Series(np.nan, index=rows.index, dtype=object)


def _design_column(column: dict[str, Any], raw: np.ndarray) -> np.ndarray:
    if column["kind"] == "missing":
        return np.isnan(raw).astype(float)
    if column["kind"] == "level":
        return np.asarray(raw == column["level"], float)
    taken = np.sign(raw) * np.log1p(np.abs(raw)) if column["logged"] else raw
    standardised = np.clip((taken - column["mean"]) / column["scale"], -5.0, 5.0)
    return np.asarray(np.nan_to_num(standardised, nan=0.0))


mlflow.models.set_model(ReturnChance())
