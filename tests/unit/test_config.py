"""Settings come from the environment and `.env`; a typo stops the process at start."""

from pathlib import Path

import pytest

from adapters.bootstrap import without_credentials
from adapters.config import load_settings
from domain.errors import ConfigurationError

NO_FILE = Path("there-is-no-such.env")


def test_without_any_setting_the_defaults_hold() -> None:
    settings = load_settings({}, NO_FILE)
    assert settings.lake == Path("lake")
    assert settings.recipe.learner == "mean"
    assert settings.costs.effect == 0.20


def test_a_nested_setting_reaches_the_recipe() -> None:
    settings = load_settings({"RETURNCAST_RECIPE__LEARNING_RATE": "0.1"}, NO_FILE)
    assert settings.recipe.learning_rate == 0.1


def test_an_unknown_name_is_refused_with_the_nearest() -> None:
    with pytest.raises(ConfigurationError, match=r"RETURNCAST_LAEK.*Did you mean RETURNCAST_LAKE"):
        load_settings({"RETURNCAST_LAEK": "x"}, NO_FILE)


def test_an_unknown_nested_name_is_refused_by_its_whole_name() -> None:
    with pytest.raises(ConfigurationError, match="RETURNCAST_RECIPE__LERNING_RATE"):
        load_settings({"RETURNCAST_RECIPE__LERNING_RATE": "0.1"}, NO_FILE)


def test_a_value_that_the_domain_refuses_is_refused_here() -> None:
    with pytest.raises(ConfigurationError, match="learning_rate"):
        load_settings({"RETURNCAST_RECIPE__LEARNING_RATE": "-1"}, NO_FILE)


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("RETURNCAST_LAKE=from-file\nRETURNCAST_LOG_LEVEL=DEBUG\nOTHER=ignored\n", encoding="utf-8")
    settings = load_settings({"RETURNCAST_LAKE": "from-environment"}, file)
    assert settings.lake == Path("from-environment")
    assert settings.log_level == "DEBUG"


@pytest.mark.parametrize(
    ("address", "shown"),
    [("http://me:secret@mlflow:5000/x", "http://mlflow:5000/x"), ("sqlite:////a/mlflow.db", "sqlite:////a/mlflow.db")],
)
def test_an_address_is_shown_without_credentials(address: str, shown: str) -> None:
    assert without_credentials(address) == shown
