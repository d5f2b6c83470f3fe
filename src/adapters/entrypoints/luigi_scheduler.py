"""Which of Luigi's schedulers a run is put to: the one inside the process, or a luigid that many share."""

import re
from http.client import HTTPException
from typing import Annotated
from urllib.parse import urlsplit
from urllib.request import urlopen

import typer

from adapters.addresses import without_credentials
from domain.errors import ConfigurationError, ServiceError

HELD = "event.returncast.held"  # triggered by a task that finds a step of its run in another's hands
UNKNOWN = "event.returncast.unknown"  # triggered by a task of which nobody can say whether it is done
LOCAL = "local"
ANSWER_S = 10
_ADDRESS = re.compile(r"[A-Za-z0-9.-]+:\d{1,5}|\[[0-9A-Fa-f:]+\]:\d{1,5}")

Scheduler = Annotated[
    str | None,
    typer.Option(
        "--scheduler",
        envvar="LUIGI_SCHEDULER",
        metavar="local|HOST:PORT|URL",
        help="Luigi's scheduler: 'local' inside this process, or a luigid such as 127.0.0.1:8082, whose web UI shows "
        "the run; default: the one that your Luigi configuration names, else local.",
    ),
]


def scheduler_url(asked: str | None) -> str | None:
    """The URL of the luigid to use; None for the scheduler inside the process.

    Raises ConfigurationError for what is neither 'local', an address nor a URL.

    Args:
        asked: value of the option or its variable; None leaves it to Luigi's own configuration.
    """
    if asked is None:
        return _configured()
    if asked == LOCAL:
        return None
    if _ADDRESS.fullmatch(asked):
        return f"http://{asked}"
    if urlsplit(asked).scheme in {"http", "https"} and urlsplit(asked).hostname:
        return asked.rstrip("/")
    raise ConfigurationError(
        f"--scheduler '{without_credentials(asked)}' is no scheduler.",
        "Write 'local', the address of a luigid such as 127.0.0.1:8082, or its URL.",
    )


def require_answer(url: str) -> None:
    """Raise ServiceError unless a luigid answers there, with the command that starts one."""
    if urlsplit(url).username:
        return  # Luigi's own client knows how to show who asks
    try:
        with urlopen(f"{url.rstrip('/')}/api/is_paused", timeout=ANSWER_S):  # noqa: S310 (its scheme was checked)
            return
    except (OSError, HTTPException, ValueError) as error:
        reason = getattr(error, "reason", None) or error
        raise ServiceError(
            f"Luigi's scheduler at {url} does not answer: {reason}.",
            "Start it as docs/luigi.md says, or run with --scheduler local.",
        ) from error


def _configured() -> str | None:
    from luigi.configuration import get_config  # noqa: PLC0415 (only a run needs Luigi)
    from luigi.interface import core  # noqa: PLC0415

    config = get_config()
    names = ("scheduler_host", "scheduler_url", "default_scheduler_host", "default_scheduler_url")
    if not any(config.has_option("core", name) for name in names):
        return None
    chosen = core()
    if chosen.local_scheduler:
        return None
    return (chosen.scheduler_url or f"http://{chosen.scheduler_host}:{chosen.scheduler_port}").rstrip("/")
