"""What a line really cost, given what was done about it and what became of it: the currency of a cost curve."""

from domain.costs import CostPolicy


def realised_cost(costs: CostPolicy, p: float, returned_units: int, price: float, quantity: int) -> float:
    """Cost of one line in currency when the cost policy acts on its chance `p`.

    Acting prevents the share `effect` of returns and loses the margin of the share `friction` of kept sales,
    both taken at their expectation. Of a line that came back in part the other units are kept ones.

    Args:
        costs: the cost policy.
        p: chance that a unit of the line comes back, as predicted.
        returned_units: units of it that did.
        price: net value of one unit.
        quantity: units of the line.
    """
    returned, kept = costs.cost_of_return(price), costs.margin(price) * costs.friction
    if not costs.should_act(p, price):
        return returned_units * returned
    prevented = returned_units * returned * (1 - costs.effect)
    return prevented + (quantity - returned_units) * kept + quantity * costs.cost_of_action
