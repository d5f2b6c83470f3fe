"""`returncast doctor`: is everything here that a run needs, and if not, what to do."""

import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import typer

from adapters.bootstrap.runs import composition
from adapters.config import load_settings
from adapters.entrypoints.console import out, print_json
from adapters.entrypoints.options import AsJson, Lake, use_lake
from adapters.local.java import find_java
from domain.errors import ReturncastError

PACKAGES = ("pyspark", "pyarrow", "scikit-learn", "skops", "mlflow", "luigi")
FREE_BYTES_WANTED = 2 << 30


@dataclass(frozen=True)
class Check:
    """One thing a run needs: whether it is there, what was found, and the remedy where it is not."""

    name: str
    ok: bool
    found: str
    remedy: str = ""


def doctor(lake: Lake = None, json: AsJson = False) -> None:
    """Check this machine and its settings; ends with 1 when something is missing.

    Example: returncast doctor --json
    """
    use_lake(lake)
    checks = list(diagnose())
    if json:
        print_json([asdict(check) for check in checks])
    else:
        for check in checks:
            mark = "[green]ok[/]     " if check.ok else "[bold red]missing[/]"
            out.print(f"{mark} {check.name:<10} {check.found}", soft_wrap=True)
            if not check.ok:
                out.print(f"        {'':<10} {check.remedy}", soft_wrap=True)
    raise typer.Exit(0 if all(check.ok for check in checks) else 1)


def diagnose() -> Iterator[Check]:
    """Every check in order; none of them starts Spark."""
    yield Check("python", sys.version_info[:2] == (3, 12), sys.version.split()[0], "Use Python 3.12: run `make setup`.")
    yield _guarded("java", lambda: str(find_java()))
    for package in PACKAGES:
        yield _package(package)
    yield _guarded("settings", lambda: f"lake = {load_settings().lake}")
    yield _lake()
    yield from _store()


def _guarded(name: str, find: Callable[[], str]) -> Check:
    try:
        return Check(name, True, find())
    except ReturncastError as error:
        return Check(name, False, error.problem, error.remedy)


def _package(name: str) -> Check:
    try:
        return Check(name, True, version(name))
    except PackageNotFoundError:
        return Check(name, False, "not installed", "Run `make setup`.")


def _lake() -> Check:
    try:
        lake = load_settings().local_directory
    except ReturncastError as error:
        return Check("disk", False, error.problem, error.remedy)
    place = next(path for path in (lake, *lake.parents) if path.exists())
    free = shutil.disk_usage(place).free
    found = f"{free / (1 << 30):.1f} GiB free for {lake}"
    return Check(
        "disk", free >= FREE_BYTES_WANTED and _writable(place), found, "Free some room, or name another --lake."
    )


def _store() -> Iterator[Check]:
    """The S3-compatible store and Spark's jars for it, where the lake is on one."""
    try:
        settings = load_settings()
    except ReturncastError:
        return  # said already
    if settings.lake_name is None:
        return
    yield _guarded("s3", _answer_of_store)
    missing = ", ".join(jar.file for jar in composition().jars.missing())
    yield Check("jars", True, f"to be fetched by the next run: {missing}" if missing else "all here")


def _answer_of_store() -> str:
    composition().open_lake()  # which reading alone would not do
    composition().store.find("promote", "none")
    return f"{composition().store_access.endpoint or 'AWS'} honours conditional writes"


def _writable(place: Path) -> bool:
    probe = place / ".returncast-probe"
    try:
        probe.touch()
        probe.unlink()
    except OSError:
        return False
    return True
