"""Files of this machine that are there whole or not at all, for who reads them while they are written anew."""

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from domain.errors import ConfigurationError


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A path beside `path` that takes its place when all went well.

    Raises ConfigurationError where the system lets neither be written.
    """
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex}{path.suffix}")
    try:
        yield temporary
        os.replace(temporary, path)  # noqa: PTH105 (it says that a file may be there already)
    except OSError as error:
        raise ConfigurationError(f"The file {path} cannot be written: {error}.", "Name another file.") from error
    finally:
        with suppress(OSError):
            temporary.unlink()
