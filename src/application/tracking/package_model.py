"""A model's files with what a registry needs to know about them, read from the model's own card."""

import json
import re
from collections.abc import Mapping, Sequence

from domain.schema import Column, ColumnType, Schema
from ports.model_registry import ModelPackage
from ports.table_store import Row

CARD = "model.json"
KEYS = ("item_id", "category")  # what the smoothed-rate baseline reads


def model_name(shop: str) -> str:
    """The registered model of a shop."""
    return "returncast-" + re.sub(r"[^A-Za-z0-9_.-]+", "-", shop).strip("-")


def package_model(
    files: Mapping[str, bytes],
    content: str,
    learner: str,
    run_key: str,
    example: Sequence[Row],
    tags: Mapping[str, str],
) -> ModelPackage:
    """A model ready for the registry.

    Args:
        files: the model's files by name, with its card.
        content: digest of what it learned.
        learner: whose probabilities are to be used.
        run_key: key of the fit.
        example: rows of the examples table.
        tags: provenance by name.
    """
    card = json.loads(files[CARD])
    features = [name for name in card["features"] if name not in KEYS]
    columns = [Column(name, _type(name, card["levels"]), nullable=True) for name in features]
    inputs = Schema((*columns, *(Column(name, ColumnType.TEXT, nullable=True) for name in KEYS)))
    rows = [{name: row.get(name) for name in inputs.names} for row in example]
    said = f"Chance of a return, learner {learner}, fitted at {card['fit_at']} on {len(card['features'])} features."
    return ModelPackage(content, learner, run_key, dict(files), inputs, rows, said, dict(tags))


def _type(name: str, levels: Mapping[str, Sequence[str]]) -> ColumnType:
    return ColumnType.TEXT if name in levels else ColumnType.NUMBER
