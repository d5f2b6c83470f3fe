"""A small shop and what a run makes of it that nobody disturbs."""

from pathlib import Path

import pytest

from tests.faults.places import in_directory
from tests.finished_lake import FinishedLake


@pytest.fixture(scope="package")
def mapping(finished_lake: FinishedLake) -> Path:
    """A shop of about 3,000 lines with a mapping."""
    return Path(finished_lake.source)


@pytest.fixture(scope="package")
def clean(finished_lake: FinishedLake, mapping: Path) -> dict[str, str]:
    """Contents by step of a run that nobody disturbs, in a directory."""
    return in_directory(finished_lake.lake).contents(mapping)
