"""Small shops drawn at random, made to share days, keys and gaps as often as possible."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.contract.rule_cases import Row, a_fate, a_line

Shop = tuple[list[Row], list[Row]]

SHOPS = 40
START = datetime(2020, 2, 20, tzinfo=UTC)  # a leap day is near
NUMBERS = st.sampled_from((None, 0.0, -0.0, 1.0, 2.5, -3.0, float("nan"), float("inf"))) | st.floats(-1e6, 1e6)


def _few(*names: str) -> st.SearchStrategy[str | None]:
    return st.sampled_from((None, *names))


LINE = st.fixed_dictionaries(
    {
        "day": st.integers(0, 40),
        "hour": st.integers(0, 23),
        "delay_days": st.sampled_from((0, 0, 0, 1, 5)),
        "order": st.integers(0, 5),
        "customer_id": _few("ann", "bob"),
        "item_id": st.sampled_from(("one", "two", "three")),
        "item_group": _few("shirt"),
        "category": _few("tops", "feet"),
        "size": _few("s", "m", "l"),
        "colour": _few("red", "blue"),
        "kind": st.sampled_from(("product", "product", "product", "service")),
        "quantity": st.integers(1, 3),
        "net_value": st.decimals(0, 500, places=4),
        "attr_score": NUMBERS,
        "attr_country": _few("", "de"),
        "fate": st.sampled_from(("kept", "kept", "matched", "cancelled", "partly")),
        "fate_days": st.integers(0, 30),
    }
)
_HOW_IT_CAME = ("day", "hour", "delay_days", "order", "fate", "fate_days")


@st.composite
def shops(draw: st.DrawFn) -> list[Row]:
    """Drawn lines, not yet rows of a shop."""
    return draw(st.lists(LINE, min_size=1, max_size=14))


def many_shops() -> list[Shop]:
    """Forty shops, the same in every run; nothing of one has a key in common with another."""
    drawn: list[list[Row]] = []

    @settings(
        max_examples=SHOPS,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(shops())
    def draw(shop: list[Row]) -> None:
        drawn.append(shop)

    draw()
    return [shop_of(f"shop {number}", lines) for number, lines in enumerate(drawn)]


def shop_of(name: str, drawn: Iterable[Row]) -> Shop:
    """The rows of a drawn shop."""
    lines, fates = [], []
    for number, cells in enumerate(drawn):
        ordered = START + timedelta(days=cells["day"], hours=cells["hour"])
        line = a_line(
            number,
            ordered,
            **{column: value for column, value in cells.items() if column not in _HOW_IT_CAME},
            line_id=f"{name} line {number}",
            order_id=f"{name} order {cells['order']}",
            seller=name,
            available_at=ordered + timedelta(days=cells["delay_days"]),
        )
        line["net_value"] = Decimal(line["net_value"]).quantize(Decimal("0.0001"))
        lines.append(line)
        known = line["available_at"] + timedelta(days=cells["fate_days"])
        if cells["fate"] in {"matched", "cancelled"}:
            fates.append(a_fate(line, known, fate=cells["fate"], quantity=line["quantity"]))
        if cells["fate"] == "partly":
            fates.append(a_fate(line, known, fate="cancelled"))
    return lines, fates


def until(moment: datetime, lines: Iterable[Row], fates: Iterable[Row]) -> Shop:
    """What a shop knew before a moment."""
    known_lines = [line for line in lines if line["available_at"] < moment and line["ordered_at"] < moment]
    ids = {line["line_id"] for line in known_lines}
    return known_lines, [fate for fate in fates if fate["available_at"] < moment and fate["line_id"] in ids]
