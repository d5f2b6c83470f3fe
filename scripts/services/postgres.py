"""PostgreSQL from this machine's packages: where it is, as whom it runs, and its first start."""

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from tempfile import NamedTemporaryFile

from domain.errors import ServiceError
from scripts.services.plan import NativeService

_PLACES = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql*/bin",
    "/usr/local/opt/postgresql*/bin",
)
_ACCOUNTS = ("postgres", "nobody")


@dataclass(frozen=True)
class Installation:
    """A PostgreSQL that can be run here.

    Args:
        programs: the directory of its programs.
        account: the user to run as, since it refuses to be run by root; None for the one who asks.
    """

    programs: Path
    account: str | None


def find_postgres(state: Path) -> Installation | str:
    """A PostgreSQL that an MLflow server of this environment can use, or the reason why there is none.

    Args:
        state: the directory that its data will lie in, which the account must be able to reach.
    """
    if find_spec("psycopg2") is None:
        return "the environment has no driver for PostgreSQL (psycopg2)"
    programs = _programs()
    if programs is None:
        return "PostgreSQL's programs are not installed (Debian: sudo apt-get install postgresql)"
    if os.geteuid() != 0:
        return Installation(programs, None)
    for account in _ACCOUNTS:
        if _can_reach(account, state):
            return Installation(programs, account)
    return f"PostgreSQL does not run as root, and no user of {', '.join(_ACCOUNTS)} can reach {state}"


def installed(native: NativeService, installation: Installation) -> NativeService:
    """The service with an installation's programs and account."""
    path = f"{installation.programs}:{native.environment['PATH']}"
    return replace(native, environment={**native.environment, "PATH": path}, account=installation.account)


def make_database(native: NativeService) -> None:
    """Make the data directory and the database in it, unless they are there.

    Raises ServiceError with what PostgreSQL's programs said when they cannot be made, and when the directory holds
    something that is no database, which is left as it is.
    """
    directory = Path(native.environment["PGDATA"])
    is_there = (directory / "PG_VERSION").exists()
    if not is_there and (held := sorted(path.name for path in directory.iterdir())):
        raise ServiceError(
            f"The directory {directory} is for PostgreSQL's data and holds no database, but {', '.join(held[:3])}.",
            "Move that away, and start the services again.",
        )
    if native.account:
        shutil.chown(directory, native.account)
    if is_there:
        return
    try:
        _make(directory, native)
    except BaseException:  # half a database would look like a whole one to the next start
        for path in directory.iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        raise


def _programs() -> Path | None:
    found = [Path(initdb).resolve().parent] if (initdb := shutil.which("initdb")) else []
    found += [path for place in _PLACES for path in sorted(Path("/").glob(place[1:]), reverse=True)]
    return next((path for path in found if (path / "postgres").exists() and (path / "initdb").exists()), None)


def _can_reach(account: str, state: Path) -> bool:
    try:
        entry = pwd.getpwnam(account)
    except KeyError:
        return False
    made = next(path for path in (state, *state.parents) if path.exists())
    command = ["test", "-x", str(made)]
    reached = subprocess.run(command, user=entry.pw_uid, group=entry.pw_gid, extra_groups=[], check=False)
    return reached.returncode == 0


def _make(directory: Path, native: NativeService) -> None:
    environment = native.environment
    with NamedTemporaryFile("w", prefix="pg-", encoding="utf-8") as password:
        password.write(environment["POSTGRES_PASSWORD"])
        password.flush()
        if native.account:
            shutil.chown(password.name, native.account)
        initdb = [
            "initdb",
            f"--username={environment['POSTGRES_USER']}",
            f"--pwfile={password.name}",
            "--encoding=UTF8",
        ]
        _run([*initdb, *environment["POSTGRES_INITDB_ARGS"].split(), f"--pgdata={directory}"], native)
    # Programs come in by the port alone: a socket's directory and the length of its name differ by machine.
    with (directory / "postgresql.conf").open("a", encoding="utf-8") as settings:
        settings.write("unix_socket_directories = ''\n")
    single = ["postgres", "--single", "-D", str(directory), "postgres"]
    _run(single, native, f'CREATE DATABASE "{environment["POSTGRES_DB"]}"\n')


def _run(command: list[str], native: NativeService, stdin: str = "") -> None:
    entry = pwd.getpwnam(native.account) if native.account else None
    told = subprocess.run(
        [shutil.which(command[0], path=native.environment["PATH"]) or command[0], *command[1:]],
        input=stdin,
        capture_output=True,
        text=True,
        env=native.environment,
        cwd=native.data[0],
        user=entry.pw_uid if entry else None,
        group=entry.pw_gid if entry else None,
        extra_groups=[] if entry else None,
        check=False,
    )
    if told.returncode != 0 or "ERROR" in told.stderr:
        raise ServiceError(
            f"PostgreSQL's {command[0]} failed: {told.stderr.strip()[-600:]}",
            "Mend that, and start the services again.",
        )
