"""Where things are in a lake, as paths below its root: the same on a file system and on an object store.

    datasets/<step>/<key>/attempt=<id>/...    what an attempt at a step writes
    models/<step>/<key>/attempt=<id>/...      the same for the steps that make models
    luigi-checkpoints/<step>/<key>.json       the manifest that commits one attempt
    published/<name>/...                      copies for readers outside

The first part of a path is the bucket on an object store.
"""

import re

from domain.errors import SnapshotError

CHECKPOINTS = "luigi-checkpoints"
PUBLISHED = "published"
MODEL_STEPS = frozenset({"train"})

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._=-]*")


def attempt_path(step: str, key: str, attempt: str) -> str:
    """The prefix under which one attempt writes."""
    bucket = "models" if step in MODEL_STEPS else "datasets"
    return f"{bucket}/{checked_name(step)}/{checked_name(key)}/attempt={checked_name(attempt)}"


def checkpoints_path(step: str) -> str:
    """The prefix of a step's checkpoints."""
    return f"{CHECKPOINTS}/{checked_name(step)}"


def checkpoint_path(step: str, key: str) -> str:
    """The checkpoint of one key of a step."""
    return f"{checkpoints_path(step)}/{checked_name(key)}.json"


def checked_name(name: str) -> str:
    """The name, if it can be one part of a path; raises SnapshotError otherwise."""
    if _NAME.fullmatch(name) is None:
        raise SnapshotError(
            f"'{name}' cannot be part of a path in the lake.",
            "Use letters, digits, dots, dashes and underscores, a letter or digit first.",
        )
    return name


def checked_path(path: str) -> str:
    """The relative path below an attempt, if it stays below it; raises SnapshotError otherwise."""
    parts = path.split("/")
    if "\\" in path or any(part in {"", ".", ".."} for part in parts):
        raise SnapshotError(f"'{path}' is no path below an attempt.", "Use a relative path with forward slashes.")
    return path
