"""Luigi's own settings, as returncast needs them, under whatever the user configured."""

from configparser import ConfigParser
from pathlib import Path

from luigi.configuration import get_config

PACKAGED = Path(__file__).with_name("luigi.cfg")


def apply_defaults() -> None:
    """Set every option of the packaged `luigi.cfg` that the user's own configuration leaves open."""
    packaged = ConfigParser()
    packaged.read_string(PACKAGED.read_text(encoding="utf-8"))
    config = get_config()
    for section in packaged.sections():
        for option, value in packaged.items(section):
            if not config.has_option(section, option):
                config.set(section, option, value)
