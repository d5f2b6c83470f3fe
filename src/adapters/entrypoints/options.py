"""Options that several commands share."""

import os
from datetime import date, datetime
from typing import Annotated

import typer

from adapters.config import load_settings
from adapters.entrypoints.console import configure_logging
from domain.errors import ConfigurationError

Source = Annotated[
    str,
    typer.Option(
        "--source",
        "-s",
        help="'bundled' (real orders), the path of a mapping file (TOML), the bundled orders' data set "
        "(kaggle:yaminh/product-sales-and-returns-dataset), or a made-up shop of docs/synthetic.md: "
        "synthetic:fashion?lines=1e6&seed=7 (also tiny, wholesale, flagged).",
    ),
]
AsOf = Annotated[
    str | None,
    typer.Option("--as-of", metavar="YYYY-MM-DD", help="Day of the run; default: the day after the last valid row."),
]
Lake = Annotated[
    str | None,
    typer.Option("--lake", help="Directory of the lake, or s3://<name>; default: RETURNCAST_LAKE, else ./lake."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON value instead of text.")]


def parse_day(text: str | None, option: str) -> date | None:
    """The day an option names, or None; raises ConfigurationError for anything but YYYY-MM-DD."""
    if text is None:
        return None
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007 (a day has no zone)
    except ValueError as error:
        raise ConfigurationError(f"{option} '{text}' is no day.", "Write it as YYYY-MM-DD, like 2019-04-15.") from error


def use_lake(lake: str | None) -> None:
    """Make the lake that was asked for the one of this process and of the tasks it starts, and set up the log."""
    if lake is not None:
        os.environ["RETURNCAST_LAKE"] = lake
    configure_logging(load_settings().log_level)
