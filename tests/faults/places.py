"""A lake under runs that die or whose store fails, and what a reader of it may see at any moment."""

import hashlib
import json
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from application.run.pipeline import GRAPH
from tests.contract.raw_lake import LocalLake, RawLake
from tests.contract.s3_lake import S3RawLake
from tests.finished_lake import AS_OF
from tests.processes import answer, environment_for, returncast
from tests.servers.s3 import S3Server


@dataclass(frozen=True)
class Place:
    """A lake under runs: its address, its files past the adapter, the runs' directory, and settings to reach it."""

    address: str
    raw: RawLake
    directory: Path
    settings: dict[str, str] = field(default_factory=dict)

    def run(self, mapping: Path, *options: str, **settings: str) -> "subprocess.CompletedProcess[str]":
        """A run of the pipeline as a process."""
        return self._returncast("run", *_job(mapping), *options, **settings)

    def start(self, mapping: Path, **settings: str) -> "subprocess.Popen[bytes]":
        """A run that nobody waits for."""
        command = [sys.executable, "-m", "adapters.entrypoints.cli", "run", *_job(mapping)]
        environment = environment_for(self.address, {**self.settings, **settings})
        return subprocess.Popen(
            command, env=environment, cwd=self.directory, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    def ask(self, command: str, mapping: Path, *options: str, **settings: str) -> "subprocess.CompletedProcess[str]":
        """Another command about the run."""
        return self._returncast(command, *_job(mapping), *options, **settings)

    def contents(self, mapping: Path) -> dict[str, str]:
        """The content of every step; none of them is missing."""
        steps = answer(self._returncast("status", *_job(mapping), "--json"))["steps"]
        assert [step["state"] for step in steps] == ["done"] * len(GRAPH)
        return {step["step"]: step["content"] for step in steps}

    def _returncast(self, *arguments: str, **settings: str) -> "subprocess.CompletedProcess[str]":
        return returncast(*arguments, lake=self.address, directory=self.directory, **self.settings, **settings)


def _job(mapping: Path) -> tuple[str, ...]:
    return ("--source", str(mapping), "--as-of", AS_OF)


def in_directory(root: Path) -> Place:
    """A lake in a directory."""
    root.mkdir(exist_ok=True)
    return Place(str(root), LocalLake(root), root)


def on_s3(server: S3Server, name: str, directory: Path) -> Place:
    """A lake in the buckets of a server; runs keep what is not in the lake in the directory."""
    return Place(f"s3://{name}", S3RawLake(server.access(), name), directory, server.environment)


def check_checkpoints(lake: RawLake) -> None:
    """Every file of every committed snapshot has the size and the digest of its manifest."""
    paths = lake.paths()
    for step in GRAPH:
        for manifest in manifests(lake, step):
            place = f"/{step}/{manifest['key']}/attempt={manifest['attempt']}/"
            for entry in manifest["files"]:
                (path,) = [path for path in paths if path.endswith(place + entry["path"])]
                data = lake.read(path)
                assert (len(data), hashlib.sha256(data).hexdigest()) == (entry["size"], entry["sha256"]), path


def check_published(lake: RawLake) -> None:
    """Every pointer names a page, or a directory of Parquet files, that is there and whole."""
    paths = lake.paths()
    for pointer in pointers(lake):
        published = json.loads(lake.read(pointer))
        place = f"{PurePosixPath(pointer).parent}/{published['path']}"
        if published["columns"] is None:
            assert lake.read(place).endswith(b"</html>")
            continue
        files = [path for path in paths if path.startswith(f"{place}/") and path.endswith(".parquet")]
        rows = sum(pq.read_table(pa.BufferReader(lake.read(file))).num_rows for file in files)
        assert rows == published["rows"], pointer


def pointers(lake: RawLake) -> list[str]:
    """Paths of the pointers to the latest of every output."""
    return [path for path in lake.paths() if "published" in path.split("/")[:2] and path.endswith("/latest.json")]


def manifests(lake: RawLake, step: str) -> list[dict[str, Any]]:
    """The checkpoints of a step as they lie in the lake."""
    found = [path for path in lake.paths() if path.startswith(f"luigi-checkpoints/{step}/") and path.endswith(".json")]
    return [json.loads(lake.read(path)) for path in found]


def checkpoints_kept(lake: RawLake, before: dict[str, bytes]) -> dict[str, bytes]:
    """The checkpoints by path; those that were there before are there still, byte for byte."""
    found = [path for path in lake.paths() if path.startswith("luigi-checkpoints/") and path.endswith(".json")]
    now = {path: lake.read(path) for path in found}
    assert {path: data for path, data in now.items() if path in before} == before
    return now
