"""Addresses of services as they may be shown."""

import re

_CREDENTIALS = re.compile(r"(?<=://)[^/\s]+@")
# As SQLAlchemy reads the address of a database: its password may hold a slash.
_OF_DATABASES = re.compile(r"\b((?:postgres(?:ql)?|mysql|mariadb|mssql|oracle)(?:\+\w+)?://)[^:/@\s]*:[^@\s]*@")


def without_credentials(text: str) -> str:
    """The text, an address or a message that holds some, without the user and password of every address in it."""
    return _CREDENTIALS.sub("", _OF_DATABASES.sub(r"\1", text))
