"""What the command line prints: for a person a table or a sentence, for a program one JSON value."""

import json
import sys
from collections.abc import Iterable, Sequence

from loguru import logger
from rich.console import Console
from rich.table import Table

from domain.snapshot import Json

out = Console(highlight=False, soft_wrap=False)
err = Console(stderr=True, highlight=False)


def configure_logging(level: str) -> None:
    """Log lines on standard error; values of local variables never get into a traceback."""
    logger.remove()
    logger.configure(extra={"step": "returncast"})
    logger.add(
        sys.stderr,
        level=level,
        diagnose=False,
        backtrace=False,
        format="<dim>{time:HH:mm:ss}</dim> <level>{level: <7}</level> <cyan>{extra[step]: <10}</cyan> {message}",
    )


def print_json(value: Json) -> None:
    """One JSON value on standard output."""
    sys.stdout.write(json.dumps(value, indent=2, default=str) + "\n")


def print_table(
    title: str, columns: Sequence[str], rows: Iterable[Sequence[object]], right: Sequence[str] = ()
) -> None:
    """A table on standard output; the columns named in `right` are aligned to the right."""
    table = Table(title=title, title_justify="left", header_style="bold", box=None, pad_edge=False)
    for column in columns:
        table.add_column(column, justify="right" if column in right else "left", overflow="fold")
    for row in rows:
        table.add_row(*("" if cell is None else str(cell) for cell in row))
    out.print(table)


def print_error(problem: str, remedy: str) -> None:
    """What was wrong and what to do, on standard error."""
    err.print(f"[bold red]error:[/] {_plain(problem)}")
    err.print(f"[bold]remedy:[/] {_plain(remedy)}")


def _plain(text: str) -> str:
    return text.replace("[", "\\[")
