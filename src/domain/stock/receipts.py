"""When a return has reached the dock, in a source that says when parcels are received.

A return is registered (online, or by a label) days before its parcel is booked in; the stock gets it then. Until a
receipt is known the unit is on its way. A return without a receipt may also be one that never gets any (handed in at a
counter), so it is taken to be on its way only while it is young, and only where nearly all older ones have a receipt.
"""

WAIT_DAYS = 28  # age of a registration from which on a receipt is no longer waited for
_NEARLY_ALL = 0.95


def dates_receipts(received: int, registered: int) -> bool:
    """Whether returns of a shop without a receipt are still on their way.

    Args:
        received: returns registered more than `WAIT_DAYS` ago that have a receipt.
        registered: all returns registered so long ago.
    """
    return registered > 0 and received >= _NEARLY_ALL * registered
