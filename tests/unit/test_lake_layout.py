"""Where a lake's parts are, and that a checkpoint's text does not say."""

from dataclasses import replace

import pytest

from adapters.s3.access import S3Lake
from application.lake.layout import LakeRoots
from application.lake.manifest_codec import decode_manifest, encode_manifest
from domain.content import render_content
from domain.errors import SnapshotError
from domain.schema import Column, ColumnType, Schema
from domain.snapshot import ArtifactRef, DatasetRef, FileEntry, Manifest

LOCAL = LakeRoots.below("file:///srv/a lake")
ON_S3 = S3Lake("shop/night").roots
WITHOUT_NAME = S3Lake("").roots
OWN_BUCKETS = S3Lake("shop", "tables", "fits", "decisions").roots
EVERYWHERE = [LOCAL, ON_S3, WITHOUT_NAME, OWN_BUCKETS]
PATHS = [
    "datasets/features/k/attempt=1/lines",
    "models/train/k/attempt=1",
    "luigi-checkpoints/features/k.json",
    "published/scores/latest.json",
]
SCHEMA = Schema((Column("line_id", ColumnType.TEXT),))


def manifest(roots: LakeRoots) -> Manifest:
    uri = roots.absolute("datasets/features/k/attempt=1")
    return Manifest(
        step="features",
        key="k",
        attempt="1",
        uri=uri,
        tables=(DatasetRef("lines", f"{uri}/lines", SCHEMA, 0, render_content(SCHEMA, 0, 0)),),
        artifacts=(ArtifactRef("model", roots.absolute("models/train/k/attempt=1/model"), "abc"),),
        facts={"rows": 0},
        notes={},
        files=(FileEntry("lines/part-0.parquet", 4, "0f"),),
        inputs={},
        parameters={},
        code="c",
        committed_at="2024-01-01",
    )


@pytest.mark.parametrize("roots", EVERYWHERE)
def test_checkpoints_text_is_the_same_wherever_the_lake_lies(roots: LakeRoots) -> None:
    assert encode_manifest(manifest(roots), roots) == encode_manifest(manifest(LOCAL), LOCAL)


@pytest.mark.parametrize("roots", EVERYWHERE)
def test_checkpoint_copied_from_the_local_lake_is_read_with_the_locations_of_here(roots: LakeRoots) -> None:
    here = manifest(roots)
    assert decode_manifest(encode_manifest(manifest(LOCAL), LOCAL), roots, "k.json", here.step, here.key) == here


@pytest.mark.parametrize("roots", EVERYWHERE)
@pytest.mark.parametrize("path", PATHS)
def test_path_comes_back_from_its_location(roots: LakeRoots, path: str) -> None:
    assert roots.relative(roots.absolute(path)) == path


@pytest.mark.parametrize("roots", EVERYWHERE)
def test_no_two_paths_share_a_location(roots: LakeRoots) -> None:
    assert len({roots.absolute(path) for path in PATHS}) == len(PATHS)


def test_parts_lie_in_the_buckets_below_the_lakes_name() -> None:
    assert [ON_S3.absolute(path) for path in PATHS] == [
        "s3a://datasets/shop/night/features/k/attempt=1/lines",
        "s3a://models/shop/night/train/k/attempt=1",
        "s3a://luigi-checkpoints/shop/night/features/k.json",
        "s3a://datasets/shop/night/published/scores/latest.json",
    ]
    assert WITHOUT_NAME.absolute(PATHS[0]) == "s3a://datasets/features/k/attempt=1/lines"
    assert OWN_BUCKETS.absolute(PATHS[1]) == "s3a://fits/shop/train/k/attempt=1"


@pytest.mark.parametrize(
    "path", ["", "datasets", "datasets/", "/datasets/x", "datasets/../x", "datasets//x", "other/x"]
)
def test_path_that_leaves_the_lake_is_refused(path: str) -> None:
    with pytest.raises(SnapshotError, match="leaves the lake"):
        LOCAL.absolute(path)


@pytest.mark.parametrize(
    "uri", ["file:///srv/a lake 2/datasets/x", "s3a://datasets/shop/x", "file:///srv/a lake", "s3://datasets/x"]
)
def test_location_outside_the_lake_is_refused(uri: str) -> None:
    for roots in (LOCAL, ON_S3):
        with pytest.raises(SnapshotError, match="outside the lake"):
            roots.relative(uri)


def test_location_that_climbs_out_of_its_part_is_refused() -> None:
    with pytest.raises(SnapshotError, match="leaves the lake"):
        LOCAL.relative("file:///srv/a lake/datasets/../x")


def test_table_of_a_step_that_is_called_as_the_publications_are_is_refused_rather_than_mistaken() -> None:
    with pytest.raises(SnapshotError, match="published"):
        ON_S3.absolute("datasets/published/k/attempt=1")


def test_checkpoint_of_a_manifest_from_elsewhere_is_refused() -> None:
    with pytest.raises(SnapshotError, match="outside the lake"):
        encode_manifest(replace(manifest(LOCAL), uri="elsewhere:/x"), LOCAL)


@pytest.mark.parametrize("step", ["promote", "rollback"])
@pytest.mark.parametrize("text", [b"{", encode_manifest(manifest(LOCAL), LOCAL)], ids=["damaged", "of another step"])
def test_nobody_is_told_to_delete_a_decision_that_cannot_be_read(step: str, text: bytes) -> None:
    with pytest.raises(SnapshotError, match=r"Restore it.*what it decided is forgotten") as refused:
        decode_manifest(text, LOCAL, "k.json", step, "k")
    assert "made anew" not in str(refused.value)


def test_checkpoint_of_any_other_step_that_cannot_be_read_may_be_deleted() -> None:
    with pytest.raises(SnapshotError, match="delete it and run again"):
        decode_manifest(b"{", LOCAL, "k.json", "features", "k")
