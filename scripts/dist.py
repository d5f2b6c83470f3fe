"""Make what a cluster needs: the wheel, the same as an archive that Spark imports from, the job, and the environment.

    dist/returncast-<version>-py3-none-any.whl   to install
    dist/returncast-<version>.zip                the same bytes for `--py-files`: Spark's workers import from .zip alone
    dist/score_job.py                            the program that spark-submit runs
    dist/returncast-environment.tar.gz           the libraries for `--archives`, without Spark's jars

The environment is copied file by file from `.venv`, which pip made from the lock with hashes, and each file is checked
against the digest that pip recorded. Unlike what venv-pack makes it holds no absolute path: `bin/python` is a
launcher that adds the libraries beside it to the Python 3.12 of the node. The same lock gives the same bytes again.
"""

import base64
import gzip
import hashlib
import io
import shutil
import subprocess
import sys
import tarfile
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from importlib.metadata import Distribution, PackageNotFoundError, PackagePath, distribution
from pathlib import Path
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from scripts.environment import PYTHON, ROOT, requirements

OUTPUT = ROOT / "dist"
JOB = ROOT / "src" / "adapters" / "entrypoints" / "score_job.py"
LIBRARIES = "lib/python3.12/site-packages"
# The cluster brings its own Spark: of pyspark only the Python part and its version are of use.
LEFT_OUT = ("pyspark/jars/", "pyspark/examples/", "pyspark/data/", "pyspark/licenses/", "pyspark/sbin/", "pyspark/bin/")
MOMENT = 315_532_800  # 1980-01-01: one moment for every file, the earliest that a zip can name

# What the job puts on the path goes before the libraries, and so does the cluster's own pyspark.
LAUNCHER = """#!/bin/sh
here=$(cd "$(dirname "$0")/.." && pwd)
python=${RETURNCAST_CLUSTER_PYTHON:-python3.12}
if ! "$python" -I -S -c "" > /dev/null 2>&1; then
    echo "returncast needs Python 3.12 on every node, and $python does not run on $(hostname)." >&2
    echo "Install it there, or name it: --conf spark.executorEnv.RETURNCAST_CLUSTER_PYTHON=/path/to/python3.12" >&2
    exit 127
fi
export PYTHONPATH="${PYTHONPATH:+$PYTHONPATH:}$here/lib/python3.12/site-packages"
exec "$python" "$@"
"""


class Member(NamedTuple):
    """One file of the archive: its path there, what reads its bytes, and whether it can be run."""

    path: str
    read: Callable[[], bytes]
    runs: bool = False


def main_distributions(lock: Mapping[str, Any]) -> list[Distribution]:
    """The installed distributions of the lock's main group, by name; those for other systems are not installed.

    Raises SystemExit when one is installed in another version than the lock's.
    """
    pinned: dict[str, set[str]] = {}
    for line in requirements(lock, ("main",)):
        name, _, version = line.split()[0].partition("==")
        pinned.setdefault(name, set()).add(version)
    found = [(name, _installed(name)) for name in sorted(pinned)]
    for name, installed in found:
        if installed is not None and installed.version not in pinned[name]:
            raise SystemExit(f"{name} is installed as {installed.version}, which is not in the lock. Run `make setup`.")
    return [installed for _, installed in found if installed is not None]


def members(distributions: Iterable[Distribution]) -> Iterator[Member]:
    """Every file of the environment; each is checked against the digest that pip recorded when it is read."""
    yield Member("bin/python", LAUNCHER.encode, runs=True)
    for installed in distributions:
        for file in installed.files or ():
            path = file.as_posix()
            # What lies outside are programs whose first line names this machine's environment.
            if path.startswith("../") or path.startswith(LEFT_OUT) or "__pycache__" in file.parts:
                continue
            yield Member(f"{LIBRARIES}/{path}", partial(_checked, file))


def _checked(file: PackagePath) -> bytes:
    data = file.read_binary()
    if file.hash is not None and _digest(data, file.hash.mode) != file.hash.value:
        raise SystemExit(f"{file} is not what pip installed. Remove .venv and run `make setup`.")
    return data


def write_archive(path: Path, files: Iterable[Member]) -> int:
    """A tar.gz of the files sorted by path, the same bytes for the same files; the size of what it unpacks to."""
    unpacked = 0
    with (
        path.open("wb") as raw,
        gzip.GzipFile("", "wb", 6, raw, mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.GNU_FORMAT) as archive,
    ):
        for member in sorted(files, key=lambda member: member.path):
            entry, data = tarfile.TarInfo(member.path), member.read()
            entry.size, entry.mtime, entry.mode = len(data), MOMENT, 0o755 if member.runs else 0o644
            archive.addfile(entry, io.BytesIO(data))
            unpacked += entry.size
    return unpacked


def build_wheel(output: Path) -> Path:
    """The wheel, built by the backend that pyproject.toml names."""
    for old in output.glob("returncast-*.whl"):
        old.unlink()
    command = [str(PYTHON), "-I", "-m", "pip", "--disable-pip-version-check", "wheel", "--quiet", "--no-deps"]
    done = subprocess.run([*command, "--wheel-dir", str(output), str(ROOT)], check=False)
    if done.returncode != 0:
        raise SystemExit("pip could not build the wheel; its message stands above.")
    (wheel,) = output.glob("returncast-*.whl")
    return wheel


def _installed(name: str) -> Distribution | None:
    try:
        return distribution(name)
    except PackageNotFoundError:
        return None


def _digest(data: bytes, mode: str) -> str:
    return base64.urlsafe_b64encode(hashlib.new(mode, data).digest()).rstrip(b"=").decode()


def _say(path: Path, note: str = "") -> None:
    print(f"{path.relative_to(ROOT)}  {path.stat().st_size / 1e6:.1f} MB{note}", flush=True)


def main() -> None:
    """Make everything in `dist/` and say how large it is."""
    OUTPUT.mkdir(exist_ok=True)
    wheel = build_wheel(OUTPUT)
    _say(wheel)
    for old in OUTPUT.glob("returncast-*.zip"):
        old.unlink()
    archive = Path(shutil.copyfile(wheel, OUTPUT / f"{'-'.join(wheel.name.split('-')[:2])}.zip"))
    _say(archive, "  (the wheel under a name that Spark's workers import from)")
    _say(Path(shutil.copyfile(JOB, OUTPUT / JOB.name)))
    installed = main_distributions(tomllib.loads((ROOT / "poetry.lock").read_text("utf-8")))
    environment = OUTPUT / "returncast-environment.tar.gz"
    unpacked = write_archive(environment, members(installed))
    _say(environment, f"  ({len(installed)} libraries, {unpacked / 1e6:.0f} MB unpacked; nodes need Python 3.12)")


if __name__ == "__main__":
    main()
