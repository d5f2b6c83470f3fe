"""Where on an object store a lake is: its buckets and the prefix of its name in each of them.

<datasets>/<name>/<step>/<key>/attempt=<id>/...
<datasets>/<name>/published/...
<models>/<name>/<step>/<key>/attempt=<id>/...
<checkpoints>/<name>/<step>/<key>.json
"""

from dataclasses import dataclass

from application.lake.layout import CHECKPOINTS, DATASETS, MODELS, PUBLISHED, LakeRoots

_SCHEME = "s3a://"  # as Hadoop writes it, for Spark reads the locations of tables


@dataclass(frozen=True)
class Place:
    """One object, or the prefix of many."""

    bucket: str
    key: str

    @property
    def uri(self) -> str:
        """As DuckDB, pandas and the command `aws` write it."""
        return f"s3://{self.bucket}/{self.key}"


@dataclass(frozen=True)
class S3Lake:
    """One lake of the many that may share three buckets.

    Args:
        name: the prefix of the lake's keys in every bucket; none when empty.
        datasets: bucket of tables and of what is published.
        models: bucket of models.
        checkpoints: bucket of manifests.
    """

    name: str
    datasets: str = DATASETS
    models: str = MODELS
    checkpoints: str = CHECKPOINTS

    @property
    def roots(self) -> LakeRoots:
        """Where the parts of the lake begin."""
        return LakeRoots(
            {
                DATASETS: self._root(self.datasets),
                MODELS: self._root(self.models),
                CHECKPOINTS: self._root(self.checkpoints),
                PUBLISHED: f"{self._root(self.datasets)}/{PUBLISHED}",
            }
        )

    def place(self, path: str) -> Place:
        """Bucket and key of a path in the lake; raises SnapshotError when it is none."""
        bucket, _, key = self.roots.absolute(path).removeprefix(_SCHEME).partition("/")
        return Place(bucket, key)

    def prefix(self, part: str) -> Place:
        """Where a part of the lake begins."""
        bucket, _, key = self.roots.prefixes[part].removeprefix(_SCHEME).partition("/")
        return Place(bucket, f"{key}/" if key else "")

    def place_of(self, uri: str) -> Place:
        """Bucket and key of a location; raises SnapshotError when it lies outside the lake."""
        return self.place(self.roots.relative(uri))

    def _root(self, bucket: str) -> str:
        return f"{_SCHEME}{bucket}/{self.name}".rstrip("/")
