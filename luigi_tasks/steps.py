"""One task a step of the graph: it holds the parameters and what it requires, and makes one call."""

from contextlib import nullcontext
from typing import ClassVar

import luigi
from luigi.task import MixinNaiveBulkComplete

from adapters.bootstrap.runs import workflow_for
from application.run.pipeline import GRAPH, PUBLISHED, STEPS
from application.run.workflow import Workflow
from domain.errors import ReturncastError
from luigi_tasks.links import link_after, link_appears, link_during, published_report
from luigi_tasks.parameters import as_of_parameter, source_parameter
from luigi_tasks.priorities import priority_of
from luigi_tasks.progress import LuigiProgress
from luigi_tasks.retries import persistently
from luigi_tasks.scheduled_task import ScheduledTask
from luigi_tasks.targets import CommittedTarget


class StepTask(ScheduledTask):
    """A step that does not depend on the day of the run."""

    source = source_parameter()
    step: ClassVar[str]

    @property
    def workflow(self) -> Workflow:
        """The run this task belongs to."""
        return workflow_for(self.source, None)

    @property
    def priority(self) -> int:  # type: ignore[override]  # Luigi reads it, nobody writes it
        """Among the tasks that can run, those of the oldest day come first, in the graph's order."""
        return priority_of(self.step, getattr(self, "as_of", None))

    def requires(self) -> list[luigi.Task]:
        """The tasks of the steps that must be committed first."""
        return [task_of(name, self) for name in self.workflow.pipeline.upstream(self.step)]

    def output(self) -> CommittedTarget:
        """The step's checkpoint in the lake."""
        return CommittedTarget(self.step, lambda: self.workflow.is_done(self.step))

    def look(self) -> bool:
        """Look whether the step is committed; a lake that does not answer is asked again, as when the step is run."""
        return persistently(super().look, LuigiProgress(self).say)

    def run(self) -> None:
        """Run the step's use case and commit what it wrote."""
        progress = LuigiProgress(self, lambda: link_during(self.step, self.workflow))
        try:
            persistently(lambda: self.work(progress), progress.say)
        except ReturncastError as error:
            progress.say(f"Failed: {error.problem}")
            raise
        progress.show(lambda: self.link)

    def work(self, progress: LuigiProgress) -> None:
        """Make one call of the run."""
        with progress.awaiting_link() if link_appears(self.step) else nullcontext():
            self.workflow.run(self.step, progress)

    @property
    def link(self) -> str | None:
        """Where to look once the task is done."""
        return link_after(self.step, self.workflow)


class DatedTask(StepTask):
    """A step that depends on the day of the run."""

    as_of = as_of_parameter()

    @property
    def workflow(self) -> Workflow:
        """The run this task belongs to."""
        return workflow_for(self.source, self.as_of)


def task_of(step: str, asked_by: StepTask) -> luigi.Task:
    """The task of a step, for the same source and day as the one that asks."""
    if STEPS[step].dated:
        return TASKS[step](source=asked_by.source, as_of=getattr(asked_by, "as_of", None))
    return TASKS[step](source=asked_by.source)


class Ingest(StepTask):
    """Reads the source into canonical tables."""

    step = "ingest"


class Match(StepTask):
    """Matches returns to the lines they came from."""

    step = "match"


class Features(StepTask):
    """Builds the features of every line as of its order."""

    step = "features"


class Examples(DatedTask):
    """Collects labelled lines as they were known."""

    step = "examples"


class Train(DatedTask):
    """Fits the evaluation and the shipping model."""

    step = "train"


class Evaluate(DatedTask):
    """Judges the fit on the latest mature days."""

    step = "evaluate"


class Promote(DatedTask):
    """Decides which model scores."""

    step = "promote"


class Score(DatedTask):
    """Scores the lines that may still come back."""

    step = "score"


class Actions(DatedTask):
    """Plans what to do about lines, and says why."""

    step = "actions"


class Orders(DatedTask):
    """Chances and parcels of whole orders."""

    step = "orders"


class Stock(DatedTask):
    """Forecasts the units that come back."""

    step = "stock"


class Items(DatedTask):
    """Builds the item table for recommenders."""

    step = "items"


class Monitor(DatedTask):
    """Compares this run with what the model learned from."""

    step = "monitor"


class Report(DatedTask):
    """Writes the report."""

    step = "report"


class Record(DatedTask):
    """Records the run and its model in MLflow; put off to the next run when MLflow does not answer."""

    step = "record"


class Backtest(DatedTask):
    """Fits and judges at every origin that the history allows; no part of a run."""

    step = "backtest"


class RecordBacktest(DatedTask):
    """Records the backtest in MLflow; put off to the next run when MLflow does not answer."""

    step = "record_backtest"


TASKS: dict[str, type[StepTask]] = {
    task.step: task
    for task in (
        Ingest,
        Match,
        Features,
        Examples,
        Train,
        Evaluate,
        Promote,
        Score,
        Actions,
        Orders,
        Stock,
        Items,
        Monitor,
        Report,
        Record,
        Backtest,
        RecordBacktest,
    )
}


class Publish(DatedTask):
    """Publishes every output for readers outside the pipeline."""

    step = "publish"

    def requires(self) -> list[luigi.Task]:
        """The tasks whose outputs are published."""
        return [task_of(name, self) for name in dict.fromkeys(PUBLISHED.values())]

    def output(self) -> CommittedTarget:
        """The published copies, all of them, with the contents of this run."""
        return CommittedTarget(self.step, lambda: self.workflow.is_published)

    def work(self, progress: LuigiProgress) -> None:
        """Copy what is new and move the pointers."""
        self.workflow.publish(progress)
        progress.report(f"Published {len(self.workflow.outputs)} outputs", 1.0)

    @property
    def link(self) -> str | None:
        """The report as readers find it."""
        return published_report(self.workflow)


class ReturnsPipeline(MixinNaiveBulkComplete, ScheduledTask, luigi.WrapperTask):
    """The whole job: every step for one source and one day, its outputs published and recorded."""

    source = source_parameter()
    as_of = as_of_parameter()

    def requires(self) -> list[luigi.Task]:
        """What a run leaves: published outputs and a record."""
        return [
            Publish(source=self.source, as_of=self.as_of),
            Record(source=self.source, as_of=self.as_of),
        ]

    def run(self) -> None:
        """Say that all is done, and where the report is."""
        workflow = workflow_for(self.source, self.as_of)
        progress = LuigiProgress(self)
        progress.report(f"All {len(GRAPH)} steps are done as of {workflow.pipeline.known_as_of()}", 1.0)
        progress.show(lambda: published_report(workflow))
