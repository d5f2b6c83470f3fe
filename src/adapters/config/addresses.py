"""Addresses of services as they may be shown."""

from urllib.parse import urlsplit


def without_credentials(address: str) -> str:
    """The address as it may be shown and kept: without user and password."""
    credentials, _, host = urlsplit(address).netloc.rpartition("@")
    return address.replace(f"{credentials}@{host}", host, 1) if credentials else address
