"""The `.env` that the services take their secrets from: made once, with random ones, and never written again."""

import os
import re
import secrets
from collections.abc import Mapping
from pathlib import Path

from dotenv import dotenv_values

_FILLED_IN = {
    "MINIO_ENDPOINT": lambda: "http://127.0.0.1:9000",
    "MINIO_ACCESS_KEY": lambda: "returncast",
    "MINIO_SECRET_KEY": lambda: secrets.token_hex(20),
    "POSTGRES_PASSWORD": lambda: secrets.token_hex(20),
}


def ensure_env_file(root: Path) -> bool:
    """Make `.env` from `.env.dist`, for its owner's eyes only, unless there is one; says whether it was made."""
    text = (root / ".env.dist").read_text("utf-8")
    for name, value in _FILLED_IN.items():
        text = re.sub(rf"^# {name}=.*$", f"{name}={value()}", text, count=1, flags=re.MULTILINE)
    try:
        descriptor = os.open(root / ".env", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return False
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    return True


def variables(root: Path, environment: Mapping[str, str]) -> dict[str, str]:
    """What the compose file's variables stand for: those of the environment before those of `.env`."""
    written = dotenv_values(root / ".env", interpolate=False)
    return {**{name: value for name, value in written.items() if value is not None}, **environment}
