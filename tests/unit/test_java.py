"""Which Java is taken: one that cannot be run is passed over."""

import os
from pathlib import Path

import pytest

from adapters.local import java
from domain.errors import ConfigurationError


def home(place: Path, program: str) -> Path:
    (place / "bin").mkdir(parents=True)
    (place / "bin/java").write_text(program, "utf-8")
    (place / "bin/java").chmod(0o755)
    return place


pytestmark = pytest.mark.skipif(os.name == "nt", reason="the programs are shell scripts")


def test_a_program_that_cannot_be_run_or_hangs_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = home(tmp_path / "broken", "\x7fELF of another machine")
    hanging = home(tmp_path / "hanging", "#!/bin/sh\nexec sleep 60\n")
    sound = home(tmp_path / "sound", "#!/bin/sh\necho 'openjdk version \"17.0.1\"' >&2\n")
    monkeypatch.setattr(java, "_ANSWER_SECONDS", 1)
    monkeypatch.setattr(java, "_homes", lambda: iter([broken, hanging, sound]))
    assert java.find_java() == java.Java(sound, 17)


def test_where_no_program_runs_what_installs_one_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(java, "_homes", lambda: iter([home(tmp_path, "\x7fELF")]))
    with pytest.raises(ConfigurationError, match="found none"):
        java.find_java()
