"""The jars that Spark needs for S3 and does not bring: fetched on first need, checked, and kept.

Apache Ivy, which Spark itself brings, fetches them, so a site's own Ivy settings and proxies hold. Without their
transitive dependencies: those are 700 MB for other clouds.
"""

import hashlib
import os
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pyspark
from loguru import logger

from domain.errors import ConfigurationError, ServiceError

_LONGEST_S = 3600.0  # the largest at 1.5 Mbit/s


@dataclass(frozen=True)
class Jar:
    """A jar by its Maven coordinates, with the digest it must have."""

    organisation: str
    artifact: str
    version: str
    sha256: str
    megabytes: int

    @property
    def file(self) -> str:
        """Its file name."""
        return f"{self.artifact}-{self.version}.jar"


# Hadoop of the version that pyspark bundles, and the SDK that this Hadoop was built with.
S3A_JARS = (
    Jar(
        "org.apache.hadoop",
        "hadoop-aws",
        "3.4.2",
        "d2d24e6b715b5656b9d238bf13b6682a07e2004dd36aad74a73aeb854319f4d9",
        1,
    ),
    Jar(
        "org.apache.spark",
        "spark-hadoop-cloud_2.13",
        "4.1.2",
        "672d7d872f434cb7fe1c90f7edcd19b1e8c67a335a578288426fbd4db5096915",
        1,
    ),
    Jar(
        "software.amazon.awssdk",
        "bundle",
        "2.29.52",
        "62638f33045690c6bc5e496b54b0b2e89a9ad38cbedacdf6e017fea6bc85f55c",
        642,
    ),
)


@dataclass(frozen=True)
class JarCache:
    """A directory of jars.

    Args:
        directory: where they are kept; made when needed.
        java: gives the Java executable that runs Ivy, and says what to do where there is none.
        ivy_settings: Ivy's settings file; None for Ivy's own, which know Maven Central.
    """

    directory: Path
    java: Callable[[], Path]
    ivy_settings: Path | None = None

    def paths(self) -> tuple[Path, ...]:
        """The jars for S3 that Spark's own directory lacks, fetched now if they are not here yet.

        Raises ServiceError when one cannot be fetched, or is not what it should be, and ConfigurationError when the
        directory takes none.
        """
        directory = self.directory.expanduser()
        for jar in self.missing():
            logger.info("Fetching {} ({} MB) into {}, once", jar.file, jar.megabytes, directory)
            try:
                self._fetch(jar, directory)
            except OSError as error:
                raise ConfigurationError(
                    f"The jar {jar.file}, which Spark needs for S3, cannot be kept in {directory}: {error.strerror}.",
                    "Name a directory that can be written to, with room for 650 MB, in RETURNCAST_JARS.",
                ) from error
        return tuple(directory / jar.file for jar in S3A_JARS if not (bundled_jars() / jar.file).is_file())

    def missing(self) -> tuple[Jar, ...]:
        """The jars that are not here yet."""
        places = (bundled_jars(), self.directory.expanduser())
        return tuple(jar for jar in S3A_JARS if not any((place / jar.file).is_file() for place in places))

    def _fetch(self, jar: Jar, directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        ivy = next(bundled_jars().glob("ivy-*.jar"))
        with TemporaryDirectory(prefix=".fetching-", dir=directory) as temporary:
            command = [str(self.java()), "-jar", str(ivy), "-cache", f"{temporary}/cache"]
            command += ["-dependency", jar.organisation, jar.artifact, jar.version, "-notransitive", "-types", "jar"]
            command += ["-retrieve", f"{temporary}/[artifact]-[revision].[ext]"]
            command += ["-settings", str(self.ivy_settings)] if self.ivy_settings else []
            fetched = Path(temporary, jar.file)
            try:
                told = subprocess.run(command, capture_output=True, text=True, check=False, timeout=_LONGEST_S)  # noqa: S603
            except subprocess.TimeoutExpired as error:
                raise _not_fetched(jar, directory, f"it took more than {_LONGEST_S:g} s") from error
            if not fetched.is_file():
                raise _not_fetched(jar, directory, told.stdout + told.stderr)
            if _sha256(fetched) != jar.sha256:
                raise ServiceError(
                    f"The jar {jar.file} that was fetched is not the one it should be: its SHA-256 is another.",
                    "Find out what the repository of Maven artifacts serves under that name.",
                )
            fetched.replace(directory / jar.file)


def bundled_jars() -> Path:
    """The directory of the jars that came with Spark."""
    home = os.environ.get("SPARK_HOME")
    return (Path(home) if home else Path(pyspark.__file__).parent) / "jars"


def _not_fetched(jar: Jar, directory: Path, told: str) -> ServiceError:
    lines = [line.strip() for line in told.splitlines() if line.strip()]
    said = [line for line in lines if "WARN" not in line and ("ERROR" in line or "exception" in line.lower())]
    return ServiceError(
        f"The jar {jar.file}, which Spark needs for S3, cannot be fetched: {(said or lines or ['no word'])[-1][:300]}",
        f"Give Ivy a settings file for your repository of Maven artifacts (RETURNCAST_IVY_SETTINGS), "
        f"or put {jar.organisation}:{jar.artifact}:{jar.version} into {directory}.",
    )


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
