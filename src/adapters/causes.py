"""What an error came from, error by error."""

from collections.abc import Callable, Iterator


def causes_of(error: BaseException, tells_it_all: Callable[[BaseException], bool]) -> Iterator[BaseException]:
    """The error itself, then what each came from, up to one that says already what is behind it, which is left out."""
    cause: BaseException | None = error
    while cause is not None and not tells_it_all(cause):
        yield cause
        cause = cause.__cause__ or cause.__context__
