"""Addresses of services as they may be shown."""

import re

_CREDENTIALS = re.compile(r"(?<=://)[^/\s]+@")


def without_credentials(text: str) -> str:
    """The text, an address or a message that holds some, without the user and password of every address in it."""
    return _CREDENTIALS.sub("", text)
