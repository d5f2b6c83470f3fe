"""Which of the tasks that can run is run first."""

from datetime import date

from application.run.pipeline import GRAPH

PLACES = 100  # more than the graph has steps


def priority_of(step: str, as_of: date | None) -> int:
    """Greater for what comes first: the oldest day before all others, then the graph's order.

    So a range of days that is broken off leaves whole days, and a day's decision knows those before it. A task
    hands its priority on to what it requires, so steps without a day come in time for the oldest.

    Args:
        step: the step's name; one outside the graph comes after all of it.
        as_of: the day of the run; None for a step without one, or a day yet unknown.
    """
    steps = list(GRAPH)
    place = steps.index(step) if step in GRAPH else len(steps)
    day = date.max if as_of is None else as_of
    return (date.max - day).days * PLACES + PLACES - place
