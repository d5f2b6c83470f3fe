"""Two backtests side by side: on the lines that both tested, with the paired interval of their difference."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date

from application.backtests.backtest_history import TABLE
from domain import cells
from domain.costs import CostPolicy
from domain.days import date_of
from domain.errors import ConfigurationError
from domain.labels import LabelPolicy
from domain.model.fits import Window
from domain.model.promotion import Comparison
from domain.snapshot import DatasetRef, Json, Manifest
from ports.model_evaluator import ModelEvaluator
from ports.snapshot_store import SnapshotStore
from ports.table_store import Row, TableStore

STEP = "backtest"


@dataclass(frozen=True)
class CompareBacktests:
    """Finds a committed backtest and sets another's predictions against its own."""

    store: SnapshotStore
    tables: TableStore
    evaluator: ModelEvaluator

    def find(self, run: str, shop: str, label: LabelPolicy) -> Manifest:
        """The committed backtest whose key begins so, before anything is fitted for a comparison with it.

        Args:
            run: the key or its beginning.
            shop: name of the source that it is to be compared on.
            label: what is predicted there.

        Raises ConfigurationError unless there is exactly one, and where it is of another shop or label: what it
        predicted is something else.
        """
        every = self.store.manifests(STEP)
        found = [manifest for manifest in every if manifest.key.startswith(run)]
        alike = sorted(made.key[:12] for made in every if _unlike(made, shop, label) is None)
        known = f"Name one of these: {', '.join(alike)}." if alike else "Make one of this shop and label first."
        if len(found) != 1:
            raise ConfigurationError(f"{len(found)} backtests of this lake have a key that begins with '{run}'.", known)
        unlike = _unlike(found[0], shop, label)
        if unlike is not None:
            raise ConfigurationError(f"The backtest {found[0].key[:12]} {unlike}.", known)
        return found[0]

    def as_json(
        self,
        examples: DatasetRef,
        facts: Mapping[str, Json],
        ours: Sequence[Row],
        other: Manifest,
        costs: CostPolicy,
    ) -> dict[str, Json]:
        """The comparison as JSON values, with the other backtest's key.

        `lines` is how many both tested, `note` what else than the recipes tells them apart, as a sentence, or None.

        Args:
            examples: the labelled lines.
            facts: of our backtest, for the days of its tests.
            ours: rows of `domain.model.predictions.TEST_PREDICTIONS`.
            other: checkpoint of the other backtest.
            costs: what a return costs and what acting does.
        """
        tested = {row["line_id"] for row in self.tables.read(other.table(TABLE), ("line_id",))}
        shared = [row for row in ours if row["line_id"] in tested]
        note = _note_on_fits(shared, _tests_of(facts), _tests_of(other.facts))
        return {"run": other.key, "lines": len(shared), "note": note, **asdict(self(examples, ours, other, costs))}

    def __call__(self, examples: DatasetRef, ours: Sequence[Row], other: Manifest, costs: CostPolicy) -> Comparison:
        """Our predictions as the candidate's, the other backtest's as the champion's.

        Args:
            examples: the labelled lines.
            ours: rows of `domain.model.predictions.TEST_PREDICTIONS`.
            other: checkpoint of the other backtest.
            costs: what a return costs and what acting does.

        Raises NotEnoughHistoryError when they share no line, and ConfigurationError when they disagree on what became
        of one.
        """
        theirs = list(self.tables.read(other.table(TABLE)))
        return self.evaluator.compare_predictions(examples, ours, theirs, costs)


def _unlike(made: Manifest, shop: str, label: LabelPolicy) -> str | None:
    """In what a backtest differs from a shop and label, as words that follow its name; None where it does not."""
    other, predicted = made.facts.get("shop") or shop, LabelPolicy(**made.parameters["label"])
    if other != shop:  # backtests of earlier versions do not tell; their lines do
        return f"is of the shop '{other}', and this one of '{shop}'"
    if predicted != label:
        return f"predicts {_told(predicted)}, and this one {_told(label)}"
    return None


def _told(label: LabelPolicy) -> str:
    return f"returns within {label.window_days} days, recorded within {label.recording_lag_days} more"


def _tests_of(facts: Mapping[str, Json]) -> list[Window]:
    folds = facts.get("folds", [facts])  # a backtest of days that were asked for is one test
    return [Window(date.fromisoformat(fold["test_from"]), date.fromisoformat(fold["test_to"])) for fold in folds]


def _note_on_fits(shared: Sequence[Row], ours: Sequence[Window], theirs: Sequence[Window]) -> str | None:
    """Whether lines were predicted by fits of other days: a fit that is older or knew less is worse by that alone."""
    by_day = Counter(cells.day(row, "ordered_at") for row in shared)
    apart = {day: lines for day, lines in by_day.items() if _fit_day(day, ours) != _fit_day(day, theirs)}
    if not apart:
        return None
    here, there = (_fit_day(min(apart), tests) for tests in (ours, theirs))
    return (
        f"The folds differ: {sum(apart.values())} of these lines were predicted by fits of other days, the first by "
        f"that of {here} here and of {there} there, so the difference is not the recipes' alone."
    )


def _fit_day(day: int, tests: Sequence[Window]) -> date | None:
    return next((test.first for test in tests if test.holds(date_of(day))), None)
