"""What MLflow's exceptions mean to whoever has to mend it: one sentence and what to do, without credentials."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from adapters.addresses import without_credentials

SAFE = "The lake's data are safe, and the next run records this one."
MEND = f"Mend MLflow and run again. {SAFE}"
_MANY_OF_STATUS = re.compile(r"too many (\d{3}) error responses")
_OTHER_STATUS = re.compile(r"failed with error code (\d{3}) != 200")

_REFUSALS = {"UNAUTHENTICATED": 401, "CUSTOMER_UNAUTHORIZED": 401, "PERMISSION_DENIED": 403}  # MLflow's own codes

# By the names of exceptions of requests, urllib3 and the standard library, the most telling first.
_BY_TYPE = (
    (("NameResolutionError", "gaierror"), "no machine of that name is known"),
    (("SSLError", "SSLCertVerificationError"), "no secure connection can be made to it"),
    (
        ("ConnectTimeoutError", "ConnectTimeout", "ReadTimeoutError", "ReadTimeout", "TimeoutError"),
        "it does not answer",
    ),
    (("ConnectionRefusedError",), "nothing listens there"),
    (("NewConnectionError",), "it cannot be reached"),
    (
        ("ConnectionResetError", "RemoteDisconnected", "ProtocolError", "BrokenPipeError"),
        "it, or the artifact store behind it, broke off",
    ),
)


@dataclass(frozen=True)
class Failure:
    """Why MLflow did not do what it was asked.

    Args:
        reason: part of a sentence, after a colon.
        remedy: what to do about it.
        unreachable: whether nothing else can be expected of it now.
    """

    reason: str
    remedy: str = MEND
    unreachable: bool = True


def failure_of(error: Exception) -> Failure:
    """The failure that an exception raised under MLflow's client stands for."""
    causes = list(_causes(error))
    status = _status(causes)
    if "Invalid Host header" in str(error):
        return Failure(
            "it does not take requests under this host name", f"Name it in the server's --allowed-hosts. {SAFE}"
        )
    if status in {401, 403}:
        return Failure(
            f"it refuses these credentials (HTTP {status})",
            "Set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN, and run again. "
            + SAFE,
        )
    if status is not None and status >= 500:
        return Failure(f"it, or the artifact store behind it, answers HTTP {status}")
    for names, meaning in _BY_TYPE:
        if any(type(cause).__name__ in names for cause in causes):
            return Failure(meaning)
    if "Response body: '" in str(error) or "error_code" not in getattr(error, "json", {"error_code": ""}):
        answered = "" if status is None else f" (HTTP {status})"
        return Failure(
            f"what answers there is no MLflow server{answered}", f"Check MLFLOW_TRACKING_URI and run again. {SAFE}"
        )
    return Failure(_first_line(error), unreachable=False)


def _first_line(error: Exception) -> str:
    line = next(iter(str(error).splitlines()), "") or type(error).__name__
    return without_credentials(line)[:300].rstrip(".")


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error with everything it came from; libraries keep that in `reason` and among the arguments too."""
    pending, seen = [error], set[int]()
    while pending:
        cause = pending.pop(0)
        if id(cause) in seen:
            continue
        seen.add(id(cause))
        yield cause
        further = (cause.__cause__, cause.__context__, getattr(cause, "reason", None), *cause.args)
        pending += [other for other in further if isinstance(other, BaseException)]


def _status(causes: list[BaseException]) -> int | None:
    for cause in causes:
        response = getattr(cause, "response", None)
        if response is not None:
            return int(response.status_code)
        refused = _REFUSALS.get(getattr(cause, "error_code", ""))
        if refused is not None:
            return refused
        found = _MANY_OF_STATUS.search(str(cause)) or _OTHER_STATUS.search(str(cause))
        if found is not None:
            return int(found.group(1))
    return None
