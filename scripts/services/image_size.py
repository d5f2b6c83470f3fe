"""Estimate the image's size from its parts: `python -m scripts.services.image_size`.

The packages are measured where they are installed here (as their own records list the files), the jars where they
are kept; what Debian's packages and the base image take is written down below with its source.
"""

import sys
import tomllib
from collections.abc import Iterable, Mapping
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement

from adapters.config import load_settings
from scripts.environment import requirements

ROOT = Path(__file__).resolve().parents[2]
GROUPS = ("main", "services")
SHOWN = 12
JARS = ("hadoop-aws-*.jar", "bundle-*.jar", "spark-hadoop-cloud_*.jar")
MEGABYTE = 1_000_000
# Unpacked, in MB, on amd64: the base as `docker image ls` shows it, packages by Debian's Installed-Size, and what the
# Dockerfile compiles, as measured by running its commands in an environment made the same way.
ELSEWHERE = {
    "base image: python:3.12-slim-bookworm": 124,
    "openjdk-17-jre-headless": 193,
    "libraries it needs, tini": 25,
    "bytecode of what the commands import": 77,
}


def locked_names(lock: Mapping[str, object]) -> list[str]:
    """Names of the packages that the image installs on this platform."""
    parsed = [Requirement(line.split(" --hash")[0]) for line in requirements(lock, GROUPS)]
    return [one.name for one in parsed if one.marker is None or one.marker.evaluate()]


def installed_bytes(package: Distribution) -> int:
    """Bytes of a package's files, without the bytecode that Python wrote beside them later."""
    paths = [Path(str(package.locate_file(file))) for file in package.files or () if not str(file).endswith(".pyc")]
    return sum(path.stat().st_size for path in paths if path.is_file())


def main() -> None:
    """Print the table; ends with 1 and the names when packages or jars that the image holds are missing here."""
    lock = tomllib.loads((ROOT / "poetry.lock").read_text("utf-8"))
    sizes: dict[str, int] = {}
    missing = []
    for name in locked_names(lock):
        try:
            sizes[name] = installed_bytes(distribution(name))
        except PackageNotFoundError:
            missing.append(name)
    jars = list(_jars())
    missing += [pattern for pattern in JARS if not any(jar.match(pattern) for jar in jars)]
    largest = sorted(sizes.items(), key=lambda item: -item[1])[:SHOWN]
    rows = [(f"package {name}", size) for name, size in largest]
    rows.append((f"{len(sizes) - SHOWN} further packages", sum(sizes.values()) - sum(size for _, size in largest)))
    rows += [(f"jar {jar.name}", jar.stat().st_size) for jar in jars]
    rows += [(name, size * MEGABYTE) for name, size in ELSEWHERE.items()]
    rows.append(("returncast and the bundled orders", _own_bytes()))
    _print(rows)
    if missing:
        sys.exit(f"Not counted, since they are not here (make setup; returncast jars): {', '.join(missing)}")


def _jars() -> Iterable[Path]:
    places = [Path(str(distribution("pyspark").locate_file("pyspark/jars"))), load_settings().jars.expanduser()]
    for pattern in JARS:
        yield from [jar for place in places for jar in place.glob(pattern)][:1]


def _own_bytes() -> int:
    roots = [ROOT / name for name in ("src", "luigi_tasks", "data")]
    files = [path for root in roots for path in root.rglob("*") if path.is_file() and path.suffix != ".pyc"]
    return sum(path.stat().st_size for path in files)


def _print(rows: list[tuple[str, int]]) -> None:
    for name, size in [*rows, ("the image, unpacked", sum(size for _, size in rows))]:
        print(f"{name:<48} {size / MEGABYTE:>8,.1f} MB")


if __name__ == "__main__":
    main()
