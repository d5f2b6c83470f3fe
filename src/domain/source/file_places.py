"""Where a source's files are: a file, a directory or a pattern, on this machine or in a store that a scheme names.

Stores list what lies below a place, and the rules here choose: so a pattern means the same in every store.
"""

import re
from collections.abc import Iterable, Sequence
from urllib.parse import unquote

from domain.errors import SourceError

SUFFIXES = (".csv", ".csv.gz", ".parquet")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+):")  # two letters at least: `C:` is a drive
_WILDCARD = re.compile(r"[*?\[]")
_SET = re.compile(r"\[(!?)(]?[^]]*)]")
_PARTITION = re.compile(r"([^=/]+)=([^/]*)")
# What Hive and Spark write for a null.
NULL_PARTITION = "__HIVE_DEFAULT_PARTITION__"


def scheme_of(place: str) -> str | None:
    """The scheme of a place (`s3`, `hdfs`), in small letters; None for a path of this machine."""
    found = _SCHEME.match(place)
    return None if found is None else found.group(1).lower()


def is_pattern(path: str) -> bool:
    """Whether a path holds wildcards: `*`, `?`, `[...]`, and `**` for any depth."""
    return _WILDCARD.search(path) is not None


def literal_part(path: str) -> str:
    """What a path begins with before its first wildcard."""
    return _WILDCARD.split(path, maxsplit=1)[0]


def chosen(path: str, found: Iterable[str]) -> list[str]:
    """Which of the files found a path means, in the order of their names.

    Args:
        path: a file, a directory whose files are all meant, or a pattern that files or directories match.
        found: names of files, written as the path is.

    Raises SourceError for a file that is named and of no known kind, or hidden by its name.
    """
    names = sorted(found)
    if path in names:
        require_readable(path)
        return [path]
    if is_pattern(path):
        pattern, base = re.compile(f"{_expression(path)}(/.*)?", re.DOTALL), literal_part(path).rpartition("/")[0]
        return [name for name in names if pattern.fullmatch(name) and is_readable(name.removeprefix(base))]
    base = f"{path.rstrip('/')}/" if path else ""
    return [name for name in names if name.startswith(base) and is_readable(name.removeprefix(base))]


def is_readable(path: str) -> bool:
    """Whether a file below a place is data: of a known kind, and neither hidden nor one of Spark's marks."""
    return path.endswith(SUFFIXES) and not any(_is_hidden(part) for part in path.split("/"))


def require_readable(path: str) -> None:
    """Refuse a file that is named by itself and cannot be read; raises SourceError."""
    if not path.endswith(SUFFIXES):
        raise SourceError(f"The file '{path}' is of no known kind.", f"Rename or convert it: {', '.join(SUFFIXES)}.")
    if _is_hidden(path.rpartition("/")[2]):
        raise SourceError(f"The file '{path}' is hidden by its name, so Spark passes over it.", "Rename it.")


def partition_values(location: str, columns: Iterable[str]) -> dict[str, str | None]:
    """The values that directories such as `day=2024-01-01` give to columns; the innermost wins.

    Args:
        location: of a file.
        columns: the columns asked for; others are no matter.

    Returns:
        Text by column, None where the directory stands for null; columns that no directory names are left out.
    """
    wanted, values = set(columns), dict[str, str | None]()
    for part in directories_of(location):
        found = _PARTITION.fullmatch(part)
        if found is not None and (name := found.group(1)) in wanted:
            text = found.group(2)
            values[name] = None if text == NULL_PARTITION else unquote(text)
    return values


def directories_of(location: str) -> Sequence[str]:
    """The directories on the way to a file, outermost first."""
    return location.split("/")[:-1]


def _is_hidden(part: str) -> bool:
    """As for Spark: `_year=2024` is a partition, not a mark."""
    return part.startswith(".") or (part.startswith("_") and "=" not in part)


def _expression(pattern: str) -> str:
    """The regular expression of a pattern: only `**` crosses a slash."""
    parts, place = [], 0
    while place < len(pattern):
        letters = _SET.match(pattern, place)
        if pattern.startswith("**/", place):
            parts.append("(?:.*/)?")
            place += 3
        elif pattern.startswith("**", place):
            parts.append(".*")
            place += 2
        elif letters is not None:
            parts.append(f"[{'^' if letters.group(1) else ''}{_escaped(letters.group(2))}]")
            place = letters.end()
        else:
            parts.append({"*": "[^/]*", "?": "[^/]"}.get(pattern[place], re.escape(pattern[place])))
            place += 1
    return "".join(parts)


def _escaped(letters: str) -> str:
    return re.sub(r"[\\^\]\[&~|]", r"\\\g<0>", letters)
