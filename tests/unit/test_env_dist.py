"""`.env.dist` documents every setting there is, and nothing else."""

import re
from pathlib import Path

from adapters.config import known_names, load_settings

ENV_DIST = Path(__file__).parents[2] / ".env.dist"
DOCUMENTED = dict(re.findall(r"^# (RETURNCAST_\w+)=(.*)$", ENV_DIST.read_text("utf-8"), flags=re.MULTILINE))


OF_A_TEST = {"RETURNCAST_RECIPE__SHUFFLE_LABELS_SEED"}  # `returncast backtest --shuffle-labels` sets it


def test_every_setting_is_documented_and_exists() -> None:
    assert set(DOCUMENTED) == set(known_names()) - OF_A_TEST


def test_the_documented_values_can_be_used(tmp_path: Path) -> None:
    settings = load_settings(DOCUMENTED, tmp_path / "no.env")
    assert settings.window_days == 60


def test_the_documented_defaults_of_costs_and_recipe_are_the_defaults(tmp_path: Path) -> None:
    documented, plain = load_settings(DOCUMENTED, tmp_path / "no.env"), load_settings({}, tmp_path / "no.env")
    assert (documented.costs, documented.recipe) == (plain.costs, plain.recipe)
