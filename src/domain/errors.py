"""The one family of errors: every message names what was wrong and what to do about it."""


class ReturncastError(Exception):
    """Base of every error the pipeline raises on purpose.

    Args:
        problem: one sentence that names the input and what is wrong with it.
        remedy: one sentence that says what to do about it.
    """

    exit_code = 1

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(f"{problem} {remedy}")
        self.problem = problem
        self.remedy = remedy

    def __reduce__(self) -> tuple[type["ReturncastError"], tuple[str, str]]:
        """Keep both parts when the error crosses a process boundary."""
        return type(self), (self.problem, self.remedy)


class ConfigurationError(ReturncastError):
    """A setting or an argument cannot be used as given."""

    exit_code = 2


class MappingError(ConfigurationError):
    """A mapping file does not describe its source."""


class SourceError(ReturncastError):
    """A source cannot be read: absent, empty, truncated or in the wrong encoding."""

    exit_code = 3


class RuleError(ReturncastError):
    """A feature or quality rule is malformed; raised when the rule is built."""

    exit_code = 2


class NotEnoughHistoryError(ReturncastError):
    """The source is too short for what was asked."""

    exit_code = 4


class SnapshotError(ReturncastError):
    """A snapshot or checkpoint is absent, damaged or not what its manifest says."""

    exit_code = 5


class ModelError(ReturncastError):
    """A model cannot be fitted, loaded or trusted."""

    exit_code = 6


class ServiceError(ReturncastError):
    """A service beside the pipeline (tracker, registry, store) did not answer as needed."""

    exit_code = 7


class DiskError(ReturncastError):
    """A disk of this machine is full, or this user may not read or write there; another try would end the same way."""

    exit_code = 9


class UnreachableServiceError(ServiceError):
    """A service does not answer at all, or refuses everybody: whatever else it is asked now fails as well."""
