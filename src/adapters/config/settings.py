"""The settings of a process, from the environment and `.env`, checked at start; a typo stops it."""

import json
import os
import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Self

from dotenv import dotenv_values
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from adapters.config.cache import cache_directory
from adapters.config.known_names import merged, translate
from domain.costs import CostPolicy
from domain.errors import ConfigurationError
from domain.model.recipe import Recipe
from domain.monitoring.thresholds import Thresholds
from domain.source.file_places import scheme_of

PREFIX = "RETURNCAST_"
_OF_LAUNCHERS = frozenset({"RETURNCAST_CLUSTER_PYTHON"})  # read before any of our code runs
_ON_S3 = re.compile(r"s3a?://(?P<name>.*)")
_LAKE_NAME = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)*)?")
_BUCKET = r"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$"
# As strict as the SDK, which takes no host with an underscore; with a user in it, it would stand in Spark's properties.
_ENDPOINT = re.compile(r"https?://([A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?\.?|\[[0-9A-Fa-f:.]+\])(:\d{1,5})?/?")


class S3Settings(BaseModel):
    """How an S3-compatible store is reached; without credentials the AWS default chain is asked."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    endpoint: str | None = Field(default=None, description="URL of the store; default: AWS")
    region: str = Field(default="us-east-1", min_length=1, description="region that requests are signed for")
    access_key: SecretStr | None = None
    secret_key: SecretStr | None = None
    session_token: SecretStr | None = None
    connect_timeout_seconds: float = Field(default=5, gt=0, description="bound of one connection's opening")
    read_timeout_seconds: float = Field(default=60, gt=0, description="bound of waiting for an answer")
    attempts: int = Field(default=6, ge=1, description="tries of one request, with growing pauses")

    @field_validator("endpoint")
    @classmethod
    def _with_scheme(cls, endpoint: str | None) -> str | None:
        """`127.0.0.1:9000`, as MinIO's own tools take it, is plain HTTP."""
        if endpoint is None:
            return None
        url = endpoint if "://" in endpoint else f"http://{endpoint}"
        if _ENDPOINT.fullmatch(url) is None:  # its words stay out: they may hold a password
            raise ValueError("it is no address such as http://127.0.0.1:9000, without user, password and path")
        return url


