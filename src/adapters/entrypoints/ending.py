"""How a command ends."""

import sys
from collections.abc import Callable

from adapters.bootstrap.runs import explained
from adapters.entrypoints.console import print_error
from domain.errors import ReturncastError


def end_plainly(command: Callable[[], object]) -> None:
    """Run a command; an error of ours, or one that a service is behind, ends with its sentence, remedy and exit code.

    Raises any other error as it is.
    """
    try:
        command()
    except Exception as error:
        told = explained(error)
        if not isinstance(told, ReturncastError):
            raise
        print_error(told.problem, told.remedy)
        sys.exit(told.exit_code)
