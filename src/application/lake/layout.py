"""Where things are in a lake, as paths below its root: the same on a file system and on an object store.

    datasets/<step>/<key>/attempt=<id>/...    what an attempt at a step writes
    models/<step>/<key>/attempt=<id>/...      the same for the steps that make models
    luigi-checkpoints/<step>/<key>.json       the manifest that commits one attempt
    published/<name>/...                      copies for readers outside

`LakeRoots` says where each of these four parts begins: below one directory, or in the buckets of an object store.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from domain.errors import SnapshotError

DATASETS = "datasets"
MODELS = "models"
CHECKPOINTS = "luigi-checkpoints"
PUBLISHED = "published"
MODEL_STEPS = frozenset({"train"})

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._=-]*")
_IN_ATTEMPT = re.compile(
    rf"(?P<part>{DATASETS}|{MODELS})/(?P<step>{_NAME.pattern})/(?P<key>{_NAME.pattern})/"
    rf"attempt=(?P<attempt>{_NAME.pattern})/"
)


@dataclass(frozen=True)
class LakeRoots:
    """From a path in the lake, which is the same wherever the lake lies, to the URI of its place now, and back.

    Args:
        prefixes: for each top-level part of the lake the URI at which it begins, without a slash at its end.
    """

    prefixes: Mapping[str, str]

    @classmethod
    def below(cls, root: str) -> "LakeRoots":
        """Every part in a directory of its own name below one URI."""
        return cls({part: f"{root}/{part}" for part in (DATASETS, MODELS, CHECKPOINTS, PUBLISHED)})

    def absolute(self, path: str) -> str:
        """The URI of a path; raises SnapshotError when the path is not below a part, or its place is another part's."""
        part, _, rest = _inside(path).partition("/")
        prefix = self.prefixes.get(part)
        if prefix is None:
            raise _leaves(path)
        uri = f"{prefix}/{rest}"
        if self.relative(uri) != path:
            raise SnapshotError(f"The place of '{path}' is that of '{self.relative(uri)}'.", "Choose another name.")
        return uri

    def relative(self, uri: str) -> str:
        """The path of a URI; raises SnapshotError when it lies outside the lake."""
        for part, prefix in sorted(self.prefixes.items(), key=lambda item: len(item[1]), reverse=True):
            if uri.startswith(f"{prefix}/"):
                return _inside(f"{part}/{uri.removeprefix(f'{prefix}/')}")
        raise SnapshotError(
            f"The location {uri} is outside the lake, which begins at {self.prefixes.get(DATASETS)}.",
            "Open the lake that it belongs to.",
        )


def attempt_path(step: str, key: str, attempt: str) -> str:
    """The prefix under which one attempt writes."""
    part = MODELS if step in MODEL_STEPS else DATASETS
    return f"{part}/{checked_name(step)}/{checked_name(key)}/attempt={checked_name(attempt)}"


def attempt_of(path: str) -> tuple[str, str, str] | None:
    """Step, key and id of the attempt that a path of the lake lies in; None for a path elsewhere."""
    found = _IN_ATTEMPT.match(path)
    if found is None or (found["part"] == MODELS) != (found["step"] in MODEL_STEPS):
        return None
    return found["step"], found["key"], found["attempt"]


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


def _inside(path: str) -> str:
    """The path, if it is below a part of the lake and stays there."""
    parts = path.split("/")
    if len(parts) < 2 or any(part in {"", ".", ".."} for part in parts):
        raise _leaves(path)
    return path


def _leaves(path: str) -> SnapshotError:
    return SnapshotError(f"The location '{path}' leaves the lake.", "Name a location below one of the lake's parts.")
