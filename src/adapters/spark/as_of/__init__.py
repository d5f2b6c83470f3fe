"""The as-of operator: past facts aggregated for every line, of all keys at once."""
