"""A class-data archive of the driver's JVM: Spark's classes as they were loaded once, mapped instead of read again.

Java writes one as a JVM ends (JEP 350) and takes it up in later ones of the same Java and the same jars. It leaves
aside what does not fit it, but a truncated archive would crash it, so each is checked by its digest before it is used.
It is written after the process that started the session has gone, under a name of its own; the next session finds it
finished, or drops it.
"""

import hashlib
import os
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

MAGIC = (0xF00BABA8).to_bytes(4, "little")  # of a dynamic archive; Java writes the header last
STALE_S = 600
# What Java says of an archive that it makes or cannot take is of no use to those who run a pipeline.
_QUIET = "-Xshare:auto -Xlog:disable -Xlog:all=error:stderr"


@dataclass(frozen=True)
class ClassArchives:
    """A directory of archives, one for each Java and set of jars.

    Args:
        directory: where they are kept; made when needed.
        java_home: the Java that runs the driver.
    """

    directory: Path
    java_home: Path

    def java_options(self, jars: Sequence[Path]) -> str:
        """Options of the driver's JVM: to use the archive, or to leave one behind where there is none; maybe empty.

        Args:
            jars: all jars on the driver's class path.
        """
        try:
            self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            told = self.directory.lstat()
            if os.name != "posix" or told.st_uid != os.getuid() or told.st_mode & 0o077 or " " in str(self.directory):
                return ""
            return self._options(self.directory / f"spark-{self._key(jars)}.jsa")
        except OSError:  # a home that is read-only, or none
            return ""

    def _options(self, archive: Path) -> str:
        whole = _is_whole(archive)
        _take_up(archive, needed=not whole)
        if whole or _is_whole(archive):
            return f"-XX:SharedArchiveFile={archive} {_QUIET}"
        return f"-XX:ArchiveClassesAtExit={archive}.{os.getpid()}.new {_QUIET}"

    def _key(self, jars: Iterable[Path]) -> str:
        release = self.java_home / "release"
        parts = [str(self.java_home), release.read_text("utf-8") if release.is_file() else ""]
        for jar in sorted(jars):
            told = jar.stat()
            parts.append(f"{jar} {told.st_size} {told.st_mtime_ns}")
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]


def _take_up(archive: Path, *, needed: bool) -> None:
    """Give an archive that an earlier JVM finished its name, if it is needed; drop those that nobody will take up."""
    for made in archive.parent.glob(f"{archive.name}.*.new"):
        with made.open("rb") as file:
            finished = file.read(len(MAGIC)) == MAGIC
        if finished and needed:
            _digest_of(archive).unlink(missing_ok=True)
            made.replace(archive)
            _digest_of(archive).write_text(_sha256(archive), "utf-8")
        elif time.time() - made.stat().st_mtime > STALE_S:
            made.unlink(missing_ok=True)


def _is_whole(archive: Path) -> bool:
    noted = _digest_of(archive)
    return archive.is_file() and noted.is_file() and noted.read_text("utf-8") == _sha256(archive)


def _digest_of(archive: Path) -> Path:
    return archive.with_suffix(".sha256")


def _sha256(archive: Path) -> str:
    with archive.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
