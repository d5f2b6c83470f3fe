"""The settings of a process, from the environment and `.env`, checked at start; a typo stops it."""

import os
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path

from dotenv import dotenv_values
from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from domain.costs import CostPolicy
from domain.errors import ConfigurationError
from domain.recipe import Recipe

PREFIX = "RETURNCAST_"


class Settings(BaseSettings):
    """Every setting, each read from `RETURNCAST_<NAME>`; `.env.dist` documents them."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_nested_delimiter="__", frozen=True, extra="forbid")

    lake: Path = Field(Path("lake"), description="directory of the lake: snapshots, checkpoints, published outputs")
    window_days: int | None = Field(None, ge=1, description="days in which a return counts; default: the mapping's")
    recipe: Recipe = Field(default_factory=Recipe, description="how the model is fitted")
    costs: CostPolicy = Field(default_factory=CostPolicy, description="what a return costs; meant to be replaced")
    max_training_lines: int = Field(2_000_000, ge=1000, description="bound of the training sample")
    champion_alias: str = Field("champion", min_length=1, description="registry alias of the model in use")
    challenger_alias: str = Field("challenger", min_length=1, description="registry alias of the model that lost")
    spark_master: str = Field("local[*]", description="Spark's master URL")
    driver_memory: str = Field("2g", pattern=r"^\d+[gm]$", description="heap of the Spark driver")
    shuffle_partitions: int = Field(8, ge=1, description="partitions of a Spark shuffle")
    mlflow_uri: str | None = Field(None, description="MLflow tracking URI; default: sqlite in the lake")
    log_level: str = Field("INFO", pattern="^(TRACE|DEBUG|INFO|SUCCESS|WARNING|ERROR)$", description="loguru's level")
    failpoint: str = Field("", description="name of the failpoint at which the process kills itself; for tests")


def load_settings(environment: Mapping[str, str] | None = None, env_file: Path = Path(".env")) -> Settings:
    """The settings of this process; the environment wins over `.env`.

    Raises ConfigurationError for an unknown name, with the nearest known one, and for a value that will not do.
    """
    given = {
        name.upper(): value
        for name, value in {**dotenv_values(env_file), **(os.environ if environment is None else environment)}.items()
        if name.upper().startswith(PREFIX) and value is not None
    }
    for name in given:
        _refuse_unknown(name)
    try:
        return Settings.model_validate(_nested(given))
    except ValidationError as error:
        first = error.errors()[0]
        name = PREFIX + "__".join(str(part) for part in first["loc"]).upper()
        raise ConfigurationError(
            f"The setting {name} cannot be used: {first['msg']}.", "See .env.dist for what it takes."
        ) from error


def known_names() -> tuple[str, ...]:
    """The names of all settings as environment variables, in order."""
    return tuple(PREFIX + name.upper() for name in Settings.model_fields)


def _refuse_unknown(name: str) -> None:
    top = name.split("__", maxsplit=1)[0]
    if top not in known_names():
        nearest = get_close_matches(top, known_names(), n=1)
        hint = f"Did you mean {nearest[0]}?" if nearest else "See .env.dist for the names there are."
        raise ConfigurationError(f"There is no setting called {name}.", hint)


def _nested(given: Mapping[str, str]) -> dict[str, object]:
    values: dict[str, object] = {}
    for name, value in given.items():
        *path, last = name.removeprefix(PREFIX).lower().split("__")
        place = values
        for part in path:
            place = place.setdefault(part, {})  # type: ignore[assignment]
        place[last] = value
    return values
