"""Who is held out of all actions, so that one day their effect can be measured.

The draw is a hash of the experiment's name and the customer (for a guest, the order): the same for every run, free of
any other property of the line, and the same for all lines of a basket, which act on one another.
"""

import hashlib

_DENOMINATOR = 2**64


def is_held_out(customer_id: str | None, order_id: str, share: float, salt: str) -> bool:
    """Whether nothing is done about a line.

    Args:
        customer_id: the buyer; None for a guest.
        order_id: the order, drawn in a guest's place.
        share: of customers who are held out, 0 to 1.
        salt: the experiment's name.
    """
    who = ("order", order_id) if customer_id is None else ("customer", customer_id)
    drawn = hashlib.blake2b("\x1f".join((salt, *who)).encode(), digest_size=8).digest()
    return int.from_bytes(drawn, "big") < share * _DENOMINATOR


def propensity(planned: bool, held_out: bool, share: float) -> float:
    """The chance that a line got what it got: what weighs it in an analysis of the experiment (Horvitz, Thompson 1952).

    Args:
        planned: whether the plan had an action for it; without one it gets none for certain.
        held_out: whether it was held out.
        share: of customers who are held out.
    """
    if not planned:
        return 1.0
    return share if held_out else 1.0 - share
