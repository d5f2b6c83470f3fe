"""What a step leaves behind: references to tables and artifacts, and the manifest that commits them."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias

from domain.errors import SnapshotError
from domain.schema import Schema

Json: TypeAlias = Any


@dataclass(frozen=True)
class DatasetRef:
    """A table of a snapshot: where its Parquet files are and what they hold.

    `uri` is a directory; `content` does not depend on row order, file layout or attempt.
    """

    name: str
    uri: str
    schema: Schema
    rows: int
    content: str


@dataclass(frozen=True)
class ArtifactRef:
    """A directory of a snapshot that is no table (a model, a page), with the digest of its content."""

    name: str
    uri: str
    content: str


@dataclass(frozen=True)
class FileEntry:
    """One file of an attempt: its path below the attempt, its size in bytes and its SHA-256."""

    path: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Attempt:
    """A prefix of its own under which one try at a step writes; nobody reads it before the commit."""

    step: str
    key: str
    id: str
    uri: str

    def location(self, name: str) -> str:
        """The URI of the directory for the table or artifact called `name`."""
        return f"{self.uri}/{name}"


@dataclass(frozen=True)
class StepResult:
    """What a use case hands over for commitment.

    `facts` are small figures that are part of the content; `notes` are provenance and are not.
    """

    tables: tuple[DatasetRef, ...] = ()
    artifacts: tuple[ArtifactRef, ...] = ()
    facts: Mapping[str, Json] = field(default_factory=dict)
    notes: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True)
class MadeFrom:
    """What a step's result follows from.

    Args:
        inputs: by step, the keys of the checkpoints that were read.
        parameters: what the step was asked for.
        code: digest of the code that made it.
    """

    inputs: Mapping[str, str]
    parameters: Mapping[str, Json]
    code: str


@dataclass(frozen=True)
class Manifest:
    """The checkpoint of a step: complete when it exists, never written again."""

    step: str
    key: str
    attempt: str
    uri: str
    tables: tuple[DatasetRef, ...]
    artifacts: tuple[ArtifactRef, ...]
    facts: Mapping[str, Json]
    notes: Mapping[str, Json]
    files: tuple[FileEntry, ...]
    inputs: Mapping[str, str]
    parameters: Mapping[str, Json]
    code: str
    committed_at: str

    @classmethod
    def of(
        cls, attempt: Attempt, result: StepResult, files: tuple[FileEntry, ...], made_from: MadeFrom, at: datetime
    ) -> "Manifest":
        """The checkpoint of what an attempt wrote, to be committed `at` that moment."""
        return cls(
            step=attempt.step,
            key=attempt.key,
            attempt=attempt.id,
            uri=attempt.uri,
            tables=result.tables,
            artifacts=result.artifacts,
            facts=result.facts,
            notes=result.notes,
            files=files,
            inputs=made_from.inputs,
            parameters=made_from.parameters,
            code=made_from.code,
            committed_at=at.isoformat(),
        )

    @property
    def content(self) -> str:
        """Digest of tables, artifacts and facts; equal for equal results of any two attempts."""
        return content_of(StepResult(self.tables, self.artifacts, self.facts))

    def holds(self, name: str) -> bool:
        """Whether the snapshot has a table or an artifact called `name`."""
        return name in {table.name for table in self.tables} | {artifact.name for artifact in self.artifacts}

    def file(self, path: str) -> FileEntry:
        """The file at a path below the attempt; raises SnapshotError when the snapshot has none."""
        for entry in self.files:
            if entry.path == path:
                return entry
        raise SnapshotError(
            f"The snapshot of step '{self.step}' has no file '{path}'.", "Ask for a file that its manifest lists."
        )

    def table(self, name: str) -> DatasetRef:
        """The table called `name`; raises SnapshotError when the snapshot has none."""
        return _named(self.tables, name, self.step)

    def artifact(self, name: str) -> ArtifactRef:
        """The artifact called `name`; raises SnapshotError when the snapshot has none."""
        return _named(self.artifacts, name, self.step)


def content_of(result: StepResult) -> str:
    """Digest of a step's tables, artifacts and facts."""
    refs = sorted([(t.name, t.content) for t in result.tables] + [(a.name, a.content) for a in result.artifacts])
    return digest_of({"refs": refs, "facts": result.facts})


def digest_of(value: Json) -> str:
    """SHA-256 (first 32 hexadecimal digits) of a JSON value in a canonical form."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _named[R: DatasetRef | ArtifactRef](refs: tuple[R, ...], name: str, step: str) -> R:
    for ref in refs:
        if ref.name == name:
            return ref
    known = ", ".join(r.name for r in refs) or "nothing"
    raise SnapshotError(
        f"The snapshot of step '{step}' has no '{name}'; it holds {known}.",
        "Run the step again with this version of the code.",
    )
