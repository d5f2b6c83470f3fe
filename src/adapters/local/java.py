"""Which Java Spark will run on: 17 or 21; later ones fail in Hadoop, earlier ones in Spark."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from domain.errors import ConfigurationError

SUPPORTED = (17, 21)
_ANSWER_SECONDS = 30
_JAVA = "java.exe" if os.name == "nt" else "java"
REMEDY = (
    "Install JDK 17: `sudo apt-get install openjdk-17-jre-headless` (Debian, Ubuntu), "
    "`sudo dnf install java-17-openjdk-headless` (Fedora), `brew install openjdk@17` (macOS), "
    "`winget install EclipseAdoptium.Temurin.17.JRE` (Windows)."
)


@dataclass(frozen=True)
class Java:
    """A Java runtime: its home and its major version."""

    home: Path
    major: int

    @property
    def executable(self) -> Path:
        """The program `java`."""
        return self.home / "bin" / _JAVA

    def __str__(self) -> str:
        """The version and where it is."""
        return f"{self.major} in {self.home}"


def find_java() -> Java:
    """The first supported Java of JAVA_HOME, the PATH and the usual places.

    Raises ConfigurationError with the command that installs one.
    """
    unsuitable: list[Java] = []
    for home in _homes():
        java = _java_in(home)
        if java is not None and java.major in SUPPORTED:
            return java
        if java is not None:
            unsuitable.append(java)
    found = f"found only {', '.join(map(str, unsuitable))}" if unsuitable else "found none"
    raise ConfigurationError(f"Spark needs Java {' or '.join(map(str, SUPPORTED))}; {found}.", REMEDY)


def use_java() -> Java:
    """Point JAVA_HOME of this process, and of the JVM it starts, to a supported Java."""
    java = find_java()
    os.environ["JAVA_HOME"] = str(java.home)
    return java


def _homes() -> Iterator[Path]:
    if home := os.environ.get("JAVA_HOME"):
        yield Path(home)
    if command := shutil.which("java"):
        yield Path(command).resolve().parent.parent
    for place in ("/usr/lib/jvm", "/opt/homebrew/opt", "/usr/local/opt", "/Library/Java/JavaVirtualMachines"):
        for installed in sorted(Path(place).glob("*")):
            bundle = installed / "Contents" / "Home"  # as on macOS
            yield bundle if bundle.is_dir() else installed


def _java_in(home: Path) -> Java | None:
    java = home / "bin" / _JAVA
    if not java.is_file():
        return None
    try:
        told = subprocess.run(  # noqa: S603
            [str(java), "-version"], capture_output=True, text=True, check=False, timeout=_ANSWER_SECONDS
        )
    except (OSError, subprocess.TimeoutExpired):  # no program, one of another machine, or one that hangs
        return None
    version = re.search(r'version "(?:1\.)?(\d+)', told.stderr + told.stdout)
    return Java(home, int(version.group(1))) if version else None
