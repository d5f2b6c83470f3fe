"""Which of the versions of an order line is read, where a source corrects lines by writing them again.

A line is what was known of it when its first day ended (in UTC): that is the morning on which a nightly run first sees
it. Corrections of that day are in it. Later ones are set aside, since a prediction at purchase could not know them, and
what they change may follow from the outcome. So nothing here depends on the day of a run, and a source that is cut at
any day gives the same lines. See docs/decisions/0005.
"""

from collections.abc import Sequence
from datetime import datetime

# Reasons of the versions that are not read.
SUPERSEDED = "superseded_same_day"
TOO_LATE = "corrected_after_first_day"
OF_VERSIONS = frozenset({SUPERSEDED, TOO_LATE})

SUPERSEDED_SENTENCE = "A later version of the line '{line}' of the same day stands in its place."
TOO_LATE_SENTENCE = "It corrects the line '{line}' after the day on which that was first known."


def version_reasons(known: Sequence[datetime]) -> list[str | None]:
    """Why each version of one line is set aside; None for the one that is read.

    Args:
        known: when each version was written, in UTC and in ascending order.
    """
    if not known:
        return []
    first_day = known[0].date()
    of_first_day = [moment for moment in known if moment.date() == first_day]
    in_force = len(of_first_day) - 1
    reasons: list[str | None] = [SUPERSEDED] * in_force
    return [*reasons, None, *[TOO_LATE] * (len(known) - in_force - 1)]
