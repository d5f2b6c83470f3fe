"""Whether a service answers: `python probe.py <url>` ends with 0 if it does, and with 1 and the reason if not.

`--listed-at <url of the Spark master's JSON>` also asks whether the master counts this worker among the living.
"""

import json
import sys
from typing import Any
from urllib.request import Request, urlopen

SECONDS = 4


def answer(url: str) -> str:
    """The page at a URL; raises OSError when there is none, or its status is an error."""
    with urlopen(Request(url), timeout=SECONDS) as response:  # noqa: S310 - the URL stands in docker-compose.yml
        text: str = response.read().decode()
        return text


def is_listed(worker: dict[str, Any], master: dict[str, Any]) -> bool:
    """Whether a Spark master lists a worker as alive; both as their web UI describes them."""
    return any(known["id"] == worker["id"] and known["state"] == "ALIVE" for known in master["workers"])


def main(arguments: list[str]) -> None:
    """Probe, as the command line says."""
    url, *rest = arguments
    try:
        told = answer(url)
        if rest[:1] == ["--listed-at"] and not is_listed(json.loads(told), json.loads(answer(rest[1]))):
            sys.exit("The master does not list this worker as alive.")
    except OSError as error:
        sys.exit(f"{url}: {error}")


if __name__ == "__main__":
    main(sys.argv[1:])
