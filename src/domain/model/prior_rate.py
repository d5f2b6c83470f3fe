"""The share of lines that come back, where few are known."""

PRIOR_RATE = (
    0.15  # customary in retail; stands in for one line where all known lines are of one class, or none is known
)


def rate_of(returned: float, lines: float) -> float:
    """Share of lines that came back; where all or none did, a line of prior rate 0.15 keeps it off 0 and 1."""
    return returned / lines if 0 < returned < lines else (returned + PRIOR_RATE) / (lines + 1)
