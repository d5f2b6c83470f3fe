"""What a run may be asked for."""

from dataclasses import replace
from datetime import date

import pytest

from application.run.run_request import RunRequest, latest_day, refuse_future
from domain.errors import ConfigurationError
from domain.labels import LabelPolicy
from domain.source.mapping_parts import ReturnFlag
from tests.unit.pipeline_bench import NamedSource

ROWS = NamedSource().mapping
FLAG = replace(ROWS, shape="flag", return_rows=None, flag=ReturnFlag("returned"))


def test_the_label_is_the_mappings_unless_another_window_is_asked_for() -> None:
    assert RunRequest().label_policy(ROWS) == LabelPolicy(60)
    assert RunRequest(window_days=30).label_policy(ROWS) == LabelPolicy(30)


def test_a_flag_without_a_date_cannot_be_asked_about_another_window() -> None:
    assert RunRequest(window_days=60).label_policy(FLAG) == LabelPolicy(60)
    with pytest.raises(ConfigurationError, match="came within 30"):
        RunRequest(window_days=30).label_policy(FLAG)


@pytest.mark.parametrize("as_of", [date(1, 1, 5), date(9999, 12, 31)])
def test_a_day_that_no_order_can_be_of_is_refused(as_of: date) -> None:
    with pytest.raises(ConfigurationError, match=str(as_of)):
        RunRequest(as_of=as_of)


def test_a_day_beyond_what_a_source_can_know_is_refused_with_the_last_one_that_may_be_named() -> None:
    latest = latest_day(date(2024, 2, 20), replace(ROWS, feed_delay_days=7))
    assert latest == date(2024, 3, 1)
    refuse_future(None, latest)
    refuse_future(latest, latest)
    with pytest.raises(ConfigurationError, match=r"2024-03-02 .*up to 2024-03-01") as refused:
        refuse_future(date(2024, 3, 2), latest)
    assert refused.value.exit_code == 2


def test_another_tracker_is_another_record() -> None:
    here, there = RunRequest(), RunRequest(tracker="http://mlflow:5000")
    assert here.parameters(ROWS)["registry"] != there.parameters(ROWS)["registry"]
