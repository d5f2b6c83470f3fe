"""A model registry that keeps versions in memory; it passes the same contract as the real one."""

from collections.abc import Sequence
from dataclasses import replace

from domain.errors import ServiceError
from ports.model_registry import ModelPackage, ModelRegistry, RegisteredVersion


class InMemoryModelRegistry(ModelRegistry):
    """Versions and aliases by name.

    Args:
        answers: whether it answers at all.
    """

    def __init__(self, *, answers: bool = True) -> None:
        self.answers = answers
        self._versions: dict[str, list[RegisteredVersion]] = {}
        self._aliases: dict[str, dict[str, int]] = {}

    def register(self, name: str, package: ModelPackage) -> RegisteredVersion:
        """Keep the package's identity as the next version."""
        for known in self.versions(name):
            if (known.content, known.learner, known.run_key) == (package.content, package.learner, package.run_key):
                return known
        kept = self._versions.setdefault(name, [])
        version = RegisteredVersion(
            name, len(kept) + 1, package.content, package.learner, package.run_key, (), dict(package.tags)
        )
        kept.append(version)
        return version

    def versions(self, name: str) -> Sequence[RegisteredVersion]:
        """What was registered."""
        self._check()
        aliases = self._aliases.get(name, {})
        return [
            replace(kept, aliases=tuple(sorted(a for a, version in aliases.items() if version == kept.version)))
            for kept in self._versions.get(name, [])
        ]

    def find(self, name: str, alias: str) -> RegisteredVersion | None:
        """The version under an alias."""
        return next((v for v in self.versions(name) if alias in v.aliases), None)

    def set_alias(self, name: str, alias: str, version: int) -> None:
        """Point the alias."""
        if all(known.version != version for known in self.versions(name)):
            raise ServiceError(f"The model '{name}' has no version {version}.", "Choose another.")
        self._aliases.setdefault(name, {})[alias] = version

    def drop_alias(self, name: str, alias: str) -> None:
        """Forget the alias."""
        self._check()
        self._aliases.get(name, {}).pop(alias, None)

    def _check(self) -> None:
        if not self.answers:
            raise ServiceError("The registry does not answer.", "Try again later.")
