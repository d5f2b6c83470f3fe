"""Where this machine keeps what can be fetched or made again."""

import os
from pathlib import Path


def cache_directory() -> Path:
    """A directory of ours; `~` may stand for the home."""
    return Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache", "returncast")
