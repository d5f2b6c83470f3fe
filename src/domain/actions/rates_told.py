"""How often the item comes back, and how much the customer sends back, in words for who talks to customers.

Features on the scale of log-odds are told by the same rates on their plain scale: a multiple of a shop's average is
understood, and a difference of log-odds is not.
"""

from collections.abc import Callable, Mapping

_ALIKE = 0.05  # a multiple as near to 1 is told as no difference


def item_returns(numbers: Mapping[str, float]) -> str:
    """How often the item came back so far, against the shop's average."""
    times = numbers.get("item_rate")
    if times is None:
        more = numbers.get("item_log_odds", 0.0)
        return f"this item comes back {'more' if more > 0 else 'no more'} often than the shop's average"
    if abs(times - 1) <= _ALIKE:
        return "this item comes back about as often as the shop's average"
    return f"this item comes back {times:.1f} times as often as the shop's average"


def item_and_customer_returns(numbers: Mapping[str, float]) -> str:
    """The same, and what the customer sent back against what is usual for the items that were bought."""
    times = numbers.get("customer_returns_against_expected")
    if times is None and "item_rate" not in numbers:
        more = numbers.get("item_and_customer_log_odds", 0.0)
        return f"this item and this customer's past speak for {'more' if more > 0 else 'no more'} returns than average"
    item = item_returns(numbers)
    if times is None or abs(times - 1) <= _ALIKE:
        return item
    return f"{item}, and this customer sent back {times:.1f} times as much as usual for the items bought"


RATES_TOLD: Mapping[str, Callable[[Mapping[str, float]], str]] = {
    "item_rate": item_returns,
    "item_log_odds": item_returns,
    "item_and_customer_log_odds": item_and_customer_returns,
}
