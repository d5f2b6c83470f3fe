"""The file of actions: TOML, read strictly; a wrong key is answered with the nearest right one."""

import dataclasses
import json
import tomllib
from importlib.resources import files
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from domain.actions.declared import Action, ActionPolicy, Believed, Condition
from domain.errors import ConfigurationError
from domain.nearest import suggestion

SHIPPED = files("adapters.config") / "actions.toml"  # maybe in an archive, as on a cluster
_UNKNOWN_KEY = {"extra_forbidden", "unexpected_keyword_argument"}
_KEYS = sorted({f.name for kind in (ActionPolicy, Action, Believed, Condition) for f in dataclasses.fields(kind)})


def read_actions(path: Path | None = None) -> ActionPolicy:
    """The actions in a TOML file, by default the shipped assumptions.

    Raises ConfigurationError that names the file and what is wrong with it.
    """
    file = SHIPPED if path is None else path
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(
            f"The file of actions '{file}' cannot be read ({error}).", "Correct RETURNCAST_ACTIONS, or leave it out."
        ) from error
    return parse_actions(text, str(file))


def parse_actions(text: str, origin: str) -> ActionPolicy:
    """The actions that TOML text declares; `origin` names it in errors."""
    try:
        # Through JSON, because only there do strict types let an array be a tuple.
        declared = json.dumps(tomllib.loads(text), default=str)
        return TypeAdapter(ActionPolicy).validate_json(declared, strict=True)
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"The actions '{origin}' are not TOML: {error}.", "Mend the line it names.") from error
    except ConfigurationError as error:
        raise ConfigurationError(f"{origin}: {error.problem}", error.remedy) from error
    except ValidationError as error:
        raise _explained(error, origin) from error


def _explained(error: ValidationError, origin: str) -> ConfigurationError:
    first = min(error.errors(), key=lambda detail: detail["type"] not in _UNKNOWN_KEY)
    place = ".".join(str(part) for part in first["loc"])
    if first["type"] in _UNKNOWN_KEY:
        return ConfigurationError(
            f"The actions '{origin}' have the unknown key '{place}'.", suggestion(str(first["loc"][-1]), _KEYS)
        )
    return ConfigurationError(
        f"The actions '{origin}' cannot be used at '{place}': {first['msg']}.",
        "docs/decisions-and-actions.md shows an example.",
    )
