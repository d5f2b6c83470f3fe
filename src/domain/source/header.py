"""What the header of a file must be for its rows to be read by name."""

from collections.abc import Sequence

from domain.errors import SourceError


def require_distinct(path: str, names: Sequence[str]) -> None:
    """Refuse names of columns that stand twice; raises SourceError with the file and the names."""
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise SourceError(
            f"The header of '{path}' names {twice} twice, so no row can be read by name.", "Rename one of the columns."
        )
