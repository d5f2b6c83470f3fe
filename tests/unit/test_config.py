"""Settings come from the environment and `.env`; a typo stops the process at start."""

import os
import secrets
from pathlib import Path
from traceback import format_exception

import pytest

from adapters.addresses import without_credentials
from adapters.config import load_settings, share_with_libraries
from domain.errors import ConfigurationError

NO_FILE = Path("there-is-no-such.env")


def test_without_any_setting_the_defaults_hold() -> None:
    settings = load_settings({}, NO_FILE)
    assert settings.local_directory == Path("lake").absolute()
    assert settings.lake_name is None
    assert settings.recipe.learner == "mean"
    assert settings.costs.effect == 0.20


def test_jars_are_kept_where_caches_are(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert load_settings({}, NO_FILE).jars == tmp_path / "returncast/jars"
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert load_settings({}, NO_FILE).jars == Path("~/.cache/returncast/jars")


def test_a_nested_setting_reaches_the_recipe() -> None:
    settings = load_settings({"RETURNCAST_RECIPE__LEARNING_RATE": "0.1"}, NO_FILE)
    assert settings.recipe.learning_rate == 0.1


def test_an_unknown_name_is_refused_with_the_nearest() -> None:
    with pytest.raises(ConfigurationError, match=r"RETURNCAST_LAEK.*Did you mean RETURNCAST_LAKE"):
        load_settings({"RETURNCAST_LAEK": "x"}, NO_FILE)


def test_an_unknown_part_is_refused_with_the_nearest() -> None:
    known = r"RETURNCAST_RECIPE__LERNING_RATE.*Did you mean RETURNCAST_RECIPE__LEARNING_RATE"
    with pytest.raises(ConfigurationError, match=known):
        load_settings({"RETURNCAST_RECIPE__LERNING_RATE": "0.1"}, NO_FILE)


@pytest.mark.parametrize("name", ["RETURNCAST_S3", "RETURNCAST_LAKE__PLACE"])
def test_a_group_of_settings_has_no_value_and_a_value_no_parts(name: str) -> None:
    with pytest.raises(ConfigurationError, match=f"no setting called {name}"):
        load_settings({name: "x"}, NO_FILE)


def test_a_value_that_the_domain_refuses_is_refused_here() -> None:
    with pytest.raises(ConfigurationError, match="learning_rate"):
        load_settings({"RETURNCAST_RECIPE__LEARNING_RATE": "-1"}, NO_FILE)


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("RETURNCAST_LAKE=from-file\nRETURNCAST_LOG_LEVEL=DEBUG\nOTHER=ignored\n", encoding="utf-8")
    settings = load_settings({"RETURNCAST_LAKE": "from-environment"}, file)
    assert settings.lake == "from-environment"
    assert settings.log_level == "DEBUG"


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("http://me:secret@mlflow:5000/x", "http://mlflow:5000/x"),
        ("http://me:p@ss@mlflow:5000/x@y", "http://mlflow:5000/x@y"),
        ("sqlite:////a/mlflow.db", "sqlite:////a/mlflow.db"),
        ("postgresql+psycopg2://mlflow:ab/cd@db:5432/mlflow", "postgresql+psycopg2://db:5432/mlflow"),
        ("hdfs://node:8020/a@b", "hdfs://node:8020/a@b"),
    ],
)
def test_an_address_is_shown_without_credentials(address: str, shown: str) -> None:
    assert without_credentials(address) == shown
    assert without_credentials(f"'{address}' and {address}") == f"'{shown}' and {shown}"


@pytest.mark.parametrize(
    ("lake", "name"),
    [("s3://", ""), ("s3://nightly", "nightly"), ("s3a://a/b/", "a/b"), ("lake", None), ("/a b/c", None)],
)
def test_a_lake_is_a_directory_or_a_name_on_s3(lake: str, name: str | None) -> None:
    assert load_settings({"RETURNCAST_LAKE": lake}, NO_FILE).lake_name == name


@pytest.mark.parametrize("lake", ["hdfs://host/lake", "http://host", "s3://a//b", "s3://../x", "s3://a b"])
def test_another_place_for_a_lake_is_refused(lake: str) -> None:
    with pytest.raises(ConfigurationError, match="RETURNCAST_LAKE"):
        load_settings({"RETURNCAST_LAKE": lake}, NO_FILE)


def test_two_buckets_of_one_name_are_refused() -> None:
    with pytest.raises(ConfigurationError, match="three names"):
        load_settings({"RETURNCAST_BUCKETS__MODELS": "datasets"}, NO_FILE)


