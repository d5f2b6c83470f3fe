"""The forecast of returned units: what is counted, how it is fitted, chosen, and judged."""
