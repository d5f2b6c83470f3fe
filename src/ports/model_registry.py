"""Where people and serving systems find the shop's models by name, version and alias."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from domain.content import Cell
from domain.schema import Schema


@dataclass(frozen=True)
class ModelPackage:
    """A model as it is handed to the registry.

    Args:
        content: digest of what the model learned.
        learner: whose probabilities it gives unless asked for another's.
        run_key: the tracked run that made it.
        files: the model's own files by name.
        inputs: the columns it predicts from, NUMBER or TEXT.
        example: a few rows of those columns.
        description: a sentence for people.
        tags: provenance by name.
    """

    content: str
    learner: str
    run_key: str
    files: Mapping[str, bytes]
    inputs: Schema
    example: Sequence[Mapping[str, Cell]] = ()
    description: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class RegisteredVersion:
    """One version of a registered model, with the aliases that point to it now."""

    name: str
    version: int
    content: str
    learner: str
    run_key: str
    aliases: tuple[str, ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)


class ModelRegistry(ABC):
    """Versions of models under a name; aliases mirror the lake's decisions and move only when told.

    Every method raises ServiceError when the registry does not answer.
    """

    @abstractmethod
    def register(self, name: str, package: ModelPackage) -> RegisteredVersion:
        """Register a model as the next version, unless it is there: same content, learner and run."""

    @abstractmethod
    def versions(self, name: str) -> Sequence[RegisteredVersion]:
        """Every version under a name, oldest first; empty when the name is unknown."""

    @abstractmethod
    def find(self, name: str, alias: str) -> RegisteredVersion | None:
        """The version that an alias points to, or None."""

    @abstractmethod
    def set_alias(self, name: str, alias: str, version: int) -> None:
        """Point an alias to a version, away from any other; raises ServiceError when there is no such version."""

    @abstractmethod
    def drop_alias(self, name: str, alias: str) -> None:
        """Make an alias point to nothing; no error when it points to nothing already."""
