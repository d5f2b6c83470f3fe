"""The settings of a process: what the environment and `.env` say, checked at start."""

from adapters.config.known_names import share_with_libraries
from adapters.config.settings import PREFIX, Settings, known_names, load_settings

__all__ = ["PREFIX", "Settings", "known_names", "load_settings", "share_with_libraries"]
