"""Manifests as JSON documents: the text of a checkpoint.

Locations are stored relative to the lake (`datasets/...`) and resolved when they are read, so that a lake can be
moved or copied, also between a file system and an object store. A checksum over the rest of the document tells a
damaged checkpoint from a good one.
"""

import json
from collections.abc import Mapping
from typing import Any

from application.lake.layout import LakeRoots
from application.lake.schema_codec import decode_schema, encode_schema
from domain.errors import SnapshotError
from domain.model.decision import DECIDING_STEPS
from domain.snapshot import ArtifactRef, DatasetRef, FileEntry, Json, Manifest, digest_of

FORMAT = 1


def encode_manifest(manifest: Manifest, roots: LakeRoots) -> bytes:
    """The manifest as UTF-8 JSON with locations relative to the lake.

    Raises SnapshotError when it holds values that JSON would not give back as they are, or lies outside the lake.
    """
    document: dict[str, Json] = {
        "format": FORMAT,
        "step": manifest.step,
        "key": manifest.key,
        "attempt": manifest.attempt,
        "uri": roots.relative(manifest.uri),
        "tables": [_table_json(table, roots) for table in manifest.tables],
        "artifacts": [{"name": a.name, "uri": roots.relative(a.uri), "content": a.content} for a in manifest.artifacts],
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


def decode_manifest(data: bytes, roots: LakeRoots, name: str, step: str, key: str) -> Manifest:
    """The manifest of a checkpoint's text, its locations where the lake is now.

    Args:
        data: the text, UTF-8.
        roots: where the lake's parts are now.
        name: of the checkpoint's file, for the error.
        step: whose checkpoint it is, by its place.
        key: likewise.

    Raises SnapshotError when the text is not a whole manifest, or that of another step or key.
    """
    manifest = _decoded(data, roots, name, step)
    if (manifest.step, manifest.key) != (step, key):
        raise SnapshotError(
            f"The checkpoint {name} is that of step '{manifest.step}', key {manifest.key}.", _remedy(step)
        )
    return manifest


def _decoded(data: bytes, roots: LakeRoots, name: str, step: str) -> Manifest:
    try:
        document = json.loads(data)
        checksum = document.pop("checksum")
        if checksum != digest_of(document):
            raise ValueError("its checksum does not agree")
        return _manifest(document, roots)
    except SnapshotError as error:
        raise _unreadable(name, step, error.problem.rstrip(".")) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise _unreadable(name, step, f"{type(error).__name__} {error}") from error


def _manifest(document: Mapping[str, Any], roots: LakeRoots) -> Manifest:
    if document["format"] != FORMAT:
        raise ValueError(f"its format is {document['format']}, this version reads {FORMAT}")
    return Manifest(
        step=document["step"],
        key=document["key"],
        attempt=document["attempt"],
        uri=roots.absolute(document["uri"]),
        tables=tuple(_table(table, roots) for table in document["tables"]),
        artifacts=tuple(ArtifactRef(a["name"], roots.absolute(a["uri"]), a["content"]) for a in document["artifacts"]),
        facts=document["facts"],
        notes=document["notes"],
        files=tuple(FileEntry(f["path"], f["size"], f["sha256"]) for f in document["files"]),
        inputs=document["inputs"],
        parameters=document["parameters"],
        code=document["code"],
        committed_at=document["committed_at"],
    )


def _table_json(table: DatasetRef, roots: LakeRoots) -> dict[str, Json]:
    return {
        "name": table.name,
        "uri": roots.relative(table.uri),
        "rows": table.rows,
        "content": table.content,
        "schema": encode_schema(table.schema),
    }


def _table(table: Mapping[str, Any], roots: LakeRoots) -> DatasetRef:
    uri, schema = roots.absolute(table["uri"]), decode_schema(table["schema"])
    return DatasetRef(table["name"], uri, schema, table["rows"], table["content"])


def _not_plain(manifest: Manifest, what: str) -> SnapshotError:
    return SnapshotError(
        f"The manifest of step '{manifest.step}' holds values that are not plain JSON: {what}.",
        "Give facts, notes and parameters as text, numbers, true, false, null, lists and mappings by text.",
    )


def _unreadable(name: str, step: str, reason: str) -> SnapshotError:
    return SnapshotError(f"The checkpoint {name} cannot be read: {reason}.", _remedy(step))


def _remedy(step: str) -> str:
    if step in DECIDING_STEPS:  # a decision is in no other place, and running again need not decide the same
        return "Restore it: if it is deleted, what it decided is forgotten and the champion before it stands again."
    return "Restore it, or delete it and run again: its step will be made anew."
