"""How an S3-compatible store is reached: the one value that every adapter of it takes."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class StoreAccess:
    """Address, credentials and bounds.

    Args:
        endpoint: URL of the store; None for AWS.
        region: that requests are signed for.
        access_key: with `secret_key`, the credentials; without, the SDK's default chain is asked.
        secret_key: see `access_key`.
        session_token: of temporary credentials.
        connect_timeout_s: bound of one connection's opening, in seconds.
        read_timeout_s: bound of waiting for an answer, in seconds.
        attempts: tries of one request, with growing pauses.
    """

    endpoint: str | None = None
    region: str = "us-east-1"
    access_key: str | None = field(default=None, repr=False)
    secret_key: str | None = field(default=None, repr=False)
    session_token: str | None = field(default=None, repr=False)
    connect_timeout_s: float = 5
    read_timeout_s: float = 60
    attempts: int = 6
