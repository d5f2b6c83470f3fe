"""One lake that the pipeline finished: made once for all files of tests that look at it or go on from a copy of it."""

import json
import shutil
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from adapters.local.file_lock import exclusive
from application.run.pipeline import GRAPH
from tests.e2e.lakes import RunLake
from tests.shops.small_shop import SmallShop

SHOP, AS_OF = SmallShop(habit=0.3), "2023-04-30"  # so much hangs on the customer that a model beats the baseline
DAY_AFTER = "2023-05-01"  # of the last row: the day of a run that names none
UNDATED = tuple(name for name, step in GRAPH.items() if not step.dated)  # alike for every day
PARTS = ("datasets", "models", "luigi-checkpoints")


@dataclass(frozen=True)
class FinishedLake(RunLake):
    """A lake with one run, which nobody writes into.

    Args:
        summary: what the run said.
    """

    summary: dict[str, Any] = field(default_factory=dict)

    def seed(self, lake: Path, steps: Iterable[str]) -> None:
        """Put what the run committed for some steps into another lake of the same shop."""
        for place in (Path(part, step) for part in PARTS for step in steps):
            if (self.lake / place).is_dir():
                shutil.copytree(self.lake / place, lake / place, dirs_exist_ok=True)


def finished_in(root: Path) -> FinishedLake:
    """The lake below a directory that processes of tests share: the first that asks makes it, the others wait."""
    run = RunLake(root / "lake", str(root / "shop" / "shop.toml"), AS_OF)
    said = root / "summary.json"
    with exclusive(root / "lock"):
        if not said.exists():
            SHOP.write(root / "shop")
            said.write_text(json.dumps(run.run()), encoding="utf-8")
    return FinishedLake(run.lake, run.source, run.as_of, json.loads(said.read_text(encoding="utf-8")))
