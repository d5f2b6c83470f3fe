"""The bounds that raise an alert in monitoring; each can be set, and the defaults are customary or measured."""

from dataclasses import asdict, dataclass, fields

from domain.errors import ConfigurationError
from domain.snapshot import Json


@dataclass(frozen=True)
class Thresholds:
    """When a measure of a run is worth a person's look.

    Args:
        psi: population stability index of the score, which raises an alert, or of a feature, which only explains one
            (Siddiqi 2006 calls 0.25 a shift worth acting on).
        set_aside_share: share of rows that quality rules set aside.
        rate_difference: least difference of a cohort's rate from its mean chance that counts.
        loss_ratio: expected log-loss of the scored lines over the test's.
        lag_days: shift of the median days from order to return, which only explains.
        cohort_lines: lines (for the lag, returns) below which figures of a cohort, drift, volume and the lag are mostly
            noise and raise no alert.
        volume: share of the 28 days before, below which the lines or returned units of the last 28 days are too few.
        age_days: days, beyond the feed delay, that a source may end before today: a shop's longest weekend.
    """

    psi: float = 0.25
    set_aside_share: float = 0.05
    rate_difference: float = 0.03
    loss_ratio: float = 1.10
    lag_days: float = 3.0
    cohort_lines: int = 200
    volume: float = 0.3
    age_days: int = 3

    def __post_init__(self) -> None:
        """Refuse bounds below 0."""
        for bound in fields(self):
            if not 0 <= getattr(self, bound.name) < float("inf"):
                raise ConfigurationError(
                    f"The monitoring threshold {bound.name} is {getattr(self, bound.name)}.", "Give 0 or more."
                )

    def as_json(self) -> dict[str, Json]:
        """Every bound by name."""
        return asdict(self)


DEFAULTS = Thresholds()
