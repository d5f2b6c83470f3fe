"""A small shop and what a run makes of it that nobody disturbs."""

from pathlib import Path

import pytest

from tests.faults.places import in_directory
from tests.processes import answer
from tests.shops.small_shop import SmallShop


@pytest.fixture(scope="package")
def mapping(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shop of about 3,000 lines with a mapping."""
    return SmallShop().write(tmp_path_factory.mktemp("shop"))


@pytest.fixture(scope="package")
def clean(mapping: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Contents by step of a run that nobody disturbs, in a directory."""
    place = in_directory(tmp_path_factory.mktemp("clean"))
    answer(place.run(mapping, "--json"))
    return place.contents(mapping)
