"""What Spark is told of an object store: everything but the secrets; and the jars it needs for it."""

import hashlib
from pathlib import Path

import pytest

from adapters.spark.session import jars
from adapters.spark.session.jars import Jar, JarCache
from adapters.spark.session.object_store import S3AStore
from adapters.spark.session.spark_session import SharedSession
from adapters.store_access import StoreAccess
from domain.errors import ConfigurationError, ServiceError

ACCESS = StoreAccess("https://store:9000", "eu-north-1", "the-key", "the-secret", "the-token", attempts=3)
SMALL = Jar("org.example", "small", "1.0", hashlib.sha256(b"jar").hexdigest(), 1)


def test_options_hold_the_address_and_no_secret() -> None:
    options = S3AStore(ACCESS).options()
    assert options["spark.hadoop.fs.s3a.endpoint"] == "https://store:9000"
    assert options["spark.hadoop.fs.s3a.endpoint.region"] == "eu-north-1"
    assert options["spark.hadoop.fs.s3a.connection.ssl.enabled"] == "true"
    assert options["spark.hadoop.fs.s3a.committer.name"] == "magic"
    assert not {"the-key", "the-secret", "the-token"} & set(options.values())


def test_without_an_endpoint_aws_is_asked_by_host_names() -> None:
    options = S3AStore(StoreAccess()).options()
    assert not [name for name in options if name.endswith(("s3a.endpoint", "path.style.access"))]


def test_without_keys_spark_asks_the_chain_that_boto_and_arrow_ask() -> None:
    name = "spark.hadoop.fs.s3a.aws.credentials.provider"
    assert S3AStore(StoreAccess()).options()[name].endswith("awssdk.auth.credentials.DefaultCredentialsProvider")
    assert name not in S3AStore(ACCESS).options()


def test_neither_the_store_nor_its_access_shows_secrets() -> None:
    shown = repr(S3AStore(ACCESS)) + repr(SharedSession(object_store=S3AStore(ACCESS)))
    assert not [secret for secret in ("the-key", "the-secret", "the-token") if secret in shown]


@pytest.mark.parametrize(
    ("master", "option"), [("local[*]", "spark.driver.extraClassPath"), ("spark://host:7077", "spark.jars")]
)
def test_jars_are_on_the_class_path_of_one_process_and_sent_to_a_cluster(master: str, option: str) -> None:
    session = SharedSession(master=master, object_store=S3AStore(ACCESS), jars=lambda: [Path("/jars/a.jar")])
    assert session._of_object_store()[option] == "/jars/a.jar"


def test_without_an_object_store_no_jar_is_asked_for() -> None:
    def fetch() -> list[Path]:
        raise AssertionError("nobody needs jars")

    assert SharedSession(master="spark://host:7077", jars=fetch)._of_object_store() == {}


class FakeIvy:
    """A program in Java's place that retrieves what a repository would serve."""

    def __init__(self, directory: Path, served: bytes | None) -> None:
        self.program = directory / "java"
        serve = "true" if served is None else f"printf '{served.decode()}' > \"$target\""
        self.program.write_text(
            "#!/bin/sh\n"
            'while [ "$1" != -retrieve ]; do shift; done\n'
            'target=$(dirname "$2")/small-1.0.jar\n'
            f"{serve}\n"
            'echo ":::: ERRORS"; echo "ERROR: nobody answers"\n'
        )
        self.program.chmod(0o755)


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(jars, "S3A_JARS", (SMALL,))
    return tmp_path / "cache"


def test_a_jar_is_fetched_once_and_nothing_else_is_left(tmp_path: Path, cache: Path) -> None:
    ivy = FakeIvy(tmp_path, b"jar")
    assert JarCache(cache, lambda: ivy.program).paths() == (cache / "small-1.0.jar",)
    assert [path.name for path in cache.iterdir()] == ["small-1.0.jar"]
    ivy.program.unlink()
    kept = JarCache(cache, lambda: ivy.program)
    assert kept.paths() == (cache / "small-1.0.jar",)
    assert kept.missing() == ()


@pytest.mark.parametrize(("served", "said"), [(b"evil", "SHA-256"), (None, "nobody answers")])
def test_a_jar_that_is_not_the_one_or_does_not_come_is_an_error(
    tmp_path: Path, cache: Path, served: bytes | None, said: str
) -> None:
    ivy = FakeIvy(tmp_path, served)
    with pytest.raises(ServiceError, match=rf"small-1\.0\.jar.*{said}"):
        JarCache(cache, lambda: ivy.program).paths()
    assert list(cache.iterdir()) == []


def test_a_fetch_that_does_not_end_is_ended(tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ivy = FakeIvy(tmp_path, b"jar")
    ivy.program.write_text("#!/bin/sh\nexec sleep 600\n", "utf-8")
    monkeypatch.setattr(jars, "_LONGEST_S", 0.2)
    with pytest.raises(ServiceError, match=r"small-1\.0\.jar.*more than 0\.2 s"):
        JarCache(cache, lambda: ivy.program).paths()
    assert list(cache.iterdir()) == []


def test_a_directory_that_takes_no_jars_is_an_error_of_ours(tmp_path: Path, cache: Path) -> None:
    cache.write_text("a file", "utf-8")
    with pytest.raises(ConfigurationError, match=r"small-1\.0\.jar.*RETURNCAST_JARS"):
        JarCache(cache, lambda: FakeIvy(tmp_path, b"jar").program).paths()
