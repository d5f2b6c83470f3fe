"""The made-up shops there are, and how one is asked for: `synthetic:fashion?lines=1e6&seed=7`."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from domain.errors import ConfigurationError
from domain.nearest import suggestion
from domain.synthetic.shop import PARAMETERS, ShopLaw

SCHEME = "synthetic:"

_PRESETS = (
    ShopLaw(
        "tiny",
        "table",
        lines=3_000,
        days=240,
        rate=0.25,
        orders_per_customer=4.0,
        item_life_days=120,
        styles=1.0,
        categories=3,
        sizes=3,
        window_days=30,
        lag_days=4.0,
    ),
    ShopLaw("fashion", "table", rate=0.35),
    ShopLaw(
        "wholesale",
        "rows",
        rate=0.04,
        guests=0.0,
        orders_per_customer=40.0,
        lines_per_order=6.0,
        units_per_line=8.0,
        new_customers=0.3,
        styles=3.0,
        new_items=0.2,
        item_life_days=360,
        sizes=1,
        taste=0.7,
        repeat=0.25,
        several_sizes=0.0,
        small_share=0.0,
        discount_effect=0.0,
        drift=-0.2,
        feed_delay_days=3,
        lag_days=9.0,
        cancelled=0.01,
        cancel_days=0,
        shock_share=0.06,
        shock_effect=3.0,
        type_shares=(0.7, 0.3),
        type_effects=(-0.5, 1.0),
    ),
    ShopLaw(
        "flagged",
        "flag",
        rate=0.12,
        guests=0.3,
        orders_per_customer=4.0,
        lines_per_order=1.8,
        window_days=30,
        feed_delay_days=2,
        cancel_days=0,
        type_shares=(0.5, 0.35, 0.15),
        type_effects=(-1.0, 0.2, 1.5),
    ),
)
PRESETS: Mapping[str, ShopLaw] = {law.preset: law for law in _PRESETS}


def is_synthetic(source: str) -> bool:
    """Whether a source's name asks for a made-up shop."""
    return source.startswith(SCHEME)


def shop_called(source: str) -> ShopLaw:
    """The law that a name asks for, such as `synthetic:fashion?lines=1e6&seed=7`.

    Raises ConfigurationError for an unknown preset or parameter, naming the nearest, and for a value that cannot be.
    """
    preset, _, query = source.removeprefix(SCHEME).partition("?")
    if preset not in PRESETS:
        raise ConfigurationError(f"There is no synthetic shop '{preset}'.", suggestion(preset, PRESETS))
    law = PRESETS[preset]
    given: dict[str, Any] = dict(_parsed(law, pair) for pair in query.split("&") if pair)
    return replace(law, **given)


def _parsed(law: ShopLaw, pair: str) -> tuple[str, object]:
    name, _, text = pair.partition("=")
    known = [*PARAMETERS, "start"]
    if name not in known:
        raise ConfigurationError(f"A synthetic shop has no parameter '{name}'.", suggestion(name, known))
    try:
        return name, _value(getattr(law, name), text)
    except ValueError as error:
        raise ConfigurationError(
            f"The synthetic shop's parameter {name} cannot be '{text}'.",
            f"Write it like {name}={_written(getattr(law, name))}.",
        ) from error


def _value(like: object, text: str) -> object:
    if isinstance(like, date):
        return date.fromisoformat(text)
    if isinstance(like, tuple):
        return tuple(float(part) for part in text.split(","))
    number = float(text)
    if isinstance(like, int):
        if not number.is_integer():
            raise ValueError(text)
        return int(number)
    return number


def _written(value: object) -> str:
    return ",".join(f"{part:g}" for part in value) if isinstance(value, tuple) else str(value)
