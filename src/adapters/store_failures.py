"""A store that does not answer, as Spark and Arrow say it, made into the error of ours.

Both put the words of their SDKs into errors of a general kind, so it is told by those words. What a store says of a
file that is missing stays what it is.
"""

import re
from collections.abc import Callable, Iterator

from adapters.causes import causes_of
from adapters.store_access import StoreAccess
from domain.errors import ReturncastError, ServiceError

_ARROW = re.compile(r"AWS Error (?!NO_SUCH_KEY|RESOURCE_NOT_FOUND)[A-Z_]+ during \w+")
_SPARK = re.compile(
    r"(?:org\.apache\.hadoop\.fs\.s3a\.(?:auth\.)?(?:AWS|NoAws)\w+Exception|java\.nio\.file\.AccessDeniedException: s3a"
    r"|software\.amazon\.awssdk\.core\.exception\.\w+Exception|java\.net\.ConnectException)[^\n]*"
)
_LONGEST = 240


def store_failure(error: BaseException, access: StoreAccess) -> ServiceError | None:
    """The store's failure behind an error, as one sentence with the remedy; None when it is about something else.

    Args:
        error: what Spark, Arrow, or code of ours that read through them, raised.
        access: how the store is reached.
    """
    said = next((found for cause in causes_of(error, _is_told) for found in _words(cause)), None)
    if said is None:
        return None
    return ServiceError(
        f"The S3-compatible store at {access.endpoint or 'AWS'} did not do as asked: {said[:_LONGEST]}.",
        "See that it runs and takes these credentials, and run again: what is committed is kept.",
    )


def explaining[**P, R](
    call: Callable[P, R], failure_behind: Callable[[BaseException], ReturncastError | None]
) -> Callable[P, R]:
    """The same call, with the failure that is behind an error raised in its place."""

    def explained(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return call(*args, **kwargs)
        except Exception as error:
            failure = failure_behind(error)
            if failure is None:
                raise
            raise failure from error

    return explained


def _is_told(error: BaseException) -> bool:
    return isinstance(error, ServiceError)


def _words(error: BaseException) -> Iterator[str]:
    text = str(error)
    # Spark hands on what Arrow said in a worker.
    patterns = (_ARROW,) if isinstance(error, OSError | ReturncastError) else (_SPARK, _ARROW)
    yield from (found.group(0).strip() for pattern in patterns for found in pattern.finditer(text))
