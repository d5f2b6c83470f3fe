"""Parameters that the tasks share."""

import datetime as dt
from typing import Any

import luigi
from luigi.parameter import OptionalParameterMixin

AS_OF = (
    "day of the run, such as 2019-04-15: known is what was available before it; default: the day after the last valid "
    "row. For many days: RangeDaily --of ReturnsPipeline --start 2019-04-01 --stop 2019-04-08 (stop is left out)"
)


class OptionalDateParameter(OptionalParameterMixin[Any], luigi.DateParameter):  # type: ignore[misc]
    """A date, or nothing."""

    expected_type = dt.date


def source_parameter() -> luigi.Parameter:
    """Which orders to run on."""
    # Named only, so that the day is the one that ranges of days fill in.
    return luigi.Parameter(
        default="bundled",
        positional=False,
        description="'bundled' (default) for the real orders in data/, the path of a mapping such as shop.toml, "
        "kaggle:yaminh/product-sales-and-returns-dataset, or a made-up shop such as synthetic:fashion?lines=1e6",
    )


def as_of_parameter() -> OptionalDateParameter:
    """The day of the run."""
    return OptionalDateParameter(default=None, description=AS_OF)
