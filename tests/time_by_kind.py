"""A pytest plugin: how many tests of each kind ran and how long they took, above pytest's closing line.

A kind is a folder of `tests/`. The time of a test includes its fixtures, so the first one that needs Spark
pays for its start.
"""

from collections import Counter
from dataclasses import dataclass, field

import pytest


@dataclass(eq=False)  # pytest keeps its plugins in sets
class TimeByKind:
    """Adds up what pytest reports about each test."""

    tests: Counter[str] = field(default_factory=Counter)
    seconds: Counter[str] = field(default_factory=Counter)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count a test by its call, and the time of all its phases."""
        kind = kind_of(report.nodeid)
        self.tests[kind] += report.when == "call"
        self.seconds[kind] += report.duration  # type: ignore[assignment]  # a Counter adds floats as well

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """One line a kind, in the order they ran."""
        terminalreporter.write_sep("-", "time by kind")
        for kind, number in self.tests.items():
            terminalreporter.write_line(f"{kind:<12} {number:>5} tests {self.seconds[kind]:>8.1f} s")


def kind_of(nodeid: str) -> str:
    """The folder of `tests/` that holds a test, or its file where there is none."""
    return nodeid.split("::", 1)[0].removeprefix("tests/").split("/", 1)[0]


def pytest_configure(config: pytest.Config) -> None:
    """Called by pytest."""
    config.pluginmanager.register(TimeByKind(), "time-by-kind")
