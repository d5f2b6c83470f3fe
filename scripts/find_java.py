"""Print the home of a Java that Spark can use; without one, say how to get it and end with 1.

Needs the standard library alone, so that a missing Java is named before minutes go into an environment.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src"))

from adapters.local.java import find_java
from domain.errors import ConfigurationError

if __name__ == "__main__":
    try:
        print(find_java().home)
    except ConfigurationError as error:
        sys.exit(f"{error.problem}\n{error.remedy}")
