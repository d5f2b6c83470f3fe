"""Mappings as TOML files: read strictly, a wrong key answered with the nearest right one."""

import dataclasses
import json
import tomllib
from pathlib import Path
from typing import Any, get_args, get_type_hints

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from domain.errors import MappingError
from domain.nearest import suggestion
from domain.source.mapping import SourceMapping

_UNKNOWN_KEY = {"extra_forbidden", "unexpected_keyword_argument"}


def read_mapping(path: Path) -> SourceMapping:
    """The mapping in a TOML file; raises MappingError that names the file, the key and the nearest known one."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise MappingError(
            f"There is no mapping file '{path}'.", "Draft one with `returncast init FILE`, or correct the path."
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise MappingError(f"The mapping file '{path}' cannot be read ({error}).", "Save it as UTF-8 text.") from error
    return parse_mapping(text, str(path))


def parse_mapping(text: str, origin: str) -> SourceMapping:
    """The mapping that TOML text declares; `origin` names it in errors."""
    try:
        declared = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise MappingError(f"The mapping '{origin}' is not TOML: {error}.", "Mend the line that it names.") from error
    try:
        # Through JSON, because only there do strict types let an array be a tuple.
        return TypeAdapter(SourceMapping).validate_json(json.dumps(declared, default=str), strict=True)
    except ValidationError as error:
        raise _explained(error, declared, origin) from error
    except MappingError as error:
        raise MappingError(f"{origin}: {error.problem}", error.remedy) from error


def _explained(error: ValidationError, declared: dict[str, Any], origin: str) -> MappingError:
    details = sorted(error.errors(), key=lambda detail: detail["type"] not in _UNKNOWN_KEY)
    first = details[0]
    keys = _keys_in_file(first["loc"], declared)
    place = ".".join(keys)
    if first["type"] in _UNKNOWN_KEY:
        known = _known_keys(keys[:-1])
        return MappingError(f"The mapping '{origin}' has the unknown key '{place}'.", suggestion(keys[-1], known))
    if first["type"] in {"missing", "missing_argument"}:
        place = ".".join([*keys, str(first["loc"][-1])] if not keys or keys[-1] != first["loc"][-1] else keys)
        return MappingError(
            f"The mapping '{origin}' lacks the key '{place}'.", "Add it; docs/mapping.md shows an example."
        )
    return MappingError(f"The mapping '{origin}' gives '{place}' a value of the wrong kind.", f"{_wanted(details)}.")


def _wanted(details: list[ErrorDetails]) -> str:
    return "; or ".join(dict.fromkeys(detail["msg"] for detail in details[:3]))


def _keys_in_file(location: tuple[int | str, ...], declared: Any) -> list[str]:
    """The part of an error's location that stands in the file: pydantic adds names of types to it."""
    keys, here = [], declared
    for part in location:
        if isinstance(here, dict) and part in here:
            keys.append(str(part))
            here = here[str(part)]
    return keys


def _known_keys(path: list[str]) -> list[str]:
    """The keys that may stand in the table at `path`."""
    kinds: list[Any] = [SourceMapping]
    for key in path:
        kinds = [inner for kind in kinds for inner in _dataclasses_in(get_type_hints(kind).get(key))] or kinds
    return sorted({field.name for kind in kinds for field in dataclasses.fields(kind)})


def _dataclasses_in(hint: Any) -> list[Any]:
    if dataclasses.is_dataclass(hint):
        return [hint]
    return [found for argument in get_args(hint) for found in _dataclasses_in(argument)]
