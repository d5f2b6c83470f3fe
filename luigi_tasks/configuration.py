"""Luigi's own settings, as returncast needs them, under whatever the user configured."""

from configparser import ConfigParser
from pathlib import Path

from luigi.configuration import get_config

CLIENT = Path(__file__).with_name("luigi.cfg")
LUIGID = Path(__file__).with_name("luigid.cfg")


def apply_defaults(file: Path) -> None:
    """Set every option of a packaged configuration that the user's own leaves open."""
    packaged = ConfigParser()
    packaged.read_string(file.read_text(encoding="utf-8"))
    config = get_config()
    for section in packaged.sections():
        for option, value in packaged.items(section):
            if not config.has_option(section, option):
                config.set(section, option, value)
