"""What a line really cost, given what was done about it and what became of it: the currency of a cost curve."""

from domain.costs import CostPolicy


def realised_cost(costs: CostPolicy, p: float, returned: bool, price: float, quantity: int) -> float:
    """Cost of one line in currency when the cost policy acts on its chance `p`.

    Acting prevents the share `effect` of returns and loses the margin of the share `friction` of kept sales,
    both taken at their expectation. All units of a returned line count as returned.

    Args:
        costs: the cost policy.
        p: chance that the line comes back, as predicted.
        returned: whether it did.
        price: net value of one unit.
        quantity: units of the line.
    """
    acted = costs.should_act(p, price)
    if returned:
        cost = costs.cost_of_return(price) * (1 - costs.effect if acted else 1)
    else:
        cost = costs.margin(price) * (costs.friction if acted else 0)
    return quantity * (cost + (costs.cost_of_action if acted else 0))
