"""Make `.venv` exactly what `poetry.lock` says, with Python's standard library and plain pip.

Poetry writes the lock; it is not needed to install from it, so a machine with nothing but Python 3.12 can.
Its own installer also needs an index that serves JSON, which some mirrors don't; pip reads any index, with
whatever configuration the machine has for it. Every package is checked against the hashes in the lock.

A stamp, written last, says what the environment was made from. An environment without one was interrupted
and is made anew. Run it as `python3.12 scripts/environment.py` from anywhere; `--check` only answers,
and `--list main services` prints the lines for pip of those groups.
"""

import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
import time
import tomllib
import venv
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeAlias

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = ROOT / ".venv"
STAMP = ENVIRONMENT / "returncast-stamp"
LOG = ROOT / ".cache" / "setup.log"
PYTHON = ENVIRONMENT / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
GROUPS = ("main", "dev", "services")

Package: TypeAlias = Mapping[str, Any]


def requirements(lock: Mapping[str, Any], groups: tuple[str, ...] = GROUPS) -> list[str]:
    """The packages that a lock file holds for some groups, as lines for pip.

    Args:
        lock: a parsed `poetry.lock` of format 2.
        groups: dependency groups to install.

    Returns:
        One line a package, `name==version ; marker --hash=...`, sorted by name.

    Raises:
        SystemExit: the lock is of another format, or holds what does not come from an index.
    """
    form = lock["metadata"]["lock-version"]
    if not form.startswith("2."):
        raise SystemExit(f"poetry.lock has format {form}, and this reads format 2. Lock again with Poetry 2.")
    wanted = [p for p in lock["package"] if not p["optional"] and set(groups) & set(p["groups"])]
    return sorted(_requirement(package, groups) for package in wanted)


def digest(root: Path = ROOT) -> str:
    """What an environment depends on, as one hash: the lock, the packaging, the interpreter, the folder."""
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))
    packaging = [project["project"], project["tool"]["poetry"], project["build-system"]]
    lock = hashlib.sha256((root / "poetry.lock").read_bytes()).hexdigest()
    # Scripts and the path of the sources are absolute inside an environment, so a moved folder needs a new one.
    made_from = [lock, packaging, platform.python_version(), str(root)]
    return hashlib.sha256(json.dumps(made_from, sort_keys=True).encode()).hexdigest()


def is_current() -> bool:
    """Whether the environment stands and was made from what is here now."""
    return PYTHON.exists() and STAMP.exists() and STAMP.read_text("utf-8") == digest()


def install() -> None:
    """Make the environment, or bring it up to date; raises SystemExit when pip fails."""
    began = time.monotonic()
    lines = requirements(tomllib.loads((ROOT / "poetry.lock").read_text("utf-8")))
    LOG.parent.mkdir(exist_ok=True)
    LOG.write_text("", "utf-8")
    _prepare()
    version = platform.python_version()
    _say(f"Installing {len(lines)} locked packages into .venv (Python {version}); the first time takes minutes.")
    listed = ENVIRONMENT / "locked-requirements.txt"
    listed.write_text("\n".join(lines) + "\n", "utf-8")
    # Without compiling: Python compiles what is imported when it is first imported, which is far less.
    _pip(
        "install",
        "--progress-bar",
        "off",
        "--no-compile",
        "--no-deps",
        "--require-hashes",
        "--requirement",
        str(listed),
        total=len(lines),
    )
    _pip("install", "--no-compile", "--no-deps", "--editable", str(ROOT))
    _pip("check")
    STAMP.write_text(digest(), "utf-8")
    _say(f"The environment is ready ({time.monotonic() - began:.0f} s).")


def _requirement(package: Package, groups: tuple[str, ...]) -> str:
    name = package["name"]
    if "source" in package:
        raise SystemExit(f"poetry.lock takes {name} from {package['source']}. Lock it from the package index.")
    marker = _marker(package.get("markers", ""), [group for group in groups if group in package["groups"]])
    hashes = sorted(file["hash"] for file in package["files"])
    return " ".join([f"{name}=={package['version']}{marker}", *(f"--hash={value}" for value in hashes)])


def _marker(markers: str | Mapping[str, str], groups: list[str]) -> str:
    if isinstance(markers, str):
        return f" ; {markers}" if markers else ""
    if any(group not in markers for group in groups):
        return ""  # one of the groups wants the package on every machine
    return " ; " + " or ".join(f"({markers[group]})" for group in groups)


def _prepare() -> None:
    if STAMP.exists() and _works():
        STAMP.unlink()  # from here to the end an interruption leaves no stamp
        return
    if ENVIRONMENT.is_dir():
        _say("The environment in .venv is unfinished or was moved: making it anew.")
        shutil.rmtree(ENVIRONMENT)
    venv.create(ENVIRONMENT, with_pip=True)


def _works() -> bool:
    version = "import platform; print(platform.python_version())"
    try:
        answer = subprocess.run([PYTHON, "-I", "-c", version], capture_output=True, text=True, check=False)
    except OSError:
        return False
    own = (ENVIRONMENT / "pyvenv.cfg").read_text("utf-8")
    return answer.stdout.strip() == platform.python_version() and str(ENVIRONMENT) in own


def _pip(*arguments: str, total: int = 0) -> None:
    command = [str(PYTHON), "-I", "-m", "pip", "--disable-pip-version-check", *arguments]
    # A machine-wide "user = true" has no meaning inside an environment, and pip refuses it there.
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env={**os.environ, "PIP_USER": "0"}
    )
    with LOG.open("a", encoding="utf-8") as log:
        for line in _followed(process.stdout or (), total):
            log.write(line)
    if process.wait() != 0:
        last = "".join(LOG.read_text("utf-8").splitlines(keepends=True)[-15:])
        raise SystemExit(
            f"{last}\npip could not finish: its last lines stand above, all of them in {LOG}."
            "\nIf the package index did not answer, run the same command again."
        )


def _followed(output: Iterable[str], total: int) -> Iterator[str]:
    collected = 0
    for line in output:
        yield line
        if line.startswith("Ignoring "):
            total -= 1
        elif line.startswith("Collecting "):
            collected += 1
            if sys.stdout.isatty():
                print(f"\r  {collected} of {total} packages found", end="", flush=True)
        elif line.startswith("Installing collected packages") and total > 1:
            print(f"\r  {collected} packages found; unpacking them", flush=True)


def _say(message: str) -> None:
    print(message, flush=True)


def main() -> None:
    """Check or install, as the command line says; the exit code of a check is 1 when it is not current."""
    if sys.version_info[:2] != (3, 12):
        raise SystemExit(f"This is Python {platform.python_version()}; run it with Python 3.12.")
    if sys.argv[1:] == ["--check"]:
        sys.exit(0 if is_current() else 1)
    if sys.argv[1:2] == ["--list"]:
        lock = tomllib.loads((ROOT / "poetry.lock").read_text("utf-8"))
        print("\n".join(requirements(lock, tuple(sys.argv[2:]))))
        return
    if not is_current():
        install()


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit("\nInterrupted; the next setup starts from here.")
