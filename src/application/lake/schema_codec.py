"""Schemas as JSON values, as manifests and publications hold them."""

from collections.abc import Iterable, Mapping
from typing import Any

from domain.schema import Column, ColumnType, Schema
from domain.snapshot import Json


def encode_schema(schema: Schema) -> list[Json]:
    """One entry a column, in order."""
    return [{"name": c.name, "type": str(c.type), "nullable": c.nullable, "meaning": c.meaning} for c in schema.columns]


def decode_schema(columns: Iterable[Mapping[str, Any]]) -> Schema:
    """The schema of these entries; raises KeyError, TypeError or ValueError for what is none."""
    return Schema(tuple(Column(c["name"], ColumnType(c["type"]), c["nullable"], c["meaning"]) for c in columns))