class Buckets(BaseModel):
    """The buckets of a lake on S3."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    datasets: str = Field(default="datasets", pattern=_BUCKET, description="tables, and what is published of them")
    models: str = Field(default="models", pattern=_BUCKET, description="models")
    checkpoints: str = Field(default="luigi-checkpoints", pattern=_BUCKET, description="manifests and decisions")

    @model_validator(mode="after")
    def _distinct(self) -> Self:
        if len({self.datasets, self.models, self.checkpoints}) < 3:
            raise ValueError("the three buckets need three names")
        return self


class Settings(BaseSettings):
    """Every setting, each read from `RETURNCAST_<NAME>`; `.env.dist` documents them."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_nested_delimiter="__", frozen=True, extra="forbid")

    lake: str = Field("lake", min_length=1, description="the lake: a directory, or s3://<name> for one in S3 buckets")
    s3: S3Settings = Field(default_factory=S3Settings, description="how the S3-compatible store is reached")
    buckets: Buckets = Field(default_factory=Buckets, description="the buckets of a lake on S3")
    window_days: int | None = Field(None, ge=1, description="days in which a return counts; default: the mapping's")
    recipe: Recipe = Field(default_factory=Recipe, description="how the model is fitted")
    costs: CostPolicy = Field(default_factory=CostPolicy, description="what a return costs; meant to be replaced")
    actions: Path | None = Field(None, description="file of actions (TOML); default: the shipped assumptions")
    thresholds: Thresholds = Field(default_factory=Thresholds, description="what raises an alert in monitoring")
    max_training_lines: int = Field(2_000_000, ge=1000, description="bound of the training sample")
    champion_alias: str = Field("champion", min_length=1, description="registry alias of the model in use")
    challenger_alias: str = Field("challenger", min_length=1, description="registry alias of the model that lost")
    spark_master: str = Field("local[*]", description="Spark's master URL")
    driver_memory: str = Field("2g", pattern=r"^\d+[gm]$", description="heap of the Spark driver")
    shuffle_partitions: int = Field(8, ge=1, description="partitions of a Spark shuffle")
    spark_ui: bool = Field(default=False, description="whether Spark serves its web UI while a step runs")
    spark_options: dict[str, str] = Field(default_factory=dict, description="further Spark properties (JSON)")
    jars: Path = Field(
        default_factory=lambda: cache_directory() / "jars",
        description="where Spark's jars for S3 are kept, once fetched",
    )
    ivy_settings: Path | None = Field(None, description="Ivy's settings file, for another repository of those jars")
    mlflow_uri: str | None = Field(None, description="MLflow tracking URI; default: sqlite in the lake")
    log_level: str = Field("INFO", pattern="^(TRACE|DEBUG|INFO|SUCCESS|WARNING|ERROR)$", description="loguru's level")
    failpoint: str = Field("", description="name of the failpoint at which the process kills itself; for tests")

    @field_validator("spark_options", mode="before")
    @classmethod
    def _from_json(cls, options: object) -> object:
        if not isinstance(options, str):
            return options
        try:
            return json.loads(options)
        except ValueError as error:
            raise ValueError(f'it is no JSON object such as {{"spark.executor.memory": "4g"}}: {error}') from error

    @field_validator("lake")
    @classmethod
    def _known_place(cls, lake: str) -> str:
        on_s3 = _ON_S3.fullmatch(lake)
        if on_s3 is None and scheme_of(lake) is not None:
            raise ValueError(f"a lake is a directory or s3://<name>, not '{lake}'")
        if on_s3 is not None and _LAKE_NAME.fullmatch(on_s3["name"].rstrip("/")) is None:
            raise ValueError(f"'{on_s3['name']}' can be no prefix of keys: use letters, digits, dots, dashes, slashes")
        return lake

    @property
    def lake_name(self) -> str | None:
        """The prefix of the keys of a lake on S3, maybe empty; None for a lake in a directory."""
        on_s3 = _ON_S3.fullmatch(self.lake)
        return None if on_s3 is None else on_s3["name"].rstrip("/")

    @property
    def local_directory(self) -> Path:
        """The directory of a lake on this machine; beside a lake on S3, where its local files (MLflow's) go."""
        return Path("lake" if self.lake_name is not None else self.lake).expanduser().absolute()


def load_settings(environment: Mapping[str, str] | None = None, env_file: Path = Path(".env")) -> Settings:
    """The settings of this process; the environment wins over `.env`.

    Raises ConfigurationError for an unknown name, with the nearest known one, and for a value that will not do.
    """
    everything = {
        name.upper(): value
        for name, value in merged(dotenv_values(env_file), os.environ if environment is None else environment).items()
        if value is not None
    }
    own = {n: value for n, value in everything.items() if n.startswith(PREFIX) and n not in _OF_LAUNCHERS}
    given = {**translate(everything), **own}
    for name in own:
        _refuse_unknown(name)
    try:
        return Settings.model_validate(_nested(given))
    except ValidationError as error:
        first = error.errors()[0]
        name = PREFIX + "__".join(str(part) for part in first["loc"]).upper()
        raise ConfigurationError(
            f"The setting {name} cannot be used: {first['msg']}.", "See .env.dist for what it takes."
        ) from None  # pydantic's own words hold the value, which may be a secret


def known_names() -> tuple[str, ...]:
    """The names of all settings as environment variables, in order; those of a part follow one another."""
    return tuple(
        PREFIX + "__".join((name, *part)).upper()
        for name, declared in Settings.model_fields.items()
        for part in _parts(declared.annotation)
    )


def _parts(kind: object) -> list[tuple[str, ...]]:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return [(name,) for name in kind.model_fields]
    if isinstance(kind, type) and is_dataclass(kind):
        return [(each.name,) for each in fields(kind)]
    return [()]


def _refuse_unknown(name: str) -> None:
    if name not in known_names():
        nearest = get_close_matches(name, known_names(), n=1)
        hint = f"Did you mean {nearest[0]}?" if nearest else "See .env.dist for the names there are."
        raise ConfigurationError(f"There is no setting called {name}.", hint)


def _nested(given: Mapping[str, str]) -> dict[str, object]:
    values: dict[str, object] = {}
    parts: dict[str, dict[str, object]] = {}
    for name, value in given.items():
        top, _, part = name.removeprefix(PREFIX).lower().partition("__")
        into, key = (parts.setdefault(top, {}), part) if part else (values, top)
        into[key] = value
    return {**values, **parts}
