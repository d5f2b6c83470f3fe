"""The shares of units that came back of the returned lines of a fit, and those of the lines that are judged."""

import numpy as np
import pyarrow as pa

from adapters.sklearn.columns import Numbers
from domain.unit_shares import UnitShares

COLUMNS = ("quantity", "returned_quantity")


def unit_shares(rows: pa.Table, returned: Numbers) -> UnitShares:
    """What the returned ones of these mature lines show; their units are as final as their labels.

    Args:
        rows: the lines, with COLUMNS.
        returned: their labels.
    """
    came = rows.select(COLUMNS).filter(pa.array(returned == 1)).group_by(list(COLUMNS)).aggregate([([], "count_all")])
    counts = {(row["quantity"], row["returned_quantity"]): row["count_all"] for row in came.to_pylist()}
    return UnitShares.measured({units: lines for units, lines in counts.items() if units[1] > 0})


def shares_of(shares: UnitShares, rows: pa.Table) -> Numbers:
    """The expected share of every row's units."""
    quantities, of_row = np.unique(rows.column("quantity").to_numpy(), return_inverse=True)
    return np.array([shares.share(int(quantity)) for quantity in quantities], np.float64)[of_row]
