"""Manifests as JSON documents: the text of a checkpoint.

Locations are stored relative to the lake's root and resolved when they are read, so that a lake can be
moved or copied. A checksum over the rest of the document tells a damaged checkpoint from a good one.
"""

import json
from collections.abc import Mapping
from typing import Any

from domain.errors import SnapshotError
from domain.schema import Column, ColumnType, Schema
from domain.snapshot import ArtifactRef, DatasetRef, FileEntry, Json, Manifest, digest_of

FORMAT = 1


def encode_manifest(manifest: Manifest, root: str) -> bytes:
    """The manifest as UTF-8 JSON with locations relative to `root`.

    Raises SnapshotError when it holds values that JSON would not give back as they are, or lies outside `root`.
    """
    document: dict[str, Json] = {
        "format": FORMAT,
        "step": manifest.step,
        "key": manifest.key,
        "attempt": manifest.attempt,
        "uri": _relative(manifest.uri, root),
        "tables": [_table_json(table, root) for table in manifest.tables],
        "artifacts": [
            {"name": a.name, "uri": _relative(a.uri, root), "content": a.content} for a in manifest.artifacts
        ],
        "facts": manifest.facts,
        "notes": manifest.notes,
        "files": [{"path": f.path, "size": f.size, "sha256": f.sha256} for f in manifest.files],
        "inputs": dict(manifest.inputs),
        "parameters": manifest.parameters,
        "code": manifest.code,
        "committed_at": manifest.committed_at,
    }
    try:
        plain = json.loads(json.dumps(document))
    except (TypeError, ValueError) as error:
        raise _not_plain(manifest, str(error)) from error
    if digest_of(plain["facts"]) != digest_of(manifest.facts):
        raise _not_plain(manifest, "keys that are no text")
    return json.dumps({**plain, "checksum": digest_of(plain)}, indent=1).encode()


def decode_manifest(data: bytes, root: str, name: str) -> Manifest:
    """The manifest of a checkpoint's text, its locations below `root`.

    Args:
        data: the text, UTF-8.
        root: URI of the lake's root now.
        name: of the checkpoint's file, for the error.

    Raises SnapshotError when the text is not a whole manifest.
    """
    try:
        document = json.loads(data)
        checksum = document.pop("checksum")
        if checksum != digest_of(document):
            raise ValueError("its checksum does not agree")
        return _manifest(document, root)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise SnapshotError(
            f"The checkpoint {name} cannot be read: {type(error).__name__} {error}.",
            "Restore it, or delete it and run again: its step will be made anew.",
        ) from error


def _manifest(document: Mapping[str, Any], root: str) -> Manifest:
    if document["format"] != FORMAT:
        raise ValueError(f"its format is {document['format']}, this version reads {FORMAT}")
    return Manifest(
        step=document["step"],
        key=document["key"],
        attempt=document["attempt"],
        uri=_absolute(document["uri"], root),
        tables=tuple(_table(table, root) for table in document["tables"]),
        artifacts=tuple(ArtifactRef(a["name"], _absolute(a["uri"], root), a["content"]) for a in document["artifacts"]),
        facts=document["facts"],
        notes=document["notes"],
        files=tuple(FileEntry(f["path"], f["size"], f["sha256"]) for f in document["files"]),
        inputs=document["inputs"],
        parameters=document["parameters"],
        code=document["code"],
        committed_at=document["committed_at"],
    )


def _table_json(table: DatasetRef, root: str) -> dict[str, Json]:
    columns = [
        {"name": c.name, "type": str(c.type), "nullable": c.nullable, "meaning": c.meaning}
        for c in table.schema.columns
    ]
    return {
        "name": table.name,
        "uri": _relative(table.uri, root),
        "rows": table.rows,
        "content": table.content,
        "schema": columns,
    }


def _table(table: Mapping[str, Any], root: str) -> DatasetRef:
    columns = (Column(c["name"], ColumnType(c["type"]), c["nullable"], c["meaning"]) for c in table["schema"])
    uri = _absolute(table["uri"], root)
    return DatasetRef(table["name"], uri, Schema(tuple(columns)), table["rows"], table["content"])


def _relative(uri: str, root: str) -> str:
    prefix = f"{root}/"
    if not uri.startswith(prefix):
        raise SnapshotError(f"The location {uri} is outside the lake {root}.", "Write below the attempt's own prefix.")
    return uri.removeprefix(prefix)


def _absolute(relative: str, root: str) -> str:
    if not relative or relative.startswith("/") or ".." in relative.split("/"):
        raise ValueError(f"its location '{relative}' leaves the lake")
    return f"{root}/{relative}"


def _not_plain(manifest: Manifest, what: str) -> SnapshotError:
    return SnapshotError(
        f"The manifest of step '{manifest.step}' holds values that are not plain JSON: {what}.",
        "Give facts, notes and parameters as text, numbers, true, false, null, lists and mappings by text.",
    )
