"""The ways of forecasting that a backtest chooses among."""

from dataclasses import dataclass

from domain.stock.clock import HISTORY_DAYS

CALENDARS = ("holidays", "weekdays", "flat")


@dataclass(frozen=True)
class Candidate:
    """What a backtest may choose.

    Args:
        calendar: whether the dock keeps "holidays" and weekdays, "weekdays" alone, or is "flat".
        follows_speed: whether past weeks ran as fast as their arrivals say.
        window_days: over how many days hazards are read.
        catch_up: share of what cohorts are behind that is expected on top.
    """

    calendar: str
    follows_speed: bool
    window_days: int
    catch_up: float

    def describe(self) -> dict[str, str | int | bool | float]:
        """The choice as JSON."""
        return {
            "calendar": self.calendar,
            "follows_speed": self.follows_speed,
            "window_days": self.window_days,
            "catch_up": self.catch_up,
        }


CANDIDATES = tuple(
    Candidate(calendar, speed, window, catch_up)
    for calendar in CALENDARS
    for speed in (True, False)
    for catch_up in (0.0, 0.5)
    for window in (56, HISTORY_DAYS)
)
DEFAULT_CANDIDATE = CANDIDATES[0]
