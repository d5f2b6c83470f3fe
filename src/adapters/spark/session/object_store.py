"""Spark on an S3-compatible store: S3A reads and writes, the magic committer commits.

The magic committer uploads a task's files as unfinished multipart uploads and completes them when the job commits, so
no object is renamed and none is visible before its time. See the S3A committers' chapter of Hadoop's documentation.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from pyspark.sql import SparkSession

from adapters.store_access import StoreAccess


@dataclass(frozen=True)
class S3AStore:
    """Spark's side of one store.

    Args:
        access: how the store is reached.
        commits: whether tables are written to it too, rather than only sources read from it.
    """

    access: StoreAccess
    commits: bool = True

    def options(self) -> dict[str, str]:
        """Spark properties, none of them secret: they stand in the JVM's arguments for all to see."""
        hadoop = {
            "fs.s3a.endpoint.region": self.access.region,
            "fs.s3a.connection.establish.timeout": _milliseconds(self.access.connect_timeout_s),
            "fs.s3a.connection.timeout": _milliseconds(self.access.read_timeout_s),
            # S3A tries again what fails; the SDK below it, which would multiply the tries, does not.
            "fs.s3a.attempts.maximum": "1",
            "fs.s3a.retry.limit": str(self.access.attempts),
            "fs.s3a.retry.throttle.limit": str(self.access.attempts),
            "fs.s3a.committer.name": "magic",
            "fs.s3a.committer.magic.enabled": "true",
            # An attempt's prefix is its own: what another attempt still uploads is not ours to abort.
            "fs.s3a.committer.abort.pending.uploads": "false",
            "mapreduce.outputcommitter.factory.scheme.s3a": "org.apache.hadoop.fs.s3a.commit.S3ACommitterFactory",
        }
        if not self._credentials():
            hadoop[_PROVIDER] = _AWS_CHAIN
        if self.access.endpoint is not None:
            hadoop |= {
                "fs.s3a.endpoint": self.access.endpoint,
                "fs.s3a.path.style.access": "true",
                "fs.s3a.connection.ssl.enabled": str(urlsplit(self.access.endpoint).scheme == "https").lower(),
            }
        named = {f"spark.hadoop.{name}": value for name, value in hadoop.items()}
        return named | _COMMITTING if self.commits else named

    def give_credentials(self, session: SparkSession) -> None:
        """Hand the credentials to a running session.

        Through Hadoop's configuration, which travels to the executors with their tasks: neither the process list, nor
        Spark's UI, nor its event log, which were all written at start, ever hold them.
        """
        context = session.sparkContext._jsc  # noqa: SLF001 (there is no public way to Hadoop's configuration)
        if context is not None:
            for name, value in self._credentials().items():
                context.hadoopConfiguration().set(name, value)

    def _credentials(self) -> Mapping[str, str]:
        if not self.access.access_key or not self.access.secret_key:
            return {}
        keys = {"fs.s3a.access.key": self.access.access_key, "fs.s3a.secret.key": self.access.secret_key}
        if not self.access.session_token:
            return {**keys, _PROVIDER: "org.apache.hadoop.fs.s3a.SimpleAWSCredentialsProvider"}
        token = {"fs.s3a.session.token": self.access.session_token}
        return {**keys, **token, _PROVIDER: "org.apache.hadoop.fs.s3a.TemporaryAWSCredentialsProvider"}


_PROVIDER = "fs.s3a.aws.credentials.provider"
# S3A's own list, which it asks where none is named, knows neither profiles nor single sign-on nor web identities.
_AWS_CHAIN = "software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider"
_CLOUD = "org.apache.spark.internal.io.cloud"
_COMMITTING = {
    "spark.sql.sources.commitProtocolClass": f"{_CLOUD}.PathOutputCommitProtocol",
    "spark.sql.parquet.output.committer.class": f"{_CLOUD}.BindingParquetOutputCommitter",
}


def _milliseconds(seconds: float) -> str:
    return f"{round(seconds * 1000)}ms"
