"""What is watched from run to run, what it is held against, and when it raises an alert.

Measures are named `family.subject`. Families: `input` (rows and returns known at the day), `set_aside` (by
reason), `psi` (drift of features and score), `realised` (cohorts whose labels are final), `estimated`
(lines still open, from the model's own chances), `lag` (days from order to return) and `decision` (what
became of a refit of the champion's recipe).

What crosses is an alert, but for features and the lag, which only explain: of some 120 features one or the other always
moves with prices, seasons and the age of the shop, and a sale shortens the days to return. A shift that matters moves
the score, which is compared with itself: chances by one model, of lines of the last week and of the four before.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from statistics import median

from domain.content import Cell
from domain.model.decision import Decision
from domain.model.promotion import least_skill
from domain.monitoring.thresholds import DEFAULTS, Thresholds
from domain.snapshot import Json

RECENT_DAYS = 28
NEWEST_DAYS = 7  # each day of the week once; in four weeks what broke last night is a drop
_ERRORS = 3  # standard errors that a difference must exceed
_SMALLEST = 1e-15


@dataclass(frozen=True)
class Measure:
    """One row of the output `monitoring`, without its day.

    One that `explains` crosses its threshold on ordinary days too, and is no alert by itself.
    """

    name: str
    value: float | None
    detail: str
    reference: float | None = None
    threshold: float | None = None
    crossed: bool = False
    explains: bool = False

    @property
    def is_alert(self) -> bool:
        """Whether a person should look."""
        return self.crossed and not self.explains

    def of_another_model(self) -> "Measure":
        """The measure where it is of a candidate that does not score: what it says is no alarm about the scores."""
        return replace(
            self, crossed=False, detail=f"{self.detail} Of this run's candidate, whose recipe does not score."
        )

    def row(self, as_of: date) -> dict[str, Cell]:
        """The measure as a row."""
        return {
            "as_of": as_of,
            "measure": self.name,
            "value": self.value,
            "reference": self.reference,
            "threshold": self.threshold,
            "crossed": self.crossed,
            "detail": self.detail,
            "alert": self.is_alert,
        }

    def alert(self) -> dict[str, Json]:
        """The measure as an entry of the list of alerts."""
        return {
            "measure": self.name,
            "value": self.value,
            "reference": self.reference,
            "threshold": self.threshold,
            "detail": self.detail,
        }


def drift(
    feature: str, index: float | None, reference: str, bounds: Thresholds = DEFAULTS, lines: int | None = None
) -> Measure:
    """The shift of a feature, which explains and is no alert.

    Args:
        feature: its name.
        index: its population stability index; None where it could not be measured.
        reference: since which rows.
        bounds: above what it has shifted.
        lines: of the smaller sample; None for enough of them.
    """
    return replace(_shift(feature, index, f"scored lines against {reference}", bounds, lines), explains=True)


def score_drift(index: float | None, lines: int, bounds: Thresholds = DEFAULTS) -> Measure:
    """The shift of the score from the last four weeks to the newest one, both by the model that scores now.

    Args:
        index: its population stability index; None where it could not be measured.
        lines: of the smaller sample.
        bounds: what raises an alert.
    """
    compared = f"lines ordered in the last {NEWEST_DAYS} days against those of the {RECENT_DAYS} days before"
    return _shift("score", index, compared, bounds, lines)


def volume(subject: str, recent: int, before: int, meaning: str, bounds: Thresholds = DEFAULTS) -> Measure:
    """What became known in the last 28 days against the 28 days before: a feed that stopped says nothing else.

    Args:
        subject: `lines` or `return_units`.
        recent: of the last 28 days.
        before: of the 28 days before.
        meaning: what is counted.
        bounds: what raises an alert.
    """
    least = bounds.volume * before
    crossed = before >= bounds.cohort_lines and recent < least
    detail = f"{meaning} that became known in the last {RECENT_DAYS} days, against the {RECENT_DAYS} days before."
    return Measure(f"input.{subject}_last_{RECENT_DAYS}_days", float(recent), detail, float(before), least, crossed)


def age(as_of: date, today: date, feed_delay_days: int, bounds: Thresholds = DEFAULTS) -> Measure:
    """How long ago a source ended: over one whose feed stopped nothing runs, so that no other measure moves.

    Args:
        as_of: the day after its last row.
        today: the day that it is, in UTC.
        feed_delay_days: how late its rows may come.
        bounds: what raises an alert.
    """
    days, most = (today - as_of).days, bounds.age_days + feed_delay_days
    said = ""
    if days > most:
        said = " Has its feed stopped? Where it is not meant to grow, name its day with --as-of."
    elif days < -1:
        said = " That row is of a day that has not come, so orders seem older than they are: is a clock wrong?"
    detail = f"Days from {as_of}, the day after the source's last row, to {today}."
    return Measure("input.age_days", float(days), detail + said, None, float(most), not -1 <= days <= most)


def set_aside_share(set_aside: int, kept: int, bounds: Thresholds = DEFAULTS, *, recent: bool = False) -> Measure:
    """The share of rows that a quality rule set aside, of all known at the day or of those of the last 28 days."""
    rows = set_aside + kept
    share = set_aside / rows if rows else None
    crossed = share is not None and share > bounds.set_aside_share
    lately = (f"in the last {RECENT_DAYS} days", f"_last_{RECENT_DAYS}_days")
    since, name = lately if recent else ("at the day", "")
    detail = f"{set_aside} of {rows} rows known {since} were set aside."
    return Measure(f"input.set_aside_share{name}", share, detail, None, bounds.set_aside_share, crossed)


def realised(
    cohort: str,
    pairs: Sequence[tuple[float, int]],
    buyers: Sequence[str],
    constant: float,
    bounds: Thresholds = DEFAULTS,
) -> list[Measure]:
    """How the evaluation fit did on one cohort of matured lines.

    Args:
        cohort: the month of their orders, as `2019-03`.
        pairs: (chance, label) of each line.
        buyers: of each line its customer, or the order of a guest: their lines come back together.
        constant: rate of the training lines; a model that loses to it is worth nothing.
        bounds: what raises an alert.
    """
    lines = len(pairs)
    rate, mean = sum(y for _, y in pairs) / lines, math.fsum(p for p, _ in pairs) / lines
    tolerance = max(
        bounds.rate_difference,
        _ERRORS * math.sqrt(mean * (1 - mean) / lines),
        _ERRORS * _clustered_error([y - p for p, y in pairs], buyers),
    )
    loss, floor = log_loss(pairs), log_loss([(constant, y) for _, y in pairs])
    worst = floor + _ERRORS * _clustered_error([_loss(p, y) - _loss(constant, y) for p, y in pairs], buyers)
    settled = lines >= bounds.cohort_lines
    few = "" if settled else f" Fewer than {bounds.cohort_lines} lines, so no alert."
    detail = f"{lines} matured lines ordered in {cohort}.{few}"
    return [
        Measure(f"realised.auc.{cohort}", ranking(pairs), f"Area under the ROC curve of {detail}", 0.5),
        Measure(
            f"realised.log_loss.{cohort}",
            loss,
            f"Against the constant training rate: {detail}",
            floor,
            worst,
            settled and loss > worst,
        ),
        Measure(
            f"realised.rate.{cohort}",
            rate,
            f"Share returned against the mean chance: {detail}",
            mean,
            tolerance,
            settled and abs(rate - mean) > tolerance,
        ),
    ]


def estimated(chances: Sequence[float], realised_loss: float | None, bounds: Thresholds = DEFAULTS) -> list[Measure]:
    """What the scores themselves promise before labels mature, if they are calibrated.

    The expected log-loss of a calibrated chance is its entropy, and its expected AUC follows from weighing every
    line as returned by `p` and kept by `1 - p` (confidence-based estimation, as NannyML describes it).
    """
    if not chances:
        return []
    lines = len(chances)
    loss = math.fsum(p * -_log(p) + (1 - p) * -_log(1 - p) for p in chances) / lines
    bound = None if realised_loss is None else realised_loss * bounds.loss_ratio
    detail = f"{lines} scored lines, if their chances are calibrated"
    return [
        Measure("estimated.rate", math.fsum(chances) / lines, f"Mean chance of {detail}."),
        Measure("estimated.auc", weighted_ranking([(p, p, 1 - p) for p in chances]), f"Expected AUC of {detail}.", 0.5),
        Measure(
            "estimated.log_loss",
            loss,
            f"Expected log-loss of {detail}; against the test's.",
            realised_loss,
            bound,
            bound is not None and loss > bound,
        ),
    ]


def lag_shift(recent: Sequence[int], earlier: Sequence[int], bounds: Thresholds = DEFAULTS) -> Measure:
    """The median days from order to return of the last four weeks against those before."""
    now, before = (float(median(lags)) if lags else None for lags in (recent, earlier))
    few = min(len(recent), len(earlier)) < bounds.cohort_lines
    crossed = not few and now is not None and before is not None and abs(now - before) > bounds.lag_days
    said = f" Fewer than {bounds.cohort_lines} returns in one of them, so no shift." if few else ""
    counted = f"{len(recent)} returns of the last {RECENT_DAYS} days against {len(earlier)} before"
    return Measure(
        "lag.median_days",
        now,
        f"Median days from order to return: {counted}; a sale shifts it too.{said}",
        before,
        bounds.lag_days,
        crossed,
        explains=True,
    )


def refit_skill(decision: Decision) -> Measure | None:
    """The skill of a refit of the champion's recipe on the newest test, which crosses where it was kept out for it.

    Until another refit is let in, the champion that scores grows older. None where there was no refit, or no test.
    """
    champion, trial = decision.before, decision.figures.get("trial")
    if champion is None or trial is None or not decision.is_about_refit:
        return None
    least = least_skill(champion, trial["baseline_skill"])
    crossed, detail = decision.outcome == "kept", " ".join(decision.reasons)
    return Measure("decision.refit_skill", trial["skill"], detail, champion.skill, least, crossed)


def log_loss(pairs: Sequence[tuple[float, int]]) -> float:
    """Mean negative log-likelihood of labels under their chances; at least one pair."""
    return math.fsum(_loss(p, y) for p, y in pairs) / len(pairs)


def ranking(pairs: Iterable[tuple[float, int]]) -> float | None:
    """Area under the ROC curve, ties by half; None where one class is absent."""
    return weighted_ranking((p, float(y), 1.0 - y) for p, y in pairs)


def weighted_ranking(rows: Iterable[tuple[float, float, float]]) -> float | None:
    """Area under the ROC curve of rows (chance, weight as returned, weight as kept)."""
    by_chance: dict[float, tuple[float, float]] = {}
    for p, returned, kept in sorted(rows):
        before = by_chance.get(p, (0.0, 0.0))
        by_chance[p] = (before[0] + returned, before[1] + kept)
    area = below = positives = 0.0
    for returned, kept in by_chance.values():  # inserted in rising order of the chance
        area += returned * (below + kept / 2)
        below += kept
        positives += returned
    return area / (positives * below) if positives > 0 and below > 0 else None


def _shift(subject: str, index: float | None, compared: str, bounds: Thresholds, lines: int | None) -> Measure:
    few = lines is not None and lines < bounds.cohort_lines
    said = " It could not be measured: one of the samples is empty." if index is None else ""
    said = said or (f" Fewer than {bounds.cohort_lines} lines, so no shift." if few else "")
    detail = f"Population stability index of {subject}, {compared}.{said}"
    crossed = index is not None and not few and index > bounds.psi
    return Measure(f"psi.{subject}", index, detail, 0.0, bounds.psi, crossed)


def _clustered_error(differences: Sequence[float], buyers: Sequence[str]) -> float:
    """Standard error of the mean of a figure of lines, by sums over buyers (Liang and Zeger 1986)."""
    mean = math.fsum(differences) / len(differences)
    sums: dict[str, float] = {}
    for buyer, difference in sorted(zip(buyers, differences, strict=True)):
        sums[buyer] = sums.get(buyer, 0.0) + difference - mean
    return math.sqrt(math.fsum(total**2 for total in sums.values())) / len(differences)


def _loss(p: float, y: int) -> float:
    return -_log(p) if y else -_log(1 - p)


def _log(p: float) -> float:
    return math.log(max(p, _SMALLEST))
