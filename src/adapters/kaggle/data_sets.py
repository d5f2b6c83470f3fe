"""The files of sources that are published on Kaggle, as `kaggle:owner/name/file.csv`.

kagglehub fetches them, once a version, into its own cache (KAGGLEHUB_CACHE), checks the publisher's checksum, and reads
KAGGLE_USERNAME with KAGGLE_KEY (or KAGGLE_API_TOKEN) where the data set asks for them. It asks Kaggle for the newest
version each time, unless the place names one: `kaggle:owner/name/versions/3/file.csv`.
"""

import os
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

from domain.errors import ReturncastError, ServiceError, SourceError
from ports.source_store import SourceStore, StoredFile

_PLACE = re.compile(r"(?i:kaggle):(?P<handle>[\w-]+/[\w.-]+(?:/versions/\d+)?)(?:/(?P<path>.+))?")
_KEYS = "KAGGLE_USERNAME and KAGGLE_KEY, or KAGGLE_API_TOKEN,"


@dataclass(frozen=True)
class DataSetPlace:
    """A data set, and the file or pattern in it; the whole of it without one."""

    handle: str
    path: str | None


class KaggleSourceStore(SourceStore):
    """Fetches data sets; from then on their files are files of this machine.

    Args:
        local: finds and reads those.
    """

    def __init__(self, local: SourceStore) -> None:
        self._local = local

    def find(self, place: str) -> Sequence[StoredFile]:
        """As the port says; locations are paths in kagglehub's cache."""
        return self._local.find(fetched(place_of(place)))

    def changed(self, place: str, files: Sequence[StoredFile]) -> Sequence[str]:
        """As the port says, of the files fetched: a version that was published meanwhile is for the next run."""
        return self._local.changed(place, files)

    def first_bytes(self, location: str, count: int) -> bytes:
        """As the port says."""
        return self._local.first_bytes(location, count)

    def last_bytes(self, location: str, count: int) -> bytes:
        """As the port says."""
        return self._local.last_bytes(location, count)


def place_of(place: str) -> DataSetPlace:
    """The data set that a place names; raises SourceError when it names none."""
    found = _PLACE.fullmatch(place)
    if found is None:
        raise SourceError(
            f"'{place}' names no data set of Kaggle.",
            "Write kaggle:owner/name/file.csv, as the address of the data set's page has owner and name.",
        )
    return DataSetPlace(found["handle"], found["path"])


def fetched(wanted: DataSetPlace) -> str:
    """The place on this machine where the wanted files are, fetched now unless kagglehub has them.

    Raises SourceError for a data set or file that there is not, ServiceError when Kaggle does not answer or refuses.
    """
    os.environ.setdefault("KAGGLEHUB_VERBOSITY", "error")  # it would write to standard output
    import kagglehub  # noqa: PLC0415 (slow, and read only by who needs it)

    is_file = wanted.path is not None and not re.search(r"[*?\[]|/$", wanted.path)
    with _explained(wanted), redirect_stdout(sys.stderr):
        if is_file:
            return Path(kagglehub.dataset_download(wanted.handle, wanted.path)).as_posix()
        place = Path(kagglehub.dataset_download(wanted.handle))
    return (place / wanted.path if wanted.path else place).as_posix()


@contextmanager
def _explained(wanted: DataSetPlace) -> Iterator[None]:
    """Turn what kagglehub raises into one sentence that names the data set."""
    import requests  # noqa: PLC0415 (kagglehub's own)
    from kagglehub.exceptions import DataCorruptionError  # noqa: PLC0415

    try:
        yield
    except requests.HTTPError as error:
        raise _answered(wanted, 0 if error.response is None else error.response.status_code) from error
    except DataCorruptionError as error:
        raise ServiceError(
            f"What Kaggle sent of '{wanted.handle}' has another checksum than it should have.", "Run again."
        ) from error
    except requests.RequestException as error:
        raise ServiceError(
            f"Kaggle did not answer for the data set '{wanted.handle}' ({type(error).__name__}).",
            "Check the connection; a version that was fetched before needs none when the mapping names it "
            f"(kaggle:{wanted.handle.split('/versions/', maxsplit=1)[0]}/versions/<number>/...).",
        ) from error
    except OSError as error:
        raise ServiceError(
            f"kagglehub cannot keep '{wanted.handle}' ({error}).",
            "Free its disk, or set KAGGLEHUB_CACHE to a directory that can be written.",
        ) from error
    except ValueError as error:
        raise ServiceError(
            f"kagglehub cannot fetch '{wanted.handle}': {error}.", f"Set {_KEYS} to what your account page gives."
        ) from error


def _answered(wanted: DataSetPlace, status: int) -> ReturncastError:
    if status == 404:
        name = wanted.handle if wanted.path is None else f"{wanted.handle}/{wanted.path}"
        return SourceError(f"Kaggle has no '{name}'.", "Correct owner, name and file as the data set's page has them.")
    if status in {401, 403}:
        return ServiceError(
            f"Kaggle refuses the data set '{wanted.handle}' ({status}).",
            f"Set {_KEYS} in the environment or .env, and accept the data set's terms on its page.",
        )
    return ServiceError(f"Kaggle answered {status} for the data set '{wanted.handle}'.", "Wait, and run again.")
