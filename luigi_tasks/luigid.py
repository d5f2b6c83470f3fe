"""Luigi's central scheduler with the packaged settings and a task history in SQLite, or in any other database.

`python -m luigi_tasks.luigid` is `luigid` but for one thing: Luigi's own start fails on SQLite with SQLAlchemy 2,
in a step that upgrades tables of older releases, which is left out here.
"""

import argparse
import os
from collections.abc import Sequence
from pathlib import Path

from luigi.configuration import get_config
from luigi.db_task_history import Base, DbTaskHistory
from luigi.scheduler import Scheduler
from luigi.server import run
from luigi.setup_logging import DaemonLogging
from sqlalchemy import create_engine
from sqlalchemy.orm import sessionmaker

from luigi_tasks.configuration import LUIGID, apply_defaults

HISTORY = "LUIGI_TASK_HISTORY"


class TaskHistory(DbTaskHistory):
    """Every start and end of a task, in a database whose tables are made when they are absent."""

    def __init__(self, address: str) -> None:
        # Not the parent's: it upgrades tables of old releases with statements that SQLAlchemy 2 refuses.
        self.engine = create_engine(address)
        self.session_factory = sessionmaker(bind=self.engine, expire_on_commit=False)
        self.tasks = {}
        Base.metadata.create_all(self.engine)


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve until told to end; the state is saved then."""
    parser = argparse.ArgumentParser(prog="python -m luigi_tasks.luigid", description=__doc__)
    parser.add_argument("--address", default="127.0.0.1", help="where it listens; it asks nobody for a password")
    parser.add_argument("--port", type=int, default=8082)
    parser.add_argument(
        "--directory",
        type=Path,
        default=Path("~/.local/state/returncast/luigid"),
        help=f"of its state and, unless {HISTORY} names a database, of its task history",
    )
    parser.add_argument("--logdir", help="directory of its log; default: standard error")
    chosen = parser.parse_args(arguments)
    directory = chosen.directory.expanduser().absolute()
    directory.mkdir(parents=True, exist_ok=True)
    os.environ.setdefault(HISTORY, f"sqlite:///{(directory / 'history.db').as_posix()}")
    apply_defaults(LUIGID)
    config = get_config()
    if not config.has_option("scheduler", "state_path"):
        config.set("scheduler", "state_path", str(directory / "state.pickle"))
    DaemonLogging.setup(argparse.Namespace(background=False, logdir=chosen.logdir))
    history = TaskHistory(config.get("task_history", "db_connection"))
    run(api_port=chosen.port, address=chosen.address, scheduler=Scheduler(task_history_impl=history))


if __name__ == "__main__":
    main()
