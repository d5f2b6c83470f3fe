from datetime import date, timedelta

from domain.content import Cell
from domain.substitutes import MIN_SUPPORT, OFFERED, SOLD_WITHIN_DAYS, SUBSTITUTES, substitutes

AS_OF = date(2024, 5, 1)


def item(
    name: str, cost: float, *, group: str | None = "coat", support: float = 50.0, days: int = 1
) -> dict[str, Cell]:
    return {
        "item_id": name,
        "item_group": group,
        "return_probability": cost / 10,
        "mean_net_price": 20.0 + cost,
        "expected_cost_of_sale": cost,
        "support": support,
        "last_sold_on": AS_OF - timedelta(days=days),
    }


def offered(*items: dict[str, Cell]) -> dict[str, list[Cell]]:
    found: dict[str, list[Cell]] = {}
    for row in substitutes(items, AS_OF):
        assert set(row) == set(SUBSTITUTES.names)
        found.setdefault(str(row["item_id"]), []).append(row["substitute_id"])
    return found


def test_an_item_is_offered_what_costs_less_in_its_own_group_cheapest_first() -> None:
    found = offered(item("a", 3.0), item("b", 1.0), item("c", 2.0), item("d", 0.5, group="hat"))
    assert found == {"a": ["b", "c"], "c": ["b"]}


def test_an_item_of_little_support_or_long_unsold_is_not_offered_but_may_be_replaced() -> None:
    rare, old = item("rare", 0.1, support=MIN_SUPPORT - 1), item("old", 0.2, days=SOLD_WITHIN_DAYS + 1)
    assert offered(rare, old, item("a", 3.0)) == {}
    assert offered(item("rare", 5.0, support=0.0), item("a", 3.0)) == {"rare": ["a"]}


def test_items_without_a_group_have_no_substitute() -> None:
    assert offered(item("a", 3.0, group=None), item("b", 1.0, group=None)) == {}


def test_no_more_than_a_few_are_offered_and_the_saving_is_the_difference_of_the_costs() -> None:
    items = [item(f"i{number}", float(number)) for number in range(1, 9)]
    rows = [row for row in substitutes(items, AS_OF) if row["item_id"] == "i8"]
    assert [row["substitute_id"] for row in rows] == ["i1", "i2", "i3"][:OFFERED]
    assert [row["saving"] for row in rows] == [7.0, 6.0, 5.0]
    assert rows[0]["price_difference"] == -7.0
    assert offered(item("a", 1.004), item("b", 1.0)) == {}
