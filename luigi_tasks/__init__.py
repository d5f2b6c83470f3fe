"""Luigi tasks: each wraps one node of the pipeline's graph.

`luigi --module luigi_tasks ReturnsPipeline --local-scheduler --as-of 2019-04-15` runs them all. docs/luigi.md.
"""

from adapters.config.settings import load_settings
from adapters.entrypoints.console import configure_logging
from domain.errors import ConfigurationError
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
try:
    configure_logging(load_settings().log_level)
except ConfigurationError:
    configure_logging("INFO")  # the tasks say what is wrong with the settings