@pytest.mark.parametrize(
    ("names", "endpoint"),
    [
        ({"MINIO_ENDPOINT": "127.0.0.1:9000"}, "http://127.0.0.1:9000"),
        ({"LUIGI_S3_ENDPOINT": "https://a", "AWS_ENDPOINT_URL": "https://b"}, "https://a"),
        ({"MLFLOW_S3_ENDPOINT_URL": "https://c"}, "https://c"),
        ({"AWS_ENDPOINT_URL_S3": "https://d", "RETURNCAST_S3__ENDPOINT": "https://e"}, "https://e"),
        ({}, None),
    ],
)
def test_names_of_the_endpoint_that_people_know_are_honoured(names: dict[str, str], endpoint: str | None) -> None:
    assert load_settings(names, NO_FILE).s3.endpoint == endpoint


def test_credentials_go_together_and_are_shown_to_nobody() -> None:
    aws = {"AWS_ACCESS_KEY_ID": "aws-key", "AWS_SECRET_ACCESS_KEY": "aws-secret", "AWS_SESSION_TOKEN": "aws-token"}
    settings = load_settings({**aws, "MINIO_ACCESS_KEY": "minio-key", "MINIO_SECRET_KEY": "minio-secret"}, NO_FILE)
    assert settings.s3.secret_key is not None
    assert settings.s3.secret_key.get_secret_value() == "minio-secret"
    assert settings.s3.session_token is None
    assert "minio-secret" not in repr(settings)
    assert load_settings(aws, NO_FILE).s3.session_token is not None


@pytest.mark.parametrize("names", [{"MINIO_ACCESS_KEY": "k"}, {"AWS_SECRET_ACCESS_KEY": "s"}])
def test_a_key_without_its_secret_is_refused_by_name(names: dict[str, str]) -> None:
    with pytest.raises(ConfigurationError, match=next(iter(names))):
        load_settings(names, NO_FILE)


@pytest.mark.parametrize("endpoint", ["http://me:pw@host:9000", "http://a_b:9000", "http://a b", "http://", "ftp://h"])
def test_an_endpoint_that_is_none_is_refused(endpoint: str) -> None:
    with pytest.raises(ConfigurationError, match="RETURNCAST_S3__ENDPOINT"):
        load_settings({"MINIO_ENDPOINT": endpoint}, NO_FILE)


@pytest.mark.parametrize(
    ("name", "written"),
    [("MINIO_ENDPOINT", "http://me:{}@host:9000"), ("RETURNCAST_S3__SECRET", "{}"), ("RETURNCAST_S3__ATTEMPTS", "{}")],
)
def test_the_value_of_a_setting_that_will_not_do_is_in_no_traceback(name: str, written: str) -> None:
    password = secrets.token_hex(8)  # no literal, which the traceback would show as a line of this file
    with pytest.raises(ConfigurationError, match="RETURNCAST_S3__") as refused:
        load_settings({name: written.format(password)}, NO_FILE)
    assert password not in "".join(format_exception(refused.value))


def test_a_token_of_the_file_is_not_used_with_a_key_of_the_environment(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("AWS_ACCESS_KEY_ID=a\nAWS_SECRET_ACCESS_KEY=b\nAWS_SESSION_TOKEN=c\n", encoding="utf-8")
    assert load_settings({}, file).s3.session_token is not None
    settings = load_settings({"AWS_ACCESS_KEY_ID": "d", "AWS_SECRET_ACCESS_KEY": "e"}, file)
    assert settings.s3.session_token is None


def test_what_the_file_says_to_libraries_reaches_their_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / ".env"
    file.write_text("KAGGLE_USERNAME=me\nKAGGLE_KEY=from-file\nPATH=/nowhere\n", encoding="utf-8")
    monkeypatch.setenv("KAGGLE_KEY", "from-environment")
    monkeypatch.delenv("KAGGLE_USERNAME", raising=False)
    before = os.environ["PATH"]
    share_with_libraries(file)
    told = (os.environ.pop("KAGGLE_USERNAME"), os.environ["KAGGLE_KEY"], os.environ["PATH"])
    assert told == ("me", "from-environment", before)


def test_spark_options_are_one_json_object() -> None:
    assert load_settings({"RETURNCAST_SPARK_OPTIONS": '{"a.b": "c"}'}, NO_FILE).spark_options == {"a.b": "c"}
    with pytest.raises(ConfigurationError, match=r"RETURNCAST_SPARK_OPTIONS.*JSON"):
        load_settings({"RETURNCAST_SPARK_OPTIONS": "a=b"}, NO_FILE)


def test_what_the_launcher_of_the_archive_reads_is_no_setting_and_no_mistake() -> None:
    assert load_settings({"RETURNCAST_CLUSTER_PYTHON": "/opt/python3.12"}, NO_FILE) == load_settings({}, NO_FILE)
