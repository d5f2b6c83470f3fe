"""Which code makes a step, as one digest: a part of the step's key."""

from abc import ABC, abstractmethod
from collections.abc import Sequence


class CodeIdentity(ABC):
    """Tells whether two runs would execute the same code with the same libraries."""

    @abstractmethod
    def digest(self, modules: Sequence[str], distributions: Sequence[str]) -> str:
        """Digest of modules, all of the project that they import, and the versions of distributions.

        Args:
            modules: dotted names of entry modules; `module:function` stands for one function or method, with
                those of its module that it calls, and nothing that the module imports.
            distributions: names of installed distributions, as package indexes write them.

        Comments, docstrings and layout do not count, code does. Raises ConfigurationError when a module
        or a distribution is not there.
        """
