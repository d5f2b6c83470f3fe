"""Parameters that the tasks share."""

import datetime as dt
from typing import Any

import luigi
from luigi.parameter import OptionalParameterMixin


class OptionalDateParameter(OptionalParameterMixin[Any], luigi.DateParameter):  # type: ignore[misc]
    """A date, or nothing."""

    expected_type = dt.date


def source_parameter() -> luigi.Parameter:
    """Which orders to run on."""
    return luigi.Parameter(
        default="bundled", description="'bundled' for the real orders in data/, or the path of a mapping file"
    )


def as_of_parameter() -> OptionalDateParameter:
    """The day of the run."""
    return OptionalDateParameter(default=None, description="day of the run; default: the day after the last valid row")
