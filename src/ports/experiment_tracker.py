"""Where a person looks up what a run was made of and how well it did."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field

EXPERIMENT = "returncast"  # what runs are recorded in
KEY_TAG = "returncast.key"  # names the key of a run, or of the run that made a model


@dataclass(frozen=True)
class DataInput:
    """Data that a run read, by our own fingerprint.

    Args:
        name: what the data is called.
        digest: changes when, and only when, the data does; at most 36 characters.
        role: what it was used for, such as `source` or `training`.
        rows: how many rows it has.
    """

    name: str
    digest: str
    role: str
    rows: int


@dataclass(frozen=True)
class TrackedRun:
    """Everything worth keeping of one run.

    Args:
        key: identifies the run; recording it again completes the same one.
        name: what people call it.
        parameters: what the key stands for; the same key always has the same ones.
        metrics: figures by name.
        tags: provenance and decisions by name.
        inputs: the data it read.
        files: attachments by path (figures, JSON documents, the report).
    """

    key: str
    name: str
    parameters: Mapping[str, str] = field(default_factory=dict)
    metrics: Mapping[str, float] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    inputs: tuple[DataInput, ...] = ()
    files: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True)
class RecordedRun:
    """What a tracker holds of a run; `files` are the paths of its attachments, sorted."""

    id: str
    key: str
    name: str
    parameters: Mapping[str, str]
    metrics: Mapping[str, float]
    tags: Mapping[str, str]
    inputs: tuple[DataInput, ...]
    files: tuple[str, ...]


class ExperimentTracker(ABC):
    """Keeps runs side by side for people to compare; nothing in the pipeline reads it back."""

    @abstractmethod
    def record(self, run: TrackedRun) -> str:
        """Record a run, or complete the one recorded under its key, and return the tracker's id for it.

        Metrics, tags and files of the same name are replaced, others stay. Raises ServiceError when the
        tracker does not answer or the key is recorded with another value of a parameter.
        """

    @abstractmethod
    def find(self, key: str) -> RecordedRun | None:
        """The run recorded under a key, or None; raises ServiceError when the tracker does not answer."""
