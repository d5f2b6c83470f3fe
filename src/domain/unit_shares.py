"""What share of a line's units comes back, given that something of it does: all of one unit, often few of many.

So the chance that a unit of a line comes back is the chance of the line times this share, and whatever is counted in
units or money takes that. The share is told by bands of units that double, each drawn to the band below, since few
shops sell enough lines of a hundred units to tell their share by these alone.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

DECLARED_SHARE = 0.75  # of a line of 2 or 3 units, where none came back yet
PRIOR_LINES = 10.0  # returned lines at which a band's own share weighs as much as that of the band below
_PLACES = 12


@dataclass(frozen=True)
class UnitShares:
    """The share by how many units a line has.

    Args:
        by_band: of lines of 2 to 3 units, 4 to 7, 8 to 15 and so on; the last one holds of all larger lines.
    """

    by_band: tuple[float, ...] = (DECLARED_SHARE,)

    @classmethod
    def measured(cls, returned_lines: Mapping[tuple[int, int], int]) -> "UnitShares":
        """The shares of returned lines, a band's as its units that came back over its units.

        Args:
            returned_lines: how many lines of so many units came back with so many of them.
        """
        lines, units, came = Counter[int](), Counter[int](), Counter[int]()
        for (quantity, returned), count in returned_lines.items():
            band = _band(quantity)  # below 0 for one unit, which tells nothing
            lines[band] += count
            units[band] += count * quantity
            came[band] += count * returned
        shares = [DECLARED_SHARE]
        for band in range(max(lines, default=-1) + 1):
            seen = lines[band] * came[band] / units[band] if units[band] else 0.0
            shares.append(round((seen + PRIOR_LINES * shares[-1]) / (lines[band] + PRIOR_LINES), _PLACES))
        return cls(tuple(shares[1:]) or cls.by_band)

    @classmethod
    def from_json(cls, shares: Sequence[float] | None) -> "UnitShares":
        """Those that a fit recorded; the declared ones of a fit that recorded none."""
        return cls(tuple(shares)) if shares else cls()

    def share(self, quantity: int) -> float:
        """Expected share of that many units that come back, given that something does: a unit at least."""
        if quantity <= 1:
            return 1.0
        return max(1 / quantity, self.by_band[min(_band(quantity), len(self.by_band) - 1)])


def _band(quantity: int) -> int:
    """0 for 2 or 3 units, 1 for 4 to 7, and so on."""
    return quantity.bit_length() - 2
