"""What a run ran on, as text to keep beside it."""

import platform
from importlib.metadata import distributions


def installed_versions() -> str:
    """The Python version and every installed distribution with its version, as a requirements file."""
    found = {str(d.metadata["Name"]): d.version for d in distributions() if d.metadata["Name"]}
    lines = [f"{name}=={found[name]}" for name in sorted(found, key=str.lower)]
    return "\n".join([f"# Python {platform.python_version()} on {platform.system()}", *lines]) + "\n"
