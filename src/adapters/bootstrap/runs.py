"""What a process runs: sources by their names, and runs of them by the settings."""
# ruff: noqa: PLC0415 (imports inside: see the package)

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from adapters.addresses import without_credentials
from adapters.bootstrap.use_cases import UseCases
from adapters.config import load_settings, share_with_libraries
from adapters.config.action_file import read_actions
from adapters.disk_failures import disk_failure
from application.run.pipeline import Pipeline
from application.run.run_request import RunRequest, latest_day, refuse_future
from application.run.run_step import RunStep
from application.run.step_bodies import StepBodies
from application.run.workflow import Workflow
from domain.errors import ConfigurationError, SourceError
from domain.snapshot import Manifest
from domain.source.file_places import scheme_of
from domain.synthetic.presets import is_synthetic, shop_called
from ports.order_source import OrderSource

if TYPE_CHECKING:
    from application.champions.champion import StandingDecision
    from application.champions.score_with_champion import ScoreWithChampion
    from application.synthetic_source import SyntheticOrderSource

BUNDLED_MAPPING = Path(__file__).parents[3] / "data" / "product_sales_returns" / "mapping.toml"


def _today() -> date:
    return datetime.now(UTC).date()


@dataclass(frozen=True)
class Composition(UseCases):
    """The adapters that the settings choose, the use cases that stand on them, and runs of those.

    Args:
        today: tells the day that it is, in UTC.
    """

    today: Callable[[], date] = _today

    def request(self, as_of: date | None) -> RunRequest:
        """What the settings ask of a run."""
        chosen = self.settings
        return RunRequest(
            as_of=as_of,
            window_days=chosen.window_days,
            recipe=chosen.recipe,
            costs=chosen.costs,
            actions=read_actions(chosen.actions),
            thresholds=chosen.thresholds,
            max_training_lines=chosen.max_training_lines,
            aliases=(chosen.champion_alias, chosen.challenger_alias),
            tracker="embedded" if chosen.mlflow_uri is None else without_credentials(chosen.mlflow_uri),
        )

    def score_with_champion(self, source: OrderSource, as_of: date) -> "ScoreWithChampion":
        """For `score_job.py`; raises ModelError when no champion stands for the source as of that day."""
        from application.champions.score_with_champion import ScoreWithChampion, require_champion

        request = self.request(as_of)
        policy = request.label_policy(source.mapping)

        def standing() -> "StandingDecision":
            return require_champion(self.store, source.mapping.name, policy, as_of)

        return ScoreWithChampion(self.workflow(source, request, standing().manifest), standing)

    def workflow(self, source: OrderSource, request: RunRequest, decision: Manifest | None = None) -> Workflow:
        """A run of a source, ready to be asked for its steps; it follows its own promotion or a decision given.

        Raises ConfigurationError for a day that no run can be of.
        """
        from adapters.local.code_digest import CodeDigest
        from adapters.local.resource_meter import ProcessTreeMeter
        from application.lake.publish_output import PublishOutput

        refuse_future(request.as_of, self.latest_day(source))
        return Workflow(
            pipeline=Pipeline(request, source, self.store, CodeDigest(), decision),
            bodies={step: self._explaining(body) for step, body in StepBodies(self).by_step().items()},
            run_step=RunStep(self.store, self.failpoints, ProcessTreeMeter()),
            publish_output=PublishOutput(self.publisher),
        )

    def latest_day(self, source: OrderSource) -> date:
        """The last day that a run of the source can be of."""
        return latest_day(self.today(), source.mapping)

    def synthetic_source(self, name: str) -> "SyntheticOrderSource":
        """A made-up shop, kept in the lake; raises ConfigurationError for one that there is not."""
        from adapters.local.code_digest import CodeDigest
        from application.synthetic_source import SyntheticOrderSource

        return SyntheticOrderSource(shop_called(name), lambda: self.store, CodeDigest(), lambda: self.shop_writer)


@cache
def composition() -> Composition:
    """The composition of this process, by its settings."""
    share_with_libraries()
    return Composition(load_settings())


def explained(error: BaseException) -> BaseException:
    """What is to be told of an error that ends a command: the store's or a disk's failure behind it, or the error."""
    try:
        return composition().failure_behind(error) or error
    except (ConfigurationError, OSError):  # of the settings or their file, which is the very error
        return disk_failure(error) or error


@cache
def workflow_for(source: str, as_of: date | None) -> Workflow:
    """The run of a source as of a day; the same one for every task of this process.

    Args:
        source: as `source_called` reads it.
        as_of: the day; None for the day after the last valid row.
    """
    return composition().workflow(source_called(source), composition().request(as_of))


@cache
def source_called(name: str) -> OrderSource:
    """The source that a name or the path of a mapping file stands for; files are looked at when they are asked for.

    One for all that this process runs of it: its files are listed, and hashed, once.

    Args:
        name: 'bundled', the path of a mapping file, `kaggle:` with the data set that the bundled mapping describes, or
            `synthetic:` with a made-up shop.

    Raises SourceError when the bundled mapping is not beside this installation, or describes another data set, and
    ConfigurationError for a made-up shop that there is not.
    """
    from adapters.local.order_files import LocalOrderSource

    if is_synthetic(name):
        return composition().synthetic_source(name)
    stores = composition().source_stores
    if scheme_of(name) == "kaggle":
        from adapters.kaggle.known import orders_of

        return LocalOrderSource(_bundled_mapping(), stores, orders_of(name))
    return LocalOrderSource(Path(name) if name != "bundled" else _bundled_mapping(), stores)


def may_grow(name: str) -> bool:
    """Whether a source of that name may have more rows tomorrow: neither the bundled orders nor a made-up shop has."""
    return name != "bundled" and scheme_of(name) != "kaggle" and not is_synthetic(name)


def _bundled_mapping() -> Path:
    if not BUNDLED_MAPPING.is_file():
        raise SourceError(
            f"The bundled orders are not here: there is no {BUNDLED_MAPPING}.",
            "Run from a checkout of the project, or name a mapping file with --source.",
        )
    return BUNDLED_MAPPING
