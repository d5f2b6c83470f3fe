import os
import re
from pathlib import Path

import pytest

from adapters.spark.session.class_archive import MAGIC, ClassArchives


@pytest.fixture
def archives(tmp_path: Path) -> ClassArchives:
    return ClassArchives(tmp_path / "cache", tmp_path / "java")


@pytest.fixture
def jars(tmp_path: Path) -> list[Path]:
    jar = tmp_path / "spark.jar"
    jar.write_bytes(b"jar")
    return [jar]


def asked_to_write(options: str) -> Path:
    found = re.search(r"-XX:ArchiveClassesAtExit=(\S+)", options)
    assert found is not None, options
    return Path(found[1])


def test_a_first_session_is_to_leave_an_archive_and_the_next_uses_it(archives: ClassArchives, jars: list[Path]) -> None:
    made = asked_to_write(archives.java_options(jars))
    made.write_bytes(MAGIC + b"classes")
    options = archives.java_options(jars)
    assert "ArchiveClassesAtExit" not in options
    (kept,) = archives.directory.glob("*.jsa")
    assert f"-XX:SharedArchiveFile={kept}" in options
    assert "-Xshare:auto" in options  # an archive that does not fit is left aside


def test_an_archive_that_was_not_finished_is_not_used_and_dropped_in_time(
    archives: ClassArchives, jars: list[Path]
) -> None:
    made = asked_to_write(archives.java_options(jars))
    made.write_bytes(b"\0" * 100)
    asked_to_write(archives.java_options(jars))
    assert made.exists()  # another JVM may be writing it
    os.utime(made, (0, 0))
    asked_to_write(archives.java_options(jars))
    assert not made.exists()


def test_other_jars_and_another_java_have_archives_of_their_own(archives: ClassArchives, jars: list[Path]) -> None:
    first = asked_to_write(archives.java_options(jars))
    jars[0].write_bytes(b"another jar")
    second = asked_to_write(archives.java_options(jars))
    archives.java_home.mkdir()
    (archives.java_home / "release").write_text("JAVA_VERSION=21")
    third = asked_to_write(archives.java_options(jars))
    assert len({first, second, third}) == 3


def test_a_directory_that_others_may_enter_is_not_used(archives: ClassArchives, jars: list[Path]) -> None:
    archives.directory.mkdir()
    archives.directory.chmod(0o755)
    assert not archives.java_options(jars)


def test_a_place_that_cannot_be_made_is_no_failure(tmp_path: Path, jars: list[Path]) -> None:
    (tmp_path / "file").touch()
    assert not ClassArchives(tmp_path / "file" / "cache", tmp_path).java_options(jars)


def test_an_archive_that_was_damaged_is_not_used_but_made_again(archives: ClassArchives, jars: list[Path]) -> None:
    asked_to_write(archives.java_options(jars)).write_bytes(MAGIC + b"classes")
    archives.java_options(jars)
    (kept,) = archives.directory.glob("*.jsa")
    kept.write_bytes(MAGIC)  # a truncated one crashes Java
    asked_to_write(archives.java_options(jars)).write_bytes(MAGIC + b"new classes")
    assert f"-XX:SharedArchiveFile={kept}" in archives.java_options(jars)
    assert kept.read_bytes() == MAGIC + b"new classes"
