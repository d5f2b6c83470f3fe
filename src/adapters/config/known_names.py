"""Variables that people have set already for MinIO, AWS, Luigi, MLflow and Kaggle, and what they mean here.

A `RETURNCAST_` variable wins over all of them; a name that the environment sets wins over the same name in `.env`.
"""

import os
from collections.abc import Mapping
from pathlib import Path

from dotenv import dotenv_values

from domain.errors import ConfigurationError

# By setting, the names that fill it, the most specific first.
PLAIN: Mapping[str, tuple[str, ...]] = {
    "RETURNCAST_S3__ENDPOINT": (
        "MINIO_ENDPOINT",
        "LUIGI_S3_ENDPOINT",
        "AWS_ENDPOINT_URL_S3",
        "AWS_ENDPOINT_URL",
        "MLFLOW_S3_ENDPOINT_URL",
    ),
    "RETURNCAST_S3__REGION": ("AWS_REGION", "AWS_DEFAULT_REGION"),
    "RETURNCAST_MLFLOW_URI": ("MLFLOW_TRACKING_URI",),
}
# Credentials go together: a key of one pair is never used with the secret of another.
_SETTINGS = ("RETURNCAST_S3__ACCESS_KEY", "RETURNCAST_S3__SECRET_KEY", "RETURNCAST_S3__SESSION_TOKEN")
CREDENTIALS: tuple[tuple[str, ...], ...] = (
    ("MINIO_ACCESS_KEY", "MINIO_SECRET_KEY"),
    ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"),
)
# Read by libraries from the environment and never by us: those that `.env` holds are put there.
_OF_LIBRARIES = ("KAGGLE_", "KAGGLEHUB_", "MLFLOW_TRACKING_", "AWS_")


def merged(written: Mapping[str, str | None], environment: Mapping[str, str]) -> dict[str, str | None]:
    """What `.env` says under what the environment says; a token goes with its key, never with another."""
    stale = {names[2] for names in (_SETTINGS, *CREDENTIALS) if names[2:] and all(map(environment.get, names[:2]))}
    return {**{name: value for name, value in written.items() if name not in stale}, **environment}


def translate(given: Mapping[str, str]) -> dict[str, str]:
    """What the known names among `given` say, by the names of our own settings.

    Raises ConfigurationError for a key without its secret.
    """
    told: dict[str, str] = {}
    for setting, names in PLAIN.items():
        if value := next((given[name] for name in names if given.get(name)), None):
            told[setting] = value
    return told | _credentials(given)


def share_with_libraries(env_file: Path = Path(".env")) -> None:
    """Put what `.env` says to Kaggle's, MLflow's and AWS' libraries into the environment, where they look."""
    for name, value in merged(dotenv_values(env_file), os.environ).items():
        if name.startswith(_OF_LIBRARIES) and value:
            os.environ.setdefault(name, value)


def _credentials(given: Mapping[str, str]) -> dict[str, str]:
    for names in (_SETTINGS, *CREDENTIALS):
        key, secret = (given.get(name) for name in names[:2])
        if bool(key) != bool(secret):
            there, missing = (names[0], names[1]) if key else (names[1], names[0])
            raise ConfigurationError(f"{there} is set and {missing} is not.", "Set both, or neither.")
        if key:
            return {setting: given[name] for setting, name in zip(_SETTINGS, names, strict=False) if given.get(name)}
    return {}
