"""What a request of the S3 protocol is about, read from its line."""

from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit


@dataclass(frozen=True)
class Request:
    """One request as a client made it.

    Args:
        kind: its method with what it is about, such as "PUT object" or "LIST".
        bucket: empty where it is about none.
        key: of the object, empty where it is about none.
        conditional: whether it is only to be carried out where there is no such object.
        agent: the program that asks, as it calls itself.
    """

    kind: str
    bucket: str
    key: str
    conditional: bool
    agent: str = ""


def every(_: Request) -> bool:
    """Matches all requests."""
    return True


def read_request(method: str, target: str, *, conditional: bool, agent: str = "") -> Request:
    """What a request in path style is about."""
    url = urlsplit(target)
    query = parse_qs(url.query, keep_blank_values=True)
    bucket, _, key = unquote(url.path).removeprefix("/").partition("/")
    if not bucket:
        kind = "LIST buckets"
    elif not key:
        kind = "LIST" if method == "GET" and "list-type" in query else f"{method} bucket"
    else:
        kind = f"{method} part" if {"uploads", "uploadId"} & query.keys() else f"{method} object"
    return Request(kind, bucket, key, conditional, agent)
