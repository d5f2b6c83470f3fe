"""Luigi tasks: each wraps one node of the pipeline's graph.

`luigi --module luigi_tasks ReturnsPipeline --local-scheduler --as-of 2019-04-15` runs them all. docs/luigi.md.
"""

from luigi_tasks.configuration import CLIENT, apply_defaults
from luigi_tasks.steps import (
    TASKS,
    DatedTask,
    Evaluate,
    Examples,
    Features,
    Ingest,
    Items,
    Match,
    Monitor,
    Orders,
    Promote,
    Publish,
    Record,
    Report,
    ReturnsPipeline,
    Score,
    StepTask,
    Stock,
    Train,
)

__all__ = [
    "TASKS",
    "DatedTask",
    "Evaluate",
    "Examples",
    "Features",
    "Ingest",
    "Items",
    "Match",
    "Monitor",
    "Orders",
    "Promote",
    "Publish",
    "Record",
    "Report",
    "ReturnsPipeline",
    "Score",
    "StepTask",
    "Stock",
    "Train",
]

apply_defaults(CLIENT)
